/* Equations: K x = b of the mixed model (mixed.h) by preconditioned conjugate
 * gradients (Hestenes and Stiefel 1952), BLOCK_WIDTH right sides at once. */
#ifndef STEMMA_ENGINE_EQUATIONS_H
#define STEMMA_ENGINE_EQUATIONS_H

#include "model/mixed.h"
#include "solve/vecchia.h"

/* The covariance of one group of factors. */
struct equations {
	const struct mixed *mixed;
	double *effect_scale; /* effects: sqrt theta */
	double *variance;     /* effects: D */
	double *noise;        /* rows: own variance, noise and extra noise */
};

/* theta has mixed->terms + 1 values, the last is the noise; extra is by row. */
void equations_new(const struct mixed *mixed, const double *theta, const double *extra,
		   struct equations *equations);
void equations_free(struct equations *equations);

/* out = K in; one after the other through the effects: linear in the entries. */
void equations_multiply(const struct equations *equations, const double *in, double *out);

/* A block of draws with covariance K (of random signs), the same for a seed. */
void equations_sample(const struct equations *equations, uint64_t seed, double *block);

/* Solves for a block; `right` becomes what is left, b - K x.  Ends when each
 * residual is below the tolerance, relative and in the norm of the
 * preconditioner, or after a number of steps; returns the steps. */
size_t equations_solve(const struct equations *equations, const struct vecchia *vecchia, size_t group,
		       double *right, double *solution, double tolerance, size_t steps_max);

#endif
