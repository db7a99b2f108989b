/* Answers: how well the single answers of unseen models are predicted
 * (engine.md §2, §6), with a few of their answers known or none. */
#ifndef STEMMA_ENGINE_ANSWERS_H
#define STEMMA_ENGINE_ANSWERS_H

#include <stddef.h>
#include <stdint.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/engine/engine.h"
#include "stemma/engine/lrmf.h"

/* X(symbol, word, help) */
#define ANSWER_METHOD_TABLE(X) \
	X(DIFFICULTY, "difficulty", "share of the models that solve a question") \
	X(PARENTS, "parents", "half difficulty, half the parents' answers") \
	X(SAMPLE, "sample", "difficulty moved to the score that the known answers suggest") \
	X(NCF, "ncf", "neural collaborative filtering: a small network of embeddings and features") \
	X(NONE, "none", "plain matrix factorisation") \
	X(LAPLACIAN, "laplacian", "LRMF as published") \
	X(PEDIGREE, "pedigree", "LRMF with the pedigree covariance as its prior") \
	X(KRIGED, "kriged", "plain factors, predicted for the target by kinship") \
	X(KIN, "kin", "LRMF with the kinship covariance as its prior") \
	X(SHUFFLED, "shuffled", "kin with the lineage shuffled: a control that must lose")
enum answer_method {
#define X(symbol, word, help) ANSWER_METHOD_##symbol,
	ANSWER_METHOD_TABLE(X)
#undef X
	ANSWER_METHOD_COUNT
};
const char *answer_method_name(enum answer_method method);

struct answer_data {
	struct engine_data engine;     /* all models: lineage, facts, scores */
	struct lrmf_data answers;
	const uint32_t *model;         /* answers.models entries: number of each in `engine` */
};

struct answer_settings {
	uint64_t seed;
	const size_t *known;           /* known answers of each target, ascending */
	size_t known_count;
	const bool *methods;           /* ANSWER_METHOD_COUNT; NULL: all but ncf */
	double share;                  /* of the models that would be learned from, 0 = all */
	double tie;                    /* the questions' Laplacian, as in struct lrmf_settings */
};

struct answer_result {
	enum answer_method method;
	size_t known, trained, held_out;
	size_t rank;                   /* chosen by validation; 0 = none */
	double lambda;
	double pearson, auc;           /* over all single answers that were not known */
	double score_pearson;          /* of the models' shares of solved questions */
	double score_mae;              /* in points of 0..100 */
	double seconds;
};

/* Holds out a quarter of the models that have a parent with answers, chooses
 * rank and lambda on a part of the others, fits every method on all of those,
 * and predicts.  No answer or score of a held-out model is learned from. */
enum status answers_evaluate(const struct answer_data *data, const struct answer_settings *settings,
			     void (*result)(void *context, const struct answer_result *), void *context,
			     struct progress *progress, struct error *error);

#endif
