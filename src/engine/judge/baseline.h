/* Baseline: simple predictions of hidden cells, to measure the engine by.  All
 * see only what is known.  `values` gets an entry a judged cell, on the benchmark's own
 * scale.  Private to the engine. */
#ifndef STEMMA_ENGINE_BASELINE_H
#define STEMMA_ENGINE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/masked.h"
#include "stemma/base/error.h"
#include "stemma/base/progress.h"

/* The mean of the benchmark. */
void baseline_mean(const struct masked *masked, double *values);

/* z = m + a_model + c_benchmark + u_model v_benchmark by alternating ridge regressions, the penalty
 * on a, c, u and v; the mean of several random starts (BenchPress: rank 2, penalty 0.1, 40
 * rounds, 10 starts).  A rank of 0 has the two effects alone. */
struct baseline_als {
	size_t rank;     /* at most BASELINE_RANK_MAX */
	double penalty;  /* NAN: the one of some that predicts a tenth of the known cells best */
	size_t rounds, starts;
};
#define BASELINE_RANK_MAX 8
void baseline_als(const struct masked *masked, const struct baseline_als *settings, uint64_t seed,
		  double *values);

/* z = level + slope x the model's factor, one factor for all benchmarks, by alternating ridge
 * regressions; a model without scores has the mean of all. */
void baseline_factor(const struct masked *masked, double *values);

/* The models nearest by the mean square of the differences of z that they share, of those with a
 * score on the benchmark; their mean, weighted by one over the distance.  The benchmark's mean for
 * models of which nothing is known. */
void baseline_nearest(const struct masked *masked, size_t neighbours, double *values);

/* Ridge regression on log size, date and their squares: a line a benchmark, drawn
 * towards that of all. */
void baseline_size(const struct masked *masked, double *values);

/* The mean of the nearest ancestors that have a known score on the benchmark, up to three generations
 * up; the benchmark's mean where there are none.  found (NULL allowed): whether there are. */
void baseline_ancestor(const struct masked *masked, double *values, bool *found);

/* The mean of the nearest relatives with a known score on the benchmark, its mean where there are none. */
void baseline_relatives(const struct masked *masked, double *values);

/* Neural collaborative filtering with what is known of models and benchmarks. */
enum status baseline_network(const struct masked *masked, uint64_t seed, struct progress *progress, double *values,
			     struct error *error);

/* Solves A x = b for a symmetric positive definite A (n x n, row-major): x in b, A is lost. */
void baseline_solve(double *a, double *b, size_t n);

#endif
