/* Baseline: effects of models and benchmarks and a matrix of low rank. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/random.h"
#include "judge/baseline.h"
#include "stemma/base/memory.h"

#define WIDTH_MAX (BASELINE_RANK_MAX + 1)
#define START_SD 0.01
#define VALIDATED_SHARE 0.1

static const double penalties[] = {0.1, 0.3, 1, 3, 10};

/* A start under way.  Both sides have an effect first and then their factors. */
struct als {
	const struct masked *masked;
	size_t width;         /* rank + 1 */
	double penalty, mean;
	double *row, *column; /* rows x width, benchmarks x width */
	const bool *left_out; /* by known cell: not to be learned from; NULL none */
};

/* A ridge regression of one model or benchmark on the other side. */
struct ridge {
	double a[WIDTH_MAX * WIDTH_MAX], b[WIDTH_MAX];
};

static void ridge_begin(struct ridge *ridge, size_t width, double penalty)
{
	memset(ridge, 0, sizeof *ridge);
	for (size_t k = 0; k < width; k++)
		ridge->a[k * width + k] = penalty;
}

/* One observation; `other` is the effect and the factors of the other side. */
static void ridge_add(struct ridge *ridge, size_t width, const double *other, double z)
{
	z -= other[0];
	for (size_t k = 0; k < width; k++) {
		double x = k ? other[k] : 1;
		ridge->b[k] += x * z;
		ridge->a[k * width] += x;
		for (size_t l = 1; l <= k; l++)
			ridge->a[k * width + l] += x * other[l];
	}
}

static double als_predict(const struct als *als, size_t row, size_t benchmark)
{
	const double *u = als->row + row * als->width, *v = als->column + benchmark * als->width;
	double z = als->mean + u[0] + v[0];

	for (size_t k = 1; k < als->width; k++)
		z += u[k] * v[k];
	return z;
}

static void update_rows(struct als *als)
{
	const struct masked *masked = als->masked;
	struct ridge ridge;

	for (size_t r = 0; r < masked->data.rows; r++) {
		size_t used = 0;
		ridge_begin(&ridge, als->width, als->penalty);
		for (size_t c = masked->cell_start[r]; c < masked->cell_start[r + 1]; c++) {
			if (als->left_out && als->left_out[c])
				continue;
			ridge_add(&ridge, als->width, als->column + masked->cell[c].benchmark * als->width,
				  masked->z[c] - als->mean);
			used++;
		}
		if (used == 0)
			continue;
		baseline_solve(ridge.a, ridge.b, als->width);
		memcpy(als->row + r * als->width, ridge.b, als->width * sizeof(double));
	}
}

/* By benchmark, the cells in the order of their rows; a sum a benchmark at once. */
static void update_columns(struct als *als)
{
	const struct masked *masked = als->masked;
	size_t benchmarks = masked->data.benchmarks;
	struct ridge *ridges = memory_allocate(benchmarks + 1, sizeof *ridges);
	size_t *used = memory_zero(benchmarks + 1, sizeof *used);

	for (size_t b = 0; b < benchmarks; b++)
		ridge_begin(&ridges[b], als->width, als->penalty);
	for (size_t r = 0; r < masked->data.rows; r++)
		for (size_t c = masked->cell_start[r]; c < masked->cell_start[r + 1]; c++) {
			uint32_t b = masked->cell[c].benchmark;
			if (als->left_out && als->left_out[c])
				continue;
			ridge_add(&ridges[b], als->width, als->row + r * als->width, masked->z[c] - als->mean);
			used[b]++;
		}
	for (size_t b = 0; b < benchmarks; b++) {
		if (used[b] == 0)
			continue;
		baseline_solve(ridges[b].a, ridges[b].b, als->width);
		memcpy(als->column + b * als->width, ridges[b].b, als->width * sizeof(double));
	}
	free(ridges);
	free(used);
}

static void update_mean(struct als *als)
{
	const struct masked *masked = als->masked;
	double sum = 0;
	size_t used = 0;

	for (size_t r = 0; r < masked->data.rows; r++)
		for (size_t c = masked->cell_start[r]; c < masked->cell_start[r + 1]; c++) {
			if (als->left_out && als->left_out[c])
				continue;
			sum += masked->z[c] - als_predict(als, r, masked->cell[c].benchmark) + als->mean;
			used++;
		}
	als->mean = used ? sum / (double)used : 0;
}

static void als_run(struct als *als, size_t rounds, uint64_t seed)
{
	size_t rows = als->masked->data.rows * als->width, columns = als->masked->data.benchmarks * als->width;

	als->mean = 0;
	als->row = memory_zero(rows + 1, sizeof *als->row);
	als->column = memory_zero(columns + 1, sizeof *als->column);
	for (size_t i = 0; i < rows; i++)
		als->row[i] = i % als->width ? START_SD * (double)random_normal(&seed) : 0;
	for (size_t i = 0; i < columns; i++)
		als->column[i] = i % als->width ? START_SD * (double)random_normal(&seed) : 0;
	update_mean(als);
	for (size_t round = 0; round < rounds; round++) {
		update_rows(als);
		update_columns(als);
		update_mean(als);
	}
}

static void als_end(struct als *als)
{
	free(als->row);
	free(als->column);
}

/* The penalty that predicts cells best which are left out for it. */
static double choose_penalty(const struct masked *masked, const struct baseline_als *settings, uint64_t seed)
{
	bool *left_out = memory_allocate(masked->known + 1, sizeof *left_out);
	double best = penalties[0], least = INFINITY;
	uint64_t random = seed;

	for (size_t c = 0; c < masked->known; c++)
		left_out[c] = random_fraction(&random) < VALIDATED_SHARE;
	for (size_t p = 0; p < sizeof penalties / sizeof *penalties; p++) {
		struct als als = {.masked = masked, .width = settings->rank + 1, .penalty = penalties[p],
				  .left_out = left_out};
		double error = 0;
		als_run(&als, settings->rounds, seed);
		for (size_t r = 0; r < masked->data.rows; r++)
			for (size_t c = masked->cell_start[r]; c < masked->cell_start[r + 1]; c++)
				if (left_out[c])
					error += fabs(masked->z[c] - als_predict(&als, r, masked->cell[c].benchmark));
		als_end(&als);
		if (error < least)
			least = error, best = penalties[p];
	}
	free(left_out);
	return best;
}

void baseline_als(const struct masked *masked, const struct baseline_als *settings, uint64_t seed, double *values)
{
	double penalty = isnan(settings->penalty) ? choose_penalty(masked, settings, seed) : settings->penalty;

	for (size_t i = 0; i < masked->count; i++)
		values[i] = 0;
	for (size_t start = 0; start < settings->starts; start++) {
		struct als als = {.masked = masked, .width = settings->rank + 1, .penalty = penalty};
		als_run(&als, settings->rounds, seed + start);
		for (size_t i = 0; i < masked->count; i++)
			values[i] += als_predict(&als, masked->cells[i].row, masked->cells[i].benchmark) /
				     (double)settings->starts;
		als_end(&als);
	}
	for (size_t i = 0; i < masked->count; i++)
		values[i] = masked_value(&masked->scale[masked->cells[i].benchmark], values[i]);
}
