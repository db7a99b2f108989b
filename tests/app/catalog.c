/* The catalog: names, scorings, the tree's parents. */
#include "app.h"

#include "stemma/app/target.h"

#include "catalog.h"
#include "stemma/base/fuzzy.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

static void an_empty_cache_is_no_fault(void **state)
{
	struct cache *cache = *state;

	cache->catalog = load(cache->store);
	assert_int_equal(cache->catalog->count, 0);
	assert_int_equal(cache->catalog->scored_count, 0);
	assert_int_equal(lineage_nodes(cache->catalog->lineage), 0);
	assert_true(catalog_find(cache->catalog, "a/b") == CATALOG_NONE);
}

static void fill_names(struct cache *cache)
{
	struct alias_facts alias = {.alias = "old/Name", .current = "mistralai/Mistral-7B-v0.1",
				    .source = "renames"};
	enum change change;

	begin(cache->store);
	put_model(cache->store, "mistralai/Mistral-7B-v0.1", "2023-09-20");
	put_model(cache->store, "mistralai/Mistral-7B-v0.3", "2024-05-22");
	put_model(cache->store, "HuggingFaceH4/zephyr-7b-beta", NULL);
	put_model(cache->store, "other/Zephyr-7B-Beta", NULL);
	put_model(cache->store, "zoo/Unique", NULL);
	assert_int_equal(store_put_alias(cache->store, &alias, &change, NULL), STATUS_OK);
	commit(cache->store);
	cache->catalog = load(cache->store);
}

static void names_are_found_in_any_case_and_by_alias(void **state)
{
	struct cache *cache = *state;

	fill_names(cache);
	const struct catalog *catalog = cache->catalog;
	size_t mistral = catalog_find(catalog, "mistralai/Mistral-7B-v0.1");
	assert_true(mistral != CATALOG_NONE);
	assert_true(catalog_find(catalog, "MISTRALAI/mistral-7b-V0.1") == mistral);
	assert_true(catalog_find(catalog, "old/name") == mistral);
	assert_true(catalog_find(catalog, "mistralai/Mistral-7B-v0.2") == CATALOG_NONE);
	assert_true(catalog_find(catalog, "") == CATALOG_NONE);
	assert_true(catalog_find_id(catalog, catalog->models[mistral].id) == mistral);
	assert_true(catalog_find_id(catalog, 0) == CATALOG_NONE);
	assert_true(catalog_find_id(catalog, 9999) == CATALOG_NONE);
	for (size_t i = 0; i < catalog->count; i++)
		assert_true(catalog_find(catalog, catalog->models[i].name) == i);
}

static void short_names_must_be_unique(void **state)
{
	struct cache *cache = *state;
	struct error error = {0};
	size_t model;

	fill_names(cache);
	assert_int_equal(catalog_resolve(cache->catalog, "unique", &model, &error), STATUS_OK);
	assert_string_equal(cache->catalog->models[model].name, "zoo/Unique");
	assert_int_equal(catalog_resolve(cache->catalog, "zephyr-7b-beta", &model, &error),
			 STATUS_NO_INPUT);
	assert_non_null(strstr(error.message, "fits 2 models"));
	assert_non_null(strstr(error.advice, "HuggingFaceH4/zephyr-7b-beta"));
	assert_non_null(strstr(error.advice, "other/Zephyr-7B-Beta"));
}

