#include "model/loadings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/small.h"
#include "solve/system.h"
#include "stemma/base/memory.h"

/* A suite's mean is drawn to the mean of all as by so many more benchmarks. */
#define SUITE_COUNT 2.0
/* Suites differ as benchmarks of one do, as if so many more suites said so. */
#define BETWEEN_COUNT 2.0
#define WITHIN_MAX 1.0
#define VARIANCE_MIN 1e-4

bool loadings_prior(const struct parameters *parameters, size_t b, size_t count, double *mean, double *precision)
{
	size_t rank = parameters->rank, suite = parameters->suite[b];
	double own = parameters->learned[b], others = (double)parameters->suite_count[suite] - own;
	double covariance[FACTORS_SQUARE_MAX];

	for (size_t k = 0; k < rank; k++)
		mean[k] = (parameters->suite_mean[suite * rank + k] * (others + own + SUITE_COUNT) -
			   own * parameters->loading[b * rank + k]) / (others + SUITE_COUNT);
	for (size_t k = 0; k < rank; k++)
		for (size_t l = 0; l < rank; l++)
			covariance[k * rank + l] = parameters->within[k * rank + l] +
						   parameters->between[k * rank + l] * SUITE_COUNT / (others + SUITE_COUNT) +
						   mean[k] * mean[l] / (2 * (double)count + 1) +
						   (k == l ? VARIANCE_MIN : 0);
	if (!small_cholesky(covariance, rank))
		return false;
	small_invert(covariance, rank, precision);
	return true;
}

/* Means of suites, each drawn to `all`: the mean of suites, which count the more the more they have. */
static void learn_means(struct parameters *parameters, double *all)
{
	size_t rank = parameters->rank;
	double *sum = memory_zero(parameters->suites * rank + 1, sizeof *sum), weights = 0;

	for (size_t b = 0; b < parameters->benchmarks; b++)
		for (size_t k = 0; k < rank && parameters->learned[b]; k++)
			sum[parameters->suite[b] * rank + k] += parameters->loading[b * rank + k];
	memset(all, 0, rank * sizeof *all);
	for (size_t s = 0; s < parameters->suites; s++) {
		double count = parameters->suite_count[s];
		weights += count / (count + SUITE_COUNT);
		for (size_t k = 0; k < rank; k++)
			all[k] += sum[s * rank + k] / (count + SUITE_COUNT);
	}
	for (size_t k = 0; k < rank; k++)
		all[k] /= weights;
	for (size_t s = 0; s < parameters->suites; s++)
		for (size_t k = 0; k < rank; k++)
			parameters->suite_mean[s * rank + k] = (sum[s * rank + k] + SUITE_COUNT * all[k]) /
							       (parameters->suite_count[s] + SUITE_COUNT);
	free(sum);
}

/* Few benchmarks tell little of what goes together: it is drawn to nothing. */
static void learn_within(struct parameters *parameters)
{
	size_t rank = parameters->rank, side = rank + 1, count = 0;
	double *within = parameters->within;

	memset(within, 0, rank * rank * sizeof *within);
	for (size_t b = 0; b < parameters->benchmarks; b++) {
		const double *mean = parameters->suite_mean + parameters->suite[b] * rank, *loading = parameters->loading + b * rank;
		count += parameters->learned[b];
		for (size_t i = 0; i < rank * rank && parameters->learned[b]; i++) {
			size_t k = i / rank, l = i % rank;
			within[i] += (loading[k] - mean[k]) * (loading[l] - mean[l]) +
				     (double)parameters->unknown[b * side * side + k * side + l];
		}
	}
	for (size_t i = 0; i < rank * rank; i++)
		within[i] /= i / rank == i % rank ? (double)count : (double)(count + 2 * rank);
	for (size_t k = 0; k < rank; k++) {
		double shrink = sqrt(fmin(1, WITHIN_MAX / within[k * rank + k]));
		for (size_t l = 0; l < rank; l++) {
			within[k * rank + l] *= shrink;
			within[l * rank + k] *= shrink;
		}
	}
}

static void learn_between(struct parameters *parameters, const double *all)
{
	size_t rank = parameters->rank;
	double *between = parameters->between, weights = BETWEEN_COUNT;

	for (size_t i = 0; i < rank * rank; i++)
		between[i] = BETWEEN_COUNT * parameters->within[i];
	for (size_t s = 0; s < parameters->suites; s++) {
		double count = parameters->suite_count[s], weight = count / (count + SUITE_COUNT);
		const double *mean = parameters->suite_mean + s * rank;
		if (count == 0)
			continue;
		weights += weight;
		/* The mean of its own stands further from that of all than what is drawn there: by 1 / weight. */
		for (size_t i = 0; i < rank * rank; i++)
			between[i] += (mean[i / rank] - all[i / rank]) * (mean[i % rank] - all[i % rank]) / weight;
	}
	for (size_t i = 0; i < rank * rank; i++)
		between[i] /= weights;
}

void loadings_learn(struct parameters *parameters)
{
	double all[FACTORS_RANK_MAX];

	learn_means(parameters, all);
	learn_within(parameters);
	learn_between(parameters, all);
}

void loadings_rescale(struct parameters *parameters, const double *size)
{
	size_t rank = parameters->rank, side = rank + 1;

	for (size_t i = 0; i < parameters->benchmarks * rank; i++)
		parameters->loading[i] *= size[i % rank];
	for (size_t i = 0; i < parameters->suites * rank; i++)
		parameters->suite_mean[i] *= size[i % rank];
	for (size_t i = 0; i < rank * rank; i++) {
		parameters->within[i] *= size[i / rank] * size[i % rank];
		parameters->between[i] *= size[i / rank] * size[i % rank];
	}
	for (size_t b = 0; b < parameters->benchmarks; b++)
		for (size_t i = 0; i < side * side; i++) {
			double by = (i / side < rank ? size[i / side] : 1) * (i % side < rank ? size[i % side] : 1);
			parameters->unknown[b * side * side + i] *= (float)by;
		}
}
