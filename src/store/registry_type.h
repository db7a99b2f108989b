/* What the registry holds: part of a store.  Private. */
#ifndef STEMMA_STORE_REGISTRY_TYPE_H
#define STEMMA_STORE_REGISTRY_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A score whose value was put as it came, should the scale turn out another. */
struct raw_score {
	int64_t evaluation;
	int shots;
	char *setup; /* owned */
};

struct registry_entry {
	int64_t id;
	char *key, *suite;   /* owned; suite may be NULL */
	double lower, upper; /* NAN unknown, infinite open */
	bool guessed;        /* the bounds are not what a source says */
	int rank;            /* of the source of its description */
	/* What was in the cache before: see registry_ranges(). */
	double known_low, known_high; /* NAN without values */
	/* What this transaction has done. */
	bool added;
	double low, high;        /* of the values put; NAN without any */
	size_t unscaled;         /* values that came without a scale */
	bool fractional, uneven; /* all of these are within -1..1; one is no whole number */
	struct raw_score *raw;
	size_t raw_count, raw_capacity;
};

struct registry {
	bool loaded, ranged;
	bool percents; /* a value above 1 came without a scale for a benchmark of 0 to 100 */
	size_t news;   /* benchmarks that were told of as new */
	struct registry_entry *entries;
	size_t count, capacity;
	struct registry_name *names; /* open addressing, a power of two of places */
	size_t name_count, name_places;
};

#endif