static void a_wrong_name_gets_the_nearest_ones(void **state)
{
	static const struct {
		const char *typed, *offered;
	} cases[] = {
		{"mistralai/Mistrl-7B-v0.1", "mistralai/Mistral-7B-v0.1 or mistralai/Mistral-7B-v0.3?"},
		{"mistralai/Mistral-7B-v0.2", "mistralai/Mistral-7B-v0.1 or mistralai/Mistral-7B-v0.3?"},
		{"uniqe", "zoo/Unique?"},
		{"H4/zephyr", "HuggingFaceH4/zephyr-7b-beta?"},
		{"zephyr", "HuggingFaceH4/zephyr-7b-beta or other/Zephyr-7B-Beta?"},
		{"old/nam", "mistralai/Mistral-7B-v0.1?"},
	};
	struct cache *cache = *state;

	fill_names(cache);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct error error = {0};
		size_t model;
		assert_int_equal(catalog_resolve(cache->catalog, cases[i].typed, &model, &error),
				 STATUS_NO_INPUT);
		assert_non_null(strstr(error.message, cases[i].typed));
		if (!strstr(error.advice, cases[i].offered))
			fail_msg("%s: %s", cases[i].typed, error.advice);
	}
	struct error error = {0};
	size_t model;
	catalog_resolve(cache->catalog, "nothing/like-any-of-these-names", &model, &error);
	assert_string_equal(error.advice, "");
	char *endless = memory_zero(5001, 1);
	memset(endless, 'x', 5000);
	assert_int_equal(catalog_resolve(cache->catalog, endless, &model, NULL), STATUS_NO_INPUT);
	free(endless);
}

static void fill_math(struct store *store, const char *benchmark, int from, int to)
{
	begin(store);
	for (int i = from; i < to; i++) {
		char name[32];
		snprintf(name, sizeof name, "owner/model-%d", i);
		put_score(store, name, benchmark, benchmark, 10 + i);
	}
	commit(store);
}

/* Both are there, but the board draws the one with more models. */
static void the_commoner_scoring_is_drawn(void **state)
{
	struct cache *cache = *state;
	struct boards boards;
	struct error error = {0};

	fill_math(cache->store, "math_lvl_5_2024", 0, 3);
	cache->catalog = load(cache->store);
	assert_int_equal(cache->catalog->benchmark_count, 1);
	assert_string_equal(cache->catalog->benchmarks[0].key, "math_lvl_5_2024");
	catalog_free(cache->catalog);

	fill_math(cache->store, "math_lvl_5", 3, 8);
	struct catalog *catalog = cache->catalog = load(cache->store);
	assert_int_equal(catalog->benchmark_count, 2);
	assert_int_equal(catalog->scored_count, 8);
	size_t plain = catalog_benchmark(catalog, "math_lvl_5"), other = catalog_benchmark(catalog, "math_lvl_5_2024");
	assert_int_equal(catalog->benchmarks[plain].models, 5);
	assert_int_equal(catalog->benchmarks[other].models, 3);
	assert_int_equal(catalog->benchmarks[other].other, plain);
	expect_ok(boards_load(&boards, cache->store, catalog, &error), &error);
	assert_int_equal(boards.count, 1);
	assert_int_equal(boards.list[boards.first].count, 1);
	assert_true(board_has(&boards.list[boards.first], plain));
	boards_free(&boards);
	size_t first = catalog_find(catalog, "owner/model-0");
	assert_true(catalog->models[first].scored);
	assert_true(isnan(catalog_score(catalog, first, plain)));
	assert_true(fabs(catalog_score(catalog, first, other) - 10) < 1e-12);
	size_t shown = catalog_find(catalog, "owner/model-4");
	assert_string_equal(catalog->models[shown].score_source, "math_lvl_5");
	assert_string_equal(catalog->models[shown].precision, "bfloat16");
	assert_int_equal(catalog->models[shown].chat_template, ANSWER_YES);
}

static void expect_benchmark(const struct catalog *catalog, const char *word, const char *key)
{
	struct error error = {0};
	size_t benchmark;

	expect_ok(catalog_find_benchmark(catalog, word, &benchmark, NULL, &error), &error);
	assert_string_equal(catalog->benchmarks[benchmark].key, key);
}

