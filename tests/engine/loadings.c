/* What is usual of loadings, against numbers worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/loadings.h"

enum { RANK = 2, SIDE = RANK + 1, BENCHMARKS = 4, SUITES = 3 };

/* Three benchmarks of two suites with known loadings, and one of a suite of its own without scores. */
struct world {
	double loading[BENCHMARKS * RANK], suite_mean[SUITES * RANK], within[RANK * RANK], between[RANK * RANK];
	uint32_t suite[BENCHMARKS], suite_count[SUITES];
	bool learned[BENCHMARKS];
	float unknown[BENCHMARKS * SIDE * SIDE];
	double level[BENCHMARKS], noise[BENCHMARKS];
	struct parameters parameters;
};

static void world_make(struct world *world)
{
	*world = (struct world){
		.loading = {1, 0.2, 0.6, 0.6, 0.2, 1, 0, 0},
		.suite = {0, 0, 1, 2}, .suite_count = {2, 1, 0}, .learned = {true, true, true, false},
	};
	world->parameters = (struct parameters){
		.rank = RANK, .benchmarks = BENCHMARKS, .suites = SUITES, .loading = world->loading,
		.suite_mean = world->suite_mean, .suite = world->suite, .suite_count = world->suite_count,
		.within = world->within, .between = world->between, .learned = world->learned, .unknown = world->unknown,
		.level = world->level, .noise = world->noise,
	};
}

static void expect_prior(const struct world *world, size_t b, const double *mean, const double *covariance)
{
	double told[RANK], precision[RANK * RANK];

	assert_true(loadings_prior(&world->parameters, b, 4, told, precision));
	double determinant = precision[0] * precision[3] - precision[1] * precision[2];
	assert_true(fabs(told[0] - mean[0]) < 1e-6 && fabs(told[1] - mean[1]) < 1e-6);
	assert_true(fabs(precision[3] / determinant - covariance[0]) < 1e-6);
	assert_true(fabs(-precision[1] / determinant - covariance[1]) < 1e-6);
	assert_true(fabs(precision[0] / determinant - covariance[2]) < 1e-6);
}

/* Benchmarks that ask more of one ability ask less of the other here: the covariances say so. */
static void the_prior_is_that_of_the_others(void **state)
{
	(void)state;
	struct world world;

	world_make(&world);
	loadings_learn(&world.parameters);
	assert_true(fabs(world.suite_mean[0] - 0.68) < 1e-9 && fabs(world.suite_mean[3] - 0.76) < 1e-9);
	expect_prior(&world, 3, (double[]){0.56, 0.64}, (double[]){0.1549759, -0.0261408, 0.1656425});
	expect_prior(&world, 0, (double[]){0.5733333, 0.6266667}, (double[]){0.1351333, -0.0119788, 0.1422444});
}

/* What is not known of loadings counts, the level in it, and does not depend on the units of factors. */
static void what_is_unknown_keeps_its_units(void **state)
{
	(void)state;
	struct world world;
	const double mean[] = {1, -2}, covariance[] = {0.5, 0.1, 0.1, 0.25}, size[] = {2, 0.5};
	const double scaled[] = {0.5, -4}, scaled_covariance[] = {0.125, 0.1, 0.1, 1};
	const float unknown[] = {0.04F, 0.01F, 0.02F, 0.01F, 0.09F, -0.03F, 0.02F, -0.03F, 0.5F};

	world_make(&world);
	memcpy(world.unknown + 2 * SIDE * SIDE, unknown, sizeof unknown);
	/* 0.04 + 0.36 - 0.04, 2 (0.02 + 0.06), 0.5; then 0.02 + 0.0225 + 0.002 */
	assert_true(fabs(parameters_unknown(&world.parameters, 2, mean, NULL) - 1.02) < 1e-6);
	assert_true(fabs(parameters_unknown(&world.parameters, 2, mean, covariance) - 1.0645) < 1e-6);
	loadings_rescale(&world.parameters, size);
	assert_true(fabs(parameters_unknown(&world.parameters, 2, scaled, scaled_covariance) - 1.0645) < 1e-6);
	assert_true(fabs(world.loading[0] - 2) < 1e-9 && fabs(world.loading[1] - 0.1) < 1e-9);
}

/* Mean of 0.1, 0.4 and twice 0.3; the benchmark of 29 cells is left out. */
static void the_usual_noise_is_that_of_well_known_benchmarks(void **state)
{
	(void)state;
	struct world world;
	size_t start[BENCHMARKS + 1] = {0, 30, 59, 99, 99};

	world_make(&world);
	memcpy(world.noise, (double[]){0.1, 5, 0.4, 0.3}, sizeof world.noise);
	parameters_learn_usual_noise(&(struct cells){.benchmarks = BENCHMARKS, .column_start = start}, &world.parameters);
	assert_true(fabs(world.parameters.usual_noise - 0.275) < 1e-6);
}

/* One score at 1 of a model known to be at 0: the level goes to 1 / (1 + 0.5 x 0.5), which leaves 0.04, to which
 * the usual noise is added as if seen four times. */
static void few_scores_have_about_the_usual_noise(void **state)
{
	(void)state;
	struct world world;
	const double mean[RANK] = {0};
	const float second[RANK * RANK] = {0};

	world_make(&world);
	loadings_learn(&world.parameters);
	world.parameters.usual_noise = 0.1;
	world.noise[3] = 0.5;
	parameters_regress(&world.parameters, 3, &(struct parameters_told){.z = 1, .mean = mean, .second = second}, 1);
	assert_true(fabs(world.level[3] - 0.8) < 1e-9);
	assert_true(fabs(world.noise[3] - 0.088) < 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_prior_is_that_of_the_others),
		cmocka_unit_test(what_is_unknown_keeps_its_units),
		cmocka_unit_test(the_usual_noise_is_that_of_well_known_benchmarks),
		cmocka_unit_test(few_scores_have_about_the_usual_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
