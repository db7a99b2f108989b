/* Sessions: the first start, and when variances are learned again. */
#include "app.h"

#include "stemma/base/memory.h"
#include "stemma/base/text.h"

enum { MODELS = 30 };

struct fixture {
	struct place place;
	struct session *session;
};

static int make_place(void **state)
{
	struct fixture *fixture = memory_zero(1, sizeof *fixture);

	place_make(&fixture->place);
	*state = fixture;
	return 0;
}

static int remove_place(void **state)
{
	struct fixture *fixture = *state;

	session_close(fixture->session);
	place_remove(&fixture->place);
	free(fixture);
	return 0;
}

static void open_session(struct fixture *fixture, bool bare, const char *data_folder)
{
	struct error error = {0};

	session_close(fixture->session);
	fixture->session = NULL;
	expect_ok(session_open(fixture->place.cache, bare, data_folder, NULL, &fixture->session, &error),
		  &error);
}

/* A family of scored models, enough to learn from. */
static void fill_family(struct store *store)
{
	begin(store);
	for (int i = 0; i < MODELS; i++) {
		char name[32], parent[32];
		snprintf(name, sizeof name, "owner/model-%d", i);
		snprintf(parent, sizeof parent, "owner/model-%d", i / 2);
		put_model(store, name, "2024-01-01");
		put_score(store, name, "user", "ifeval", 30 + (i * 7) % 23);
		if (i > 0)
			put_edge(store, name, parent, NAN, TRUST_DECLARED);
	}
	commit(store);
}

static void open_family(struct fixture *fixture)
{
	struct error error = {0};

	open_session(fixture, true, NULL);
	fill_family(fixture->session->store);
	expect_ok(session_reload(fixture->session, &error), &error);
}

static const char *share_folder(void)
{
	static char folder[512];
	const char *top = getenv("top_srcdir");

	snprintf(folder, sizeof folder, "%s/tests/share", top ? top : ".");
	return folder;
}

static void a_new_cache_gets_the_starter_set(void **state)
{
	struct fixture *fixture = *state;

	open_session(fixture, false, share_folder());
	assert_true(fixture->session->created);
	assert_true(fixture->session->catalog->count > 900);
	assert_null(fixture->session->fit);
	open_session(fixture, false, "/nonexistent");
	assert_false(fixture->session->created);
	assert_true(fixture->session->catalog->count > 900);
}

static void a_bare_cache_stays_empty(void **state)
{
	struct fixture *fixture = *state;

	open_session(fixture, true, NULL);
	assert_true(fixture->session->created);
	assert_int_equal(fixture->session->catalog->count, 0);
	/* A first start that was cut short is made up for. */
	open_session(fixture, false, share_folder());
	assert_false(fixture->session->created);
	assert_true(fixture->session->catalog->count > 900);
}

static void the_environment_names_the_data_folder(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	const char *before = getenv("STEMMA_SHARE");
	char *kept = memory_string(before);

	setenv("STEMMA_SHARE", "/nonexistent", 1);
	assert_int_equal(session_open(fixture->place.cache, false, NULL, NULL, &fixture->session, &error),
			 STATUS_NO_INPUT);
	assert_null(fixture->session);
	setenv("STEMMA_SHARE", share_folder(), 1);
	open_session(fixture, false, NULL);
	assert_true(fixture->session->catalog->count > 900);
	if (kept)
		setenv("STEMMA_SHARE", kept, 1);
	else
		unsetenv("STEMMA_SHARE");
	free(kept);
}

/* ---- fitting --------------------------------------------------------------- */

struct kept {
	int64_t models, data_version;
	void *state;
	size_t state_bytes;
	char *settings;
};

static void keep(void *context, const struct store_fit *fit)
{
	struct kept *kept = context;

	*kept = (struct kept){.models = fit->models, .data_version = fit->data_version,
			      .state = memory_allocate(fit->state_bytes, 1),
			      .state_bytes = fit->state_bytes, .settings = memory_string(fit->settings)};
	memcpy(kept->state, fit->state, fit->state_bytes);
}

static int64_t kept_models(struct fixture *fixture)
{
	struct kept kept = {.models = -1};

	assert_int_equal(store_get_fit(fixture->session->store, "none", keep, &kept, NULL), STATUS_OK);
	free(kept.state);
	free(kept.settings);
	return kept.models;
}

/* Marks the kept fit: a fit that learns replaces it, mark and all. */
static void mark_kept_fit(struct fixture *fixture)
{
	struct kept kept = {.models = -1};
	struct store *store = fixture->session->store;

	assert_int_equal(store_get_fit(store, "none", keep, &kept, NULL), STATUS_OK);
	struct store_fit fit = {
		.prior = "none", .data_version = kept.data_version, .settings = kept.settings,
		.state = kept.state, .state_bytes = kept.state_bytes, .models = 999,
	};
	assert_int_equal(store_put_fit(store, &fit, NULL), STATUS_OK);
	free(kept.state);
	free(kept.settings);
}