static void targets_need_all_their_parts(void **state)
{
	struct cache *cache = *state;
	struct score_facts scores[] = {score_facts_of("ifeval", 40), score_facts_of("bbh", 20)};
	struct evaluation_facts facts = {.model = "a/full", .source = "user", .rank = RANK_USER,
					 .chat_template = ANSWER_NO, .scores = scores, .score_count = 2};
	const uint32_t both[] = {0, 1};
	const double weights[] = {1, 3};
	struct error error = {0};
	enum change change;
	size_t benchmark;

	begin(cache->store);
	assert_int_equal(store_put_evaluation(cache->store, &facts, &change, NULL), STATUS_OK);
	put_score(cache->store, "a/half", "user", "bbh", 50);
	commit(cache->store);
	struct catalog *catalog = cache->catalog = load(cache->store);
	size_t full = catalog_find(catalog, "a/full"), half = catalog_find(catalog, "a/half");
	assert_int_equal(catalog->benchmark_count, 2);
	struct target mean = target_make("both", 2, both, weights);
	assert_true(fabs(catalog_target(catalog, full, &mean.engine) - 25) < 1e-12);
	assert_true(isnan(catalog_target(catalog, half, &mean.engine)));
	double *rows = catalog_target_by_row(catalog, &mean.engine);
	assert_true(isnan(rows[0]));
	assert_true(fabs(rows[catalog->score_row[full]] - 25) < 1e-12);
	free(rows);
	target_free(&mean);
	assert_true(isnan(catalog_score(catalog, half, 0)));
	assert_true(fabs(catalog_score(catalog, half, catalog_benchmark(catalog, "bbh")) - 50) < 1e-12);
	assert_int_equal(catalog->scored_count, 2);
	expect_benchmark(catalog, "IFEval", "ifeval");
	expect_benchmark(catalog, "ife", "ifeval");
	assert_int_equal(catalog_find_benchmark(catalog, "", &benchmark, NULL, NULL), STATUS_USAGE);
	assert_int_equal(catalog_find_benchmark(catalog, "musr", &benchmark, NULL, &error), STATUS_USAGE);
	assert_non_null(strstr(error.advice, "there are ifeval, bbh"));
	assert_true(catalog_benchmark(catalog, "ife") == CATALOG_NONE);
	struct engine_data data;
	size_t count;
	catalog_engine_data(catalog, &data);
	assert_int_equal(data.models, catalog->count);
	assert_string_equal(engine_data_model(&data, full).name, "a/full");
	assert_true(fabs(engine_data_score(&data, full, 1) - 20) < 1e-12);
	assert_int_equal(engine_data_cells(&data, full, &count)->chat_template, ANSWER_NO);
	assert_int_equal(count, 2);
	engine_data_cells(&data, half, &count);
	assert_int_equal(count, 1);
}

/* ---- boards and targets ----------------------------------------------------------------- */

static void expect_target(const struct cache *cache, const struct target_names *names, const char *words,
			  double ifeval, double bbh)
{
	struct error error = {0};
	struct target target;
	double weight[2] = {0, 0};

	expect_ok(target_parse(cache->catalog, names, words, &target, NULL, &error), &error);
	for (size_t i = 0; i < target.engine.count; i++)
		weight[target.engine.benchmark[i]] = target.engine.weight[i];
	if (fabs(weight[0] - ifeval) > 1e-12 || fabs(weight[1] - bbh) > 1e-12)
		fail_msg("%s is %g and %g", words, weight[0], weight[1]);
	target_free(&target);
}

static void expect_no_target(const struct cache *cache, const struct target_names *names, const char *words)
{
	struct target target;

	assert_int_equal(target_parse(cache->catalog, names, words, &target, NULL, NULL), STATUS_USAGE);
	assert_null(target.name);
}

