/* Runs, whole and of some questions, against the engine's own conditioning and against draws. */
#include "engine_world.h"

#include "stemma/engine/prospect.h"

enum { SUBJECT = 20, QUESTIONS = 1000 };

struct prospect_world {
	struct world world;
	struct engine_fit *fit;
	struct engine_query *query;
};

static const struct prospect_run runs[BENCHMARKS] = {{0, QUESTIONS, 10}, {1, QUESTIONS, 40}, {2, NAN, 5}};

static int setup(void **state)
{
	struct prospect_world *made = memory_zero(1, sizeof *made);

	world_make(&made->world, NULL);
	made->fit = world_fit(&made->world, PRIOR_KIN, NULL, 0);
	made->query = engine_query_new(made->fit);
	*state = made;
	return 0;
}

static int teardown(void **state)
{
	struct prospect_world *made = *state;

	engine_query_free(made->query);
	engine_fit_free(made->fit);
	lineage_free(made->world.lineage);
	free(made);
	return 0;
}

static struct prospect *prospect_of(struct prospect_world *made, const struct engine_cell *known, size_t count,
				    const struct engine_target *target)
{
	assert_int_equal(engine_predict_model(made->query, SUBJECT, NULL), STATUS_OK);
	return prospect_new(made->query, known, count, runs, BENCHMARKS, target);
}

static struct prospect_step whole_run(size_t run)
{
	return (struct prospect_step){.run = run, .questions = INFINITY};
}

static struct engine_cell cell_of(uint32_t benchmark, double value, float error)
{
	return (struct engine_cell){.benchmark = benchmark, .value = value, .error = error, .chat_template = ANSWER_UNKNOWN};
}

/* Whole runs leave what the engine leaves that is told their results, and move the mean as far. */
static void whole_runs_are_the_engines_own(void **state)
{
	struct prospect_world *made = *state;
	const struct engine_target *mean = row_target(MEAN);
	struct engine_estimate expected;
	struct engine_cell known[2];

	for (uint32_t first = 0; first < BENCHMARKS; first++)
		for (uint32_t second = 0; second < BENCHMARKS; second++) {
			if (first == second)
				continue;
			struct prospect *prospect = prospect_of(made, NULL, 0, mean);
			known[0] = cell_of(first, made->world.scores[SUBJECT * BENCHMARKS + first], NAN);
			known[1] = cell_of(second, made->world.scores[SUBJECT * BENCHMARKS + second], NAN);
			for (size_t k = 0; k < 2; k++) {
				struct prospect_step step = whole_run(known[k].benchmark);
				prospect_take(prospect, &step, known[k].value);
				engine_condition(made->query, known, k + 1);
				engine_estimate(made->query, mean, &expected);
				struct engine_estimate found = prospect_estimate(prospect);
				near(found.sd, expected.sd, 0.02 * expected.sd);
				near(found.mean, expected.mean, 0.2);
				near(found.high90 - found.low90, expected.high90 - expected.low90, 0.2);
			}
			prospect_free(prospect);
		}
}

static void nothing_is_left_of_a_known_target(void **state)
{
	struct prospect_world *made = *state;
	struct prospect *prospect = prospect_of(made, NULL, 0, row_target(1));
	struct prospect_step step = whole_run(1);

	assert_false(prospect_known(prospect));
	prospect_take(prospect, &step, 37);
	assert_true(prospect_known(prospect));
	near(prospect_estimate(prospect).mean, 37, 0.5);
	near(prospect_deviation(prospect), 0, 1e-6);
	prospect_free(prospect);
	const struct engine_cell known = cell_of(1, 37, NAN);
	prospect = prospect_of(made, &known, 1, row_target(1));
	assert_true(prospect_known(prospect));
	assert_false(prospect_best(prospect, INFINITY, true, &step));
	near(prospect_estimate(prospect).mean, 37, 1e-9);
	prospect_free(prospect);
}

/* Ten questions and forty more are fifty; with all the rest it is the whole run. */
static void parts_add_up(void **state)
{
	struct prospect_world *made = *state;
	const struct engine_target *mean = row_target(MEAN);
	const struct prospect_step ten = {.run = 1, .questions = 10}, fifty = {.run = 1, .questions = 50};
	struct prospect_step all = whole_run(1);
	struct prospect *parts = prospect_of(made, NULL, 0, mean), *once = prospect_of(made, NULL, 0, mean);

	prospect_take(parts, &ten, 50);
	assert_true(prospect_estimate(parts).sd > prospect_estimate(once).sd * sqrt(prospect_left(once, &fifty)));
	prospect_take(parts, &fifty, 34);
	prospect_take(once, &fifty, 34);
	for (int more = 0; more < 2; more++) {
		near(prospect_estimate(parts).sd, prospect_estimate(once).sd, 1e-9);
		near(prospect_estimate(parts).mean, prospect_estimate(once).mean, 1e-9);
		prospect_take(parts, &all, 36);
		prospect_take(once, &all, 36);
	}
	prospect_free(parts);
	prospect_free(once);
}