static void fit(struct fixture *fixture, size_t rank, bool relearn)
{
	const struct engine_settings settings = {.prior = PRIOR_NONE, .rank = rank, .seed = 1};
	struct error error = {0};

	expect_ok(session_fit(fixture->session, &settings, relearn, NULL, &error), &error);
	assert_non_null(fixture->session->fit);
	assert_non_null(fixture->session->query);
}

static void variances_are_learned_only_when_needed(void **state)
{
	struct fixture *fixture = *state;

	open_family(fixture);
	assert_int_equal(kept_models(fixture), -1);
	fit(fixture, 0, false);
	assert_int_equal(kept_models(fixture), MODELS);
	mark_kept_fit(fixture);
	fit(fixture, 0, false);
	assert_int_equal(kept_models(fixture), 999);
	/* Also by another session. */
	open_session(fixture, true, NULL);
	fit(fixture, 0, false);
	assert_int_equal(kept_models(fixture), 999);
	/* Other settings, the user's wish, other data. */
	fit(fixture, 1, false);
	assert_int_equal(kept_models(fixture), MODELS);
	mark_kept_fit(fixture);
	fit(fixture, 1, true);
	assert_int_equal(kept_models(fixture), MODELS);
	mark_kept_fit(fixture);
	put_score(fixture->session->store, "owner/newcomer", "user", "ifeval", 40);
	assert_int_equal(session_reload(fixture->session, NULL), STATUS_OK);
	assert_null(fixture->session->fit);
	fit(fixture, 1, false);
	assert_int_equal(kept_models(fixture), MODELS + 1);
}

static void a_worker_fits_beside_the_session(void **state)
{
	struct fixture *fixture = *state;
	const struct engine_settings settings = {.prior = PRIOR_NONE, .seed = 1};
	struct error error = {0};
	struct engine_fit *made = NULL;

	open_family(fixture);
	expect_ok(session_fit_detached(fixture->place.cache, fixture->session->catalog, NULL, &settings,
				       false, NULL, &made, &error), &error);
	session_adopt_fit(fixture->session, made);
	assert_non_null(fixture->session->query);
	assert_int_equal(kept_models(fixture), MODELS);
	/* A fit of data that are no longer in the cache is not kept. */
	mark_kept_fit(fixture);
	put_score(fixture->session->store, "owner/newcomer", "user", "ifeval", 40);
	expect_ok(session_fit_detached(fixture->place.cache, fixture->session->catalog, NULL, &settings,
				       true, NULL, &made, &error), &error);
	session_adopt_fit(fixture->session, made);
	assert_int_equal(kept_models(fixture), 999);
	struct catalog *catalog = load(fixture->session->store);
	session_adopt_catalog(fixture->session, catalog);
	assert_null(fixture->session->fit);
	assert_int_equal(fixture->session->catalog->count, MODELS + 1);
}

static void too_few_models_and_cancelling_leave_no_fit(void **state)
{
	struct fixture *fixture = *state;
	const struct engine_settings settings = {.prior = PRIOR_NONE};
	struct progress progress = {0};
	struct error error = {0};

	open_session(fixture, true, NULL);
	assert_int_not_equal(session_fit(fixture->session, &settings, false, NULL, &error), STATUS_OK);
	assert_string_not_equal(error.message, "");
	assert_null(fixture->session->fit);
	open_family(fixture);
	progress_cancel(&progress);
	assert_int_equal(session_fit(fixture->session, &settings, false, &progress, NULL), STATUS_CANCELLED);
	assert_null(fixture->session->fit);
	assert_int_equal(kept_models(fixture), -1);
}

/* Answers of `count` models of an owner to 12 questions. */
static void import_answers(struct fixture *fixture, const char *file, const char *owner, int count)
{
	struct text table = {0};

	text_append(&table, "model");
	for (int q = 0; q < 12; q++)
		text_append_format(&table, ",%.1s:%d", file, q);
	for (int i = 0; i < count; i++) {
		text_append_format(&table, "\n%s/model-%d", owner, i);
		for (int q = 0; q < 12; q++)
			text_append_format(&table, ",%d", (i * 5 + q * 7) % 12 < 6);
	}
	text_append(&table, "\n");
	place_import(&fixture->place, fixture->session->store, file, text_string(&table));
	text_free(&table);
}

/* Of three sets the first has too few models with scores; then it is cut short. */
static void answers_are_learned_all_or_none(void **state)
{
	struct fixture *fixture = *state;
	struct progress progress = {0};
	struct error error = {0};

	open_family(fixture);
	import_answers(fixture, "a.csv", "nobody", 50);
	begin(fixture->session->store);
	for (int i = MODELS; i < 50; i++) {
		char name[32];
		snprintf(name, sizeof name, "owner/model-%d", i);
		put_score(fixture->session->store, name, "user", "ifeval", 20 + (i * 11) % 31);
	}
	commit(fixture->session->store);
	import_answers(fixture, "b.csv", "owner", 50);
	expect_ok(session_reload(fixture->session, &error), &error);
	fit(fixture, 0, false);
	expect_ok(session_learn_answers(fixture->session, 1, NULL, &error), &error);
	assert_int_equal(fixture->session->answers.count, 1);
	assert_string_equal(fixture->session->answers.list[0].key, "b");
	import_answers(fixture, "c.csv", "owner", 50);
	progress_cancel(&progress);
	assert_int_equal(session_learn_answers(fixture->session, 1, &progress, &error), STATUS_CANCELLED);
	assert_int_equal(fixture->session->answers.count, 0);
}

