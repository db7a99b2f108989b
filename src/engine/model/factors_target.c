/* Targets: what f tells of scores, on their own scales. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/belief.h"
#include "model/factors_fit.h"

#define NORMAL_50 0.6745
#define NORMAL_90 1.6449

double bilinear(const double *a, const double *matrix, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			sum += a[i] * matrix[i * n + j] * b[j];
	return sum;
}

double quadratic(const double *vector, const double *matrix, size_t n)
{
	return bilinear(vector, matrix, vector, n);
}

double factors_left_over(const struct factors *factors, uint32_t benchmark, const double *mean,
			 const double *covariance)
{
	return factors->parameters.noise[benchmark] + parameters_unknown(&factors->parameters, benchmark, mean, covariance);
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

double factors_unit_value(const struct factors *factors, const struct engine_target *target, size_t part, double value)
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

double factors_part_value(const struct factors *factors, const struct engine_target *target, size_t part, double z,
			 double *worth)
{
	const struct scale *scale = &factors->cells.scale[target->benchmark[part]];

	*worth = unit_slope(factors, target, part) * scale_slope(scale, z);
	return factors_unit_value(factors, target, part, scale_from_z(scale, z));
}

double factors_above_level(const struct factors *factors, const struct engine_target *target, size_t part,
			   double height)
{
	uint32_t b = target->benchmark[part];
	const struct scale *scale = &factors->cells.scale[b];
	double level = factors->parameters.level[b];

	return factors_unit_value(factors, target, part, scale_from_z(scale, level + height)) -
	       factors_unit_value(factors, target, part, scale_from_z(scale, level));
}

double factors_gradient(const struct factors *factors, const struct engine_target *target, const double *mean,
			double *gradient)
{
	size_t rank = factors->parameters.rank;
	double value = 0, worth;

	memset(gradient, 0, rank * sizeof *gradient);
	for (size_t i = 0; i < target->count; i++) {
		uint32_t b = target->benchmark[i];
		value += factors_part_value(factors, target, i, predicted_z(factors, b, mean), &worth);
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
		factors_part_value(factors, target, i, predicted_z(factors, b, mean), &worth);
		sum += worth * worth * factors_left_over(factors, b, mean, NULL);
	}
	return sum;
}

/* ---- estimates ----------------------------------------------------------------------------- */

enum factors_spread factors_spread_at(const struct factors *factors, enum factors_spread spread,
				      const uint32_t *known, size_t count, uint32_t benchmark)
{
	const uint32_t *suite = factors->parameters.suite;

	if (spread != FACTORS_SPREAD_CELL)
		return spread;
	for (size_t i = 0; i < count; i++)
		if (suite[known[i]] == suite[benchmark] && known[i] != benchmark)
			return FACTORS_SPREAD_CELL;
	return FACTORS_SPREAD_SUITE;
}

static struct spread reach_at(const struct factors *factors, enum factors_spread spread, uint32_t benchmark)
{
	return factors->reach[spread] ? factors->reach[spread][benchmark] : (struct spread){NORMAL_50, NORMAL_90};
}

/* A merge's intervals are normal where it is one of its parents, and the wider the more is new of it. */
static struct spread reach_of(const struct belief *belief, enum factors_spread spread, uint32_t benchmark)
{
	enum factors_spread kind = factors_spread_at(belief->factors, spread, belief->benchmark, belief->count, benchmark);
	struct spread reach = reach_at(belief->factors, kind, benchmark);

	if (!belief->inherited)
		return reach;
	double new = inherited_new(belief->inherited);
	return (struct spread){NORMAL_50 + new * (reach.half - NORMAL_50), NORMAL_90 + new * (reach.ninety - NORMAL_90)};
}

