/* Factors: the model of all observed cells, and its posterior.  Private to the engine.
 *
 *     z_ub = g_b(y_ub) = c_b + lambda_b' f(u) + e_ub,   e_ub ~ N(0, psi_b + known error^2)
 *     f_k(u) = sum of effects of u's facts and ancestors + own_k(u)
 *
 * y is a score on its benchmark's own scale, g_b a fixed transform (scale.h), f(u)
 * the r abilities of a model.  Only observed cells enter; nothing is of size models x
 * benchmarks.  The posterior of the effects is a mean and a root: effects = mean +
 * root xi, xi ~ N(0, I) of D dimensions, exact where the case is small, else D draws
 * divided by sqrt D.  Everything that is asked is algebra on subjects:
 *
 *     f(subject) = mean + deviation xi + own,   own ~ N(0, own) independent of xi
 *
 * What the factors leave is alike where models or benchmarks are (local.h); all of it
 * together is what is believed of a subject (belief.h).
 *
 * Immutable once it has its posterior, and may be read by many threads.
 */
#ifndef STEMMA_ENGINE_FACTORS_H
#define STEMMA_ENGINE_FACTORS_H

#include "stemma/engine/engine.h"


struct factors;
struct belief; /* belief.h */

/* ---- subjects ------------------------------------------------------------------- */

/* What is known of the abilities of a subject.  rank x draws floats of deviations,
 * row-major; own is rank x rank.  States of one factors may be added: what they share
 * lies in the deviations, so Cov(f(a), f(b)) = deviation_a deviation_b' (+ own where a
 * and b are the same thing). */
struct factors_state {
	size_t rank, draws;
	double *mean;     /* rank */
	float *deviation; /* rank x draws */
	double *own;      /* rank x rank */
};
void factors_state_new(const struct factors *factors, struct factors_state *state); /* all 0 */
void factors_state_free(struct factors_state *state);
/* to += weight x from; `own` gets weight^2 x from's. */
void factors_state_add(struct factors_state *to, double weight, const struct factors_state *from);
/* The covariance of f: deviation deviation' + own: rank x rank. */
void factors_state_covariance(const struct factors_state *state, double *covariance);

/* A model of the data from all that is known, its own cells included. */
void factors_known(const struct factors *factors, size_t model, struct factors_state *state);
/* What a child takes of a parent, at weight 1 (its pedigree). */
void factors_parent(const struct factors *factors, size_t parent, struct factors_state *state);
/* What a child has of its own facts (architecture, size, date, name …) and of its making:
 * the effects of the former in mean and deviation, all that is new in own.  The facts are
 * as attributes_describe_child() left them.  f(child) = sum w_p parent_p + this. */
void factors_facts(const struct factors *factors, const struct engine_model *facts, enum relation relation,
		   size_t parents, struct factors_state *state);
/* The means of both alone. */
void factors_parent_mean(const struct factors *factors, size_t parent, double *mean);
void factors_facts_mean(const struct factors *factors, const struct engine_model *facts, double *mean);
/* Mean (rank) and covariance (rank x rank) of a model as if none of its own cells were known;
 * of an unscored one the same as factors_known().  Closed form leave-one-out. */
void factors_cold(const struct factors *factors, size_t model, double *mean, double *covariance);
/* The weight that a parent counts with, of so many with a weight above 0: its own but for the Laplacian. */
double factors_child_weight(const struct factors *factors, size_t parents, double weight);

size_t factors_rank(const struct factors *factors);
size_t factors_draws(const struct factors *factors); /* D */
/* Models with cells in the fit, by row; -1 of a model that has none. */
size_t factors_rows(const struct factors *factors);
uint32_t factors_row_model(const struct factors *factors, size_t row);
int32_t factors_model_row(const struct factors *factors, size_t model);

/* a' matrix b, and vector' matrix vector. */
double bilinear(const double *a, const double *matrix, const double *b, size_t n);
double quadratic(const double *vector, const double *matrix, size_t n);

/* ---- benchmarks and targets --------------------------------------------------------- */

/* Models' cells in the fit that a benchmark has; 0: nothing is known of it, it is predicted
 * from its suite with a wide interval. */
size_t factors_scored(const struct factors *factors, uint32_t benchmark);
/* lambda_b (rank) and c_b, psi_b on the standardised scale. */
const double *factors_loading(const struct factors *factors, uint32_t benchmark, double *level, double *noise);

/* A target linearised at a mean of f: its value there and its gradient by f (rank), in the
 * unit of the target.  What searches need: value + gradient' (f - mean). */
double factors_gradient(const struct factors *factors, const struct engine_target *target, const double *mean,
			double *gradient);
/* Variance of a target's score that f does not tell (noise, loadings), in its unit^2, at a
 * mean of f. */
double factors_noise(const struct factors *factors, const struct engine_target *target, const double *mean);

/* What a part of a target at so much z above its level counts more than at the level. */
double factors_above_level(const struct factors *factors, const struct engine_target *target, size_t part,
			   double height);

