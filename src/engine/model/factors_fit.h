/* Factors, as its own files see it (factors*.c). */
#ifndef STEMMA_ENGINE_FACTORS_FIT_H
#define STEMMA_ENGINE_FACTORS_FIT_H

#include "data/spread.h"
#include "model/factors.h"
#include "model/local.h"
#include "model/parameters.h"
#include "model/solution.h"

#define FACTORS_FOLDS 16 /* of models that are left out together */

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
	bool by_draws;             /* it is not to be, however small the case */
	float *mean;               /* effects x rank: of x, as Z takes it */
	float *root;               /* effects x rank x draws, where it is exact; else NULL */
	int8_t *draw;              /* effects x rank x draws: the root in units of ... */
	float *unit;               /* effects x rank; NULL both where it is exact */
	uint8_t *fold;             /* rows: of models that are left out together, unless exact */
	float *outside;            /* rows x rank: mean of Z x without the cells of the row's fold, or just its own
				    * where exact */
	float *open;               /* rows x rank x rank: and its covariance */
	struct local local;        /* what the factors leave */
	struct spread *reach[FACTORS_SPREAD_COUNT]; /* benchmarks each */
	uint32_t *placed;          /* benchmarks: cells that each was placed by afterwards; NULL none was */
	double newest_date;        /* of the scored models; days */
	double log_likelihood;     /* of left-out cells, by their predictions */
	uint64_t *learned;         /* learned_rows: what the parameters were learned from, see state.c */
	size_t learned_rows;
};

struct factors_start {
	enum prior prior;
	size_t rank;               /* 0 chooses */
	uint64_t seed;
	double rho;                /* of the Laplacian; 0 for the usual one */
	const struct scale *scale; /* benchmarks: to keep, deviation 0 where there is none; or NULL */
};
/* Reads the cells and makes the design; the parameters are where learning begins.  Needs at
 * least 8 scored models. */
enum status factors_new(const struct engine_data *data, const struct factors_start *start, struct factors **factors,
			struct error *error);
void factors_free(struct factors *factors); /* NULL allowed */

/* Learns the parameters; with `fixed` only those of the benchmarks.  False when cancelled. */
bool factors_learn(struct factors *factors, bool fixed, struct progress *progress);
/* Sets evidence, mean, root, outside and open from the parameters; false when cancelled. */
bool factors_solve(struct factors *factors, struct progress *progress);
/* Adds Z_row times the effects' mean (rank) and deviations (rank x draws; or NULL). */
void factors_row_state(const struct factors *factors, size_t row, double *mean, float *deviation);
/* covariance (n x n) = deviation (n x draws) deviation'. */
void deviation_covariance(const float *deviation, size_t n, size_t draws, double *covariance);
/* Sets outside (where exact) and open of all rows; the draws' surprises are used where not exact. */
void factors_leave_out(struct factors *factors, const struct solution *draws);
/* Sets the reaches, from what is left out of folds; false when cancelled. */
bool factors_calibrate(struct factors *factors, struct progress *progress);

/* Places a benchmark that has no cells in the fit by some cells of its own, count > 0, of models that may
 * have others there: the abilities of all models stay as they are, loadings, level and noise are those of
 * their regression in closed form.  Replaces what an earlier call made of it.  Not while others read. */
void factors_place(struct factors *factors, uint32_t benchmark, const uint32_t *models, const struct engine_cell *cells,
		   size_t count);

/* Variance of z that f ~ (mean, covariance) does not tell: noise, and loadings as they are not known.
 * `covariance` may be NULL. */
double factors_left_over(const struct factors *factors, uint32_t benchmark, const double *mean,
			 const double *covariance);
/* Conditions mean and covariance of f on one cell, as if what is left were independent. */
void factors_condition_z(const struct factors *factors, uint32_t benchmark, double z, double error, double *mean,
			 double *covariance);
/* What a part of a target counts in its unit, at a value or at z; *worth: what a unit of z does. */
double factors_unit_value(const struct factors *factors, const struct engine_target *target, size_t part, double value);
double factors_part_value(const struct factors *factors, const struct engine_target *target, size_t part, double z,
			  double *worth);

#endif
