/* Hub: what an answer of the Hub's API is about. */
#ifndef STEMMA_FORMATS_HUB_H
#define STEMMA_FORMATS_HUB_H

#include <stddef.h>

#include "stemma/base/error.h"
#include "stemma/base/text.h"

/* The name that the Hub gives a model now, of an answer about it; NULL when it has
 * none that can be a name.  The caller frees. */
char *hub_model_name(const char *text, size_t length);

/* Visits the ids (OWNER/NAME) of a list of data sets.  STATUS_DATA when it is none. */
enum status hub_each_dataset(const char *text, size_t length, void (*visit)(void *context, const char *id), void *context,
			     struct error *error);
/* The first task of a data set's eval.yaml, which its leaderboard is of; NULL when it tells none.  The caller
 * frees. */
char *hub_first_task(const char *text, size_t length);
/* Appends the leaderboard of a data set as a list of models with their results, which an import reads; *entries
 * of them.  `task` may be NULL.  Values are shares of 1 where all of the board are up to 1, else percentages
 * where all are up to 100.  STATUS_DATA when it is no leaderboard. */
enum status hub_board(const char *text, size_t length, const char *dataset, const char *task, struct text *out,
		      size_t *entries, struct error *error);

#endif
