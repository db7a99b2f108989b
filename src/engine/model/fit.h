/* Fit: what engine_fit_new() makes and queries read. Private to the engine. */
#ifndef STEMMA_ENGINE_FIT_H
#define STEMMA_ENGINE_FIT_H

#include "model/factors_fit.h"
#include "stemma/engine/engine.h"

struct engine_fit {
	struct engine_settings settings;
	struct engine_data data;    /* borrowed pointers */
	struct factors *factors;
	size_t rows;                /* scored models; this and what follows as in factors */
	const uint32_t *row_model;  /* rows: model number */
	const int32_t *model_row;   /* models: row, or -1 */
	const struct attributes *attributes;
	bool kept;                  /* all of it was in the state */
	struct engine_component *components;
	size_t component_count;
	double seconds;
};

/* Scored models' published value of a target, NAN where a part is missing. */
double fit_observed(const struct engine_fit *fit, size_t row, const struct engine_target *target);

/* What an earlier fit learned, as state.c reads it. */
struct kept;
/* Borrows the bytes.  NULL when they are not those of a state of these settings, or learned from
 * data that differ too much. */
struct kept *kept_read(const void *state, size_t bytes, const struct engine_data *data,
		       const struct engine_settings *settings);
void kept_free(struct kept *kept); /* NULL allowed */
size_t kept_rank(const struct kept *kept);
double kept_rho(const struct kept *kept);
/* Scales by benchmark of the data, deviation 0 of those that it did not have. */
const struct scale *kept_scales(const struct kept *kept);
/* Notes what the parameters were learned from. */
void kept_note(struct factors *factors);
/* Takes parameters and reaches; returns how many benchmarks with cells it did not have. */
size_t kept_take(const struct kept *kept, struct factors *factors);
/* Takes what follows from the very same data: evidence, outside, open, mean and root; false when
 * they are others. */
bool kept_take_results(const struct kept *kept, struct factors *factors);

#endif
