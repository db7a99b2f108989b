/* Read: a target of one reader, whatever the content is recognised as. */
#ifndef STEMMA_TESTS_FUZZ_READ_H
#define STEMMA_TESTS_FUZZ_READ_H

#include "fuzz.h"

#include "../../src/formats/reading.h"

static inline void fuzz_read(enum status (*reader)(struct source *source), const char *name,
			     const uint8_t *data, size_t size)
{
	struct source source;
	struct error error = {0};
	char *text = fuzz_copy(data, size);

	source_open_memory(&source, text, size, name, &fuzz_sink, &error);
	fuzz_check_failure(reader(&source), &error);
	source_close(&source);
	free(text);
}

/* The whole target: the reader's function, and what its file is called. */
#define FUZZ_READER(reader, name) \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) \
	{ \
		fuzz_read(reader, name, data, size); \
		return 0; \
	}

#endif
