#include "caches.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../fuzz/world.h"
#include "scenarios.h"
#include "stemma/app/import.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* ---- what is in a cache ------------------------------------------------------- */

/* Everything but times, and what a fit costs: they differ from run to run.  Nor the numbers of
 * imports: an import that is tried again takes another one. */
static const char *const contents[] = {
	"SELECT id, name, architecture, params_b, license, kind, uploaded, likes, moe, suspect, source, rank"
	" FROM models ORDER BY id",
	"SELECT alias, model, source FROM aliases ORDER BY alias",
	"SELECT child, parent, source, relation, weight, method, trust, note FROM edges ORDER BY child, parent, source",
	"SELECT id, key, title, suite, metric, unit, lower, upper, chance, higher_is_better, instances, family,"
	" duplicate_of, variant_of, guessed, hidden, source, rank FROM benchmarks ORDER BY id",
	"SELECT id, model, source, rank, precision, chat_template, harness, version, submitted, revision, address,"
	" flagged, preferred FROM evaluations ORDER BY id",
	"SELECT evaluation, benchmark, shots, setup, value, raw, error, date, address, limited, preferred"
	" FROM scores ORDER BY evaluation, benchmark",
	"SELECT model, benchmark, questions, bits FROM outcomes ORDER BY model, benchmark",
	"SELECT name, method, base, chat_template FROM sketches ORDER BY name",
	"SELECT * FROM sketch_parents ORDER BY sketch, position",
	"SELECT model, reason FROM flags ORDER BY model", CACHE_STATE,
};

static bool dump_query(sqlite3 *database, const char *sql, struct text *out)
{
	sqlite3_stmt *row = NULL;
	int code = sqlite3_prepare_v2(database, sql, -1, &row, NULL);

	while (code == SQLITE_OK && (code = sqlite3_step(row)) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(row); i++)
			text_append_format(out, "%s|", sqlite3_column_text(row, i)
					   ? (const char *)sqlite3_column_text(row, i) : "");
		text_append(out, "\n");
		code = SQLITE_OK;
	}
	sqlite3_finalize(row);
	return code == SQLITE_DONE;
}

char *cache_dump(const char *path)
{
	struct text out = {0};
	sqlite3 *database = NULL;
	bool whole = sqlite3_open(path, &database) == SQLITE_OK;

	for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
		text_append_format(&out, "-- %s\n", contents[i]);
		whole = whole && dump_query(database, contents[i], &out);
	}
	if (!whole)
		fprintf(stderr, "%s\n", sqlite3_errmsg(database));
	sqlite3_close(database);
	if (!whole)
		text_free(&out);
	return whole ? text_steal(&out) : NULL;
}

/* ---- what is wrong with it ------------------------------------------------------- */

static void note_error(void *context, const char *severity, const char *message)
{
	if (strcmp(severity, "error") == 0)
		text_append_format(context, "%s; ", message);
}

char *cache_faults(const char *path)
{
	struct text faults = {0};
	struct store *store = NULL;
	struct error error = {0};
	size_t count;

	text_append(&faults, "");
	if (store_open(path, false, &store, NULL, &error) != STATUS_OK ||
	    store_check(store, note_error, &faults, &count, &error) != STATUS_OK)
		text_append(&faults, error.message);
	store_close(store);
	return text_steal(&faults);
}

/* ---- the caches before it ---------------------------------------------------------- */

static struct cache before[2];

const struct cache *cache_before(bool answers)
{
	return &before[answers];
}

bool cache_is(const char *path, const struct cache *cache)
{
	char log[256], block[16384];
	size_t at = 0, got;
	FILE *file = fopen(path, "rb");

	snprintf(log, sizeof log, "%s-wal", path);
	bool same = file && access(log, F_OK) != 0;
	while (same && (got = fread(block, 1, sizeof block, file)) > 0) {
		same = at + got <= cache->size && memcmp(cache->bytes + at, block, got) == 0;
		at += got;
	}
	if (file)
		fclose(file);
	return same && at == cache->size;
}

static void import_more(struct store *store, const char *const *tables)
{
	for (size_t i = 0; tables[i]; i++) {
		struct import_report report = {0};
		struct error error = {0};
		struct text more = {0};
		text_append(&more, tables[i]);
		FUZZ_CHECK(import_text(store, "more.csv", &more, NULL, &report, &error) == STATUS_OK);
		FUZZ_CHECK(report.rejected == 0);
		import_report_free(&report);
		text_free(&more);
	}
}

static void read_cache(const char *path, struct cache *cache)
{
	FILE *file = fopen(path, "rb");

	FUZZ_CHECK(file && fseek(file, 0, SEEK_END) == 0);
	cache->size = (size_t)ftell(file);
	cache->bytes = malloc(cache->size);
	rewind(file);
	FUZZ_CHECK(cache->bytes && fread(cache->bytes, 1, cache->size, file) == cache->size && fclose(file) == 0);
	cache->content = cache_dump(world_put(cache->bytes, cache->size));
	FUZZ_CHECK(cache->content);
}

/* More in the cache at this path, a fit of all that, and what it is then. */
static void make(const char *path, const char *const *tables, bool answers, struct cache *cache)
{
	struct session *session;
	struct error error = {0};

	FUZZ_CHECK(session_open(path, true, NULL, NULL, &session, &error) == STATUS_OK);
	import_more(session->store, tables);
	FUZZ_CHECK(session_reload(session, &error) == STATUS_OK);
	FUZZ_CHECK(session_fit(session, &(const struct engine_settings){.prior = PRIOR_KIN}, false, NULL,
			       &error) == STATUS_OK);
	if (answers)
		FUZZ_CHECK(session_learn_answers(session, 0, NULL, &error) == STATUS_OK);
	session_close(session);
	read_cache(path, cache);
}

void caches_make(void)
{
	make(world_cache(), scenarios_more, false, &before[false]);
	make(world_put(before[false].bytes, before[false].size), scenarios_answers, true, &before[true]);
}