static void boards_and_targets_are_kept(void **state)
{
	struct cache *cache = *state;
	struct boards boards;
	struct targets targets;
	struct error error = {0};
	struct board board;
	bool found;

	put_score(cache->store, "a/one", "user", "ifeval", 40);
	put_score(cache->store, "a/two", "user", "bbh", 50);
	cache->catalog = load(cache->store);
	expect_ok(boards_load(&boards, cache->store, cache->catalog, &error), &error);
	expect_ok(board_parse(cache->catalog, &boards, "bbh,IFEval,bbh", &board, NULL, &error), &error);
	assert_int_equal(board.count, 2);
	assert_int_equal(board.benchmark[0], 1);
	assert_null(board.name);
	board.name = strdup("zwei");
	expect_ok(board_keep(&board, cache->store, cache->catalog, &error), &error);
	board_remove(&board, 1);
	board.name[0] = 'd';
	expect_ok(board_keep(&board, cache->store, cache->catalog, &error), &error);
	board_free(&board);
	boards_free(&boards);
	expect_ok(boards_load(&boards, cache->store, cache->catalog, &error), &error);
	assert_int_equal(boards.count, 3);
	assert_string_equal(boards.list[0].name, "dwei");
	assert_int_equal(boards.list[0].count, 1);
	assert_string_equal(boards.list[1].name, "zwei");
	assert_int_equal(boards.first, 2);
	assert_true(boards.list[2].suite);
	assert_int_equal(board_parse(cache->catalog, &boards, "bbh,nothing", &board, NULL, NULL), STATUS_USAGE);
	assert_null(board.benchmark);

	struct target_names names = {&boards, NULL};
	expect_target(cache, &names, NULL, 0.5, 0.5);
	expect_target(cache, &names, "average", 0.5, 0.5);
	expect_target(cache, &names, "ifeval:3,bbh", 0.75, 0.25);
	expect_target(cache, &names, "ifeval=3,bbh=1", 0.75, 0.25);
	expect_target(cache, &names, "dwei", 1, 0);
	expect_target(cache, &names, "zwei,bbh", 0.25, 0.75);
	expect_target(cache, &names, "bbh", 0, 1);
	expect_no_target(cache, &names, "bbh=x");
	expect_no_target(cache, &names, "bbh:-1");
	expect_no_target(cache, &names, "bbh:0");
	expect_no_target(cache, &names, "nothing");
	struct target mine;
	expect_ok(target_parse(cache->catalog, &names, "ifeval:3,bbh", &mine, NULL, &error), &error);
	free(mine.name);
	mine.name = strdup("mine");
	expect_ok(target_keep(&mine, cache->store, cache->catalog, &error), &error);
	target_free(&mine);
	expect_ok(targets_load(&targets, cache->store, cache->catalog, &error), &error);
	names.targets = &targets;
	expect_target(cache, &names, "mine", 0.75, 0.25);
	expect_target(cache, &names, "mine:2,bbh:2", 0.375, 0.625);
	targets_free(&targets);
	expect_ok(target_drop("mine", cache->store, &found, &error), &error);
	assert_true(found);
	expect_ok(target_drop("mine", cache->store, &found, &error), &error);
	assert_false(found);
	boards_free(&boards);
}

static void put_benchmark(struct store *store, const char *key, const char *suite, const char *family,
			  double lower, double upper)
{
	struct benchmark_facts facts = benchmark_facts_of(key);
	struct error error = {0};
	enum change change;

	facts.title = key;
	facts.suite = suite;
	facts.family = family;
	facts.lower = lower;
	facts.upper = upper;
	facts.higher_is_better = strcmp(key, "perplexity") == 0 ? ANSWER_NO : ANSWER_YES;
	facts.rank = RANK_USER;
	expect_ok(store_put_benchmark(store, &facts, &change, &error), &error);
}

/* Three suites; two benchmarks of one family. */
static void fill_suites(struct store *store)
{
	begin(store);
	put_benchmark(store, "one_gsm", "one", "gsm", 0, 100);
	put_benchmark(store, "two_gsm", "two", "gsm", 0, 1);
	put_benchmark(store, "arena", "two", NULL, -INFINITY, INFINITY);
	put_benchmark(store, "perplexity", "three", NULL, 0, INFINITY);
	put_score(store, "a/one", "user", "one_gsm", 40);
	put_score(store, "a/one", "user", "arena", 1100);
	put_score(store, "a/two", "user", "two_gsm", 0.5);
	put_score(store, "a/two", "user", "arena", 1250);
	put_score(store, "a/three", "user", "two_gsm", 0.7);
	put_score(store, "a/three", "user", "perplexity", 8);
	put_score(store, "a/four", "user", "perplexity", 6.25);
	commit(store);
}

