/* Factoring the covariance, and points from factors. */
#include "fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>

#include "stemma/base/memory.h"

/* ---- factoring ------------------------------------------------------------- */

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

/* Factors K of one group and solves its factors: K^-1 z, s_f and the diagonal
 * of K^-1.  `matrix` is memory for it. */
static enum status fit_factor_group(struct engine_fit *fit, size_t number, const double *extra,
				    double *matrix, struct error *error)
{
	struct fit_group *group = &fit->group[number];
	size_t rows = fit->rows, noise = covariance_terms(&fit->covariance);

	for (size_t i = 0; i < rows * rows; i++)
		matrix[i] = (double)group->cholesky[i];
	for (size_t i = 0; i < rows; i++)
		matrix[i * rows + i] += group->theta[noise] + extra[i];
	if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', (int)rows, matrix, (int)rows) != 0)
		return error_set(error, STATUS_SOFTWARE,
				 "the covariance of factor group %zu is not positive definite", number);
	for (size_t i = 0; i < rows * rows; i++)
		group->cholesky[i] = (float)matrix[i];
	for (size_t f = 0; f < fit->transform.factors; f++) {
		if (fit->group_of[f] != number)
			continue;
		double *solution = fit->solution + f * rows;
		memcpy(solution, fit->values + f * rows, rows * sizeof *solution);
		LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'L', (int)rows, 1, matrix, (int)rows, solution, (int)rows);
		double quadratic = cblas_ddot((int)rows, fit->values + f * rows, 1, solution, 1);
		fit->scale[f] = fmax(quadratic / (double)rows, 1e-12);
	}
	group->precision = memory_allocate(rows, sizeof *group->precision);
	inverse_diagonal(matrix, rows, group->precision);
	fit_leave_blocks_out(fit, number, matrix);
	return STATUS_OK;
}

/* About what the sums take of the time. */
#define SUMS_SHARE 0.35

enum status fit_factor(struct engine_fit *fit, const double *extra,
			      struct progress *progress, struct error *error)
{
	struct progress_part sums, groups;
	double *matrix = NULL;
	enum status status = fit_sum_terms(fit, progress_begin_part(&sums, progress, 0, SUMS_SHARE), error);

	fit->solution = memory_allocate(fit->transform.factors * fit->rows, sizeof *fit->solution);
	fit->scale = memory_allocate(fit->transform.factors, sizeof *fit->scale);
	if (status == STATUS_OK)
		matrix = memory_allocate(fit->rows * fit->rows, sizeof *matrix);
	struct progress *own = progress_begin_part(&groups, progress, SUMS_SHARE, 1);
	for (size_t g = 0; g < fit->groups && status == STATUS_OK; g++) {
		if (!progress_step(own, "factoring", (double)g / (double)fit->groups))
			status = error_set(error, STATUS_CANCELLED, "fit cancelled");
		else
			status = fit_factor_group(fit, g, extra, matrix, error);
	}
	free(matrix);
	return status;
}

/* ---- points ------------------------------------------------------------------ */

double fit_loading(const struct engine_fit *fit, size_t benchmark, size_t factor)
{
	const struct transform *transform = &fit->transform;
	double sum = 0;

	if (benchmark < transform->benchmarks)
		return transform->deviation[benchmark] *
		       transform->rotation[benchmark * transform->factors + factor];
	for (size_t b = 0; b < transform->benchmarks; b++)
		sum += fit_loading(fit, b, factor);
	return sum / (double)transform->benchmarks;
}

double fit_left_over(const struct engine_fit *fit, size_t benchmark)
{
	const struct transform *transform = &fit->transform;
	double sum = 0, count = (double)transform->benchmarks;

	if (benchmark < transform->benchmarks)
		return transform->deviation[benchmark] * transform->deviation[benchmark] *
		       transform->left_over[benchmark];
	for (size_t b = 0; b < transform->benchmarks; b++)
		sum += fit_left_over(fit, b);
	return sum / (count * count);
}

static double fit_mean(const struct engine_fit *fit, size_t benchmark)
{
	double sum = 0;

	if (benchmark < fit->transform.benchmarks)
		return fit->transform.mean[benchmark];
	for (size_t b = 0; b < fit->transform.benchmarks; b++)
		sum += fit->transform.mean[b];
	return sum / (double)fit->transform.benchmarks;
}

