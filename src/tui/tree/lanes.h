/* Lanes: a graph of ancestors as text, the child above and the oldest below. */
#ifndef STEMMA_TUI_LANES_H
#define STEMMA_TUI_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "stemma/engine/lineage.h"

#define LANES_MAX 12
#define LANES_TEXT (2 * LANES_MAX * 4 + 1)

/* One line: a model with what leads to it, or (node LANES_LINK) the lines that
 * lead from the model above to parents in other lanes. */
#define LANES_LINK UINT32_MAX
struct lane_line {
	uint32_t node;
	char text[LANES_TEXT]; /* UTF-8, two columns a lane */
	double share;          /* of the child at the top */
	uint8_t relation;      /* enum relation of the edge that leads here first */
	uint8_t trust;         /* of that edge; TRUST_NONE at the top */
	size_t hidden;         /* parents without a lane of their own */
};

/* All ancestors of `model` with a share, children before parents, and itself
 * first; the caller frees.  Edges that are guessed have broken lines.  Parents
 * beyond LANES_MAX lanes are counted as hidden, and listed without lines. */
struct lane_line *lanes_draw(const struct lineage *lineage, size_t model, size_t *count);

#endif
