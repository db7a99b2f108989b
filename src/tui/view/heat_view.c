/* Heat map: residuals of a family, models by benchmarks. */
#include <math.h>
#include <stdlib.h>

#include "browser.h"
#include "stemma/base/memory.h"

#define CELL_WIDTH 8
#define NAME_MIN 18

/* Residuals of a family. */
struct heat_map {
	size_t *models; /* owned; NULL = not gathered for this fit */
	float *z;       /* models x rows of the board, made when drawn: INFINITY not yet */
	size_t count, root;
	size_t first, shown;   /* columns: rows of the board */
	size_t here;           /* model to go to when it is gathered again */
	struct list list;
};

static struct heat_map *heat_of(const struct browser *browser)
{
	return browser->state[VIEW_HEAT];
}

static void heat_forget(struct browser *browser)
{
	if (heat_of(browser)->models && heat_of(browser)->list.cursor < heat_of(browser)->count)
		heat_of(browser)->here = heat_of(browser)->models[heat_of(browser)->list.cursor];
	free(heat_of(browser)->models);
	free(heat_of(browser)->z);
	heat_of(browser)->models = NULL;
	heat_of(browser)->z = NULL;
	heat_of(browser)->count = 0;
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

	heat_forget(browser);
	heat_of(browser)->models = memory_allocate(catalog->scored_count + 1, sizeof *heat_of(browser)->models);
	for (size_t model = 0; model < catalog->count && count < catalog->scored_count; model++)
		if (session_learns(browser->session, model) && root_of(catalog, model) == root)
			heat_of(browser)->models[count++] = model;
	qsort_r(heat_of(browser)->models, count, sizeof *heat_of(browser)->models, compare_models, browser);
	heat_of(browser)->z = memory_allocate(count * browser->row_count + 1, sizeof *heat_of(browser)->z);
	for (size_t i = 0; i < count * browser->row_count; i++)
		heat_of(browser)->z[i] = INFINITY;
	heat_of(browser)->count = count;
	heat_of(browser)->root = root;
}

/* Counted when it is first drawn. */
static double z_at(struct browser *browser, size_t index, size_t row)
{
	float *z = &heat_of(browser)->z[index * browser->row_count + row];
	struct engine_residual residual;

	if (isinf(*z))
		*z = engine_residual(browser->session->fit, heat_of(browser)->models[index], &browser->rows[row].target,
				     ENGINE_LEAVE_MODEL, &residual) ? (float)residual.z : NAN;
	return (double)*z;
}

static void go_to_model(struct browser *browser, size_t model)
{
	for (size_t i = 0; i < heat_of(browser)->count; i++)
		if (heat_of(browser)->models[i] == model)
			heat_of(browser)->list.cursor = i;
}

void heat_open(struct browser *browser)
{
	size_t model = browser_model(browser);

	if (model == CATALOG_NONE)
		return;
	gather(browser, root_of(browser->session->catalog, model));
	heat_of(browser)->list = (struct list){0};
	go_to_model(browser, model);
	browser_open_view(browser, VIEW_HEAT);
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

	if (heat_of(browser)->first + count > browser->row_count)
		heat_of(browser)->first = browser->row_count - count;
	heat_of(browser)->shown = count;
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
	bool selected = index == heat_of(browser)->list.cursor;

	draw_selected(browser->screen, selected, true);
	if (selected)
		draw_repeat(browser->screen, area, y, 0, area->width, STYLE_TEXT, " ");
	draw_fit(browser->screen, area, y, 1, start - 2, STYLE_TEXT, tree_name(browser->tree, heat_of(browser)->models[index]));
	for (size_t i = 0; i < count; i++)
		draw_cell(browser, area, y, start + (int)(i + 1) * CELL_WIDTH, z_at(browser, index, first + i));
	draw_selected(browser->screen, false, false);
	if (selected)
		draw_cursor(browser->screen, area, y, 0);
}

