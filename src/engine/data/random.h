/* Random: the same sequence on every machine.  Private to the engine. */
#ifndef STEMMA_ENGINE_RANDOM_H
#define STEMMA_ENGINE_RANDOM_H

#include <stdint.h>

#include "stemma/engine/lineage.h"

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t random_next(uint64_t *state);
double random_fraction(uint64_t *state); /* in [0, 1) */
/* Near a standard normal variable: the sum of twelve uniform ones, less 6. */
float random_normal(uint64_t *state);
/* The same graph between other models: each node takes another's place. */
struct lineage *random_lineage(const struct lineage *lineage, uint64_t *state);

#endif