void factors_reach(const struct belief *belief, const struct engine_target *target, enum factors_spread spread,
		   double *half, double *ninety)
{
	*half = *ninety = 0;
	for (size_t i = 0; i < target->count; i++) {
		double weight = target->count == 1 ? 1 : target->weight[i];
		struct spread reach = reach_of(belief, spread, target->benchmark[i]);
		*half += weight * reach.half;
		*ninety += weight * reach.ninety;
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
static void estimate_one(const struct factors *factors, const struct engine_target *target, double z, double variance,
			 struct spread reach, struct engine_estimate *estimate)
{
	const struct scale *scale = &factors->cells.scale[target->benchmark[0]];
	double sd = sqrt(variance);
	double end[] = {scale_from_z(scale, z - reach.half * sd), scale_from_z(scale, z + reach.half * sd),
			scale_from_z(scale, z - reach.ninety * sd), scale_from_z(scale, z + reach.ninety * sd)};
	estimate_set(estimate, scale_from_z(scale, z),
		     fabs(scale_from_z(scale, z + sd) - scale_from_z(scale, z - sd)) / 2, end);
	estimate_clip(factors, target, estimate);
}

void factors_estimate_z(const struct factors *factors, const struct engine_target *target, double z, double variance,
			enum factors_spread spread, struct engine_estimate *estimate)
{
	estimate_one(factors, target, z, variance, reach_at(factors, spread, target->benchmark[0]), estimate);
}

static void estimate_several(const struct belief *belief, const struct engine_target *target,
			     enum factors_spread spread, const struct engine_cell *known, size_t known_count,
			     struct engine_estimate *estimate)
{
	struct belief_target joint;
	double half, ninety;

	belief_target(belief, target, known, known_count, &joint);
	double value = joint.value, sd = sqrt(joint.variance);
	belief_target_free(&joint);
	factors_reach(belief, target, spread, &half, &ninety);
	double end[] = {value - half * sd, value + half * sd, value - ninety * sd, value + ninety * sd};
	estimate_set(estimate, value, sd, end);
	estimate_clip(belief->factors, target, estimate);
}

void factors_estimate(const struct belief *belief, const struct engine_target *target, enum factors_spread spread,
		      const struct engine_cell *known, size_t known_count, struct engine_estimate *estimate)
{
	const struct engine_cell *cell = target->count == 1
		? engine_cell_find(known, known_count, target->benchmark[0]) : NULL;
	struct belief_part part;

	if (cell) {
		*estimate = (struct engine_estimate){cell->value, 0, cell->value, cell->value, cell->value, cell->value};
	} else if (target->count == 1) {
		belief_part(belief, target->benchmark[0], &part);
		estimate_one(belief->factors, target, part.z, part.variance,
			     reach_of(belief, spread, target->benchmark[0]), estimate);
		belief_part_free(&part);
	} else {
		estimate_several(belief, target, spread, known, known_count, estimate);
	}
}

double factors_surprise_z(const struct factors *factors, uint32_t benchmark, double z, double variance, double observed)
{
	const struct scale *scale = &factors->cells.scale[benchmark];
	double off = (scale_to_z(scale, observed) - z) / sqrt(variance);

	return scale->deviation < 0 ? -off : off;
}

double factors_surprise(const struct belief *belief, const struct engine_target *target, double observed)
{
	struct belief_target joint;
	double off;

	if (isnan(observed))
		return NAN;
	belief_target(belief, target, NULL, 0, &joint);
	if (target->count == 1) /* on the scale of z, where deviations mean the same everywhere */
		off = factors_surprise_z(belief->factors, target->benchmark[0], joint.part[0].z, joint.part[0].variance,
					 observed);
	else
		off = (observed - joint.value) / sqrt(joint.variance);
	belief_target_free(&joint);
	return off;
}

/* ---- conditioning --------------------------------------------------------------------------- */

/* One cell: Kalman's update. */
void factors_condition_z(const struct factors *factors, uint32_t benchmark, double z, double error, double *mean,
			 double *covariance)
{
	size_t rank = factors->parameters.rank;
	const double *loading = factors->parameters.loading + benchmark * rank;
	double gain[FACTORS_RANK_MAX], total = factors_left_over(factors, benchmark, mean, covariance) + error;
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
	for (size_t k = 0; k < rank; k++)
		mean[k] += gain[k] * off / total;
}
