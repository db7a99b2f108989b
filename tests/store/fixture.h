/* A cache in a folder of its own, and short ways to put and to ask. */
#ifndef STEMMA_TESTS_UNIT_STORE_FIXTURE_H
#define STEMMA_TESTS_UNIT_STORE_FIXTURE_H

#include "test.h"

#include <math.h>
#include <sys/stat.h>

#include "database.h"
#include "stemma/base/text.h"
#include "stemma/store/store.h"

struct fixture {
	char folder[64];
	char path[96];
	struct store *store;
};

static inline int remove_folder(const char *folder)
{
	char command[256];

	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

static inline int fixture_open(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	const char *temporary = getenv("TMPDIR");
	bool created = false;

	snprintf(fixture->folder, sizeof fixture->folder, "%.40s/stemma-XXXXXX",
		 temporary && strlen(temporary) <= 40 ? temporary : "/tmp");
	assert_non_null(mkdtemp(fixture->folder));
	snprintf(fixture->path, sizeof fixture->path, "%s/cache.db", fixture->folder);
	assert_int_equal(store_open(fixture->path, true, &fixture->store, &created, NULL), STATUS_OK);
	assert_true(created);
	*state = fixture;
	return 0;
}

static inline int fixture_close(void **state)
{
	struct fixture *fixture = *state;

	store_close(fixture->store);
	int failed = remove_folder(fixture->folder);
	free(fixture);
	return failed;
}

static inline void fixture_reopen(struct fixture *fixture)
{
	bool created = true;

	store_close(fixture->store);
	assert_int_equal(store_open(fixture->path, false, &fixture->store, &created, NULL), STATUS_OK);
	assert_false(created);
}

/* ---- putting ---------------------------------------------------------------- */

static const struct model_facts no_facts = {.params_b = NAN, .likes = NAN, .moe = ANSWER_UNKNOWN};

static inline enum change put_model(struct store *store, const struct model_facts *facts)
{
	enum change change;
	struct error error = {0};

	assert_int_equal(store_put_model(store, facts, &change, &error), STATUS_OK);
	return change;
}

static inline int64_t put_name(struct store *store, const char *name)
{
	struct model_facts facts = no_facts;

	facts.name = name;
	put_model(store, &facts);
	return store_find_model(store, name);
}

static inline enum change put_edge(struct store *store, const char *child, const char *parent,
				   const char *source, enum trust trust, double weight)
{
	struct edge_facts facts = {.child = child, .parent = parent, .source = source, .trust = trust,
				   .weight = weight, .relation = RELATION_MERGE, .method = "ties"};
	enum change change;
	struct error error = {0};

	assert_int_equal(store_put_edge(store, &facts, &change, &error), STATUS_OK);
	return change;
}

/* A run with the first `count` of the six benchmarks, all of one value. */
static inline enum change put_run(struct store *store, const char *model, const char *source,
				  int rank, size_t count, double value)
{
	static const char *const keys[] = {"ifeval", "bbh", "math_lvl_5", "gpqa", "musr", "mmlu_pro"};
	struct score_facts scores[6];
	for (size_t i = 0; i < count; i++)
		scores[i] = score_facts_of(keys[i], value);
	struct evaluation_facts facts = {.model = model, .source = source, .rank = rank,
					 .precision = "bfloat16", .chat_template = ANSWER_YES,
					 .scores = scores, .score_count = count};
	enum change change;
	struct error error = {0};

	assert_int_equal(store_put_evaluation(store, &facts, &change, &error), STATUS_OK);
	return change;
}

static inline enum change put_alias(struct store *store, const char *alias, const char *current)
{
	struct alias_facts facts = {.alias = alias, .current = current, .source = "hub"};
	enum change change;
	struct error error = {0};

	assert_int_equal(store_put_alias(store, &facts, &change, &error), STATUS_OK);
	return change;
}

static inline struct store *store_of(void **state)
{
	return ((struct fixture *)*state)->store;
}

/* ---- asking ------------------------------------------------------------------- */

/* All rows of a query, columns by |, rows by newline; in a static buffer. */
static inline const char *ask(struct store *store, const char *sql)
{
	static char answer[8192];
	sqlite3_stmt *statement = NULL;
	size_t used = 0;

	answer[0] = '\0';
	assert_int_equal(sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL), SQLITE_OK);
	while (sqlite3_step(statement) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(statement) && used < sizeof answer; i++) {
			const char *text = column_text(statement, i);
			used += (size_t)snprintf(answer + used, sizeof answer - used, "%s%s",
						 i ? "|" : used ? "\n" : "", text ? text : "NULL");
		}
	sqlite3_finalize(statement);
	return answer;
}

static inline int64_t ask_number(struct store *store, const char *sql)
{
	return strtoll(ask(store, sql), NULL, 10);
}

#endif
