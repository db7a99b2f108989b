/* Cells: what is observed, as the model of it needs it: standardised, by row and by
 * benchmark.  24 bytes a cell. */
#ifndef STEMMA_ENGINE_CELLS_H
#define STEMMA_ENGINE_CELLS_H

#include "data/scale.h"

struct cells {
	size_t rows, benchmarks, count;
	uint32_t *row_model;     /* rows */
	int32_t *model_row;      /* models: row, or -1 */
	size_t *row_start;       /* rows + 1: cells of a row, by benchmark */
	uint32_t *benchmark;     /* count */
	uint32_t *row;           /* count */
	float *z;                /* count */
	float *error;            /* count: variance of the known standard error, on the scale of z */
	size_t *column_start;    /* benchmarks + 1 */
	uint32_t *column_cell;   /* count: numbers of cells by benchmark, then row */
	struct scale *scale;     /* benchmarks */
};

/* Rows are the models that are not excluded and have a finite value.  `kept` (or NULL) has
 * scales to keep instead of learning them, deviation 0 where there is none. */
void cells_new(const struct engine_data *data, const struct scale *kept, struct cells *cells);
void cells_free(struct cells *cells);

#endif
