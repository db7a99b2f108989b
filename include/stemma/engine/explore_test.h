/* Explore test: would the merges worth trying have brought more than the best guesses?
 *
 * Forward in time: at each of five dates a fit knows the models uploaded before, and the later merges of
 * two scored ones of these are ranked by what it says of them.  Of each family (architecture and size)
 * with enough of them the first k are tried; what counts is by how much the best of these is above the best that
 * was known of the family.
 */
#ifndef STEMMA_ENGINE_EXPLORE_TEST_H
#define STEMMA_ENGINE_EXPLORE_TEST_H

#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/engine/engine.h"

/* X(symbol, word, help) */
#define EXPLORE_RULE_TABLE(X) \
	X(IMPROVEMENT, "improvement", "expected improvement over the best known") \
	X(SCORE, "score", "predicted score") \
	X(GAIN, "gain", "predicted gain over the best parent") \
	X(BEST, "best", "score of the best parent") \
	X(RANDOM, "random", "any, on average")
enum explore_rule {
#define X(symbol, word, help) EXPLORE_##symbol,
	EXPLORE_RULE_TABLE(X)
#undef X
	EXPLORE_RULES
};
const char *explore_rule_name(enum explore_rule rule);

#define EXPLORE_TOPS 3
extern const size_t explore_top[EXPLORE_TOPS]; /* 1, 2, 4 */

struct explore_figures {
	size_t families, merges;
	double improved[EXPLORE_RULES][EXPLORE_TOPS]; /* mean improvement by the first k, unit of the target */
	double found[EXPLORE_RULES][EXPLORE_TOPS];    /* share of the families whose best merge is among them */
	double possible;                              /* mean improvement by all */
};
/* No families where too few merges have dates and scores. */
enum status explore_test(const struct engine_data *data, const struct engine_target *target, uint64_t seed,
			 struct progress *progress, struct explore_figures *figures, struct error *error);

#endif
