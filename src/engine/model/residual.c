/* Residuals: what was published against what the others tell. */
#include <math.h>
#include <stdlib.h>

#include "data/statistics.h"
#include "model/belief.h"
#include "model/fit.h"
#include "stemma/base/memory.h"

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

/* Of one cell: what was found when all were predicted in turn. */
static void residual_of_cell(const struct engine_fit *fit, size_t cell, const struct engine_target *target,
			     struct engine_estimate *estimate, double observed, double *surprise)
{
	double z = (double)fit->factors->local.left_mean[cell], variance = (double)fit->factors->local.left_variance[cell];

	const struct cells *cells = &fit->factors->cells;
	size_t row = cells->row[cell], first = cells->row_start[row];

	factors_estimate_z(fit->factors, target, z, variance,
			   factors_spread_at(fit->factors, FACTORS_SPREAD_CELL, cells->benchmark + first,
					     cells->row_start[row + 1] - first, target->benchmark[0]), estimate);
	*surprise = isnan(observed) ? NAN
				    : factors_surprise_z(fit->factors, target->benchmark[0], z, variance, observed);
}

/* Of one benchmark; what is believed of it is found once. */
static void residual_of_part(const struct belief *belief, const struct engine_target *target, enum engine_leave leave,
			     struct engine_estimate *estimate, double observed, double *surprise)
{
	uint32_t benchmark = target->benchmark[0];
	enum factors_spread spread = leave == ENGINE_LEAVE_CELL ? FACTORS_SPREAD_CELL : FACTORS_SPREAD_COLD;
	struct belief_part part;

	belief_part(belief, benchmark, &part);
	factors_estimate_z(belief->factors, target, part.z, part.variance,
			   factors_spread_at(belief->factors, spread, belief->benchmark, belief->count, benchmark), estimate);
	*surprise = isnan(observed) ? NAN
				    : factors_surprise_z(belief->factors, benchmark, part.z, part.variance, observed);
	belief_part_free(&part);
}

static bool residual_of_target(const struct engine_fit *fit, size_t model, const struct engine_target *target,
			       enum engine_leave leave, struct engine_estimate *estimate, double observed,
			       double *surprise)
{
	struct belief belief;

	belief_new(fit->factors, &belief);
	bool found = belief_left_out(&belief, model, target, leave);
	if (found && target->count == 1) {
		residual_of_part(&belief, target, leave, estimate, observed, surprise);
	} else if (found) {
		factors_estimate(&belief, target, leave == ENGINE_LEAVE_CELL ? FACTORS_SPREAD_CELL : FACTORS_SPREAD_COLD,
				 NULL, 0, estimate);
		*surprise = factors_surprise(&belief, target, observed);
	}
	belief_free(&belief);
	return found;
}

bool engine_residual(const struct engine_fit *fit, size_t model, const struct engine_target *target,
		     enum engine_leave leave, struct engine_residual *residual)
{
	struct engine_estimate estimate;
	size_t cell = SIZE_MAX;
	double z;

	if (model >= fit->data.models || !engine_fit_covers(fit, target) || fit->model_row[model] < 0)
		return false;
	size_t row = (size_t)fit->model_row[model];
	double observed = fit_observed(fit, row, target);
	if (only_score(fit, target, observed))
		return false;
	if (leave == ENGINE_LEAVE_CELL && target->count == 1)
		cell = factors_find_cell(fit->factors, row, target->benchmark[0]);
	if (cell != SIZE_MAX)
		residual_of_cell(fit, cell, target, &estimate, observed, &z);
	else if (!residual_of_target(fit, model, target, leave, &estimate, observed, &z))
		return false;
	*residual = (struct engine_residual){
		.observed = observed,
		.predicted = estimate.mean,
		.sd = estimate.sd,
		.z = z,
		.low50 = estimate.low50,
		.high50 = estimate.high50,
		.low90 = estimate.low90,
		.high90 = estimate.high90,
	};
	return true;
}

struct figures_sum {
	double *observed, *predicted;
	struct engine_figures figures;
	double squares;
};

static void figures_add(struct figures_sum *sum, const struct engine_residual *residual)
{
	double error = residual->observed - residual->predicted;

	sum->observed[sum->figures.models] = residual->observed;
	sum->predicted[sum->figures.models++] = residual->predicted;
	sum->figures.mae += fabs(error);
	sum->squares += error * error;
	sum->figures.coverage50 += residual->observed >= residual->low50 && residual->observed <= residual->high50;
	sum->figures.coverage90 += residual->observed >= residual->low90 && residual->observed <= residual->high90;
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
