#include "data/cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

/* Beyond this a value says that something else was measured. */
#define Z_MAX 6
#define ERROR_MAX 1e6 /* variance of z: says nothing */

/* ---- rows -------------------------------------------------------------------------- */

static bool cell_counts(const struct engine_data *data, const struct engine_cell *cell)
{
	return isfinite(cell->value) && cell->benchmark < data->benchmarks;
}

static void choose_rows(const struct engine_data *data, struct cells *cells)
{
	cells->row_model = memory_allocate(data->models + 1, sizeof *cells->row_model);
	cells->model_row = memory_allocate(data->models + 1, sizeof *cells->model_row);
	for (size_t model = 0; model < data->models; model++) {
		size_t count, known = 0;
		const struct engine_cell *cell = engine_data_cells(data, model, &count);
		for (size_t i = 0; i < count; i++)
			known += cell_counts(data, &cell[i]);
		cells->model_row[model] = -1;
		if (known == 0 || (data->excluded && data->excluded[model]))
			continue;
		cells->model_row[model] = (int32_t)cells->rows;
		cells->row_model[cells->rows++] = (uint32_t)model;
		cells->count += known;
	}
}

static void fill_rows(const struct engine_data *data, struct cells *cells, double *value, float *error)
{
	size_t used = 0;

	for (size_t row = 0; row < cells->rows; row++) {
		size_t count;
		const struct engine_cell *cell = engine_data_cells(data, cells->row_model[row], &count);
		cells->row_start[row] = used;
		for (size_t i = 0; i < count; i++) {
			if (!cell_counts(data, &cell[i]))
				continue;
			value[used] = cell[i].value;
			error[used] = cell[i].error;
			cells->row[used] = (uint32_t)row;
			cells->benchmark[used++] = cell[i].benchmark;
		}
	}
	cells->row_start[cells->rows] = used;
}

/* ---- columns ----------------------------------------------------------------------- */

static void list_columns(struct cells *cells)
{
	size_t *start = memory_zero(cells->benchmarks + 2, sizeof *start), *next = start + 1;

	for (size_t i = 0; i < cells->count; i++)
		next[cells->benchmark[i] + 1]++;
	for (size_t b = 0; b < cells->benchmarks; b++)
		next[b + 1] += next[b];
	for (size_t i = 0; i < cells->count; i++)
		cells->column_cell[next[cells->benchmark[i]]++] = (uint32_t)i;
	cells->column_start = start;
}

static void standardise(const struct engine_data *data, const struct scale *kept, struct cells *cells,
			const double *value, const float *error)
{
	double *column = memory_allocate(cells->rows + 1, sizeof *column);

	for (size_t b = 0; b < cells->benchmarks; b++) {
		size_t count = 0;
		struct scale *scale = &cells->scale[b];
		for (size_t k = cells->column_start[b]; k < cells->column_start[b + 1]; k++)
			column[count++] = value[cells->column_cell[k]];
		if (kept && kept[b].deviation != 0)
			*scale = kept[b];
		else
			scale_learn(scale, &data->benchmark[b], column, count);
		for (size_t k = cells->column_start[b]; k < cells->column_start[b + 1]; k++) {
			size_t cell = cells->column_cell[k];
			double z = scale_to_z(scale, value[cell]), known = (double)error[cell];
			double slope = scale_slope(scale, z);
			cells->z[cell] = (float)fmax(fmin(z, Z_MAX), -Z_MAX);
			cells->error[cell] = known > 0 && slope != 0
				? (float)fmin(known * known / (slope * slope), ERROR_MAX) : 0;
		}
	}
	free(column);
}

void cells_new(const struct engine_data *data, const struct scale *kept, struct cells *cells)
{
	*cells = (struct cells){.benchmarks = data->benchmarks};
	choose_rows(data, cells);
	cells->row_start = memory_allocate(cells->rows + 1, sizeof *cells->row_start);
	cells->benchmark = memory_allocate(cells->count + 1, sizeof *cells->benchmark);
	cells->row = memory_allocate(cells->count + 1, sizeof *cells->row);
	cells->z = memory_allocate(cells->count + 1, sizeof *cells->z);
	cells->error = memory_allocate(cells->count + 1, sizeof *cells->error);
	cells->column_cell = memory_allocate(cells->count + 1, sizeof *cells->column_cell);
	cells->scale = memory_zero(cells->benchmarks + 1, sizeof *cells->scale);
	double *value = memory_allocate(cells->count + 1, sizeof *value);
	float *error = memory_allocate(cells->count + 1, sizeof *error);
	fill_rows(data, cells, value, error);
	list_columns(cells);
	standardise(data, kept, cells, value, error);
	free(value);
	free(error);
}

void cells_free(struct cells *cells)
{
	free(cells->row_model);
	free(cells->model_row);
	free(cells->row_start);
	free(cells->benchmark);
	free(cells->row);
	free(cells->z);
	free(cells->error);
	free(cells->column_start);
	free(cells->column_cell);
	free(cells->scale);
	*cells = (struct cells){0};
}
