/* Vecchia: an approximate inverse of the covariance, U U' with U sparse and
 * triangular (Vecchia 1988; Katzfuss and Guinness 2021): each model given its
 * parents and the last models of its kind alone.  It is what makes conjugate
 * gradients quick; what they solve does not depend on it. */
#ifndef STEMMA_ENGINE_VECCHIA_H
#define STEMMA_ENGINE_VECCHIA_H

#include "model/fit.h"
#include "solve/neighbours.h"

/* Columns that are worked on side by side: a block is rows x BLOCK_WIDTH,
 * row-major, and a row of it one line of the processor's cache. */
#define BLOCK_WIDTH 8

struct vecchia;

/* For all groups of factors; NULL when cancelled. */
struct vecchia *vecchia_new(const struct engine_fit *fit, const struct neighbours *neighbours,
			    struct progress *progress);
void vecchia_free(struct vecchia *vecchia); /* NULL allowed */

/* out = U U' in, blocks. */
void vecchia_apply(const struct vecchia *vecchia, size_t group, const double *in, double *out);

/* K over a few rows for each group, noise included: matrices[g] is count x count,
 * NULL where that group is not wanted. */
void vecchia_covariance(const struct engine_fit *fit, const uint32_t *rows, size_t count,
			double *const *matrices);

#endif
