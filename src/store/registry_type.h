/* What the registry holds: part of a store.  Private. */
#ifndef STEMMA_STORE_REGISTRY_TYPE_H
#define STEMMA_STORE_REGISTRY_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/base/facts.h"

struct registry_entry {
	int64_t id;
	char *key, *suite;   /* owned; suite may be NULL */
	double lower, upper; /* NAN unknown, infinite open */
	bool guessed;        /* the bounds are not what a source says */
	int rank;            /* of the source of its description */
	/* What was in the cache before: see registry_ranges(). */
	double known_low, known_high; /* NAN without values */
	size_t known_count;
	/* What this transaction has done. */
	bool added, lower_is_better;
	double low, high;       /* of the values put; NAN without any */
	enum score_scale taken; /* what a table's values were taken as; SCALE_OWN as they stood */
};

struct registry {
	bool loaded, ranged;
	size_t news;   /* benchmarks that were told of as new */
	struct registry_entry *entries;
	size_t count, capacity;
	struct registry_name *names; /* open addressing, a power of two of places */
	size_t name_count, name_places;
};

#endif