static void a_family_means_its_best_covered_member(void **state)
{
	struct cache *cache = *state;
	struct text said = {0};
	struct error error = {0};
	size_t benchmark;

	fill_suites(cache->store);
	cache->catalog = load(cache->store);
	expect_ok(catalog_find_benchmark(cache->catalog, "GSM", &benchmark, &said, &error), &error);
	assert_string_equal(cache->catalog->benchmarks[benchmark].key, "two_gsm");
	assert_non_null(strstr(text_string(&said), "GSM: two_gsm, of 2 benchmarks"));
	text_clear(&said);
	expect_ok(catalog_find_benchmark(cache->catalog, "one_gsm", &benchmark, &said, &error), &error);
	assert_string_equal(cache->catalog->benchmarks[benchmark].key, "one_gsm");
	assert_int_equal(said.length, 0); /* an exact key needs no words */
	text_free(&said);
}

static void suites_are_boards(void **state)
{
	struct cache *cache = *state;
	struct boards boards;
	struct error error = {0};

	fill_suites(cache->store);
	struct catalog *catalog = cache->catalog = load(cache->store);
	expect_ok(boards_load(&boards, cache->store, catalog, &error), &error);
	assert_int_equal(boards.count, 3);
	assert_string_equal(boards.list[boards.first].name, "two"); /* of three models */
	assert_string_equal(boards.list[1].name, "three");
	assert_int_equal(boards.list[0].count, 2);
	assert_true(board_has(&boards.list[0], catalog_benchmark(catalog, "arena")));
	boards_free(&boards);
}

/* Each benchmark in its own unit, several in points of their ranges. */
static void values_have_their_scale(void **state)
{
	struct cache *cache = *state;
	struct boards boards;
	struct error error = {0};
	struct target target;

	fill_suites(cache->store);
	struct catalog *catalog = cache->catalog = load(cache->store);
	size_t two = catalog_find(catalog, "a/two"), three = catalog_find(catalog, "a/three");
	expect_ok(boards_load(&boards, cache->store, catalog, &error), &error);
	const struct target_names names = {&boards, NULL};
	expect_ok(target_parse(catalog, &names, "arena", &target, NULL, &error), &error);
	assert_true(fabs(catalog_target(catalog, two, &target.engine) - 1250) < 1e-9);
	assert_true(target_upwards(catalog, &target.engine));
	target_free(&target);
	expect_ok(target_parse(catalog, &names, "two", &target, NULL, &error), &error);
	/* 0.5 of 1, and 1250 of 1085 to 1265. */
	assert_true(fabs(catalog_target(catalog, two, &target.engine) - (50 + 100 * 165.0 / 180) / 2) < 1e-9);
	assert_int_equal(target_digits(catalog, &target.engine), 1);
	target_free(&target);
	expect_ok(target_parse(catalog, &names, "perplexity", &target, NULL, &error), &error);
	assert_false(target_upwards(catalog, &target.engine));
	assert_true(fabs(catalog_target(catalog, three, &target.engine) - 8) < 1e-9);
	assert_int_equal(target_digits(catalog, &target.engine), 2);
	target_free(&target);
	boards_free(&boards);
}

