/* Hub: a model as the Hub's API or its card describes it.  Private. */
#ifndef STEMMA_FORMATS_HUB_PRIVATE_H
#define STEMMA_FORMATS_HUB_PRIVATE_H

#include <jansson.h>

#include "source.h"
#include "stemma/base/facts.h"

enum hub_kind { HUB_API, HUB_CARD };

/* Delivers the model and its parents, and returns how it was made from these,
 * RELATION_COUNT when it has none; `model` has an "id", and what the API has: "tags",
 * "cardData" … */
enum relation hub_object(struct source *source, const json_t *model, enum hub_kind kind, long line);

#endif
