/* Boards and targets over a cache that has no session of its own. */
#ifndef STEMMA_TESTS_UNIT_APP_ROWS_H
#define STEMMA_TESTS_UNIT_APP_ROWS_H

#include "app.h"

#include "session.h"

/* A session of the cache and its catalog, which stay the cache's; cache_session_end() after use. */
static inline struct session cache_session(const struct cache *cache)
{
	struct session session = {.store = cache->store, .catalog = cache->catalog};
	struct error error = {0};

	expect_ok(session_load_rows(&session, &error), &error);
	return session;
}

static inline void cache_session_end(struct session *session)
{
	session_free_rows(session);
}

#endif
