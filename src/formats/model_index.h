/* Model index: the results that a model card has of its model.  Private. */
#ifndef STEMMA_FORMATS_MODEL_INDEX_H
#define STEMMA_FORMATS_MODEL_INDEX_H

#include <jansson.h>

#include "source.h"

/* Delivers what "model-index" has (formats.md §2.4) as a run of the model. */
void model_index_deliver(struct source *source, const json_t *index, const char *model);

#endif
