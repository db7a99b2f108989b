/* What the picker lists: suites, orders, folds, search. */
#include "test.h"

#include <math.h>

#include "board/picking.h"

#define BENCHMARKS 6

static struct catalog_benchmark benchmarks[BENCHMARKS] = {
	{.key = "ifeval", .title = "IFEval", .suite = "openllm2", .metric = "strict accuracy", .models = 3},
	{.key = "bbh", .title = "BBH", .suite = "OpenLLM2", .models = 2},
	{.key = "legal-qa", .title = "legal-qa", .suite = "court", .models = 1},
	{.key = "arena", .title = "Arena", .suite = "court", .metric = "rating", .models = 2},
	{.key = "gsm8k", .title = "GSM8K", .models = 3},
	{.key = "secret", .title = "Secret", .suite = "court", .hidden = true, .models = 1},
};
/* Three models: a row each, row 0 empty. */
static struct catalog_model models[] = {{.uploaded = 100}, {.uploaded = 300}, {.uploaded = NAN}};
static uint32_t score_row[] = {1, 2, 3};
static size_t cell_start[] = {0, 0, 4, 8, 12};
static struct engine_cell cells[] = {
	{.benchmark = 0}, {.benchmark = 1}, {.benchmark = 3}, {.benchmark = 4}, {.benchmark = 0}, {.benchmark = 1},
	{.benchmark = 4}, {.benchmark = 5}, {.benchmark = 0}, {.benchmark = 2}, {.benchmark = 3}, {.benchmark = 4},
};
static const struct catalog catalog = {
	.count = 3, .models = models, .benchmark_count = BENCHMARKS, .benchmarks = benchmarks, .scored_count = 3,
	.score_row = score_row, .cell_start = cell_start, .cells = cells,
};
static struct board board_list[] = {{.name = "mine", .count = 2}, {.name = "openllm2", .suite = true, .count = 2}};
static const struct boards boards = {.count = 2, .list = board_list};

/* "b0" a board, "s1" a suite, else the key of a benchmark. */
static const char *rows_text(const struct picking *picking)
{
	static char text[512];
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < picking->count; i++) {
		const struct pick_row *row = &picking->rows[i];
		const char *blank = i ? " " : "";
		length += (size_t)(row->kind == PICK_BENCHMARK
			? snprintf(text + length, sizeof text - length, "%s%s", blank, benchmarks[row->number].key)
			: snprintf(text + length, sizeof text - length, "%s%c%zu", blank,
				   row->kind == PICK_BOARD ? 'b' : 's', row->number));
	}
	return text;
}

static struct picking *make(uint32_t chosen)
{
	const struct board board = {.count = 1, .benchmark = &chosen};

	return picking_new(&catalog, &boards, &board);
}

static void suites_have_their_benchmarks(void **state)
{
	(void)state;
	struct picking *picking = make(0);

	/* Names of suites in any case are one; those without one are the user's own; hidden ones are not listed. */
	assert_int_equal(picking->suite_count, 3);
	assert_string_equal(picking->suites[0].name, "openllm2");
	assert_int_equal(picking->suites[0].count, 2);
	assert_int_equal(picking->suites[0].models, 3);
	assert_string_equal(picking->suites[1].name, "own");
	assert_string_equal(picking->suites[2].name, "court");
	assert_float_equal(picking->suites[0].newest, 300, 1e-9);
	assert_float_equal(picking->newest[3], 100, 1e-9);
	assert_true(isnan(picking->newest[2])); /* the only model has no date */
	assert_string_equal(rows_text(picking), "b0 s0 ifeval bbh s1 gsm8k s2 arena legal-qa");
	picking_free(picking);
}

static void a_hidden_one_is_listed_where_it_is_drawn(void **state)
{
	(void)state;
	struct picking *picking = make(5);

	assert_string_equal(rows_text(picking), "b0 s0 ifeval bbh s1 gsm8k s2 arena legal-qa secret");
	picking_free(picking);
}

