/* Statements, values and errors of SQLite. */
#include "database.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

static const char *const statement_sql[STATEMENT_COUNT] = {
#define X(symbol, sql) [STATEMENT_##symbol] = sql,
	STATEMENT_TABLE(X)
#undef X
};

/* ---- errors --------------------------------------------------------------- */

/* What a result code means to the user; `number` is SQLite's or errno's. */
struct failure {
	int number;
	enum status status;
	const char *advice;
};

static const struct failure result_failures[] = {
	{SQLITE_BUSY, STATUS_BUSY, "another stemma is writing to it; try again when it is done"},
	{SQLITE_LOCKED, STATUS_BUSY, "another stemma is writing to it; try again when it is done"},
	{SQLITE_CANTOPEN, STATUS_IO, "check that its folder exists and may be written to"},
	{SQLITE_PERM, STATUS_IO, "check the permissions of the file and its folder"},
	{SQLITE_READONLY, STATUS_IO, "make the file and its folder writable, or use --db for another"},
	{SQLITE_FULL, STATUS_IO, "free some space and try again; nothing of this step was kept"},
	{SQLITE_IOERR, STATUS_IO, "check the disk; nothing of this step was kept"},
	{SQLITE_CORRUPT, STATUS_CACHE, "the file is damaged; move it away and import again"},
	{SQLITE_NOTADB, STATUS_CACHE, "use --db to name another file; this one was not touched"},
	{SQLITE_NOMEM, STATUS_SOFTWARE, "close other programs and try again"},
};

static const struct failure file_failures[] = {
	{EACCES, STATUS_IO, "change its permissions or its folder's, or use --db for another file"},
	{EPERM, STATUS_IO, "change its permissions or its folder's, or use --db for another file"},
	{ENOENT, STATUS_NO_INPUT, "check the path, or make the folder"},
	{ENOTDIR, STATUS_IO, "a part of the path is a file; check the path"},
	{EROFS, STATUS_IO, "the file system is read-only; use --db for another file"},
	{ENOSPC, STATUS_IO, "free some space and try again"},
	{EDQUOT, STATUS_IO, "free some space and try again"},
};

#define FAILURE_COUNT(table) (sizeof (table) / sizeof *(table))

static const struct failure *find_failure(const struct failure *table, size_t count, int number)
{
	for (size_t i = 0; i < count; i++)
		if (table[i].number == number)
			return &table[i];
	return NULL;
}

enum status database_file_error(const char *path, int number, struct error *error,
				const char *doing)
{
	const struct failure *failure =
		find_failure(file_failures, FAILURE_COUNT(file_failures), number);
	enum status status = failure ? failure->status : STATUS_IO;

	error_set(error, status, "%s: %s", doing, strerror(number));
	error_locate(error, path, 0, 0);
	if (failure)
		error_advise(error, "%s", failure->advice);
	return status;
}

enum status database_error(struct store *store, struct error *error, const char *doing)
{
	int code = store->database ? sqlite3_errcode(store->database) & 0xff : SQLITE_NOMEM;
	int number = store->database ? sqlite3_system_errno(store->database) : 0;

	/* The index of the log has no room: SQLite calls that an I/O error. */
	if (code == SQLITE_IOERR && sqlite3_extended_errcode(store->database) == SQLITE_IOERR_SHMSIZE)
		code = SQLITE_FULL;
	const struct failure *failure =
		find_failure(result_failures, FAILURE_COUNT(result_failures), code);
	enum status status = failure ? failure->status : STATUS_SOFTWARE;

	/* SQLite's "unable to open database file" hides the cause. */
	if (code == SQLITE_CANTOPEN && number != 0)
		return database_file_error(store->path, number, error, doing);
	error_set(error, status, "%s: %s", doing,
		  store->database && code != SQLITE_FULL ? sqlite3_errmsg(store->database) : sqlite3_errstr(code));
	error_locate(error, store->path, 0, 0);
	if (failure)
		error_advise(error, "%s", failure->advice);
	return status;
}

/* ---- statements ------------------------------------------------------------ */

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
	return *statement;
}

enum status database_finish(struct store *store, sqlite3_stmt *statement, int *rows,
			    struct error *error)
{
	enum status status = database_check_transaction(store, error);

	if (status == STATUS_OK && (!statement || sqlite3_step(statement) != SQLITE_DONE))
		status = database_error(store, error, "the cache cannot be changed");
	else if (status == STATUS_OK && rows)
		*rows = sqlite3_changes(store->database);
	sqlite3_reset(statement);
	return status;
}

enum status database_finish_kept(struct store *store, sqlite3_stmt *statement, int *rows,
				 struct error *error)
{
	int64_t before = sqlite3_total_changes64(store->database);
	enum status status = database_finish(store, statement, rows, error);

	store->uncounted += sqlite3_total_changes64(store->database) - before;
	return status;
}

