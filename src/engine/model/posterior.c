/* From factors to points, and the prior of other models. */
#include "model/posterior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "stemma/base/memory.h"

void fit_set_scale(struct engine_fit *fit, size_t factor)
{
	double quadratic = cblas_ddot((int)fit->rows, fit->values + factor * fit->rows, 1,
				      fit->solution + factor * fit->rows, 1);

	fit->scale[factor] = fmax(quadratic / (double)fit->rows, 1e-12);
}

void posterior_relate(const struct engine_fit *fit, posterior_solve *solve, struct posterior_column *const *column,
		      size_t count, double *product)
{
	for (size_t c = 0; c < count; c++)
		for (size_t g = 0; g < fit->groups && column[c]->fresh; g++)
			solve(fit, g, column[c]->cross[g], column[c]->weights[g]);
	for (size_t g = 0; g < fit->groups; g++)
		for (size_t i = 0; i < count; i++)
			for (size_t j = 0; j <= i; j++) {
				const double *cross = column[i]->cross[g];
				const float *weights = column[j]->weights[g];
				double sum = 0;
				for (size_t row = 0; row < fit->rows; row++)
					sum += cross[row] * (double)weights[row];
				product[(g * count + i) * count + j] = product[(g * count + j) * count + i] = sum;
			}
}

/* -K^-1_ij / K^-1_ii on every other. */
void posterior_leave_out(const struct engine_fit *fit, posterior_solve *solve, size_t row, float *weights)
{
	double *unit = memory_zero(fit->rows, sizeof *unit);

	unit[row] = 1;
	for (size_t g = 0; g < fit->groups; g++, weights += fit->rows) {
		solve(fit, g, unit, weights);
		cblas_sscal((int)fit->rows, -1.0f / weights[row], weights, 1);
		weights[row] = 0;
	}
	free(unit);
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
	fit_place_models(fit, models, count, &prior.space);
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
	free(prior.space.points);
	free(prior.space.paths);
	laplacian_free(prior.laplacian);
	free(all);
	free(term);
	return status;
}
