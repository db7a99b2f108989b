/* The cache: what is kept beside the data, and how changes of the data are told. */
#include "fixture.h"

/* ---- data version --------------------------------------------------------------------- */

static void data_version_follows_the_data(void **state)
{
	struct fixture *fixture = *state;
	struct store *other = NULL;
	int64_t before = store_data_version(fixture->store);

	put_run(fixture->store, "a/m", "s", 10, 6, 10);
	int64_t after = store_data_version(fixture->store);
	assert_true(after > before);
	/* Nothing new, and what fits are not learned from. */
	put_run(fixture->store, "a/m", "s", 10, 6, 10);
	put_alias(fixture->store, "a/old", "a/m");
	store_put_state(fixture->store, "k", "v", NULL);
	store_note_import(fixture->store, "f", "csv", &(struct store_import){.accepted = 1}, NULL);
	assert_int_equal(store_data_version(fixture->store), after);
	/* Kept in the file. */
	fixture_reopen(fixture);
	assert_int_equal(store_data_version(fixture->store), after);
	/* Changes by another copy, and by hand. */
	assert_int_equal(store_open(fixture->path, false, &other, NULL, NULL), STATUS_OK);
	put_edge(other, "a/m", "a/p", "hub", TRUST_DECLARED, NAN);
	int64_t later = store_data_version(fixture->store);
	assert_true(later > after);
	assert_int_equal(database_run(other, "UPDATE models SET suspect = 1 WHERE id = 1", NULL), STATUS_OK);
	assert_true(store_data_version(fixture->store) > later);
	store_close(other);
	/* What is rolled back has not happened. */
	later = store_data_version(fixture->store);
	assert_int_equal(store_begin(fixture->store, NULL), STATUS_OK);
	put_name(fixture->store, "a/x");
	store_rollback(fixture->store);
	assert_int_equal(store_data_version(fixture->store), later);
}

/* A transaction counts by itself, without the triggers; they must be back after it. */
static void a_transaction_counts_what_it_changes(void **state)
{
	struct fixture *fixture = *state;
	struct store *store = fixture->store;
	int64_t before = store_data_version(store), after;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(store_begin(store, NULL), STATUS_OK);
		put_run(store, "a/m", "s", 10, 6, 10);
		put_edge(store, "a/m", "a/p", "hub", TRUST_DECLARED, NAN);
		put_alias(store, "a/old", "a/m");
		store_put_state(store, "k", "v", NULL);
		store_note_import(store, "f", "csv", &(struct store_import){.accepted = 1}, NULL);
		assert_int_equal(store_commit(store, NULL), STATUS_OK);
		after = store_data_version(store);
		/* The second time nothing is new but the log. */
		assert_true(i == 0 ? after > before : after == before);
		before = after;
		assert_int_equal(store_begin(store, NULL), STATUS_OK);
		put_name(store, "a/x");
		store_rollback(store);
		assert_int_equal(store_data_version(store), after);
	}
	assert_int_equal(database_run(store, "UPDATE models SET suspect = 1 WHERE id = 1", NULL), STATUS_OK);
	assert_int_equal(store_data_version(store), before + 1);
}

/* ---- fits, sketches, values --------------------------------------------------------------- */

struct seen_fit {
	int calls;
	bool right;
	int64_t version;
};

static void see_fit(void *context, const struct store_fit *fit)
{
	struct seen_fit *seen = context;

	seen->calls++;
	seen->version = fit->data_version;
	seen->right = strcmp(fit->prior, "kin") == 0 && fit->state_bytes == 5 &&
		      memcmp(fit->state, "a\0b\377c", 5) == 0 &&
		      strcmp(fit->settings, "{\"rank\": 3,\n\"seed\": 1}") == 0 && fit->models == 12 &&
		      fabs(fit->seconds - 1.5) < 1e-12 && strlen(fit->created) == 20;
}

