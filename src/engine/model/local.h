/* Local: what is left of cells after the factors.  Private to the engine.
 *
 * It is alike on benchmarks that are alike, within a model, and in models that are alike,
 * within a benchmark:
 *
 *     Cov(o_ub, o_uc) = sqrt(noise_b noise_c) S(b, c)
 *     S(b, c) = family [of one family] + suite [of one suite] + words J(b, c)
 *
 *     Cov(o_ub, o_vb) = noise_b R(u, v)
 *     R(u, v) = near exp(-d / NEAR) + exp(-d / FAR) (lineage P(u, v) + series [same] + owner [same] + base [same])
 *
 * J is the share that two benchmarks have in common of the words of their keys and titles
 * (Jaccard); d = (f_u - f_v)' W (f_u - f_v), W the mean of lambda lambda' over the suite; P the
 * cosine of (model, weights of its parents).  All are covariances, so sums and products are.
 * S enters where a model's own cells are conditioned on (belief.h).  R is solved locally
 * (Cressie 1993, kriging): what is left of the nearest cells of the same benchmark, each as all
 * the other cells predict it, moves the prediction and narrows it.
 */
#ifndef STEMMA_ENGINE_LOCAL_H
#define STEMMA_ENGINE_LOCAL_H

#include "stemma/base/progress.h"
#include "stemma/engine/engine.h"

struct factors;

struct local_weights {
	double near, lineage, series, owner, base; /* of R; the sum is below 1 */
	double family, suite, words;               /* of S; likewise */
};

/* Whom a model is kin to. */
#define KIN_NODES_MAX (ENGINE_PARENTS_MAX + 1)
enum { KIN_SERIES, KIN_OWNER, KIN_BASE, KIN_SAME_COUNT };
struct kin {
	size_t nodes;                    /* itself, where it is a node, and its heaviest parents */
	uint32_t node[KIN_NODES_MAX];
	float share[KIN_NODES_MAX];      /* squares sum to 1 with what is new of a child */
	uint64_t mask;                   /* a bit a node, by hash: no bit in common, no node */
	int32_t same[KIN_SAME_COUNT];    /* alike where equal and not negative */
};
void kin_of_model(const struct factors *factors, size_t model, struct kin *kin);
/* The child as described, its weights of sum 1. */
void kin_of_child(const struct factors *factors, const struct engine_child *child, struct kin *kin);

struct local {
	struct local_weights weights;
	struct kin *kin;       /* rows */
	int32_t *family, *suite; /* benchmarks; -1 unknown */
	size_t *word_start;    /* benchmarks + 1: numbers of its words, ascending */
	uint32_t *word;
	uint32_t *column_row;  /* cells by benchmark, then row: their row */
	/* What follows from the parameters: */
	double *metric;        /* suites x rank x rank: Cholesky factor of W */
	float *place;          /* by benchmark: rank runs of metric' f of its cells */
	/* ... and from the solution, which may be kept: */
	float *mean;           /* rows x rank: of f by all that is known */
	float *residual;       /* cells: as its model's other cells and other models tell it, in deviations */
	float *left_mean;      /* cells: z as predicted without it, */
	float *left_variance;  /* ... and its variance, but for the cell's own known error */
};

/* Allocates all, knows kin and benchmarks.  Weights of 0 for all priors but kin. */
void local_new(struct factors *factors);
void local_free(struct local *local);
/* Sets all else from what the others tell of each row; false when cancelled. */
bool local_set(struct factors *factors, struct progress *progress);
/* The same where mean, residual, left_mean and left_variance are there. */
void local_take(struct factors *factors);

/* S of two benchmarks. */
double local_alike(const struct local *local, uint32_t b, uint32_t c);

/* What the nearest cells of a benchmark add: their residuals' sum by weights, in deviations of
 * the noise, and the share of its variance that they leave. */
#define NEAR_MAX 24
struct near {
	size_t count;
	size_t cell[NEAR_MAX];
	double weight[NEAR_MAX]; /* times what is counted of the residual */
	double shift, left;
};
/* Of a subject at a mean of f, whose own row (or -1) is not looked at, nor are hidden rows (or NULL). */
void local_look(const struct factors *factors, uint32_t benchmark, const double *mean, const struct kin *kin,
		int32_t row, const bool *hidden, struct near *near);
/* What is counted of a cell's residual: not more than a few deviations. */
double local_counted(const struct local *local, size_t cell);

#endif
