/* Sweep: the target against the weight of the parent under the sketch's cursor. */
#include <math.h>
#include <string.h>

#include "browser.h"
#include "stemma/app/sweep.h"
#include "stemma/base/clock.h"

#define AXIS_WIDTH 9    /* of the figures at the left */
#define PLOT_MIN 8
#define PLOT_MAX 160
#define ROWS_MAX 64
#define WORDS_WIDTH 34  /* of the last words there */
#define NOTE_ROWS 3     /* the axis below, its figures and the line of words */

struct sweep_view {
	struct sweep sweep;
	bool begun, possible;
	struct engine_query *query; /* of its own; NULL until it is drawn */
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

struct plane {
	const struct sweep *sweep;
	double low, high;
	int width, height, left;
};

/* Between two points. */
static double value_at(const struct sweep *sweep, double weight, size_t offset)
{
	double place = weight / sweep->most * (SWEEP_POINTS - 1);
	size_t point = place <= 0 ? 0 : place >= SWEEP_POINTS - 2 ? SWEEP_POINTS - 2 : (size_t)place;
	double share = place - (double)point, from, to;

	memcpy(&from, (const char *)&sweep->at[point] + offset, sizeof from);
	memcpy(&to, (const char *)&sweep->at[point + 1] + offset, sizeof to);
	return from + share * (to - from);
}
#define MEAN offsetof(struct engine_estimate, mean)
#define LOW offsetof(struct engine_estimate, low50)
#define HIGH offsetof(struct engine_estimate, high50)

static void fit_plane(struct plane *plane)
{
	plane->low = INFINITY, plane->high = -INFINITY;
	for (size_t i = 0; i < SWEEP_POINTS; i++) {
		plane->low = fmin(plane->low, plane->sweep->at[i].low50);
		plane->high = fmax(plane->high, plane->sweep->at[i].high50);
	}
	double margin = 0.04 * (plane->high - plane->low) + 1e-9;
	plane->low -= margin, plane->high += margin;
}

/* Of `steps` a row, from the top. */
static int height_of(const struct plane *plane, double value, int steps)
{
	int all = plane->height * steps;
	int place = (int)((plane->high - value) / (plane->high - plane->low) * all);

	return place < 0 ? 0 : place >= all ? all - 1 : place;
}

static void draw_column(struct browser *browser, const struct area *area, const struct plane *plane, int column)
{
	static const unsigned char bits[4][2] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};
	unsigned char masks[ROWS_MAX] = {0};
	double weight = plane->sweep->most * column / (plane->width - 1);
	char sign[4];

	for (int row = height_of(plane, value_at(plane->sweep, weight, HIGH), 1),
		 last = height_of(plane, value_at(plane->sweep, weight, LOW), 1); row <= last; row++)
		draw_text(browser->screen, area, row, plane->left + column, STYLE_DIM, "░");
	for (int half = 0; half < 2; half++) {
		double at = plane->sweep->most * fmin(1, (column + half / 2.0) / (plane->width - 1));
		int dot = height_of(plane, value_at(plane->sweep, at, MEAN), 4);
		masks[dot / 4] |= bits[dot % 4][half];
	}
	for (int row = 0; row < plane->height; row++)
		if (masks[row])
			draw_text(browser->screen, area, row, plane->left + column, STYLE_POINT, bar_braille(masks[row], sign));
}

static void draw_mark(struct browser *browser, const struct area *area, const struct plane *plane, double weight,
		      enum style style, const char *sign)
{
	int column = (int)lround(weight / plane->sweep->most * (plane->width - 1));

	draw_text(browser->screen, area, height_of(plane, value_at(plane->sweep, weight, MEAN), 1), plane->left + column,
		  style, sign);
}

