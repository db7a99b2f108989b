/* Targets: what f tells of scores, on their own scales. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/factors_fit.h"
#include "solve/small.h"
#include "stemma/base/memory.h"

#define R2_MAX (FACTORS_RANK_MAX * FACTORS_RANK_MAX)
#define NORMAL_50 0.6745
#define NORMAL_90 1.6449

double quadratic(const double *vector, const double *matrix, size_t n)
{
	double sum = 0;

	for (size_t k = 0; k < n; k++)
		for (size_t l = 0; l < n; l++)
			sum += vector[k] * matrix[k * n + l] * vector[l];
	return sum;
}

/* Variance of z that f does not tell: noise, and loadings as they are not known: m'Vm + tr(V C). */
static double left_over(const struct factors *factors, uint32_t benchmark, const double *mean, const double *covariance)
{
	size_t rank = factors->parameters.rank;
	const float *unknown = factors->parameters.loading_covariance + benchmark * rank * rank;
	double sum = factors->parameters.noise[benchmark];

	for (size_t k = 0; k < rank; k++)
		for (size_t l = 0; l < rank; l++)
			sum += (double)unknown[k * rank + l] *
			       (mean[k] * mean[l] + (covariance ? covariance[k * rank + l] : 0));
	return sum;
}

double factors_z(const struct factors *factors, uint32_t benchmark, const double *mean, const double *covariance,
		 double *variance)
{
	size_t rank = factors->parameters.rank;
	const double *loading = factors->parameters.loading + benchmark * rank;
	double z = factors->parameters.level[benchmark];

	for (size_t k = 0; k < rank; k++)
		z += loading[k] * mean[k];
	*variance = quadratic(loading, covariance, rank) + left_over(factors, benchmark, mean, covariance);
	return z;
}

size_t factors_scored(const struct factors *factors, uint32_t benchmark)
{
	size_t cells = factors->cells.column_start[benchmark + 1] - factors->cells.column_start[benchmark];

	return cells + (factors->placed ? factors->placed[benchmark] : 0);
}

const double *factors_loading(const struct factors *factors, uint32_t benchmark, double *level, double *noise)
{
	*level = factors->parameters.level[benchmark];
	*noise = factors->parameters.noise[benchmark];
	return factors->parameters.loading + benchmark * factors->parameters.rank;
}

/* ---- the unit of a target ---------------------------------------------------------------- */

/* Units of the target that one unit of the benchmark's own scale is worth, signed. */
static double unit_slope(const struct factors *factors, const struct engine_target *target, size_t part)
{
	const struct engine_benchmark *benchmark = &factors->data.benchmark[target->benchmark[part]];

	if (target->count == 1)
		return 1;
	return target->weight[part] * (engine_points(benchmark, 1) - engine_points(benchmark, 0));
}

static double unit_value(const struct factors *factors, const struct engine_target *target, size_t part, double value)
{
	if (target->count == 1)
		return value;
	return target->weight[part] * engine_points(&factors->data.benchmark[target->benchmark[part]], value);
}

static double predicted_z(const struct factors *factors, uint32_t benchmark, const double *mean)
{
	size_t rank = factors->parameters.rank;
	double z = factors->parameters.level[benchmark];

	for (size_t k = 0; k < rank; k++)
		z += factors->parameters.loading[benchmark * rank + k] * mean[k];
	return z;
}

/* Adds one part: its value, and what a unit of z is worth. */
static double part_value(const struct factors *factors, const struct engine_target *target, size_t part, double z,
			 double *worth)
{
	const struct scale *scale = &factors->cells.scale[target->benchmark[part]];

	*worth = unit_slope(factors, target, part) * scale_slope(scale, z);
	return unit_value(factors, target, part, scale_from_z(scale, z));
}

double factors_gradient(const struct factors *factors, const struct engine_target *target, const double *mean,
			double *gradient)
{
	size_t rank = factors->parameters.rank;
	double value = 0, worth;

	memset(gradient, 0, rank * sizeof *gradient);
	for (size_t i = 0; i < target->count; i++) {
		uint32_t b = target->benchmark[i];
		value += part_value(factors, target, i, predicted_z(factors, b, mean), &worth);
		for (size_t k = 0; k < rank; k++)
			gradient[k] += worth * factors->parameters.loading[b * rank + k];
	}
	return value;
}

