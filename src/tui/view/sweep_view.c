/* Sweep: the target against the weight of the parent under the sketch's cursor. */
#include <math.h>

#include "browser.h"
#include "stemma/app/chart.h"
#include "stemma/app/sweep.h"
#include "stemma/base/clock.h"

struct sweep_view {
	struct sweep sweep;
	bool begun, possible;
	struct engine_query *query; /* of its own; NULL until it is drawn */
	struct picture picture;     /* that was written last */
};

static struct sweep_view *view_of(const struct browser *browser)
{
	return browser->state[VIEW_SWEEP];
}

static void sweep_forget(struct browser *browser)
{
	engine_query_free(view_of(browser)->query);
	view_of(browser)->query = NULL;
	view_of(browser)->begun = false;
}

/* Whether the sweep is still one of the sketch, but for the weight that it sweeps. */
static bool is_current(const struct browser *browser)
{
	const struct sweep_view *view = view_of(browser);
	const struct sketch_state *now = &browser->sketch.now, *of = &view->sweep.state;

	if (!view->begun || of->count != now->count || of->method != now->method || of->base != now->base ||
	    of->chat_template != now->chat_template || of->finetune != now->finetune || of->strangers != now->strangers ||
	    view->sweep.position != browser->sketch_list.cursor)
		return false;
	double rest = 1 - of->parents[view->sweep.position].weight, rest_now = 1 - now->parents[view->sweep.position].weight;
	for (size_t i = 0; i < now->count; i++) {
		if (of->parents[i].model != now->parents[i].model || of->parents[i].locked != now->parents[i].locked)
			return false;
		/* The others keep their proportions. */
		if (i != view->sweep.position && (rest <= 0 || rest_now <= 0 ||
						  fabs(of->parents[i].weight / rest - now->parents[i].weight / rest_now) > 1e-6))
			return false;
	}
	return true;
}

/* Makes the points that the time of the picture allows. */
static bool prepare(struct browser *browser)
{
	struct sweep_view *view = view_of(browser);
	const struct session *session = browser->session;

	if (!session->fit)
		return false;
	if (!view->query)
		view->query = engine_query_new(session->fit);
	if (!is_current(browser)) {
		view->possible = browser->sketch.now.strangers == 0 &&
				 sweep_begin(&view->sweep, &browser->sketch.now, browser->sketch_list.cursor);
		view->begun = true;
	}
	if (!view->possible)
		return false;
	while (view->sweep.made < SWEEP_POINTS) {
		if (browser->draw_until > 0 && clock_seconds() > browser->draw_until) {
			browser->estimate_due = true;
			break;
		}
		sweep_step(&view->sweep, session->catalog, view->query, &browser->rows[0].target);
	}
	return view->sweep.made == SWEEP_POINTS && !isnan(view->sweep.at[view->sweep.best].mean);
}

/* ---- drawing ---------------------------------------------------------------------------- */

static void say_why_not(struct browser *browser, const struct area *area)
{
	draw_text(browser->screen, area, 0, 1, STYLE_DIM,
		  !browser->session->fit ? "nothing is fitted yet"
		  : browser->estimate_due ? "predicting…"
		  : browser->sketch.now.strangers > 0 ? "the sketch has parents that are not in the cache"
		  : view_of(browser)->possible ? "nothing is predicted for this target"
					       : "a weight moves when another parent can take the rest");
	draw_cursor(browser->screen, area, 0, 0);
}

static void describe(const struct browser *browser, struct text *out)
{
	const struct sketch_state *now = &browser->sketch.now;
	size_t cursor = browser->sketch_list.cursor;

	text_append_format(out, "%s by the weight of %s", browser->rows[0].name,
			   cursor < now->count ? tree_name(browser->tree, now->parents[cursor].model) : "a parent");
}

/* The picture for the weights as they are; the caller frees. */
static void make_picture(struct browser *browser, struct picture *picture)
{
	struct sweep sweep = view_of(browser)->sweep;
	struct text title = {0};

	describe(browser, &title);
	sweep.state = browser->sketch.now;
	chart_sweep(browser->session, &sweep, &browser->rows[0].target, text_string(&title), picture);
	text_free(&title);
}

static void sweep_draw(struct browser *browser, const struct area *area)
{
	struct picture picture;

	if (!prepare(browser)) {
		say_why_not(browser, area);
		return;
	}
	make_picture(browser, &picture);
	draw_picture(browser->screen, area, &picture);
	draw_cursor(browser->screen, area, area->height - 1, 0);
	picture_free(&picture);
}

/* Kept until the next one is asked for. */
static const struct picture *sweep_picture(struct browser *browser)
{
	struct sweep_view *view = view_of(browser);

	picture_free(&view->picture);
	if (!prepare(browser))
		return NULL;
	make_picture(browser, &view->picture);
	return &view->picture;
}

static void sweep_free(struct browser *browser)
{
	picture_free(&view_of(browser)->picture);
}

static void sweep_title(struct browser *browser, struct text *out)
{
	describe(browser, out);
}

static void sweep_corner(struct browser *browser, struct text *out)
{
	sketch_describe(browser, &browser->sketch.now, browser->base, out);
}

/* Up and down go to the other parents. */
static bool sweep_act(struct browser *browser, enum action action, int count)
{
	browser->sketch_list.count = browser->sketch.now.count;
	return list_act(&browser->sketch_list, action, count);
}

const struct view_ops sweep_view = {
	.size = sizeof(struct sweep_view),
	.forget = sweep_forget,
	.free = sweep_free,
	.picture = sweep_picture,
	.draw = sweep_draw,
	.title = sweep_title,
	.corner = sweep_corner,
	.act = sweep_act,
	.model = sketch_model,
};

/* ---- best weights ------------------------------------------------------------------------- */

/* The parent that gives all; the count when there is none. */
static size_t alone(const struct sketch_state *state)
{
	size_t place = 0;

	while (place < state->count && state->parents[place].weight < 0.995)
		place++;
	return place;
}

void sweep_take_best(struct browser *browser)
{
	struct sketch_state best = browser->sketch.now;
	struct engine_query *query = browser->session->fit ? engine_query_new(browser->session->fit) : NULL;
	double weights[SKETCH_PARENTS_MAX];

	if (!query || best.strangers > 0 ||
	    !sweep_best_weights(&best, browser->session->catalog, query, &browser->rows[0].target)) {
		browser_message(browser, "no weight can move, or nothing is predicted for %s", browser->rows[0].name);
		engine_query_free(query);
		return;
	}
	engine_query_free(query);
	for (size_t i = 0; i < best.count; i++)
		weights[i] = best.parents[i].weight;
	bool changed = sketch_set_weights(&browser->sketch, weights);
	if (alone(&best) < best.count)
		browser_message(browser, "no mixture promises more for %s than %s alone", browser->rows[0].name,
				tree_name(browser->tree, best.parents[alone(&best)].model));
	else if (changed)
		browser_message(browser, "the weights that promise most for %s", browser->rows[0].name);
	else
		browser_message(browser, "these weights promise most for %s already", browser->rows[0].name);
	edit_refresh(browser);
}
