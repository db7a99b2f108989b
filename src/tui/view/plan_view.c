/* Plan: which runs tell most of the target of the model under the cursor, for a budget. */
#include <math.h>
#include <stdlib.h>

#include "browser.h"
#include "stemma/app/budget_plan.h"
#include "stemma/base/memory.h"

#define BUDGET_DEFAULT "1000 questions"
#define TABLE_SHARE 2      /* the rows below the picture have at most one in so many of all */
#define FIGURES_WIDTH 21

struct plan_view {
	struct budget_plan *plan; /* NULL not made, or not possible */
	struct picture picture;
	char *budget;             /* as the user says it; NULL BUDGET_DEFAULT */
	bool made;
	size_t model;             /* CATALOG_NONE none */
	char why_not[sizeof((struct error *)0)->message];
};

static struct plan_view *view_of(const struct browser *browser)
{
	return browser->state[VIEW_PLAN];
}

static const char *budget_of(const struct plan_view *view)
{
	return view->budget ? view->budget : BUDGET_DEFAULT;
}

static void plan_start(struct browser *browser)
{
	view_of(browser)->model = CATALOG_NONE;
}

static void plan_forget(struct browser *browser)
{
	struct plan_view *view = view_of(browser);

	picture_free(&view->picture);
	budget_plan_free(view->plan);
	view->plan = NULL;
	view->made = false;
}

static void plan_renumber(struct browser *browser, const uint32_t *match)
{
	view_of(browser)->model = catalog_matched(match, view_of(browser)->model);
}

static void plan_free(struct browser *browser)
{
	free(view_of(browser)->budget);
}

/* ---- the plan ------------------------------------------------------------------------------ */

static enum status make_plan(struct browser *browser, struct error *error)
{
	struct plan_view *view = view_of(browser);
	const struct board_row *row = &browser->rows[0];
	struct budget_wish wish = {.count = 1, .model = {view->model}, .target = &row->target, .title = row->name};

	price_parse(budget_of(view), &wish.most, &wish.unit);
	struct engine_query *query = engine_query_new(browser->session->fit);
	enum status status = budget_plan_make(browser->session, query, &wish, &view->plan, error);
	engine_query_free(query);
	if (status == STATUS_OK && view->plan->known)
		status = error_set(error, STATUS_USAGE, "%s is known already", row->name);
	return status;
}

static void make(struct browser *browser)
{
	struct plan_view *view = view_of(browser);
	struct error error = {0};

	if (view->made || !browser->session->fit)
		return;
	view->made = true;
	snprintf(view->why_not, sizeof view->why_not, "%s", need_message(NEED_MODEL));
	if (view->model == CATALOG_NONE)
		return;
	if (make_plan(browser, &error) == STATUS_OK) {
		budget_plan_chart(browser->session, view->plan, &view->picture);
		return;
	}
	snprintf(view->why_not, sizeof view->why_not, "%s", error.message);
	budget_plan_free(view->plan);
	view->plan = NULL;
}

/* ---- drawing -------------------------------------------------------------------------------- */

/* How many questions, and what they cost where that is another number. */
static void append_figures(const struct budget_plan *plan, const struct budget_total *total, struct text *out)
{
	if (isnan(total->more))
		text_append_format(out, plan->wish.unit == PRICE_QUESTIONS ? "all %.0f" : "all", total->price);
	else
		text_append_format(out, "%.0f", total->more);
	if (plan->wish.unit != PRICE_QUESTIONS)
		text_append_format(out, " %10.*f", plan->wish.unit == PRICE_MINUTES, total->price);
}

