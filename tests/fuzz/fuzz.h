/* Fuzz: what the targets share.  A target is a file of its own name with
 * LLVMFuzzerTestOneInput(); README says how to add one. */
#ifndef STEMMA_TESTS_FUZZ_FUZZ_H
#define STEMMA_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/formats/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold, also where assert() is compiled out. */
#define FUZZ_CHECK(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/* A copy that a byte too many is seen of; the caller frees. */
char *fuzz_copy(const uint8_t *data, size_t size);
/* The same as a string: without NUL bytes, which no string has. */
char *fuzz_text(const uint8_t *data, size_t size);

/* A copy of other bytes with the edits that the input is: each three bytes of place,
 * one of length, the bytes.  The caller frees. */
char *fuzz_edit(const void *bytes, size_t whole, const uint8_t *data, size_t size);

/* A sink that reads all that is delivered and checks what every reader owes. */
extern const struct record_sink fuzz_sink;

/* A message that a failure owes: a reason, and clean. */
void fuzz_check_failure(enum status status, const struct error *error);

/* A file in memory with these bytes; path gets its name.  Close the number. */
#define FUZZ_PATH 32
int fuzz_file(const void *data, size_t size, char path[FUZZ_PATH]);

#endif
