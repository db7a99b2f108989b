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

bool fit_aim(const struct engine_fit *fit, const struct engine_target *target, struct aim *aim)
{
	return columns_aim(&fit->columns, &fit->data, target, aim);
}

struct aim fit_aim_column(const struct engine_fit *fit, size_t column)
{
	struct aim aim = {.spread = column, .lower = -INFINITY, .upper = INFINITY};
	size_t columns = fit->columns.count;

	for (size_t c = 0; c < columns; c++)
		aim.coefficient[c] = column == columns ? 1 / (double)columns : column == c;
	return aim;
}

/* Loading of a factor on a column. */
static double column_loading(const struct engine_fit *fit, size_t column, size_t factor)
{
	const struct transform *transform = &fit->transform;

	return transform->deviation[column] * transform->rotation[column * transform->factors + factor];
}

static double column_left_over(const struct engine_fit *fit, size_t column)
{
	const struct transform *transform = &fit->transform;

	return transform->deviation[column] * transform->deviation[column] * transform->left_over[column];
}

double fit_loading(const struct engine_fit *fit, const struct aim *aim, size_t factor)
{
	double sum = 0;

	for (size_t c = 0; c < fit->columns.count; c++)
		sum += aim->coefficient[c] * column_loading(fit, c, factor);
	return sum;
}

double fit_left_over(const struct engine_fit *fit, const struct aim *aim)
{
	double sum = 0;

	for (size_t c = 0; c < fit->columns.count; c++)
		sum += aim->coefficient[c] * aim->coefficient[c] * column_left_over(fit, c);
	return sum;
}

double fit_mean(const struct engine_fit *fit, const struct aim *aim)
{
	return aim_value(aim, &fit->columns, fit->transform.mean);
}

void fit_to_points(const struct engine_fit *fit, const struct aim *aim, const double *mean,
		   const double *variance, double *points, double *deviation)
{
	double sum = fit_mean(fit, aim), squares = fit_left_over(fit, aim);

	for (size_t f = 0; f < fit->transform.factors; f++) {
		double loading = fit_loading(fit, aim, f);
		sum += loading * mean[f];
		squares += loading * loading * variance[f];
	}
	*points = sum;
	*deviation = sqrt(squares);
}

void fit_believe(const struct engine_fit *fit, const double *mean, const double *variance, struct belief *belief)
{
	*belief = (struct belief){.count = fit->columns.count};
	for (size_t c = 0; c < belief->count; c++) {
		belief->mean[c] = fit->transform.mean[c];
		belief->covariance[c][c] = column_left_over(fit, c);
		for (size_t f = 0; f < fit->transform.factors; f++) {
			double loading = column_loading(fit, c, f);
			belief->mean[c] += loading * mean[f];
			for (size_t d = 0; d < belief->count; d++)
				belief->covariance[c][d] += loading * column_loading(fit, d, f) * variance[f];
		}
	}
}

static double within(const struct aim *aim, double points)
{
	return fmin(fmax(points, aim->lower), aim->upper);
}

struct engine_estimate fit_estimate(const struct aim *aim, const struct spread *spread, double points,
				    double deviation)
{
	double half50 = spread[aim->spread].half * deviation, half90 = spread[aim->spread].ninety * deviation;

	return (struct engine_estimate){
		.mean = within(aim, points),
		.sd = deviation,
		.low50 = within(aim, points - half50),
		.high50 = within(aim, points + half50),
		.low90 = within(aim, points - half90),
		.high90 = within(aim, points + half90),
	};
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
