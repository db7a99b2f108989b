/* The sketch: its weights under any edit, what its methods mean. */
#include "sketch.h"

#include <math.h>

#include "stemma/app/sweep.h"

/* ---- weights --------------------------------------------------------------- */

static void adding_takes_equal_shares(void **state)
{
	struct fixture *fixture = *state;
	struct sketch *sketch = &fixture->sketch;

	assert_true(sketch_add(sketch, 3));
	near(sketch->now.parents[0].weight, 1);
	assert_true(sketch_add(sketch, 5));
	near(sketch->now.parents[1].weight, 0.5);
	assert_true(sketch_set_weight(sketch, 0, 0.8));
	assert_true(sketch_add(sketch, 7));
	near(sketch->now.parents[0].weight, 0.8 * 2 / 3);
	near(sketch->now.parents[2].weight, 1.0 / 3);
	assert_false(sketch_add(sketch, 7));
	assert_true(sketch_equalize(sketch));
	assert_false(sketch_equalize(sketch));
	assert_int_equal(sketch_position(sketch, 7), 2);
	assert_true(sketch_toggle(sketch, 5));
	assert_int_equal(sketch_position(sketch, 5), -1);
	near(sketch->now.parents[1].weight, 0.5);
	for (size_t i = 10; sketch->now.count < SKETCH_PARENTS_MAX; i++)
		assert_true(sketch_add(sketch, i));
	assert_false(sketch_add(sketch, 99));
}

static void locked_weights_stay(void **state)
{
	struct fixture *fixture = *state;
	struct sketch *sketch = &fixture->sketch;

	sketch_add(sketch, 1);
	sketch_add(sketch, 2);
	sketch_add(sketch, 3);
	sketch_set_weight(sketch, 0, 0.5);
	assert_true(sketch_lock(sketch, 0));
	assert_true(sketch_move_weight(sketch, 1, 0.1));
	near(sketch->now.parents[0].weight, 0.5);
	near(sketch->now.parents[1].weight, 0.35);
	near(sketch->now.parents[2].weight, 0.15);
	/* Clamped where the locked one begins. */
	assert_true(sketch_set_weight(sketch, 1, 0.9));
	near(sketch->now.parents[1].weight, 0.5);
	near(sketch->now.parents[2].weight, 0);
	assert_false(sketch_set_weight(sketch, 1, 0.9));
	assert_true(sketch_add(sketch, 4));
	near(sketch->now.parents[0].weight, 0.5);
	near(sketch->now.parents[3].weight, 0.5 / 3);
	/* A locked parent may be moved itself. */
	assert_true(sketch_set_weight(sketch, 0, 0.25));
	near(sketch->now.parents[0].weight, 0.25);
	/* Nobody is left to give or take. */
	assert_true(sketch_clear(sketch));
	sketch_add(sketch, 1);
	sketch_add(sketch, 2);
	sketch_lock(sketch, 1);
	assert_false(sketch_set_weight(sketch, 0, 0.9));
	assert_false(sketch_set_weight(sketch, 0, NAN));
	assert_true(sketch_remove(sketch, 0));
	near(sketch->now.parents[0].weight, 1);
	assert_false(sketch_remove(sketch, 1));
}

static uint64_t seed;

static size_t any(size_t below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (size_t)((seed >> 33) % below);
}

static bool edit_randomly(struct sketch *sketch)
{
	size_t position = any(SKETCH_PARENTS_MAX);

	switch (any(14)) {
	case 0: case 1: return sketch_add(sketch, any(20));
	case 2: return sketch_remove(sketch, position);
	case 3: return sketch_toggle(sketch, any(20));
	case 4: case 5: return sketch_set_weight(sketch, position, (double)any(140) / 100 - 0.2);
	case 6: case 7: return sketch_move_weight(sketch, position, (double)any(100) / 50 - 1);
	case 8: return any(5) == 0 && (any(2) == 0 ? sketch_equalize(sketch)
						   : sketch_swap(sketch, (size_t)any(9)));
	case 9: return sketch_lock(sketch, position);
	case 10: return sketch_set_method(sketch, (enum merge_method)any(MERGE_METHOD_COUNT + 1));
	case 11: return sketch_set_base(sketch, any(3) ? any(20) : CATALOG_NONE);
	case 12: return sketch_set_template(sketch, (enum answer)any(3) - 1);
	default: return any(20) == 0 && sketch_clear(sketch);
	}
}

