/* Study: the comparison of the published study (Tamura et al. 2025, arXiv 2504.19811) on the data at hand.
 * A fifth of the models that have lineage are held out, by checkpoint; every method predicts them from a share
 * of what is known of the others, with none or a few results of their own, among all models and within the
 * largest family alone.
 *
 * Of single answers a share is one of the models that are learned from, of published scores one of the scores. */
#ifndef STEMMA_ENGINE_STUDY_H
#define STEMMA_ENGINE_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/engine/answers.h"
#include "stemma/engine/engine.h"

/* X(symbol, word, title) */
#define STUDY_METHOD_TABLE(X) \
	X(FACTORS, "none", "matrix factorisation") \
	X(NETWORK, "ncf", "neural collaborative filtering") \
	X(LINEAGE, "relatives", "average of the lineage") \
	X(LAPLACIAN, "laplacian", "LRMF as published") \
	X(KIN, "kin", "kin")
enum study_method {
#define X(symbol, word, title) STUDY_##symbol,
	STUDY_METHOD_TABLE(X)
#undef X
	STUDY_METHOD_COUNT
};
const char *study_method_name(enum study_method method);
const char *study_method_title(enum study_method method);

/* X(symbol, word, title) */
#define STUDY_LEVEL_TABLE(X) \
	X(ANSWERS, "answers", "single answers") \
	X(SHARES, "shares", "shares of solved questions") \
	X(SCORES, "scores", "published scores")
enum study_level {
#define X(symbol, word, title) STUDY_LEVEL_##symbol,
	STUDY_LEVEL_TABLE(X)
#undef X
	STUDY_LEVEL_COUNT
};
const char *study_level_name(enum study_level level);
const char *study_level_title(enum study_level level);

#define STUDY_SHARES 4
extern const double study_shares[STUDY_SHARES]; /* ascending; the last is 1 */

/* What came of one share; all NAN where it leaves too little. */
struct study_figures {
	double evaluations; /* results that were known */
	double pearson;     /* ANSWERS: over all single answers; SHARES: of the models; SCORES: within a benchmark */
	double mae;         /* points; of ANSWERS that of SHARES */
};
struct study_row {
	enum study_level level;
	bool family;        /* the largest family alone */
	size_t known;       /* results of each held-out model */
	enum study_method method;
	struct study_figures at[STUDY_SHARES];
	double needed;      /* evaluations for the error that the published method has with all of them */
	double seconds;
};

struct study_settings {
	uint64_t seed;
	const struct answer_data *answers; /* NULL: none are there */
};

/* Hands each row over as its block is done: by level, models, what is known, and method.  STATUS_DATA when
 * neither answers nor scores leave anything to judge. */
enum status engine_study(const struct engine_data *data, const struct study_settings *settings,
			 void (*result)(void *context, const struct study_row *), void *context,
			 struct progress *progress, struct error *error);

/* How many evaluations it takes to be off by no more than `error`: between two shares by the logarithm of their
 * evaluations, NAN when all are not enough, the fewest when these are. */
double study_needed(const struct study_figures *figures, double error);

#endif