void fit_to_points(const struct engine_fit *fit, const double *mean, const double *variance,
		   double *points, double *deviation)
{
	for (size_t b = 0; b <= fit->transform.benchmarks; b++) {
		double sum = fit_mean(fit, b), squares = fit_left_over(fit, b);
		for (size_t f = 0; f < fit->transform.factors; f++) {
			double loading = fit_loading(fit, b, f);
			sum += loading * mean[f];
			squares += loading * loading * variance[f];
		}
		points[b] = sum;
		deviation[b] = sqrt(squares);
	}
}

static double within_scale(double points)
{
	return fmin(fmax(points, 0), 100);
}

void fit_estimates(const struct engine_fit *fit, const struct spread *spread, const double *points,
		   const double *deviation, struct engine_estimate *estimates)
{
	for (size_t b = 0; b <= fit->transform.benchmarks; b++) {
		double half50 = spread[b].half * deviation[b];
		double half90 = spread[b].ninety * deviation[b];
		estimates[b] = (struct engine_estimate){
			.mean = within_scale(points[b]),
			.sd = deviation[b],
			.low50 = within_scale(points[b] - half50),
			.high50 = within_scale(points[b] + half50),
			.low90 = within_scale(points[b] - half90),
			.high90 = within_scale(points[b] + half90),
		};
	}
}

void fit_leave_one_out(const struct engine_fit *fit, size_t row, double *mean, double *variance)
{
	for (size_t f = 0; f < fit->transform.factors; f++) {
		double precision = fit->group[fit->group_of[f]].precision[row];
		mean[f] = fit->values[f * fit->rows + row] -
			  fit->solution[f * fit->rows + row] / precision;
		variance[f] = fit->scale[f] / precision;
	}
}

/* ---- the prior of other models ---------------------------------------------------- */

/* Points of any models with their ancestors. */
static void space_of_models(const struct engine_fit *fit, const uint32_t *models, size_t count,
			    struct kernel_space *space)
{
	struct lineage_walk *walk = lineage_walk_new(fit->data.lineage);

	*space = (struct kernel_space){
		.count = count, .points = memory_allocate(count, sizeof *space->points),
		.nodes = fit->data.models, .origins = fit->origins,
	};
	for (size_t i = 0; i < count; i++) {
		struct kernel_point *point = &space->points[i];
		attributes_point_of(fit->attributes, &fit->data, models[i], point);
		const struct lineage_share *path = lineage_ancestors(walk, models[i], &point->path_count);
		struct lineage_share *copy = memory_allocate(point->path_count, sizeof *copy);
		memcpy(copy, path, point->path_count * sizeof *copy);
		point->path = copy;
	}
	lineage_walk_free(walk);
}

static void space_free(struct kernel_space *space)
{
	for (size_t i = 0; i < space->count; i++)
		free((void *)(uintptr_t)space->points[i].path);
	free(space->points);
}

enum status fit_prior_covariance(const struct engine_fit *fit, bool lineage_only, const uint32_t *models,
				 size_t count, double *covariance, struct error *error)
{
	struct covariance prior = {.prior = fit->settings.prior};
	uint32_t *all = memory_allocate(count, sizeof *all);
	float *term = memory_allocate(count * count, sizeof *term);
	const double *theta = fit->group[0].theta;
	size_t terms = covariance_terms(&fit->covariance);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count; i++)
		all[i] = (uint32_t)i;
	if (prior.prior == PRIOR_LAPLACIAN)
		status = laplacian_new(fit->data.lineage, fit->rho, models, count, &prior.laplacian, error);
	space_of_models(fit, models, count, &prior.space);
	memset(covariance, 0, count * count * sizeof *covariance);
	for (size_t k = 0; k < terms && status == STATUS_OK; k++) {
		if (lineage_only && !covariance_is_lineage(&prior, k))
			continue;
		covariance_matrix(&prior, k, all, count, term);
		for (size_t i = 0; i < count * count; i++)
			covariance[i] += theta[k] * (double)term[i];
	}
	for (size_t i = 0; i < count; i++)
		covariance[i * count + i] += theta[terms];
	space_free(&prior.space);
	laplacian_free(prior.laplacian);
	free(all);
	free(term);
	return status;
}
