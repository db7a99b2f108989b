#include "tree/tree_forest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

bool forest_is_silent(const struct tree *tree, uint32_t node)
{
	return tree->scored_below[node] == 0 && !catalog_is_scored(tree->catalog, node);
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

/* Turns counts, each one place behind its node, into where the node's list
 * begins; `starts` has count + 2 places and fills the lists through the second. */
static uint32_t *make_list(uint32_t *starts, size_t count)
{
	for (size_t node = 0; node < count; node++)
		starts[node + 2] += starts[node + 1];
	return memory_allocate((size_t)starts[count + 1] + 1, sizeof(uint32_t));
}

/* Lists each node under its primary parent and as a link under its others, as they
 * lie in memory; each list is sorted when it is first shown. */
static void collect_children(struct tree *tree)
{
	const struct lineage *lineage = tree->catalog->lineage;
	uint32_t *drawn = tree->child_start = memory_zero(tree->count + 2, sizeof *drawn);
	uint32_t *linked = tree->link_start = memory_zero(tree->count + 2, sizeof *linked);
	size_t count;

	for (size_t node = 0; node < tree->count; node++) {
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t i = 0; i < count; i++)
			(parents[i].node == tree->primary[node] ? drawn : linked)[parents[i].node + 2]++;
	}
	tree->children = make_list(drawn, tree->count);
	tree->links = make_list(linked, tree->count);
	for (size_t node = 0; node < tree->count; node++) {
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t i = 0; i < count; i++) {
			uint32_t parent = parents[i].node;
			if (parent == tree->primary[node])
				tree->children[drawn[parent + 1]++] = (uint32_t)node;
			else
				tree->links[linked[parent + 1]++] = (uint32_t)node;
		}
	}
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
			tree->scored_below[node] + catalog_is_scored(tree->catalog, node);
	}
}

enum root_kind { FAMILY, SINGLE, SILENT, KIND_OF_ROOT_COUNT };

static enum root_kind root_kind(const struct tree *tree, uint32_t node)
{
	if (forest_is_silent(tree, node))
		return SILENT;
	bool has_links = tree->link_start[node] < tree->link_start[node + 1];
	return tree->below[node] > 0 || has_links ? FAMILY : SINGLE;
}

/* Looks at the nodes as they lie in memory, and only then at their order. */
static void collect_roots(struct tree *tree, const uint32_t *by_name)
{
	size_t counts[KIND_OF_ROOT_COUNT] = {0}, filled[KIND_OF_ROOT_COUNT];
	uint8_t *kinds = memory_allocate(tree->count, sizeof *kinds);

	for (size_t node = 0; node < tree->count; node++) {
		bool root = tree->primary[node] == TREE_NONE;
		kinds[node] = (uint8_t)(root ? root_kind(tree, (uint32_t)node) : KIND_OF_ROOT_COUNT);
		if (root)
			counts[kinds[node]]++;
	}
	tree->family_count = counts[FAMILY];
	tree->single_count = counts[SINGLE];
	tree->silent_count = counts[SILENT];
	filled[FAMILY] = 0;
	filled[SINGLE] = counts[FAMILY];
	filled[SILENT] = counts[FAMILY] + counts[SINGLE];
	tree->roots = memory_allocate(tree->count + 1, sizeof *tree->roots);
	for (size_t i = 0; i < tree->count; i++) {
		uint8_t kind = kinds[by_name[i]];
		if (kind < KIND_OF_ROOT_COUNT)
			tree->roots[filled[kind]++] = by_name[i];
	}
	free(kinds);
}

void forest_build(struct tree *tree)
{
	const uint32_t *by_name = catalog_by_name(tree->catalog);

	tree->rank = memory_allocate(tree->count + 1, sizeof *tree->rank);
	for (size_t i = 0; i < tree->count; i++)
		tree->rank[by_name[i]] = (uint32_t)i;
	find_primaries(tree);
	collect_children(tree);
	count_descendants(tree);
	collect_roots(tree, by_name);
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
	return result ? result : tree->rank[a] < tree->rank[b] ? -1 : tree->rank[a] > tree->rank[b];
}

static int key_compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return a < b ? -1 : a > b;
}

/* A pass by one byte of the keys, which keeps the order of equal ones. */
static void sort_by_byte(const uint64_t *restrict from, uint64_t *restrict to, size_t count, int shift)
{
	size_t start[257] = {0};

	for (size_t i = 0; i < count; i++)
		start[(from[i] >> shift & 0xFF) + 1]++;
	for (size_t byte = 0; byte < 256; byte++)
		start[byte + 1] += start[byte];
	for (size_t i = 0; i < count; i++)
		to[start[from[i] >> shift & 0xFF]++] = from[i];
}

#define FEW 512 /* nodes: comparing them is quicker than passes by byte */

/* Each key is the place of a name above its node.  The children of one model may be
 * a hundred thousand. */
static void sort_by_name(const struct tree *tree, uint32_t *nodes, size_t count)
{
	uint64_t *keys = memory_allocate(2 * count, sizeof *keys), *other = keys + count;

	for (size_t i = 0; i < count; i++)
		keys[i] = (uint64_t)tree->rank[nodes[i]] << 32 | nodes[i];
	if (count <= FEW)
		qsort(keys, count, sizeof *keys, key_compare);
	for (int shift = 32; shift < 64 && count > FEW; shift += 16) {
		sort_by_byte(keys, other, count, shift);
		sort_by_byte(other, keys, count, shift + 8);
	}
	for (size_t i = 0; i < count; i++)
		nodes[i] = (uint32_t)keys[i];
	free(keys);
}

