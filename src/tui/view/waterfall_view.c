/* Waterfall: what a prediction rests on, step by step: of the model under the cursor, or of the sketch. */
#include <math.h>

#include "browser.h"
#include "stemma/app/chart.h"

struct waterfall_view {
	struct picture picture;
	bool made, possible;
	bool sketch;
	size_t model; /* unless of the sketch; CATALOG_NONE none */
	char why_not[sizeof((struct error *)0)->message];
};

static struct waterfall_view *view_of(const struct browser *browser)
{
	return browser->state[VIEW_WATERFALL];
}

static void waterfall_start(struct browser *browser)
{
	view_of(browser)->model = CATALOG_NONE;
}

static void waterfall_forget(struct browser *browser)
{
	picture_free(&view_of(browser)->picture);
	view_of(browser)->made = false;
}

static void waterfall_renumber(struct browser *browser, const uint32_t *match)
{
	view_of(browser)->model = catalog_matched(match, view_of(browser)->model);
}

/* ---- the picture ------------------------------------------------------------------------ */

/* Of a published value, what others alone tell. */
static enum status predict(struct browser *browser, struct engine_query *query, const struct engine_child *child,
			   struct error *error)
{
	size_t model = view_of(browser)->model;

	if (child)
		return engine_predict_child(query, child, error);
	return isnan(tree_score(browser->tree, model)) ? engine_predict_known(query, model, error)
						       : engine_predict_model(query, model, error);
}

static void draw_into(struct browser *browser, struct engine_query *query, const struct engine_child *child)
{
	struct waterfall_view *view = view_of(browser);
	const struct board_row *row = &browser->rows[0];
	struct error error = {0};
	struct engine_estimate estimate;

	if (predict(browser, query, child, &error) != STATUS_OK) {
		snprintf(view->why_not, sizeof view->why_not, "%s", error.message);
		return;
	}
	engine_estimate(query, &row->target, &estimate);
	snprintf(view->why_not, sizeof view->why_not, "nothing is predicted for this target");
	view->possible = !isnan(estimate.mean);
	if (!view->possible)
		return;
	struct text title = {0};
	text_append_format(&title, "%s · %s", child ? "the sketch" : tree_name(browser->tree, view->model), row->name);
	chart_why(browser->session, query, &row->target, text_string(&title), child, view->model, &view->picture);
	text_free(&title);
}

static void make(struct browser *browser)
{
	struct waterfall_view *view = view_of(browser);
	struct engine_child child;

	if (view->made || !browser->session->fit)
		return;
	view->made = true;
	view->possible = false;
	if (view->sketch && (browser->sketch.now.strangers > 0 || browser->sketch.now.count == 0)) {
		snprintf(view->why_not, sizeof view->why_not, "%s", browser->sketch.now.count
			 ? "the sketch has parents that are not in the cache" : need_message(NEED_PARENT));
		return;
	}
	if (!view->sketch && view->model == CATALOG_NONE) {
		snprintf(view->why_not, sizeof view->why_not, "%s", need_message(NEED_MODEL));
		return;
	}
	struct engine_query *query = engine_query_new(browser->session->fit);
	if (view->sketch)
		sketch_child(&browser->sketch, browser->session->catalog, &child);
	draw_into(browser, query, view->sketch ? &child : NULL);
	engine_query_free(query);
}

static void waterfall_draw(struct browser *browser, const struct area *area)
{
	struct waterfall_view *view = view_of(browser);

	make(browser);
	draw_cursor(browser->screen, area, 0, 0);
	if (!view->made || !view->possible) {
		draw_fit(browser->screen, area, 0, 1, area->width - 2, STYLE_DIM,
			 view->made ? view->why_not : need_message(NEED_FIT));
		return;
	}
	struct area part = *area;
	part.height = picture_height(&view->picture, area->height);
	draw_picture(browser->screen, &part, &view->picture);
}

static void waterfall_title(struct browser *browser, struct text *out)
{
	const struct waterfall_view *view = view_of(browser);

	make(browser);
	text_append_format(out, "why · %s", view->made && view->possible ? view->picture.title : browser->rows[0].name);
}

void waterfall_open(struct browser *browser)
{
	struct waterfall_view *view = view_of(browser);
	enum view_id from = browser_view(browser);

	waterfall_forget(browser);
	view->sketch = from == VIEW_SKETCH || from == VIEW_WHY;
	view->model = view->sketch ? CATALOG_NONE : browser_model(browser);
	browser_open_view(browser, VIEW_WATERFALL);
}

static const struct picture *waterfall_picture(struct browser *browser)
{
	struct waterfall_view *view = view_of(browser);

	make(browser);
	return view->made && view->possible ? &view->picture : NULL;
}

const struct view_ops waterfall_view = {
	.size = sizeof(struct waterfall_view),
	.start = waterfall_start,
	.forget = waterfall_forget,
	.renumber = waterfall_renumber,
	.draw = waterfall_draw,
	.title = waterfall_title,
	.picture = waterfall_picture,
};
