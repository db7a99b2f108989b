/* Answer sets: what the single answers in the cache say about models that have
 * none, a factorisation for each set of questions. */
#ifndef STEMMA_APP_ANSWER_SETS_H
#define STEMMA_APP_ANSWER_SETS_H

#include <stdint.h>

#include "stemma/app/catalog.h"
#include "stemma/engine/answer_model.h"
#include "stemma/store/store.h"

struct answer_set {
	char *key;
	struct answer_model *model;
};
struct answer_sets {
	size_t count, capacity;
	struct answer_set *list;
};

/* Learns each set of the cache that enough models of the fit have answered;
 * the factors of unchanged answers come from the cache, others go into it.
 * The sets borrow the fit. */
enum status answer_sets_learn(struct store *store, const struct catalog *catalog,
			      const struct engine_fit *fit, uint64_t seed, struct progress *progress,
			      struct answer_sets *sets, struct error *error);
void answer_sets_free(struct answer_sets *sets);

/* What one set says of one model or merge. */
struct answer_row {
	const char *key;   /* borrowed from the set */
	size_t questions, learned; /* models */
	double observed;   /* share solved, points; NAN unknown */
	struct answer_prediction prediction;
};
/* One row a set (sets->count; NULL for none) of the subject of the query's last
 * prediction; `model` is its number, CATALOG_NONE for a merge.  The caller frees. */
struct answer_row *answer_sets_predict(const struct answer_sets *sets, struct engine_query *query,
				       size_t model);
/* The set of this key; NULL when there is none. */
const struct answer_set *answer_sets_find(const struct answer_sets *sets, const char *key);

#endif
