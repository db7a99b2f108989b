/* System: the equations of all effects of all factors,
 *
 *     M v = W'b,   M = I + W'BW,   W = Z scale P^-1 D^1/2
 *
 * v are the effects in units of their prior (design.h), B the information (rank x rank a
 * row, the factors coupled) that each row's cells give about Z x.  By preconditioned
 * conjugate gradients (Hestenes and Stiefel 1952), SYSTEM_WIDTH right sides at once. */
#ifndef STEMMA_ENGINE_SYSTEM_H
#define STEMMA_ENGINE_SYSTEM_H

#include "model/design.h"
#include "stemma/base/progress.h"

/* Right sides that are worked on side by side, or one alone: a block is lines of rank x width
 * floats, one a row or an effect; width is 1 or SYSTEM_WIDTH. */
#define SYSTEM_WIDTH 4
#define FACTORS_RANK_MAX 32
#define FACTORS_LINE_MAX (FACTORS_RANK_MAX * SYSTEM_WIDTH)
#define FACTORS_SQUARE_MAX (FACTORS_RANK_MAX * FACTORS_RANK_MAX)

struct system {
	const struct design *design;
	size_t rank;
	float *root;     /* (terms + 1) x rank: sqrt theta, the last line 1 */
	float *information; /* rows x rank x rank: B */
	float *diagonal; /* effects x rank: of M, about */
	int32_t *block;  /* effects: which block of M is inverted for it, or -1: its diagonal will do */
	float *inverse;  /* blocks x rank x rank */
};

/* Rows that a column leaves out: column c those of fold first + c. */
struct system_folds {
	const uint8_t *fold; /* rows */
	size_t first;
};

/* theta is terms x rank. */
void system_new(const struct design *design, size_t rank, const double *theta, const double *information,
		struct system *system);
void system_free(struct system *system);

size_t system_effect_block(const struct system *system, size_t width); /* floats of a block of effects */
size_t system_row_block(const struct system *system, size_t width);    /* and of rows */

/* effects (P^-1 D^1/2, scaled) from v, in place: what Z takes. */
void system_effects(const struct system *system, size_t width, float *block);
/* The transpose, in place. */
void system_effects_back(const struct system *system, size_t width, float *block);
/* rows = Z effects of a block that system_effects() made. */
void system_gather(const struct system *system, size_t width, const float *effects, float *rows);
/* block = W' rows. */
void system_scatter(const struct system *system, size_t width, const float *rows, float *block);
/* When to stop: each residual below the tolerance, relative to the right side and in the
 * norm of the preconditioner; after so many steps; or cancelled (progress may be NULL). */
struct system_end {
	double tolerance;
	size_t steps_max;
	const struct progress *progress;
};
/* Solves from `solution` on; returns the steps.  `right` becomes what is left.  `folds` may
 * be NULL: nothing is left out. */
size_t system_solve(const struct system *system, const struct system_folds *folds, const struct system_end *end,
		    size_t width, float *right, float *solution);

#endif
