/* What a fit keeps for the next start: the same numbers without solving anything,
 * and only from the same data. */
#include "engine_world.h"

#include "model/factors_fit.h"
#include "model/fit.h"

enum { STATE_HEADER = 112 }; /* bytes */

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
	fixture->settings = (struct engine_settings){.prior = PRIOR_KIN, .seed = 1};
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

static bool is_kept(const struct engine_fit *fit)
{
	struct engine_info info;

	engine_fit_info(fit, &info);
	return info.kept;
}

static struct engine_fit *fit_from(struct fixture *fixture, const void *state, size_t bytes, bool relearn)
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

static void expect_same_estimates(struct engine_query *a, struct engine_query *b)
{
	struct engine_estimate left[BENCHMARKS + 1], right[BENCHMARKS + 1];
	struct engine_contribution reasons[2];

	estimate_rows(a, left);
	estimate_rows(b, right);
	for (size_t k = 0; k <= BENCHMARKS; k++) {
		assert_true(isfinite(left[k].mean));
		near(left[k].mean, right[k].mean, 0);
		near(left[k].sd, right[k].sd, 0);
		near(left[k].high90, right[k].high90, 0);
	}
	assert_int_equal(engine_contributions(a, row_target(0), &reasons[0], 1), 1);
	assert_int_equal(engine_contributions(b, row_target(0), &reasons[1], 1), 1);
	assert_int_equal(reasons[0].model, reasons[1].model);
	near(reasons[0].points, reasons[1].points, 0);
}

/* All that can be asked of both has the same answer, to the bit. */
static void expect_same_answers(struct fixture *fixture, const struct engine_fit *a, const struct engine_fit *b)
{
	struct engine_query *left = engine_query_new(a), *right = engine_query_new(b);
	struct engine_figures figures[2][BENCHMARKS + 1];
	struct engine_child child = {.model = fixture->world.model[3], .relation = RELATION_MERGE, .count = 2,
				     .parents = {10, 20}, .weights = {3, 1}};

	expect_same_residuals(a, b);
	figure_rows(a, figures[0]);
	figure_rows(b, figures[1]);
	near(figures[0][BENCHMARKS].rmse, figures[1][BENCHMARKS].rmse, 0);
	assert_int_equal(engine_predict_child(left, &child, NULL), STATUS_OK);
	assert_int_equal(engine_predict_child(right, &child, NULL), STATUS_OK);
	expect_same_estimates(left, right);
	for (size_t model = 3; model < 13; model += 9) { /* one without scores, one with them */
		assert_int_equal(engine_predict_model(left, model, NULL), STATUS_OK);
		assert_int_equal(engine_predict_model(right, model, NULL), STATUS_OK);
		expect_same_estimates(left, right);
	}
	assert_int_equal(engine_predict_known(left, 12, NULL), STATUS_OK);
	assert_int_equal(engine_predict_known(right, 12, NULL), STATUS_OK);
	expect_same_estimates(left, right);
	engine_query_free(left);
	engine_query_free(right);
}

static void expect_round_trip(struct fixture *fixture, const struct engine_fit *whole)
{
	size_t bytes, bytes_again;
	void *state = engine_fit_state(whole, &bytes);
	struct engine_fit *fit = fit_from(fixture, state, bytes, false);

	assert_true(is_kept(fit));
	expect_same_answers(fixture, whole, fit);
	/* What it would keep is what was kept. */
	void *again = engine_fit_state(fit, &bytes_again);
	assert_int_equal(bytes_again, bytes);
	assert_memory_equal(again, state, bytes);
	free(again);
	free(state);
	engine_fit_free(fit);
}

static void the_same_data_have_the_same_answers(void **state)
{
	struct fixture *fixture = *state;

	assert_false(is_kept(fixture->whole));
	assert_true(fixture->whole->factors->exact);
	expect_round_trip(fixture, fixture->whole);
	/* A large case knows its posterior by draws. */
	fixture->whole->factors->by_draws = true;
	assert_true(factors_solve(fixture->whole->factors, NULL));
	assert_false(fixture->whole->factors->exact);
	expect_round_trip(fixture, fixture->whole);
}