static void expect_sound(const struct sketch_state *state)
{
	double sum = 0;

	assert_true(state->count <= SKETCH_PARENTS_MAX);
	assert_true(state->method < MERGE_METHOD_COUNT);
	for (size_t i = 0; i < state->count; i++) {
		assert_true(state->parents[i].weight >= 0 && state->parents[i].weight <= 1 + 1e-12);
		sum += state->parents[i].weight;
		for (size_t k = 0; k < i; k++)
			assert_true(state->parents[i].model != state->parents[k].model);
	}
	if (state->count > 0)
		near(sum, 1);
}

static void random_edits_keep_the_sum_and_can_be_undone(void **state)
{
	struct fixture *fixture = *state;
	struct sketch *sketch = &fixture->sketch;
	enum { EDITS = 20000 };
	struct sketch_state *history = memory_allocate(EDITS + 1, sizeof *history);
	size_t count = 1;

	seed = 5;
	history[0] = sketch->now;
	for (int i = 0; i < EDITS; i++) {
		bool changed = edit_randomly(sketch);
		expect_sound(&sketch->now);
		assert_true(changed != same_state(&sketch->now, &history[count - 1]));
		if (changed)
			history[count++] = sketch->now;
		assert_int_equal(sketch->undo_count, count - 1);
	}
	assert_true(count > EDITS / 4);
	for (size_t i = count - 1; i-- > 0;) {
		assert_true(sketch_undo(sketch));
		assert_true(same_state(&sketch->now, &history[i]));
	}
	assert_false(sketch_undo(sketch));
	for (size_t i = 1; i < count; i++) {
		assert_true(sketch_redo(sketch));
		assert_true(same_state(&sketch->now, &history[i]));
	}
	assert_false(sketch_redo(sketch));
	assert_true(sketch_undo(sketch));
	assert_true(sketch_add(sketch, 77) || sketch_remove(sketch, 0));
	assert_false(sketch_redo(sketch)); /* an edit ends redo */
	free(history);
}

/* ---- what methods mean ----------------------------------------------------- */

static void the_base_follows_the_rule(void **state)
{
	struct fixture *fixture = *state;
	struct sketch *sketch = &fixture->sketch;

	draw(fixture, MERGE_LINEAR, "f/a", 0.6, "f/b", 0.4, NULL);
	assert_true(sketch_base(sketch, fixture->catalog) == CATALOG_NONE);
	sketch_set_method(sketch, MERGE_TIES);
	assert_true(sketch_base(sketch, fixture->catalog) == model(fixture, "f/left"));
	sketch_set_base(sketch, model(fixture, "f/root"));
	assert_true(sketch_base(sketch, fixture->catalog) == model(fixture, "f/root"));
	sketch_set_method(sketch, MERGE_SLERP); /* the base is one of the two */
	assert_true(sketch_base(sketch, fixture->catalog) == model(fixture, "f/a"));
	sketch_set_base(sketch, model(fixture, "f/b"));
	assert_true(sketch_base(sketch, fixture->catalog) == model(fixture, "f/b"));
	draw(fixture, MERGE_TIES, "f/a", 0.6, "f/c", 0.4, NULL);
	assert_true(sketch_base(sketch, fixture->catalog) == model(fixture, "f/root"));
	/* A parent that is the other's ancestor: their common ancestor beyond. */
	draw(fixture, MERGE_TIES, "f/a", 0.6, "f/left", 0.4, NULL);
	assert_true(sketch_base(sketch, fixture->catalog) == model(fixture, "f/root"));
	draw(fixture, MERGE_TIES, "f/a", 0.6, "f/root", 0.4, NULL);
	assert_true(sketch_base(sketch, fixture->catalog) == model(fixture, "f/root"));
	draw(fixture, MERGE_TASK_ARITHMETIC, "f/a", 1, NULL, 0, NULL);
	assert_true(sketch_base(sketch, fixture->catalog) == model(fixture, "f/left"));
	draw(fixture, MERGE_TIES, "f/a", 0.6, "s/stranger", 0.4, NULL);
	assert_true(sketch_base(sketch, fixture->catalog) == model(fixture, "f/a"));
}

