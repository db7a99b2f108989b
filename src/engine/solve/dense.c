/* The dense posterior: Cholesky factors of the whole covariance. */
#include "model/posterior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>

#include "stemma/base/memory.h"

/* Sums the terms of all groups, each term made once; the sums stand where the
 * Cholesky factors will. */
static enum status fit_sum_terms(struct engine_fit *fit, struct progress *progress, struct error *error)
{
	size_t rows = fit->rows, cells = rows * rows, terms = covariance_terms(&fit->covariance);
	uint32_t *all = memory_allocate(rows, sizeof *all);
	float *term = memory_allocate(cells, sizeof *term);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < rows; i++)
		all[i] = (uint32_t)i;
	for (size_t g = 0; g < fit->groups; g++)
		fit->group[g].cholesky = memory_zero(cells, sizeof(float));
	for (size_t k = 0; k < terms && status == STATUS_OK; k++) {
		if (!progress_step(progress, "comparing models", (double)k / (double)terms))
			status = error_set(error, STATUS_CANCELLED, "fit cancelled");
		covariance_matrix(&fit->covariance, k, all, rows, term);
		for (size_t g = 0; g < fit->groups; g++)
			cblas_saxpy((int)cells, (float)fit->group[g].theta[k], term, 1,
				    fit->group[g].cholesky, 1);
	}
	free(all);
	free(term);
	return status;
}

/* The diagonal of K^-1 = (L^-1)' L^-1 from L, which is inverted in place. */
static void inverse_diagonal(double *factor, size_t rows, double *diagonal)
{
	LAPACKE_dtrtri(LAPACK_COL_MAJOR, 'L', 'N', (int)rows, factor, (int)rows);
	for (size_t i = 0; i < rows; i++) {
		const double *column = factor + i * rows + i;
		diagonal[i] = cblas_ddot((int)(rows - i), column, 1, column, 1);
	}
}

/* What follows from K of a group: K^-1 z, s_f, the diagonal of K^-1 and blocks left
 * out.  `matrix` has the factor, and is used up. */
static void judge_group(struct engine_fit *fit, size_t number, double *matrix)
{
	struct fit_group *group = &fit->group[number];
	size_t rows = fit->rows;

	for (size_t f = 0; f < fit->transform.factors; f++) {
		if (fit->group_of[f] != number)
			continue;
		double *solution = fit->solution + f * rows;
		memcpy(solution, fit->values + f * rows, rows * sizeof *solution);
		LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'L', (int)rows, 1, matrix, (int)rows, solution, (int)rows);
		fit_set_scale(fit, f);
	}
	inverse_diagonal(matrix, rows, group->precision);
	fit_leave_blocks_out(fit, number, matrix);
}

/* `matrix` is memory for K of the group. */
static enum status factor_group(struct engine_fit *fit, size_t number, double *matrix, struct error *error)
{
	struct fit_group *group = &fit->group[number];
	size_t rows = fit->rows, noise = covariance_terms(&fit->covariance);

	for (size_t i = 0; i < rows * rows; i++)
		matrix[i] = (double)group->cholesky[i];
	for (size_t i = 0; i < rows; i++)
		matrix[i * rows + i] += group->theta[noise] + fit->extra[i];
	if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', (int)rows, matrix, (int)rows) != 0)
		return error_set(error, STATUS_SOFTWARE,
				 "the covariance of factor group %zu is not positive definite", number);
	for (size_t i = 0; i < rows * rows; i++)
		group->cholesky[i] = (float)matrix[i];
	if (!fit->judged)
		judge_group(fit, number, matrix);
	return STATUS_OK;
}

/* About what the sums take of the time. */
#define SUMS_SHARE 0.35

static enum status dense_factor(struct engine_fit *fit, struct progress *progress, struct error *error)
{
	struct progress_part sums, groups;
	double *matrix = NULL;
	enum status status = fit_sum_terms(fit, progress_begin_part(&sums, progress, 0, SUMS_SHARE), error);

	if (status == STATUS_OK)
		matrix = memory_allocate(fit->rows * fit->rows, sizeof *matrix);
	struct progress *own = progress_begin_part(&groups, progress, SUMS_SHARE, 1);
	for (size_t g = 0; g < fit->groups && status == STATUS_OK; g++) {
		if (!progress_step(own, "factoring", (double)g / (double)fit->groups))
			status = error_set(error, STATUS_CANCELLED, "fit cancelled");
		else
			status = factor_group(fit, g, matrix, error);
	}
	free(matrix);
	return status;
}

/* With the Cholesky factor L of a group, then with L'. */
static void solve(const struct engine_fit *fit, size_t group, const double *cross, float *weights)
{
	static const CBLAS_TRANSPOSE transpose[] = {CblasNoTrans, CblasTrans};
	int rows = (int)fit->rows;

	for (size_t i = 0; i < fit->rows; i++)
		weights[i] = (float)cross[i];
	for (size_t i = 0; i < 2; i++)
		cblas_strsv(CblasColMajor, CblasLower, transpose[i], CblasNonUnit, rows,
			    fit->group[group].cholesky, rows, weights, 1);
}

static void dense_relate(const struct engine_fit *fit, struct posterior_column *const *column, size_t count,
			 double *product)
{
	posterior_relate(fit, solve, column, count, product);
}

static void dense_leave_out(const struct engine_fit *fit, size_t row, float *weights)
{
	posterior_leave_out(fit, solve, row, weights);
}

/* With V = L^-1 columns it is V' V. */
static void dense_explain(const struct engine_fit *fit, size_t group, float *columns, size_t count,
			  float *product)
{
	int rows = (int)fit->rows, width = (int)count;

	cblas_strsm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, rows, width, 1,
		    fit->group[group].cholesky, rows, columns, rows);
	cblas_sgemm(CblasColMajor, CblasTrans, CblasNoTrans, width, width, rows, 1, columns, rows, columns, rows,
		    0, product, width);
}

static void dense_free(struct engine_fit *fit)
{
	for (size_t g = 0; g < fit->groups; g++) {
		free(fit->group[g].cholesky);
		fit->group[g].cholesky = NULL;
	}
}

const struct posterior posterior_dense = {
	.factor = dense_factor, .relate = dense_relate, .explain = dense_explain, .leave_out = dense_leave_out,
	.release = dense_free,
};