static void a_cancelled_fit_leaves_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct engine_data data = world_data(&fixture->world);
	struct engine_fit *fit = NULL;
	struct progress progress = {0};
	struct error error = {0};

	progress_cancel(&progress);
	assert_int_equal(engine_fit_new(&data, &fixture->settings, fixture->state, fixture->bytes, false, &progress, &fit,
					&error), STATUS_CANCELLED);
	assert_null(fit);
	error_clear(&error);
}

/* Made anew: with the parameters that were kept, or with new ones, which begin a new list of what
 * they were learned from. */
static void expect_made(struct fixture *fixture, const void *state, size_t bytes, bool relearn, bool learned)
{
	struct engine_fit *fit = fit_from(fixture, state, bytes, relearn);
	const double *before = fixture->whole->factors->parameters.theta, *after = fit->factors->parameters.theta;
	size_t count = fit->factors->parameters.terms * fit->factors->parameters.rank;

	assert_false(is_kept(fit));
	if (learned)
		assert_memory_not_equal(after, before, count * sizeof *after);
	else
		assert_memory_equal(after, before, count * sizeof *after);
	engine_fit_free(fit);
}

static void other_data_are_calculated_anew(void **state)
{
	struct fixture *fixture = *state;
	struct world *world = &fixture->world;
	enum { CHILDLESS = MODELS - 2 };
	double score = world->scores[0], date = world->model[8].uploaded;
	const char *name = world->model[CHILDLESS].name;

	world->scores[0] += 1e-9;
	expect_made(fixture, fixture->state, fixture->bytes, false, false);
	world->scores[0] = score;
	world->model[8].uploaded += 1;
	expect_made(fixture, fixture->state, fixture->bytes, false, false);
	world->model[8].uploaded = date;
	world->model[CHILDLESS].name = "somebody/else";
	expect_made(fixture, fixture->state, fixture->bytes, false, false);
	world->model[CHILDLESS].name = name;
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
	expect_made(fixture, fixture->state, fixture->bytes, false, false);
	lineage_free(world->lineage);
	world->lineage = lineage;
	struct engine_fit *fit = fit_from(fixture, fixture->state, fixture->bytes, false);
	assert_true(is_kept(fit));
	engine_fit_free(fit);
}

/* Where more than one in fifty models differ, the parameters are learned again; also little by little. */
static void many_other_data_are_learned_anew(void **state)
{
	struct fixture *fixture = *state;
	struct world *world = &fixture->world;
	double score = world->scores[0];
	size_t bytes;

	world->scores[0] += 5;
	struct engine_fit *fit = fit_from(fixture, fixture->state, fixture->bytes, false);
	void *once = engine_fit_state(fit, &bytes);
	expect_made(fixture, fixture->state, fixture->bytes, false, false);
	engine_fit_free(fit);
	world->scores[BENCHMARKS] += 5; /* of the next model */
	expect_made(fixture, fixture->state, fixture->bytes, false, true);
	expect_made(fixture, once, bytes, false, true);
	world->scores[0] = score;
	expect_made(fixture, once, bytes, false, false);
	free(once);
}

static void other_settings_are_learned_anew(void **state)
{
	struct fixture *fixture = *state;

	expect_made(fixture, fixture->state, fixture->bytes, true, false); /* again, to the same */
	fixture->settings.seed = 2;
	expect_made(fixture, fixture->state, fixture->bytes, false, true);
}

static void damaged_states_are_not_trusted(void **state)
{
	struct fixture *fixture = *state;
	char *copy = memory_allocate(fixture->bytes, 1);

	expect_made(fixture, fixture->state, fixture->bytes - 8, false, false);
	expect_made(fixture, fixture->state, STATE_HEADER, false, false);
	expect_made(fixture, fixture->state, 20, false, false);
	expect_made(fixture, NULL, 0, false, false);
	/* A bit of it: all is learned again, from the same beginning to the same. */
	for (size_t place = 8; place < fixture->bytes; place += place < STATE_HEADER ? 4 : fixture->bytes / 7) {
		memcpy(copy, fixture->state, fixture->bytes);
		copy[place] ^= 4;
		struct engine_fit *fit = fit_from(fixture, copy, fixture->bytes, false);
		assert_int_equal(is_kept(fit), false);
		expect_same_answers(fixture, fixture->whole, fit);
		engine_fit_free(fit);
	}
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_data_have_the_same_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cancelled_fit_leaves_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(other_data_are_calculated_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(many_other_data_are_learned_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(other_settings_are_learned_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(damaged_states_are_not_trusted, setup, teardown),
	};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
