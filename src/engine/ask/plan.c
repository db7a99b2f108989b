#include "stemma/engine/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/random.h"
#include "stemma/base/memory.h"

size_t engine_plan(const struct engine_query *query, size_t benchmarks, const double *known,
		   size_t target, struct engine_estimate *before, struct plan_step *steps)
{
	double *now = memory_allocate(benchmarks + 1, sizeof *now);
	struct engine_estimate *expected = memory_allocate(benchmarks + 1, sizeof *expected);
	struct engine_estimate *after = memory_allocate(benchmarks + 1, sizeof *after);
	size_t count = 0;

	memcpy(now, known, benchmarks * sizeof *now);
	engine_condition(query, now, expected);
	*before = expected[target];
	for (;;) {
		struct plan_step best = {.benchmark = benchmarks, .after = {.sd = INFINITY}};
		for (size_t b = 0; b < benchmarks && (target == benchmarks || isnan(now[target])); b++) {
			if (!isnan(now[b]))
				continue;
			now[b] = expected[b].mean;
			engine_condition(query, now, after);
			now[b] = NAN;
			if (after[target].sd < best.after.sd)
				best = (struct plan_step){b, after[target]};
		}
		if (best.benchmark == benchmarks)
			break;
		now[best.benchmark] = expected[best.benchmark].mean;
		engine_condition(query, now, expected);
		steps[count++] = best;
	}
	free(now);
	free(expected);
	free(after);
	return count;
}

/* ---- back-test ------------------------------------------------------------------ */

struct plan_test {
	const struct engine_data *data;
	struct engine_query *query;
	size_t target;
	uint64_t random;
	struct plan_step *steps;
	struct engine_estimate *estimates;
	double *known;
	struct plan_figures *figures;
};

static bool all_known(const struct engine_data *data, size_t model)
{
	for (size_t b = 0; b < data->benchmarks; b++)
		if (isnan(engine_data_scores(data, model)[b]))
			return false;
	return data->benchmarks > 0 && !(data->excluded && data->excluded[model]);
}

static double true_target(const struct plan_test *test, size_t model)
{
	const struct engine_data *data = test->data;
	double sum = 0;

	if (test->target < data->benchmarks)
		return engine_data_scores(data, model)[test->target];
	for (size_t b = 0; b < data->benchmarks; b++)
		sum += engine_data_scores(data, model)[b];
	return sum / (double)data->benchmarks;
}

static void forget(struct plan_test *test)
{
	for (size_t b = 0; b < test->data->benchmarks; b++)
		test->known[b] = NAN;
}

/* Makes one result known and returns the error that is left; the estimate of
 * the target stays in the estimates. */
static double error_after(struct plan_test *test, size_t model, size_t benchmark)
{
	const struct engine_data *data = test->data;

	if (benchmark < data->benchmarks)
		test->known[benchmark] = engine_data_scores(data, model)[benchmark];
	engine_condition(test->query, test->known, test->estimates);
	return fabs(test->estimates[test->target].mean - true_target(test, model));
}

static void test_model(struct plan_test *test, size_t model)
{
	size_t benchmarks = test->data->benchmarks, order[64];
	struct engine_estimate before;

	forget(test);
	engine_plan(test->query, benchmarks, test->known, test->target, &before, test->steps);
	for (size_t k = 0; k < benchmarks; k++) {
		test->figures[k].planned += error_after(test, model, k ? test->steps[k - 1].benchmark : benchmarks);
		test->figures[k].deviation += test->estimates[test->target].sd;
		test->figures[k].models++;
	}
	for (size_t b = 0; b < benchmarks; b++) {
		size_t place = (size_t)(random_next(&test->random) % (b + 1));
		order[b] = order[place];
		order[place] = b;
	}
	forget(test);
	for (size_t k = 0; k < benchmarks; k++)
		test->figures[k].random += error_after(test, model, k ? order[k - 1] : benchmarks);
}

enum status engine_plan_test(const struct engine_data *data, struct engine_query *query, size_t target,
			     uint64_t seed, struct progress *progress, struct plan_figures *figures,
			     struct error *error)
{
	struct plan_test test = {
		.data = data, .query = query, .target = target, .random = seed, .figures = figures,
		.steps = memory_zero(data->benchmarks + 1, sizeof *test.steps),
		.estimates = memory_zero(data->benchmarks + 1, sizeof *test.estimates),
		.known = memory_zero(data->benchmarks + 1, sizeof *test.known),
	};
	enum status status = STATUS_OK;

	memset(figures, 0, data->benchmarks * sizeof *figures);
	if (target < data->benchmarks || data->benchmarks > 64)
		status = error_set(error, STATUS_USAGE, "the back-test of plans is for the average");
	for (size_t i = 0; i < data->models && status == STATUS_OK; i++) {
		if (!all_known(data, i))
			continue;
		if (!progress_step(progress, "planning", (double)i / (double)data->models))
			status = error_set(error, STATUS_CANCELLED, "back-test cancelled");
		else
			status = engine_predict_model(query, i, test.estimates, error);
		if (status == STATUS_OK)
			test_model(&test, i);
	}
	for (size_t k = 0; k < data->benchmarks && figures[k].models; k++) {
		figures[k].planned /= (double)figures[k].models;
		figures[k].random /= (double)figures[k].models;
		figures[k].deviation /= (double)figures[k].models;
	}
	free(test.steps);
	free(test.estimates);
	free(test.known);
	return status;
}