static void draw_axes(struct browser *browser, const struct area *area, const struct plane *plane)
{
	const struct board_row *row = &browser->rows[0];
	char buffer[FIGURE_SIZE];
	int below = plane->height;

	for (int y = 0; y < plane->height; y++) {
		bool figure = y % 4 == 0 || y == plane->height - 1;
		double value = plane->high - (plane->high - plane->low) * (y + 0.5) / plane->height;
		if (figure)
			draw_right(browser->screen, area, y, AXIS_WIDTH - 2, STYLE_DIM, figure_on(buffer, row, value, false));
		draw_text(browser->screen, area, y, AXIS_WIDTH - 1, STYLE_BORDER, figure ? "┤" : "│");
	}
	draw_text(browser->screen, area, below, AXIS_WIDTH - 1, STYLE_BORDER, "└");
	draw_repeat(browser->screen, area, below, plane->left, plane->width, STYLE_BORDER, "─");
	for (int quarter = 0; quarter <= 4; quarter += plane->width < 40 ? 2 : 1) {
		int x = plane->left + quarter * (plane->width - 1) / 4;
		snprintf(buffer, sizeof buffer, "%.2f", plane->sweep->most * quarter / 4);
		draw_text(browser->screen, area, below, x, STYLE_BORDER, "┴");
		draw_text(browser->screen, area, below + 1, quarter == 4 ? x - 3 : quarter == 0 ? x : x - 2, STYLE_DIM, buffer);
	}
}

/* "now 0.50: 71.9 ±3.1   best 0.60: 72.3 ±3.0   ░ 50 %". */
static void draw_words(struct browser *browser, const struct area *area, const struct plane *plane, double now)
{
	const struct sweep *sweep = plane->sweep;
	const struct board_row *row = &browser->rows[0];
	double best = sweep_weight(sweep, sweep->best);
	char first[FIGURE_SIZE], second[FIGURE_SIZE], key[FIGURE_SIZE];
	int y = plane->height + 2, x = 1;

	x += draw_text(browser->screen, area, y, x, STYLE_GOOD, "●");
	x += draw_format(browser->screen, area, y, x, STYLE_TEXT, " now %.2f: %s", now,
			 figure_on(first, row, value_at(sweep, now, MEAN), false)) + 2;
	x += draw_text(browser->screen, area, y, x, STYLE_MARK, "◆");
	x += draw_format(browser->screen, area, y, x, STYLE_TEXT, " best %.2f: %s", best,
			 figure_on(second, row, sweep->at[sweep->best].mean, false)) + 2;
	x += draw_text(browser->screen, area, y, x, STYLE_DIM, "░ 50 % interval") + 2;
	if (x + WORDS_WIDTH < area->width)
		draw_format(browser->screen, area, y, x, STYLE_DIM, "%s takes the best of all parents",
			    browser_key_of(browser, ACTION_BEST_WEIGHTS, key));
}

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

static void sweep_draw(struct browser *browser, const struct area *area)
{
	struct sweep_view *view = view_of(browser);
	struct plane plane = {.sweep = &view->sweep, .left = AXIS_WIDTH, .height = area->height - NOTE_ROWS};

	plane.width = area->width - AXIS_WIDTH - 2;
	plane.width = plane.width > PLOT_MAX ? PLOT_MAX : plane.width;
	plane.height = plane.height > ROWS_MAX ? ROWS_MAX : plane.height;
	if (!prepare(browser)) {
		say_why_not(browser, area);
		return;
	}
	if (plane.width < PLOT_MIN || plane.height < 2)
		return;
	double now = browser->sketch.now.parents[view->sweep.position].weight;
	fit_plane(&plane);
	for (int column = 0; column < plane.width; column++)
		draw_column(browser, area, &plane, column);
	draw_mark(browser, area, &plane, sweep_weight(&view->sweep, view->sweep.best), STYLE_MARK, "◆");
	draw_mark(browser, area, &plane, now, STYLE_GOOD, "●");
	draw_axes(browser, area, &plane);
	draw_words(browser, area, &plane, now);
	draw_cursor(browser->screen, area, plane.height, plane.left + (int)lround(now / view->sweep.most * (plane.width - 1)));
}

static void sweep_title(struct browser *browser, struct text *out)
{
	size_t model = sketch_model(browser);

	text_append_format(out, "%s by the weight of %s", browser->rows[0].name,
			   model == CATALOG_NONE ? "a parent" : tree_name(browser->tree, model));
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
