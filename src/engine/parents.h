/* Parents: what the files of the guesses share.  Private.
 *
 * parents_features.c compares a merge with a model that could be its parent;
 * parents.c learns from the comparisons, guesses and tests. */
#ifndef STEMMA_ENGINE_PARENTS_PRIVATE_H
#define STEMMA_ENGINE_PARENTS_PRIVATE_H

#include "stemma/engine/parents.h"

/* What is compared; all but the constant are standardised before learning. */
enum feature {
	NAME_OF_PARENT, NAME_OF_CHILD, NAME_RAREST, OWNER_SAME,
	USES, USES_OWN, USED_OWN_NEAR, USED_NEAR, USES_NEAR,
	DATE_UNKNOWN, DATE_GAP, DATE_NEAR,
	SCORE_DISTANCE, SCORE_NEAR, SCORE_UNKNOWN, SCORE_SQUARE, SCORE_LEAD,
	KIND_IS_MERGE, KIND_IS_PRETRAINED, ARCHITECTURE_UNKNOWN, SIZE_RATIO, SIZE_SAME,
	OWNER_AND_DAYS, CONSTANT,
	FEATURES
};

struct words {
	uint32_t *list; /* sorted; owned */
	size_t count;
	double weight;  /* sum of the rarities */
};

struct parents {
	const struct engine_data *data;
	struct words *words;    /* by model */
	double *rarity;         /* by word: log of models over models with it */
	uint32_t *owner;        /* by model: number of the owner, 0 none */
	double *scale;          /* by benchmark: standard deviation */
	double weights[FEATURES], mean[FEATURES], sd[FEATURES];
};

/* Reads names, owners and the spread of the scores; nothing is learned yet. */
struct parents *parents_prepare(const struct engine_data *data);

/* How `child` was made from `parent`; RELATION_COUNT when the lineage does not have
 * that edge or it is a mere reference. */
enum relation parents_relation(const struct engine_data *data, size_t child, size_t parent);

/* Marks the model and all that descends from it, and nothing else. */
void parents_mark_descendants(const struct engine_data *data, size_t model, bool *marked);

/* Whether it is of the child's architecture, near its size and not younger; the
 * child's architecture must be known. */
bool parents_possible(const struct engine_data *data, size_t child, size_t parent);

/* Fills FEATURES numbers. */
void parents_compare(const struct parents *parents, size_t child, size_t parent, double *x);

#endif
