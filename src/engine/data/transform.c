#include "data/transform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lapacke.h>

#include "stemma/base/memory.h"

/* Correlations are shrunk this much towards none, so that few complete models
 * still give a positive definite matrix. */
#define SHRINKAGE 0.02

static void learn_columns(struct transform *transform, const double *scores, size_t rows)
{
	for (size_t b = 0; b < transform->benchmarks; b++) {
		double sum = 0, squares = 0;
		size_t known = 0;
		for (size_t i = 0; i < rows; i++) {
			double value = scores[i * transform->benchmarks + b];
			if (isnan(value))
				continue;
			sum += value;
			squares += value * value;
			known++;
		}
		double mean = known ? sum / (double)known : 0;
		double variance = known > 1 ? squares / (double)known - mean * mean : 0;
		transform->mean[b] = mean;
		transform->deviation[b] = variance > 1e-6 ? sqrt(variance) : 1;
	}
}

/* Correlation matrix over the models that have both benchmarks. */
static void learn_correlation(const struct transform *transform, const double *scores, size_t rows,
			      double *correlation)
{
	size_t count = transform->benchmarks;

	for (size_t a = 0; a < count; a++) {
		for (size_t b = 0; b <= a; b++) {
			double sum = 0;
			size_t known = 0;
			for (size_t i = 0; i < rows; i++) {
				double x = (scores[i * count + a] - transform->mean[a]) / transform->deviation[a];
				double y = (scores[i * count + b] - transform->mean[b]) / transform->deviation[b];
				if (isnan(x) || isnan(y))
					continue;
				sum += x * y;
				known++;
			}
			double value = known > 2 ? (1 - SHRINKAGE) * sum / (double)known : 0;
			correlation[a * count + b] = correlation[b * count + a] = a == b ? 1 : value;
		}
	}
}

/* Principal axes, largest variance first, each with a positive sum so that
 * their signs do not depend on the machine. */
static void learn_rotation(struct transform *transform, const double *correlation)
{
	size_t count = transform->benchmarks;
	double *axes = memory_allocate(count * count, sizeof *axes);
	double *values = memory_allocate(count, sizeof *values);

	memcpy(axes, correlation, count * count * sizeof *axes);
	LAPACKE_dsyev(LAPACK_COL_MAJOR, 'V', 'L', (int)count, axes, (int)count, values);
	for (size_t f = 0; f < transform->factors; f++) {
		const double *axis = axes + (count - 1 - f) * count;
		double sum = 0;
		for (size_t b = 0; b < count; b++)
			sum += axis[b];
		for (size_t b = 0; b < count; b++)
			transform->rotation[b * transform->factors + f] = sum < 0 ? -axis[b] : axis[b];
	}
	for (size_t b = 0; b < count; b++) {
		transform->left_over[b] = 0;
		for (size_t f = transform->factors; f < count; f++) {
			double loading = axes[(count - 1 - f) * count + b];
			transform->left_over[b] += values[count - 1 - f] * loading * loading;
		}
	}
	free(axes);
	free(values);
}

void transform_learn(struct transform *transform, const double *scores, size_t rows,
		     size_t benchmarks, size_t factors)
{
	*transform = (struct transform){
		.benchmarks = benchmarks,
		.factors = factors && factors < benchmarks ? factors : benchmarks,
		.mean = memory_allocate(benchmarks, sizeof(double)),
		.deviation = memory_allocate(benchmarks, sizeof(double)),
		.left_over = memory_allocate(benchmarks, sizeof(double)),
		.correlation = memory_allocate(benchmarks * benchmarks, sizeof(double)),
	};
	transform->rotation = memory_allocate(benchmarks * transform->factors, sizeof(double));
	learn_columns(transform, scores, rows);
	learn_correlation(transform, scores, rows, transform->correlation);
	learn_rotation(transform, transform->correlation);
}

void transform_free(struct transform *transform)
{
	free(transform->mean);
	free(transform->deviation);
	free(transform->rotation);
	free(transform->left_over);
	free(transform->correlation);
	*transform = (struct transform){0};
}

/* Fills the missing entries of `standard` with their expectation given the
 * known ones and returns the covariance that is left in `left` (count x
 * count, 0 where known).  C_mk C_kk^-1 y_k and C_mm - C_mk C_kk^-1 C_km. */
static void complete(const struct transform *transform, double *standard, double *left)
{
	size_t count = transform->benchmarks, known = 0, missing = 0;
	const double *correlation = transform->correlation;
	size_t *index = memory_allocate(count, sizeof *index);
	double *matrix = memory_allocate(count * count, sizeof *matrix);
	double *right = memory_allocate(count * (count + 1), sizeof *right);

	for (size_t b = 0; b < count; b++)
		if (!isnan(standard[b]))
			index[known++] = b;
	for (size_t b = 0; b < count; b++)
		if (isnan(standard[b]))
			index[known + missing++] = b;
	for (size_t i = 0; i < known; i++)
		for (size_t j = 0; j < known; j++)
			matrix[i * known + j] = correlation[index[i] * count + index[j]];
	/* Right-hand sides: C_km for each missing benchmark. */
	for (size_t m = 0; m < missing; m++)
		for (size_t i = 0; i < known; i++)
			right[m * known + i] = correlation[index[i] * count + index[known + m]];
	if (known > 0)
		LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', (int)known, (int)missing, matrix, (int)known,
			      right, (int)known);
	memset(left, 0, count * count * sizeof *left);
	for (size_t m = 0; m < missing; m++) {
		size_t row = index[known + m];
		for (size_t o = 0; o < missing; o++) {
			size_t column = index[known + o];
			double value = correlation[row * count + column];
			for (size_t i = 0; i < known; i++)
				value -= right[m * known + i] * correlation[index[i] * count + column];
			left[row * count + column] = value;
		}
		double expected = 0;
		for (size_t i = 0; i < known; i++)
			expected += right[m * known + i] * standard[index[i]];
		standard[row] = expected;
	}
	free(index);
	free(matrix);
	free(right);
}

void transform_forward(const struct transform *transform, const double *scores, double *factors,
		       double *uncertainty)
{
	size_t count = transform->benchmarks;
	double *standard = memory_allocate(count, sizeof *standard);
	double *left = memory_zero(count * count, sizeof *left);
	bool whole = true;

	for (size_t b = 0; b < count; b++) {
		standard[b] = (scores[b] - transform->mean[b]) / transform->deviation[b];
		whole = whole && !isnan(standard[b]);
	}
	if (!whole)
		complete(transform, standard, left);
	for (size_t f = 0; f < transform->factors; f++) {
		factors[f] = uncertainty[f] = 0;
		for (size_t b = 0; b < count; b++) {
			double loading = transform->rotation[b * transform->factors + f];
			factors[f] += loading * standard[b];
			for (size_t c = 0; c < count; c++)
				uncertainty[f] += loading * left[b * count + c] *
						  transform->rotation[c * transform->factors + f];
		}
	}
	free(standard);
	free(left);
}
