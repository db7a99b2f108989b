/* Solution: what the cells of each row tell (the evidence), and the effects that follow from it:
 * their mean, draws of the posterior, and the mean without each fold of rows.  Draws are
 * solutions of data drawn from the model (Papandreou and Yuille 2010). */
#ifndef STEMMA_ENGINE_SOLUTION_H
#define STEMMA_ENGINE_SOLUTION_H

#include "model/parameters.h"
#include "solve/system.h"

/* What each row's cells tell of its f, given parameters. */
struct evidence {
	size_t rank;
	double *information; /* rows x rank x rank: B = (A^-1 + S)^-1 about Z x */
	double *shrunk;      /* rows x rank x rank: C = (A + S^-1)^-1, covariance of f given Z x */
	double *told;        /* rows x rank: b = (1 + A S)^-1 h */
	double *pull;        /* rows x rank: C h */
	double *own;         /* rows x rank: S, own variance of the row */
};
void evidence_new(size_t rows, size_t rank, struct evidence *evidence);
void evidence_free(struct evidence *evidence);
/* `hidden` (count of cells, or NULL) are not to be seen. */
void evidence_set(const struct cells *cells, const struct design *design, const struct parameters *parameters,
		  const bool *hidden, struct evidence *evidence);

/* Solutions of the system: the mean and draws of deviations from it, blocks of
 * SYSTEM_WIDTH columns; column 0 of block 0 is the mean. */
struct solution {
	size_t blocks, columns; /* columns with something in them */
	uint64_t seed;
	float **effects;  /* blocks: v */
	float **rows;     /* blocks: W v */
	float **surprise; /* blocks: s = b - B W v of the mean; of draws likewise */
};
/* Columns: the mean alone, or with draws, of which there are then as many as fill the blocks. */
void solution_new(size_t columns, uint64_t seed, struct solution *solution);
void solution_free(struct solution *solution);
/* Solves all blocks, from what they hold on.  `hidden` are the cells that the evidence has
 * not seen, or NULL.  Deterministic whatever the threads.  False when cancelled. */
bool solution_solve(const struct system *system, const struct cells *cells, const struct parameters *parameters,
		    const struct evidence *evidence, const bool *hidden, double tolerance, size_t steps_max,
		    struct progress *progress, struct solution *solution);

/* The prior draws of the effects that a block was solved with (lines x SYSTEM_WIDTH). */
void solution_prior(const struct solution *solution, size_t block, size_t lines, float *prior);

/* Sets outside (rows x rank): the mean of Z x of each row without the rows of its fold.  fold (rows) is
 * below `folds`; column 0 of effects, a solved block, is where the solving begins.  False when cancelled. */
bool solution_leave_folds(const struct system *system, const struct evidence *evidence, const float *effects,
			  const uint8_t *fold, size_t folds, double tolerance, size_t steps_max,
			  struct progress *progress, float *outside);

#endif
