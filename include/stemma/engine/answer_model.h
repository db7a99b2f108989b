/* Answer model: what share of a set of questions a model or a merge solves, by
 * a factorisation of the single answers of its relatives (engine.md §2).
 *
 * Each question has factors x_i and each model m_u; the models' factors have the
 * prior covariance of the fit.  A model without answers gets the factors that
 * its relatives suggest (kriging), and from them the probability of solving each
 * question; their mean is the share.  Intervals are as wide as leaving out each
 * learned model shows that they must be.
 */
#ifndef STEMMA_ENGINE_ANSWER_MODEL_H
#define STEMMA_ENGINE_ANSWER_MODEL_H

#include "stemma/engine/engine.h"
#include "stemma/engine/lrmf.h"

struct answer_model;

/* Learns from the answers of the models (numbers in the fit's data) that have
 * scores in the fit; needs at least 40 of those.  Rank and lambda are chosen by
 * validation, unless `state` brings a factorisation of the very same answers.
 * The fit is borrowed and must outlive the model; the answers need not.  A few
 * seconds for a thousand models and questions; STATUS_CANCELLED as progress
 * says. */
enum status answer_model_new(const struct engine_fit *fit, const struct lrmf_data *answers,
			     const uint32_t *models, const void *state, size_t state_bytes, uint64_t seed,
			     struct progress *progress, struct answer_model **model, struct error *error);
void answer_model_free(struct answer_model *model); /* NULL allowed */

/* Bytes that answer_model_new() takes back; the caller frees. */
void *answer_model_state(const struct answer_model *model, size_t *bytes);

size_t answer_model_learned(const struct answer_model *model); /* models */
size_t answer_model_questions(const struct answer_model *model);
/* Share of the questions that a learned model solves, points 0..100; NAN for others. */
double answer_model_observed(const struct answer_model *model, size_t number);

/* Its residual: the share that it solves against what all others suggest; false
 * for other models. */
bool answer_model_residual(const struct answer_model *model, size_t number, struct engine_residual *residual);

/* One model that a prediction rests on: its weight in the factors. */
struct answer_evidence {
	size_t model;
	double weight;
};
#define ANSWER_EVIDENCE_MAX 3

struct answer_prediction {
	struct engine_estimate share; /* points 0..100 */
	struct answer_evidence evidence[ANSWER_EVIDENCE_MAX]; /* largest weights first */
	size_t evidence_count;
};

/* The share that the subject of the query's last prediction solves; a learned
 * model as if its own answers were not known. */
void answer_model_predict(const struct answer_model *model, struct engine_query *query,
			  struct answer_prediction *prediction);

#endif
