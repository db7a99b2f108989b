/* The sketch: its weights under any edit, what its methods mean, its file. */
#include "app.h"

#include "stemma/app/sketch.h"
#include "stemma/base/memory.h"

/* One family with two branches, a stranger, and scores for nearly all:
 *
 *   f/root -> f/left -> f/a, f/b        s/stranger (another architecture)
 *          -> f/right -> f/c, f/unscored
 */
enum { EXTRAS = 12 };

struct fixture {
	struct place place;
	struct session *session;
	struct catalog *catalog;
	struct sketch sketch;
};

static const char *const edges[][2] = {
	{"f/left", "f/root"}, {"f/right", "f/root"}, {"f/a", "f/left"}, {"f/b", "f/left"},
	{"f/c", "f/right"}, {"f/unscored", "f/right"},
};

static void fill_scores(struct store *store, const char *model, double ifeval, double bbh)
{
	struct score_facts scores[] = {{"ifeval", ifeval, NAN}, {"bbh", bbh, NAN}};
	struct evaluation_facts facts = {.model = model, .source = "user", .rank = RANK_USER,
					 .chat_template = ANSWER_YES, .scores = scores, .score_count = 2};
	struct error error = {0};
	enum change change;

	expect_ok(store_put_evaluation(store, &facts, &change, &error), &error);
}

static void fill_family(struct store *store)
{
	static const char *const names[] = {"f/root", "f/left", "f/right", "f/a", "f/b", "f/c"};
	struct model_facts stranger = {
		.name = "s/stranger", .architecture = "Qwen2ForCausalLM", .params_b = 14.1, .likes = NAN,
		.kind = KIND_CHAT, .moe = ANSWER_UNKNOWN, .uploaded = "2024-09-09", .source = "user",
		.rank = RANK_USER,
	};
	enum change change;

	begin(store);
	put_model(store, "f/unscored", "2024-05-05");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		put_model(store, names[i], i < 3 ? "2023-01-01" : "2024-03-03");
		fill_scores(store, names[i], 30 + 3 * (double)i, 50 - 2 * (double)i);
	}
	for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
		put_edge(store, edges[i][0], edges[i][1], NAN, TRUST_DECLARED);
	assert_int_equal(store_put_model(store, &stranger, &change, NULL), STATUS_OK);
	fill_scores(store, "s/stranger", 70, 10);
	for (int i = 0; i < EXTRAS; i++) {
		char name[32];
		snprintf(name, sizeof name, "x/extra-%d", i);
		put_model(store, name, NULL);
		put_edge(store, name, i % 2 ? "f/left" : "f/right", NAN, TRUST_DECLARED);
		fill_scores(store, name, 25 + (i * 5) % 17, 30 + (i * 3) % 11);
	}
	commit(store);
}

static int open_family(void **state)
{
	struct fixture *fixture = memory_zero(1, sizeof *fixture);
	struct error error = {0};

	place_make(&fixture->place);
	expect_ok(session_open(fixture->place.cache, true, NULL, NULL, &fixture->session, &error), &error);
	fill_family(fixture->session->store);
	expect_ok(session_reload(fixture->session, &error), &error);
	fixture->catalog = fixture->session->catalog;
	sketch_init(&fixture->sketch);
	*state = fixture;
	return 0;
}

static int close_family(void **state)
{
	struct fixture *fixture = *state;

	sketch_free(&fixture->sketch);
	session_close(fixture->session);
	place_remove(&fixture->place);
	free(fixture);
	return 0;
}

static size_t model(const struct fixture *fixture, const char *name)
{
	size_t found = catalog_find(fixture->catalog, name);

	assert_true(found != CATALOG_NONE);
	return found;
}

static void near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-9))
		fail_msg("%.12g is not %.12g", a, b);
}

/* Begins a sketch anew with up to three parents. */
static void draw(struct fixture *fixture, enum merge_method method, const char *first,
		 double first_weight, const char *second, double second_weight, const char *third)
{
	const char *names[] = {first, second, third};
	double weights[] = {first_weight, second_weight, 1 - first_weight - second_weight};
	struct error error = {0};

	sketch_free(&fixture->sketch);
	expect_ok(sketch_from_names(&fixture->sketch, fixture->catalog, third ? 3 : second ? 2 : 1, names,
				    weights, &error), &error);
	sketch_set_method(&fixture->sketch, method);
}

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

