/* Question choice: the algebra of the plans of questions.  Private. */
#ifndef STEMMA_ENGINE_QUESTION_CHOICE_H
#define STEMMA_ENGINE_QUESTION_CHOICE_H

#include "stemma/engine/question_plan.h"

/* Probabilities of solving each question, drawn from N(factors, covariance):
 * questions x draws, less their means and over the root of the draws, so that the
 * product of two rows is the covariance of two answers. */
struct question_draws {
	size_t questions, draws;
	double *deviations;
	double *noise;       /* questions: mean of p (1 - p), what chance adds to an answer */
};
void question_draws_make(const struct lrmf *lrmf, const double *factors, const double *covariance,
			 struct question_draws *draws);
void question_draws_free(struct question_draws *draws);

/* Chooses up to `budget` of the questions, one after the other, each the one
 * whose answer leaves the least variance of the share of all that are solved; no
 * known one.  deviation[k] becomes the standard deviation, as a fraction, that
 * the share is expected to have after k answers (budget + 1 entries).  Returns how
 * many were chosen.  The noise of known questions counts for nothing. */
size_t question_choose(const struct question_draws *draws, const struct lrmf_known *known, size_t budget,
		       uint32_t *chosen, double *deviation);

/* What is known of a model: the prior of its factors, and its answers so far. */
struct question_subject {
	const struct lrmf *lrmf;
	const double *mean;  /* rank */
	double variance;     /* of each factor */
	struct lrmf_known known;
};
/* The share of all questions that it solves in points, and draws (to free) from
 * what its answers leave open. */
double question_locate(const struct question_subject *subject, struct question_draws *draws);
/* The same with its standard deviation, without the intervals. */
struct engine_estimate question_estimate(const struct question_subject *subject);

/* The first `count` (or all) of the questions in random order; returns how many. */
size_t question_draw(size_t questions, size_t count, uint64_t *random, uint32_t *drawn);

/* question_widths_new(), or unless `random` is NULL for questions in random order. */
enum status question_widths_learn(const struct answer_model *model, const struct lrmf_data *answers,
				  const uint32_t *models, size_t budget, uint64_t *random,
				  struct progress *progress, struct question_widths **widths,
				  struct error *error);
/* The estimate's intervals after so many answers. */
void question_widen(const struct question_widths *widths, size_t answers, struct engine_estimate *estimate);

/* The share solved, as a fraction: of the known questions what was answered, of the
 * others their probabilities. */
double question_share(size_t questions, const double *probabilities, const struct lrmf_known *known);

#endif
