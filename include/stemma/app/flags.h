/* Flags: models that the user distrusts (contaminated, badly evaluated), and
 * what descends from them. */
#ifndef STEMMA_APP_FLAGS_H
#define STEMMA_APP_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/app/catalog.h"
#include "stemma/base/error.h"
#include "stemma/store/store.h"

enum flag_state { FLAG_NONE, FLAG_SELF, FLAG_DESCENDANT };

struct flag {
	size_t model;
	char *reason;
};
struct flags {
	struct flag *flag; /* by model */
	size_t count, capacity;
	uint8_t *state;    /* enum flag_state by model */
	bool *suspect;     /* by model: flagged or a descendant */
	size_t suspects;   /* how many of these have scores */
};

enum status flags_load(struct flags *flags, struct store *store, const struct catalog *catalog,
		       struct error *error);
void flags_free(struct flags *flags);
/* The same models with the same reasons. */
bool flags_equal(const struct flags *left, const struct flags *right);

/* Flags a model, or with reason NULL takes its flag away, in the cache too. */
enum status flags_set(struct flags *flags, struct store *store, const struct catalog *catalog,
		      size_t model, const char *reason, struct error *error);

/* The flag of the model or the nearest one above it; NULL when there is none. */
const struct flag *flags_find(const struct flags *flags, const struct catalog *catalog, size_t model);

#endif
