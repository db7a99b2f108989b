/* Neighbours: the scored models that tell the most about one, without comparing
 * all pairs: its relatives, and those uploaded just before and after it that
 * share its family, owner, series or way of making. */
#ifndef STEMMA_ENGINE_NEIGHBOURS_H
#define STEMMA_ENGINE_NEIGHBOURS_H

#include "model/kernel.h"

struct neighbours;

/* All is borrowed; model_row has a row or -1 by node. */
struct neighbours *neighbours_new(const struct kernel_space *space, const struct lineage *lineage,
				  const uint32_t *row_model, const int32_t *model_row);
void neighbours_free(struct neighbours *neighbours); /* NULL allowed */

/* Puts neighbours of a row behind the `count` rows of the list, none twice nor
 * itself, up to max; returns the new count.  Safe in several threads. */
size_t neighbours_older(const struct neighbours *neighbours, uint32_t row, uint32_t *list, size_t count,
			size_t max); /* only such as were uploaded before it */
size_t neighbours_around(const struct neighbours *neighbours, uint32_t row, uint32_t *list, size_t count,
			 size_t max);

/* The rows, those of a family, kind and template together, by date. */
const uint32_t *neighbours_alike(const struct neighbours *neighbours);

#endif
