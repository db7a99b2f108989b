/* Heat map: residuals of a family, models by benchmarks. */
#include <math.h>
#include <stdlib.h>

#include "browser.h"
#include "stemma/base/memory.h"

#define CELL_WIDTH 8
#define NAME_MIN 18

/* One model of the family. */
struct heat_row {
	size_t model;
	struct engine_residual *residuals; /* benchmarks + 1, within the map's */
};

void heat_free(struct browser *browser)
{
	if (browser->heat.rows && browser->heat.list.cursor < browser->heat.count)
		browser->heat.here = browser->heat.rows[browser->heat.list.cursor].model;
	free(browser->heat.rows);
	free(browser->heat.residuals);
	browser->heat.rows = NULL;
	browser->heat.residuals = NULL;
	browser->heat.count = 0;
}

/* The root under which a model is drawn in the tree. */
static size_t root_of(const struct catalog *catalog, size_t model)
{
	for (size_t up; (up = catalog_primary_parent(catalog, model)) != CATALOG_NONE;)
		model = up;
	return model;
}

/* Best average first; models without one last. */
static int compare_rows(const void *left, const void *right, void *context)
{
	const struct catalog *catalog = context;
	const struct heat_row *a = left, *b = right;
	double x = catalog_average(catalog, a->model), y = catalog_average(catalog, b->model);

	if (isnan(x) || isnan(y))
		return isnan(x) - isnan(y) ? isnan(x) - isnan(y) : (a->model > b->model) - (a->model < b->model);
	return x < y ? 1 : x > y ? -1 : (a->model > b->model) - (a->model < b->model);
}

/* The scored models of a root's tree with their residuals. */
static void gather(struct browser *browser, size_t root)
{
	const struct catalog *catalog = browser->session->catalog;
	size_t width = catalog->benchmark_count + 1, count = 0;

	heat_free(browser);
	browser->heat.rows = memory_allocate(catalog->scored_count + 1, sizeof *browser->heat.rows);
	browser->heat.residuals = memory_allocate((catalog->scored_count + 1) * width,
						  sizeof *browser->heat.residuals);
	for (size_t model = 0; model < catalog->count && count < catalog->scored_count; model++) {
		struct engine_residual *residuals = browser->heat.residuals + count * width;
		if (!catalog->models[model].scored || root_of(catalog, model) != root ||
		    !engine_residuals(browser->session->fit, model, residuals))
			continue;
		browser->heat.rows[count++] = (struct heat_row){model, residuals};
	}
	if (count > 0)
		qsort_r(browser->heat.rows, count, sizeof *browser->heat.rows, compare_rows, browser->session->catalog);
	browser->heat.count = count;
	browser->heat.root = root;
}

static void go_to_model(struct browser *browser, size_t model)
{
	for (size_t i = 0; i < browser->heat.count; i++)
		if (browser->heat.rows[i].model == model)
			browser->heat.list.cursor = i;
}

void heat_open(struct browser *browser, size_t model)
{
	gather(browser, root_of(browser->session->catalog, model));
	browser->heat.list = (struct list){0};
	go_to_model(browser, model);
	browser->full = VIEW_HEAT;
}

/* ---- drawing ------------------------------------------------------------------- */

/* Denser, the further from what kin predict; the number tells which way. */
static const char *shade(double z)
{
	static const char *const shades[] = {" ", "░", "▒", "▓", "█"};
	double size = fabs(z);

	return shades[size < 0.5 ? 0 : size < 1 ? 1 : size < 2 ? 2 : size < 3 ? 3 : 4];
}

/* The columns that fit, the score column among them. */
static void visible_columns(const struct browser *browser, const struct area *area, size_t *first, size_t *count)
{
	size_t columns = browser->session->catalog->benchmark_count + 1, column = browser->tree->column;
	int room = (area->width - NAME_MIN - 2) / CELL_WIDTH;

	*count = room < 1 ? 1 : (size_t)room < columns ? (size_t)room : columns;
	*first = column < *count ? 0 : column + 1 - *count;
	if (*first + *count > columns)
		*first = columns - *count;
}

