#include "tree/tree_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tree/tree_forest.h"
#include "stemma/base/memory.h"

const char *tree_order_name(enum tree_order order)
{
	static const char *const names[] = {
#define X(symbol, word, help) word,
		TREE_ORDER_TABLE(X)
#undef X
	};
	return order < TREE_ORDER_COUNT ? names[order] : "";
}

const char *tree_name(const struct tree *tree, size_t node)
{
	return tree->catalog->models[node].name;
}

double tree_score(const struct tree *tree, size_t node)
{
	return tree->values ? tree->values[tree->catalog->score_row[node]] : NAN;
}

bool tree_edge_is_guess(const struct tree *tree, size_t node)
{
	size_t count;
	const struct lineage_parent *parents =
		lineage_parents(tree->catalog->lineage, node, &count);

	for (size_t i = 0; i < count; i++)
		if (parents[i].node == tree->primary[node])
			return parents[i].trust <= TRUST_INFERRED;
	return false;
}

size_t tree_parent_count(const struct tree *tree, size_t node)
{
	size_t count;

	lineage_parents(tree->catalog->lineage, node, &count);
	return count;
}

/* ---- cursor --------------------------------------------------------------- */

const struct tree_row *tree_here(const struct tree *tree)
{
	return tree->cursor < tree->row_count ? &tree->here : NULL;
}

size_t tree_model(const struct tree *tree)
{
	const struct tree_row *row = tree_here(tree);

	return row && row->kind <= ROW_LINK ? row->node : CATALOG_NONE;
}

/* ---- kin -------------------------------------------------------------------- */

/* Besides enum tree_kin: known to be none, and on the way to be known. */
enum { KIN_STRANGER = KIN_DESCENDANT + 1, KIN_PENDING };

static void queue_add(struct tree *tree, size_t *count, uint32_t node, int kin)
{
	tree->queue = memory_grow(tree->queue, *count, &tree->queue_capacity, sizeof *tree->queue);
	tree->queue[(*count)++] = node;
	tree->kin[node] = (uint8_t)kin;
}

/* Seen from the cursor; descendants are found out one by one when asked for,
 * because some models have a hundred thousand. */
static void mark_ancestors(struct tree *tree, uint32_t node)
{
	size_t head = 0, tail = 0, count;

	queue_add(tree, &tail, node, KIN_NONE);
	while (head < tail) {
		const struct lineage_parent *parents =
			lineage_parents(tree->catalog->lineage, tree->queue[head++], &count);
		for (size_t i = 0; i < count; i++)
			if (tree->kin[parents[i].node] == KIN_NONE)
				queue_add(tree, &tail, parents[i].node, KIN_ANCESTOR);
	}
	tree->kin[node] = KIN_STRANGER; /* to itself */
}

/* Looks for the cursor's model among the ancestors of a node. */
static bool is_descendant(struct tree *tree, uint32_t node, uint32_t here)
{
	size_t head = 0, tail = 0, count;
	bool found = false;

	queue_add(tree, &tail, node, KIN_PENDING);
	while (head < tail && !found) {
		const struct lineage_parent *parents =
			lineage_parents(tree->catalog->lineage, tree->queue[head++], &count);
		for (size_t i = 0; i < count && !found; i++) {
			uint32_t parent = parents[i].node;
			found = parent == here || tree->kin[parent] == KIN_DESCENDANT;
			if (tree->kin[parent] == KIN_NONE)
				queue_add(tree, &tail, parent, KIN_PENDING);
		}
	}
	/* Without success none of them descends from it. */
	while (tail-- > 0)
		tree->kin[tree->queue[tail]] = found ? KIN_NONE : KIN_STRANGER;
	return found;
}

enum tree_kin tree_kin(struct tree *tree, size_t node)
{
	size_t here = tree_model(tree);

	if (here == CATALOG_NONE)
		return KIN_NONE;
	if (tree->kin[node] == KIN_NONE && is_descendant(tree, (uint32_t)node, (uint32_t)here))
		tree->kin[node] = KIN_DESCENDANT;
	return tree->kin[node] <= KIN_DESCENDANT ? (enum tree_kin)tree->kin[node] : KIN_NONE;
}

