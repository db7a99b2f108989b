/* Whether a cache has the schema that stemma makes, and nothing else.
 *
 * A cache from elsewhere may hold views in place of tables, triggers and virtual tables, which compute
 * whatever its maker wants when stemma reads or writes.  Its objects are compared, by name and by the
 * SQL that made them, with those of an empty cache of the same version. */
#include "inspect.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"

/* SQLite's own: indexes of keys, which have no SQL, and what ANALYZE found. */
#define OBJECTS_SQL \
	"SELECT type, name, sql FROM sqlite_schema" \
	" WHERE NOT (type = 'index' AND sql IS NULL) AND NOT (type = 'table' AND" \
	"  sql IN ('CREATE TABLE sqlite_stat1(tbl,idx,stat)', 'CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)'))" \
	" ORDER BY name, type"

static const char *skip_comment(const char *sql)
{
	if (sql[0] == '-' && sql[1] == '-')
		return sql + strcspn(sql, "\n");
	if (sql[0] == '/' && sql[1] == '*') {
		const char *end = strstr(sql + 2, "*/");
		return end ? end + 2 : sql + strlen(sql);
	}
	return NULL;
}

/* The SQL without comments, blanks, quotes about names and differences of case: what SQLite keeps of a
 * statement, and what ALTER TABLE makes of it, differ in these between versions.  Texts in it are kept. */
static char *plain_sql(const char *sql)
{
	struct text plain = {0};
	const char *end;

	while (*sql) {
		if ((end = skip_comment(sql))) {
			sql = end;
		} else if (*sql == '\'') {
			size_t length = 1 + strcspn(sql + 1, "'");
			length += sql[length] == '\'';
			text_append_bytes(&plain, sql, length);
			sql += length;
		} else {
			char letter = (char)tolower((unsigned char)*sql++);
			if (!strchr(" \t\r\n\"`", letter))
				text_append_bytes(&plain, &letter, 1);
		}
	}
	return text_steal(&plain);
}

/* Objects of a database, one after the other. */
struct objects {
	sqlite3_stmt *statement;
	const char *type, *name, *sql; /* NULL after the last */
};

static bool objects_next(struct objects *objects)
{
	int code = sqlite3_step(objects->statement);

	objects->type = objects->name = objects->sql = NULL;
	if (code != SQLITE_ROW)
		return code == SQLITE_DONE;
	objects->type = column_text(objects->statement, 0);
	objects->name = column_text(objects->statement, 1);
	objects->sql = column_text(objects->statement, 2);
	return true;
}

static enum status refuse_object(struct store *store, const char *what, const struct objects *objects, struct error *error)
{
	char *name = utf8_sanitize(objects->name ? objects->name : "");

	error_set(error, STATUS_CACHE, "the %s %s of this cache %s", objects->type ? objects->type : "object", name, what);
	error_advise(error, "it may be a file from elsewhere that means harm: import its tables into a new cache, or use"
		     " --db for another; this one was not touched");
	error_locate(error, store->path, 0, 0);
	free(name);
	return STATUS_CACHE;
}

static bool same_sql(const struct objects *cache, const struct objects *own)
{
	char *one = plain_sql(cache->sql ? cache->sql : ""), *other = plain_sql(own->sql ? own->sql : "");
	bool same = strcmp(one, other) == 0 && cache->type && own->type && strcmp(cache->type, own->type) == 0;

	free(one);
	free(other);
	return same;
}

/* The store packs its catalog into a table that it makes when there is use for it. */
static bool is_optional(const struct objects *own)
{
	return strcmp(own->name, "packed") == 0;
}

/* Both are sorted by name. */
static enum status compare_objects(struct store *store, struct objects *cache, struct objects *own, struct error *error)
{
	bool good = objects_next(cache) && objects_next(own);

	while (good && (cache->name || own->name)) {
		int order = !cache->name ? 1 : !own->name ? -1 : strcmp(cache->name, own->name);
		if (order < 0)
			return refuse_object(store, "is none of stemma's", cache, error);
		if (order > 0 && !is_optional(own))
			return refuse_object(store, "is missing", own, error);
		if (order == 0 && !same_sql(cache, own))
			return refuse_object(store, "is not as stemma makes it", cache, error);
		good = (order > 0 || objects_next(cache)) && objects_next(own);
	}
	return good ? STATUS_OK : database_error(store, error, "the schema of the cache cannot be read");
}

/* An empty cache of the version, in memory. */
static sqlite3 *make_empty(const struct schema *schema, int64_t version)
{
	sqlite3 *empty = NULL;
	bool good = sqlite3_open(":memory:", &empty) == SQLITE_OK;

	for (int64_t step = 0; step < version && good; step++)
		good = sqlite3_exec(empty, schema->steps[step], NULL, NULL, NULL) == SQLITE_OK;
	if (!good || sqlite3_exec(empty, PACKED_SQL, NULL, NULL, NULL) != SQLITE_OK)
		memory_exhausted();
	return empty;
}

enum status schema_inspect(struct store *store, const struct schema *schema, int64_t version, struct error *error)
{
	sqlite3 *empty = make_empty(schema, version);
	struct objects cache = {0}, own = {0};
	enum status status;

	sqlite3_prepare_v2(store->database, OBJECTS_SQL, -1, &cache.statement, NULL);
	sqlite3_prepare_v2(empty, OBJECTS_SQL, -1, &own.statement, NULL);
	status = cache.statement && own.statement ? compare_objects(store, &cache, &own, error)
		: database_error(store, error, "the schema of the cache cannot be read");
	sqlite3_finalize(cache.statement);
	sqlite3_finalize(own.statement);
	sqlite3_close(empty);
	return status;
}