static void draw_cell(struct browser *browser, const struct area *area, int y, int right, double z)
{
	char buffer[FIGURE_SIZE];
	enum style style = isnan(z) ? STYLE_DIM : fabs(z) >= 2 ? STYLE_BAD : STYLE_TEXT;

	draw_right(browser->screen, area, y, right, style, figure_signed(buffer, z, 1));
	if (!isnan(z))
		draw_text(browser->screen, area, y, right - 6, style, shade(z));
}

static void draw_row(struct browser *browser, const struct area *area, int y, size_t index, size_t first,
		     size_t count)
{
	const struct heat_row *row = &browser->heat.rows[index];
	int start = area->width - 1 - (int)count * CELL_WIDTH;
	bool selected = index == browser->heat.list.cursor;

	draw_selected(browser->screen, selected, true);
	if (selected)
		draw_repeat(browser->screen, area, y, 0, area->width, STYLE_TEXT, " ");
	draw_fit(browser->screen, area, y, 1, start - 2, STYLE_TEXT, tree_name(browser->tree, row->model));
	for (size_t i = 0; i < count; i++)
		draw_cell(browser, area, y, start + (int)(i + 1) * CELL_WIDTH, row->residuals[first + i].z);
	draw_selected(browser->screen, false, false);
	if (selected)
		draw_cursor(browser->screen, area, y, 0);
}

static void heat_draw(struct browser *browser, const struct area *area)
{
	struct list *list = &browser->heat.list;
	size_t first, count;
	char name[FIGURE_SIZE];

	if (!browser->session->fit)
		return;
	if (!browser->heat.rows) {
		gather(browser, root_of(browser->session->catalog, browser->heat.root));
		go_to_model(browser, browser->heat.here);
	}
	visible_columns(browser, area, &first, &count);
	int start = area->width - 1 - (int)count * CELL_WIDTH;
	for (size_t i = 0; i < count; i++) {
		/* "MATH Lvl 5" loses its end, not its neighbour its beginning. */
		const char *title = benchmark_name(browser, first + i, name);
		int right = start + (int)(i + 1) * CELL_WIDTH;
		draw_fit(browser->screen, area, 0, right - CELL_WIDTH + 1, CELL_WIDTH - 1,
			 first + i == browser->tree->column ? STYLE_STRONG : STYLE_DIM, title);
	}
	draw_text(browser->screen, area, 0, 1, STYLE_DIM, "z of");
	list_show(list, browser->heat.count, area->height - 1);
	for (int y = 1; y < area->height && list->top + (size_t)(y - 1) < list->count; y++)
		draw_row(browser, area, y, list->top + (size_t)(y - 1), first, count);
	if (browser->heat.count == 0)
		draw_text(browser->screen, area, 1, 1, STYLE_DIM, "no scores in this family");
}

static void heat_title(struct browser *browser, struct text *out)
{
	text_append_format(out, "residuals of %s and its descendants · %zu scored",
			   tree_name(browser->tree, browser->heat.root), browser->heat.count);
}

static bool heat_act(struct browser *browser, enum action action, int count)
{
	browser->heat.list.count = browser->heat.count;
	return list_act(&browser->heat.list, action, count);
}

static size_t heat_model(struct browser *browser)
{
	size_t cursor = browser->heat.list.cursor;

	return cursor < browser->heat.count ? browser->heat.rows[cursor].model : CATALOG_NONE;
}

static struct list *heat_view_list(struct browser *browser)
{
	return &browser->heat.list;
}

const struct view_ops heat_view = {
	.draw = heat_draw,
	.title = heat_title,
	.act = heat_act,
	.model = heat_model,
	.list = heat_view_list,
};
