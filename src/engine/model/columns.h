/* Columns: what the factors are made of, a dense table of a few benchmarks.
 *
 * Of all benchmarks of the data the factors know the best covered ones of the suite with
 * the most scored models, at most FACTORS_MAX; the others are not predicted.
 */
#ifndef STEMMA_ENGINE_COLUMNS_H
#define STEMMA_ENGINE_COLUMNS_H

#include "stemma/engine/engine.h"

#define FACTORS_MAX 16

struct columns {
	size_t count;
	uint32_t benchmark[FACTORS_MAX]; /* ascending */
};
/* The same for the same cells, whatever is excluded. */
void columns_choose(const struct engine_data *data, struct columns *columns);
/* SIZE_MAX when the benchmark has none. */
size_t columns_find(const struct columns *columns, size_t benchmark);
/* The values of a model by column, NAN where it has none; whether it has any. */
bool columns_read(const struct columns *columns, const struct engine_data *data, size_t model, double *values);

/* A target as a linear function of the columns: constant + sum of coefficient x value. */
struct aim {
	double coefficient[FACTORS_MAX], constant;
	size_t spread;       /* the column whose spread its intervals have; of several: columns->count */
	double lower, upper; /* ends of its unit */
};
/* False when a benchmark of the target has no column. */
bool columns_aim(const struct columns *columns, const struct engine_data *data,
		 const struct engine_target *target, struct aim *aim);
/* NAN where a value that it needs is. */
double aim_value(const struct aim *aim, const struct columns *columns, const double *values);

/* What is believed of the columns of one model: their joint normal distribution. */
struct belief {
	size_t count;
	double mean[FACTORS_MAX], covariance[FACTORS_MAX][FACTORS_MAX];
	double gain[FACTORS_MAX][FACTORS_MAX]; /* what a known column moves the others by; all 0 before
						* belief_condition() */
	bool known[FACTORS_MAX];
};
/* Takes the known columns (NAN unknown) for certain. */
void belief_condition(struct belief *belief, const double *values);
void belief_aim(const struct belief *belief, const struct aim *aim, double *points, double *deviation);

#endif
