/* Residuals: what was published against what the others tell. */
#include <math.h>
#include <stdlib.h>

#include "data/statistics.h"
#include "model/fit.h"
#include "stemma/base/memory.h"

#define R2_MAX (FACTORS_RANK_MAX * FACTORS_RANK_MAX)

double fit_observed(const struct engine_fit *fit, size_t row, const struct engine_target *target)
{
	size_t count;
	const struct engine_cell *cells = engine_data_cells(&fit->data, fit->row_model[row], &count);

	return engine_target_value(fit->data.benchmark, target, cells, count);
}

/* A benchmark's only score says where its scale lies: without it there is nothing to predict by. */
static bool only_score(const struct engine_fit *fit, const struct engine_target *target, double observed)
{
	return target->count == 1 && !isnan(observed) && factors_scored(fit->factors, target->benchmark[0]) < 2;
}

bool engine_residual(const struct engine_fit *fit, size_t model, const struct engine_target *target,
		     enum engine_leave leave, struct engine_residual *residual)
{
	double mean[FACTORS_RANK_MAX], covariance[R2_MAX];
	struct engine_estimate estimate;
	enum factors_spread spread = leave == ENGINE_LEAVE_CELL ? FACTORS_SPREAD_CELL : FACTORS_SPREAD_COLD;

	if (model >= fit->data.models || !engine_fit_covers(fit, target) ||
	    !factors_left_out(fit->factors, model, target, leave, mean, covariance))
		return false;
	double observed = fit_observed(fit, (size_t)fit->model_row[model], target);
	if (only_score(fit, target, observed))
		return false;
	factors_estimate(fit->factors, target, mean, covariance, spread, NULL, 0, &estimate);
	*residual = (struct engine_residual){
		.observed = observed,
		.predicted = estimate.mean,
		.sd = estimate.sd,
		.z = factors_surprise(fit->factors, target, mean, covariance, observed),
		.low90 = estimate.low90,
		.high90 = estimate.high90,
	};
	return true;
}

struct figures_sum {
	double *observed, *predicted;
	struct engine_figures figures;
	double squares, half, ninety;
};

static void figures_add(struct figures_sum *sum, const struct engine_residual *residual)
{
	double error = residual->observed - residual->predicted;

	sum->observed[sum->figures.models] = residual->observed;
	sum->predicted[sum->figures.models++] = residual->predicted;
	sum->figures.mae += fabs(error);
	sum->squares += error * error;
	sum->figures.coverage50 += fabs(residual->z) <= sum->half;
	sum->figures.coverage90 += fabs(residual->z) <= sum->ninety;
}

void engine_fit_figures(const struct engine_fit *fit, const struct engine_target *target, enum engine_leave leave,
			struct engine_figures *figures)
{
	struct figures_sum sum = {0};
	struct engine_residual residual;

	*figures = (struct engine_figures){0, NAN, NAN, NAN, NAN, NAN};
	if (!engine_fit_covers(fit, target))
		return;
	sum.observed = memory_allocate(fit->rows + 1, sizeof(double));
	sum.predicted = memory_allocate(fit->rows + 1, sizeof(double));
	factors_reach(fit->factors, target, leave == ENGINE_LEAVE_CELL ? FACTORS_SPREAD_CELL : FACTORS_SPREAD_COLD,
		      &sum.half, &sum.ninety);
	for (size_t row = 0; row < fit->rows; row++)
		if (!isnan(fit_observed(fit, row, target)) &&
		    engine_residual(fit, fit->row_model[row], target, leave, &residual))
			figures_add(&sum, &residual);
	double n = (double)sum.figures.models;
	if (sum.figures.models > 0)
		*figures = (struct engine_figures){
			.models = sum.figures.models,
			.pearson = statistics_pearson(sum.observed, sum.predicted, sum.figures.models),
			.rmse = sqrt(sum.squares / n),
			.mae = sum.figures.mae / n,
			.coverage50 = sum.figures.coverage50 / n,
			.coverage90 = sum.figures.coverage90 / n,
		};
	free(sum.observed);
	free(sum.predicted);
}
