/* Masked: data without the cells that are hidden, and what the baselines share:
 * the known cells by benchmark and on a common scale.  Private to the engine. */
#ifndef STEMMA_ENGINE_MASKED_H
#define STEMMA_ENGINE_MASKED_H

#include <stddef.h>
#include <stdint.h>

#include "judge/split.h"
#include "stemma/engine/engine.h"

/* A cell that is to be predicted. */
struct masked_cell {
	uint32_t model, benchmark;
	size_t row;     /* of the model */
	double value;   /* what was hidden */
};

/* How the values of one benchmark are made comparable: z = (g(value) - mean) / sd, with g the
 * logit of the share of its range where the scale has two ends, else the value itself. */
struct masked_scale {
	bool logit;
	double low, high, mean, sd;
};

struct masked_known {
	uint32_t row;
	double z;
};

struct masked {
	struct engine_data data;       /* the caller's without what is hidden; ranges by the known cells */
	size_t known;                  /* cells of it */
	size_t hidden;                 /* cells that are missing in it */
	uint32_t *model;               /* by row: its model; UINT32_MAX for none */
	struct masked_scale *scale;    /* by benchmark */
	double *z;                     /* by known cell */
	size_t *column_start;          /* benchmarks + 1: */
	struct masked_known *column;   /* known cells by benchmark, then row */
	size_t count;
	struct masked_cell *cells;     /* judged, by row, then benchmark */
	/* what data points to */
	struct engine_benchmark *benchmark;
	size_t *cell_start;
	struct engine_cell *cell;
};

/* Judges the cells of the split whose benchmark has `models_min` known cells or more. */
void masked_make(const struct split *split, size_t models_min, struct masked *masked);
void masked_free(struct masked *masked);

double masked_z(const struct masked_scale *scale, double value);
double masked_value(const struct masked_scale *scale, double z);

#endif
