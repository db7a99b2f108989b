/* Decisions, and how often they are wrong when one looks after each run and stops as soon as one can. */
#include "engine_world.h"

#include "stemma/engine/decision.h"
#include "stemma/engine/prospect.h"

enum { SUBJECT = 20, QUESTIONS = 1000, TIMES = 3000 };

struct decision_world {
	struct world world;
	struct engine_fit *fit;
	struct engine_query *query;
};

static int setup(void **state)
{
	struct decision_world *made = memory_zero(1, sizeof *made);

	world_make(&made->world, NULL);
	made->fit = world_fit(&made->world, PRIOR_KIN, NULL, 0);
	made->query = engine_query_new(made->fit);
	*state = made;
	return 0;
}

static int teardown(void **state)
{
	struct decision_world *made = *state;

	engine_query_free(made->query);
	engine_fit_free(made->fit);
	lineage_free(made->world.lineage);
	free(made);
	return 0;
}

static void chances_are_of_the_normal_distribution(void **state)
{
	(void)state;
	const struct decision above = {DECISION_ABOVE, 70, 0.95}, within = {DECISION_WITHIN, 2, 0.9};
	const struct decision_state now = {72, 2}, sure = {69, 0};

	near(decision_chance(&above, &now), 0.841345, 1e-6);
	near(decision_chance(&within, &now), 0.682689, 1e-6);
	near(decision_chance(&above, &sure), 0, 0);
	assert_false(decision_made(&above, &now));
	assert_true(decision_made(&above, &sure));
	assert_true(decision_made(&above, &(struct decision_state){73.3, 2}));
	assert_false(decision_made(&above, &(struct decision_state){73.2, 2}));
	assert_true(decision_made(&within, &(struct decision_state){0, 1.21}));
	assert_false(decision_made(&within, &(struct decision_state){0, 1.22}));
}

/* Against draws of the mean that runs will leave. */
static void decisions_to_come_are_as_likely_as_draws_say(void **state)
{
	(void)state;
	const struct decision above = {DECISION_ABOVE, 70, 0.95};
	const struct decision_state now = {71, 2};

	seed = 3;
	for (double after = 0.2; after < 2; after += 0.6) {
		size_t made = 0;
		for (size_t t = 0; t < 20000; t++) {
			struct decision_state then = {now.mean + sqrt(4 - after * after) * normal(), after};
			made += decision_made(&above, &then);
		}
		near(decision_by(&above, &now, after), (double)made / 20000, 0.012);
	}
	near(decision_by(&above, &now, 2), 0, 0);
	near(decision_by(&above, &now, 0), 1, 1e-12);
}

/* Shares of n questions, then more, of a model that solves `right` of all. */
static double ask(size_t *asked, size_t *found, size_t right, size_t questions)
{
	for (; *asked < questions; ++*asked)
		*found += uniform() * (double)(QUESTIONS - *asked) < (double)(right - *found);
	return 100 * (double)*found / (double)questions;
}

/* Looks after each run; true when it decided before all was asked, with what is the truth or not.
 * `plain`: by the share of the questions and its standard error alone, at 5 % each time. */
static bool decide(struct decision_world *made, const struct prospect_run *run, const struct decision *decision,
		   size_t right, bool plain, bool *wrong)
{
	static const double sizes[] = {10, 25, 50, 100, 250, 500};
	const struct engine_target *target = row_target(0);
	struct prospect *prospect = prospect_new(made->query, NULL, 0, run, 1, target);
	size_t asked = 0, found = 0;
	bool decided = false, above = false;

	for (size_t s = 0; s < sizeof sizes / sizeof *sizes && !decided; s++) {
		const struct prospect_step step = {.questions = sizes[s]};
		double share = ask(&asked, &found, right, (size_t)sizes[s]);
		prospect_take(prospect, &step, share);
		struct decision_state now = {prospect_estimate(prospect).mean, prospect_estimate(prospect).sd};
		if (plain)
			now = (struct decision_state){share, sqrt(share * (100 - share) * (1 / sizes[s] - 1.0 / QUESTIONS))};
		decided = decision_made(decision, &now);
		above = decision_chance(decision, &now) > 0.5;
	}
	prospect_free(prospect);
	*wrong = decided && above != (100.0 * (double)right / QUESTIONS > decision->threshold);
	return decided;
}

/* Models drawn from the prior: at 95 % no more than 5 % of the decisions are wrong, wherever the threshold is.  Tests of
 * the share alone, repeated at each look, are wrong far oftener. */
static void decisions_hold_however_often_one_looks(void **state)
{
	struct decision_world *made = *state;
	const struct prospect_run run = {0, QUESTIONS, 1};
	size_t decided[2] = {0}, wrong[2] = {0};

	assert_int_equal(engine_predict_model(made->query, SUBJECT, NULL), STATUS_OK);
	struct engine_estimate prior;
	engine_estimate(made->query, row_target(0), &prior);
	seed = 17;
	for (size_t t = 0; t < TIMES; t++) {
		double truth = prior.mean + prior.sd * normal();
		struct decision decision = {DECISION_ABOVE, prior.mean + prior.sd * (2 * uniform() - 1), 0.95};
		for (int plain = 0; plain < 2; plain++) {
			bool off;
			decided[plain] += decide(made, &run, &decision, (size_t)lround(truth / 100 * QUESTIONS), plain, &off);
			wrong[plain] += off;
		}
	}
	print_message("decided %zu, wrong %zu; by the share alone %zu, %zu\n", decided[0], wrong[0], decided[1], wrong[1]);
	assert_true(decided[0] > TIMES / 10);
	assert_true((double)wrong[0] <= 0.05 * (double)decided[0]);
	assert_true((double)wrong[1] > 0.08 * (double)decided[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chances_are_of_the_normal_distribution),
		cmocka_unit_test(decisions_to_come_are_as_likely_as_draws_say),
		cmocka_unit_test(decisions_hold_however_often_one_looks),
	};

	return cmocka_run_group_tests_name("decision", tests, setup, teardown);
}
