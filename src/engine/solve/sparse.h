/* Sparse: the covariance of many scored models, never written down.  Private to
 * sparse_factor.c, which makes it, and sparse.c, which reads it. */
#ifndef STEMMA_ENGINE_SPARSE_H
#define STEMMA_ENGINE_SPARSE_H

#include "model/fit.h"
#include "solve/neighbours.h"

/* Draws for what the models at hand leave open of a variance.  A variance of
 * which they leave a share q open is off by q sqrt(2 / DRAWS), about. */
#define DRAWS 128

struct sparse {
	struct neighbours *neighbours;
	float *deviation[FIT_GROUPS_MAX]; /* rows: of the prior, noise included */
	float *draw[FIT_GROUPS_MAX];    /* rows x DRAWS, row-major: s, of covariance K^-1 */
	float *product[FIT_GROUPS_MAX]; /* rows x DRAWS: K s */
};

enum status sparse_factor(struct engine_fit *fit, struct progress *progress, struct error *error);

#endif