double factors_noise(const struct factors *factors, const struct engine_target *target, const double *mean)
{
	double sum = 0, worth;

	for (size_t i = 0; i < target->count; i++) {
		uint32_t b = target->benchmark[i];
		part_value(factors, target, i, predicted_z(factors, b, mean), &worth);
		sum += worth * worth * left_over(factors, b, mean, NULL);
	}
	return sum;
}

/* ---- estimates ----------------------------------------------------------------------------- */

void factors_reach(const struct factors *factors, const struct engine_target *target, enum factors_spread spread,
		   double *half, double *ninety)
{
	*half = *ninety = 0;
	for (size_t i = 0; i < target->count; i++) {
		double weight = target->count == 1 ? 1 : target->weight[i];
		const struct spread *reach = factors->reach[spread] ? &factors->reach[spread][target->benchmark[i]] : NULL;
		*half += weight * (reach ? reach->half : NORMAL_50);
		*ninety += weight * (reach ? reach->ninety : NORMAL_90);
	}
}

enum factors_spread factors_spread_of(const struct factors *factors, const struct engine_model *facts)
{
	struct kernel_point point;

	attributes_point(factors->attributes, facts, &point);
	if (point.attribute[ATTRIBUTE_FAMILY] < 0 && point.attribute[ATTRIBUTE_MAKER] < 0)
		return FACTORS_SPREAD_FAMILY;
	/* A model that is newer than all the scored ones has no contemporaries to learn from. */
	return facts->uploaded > factors->newest_date ? FACTORS_SPREAD_NEWEST : FACTORS_SPREAD_COLD;
}

static void estimate_set(struct engine_estimate *estimate, double mean, double sd, const double *end)
{
	*estimate = (struct engine_estimate){mean, sd, fmin(end[0], end[1]), fmax(end[0], end[1]), fmin(end[2], end[3]),
					     fmax(end[2], end[3])};
}

static void estimate_clip(const struct factors *factors, const struct engine_target *target,
			  struct engine_estimate *estimate)
{
	double lower, upper;

	engine_target_bounds(factors->data.benchmark, target, &lower, &upper);
	double *value[] = {&estimate->mean, &estimate->low50, &estimate->high50, &estimate->low90, &estimate->high90};
	for (size_t i = 0; i < sizeof value / sizeof *value; i++)
		*value[i] = fmin(fmax(*value[i], lower), upper);
}

/* Of one benchmark: the ends of the intervals are carried over from z, so they need not lie evenly. */
static void estimate_one(const struct factors *factors, const struct engine_target *target, const double *mean,
			 const double *covariance, enum factors_spread spread, struct engine_estimate *estimate)
{
	uint32_t b = target->benchmark[0];
	const struct scale *scale = &factors->cells.scale[b];
	double variance, half, ninety, z = factors_z(factors, b, mean, covariance, &variance), sd = sqrt(variance);

	factors_reach(factors, target, spread, &half, &ninety);
	double end[] = {scale_from_z(scale, z - half * sd), scale_from_z(scale, z + half * sd),
			scale_from_z(scale, z - ninety * sd), scale_from_z(scale, z + ninety * sd)};
	estimate_set(estimate, scale_from_z(scale, z),
		     fabs(scale_from_z(scale, z + sd) - scale_from_z(scale, z - sd)) / 2, end);
}

static void estimate_several(const struct factors *factors, const struct engine_target *target, const double *mean,
			     const double *covariance, enum factors_spread spread, const struct engine_cell *known,
			     size_t known_count, struct engine_estimate *estimate)
{
	size_t rank = factors->parameters.rank;
	double gradient[FACTORS_RANK_MAX] = {0}, value = 0, variance = 0, worth, half, ninety;

	for (size_t i = 0; i < target->count; i++) {
		uint32_t b = target->benchmark[i];
		const struct engine_cell *cell = engine_cell_find(known, known_count, b);
		if (cell) {
			value += unit_value(factors, target, i, cell->value);
			continue;
		}
		value += part_value(factors, target, i, predicted_z(factors, b, mean), &worth);
		variance += worth * worth * left_over(factors, b, mean, covariance);
		for (size_t k = 0; k < rank; k++)
			gradient[k] += worth * factors->parameters.loading[b * rank + k];
	}
	double sd = sqrt(variance + quadratic(gradient, covariance, rank));
	factors_reach(factors, target, spread, &half, &ninety);
	double end[] = {value - half * sd, value + half * sd, value - ninety * sd, value + ninety * sd};
	estimate_set(estimate, value, sd, end);
}

