/* Outcomes: the single answers of a set of questions, in memory. */
#ifndef STEMMA_APP_OUTCOMES_H
#define STEMMA_APP_OUTCOMES_H

#include "stemma/app/catalog.h"
#include "stemma/base/error.h"
#include "stemma/engine/lrmf.h"
#include "stemma/store/store.h"

struct outcomes {
	size_t count, capacity;
	size_t questions;
	uint32_t *models;         /* number of each in the catalog */
	const uint64_t **answers; /* one bit a question; owned */
};

/* Loads the answers to `benchmark`; STATUS_NO_INPUT when the cache has none. */
enum status outcomes_load(struct store *store, const struct catalog *catalog, const char *benchmark,
			  struct outcomes *outcomes, struct error *error);
void outcomes_free(struct outcomes *outcomes);
/* The engine's view; borrowed. */
struct lrmf_data outcomes_data(const struct outcomes *outcomes);

#endif
