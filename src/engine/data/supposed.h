/* Supposed: what the facts may be that a model must have but that nobody tells.
 *
 * Its size, its kind and whether it was evaluated with the chat template decide much of a score.
 * Where one of them is not known, it is v with the chance p(v), learned by counting the scored
 * models in contexts from wide to narrow, each smoothed by the one before (MacKay and Peto 1995):
 *
 *     p_l(v) = (n_l(v) + m p_l-1(v)) / (n_l + m)
 *
 * of size: its architecture; that and its owner; that and the size in the name; all three.  Of kind:
 * all; architecture and two months; owner; owner and first word.  Of template: all; kind; that and
 * architecture; that and owner; that and first word.  Models whose architecture is known and others,
 * which are served and not to be had, do not tell of each other, and without an architecture a
 * size is not supposed.  Several unknown facts follow one after the other, each given those before.
 */
#ifndef STEMMA_ENGINE_SUPPOSED_H
#define STEMMA_ENGINE_SUPPOSED_H

#include "data/attributes.h"

#define SUPPOSED_MAX 16
struct supposition {
	struct engine_model facts;
	double chance; /* they sum to 1 */
};

struct supposed;
/* Counts among the rows (model numbers of scored models).  `attributes` is borrowed. */
struct supposed *supposed_new(const struct attributes *attributes, const struct engine_data *data,
			      const uint32_t *rows, size_t count);
void supposed_free(struct supposed *supposed); /* NULL allowed */

/* The likeliest facts of a model, likeliest first, at least 1; the facts themselves where all are
 * known, or where no scored model tells of what is not. */
size_t supposed_list(const struct supposed *supposed, const struct engine_model *facts,
		     struct supposition list[SUPPOSED_MAX]);

#endif