static void mark_kin(struct tree *tree)
{
	size_t node = tree_model(tree);

	memset(tree->kin, KIN_NONE, tree->count);
	if (node != CATALOG_NONE)
		mark_ancestors(tree, (uint32_t)node);
}

void tree_move(struct tree *tree, size_t row)
{
	size_t last = tree->row_count ? tree->row_count - 1 : 0;

	tree->cursor = row < last ? row : last;
	if (tree->row_count > 0)
		tree->here = tree_row(tree, tree->cursor);
	mark_kin(tree);
}

/* Builds the rows anew and finds the row that was under the cursor: the same
 * one, else the model, else its nearest shown ancestor. */
void tree_rebuild(struct tree *tree)
{
	const struct tree_row *here = tree_here(tree);
	struct tree_row before = here ? *here : (struct tree_row){0};
	bool known = here != NULL;
	size_t line = tree->cursor;

	rows_build(tree);
	size_t same = known ? rows_find_same(tree, &before) : SIZE_MAX;
	if (same != SIZE_MAX) {
		tree_move(tree, same);
		return;
	}
	if (known && before.kind != ROW_GROUP) {
		uint32_t node = before.kind == ROW_LINK ? before.owner : before.node;
		for (; node != TREE_NONE; node = tree->primary[node]) {
			size_t row = tree_row_of(tree, node);
			if (row != SIZE_MAX) {
				tree_move(tree, row);
				return;
			}
		}
	}
	tree_move(tree, line);
}

/* ---- folds and order -------------------------------------------------- */

void tree_set_open(struct tree *tree, size_t row, bool open)
{
	if (row >= tree->row_count)
		return;
	struct tree_row found = tree_row(tree, row), *target = &found;
	if (!tree_can_open(tree, target))
		return;
	if (target->kind == ROW_GROUP)
		tree->group_open[target->node] = open;
	else if (open)
		tree->flags[target->node] |= rows_flag(target);
	else
		tree->flags[target->node] &= (uint8_t)~rows_flag(target);
	tree_rebuild(tree);
}

void tree_fold_all(struct tree *tree, bool open)
{
	for (size_t node = 0; node < tree->count; node++) {
		tree->flags[node] &= (uint8_t) ~(TREE_OPEN | TREE_MORE_OPEN | TREE_LINKS_OPEN);
		if (open && !forest_is_silent(tree, (uint32_t)node))
			tree->flags[node] |= TREE_OPEN;
	}
	if (!open)
		memset(tree->group_open, 0, sizeof tree->group_open);
	tree_rebuild(tree);
}

void tree_set_order(struct tree *tree, enum tree_order order)
{
	tree->order = order;
	forest_sort_roots(tree);
	tree_rebuild(tree);
	if (tree->needle)
		tree_search(tree, tree->needle);
}

void tree_set_values(struct tree *tree, const double *values)
{
	tree->values = values;
	forest_measure(tree);
	tree_set_order(tree, tree->order);
}

void tree_set_z(struct tree *tree, const double *z)
{
	tree->z = z;
	free(tree->best_z);
	tree->best_z = NULL;
	if (z) {
		tree->best_z = memory_allocate(tree->count + 1, sizeof *tree->best_z);
		memcpy(tree->best_z, z, tree->count * sizeof *z);
		forest_raise(tree, tree->best_z);
	}
	if (tree->order == TREE_BY_Z)
		tree_set_order(tree, tree->order);
}

void tree_set_predict(struct tree *tree, double (*predict)(void *, size_t, const struct engine_target *),
		      void *context)
{
	tree->predict = predict;
	tree->predict_context = context;
}

static void open_groups_for(struct tree *tree, uint32_t root)
{
	size_t i = tree->family_count, end = i + tree->single_count;

	for (; i < end; i++)
		if (tree->roots[i] == root)
			tree->group_open[GROUP_SINGLE] = true;
	for (end += tree->silent_count; i < end; i++)
		if (tree->roots[i] == root)
			tree->group_open[GROUP_SILENT] = true;
}

