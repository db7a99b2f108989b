#include "database.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"

#define APPLICATION_ID 0x5374656d /* "Stem" */
#define BUSY_MILLISECONDS 5000

/* Steps from each version to the next; a new cache takes them all. */
static const char *const migrations[] = {
	schema_sql, /* 0 -> 1 */
};
#define VERSION ((int)(sizeof migrations / sizeof *migrations))

static const char *const statement_sql[STATEMENT_COUNT] = {
	[STATEMENT_FIND] = "SELECT id FROM models WHERE name = ?1",
	[STATEMENT_FIND_ALIAS] = "SELECT model FROM aliases WHERE alias = ?1",
	[STATEMENT_NAME] = "SELECT name FROM models WHERE id = ?1",
	[STATEMENT_MODEL_GET] =
		"SELECT name, architecture, params_b, license, kind, uploaded, likes, moe, source, rank"
		" FROM models WHERE id = ?1",
	[STATEMENT_MODEL_ADD] = "INSERT INTO models (name) VALUES (?1)",
	[STATEMENT_MODEL_SET] =
		"UPDATE models SET name = ?2, architecture = ?3, params_b = ?4, license = ?5, kind = ?6,"
		" uploaded = ?7, likes = ?8, moe = ?9, source = ?10, rank = ?11 WHERE id = ?1",
	[STATEMENT_EDGE_GET] =
		"SELECT relation, weight, method, trust, note FROM edges"
		" WHERE child = ?1 AND parent = ?2 AND source = ?3",
	[STATEMENT_EDGE_PUT] =
		"INSERT OR REPLACE INTO edges (child, parent, source, relation, weight, method, trust, note)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[STATEMENT_BENCHMARK] = "SELECT id FROM benchmarks WHERE key = ?1",
	[STATEMENT_EVALUATION_GET] =
		"SELECT id, rank, submitted, revision, flagged FROM evaluations"
		" WHERE model = ?1 AND source = ?2 AND precision = ?3 AND chat_template = ?4",
	[STATEMENT_EVALUATION_ADD] =
		"INSERT INTO evaluations (model, source, precision, chat_template, rank, submitted,"
		" revision, flagged) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[STATEMENT_EVALUATION_SET] =
		"UPDATE evaluations SET rank = ?2, submitted = ?3, revision = ?4, flagged = ?5 WHERE id = ?1",
	[STATEMENT_SCORE_GET] =
		"SELECT value, raw FROM scores WHERE evaluation = ?1 AND benchmark = ?2",
	[STATEMENT_SCORE_PUT] =
		"INSERT OR REPLACE INTO scores (evaluation, benchmark, value, raw) VALUES (?1, ?2, ?3, ?4)",
	[STATEMENT_SCORE_COUNT] = "SELECT count(*) FROM scores WHERE evaluation = ?1",
	[STATEMENT_SCORE_CLEAR] = "DELETE FROM scores WHERE evaluation = ?1",
	[STATEMENT_ALIAS_PUT] = "INSERT OR REPLACE INTO aliases (alias, model, source) VALUES (?1, ?2, ?3)",
	[STATEMENT_STATE_GET] = "SELECT value FROM state WHERE key = ?1",
	[STATEMENT_STATE_PUT] = "INSERT OR REPLACE INTO state (key, value) VALUES (?1, ?2)",
};

enum status database_error(struct store *store, struct error *error, const char *doing)
{
	int code = store->database ? sqlite3_errcode(store->database) : SQLITE_NOMEM;
	const char *message = store->database ? sqlite3_errmsg(store->database) : "out of memory";
	static const struct {
		int code;
		enum status status;
		const char *advice;
	} known[] = {
		{SQLITE_BUSY, STATUS_BUSY, "another stemma is writing to it; try again when it is done"},
		{SQLITE_LOCKED, STATUS_BUSY, "another stemma is writing to it; try again when it is done"},
		{SQLITE_CANTOPEN, STATUS_IO, "check that its folder exists and may be written to"},
		{SQLITE_PERM, STATUS_IO, "check the permissions of the file and its folder"},
		{SQLITE_READONLY, STATUS_IO, "the file or its folder is read-only; use --db for another"},
		{SQLITE_FULL, STATUS_IO, "the disk is full; nothing of this step was kept"},
		{SQLITE_IOERR, STATUS_IO, "the disk reported an error; nothing of this step was kept"},
		{SQLITE_CORRUPT, STATUS_CACHE, "the file is damaged; move it away and import again"},
		{SQLITE_NOTADB, STATUS_CACHE, "it is no SQLite file; use --db to name another"},
	};
	enum status status = STATUS_SOFTWARE;
	const char *advice = NULL;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].code == (code & 0xff))
			status = known[i].status, advice = known[i].advice;
	error_set(error, status, "%s: %s", doing, message);
	error_locate(error, store->path, 0, 0);
	if (advice)
		error_advise(error, "%s", advice);
	return status;
}

