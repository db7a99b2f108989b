/* The rows under a filter: the models that fit and what leads to them.  A row is a
 * bit in the order of the unfolded forest, in which a branch is one piece. */
#include <stdlib.h>

#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"
#include "tree/tree_forest.h"

/* ---- laying out ------------------------------------------------------------- */

/* The steps go by words; each part has some of them. */
struct layout {
	struct tree *tree;
	size_t words, parts;
	uint64_t *fit;    /* by place, whether the model fits; the tree's are what is shown */
	uint32_t *before; /* how many fit before each word; first, within each */
};

static size_t layout_begin(const struct layout *layout, size_t part)
{
	return parallel_begin(layout->words, part, layout->parts);
}

static size_t word_end(const struct layout *layout, size_t word)
{
	size_t end = (word + 1) * TREE_WORD;

	return end < layout->tree->count ? end : layout->tree->count;
}

static void collect_part(void *context, size_t part)
{
	const struct layout *layout = context;
	const struct tree *tree = layout->tree;

	for (size_t word = layout_begin(layout, part); word < layout_begin(layout, part + 1); word++) {
		uint64_t bits = 0;
		for (size_t place = word * TREE_WORD, end = word_end(layout, word); place < end; place++)
			bits |= (uint64_t)tree->fit[tree->walk[place]] << place % TREE_WORD;
		layout->fit[word] = bits;
		layout->before[word] = (uint32_t)__builtin_popcountll(bits);
	}
}

/* Turns the counts of words into those before each; returns that of all. */
static uint32_t add_up(uint32_t *counts, size_t words)
{
	uint32_t all = 0;

	for (size_t word = 0; word < words; word++) {
		uint32_t count = counts[word];
		counts[word] = all;
		all += count;
	}
	counts[words] = all;
	return all;
}

/* Bits before a place, which may be that behind the last. */
static uint32_t bits_before(const uint64_t *bits, const uint32_t *before, size_t place)
{
	uint64_t below = (UINT64_C(1) << place % TREE_WORD) - 1;

	return before[place / TREE_WORD] + (uint32_t)__builtin_popcountll(bits[place / TREE_WORD] & below);
}

/* What does not fit leads to what does when a bit is set in its branch. */
static void show_part(void *context, size_t part)
{
	const struct layout *layout = context;
	const struct tree *tree = layout->tree;
	const uint32_t *end = tree->branch_ends;

	for (size_t word = 0; word < layout_begin(layout, part); word++)
		end += __builtin_popcountll(tree->branches[word]);
	for (size_t word = layout_begin(layout, part); word < layout_begin(layout, part + 1); word++) {
		uint64_t shown = layout->fit[word];
		for (uint64_t left = tree->branches[word]; left; left &= left - 1, end++) {
			uint64_t bit = left & -left;
			size_t place = word * TREE_WORD + (size_t)__builtin_ctzll(left);
			if (!(shown & bit) && bits_before(layout->fit, layout->before, place) <
						      bits_before(layout->fit, layout->before, *end))
				shown |= bit;
		}
		tree->fit_bits[word] = shown;
		tree->fit_before[word] = (uint32_t)__builtin_popcountll(shown);
	}
}

void fitting_build(struct tree *tree)
{
	struct layout layout = {
		.tree = tree, .words = tree_words(tree), .parts = parallel_parts(tree->count),
	};

	forest_walk(tree);
	if (!tree->fit_bits) {
		tree->fit_bits = memory_allocate(layout.words, sizeof *tree->fit_bits);
		tree->fit_before = memory_allocate(layout.words + 1, sizeof *tree->fit_before);
	}
	layout.fit = memory_allocate(layout.words, sizeof *layout.fit);
	layout.before = memory_allocate(layout.words + 1, sizeof *layout.before);
	parallel_run(layout.parts, collect_part, &layout);
	add_up(layout.before, layout.words);
	parallel_run(layout.parts, show_part, &layout);
	tree->row_count = add_up(tree->fit_before, layout.words);
	free(layout.fit);
	free(layout.before);
}

/* ---- finding rows ------------------------------------------------------------ */

/* Rows before a place of the walk. */
static size_t rows_before(const struct tree *tree, size_t place)
{
	return bits_before(tree->fit_bits, tree->fit_before, place);
}

static uint32_t node_at(const struct tree *tree, size_t row)
{
	size_t low = 0, high = tree->count / TREE_WORD; /* the word that has the row */

	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;
		if (tree->fit_before[middle] <= row)
			low = middle;
		else
			high = middle - 1;
	}
	uint64_t bits = tree->fit_bits[low];
	for (size_t skip = row - tree->fit_before[low]; skip > 0; skip--)
		bits &= bits - 1;
	return tree->walk[low * TREE_WORD + (size_t)__builtin_ctzll(bits)];
}

/* Where the branch of a node ends in the walk; of no node, the whole. */
static size_t branch_end(const struct tree *tree, uint32_t node)
{
	return node == TREE_NONE ? tree->count : tree->position[node] + (size_t)tree->below[node] + 1;
}

/* A shown sibling follows. */
static bool sibling_follows(const struct tree *tree, uint32_t node)
{
	return rows_before(tree, branch_end(tree, node)) <
	       rows_before(tree, branch_end(tree, tree->primary[node]));
}

struct tree_row fitting_row(const struct tree *tree, size_t row)
{
	struct tree_row result = {.node = node_at(tree, row), .owner = TREE_NONE, .kind = ROW_MODEL};
	uint32_t up = tree->primary[result.node];
	size_t depth = 0;

	for (uint32_t node = up; node != TREE_NONE; node = tree->primary[node])
		depth++;
	result.depth = (uint16_t)(depth < UINT16_MAX ? depth : UINT16_MAX);
	result.last = depth > 0 && !sibling_follows(tree, result.node);
	for (; depth-- > 1; up = tree->primary[up])
		if (depth < 64 && sibling_follows(tree, up))
			result.guides |= UINT64_C(1) << depth;
	return result;
}

size_t fitting_sibling(const struct tree *tree, size_t row, int step)
{
	uint32_t node = node_at(tree, row), parent = tree->primary[node];

	if (step > 0)
		return sibling_follows(tree, node) ? rows_before(tree, branch_end(tree, node)) : row;
	if (row == 0)
		return row;
	uint32_t before = node_at(tree, row - 1);
	while (before != parent && tree->primary[before] != parent)
		before = tree->primary[before];
	return before == parent ? row : rows_before(tree, tree->position[before]);
}

size_t fitting_above(const struct tree *tree, size_t row)
{
	uint32_t parent = tree->primary[node_at(tree, row)];

	return parent == TREE_NONE ? row : rows_before(tree, tree->position[parent]);
}

size_t fitting_row_of(const struct tree *tree, uint32_t node)
{
	size_t place = tree->position[node];
	bool shown = tree->fit_bits[place / TREE_WORD] >> place % TREE_WORD & 1;

	return shown ? rows_before(tree, place) : SIZE_MAX;
}
