/* World: a small cache of its own for every input, and all that a user would
 * do with it. */
#ifndef STEMMA_TESTS_FUZZ_WORLD_H
#define STEMMA_TESTS_FUZZ_WORLD_H

#include "fuzz.h"

#include "stemma/app/session.h"

/* Makes a fresh copy of the small cache, and its path; valid until the next. */
const char *world_cache(void);
/* The bytes of that cache, to be damaged: world_put() writes them. */
const uint8_t *world_bytes(size_t *size);
const char *world_put(const void *bytes, size_t size);

/* The small cache opened, once for all inputs: for what does not change it. */
struct session *world_session(void);

/* Runs a key script in the browser over the small cache. */
void world_browse(const char *script);
/* Opens a cache that may be anything, checks it, reads it, predicts and browses. */
void world_use(const char *path);

#endif
