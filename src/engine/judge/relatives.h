/* Relatives: how far the nearest known score is in the lineage.  Private to the engine. */
#ifndef STEMMA_ENGINE_RELATIVES_H
#define STEMMA_ENGINE_RELATIVES_H

#include "judge/masked.h"
#include "stemma/engine/holdout.h"

struct relatives {
	uint32_t distance; /* steps to the nearest relatives with a known score, at most HOLDOUT_DISTANCE_MAX; 0 none */
	double mean;       /* of their scores; NAN without */
};
/* Of each judged cell: masked->count entries.  Of a model with very many relatives the nearest are looked at. */
void relatives_find(const struct masked *masked, struct relatives *list);

/* How a model was made, by itself and its parents. */
enum holdout_made relatives_made(const struct engine_data *data, uint32_t model);

#endif
