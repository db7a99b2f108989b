/* Prices: what it costs to run a benchmark, in questions, tokens or minutes.
 *
 * The user's table says; where it says nothing, a benchmark of its family, then of its suite, then any does.
 * Of questions the benchmarks' own facts come before those of others. */
#ifndef STEMMA_APP_PRICES_H
#define STEMMA_APP_PRICES_H

#include "stemma/app/catalog.h"
#include "stemma/base/error.h"

/* X(symbol, word, short word) */
#define PRICE_UNIT_TABLE(X) \
	X(QUESTIONS, "questions", "q") \
	X(TOKENS, "tokens", "tok") \
	X(MINUTES, "minutes", "min")
enum price_unit {
#define X(symbol, word, brief) PRICE_##symbol,
	PRICE_UNIT_TABLE(X)
#undef X
	PRICE_UNITS
};
const char *price_unit_name(enum price_unit unit);
/* "500", "500 questions", "2M tokens", "300k tok", "90 min", "1.5h": false for anything else, or nothing above 0. */
bool price_parse(const char *words, double *amount, enum price_unit *unit);

/* Where a price comes from.  X(symbol, word) */
#define PRICE_ORIGIN_TABLE(X) \
	X(OWN, "known") \
	X(FAMILY, "from its family") \
	X(SUITE, "from its suite") \
	X(ALL, "from all") \
	X(ASSUMED, "assumed")
enum price_origin {
#define X(symbol, word) PRICE_ORIGIN_##symbol,
	PRICE_ORIGIN_TABLE(X)
#undef X
	PRICE_ORIGINS
};
const char *price_origin_name(enum price_origin origin);

/* Assumed where nothing is known. */
#define PRICE_TOKENS_ASSUMED 1000.0
#define PRICE_SECONDS_ASSUMED 1.0
#define PRICE_QUESTIONS_ASSUMED 1000.0

struct price {
	double questions;         /* that it has, by its facts, the user's row or its family, which is the same test; NAN unknown */
	double whole;             /* of all of them, or as many as others of its kind have */
	enum price_origin origin; /* of the less certain of both */
};

struct prices;
/* `path` NULL: prices.csv in the user's folder of configuration, if it is there. */
enum status prices_open(const struct catalog *catalog, const char *path, struct prices **prices, struct error *error);
void prices_close(struct prices *prices); /* NULL allowed */
struct price prices_of(const struct prices *prices, size_t benchmark, enum price_unit unit);

#endif
