/* Transform: scores in points <-> canonical factors.
 *
 * Each benchmark is standardised over the scored models and the standardised
 * scores are rotated to their principal axes: z = R' (y - mean) / sd.  A model
 * that lacks some benchmarks gets the conditional expectation of its factors
 * under the normal distribution of the complete ones, and the variance that
 * this leaves.
 */
#ifndef STEMMA_ENGINE_TRANSFORM_H
#define STEMMA_ENGINE_TRANSFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transform {
	size_t benchmarks, factors;
	double *mean, *deviation; /* benchmarks, points */
	double *rotation;         /* benchmarks x factors, row-major, orthonormal columns */
	double *left_over;        /* benchmarks: standardised variance outside the factors */
	double *correlation;      /* benchmarks x benchmarks */
};

/* Learns it from scores (rows x benchmarks, NAN missing). */
void transform_learn(struct transform *transform, const double *scores, size_t rows,
		     size_t benchmarks, size_t factors);
void transform_free(struct transform *transform);

/* Factors of one model (factors) and the variance of each that its missing
 * benchmarks leave (factors). */
void transform_forward(const struct transform *transform, const double *scores, double *factors,
		       double *uncertainty);

#endif