static void fits_round_trip(void **state)
{
	struct fixture *fixture = *state;
	struct store_fit fit = {.prior = "kin", .data_version = 7, .settings = "{\"rank\": 3,\n\"seed\": 1}",
				.state = "a\0b\377c", .state_bytes = 5, .models = 12, .seconds = 1.5};
	struct seen_fit seen = {0};

	assert_int_equal(store_put_fit(fixture->store, &fit, NULL), STATUS_OK);
	fit.data_version = 8;
	assert_int_equal(store_put_fit(fixture->store, &fit, NULL), STATUS_OK);
	fixture_reopen(fixture);
	assert_int_equal(store_get_fit(fixture->store, "none", see_fit, &seen, NULL), STATUS_OK);
	assert_int_equal(seen.calls, 0);
	assert_int_equal(store_get_fit(fixture->store, "kin", see_fit, &seen, NULL), STATUS_OK);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.version, 8);
	assert_true(seen.right);
}

static void see_sketch(void *context, const struct store_sketch *sketch)
{
	text_append_format(context, "%s %s %d %d:", sketch->name, sketch->method, (int)sketch->base,
			   sketch->chat_template);
	for (size_t i = 0; i < sketch->count; i++)
		text_append_format(context, " %d=%g%s", (int)sketch->parents[i].model,
				   sketch->parents[i].weight, sketch->parents[i].locked ? "!" : "");
}

static void assert_sketch(struct store *store, const char *name, const char *expected)
{
	struct text seen = {0};

	assert_int_equal(store_get_sketch(store, name, see_sketch, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), expected);
	text_free(&seen);
}

static void sketches_round_trip(void **state)
{
	struct fixture *fixture = *state;
	struct store_sketch_parent parents[] = {
		{put_name(fixture->store, "a"), 0.5, false}, {put_name(fixture->store, "b"), 0.25, true},
		{put_name(fixture->store, "c"), 0.25, false}};

	assert_sketch(fixture->store, "", "");
	assert_int_equal(store_put_sketch(fixture->store, "", "ties", 2, -1, parents, 3, NULL), STATUS_OK);
	assert_int_equal(store_put_sketch(fixture->store, "x", "slerp", 0, 1, parents, 2, NULL), STATUS_OK);
	assert_int_equal(store_put_sketch(fixture->store, "x", "linear", 0, 0, parents + 1, 1, NULL),
			 STATUS_OK);
	assert_int_equal(store_put_sketch(fixture->store, "empty", "linear", 0, 0, NULL, 0, NULL), STATUS_OK);
	fixture_reopen(fixture);
	assert_sketch(fixture->store, "", " ties 2 -1: 1=0.5 2=0.25! 3=0.25");
	assert_sketch(fixture->store, "x", "x linear 0 0: 2=0.25!");
	assert_sketch(fixture->store, "empty", "empty linear 0 0:");
	/* Within a transaction too; and joining two of its parents makes one. */
	assert_int_equal(store_begin(fixture->store, NULL), STATUS_OK);
	assert_int_equal(store_put_sketch(fixture->store, "y", "ties", 3, -1, parents, 3, NULL), STATUS_OK);
	put_alias(fixture->store, "c", "a");
	assert_int_equal(store_commit(fixture->store, NULL), STATUS_OK);
	assert_sketch(fixture->store, "y", "y ties 1 -1: 1=0.75 2=0.25!");
}

static void a_sketch_of_an_unknown_model_is_refused(void **state)
{
	struct store *store = store_of(state);
	struct store_sketch_parent parents[] = {{put_name(store, "a"), 0.5, false}, {99, 0.5, false}};

	assert_int_equal(store_put_sketch(store, "x", "ties", 0, -1, parents, 1, NULL), STATUS_OK);
	assert_int_not_equal(store_put_sketch(store, "x", "slerp", 0, -1, parents, 2, NULL), STATUS_OK);
	assert_sketch(store, "x", "x ties 0 -1: 1=0.5"); /* the old one, whole */
}

static void values_are_kept_exactly(void **state)
{
	struct fixture *fixture = *state;

	assert_null(store_get_state(fixture->store, "tree.folds"));
	assert_int_equal(store_put_state(fixture->store, "tree.folds", "a\nb\tc", NULL), STATUS_OK);
	assert_int_equal(store_put_state(fixture->store, "empty", "", NULL), STATUS_OK);
	fixture_reopen(fixture);
	char *folds = store_get_state(fixture->store, "tree.folds");
	char *empty = store_get_state(fixture->store, "empty");
	assert_string_equal(folds, "a\nb\tc");
	assert_string_equal(empty, "");
	free(folds);
	free(empty);
	const struct store_import counts = {.accepted = 3, .rejected = 1};
	assert_int_equal(store_note_import(fixture->store, "x.csv", "csv", &counts, NULL), STATUS_OK);
	assert_string_equal(ask(fixture->store, "SELECT file, format, accepted, rejected FROM imports"),
			    "x.csv|csv|3|1");
}