static bool is_ranked(const struct tree *tree, const uint32_t *nodes, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (tree->rank[nodes[i - 1]] > tree->rank[nodes[i]])
			return false;
	return true;
}

/* Most of a hub has no scores, and by what scores tell all of that is alike:
 * it stands in the order of names. */
static void sort_silent(struct tree *tree, uint32_t *nodes, size_t count)
{
	bool by_name = tree->order == TREE_BY_KIN || tree->order == TREE_BY_SCORE ||
		       tree->order == TREE_BY_NAME;

	if (!by_name && count > 1)
		qsort_r(nodes, count, sizeof *nodes, node_compare, tree);
	else if (count > 1 && !is_ranked(tree, nodes, count))
		sort_by_name(tree, nodes, count);
}

/* Puts the silent nodes last, both kinds as they were; how many are not. */
static size_t part_silent(const struct tree *tree, uint32_t *nodes, size_t count)
{
	uint32_t *silent = memory_allocate(count, sizeof *silent);
	size_t loud = 0, quiet = 0;

	for (size_t i = 0; i < count; i++) {
		if (forest_is_silent(tree, nodes[i]))
			silent[quiet++] = nodes[i];
		else
			nodes[loud++] = nodes[i];
	}
	if (quiet > 0)
		memcpy(nodes + loud, silent, quiet * sizeof *silent);
	free(silent);
	return loud;
}

static void sort_nodes(struct tree *tree, uint32_t *nodes, size_t count)
{
	if (count < 2)
		return;
	size_t loud = part_silent(tree, nodes, count);
	if (loud > 1)
		qsort_r(nodes, loud, sizeof *nodes, node_compare, tree);
	sort_silent(tree, nodes + loud, count - loud);
}

void forest_sort_roots(struct tree *tree)
{
	uint32_t *singles = tree->roots + tree->family_count;

	for (size_t node = 0; node < tree->count; node++)
		tree->flags[node] &= (uint8_t)~TREE_SORTED;
	sort_nodes(tree, tree->roots, tree->family_count);
	sort_nodes(tree, singles, tree->single_count);
	tree->silent_sorted = tree->walked = tree->walking = false;
}

void forest_sort_silent(struct tree *tree)
{
	if (!tree->silent_sorted)
		sort_silent(tree, tree->roots + tree->family_count + tree->single_count, tree->silent_count);
	tree->silent_sorted = true;
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

/* Gives the nodes of a list their places, each as far behind the one before as
 * that one's branch is long; returns the place behind them. */
static uint32_t place_nodes(struct tree *tree, const uint32_t *nodes, size_t count, uint32_t place)
{
	for (size_t i = 0; i < count; i++) {
		tree->position[nodes[i]] = place;
		tree->walk[place] = nodes[i];
		tree->branches[place / TREE_WORD] |= (uint64_t)(tree->below[nodes[i]] > 0) << place % TREE_WORD;
		place += tree->below[nodes[i]] + 1;
	}
	return place;
}

static void start_walk(struct tree *tree)
{
	if (!tree->walk) {
		tree->walk = memory_allocate(tree->count + 1, sizeof *tree->walk);
		tree->position = memory_allocate(tree->count + 1, sizeof *tree->position);
		tree->branches = memory_allocate(tree_words(tree), sizeof *tree->branches);
	}
	memset(tree->branches, 0, tree_words(tree) * sizeof *tree->branches);
	forest_sort_silent(tree);
	tree->walking = true;
	tree->walk_done = tree->roots_done = 0;
	tree->next_root = 0;
}

/* Goes on with so many roots, which it takes off; whether all have their places. */
static bool place_roots(struct tree *tree, size_t *nodes)
{
	size_t count = tree->family_count + tree->single_count + tree->silent_count;
	size_t left = count - tree->roots_done, some = left < *nodes ? left : *nodes;

	tree->next_root = place_nodes(tree, tree->roots + tree->roots_done, some, tree->next_root);
	tree->roots_done += some;
	*nodes -= some;
	return some == left;
}

/* When all have their places. */
static void list_branches(struct tree *tree)
{
	size_t words = tree_words(tree), count = 0;

	for (size_t word = 0; word < words; word++)
		count += (size_t)__builtin_popcountll(tree->branches[word]);
	free(tree->branch_ends);
	tree->branch_ends = memory_allocate(count + 1, sizeof *tree->branch_ends);
	count = 0;
	for (size_t word = 0; word < words; word++)
		for (uint64_t left = tree->branches[word]; left; left &= left - 1) {
			size_t place = word * TREE_WORD + (size_t)__builtin_ctzll(left);
			tree->branch_ends[count++] = (uint32_t)place + tree->below[tree->walk[place]] + 1;
		}
}

bool forest_walk_step(struct tree *tree, size_t nodes)
{
	const uint32_t *order = lineage_order(tree->catalog->lineage);

	if (tree->walked)
		return false;
	if (!tree->walking)
		start_walk(tree);
	if (!place_roots(tree, &nodes))
		return true;
	/* Parents come before children. */
	for (; tree->walk_done < tree->count && nodes > 0; tree->walk_done++, nodes--) {
		uint32_t node = order[tree->walk_done], first = tree->child_start[node];
		uint32_t count = tree->child_start[node + 1] - first;
		if (count == 0)
			continue;
		if (count > 1)
			forest_sort_children(tree, node);
		place_nodes(tree, tree->children + first, count, tree->position[node] + 1);
	}
	tree->walked = tree->walk_done == tree->count;
	tree->walking = !tree->walked;
	if (tree->walked)
		list_branches(tree);
	return !tree->walked;
}

void forest_walk(struct tree *tree)
{
	while (forest_walk_step(tree, tree->count))
		;
}
