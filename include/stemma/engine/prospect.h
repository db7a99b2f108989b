/* Prospect: what runs would tell of a model's target, whole or of some of the questions.
 *
 * The values that a model would be measured to have on all benchmarks are jointly normal
 * (on the scale z of each), with the covariance G of the engine's belief.  Running n of a
 * benchmark's N questions measures its value with the variance that drawing them without
 * replacement leaves,
 *
 *     r^2 f (1 - f) (1 / n - 1 / N),   r the range of its scale, f the share of it,
 *
 * and a run is one step of Kalman's update of G.  What is left does not depend on the
 * result, so a plan needs none (Cochran 1977, ch. 3, for the variance).
 */
#ifndef STEMMA_ENGINE_PROSPECT_H
#define STEMMA_ENGINE_PROSPECT_H

#include <stddef.h>
#include <stdint.h>

#include "stemma/engine/engine.h"

/* A benchmark that may be run. */
struct prospect_run {
	uint32_t benchmark;
	double questions;    /* that it has; NAN unknown: it is run as a whole or not at all */
	double price;        /* of all of it, > 0 */
};

struct prospect;

/* Of the subject of the query's last prediction: it need not live on.  `known` are results so far, as for
 * engine_condition(), with which the query is left conditioned; of one whose error tells of fewer questions than
 * the benchmark has, the rest may be run.  `runs` and the target are copied.  NULL where the fit does not cover the target. */
struct prospect *prospect_new(struct engine_query *query, const struct engine_cell *known, size_t known_count,
			      const struct prospect_run *runs, size_t count, const struct engine_target *target);
void prospect_free(struct prospect *prospect); /* NULL allowed */

/* The target as all runs so far tell it. */
struct engine_estimate prospect_estimate(const struct prospect *prospect);
/* The deviation of a normal distribution as wide as its 90 % interval. */
double prospect_deviation(const struct prospect *prospect);
/* Whether nothing is left of the target to be run, or nothing that tells more of it. */
bool prospect_known(const struct prospect *prospect);

/* A run of a benchmark up to `questions` of it in all (INFINITY: all). */
struct prospect_step {
	size_t run;          /* by place in the runs */
	double questions;    /* in all after it; NAN where their number is unknown */
	double more;         /* questions that it adds */
	double price;        /* of these */
};
/* The step that takes most of the target's variance for its price, among those that cost at most `most`; false
 * when there is none.  With `whole` benchmarks are only run as a whole. */
bool prospect_best(const struct prospect *prospect, double most, bool whole, struct prospect_step *step);
/* The share of the target's variance that the step leaves. */
double prospect_left(const struct prospect *prospect, const struct prospect_step *step);
/* Takes the step; `value` is what was measured on all questions so far, NAN as expected. */
void prospect_take(struct prospect *prospect, const struct prospect_step *step, double value);

#endif