static void heat_draw(struct browser *browser, const struct area *area)
{
	struct list *list = &heat_of(browser)->list;

	if (!browser->session->fit)
		return;
	if (!heat_of(browser)->models) {
		gather(browser, root_of(browser->session->catalog, heat_of(browser)->root));
		go_to_model(browser, heat_of(browser)->here);
	}
	size_t count = visible_columns(browser, area), first = heat_of(browser)->first;
	int start = area->width - 1 - (int)count * CELL_WIDTH;
	for (size_t i = 0; i < count; i++) {
		/* "MATH Lvl 5" loses its end, not its neighbour its beginning. */
		int right = start + (int)(i + 1) * CELL_WIDTH;
		draw_fit(browser->screen, area, 0, right - CELL_WIDTH + 1, CELL_WIDTH - 1,
			 first + i == 0 ? STYLE_STRONG : STYLE_DIM, browser->rows[first + i].name);
	}
	draw_text(browser->screen, area, 0, 1, STYLE_DIM, "z of");
	list_show(list, heat_of(browser)->count, area->height - 1);
	for (int y = 1; y < area->height && list->top + (size_t)(y - 1) < list->count; y++)
		draw_row(browser, area, y, list->top + (size_t)(y - 1), first, count);
	if (heat_of(browser)->count == 0)
		draw_text(browser->screen, area, 1, 1, STYLE_DIM, "no scores in this family");
}

static void heat_title(struct browser *browser, struct text *out)
{
	text_append_format(out, "residuals of %s and its descendants · %zu scored",
			   tree_name(browser->tree, heat_of(browser)->root), heat_of(browser)->count);
}

/* "columns 1 to 7 of 41" where not all fit. */
static void heat_corner(struct browser *browser, struct text *out)
{
	const struct heat_map *heat = heat_of(browser);

	if (heat->shown < browser->row_count)
		text_append_format(out, "columns %zu to %zu of %zu", heat->first + 1, heat->first + heat->shown,
				   browser->row_count);
}

static void scroll_columns(struct browser *browser, int steps)
{
	long first = (long)heat_of(browser)->first + steps, last = (long)browser->row_count - 1;

	heat_of(browser)->first = first < 0 ? 0 : (size_t)(first > last ? last : first);
}

static bool heat_act(struct browser *browser, enum action action, int count)
{
	heat_of(browser)->list.count = heat_of(browser)->count;
	if (action == ACTION_SCROLL_RIGHT || action == ACTION_SCROLL_LEFT) {
		scroll_columns(browser, (count > 0 ? count : 1) * (action == ACTION_SCROLL_RIGHT ? 1 : -1));
		return true;
	}
	return list_act(&heat_of(browser)->list, action, count);
}

static size_t heat_model(struct browser *browser)
{
	size_t cursor = heat_of(browser)->list.cursor;

	return cursor < heat_of(browser)->count ? heat_of(browser)->models[cursor] : CATALOG_NONE;
}

static struct list *heat_view_list(struct browser *browser)
{
	return &heat_of(browser)->list;
}

static void heat_start(struct browser *browser)
{
	heat_of(browser)->root = heat_of(browser)->here = CATALOG_NONE;
}

static void heat_renumber(struct browser *browser, const uint32_t *match)
{
	struct heat_map *heat = heat_of(browser);

	heat->root = catalog_matched(match, heat->root);
	heat->here = catalog_matched(match, heat->here);
	if (heat->root == CATALOG_NONE)
		browser_drop_view(browser, VIEW_HEAT);
}

const struct view_ops heat_view = {
	.size = sizeof(struct heat_map),
	.start = heat_start,
	.forget = heat_forget,
	.renumber = heat_renumber,
	.draw = heat_draw,
	.title = heat_title,
	.corner = heat_corner,
	.act = heat_act,
	.model = heat_model,
	.list = heat_view_list,
};
