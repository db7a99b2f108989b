/* The grid of the table view: order and counts. */
#include "test.h"

#include <math.h>
#include <stdlib.h>

#include "board/grid.h"

#define COUNT 6
struct fixture {
	struct catalog catalog;
	struct catalog_model models[COUNT];
	uint32_t by_name[COUNT], score_row[COUNT];
	size_t cell_start[5];
	struct engine_cell cells[3];
	struct catalog_benchmark benchmarks[1];
	struct engine_benchmark engine_benchmarks[1];
};

/* a/one 7 B mit 30, a/two 1.5 B, b/three 70 B mit 90, b/four apache, c/five 7 B apache 10, six. */
static void make(struct fixture *fixture)
{
	static char *const names[COUNT] = {"a/one", "a/two", "b/three", "b/four", "c/five", "six"};
	static char *const licenses[COUNT] = {"mit", NULL, "mit", "apache-2.0", "apache-2.0", "mit"};
	static const double sizes[COUNT] = {7, 1.5, 70, NAN, 7, NAN};
	static const uint32_t by_name[COUNT] = {0, 1, 3, 2, 4, 5}, score_row[COUNT] = {1, 0, 2, 0, 3, 0};

	*fixture = (struct fixture){.cell_start = {0, 0, 1, 2, 3}};
	for (size_t i = 0; i < COUNT; i++) {
		fixture->models[i] = (struct catalog_model){
			.name = names[i], .license = licenses[i], .params_b = sizes[i], .uploaded = i == 1 ? 19000 : NAN,
		};
		fixture->by_name[i] = by_name[i];
		fixture->score_row[i] = score_row[i];
	}
	static const double scores[] = {30, 90, 10};
	for (size_t i = 0; i < 3; i++)
		fixture->cells[i] = (struct engine_cell){.benchmark = 0, .value = scores[i]};
	fixture->benchmarks[0] = (struct catalog_benchmark){.key = "x", .title = "X", .higher_is_better = true};
	fixture->engine_benchmarks[0].higher_is_better = true;
	fixture->catalog = (struct catalog){
		.count = COUNT, .models = fixture->models, .by_name = fixture->by_name, .scored_count = 3,
		.score_row = fixture->score_row, .cell_start = fixture->cell_start, .cells = fixture->cells,
		.benchmark_count = 1, .benchmarks = fixture->benchmarks, .engine_benchmarks = fixture->engine_benchmarks,
	};
}

static void assert_order(const struct grid *grid, size_t count, const uint32_t *expected)
{
	assert_int_equal(grid->count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(grid->models[i], expected[i]);
}
#define ASSERT_ORDER(grid, ...) \
	assert_order(grid, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), (uint32_t[]){__VA_ARGS__})

static void sorted(struct fixture *fixture, struct grid *grid, enum grid_kind kind, bool reversed)
{
	static const uint32_t benchmark = 0;
	static const double weight = 1;
	static const struct engine_target target = {1, &benchmark, &weight};
	const struct grid_column column = {kind, &target};

	grid_fill(grid, &fixture->catalog, NULL);
	grid_sort(grid, &column, reversed);
}

static void unknown_values_come_last(void **state)
{
	struct fixture fixture;
	struct grid grid = {0};

	(void)state;
	make(&fixture);
	sorted(&fixture, &grid, GRID_NAME, false);
	ASSERT_ORDER(&grid, 0, 1, 3, 2, 4, 5);
	sorted(&fixture, &grid, GRID_NAME, true);
	ASSERT_ORDER(&grid, 5, 4, 2, 3, 1, 0);
	sorted(&fixture, &grid, GRID_SIZE, false);
	ASSERT_ORDER(&grid, 2, 0, 4, 1, 3, 5);
	sorted(&fixture, &grid, GRID_SIZE, true);
	ASSERT_ORDER(&grid, 1, 0, 4, 2, 3, 5);
	sorted(&fixture, &grid, GRID_SCORE, false);
	ASSERT_ORDER(&grid, 2, 0, 4, 1, 3, 5);
	sorted(&fixture, &grid, GRID_SCORE, true);
	ASSERT_ORDER(&grid, 4, 0, 2, 1, 3, 5);
	sorted(&fixture, &grid, GRID_LICENSE, false);
	ASSERT_ORDER(&grid, 3, 4, 0, 2, 5, 1);
	sorted(&fixture, &grid, GRID_LICENSE, true);
	ASSERT_ORDER(&grid, 0, 2, 5, 3, 4, 1);
	grid_free(&grid);
}

