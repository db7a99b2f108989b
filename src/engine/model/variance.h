/* Variance: learns variance components by marginal likelihood.
 *
 * Columns z_f ~ N(0, s_f K), K = sum theta_k K_k + theta_noise I (+ given
 * extra noise), s_f profiled out.  The wide terms of the prior (level, linear
 * size and date) stand for the fixed effects, which makes the marginal
 * likelihood restricted (REML) up to their wide prior.  log theta is held near
 * its start by a weak normal prior (sd 2.5), which decides only where the data
 * say nothing.
 */
#ifndef STEMMA_ENGINE_VARIANCE_H
#define STEMMA_ENGINE_VARIANCE_H

#include <stddef.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"

struct variance_problem {
	size_t rows, terms, columns;
	const float *matrices;     /* terms x rows x rows */
	const double *values;      /* columns x rows */
	const double *extra_noise; /* rows */
	const double *start;       /* terms + 1, the last is the noise */
	size_t evaluations_max;
};

/* theta gets terms + 1 values, *log_likelihood the value reached.  Analytic
 * gradients, L-BFGS.  STATUS_CANCELLED when progress says so. */
enum status variance_learn(const struct variance_problem *problem, double *theta,
			   double *log_likelihood, struct progress *progress,
			   struct error *error);

/* The log likelihood (with its prior) at theta and its gradient with respect
 * to log theta (terms + 1; may be NULL); -HUGE_VAL where K is not positive. */
double variance_log_likelihood(const struct variance_problem *problem, const double *theta,
			       double *gradient);

#endif
