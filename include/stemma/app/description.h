/* Description: what a user says of a benchmark, a word and its value each. */
#ifndef STEMMA_APP_DESCRIPTION_H
#define STEMMA_APP_DESCRIPTION_H

#include "stemma/app/catalog.h"
#include "stemma/base/error.h"
#include "stemma/base/text.h"
#include "stemma/store/store.h"

/* X(symbol, word, argument, help) */
#define DESCRIPTION_TABLE(X) \
	X(TITLE, "title", "TEXT", "what a person reads") \
	X(SUITE, "suite", "NAME", "the table that it stands in") \
	X(METRIC, "metric", "TEXT", "accuracy, pass@1, rating …") \
	X(UNIT, "unit", "TEXT", "how its values are printed") \
	X(FAMILY, "family", "NAME", "benchmarks that ask the same test have the same") \
	X(LOWER, "lower", "NUMBER", "lower end of its scale; -inf: open") \
	X(UPPER, "upper", "NUMBER", "upper end; inf: open") \
	X(CHANCE, "chance", "NUMBER", "what a random guess gets") \
	X(INSTANCES, "instances", "NUMBER", "questions") \
	X(HIGHER, "higher", "yes|no", "whether higher is better")
enum description_field {
#define X(symbol, ...) DESCRIPTION_##symbol,
	DESCRIPTION_TABLE(X)
#undef X
	DESCRIPTION_COUNT
};
struct description_info {
	const char *word, *argument, *help;
};
const struct description_info *description_info(enum description_field field);

struct description {
	char *text[DESCRIPTION_COUNT]; /* as given; NULL: not said */
};
void description_free(struct description *description);

/* Takes "title=Legal QA"; STATUS_USAGE, saying what is wrong with it. */
enum status description_add(struct description *description, const char *word, struct error *error);
/* Puts it into the cache as the user's word; what was not said stays as it is. */
enum status description_put(const struct description *description, const char *key, struct store *store,
			    struct error *error);
/* Appends what is known of a benchmark in such words, blanks between, quoted where they have some. */
void description_write(const struct catalog_benchmark *benchmark, struct text *out);

#endif