static void shares_follow_the_method(void **state)
{
	static const struct {
		enum merge_method method;
		const char *base; /* NULL: by rule, f/left */
		double a, b, left;
		size_t count;
	} cases[] = {
		{MERGE_LINEAR, NULL, 0.6, 0.4, 0, 2},
		{MERGE_SLERP, NULL, 0.6, 0.4, 0, 2},
		{MERGE_SLERP, "f/b", 0.6, 0.4, 0, 2},
		{MERGE_NUSLERP, NULL, 0.6, 0.4, 0, 2},
		{MERGE_KARCHER, NULL, 0.5, 0.5, 0, 2},
		{MERGE_TIES, NULL, 0.6, 0.4, 0, 2},
		{MERGE_TASK_ARITHMETIC, NULL, 0.6, 0.4, 0, 2},
		{MERGE_TASK_ARITHMETIC, "f/b", 0.6, 0.4, 0, 2},
		{MERGE_TIES, "f/b", 1, 0, 0, 2},
		{MERGE_BREADCRUMBS, NULL, 0.558, 0.372, 0.07, 3},
		{MERGE_SCE, NULL, 0.5, 0.5, 0, 2},
		/* 2 x 0.3 / 1.3 shared by both (formats.md, model_stock) */
		{MERGE_MODEL_STOCK, NULL, 0.3 / 1.3, 0.3 / 1.3, 1 - 0.6 / 1.3, 3},
		{MERGE_PASSTHROUGH, NULL, 0.6, 0.4, 0, 2},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine_child child;
		draw(fixture, cases[i].method, "f/a", 0.6, "f/b", 0.4, NULL);
		if (cases[i].base)
			sketch_set_base(&fixture->sketch, model(fixture, cases[i].base));
		sketch_child(&fixture->sketch, fixture->catalog, &child);
		assert_int_equal(child.count, cases[i].count);
		near(share_of(&child, model(fixture, "f/a")), cases[i].a);
		near(share_of(&child, model(fixture, "f/b")), cases[i].b);
		near(share_of(&child, model(fixture, "f/left")), cases[i].left);
	}
}

static void the_child_takes_after_its_heaviest_parent(void **state)
{
	struct fixture *fixture = *state;
	struct engine_child child;

	draw(fixture, MERGE_LINEAR, "f/a", 0.4, "s/stranger", 0.6, NULL);
	sketch_child(&fixture->sketch, fixture->catalog, &child);
	assert_int_equal(child.relation, RELATION_MERGE);
	assert_int_equal(child.model.kind, KIND_MERGE);
	assert_null(child.model.name);
	assert_string_equal(child.model.architecture, "Qwen2ForCausalLM");
	near(child.model.params_b, 14.1);
	near(child.model.uploaded, date_days("2024-09-09"));
	assert_int_equal(child.model.chat_template, ANSWER_UNKNOWN); /* the engine takes the parents' */
	sketch_set_template(&fixture->sketch, ANSWER_NO);
	sketch_child(&fixture->sketch, fixture->catalog, &child);
	assert_int_equal(child.model.chat_template, ANSWER_NO);
	draw(fixture, MERGE_LINEAR, "s/stranger", 1, NULL, 0, NULL);
	sketch_child(&fixture->sketch, fixture->catalog, &child);
	assert_int_equal(child.relation, RELATION_MERGE);
	fixture->sketch.now.finetune = true;
	sketch_child(&fixture->sketch, fixture->catalog, &child);
	assert_int_equal(child.relation, RELATION_FINETUNE);
	assert_int_equal(child.model.kind, KIND_CHAT);
	draw(fixture, MERGE_LINEAR, "f/root", 1, NULL, 0, NULL);
	fixture->sketch.now.finetune = true;
	sketch_child(&fixture->sketch, fixture->catalog, &child);
	assert_int_equal(child.model.kind, KIND_FINETUNED);
	sketch_clear(&fixture->sketch);
	sketch_child(&fixture->sketch, fixture->catalog, &child);
	assert_int_equal(child.count, 0);
}

