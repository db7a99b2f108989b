/* Races among hypothetical relatives, whose truth is drawn from what is predicted of them. */
#include "engine_world.h"

#include "stemma/engine/race.h"

enum { RUNNERS = 4, TIMES = 300, FIRST = 20 };

struct race_world {
	struct world world;
	struct engine_fit *fit;
	struct engine_query *query;
};

static int setup(void **state)
{
	struct race_world *made = memory_zero(1, sizeof *made);

	world_make(&made->world, NULL);
	made->fit = world_fit(&made->world, PRIOR_KIN, NULL, 0);
	made->query = engine_query_new(made->fit);
	*state = made;
	return 0;
}

static int teardown(void **state)
{
	struct race_world *made = *state;

	engine_query_free(made->query);
	engine_fit_free(made->fit);
	lineage_free(made->world.lineage);
	free(made);
	return 0;
}

static void race_begin(struct race_world *made, struct race *race, double level)
{
	static const struct prospect_run run = {0, NAN, 1};

	*race = (struct race){.count = RUNNERS, .level = level, .upwards = true, .whole = true};
	for (size_t i = 0; i < RUNNERS; i++) {
		assert_int_equal(engine_predict_model(made->query, FIRST + 2 * i, NULL), STATUS_OK);
		race->prospect[i] = prospect_new(made->query, NULL, 0, &run, 1, row_target(0));
	}
	race_judge(race);
}

static void race_end(struct race *race)
{
	for (size_t i = 0; i < race->count; i++)
		prospect_free(race->prospect[i]);
}

static void draw_truth(const struct race *race, double truth[RUNNERS])
{
	for (size_t i = 0; i < RUNNERS; i++)
		truth[i] = prospect_estimate(race->prospect[i]).mean + prospect_deviation(race->prospect[i]) * normal();
}

static size_t best_of(const double truth[RUNNERS], bool upwards)
{
	size_t best = 0;

	for (size_t i = 1; i < RUNNERS; i++)
		if (upwards ? truth[i] > truth[best] : truth[i] < truth[best])
			best = i;
	return best;
}

static void chances_are_those_of_draws(void **state)
{
	struct race_world *made = *state;
	struct race race;
	double truth[RUNNERS];

	for (int upwards = 0; upwards < 2; upwards++) {
		size_t won[RUNNERS] = {0};
		race_begin(made, &race, 0.9);
		race.upwards = upwards;
		race_judge(&race);
		seed = 23;
		for (size_t t = 0; t < 20000; t++) {
			draw_truth(&race, truth);
			won[best_of(truth, upwards)]++;
		}
		for (size_t i = 0; i < RUNNERS; i++)
			near(race.chance[i], (double)won[i] / 20000, 0.015);
		race_end(&race);
	}
}

/* Stopped at 90 %, it takes the best in no less than nine of ten races, and saves runs. */
static void the_best_is_found_as_often_as_said(void **state)
{
	struct race_world *made = *state;
	size_t found = 0, ran = 0;

	seed = 29;
	for (size_t t = 0; t < TIMES; t++) {
		struct race race;
		struct prospect_step step;
		double truth[RUNNERS];
		size_t i;
		race_begin(made, &race, 0.9);
		draw_truth(&race, truth);
		for (; !race_is_over(&race) && race_next(&race, INFINITY, &i, &step); ran++) {
			assert_false(race.out[i]);
			prospect_take(race.prospect[i], &step, truth[i]);
			race_judge(&race);
		}
		found += race_leader(&race) == best_of(truth, true);
		race_end(&race);
	}
	assert_true((double)found >= 0.9 * TIMES);
	assert_true(ran < 3 * TIMES);
}

static void who_is_out_stays_out(void **state)
{
	struct race_world *made = *state;
	struct race race;
	struct prospect_step step = {.questions = INFINITY, .price = 1};

	race_begin(made, &race, 0.9);
	prospect_take(race.prospect[1], &step, 95);
	race_judge(&race);
	assert_int_equal(race_leader(&race), 1);
	assert_true(race_is_over(&race) && race.out[0] && !race.out[1]);
	prospect_take(race.prospect[0], &step, 99);
	race_judge(&race);
	assert_true(race.out[0]);
	race_end(&race);
}

static void families_are_raced(void **state)
{
	struct race_world *made = *state;
	struct engine_data data = world_data(&made->world);
	const double price[BENCHMARKS] = {1, 1, 1};
	struct race_test_settings settings = {.seed = 1, .repeats = 4, .least = 2, .most = 5, .level = 0.9, .price = price};
	struct race_figures figures[RACE_POLICIES];

	assert_int_equal(race_test(&data, row_target(MEAN), &settings, NULL, figures, NULL), STATUS_OK);
	assert_true(figures[RACE_POLICY_RACE].families > 3);
	near(figures[RACE_POLICY_ALL].cost, 1, 1e-12);
	near(figures[RACE_POLICY_ALL].found, 1, 1e-12);
	near(figures[RACE_POLICY_PRIOR].cost, 0, 0);
	assert_true(figures[RACE_POLICY_RACE].cost <= figures[RACE_POLICY_RANDOM].cost);
	assert_true(figures[RACE_POLICY_RACE].regret <= figures[RACE_POLICY_PRIOR].regret);
	settings.least = 30;
	struct error error = {0};
	assert_int_equal(race_test(&data, row_target(MEAN), &settings, NULL, figures, &error), STATUS_DATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chances_are_those_of_draws),
		cmocka_unit_test(the_best_is_found_as_often_as_said),
		cmocka_unit_test(who_is_out_stays_out),
		cmocka_unit_test(families_are_raced),
	};

	return cmocka_run_group_tests_name("race", tests, setup, teardown);
}