static void the_primary_parent_follows_weight_trust_and_age(void **state)
{
	struct cache *cache = *state;
	struct store *store = cache->store;

	begin(store);
	put_model(store, "p/young", "2024-06-01");
	put_model(store, "p/old", "2023-06-01");
	put_model(store, "p/undated", NULL);
	put_edge(store, "c/by-weight", "p/young", 0.6, TRUST_DECLARED);
	put_edge(store, "c/by-weight", "p/old", 0.4, TRUST_DECLARED);
	put_edge(store, "c/by-age", "p/undated", NAN, TRUST_DECLARED);
	put_edge(store, "c/by-age", "p/young", NAN, TRUST_DECLARED);
	put_edge(store, "c/by-age", "p/old", NAN, TRUST_DECLARED);
	put_edge(store, "c/by-trust", "p/old", NAN, TRUST_LISTED);
	put_edge(store, "c/by-trust", "p/young", NAN, TRUST_DECLARED);
	put_edge(store, "c/by-root", "p/undated", NAN, TRUST_ROOT);
	commit(store);
	struct catalog *catalog = cache->catalog = load(store);
	static const char *const expected[][2] = {
		{"c/by-weight", "p/young"}, {"c/by-age", "p/old"}, {"c/by-trust", "p/young"},
		{"c/by-root", "p/undated"},
	};
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		size_t parent = catalog_primary_parent(catalog, catalog_find(catalog, expected[i][0]));
		assert_true(parent != CATALOG_NONE);
		assert_string_equal(catalog->models[parent].name, expected[i][1]);
	}
	assert_true(catalog_primary_parent(catalog, catalog_find(catalog, "p/old")) == CATALOG_NONE);
}

/* Random names of few letters, some longer than the sweep's blocks and some with
 * what outsiders put in, against looking at each. */
static void parts_are_found_in_all_names_at_once(void **state)
{
	static const char letters[] = "aAbB-_1[{@`/";
	static const char *const parts[] = {"", "a", "B", "ab", "-1", "[", "{", "@", "`a", "a/b", "ba-", "aab1",
					    "_[", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "\xE6\xA8\xA1", "x"};
	struct cache *cache = *state;
	uint32_t random = 7;
	char name[4064];
	uint8_t *contains;
	size_t found = 0;

	begin(cache->store);
	for (int i = 0; i < 600; i++) {
		size_t length = i % 50 == 0 ? 4000 : i % 7 == 0 ? 90 : 1 + (size_t)i % 12;
		for (size_t k = 0; k < length; k++) {
			random = random * 1664525u + 1013904223u;
			name[k] = i % 50 == 25 ? 'b' : letters[(random >> 20) % (sizeof letters - 1)];
		}
		snprintf(name + length, sizeof name - length, "%d%s", i, i % 9 ? "" : "\xE6\xA8\xA1");
		put_model(cache->store, name, NULL);
	}
	commit(cache->store);
	cache->catalog = load(cache->store);
	contains = memory_allocate(cache->catalog->count, 1);
	for (size_t p = 0; p < 4 * sizeof parts / sizeof *parts; p++) {
		const char *part = parts[p / 4];
		memset(contains, 7, cache->catalog->count);
		names_sweep(cache->catalog, p % PARALLEL_MAX + 1, part, contains);
		for (size_t i = 0; i < cache->catalog->count; i++) {
			bool expected = fuzzy_find(cache->catalog->models[i].name, part) != NULL || !*part;
			assert_int_equal(contains[i], expected);
			found += expected;
		}
	}
	assert_true(found > 1000);
	free(contains);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, cache_set_up, cache_tear_down)
		TEST(an_empty_cache_is_no_fault),
		TEST(names_are_found_in_any_case_and_by_alias),
		TEST(short_names_must_be_unique),
		TEST(a_wrong_name_gets_the_nearest_ones),
		TEST(parts_are_found_in_all_names_at_once),
		TEST(the_commoner_scoring_is_drawn),
		TEST(targets_need_all_their_parts),
		TEST(boards_and_targets_are_kept),
		TEST(a_family_means_its_best_covered_member),
		TEST(suites_are_boards),
		TEST(values_have_their_scale),
		TEST(the_primary_parent_follows_weight_trust_and_age),
	};
	return cmocka_run_group_tests_name("app: catalog", tests, NULL, NULL);
}
