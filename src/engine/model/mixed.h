/* Mixed: the kinship covariance of the rows as a sparse mixed model (Henderson
 * 1984), for more models than a dense covariance has room for.
 *
 *     K = sum of theta_k K_k = Z G Z' + diag(own theta)
 *
 * Every term of the kernel is an effect u with a sparse precision and a sparse
 * incidence Z:
 *
 *   shared attributes   one effect a group that shares them; independent
 *   size (Gaussian)     features of the log size from the pivoted Cholesky
 *                       factor of the group's sizes, one effect a feature
 *   date (exponential)  an Ornstein-Uhlenbeck process over the dates of the
 *                       group, which is Markov: each date hangs on the one before
 *   lineage             one effect an ancestor, all origins together, with the
 *                       precision (I - W)' D^-1 (I - W)
 *
 * The precision is P' D^-1 P with P triangular: each effect hangs on earlier
 * ones.  What only one row has (a group of one, a childless model's own
 * innovation, what the features leave of a size) is no effect but part of that
 * row's own variance.  All of it is free of theta, which enters by scales only.
 */
#ifndef STEMMA_ENGINE_MIXED_H
#define STEMMA_ENGINE_MIXED_H

#include <stddef.h>
#include <stdint.h>

#include "model/kernel.h"

/* Lists of (effect, value): list i is at start[i] .. start[i + 1] - 1. */
struct mixed_lists {
	size_t count, *start;
	uint32_t *effect;
	double *value;
};

struct mixed {
	size_t effects, terms;
	struct mixed_lists rows;   /* Z: what each row takes of the effects */
	struct mixed_lists prior;  /* P: list i begins with effect i; the others are earlier */
	uint8_t *effect_term;      /* effects: its values in Z times sqrt theta of it; terms = as they are */
	uint8_t *prior_term;       /* prior lists: D is theta of it; terms = 1 */
	double *own;               /* rows x terms: own variance, times theta */
};

/* Builds it for the scored rows (their model numbers).  Linear in rows, but for
 * sorting. */
void mixed_build(const struct kernel_space *space, const struct lineage *lineage, const uint32_t *row_model,
		 struct mixed *mixed);
void mixed_free(struct mixed *mixed);

/* Features of the Gaussian kernel of sizes: count x *features, row-major, the
 * caller frees; phi phi' is within the tolerance of the kernel everywhere. */
double *mixed_size_features(const double *sizes, size_t count, double length, size_t *features);

#endif