/* A share of n of N questions, drawn without replacement, strays from that of all as far as the posterior takes it
 * to: 1 / (1 / prior variance + 1 / variance of the draws). */
static void some_questions_tell_as_draws_do(void **state)
{
	struct prospect_world *made = *state;
	enum { TIMES = 4000, ASKED = 50 };
	const struct prospect_step step = {.run = 0, .questions = ASKED};
	struct prospect *prospect = prospect_of(made, NULL, 0, row_target(0));
	struct engine_estimate before = prospect_estimate(prospect);
	double squares = 0;
	size_t right = (size_t)lround(before.mean / 100 * QUESTIONS);

	seed = 5;
	for (size_t t = 0; t < TIMES; t++) {
		size_t found = 0, left = right;
		for (size_t k = 0; k < ASKED; k++) {
			bool solved = uniform() * (double)(QUESTIONS - k) < (double)left;
			found += solved;
			left -= solved;
		}
		double off = 100 * (double)found / ASKED - before.mean;
		squares += off * off / TIMES;
	}
	prospect_take(prospect, &step, NAN);
	near(prospect_estimate(prospect).sd, sqrt(1 / (1 / (before.sd * before.sd) + 1 / squares)), 0.02 * before.sd);
	near(prospect_estimate(prospect).mean, before.mean, 1e-9);
	prospect_free(prospect);
}

/* A result whose error tells of a hundred of the thousand questions is one of a hundred. */
static void results_of_some_questions_leave_the_rest(void **state)
{
	struct prospect_world *made = *state;
	const struct prospect_step hundred = {.run = 0, .questions = 100};
	const struct engine_cell partly = cell_of(0, 40, (float)sqrt(40 * 60 / 100.0)), wholly = cell_of(0, 40, 1.5F);
	struct prospect *told = prospect_of(made, &partly, 1, row_target(0)), *run = prospect_of(made, NULL, 0, row_target(0));
	struct prospect *all = prospect_of(made, &wholly, 1, row_target(0));
	struct prospect_step step;

	prospect_take(run, &hundred, 40);
	near(prospect_estimate(told).mean, prospect_estimate(run).mean, 1e-4);
	near(prospect_estimate(told).sd, prospect_estimate(run).sd, 1e-4);
	assert_true(prospect_best(told, INFINITY, true, &step));
	assert_true(prospect_known(all));
	prospect_free(told);
	prospect_free(run);
	prospect_free(all);
}

/* The best step is the one that takes most for its price, and costs no more than may be spent. */
static void the_best_step_is_worth_its_price(void **state)
{
	struct prospect_world *made = *state;
	struct prospect *prospect = prospect_of(made, NULL, 0, row_target(MEAN));
	struct prospect_step best, cheap;
	double rate = 0;

	for (size_t i = 0; i < BENCHMARKS; i++) {
		struct prospect_step step = whole_run(i);
		rate = fmax(rate, (1 - prospect_left(prospect, &step)) / runs[i].price);
	}
	assert_true(prospect_best(prospect, INFINITY, true, &best));
	near((1 - prospect_left(prospect, &best)) / best.price, rate, 1e-12);
	assert_false(prospect_best(prospect, 4.9, true, &cheap));
	assert_true(prospect_best(prospect, 4.9, false, &cheap));
	assert_true(cheap.price <= 4.9 && cheap.questions < QUESTIONS);
	assert_true(prospect_best(prospect, 0.1, false, &cheap));
	near(cheap.price, 0.1, 1e-12);
	near(cheap.more, 10, 1e-12);
	assert_false(prospect_best(prospect, 0.05, false, &cheap));
	prospect_free(prospect);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_runs_are_the_engines_own),
		cmocka_unit_test(nothing_is_left_of_a_known_target),
		cmocka_unit_test(parts_add_up),
		cmocka_unit_test(some_questions_tell_as_draws_do),
		cmocka_unit_test(results_of_some_questions_leave_the_rest),
		cmocka_unit_test(the_best_step_is_worth_its_price),
	};

	return cmocka_run_group_tests_name("prospect", tests, setup, teardown);
}
