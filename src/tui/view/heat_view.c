/* Heat map: residuals of a family, models by benchmarks. */
#include <math.h>
#include <stdlib.h>

#include "browser.h"
#include "stemma/base/memory.h"

#define CELL_WIDTH 8
#define NAME_MIN 18

void heat_free(struct browser *browser)
{
	if (browser->heat.models && browser->heat.list.cursor < browser->heat.count)
		browser->heat.here = browser->heat.models[browser->heat.list.cursor];
	free(browser->heat.models);
	free(browser->heat.z);
	browser->heat.models = NULL;
	browser->heat.z = NULL;
	browser->heat.count = 0;
}

/* The root under which a model is drawn in the tree. */
static size_t root_of(const struct catalog *catalog, size_t model)
{
	for (size_t up; (up = catalog_primary_parent(catalog, model)) != CATALOG_NONE;)
		model = up;
	return model;
}

/* Best in the score column first; models without it last. */
static int compare_models(const void *left, const void *right, void *context)
{
	const struct browser *browser = context;
	size_t a = *(const size_t *)left, b = *(const size_t *)right;
	double x = tree_score(browser->tree, a), y = tree_score(browser->tree, b);

	if (isnan(x) != isnan(y))
		return isnan(x) ? 1 : -1;
	if (x != y && !isnan(x))
		return (x < y) == target_upwards(browser->session->catalog, &browser->rows[0].target) ? 1 : -1;
	return (a > b) - (a < b);
}

/* The scored models of a root's tree. */
static void gather(struct browser *browser, size_t root)
{
	const struct catalog *catalog = browser->session->catalog;
	size_t count = 0;

	heat_free(browser);
	browser->heat.models = memory_allocate(catalog->scored_count + 1, sizeof *browser->heat.models);
	for (size_t model = 0; model < catalog->count && count < catalog->scored_count; model++)
		if (session_learns(browser->session, model) && root_of(catalog, model) == root)
			browser->heat.models[count++] = model;
	qsort_r(browser->heat.models, count, sizeof *browser->heat.models, compare_models, browser);
	browser->heat.z = memory_allocate(count * browser->row_count + 1, sizeof *browser->heat.z);
	for (size_t i = 0; i < count * browser->row_count; i++)
		browser->heat.z[i] = INFINITY;
	browser->heat.count = count;
	browser->heat.root = root;
}

/* Counted when it is first drawn. */
static double z_at(struct browser *browser, size_t index, size_t row)
{
	float *z = &browser->heat.z[index * browser->row_count + row];
	struct engine_residual residual;

	if (isinf(*z))
		*z = engine_residual(browser->session->fit, browser->heat.models[index], &browser->rows[row].target,
				     ENGINE_LEAVE_MODEL, &residual) ? (float)residual.z : NAN;
	return (double)*z;
}

static void go_to_model(struct browser *browser, size_t model)
{
	for (size_t i = 0; i < browser->heat.count; i++)
		if (browser->heat.models[i] == model)
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

/* How many columns fit; from the first one on, which < and > move. */
static size_t visible_columns(struct browser *browser, const struct area *area)
{
	int room = (area->width - NAME_MIN - 2) / CELL_WIDTH;
	size_t count = room < 1 ? 1 : (size_t)room < browser->row_count ? (size_t)room : browser->row_count;

	if (browser->heat.first + count > browser->row_count)
		browser->heat.first = browser->row_count - count;
	browser->heat.shown = count;
	return count;
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
	int start = area->width - 1 - (int)count * CELL_WIDTH;
	bool selected = index == browser->heat.list.cursor;

	draw_selected(browser->screen, selected, true);
	if (selected)
		draw_repeat(browser->screen, area, y, 0, area->width, STYLE_TEXT, " ");
	draw_fit(browser->screen, area, y, 1, start - 2, STYLE_TEXT, tree_name(browser->tree, browser->heat.models[index]));
	for (size_t i = 0; i < count; i++)
		draw_cell(browser, area, y, start + (int)(i + 1) * CELL_WIDTH, z_at(browser, index, first + i));
	draw_selected(browser->screen, false, false);
	if (selected)
		draw_cursor(browser->screen, area, y, 0);
}

static void heat_draw(struct browser *browser, const struct area *area)
{
	struct list *list = &browser->heat.list;

	if (!browser->session->fit)
		return;
	if (!browser->heat.models) {
		gather(browser, root_of(browser->session->catalog, browser->heat.root));
		go_to_model(browser, browser->heat.here);
	}
	size_t count = visible_columns(browser, area), first = browser->heat.first;
	int start = area->width - 1 - (int)count * CELL_WIDTH;
	for (size_t i = 0; i < count; i++) {
		/* "MATH Lvl 5" loses its end, not its neighbour its beginning. */
		int right = start + (int)(i + 1) * CELL_WIDTH;
		draw_fit(browser->screen, area, 0, right - CELL_WIDTH + 1, CELL_WIDTH - 1,
			 first + i == 0 ? STYLE_STRONG : STYLE_DIM, browser->rows[first + i].name);
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

/* "columns 1 to 7 of 41" where not all fit. */
static void heat_corner(struct browser *browser, struct text *out)
{
	const struct heat_map *heat = &browser->heat;

	if (heat->shown < browser->row_count)
		text_append_format(out, "columns %zu to %zu of %zu", heat->first + 1, heat->first + heat->shown,
				   browser->row_count);
}

static void scroll_columns(struct browser *browser, int steps)
{
	long first = (long)browser->heat.first + steps, last = (long)browser->row_count - 1;

	browser->heat.first = first < 0 ? 0 : (size_t)(first > last ? last : first);
}

static bool heat_act(struct browser *browser, enum action action, int count)
{
	browser->heat.list.count = browser->heat.count;
	if (action == ACTION_SCROLL_RIGHT || action == ACTION_SCROLL_LEFT) {
		scroll_columns(browser, (count > 0 ? count : 1) * (action == ACTION_SCROLL_RIGHT ? 1 : -1));
		return true;
	}
	return list_act(&browser->heat.list, action, count);
}

static size_t heat_model(struct browser *browser)
{
	size_t cursor = browser->heat.list.cursor;

	return cursor < browser->heat.count ? browser->heat.models[cursor] : CATALOG_NONE;
}

static struct list *heat_view_list(struct browser *browser)
{
	return &browser->heat.list;
}

const struct view_ops heat_view = {
	.draw = heat_draw,
	.title = heat_title,
	.corner = heat_corner,
	.act = heat_act,
	.model = heat_model,
	.list = heat_view_list,
};