enum status database_finish_integer(struct store *store, sqlite3_stmt *statement, int64_t *value,
				    struct error *error)
{
	int code = statement ? sqlite3_step(statement) : SQLITE_ERROR;
	enum status status = STATUS_OK;

	*value = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		status = database_error(store, error, "the cache cannot be read");
	sqlite3_reset(statement);
	return status;
}

/* ---- values ------------------------------------------------------------------ */

/* What could not be bound for want of memory would be NULL, and lost.  (Statements
 * that share their parameters do not all have the last ones.) */
static void check_bound(int code)
{
	if (code == SQLITE_NOMEM || code == SQLITE_TOOBIG)
		memory_exhausted();
}

/* Clean text is not copied: it outlives the step that follows. */
void bind_text(sqlite3_stmt *statement, int place, const char *text)
{
	char *clean;

	if (!statement)
		return;
	if (!text || !text[0]) {
		check_bound(sqlite3_bind_null(statement, place));
	} else if (utf8_is_clean(text)) {
		check_bound(sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC));
	} else {
		clean = utf8_sanitize(text);
		check_bound(sqlite3_bind_text(statement, place, clean && clean[0] ? clean : NULL, -1,
					      SQLITE_TRANSIENT));
		free(clean);
	}
}

void bind_exact(sqlite3_stmt *statement, int place, const char *text)
{
	if (statement)
		check_bound(sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT));
}

void bind_bytes(sqlite3_stmt *statement, int place, const void *bytes, size_t count)
{
	if (statement)
		check_bound(sqlite3_bind_blob64(statement, place, bytes ? bytes : "", count, SQLITE_STATIC));
}

void bind_number(sqlite3_stmt *statement, int place, double number)
{
	/* SQLite itself stores NAN as NULL. */
	if (statement)
		check_bound(sqlite3_bind_double(statement, place, number));
}

void bind_answer(sqlite3_stmt *statement, int place, enum answer answer)
{
	bind_number(statement, place, answer == ANSWER_UNKNOWN ? (double)NAN : (double)answer);
}

void bind_integer(sqlite3_stmt *statement, int place, int64_t integer)
{
	if (statement)
		check_bound(sqlite3_bind_int64(statement, place, integer));
}

const char *column_text(sqlite3_stmt *statement, int column)
{
	/* Asked first: where memory is wanting SQLite makes the value NULL. */
	bool is_null = sqlite3_column_type(statement, column) == SQLITE_NULL;
	const char *text = (const char *)sqlite3_column_text(statement, column);

	if (!text && !is_null)
		memory_exhausted();
	return text;
}

const void *column_bytes(sqlite3_stmt *statement, int column, size_t *count)
{
	const void *bytes = sqlite3_column_blob(statement, column);

	if (!bytes && sqlite3_errcode(sqlite3_db_handle(statement)) == SQLITE_NOMEM)
		memory_exhausted();
	*count = (size_t)sqlite3_column_bytes(statement, column);
	return bytes;
}

double column_end(sqlite3_stmt *statement, int column)
{
	return sqlite3_column_type(statement, column) == SQLITE_NULL
		? (double)NAN : sqlite3_column_double(statement, column);
}

double column_within(sqlite3_stmt *statement, int column, double low, double high)
{
	double number = column_end(statement, column);

	return number >= low && number <= high ? number : (double)NAN;
}

double column_number(sqlite3_stmt *statement, int column)
{
	return column_within(statement, column, -DBL_MAX, DBL_MAX);
}

enum answer column_answer(sqlite3_stmt *statement, int column)
{
	return sqlite3_column_type(statement, column) == SQLITE_NULL
		? ANSWER_UNKNOWN : (enum answer)sqlite3_column_int(statement, column);
}

/* ---- queries ------------------------------------------------------------------ */

static int query_prepare(struct store *store, const struct query *query, sqlite3_stmt **statement)
{
	int code = sqlite3_prepare_v2(store->database, query->sql, -1, statement, NULL);

	if (code != SQLITE_OK || sqlite3_bind_parameter_count(*statement) == 0)
		return code;
	if (query->text)
		bind_exact(*statement, 1, query->text);
	else
		bind_integer(*statement, 1, query->id);
	return code;
}

enum status database_each(struct store *store, struct query query,
			  bool (*row)(void *context, sqlite3_stmt *statement), void *context,
			  struct error *error)
{
	sqlite3_stmt *statement = NULL;
	enum status status = STATUS_OK;
	int code = query_prepare(store, &query, &statement);

	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	while (code == SQLITE_ROW && row(context, statement))
		code = sqlite3_step(statement);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		status = database_error(store, error, "the cache cannot be read");
	sqlite3_finalize(statement);
	return status;
}

static bool keep_integer(void *context, sqlite3_stmt *row)
{
	*(int64_t *)context = sqlite3_column_int64(row, 0);
	return false;
}

enum status database_integer(struct store *store, const char *sql, int64_t *value,
			     struct error *error)
{
	*value = 0;
	return database_each(store, (struct query){.sql = sql}, keep_integer, value, error);
}
