/* A cache that somebody wrote into: statements in SQL, with the rules of the
 * schema switched off. */
#include "world.h"

#include <sqlite3.h>

/* A statement may not run for ever, nor reach other files. */
static int stop(void *context)
{
	int *steps = context;

	return ++*steps > 200;
}

static int allow(void *context, int action, const char *first, const char *second, const char *third,
		 const char *fourth)
{
	(void)context;
	(void)second;
	(void)third;
	(void)fourth;
	if (action == SQLITE_ATTACH || action == SQLITE_DETACH)
		return SQLITE_DENY;
	/* What makes a view or trigger of its own is another matter: see open.c. */
	if (action == SQLITE_PRAGMA && first && sqlite3_stricmp(first, "user_version") &&
	    sqlite3_stricmp(first, "application_id"))
		return SQLITE_DENY;
	return SQLITE_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	const char *path = world_cache();
	sqlite3 *database;
	int steps = 0;

	FUZZ_CHECK(sqlite3_open(path, &database) == SQLITE_OK);
	sqlite3_exec(database, "PRAGMA ignore_check_constraints = 1; PRAGMA foreign_keys = 0;"
		     " PRAGMA writable_schema = 1", NULL, NULL, NULL);
	sqlite3_limit(database, SQLITE_LIMIT_LENGTH, 100000);
	sqlite3_progress_handler(database, 1000, stop, &steps);
	sqlite3_set_authorizer(database, allow, NULL);
	sqlite3_exec(database, text, NULL, NULL, NULL);
	sqlite3_close(database);
	world_use(path);
	free(text);
	return 0;
}
