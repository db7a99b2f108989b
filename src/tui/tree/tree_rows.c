/* The rows that the tree shows: how they are laid out, and found again. */
#include "tree/tree_forest.h"
#include "stemma/base/memory.h"

/* Runs up to this length are not worth a folded row. */
#define RUN_SHOWN 3

uint8_t rows_flag(const struct tree_row *row)
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
	return tree->flags[row->node] & rows_flag(row);
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

static void push(struct tree *tree, const struct tree_run *run)
{
	tree->stack = memory_grow(tree->stack, tree->stack_count, &tree->stack_capacity,
				  sizeof *tree->stack);
	tree->stack[tree->stack_count++] = *run;
}

/* Pushes the parts of what hangs under a row, the last first, because the
 * stack is popped from its end. */
static void push_parts(struct tree *tree, struct tree_run *parts, size_t count)
{
	if (count > 0)
		parts[count - 1].ends = true;
	while (count-- > 0)
		push(tree, &parts[count]);
}

/* A run below the last row of `above`. */
static struct tree_run run_below(const struct tree_run *above, enum row_kind kind,
				 const uint32_t *nodes, uint32_t count, uint32_t owner)
{
	uint16_t depth = above->depth;
	struct tree_run run = {
		.kind = (uint8_t)kind, .nodes = nodes, .count = count, .owner = owner,
		.guides = above->guides,
		.depth = (uint16_t)(depth < UINT16_MAX ? depth + 1 : UINT16_MAX),
	};

	if (depth > 0 && depth < 64 && !above->ends)
		run.guides |= UINT64_C(1) << depth;
	return run;
}

/* How many of the node's children, sorted, are not silent. */
static uint32_t count_loud(const struct tree *tree, uint32_t node)
{
	uint32_t low = tree->child_start[node], high = tree->child_start[node + 1];

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (forest_is_silent(tree, tree->children[middle]))
			high = middle;
		else
			low = middle + 1;
	}
	return low - tree->child_start[node];
}

/* The rows below an open model, in order. */
static void push_children(struct tree *tree, const struct tree_run *above, uint32_t node)
{
	struct tree_run parts[5];
	size_t count = 0;

	forest_sort_children(tree, node);
	const uint32_t *children = tree->children + tree->child_start[node];
	const uint32_t *links = tree->links + tree->link_start[node];
	uint32_t all = tree->child_start[node + 1] - tree->child_start[node];
	uint32_t link_count = tree->link_start[node + 1] - tree->link_start[node];
	uint32_t loud = count_loud(tree, node), silent = all - loud;

	if (silent <= RUN_SHOWN)
		loud = all;
	if (loud > 0)
		parts[count++] = run_below(above, ROW_MODEL, children, loud, node);
	if (silent > RUN_SHOWN) {
		parts[count++] = run_below(above, ROW_MORE, NULL, silent, node);
		if (tree->flags[node] & TREE_MORE_OPEN)
			parts[count++] = run_below(above, ROW_MODEL, children + loud, silent, node);
	}
	if (link_count > RUN_SHOWN)
		parts[count++] = run_below(above, ROW_LINKS, NULL, link_count, node);
	if (link_count > 0 && (link_count <= RUN_SHOWN || (tree->flags[node] & TREE_LINKS_OPEN)))
		parts[count++] = run_below(above, ROW_LINK, links, link_count, node);
	push_parts(tree, parts, count);
}

static void push_group(struct tree *tree, const struct tree_run *group)
{
	const uint32_t *roots = tree->roots + tree->family_count;

	if (group->owner == GROUP_SILENT) {
		forest_sort_silent(tree);
		roots += tree->single_count;
	}
	struct tree_run part = run_below(group, ROW_MODEL, roots, group->count, TREE_NONE);
	push_parts(tree, &part, 1);
}

/* Roots have no lines to each other: none is the last. */
static void push_roots(struct tree *tree)
{
	size_t sizes[GROUP_COUNT] = {tree->single_count, tree->silent_count};

	for (int group = GROUP_COUNT; group-- > 0;)
		if (sizes[group] > 0)
			push(tree, &(struct tree_run){.kind = ROW_GROUP, .owner = (uint32_t)group,
						      .count = (uint32_t)sizes[group]});
	if (tree->family_count > 0)
		push(tree, &(struct tree_run){.kind = ROW_MODEL, .owner = TREE_NONE,
					      .nodes = tree->roots,
					      .count = (uint32_t)tree->family_count});
}

static size_t run_rows(const struct tree_run *run)
{
	return run->nodes ? run->count : 1;
}

static void add_run(struct tree *tree, const struct tree_run *run)
{
	tree->runs = memory_grow(tree->runs, tree->run_count, &tree->run_capacity,
				 sizeof *tree->runs);
	tree->runs[tree->run_count] = *run;
	tree->runs[tree->run_count++].first = tree->row_count;
	tree->row_count += run_rows(run);
}

