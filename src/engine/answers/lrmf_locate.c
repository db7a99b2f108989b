/* One model in a factorisation: where it lies, and what it solves. */
#include "stemma/engine/lrmf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/lapack.h"
#include "stemma/base/memory.h"

#define NEWTON_STEPS_MAX 25

static double logit_of(const struct lrmf *lrmf, const double *factors, size_t question)
{
	size_t rank = lrmf_rank(lrmf);
	const float *x = lrmf_questions(lrmf) + question * (rank + 1);
	double eta = (double)x[rank];

	for (size_t j = 0; j < rank; j++)
		eta += factors[j] * (double)x[j];
	return eta;
}

/* Gradient and Hessian of the negative log posterior at `factors`. */
static void posterior_slope(const struct lrmf *lrmf, const double *mean, double variance,
			    const struct lrmf_known *known, const double *factors, double *gradient,
			    double *hessian)
{
	size_t rank = lrmf_rank(lrmf);

	memset(hessian, 0, rank * rank * sizeof *hessian);
	for (size_t j = 0; j < rank; j++) {
		gradient[j] = (factors[j] - mean[j]) / variance;
		hessian[j * rank + j] = 1 / variance;
	}
	for (size_t k = 0; k < known->count; k++) {
		const float *x = lrmf_questions(lrmf) + known->questions[k] * (rank + 1);
		double p = 1 / (1 + exp(-logit_of(lrmf, factors, known->questions[k])));
		for (size_t j = 0; j < rank; j++) {
			gradient[j] += (p - known->answers[k]) * (double)x[j];
			for (size_t l = 0; l <= j; l++)
				hessian[j * rank + l] += p * (1 - p) * (double)x[j] * (double)x[l];
		}
	}
}

void lrmf_locate(const struct lrmf *lrmf, const double *mean, double variance,
		 const struct lrmf_known *known, double *factors, double *covariance)
{
	size_t rank = lrmf_rank(lrmf);
	double *step = memory_allocate(rank, sizeof *step);

	memcpy(factors, mean, rank * sizeof *factors);
	for (int pass = 0; pass < NEWTON_STEPS_MAX; pass++) {
		double size = 0;
		posterior_slope(lrmf, mean, variance, known, factors, step, covariance);
		lapack_done(LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'L', (int)rank, covariance, (int)rank));
		lapack_done(LAPACKE_dpotrs(LAPACK_ROW_MAJOR, 'L', (int)rank, 1, covariance, (int)rank, step, 1));
		for (size_t j = 0; j < rank; j++)
			size = fmax(size, fabs(step[j]));
		/* A long step from a far prior overshoots: keep it short. */
		double share = size > 2 ? 2 / size : 1;
		for (size_t j = 0; j < rank; j++)
			factors[j] -= share * step[j];
		if (size < 1e-8)
			break;
	}
	lapack_done(LAPACKE_dpotri(LAPACK_ROW_MAJOR, 'L', (int)rank, covariance, (int)rank));
	for (size_t j = 0; j < rank; j++)
		for (size_t l = j + 1; l < rank; l++)
			covariance[j * rank + l] = covariance[l * rank + j];
	free(step);
}

void lrmf_predict(const struct lrmf *lrmf, const double *factors, const double *covariance,
		  double *probabilities)
{
	size_t rank = lrmf_rank(lrmf), questions = lrmf_question_count(lrmf);

	for (size_t i = 0; i < questions; i++) {
		const float *x = lrmf_questions(lrmf) + i * (rank + 1);
		double spread = 0;
		for (size_t j = 0; j < rank; j++)
			for (size_t l = 0; l < rank; l++)
				spread += (double)x[j] * covariance[j * rank + l] * (double)x[l];
		double eta = logit_of(lrmf, factors, i) / sqrt(1 + 3.14159265358979 * spread / 8);
		probabilities[i] = 1 / (1 + exp(-eta));
	}
}
