/* The sketch as a file, in the cache and when the catalog is another one. */
#include "sketch.h"

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

	sketch_write(&fixture->sketch, fixture->catalog, NULL, prediction, &file);
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

static void unknown_parents_are_strangers(void **state)
{
	static const char one[] =
		"merge_method: slerp\nbase_model: f/a\nmodels:\n- model: f/a\n- model: f/aa\nparameters: {t: 0.25}\n";
	static const char two[] =
		"merge_method: linear\nmodels:\n- model: z/one\n  parameters: {weight: 0.25}\n"
		"- model: z/two\n  parameters: {weight: 0.75}\n";
	struct fixture *fixture = *state;
	const struct sketch_state *now = &fixture->sketch.now;
	struct merge_recipe recipe;
	struct error error = {0};
	struct text warnings = {0};

	expect_ok(merge_recipe_read(one, strlen(one), "one.yml", NULL, &recipe, &error), &error);
	expect_ok(sketch_from_recipe(&fixture->sketch, fixture->catalog, &recipe, &error), &error);
	merge_recipe_free(&recipe);
	assert_int_equal(now->count, 1);
	assert_int_equal(now->strangers, 1);
	assert_true(fabs(now->strange - 0.25) < 1e-9);
	assert_string_equal(now->stranger, "f/aa");
	assert_true(fabs(now->parents[0].weight - 1) < 1e-9);
	expect_ok(sketch_check(&fixture->sketch, fixture->catalog, &error), &error);
	sketch_warnings(&fixture->sketch, fixture->catalog, &warnings);
	assert_non_null(strstr(text_string(&warnings), "does not know f/aa, 25 % of the child"));
	text_free(&warnings);

	expect_ok(merge_recipe_read(two, strlen(two), "two.yml", NULL, &recipe, &error), &error);
	expect_ok(sketch_from_recipe(&fixture->sketch, fixture->catalog, &recipe, &error), &error);
	merge_recipe_free(&recipe);
	assert_int_equal(now->count, 0);
	assert_string_equal(now->stranger, "z/two"); /* the heaviest */
	assert_true(fabs(now->strange - 1) < 1e-9);
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
		double a = catalog_target(fixture->catalog, model(fixture, "f/a"), &row->target);
		double c = catalog_target(fixture->catalog, model(fixture, "f/c"), &row->target);
		assert_true(row->best_parent == model(fixture, a >= c ? "f/a" : "f/c"));
		near(row->best_score, fmax(a, c));
		assert_true(row->chance >= 0 && row->chance <= 1);
		assert_true(row->estimate.low90 <= row->estimate.mean &&
			    row->estimate.mean <= row->estimate.high90);
		assert_int_equal(row->contribution_count, 0); /* until it is asked why */
		assert_true(sketch_prediction_why(&prediction, b)->contribution_count > 0);
	}
	assert_true(prediction.ancestor_count >= 2);
	struct text file = {0};
	sketch_write(&fixture->sketch, fixture->catalog, NULL, &prediction, &file);
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
		TEST(names_and_weights_make_a_sketch),
		TEST(files_read_back_to_the_same_sketch),
		TEST(a_base_with_a_weight_reads_back),
		TEST(unknown_parents_are_strangers),
		TEST(sketches_are_kept_by_name),
		TEST(a_second_sketch_stands_beside),
		TEST(predictions_carry_what_is_shown),
		TEST(a_sketch_moves_to_another_catalog),
		TEST(parents_that_become_one_share_their_weight),
		TEST(a_parent_that_is_gone_leaves_its_weight),
		TEST(the_same_data_are_not_read_again),
	};
	return cmocka_run_group_tests_name("app: kept sketches", tests, NULL, NULL);
}
