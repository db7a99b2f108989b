#include "board/picking.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/fuzzy.h"
#include "stemma/base/memory.h"

#define FEW 40 /* benchmarks: no suite of them needs folding */

const char *pick_order_name(enum pick_order order)
{
	static const char *const names[] = {
#define X(symbol, word) word,
		PICK_ORDER_TABLE(X)
#undef X
	};
	return names[order];
}

/* ---- what is known of benchmarks and suites ------------------------------------------ */

static const char *suite_name(const struct catalog *catalog, size_t benchmark)
{
	const char *name = catalog->benchmarks[benchmark].suite;

	return name ? name : BOARD_OWN_SUITE;
}

/* Suites of the same name are one: sorted by it, then by their models. */
struct suite_key {
	const char *name;
	uint32_t benchmark;
};

static int compare_keys(const void *left, const void *right)
{
	const struct suite_key *a = left, *b = right;
	int order = strcasecmp(a->name, b->name);

	return order ? order : (a->benchmark > b->benchmark) - (a->benchmark < b->benchmark);
}

static int compare_suites(const void *left, const void *right)
{
	const struct pick_suite *a = left, *b = right;

	if (a->models != b->models)
		return a->models < b->models ? 1 : -1;
	return strcasecmp(a->name, b->name);
}

static void collect_suites(struct picking *picking)
{
	const struct catalog *catalog = picking->catalog;
	struct suite_key *keys = memory_allocate(picking->benchmark_count + 1, sizeof *keys);

	for (size_t i = 0; i < picking->benchmark_count; i++)
		keys[i] = (struct suite_key){suite_name(catalog, picking->benchmarks[i]), picking->benchmarks[i]};
	qsort(keys, picking->benchmark_count, sizeof *keys, compare_keys);
	picking->suites = memory_zero(picking->benchmark_count + 1, sizeof *picking->suites);
	for (size_t i = 0; i < picking->benchmark_count; i++) {
		if (i == 0 || strcasecmp(keys[i - 1].name, keys[i].name) != 0)
			picking->suites[picking->suite_count++] = (struct pick_suite){.name = keys[i].name, .newest = NAN};
		struct pick_suite *suite = &picking->suites[picking->suite_count - 1];
		size_t models = catalog->benchmarks[keys[i].benchmark].models;
		suite->count++;
		suite->models = models > suite->models ? models : suite->models;
		suite->newest = fmax(suite->newest, picking->newest[keys[i].benchmark]);
	}
	free(keys);
	qsort(picking->suites, picking->suite_count, sizeof *picking->suites, compare_suites);
}

static void number_suites(struct picking *picking)
{
	for (size_t i = 0; i < picking->benchmark_count; i++) {
		uint32_t benchmark = picking->benchmarks[i], suite = 0;
		while (strcasecmp(picking->suites[suite].name, suite_name(picking->catalog, benchmark)) != 0)
			suite++;
		picking->suite[benchmark] = suite;
	}
}

static void find_newest(struct picking *picking)
{
	const struct catalog *catalog = picking->catalog;

	for (size_t b = 0; b < catalog->benchmark_count; b++)
		picking->newest[b] = NAN;
	for (size_t model = 0; model < catalog->count; model++) {
		size_t count;
		const struct engine_cell *cells = catalog_cells(catalog, model, &count);
		for (size_t i = 0; i < count; i++)
			picking->newest[cells[i].benchmark] =
				fmax(picking->newest[cells[i].benchmark], catalog->models[model].uploaded);
	}
}

/* ---- rows ----------------------------------------------------------------------------- */

static int compare_benchmarks(const void *left, const void *right, void *context)
{
	const struct picking *picking = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	const struct catalog_benchmark *x = &picking->catalog->benchmarks[a], *y = &picking->catalog->benchmarks[b];

	if (picking->order == PICK_BY_SUITE && picking->suite[a] != picking->suite[b])
		return picking->suite[a] < picking->suite[b] ? -1 : 1;
	if (picking->order != PICK_BY_NAME && x->models != y->models)
		return x->models < y->models ? 1 : -1;
	int order = picking->order == PICK_BY_SUITE ? 0 : strcasecmp(x->title, y->title);
	return order ? order : (a > b) - (a < b);
}

static void add_row(struct picking *picking, enum pick_kind kind, size_t number)
{
	picking->rows[picking->count++] = (struct pick_row){kind, number};
}

/* Suites have their own rows where benchmarks go by them; boards of the user's always. */
static void lay_out(struct picking *picking)
{
	size_t suite = SIZE_MAX;

	free(picking->rows);
	picking->count = 0;
	picking->rows = memory_allocate(picking->boards->count + picking->suite_count + picking->benchmark_count + 1,
					sizeof *picking->rows);
	for (size_t i = 0; i < picking->boards->count; i++)
		if (!picking->boards->list[i].suite)
			add_row(picking, PICK_BOARD, i);
	for (size_t i = 0; i < picking->benchmark_count; i++) {
		uint32_t benchmark = picking->benchmarks[i];
		if (picking->order == PICK_BY_SUITE && picking->suite[benchmark] != suite) {
			suite = picking->suite[benchmark];
			add_row(picking, PICK_SUITE, suite);
		}
		if (picking->order != PICK_BY_SUITE || picking->suites[suite].open)
			add_row(picking, PICK_BENCHMARK, benchmark);
	}
}

