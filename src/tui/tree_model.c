#include "tree_model.h"

#include <stdlib.h>
#include <string.h>

#include "tree_forest.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

/* Runs up to this length are not worth a folded row. */
#define RUN_SHOWN 3

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
	return tree->cleaned[node] ? tree->cleaned[node] : tree->catalog->models[node].name;
}

double tree_score(const struct tree *tree, size_t node)
{
	const struct catalog *catalog = tree->catalog;

	if (tree->column >= catalog->benchmark_count)
		return catalog->averages[node];
	return catalog->scores[node * catalog->benchmark_count + tree->column];
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

/* ---- rows ----------------------------------------------------------------- */

static uint8_t row_flag(const struct tree_row *row)
{
	return row->kind == ROW_MORE ? TREE_MORE_OPEN
	     : row->kind == ROW_LINKS ? TREE_LINKS_OPEN
				      : TREE_OPEN;
}

bool tree_is_open(const struct tree *tree, const struct tree_row *row)
{
	if (row->kind == ROW_GROUP)
		return tree->group_open[row->node];
	if (row->kind == ROW_LINK)
		return false;
	if (tree->filter && row->kind == ROW_MODEL)
		return true;
	return tree->flags[row->node] & row_flag(row);
}

bool tree_can_open(const struct tree *tree, const struct tree_row *row)
{
	uint32_t node = row->node;

	if (row->kind == ROW_LINK)
		return false;
	if (row->kind != ROW_MODEL)
		return true;
	return tree->child_start[node] < tree->child_start[node + 1] ||
	       (!tree->filter && tree->link_start[node] < tree->link_start[node + 1]);
}

static struct tree_row *stack_push(struct tree *tree, size_t *count)
{
	tree->stack = memory_grow(tree->stack, *count, &tree->stack_capacity, sizeof *tree->stack);
	struct tree_row *row = &tree->stack[(*count)++];
	*row = (struct tree_row){.owner = TREE_NONE};
	return row;
}

/* Appends the rows below an open model to the stack, in order. */
static void push_children(struct tree *tree, uint32_t node, size_t *count)
{
	uint32_t first = tree->child_start[node], end = tree->child_start[node + 1], silent = first;

	forest_sort_children(tree, node);
	while (silent < end && !forest_is_silent(tree, tree->children[silent]))
		silent++;
	bool fold = end - silent > RUN_SHOWN && silent < end;
	for (uint32_t i = first; i < end; i++) {
		if (fold && i == silent) {
			struct tree_row *more = stack_push(tree, count);
			more->kind = ROW_MORE, more->node = node, more->count = end - silent;
			if (!(tree->flags[node] & TREE_MORE_OPEN))
				break;
		}
		stack_push(tree, count)->node = tree->children[i];
	}
	uint32_t link = tree->link_start[node], links_end = tree->link_start[node + 1];
	if (links_end - link > RUN_SHOWN) {
		struct tree_row *links = stack_push(tree, count);
		links->kind = ROW_LINKS, links->node = node, links->count = links_end - link;
		if (!(tree->flags[node] & TREE_LINKS_OPEN))
			return;
	}
	for (; link < links_end; link++) {
		struct tree_row *row = stack_push(tree, count);
		row->kind = ROW_LINK, row->node = tree->links[link], row->owner = node;
	}
}

/* The same under a filter: what matches or leads to a match. */
static void push_fitting_children(struct tree *tree, uint32_t node, size_t *count)
{
	forest_sort_children(tree, node);
	for (uint32_t i = tree->child_start[node]; i < tree->child_start[node + 1]; i++)
		if (tree->fit[tree->children[i]])
			stack_push(tree, count)->node = tree->children[i];
}

/* Turns what was pushed since `first` into children of `parent`: depth, guides
 * and last, and reversed, because the stack is popped from its end. */
static void finish_children(struct tree *tree, const struct tree_row *parent, size_t first,
			    size_t count)
{
	uint64_t guides = parent->guides;

	if (parent->depth > 0 && parent->depth < 64 && !parent->last)
		guides |= UINT64_C(1) << parent->depth;
	for (size_t i = first; i < count; i++) {
		tree->stack[i].depth = (uint16_t)(parent->depth < UINT16_MAX ? parent->depth + 1
									     : UINT16_MAX);
		tree->stack[i].guides = guides;
		tree->stack[i].last = i + 1 == count;
	}
	for (size_t i = first, j = count; i + 1 < j; i++) {
		struct tree_row swap = tree->stack[i];
		tree->stack[i] = tree->stack[--j];
		tree->stack[j] = swap;
	}
}

static void push_group(struct tree *tree, enum root_group group, size_t size, size_t *count)
{
	if (size == 0 || tree->filter)
		return;
	struct tree_row *row = stack_push(tree, count);
	row->kind = ROW_GROUP, row->node = group, row->count = (uint32_t)size;
}

static void push_roots(struct tree *tree, size_t *count)
{
	size_t shown = tree->filter ? tree->family_count + tree->single_count + tree->silent_count
				    : tree->family_count;

	for (size_t i = 0; i < shown; i++)
		if (!tree->filter || tree->fit[tree->roots[i]])
			stack_push(tree, count)->node = tree->roots[i];
	push_group(tree, GROUP_SINGLE, tree->single_count, count);
	push_group(tree, GROUP_SILENT, tree->silent_count, count);
	for (size_t i = 0, j = *count; i + 1 < j; i++) {
		struct tree_row swap = tree->stack[i];
		tree->stack[i] = tree->stack[--j];
		tree->stack[j] = swap;
	}
}

static void push_below(struct tree *tree, const struct tree_row *row, size_t *count)
{
	size_t first = *count;

	if (row->kind == ROW_GROUP) {
		const uint32_t *root = tree->roots + tree->family_count +
				       (row->node == GROUP_SILENT ? tree->single_count : 0);
		for (uint32_t i = 0; i < row->count; i++)
			stack_push(tree, count)->node = root[i];
	} else if (row->kind == ROW_MODEL && tree->filter) {
		push_fitting_children(tree, row->node, count);
	} else if (row->kind == ROW_MODEL) {
		push_children(tree, row->node, count);
	}
	finish_children(tree, row, first, *count);
}

static void build_rows(struct tree *tree)
{
	size_t count = 0;

	tree->row_count = 0;
	push_roots(tree, &count);
	while (count > 0) {
		struct tree_row row = tree->stack[--count];
		tree->rows = memory_grow(tree->rows, tree->row_count, &tree->row_capacity,
					 sizeof *tree->rows);
		tree->rows[tree->row_count++] = row;
		if (tree_is_open(tree, &row))
			push_below(tree, &row, &count);
	}
}

/* ---- cursor --------------------------------------------------------------- */

const struct tree_row *tree_here(const struct tree *tree)
{
	return tree->cursor < tree->row_count ? &tree->rows[tree->cursor] : NULL;
}

size_t tree_model(const struct tree *tree)
{
	const struct tree_row *row = tree_here(tree);

	return row && row->kind <= ROW_LINK ? row->node : CATALOG_NONE;
}

size_t tree_row_of(const struct tree *tree, size_t node)
{
	for (size_t i = 0; i < tree->row_count; i++)
		if (tree->rows[i].kind == ROW_MODEL && tree->rows[i].node == node)
			return i;
	return SIZE_MAX;
}

static void mark_ancestors(struct tree *tree, uint32_t node)
{
	size_t head = 0, tail = 0, count;

	tree->queue[tail++] = node;
	while (head < tail) {
		const struct lineage_parent *parents =
			lineage_parents(tree->catalog->lineage, tree->queue[head++], &count);
		for (size_t i = 0; i < count; i++)
			if (tree->kin[parents[i].node] == KIN_NONE) {
				tree->kin[parents[i].node] = KIN_ANCESTOR;
				tree->queue[tail++] = parents[i].node;
			}
	}
}

static void mark_descendants(struct tree *tree, uint32_t node)
{
	size_t head = 0, tail = 0, count;

	tree->queue[tail++] = node;
	while (head < tail) {
		const uint32_t *children =
			lineage_children(tree->catalog->lineage, tree->queue[head++], &count);
		for (size_t i = 0; i < count; i++)
			if (tree->kin[children[i]] == KIN_NONE) {
				tree->kin[children[i]] = KIN_DESCENDANT;
				tree->queue[tail++] = children[i];
			}
	}
}

static void mark_kin(struct tree *tree)
{
	size_t node = tree_model(tree);

	memset(tree->kin, KIN_NONE, tree->count);
	if (node == CATALOG_NONE)
		return;
	mark_ancestors(tree, (uint32_t)node);
	mark_descendants(tree, (uint32_t)node);
}

void tree_move(struct tree *tree, size_t row)
{
	size_t last = tree->row_count ? tree->row_count - 1 : 0;

	tree->cursor = row < last ? row : last;
	mark_kin(tree);
}

static bool same_row(const struct tree_row *a, const struct tree_row *b)
{
	return a->kind == b->kind && a->node == b->node && a->owner == b->owner;
}

/* Builds the rows anew and finds the row that was under the cursor: the same
 * one, else the model, else its nearest shown ancestor. */
void tree_rebuild(struct tree *tree)
{
	const struct tree_row *here = tree_here(tree);
	struct tree_row before = here ? *here : (struct tree_row){0};
	bool known = here != NULL;
	size_t line = tree->cursor;

	build_rows(tree);
	for (size_t i = 0; known && i < tree->row_count; i++)
		if (same_row(&tree->rows[i], &before)) {
			tree_move(tree, i);
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
	if (row >= tree->row_count || !tree_can_open(tree, &tree->rows[row]))
		return;
	const struct tree_row *target = &tree->rows[row];
	if (target->kind == ROW_GROUP)
		tree->group_open[target->node] = open;
	else if (open)
		tree->flags[target->node] |= row_flag(target);
	else
		tree->flags[target->node] &= (uint8_t)~row_flag(target);
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

void tree_set_column(struct tree *tree, size_t column)
{
	tree->column = column;
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
	if (tree->filter && !tree->fit[node]) {
		free(tree->filter);
		tree->filter = NULL;
	}
	for (; (parent = tree->primary[child]) != TREE_NONE; child = parent) {
		tree->flags[parent] |= TREE_OPEN;
		if (forest_is_silent(tree, child))
			tree->flags[parent] |= TREE_MORE_OPEN;
	}
	open_groups_for(tree, child);
	build_rows(tree);
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

static void clean_names(struct tree *tree)
{
	tree->cleaned = memory_zero(tree->count + 1, sizeof *tree->cleaned);
	for (size_t node = 0; node < tree->count; node++)
		if (!utf8_is_clean(tree->catalog->models[node].name))
			tree->cleaned[node] = utf8_sanitize(tree->catalog->models[node].name);
}

struct tree *tree_new(const struct catalog *catalog)
{
	struct tree *tree = memory_zero(1, sizeof *tree);
	size_t count = catalog->count;

	tree->catalog = catalog;
	tree->count = count;
	tree->column = catalog->benchmark_count;
	tree->flags = memory_zero(count + 1, sizeof *tree->flags);
	tree->kin = memory_zero(count + 1, sizeof *tree->kin);
	tree->fit = memory_zero(count + 1, sizeof *tree->fit);
	tree->position = memory_zero(count + 1, sizeof *tree->position);
	tree->queue = memory_zero(count + 1, sizeof *tree->queue);
	tree->matches = memory_zero(count + 1, sizeof *tree->matches);
	clean_names(tree);
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
	for (size_t node = 0; node < tree->count; node++)
		free(tree->cleaned[node]);
	void *const blocks[] = {
		tree->cleaned, tree->primary, tree->flags, tree->below, tree->scored_below,
		tree->best, tree->kin, tree->fit, tree->position, tree->child_start,
		tree->children, tree->link_start, tree->links, tree->roots, tree->rows,
		tree->stack, tree->queue, tree->filter, tree->needle, tree->matches,
		tree->best_z,
	};
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
		free(blocks[i]);
	filter_free(tree->finder);
	free(tree);
}
