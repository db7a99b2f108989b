/* What every unit test needs: cmocka with the headers that it expects, and
 * the way to the reference data. */
#ifndef STEMMA_TESTS_UNIT_TEST_H
#define STEMMA_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Path of a file of the reference data beside the project, in `buffer`;
 * skips the running test with a message when it is absent. */
static inline const char *shared_file(char *buffer, size_t size, const char *name)
{
	const char *top = getenv("top_srcdir");

	snprintf(buffer, size, "%s/../shared/%s", top ? top : ".", name);
	if (access(buffer, R_OK) != 0) {
		print_message("skipped: %s is absent\n", buffer);
		skip();
	}
	return buffer;
}

#endif
