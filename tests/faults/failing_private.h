/* What the files of wrapped calls share. */
#ifndef STEMMA_TESTS_FAULTS_FAILING_PRIVATE_H
#define STEMMA_TESTS_FAULTS_FAILING_PRIVATE_H

#include <errno.h>

#include "failing.h"

/* Whether this call is the one to fail. */
bool failing_now(enum failing what);
void failing_install_sqlite(void);
long failing_blocks(void);
/* While SQLite allocates, which has a kind of its own, no other fails. */
void failing_pass(bool on);

/* WRAP(kind, result, function, (parameters), (arguments), what it returns failing) */
#define WRAP(what, type, name, parameters, arguments, failure) \
	type __real_##name parameters; \
	type __wrap_##name parameters; \
	type __wrap_##name parameters \
	{ \
		if (failing_now(FAILING_##what)) \
			return failure; \
		return __real_##name arguments; \
	}
/* What a call leaves in errno, and returns. */
#define WITH(number, result) (errno = (number), (result))

#endif
