/* What a fit keeps for the next start: the same numbers without the covariance,
 * and only from the same data. */
#include "engine_world.h"

#include "model/fit.h"

struct fixture {
	struct world world;
	struct engine_settings settings;
	void *state; /* of the whole fit */
	size_t bytes;
	struct engine_fit *whole;
};

static int setup(void **state)
{
	struct fixture *fixture = memory_zero(1, sizeof *fixture);

	world_make(&fixture->world, NULL);
	fixture->settings = (struct engine_settings){.prior = PRIOR_KIN, .seed = 1, .without_factor = true};
	fixture->whole = world_fit(&fixture->world, PRIOR_KIN, NULL, 0);
	fixture->state = engine_fit_state(fixture->whole, &fixture->bytes);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	engine_fit_free(fixture->whole);
	lineage_free(fixture->world.lineage);
	free(fixture->state);
	free(fixture);
	return 0;
}

/* A fit that need not be factored where the state will do. */
static struct engine_fit *fit_lightly(struct fixture *fixture, const void *state, size_t bytes, bool relearn)
{
	struct engine_data data = world_data(&fixture->world);
	struct engine_fit *fit = NULL;
	struct error error = {0};

	if (engine_fit_new(&data, &fixture->settings, state, bytes, relearn, NULL, &fit, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	return fit;
}

static void expect_same_residuals(const struct engine_fit *a, const struct engine_fit *b)
{
	struct engine_residual left[BENCHMARKS + 1], right[BENCHMARKS + 1];

	for (size_t model = 0; model < MODELS; model++) {
		bool scored = residual_rows(a, model, left);
		assert_int_equal(residual_rows(b, model, right), scored);
		for (size_t k = 0; scored && k <= BENCHMARKS; k++) {
			near(left[k].predicted, right[k].predicted, 0);
			near(left[k].z, right[k].z, 0);
			near(left[k].low90, right[k].low90, 0);
		}
	}
}

static void residuals_need_no_factor(void **state)
{
	struct fixture *fixture = *state;
	struct engine_figures left[BENCHMARKS + 1], right[BENCHMARKS + 1];
	struct engine_fit *fit = fit_lightly(fixture, fixture->state, fixture->bytes, false);
	size_t bytes;

	assert_false(engine_fit_factored(fit));
	assert_true(engine_fit_factored(fixture->whole));
	expect_same_residuals(fixture->whole, fit);
	figure_rows(fixture->whole, left);
	figure_rows(fit, right);
	near(left[BENCHMARKS].rmse, right[BENCHMARKS].rmse, 0);
	/* What it would keep is what was kept. */
	void *again = engine_fit_state(fit, &bytes);
	assert_int_equal(bytes, fixture->bytes);
	assert_memory_equal(again, fixture->state, bytes);
	free(again);
	engine_fit_free(fit);
}

static void predictions_need_it(void **state)
{
	struct fixture *fixture = *state;
	struct engine_estimate estimates[BENCHMARKS + 1], expected[BENCHMARKS + 1];
	struct engine_contribution reason;
	struct engine_child child = {.model = fixture->world.model[3], .relation = RELATION_MERGE, .count = 2,
				     .parents = {10, 20}, .weights = {3, 1}};
	struct engine_fit *fit = fit_lightly(fixture, fixture->state, fixture->bytes, false);
	struct engine_query *query = engine_query_new(fit), *whole = engine_query_new(fixture->whole);
	struct error error = {0};

	assert_int_equal(predict_child_rows(query, &child, estimates, &error), STATUS_SOFTWARE);
	error_clear(&error);
	assert_int_equal(predict_model_rows(query, 3, estimates, &error), STATUS_SOFTWARE); /* not scored */
	error_clear(&error);
	assert_int_equal(predict_model_rows(query, 12, estimates, &error), STATUS_OK);
	assert_int_equal(predict_model_rows(whole, 12, expected, &error), STATUS_OK);
	near(estimates[0].high90, expected[0].high90, 0);
	assert_int_equal(engine_contributions(query, row_target(0), &reason, 1), 0);
	assert_int_equal(engine_fit_factor(fit, NULL, &error), STATUS_OK);
	assert_true(engine_fit_factored(fit));
	expect_same_residuals(fixture->whole, fit);
	assert_int_equal(predict_child_rows(query, &child, estimates, &error), STATUS_OK);
	assert_int_equal(predict_child_rows(whole, &child, expected, &error), STATUS_OK);
	for (size_t k = 0; k <= BENCHMARKS; k++) {
		near(estimates[k].mean, expected[k].mean, 1e-9);
		near(estimates[k].high90, expected[k].high90, 1e-9);
	}
	assert_int_equal(engine_contributions(query, row_target(0), &reason, 1), 1);
	engine_query_free(query);
	engine_query_free(whole);
	engine_fit_free(fit);
}

/* A cancelled factor leaves the fit as it was, and it can be made later. */
static void the_factor_can_be_cancelled(void **state)
{
	struct fixture *fixture = *state;
	struct engine_fit *fit = fit_lightly(fixture, fixture->state, fixture->bytes, false);
	struct progress progress = {0};
	struct error error = {0};

	progress_cancel(&progress);
	assert_int_equal(engine_fit_factor(fit, &progress, &error), STATUS_CANCELLED);
	assert_false(engine_fit_factored(fit));
	expect_same_residuals(fixture->whole, fit);
	error_clear(&error);
	assert_int_equal(engine_fit_factor(fit, NULL, &error), STATUS_OK);
	engine_fit_free(fit);
}

static void expect_factored(struct fixture *fixture, const void *state, size_t bytes, bool relearn)
{
	struct engine_fit *fit = fit_lightly(fixture, state, bytes, relearn);

	assert_true(engine_fit_factored(fit));
	engine_fit_free(fit);
}

static void other_data_are_calculated_anew(void **state)
{
	struct fixture *fixture = *state;
	struct world *world = &fixture->world;
	double score = world->scores[0], date = world->model[8].uploaded;
	const char *name = world->model[8].name;

	expect_factored(fixture, fixture->state, fixture->bytes, true); /* learned anew */
	world->scores[0] += 1e-9;
	expect_factored(fixture, fixture->state, fixture->bytes, false);
	world->scores[0] = score;
	world->model[8].uploaded += 1;
	expect_factored(fixture, fixture->state, fixture->bytes, false);
	world->model[8].uploaded = date;
	world->model[8].name = "somebody/else";
	expect_factored(fixture, fixture->state, fixture->bytes, false);
	world->model[8].name = name;
	struct lineage *lineage = world->lineage;
	world->lineage = lineage_new(MODELS);
	for (size_t node = 0; node < MODELS; node++) {
		size_t count;
		const struct lineage_parent *parent = lineage_parents(lineage, node, &count);
		for (size_t i = 0; i < count; i++)
			lineage_add(world->lineage, node, parent[i].node,
				    node == 7 ? RELATION_QUANTIZED : (enum relation)parent[i].relation,
				    (double)parent[i].weight, TRUST_DECLARED);
	}
	lineage_finish(world->lineage);
	expect_factored(fixture, fixture->state, fixture->bytes, false);
	lineage_free(world->lineage);
	world->lineage = lineage;
	engine_fit_free(fit_lightly(fixture, fixture->state, fixture->bytes, false));
}

static void damaged_states_are_not_trusted(void **state)
{
	struct fixture *fixture = *state;
	char *copy = memory_allocate(fixture->bytes, 1);
	double bad = NAN;

	expect_factored(fixture, fixture->state, fixture->bytes - 8, false);
	memcpy(copy, fixture->state, fixture->bytes);
	memcpy(copy + fixture->bytes - sizeof bad, &bad, sizeof bad); /* the last spread */
	expect_factored(fixture, copy, fixture->bytes, false);
	bad = -1;
	memcpy(copy + fixture->bytes - sizeof bad, &bad, sizeof bad);
	expect_factored(fixture, copy, fixture->bytes, false);
	memcpy(copy, fixture->state, fixture->bytes);
	copy[8]++; /* the version: everything is learned again */
	expect_factored(fixture, copy, fixture->bytes, false);
	/* The second variance, behind the header: the same, and from the same beginning. */
	static const double damaged[] = {NAN, -1, 0, INFINITY};
	const size_t place = 56 + sizeof bad;
	for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
		memcpy(copy, fixture->state, fixture->bytes);
		memcpy(copy + place, &damaged[i], sizeof *damaged);
		for (size_t relearn = 0; relearn < 2; relearn++) {
			struct engine_fit *fit = fit_lightly(fixture, copy, fixture->bytes, relearn == 1);
			assert_true(engine_fit_factored(fit));
			expect_same_residuals(fixture->whole, fit);
			engine_fit_free(fit);
		}
	}
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(residuals_need_no_factor, setup, teardown),
		cmocka_unit_test_setup_teardown(predictions_need_it, setup, teardown),
		cmocka_unit_test_setup_teardown(the_factor_can_be_cancelled, setup, teardown),
		cmocka_unit_test_setup_teardown(other_data_are_calculated_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(damaged_states_are_not_trusted, setup, teardown),
	};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
