/* The catalog: names, scorings, the tree's parents. */
#include "app.h"

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

static void only_the_commoner_scoring_is_loaded(void **state)
{
	struct cache *cache = *state;

	fill_math(cache->store, "math_lvl_5_2024", 0, 3);
	cache->catalog = load(cache->store);
	assert_int_equal(cache->catalog->benchmark_count, 1);
	assert_string_equal(cache->catalog->benchmarks[0].key, "math_lvl_5_2024");
	assert_null(cache->catalog->notice);
	catalog_free(cache->catalog);

	fill_math(cache->store, "math_lvl_5", 3, 8);
	cache->catalog = load(cache->store);
	assert_int_equal(cache->catalog->benchmark_count, 1);
	assert_string_equal(cache->catalog->benchmarks[0].key, "math_lvl_5");
	assert_int_equal(cache->catalog->scored_count, 5);
	assert_non_null(cache->catalog->notice);
	assert_non_null(strstr(cache->catalog->notice, "5 models; 3 have only"));
	size_t left_out = catalog_find(cache->catalog, "owner/model-0");
	assert_false(cache->catalog->models[left_out].scored);
	assert_null(cache->catalog->models[left_out].score_source);
	assert_true(isnan(catalog_score(cache->catalog, left_out, 0)));
	size_t shown = catalog_find(cache->catalog, "owner/model-4");
	assert_string_equal(cache->catalog->models[shown].score_source, "math_lvl_5");
	assert_string_equal(cache->catalog->models[shown].precision, "bfloat16");
	assert_int_equal(cache->catalog->models[shown].chat_template, ANSWER_YES);
}

static void averages_need_all_benchmarks(void **state)
{
	struct cache *cache = *state;
	struct score_facts scores[] = {score_facts_of("ifeval", 40), score_facts_of("bbh", 20)};
	struct evaluation_facts facts = {.model = "a/full", .source = "user", .rank = RANK_USER,
					 .chat_template = ANSWER_NO, .scores = scores, .score_count = 2};
	enum change change;

	begin(cache->store);
	assert_int_equal(store_put_evaluation(cache->store, &facts, &change, NULL), STATUS_OK);
	put_score(cache->store, "a/half", "user", "bbh", 50);
	commit(cache->store);
	struct catalog *catalog = cache->catalog = load(cache->store);
	size_t full = catalog_find(catalog, "a/full"), half = catalog_find(catalog, "a/half");
	assert_int_equal(catalog->benchmark_count, 2);
	assert_true(fabs(catalog_score(catalog, full, 2) - 30) < 1e-12);
	assert_true(fabs(catalog_average(catalog, full) - 30) < 1e-12);
	assert_true(isnan(catalog_score(catalog, half, 2)));
	assert_true(fabs(catalog_score(catalog, half, catalog_benchmark(catalog, "bbh")) - 50) < 1e-12);
	assert_int_equal(catalog->scored_count, 2);
	assert_int_equal(catalog_benchmark(catalog, "IFEval"), 0);
	assert_int_equal(catalog_benchmark(catalog, "ife"), 0);
	assert_int_equal(catalog_benchmark(catalog, "average"), 2);
	assert_true(catalog_benchmark(catalog, "") == CATALOG_NONE);
	assert_true(catalog_benchmark(catalog, "musr") == CATALOG_NONE);
	struct engine_data data;
	catalog_engine_data(catalog, &data);
	assert_int_equal(data.models, catalog->count);
	assert_string_equal(engine_data_model(&data, full).name, "a/full");
	assert_true(fabs(engine_data_scores(&data, full)[1] - 20) < 1e-12);
	assert_true(engine_data_scores(&data, half) != engine_data_scores(&data, full));
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
		TEST(only_the_commoner_scoring_is_loaded),
		TEST(averages_need_all_benchmarks),
		TEST(the_primary_parent_follows_weight_trust_and_age),
	};
	return cmocka_run_group_tests_name("app: catalog", tests, NULL, NULL);
}