static void counts_are_checked(void **state)
{
	static const struct {
		enum merge_method method;
		size_t count;
		const char *base;
		bool fits;
	} cases[] = {
		{MERGE_LINEAR, 1, NULL, true}, {MERGE_LINEAR, 3, NULL, true},
		{MERGE_SLERP, 1, NULL, false}, {MERGE_SLERP, 2, NULL, true},
		{MERGE_SLERP, 3, NULL, false}, {MERGE_NUSLERP, 1, NULL, false},
		{MERGE_NUSLERP, 3, NULL, false}, {MERGE_TIES, 1, NULL, true},
		{MERGE_TIES, 1, "f/a", false}, {MERGE_MODEL_STOCK, 1, NULL, false},
		{MERGE_MODEL_STOCK, 2, NULL, true}, {MERGE_MODEL_STOCK, 2, "f/a", false},
		{MERGE_NEARSWAP, 2, NULL, true}, {MERGE_NEARSWAP, 3, NULL, false},
		{MERGE_PASSTHROUGH, 1, NULL, true},
	};
	struct fixture *fixture = *state;
	struct error error = {0};

	assert_int_equal(sketch_check(&fixture->sketch, fixture->catalog, &error), STATUS_USAGE);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		error_clear(&error);
		draw(fixture, cases[i].method, "f/a", cases[i].count > 1 ? 0.5 : 1,
		     cases[i].count > 1 ? "f/b" : NULL, cases[i].count > 2 ? 0.25 : 0.5,
		     cases[i].count > 2 ? "f/c" : NULL);
		if (cases[i].base)
			sketch_set_base(&fixture->sketch, model(fixture, cases[i].base));
		enum status status = sketch_check(&fixture->sketch, fixture->catalog, &error);
		if ((status == STATUS_OK) != cases[i].fits)
			fail_msg("case %zu: %s", i, error.message);
		if (status != STATUS_OK)
			assert_string_not_equal(error.advice, "");
	}
}

static void expect_warnings(const struct fixture *fixture, const char *const *parts, size_t count)
{
	struct text warnings = {0};
	size_t lines = 0;

	sketch_warnings(&fixture->sketch, fixture->catalog, &warnings);
	for (const char *at = text_string(&warnings); *at; at++)
		lines += *at == '\n';
	for (size_t i = 0; i < count; i++)
		if (!strstr(text_string(&warnings), parts[i]))
			fail_msg("no \"%s\" in: %s", parts[i], text_string(&warnings));
	if (lines != count)
		fail_msg("%zu warnings: %s", lines, text_string(&warnings));
	text_free(&warnings);
}

