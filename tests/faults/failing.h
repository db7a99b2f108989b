/* Failing: every call that can fail, made to fail once. */
#ifndef STEMMA_TESTS_FAULTS_FAILING_H
#define STEMMA_TESTS_FAULTS_FAILING_H

#include <stdbool.h>

/* X(symbol, what fails) */
#define FAILING_TABLE(X) \
	X(MEMORY, "allocations of stemma") \
	X(LIBRARY, "allocations of libyaml") \
	X(SQLITE_MEMORY, "allocations of SQLite") \
	X(SQLITE, "calls of SQLite") \
	X(DISK, "reads, writes and locks of the cache") \
	X(FILE, "operations on other files")
enum failing {
#define X(symbol, what) FAILING_##symbol,
	FAILING_TABLE(X)
#undef X
	FAILING_COUNT
};
const char *failing_name(enum failing what);

/* Once, before anything uses SQLite. */
void failing_install(void);
/* Lets the `number`-th call of this kind fail, from now on; 0 none. */
void failing_set(enum failing what, long number);
/* Whether it came to that. */
bool failing_happened(void);

#endif
