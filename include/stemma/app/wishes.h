/* Wishes: what suggestions are asked for, as words with values, the same on the
 * command line ("--max-params 8") and in the browser ("max-params=8"). */
#ifndef STEMMA_APP_WISHES_H
#define STEMMA_APP_WISHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/app/session.h"
#include "stemma/app/target.h"
#include "stemma/base/error.h"
#include "stemma/base/text.h"
#include "stemma/engine/front.h"
#include "stemma/engine/suggest.h"
#include "stemma/formats/mergekit.h"

/* X(symbol, word, letter, kind, argument, help)
 * kind: TEXT has one value, LIST one or more, FLAG none. */
#define WISH_TABLE(X) \
	X(TARGET, "target", 't', TEXT, "TARGET", "average (default), a benchmark, or several with weights: KEY:WEIGHT,...") \
	X(PARETO, "pareto", 0, TEXT, "KEY,KEY,...", "the pairs that no other beats on all of these benchmarks or targets") \
	X(ORDER, "order", 0, TEXT, "ORDER", "gain (expected, default), chance (of a gain) or score (expected)") \
	X(EXPLORE, "explore", 0, FLAG, NULL, "merges worth trying: by what they may add to the best known, for their size") \
	X(PARENTS, "parents", 0, TEXT, "2|3", "pairs (default) or triples") \
	X(METHOD, "method", 0, TEXT, "METHOD", "merge method (default linear)") \
	X(FLOOR, "floor", 0, TEXT, "VALUE", "merges predicted to reach this (default: the best tenth)") \
	X(MIN_PARAMS, "min-params", 0, TEXT, "B", "models of at least B billion parameters") \
	X(MAX_PARAMS, "max-params", 0, TEXT, "B", "models of at most B billion parameters, as their names say it") \
	X(ARCHITECTURE, "architecture", 0, LIST, "ARCH", "models of this architecture only (* and ? match)") \
	X(LICENSE, "license", 0, LIST, "LICENSE", "models of this licence only (* and ? match)") \
	X(NO_LICENSE, "no-license", 0, LIST, "LICENSE", "no models of this licence") \
	X(RIGHTS, "rights", 0, TEXT, "HOW", "licences: any (default), compatible, commercial, permissive") \
	X(OWNER, "owner", 0, LIST, "OWNER", "models of this owner only") \
	X(NOT_OWNER, "not-owner", 0, LIST, "OWNER", "no models of this owner") \
	X(SINCE, "since", 0, TEXT, "DATE", "models uploaded on this day or later") \
	X(UNTIL, "until", 0, TEXT, "DATE", "models uploaded on this day or earlier") \
	X(INCLUDE, "include", 0, LIST, "NAME", "merges of this model only") \
	X(EXCLUDE, "exclude", 0, LIST, "NAME", "no merges of this model") \
	X(SUSPECTS, "suspects", 0, FLAG, NULL, "take flagged and suspect models too") \
	X(PER_MODEL, "per-model", 0, TEXT, "N", "answers that may share a model (default 1)") \
	X(LIMIT, "limit", 0, TEXT, "N", "the first N answers (default 20)")
enum wish {
#define X(symbol, ...) WISH_##symbol,
	WISH_TABLE(X)
#undef X
	WISH_COUNT
};
enum wish_kind { WISH_KIND_TEXT, WISH_KIND_LIST, WISH_KIND_FLAG };
struct wish_info {
	const char *word, *argument, *help;
	enum wish_kind kind;
};
const struct wish_info *wish_info(enum wish wish);
/* The words that it can be, NULL at the end; NULL = any text. */
const char *const *wish_choices(enum wish wish);

/* X(symbol, word): what the licences of the parents and of all their ancestors
 * must allow.  Commercial and permissive merges are compatible too. */
#define RIGHTS_TABLE(X) \
	X(ANY, "any") \
	X(COMPATIBLE, "compatible") \
	X(COMMERCIAL, "commercial") \
	X(PERMISSIVE, "permissive")
enum rights {
#define X(symbol, word) RIGHTS_##symbol,
	RIGHTS_TABLE(X)
#undef X
	RIGHTS_COUNT
};

/* All zero is no wish at all. */
struct wishes {
	struct wish_values {
		char **values;
		size_t count, capacity;
	} given[WISH_COUNT];
};
void wishes_free(struct wishes *wishes); /* leaves no wishes */
/* A TEXT gets a new value, a LIST one more; a FLAG takes none (NULL). */
void wishes_add(struct wishes *wishes, enum wish wish, const char *value);
void wishes_remove(struct wishes *wishes, enum wish wish);
bool wishes_has(const struct wishes *wishes, enum wish wish);
/* The value of a TEXT, NULL when there is none. */
const char *wishes_value(const struct wishes *wishes, enum wish wish);
/* Index of a value among the choices of its wish, 0 when there is none. */
size_t wishes_choice(const struct wishes *wishes, enum wish wish);

/* Replaces all by a line of them, as line_words_read() does; nothing is changed when
 * that fails. */
enum status wishes_read(struct wishes *wishes, const char *line, struct error *error);
/* Appends them as such a line. */
void wishes_write(const struct wishes *wishes, struct text *out);

/* What the engine is to search.  Owns what its settings point to. */
struct wish_search {
	struct suggest_settings settings; /* of a search for the best */
	struct front_settings front;      /* of one for the front; axis_count 0 = not wished */
	enum merge_method method;
	bool *allowed;
	uint64_t *has, *against;
	struct target target;
	struct target *axes;          /* front.axis_count */
	struct engine_target *targets; /* the same for the engine */
	size_t *include;
};
/* STATUS_USAGE, saying what is wrong with which word, or what catalog_resolve()
 * says of a model's name.  Without a wished target it is the session's.  What a family chose is appended to
 * `said` (NULL allowed). */
enum status wishes_resolve(const struct wishes *wishes, const struct session *session,
			   struct wish_search *search, struct text *said, struct error *error);
void wish_search_free(struct wish_search *search);

/* Whether a method gives `count` parents (2 or 3) the shares that their weights
 * say: then its merges are predicted as those of any other such method. */
bool wish_method_fits(enum merge_method method, size_t count);

#endif
