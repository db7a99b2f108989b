/* Filter and search of the tree model. */
#include <stdlib.h>
#include <string.h>

#include "fuzzy.h"
#include "tree_forest.h"
#include "stemma/base/memory.h"

/* ---- filter ---------------------------------------------------------------- */

/* Marks the matches and what leads to them; returns the best match. */
static uint32_t mark_fitting(struct tree *tree)
{
	uint32_t best = TREE_NONE;
	double best_score = FUZZY_NONE;

	memset(tree->fit, 0, tree->count);
	tree->fit_count = 0;
	for (size_t node = 0; node < tree->count; node++) {
		double score = fuzzy_score(tree->filter, tree_name(tree, node));
		if (score <= FUZZY_NONE / 2)
			continue;
		tree->fit[node] = 2;
		tree->fit_count++;
		/* Among equals the one with the most kin. */
		if (score > best_score + 1e-9 ||
		    (score > best_score - 1e-9 && best != TREE_NONE &&
		     tree->scored_below[node] > tree->scored_below[best])) {
			best = (uint32_t)node;
			best_score = score;
		}
		for (uint32_t up = tree->primary[node]; up != TREE_NONE && !tree->fit[up];
		     up = tree->primary[up])
			tree->fit[up] = 1;
	}
	return best;
}

void tree_set_filter(struct tree *tree, const char *filter)
{
	size_t node = tree_model(tree);

	free(tree->filter);
	tree->filter = filter && *filter ? memory_string(filter) : NULL;
	if (!tree->filter) {
		tree_rebuild(tree);
		if (node != CATALOG_NONE)
			tree_reveal(tree, node);
		return;
	}
	uint32_t best = mark_fitting(tree);
	tree_rebuild(tree);
	if (best != TREE_NONE)
		tree_move(tree, tree_row_of(tree, best));
}

/* ---- search ---------------------------------------------------------------- */

void tree_search(struct tree *tree, const char *needle)
{
	char *copy = memory_string(needle);

	free(tree->needle);
	tree->needle = copy;
	tree->match_count = 0;
	if (!copy || !*copy)
		return;
	/* queue becomes the unfolded order, position its inverse */
	forest_walk(tree);
	for (size_t i = 0; i < tree->count; i++)
		if (fuzzy_find(tree_name(tree, tree->queue[i]), copy))
			tree->matches[tree->match_count++] = tree->queue[i];
}

bool tree_is_match(const struct tree *tree, size_t node)
{
	return tree->needle && *tree->needle && fuzzy_find(tree_name(tree, node), tree->needle);
}

/* The place of the cursor in the unfolded order, doubled so that a row between
 * two models (a folded run) has a place of its own. */
static long cursor_position(const struct tree *tree)
{
	for (size_t row = tree->cursor + 1; row-- > 0;)
		if (row < tree->row_count && tree->rows[row].kind == ROW_MODEL)
			return 2 * (long)tree->position[tree->rows[row].node] +
			       (row != tree->cursor);
	return -1;
}

size_t tree_match(const struct tree *tree, int step, bool here, size_t *number)
{
	long place = cursor_position(tree);
	size_t found = SIZE_MAX;

	*number = 0;
	if (tree->match_count == 0)
		return CATALOG_NONE;
	for (size_t i = 0; i < tree->match_count; i++) {
		long match = 2 * (long)tree->position[tree->matches[i]];
		if (step > 0 && (match > place || (here && match == place))) {
			found = i;
			break;
		}
		if (step < 0 && (match < place || (here && match == place)))
			found = i;
	}
	if (found == SIZE_MAX)
		found = step > 0 ? 0 : tree->match_count - 1;
	*number = found + 1;
	return tree->matches[found];
}