enum status database_run(struct store *store, const char *sql, struct error *error)
{
	if (sqlite3_exec(store->database, sql, NULL, NULL, NULL) != SQLITE_OK)
		return database_error(store, error, "the cache cannot be changed");
	return STATUS_OK;
}

sqlite3_stmt *database_statement(struct store *store, enum statement which)
{
	sqlite3_stmt **statement = &store->statement[which];

	if (!*statement)
		sqlite3_prepare_v3(store->database, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT,
				   statement, NULL);
	else
		sqlite3_reset(*statement);
	return *statement;
}

void bind_text(sqlite3_stmt *statement, int place, const char *text)
{
	if (!text || utf8_is_clean(text)) {
		sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT);
		return;
	}
	sqlite3_bind_text(statement, place, utf8_sanitize(text), -1, free);
}

void bind_number(sqlite3_stmt *statement, int place, double number)
{
	if (isnan(number))
		sqlite3_bind_null(statement, place);
	else
		sqlite3_bind_double(statement, place, number);
}

const char *column_text(sqlite3_stmt *statement, int column)
{
	return (const char *)sqlite3_column_text(statement, column);
}

double column_number(sqlite3_stmt *statement, int column)
{
	return sqlite3_column_type(statement, column) == SQLITE_NULL
		? NAN : sqlite3_column_double(statement, column);
}

enum status database_each(struct store *store, const char *sql, int64_t argument,
			  bool (*row)(void *context, sqlite3_stmt *statement), void *context,
			  struct error *error)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL);

	if (code == SQLITE_OK && sqlite3_bind_parameter_count(statement) > 0)
		sqlite3_bind_int64(statement, 1, argument);
	while (code == SQLITE_OK || code == SQLITE_ROW) {
		code = sqlite3_step(statement);
		if (code == SQLITE_ROW && !row(context, statement))
			code = SQLITE_DONE;
	}
	enum status status = code == SQLITE_DONE
		? STATUS_OK : database_error(store, error, "the cache cannot be read");
	sqlite3_finalize(statement);
	return status;
}

/* ---- opening -------------------------------------------------------------------------- */

static bool keep_integer(void *context, sqlite3_stmt *statement)
{
	*(int64_t *)context = sqlite3_column_int64(statement, 0);
	return false;
}

static enum status read_integer(struct store *store, const char *sql, int64_t *value,
				struct error *error)
{
	*value = 0;
	return database_each(store, sql, 0, keep_integer, value, error);
}

/* Brings the schema to VERSION in one transaction; each copy that opens the
 * file at the same time finds it done or waits. */
static enum status store_migrate(struct store *store, bool *created, struct error *error)
{
	int64_t version;
	char sql[64];
	enum status status = store_begin(store, error);

	if (status != STATUS_OK)
		return status;
	status = read_integer(store, "PRAGMA user_version", &version, error);
	*created = status == STATUS_OK && version == 0;
	for (int64_t step = version; step < VERSION && status == STATUS_OK; step++)
		status = database_run(store, migrations[step], error);
	snprintf(sql, sizeof sql, "PRAGMA application_id = %d", APPLICATION_ID);
	if (status == STATUS_OK)
		status = database_run(store, sql, error);
	snprintf(sql, sizeof sql, "PRAGMA user_version = %d", VERSION);
	if (status == STATUS_OK)
		status = database_run(store, sql, error);
	if (status == STATUS_OK)
		status = store_commit(store, error);
	else
		store_rollback(store);
	return status;
}

/* Whether the file is a cache that this program may use. */
static enum status store_recognise(struct store *store, int64_t *version, struct error *error)
{
	int64_t application, tables;
	enum status status = read_integer(store, "PRAGMA application_id", &application, error);

