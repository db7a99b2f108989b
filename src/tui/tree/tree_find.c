/* Filter and search of the tree model. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/fuzzy.h"
#include "tree/tree_forest.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

#define PREPARED_AT_ONCE 10000 /* models: a few milliseconds */

/* ---- filter ---------------------------------------------------------------- */

static struct filter *tree_finder(struct tree *tree)
{
	if (!tree->finder)
		tree->finder = filter_new(tree->catalog, &tree->names);
	return tree->finder;
}

enum status tree_filter(struct tree *tree, const char *line, struct error *error)
{
	size_t node = tree_model(tree);
	bool none = !line || !line[strspn(line, " ")];

	filter_set_z(tree_finder(tree), tree->z);
	filter_set_predict(tree->finder, tree->predict, tree->predict_context);
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
	size_t best;
	tree->fit_count = filter_run(tree->finder, tree->scored_below, tree->fit, &best);
	tree_rebuild(tree);
	if (best != CATALOG_NONE)
		tree_move(tree, tree_row_of(tree, best));
	return STATUS_OK;
}

void tree_set_filter(struct tree *tree, const char *filter)
{
	tree_filter(tree, filter, NULL);
}

bool tree_prepare(struct tree *tree)
{
	return forest_walk_step(tree, PREPARED_AT_ONCE) ||
	       filter_prepare(tree_finder(tree), PREPARED_AT_ONCE);
}

const char *tree_filter_hint(const struct tree *tree)
{
	return tree->finder ? filter_hint(tree->finder) : "";
}

/* ---- search ---------------------------------------------------------------- */

/* Each part has some places of the walk, and leaves the matches there at the
 * beginning of the same places. */
struct collecting {
	struct tree *tree;
	const uint8_t *contains;
	size_t parts, found[PARALLEL_MAX];
};

static size_t part_begin(const struct collecting *collecting, size_t part)
{
	return parallel_begin(collecting->tree->count, part, collecting->parts);
}

static void collect_part(void *context, size_t part)
{
	struct collecting *collecting = context;
	const struct tree *tree = collecting->tree;
	size_t begin = part_begin(collecting, part), end = part_begin(collecting, part + 1), found = begin;

	for (size_t place = begin; place < end; place++) {
		uint32_t node = tree->walk[place];
		tree->matches[found] = node;
		found += collecting->contains[node];
	}
	collecting->found[part] = found - begin;
}

/* Looks at the names as they lie in memory, and only then at their order. */
static void collect_matches(struct tree *tree)
{
	uint8_t *contains = memory_allocate(tree->count, sizeof *contains);
	struct collecting collecting = {tree, contains, parallel_parts(tree->count), {0}};

	catalog_names_with(tree->catalog, tree->needle, contains);
	if (!tree->matches)
		tree->matches = memory_allocate(tree->count + 1, sizeof *tree->matches);
	forest_walk(tree);
	parallel_run(collecting.parts, collect_part, &collecting);
	tree->match_count = 0;
	for (size_t part = 0; part < collecting.parts; part++) {
		memmove(tree->matches + tree->match_count, tree->matches + part_begin(&collecting, part),
			collecting.found[part] * sizeof *tree->matches);
		tree->match_count += collecting.found[part];
	}
	free(contains);
}

void tree_search(struct tree *tree, const char *needle)
{
	char *before = tree->needle;

	/* The needle may be the one before. */
	tree->needle = memory_string(needle);
	free(before);
	tree->match_count = 0;
	if (tree->needle && *tree->needle)
		collect_matches(tree);
}

bool tree_is_match(const struct tree *tree, size_t node)
{
	return tree->needle && *tree->needle && fuzzy_find(tree_name(tree, node), tree->needle);
}

/* The place of the cursor in the unfolded order, doubled so that a row between
 * two models (a folded run) has a place of its own. */
static long cursor_position(const struct tree *tree)
{
	for (size_t row = tree->cursor + 1; row-- > 0;) {
		struct tree_row shown = row < tree->row_count ? tree_row(tree, row)
							      : (struct tree_row){.kind = ROW_GROUP};
		if (shown.kind == ROW_MODEL)
			return 2 * (long)tree->position[shown.node] + (row != tree->cursor);
	}
	return -1;
}

/* How many matches stand before a place, and on it when `too`. */
static size_t matches_before(const struct tree *tree, long place, bool too)
{
	size_t low = 0, high = tree->match_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		long match = 2 * (long)tree->position[tree->matches[middle]];
		if (match < place || (too && match == place))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t tree_match(const struct tree *tree, int step, bool here, size_t *number)
{
	size_t count = tree->match_count, found;

	*number = 0;
	if (count == 0)
		return CATALOG_NONE;
	long place = cursor_position(tree);
	if (step > 0)
		found = matches_before(tree, place, !here) % count;
	else
		found = (matches_before(tree, place, here) + count - 1) % count;
	*number = found + 1;
	return tree->matches[found];
}
