/* A benchmark that comes later: placed among known abilities. */
#include <stdlib.h>
#include <string.h>

#include "model/factors_fit.h"
#include "stemma/base/memory.h"

#define ROUNDS 8          /* until its noise stands */

/* What is known of f of a model: E f and E f f'. */
static void tell_moments(const struct factors *factors, uint32_t model, struct factors_state *state, double *mean,
			 float *second)
{
	size_t rank = state->rank;
	double *covariance = memory_allocate(rank * rank, sizeof *covariance);

	factors_known(factors, model, state);
	factors_state_covariance(state, covariance);
	memcpy(mean, state->mean, rank * sizeof *mean);
	for (size_t k = 0; k < rank; k++)
		for (size_t l = 0; l < rank; l++)
			second[k * rank + l] = (float)(covariance[k * rank + l] + mean[k] * mean[l]);
	free(covariance);
}

static void learn_scale(struct factors *factors, uint32_t benchmark, const struct engine_cell *cells, size_t count)
{
	double *values = memory_allocate(count, sizeof *values);

	for (size_t i = 0; i < count; i++)
		values[i] = cells[i].value;
	scale_learn(&factors->cells.scale[benchmark], &factors->data.benchmark[benchmark], values, count);
	free(values);
}

/* Where it begins: what is usual in its suite. */
static void begin_usual(struct parameters *parameters, uint32_t benchmark)
{
	size_t rank = parameters->rank;

	memcpy(parameters->loading + benchmark * rank, parameters->suite_mean + parameters->suite[benchmark] * rank,
	       rank * sizeof(double));
	parameters->level[benchmark] = 0;
	parameters->noise[benchmark] = parameters->usual_noise;
}

/* Few scores leave the noise open: z is predicted by Student's t, whose variance is (n + 4) / (n + 2) times as
 * large, the prior counting as 4 scores. */
static void widen(struct parameters *parameters, uint32_t benchmark, size_t count)
{
	size_t square = (parameters->rank + 1) * (parameters->rank + 1);
	double by = ((double)count + 4) / ((double)count + 2);

	parameters->noise[benchmark] *= by;
	for (size_t i = 0; i < square; i++)
		parameters->unknown[benchmark * square + i] *= (float)by;
}

void factors_place(struct factors *factors, uint32_t benchmark, const uint32_t *models, const struct engine_cell *cells,
		   size_t count)
{
	size_t rank = factors->parameters.rank;
	struct parameters_told *told = memory_allocate(count, sizeof *told);
	double *mean = memory_allocate(count * rank, sizeof *mean);
	float *second = memory_allocate(count * rank * rank, sizeof *second);
	struct factors_state state;

	learn_scale(factors, benchmark, cells, count);
	factors_state_new(factors, &state);
	for (size_t i = 0; i < count; i++) {
		const struct scale *scale = &factors->cells.scale[benchmark];
		double z = scale_to_z(scale, cells[i].value), slope = scale_slope(scale, z), error = (double)cells[i].error;
		told[i] = (struct parameters_told){
			.z = z, .error = error > 0 && slope != 0 ? error * error / (slope * slope) : 0,
			.mean = mean + i * rank, .second = second + i * rank * rank};
		tell_moments(factors, models[i], &state, mean + i * rank, second + i * rank * rank);
	}
	parameters_learn_usual_noise(&factors->cells, &factors->parameters);
	begin_usual(&factors->parameters, benchmark);
	for (size_t round = 0; round < ROUNDS; round++)
		parameters_regress(&factors->parameters, benchmark, told, count);
	widen(&factors->parameters, benchmark, count);
	if (!factors->placed)
		factors->placed = memory_zero(factors->cells.benchmarks + 1, sizeof *factors->placed);
	factors->placed[benchmark] = (uint32_t)count;
	factors_state_free(&state);
	free(told);
	free(mean);
	free(second);
}
