/* What the app's tests share: a folder of their own with a cache in it, and
 * short ways to fill the cache. */
#ifndef STEMMA_TESTS_UNIT_APP_H
#define STEMMA_TESTS_UNIT_APP_H

#include "test.h"

#include <ftw.h>
#include <math.h>

#include "stemma/app/catalog.h"
#include "stemma/app/import.h"
#include "stemma/app/session.h"
#include "stemma/store/store.h"

struct place {
	char folder[64];
	char cache[80];
};

static inline void place_make(struct place *place)
{
	snprintf(place->folder, sizeof place->folder, "/tmp/stemma-app-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->cache, sizeof place->cache, "%s/cache.db", place->folder);
}

static inline int place_remove_file(const char *path, const struct stat *file, int type,
				    struct FTW *walk)
{
	(void)file;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline void place_remove(const struct place *place)
{
	nftw(place->folder, place_remove_file, 8, FTW_DEPTH | FTW_PHYS);
}

/* Writes a file into the folder and returns its path, valid until the next. */
static inline const char *place_write(const struct place *place, const char *name,
				      const char *content)
{
	static char path[160];

	snprintf(path, sizeof path, "%s/%s", place->folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(content, file);
	assert_int_equal(fclose(file), 0);
	return path;
}

static inline void expect_ok(enum status status, const struct error *error)
{
	char message[900];

	if (status == STATUS_OK)
		return;
	error_format(error, message, sizeof message);
	fail_msg("%s", message);
}

static inline struct store *place_store(const struct place *place)
{
	struct store *store = NULL;
	struct error error = {0};
	bool created;

	expect_ok(store_open(place->cache, true, &store, &created, &error), &error);
	return store;
}

/* Imports what a file of that name would hold. */
static inline void place_import(const struct place *place, struct store *store, const char *name,
				const char *content)
{
	struct import_report report = {0};
	struct error error = {0};

	expect_ok(import_file(store, place_write(place, name, content), NULL, &report, &error), &error);
	import_report_free(&report);
}

static inline void put_model(struct store *store, const char *name, const char *uploaded)
{
	struct model_facts facts = {
		.name = name, .architecture = "LlamaForCausalLM", .params_b = 7.24, .likes = NAN,
		.kind = KIND_FINETUNED, .moe = ANSWER_UNKNOWN, .uploaded = uploaded, .source = "user",
		.rank = RANK_USER,
	};
	struct error error = {0};
	enum change change;

	expect_ok(store_put_model(store, &facts, &change, &error), &error);
}

static inline void put_edge(struct store *store, const char *child, const char *parent,
			    double weight, enum trust trust)
{
	struct edge_facts facts = {
		.child = child, .parent = parent, .relation = RELATION_FINETUNE, .weight = weight,
		.source = "test", .trust = trust,
	};
	struct error error = {0};
	enum change change;

	expect_ok(store_put_edge(store, &facts, &change, &error), &error);
}

static inline void put_score(struct store *store, const char *model, const char *source,
			     const char *benchmark, double value)
{
	struct score_facts score = score_facts_of(benchmark, value);
	struct evaluation_facts facts = {
		.model = model, .source = source, .rank = RANK_USER, .precision = "bfloat16",
		.chat_template = ANSWER_YES, .scores = &score, .score_count = 1,
	};
	struct error error = {0};
	enum change change;

	expect_ok(store_put_evaluation(store, &facts, &change, &error), &error);
}

static inline void begin(struct store *store)
{
	struct error error = {0};

	expect_ok(store_begin(store, &error), &error);
}

static inline void commit(struct store *store)
{
	struct error error = {0};

	expect_ok(store_commit(store, &error), &error);
}

static inline struct catalog *load(struct store *store)
{
	struct catalog *catalog = NULL;
	struct error error = {0};

	expect_ok(catalog_load(store, &catalog, &error), &error);
	return catalog;
}

/* A cache and its catalog; all zero at the start. */
struct cache {
	struct place place;
	struct store *store;
	struct catalog *catalog;
};

static inline void cache_make(struct cache *cache)
{
	place_make(&cache->place);
	cache->store = place_store(&cache->place);
}

/* Two tables, one of models with scores and one of edges. */
static inline void cache_fill(struct cache *cache, const char *models, const char *edges)
{
	place_import(&cache->place, cache->store, "models.csv", models);
	place_import(&cache->place, cache->store, "edges.csv", edges);
	cache->catalog = load(cache->store);
}

static inline void cache_remove(struct cache *cache)
{
	catalog_free(cache->catalog);
	store_close(cache->store);
	place_remove(&cache->place);
}

/* Set-up and tear-down of tests that need no more. */
static inline int cache_set_up(void **state)
{
	struct cache *cache = calloc(1, sizeof *cache);

	cache_make(cache);
	*state = cache;
	return 0;
}

static inline int cache_tear_down(void **state)
{
	cache_remove(*state);
	free(*state);
	return 0;
}

#endif
