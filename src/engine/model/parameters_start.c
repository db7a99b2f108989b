/* Where learning begins: from the principal axes of the fullest columns. */
#include "model/parameters.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/random.h"
#include "data/texts.h"
#include "solve/lapack.h"
#include "stemma/base/memory.h"

/* Principal axes are a start where so many columns have so many rows in common, each two of them. */
#define AXES_MAX 64
#define WITHIN_START 0.125 /* variance of loadings in a suite */
#define CORE_MIN 3
#define OVERLAP_MIN 30

static void number_suites(const struct engine_data *data, struct parameters *parameters)
{
	const char **suite = memory_allocate(data->benchmarks + 1, sizeof *suite);

	for (size_t b = 0; b < data->benchmarks; b++)
		suite[b] = data->benchmark[b].suite ? data->benchmark[b].suite : "";
	parameters->suites = texts_number(suite, data->benchmarks, false, parameters->suite);
	free(suite);
}

/* ---- start: from the axes of full columns ------------------------------------------- */

/* Columns that learning starts from: each has enough rows in common with every other. */
struct core {
	size_t count;
	uint32_t benchmark[AXES_MAX];
	uint32_t *place; /* benchmarks: among the above; AXES_MAX of the others */
};

static size_t column_length(const struct cells *cells, size_t b)
{
	return cells->column_start[b + 1] - cells->column_start[b];
}

/* The fullest columns, the fullest first. */
static void core_list(const struct cells *cells, struct core *core)
{
	for (size_t b = 0; b < cells->benchmarks; b++) {
		size_t length = column_length(cells, b), place = core->count;
		core->place[b] = AXES_MAX;
		while (place > 0 && column_length(cells, core->benchmark[place - 1]) < length)
			place--;
		if (place == AXES_MAX || length < OVERLAP_MIN)
			continue;
		core->count += core->count < AXES_MAX;
		for (size_t i = core->count - 1; i > place; i--)
			core->benchmark[i] = core->benchmark[i - 1];
		core->benchmark[place] = (uint32_t)b;
	}
	for (size_t i = 0; i < core->count; i++)
		core->place[core->benchmark[i]] = (uint32_t)i;
}

/* Sums over the rows that each pair of columns of the core has in common: how many, and of z of the
 * first times z of the second, and squared. */
struct overlap {
	size_t *count;
	double *product, *square; /* all core->count x core->count */
};

static void core_overlap(const struct cells *cells, const struct core *core, struct overlap *overlap)
{
	size_t n = core->count, pairs = n * n + 1;

	overlap->count = memory_zero(pairs, sizeof *overlap->count);
	overlap->product = memory_zero(pairs, sizeof *overlap->product);
	overlap->square = memory_zero(pairs, sizeof *overlap->square);
	for (size_t row = 0; row < cells->rows; row++)
		for (size_t i = cells->row_start[row]; i < cells->row_start[row + 1]; i++)
			for (size_t j = cells->row_start[row]; j < cells->row_start[row + 1]; j++) {
				size_t a = core->place[cells->benchmark[i]], b = core->place[cells->benchmark[j]];
				if (a == AXES_MAX || b == AXES_MAX)
					continue;
				overlap->count[a * n + b]++;
				overlap->product[a * n + b] += (double)(cells->z[i] * cells->z[j]);
				overlap->square[a * n + b] += (double)(cells->z[i] * cells->z[i]);
			}
}

static void overlap_free(struct overlap *overlap)
{
	free(overlap->count);
	free(overlap->product);
	free(overlap->square);
}

/* Keeps those that overlap enough with all that are kept before, and leaves their correlations in matrix. */
static void core_choose(struct core *core, const struct overlap *overlap, double *matrix)
{
	size_t n = core->count, kept[AXES_MAX];

	core->count = 0;
	for (size_t i = 0; i < n; i++) {
		bool good = true;
		for (size_t k = 0; k < core->count && good; k++)
			good = overlap->count[i * n + kept[k]] >= OVERLAP_MIN;
		core->place[core->benchmark[i]] = good ? (uint32_t)core->count : AXES_MAX;
		if (good)
			kept[core->count++] = i;
	}
	for (size_t k = 0; k < core->count; k++) {
		core->benchmark[k] = core->benchmark[kept[k]];
		for (size_t l = 0; l < core->count; l++) {
			size_t there = kept[k] * n + kept[l], back = kept[l] * n + kept[k];
			matrix[k * core->count + l] = overlap->product[there] /
						      (sqrt(overlap->square[there] * overlap->square[back]) + 1e-9);
		}
	}
}

/* Loadings of the core by its principal axes, as many as there are. */
static void core_load(const struct core *core, const double *axes, const double *value, struct parameters *parameters)
{
	size_t n = core->count, rank = parameters->rank;
	double sign[AXES_MAX]; /* more of a factor is better */

	for (size_t axis = 0; axis < n; axis++) {
		double sum = 0;
		for (size_t i = 0; i < n; i++)
			sum += axes[i * n + axis];
		sign[axis] = sum < 0 ? -1 : 1;
	}
	for (size_t i = 0; i < n; i++) {
		size_t b = core->benchmark[i];
		double told = 0;
		for (size_t k = 0; k < rank && k < n; k++) {
			size_t axis = n - 1 - k;
			double loading = sign[axis] * axes[i * n + axis] * sqrt(fmax(value[axis], 0.02));
			parameters->loading[b * rank + k] = loading;
			told += loading * loading;
		}
		parameters->noise[b] = fmax(1 - told, 0.02);
	}
}

