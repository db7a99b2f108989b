/* Whether what is packed says what the rows say. */
#include "packed.h"

#include <math.h>
#include <string.h>

#include "stemma/base/text.h"

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_number(double a, double b)
{
	return (a >= b && a <= b) || (isnan(a) && isnan(b));
}

static bool same_facts(const struct catalog_model *a, const struct catalog_model *b)
{
	bool same = a->id == b->id && same_text(a->name, b->name) && a->kind == b->kind &&
		    a->chat_template == b->chat_template &&
		    a->reasoning == b->reasoning && a->open_weights == b->open_weights && a->scored == b->scored && a->suspect == b->suspect;
#define X(symbol, member) same = same && same_text(a->member, b->member);
	PACKED_TEXT_TABLE(X)
#undef X
#define X(symbol, member) same = same && same_number(a->member, b->member);
	PACKED_NUMBER_TABLE(X)
#undef X
	return same;
}

static bool same_parents(const struct catalog *a, const struct catalog *b, size_t model)
{
	size_t count_a, count_b;
	const struct lineage_parent *parents_a = lineage_parents(a->lineage, model, &count_a);
	const struct lineage_parent *parents_b = lineage_parents(b->lineage, model, &count_b);
	bool same = count_a == count_b;

	for (size_t i = 0; i < count_a && same; i++)
		same = parents_a[i].node == parents_b[i].node && parents_a[i].relation == parents_b[i].relation &&
		       parents_a[i].trust == parents_b[i].trust &&
		       parents_a[i].known_weight == parents_b[i].known_weight &&
		       same_number((double)parents_a[i].weight, (double)parents_b[i].weight);
	return same;
}

static bool same_scores(const struct catalog *a, const struct catalog *b, size_t model)
{
	size_t count_a, count_b;
	const struct engine_cell *x = catalog_cells(a, model, &count_a), *y = catalog_cells(b, model, &count_b);
	bool same = count_a == count_b;

	for (size_t i = 0; i < count_a && same; i++)
		same = x[i].benchmark == y[i].benchmark && same_number(x[i].value, y[i].value) &&
		       same_number((double)x[i].error, (double)y[i].error) && x[i].chat_template == y[i].chat_template;
	return same;
}

static bool same_benchmarks(const struct catalog *a, const struct catalog *b)
{
	return a->benchmark_count == b->benchmark_count &&
	       (a->benchmark_count == 0 ||
		memcmp(a->shown, b->shown, a->benchmark_count * sizeof *a->shown) == 0);
}

static bool same_cuts(const struct catalog *a, const struct catalog *b)
{
	size_t count_a, count_b;
	const struct lineage_cut *cuts_a = lineage_cuts(a->lineage, &count_a);
	const struct lineage_cut *cuts_b = lineage_cuts(b->lineage, &count_b);

	return count_a == count_b && (count_a == 0 || memcmp(cuts_a, cuts_b, count_a * sizeof *cuts_a) == 0);
}

/* The first difference; NULL when they are the same. */
static char *find_difference(const struct catalog *packed, const struct catalog *rows)
{
	struct text finding = {0};

	if (packed->count != rows->count) {
		text_append_format(&finding, "what is packed has %zu models, the rows have %zu", packed->count,
				   rows->count);
		return text_steal(&finding);
	}
	const char *what = !same_benchmarks(packed, rows)
			   ? "the benchmarks" : !same_cuts(packed, rows) ? "the cycles" : NULL;
	size_t model = 0;
	for (; model < rows->count && !what; model++) {
		if (!same_facts(&packed->models[model], &rows->models[model]))
			what = "the facts";
		else if (!same_parents(packed, rows, model))
			what = "the parents";
		else if (!same_scores(packed, rows, model))
			what = "the scores";
		else if (packed->by_name[model] != rows->by_name[model])
			what = "the order of names";
		else
			continue;
		text_append_format(&finding, "what is packed and the rows differ in %s, at %s", what,
				   rows->models[model].name);
	}
	if (what && finding.length == 0)
		text_append_format(&finding, "what is packed and the rows differ in %s", what);
	return what ? text_steal(&finding) : NULL;
}

static bool no_block(void *context, size_t number, struct store_block *block)
{
	(void)context, (void)number, (void)block;
	return false;
}

enum status catalog_drop_packed(const struct catalog *catalog, struct store *store, struct error *error)
{
	return store_put_packed(store, catalog->data_version, 0, no_block, NULL, error);
}

enum status catalog_check_packed(const struct catalog *catalog, struct store *store, char **finding,
				 struct error *error)
{
	struct catalog *rows = NULL;

	*finding = NULL;
	if (!catalog->unpacked)
		return STATUS_OK;
	enum status status = store_snapshot_begin(store, error);
	if (status != STATUS_OK)
		return status;
	status = catalog_read(store, true, NULL, &rows, error);
	store_snapshot_end(store);
	if (rows && rows->data_version == catalog->data_version)
		*finding = find_difference(catalog, rows);
	catalog_free(rows);
	return status;
}