/* To the last bit: undo returns to states, it does not calculate them. */
static bool same_state(const struct sketch_state *a, const struct sketch_state *b)
{
	bool same = a->method == b->method && a->count == b->count && a->base == b->base &&
		    a->chat_template == b->chat_template;

	for (size_t i = 0; i < a->count && same; i++)
		same = a->parents[i].model == b->parents[i].model &&
		       a->parents[i].locked == b->parents[i].locked &&
		       memcmp(&a->parents[i].weight, &b->parents[i].weight, sizeof(double)) == 0;
	return same;
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

static double share_of(const struct engine_child *child, size_t parent)
{
	for (size_t i = 0; i < child->count; i++)
		if (child->parents[i] == parent)
			return child->weights[i];
	return 0;
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
	assert_int_equal(child.model.chat_template, ANSWER_YES);
	sketch_set_template(&fixture->sketch, ANSWER_NO);
	sketch_child(&fixture->sketch, fixture->catalog, &child);
	assert_int_equal(child.model.chat_template, ANSWER_NO);
	draw(fixture, MERGE_LINEAR, "s/stranger", 1, NULL, 0, NULL);
	sketch_child(&fixture->sketch, fixture->catalog, &child);
	assert_int_equal(child.relation, RELATION_FINETUNE);
	assert_int_equal(child.model.kind, KIND_CHAT);
	draw(fixture, MERGE_LINEAR, "f/root", 1, NULL, 0, NULL);
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
	expect_warnings(fixture, (const char *const[]){"architecture", "size", "no known ancestor"}, 3);
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

/* ---- names, files, cache --------------------------------------------------- */

static void names_and_weights_make_a_sketch(void **state)
{
	struct fixture *fixture = *state;
	struct sketch *sketch = &fixture->sketch;
	const char *names[] = {"f/a", "F/B", "c", "f/root", "f/left", "f/right", "x/extra-1",
			       "x/extra-2", "x/extra-3"};
	struct error error = {0};

	expect_ok(sketch_from_names(sketch, fixture->catalog, 3, names, (double[]){NAN, NAN, NAN}, &error),
		  &error);
	near(sketch->now.parents[2].weight, 1.0 / 3);
	expect_ok(sketch_from_names(sketch, fixture->catalog, 3, names, (double[]){0.5, NAN, NAN}, &error),
		  &error);
	near(sketch->now.parents[2].weight, 0.25);
	expect_ok(sketch_from_names(sketch, fixture->catalog, 2, names, (double[]){3, 1}, &error), &error);
	near(sketch->now.parents[0].weight, 0.75);
	assert_int_equal(sketch->undo_count, 3);
	static const struct {
		const char *names[2];
		double weights[2];
		enum status status;
	} wrong[] = {
		{{"f/a", "f/nobody"}, {NAN, NAN}, STATUS_NO_INPUT},
		{{"f/a", "f/A"}, {NAN, NAN}, STATUS_USAGE},
		{{"f/a", "f/b"}, {-1, 2}, STATUS_USAGE},
		{{"f/a", "f/b"}, {0, 0}, STATUS_USAGE},
		{{"f/a", "f/b"}, {INFINITY, 1}, STATUS_USAGE},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		error_clear(&error);
		assert_int_equal(sketch_from_names(sketch, fixture->catalog, 2, wrong[i].names,
						   wrong[i].weights, &error), wrong[i].status);
		near(sketch->now.parents[0].weight, 0.75);
	}
	error_clear(&error);
	double nine[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
	assert_int_equal(sketch_from_names(sketch, fixture->catalog, 9, names, nine, &error), STATUS_USAGE);
}

/* The sketch written and read back, over itself. */
static void write_and_read(struct fixture *fixture, const struct sketch_prediction *prediction)
{
	struct text file = {0};
	struct merge_recipe recipe = {0};
	struct error error = {0};

	sketch_write(&fixture->sketch, fixture->catalog, prediction, &file);
	expect_ok(merge_recipe_read(file.bytes, file.length, "sketch.yml", NULL, &recipe, &error), &error);
	sketch_free(&fixture->sketch);
	expect_ok(sketch_from_recipe(&fixture->sketch, fixture->catalog, &recipe, &error), &error);
	merge_recipe_free(&recipe);
	text_free(&file);
}

static void expect_same_meaning(struct fixture *fixture, const struct sketch *before)
{
	const struct sketch *after = &fixture->sketch;
	struct engine_child old_child, new_child;

	assert_int_equal(after->now.method, before->now.method);
	assert_int_equal(after->now.count, before->now.count);
	assert_true(sketch_base(after, fixture->catalog) == sketch_base(before, fixture->catalog));
	sketch_child(before, fixture->catalog, &old_child);
	sketch_child(after, fixture->catalog, &new_child);
	for (size_t i = 0; i < old_child.count; i++)
		near(share_of(&new_child, old_child.parents[i]), old_child.weights[i]);
	for (size_t i = 0; i < before->now.count; i++) {
		int position = sketch_position(after, before->now.parents[i].model);
		assert_true(position >= 0);
		near(after->now.parents[position].weight, before->now.parents[i].weight);
	}
}

static void files_read_back_to_the_same_sketch(void **state)
{
	struct fixture *fixture = *state;
	int written = 0;

	for (enum merge_method method = 0; method < MERGE_METHOD_COUNT; method++) {
		/* Layers are not in the sketch; equal weights mean them all. */
		bool weightless = merge_method_info(method)->reduction == REDUCE_LAYERS ||
				  merge_method_info(method)->reduction == REDUCE_EQUAL ||
				  merge_method_info(method)->reduction == REDUCE_STOCK;
		for (int parents = 1; parents <= 3; parents++) {
			struct sketch before = {0};
			double weight = weightless || parents == 1 ? 1.0 / parents : parents == 2 ? 0.7 : 0.55;
			draw(fixture, method, "f/a", weight, parents > 1 ? "f/c" : NULL,
			     parents == 2 ? 1 - weight : weightless ? weight : 0.15,
			     parents > 2 ? "f/b" : NULL);
			if (sketch_check(&fixture->sketch, fixture->catalog, NULL) != STATUS_OK)
				continue;
			/* Of two the nearer one gets all but the base's share. */
			if (merge_method_info(method)->reduction == REDUCE_NEAR && parents == 2)
				continue;
			before.now = fixture->sketch.now;
			write_and_read(fixture, NULL);
			expect_same_meaning(fixture, &before);
			written++;
		}
	}
	assert_true(written > 30);
}

static void a_base_with_a_weight_reads_back(void **state)
{
	struct fixture *fixture = *state;
	struct sketch before = {0};

	draw(fixture, MERGE_TASK_ARITHMETIC, "f/left", 0.2, "f/a", 0.5, "f/b");
	sketch_set_base(&fixture->sketch, model(fixture, "f/left"));
	before.now = fixture->sketch.now;
	write_and_read(fixture, NULL);
	expect_same_meaning(fixture, &before);
}

static void recipes_with_unknown_parents_name_them(void **state)
{
	static const char one[] =
		"merge_method: linear\nmodels:\n- model: f/a\n  parameters: {weight: 0.5}\n"
		"- model: f/aa\n  parameters: {weight: 0.5}\n";
	static const char two[] =
		"merge_method: linear\nmodels:\n- model: z/one\n  parameters: {weight: 0.5}\n"
		"- model: z/two\n  parameters: {weight: 0.5}\n";
	struct fixture *fixture = *state;
	struct merge_recipe recipe;
	struct error error = {0};

	expect_ok(merge_recipe_read(one, strlen(one), "one.yml", NULL, &recipe, &error), &error);
	assert_int_equal(sketch_from_recipe(&fixture->sketch, fixture->catalog, &recipe, &error),
			 STATUS_NO_INPUT);
	assert_non_null(strstr(error.message, "f/aa"));
	assert_non_null(strstr(error.advice, "f/a"));
	merge_recipe_free(&recipe);
	error_clear(&error);
	expect_ok(merge_recipe_read(two, strlen(two), "two.yml", NULL, &recipe, &error), &error);
	assert_int_equal(sketch_from_recipe(&fixture->sketch, fixture->catalog, &recipe, &error),
			 STATUS_NO_INPUT);
	assert_non_null(strstr(error.message, "z/one, z/two"));
	merge_recipe_free(&recipe);
	assert_int_equal(fixture->sketch.now.count, 0);
}

static void sketches_are_kept_by_name(void **state)
{
	struct fixture *fixture = *state;
	struct sketch *sketch = &fixture->sketch;
	struct error error = {0};

	draw(fixture, MERGE_DARE_TIES, "f/a", 0.55, "f/b", 0.3, "f/c");
	sketch_lock(sketch, 1);
	sketch_set_base(sketch, model(fixture, "f/root"));
	sketch_set_template(sketch, ANSWER_NO);
	struct sketch_state before = sketch->now;
	expect_ok(sketch_save(sketch, fixture->session, "", &error), &error);
	draw(fixture, MERGE_LINEAR, "f/b", 1, NULL, 0, NULL);
	expect_ok(sketch_save(sketch, fixture->session, "other", &error), &error);
	assert_true(sketch_load(sketch, fixture->session, ""));
	assert_true(same_state(&sketch->now, &before));
	assert_true(sketch_undo(sketch));
	assert_int_equal(sketch->now.count, 1);
	assert_true(sketch_load(sketch, fixture->session, "other") || sketch->now.count == 1);
	assert_false(sketch_load(sketch, fixture->session, "nobody"));
	/* Keyed by model: the numbers of the catalog may change. */
	put_model(fixture->session->store, "a/newcomer", NULL);
	expect_ok(session_reload(fixture->session, &error), &error);
	fixture->catalog = fixture->session->catalog;
	assert_true(sketch_load(sketch, fixture->session, ""));
	assert_true(sketch->now.parents[0].model == model(fixture, "f/a"));
}

static void a_second_sketch_stands_beside(void **state)
{
	struct fixture *fixture = *state;
	struct sketch *sketch = &fixture->sketch;
	struct error error = {0};

	assert_false(sketch_exchange(sketch));
	draw(fixture, MERGE_SLERP, "f/a", 0.6, "f/c", 0.4, NULL);
	expect_ok(sketch_save(sketch, fixture->session, "first", &error), &error);
	assert_string_equal(sketch->now.name, "first");
	struct sketch_state first = sketch->now;
	size_t steps = sketch->undo_count;
	assert_true(sketch_duplicate(sketch));
	assert_false(sketch_duplicate(sketch)); /* it is there */
	assert_true(sketch_set_weight(sketch, 0, 0.9));
	assert_string_equal(sketch->now.name, ""); /* no longer as kept */
	assert_string_equal(sketch->beside.name, "first");
	struct sketch_state second = sketch->now;
	assert_true(sketch_exchange(sketch));
	assert_true(same_state(&sketch->now, &first) && same_state(&sketch->beside, &second));
	assert_string_equal(sketch->now.name, "first");
	/* Each is one step back, the last one to none beside. */
	assert_true(sketch_undo(sketch));
	assert_true(same_state(&sketch->now, &second) && same_state(&sketch->beside, &first));
	assert_true(sketch_undo(sketch));
	assert_string_equal(sketch->now.name, "first");
	assert_true(sketch_undo(sketch));
	assert_int_equal(sketch->beside.count, 0);
	assert_int_equal(sketch->undo_count, steps);
	while (sketch_redo(sketch))
		;
	assert_true(same_state(&sketch->now, &first) && same_state(&sketch->beside, &second));
	/* What is just as kept is told its name again, what is not is not. */
	sketch->now.name[0] = '\0';
	sketch_recognize(sketch, fixture->session, "first");
	assert_string_equal(sketch->now.name, "first");
	sketch_set_weight(sketch, 0, 0.7);
	sketch_recognize(sketch, fixture->session, "first");
	assert_string_equal(sketch->now.name, "");
	/* Kept ones can be put there. */
	draw(fixture, MERGE_LINEAR, "f/b", 1, NULL, 0, NULL);
	assert_false(sketch_load_beside(sketch, fixture->session, "nobody"));
	assert_true(sketch_load_beside(sketch, fixture->session, "first"));
	assert_true(same_state(&sketch->beside, &first) && sketch->now.count == 1);
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


static void predictions_carry_what_is_shown(void **state)
{
	struct fixture *fixture = *state;
	struct sketch_prediction prediction;
	struct error error = {0};

	draw(fixture, MERGE_SLERP, "f/a", 0.6, "f/c", 0.4, NULL);
	assert_int_equal(sketch_predict(&fixture->sketch, fixture->session, &prediction, &error),
			 STATUS_USAGE);
	error_clear(&error);
	expect_ok(session_fit(fixture->session, &(const struct engine_settings){.prior = PRIOR_LAPLACIAN, .seed = 1},
			      false, NULL, &error), &error);
	expect_ok(sketch_predict(&fixture->sketch, fixture->session, &prediction, &error), &error);
	assert_int_equal(prediction.rows, 3);
	assert_int_equal(prediction.child.count, 2);
	for (size_t b = 0; b < prediction.rows; b++) {
		const struct sketch_row *row = &prediction.row[b];
		double a = catalog_score(fixture->catalog, model(fixture, "f/a"), b);
		double c = catalog_score(fixture->catalog, model(fixture, "f/c"), b);
		assert_true(row->best_parent == model(fixture, a >= c ? "f/a" : "f/c"));
		near(row->best_score, fmax(a, c));
		assert_true(row->chance >= 0 && row->chance <= 1);
		assert_true(row->estimate.low90 <= row->estimate.mean &&
			    row->estimate.mean <= row->estimate.high90);
		assert_true(row->contribution_count > 0);
	}
	assert_true(prediction.ancestor_count >= 2);
	struct text file = {0};
	sketch_write(&fixture->sketch, fixture->catalog, &prediction, &file);
	assert_int_equal(strncmp(file.bytes, "# stemma ", 9), 0);
	assert_non_null(strstr(file.bytes, "#   IFEval "));
	assert_non_null(strstr(file.bytes, "#   average "));
	assert_non_null(strstr(file.bytes, "dtype: bfloat16\n"));
	assert_non_null(strstr(file.bytes, "t: 0.4\n"));
	text_free(&file);
	struct sketch before = {.now = fixture->sketch.now};
	write_and_read(fixture, &prediction);
	expect_same_meaning(fixture, &before);
	sketch_prediction_free(&prediction);
	/* Without published scores there is nobody to beat. */
	draw(fixture, MERGE_LINEAR, "f/unscored", 1, NULL, 0, NULL);
	expect_ok(sketch_predict(&fixture->sketch, fixture->session, &prediction, &error), &error);
	assert_true(prediction.row[0].best_parent == CATALOG_NONE);
	assert_true(isnan(prediction.row[0].best_score) && isnan(prediction.row[0].chance));
	sketch_prediction_free(&prediction);
	draw(fixture, MERGE_SLERP, "f/a", 1, NULL, 0, NULL);
	assert_int_equal(sketch_predict(&fixture->sketch, fixture->session, &prediction, &error),
			 STATUS_USAGE);
	sketch_prediction_free(&prediction);
}

/* ---- another catalog ------------------------------------------------------------- */

/* Makes one model another name of the second, and reads the cache again; returns
 * where the models of before are now. */
static uint32_t *join(struct fixture *fixture, const char *gone, const char *current)
{
	const struct alias_facts alias = {.alias = gone, .current = current, .source = "user"};
	struct catalog *catalog;
	struct error error = {0}, warning = {0};
	enum change change;

	expect_ok(store_put_alias(fixture->session->store, &alias, &change, &error), &error);
	expect_ok(session_load_detached(fixture->place.cache, fixture->catalog, NULL, &catalog, &warning, &error),
		  &error);
	expect_ok(warning.status, &warning);
	assert_non_null(catalog);
	uint32_t *match = catalog_match(fixture->catalog, catalog);
	for (size_t i = 0; i < fixture->catalog->count; i++)
		assert_true(catalog_find(catalog, fixture->catalog->models[i].name) ==
			    catalog_matched(match, i));
	assert_true(catalog_matched(match, CATALOG_NONE) == CATALOG_NONE);
	session_adopt_catalog(fixture->session, catalog);
	fixture->catalog = catalog;
	return match;
}

static void a_sketch_moves_to_another_catalog(void **state)
{
	struct fixture *fixture = *state;
	struct sketch *sketch = &fixture->sketch;
	struct error error = {0};
	size_t before = model(fixture, "f/c");

	draw(fixture, MERGE_TIES, "f/a", 0.25, "f/c", 0.75, NULL);
	sketch_set_base(sketch, model(fixture, "f/root"));
	expect_ok(sketch_save(sketch, fixture->session, "kept", &error), &error);
	sketch_duplicate(sketch);
	sketch_clear(sketch);
	uint32_t *match = join(fixture, "f/unscored", "f/left");
	assert_true(sketch_renumber(sketch, match));
	/* It came first: all numbers are others now. */
	assert_true(model(fixture, "f/c") != before);
	assert_int_equal(sketch->now.count, 0);
	assert_true(sketch_undo(sketch));
	for (int i = 0; i < 2; i++) {
		const struct sketch_state *shown = i ? &sketch->beside : &sketch->now;
		assert_int_equal(shown->count, 2);
		assert_true(shown->parents[0].model == model(fixture, "f/a"));
		assert_true(shown->parents[1].model == model(fixture, "f/c"));
		near(shown->parents[1].weight, 0.75);
		assert_true(shown->base == model(fixture, "f/root"));
		assert_string_equal(shown->name, "kept");
	}
	free(match);
	/* The next one does as well, and redo comes along. */
	assert_true(sketch_undo(sketch));
	match = join(fixture, "x/extra-0", "x/extra-1");
	assert_true(sketch_renumber(sketch, match));
	assert_true(sketch_redo(sketch));
	assert_true(sketch->beside.parents[1].model == model(fixture, "f/c"));
	free(match);
}

static void parents_that_become_one_share_their_weight(void **state)
{
	struct fixture *fixture = *state;
	struct sketch *sketch = &fixture->sketch;

	draw(fixture, MERGE_LINEAR, "f/a", 0.2, "f/b", 0.3, "f/c");
	uint32_t *match = join(fixture, "f/a", "f/b");
	assert_false(sketch_renumber(sketch, match));
	assert_int_equal(sketch->now.count, 2);
	near(sketch->now.parents[0].weight, 0.5);
	assert_true(sketch->now.parents[0].model == model(fixture, "f/b"));
	assert_string_equal(sketch->now.name, "");
	free(match);
}

static void a_parent_that_is_gone_leaves_its_weight(void **state)
{
	struct fixture *fixture = *state;
	struct sketch *sketch = &fixture->sketch;
	uint32_t *match = memory_allocate(fixture->catalog->count, sizeof *match);

	draw(fixture, MERGE_LINEAR, "f/a", 0.2, "f/b", 0.3, "f/c");
	sketch_lock(sketch, 1);
	for (size_t i = 0; i < fixture->catalog->count; i++)
		match[i] = (uint32_t)i;
	match[model(fixture, "f/c")] = CATALOG_NOWHERE;
	assert_false(sketch_renumber(sketch, match));
	assert_int_equal(sketch->now.count, 2);
	near(sketch->now.parents[0].weight + sketch->now.parents[1].weight, 1);
	near(sketch->now.parents[0].weight, 0.4);
	/* Undo has states without it, too. */
	assert_true(sketch_undo(sketch));
	assert_int_equal(sketch->now.count, 2);
	match[model(fixture, "f/a")] = match[model(fixture, "f/b")] = CATALOG_NOWHERE;
	assert_false(sketch_renumber(sketch, match));
	assert_int_equal(sketch->now.count, 0);
	free(match);
}

static void the_same_data_are_not_read_again(void **state)
{
	struct fixture *fixture = *state;
	struct catalog *catalog;
	struct error error = {0}, warning = {0};

	expect_ok(session_load_detached(fixture->place.cache, fixture->catalog, NULL, &catalog, &warning, &error),
		  &error);
	assert_null(catalog);
	/* A fault in the corrections is told, and what is new is read all the same. */
	setenv("STEMMA_CORRECTIONS", place_write(&fixture->place, "corrections.yaml", "add: 1\n"), 1);
	put_model(fixture->session->store, "n/new", NULL);
	expect_ok(session_load_detached(fixture->place.cache, fixture->catalog, NULL, &catalog, &warning, &error),
		  &error);
	unsetenv("STEMMA_CORRECTIONS");
	assert_int_equal(warning.status, STATUS_DATA);
	assert_int_equal(catalog->count, fixture->catalog->count + 1);
	catalog_free(catalog);
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
		TEST(names_and_weights_make_a_sketch),
		TEST(files_read_back_to_the_same_sketch),
		TEST(a_base_with_a_weight_reads_back),
		TEST(recipes_with_unknown_parents_name_them),
		TEST(sketches_are_kept_by_name),
		TEST(a_second_sketch_stands_beside),
		TEST(two_sketches_are_predicted_together),
		TEST(predictions_carry_what_is_shown),
		TEST(a_sketch_moves_to_another_catalog),
		TEST(parents_that_become_one_share_their_weight),
		TEST(a_parent_that_is_gone_leaves_its_weight),
		TEST(the_same_data_are_not_read_again),
	};
	return cmocka_run_group_tests_name("app: sketch", tests, NULL, NULL);
}
