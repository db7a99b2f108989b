/* Filter: which models the user wants to see.
 *
 * A filter is a line of terms separated by blanks, all of which must fit:
 *   zephyr            letters that fit the name (fuzzy)
 *   "merge"           the name contains just this
 *   bbh > 40          a score, or a target; also < <= >= = and !=
 *   bbh pred > 40     the same, published or not: what is predicted from all that is known
 *   size < 8          another number or a date of FILTER_FIELD_TABLE
 *   family:mistral    a text that contains this (= the whole of it)
 *   scored  merge     a property
 * A ! before a term turns it round.  What is not known fits no comparison.
 *
 * A run is linear in the models and allocates nothing by model; a name that
 * goes on from the one before looks only at what fitted that. */
#ifndef STEMMA_APP_FILTER_H
#define STEMMA_APP_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/app/catalog.h"
#include "stemma/app/target.h"
#include "stemma/base/error.h"

/* X(symbol, word, type, example, help) */
#define FILTER_FIELD_TABLE(X) \
	X(SIZE, "size", NUMBER, "size < 8", "billions of parameters (500m is 0.5)") \
	X(DATE, "date", DATE, "date >= 2024-06", "when it was uploaded: a year, month or day") \
	X(Z, "z", NUMBER, "z > 2", "residual of the target") \
	X(LIKES, "likes", NUMBER, "likes >= 10", "likes on the Hub") \
	X(PARENTS, "parents", NUMBER, "parents > 2", "number of parents") \
	X(CHILDREN, "children", NUMBER, "children > 0", "number of children") \
	X(FAMILY, "family", TEXT, "family:mistral", "name of the model or of an ancestor") \
	X(OWNER, "owner", TEXT, "owner:mlabonne", "what stands before the / of the name") \
	X(ARCH, "arch", TEXT, "arch:llama", "architecture") \
	X(LICENSE, "license", TEXT, "license:mit", "licence") \
	X(KIND, "kind", TEXT, "kind:chat", "pretrained, finetuned, chat, merge ...") \
	X(PROVIDER, "provider", TEXT, "provider:openai", "who made or serves it") \
	X(SETTING, "setting", TEXT, "setting:high", "in which of its settings it was evaluated") \
	X(SCORED, "scored", FLAG, "scored", "has scores") \
	X(UNSCORED, "unscored", FLAG, "unscored", "has none") \
	X(OPEN, "open", FLAG, "open", "its weights are known to be had") \
	X(REASONING, "reasoning", FLAG, "reasoning", "thinks before it answers") \
	X(MERGE, "merge", FLAG, "merge", "has two parents or more, or says it is a merge") \
	X(FLAGGED, "flagged", FLAG, "flagged", "flagged by you or by its source") \
	X(SUSPECT, "suspect", FLAG, "suspect", "flagged, or descends from such a model") \
	X(ANOMALOUS, "anomalous", FLAG, "anomalous", "has a score that chance does not explain, once fitted")
enum filter_field {
#define X(symbol, ...) FILTER_##symbol,
	FILTER_FIELD_TABLE(X)
#undef X
	FILTER_FIELD_COUNT,
	FILTER_SCORE = FILTER_FIELD_COUNT, /* a target: published */
	FILTER_PREDICTED,                  /* a target: predicted where it is not published */
	FILTER_CONTAINS                    /* a part of the name */
};
struct filter_field_info {
	const char *word, *example, *help;
};
const struct filter_field_info *filter_field_info(enum filter_field field);

struct filter;

/* Of a catalog, which it borrows, and the names of targets that terms may have (NULL: none but
 * benchmarks; copied, what they point to is borrowed).  Fits everything. */
struct filter *filter_new(const struct catalog *catalog, const struct target_names *names);
/* Reads so many names more, once, so that the first key need not; whether more
 * are left.  filter_run() reads what is left of them when it needs them. */
bool filter_prepare(struct filter *filter, size_t models);
void filter_free(struct filter *filter); /* NULL allowed */

/* The z values that `z > 2` means, by model, borrowed; NULL when nothing is
 * fitted, and then such a term is an error. */
void filter_set_z(struct filter *filter, const double *z);

/* What `gsm8k pred > 50` asks of a model, NAN where it is not predicted; NULL when nothing is fitted,
 * and then such a term is an error.  It is asked only of models that all other terms fit, and each
 * answer is remembered until the next filter_set_predict(). */
void filter_set_predict(struct filter *filter,
			double (*predict)(void *context, size_t model, const struct engine_target *target),
			void *context);

/* STATUS_USAGE, with the column and what is expected, when a term is wrong; the
 * filter then stays what it was. */
enum status filter_set(struct filter *filter, const char *text, struct error *error);
/* What the last word could become ("size < 8: billions of parameters"); "" when
 * there is nothing to say.  Borrowed, until the next filter_set(). */
const char *filter_hint(const struct filter *filter);

/* Sets fit[model] to 1 for each model that fits, to 0 for the others, and returns
 * how many do.  *best gets the one whose name fits best, among equals
 * that of the largest weight (NULL: the first); CATALOG_NONE when none fits. */
size_t filter_run(struct filter *filter, const uint32_t *weights, uint8_t *fit, size_t *best);

#endif
