/* Filter and search of the tree model. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/* Letters, digits and what names are joined with have a bit of their own. */
#define LETTERS_OWN 40

static unsigned int letter_bit(unsigned char code)
{
	static const char joints[] = "-_./";
	const char *joint = code ? strchr(joints, code) : NULL;
	unsigned int letter = code | 0x20u;

	if (letter >= 'a' && letter <= 'z')
		return letter - 'a';
	if (code >= '0' && code <= '9')
		return 26u + code - '0';
	return joint ? 36u + (unsigned int)(joint - joints) : LETTERS_OWN + code % (64u - LETTERS_OWN);
}

static uint64_t letters_of(const char *text)
{
	uint64_t letters = 0;

	for (; *text; text++)
		letters |= UINT64_C(1) << letter_bit((unsigned char)*text);
	return letters;
}

static void prepare_letters(struct tree *tree)
{
	uint64_t masks[256];

	if (tree->letters)
		return;
	for (unsigned int code = 0; code < 256; code++)
		masks[code] = UINT64_C(1) << letter_bit((unsigned char)code);
	tree->matches = memory_allocate(tree->count + 1, sizeof *tree->matches);
	tree->letters = memory_allocate(tree->count + 1, sizeof *tree->letters);
	for (size_t node = 0; node < tree->count; node++) {
		uint64_t letters = 0;
		for (const char *name = tree_name(tree, node); *name; name++)
			letters |= masks[(unsigned char)*name];
		tree->letters[node] = letters;
	}
}

struct search {
	const struct tree *tree;
	uint64_t letters;
	bool decided; /* the letters alone decide */
};

static bool search_fits(const struct search *search, uint32_t node)
{
	const struct tree *tree = search->tree;

	return (tree->letters[node] & search->letters) == search->letters &&
	       (search->decided || fuzzy_find(tree_name(tree, node), tree->needle));
}

/* Keeps of the matches those that still are. */
static void search_narrow(struct tree *tree, const struct search *search)
{
	size_t kept = 0;

	for (size_t i = 0; i < tree->match_count; i++)
		if (search_fits(search, tree->matches[i]))
			tree->matches[kept++] = tree->matches[i];
	tree->match_count = kept;
}

/* Looks at the names as they lie in memory, and only then at their order. */
static void search_all(struct tree *tree, const struct search *search)
{
	bool *fits = memory_allocate(tree->count, sizeof *fits);

	for (size_t node = 0; node < tree->count; node++)
		fits[node] = search_fits(search, (uint32_t)node);
	tree->match_count = 0;
	for (size_t i = 0; i < tree->count; i++)
		if (fits[tree->walk[i]])
			tree->matches[tree->match_count++] = tree->walk[i];
	free(fits);
}

void tree_search(struct tree *tree, const char *needle)
{
	char *before = tree->needle;
	size_t known = before ? strlen(before) : 0;
	/* What is typed on leaves some of the matches; many of them are slower to
	 * go through than all names, because they do not lie one after the other. */
	bool narrower = known > 0 && tree->walked && tree->match_count < tree->count / 16 &&
			strncasecmp(needle ? needle : "", before, known) == 0;

	/* The needle may be the one before. */
	tree->needle = memory_string(needle);
	free(before);
	needle = tree->needle;
	if (!needle || !*needle) {
		tree->match_count = 0;
		return;
	}
	prepare_letters(tree);
	forest_walk(tree);
	struct search search = {
		.tree = tree, .letters = letters_of(needle),
		.decided = needle[1] == '\0' && letter_bit((unsigned char)needle[0]) < LETTERS_OWN,
	};
	if (narrower)
		search_narrow(tree, &search);
	else
		search_all(tree, &search);
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