void factors_estimate(const struct factors *factors, const struct engine_target *target, const double *mean,
		      const double *covariance, enum factors_spread spread, const struct engine_cell *known,
		      size_t known_count, struct engine_estimate *estimate)
{
	const struct engine_cell *cell = target->count == 1
		? engine_cell_find(known, known_count, target->benchmark[0]) : NULL;

	if (cell) {
		*estimate = (struct engine_estimate){cell->value, 0, cell->value, cell->value, cell->value, cell->value};
		return;
	}
	if (target->count == 1)
		estimate_one(factors, target, mean, covariance, spread, estimate);
	else
		estimate_several(factors, target, mean, covariance, spread, known, known_count, estimate);
	estimate_clip(factors, target, estimate);
}

double factors_surprise(const struct factors *factors, const struct engine_target *target, const double *mean,
			const double *covariance, double observed)
{
	double gradient[FACTORS_RANK_MAX], variance;

	if (isnan(observed))
		return NAN;
	if (target->count == 1) {
		/* On the scale of z, where deviations mean the same everywhere. */
		const struct scale *scale = &factors->cells.scale[target->benchmark[0]];
		double z = factors_z(factors, target->benchmark[0], mean, covariance, &variance);
		double off = (scale_to_z(scale, observed) - z) / sqrt(variance);
		return scale->deviation < 0 ? -off : off;
	}
	double value = factors_gradient(factors, target, mean, gradient);
	variance = quadratic(gradient, covariance, factors->parameters.rank) + factors_noise(factors, target, mean);
	return (observed - value) / sqrt(variance);
}

/* ---- conditioning --------------------------------------------------------------------------- */

/* One cell: Kalman's update. */
static void condition_one(const struct factors *factors, uint32_t benchmark, double z, double error, double *mean,
			  double *covariance, double *gain)
{
	size_t rank = factors->parameters.rank;
	const double *loading = factors->parameters.loading + benchmark * rank;
	double total = left_over(factors, benchmark, mean, covariance) + error;
	double off = z - predicted_z(factors, benchmark, mean);

	for (size_t k = 0; k < rank; k++) {
		gain[k] = 0;
		for (size_t l = 0; l < rank; l++)
			gain[k] += covariance[k * rank + l] * loading[l];
		total += gain[k] * loading[k];
	}
	for (size_t k = 0; k < rank; k++)
		for (size_t l = 0; l < rank; l++)
			covariance[k * rank + l] -= gain[k] * gain[l] / total;
	for (size_t k = 0; k < rank; k++) {
		gain[k] /= total;
		mean[k] += gain[k] * off;
	}
}

double factors_height(const struct factors *factors, const struct engine_cell *cell)
{
	return scale_to_z(&factors->cells.scale[cell->benchmark], cell->value) - factors->parameters.level[cell->benchmark];
}

void factors_condition_gain(const struct factors *factors, const struct engine_cell *cell, double *mean,
			    double *covariance, double *gain)
{
	const struct scale *scale = &factors->cells.scale[cell->benchmark];
	double z = scale_to_z(scale, cell->value), slope = scale_slope(scale, z), error = (double)cell->error;

	error = error > 0 && slope != 0 ? error * error / (slope * slope) : 0;
	condition_one(factors, cell->benchmark, z, error, mean, covariance, gain);
}

void factors_condition(const struct factors *factors, const struct engine_cell *cell, size_t count, double *mean,
		       double *covariance)
{
	double gain[FACTORS_RANK_MAX];

	for (size_t i = 0; i < count; i++)
		factors_condition_gain(factors, &cell[i], mean, covariance, gain);
}

/* ---- leave-one-out ----------------------------------------------------------------------------- */

static bool in_target(const struct engine_target *target, uint32_t benchmark)
{
	for (size_t i = 0; i < target->count; i++)
		if (target->benchmark[i] == benchmark)
			return true;
	return false;
}

bool factors_left_out(const struct factors *factors, size_t model, const struct engine_target *target,
		      enum engine_leave leave, double *mean, double *covariance)
{
	int32_t row = factors->cells.model_row[model];
	const struct cells *cells = &factors->cells;
	double gain[FACTORS_RANK_MAX];

	if (row < 0)
		return false;
	factors_cold(factors, model, mean, covariance);
	if (leave == ENGINE_LEAVE_MODEL)
		return true;
	for (size_t i = cells->row_start[row]; i < cells->row_start[row + 1]; i++)
		if (!in_target(target, cells->benchmark[i]))
			condition_one(factors, cells->benchmark[i], (double)cells->z[i], (double)cells->error[i], mean,
				      covariance, gain);
	return true;
}