void picking_refresh(struct picking *picking)
{
	lay_out(picking);
}

void picking_set_order(struct picking *picking, enum pick_order order)
{
	picking->order = order;
	qsort_r(picking->benchmarks, picking->benchmark_count, sizeof *picking->benchmarks, compare_benchmarks, picking);
	lay_out(picking);
}

void picking_set_open(struct picking *picking, size_t suite, bool open)
{
	picking->suites[suite].open = open;
	lay_out(picking);
}

bool *picking_folds(const struct picking *picking)
{
	bool *open = memory_allocate(picking->suite_count + 1, sizeof *open);

	for (size_t i = 0; i < picking->suite_count; i++)
		open[i] = picking->suites[i].open;
	return open;
}

void picking_set_folds(struct picking *picking, const bool *open)
{
	for (size_t i = 0; i < picking->suite_count; i++)
		picking->suites[i].open = open[i];
	lay_out(picking);
}

size_t picking_row_of(const struct picking *picking, enum pick_kind kind, size_t number)
{
	for (size_t row = 0; row < picking->count; row++)
		if (picking->rows[row].kind == kind && picking->rows[row].number == number)
			return row;
	return SIZE_MAX;
}

/* ---- finding ---------------------------------------------------------------------------- */

bool picking_contains(const struct picking *picking, size_t benchmark, const char *needle)
{
	const struct catalog_benchmark *facts = &picking->catalog->benchmarks[benchmark];
	const char *const texts[] = {facts->key, facts->title, facts->metric, suite_name(picking->catalog, benchmark)};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i] && fuzzy_find(texts[i], needle))
			return true;
	return false;
}

/* Where a row is in the order of the benchmarks: a benchmark's own place, of other rows that of
 * the first benchmark behind it. */
static size_t place_of(const struct picking *picking, size_t row)
{
	size_t place = 0;

	if (row >= picking->count || picking->rows[row].kind == PICK_BOARD)
		return 0;
	for (; place < picking->benchmark_count; place++) {
		uint32_t benchmark = picking->benchmarks[place];
		if (picking->rows[row].kind == PICK_BENCHMARK ? benchmark == picking->rows[row].number
							      : picking->suite[benchmark] == picking->rows[row].number)
			break;
	}
	return place;
}

size_t picking_find(struct picking *picking, const char *needle, size_t row, int step, bool here)
{
	size_t count = picking->benchmark_count, place = place_of(picking, row);
	/* Before a row that is no benchmark's own comes the first behind it. */
	bool own = row < picking->count && picking->rows[row].kind == PICK_BENCHMARK;
	size_t first = here || (!own && step > 0) ? 0 : 1;

	for (size_t i = first; i < count + first; i++) {
		uint32_t benchmark = picking->benchmarks[(place + (step > 0 ? i : count - i % count)) % count];
		if (!picking_contains(picking, benchmark, needle))
			continue;
		if (picking->order == PICK_BY_SUITE && !picking->suites[picking->suite[benchmark]].open)
			picking_set_open(picking, picking->suite[benchmark], true);
		return picking_row_of(picking, PICK_BENCHMARK, benchmark);
	}
	return SIZE_MAX;
}

/* ---- life --------------------------------------------------------------------------------- */

struct picking *picking_new(const struct catalog *catalog, const struct boards *boards, const struct board *board)
{
	struct picking *picking = memory_zero(1, sizeof *picking);

	picking->catalog = catalog;
	picking->boards = boards;
	picking->suite = memory_zero(catalog->benchmark_count + 1, sizeof *picking->suite);
	picking->newest = memory_allocate(catalog->benchmark_count + 1, sizeof *picking->newest);
	picking->benchmarks = memory_allocate(catalog->benchmark_count + 1, sizeof *picking->benchmarks);
	for (size_t b = 0; b < catalog->benchmark_count; b++)
		if (!catalog->benchmarks[b].hidden || board_has(board, b))
			picking->benchmarks[picking->benchmark_count++] = (uint32_t)b;
	find_newest(picking);
	collect_suites(picking);
	number_suites(picking);
	for (size_t i = 0; i < picking->suite_count; i++)
		picking->suites[i].open = picking->benchmark_count <= FEW;
	for (size_t i = 0; i < board->count; i++)
		picking->suites[picking->suite[board->benchmark[i]]].open = true;
	picking_set_order(picking, PICK_BY_SUITE);
	return picking;
}

void picking_free(struct picking *picking)
{
	if (!picking)
		return;
	free(picking->suites);
	free(picking->suite);
	free(picking->newest);
	free(picking->benchmarks);
	free(picking->rows);
	free(picking);
}