static void warnings_say_what_is_odd(void **state)
{
	struct fixture *fixture = *state;

	draw(fixture, MERGE_LINEAR, "f/a", 0.6, "f/b", 0.4, NULL);
	expect_warnings(fixture, NULL, 0);
	draw(fixture, MERGE_LINEAR, "f/a", 0.6, "s/stranger", 0.4, NULL);
	expect_warnings(fixture, (const char *const[]){"impossible: linear needs parents of one architecture",
						       "no known ancestor"}, 2);
	draw(fixture, MERGE_LINEAR, "f/a", 0.6, "f/unscored", 0.4, NULL);
	expect_warnings(fixture, (const char *const[]){"f/unscored has no published scores"}, 1);
	draw(fixture, MERGE_MODEL_STOCK, "f/a", 0.6, "f/b", 0.4, NULL);
	expect_warnings(fixture, (const char *const[]){"model_stock ignores weights"}, 1);
	sketch_equalize(&fixture->sketch);
	expect_warnings(fixture, NULL, 0);
	draw(fixture, MERGE_PASSTHROUGH, "f/a", 0.5, "f/b", 0.5, NULL);
	expect_warnings(fixture, (const char *const[]){"counts layers"}, 1);
	draw(fixture, MERGE_TIES, "f/a", 0.6, "f/root", 0.4, NULL);
	expect_warnings(fixture, (const char *const[]){"f/root is the base, of which ties keeps nothing"}, 1);
	draw(fixture, MERGE_TIES, "f/a", 0.6, "f/b", 0.4, NULL);
	sketch_set_base(&fixture->sketch, model(fixture, "f/right"));
	expect_warnings(fixture, (const char *const[]){"f/right is no known ancestor of f/a"}, 1);
	sketch_clear(&fixture->sketch);
	expect_warnings(fixture, NULL, 0);
}

static void methods_are_the_same_by_their_shares(void **state)
{
	struct fixture *fixture = *state;
	const struct sketch *sketch = &fixture->sketch;

	draw(fixture, MERGE_LINEAR, "f/a", 0.7, "f/b", 0.3, NULL);
	assert_true(sketch_same_by(sketch, fixture->catalog, MERGE_LINEAR));
	assert_true(sketch_same_by(sketch, fixture->catalog, MERGE_TIES));
	assert_false(sketch_same_by(sketch, fixture->catalog, MERGE_KARCHER)); /* all parents alike */
	sketch_equalize(&fixture->sketch);
	assert_true(sketch_same_by(sketch, fixture->catalog, MERGE_KARCHER));
	draw(fixture, MERGE_LINEAR, "f/a", 0.7, "f/b", 0.3, "f/c");
	assert_false(sketch_same_by(sketch, fixture->catalog, MERGE_SLERP)); /* of two only */
}

static void expect_shapes(struct fixture *fixture, enum status expected, const char *message)
{
	struct error error = {0};

	assert_int_equal(sketch_check_shapes(&fixture->sketch, fixture->catalog, &error), expected);
	if (message)
		assert_non_null(strstr(error.message, message));
	error_clear(&error);
}

static void parents_of_other_shapes_do_not_merge(void **state)
{
	struct fixture *fixture = *state;
	struct catalog_model *large = &fixture->catalog->models[model(fixture, "f/b")];
	double published = large->params_b;

	draw(fixture, MERGE_LINEAR, "f/a", 0.6, "f/b", 0.4, NULL);
	expect_shapes(fixture, STATUS_OK, NULL);
	draw(fixture, MERGE_LINEAR, "f/a", 0.6, "s/stranger", 0.4, NULL);
	expect_shapes(fixture, STATUS_DATA, "f/a is LlamaForCausalLM, s/stranger is ");
	sketch_set_weight(&fixture->sketch, 1, 0); /* nothing of it is read */
	expect_shapes(fixture, STATUS_OK, NULL);

	large->params_b = 8.03; /* a longer vocabulary */
	draw(fixture, MERGE_SLERP, "f/a", 0.6, "f/b", 0.4, NULL);
	expect_shapes(fixture, STATUS_OK, NULL);
	expect_warnings(fixture, (const char *const[]){"parents differ in size"}, 1);
	large->params_b = 14.8;
	expect_shapes(fixture, STATUS_DATA, "slerp needs parents of one size: f/a is 7.24 B, f/b is 14.8 B");
	expect_warnings(fixture, (const char *const[]){"impossible: slerp needs parents of one size"}, 1);
	large->params_b = NAN;
	expect_shapes(fixture, STATUS_OK, NULL);
	large->params_b = 14.8;
	draw(fixture, MERGE_PASSTHROUGH, "f/a", 0.5, "f/b", 0.5, NULL); /* other depths may be stacked */
	expect_shapes(fixture, STATUS_OK, NULL);
	draw(fixture, MERGE_LINEAR, "f/a", 0.6, "f/b", 0.4, NULL);
	fixture->sketch.now.finetune = true; /* of a mixture of both, trained */
	expect_shapes(fixture, STATUS_OK, NULL);
	large->params_b = published;
}