static bool stop_at_once(void *context, const struct store_model *model)
{
	(void)model;
	++*(int *)context;
	return false;
}

static void a_visit_can_stop(void **state)
{
	struct store *store = store_of(state);
	int calls = 0;

	put_name(store, "a");
	put_name(store, "b");
	assert_int_equal(store_each_model(store, stop_at_once, &calls, NULL), STATUS_OK);
	assert_int_equal(calls, 1);
}

/* ---- answers ------------------------------------------------------------------------ */

/* What store_each_outcome() shows, as one line a model. */
static bool see_outcome(void *context, int64_t model, const struct outcome_facts *outcomes)
{
	char *line = context;

	sprintf(line + strlen(line), "%lld:", (long long)model);
	for (size_t i = 0; i < outcomes->questions; i++)
		strcat(line, outcomes->asked && !(outcomes->asked[i / 64] >> (i % 64) & 1) ? "-"
				: outcomes->bits[i / 64] >> (i % 64) & 1 ? "1" : "0");
	strcat(line, " ");
	return true;
}

static bool see_question(void *context, size_t question, const char *name)
{
	char *line = context;

	sprintf(line + strlen(line), "%zu:%s ", question, name);
	return true;
}

static void answers_round_trip(void **state)
{
	struct store *store = store_of(state);
	struct error error = {0};
	enum change change;
	unsigned long long bits[] = {0x8000000000000001ull, 0x5}, few[] = {0x2};
	const char *const names[] = {"7504", "7505", "last"}, *const others[] = {"1", "2", "3"};
	struct outcome_facts wide = {.model = "a/one", .benchmark = "logic", .questions = 67, .bits = bits};
	struct outcome_facts narrow = {.model = "a/two", .benchmark = "logic", .questions = 3, .bits = few};
	struct outcome_facts other = {.model = "a/two", .benchmark = "sums", .questions = 3, .bits = few, .names = names};
	char line[512] = "", expected[128] = "";

	assert_int_equal(store_put_outcomes(store, &wide, &change, &error), STATUS_OK);
	assert_int_equal(change, CHANGE_ADDED);
	assert_int_equal(store_put_outcomes(store, &wide, &change, &error), STATUS_OK);
	assert_int_equal(change, CHANGE_NONE);
	assert_int_equal(store_put_outcomes(store, &narrow, &change, &error), STATUS_DATA);
	assert_non_null(strstr(error.message, "3 answers where logic has 67 questions"));
	error_clear(&error);
	assert_int_equal(store_put_outcomes(store, &other, &change, &error), STATUS_OK);
	other.names = others;
	assert_int_equal(store_put_outcomes(store, &other, &change, &error), STATUS_OK);
	assert_int_equal(store_each_question(store, "sums", see_question, line, &error), STATUS_OK);
	assert_string_equal(line, "0:7504 1:7505 2:last "); /* as they were called first */
	line[0] = '\0';
	assert_int_equal(store_each_question(store, "logic", see_question, line, &error), STATUS_OK);
	assert_string_equal(line, "");
	bits[1] = 0x4;
	assert_int_equal(store_put_outcomes(store, &wide, &change, &error), STATUS_OK);
	assert_int_equal(change, CHANGE_UPDATED);

	assert_int_equal(store_each_outcome(store, "logic", see_outcome, line, &error), STATUS_OK);
	sprintf(expected, "%lld:1", (long long)store_find_model(store, "a/one"));
	for (int i = 1; i < 63; i++)
		strcat(expected, "0");
	strcat(expected, "1001 ");
	assert_string_equal(line, expected);
	line[0] = '\0';
	assert_int_equal(store_each_outcome(store, "nothing", see_outcome, line, &error), STATUS_OK);
	assert_string_equal(line, "");
}

static bool see_set(void *context, const char *key, size_t models)
{
	(void)key, (void)models;
	++*(size_t *)context;
	return true;
}