/* How intervals are calibrated: what is known of a subject. */
enum factors_spread {
	FACTORS_SPREAD_CELL,   /* a scored model, also on other benchmarks of the suite */
	FACTORS_SPREAD_SUITE,  /* a scored model, on no other benchmark of the suite */
	FACTORS_SPREAD_COLD,   /* none of its cells known, contemporaries scored */
	FACTORS_SPREAD_NEWEST, /* newer than all scored ones */
	FACTORS_SPREAD_FAMILY, /* of a family without scores */
	FACTORS_SPREAD_MERGE,  /* a hypothetical merge: times how much is new of it, see inherited.h */
	FACTORS_SPREAD_COUNT
};
enum factors_spread factors_spread_of(const struct factors *factors, const struct engine_model *facts);
/* The spread at one benchmark: FACTORS_SPREAD_CELL is FACTORS_SPREAD_SUITE where of the `count` known
 * benchmarks none other is of its suite. */
enum factors_spread factors_spread_at(const struct factors *factors, enum factors_spread spread,
				      const uint32_t *known, size_t count, uint32_t benchmark);
/* Estimate of a target.  `known` (or NULL) are cells of the subject that are published: those parts
 * of the target stand as they are. */
void factors_estimate(const struct belief *belief, const struct engine_target *target, enum factors_spread spread,
		      const struct engine_cell *known, size_t known_count, struct engine_estimate *estimate);
/* The same of one benchmark by mean and variance of z, at its spread. */
void factors_estimate_z(const struct factors *factors, const struct engine_target *target, double z, double variance,
			enum factors_spread spread, struct engine_estimate *estimate);
/* How many standard deviations an observed value of the target lies above what is predicted, by the
 * model's own reckoning; NAN where it is not known. */
double factors_surprise(const struct belief *belief, const struct engine_target *target, double observed);
double factors_surprise_z(const struct factors *factors, uint32_t benchmark, double z, double variance,
			  double observed);
/* How many standard deviations the calibrated 50 and 90 % intervals of a subject reach. */
void factors_reach(const struct belief *belief, const struct engine_target *target, enum factors_spread spread,
		   double *half, double *ninety);

/* ---- leave-one-out --------------------------------------------------------------------- */

/* Number of a cell of the fit, SIZE_MAX where it has none. */
size_t factors_find_cell(const struct factors *factors, size_t row, uint32_t benchmark);

/* ---- why --------------------------------------------------------------------------------- */

/* A subject as a sum, for reasons: what parents give, a model as the others see it or as it
 * is known, facts. */
struct factors_part {
	enum { FACTORS_PART_PARENT, FACTORS_PART_COLD, FACTORS_PART_KNOWN, FACTORS_PART_FACTS } what;
	size_t model;                     /* all but FACTS */
	const struct engine_model *facts; /* FACTS */
	double weight;
	const double *gradient;           /* of this part, NULL: of all */
};
/* What each observed cell adds to gradient' f(subject), exactly but for the solver's end; gradient has rank
 * values, share one a cell, row by row, each row by benchmark.  The shares sum to gradient' f.  Solves
 * once: seconds on large caches. */
void factors_explain(const struct factors *factors, const struct factors_part *part, size_t count,
		     const double *gradient, double *share);
size_t factors_cells(const struct factors *factors);
void factors_row_cells(const struct factors *factors, size_t row, size_t *first, size_t *count);
uint32_t factors_cell_benchmark(const struct factors *factors, size_t cell);
uint32_t factors_cell_model(const struct factors *factors, size_t cell);
double factors_cell_z(const struct factors *factors, size_t cell);
/* How far its z lies above what all others predict. */
double factors_cell_above(const struct factors *factors, size_t cell);

/* ---- before any score is known -------------------------------------------------------------- */

/* Prior covariance of any models (count x count, row-major), mean over the factors; with
 * `lineage_only` without what models share besides their ancestors. */
void factors_prior_covariance(const struct factors *factors, bool lineage_only, const uint32_t *models, size_t count,
			      double *covariance);
/* The same of any two of many models, asked for one after the other: cheap while the first stays. */
struct factors_relations;
struct factors_relations *factors_relations_new(const struct factors *factors, bool lineage_only,
						const uint32_t *models, size_t count);
double factors_relation(struct factors_relations *relations, size_t i, size_t j);
void factors_relations_free(struct factors_relations *relations); /* NULL allowed */
/* Kinship of one subject with models, each between 0 and 1: the correlation of their prior covariances by
 * the lineage alone. */
void factors_kinship(const struct factors *factors, const struct engine_child *child, size_t model,
		     const uint32_t *models, size_t count, double *kinship);
/* The same between one subject (a described child, or where it is NULL a model) and models: count
 * values; *self is the subject's own variance. */
void factors_prior_cross(const struct factors *factors, const struct engine_child *child, size_t model,
			 bool lineage_only, const uint32_t *models, size_t count, double *cross, double *self);

#endif