void tree_reveal(struct tree *tree, size_t node)
{
	uint32_t child = (uint32_t)node, parent;

	if (node >= tree->count)
		return;
	if (tree->filter && fitting_row_of(tree, (uint32_t)node) == SIZE_MAX) {
		free(tree->filter);
		tree->filter = NULL;
	}
	for (; (parent = tree->primary[child]) != TREE_NONE; child = parent) {
		tree->flags[parent] |= TREE_OPEN;
		if (forest_is_silent(tree, child))
			tree->flags[parent] |= TREE_MORE_OPEN;
	}
	open_groups_for(tree, child);
	rows_build(tree);
	tree_move(tree, tree_row_of(tree, node));
}

/* ---- kept between runs ------------------------------------------------------ */

static const struct {
	char letter;
	uint8_t flag;
} fold_letters[] = {{'+', TREE_OPEN}, {'.', TREE_MORE_OPEN}, {'>', TREE_LINKS_OPEN}};
#define FOLD_LETTERS (sizeof fold_letters / sizeof *fold_letters)

void tree_save_folds(const struct tree *tree, struct text *out)
{
	for (int group = 0; group < GROUP_COUNT; group++)
		if (tree->group_open[group])
			text_append_format(out, "#%d\n", group);
	for (size_t node = 0; node < tree->count; node++)
		for (size_t i = 0; i < FOLD_LETTERS; i++)
			if (tree->flags[node] & fold_letters[i].flag)
				text_append_format(out, "%c%s\n", fold_letters[i].letter,
						   tree->catalog->models[node].name);
}

static void load_fold(struct tree *tree, char letter, const char *name)
{
	size_t node = catalog_find(tree->catalog, name);

	for (size_t i = 0; i < FOLD_LETTERS && node != CATALOG_NONE; i++)
		if (fold_letters[i].letter == letter)
			tree->flags[node] |= fold_letters[i].flag;
}

void tree_load_folds(struct tree *tree, const char *saved)
{
	for (size_t node = 0; node < tree->count; node++)
		tree->flags[node] &= (uint8_t) ~(TREE_OPEN | TREE_MORE_OPEN | TREE_LINKS_OPEN);
	memset(tree->group_open, 0, sizeof tree->group_open);
	while (*saved) {
		size_t length = strcspn(saved, "\n");
		char *line = memory_string_slice(saved, length);
		if (line[0] == '#' && line[1] >= '0' && line[1] < '0' + GROUP_COUNT)
			tree->group_open[line[1] - '0'] = true;
		else if (length > 1)
			load_fold(tree, line[0], line + 1);
		free(line);
		saved += length + (saved[length] == '\n');
	}
	tree_rebuild(tree);
}

/* ---- life ------------------------------------------------------------------- */

struct tree *tree_new(const struct catalog *catalog, const struct target_names *names)
{
	struct tree *tree = memory_zero(1, sizeof *tree);
	size_t count = catalog->count;

	tree->catalog = catalog;
	tree->count = count;
	if (names)
		tree->names = *names;
	tree->flags = memory_zero(count + 1, sizeof *tree->flags);
	tree->kin = memory_zero(count + 1, sizeof *tree->kin);
	tree->fit = memory_zero(count + 1, sizeof *tree->fit);
	forest_build(tree);
	forest_measure(tree);
	forest_sort_roots(tree);
	tree_rebuild(tree);
	return tree;
}

void tree_free(struct tree *tree)
{
	if (!tree)
		return;
	void *const blocks[] = {
		tree->primary, tree->flags, tree->below, tree->scored_below,
		tree->best, tree->kin, tree->fit, tree->position, tree->child_start,
		tree->children, tree->link_start, tree->links, tree->roots, tree->runs,
		tree->stack, tree->queue, tree->filter, tree->needle, tree->matches,
		tree->rank, tree->walk, tree->branches, tree->branch_ends, tree->fit_bits, tree->fit_before, tree->best_z,
	};
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
		free(blocks[i]);
	filter_free(tree->finder);
	free(tree);
}
