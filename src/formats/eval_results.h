/* Evaluation results as the Hub keeps them.  Private. */
#ifndef STEMMA_FORMATS_EVAL_RESULTS_H
#define STEMMA_FORMATS_EVAL_RESULTS_H

#include <jansson.h>

#include "source.h"

/* Whether a text begins as a file of .eval_results does: a list whose entries
 * have a data set and a value. */
bool eval_results_is(const char *text);
/* Delivers a list of entries as a run of the model; `line_of` gives the line of an
 * entry, NULL for none. */
void eval_results_deliver(struct source *source, const json_t *list, const char *model,
			  long (*line_of)(const void *context, size_t index), const void *context);

#endif
