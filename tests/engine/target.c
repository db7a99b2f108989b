/* Targets: cells, ranges and means on benchmarks of any scale. */
#include "test.h"

#include <math.h>

#include "stemma/engine/engine.h"

enum { ACCURACY, FRACTION, RATING, ERRORS, CONSTANT, UNKNOWN, BENCHMARKS };

static void near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-9))
		fail_msg("%.12g is not %.12g", a, b);
}

static void make_benchmarks(struct engine_benchmark list[BENCHMARKS])
{
	static const struct {
		double lower, upper;
		bool higher_is_better;
	} known[BENCHMARKS] = {
		[ACCURACY] = {0, 100, true}, [FRACTION] = {0, 1, true}, [RATING] = {-INFINITY, INFINITY, true},
		[ERRORS] = {0, INFINITY, false}, [CONSTANT] = {NAN, NAN, true}, [UNKNOWN] = {NAN, NAN, true},
	};

	for (size_t b = 0; b < BENCHMARKS; b++)
		list[b] = (struct engine_benchmark){
			.key = "x", .title = "X", .lower = known[b].lower, .upper = known[b].upper, .chance = (double)NAN,
			.higher_is_better = known[b].higher_is_better, .instances = (double)NAN};
}

static const struct engine_cell cells[] = {
	{20, NAN, ACCURACY, 0}, {0.5, NAN, FRACTION, 0}, {1000, NAN, RATING, 0}, {12, NAN, ERRORS, 0}, {7, NAN, CONSTANT, 0},
	{40, NAN, ACCURACY, 0}, {1500, NAN, RATING, 0}, {2, NAN, ERRORS, 0}, {7, NAN, CONSTANT, 0},
};
enum { FIRST = 5, CELLS = sizeof cells / sizeof *cells };

/* Nominal ends, and where there are none those of the values and a tenth. */
static void ranges_are_finite(void **state)
{
	struct engine_benchmark list[BENCHMARKS];

	(void)state;
	make_benchmarks(list);
	engine_benchmarks_set_range(list, BENCHMARKS, cells, CELLS);
	near(list[ACCURACY].low, 0), near(list[ACCURACY].high, 100);
	near(list[FRACTION].low, 0), near(list[FRACTION].high, 1);
	near(list[RATING].low, 950), near(list[RATING].high, 1550);
	near(list[ERRORS].low, 0), near(list[ERRORS].high, 13);
	assert_true(list[CONSTANT].low < 7 && list[CONSTANT].high > 7);
	assert_true(isfinite(list[UNKNOWN].low) && list[UNKNOWN].high > list[UNKNOWN].low);
	near(engine_points(&list[ACCURACY], 33), 33);
	near(engine_points(&list[FRACTION], 0.25), 25);
	near(engine_points(&list[RATING], 1250), 50);
	near(engine_points(&list[ERRORS], 0), 100); /* none is best */
	near(engine_points(&list[ERRORS], 13), 0);
}

static void cells_are_found(void **state)
{
	(void)state;
	assert_ptr_equal(engine_cell_find(cells, FIRST, RATING), &cells[2]);
	assert_null(engine_cell_find(cells + FIRST, CELLS - FIRST, FRACTION));
	assert_null(engine_cell_find(cells, FIRST, UNKNOWN));
	assert_null(engine_cell_find(NULL, 0, ACCURACY));
}

static void means_are_in_points(void **state)
{
	struct engine_benchmark list[BENCHMARKS];
	const uint32_t three[] = {ACCURACY, RATING, ERRORS}, missing[] = {ACCURACY, FRACTION};
	const double weights[] = {0.5, 0.25, 0.25}, half[] = {0.5, 0.5};
	const struct engine_target mean = {3, three, weights}, part = {2, missing, half}, rating = engine_target_one(RATING);
	const struct engine_target errors = engine_target_one(ERRORS);
	double lower, upper;

	(void)state;
	make_benchmarks(list);
	engine_benchmarks_set_range(list, BENCHMARKS, cells, CELLS);
	near(engine_target_value(list, &rating, cells, FIRST), 1000); /* as published */
	near(engine_target_value(list, &mean, cells, FIRST), 0.5 * 20 + 0.25 * 100 / 12 + 0.25 * 100 / 13);
	assert_true(isnan(engine_target_value(list, &part, cells + FIRST, CELLS - FIRST)));
	assert_true(engine_target_upwards(list, &mean));
	assert_false(engine_target_upwards(list, &errors));
	engine_target_bounds(list, &mean, &lower, &upper);
	near(lower, 0), near(upper, 100);
	engine_target_bounds(list, &errors, &lower, &upper);
	near(lower, 0);
	assert_true(isinf(upper));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_finite),
		cmocka_unit_test(cells_are_found),
		cmocka_unit_test(means_are_in_points),
	};
	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
