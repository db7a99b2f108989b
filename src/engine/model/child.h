/* Child: a hypothetical model, described by its parents, their shares and its own facts.
 * Keeps what belongs to each parent, so that a new weight costs sums.  Private to the engine. */
#ifndef STEMMA_ENGINE_CHILD_H
#define STEMMA_ENGINE_CHILD_H

#include "model/belief.h"

/* What a child takes of one parent. */
struct child_parent {
	bool valid;
	size_t parent;
	struct factors_state state;       /* by the pedigree, at weight 1 */
	struct inherited_parent as_it_is; /* for a merge; without a state before one asks */
	struct belief belief;             /* that it borrows */
};

struct child {
	const struct factors *factors;
	struct child_parent parent[ENGINE_PARENTS_MAX];
	struct engine_child described;  /* parents by number, each once, their weights > 0 and of sum 1 */
	enum answer evaluated;          /* with the chat template, as the caller said */
	struct factors_state facts;     /* of its own facts and making */
	bool facts_valid;
	struct factors_state told;      /* by facts and pedigree */
	struct inherited inherited;     /* of a merge under the prior kin; count 0 else */
};

void child_new(const struct factors *factors, struct child *child);
void child_free(struct child *child);
/* Describes it anew and begins what is believed of it; `total`, the sum of the weights, is > 0 where there are
 * parents.  The belief borrows of the child.  The order of the parents, and parents of weight 0, are no matter. */
void child_describe(struct child *child, const struct engine_child *as, double total, struct belief *belief);

/* A merge of the lineage as one would have sketched it before it was made: no name and no owner, facts as its
 * heaviest parent, or its youngest, has them.  False where it has no parents, or they have no size. */
bool child_of_lineage(const struct engine_data *data, size_t model, struct engine_child *as);

#endif
