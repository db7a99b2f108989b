/* Tree forest: the spanning forest behind the tree model, its measures and its
 * order.  Private to the tree model. */
#ifndef STEMMA_TUI_TREE_FOREST_H
#define STEMMA_TUI_TREE_FOREST_H

#include "tree/tree_model.h"

enum tree_flag {
	TREE_OPEN = 1,       /* children are shown */
	TREE_MORE_OPEN = 2,  /* those without scores too */
	TREE_LINKS_OPEN = 4, /* and all links */
	TREE_SORTED = 8      /* children are in the present order */
};

/* Bits by place in the walk, and how many words of them there are. */
#define TREE_WORD 64
static inline size_t tree_words(const struct tree *tree)
{
	return tree->count / TREE_WORD + 1;
}

/* Children, links and roots by kind. */
void forest_build(struct tree *tree);
/* Best score of each branch, for the present column. */
void forest_measure(struct tree *tree);
/* Makes each value the largest of its branch. */
void forest_raise(const struct tree *tree, double *values);
/* Sorts the roots; children are to be sorted again when next shown. */
void forest_sort_roots(struct tree *tree);
void forest_sort_children(struct tree *tree, uint32_t node);
/* Neither the model nor a descendant has scores. */
bool forest_is_silent(const struct tree *tree, uint32_t node);
/* Sorts the roots of the silent group, which half of a hub are, when it is
 * unfolded. */
void forest_sort_silent(struct tree *tree);
/* Fills tree->walk with all nodes as the unfolded tree shows them, and
 * tree->position with its inverse, unless they hold already. */
void forest_walk(struct tree *tree);
/* Goes on with it by so many nodes; whether more are left. */
bool forest_walk_step(struct tree *tree, size_t nodes);

/* tree_rows.c: lays the rows out for the present folds or filter; tree->cursor and
 * tree->here are the caller's to put right. */
void rows_build(struct tree *tree);
/* Where the same row is now; SIZE_MAX when it is not shown. */
size_t rows_find_same(const struct tree *tree, const struct tree_row *row);
/* The flag that unfolds a row (but a group). */
uint8_t rows_flag(const struct tree_row *row);

/* tree_fitting.c: the same under a filter, where the fitting models are marked in
 * tree->fit.  The rows that are asked for are there. */
void fitting_build(struct tree *tree);
struct tree_row fitting_row(const struct tree *tree, size_t row);
size_t fitting_above(const struct tree *tree, size_t row);
size_t fitting_sibling(const struct tree *tree, size_t row, int step);
size_t fitting_row_of(const struct tree *tree, uint32_t node);

/* Builds the rows anew (in tree_model.c) and finds the row that was under the
 * cursor: the same one, else the model, else its nearest shown ancestor. */
void tree_rebuild(struct tree *tree);

#endif
