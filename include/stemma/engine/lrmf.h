/* LRMF: lineage-regularised matrix factorisation of single answers
 * (Tamura et al. 2025, arXiv 2504.19811; engine.md §2).
 *
 *     P(model u solves question i) = sigma(m_u . x_i + b_i)
 *     min  sum BCE + lambda/2 tr(M' K^-1 M) + mu/2 |X|^2 + tie/2 sum |x_i - mean x|^2
 *
 * K is the prior covariance of the models: the identity (plain matrix
 * factorisation), (rho L + I)^-1 (as published), or one from the pedigree.
 * Solved by majorise-minimise: sigma'' <= 1/4 makes every step a linear system,
 * for the questions one of size rank, for the models a diagonal one in the
 * eigenvectors of K and of X'X.  The objective never rises.
 */
#ifndef STEMMA_ENGINE_LRMF_H
#define STEMMA_ENGINE_LRMF_H

#include <stddef.h>
#include <stdint.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"

/* Answers of `models` models to `questions` questions, one bit each: question
 * i of model u is bit i % 64 of answers[u][i / 64].  Borrowed. */
struct lrmf_data {
	size_t models, questions;
	const uint64_t *const *answers;
};

struct lrmf_settings {
	size_t rank;
	double lambda;      /* on the models, > 0 */
	double mu;          /* on the questions, > 0 */
	double tie;         /* on the Laplacian of the questions, all tied to each other; 0 = none */
	size_t passes_max;
	double tolerance;   /* relative fall of the objective that ends the search */
	uint64_t seed;
};

/* The eigenvectors and eigenvalues of a K, for as many fits as wanted. */
struct lrmf_prior;

/* `covariance` is K, models x models, row-major, positive definite.  Takes time in
 * proportion to the cube of the models; STATUS_SOFTWARE when LAPACK finds none. */
enum status lrmf_prior_new(const double *covariance, size_t models, struct lrmf_prior **prior,
			   struct error *error);
void lrmf_prior_free(struct lrmf_prior *prior); /* NULL allowed */

struct lrmf;

/* A NULL prior is the identity.  Deterministic for a seed.  STATUS_CANCELLED when
 * progress says so. */
enum status lrmf_fit(const struct lrmf_data *data, const struct lrmf_prior *prior,
		     const struct lrmf_settings *settings, struct progress *progress,
		     struct lrmf **lrmf, struct error *error);
void lrmf_free(struct lrmf *lrmf); /* NULL allowed */

/* One of factors that were learned before; both are copied. */
struct lrmf *lrmf_restore(size_t models, size_t questions, size_t rank, const float *model_factors,
			  const float *question_factors);

size_t lrmf_rank(const struct lrmf *lrmf);
size_t lrmf_question_count(const struct lrmf *lrmf);
const float *lrmf_models(const struct lrmf *lrmf);     /* models x rank: M */
const float *lrmf_questions(const struct lrmf *lrmf);  /* questions x (rank + 1): X, then b */
/* The objective after each pass, never rising; *count of them. */
const double *lrmf_objective(const struct lrmf *lrmf, size_t *count);

/* The answers that are known of a model. */
struct lrmf_known {
	size_t count;
	const uint32_t *questions;
	const uint8_t *answers; /* 0 or 1 */
};

/* Where a model lies by its prior N(mean, variance I) and its known answers:
 * the mode (rank) by Newton's method and the covariance there (rank x rank). */
void lrmf_locate(const struct lrmf *lrmf, const double *mean, double variance,
		 const struct lrmf_known *known, double *factors, double *covariance);

/* Probability of solving each question (questions), averaged over what the
 * covariance leaves open: sigma(eta / sqrt(1 + pi v / 8)) (MacKay 1992). */
void lrmf_predict(const struct lrmf *lrmf, const double *factors, const double *covariance,
		  double *probabilities);

#endif
