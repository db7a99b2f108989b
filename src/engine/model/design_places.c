/* Where further models stand. */
#include "model/design_parts.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

void design_place_clear(struct design_place *place)
{
	place->effects = place->rows = place->nodes = 0;
	memset(place->own, 0, sizeof place->own);
}

void design_place_free(struct design_place *place)
{
	free(place->effect);
	free(place->row);
	free(place->node);
	*place = (struct design_place){0};
}

static void place_effect(void *context, size_t effect, double value)
{
	struct design_place *place = context;

	place->effect = memory_grow(place->effect, place->effects, &place->effect_capacity, sizeof *place->effect);
	place->effect[place->effects++] = (struct design_entry){(uint32_t)effect, (float)value};
}

static void place_row(struct design_place *place, size_t row, double value)
{
	place->row = memory_grow(place->row, place->rows, &place->row_capacity, sizeof *place->row);
	place->row[place->rows++] = (struct design_entry){(uint32_t)row, (float)value};
}

static void place_node(struct design_place *place, size_t node, double value)
{
	place->node = memory_grow(place->node, place->nodes, &place->node_capacity, sizeof *place->node);
	place->node[place->nodes++] = (struct design_entry){(uint32_t)node, (float)value};
}

double design_nodes_in_common(const struct design *design, const double *theta, const struct design_place *a,
			      const struct design_place *b)
{
	double sum = 0;

	for (size_t i = 0; i < a->nodes; i++)
		for (size_t j = 0; j < b->nodes; j++)
			if (a->node[i].number == b->node[j].number)
				sum += (double)(a->node[i].value * b->node[j].value) *
				       theta[design_making_term(design_node_making(design->index->data->lineage, a->node[i].number))];
	return sum;
}

size_t design_suppose(const struct design *design, const struct engine_model *facts,
		      struct supposition list[SUPPOSED_MAX])
{
	list[0] = (struct supposition){*facts, 1};
	return design->index->supposed ? supposed_list(design->index->supposed, facts, list) : 1;
}

static int compare_group(const void *key, const void *entry)
{
	return member_compare_shared(key, ((const struct group *)entry)->shared);
}

void design_place_facts(const struct design *design, const struct engine_model *facts, struct design_place *place)
{
	size_t count;
	const struct term *terms = design_prior_terms(design->prior, &count);
	struct taker taker = {place_effect, place};
	struct view view;

	if (design->prior != PRIOR_KIN)
		return;
	view_new(design->index, facts, &view);
	for (size_t k = 0; k < count; k++) {
		const struct term_index *index = &design->index->term[k];
		struct member members[ATTRIBUTE_WORDS_MAX] = {{.row = 0}};
		if (terms[k].product[0].how == MAKING)
			continue;
		size_t found = members_make(design->index, &terms[k], facts, &view, members);
		if (found > 1)
			qsort(members, found, sizeof *members, member_compare);
		for (size_t i = 0, same; i < found; i += same) {
			const struct group *group = index->count == 0 ? NULL
				: bsearch(members[i].shared, index->group, index->count, sizeof *group, compare_group);
			for (same = 1; i + same < found && member_compare_shared(members[i + same].shared, members[i].shared) == 0;)
				same++;
			if (group)
				place->own[k] += members_take(&taker, &terms[k], group, members + i, same);
			for (size_t j = i; j < i + same && !group; j++)
				place->own[k] += members[j].square;
		}
	}
	free(view.possible);
}

/* Nodes between a node and those that have effects. */
struct climb {
	uint32_t *node;
	double *share;
	size_t count, done, capacity, share_capacity;
};

static void climb_add(struct climb *climb, size_t node, double share)
{
	for (size_t i = climb->done; i < climb->count; i++)
		if (climb->node[i] == node) {
			climb->share[i] += share;
			return;
		}
	climb->node = memory_grow(climb->node, climb->count, &climb->capacity, sizeof *climb->node);
	climb->share = memory_grow(climb->share, climb->count, &climb->share_capacity, sizeof *climb->share);
	climb->node[climb->count] = (uint32_t)node;
	climb->share[climb->count++] = share;
}

/* Takes a node: its effect; or its own innovation and its parents' part. */
static void climb_node(const struct design *design, size_t node, double share, struct design_place *place,
		       struct climb *climb)
{
	const struct design_index *index = design->index;
	const struct lineage *lineage = index->data->lineage;
	size_t count;

	if (index->node[node] >= 0) {
		place_effect(place, (size_t)index->node[node], share);
		return;
	}
	if (index->node[node] == CHILDLESS)
		place_row(place, (size_t)index->model_row[node], share);
	else
		place_node(place, node, share);
	const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
	for (size_t p = 0; p < count; p++)
		if (parents[p].weight > 0)
			climb_add(climb, parents[p].node, share * (double)parents[p].weight);
}

static void place_laplacian(const struct design *design, size_t node, double weight, struct design_place *place)
{
	const struct design_index *index = design->index;

	while (index->node[node] < 0) {
		place->own[0] += weight * weight / index->left[node];
		weight *= design->rho / index->left[node];
		if (index->towards[node] == UINT32_MAX)
			return;
		node = index->towards[node];
	}
	place_effect(place, (size_t)index->node[node], weight);
}

void design_place_node(const struct design *design, size_t node, double weight, struct design_place *place)
{
	struct climb climb = {0};

	if (design->prior == PRIOR_NONE)
		return;
	if (design->prior == PRIOR_LAPLACIAN) {
		place_laplacian(design, node, weight, place);
		return;
	}
	climb_add(&climb, node, weight);
	while (climb.done < climb.count) {
		size_t i = climb.done++;
		climb_node(design, climb.node[i], climb.share[i], place, &climb);
	}
	free(climb.node);
	free(climb.share);
}

void design_place_making(const struct design *design, enum relation relation, size_t parents,
			 struct design_place *place)
{
	if (design->prior == PRIOR_KIN)
		place->own[design_making_term(parents == 0 ? MAKING_ROOT : design_relation_making(relation))] += 1;
	else if (design->prior == PRIOR_LAPLACIAN)
		place->own[0] += 1 / (design->rho * (double)parents + 1);
}

double design_child_weight(const struct design *design, size_t parents, double weight)
{
	if (design->prior != PRIOR_LAPLACIAN)
		return weight;
	return weight > 0 ? design->rho / (design->rho * (double)parents + 1) : 0;
}

size_t design_row_origin(const struct design *design, size_t row, double *own)
{
	const struct design_index *index = design->index;
	size_t node = index->row_model[row];

	*own = design->prior == PRIOR_KIN && index->node[node] == CHILDLESS ? 1 : 0;
	return *own > 0 ? design_making_term(design_node_making(index->data->lineage, node)) : 0;
}