/* Answers to some questions gather; who has all of them has no need of some. */
static void some_answers_gather(void **state)
{
	struct store *store = store_of(state);
	struct error error = {0};
	enum change change;
	const char *const names[] = {"7", "2", "5", "0"};
	unsigned long long all[] = {0x6}, two[] = {0x20}, two_asked[] = {0xa4}, one[] = {0x1}, one_asked[] = {0x1};
	const struct outcome_facts whole = {.model = "a/one", .benchmark = "sums", .questions = 4, .bits = all, .names = names};
	struct outcome_facts some = {.model = "a/two", .benchmark = "sums", .questions = 8, .bits = two, .asked = two_asked,
				     .by_id = true};
	char line[512] = "", expected[128];
	size_t sets = 0;

	assert_int_equal(store_put_outcomes(store, &some, &change, &error), STATUS_DATA);
	assert_non_null(strstr(error.message, "of which nobody tells how many it has"));
	error_clear(&error);
	assert_int_equal(store_put_outcomes(store, &whole, &change, &error), STATUS_OK);
	assert_int_equal(store_put_outcomes(store, &some, &change, &error), STATUS_OK);
	assert_int_equal(change, CHANGE_ADDED);
	assert_int_equal(store_put_outcomes(store, &some, &change, &error), STATUS_OK);
	assert_int_equal(change, CHANGE_NONE);
	assert_int_equal(store_each_outcome(store, "sums", see_outcome, line, &error), STATUS_OK);
	long long first = (long long)store_find_model(store, "a/one"), second = (long long)store_find_model(store, "a/two");
	sprintf(expected, "%lld:0110 %lld:001- ", first, second); /* 7 and 2 wrong, 5 right */
	assert_string_equal(line, expected);

	some.questions = 1, some.bits = one, some.asked = one_asked;
	assert_int_equal(store_put_outcomes(store, &some, &change, &error), STATUS_OK);
	assert_int_equal(change, CHANGE_UPDATED);
	some.bits = (unsigned long long[]){0};
	some.model = "a/one"; /* who has all */
	assert_int_equal(store_put_outcomes(store, &some, &change, &error), STATUS_OK);
	assert_int_equal(change, CHANGE_NONE);
	line[0] = '\0';
	assert_int_equal(store_each_outcome(store, "sums", see_outcome, line, &error), STATUS_OK);
	sprintf(expected, "%lld:0110 %lld:0011 ", first, second);
	assert_string_equal(line, expected);

	some.questions = 8, some.bits = two, some.asked = (unsigned long long[]){0x2};
	assert_int_equal(store_put_outcomes(store, &some, &change, &error), STATUS_DATA);
	assert_non_null(strstr(error.message, "sums has no question 1"));
	error_clear(&error);
	assert_int_equal(store_each_outcome_set(store, see_set, &sets, &error), STATUS_OK);
	assert_int_equal(sets, 1);
}

/* ---- fetching ---------------------------------------------------------------------- */

static bool join(void *context, const char *text)
{
	text_append_format(context, "%s ", text);
	return true;
}

static void pages_come_in_order_and_go(void **state)
{
	struct store *store = store_of(state);
	struct text seen = {0};

	for (size_t page = 12; page-- > 9;)
		assert_int_equal(store_put_page(store, "contents", page, page == 9 ? "a" : page == 10 ? "b" : "c",
						NULL), STATUS_OK);
	store_put_page(store, "other", 1, "x", NULL);
	store_put_page(store, "contents", 10, "B", NULL);
	assert_int_equal(store_each_page(store, "contents", join, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), "a B c ");
	assert_int_equal(store_drop_pages(store, "contents", NULL), STATUS_OK);
	assert_int_equal(ask_number(store, "SELECT count(*) FROM sync_pages"), 1);
	text_free(&seen);
}

static void what_is_fetched_rests_a_month(void **state)
{
	struct store *store = store_of(state);
	struct text seen = {0};

	put_run(store, "a/m", "s", 10, 6, 10);
	put_run(store, "a/n", "s", 10, 6, 10);
	put_run(store, "nameless", "s", 10, 6, 10); /* no owner: the Hub has none such */
	put_edge(store, "a/m", "a/p", "hub", TRUST_DECLARED, NAN);
	store_put_sync(store, "model:a/n", NULL, NULL, true, NULL);
	assert_int_equal(store_each_unfetched(store, "model:", true, join, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), "a/m ");
	text_clear(&seen);
	assert_int_equal(store_each_unfetched(store, "model:", false, join, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), "a/p ");
	text_clear(&seen);
	database_run(store, "UPDATE sync_state SET done = '2020-01-01T00:00:00Z'", NULL);
	assert_int_equal(store_each_unfetched(store, "model:", true, join, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), "a/m a/n ");
	text_free(&seen);
}

