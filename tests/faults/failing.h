/* Failing: every call that can fail, made to fail once.  The linker (--wrap)
 * sends the program's calls to failing_*.c; what libraries call themselves is
 * found there first, where the system can be told so. */
#ifndef STEMMA_TESTS_FAULTS_FAILING_H
#define STEMMA_TESTS_FAULTS_FAILING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(symbol, what fails) */
#define FAILING_TABLE(X) \
	X(MEMORY, "allocations of stemma") \
	X(YAML, "allocations of libyaml") \
	X(LIBRARY, "allocations of the other libraries") \
	X(SQLITE_MEMORY, "allocations of SQLite") \
	X(SQLITE, "calls of SQLite") \
	X(DISK, "reads, writes and locks of the cache") \
	X(FILE, "operations on other files and threads") \
	X(CURL, "calls of libcurl") \
	X(SOCKET, "operations on sockets")
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

/* A place from which calls of a kind come: a chain of callers. */
struct failing_site {
	uint64_t chain; /* 0 = none */
	long first, last;
};
/* All that were seen; too many are told by `full`.  In memory that is shared
 * with the process that fills it. */
#define FAILING_SITES 65536
struct failing_sites {
	long calls;
	size_t count;
	bool full; /* there were more */
	struct failing_site site[FAILING_SITES];
};
/* Whether these calls are made within libraries: their place is up to the function
 * of stemma that called the library, with a few of its callers. */
bool failing_in_library(enum failing what);
/* Notes the calls of this kind from now on; NULL none. */
void failing_watch(enum failing what, struct failing_sites *sites);

/* What is not given back: it must be no more than without a failure. */
struct failing_left {
	long blocks; /* of stemma's own memory; 0 where the system cannot tell */
	long sqlite; /* bytes */
	long files;  /* open */
};
struct failing_left failing_left(void);

#endif
