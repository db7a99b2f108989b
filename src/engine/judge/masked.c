#include "judge/masked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

#define EDGE 0.005 /* shares nearer to an end of the range are taken for this one */
#define SD_MIN 1e-6

/* ---- the data ------------------------------------------------------------------------- */

static void keep_known(const struct split *split, struct masked *masked)
{
	const struct engine_data *data = split->data;

	masked->cell_start = memory_allocate(data->rows + 1, sizeof *masked->cell_start);
	masked->cell = memory_allocate(split->copies.cells + 1, sizeof *masked->cell);
	for (size_t row = 0; row < data->rows; row++) {
		masked->cell_start[row] = masked->known;
		for (size_t c = data->cell_start[row]; c < data->cell_start[row + 1]; c++) {
			if (split->copies.model[c] == COPIES_NOBODY)
				continue;
			if (split->hidden[c])
				masked->hidden++;
			else
				masked->cell[masked->known++] = data->cell[c];
		}
	}
	masked->cell_start[data->rows] = masked->known;
	masked->benchmark = memory_allocate(data->benchmarks + 1, sizeof *masked->benchmark);
	memcpy(masked->benchmark, data->benchmark, data->benchmarks * sizeof *masked->benchmark);
	engine_benchmarks_set_range(masked->benchmark, data->benchmarks, masked->cell, masked->known);
	masked->data.cell_start = masked->cell_start;
	masked->data.cell = masked->cell;
	masked->data.benchmark = masked->benchmark;
}

static void list_judged(const struct split *split, size_t models_min, struct masked *masked)
{
	const struct engine_data *data = split->data;

	masked->cells = memory_allocate(split->copies.cells + 1, sizeof *masked->cells);
	for (size_t row = 0; row < data->rows; row++)
		for (size_t c = data->cell_start[row]; c < data->cell_start[row + 1]; c++) {
			uint32_t b = data->cell[c].benchmark;
			size_t known = masked->column_start[b + 1] - masked->column_start[b];
			if (!split->judged[c] || known < models_min ||
			    (split->settings->judged && !split->settings->judged[b]))
				continue;
			masked->cells[masked->count++] =
				(struct masked_cell){split->copies.model[c], b, row, data->cell[c].value};
		}
}

static void find_models(const struct split *split, struct masked *masked)
{
	masked->model = memory_allocate(masked->data.rows + 1, sizeof *masked->model);
	for (size_t row = 0; row < masked->data.rows; row++) {
		size_t begin = split->data->cell_start[row];
		masked->model[row] = begin < split->data->cell_start[row + 1] ? split->copies.model[begin]
									       : UINT32_MAX;
	}
}

/* ---- scales ------------------------------------------------------------------------------ */

static double unscaled(const struct masked_scale *scale, double value)
{
	if (!scale->logit)
		return value;
	double share = fmin(fmax((value - scale->low) / (scale->high - scale->low), EDGE), 1 - EDGE);
	return log(share / (1 - share));
}

double masked_z(const struct masked_scale *scale, double value)
{
	return (unscaled(scale, value) - scale->mean) / scale->sd;
}

double masked_value(const struct masked_scale *scale, double z)
{
	double value = z * scale->sd + scale->mean;

	return scale->logit ? scale->low + (scale->high - scale->low) / (1 + exp(-value)) : value;
}

static void list_columns(struct masked *masked)
{
	size_t benchmarks = masked->data.benchmarks;
	size_t *next = memory_zero(benchmarks + 2, sizeof *next);

	for (size_t c = 0; c < masked->known; c++)
		next[masked->cell[c].benchmark + 1]++;
	for (size_t b = 0; b < benchmarks; b++)
		next[b + 1] += next[b];
	masked->column_start = memory_allocate(benchmarks + 1, sizeof *masked->column_start);
	memcpy(masked->column_start, next, (benchmarks + 1) * sizeof *next);
	masked->column = memory_allocate(masked->known + 1, sizeof *masked->column);
	for (uint32_t row = 0; row < masked->data.rows; row++)
		for (size_t c = masked->cell_start[row]; c < masked->cell_start[row + 1]; c++)
			masked->column[next[masked->cell[c].benchmark]++] =
				(struct masked_known){row, masked->cell[c].value};
	free(next);
}

/* Makes z of the values that the columns have. */
static void standardise(struct masked *masked)
{
	masked->scale = memory_allocate(masked->data.benchmarks + 1, sizeof *masked->scale);
	masked->z = memory_allocate(masked->known + 1, sizeof *masked->z);
	for (size_t b = 0; b < masked->data.benchmarks; b++) {
		const struct engine_benchmark *benchmark = &masked->benchmark[b];
		struct masked_scale *scale = &masked->scale[b];
		size_t begin = masked->column_start[b], end = masked->column_start[b + 1];
		double n = (double)(end - begin), sum = 0, squares = 0;
		*scale = (struct masked_scale){.logit = isfinite(benchmark->lower) && isfinite(benchmark->upper),
					       .low = benchmark->low, .high = benchmark->high, .mean = 0, .sd = 1};
		for (size_t i = begin; i < end; i++)
			sum += unscaled(scale, masked->column[i].z);
		for (size_t i = begin; i < end; i++)
			squares += pow(unscaled(scale, masked->column[i].z) - sum / n, 2);
		if (end > begin)
			scale->mean = sum / n;
		if (end > begin + 1 && sqrt(squares / n) > SD_MIN)
			scale->sd = sqrt(squares / n);
		for (size_t i = begin; i < end; i++)
			masked->column[i].z = masked_z(scale, masked->column[i].z);
	}
	for (size_t c = 0; c < masked->known; c++)
		masked->z[c] = masked_z(&masked->scale[masked->cell[c].benchmark], masked->cell[c].value);
}

/* ---- the whole ------------------------------------------------------------------------------ */

void masked_make(const struct split *split, size_t models_min, struct masked *masked)
{
	*masked = (struct masked){.data = *split->data};
	keep_known(split, masked);
	list_columns(masked);
	standardise(masked);
	list_judged(split, models_min, masked);
	find_models(split, masked);
}

void masked_free(struct masked *masked)
{
	free(masked->model);
	free(masked->scale);
	free(masked->z);
	free(masked->column_start);
	free(masked->column);
	free(masked->cells);
	free(masked->benchmark);
	free(masked->cell_start);
	free(masked->cell);
	*masked = (struct masked){0};
}
