/* Hub: a made-up hub of any size with the shapes of the real one. */
#ifndef STEMMA_BENCH_HUB_H
#define STEMMA_BENCH_HUB_H

#include <stddef.h>

#include "stemma/base/error.h"
#include "stemma/store/store.h"

struct hub_report {
	size_t models, edges, scored, hostile;
	double seconds; /* of the puts and the commit */
};

/* Writes `count` models through the store in one transaction, as an import
 * does.  The same count gives the same hub on every machine:
 *   8 bases, each with count / 40 children made from it directly
 *   chains of 75, each made from the one before
 *   merges of 2 to 12 parents
 *   one scored model in 400
 *   one name in 1,000 hostile: control characters, bidirectional overrides,
 *     invalid UTF-8, wide and combining letters, 4,000 bytes
 *   nearly half without known kin */
enum status hub_make(struct store *store, size_t count, struct hub_report *report,
		     struct error *error);

#endif
