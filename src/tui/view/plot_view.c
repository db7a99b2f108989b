/* Plot: models as points, the score column against another measure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "stemma/app/chart.h"
#include "stemma/base/memory.h"
#include "view/table_view.h"

struct plot_view {
	struct picture picture;
	bool made;
	size_t across;             /* of the facts, then the benchmarks of the board */
	bool family;               /* only models of the branch that has `model` */
	size_t model;              /* under the cursor where it was opened; CATALOG_NONE none */
	uint8_t *shown;            /* by model: of the table; NULL where it was not opened from there */
	size_t count;              /* models with both measures */
	struct chart_front front;
	struct list list;          /* over it */
	size_t marks;              /* of the picture without that of the cursor */
};

static struct plot_view *view_of(const struct browser *browser)
{
	return browser->state[VIEW_PLOT];
}

static void plot_start(struct browser *browser)
{
	view_of(browser)->model = CATALOG_NONE;
}

static void plot_forget(struct browser *browser)
{
	struct plot_view *view = view_of(browser);

	picture_free(&view->picture);
	free(view->front.places);
	view->front = (struct chart_front){0};
	view->count = 0;
	view->made = false;
}

static void forget_shown(struct browser *browser)
{
	free(view_of(browser)->shown);
	view_of(browser)->shown = NULL;
}

/* The models of the table have other numbers now. */
static void plot_renumber(struct browser *browser, const uint32_t *match)
{
	struct plot_view *view = view_of(browser);

	view->model = catalog_matched(match, view->model);
	forget_shown(browser);
}

/* ---- what is drawn -------------------------------------------------------------------- */

static size_t root_of(const struct catalog *catalog, size_t model)
{
	for (size_t parent; (parent = catalog_primary_parent(catalog, model)) != CATALOG_NONE;)
		model = parent;
	return model;
}

/* The models that may be drawn, NULL for all; the caller frees. */
static uint8_t *drawn_models(struct browser *browser)
{
	const struct plot_view *view = view_of(browser);
	const struct catalog *catalog = browser->session->catalog;
	const uint8_t *from = view->shown ? view->shown : browser->tree->filter ? browser->tree->fit : NULL;
	uint8_t *fit = from || view->family ? memory_allocate(catalog->count + 1, 1) : NULL;

	if (from)
		memcpy(fit, from, catalog->count);
	else if (fit)
		memset(fit, 1, catalog->count);
	if (!view->family || view->model == CATALOG_NONE)
		return fit;
	size_t root = root_of(catalog, view->model);
	for (size_t model = 0; model < catalog->count; model++)
		if (fit[model] == 1 && (!catalog_is_scored(catalog, model) || root_of(catalog, model) != root))
			fit[model] = 0;
	return fit;
}

static struct chart_measure measure_across(struct browser *browser)
{
	const struct session *session = browser->session;
	size_t place = view_of(browser)->across;

	if (place < CHART_TARGET)
		return (struct chart_measure){.fact = (enum chart_fact)place};
	uint32_t benchmark = session->board.benchmark[place - CHART_TARGET];
	return (struct chart_measure){CHART_TARGET, target_make(session->catalog->benchmarks[benchmark].key, 1, &benchmark,
								(const double[]){1})};
}

static size_t measure_count(const struct browser *browser)
{
	return CHART_TARGET + browser->session->board.count;
}

/* The cursor goes to the model where it was opened, or stays on its own. */
static void place_cursor(struct plot_view *view, size_t model)
{
	view->list.count = view->front.count;
	for (size_t i = 0; i < view->front.count; i++)
		if (view->front.places[i].model == model)
			view->list.cursor = i;
	if (view->list.cursor >= view->front.count)
		view->list.cursor = view->front.count ? view->front.count - 1 : 0;
}

static size_t plot_model(struct browser *browser)
{
	const struct plot_view *view = view_of(browser);

	return view->made && view->list.cursor < view->front.count ? view->front.places[view->list.cursor].model
								   : CATALOG_NONE;
}

static void scatter(struct browser *browser, const struct target *up, const uint8_t *fit)
{
	struct plot_view *view = view_of(browser);
	struct chart_measure measures[2] = {measure_across(browser), {CHART_TARGET, *up}};

	plot_forget(browser);
	view->count = chart_scatter(browser->session, measures, fit, view->model, &view->picture, &view->front);
	view->marks = view->picture.mark_count;
	place_cursor(view, view->model);
	view->made = true;
	chart_measure_free(&measures[0]);
}