static bool node_is_open(const struct tree *tree, uint32_t node)
{
	return (tree->flags[node] & TREE_OPEN) &&
	       (tree->child_start[node] < tree->child_start[node + 1] ||
		tree->link_start[node] < tree->link_start[node + 1]);
}

/* Lays out siblings up to the first that is open, and leaves the others and
 * what hangs under that one on the stack. */
static void lay_out_models(struct tree *tree, struct tree_run run)
{
	uint32_t shown = 0;
	bool open = false;

	while (shown < run.count && !open)
		open = node_is_open(tree, run.nodes[shown++]);
	if (shown < run.count) {
		struct tree_run rest = run;
		rest.nodes += shown;
		rest.count -= shown;
		push(tree, &rest);
		run.count = shown;
		run.ends = false;
	}
	add_run(tree, &run);
	if (open)
		push_children(tree, &run, run.nodes[shown - 1]);
}

static void build_runs(struct tree *tree)
{
	tree->run_count = tree->row_count = 0;
	push_roots(tree);
	while (tree->stack_count > 0) {
		struct tree_run run = tree->stack[--tree->stack_count];
		if (run.kind == ROW_MODEL) {
			lay_out_models(tree, run);
			continue;
		}
		add_run(tree, &run);
		if (run.kind == ROW_GROUP && tree->group_open[run.owner])
			push_group(tree, &run);
	}
}

void rows_build(struct tree *tree)
{
	if (tree->filter)
		fitting_build(tree);
	else
		build_runs(tree);
}

/* ---- finding rows ----------------------------------------------------------- */

static const struct tree_run *run_at(const struct tree *tree, size_t row)
{
	size_t low = 0, high = tree->run_count - 1;

	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;
		if (tree->runs[middle].first <= row)
			low = middle;
		else
			high = middle - 1;
	}
	return &tree->runs[low];
}

struct tree_row tree_row(const struct tree *tree, size_t row)
{
	if (tree->filter)
		return fitting_row(tree, row);
	const struct tree_run *run = run_at(tree, row);
	return (struct tree_row){
		.guides = run->guides,
		.node = run->nodes ? run->nodes[row - run->first] : run->owner,
		.owner = run->kind == ROW_LINK ? run->owner : TREE_NONE,
		.count = run->nodes ? 0 : run->count,
		.depth = run->depth,
		.kind = run->kind,
		.last = run->ends && row + 1 == run->first + run_rows(run),
	};
}

size_t tree_row_above(const struct tree *tree, size_t row)
{
	if (tree->filter)
		return fitting_above(tree, row);
	const struct tree_run *run = run_at(tree, row);
	uint16_t depth = run->depth;
	while (run > tree->runs && run->depth >= depth)
		run--;
	return run->depth < depth ? run->first + run_rows(run) - 1 : row;
}

size_t tree_row_sibling(const struct tree *tree, size_t row, int step)
{
	if (tree->filter)
		return fitting_sibling(tree, row, step);
	const struct tree_run *run = run_at(tree, row), *end = tree->runs + tree->run_count;
	uint16_t depth = run->depth;
	if (step > 0 ? row + 1 < run->first + run_rows(run) : row > run->first)
		return step > 0 ? row + 1 : row - 1;
	do {
		if (step > 0 ? run + 1 == end : run == tree->runs)
			return row;
		run += step;
	} while (run->depth > depth);
	if (run->depth < depth)
		return row;
	return step > 0 ? run->first : run->first + run_rows(run) - 1;
}

/* Row of a node of this kind and owner (TREE_NONE for none), SIZE_MAX when it
 * is not shown. */
static size_t find_row(const struct tree *tree, enum row_kind kind, uint32_t node, uint32_t owner)
{
	for (size_t r = 0; r < tree->run_count; r++) {
		const struct tree_run *run = &tree->runs[r];
		if (run->kind != kind || run->owner != owner)
			continue;
		if (!run->nodes)
			return run->first;
		for (uint32_t i = 0; i < run->count; i++)
			if (run->nodes[i] == node)
				return run->first + i;
	}
	return SIZE_MAX;
}

size_t tree_row_of(const struct tree *tree, size_t node)
{
	if (node >= tree->count)
		return SIZE_MAX;
	if (tree->filter)
		return fitting_row_of(tree, (uint32_t)node);
	return find_row(tree, ROW_MODEL, (uint32_t)node, tree->primary[node]);
}

size_t rows_find_same(const struct tree *tree, const struct tree_row *row)
{
	if (row->kind == ROW_MODEL)
		return tree_row_of(tree, row->node);
	if (tree->filter)
		return SIZE_MAX;
	return find_row(tree, (enum row_kind)row->kind, row->node,
			row->kind == ROW_LINK ? row->owner : row->node);
}
