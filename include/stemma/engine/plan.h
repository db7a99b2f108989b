/* Plan: which benchmark to run next so that a model's target is known best.
 *
 * Under the joint normal posterior of all benchmarks the variance that a result
 * leaves does not depend on its value, so the gain of a run is known before it
 * is made.  Each step takes the run that leaves the target surest.
 */
#ifndef STEMMA_ENGINE_PLAN_H
#define STEMMA_ENGINE_PLAN_H

#include <stddef.h>

#include "stemma/base/progress.h"
#include "stemma/engine/engine.h"

struct plan_step {
	size_t benchmark;
	struct engine_estimate after; /* of the target, if the result is as expected */
};

/* Plans for the subject of the query's last prediction.  `known` has the results
 * so far (benchmarks, NAN unknown); `target` is a benchmark or, at index
 * benchmarks, the average.  `steps` has room for all benchmarks; returns how
 * many were planned: until the target is known. */
size_t engine_plan(const struct engine_query *query, size_t benchmarks, const double *known,
		   size_t target, struct engine_estimate *before, struct plan_step *steps);

/* Mean absolute error and mean expected deviation of the target after 0, 1, …
 * runs, over the models with all results, each predicted from all others. */
struct plan_figures {
	size_t models;
	double planned, random; /* mean absolute errors, points */
	double deviation;       /* as planned */
};
/* figures has `benchmarks` entries: after 0 … benchmarks - 1 runs.  The random
 * order is drawn for each model. */
enum status engine_plan_test(const struct engine_data *data, struct engine_query *query, size_t target,
			     uint64_t seed, struct progress *progress, struct plan_figures *figures,
			     struct error *error);

#endif
