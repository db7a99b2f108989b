/* Posterior: what the engine asks of the covariance of all scored models, in
 * the two ways that it is kept.  Private to the engine. */
#ifndef STEMMA_ENGINE_POSTERIOR_H
#define STEMMA_ENGINE_POSTERIOR_H

#include "fit.h"

struct posterior {
	/* Before the variances are learned; NULL when there is nothing to do. */
	void (*prepare)(struct engine_fit *fit);
	/* Factors K of each group with the rows' extra noise.  Unless the fit is judged
	 * already, sets its solution, scale and precision, and either left_out or the
	 * spreads that it is for. */
	enum status (*factor)(struct engine_fit *fit, struct progress *progress, struct error *error);
	/* K^-1 right of a group, rows long. */
	void (*solve)(const struct engine_fit *fit, size_t group, const double *right, float *solution);
	/* product (count x count) = columns' K^-1 columns; the columns (rows x
	 * count, column-major) may be overwritten. */
	void (*explain)(const struct engine_fit *fit, size_t group, float *columns, size_t count,
			float *product);
	/* Frees what factor() made; also after it failed or never ran. */
	void (*release)(struct engine_fit *fit);
};

/* Cholesky factors of the whole covariance: rows^2 memory, rows^3 time. */
extern const struct posterior posterior_dense;
/* The mixed-model equations (sparse.c). */
extern const struct posterior posterior_sparse;

/* s_f of a factor from its values and their solution. */
void fit_set_scale(struct engine_fit *fit, size_t factor);

#endif
