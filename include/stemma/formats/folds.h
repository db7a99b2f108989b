/* Folds: which scores are hidden together, as a table with the columns fold, model and
 * benchmark.  No reader of reader.h: such a file has nothing for the cache. */
#ifndef STEMMA_FORMATS_FOLDS_H
#define STEMMA_FORMATS_FOLDS_H

#include <stddef.h>

#include "stemma/base/error.h"

struct fold_row {
	long line;
	size_t fold;      /* below FOLDS_MAX */
	const char *model, *benchmark; /* borrowed for the call */
};
#define FOLDS_MAX 10000

/* Calls row() for each row; the file may be compressed.  A row that cannot be read ends the
 * reading: with some of its cells unhidden a fold would judge something else. */
enum status folds_read(const char *path, void (*row)(void *context, const struct fold_row *), void *context,
		       struct error *error);

#endif