static void suites_fold(void **state)
{
	(void)state;
	struct picking *picking = make(0);

	picking_set_open(picking, 0, false);
	picking_set_open(picking, 2, false);
	assert_string_equal(rows_text(picking), "b0 s0 s1 gsm8k s2");
	picking_set_open(picking, 2, true);
	assert_string_equal(rows_text(picking), "b0 s0 s1 gsm8k s2 arena legal-qa");
	assert_int_equal(picking_row_of(picking, PICK_SUITE, 2), 4);
	/* As they were before a search. */
	bool *folds = picking_folds(picking);
	assert_int_equal(picking_find(picking, "ifeval", 0, 1, true), 2);
	picking_set_folds(picking, folds);
	assert_string_equal(rows_text(picking), "b0 s0 s1 gsm8k s2 arena legal-qa");
	free(folds);
	assert_int_equal(picking_row_of(picking, PICK_BENCHMARK, 0), SIZE_MAX);
	picking_free(picking);
}

static void orders_differ(void **state)
{
	(void)state;
	struct picking *picking = make(0);

	picking_set_order(picking, PICK_BY_NAME);
	assert_string_equal(rows_text(picking), "b0 arena bbh gsm8k ifeval legal-qa");
	picking_set_order(picking, PICK_BY_MODELS);
	assert_string_equal(rows_text(picking), "b0 gsm8k ifeval arena bbh legal-qa");
	picking_set_order(picking, PICK_BY_SUITE);
	assert_string_equal(rows_text(picking), "b0 s0 ifeval bbh s1 gsm8k s2 arena legal-qa");
	picking_free(picking);
}

static void what_is_folded_is_found(void **state)
{
	(void)state;
	struct picking *picking = make(0);

	picking_set_open(picking, 2, false);
	/* By metric, and the suite is opened for it. */
	assert_int_equal(picking_find(picking, "RATING", 0, 1, true), 7);
	assert_true(picking->suites[2].open);
	/* By suite, around the end, in both directions. */
	size_t bbh = picking_row_of(picking, PICK_BENCHMARK, 1), ifeval = picking_row_of(picking, PICK_BENCHMARK, 0);
	assert_int_equal(picking_find(picking, "openllm", bbh, 1, false), ifeval);
	assert_int_equal(picking_find(picking, "openllm", ifeval, -1, false), bbh);
	assert_int_equal(picking_find(picking, "openllm", ifeval, 1, true), ifeval);
	/* From a suite's own row the first behind it comes next. */
	assert_int_equal(picking_find(picking, "openllm", picking_row_of(picking, PICK_SUITE, 0), 1, false), ifeval);
	/* The only one is found again, nothing is not, and a hidden one neither. */
	assert_int_equal(picking_find(picking, "bbh", bbh, 1, false), bbh);
	assert_int_equal(picking_find(picking, "nothing like it", bbh, 1, true), SIZE_MAX);
	assert_int_equal(picking_find(picking, "secret", bbh, 1, true), SIZE_MAX);
	picking_free(picking);
}

static void an_empty_cache_lists_nothing(void **state)
{
	(void)state;
	static size_t none[] = {0, 0};
	const struct catalog empty = {.cell_start = none};
	const struct boards no_boards = {0};
	const struct board no_board = {0};
	struct picking *picking = picking_new(&empty, &no_boards, &no_board);

	assert_int_equal(picking->count, 0);
	assert_int_equal(picking_find(picking, "x", 0, 1, true), SIZE_MAX);
	picking_set_order(picking, PICK_BY_MODELS);
	assert_int_equal(picking->count, 0);
	picking_free(picking);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suites_have_their_benchmarks),
		cmocka_unit_test(a_hidden_one_is_listed_where_it_is_drawn),
		cmocka_unit_test(suites_fold),
		cmocka_unit_test(orders_differ),
		cmocka_unit_test(what_is_folded_is_found),
		cmocka_unit_test(an_empty_cache_lists_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
