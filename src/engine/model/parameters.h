/* Parameters: what is learned about factors, terms and benchmarks, by EM on the
 * observed cells.  Formulas: factor analysis (Rubin and Thayer 1982) with the
 * effects of design.h as the factors' means; loadings N(mean of the suite, 1 / tau_k)
 * with tau learned (automatic relevance), noise inverse gamma; variances by the
 * fixed point theta <- theta x (what the effects show) / (what they would show if
 * theta were right), the latter from data drawn from the model (MacKay 1992). */
#ifndef STEMMA_ENGINE_PARAMETERS_H
#define STEMMA_ENGINE_PARAMETERS_H

#include "data/cells.h"
#include "solve/system.h"

struct parameters {
	size_t rank, terms, benchmarks, suites;
	double *theta;      /* terms x rank */
	double *own;        /* rank: variance of what each model has of its own */
	double *loading;    /* benchmarks x rank */
	double *level;      /* benchmarks */
	double *noise;      /* benchmarks: psi */
	double *relevance;  /* rank: tau */
	double *suite_mean; /* suites x rank: of loadings */
	uint32_t *suite;    /* benchmarks */
	float *loading_covariance; /* benchmarks x rank x rank: what is not known of loadings */
};

/* Starting values; suites are numbered. */
void parameters_new(const struct engine_data *data, const struct cells *cells, const struct design *design,
		    size_t rank, uint64_t seed, struct parameters *parameters);
void parameters_free(struct parameters *parameters);

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

/* Sets outside (rows x rank): the mean of Z x of each row without the rows of its fold.  fold (rows) is
 * below `folds`; column 0 of effects, a solved block, is where the solving begins.  False when cancelled. */
bool solution_leave_folds(const struct system *system, const struct evidence *evidence, const float *effects,
			  const uint8_t *fold, size_t folds, double tolerance, size_t steps_max,
			  struct progress *progress, float *outside);

/* Learns all parameters from where they stand; false when cancelled.  With `fixed` variances
 * only loadings, levels and noise move.  solution keeps the last effects. */
bool parameters_learn(const struct cells *cells, const struct design *design, size_t rounds, bool fixed,
		      struct progress *progress, struct parameters *parameters, struct evidence *evidence,
		      struct solution *solution);

/* A cell of a benchmark, and what is known of f there. */
struct parameters_told {
	double z, error;     /* variance of its known standard error */
	const double *mean;  /* rank: E f */
	const float *second; /* rank x rank: E f f' */
};
/* One step of learning a benchmark's loadings, level, noise and what is not known of the loadings: the
 * regression of z on f, drawn to the mean of its suite, by the noise that it had. */
void parameters_regress(struct parameters *parameters, size_t b, const struct parameters_told *told, size_t count);

#endif
