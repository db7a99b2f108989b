/* Posterior: what the engine asks of the covariance of all scored models, in
 * the ways that it is kept.  Private to the engine. */
#ifndef STEMMA_ENGINE_POSTERIOR_H
#define STEMMA_ENGINE_POSTERIOR_H

#include "model/fit.h"

/* Something's covariance with the rows, by group of factors. */
struct posterior_column {
	double *cross[FIT_GROUPS_MAX];  /* rows: k */
	float *weights[FIT_GROUPS_MAX]; /* rows: K^-1 k, what each scored model counts */
	bool fresh;                     /* its weights are still to be found */
};

struct posterior {
	/* Factors K of each group with the rows' extra noise.  Unless the fit is judged
	 * already, sets its solution, scale and precision, and either left_out or the
	 * spreads that it is for. */
	enum status (*factor)(struct engine_fit *fit, struct progress *progress, struct error *error);
	/* product (groups x count x count) = k_i' K^-1 k_j of the columns, and
	 * their weights (sparse: on the rows that count the most). */
	void (*relate)(const struct engine_fit *fit, struct posterior_column *const *column, size_t count,
		       double *product);
	/* product (count x count) = columns' K^-1 columns; the columns (rows x
	 * count, column-major) may be overwritten. */
	void (*explain)(const struct engine_fit *fit, size_t group, float *columns, size_t count,
			float *product);
	/* What each other row counts in what a row is expected to be: groups x rows. */
	void (*leave_out)(const struct engine_fit *fit, size_t row, float *weights);
	/* Frees what factor() made; also after it failed or never ran. */
	void (*release)(struct engine_fit *fit);
};

/* Cholesky factors of the whole covariance: rows^2 memory, rows^3 time. */
extern const struct posterior posterior_dense;
/* Of kin, by conjugate gradients and draws (sparse.c): linear in rows. */
extern const struct posterior posterior_sparse;
/* Of the other priors, by a factor of their sparse precision (graph.c). */
extern const struct posterior posterior_graph;

/* s_f of a factor from its values and their solution. */
void fit_set_scale(struct engine_fit *fit, size_t factor);

/* relate() and leave_out() with what solves K weights = cross in a group. */
typedef void posterior_solve(const struct engine_fit *fit, size_t group, const double *cross, float *weights);
void posterior_relate(const struct engine_fit *fit, posterior_solve *solve, struct posterior_column *const *column,
		      size_t count, double *product);
void posterior_leave_out(const struct engine_fit *fit, posterior_solve *solve, size_t row, float *weights);

#endif