/* ---- flags ------------------------------------------------------------------- */

static size_t fitted_models(struct fixture *fixture)
{
	const struct engine_settings settings = {.prior = PRIOR_KIN};
	struct engine_info info;
	struct error error = {0};

	expect_ok(session_fit(fixture->session, &settings, false, NULL, &error), &error);
	engine_fit_info(fixture->session->fit, &info);
	return info.models;
}

static size_t model_named(struct fixture *fixture, const char *name)
{
	size_t model = catalog_find(fixture->session->catalog, name);

	assert_true(model != CATALOG_NONE);
	return model;
}

static void suspects_are_left_out_and_taken_in(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	open_family(fixture);
	/* Of model-7 descend 14, 15, 28 and 29. */
	size_t model = model_named(fixture, "owner/model-7");
	size_t grandchild = model_named(fixture, "owner/model-29");
	expect_ok(session_flag(fixture->session, model, "leaked", &error), &error);
	assert_int_equal(fixture->session->flags.suspects, 5);
	assert_false(session_leaves_out(fixture->session, model));
	assert_int_equal(fitted_models(fixture), MODELS);
	expect_ok(session_leave_out(fixture->session, true, &error), &error);
	assert_true(session_leaves_out(fixture->session, grandchild));
	assert_int_equal(fitted_models(fixture), MODELS - 5);
	/* Kept between runs, in the cache; other data are not learned from again. */
	open_session(fixture, true, NULL);
	assert_true(session_leaves_out(fixture->session, grandchild));
	assert_int_equal(fitted_models(fixture), MODELS - 5);
	const struct flag *flag = flags_find(&fixture->session->flags, fixture->session->catalog, grandchild);
	assert_non_null(flag);
	assert_int_equal(flag->model, model);
	assert_string_equal(flag->reason, "leaked");
	expect_ok(session_flag(fixture->session, model, NULL, &error), &error);
	assert_false(session_leaves_out(fixture->session, grandchild));
	assert_null(flags_find(&fixture->session->flags, fixture->session->catalog, grandchild));
	assert_int_equal(fitted_models(fixture), MODELS);
	open_session(fixture, true, NULL);
	assert_int_equal(fixture->session->flags.count, 0);
	assert_true(fixture->session->left_out);
}

/* The store is written as another program would. */
static void flags_of_others_are_read(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	bool changed;

	open_family(fixture);
	struct session *session = fixture->session;
	size_t model = model_named(fixture, "owner/model-7");
	int64_t id = session->catalog->models[model].id;
	expect_ok(session_reload_flags(session, &changed, &error), &error);
	assert_false(changed);
	expect_ok(store_put_flag(session->store, id, "leaked", &error), &error);
	expect_ok(session_reload_flags(session, &changed, &error), &error);
	assert_true(changed);
	assert_int_equal(session->flags.suspects, 5);
	expect_ok(session_leave_out(session, true, &error), &error);
	expect_ok(store_put_flag(session->store, id, "copied", &error), &error);
	expect_ok(session_reload_flags(session, &changed, &error), &error);
	assert_true(changed);
	assert_true(session_leaves_out(session, model));
	expect_ok(store_drop_flag(session->store, id, &error), &error);
	expect_ok(session_reload_flags(session, &changed, &error), &error);
	assert_true(changed);
	assert_false(session_leaves_out(session, model));
}

static void the_nearest_flag_explains(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	size_t leaf;

	open_family(fixture);
	leaf = model_named(fixture, "owner/model-29");
	expect_ok(session_flag(fixture->session, model_named(fixture, "owner/model-1"), "far", &error), &error);
	expect_ok(session_flag(fixture->session, model_named(fixture, "owner/model-14"), "near", &error), &error);
	expect_ok(session_flag(fixture->session, model_named(fixture, "owner/model-14"), "nearer", &error),
		  &error);
	assert_int_equal(fixture->session->flags.count, 2);
	const struct flag *flag = flags_find(&fixture->session->flags, fixture->session->catalog, leaf);
	assert_string_equal(flag->reason, "nearer");
	assert_int_equal(fixture->session->flags.state[leaf], FLAG_DESCENDANT);
	assert_int_equal(fixture->session->flags.state[flag->model], FLAG_SELF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)
		TEST(a_new_cache_gets_the_starter_set),
		TEST(a_bare_cache_stays_empty),
		TEST(the_environment_names_the_data_folder),
		TEST(variances_are_learned_only_when_needed),
		TEST(a_worker_fits_beside_the_session),
		TEST(suspects_are_left_out_and_taken_in),
		TEST(flags_of_others_are_read),
		TEST(the_nearest_flag_explains),
		TEST(too_few_models_and_cancelling_leave_no_fit),
		TEST(answers_are_learned_all_or_none),
	};
	return cmocka_run_group_tests_name("app: session", tests, NULL, NULL);
}
