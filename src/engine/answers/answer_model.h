/* Answer model: what the engine's files share of it.  Private. */
#ifndef STEMMA_ENGINE_ANSWER_MODEL_PRIVATE_H
#define STEMMA_ENGINE_ANSWER_MODEL_PRIVATE_H

#include "stemma/engine/answer_model.h"
#include "stemma/engine/answers.h"

/* What validation chooses of a factorisation. */
struct answer_choice {
	size_t rank;
	double lambda;
	double tolerance; /* when the search stops: early stopping shrinks, too */
};

/* Chooses by what a fifth of the linked models' answers say that is held out
 * (answers.c).  `covariance` is K over the answers' models,
 * row-major, with a mean diagonal of 1. */
enum status answers_choose(const struct answer_data *data, const double *covariance, uint64_t seed,
			   struct progress *progress, struct answer_choice *choice, struct error *error);

const struct lrmf *answer_model_lrmf(const struct answer_model *model);
/* What its relatives say of the factors of the subject of the query's last
 * prediction, of a learned model without its own answers: the mean (rank), and
 * returned the variance of each. */
double answer_model_place(const struct answer_model *model, struct engine_query *query, double *factors);
/* The same of a learned model; false for others. */
bool answer_model_place_learned(const struct answer_model *model, size_t number, double *factors,
				double *variance);

/* Prior covariance, as factors_prior_covariance() has it, of the subject of the last
 * prediction with models and with itself (query.c). */
void query_prior_cross(struct engine_query *query, const uint32_t *models, size_t count, double *cross,
		       double *self);
/* The model that the last prediction is about; SIZE_MAX for a child. */
size_t query_model(const struct engine_query *query);

#endif
