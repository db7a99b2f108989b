#include "stemma/engine/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/random.h"
#include "stemma/base/memory.h"

/* Results so far: the known ones, then those assumed to come out as expected. */
struct results {
	struct engine_cell *cells;
	size_t count;
};

static bool has_result(const struct results *results, size_t benchmark)
{
	for (size_t i = 0; i < results->count; i++)
		if (results->cells[i].benchmark == benchmark)
			return true;
	return false;
}

static void add_result(struct results *results, size_t benchmark, double value)
{
	results->cells[results->count++] = (struct engine_cell){
		.benchmark = (uint32_t)benchmark, .value = value, .error = NAN, .chat_template = ANSWER_UNKNOWN};
}

static bool all_there(const struct results *results, const struct engine_target *target)
{
	for (size_t i = 0; i < target->count; i++)
		if (!has_result(results, target->benchmark[i]))
			return false;
	return true;
}

/* The target after one more run that comes out as expected. */
static struct plan_step try_step(struct engine_query *query, struct results *results, size_t benchmark,
				 const struct engine_target *target, double *expected)
{
	const struct engine_target one = engine_target_one(benchmark);
	struct plan_step step = {.benchmark = benchmark};
	struct engine_estimate estimate;

	engine_condition(query, results->cells, results->count);
	engine_estimate(query, &one, &estimate);
	*expected = estimate.mean;
	step.after.sd = NAN;
	if (isnan(estimate.mean))
		return step;
	add_result(results, benchmark, estimate.mean);
	engine_condition(query, results->cells, results->count);
	engine_estimate(query, target, &step.after);
	results->count--;
	return step;
}

size_t engine_plan(struct engine_query *query, const struct engine_cell *known, size_t known_count,
		   const uint32_t *candidates, size_t candidate_count, const struct engine_target *target,
		   struct engine_estimate *before, struct plan_step *steps)
{
	struct results results = {memory_allocate(known_count + candidate_count + 1, sizeof *known), known_count};
	size_t count = 0;

	if (known_count > 0)
		memcpy(results.cells, known, known_count * sizeof *known);
	engine_condition(query, known, known_count);
	engine_estimate(query, target, before);
	while (!all_there(&results, target)) {
		struct plan_step best = {.after = {.sd = INFINITY}};
		double expected = NAN, value;
		for (size_t i = 0; i < candidate_count; i++) {
			if (has_result(&results, candidates[i]))
				continue;
			struct plan_step step = try_step(query, &results, candidates[i], target, &value);
			if (!(step.after.sd < best.after.sd))
				continue;
			best = step;
			expected = value;
		}
		if (isinf(best.after.sd))
			break;
		add_result(&results, best.benchmark, expected);
		steps[count++] = best;
	}
	engine_condition(query, known, known_count);
	free(results.cells);
	return count;
}

/* ---- back-test ------------------------------------------------------------------ */

struct plan_test {
	const struct engine_data *data;
	struct engine_query *query;
	const struct engine_target *target;
	uint64_t random;
	struct plan_step *steps;
	uint32_t *order;
	struct results results;
	struct plan_figures *figures;
};

/* The remaining error given the results so far, and its expected deviation. */
static double error_left(const struct plan_test *test, size_t model, double *deviation)
{
	struct engine_estimate estimate;
	size_t count;
	const struct engine_cell *cells = engine_data_cells(test->data, model, &count);

	engine_condition(test->query, test->results.cells, test->results.count);
	engine_estimate(test->query, test->target, &estimate);
	*deviation = estimate.sd;
	return fabs(estimate.mean - engine_target_value(test->data->benchmark, test->target, cells, count));
}

static void test_model(struct plan_test *test, size_t model)
{
	size_t runs = test->target->count;
	struct engine_estimate before;
	double deviation;

	engine_plan(test->query, NULL, 0, test->target->benchmark, runs, test->target, &before, test->steps);
	test->results.count = 0;
	for (size_t k = 0; k < runs; k++) {
		if (k > 0)
			add_result(&test->results, test->steps[k - 1].benchmark,
				   engine_data_score(test->data, model, test->steps[k - 1].benchmark));
		test->figures[k].planned += error_left(test, model, &deviation);
		test->figures[k].deviation += deviation;
		test->figures[k].models++;
	}
	for (size_t b = 0; b < runs; b++) {
		size_t place = (size_t)(random_next(&test->random) % (b + 1));
		test->order[b] = test->order[place];
		test->order[place] = test->target->benchmark[b];
	}
	test->results.count = 0;
	for (size_t k = 0; k < runs; k++) {
		if (k > 0)
			add_result(&test->results, test->order[k - 1],
				   engine_data_score(test->data, model, test->order[k - 1]));
		test->figures[k].random += error_left(test, model, &deviation);
	}
}

/* Whether the model has the whole target and is not excluded. */
static bool is_complete(const struct plan_test *test, size_t model)
{
	size_t count;
	const struct engine_cell *cells = engine_data_cells(test->data, model, &count);

	return !(test->data->excluded && test->data->excluded[model]) &&
	       !isnan(engine_target_value(test->data->benchmark, test->target, cells, count));
}

enum status engine_plan_test(const struct engine_data *data, struct engine_query *query,
			     const struct engine_target *target, uint64_t seed, struct progress *progress,
			     struct plan_figures *figures, struct error *error)
{
	size_t runs = target->count;
	struct plan_test test = {
		.data = data, .query = query, .target = target, .random = seed, .figures = figures,
		.steps = memory_zero(runs + 1, sizeof *test.steps),
		.order = memory_zero(runs + 1, sizeof *test.order),
		.results = {.cells = memory_zero(runs + 1, sizeof *test.results.cells)},
	};
	enum status status = STATUS_OK;

	memset(figures, 0, runs * sizeof *figures);
	if (runs < 2)
		status = error_set(error, STATUS_USAGE, "the back-test of plans is for a target of several benchmarks");
	for (size_t i = 0; i < data->models && status == STATUS_OK; i++) {
		if (!is_complete(&test, i))
			continue;
		if (!progress_step(progress, "planning", (double)i / (double)data->models))
			status = error_set(error, STATUS_CANCELLED, "back-test cancelled");
		else
			status = engine_predict_model(query, i, error);
		if (status == STATUS_OK)
			test_model(&test, i);
	}
	for (size_t k = 0; k < runs && figures[k].models; k++) {
		figures[k].planned /= (double)figures[k].models;
		figures[k].random /= (double)figures[k].models;
		figures[k].deviation /= (double)figures[k].models;
	}
	free(test.steps);
	free(test.order);
	free(test.results.cells);
	return status;
}
