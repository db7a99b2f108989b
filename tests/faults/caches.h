/* Caches: those that the commands begin with, and what is in one after them. */
#ifndef STEMMA_TESTS_FAULTS_CACHES_H
#define STEMMA_TESTS_FAULTS_CACHES_H

#include <stdbool.h>
#include <stddef.h>

struct cache {
	char *bytes, *content; /* of the file; as cache_dump() */
	size_t size;
};

/* Once, before the others: the small cache of the fuzz targets, more merges, and a
 * fit of all that; and a second one with single answers besides. */
void caches_make(void);
const struct cache *cache_before(bool answers);

/* Where what a user made begins in a dump, and what the browser keeps. */
#define CACHE_WORK "-- SELECT name, method"
#define CACHE_STATE "SELECT * FROM state ORDER BY key"
/* The content as text, NULL when the cache cannot be read; the caller frees. */
char *cache_dump(const char *path);
/* What is wrong with it, "" when nothing; the caller frees. */
char *cache_faults(const char *path);
/* Whether it is byte for byte this one, without a log beside it: then there is
 * nothing to be looked for in it, which takes most of the time. */
bool cache_is(const char *path, const struct cache *cache);

#endif