/* ---- predicting ------------------------------------------------------------ */

static void two_sketches_are_predicted_together(void **state)
{
	struct fixture *fixture = *state;
	struct sketch *sketch = &fixture->sketch;
	struct sketch_comparison comparison;
	struct sketch_prediction alone;
	struct error error = {0};

	draw(fixture, MERGE_LINEAR, "f/a", 0.6, "f/c", 0.4, NULL);
	assert_int_equal(sketch_compare(sketch, fixture->session, &comparison, &error), STATUS_USAGE);
	error_clear(&error);
	sketch_duplicate(sketch);
	sketch_set_weight(sketch, 0, 0.2);
	assert_int_equal(sketch_compare(sketch, fixture->session, &comparison, &error), STATUS_USAGE);
	error_clear(&error); /* not fitted */
	expect_ok(session_fit(fixture->session, &(const struct engine_settings){.prior = PRIOR_KIN, .seed = 1},
			      false, NULL, &error), &error);
	expect_ok(sketch_compare(sketch, fixture->session, &comparison, &error), &error);
	expect_ok(sketch_predict(sketch, fixture->session, &alone, &error), &error);
	assert_int_equal(comparison.open.rows, 3);
	for (size_t b = 0; b < comparison.open.rows; b++) {
		near(comparison.open.row[b].estimate.mean, alone.row[b].estimate.mean);
		near(comparison.difference[b].mean,
		     comparison.open.row[b].estimate.mean - comparison.beside.row[b].estimate.mean);
		assert_true((comparison.difference[b].chance > 0.5) == (comparison.difference[b].mean > 0));
		assert_true(comparison.difference[b].correlation > 0);
	}
	sketch_prediction_free(&alone);
	sketch_exchange(sketch);
	expect_ok(sketch_predict(sketch, fixture->session, &alone, &error), &error);
	near(comparison.beside.row[0].estimate.mean, alone.row[0].estimate.mean);
	sketch_prediction_free(&alone);
	sketch_comparison_free(&comparison);
	/* One that its method cannot make. */
	sketch_set_method(sketch, MERGE_SLERP);
	sketch_duplicate(sketch);
	while (sketch->now.count > 0)
		sketch_remove(sketch, 0);
	assert_int_equal(sketch_compare(sketch, fixture->session, &comparison, &error), STATUS_USAGE);
}

static double predicted(struct fixture *fixture, struct sketch *sketch)
{
	struct sketch_prediction prediction;
	struct error error = {0};

	expect_ok(sketch_predict(sketch, fixture->session, &prediction, &error), &error);
	double mean = prediction.row[prediction.rows - 1].estimate.mean;
	sketch_prediction_free(&prediction);
	return mean;
}