	if (status == STATUS_OK)
		status = read_integer(store, "PRAGMA user_version", version, error);
	if (status == STATUS_OK)
		status = read_integer(store, "SELECT count(*) FROM sqlite_schema", &tables, error);
	if (status != STATUS_OK)
		return status;
	if (*version > VERSION && application == APPLICATION_ID) {
		error_set(error, STATUS_CACHE, "the cache has schema %d, this program knows up to %d",
			  (int)*version, VERSION);
		error_advise(error, "use a newer stemma, or --db for another file");
	} else if (application != APPLICATION_ID && (tables > 0 || *version != 0)) {
		error_set(error, STATUS_CACHE, "the file is another program's database");
		error_advise(error, "use --db to name another file; this one was not touched");
	} else {
		return STATUS_OK;
	}
	error_locate(error, store->path, 0, 0);
	return STATUS_CACHE;
}

/* Makes the folders of a path, each mode 0700. */
static void make_folders(const char *path)
{
	char *copy = memory_string(path);

	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0700); /* a failure shows when the file is opened */
		*slash = '/';
	}
	free(copy);
}

enum status store_open(const char *path, bool create, struct store **result, bool *created,
		       struct error *error)
{
	struct store *store = memory_zero(1, sizeof *store);
	struct stat file;
	int64_t version = 0;
	enum status status = STATUS_OK;

	*result = NULL;
	*created = false;
	store->path = memory_string(path);
	bool exists = stat(path, &file) == 0;
	if (!exists && !create) {
		error_set(error, STATUS_NO_INPUT, "there is no such cache");
		status = error_locate(error, path, 0, 0);
	} else if (exists && S_ISDIR(file.st_mode)) {
		error_set(error, STATUS_IO, "is a folder, not a cache");
		status = error_locate(error, path, 0, 0);
	}
	if (status != STATUS_OK)
		goto cleanup;
	if (!exists)
		make_folders(path);
	if (sqlite3_open_v2(path, &store->database,
			    SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0), NULL) != SQLITE_OK) {
		status = database_error(store, error, "the cache cannot be opened");
		goto cleanup;
	}
	sqlite3_extended_result_codes(store->database, 0);
	sqlite3_busy_timeout(store->database, BUSY_MILLISECONDS);
	status = store_recognise(store, &version, error);
	if (status == STATUS_OK)
		status = database_run(store, "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
				      " PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536", error);
	if (status == STATUS_OK && version < VERSION)
		status = database_run(store, "PRAGMA journal_mode = WAL", error);
	if (status == STATUS_OK && version < VERSION)
		status = store_migrate(store, created, error);
cleanup:
	if (status == STATUS_OK)
		*result = store;
	else
		store_close(store);
	return status;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(store->statement[i]);
	sqlite3_close(store->database);
	free(store->path);
	free(store);
}

char *store_default_path(void)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	struct text path = {0};

	/* The XDG specification: a relative path is to be ignored. */
	if (data && data[0] == '/')
		text_append_format(&path, "%s/stemma/stemma.db", data);
	else if (home && home[0])
		text_append_format(&path, "%s/.local/share/stemma/stemma.db", home);
	else
		return NULL;
	return text_steal(&path);
}

/* ---- transactions ----------------------------------------------------------------------- */

enum status store_begin(struct store *store, struct error *error)
{
	store->changed = false;
	if (sqlite3_exec(store->database, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return database_error(store, error, "the cache cannot be changed");
	return STATUS_OK;
}

enum status store_commit(struct store *store, struct error *error)
{
	enum status status = STATUS_OK;

	if (store->changed)
		status = database_run(store, "UPDATE state SET value = CAST(value AS INTEGER) + 1"
				      " WHERE key = 'data_version'", error);
	if (status == STATUS_OK)
		status = database_run(store, "COMMIT", error);
	if (status != STATUS_OK)
		store_rollback(store);
	store->changed = false;
	return status;
}

void store_rollback(struct store *store)
{
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_reset(store->statement[i]);
	sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
	store->changed = false;
}

int64_t store_data_version(struct store *store)
{
	int64_t version = 0;

	read_integer(store, "SELECT value FROM state WHERE key = 'data_version'", &version, NULL);
	return version;
}
