#include "judge/relatives.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

#define MET_MAX 20000 /* relatives of one model that are looked at */

/* A walk from one model, step by step. */
struct walk {
	const struct masked *masked;
	uint32_t *node;      /* MET_MAX: those that were met, nearest first */
	size_t met;
	uint32_t *mark;      /* by model: the last walk that met it */
	uint32_t number;     /* of this walk, from 1 */
	size_t *wanted;      /* by benchmark: its judged cell of this model + 1; 0 none */
};

static void meet(struct walk *walk, uint32_t node)
{
	if (walk->mark[node] == walk->number || walk->met == MET_MAX)
		return;
	walk->mark[node] = walk->number;
	walk->node[walk->met++] = node;
}

static void meet_neighbours(struct walk *walk, uint32_t node)
{
	const struct lineage *lineage = walk->masked->data.lineage;
	size_t count;
	const struct lineage_parent *parents = lineage_parents(lineage, node, &count);

	for (size_t i = 0; i < count; i++)
		meet(walk, parents[i].node);
	const uint32_t *children = lineage_children(lineage, node, &count);
	for (size_t i = 0; i < count; i++)
		meet(walk, children[i]);
}

/* Adds what a relative so many steps away scores to the cells that have no nearer one. */
static void hear(const struct walk *walk, uint32_t node, uint32_t distance, struct relatives *list, size_t *heard)
{
	size_t count;
	const struct engine_cell *cells = engine_data_cells(&walk->masked->data, node, &count);

	for (size_t c = 0; c < count; c++) {
		size_t wanted = walk->wanted[cells[c].benchmark];
		if (wanted == 0)
			continue;
		struct relatives *relatives = &list[wanted - 1];
		if (relatives->distance != 0 && relatives->distance != distance)
			continue;
		relatives->mean = (relatives->distance ? relatives->mean : 0) + cells[c].value;
		relatives->distance = distance;
		heard[wanted - 1]++;
	}
}

/* Of the cells begin .. end - 1, which are of one model. */
static void walk_from(struct walk *walk, size_t begin, size_t end, struct relatives *list, size_t *heard)
{
	size_t left = end - begin, first = 0;

	walk->number++;
	walk->met = 0;
	meet(walk, walk->masked->cells[begin].model);
	for (size_t i = begin; i < end; i++)
		walk->wanted[walk->masked->cells[i].benchmark] = i + 1;
	for (uint32_t distance = 1; distance <= HOLDOUT_DISTANCE_MAX && left > 0; distance++) {
		size_t last = walk->met;
		for (; first < last; first++)
			meet_neighbours(walk, walk->node[first]);
		for (size_t i = last; i < walk->met; i++)
			hear(walk, walk->node[i], distance, list, heard);
		for (size_t i = begin; i < end; i++)
			left -= list[i].distance == distance;
	}
	for (size_t i = begin; i < end; i++) {
		walk->wanted[walk->masked->cells[i].benchmark] = 0;
		list[i].mean = heard[i] ? list[i].mean / (double)heard[i] : NAN;
	}
}

void relatives_find(const struct masked *masked, struct relatives *list)
{
	struct walk walk = {
		.masked = masked,
		.node = memory_allocate(MET_MAX, sizeof *walk.node),
		.mark = memory_zero(masked->data.models + 1, sizeof *walk.mark),
		.wanted = memory_zero(masked->data.benchmarks + 1, sizeof *walk.wanted),
	};
	size_t *heard = memory_zero(masked->count + 1, sizeof *heard);

	for (size_t i = 0; i < masked->count; i++)
		list[i] = (struct relatives){0};
	for (size_t begin = 0, end; begin < masked->count; begin = end) {
		for (end = begin; end < masked->count && masked->cells[end].model == masked->cells[begin].model; end++)
			;
		walk_from(&walk, begin, end, list, heard);
	}
	free(walk.node);
	free(walk.mark);
	free(walk.wanted);
	free(heard);
}

enum holdout_made relatives_made(const struct engine_data *data, uint32_t model)
{
	static const enum holdout_made of_relation[RELATION_COUNT] = {
		[RELATION_FINETUNE] = HOLDOUT_MADE_FINETUNE, [RELATION_ADAPTER] = HOLDOUT_MADE_ADAPTER,
		[RELATION_QUANTIZED] = HOLDOUT_MADE_QUANTIZED, [RELATION_MERGE] = HOLDOUT_MADE_MERGE,
		[RELATION_SETTING] = HOLDOUT_MADE_SETTING,
	};
	struct engine_model facts = engine_data_model(data, model);
	enum holdout_made made = HOLDOUT_MADE_OTHER;
	size_t count;
	const struct lineage_parent *parents = lineage_parents(data->lineage, model, &count);

	if (facts.setting)
		return HOLDOUT_MADE_SETTING;
	for (size_t i = 0; i < count && made == HOLDOUT_MADE_OTHER; i++)
		made = parents[i].relation < RELATION_COUNT ? of_relation[parents[i].relation] : made;
	return facts.kind == KIND_MERGE ? HOLDOUT_MADE_MERGE : made;
}