/* Against predicting the sketch at each weight. */
static void a_sweep_is_what_each_weight_predicts(void **state)
{
	struct fixture *fixture = *state;
	struct sketch *sketch = &fixture->sketch;
	const struct engine_target *target = &fixture->session->target.engine;
	const struct catalog *catalog = fixture->session->catalog;
	struct error error = {0};
	struct sweep sweep;
	double highest = -1;

	sketch_add(sketch, 0);
	assert_false(sweep_begin(&sweep, &sketch->now, 0));
	sketch_add(sketch, 1);
	sketch_add(sketch, 2);
	expect_ok(session_fit(fixture->session, &(const struct engine_settings){.prior = PRIOR_KIN, .seed = 1},
			      false, NULL, &error), &error);
	struct engine_query *query = engine_query_new(fixture->session->fit);
	assert_true(sweep_begin(&sweep, &sketch->now, 1));
	while (sweep_step(&sweep, catalog, query, target))
		;
	assert_int_equal(sweep.made, SWEEP_POINTS);
	for (size_t i = 0; i < SWEEP_POINTS; i++) {
		near(sweep_weight(&sweep, i), (double)i / (SWEEP_POINTS - 1));
		sketch_set_weight(sketch, 1, sweep_weight(&sweep, i));
		near(sweep.at[i].mean, predicted(fixture, sketch));
		highest = fmax(highest, sweep.at[i].mean);
		sketch_undo(sketch);
	}
	assert_true(sweep.at[sweep.best].mean >= highest);
	engine_query_free(query);
}

/* No grid of weights has a better one, and locked weights stay. */
static void the_best_weights_are_the_best(void **state)
{
	struct fixture *fixture = *state;
	struct sketch *sketch = &fixture->sketch;
	const struct engine_target *target = &fixture->session->target.engine;
	struct error error = {0};
	double sum = 0;

	for (size_t i = 0; i < 3; i++)
		sketch_add(sketch, i);
	expect_ok(session_fit(fixture->session, &(const struct engine_settings){.prior = PRIOR_KIN, .seed = 1},
			      false, NULL, &error), &error);
	struct engine_query *query = engine_query_new(fixture->session->fit);
	struct sketch_state best = sketch->now, locked;
	assert_true(sweep_best_weights(&best, fixture->session->catalog, query, target));
	double weights[3], top;
	for (size_t i = 0; i < 3; i++)
		weights[i] = best.parents[i].weight, sum += weights[i];
	near(sum, 1);
	sketch_set_weights(sketch, weights);
	top = predicted(fixture, sketch);
	for (int a = 0; a <= 10; a++)
		for (int b = 0; a + b <= 10; b++) {
			sketch_set_weights(sketch, (double[]){a / 10.0, b / 10.0, (10 - a - b) / 10.0});
			assert_true(predicted(fixture, sketch) <= top + 0.05);
		}
	sketch_set_weights(sketch, (double[]){0.2, 0.5, 0.3});
	sketch_lock(sketch, 0);
	locked = sketch->now;
	assert_true(sweep_best_weights(&locked, fixture->session->catalog, query, target));
	near(locked.parents[0].weight, 0.2);
	near(locked.parents[1].weight + locked.parents[2].weight, 0.8);
	sketch_lock(sketch, 1);
	sketch_lock(sketch, 2);
	locked = sketch->now;
	assert_false(sweep_best_weights(&locked, fixture->session->catalog, query, target));
	engine_query_free(query);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_family, close_family)
		TEST(adding_takes_equal_shares),
		TEST(locked_weights_stay),
		TEST(random_edits_keep_the_sum_and_can_be_undone),
		TEST(the_base_follows_the_rule),
		TEST(shares_follow_the_method),
		TEST(the_child_takes_after_its_heaviest_parent),
		TEST(counts_are_checked),
		TEST(warnings_say_what_is_odd),
		TEST(parents_of_other_shapes_do_not_merge),
		TEST(methods_are_the_same_by_their_shares),
		TEST(two_sketches_are_predicted_together),
		TEST(a_sweep_is_what_each_weight_predicts),
		TEST(the_best_weights_are_the_best),
	};
	return cmocka_run_group_tests_name("app: sketch", tests, NULL, NULL);
}