/* Columns whose models the core mostly knows say nothing at first: the first round finds their place by
 * regression on what the core tells, so that they, however many, do not move it. */
static void core_place_others(const struct cells *cells, const struct core *core, struct parameters *parameters)
{
	bool *known = memory_zero(cells->rows + 1, sizeof *known);

	for (size_t i = 0; i < cells->count; i++)
		known[cells->row[i]] = known[cells->row[i]] || core->place[cells->benchmark[i]] < AXES_MAX;
	for (size_t b = 0; b < cells->benchmarks; b++) {
		size_t within = 0;
		if (core->place[b] < AXES_MAX)
			continue;
		for (size_t i = cells->column_start[b]; i < cells->column_start[b + 1]; i++)
			within += known[cells->row[cells->column_cell[i]]];
		if (2 * within < column_length(cells, b) || within == 0)
			continue;
		memset(parameters->loading + b * parameters->rank, 0, parameters->rank * sizeof *parameters->loading);
		parameters->noise[b] = 1;
	}
	free(known);
}

static void start_from_axes(const struct cells *cells, struct parameters *parameters)
{
	struct core core = {.place = memory_allocate(cells->benchmarks + 1, sizeof *core.place)};
	struct overlap overlap;
	double value[AXES_MAX], *matrix;

	core_list(cells, &core);
	core_overlap(cells, &core, &overlap);
	matrix = memory_allocate(core.count * core.count + 1, sizeof *matrix);
	core_choose(&core, &overlap, matrix);
	if (core.count >= CORE_MIN &&
	    lapack_done(LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'L', (int)core.count, matrix, (int)core.count, value)) == 0) {
		core_load(&core, matrix, value, parameters);
		core_place_others(cells, &core, parameters);
	}
	overlap_free(&overlap);
	free(core.place);
	free(matrix);
}

void parameters_new(const struct engine_data *data, const struct cells *cells, const struct design *design,
		    size_t rank, uint64_t seed, struct parameters *parameters)
{
	size_t benchmarks = cells->benchmarks;
	uint64_t state = seed * 2654435769u + 88172645463325252ULL;

	*parameters = (struct parameters){.rank = rank, .terms = design->terms, .benchmarks = benchmarks};
	parameters->suite = memory_allocate(benchmarks + 1, sizeof *parameters->suite);
	number_suites(data, parameters);
	parameters->theta = memory_allocate(design->terms * rank + 1, sizeof(double));
	parameters->own = memory_allocate(rank, sizeof(double));
	parameters->loading = memory_allocate(benchmarks * rank + 1, sizeof(double));
	parameters->level = memory_zero(benchmarks + 1, sizeof(double));
	parameters->noise = memory_allocate(benchmarks + 1, sizeof(double));
	parameters->within = memory_zero(rank * rank, sizeof(double));
	parameters->between = memory_zero(rank * rank, sizeof(double));
	parameters->suite_mean = memory_zero(parameters->suites * rank + 1, sizeof(double));
	parameters->suite_count = memory_zero(parameters->suites + 1, sizeof *parameters->suite_count);
	parameters->learned = memory_zero(benchmarks + 1, sizeof *parameters->learned);
	parameters->unknown = memory_zero(benchmarks * (rank + 1) * (rank + 1) + 1, sizeof(float));
	for (size_t k = 0; k < rank; k++) {
		parameters->own[k] = 1;
		parameters->within[k * rank + k] = WITHIN_START;
		parameters->between[k * rank + k] = WITHIN_START / 2;
		for (size_t t = 0; t < design->terms; t++)
			parameters->theta[t * rank + k] = design_start(design, t);
	}
	parameters->usual_noise = PARAMETERS_NOISE_USUAL;
	for (size_t b = 0; b < benchmarks; b++) {
		parameters->noise[b] = PARAMETERS_NOISE_USUAL;
		parameters->learned[b] = column_length(cells, b) > 0;
		parameters->suite_count[parameters->suite[b]] += parameters->learned[b];
		for (size_t k = 0; k < rank; k++)
			parameters->loading[b * rank + k] = k == 0 ? 0.8 : 0.15 * (double)random_normal(&state);
	}
	start_from_axes(cells, parameters);
	for (size_t s = 0; s < parameters->suites; s++)
		parameters->suite_mean[s * rank] = 0.8;
}

void parameters_free(struct parameters *parameters)
{
	free(parameters->theta);
	free(parameters->own);
	free(parameters->loading);
	free(parameters->level);
	free(parameters->noise);
	free(parameters->within);
	free(parameters->between);
	free(parameters->suite_mean);
	free(parameters->suite);
	free(parameters->suite_count);
	free(parameters->learned);
	free(parameters->unknown);
	*parameters = (struct parameters){0};
}
