/* Loadings: what is usual of them, learned from all benchmarks.  Private to the engine.
 *
 *     lambda_b ~ N(mean of the others of its suite, within + between / (1 + n / 2) + scale)
 *
 * n others; their mean is drawn to that of all suites as by two more benchmarks.  The covariances
 * are full: benchmarks that ask much of one ability ask more or less of another.  `scale` is
 * mean mean' / (2m + 1): the deviation of m scores, by which z is scaled, is known no better. */
#ifndef STEMMA_ENGINE_LOADINGS_H
#define STEMMA_ENGINE_LOADINGS_H

#include "model/parameters.h"

/* Mean (rank) and precision (rank x rank) of the loadings of a benchmark with so many scores, by all others;
 * false where numbers do not allow it. */
bool loadings_prior(const struct parameters *parameters, size_t b, size_t count, double *mean, double *precision);
/* Learns means and covariances from loadings and what is not known of them. */
void loadings_learn(struct parameters *parameters);
/* Takes factors in units that are `size` (rank) times as large. */
void loadings_rescale(struct parameters *parameters, const double *size);

#endif