static void draw_totals(struct browser *browser, const struct area *area, const struct budget_total *totals, size_t count)
{
	const struct budget_plan *plan = view_of(browser)->plan;
	struct text figures = {0};

	text_append(&figures, "questions");
	if (plan->wish.unit != PRICE_QUESTIONS)
		text_append_format(&figures, " %10s", price_unit_name(plan->wish.unit));
	draw_text(browser->screen, area, 0, 1, STYLE_DIM, "to run");
	draw_right(browser->screen, area, 0, area->width - 1, STYLE_DIM, text_string(&figures));
	for (size_t i = 0; i < count && (int)i + 1 < area->height; i++) {
		uint32_t benchmark = plan->runs.run[totals[i].run].benchmark;
		text_clear(&figures);
		append_figures(plan, &totals[i], &figures);
		draw_fit(browser->screen, area, (int)i + 1, 1, area->width - FIGURES_WIDTH - 2, STYLE_TEXT,
			 browser->session->catalog->benchmarks[benchmark].title);
		draw_right(browser->screen, area, (int)i + 1, area->width - 1, STYLE_TEXT, text_string(&figures));
	}
	text_free(&figures);
}

/* The picture above, what is run in all below it. */
static void plan_draw(struct browser *browser, const struct area *area)
{
	struct plan_view *view = view_of(browser);
	struct budget_total totals[BUDGET_STEPS_MAX];

	make(browser);
	draw_cursor(browser->screen, area, 0, 0);
	if (!view->plan) {
		draw_fit(browser->screen, area, 0, 1, area->width - 2, STYLE_DIM,
			 view->made ? view->why_not : need_message(NEED_FIT));
		return;
	}
	struct area above = *area, below = *area;
	size_t count = budget_plan_totals(view->plan, totals);
	int most = area->height / TABLE_SHARE;
	below.height = (int)count < most ? (int)count + 1 : most;
	above.height = area->height - below.height;
	below.top += above.height;
	draw_picture(browser->screen, &above, &view->picture);
	draw_totals(browser, &below, totals, count);
}

static void plan_title(struct browser *browser, struct text *out)
{
	const struct plan_view *view = view_of(browser);

	make(browser);
	text_append_format(out, "plan · %s", view->plan ? view->picture.title : browser->rows[0].name);
}

static void plan_corner(struct browser *browser, struct text *out)
{
	text_append_format(out, "at most %s", budget_of(view_of(browser)));
}

static const struct picture *plan_picture(struct browser *browser)
{
	make(browser);
	return view_of(browser)->plan ? &view_of(browser)->picture : NULL;
}

/* ---- actions ----------------------------------------------------------------------------------- */

void plan_open(struct browser *browser)
{
	size_t model = browser_model(browser);

	plan_forget(browser);
	view_of(browser)->model = model;
	browser_open_view(browser, VIEW_PLAN);
}

static void budget_accepted(struct browser *browser, const char *text)
{
	struct plan_view *view = view_of(browser);
	enum price_unit unit;
	double amount;

	if (!price_parse(text, &amount, &unit)) {
		browser_message(browser, "no price: say it as \"500\" (questions), \"2M tokens\" or \"90 min\"");
		return;
	}
	free(view->budget);
	view->budget = memory_string(text);
	plan_forget(browser);
}

static const struct prompt_ops budget_prompt = {
	.label = "spend at most: ",
	.accepted = budget_accepted,
};

void plan_ask_budget(struct browser *browser)
{
	prompt_open(browser, &budget_prompt, budget_of(view_of(browser)));
}

void plan_copy(struct browser *browser)
{
	struct plan_view *view = view_of(browser);
	struct text command = {0};

	make(browser);
	if (!view->plan) {
		browser_remark(browser, "nothing is planned");
		return;
	}
	budget_plan_command(browser->session, view->plan, &command);
	if (screen_copy(browser->screen, text_string(&command)))
		browser_message(browser, "copied: %s", text_string(&command));
	else
		browser_message(browser, "copying is switched off (clipboard in the configuration)");
	text_free(&command);
}

const struct view_ops plan_view = {
	.size = sizeof(struct plan_view),
	.start = plan_start,
	.forget = plan_forget,
	.renumber = plan_renumber,
	.free = plan_free,
	.draw = plan_draw,
	.title = plan_title,
	.corner = plan_corner,
	.picture = plan_picture,
};