static void a_filter_leaves_its_models(void **state)
{
	struct fixture fixture;
	struct grid grid = {0};
	const uint8_t fit[COUNT] = {0, 1, 0, 1, 0, 1};

	(void)state;
	make(&fixture);
	grid_fill(&grid, &fixture.catalog, fit);
	ASSERT_ORDER(&grid, 1, 3, 5);
	assert_int_equal(grid_place(&grid, 3), 1);
	assert_int_equal(grid_place(&grid, 0), SIZE_MAX);
	grid_free(&grid);
}

static void assert_value(const struct grid_values *values, size_t place, const char *text, const char *filter, size_t count)
{
	assert_in_range(place, 0, values->count - 1);
	assert_string_equal(values->list[place].text, text);
	if (filter)
		assert_string_equal(values->list[place].filter, filter);
	else
		assert_null(values->list[place].filter);
	assert_int_equal(values->list[place].count, count);
}

static void values_are_counted(void **state)
{
	static const uint32_t benchmark = 0;
	static const double weight = 1;
	static const struct engine_target target = {1, &benchmark, &weight};
	struct fixture fixture;
	struct grid grid = {0};
	struct grid_values values;

	(void)state;
	make(&fixture);
	grid_fill(&grid, &fixture.catalog, NULL);
	grid_count(&grid, &(struct grid_column){.kind = GRID_LICENSE}, "", 0, 1, &values);
	assert_int_equal(values.count, 3);
	assert_int_equal(values.most, 3);
	assert_value(&values, 0, "mit", "license=mit", 3);
	assert_value(&values, 1, "apache-2.0", "license=apache-2.0", 2);
	assert_value(&values, 2, "not known", NULL, 1);
	grid_values_free(&values);
	grid_count(&grid, &(struct grid_column){.kind = GRID_NAME}, "", 0, 1, &values);
	assert_value(&values, 0, "a", "owner=a", 2);
	assert_value(&values, 1, "b", "owner=b", 2);
	assert_value(&values, 2, "c", "owner=c", 1);
	assert_value(&values, 3, "not known", NULL, 1);
	grid_values_free(&values);
	grid_count(&grid, &(struct grid_column){.kind = GRID_SIZE}, "", 0, 1, &values);
	assert_value(&values, 0, "50 to 80", "size >= 50 size < 80", 1);
	assert_value(&values, 1, "5 to 8", "size >= 5 size < 8", 2);
	assert_value(&values, 2, "1 to 3", "size >= 1 size < 3", 1);
	assert_value(&values, 3, "not known", NULL, 2);
	grid_values_free(&values);
	grid_count(&grid, &(struct grid_column){.kind = GRID_DATE}, "", 0, 1, &values);
	assert_value(&values, 0, "2022", "date >= 2022 date < 2023", 1);
	grid_values_free(&values);
	grid_count(&grid, &(struct grid_column){GRID_SCORE, &target}, "x", 0, 100, &values);
	assert_value(&values, 0, "90 or more", "x >= 90", 1);
	assert_value(&values, 1, "30 to 40", "x >= 30 x < 40", 1);
	assert_value(&values, 2, "10 to 20", "x >= 10 x < 20", 1);
	assert_value(&values, 3, "not known", NULL, 3);
	grid_values_free(&values);
	grid_free(&grid);
}

/* Against a sort that compares. */
static int compare_sizes(const void *left, const void *right, void *context)
{
	const struct catalog *catalog = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	double x = catalog->models[a].params_b, y = catalog->models[b].params_b;

	return x != y ? (x < y ? 1 : -1) : (a > b) - (a < b);
}

#define MANY 50000
static void many_are_sorted_as_by_comparing(void **state)
{
	struct catalog_model *models = calloc(MANY, sizeof *models);
	uint32_t *by_name = malloc(MANY * sizeof *by_name), seed = 1;
	struct catalog catalog = {.count = MANY, .models = models, .by_name = by_name};
	struct grid grid = {0};

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		seed = seed * 1664525 + 1013904223;
		models[i].params_b = (double)(seed >> 20) / 16 - 40; /* below zero, too, and many equal */
		by_name[i] = i;
	}
	grid_fill(&grid, &catalog, NULL);
	grid_sort(&grid, &(struct grid_column){.kind = GRID_SIZE}, false);
	qsort_r(by_name, MANY, sizeof *by_name, compare_sizes, &catalog);
	assert_memory_equal(grid.models, by_name, MANY * sizeof *by_name);
	grid_free(&grid);
	free(by_name);
	free(models);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_values_come_last),
		cmocka_unit_test(a_filter_leaves_its_models),
		cmocka_unit_test(values_are_counted),
		cmocka_unit_test(many_are_sorted_as_by_comparing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
