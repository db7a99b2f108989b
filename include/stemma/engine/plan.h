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

/* Plans for the subject of the query's last prediction.  `known` are results so far, as
 * for engine_condition(); `candidates` the benchmarks that may be run, the known ones
 * among them are passed over.  `steps` has room for all candidates; returns how many
 * were planned: until the target is known or no candidate tells more of it.  The
 * query is left conditioned on what is known. */
size_t engine_plan(struct engine_query *query, const struct engine_cell *known, size_t known_count,
		   const uint32_t *candidates, size_t candidate_count, const struct engine_target *target,
		   struct engine_estimate *before, struct plan_step *steps);

/* Mean absolute error and mean expected deviation of the target after 0, 1, …
 * runs of its benchmarks, over the models that have all of them, each predicted from all
 * others. */
struct plan_figures {
	size_t models;
	double planned, random; /* mean absolute errors, unit of the target */
	double deviation;       /* as planned */
};
/* figures has target->count entries: after 0 … count - 1 runs.  The random order is
 * drawn for each model.  STATUS_USAGE for a target of one benchmark. */
enum status engine_plan_test(const struct engine_data *data, struct engine_query *query,
			     const struct engine_target *target, uint64_t seed, struct progress *progress,
			     struct plan_figures *figures, struct error *error);

#endif
