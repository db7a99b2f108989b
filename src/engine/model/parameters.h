/* Parameters: what is learned about factors, terms and benchmarks, by EM on the
 * observed cells.  Formulas: factor analysis (Rubin and Thayer 1982) with the
 * effects of design.h as the factors' means; loadings with a prior that is learned from
 * those of the others (loadings.h), noise inverse gamma; variances by the
 * fixed point theta <- theta x (what the effects show) / (what they would show if
 * theta were right), the latter from data drawn from the model (MacKay 1992). */
#ifndef STEMMA_ENGINE_PARAMETERS_H
#define STEMMA_ENGINE_PARAMETERS_H

#include "data/cells.h"
#include "model/design.h"
#include "stemma/base/progress.h"

#define PARAMETERS_NOISE_USUAL 0.3 /* of z, before anything is known */

struct evidence; /* solution.h */
struct solution;

struct parameters {
	size_t rank, terms, benchmarks, suites;
	double *theta;      /* terms x rank */
	double *own;        /* rank: variance of what each model has of its own */
	double *loading;    /* benchmarks x rank */
	double *level;      /* benchmarks */
	double *noise;      /* benchmarks: psi */
	double usual_noise; /* prior guess of psi */
	double *within;     /* rank x rank: covariance of loadings in a suite */
	double *between;    /* rank x rank: ... and of the means of suites */
	double *suite_mean; /* suites x rank: of loadings */
	uint32_t *suite_count; /* suites: benchmarks that have cells */
	uint32_t *suite;    /* benchmarks */
	bool *learned;      /* benchmarks: it has cells, so it counts in its suite */
	float *unknown;     /* benchmarks x (rank + 1) x (rank + 1): covariance of what is not known of the loadings
			     * and, last, the level */
};

/* Starting values; suites are numbered. */
void parameters_new(const struct engine_data *data, const struct cells *cells, const struct design *design,
		    size_t rank, uint64_t seed, struct parameters *parameters);
void parameters_free(struct parameters *parameters);

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
 * regression of z on f, drawn to what is usual, by the noise that it had. */
void parameters_regress(struct parameters *parameters, size_t b, const struct parameters_told *told, size_t count);

/* Sets usual_noise to the mean of psi over the benchmarks with cells enough to tell it: for benchmarks
 * that come later.  Learning itself uses PARAMETERS_NOISE_USUAL. */
void parameters_learn_usual_noise(const struct cells *cells, struct parameters *parameters);

/* Variance of level + lambda' f that is not known of them, where f ~ (mean, covariance); NULL: none. */
double parameters_unknown(const struct parameters *parameters, size_t b, const double *mean, const double *covariance);

#endif
