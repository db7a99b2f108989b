/* Factors, as its own files see it (factors*.c). */
#ifndef STEMMA_ENGINE_FACTORS_FIT_H
#define STEMMA_ENGINE_FACTORS_FIT_H

#include "model/factors.h"
#include "model/parameters.h"

struct spread_reach {
	float half, ninety; /* standard deviations to the ends of the 50 and 90 % interval */
};

struct factors {
	struct engine_data data;   /* borrowed pointers */
	enum prior prior;
	uint64_t seed;
	struct attributes *attributes;
	struct cells cells;
	struct design design;
	struct parameters parameters;
	struct evidence evidence;
	size_t draws;              /* D; 0 before there is a root */
	bool exact;                /* the root is exact */
	float *mean;               /* effects x rank: of x, as Z takes it */
	float *root;               /* effects x rank x draws */
	float *outside;            /* rows x rank: mean of Z x without the row's own cells */
	float *open;               /* rows x rank x rank: and its covariance */
	struct spread_reach *reach[FACTORS_SPREAD_COUNT]; /* benchmarks each */
	double newest_date;        /* of the scored models; days */
	double log_likelihood;     /* of left-out cells, by their predictions */
};

/* Learns (or, with `fixed`, starts from parameters that are there) and finds mean, root, what is
 * outside and reaches.  rank 0 chooses.  A failed or cancelled one leaves nothing. */
enum status factors_new(const struct engine_data *data, enum prior prior, size_t rank, uint64_t seed,
			struct progress *progress, struct factors **factors, struct error *error);
void factors_free(struct factors *factors); /* NULL allowed */

/* Sets mean, root, outside and open from the parameters; false when cancelled. */
bool factors_solve(struct factors *factors, struct progress *progress);
/* Sets the reaches, from what is left out of folds; false when cancelled. */
bool factors_calibrate(struct factors *factors, struct progress *progress);

/* lambda' covariance lambda and the like. */
double quadratic(const double *vector, const double *matrix, size_t n);
/* Mean and variance of z of a benchmark at f ~ (mean, covariance): noise and what is not known of
 * the loadings are in it. */
double factors_z(const struct factors *factors, uint32_t benchmark, const double *mean, const double *covariance,
		 double *variance);

#endif