static void sync_state_is_kept(void **state)
{
	struct store *store = store_of(state);
	struct store_sync sync = store_get_sync(store, "contents");

	assert_null(sync.cursor);
	assert_null(sync.done);
	store_put_sync(store, "contents", "230", "\"v1\"", false, NULL);
	sync = store_get_sync(store, "contents");
	assert_string_equal(sync.cursor, "230");
	assert_string_equal(sync.etag, "\"v1\"");
	assert_null(sync.done);
	store_sync_free(&sync);
	store_put_sync(store, "contents", NULL, "\"v1\"", true, NULL);
	sync = store_get_sync(store, "contents");
	assert_null(sync.cursor);
	assert_non_null(sync.done);
	store_sync_free(&sync);
}

static bool join_foretold(void *context, const struct store_foretold *foretold)
{
	text_append_format(context, "%s %s %lld %.3f %.1f..%.1f %.1f; ", foretold->sketch, foretold->model ? foretold->model : "-",
			   (long long)foretold->benchmark, foretold->mean, foretold->low90, foretold->high90,
			   foretold->parents);
	return true;
}

static void expect_foretold(struct store *store, const char *wanted)
{
	struct text seen = {0};

	assert_int_equal(store_each_foretold(store, join_foretold, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), wanted);
	text_free(&seen);
}

static void what_is_foretold_is_kept(void **state)
{
	struct store *store = store_of(state);
	struct store_foretold one = {.sketch = "mix", .benchmark = 1, .mean = 50.125, .low50 = 48, .high50 = 52,
				     .low90 = 40, .high90 = 60, .parents = NAN};
	struct error error = {0};
	bool changed;

	assert_int_equal(store_put_foretold(store, &one, &error), STATUS_SOFTWARE); /* no such sketch */
	assert_int_equal(store_put_written(store, "mix", "mix.yml", NULL), STATUS_OK);
	assert_int_equal(store_put_foretold(store, &one, NULL), STATUS_OK);
	one = (struct store_foretold){.sketch = "mix", .benchmark = 2, .mean = 7, .low90 = 5, .high90 = 9, .parents = 6.5};
	assert_int_equal(store_put_foretold(store, &one, NULL), STATUS_OK);
	expect_foretold(store, "mix - 1 50.125 40.0..60.0 nan; mix - 2 7.000 5.0..9.0 6.5; ");
	one.mean = 8; /* told again */
	assert_int_equal(store_put_foretold(store, &one, NULL), STATUS_OK);
	assert_int_equal(store_put_written(store, "MIX", "other.yml", NULL), STATUS_OK);
	expect_foretold(store, "mix - 1 50.125 40.0..60.0 nan; mix - 2 8.000 5.0..9.0 6.5; ");
	assert_int_equal(store_link_written(store, "none", "me/mix", 1, &changed, NULL), STATUS_OK);
	assert_false(changed);
	/* A score from before was not foretold. */
	put_run(store, "me/mix", "s", 10, 1, 10);
	assert_int_equal(store_link_written(store, "Mix", "me/mix", 1, &changed, NULL), STATUS_OK);
	assert_true(changed);
	expect_foretold(store, "mix me/mix 2 8.000 5.0..9.0 6.5; ");
	assert_int_equal(store_link_written(store, "mix", "me/mix", 1, &changed, NULL), STATUS_OK);
	assert_false(changed);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		CASE(data_version_follows_the_data),
		CASE(a_transaction_counts_what_it_changes),
		CASE(fits_round_trip),
		CASE(sketches_round_trip),
		CASE(a_sketch_of_an_unknown_model_is_refused),
		CASE(values_are_kept_exactly),
		CASE(a_visit_can_stop),
		CASE(answers_round_trip),
		CASE(some_answers_gather),
		CASE(pages_come_in_order_and_go),
		CASE(what_is_fetched_rests_a_month),
		CASE(sync_state_is_kept),
		CASE(what_is_foretold_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
