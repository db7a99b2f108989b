/* Filter and search of the tree model. */
#include <stdlib.h>
#include <string.h>

#include "stemma/base/fuzzy.h"
#include "tree_forest.h"
#include "stemma/base/memory.h"

/* ---- filter ---------------------------------------------------------------- */

/* Marks the matches and what leads to them; returns the best match. */
static size_t mark_fitting(struct tree *tree)
{
	size_t best;

	tree->fit_count = filter_run(tree->finder, tree->scored_below, 2, tree->fit, &best);
	for (size_t node = 0; node < tree->count; node++)
		if (tree->fit[node] == 2)
			for (uint32_t up = tree->primary[node]; up != TREE_NONE && !tree->fit[up];
			     up = tree->primary[up])
				tree->fit[up] = 1;
	return best;
}

enum status tree_filter(struct tree *tree, const char *line, struct error *error)
{
	size_t node = tree_model(tree);
	bool none = !line || !line[strspn(line, " ")];

	if (!tree->finder)
		tree->finder = filter_new(tree->catalog);
	filter_set_z(tree->finder, tree->z);
	enum status status = filter_set(tree->finder, none ? "" : line, error);
	if (status != STATUS_OK)
		return status;
	char *copy = none ? NULL : memory_string(line);
	free(tree->filter);
	tree->filter = copy;
	if (!tree->filter) {
		tree_rebuild(tree);
		if (node != CATALOG_NONE)
			tree_reveal(tree, node);
		return STATUS_OK;
	}
	size_t best = mark_fitting(tree);
	tree_rebuild(tree);
	if (best != CATALOG_NONE)
		tree_move(tree, tree_row_of(tree, best));
	return STATUS_OK;
}

void tree_set_filter(struct tree *tree, const char *filter)
{
	tree_filter(tree, filter, NULL);
}

const char *tree_filter_hint(const struct tree *tree)
{
	return tree->finder ? filter_hint(tree->finder) : "";
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
