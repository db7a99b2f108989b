/* Copies: which cells are one measurement under several names, and which models
 * are one checkpoint.  Private to the engine. */
#ifndef STEMMA_ENGINE_COPIES_H
#define STEMMA_ENGINE_COPIES_H

#include <stddef.h>
#include <stdint.h>

#include "stemma/engine/engine.h"

#define COPIES_NOBODY UINT32_MAX

/* The cells of some data with the models that they are of. */
struct copies {
	size_t cells;
	uint32_t *model;      /* by cell; COPIES_NOBODY for those that are not learned from */
	uint32_t *suite;      /* by benchmark: suites are numbered, an unknown one is a suite too */
	size_t suites;
	uint32_t *checkpoint; /* by model: the first of those that are one checkpoint */
	size_t *first;        /* by cell: the first of its copies, itself when there are none */
};

/* One checkpoint are models with the same values in all that they have of one suite: three
 * or more that are not all equal.  Copies are cells
 *   of one checkpoint on benchmarks that duplicate each other,
 *   of one base model in two settings with the same value.
 * O(n log n) in the cells. */
void copies_find(const struct engine_data *data, struct copies *copies);
void copies_free(struct copies *copies);

#endif
