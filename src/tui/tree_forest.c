#include "tree_forest.h"

#include <math.h>
#include <stdlib.h>

#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

bool forest_is_silent(const struct tree *tree, uint32_t node)
{
	return tree->scored_below[node] == 0 && !tree->catalog->models[node].scored;
}

/* ---- structure -------------------------------------------------------------- */

static void find_primaries(struct tree *tree)
{
	tree->primary = memory_allocate(tree->count + 1, sizeof *tree->primary);
	for (size_t node = 0; node < tree->count; node++) {
		size_t parent = catalog_primary_parent(tree->catalog, node);
		tree->primary[node] = parent == CATALOG_NONE ? TREE_NONE : (uint32_t)parent;
	}
}

/* Distributes the lineage's children over `starts` and `list`: those that are
 * drawn under the parent, or the others. */
static void collect_children(struct tree *tree, bool drawn, uint32_t **starts, uint32_t **list)
{
	uint32_t filled = 0;

	*starts = memory_zero(tree->count + 1, sizeof **starts);
	*list = memory_allocate(lineage_edges(tree->catalog->lineage) + 1, sizeof **list);
	for (size_t node = 0; node < tree->count; node++) {
		size_t count;
		const uint32_t *children = lineage_children(tree->catalog->lineage, node, &count);
		(*starts)[node] = filled;
		for (size_t i = 0; i < count; i++)
			if ((tree->primary[children[i]] == node) == drawn)
				(*list)[filled++] = children[i];
	}
	(*starts)[tree->count] = filled;
}

static void count_descendants(struct tree *tree)
{
	const uint32_t *order = lineage_order(tree->catalog->lineage);

	tree->below = memory_zero(tree->count + 1, sizeof *tree->below);
	tree->scored_below = memory_zero(tree->count + 1, sizeof *tree->scored_below);
	for (size_t i = tree->count; i-- > 0;) {
		uint32_t node = order[i], parent = tree->primary[node];
		if (parent == TREE_NONE)
			continue;
		tree->below[parent] += tree->below[node] + 1;
		tree->scored_below[parent] +=
			tree->scored_below[node] + tree->catalog->models[node].scored;
	}
}

enum root_kind { FAMILY, SINGLE, SILENT };

static enum root_kind root_kind(const struct tree *tree, uint32_t node)
{
	if (forest_is_silent(tree, node))
		return SILENT;
	bool has_links = tree->link_start[node] < tree->link_start[node + 1];
	return tree->below[node] > 0 || has_links ? FAMILY : SINGLE;
}

static void collect_roots(struct tree *tree)
{
	size_t *counts[] = {&tree->family_count, &tree->single_count, &tree->silent_count};
	size_t filled = 0;

	tree->roots = memory_allocate(tree->count + 1, sizeof *tree->roots);
	for (int kind = FAMILY; kind <= SILENT; kind++) {
		size_t first = filled;
		for (size_t node = 0; node < tree->count; node++)
			if (tree->primary[node] == TREE_NONE &&
			    (int)root_kind(tree, (uint32_t)node) == kind)
				tree->roots[filled++] = (uint32_t)node;
		*counts[kind] = filled - first;
	}
}

void forest_build(struct tree *tree)
{
	find_primaries(tree);
	collect_children(tree, true, &tree->child_start, &tree->children);
	collect_children(tree, false, &tree->link_start, &tree->links);
	count_descendants(tree);
	collect_roots(tree);
	tree->best = memory_allocate(tree->count + 1, sizeof *tree->best);
}

void forest_raise(const struct tree *tree, double *values)
{
	const uint32_t *order = lineage_order(tree->catalog->lineage);

	for (size_t i = tree->count; i-- > 0;) {
		uint32_t node = order[i], parent = tree->primary[node];
		if (parent != TREE_NONE && !(values[node] <= values[parent]) && !isnan(values[node]))
			values[parent] = values[node];
	}
}

void forest_measure(struct tree *tree)
{
	for (size_t node = 0; node < tree->count; node++)
		tree->best[node] = tree_score(tree, node);
	forest_raise(tree, tree->best);
}

/* ---- order -------------------------------------------------------------------- */

/* Larger first, unknown last. */
static int compare_down(double a, double b)
{
	if (isnan(a) || isnan(b))
		return (isnan(a) != 0) - (isnan(b) != 0);
	return a < b ? 1 : a > b ? -1 : 0;
}

static int compare_kin(const struct tree *tree, uint32_t a, uint32_t b)
{
	if (tree->scored_below[a] != tree->scored_below[b])
		return tree->scored_below[a] > tree->scored_below[b] ? -1 : 1;
	return compare_down(tree_score(tree, a), tree_score(tree, b));
}

static int node_compare(const void *left, const void *right, void *context)
{
	const struct tree *tree = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	int result = forest_is_silent(tree, a) - forest_is_silent(tree, b);

	if (result)
		return result;
	switch (tree->order) {
	case TREE_BY_KIN: result = compare_kin(tree, a, b); break;
	case TREE_BY_SCORE: result = compare_down(tree->best[a], tree->best[b]); break;
	case TREE_BY_DATE:
		result = compare_down(tree->catalog->models[a].uploaded,
				      tree->catalog->models[b].uploaded);
		break;
	case TREE_BY_SIZE:
		result = compare_down(tree->catalog->models[a].params_b,
				      tree->catalog->models[b].params_b);
		break;
	case TREE_BY_Z:
		result = tree->best_z ? compare_down(tree->best_z[a], tree->best_z[b]) : 0;
		break;
	default: break;
	}
	if (!result)
		result = utf8_compare_names(tree->catalog->models[a].name,
					    tree->catalog->models[b].name);
	return result ? result : a < b ? -1 : a > b;
}

static void sort_nodes(struct tree *tree, uint32_t *nodes, size_t count)
{
	if (count > 1)
		qsort_r(nodes, count, sizeof *nodes, node_compare, tree);
}

void forest_sort_roots(struct tree *tree)
{
	uint32_t *singles = tree->roots + tree->family_count;

	for (size_t node = 0; node < tree->count; node++)
		tree->flags[node] &= (uint8_t)~TREE_SORTED;
	sort_nodes(tree, tree->roots, tree->family_count);
	sort_nodes(tree, singles, tree->single_count);
	sort_nodes(tree, singles + tree->single_count, tree->silent_count);
}

void forest_sort_children(struct tree *tree, uint32_t node)
{
	uint32_t first = tree->child_start[node], links = tree->link_start[node];

	if (tree->flags[node] & TREE_SORTED)
		return;
	tree->flags[node] |= TREE_SORTED;
	sort_nodes(tree, tree->children + first, tree->child_start[node + 1] - first);
	sort_nodes(tree, tree->links + links, tree->link_start[node + 1] - links);
}

void forest_walk(struct tree *tree)
{
	size_t roots = tree->family_count + tree->single_count + tree->silent_count;
	uint32_t *stack = memory_allocate(tree->count + 1, sizeof *stack);
	size_t filled = 0, depth = 0;

	for (size_t i = roots; i-- > 0;)
		stack[depth++] = tree->roots[i];
	while (depth > 0) {
		uint32_t node = stack[--depth];
		tree->position[node] = (uint32_t)filled;
		tree->queue[filled++] = node;
		forest_sort_children(tree, node);
		for (uint32_t i = tree->child_start[node + 1]; i-- > tree->child_start[node];)
			stack[depth++] = tree->children[i];
	}
	free(stack);
}
