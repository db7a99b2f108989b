/* Belief: what is thought of one subject, its own cells and the models that are like it
 * included.  Private to the engine.
 *
 *     z_b = c_b + lambda_b' f + k_b' K^-1 (own cells - what the others tell of them) + deviation shift
 *
 * K is the covariance of its own cells, lambda' C lambda + noise + S (local.h), C the covariance
 * of f as the others tell it; shift is what is left in models that are like it, in deviations of
 * the noise.  A merge has much of its parents as they are: inherited.h.
 */
#ifndef STEMMA_ENGINE_BELIEF_H
#define STEMMA_ENGINE_BELIEF_H

#include "model/factors.h"
#include "model/inherited.h"
#include "model/local.h"
#include "solve/system.h"

struct belief {
	const struct factors *factors;
	double cold_mean[FACTORS_RANK_MAX];                         /* of f, by the others */
	double cold[FACTORS_RANK_MAX * FACTORS_RANK_MAX];           /* rank x rank */
	double mean[FACTORS_RANK_MAX];                              /* by all that is known */
	double covariance[FACTORS_RANK_MAX * FACTORS_RANK_MAX];
	struct kin kin;
	int32_t row;              /* its own in the fit, or -1 */
	const bool *hidden;       /* rows that are not to be looked at, or NULL; borrowed */
	const struct inherited *inherited; /* of a merge; NULL none; borrowed */
	/* Its own cells: */
	size_t count, capacity;
	uint32_t *benchmark;      /* count */
	double *height;           /* z above the level of its benchmark */
	double *width;            /* root of the noise */
	double *weight;           /* K^-1 (what they are - what the others tell) */
	double *pull;             /* count x rank: lambda' C */
	double *inverse;          /* count x count: K^-1 */
};

/* An own cell on the scale of z. */
struct own_cell {
	uint32_t benchmark;
	double z, error; /* variance of its known error */
};

void belief_new(const struct factors *factors, struct belief *belief);
void belief_free(struct belief *belief);
/* Begins with a subject without own cells: cold_mean and cold are as the caller left them. */
void belief_begin(struct belief *belief, const struct kin *kin, int32_t row);
/* ... a merge: sets cold_mean and cold, too.  `inherited` is borrowed. */
void belief_begin_merge(struct belief *belief, const struct inherited *inherited, const struct kin *kin);
/* ... a model of the data as the others tell it. */
void belief_model(struct belief *belief, size_t model);
/* Its own cells, instead of those that it had; none of a benchmark without scores. */
void belief_condition(struct belief *belief, const struct own_cell *cells, size_t count);
void belief_condition_published(struct belief *belief, const struct engine_cell *cells, size_t count);
/* A scored model without the cells of the target (ENGINE_LEAVE_CELL) or without all of them.
 * False when it has none in the fit. */
bool belief_left_out(struct belief *belief, size_t model, const struct engine_target *target,
		     enum engine_leave leave);

/* One benchmark of it. */
struct belief_part {
	uint32_t benchmark;
	double z, variance;   /* as predicted, noise included */
	double width;         /* root of the noise */
	double deviation;     /* of that what may be alike in others: the nearest cells' shift counts it */
	double *cross;        /* count: k_b */
	double *share;        /* count: K^-1 k_b */
	struct near near;
	struct inherited_part inherited; /* of a merge; without deviation else */
};
void belief_part(const struct belief *belief, uint32_t benchmark, struct belief_part *part);
void belief_part_free(struct belief_part *part);
/* Covariance of two different parts' errors. */
double belief_between(const struct belief *belief, const struct belief_part *a, const struct belief_part *b);

/* A target at what is believed, linear in z around it: what a unit of z of each part is worth,
 * NULL or targets' count.  Parts that are among `known` stand as they are, worth 0. */
struct belief_target {
	size_t count;
	struct belief_part *part; /* benchmark UINT32_MAX where it is known */
	double *worth;
	double value, variance;   /* in the unit of the target */
};
void belief_target(const struct belief *belief, const struct engine_target *target, const struct engine_cell *known,
		   size_t known_count, struct belief_target *result);
void belief_target_free(struct belief_target *result);

#endif