static void make(struct browser *browser)
{
	struct plot_view *view = view_of(browser);
	const struct session *session = browser->session;

	if (view->made)
		return;
	if (view->across >= measure_count(browser))
		view->across = 0;
	uint8_t *fit = drawn_models(browser);
	scatter(browser, &session->target, fit);
	if (view->count == 0 && session->target.engine.count > 1) {
		struct target part = chart_common_part(session, &session->target.engine);
		scatter(browser, &part, fit);
		target_free(&part);
	}
	free(fit);
}

/* Sets off the model under the cursor, with its name and values. */
static void mark_cursor(struct browser *browser)
{
	struct plot_view *view = view_of(browser);
	const struct chart_place *place = &view->front.places[view->list.cursor];
	struct text legend = {0};

	picture_unmark(&view->picture, view->marks);
	text_append_format(&legend, "%s %.*f", tree_name(browser->tree, place->model), place->y < 2 ? 3 : 1, place->y);
	picture_mark(&view->picture, place->x, place->y, PICTURE_TEXT, "◉", 'O', NULL, text_string(&legend));
	text_free(&legend);
}

static void plot_draw(struct browser *browser, const struct area *area)
{
	struct plot_view *view = view_of(browser);

	make(browser);
	if (view->count == 0) {
		draw_fit(browser->screen, area, 0, 1, area->width - 2, STYLE_DIM,
			 view->family ? "no model of the family has both measures; f shows all" : "no model has both measures; ] changes the benchmark");
		draw_cursor(browser->screen, area, 0, 0);
		return;
	}
	mark_cursor(browser);
	draw_picture(browser->screen, area, &view->picture);
	draw_cursor(browser->screen, area, area->height - 1, 0);
}

static void plot_title(struct browser *browser, struct text *out)
{
	const struct plot_view *view = view_of(browser);

	make(browser);
	text_append(out, view->picture.title);
	if (view->family && view->model != CATALOG_NONE)
		text_append_format(out, " · family of %s",
				   tree_name(browser->tree, root_of(browser->session->catalog, view->model)));
	else if (!view->shown && browser->tree->filter)
		text_append_format(out, " · filter %s", browser->tree->filter);
}

/* ---- actions ---------------------------------------------------------------------------- */

static bool is_score_column(const struct browser *browser, size_t across)
{
	const struct engine_target *target = &browser->session->target.engine;

	return across >= CHART_TARGET && target->count == 1 &&
	       browser->session->board.benchmark[across - CHART_TARGET] == target->benchmark[0];
}

/* To another measure across that some models have; where there is none all stays as it is. */
static void move_across(struct browser *browser, int step, int count)
{
	struct plot_view *view = view_of(browser);
	size_t measures = measure_count(browser), before = view->across;

	for (int i = 0; i < count; i++) {
		size_t tried = 0;
		do {
			view->across = (view->across + (step > 0 ? 1 : measures - 1)) % measures;
			plot_forget(browser);
			if (!is_score_column(browser, view->across) || view->across == before)
				make(browser);
		} while (++tried < measures && view->count == 0);
	}
}

static bool plot_act(struct browser *browser, enum action action, int count)
{
	struct plot_view *view = view_of(browser);
	size_t model = plot_model(browser);

	if (action == ACTION_PLOT_ACROSS || action == ACTION_PLOT_ACROSS_BACK) {
		move_across(browser, action == ACTION_PLOT_ACROSS ? 1 : -1, count > 0 ? count : 1);
	} else if (action == ACTION_PLOT_FAMILY) {
		view->family = !view->family;
		view->model = view->model == CATALOG_NONE ? model : view->model;
		plot_forget(browser);
	} else {
		return list_act(&view->list, action, count);
	}
	make(browser);
	place_cursor(view, model);
	return true;
}

void plot_open(struct browser *browser)
{
	struct plot_view *view = view_of(browser);

	plot_forget(browser);
	forget_shown(browser);
	view->shown = browser->full == VIEW_TABLE ? table_shown(browser) : NULL;
	view->model = browser_model(browser);
	view->family = false;
	browser_open_view(browser, VIEW_PLOT);
}

static struct list *plot_list(struct browser *browser)
{
	return &view_of(browser)->list;
}

static const struct picture *plot_picture(struct browser *browser)
{
	struct plot_view *view = view_of(browser);

	make(browser);
	picture_unmark(&view->picture, view->marks);
	return view->count > 0 ? &view->picture : NULL;
}

const struct view_ops plot_view = {
	.size = sizeof(struct plot_view),
	.start = plot_start,
	.forget = plot_forget,
	.free = forget_shown,
	.renumber = plot_renumber,
	.draw = plot_draw,
	.title = plot_title,
	.act = plot_act,
	.model = plot_model,
	.list = plot_list,
	.picture = plot_picture,
};
