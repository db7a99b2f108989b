/* Outcomes: the single answers of a set of questions, in memory. */
#ifndef STEMMA_APP_OUTCOMES_H
#define STEMMA_APP_OUTCOMES_H

#include "stemma/app/catalog.h"
#include "stemma/base/error.h"
#include "stemma/engine/lrmf.h"
#include "stemma/store/store.h"

/* Of one model: to some of the questions. */
struct outcomes_some {
	uint32_t model;
	size_t count;
	uint32_t *questions; /* by place, ascending */
	uint8_t *answers;
};

struct outcomes {
	size_t count, capacity;
	size_t questions;
	uint32_t *models;         /* number of each in the catalog */
	const uint64_t **answers; /* one bit a question; owned */
	struct outcomes_some *some; /* models that have answered some questions only */
	size_t some_count, some_capacity;
	char **names;             /* of the questions, e.g. their doc_ids; NULL = their places */
};

/* Whether the cache has answers to a set of questions of this key. */
bool outcomes_exist(struct store *store, const char *benchmark);

/* Loads the answers to `benchmark`; STATUS_NO_INPUT when the cache has none. */
enum status outcomes_load(struct store *store, const struct catalog *catalog, const char *benchmark,
			  struct outcomes *outcomes, struct error *error);
void outcomes_free(struct outcomes *outcomes);
/* The engine's view; borrowed. */
struct lrmf_data outcomes_data(const struct outcomes *outcomes);
/* What a model has answered of the questions, where that is not all of them; borrowed. */
struct lrmf_known outcomes_some(const struct outcomes *outcomes, size_t model);
/* The name of a question; `buffer` is for one without. */
#define OUTCOMES_NAME_SIZE 24
const char *outcomes_name(const struct outcomes *outcomes, size_t question,
			  char buffer[OUTCOMES_NAME_SIZE]);

#endif
