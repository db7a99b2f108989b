/* A tree of a newer catalog takes the place of an older one. */
#include "tree/tree_forest.h"

#define FOLDS (TREE_OPEN | TREE_MORE_OPEN | TREE_LINKS_OPEN)

static uint32_t matched(const uint32_t *match, uint32_t node)
{
	return node == TREE_NONE ? TREE_NONE : match[node]; /* nowhere is no node either */
}

static void take_folds(struct tree *tree, const struct tree *before, const uint32_t *match)
{
	for (size_t i = 0; i < before->count; i++)
		if ((before->flags[i] & FOLDS) && match[i] != CATALOG_NOWHERE)
			tree->flags[match[i]] |= before->flags[i] & FOLDS;
	for (int group = 0; group < GROUP_COUNT; group++)
		tree->group_open[group] = before->group_open[group];
}

/* The row that was under the cursor, as a row of the new tree; of a model that is
 * gone the one of its nearest ancestor that is not. */
static struct tree_row take_row(const struct tree *before, const uint32_t *match)
{
	struct tree_row row = before->here;

	if (row.kind == ROW_GROUP)
		return row;
	row.owner = matched(match, row.owner);
	uint32_t old = row.node;
	row.node = matched(match, old);
	while (row.node == TREE_NONE && before->primary[old] != TREE_NONE) {
		old = before->primary[old];
		row = (struct tree_row){.kind = ROW_MODEL, .node = matched(match, old), .owner = TREE_NONE};
	}
	/* A link to what is gone, or from it: the other end, if any. */
	if (row.kind == ROW_LINK && row.owner == TREE_NONE)
		row.kind = ROW_MODEL;
	return row;
}

void tree_renew(struct tree *tree, const struct tree *before, const uint32_t *match, const double *values)
{
	bool known = false;

	take_folds(tree, before, match);
	tree->names = before->names;
	tree->predict = before->predict;
	tree->predict_context = before->predict_context;
	tree->order = before->order;
	tree->values = values;
	forest_measure(tree);
	forest_sort_roots(tree);
	if (tree_here(before) && tree_here(tree)) {
		struct tree_row row = take_row(before, match);
		known = row.kind == ROW_GROUP || row.node != TREE_NONE;
		if (known)
			tree->here = row;
	}
	tree_rebuild(tree);
	if (!known)
		tree_move(tree, before->cursor);
	if (before->needle)
		tree_search(tree, before->needle);
}
