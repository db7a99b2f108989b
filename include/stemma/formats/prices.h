/* Prices: what running benchmarks costs, as a table with the columns benchmark, questions, tokens and seconds.
 * No reader of reader.h: such a file has nothing for the cache. */
#ifndef STEMMA_FORMATS_PRICES_H
#define STEMMA_FORMATS_PRICES_H

#include "stemma/base/error.h"

struct price_row {
	long line;
	const char *benchmark;    /* key, family or suite, or "*"; borrowed for the call */
	double questions;         /* that it has; NAN unknown */
	double tokens, seconds;   /* of one question; NAN unknown */
};

/* Calls row() for each row.  A number that is none, or not above 0, ends the reading. */
enum status prices_read(const char *path, void (*row)(void *context, const struct price_row *), void *context,
			struct error *error);

#endif
