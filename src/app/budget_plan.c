#include "stemma/app/budget_plan.h"

#include <math.h>
#include <stdlib.h>

#include "stemma/base/memory.h"

/* A plan in the making. */
struct planning {
	struct budget_plan *plan;
	struct prospect *prospect[BUDGET_MODELS_MAX];
};

void budget_plan_free(struct budget_plan *plan)
{
	if (!plan)
		return;
	budget_runs_free(&plan->runs);
	free(plan);
}

/* ---- what may be run --------------------------------------------------------------------------- */

enum status budget_runs_list(const struct session *session, const struct engine_target *target, const char *path,
			     enum price_unit unit, struct budget_runs *runs, struct error *error)
{
	struct board board = board_copy(&session->board);
	struct prices *prices = NULL;
	enum status status = prices_open(session->catalog, path, &prices, error);

	for (size_t i = 0; i < target->count; i++)
		board_add(&board, target->benchmark[i]);
	*runs = (struct budget_runs){
		.count = status == STATUS_OK ? board.count : 0,
		.run = memory_zero(board.count + 1, sizeof *runs->run),
		.origin = memory_zero(board.count + 1, sizeof *runs->origin),
	};
	for (size_t i = 0; i < runs->count; i++) {
		struct price price = prices_of(prices, board.benchmark[i], unit);
		runs->run[i] = (struct prospect_run){board.benchmark[i], price.questions, price.whole};
		runs->origin[i] = price.origin;
		runs->untold += price.origin != PRICE_ORIGIN_OWN;
	}
	prices_close(prices);
	board_free(&board);
	return status;
}

void budget_runs_free(struct budget_runs *runs)
{
	free(runs->run);
	free(runs->origin);
	*runs = (struct budget_runs){0};
}

enum status budget_prospect(struct engine_query *query, const struct engine_target *target,
			    const struct budget_runs *runs, const struct engine_cell *known, size_t known_count,
			    struct prospect **prospect, struct error *error)
{
	*prospect = prospect_new(query, known, known_count, runs->run, runs->count, target);
	if (*prospect)
		return STATUS_OK;
	error_set(error, STATUS_DATA, "the target is not predicted");
	return error_advise(error, "name another with --target");
}

static enum status look_ahead(const struct session *session, struct engine_query *query, struct planning *planning,
			      struct error *error)
{
	const struct budget_wish *wish = &planning->plan->wish;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < wish->count && status == STATUS_OK; i++) {
		size_t known;
		const struct engine_cell *cells = catalog_cells(session->catalog, wish->model[i], &known);
		status = engine_predict_model(query, wish->model[i], error);
		if (status == STATUS_OK)
			status = budget_prospect(query, wish->target, &planning->plan->runs, cells, known,
						 &planning->prospect[i], error);
	}
	return status;
}

/* ---- the plan ------------------------------------------------------------------------------------ */

/* The value that is asked about: of the model, or by how much the first is above the second.  What both have in
 * common would make their difference surer: it is not counted. */
static struct decision_state state_of(const struct planning *planning)
{
	double a = prospect_deviation(planning->prospect[0]);
	struct decision_state state = {prospect_estimate(planning->prospect[0]).mean, a};

	if (planning->plan->wish.count > 1) {
		double b = prospect_deviation(planning->prospect[1]);
		state.mean -= prospect_estimate(planning->prospect[1]).mean;
		state.deviation = sqrt(a * a + b * b);
	}
	return state;
}

/* The step of any of the models that takes most variance for its price. */
static bool best_step(const struct planning *planning, double left, struct budget_step *best)
{
	double rate = 0;

	for (size_t i = 0; i < planning->plan->wish.count; i++) {
		struct prospect_step step;
		double deviation = prospect_deviation(planning->prospect[i]);
		if (!prospect_best(planning->prospect[i], left, planning->plan->wish.whole, &step))
			continue;
		double taken = deviation * deviation * (1 - prospect_left(planning->prospect[i], &step)) / step.price;
		if (!(taken > rate))
			continue;
		rate = taken;
		*best = (struct budget_step){.model = i, .step = step};
	}
	return rate > 0;
}

static void note_state(const struct planning *planning, struct budget_step *step)
{
	struct decision_state state = state_of(planning);

	step->after = prospect_estimate(planning->prospect[step->model]);
	step->deviation = state.deviation;
}

/* Runs as expected, each the best for its price, until the budget is spent or the question is decided. */
static void make_plan(struct planning *planning)
{
	struct budget_plan *plan = planning->plan;
	struct budget_step *last = &plan->steps[0];

	note_state(planning, last);
	while (plan->count < BUDGET_STEPS_MAX) {
		struct decision_state state = state_of(planning);
		struct budget_step next;
		if (plan->wish.has_question && decision_made(&plan->wish.question, &state))
			break;
		if (!best_step(planning, plan->wish.most - last->spent, &next))
			break;
		prospect_take(planning->prospect[next.model], &next.step, NAN);
		next.spent = last->spent + next.step.price;
		last = &plan->steps[++plan->count];
		*last = next;
		note_state(planning, last);
	}
}

enum status budget_plan_make(const struct session *session, struct engine_query *query, const struct budget_wish *wish,
			     struct budget_plan **plan, struct error *error)
{
	struct planning planning = {.plan = *plan = memory_zero(1, sizeof **plan)};

	(*plan)->wish = *wish;
	enum status status = budget_runs_list(session, wish->target, wish->prices, wish->unit, &(*plan)->runs, error);
	if (status == STATUS_OK)
		status = look_ahead(session, query, &planning, error);
	if (status == STATUS_OK) {
		(*plan)->now = state_of(&planning);
		(*plan)->known = !((*plan)->now.deviation > 0);
		make_plan(&planning);
	}
	for (size_t i = 0; i < wish->count; i++)
		prospect_free(planning.prospect[i]);
	return status;
}
