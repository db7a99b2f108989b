/* Opening a cache: recognising it, making it, bringing it up to date. */
#include "inspect.h"
#include "registry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema.h"
#include "stemma/base/folder.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/base/user_path.h"

#define APPLICATION_ID 0x5374656d /* "Stem" */
#define BUSY_MILLISECONDS 5000
#define SMALLEST_DATABASE 512 /* bytes: one page of the smallest size */

static const char *const store_steps[] = {
	schema_sql,   /* 0 -> 1 */
	schema_2_sql, /* 1 -> 2: flags */
	schema_3_sql, /* 2 -> 3: corrections, preferred runs */
	schema_4_sql, /* 3 -> 4: names of questions */
	schema_5_sql, /* 4 -> 5: any benchmark */
	schema_6_sql, /* 5 -> 6: what each import brought */
	schema_7_sql, /* 6 -> 7: answers to some questions */
	schema_8_sql, /* 7 -> 8: what was predicted of sketches */
};
const struct schema store_schema = {
	.steps = store_steps,
	.version = (int)(sizeof store_steps / sizeof *store_steps),
};

/* ---- the file and its folders ------------------------------------------------ */

static enum status make_folders(const char *path, struct error *error)
{
	char *failed = NULL;
	int fault = folder_make_for(path, &failed);
	enum status status = fault == 0 ? STATUS_OK
		: database_file_error(failed, fault, error, "the folder of the cache cannot be made");

	free(failed);
	return status;
}

/* SQLite falls back to reading and then tells of a missing file only. */
static enum status check_folder(const char *path, struct error *error)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? memory_string_slice(path, (size_t)(slash - path) + 1) : memory_string(".");
	enum status status = STATUS_OK;

	if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0)
		status = database_file_error(path, errno, error, "the cache cannot be made");
	free(folder);
	return status;
}

static enum status refuse(const char *path, enum status status, const char *message,
			  const char *advice, struct error *error)
{
	error_set(error, status, "%s", message);
	error_advise(error, "%s", advice);
	error_locate(error, path, 0, 0);
	return status;
}

static enum status check_existing(const char *path, const struct stat *file, struct error *error)
{
	if (!S_ISREG(file->st_mode))
		return refuse(path, STATUS_IO, "the cache is not a regular file",
			      "use --db to name another", error);
	/* SQLite takes a file of one byte for an empty one and would overwrite it. */
	if (file->st_size > 0 && file->st_size < SMALLEST_DATABASE)
		return refuse(path, STATUS_CACHE, "the file is not a database",
			      "use --db to name another file; this one was not touched", error);
	return STATUS_OK;
}

/* Whether there can be a cache at this path; makes its folders when wanted. */
static enum status prepare_path(const char *path, bool create, struct error *error)
{
	struct stat file;

	if (path[0] == '\0')
		return refuse(path, STATUS_USAGE, "the name of the cache is empty", "name a file", error);
	if (stat(path, &file) == 0)
		return check_existing(path, &file, error);
	if (errno == ENOENT && create) {
		enum status status = make_folders(path, error);
		return status == STATUS_OK ? check_folder(path, error) : status;
	}
	if (errno == ENOENT)
		return refuse(path, STATUS_NO_INPUT, "there is no such cache",
			      "start stemma without a command to make one, or check --db", error);
	return database_file_error(path, errno, error, "the cache cannot be opened");
}

char *store_default_path(void)
{
	return user_path("XDG_DATA_HOME", ".local/share", "stemma.db");
}

/* ---- the schema ----------------------------------------------------------------- */

/* Reads the schema's version and refuses what is not a cache or is too new;
 * reads only, so that such a file stays as it is. */
static enum status schema_recognise(struct store *store, const struct schema *schema,
				    int64_t *version, struct error *error)
{
	int64_t application, objects;
	enum status status = database_integer(store, "PRAGMA application_id", &application, error);

	if (status == STATUS_OK)
		status = database_integer(store, "PRAGMA user_version", version, error);
	if (status == STATUS_OK)
		status = database_integer(store, "SELECT count(*) FROM sqlite_schema", &objects, error);
	if (status != STATUS_OK)
		return status;
	if (application != APPLICATION_ID && (application != 0 || *version != 0 || objects > 0))
		return refuse(store->path, STATUS_CACHE, "the file is another program's database",
			      "use --db to name another file; this one was not touched", error);
	if (*version < 0)
		return refuse(store->path, STATUS_CACHE, "the cache is damaged: its schema has no number",
			      "use --db to name another file; this one was not touched", error);
	if (*version <= schema->version)
		return *version == 0 ? STATUS_OK : schema_inspect(store, schema, *version, error);
	error_set(error, STATUS_CACHE, "the cache has schema %d, this stemma knows up to %d",
		  (int)*version, schema->version);
	error_advise(error, "use a newer stemma, or --db for another file; this one was not touched");
	error_locate(error, store->path, 0, 0);
	return STATUS_CACHE;
}

/* The same in a snapshot: another copy may be making the cache right now. */
static enum status schema_recognise_first(struct store *store, const struct schema *schema,
					  int64_t *version, struct error *error)
{
	enum status status = database_run(store, "BEGIN", error);

	if (status == STATUS_OK)
		status = schema_recognise(store, schema, version, error);
	store_snapshot_end(store);
	return status;
}

static enum status schema_sign(struct store *store, const struct schema *schema,
			       struct error *error)
{
	char sql[96];

	/* Pragmas take no bound parameters. */
	snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 APPLICATION_ID, schema->version);
	return database_run(store, sql, error);
}

/* Takes the missing steps in one transaction.  The version is read again in
 * it: another copy may have taken them meanwhile. */
static enum status schema_migrate(struct store *store, const struct schema *schema, bool *created,
				  struct error *error)
{
	int64_t version = 0;
	enum status status = store_begin(store, error);

	if (status != STATUS_OK)
		return status;
	status = schema_recognise(store, schema, &version, error);
	*created = status == STATUS_OK && version == 0;
	for (int64_t step = version; step < schema->version && status == STATUS_OK; step++)
		status = database_run(store, schema->steps[step], error);
	if (status == STATUS_OK && version < schema->version)
		status = schema_sign(store, schema, error);
	return database_put_end(store, true, status, error);
}

/* ---- open and close ---------------------------------------------------------------- */

/* Whether SQLite could not even read the cache: it would need a log beside it
 * and may not make one.  Without a log nobody is writing. */
static bool is_out_of_reach(const char *path)
{
	struct text log = {0};

	text_append_format(&log, "%s-wal", path);
	bool no_log = access(text_string(&log), F_OK) != 0;
	text_free(&log);
	return no_log && faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0 &&
	       faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0 &&
	       check_folder(path, NULL) != STATUS_OK;
}

/* The path as a URI that tells SQLite not to expect changes. */
static char *immutable_uri(const char *path)
{
	struct text uri = {0};

	text_append(&uri, "file:");
	for (; *path; path++)
		text_append_format(&uri, strchr("%?#", *path) ? "%%%02X" : "%c",
				   (unsigned int)(unsigned char)*path);
	text_append(&uri, "?immutable=1");
	return text_steal(&uri);
}

static enum status connect_file(struct store *store, bool create, struct error *error)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
	char *uri = NULL;

	if (is_out_of_reach(store->path)) {
		uri = immutable_uri(store->path);
		flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
	}
	/* To count its memory SQLite takes a lock at each allocation, and nobody asks.
	 * Only before the first connection; later it changes nothing. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	int code = sqlite3_open_v2(uri ? uri : store->path, &store->database, flags, NULL);
	free(uri);
	if (code != SQLITE_OK)
		return database_error(store, error, "the cache cannot be opened");
	sqlite3_busy_timeout(store->database, BUSY_MILLISECONDS);
	/* Views and triggers of a file from elsewhere may compute, not act. */
	sqlite3_db_config(store->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(store->database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return STATUS_OK;
}

static enum status settle_connection(struct store *store, struct error *error)
{
	enum status status = database_run(store, "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;"
					  " PRAGMA cache_size = -" STORE_CACHE_KIB, error);

	/* With a write-ahead log readers and a writer do not wait for each other.
	 * It cannot be switched on while another copy reads or in a read-only
	 * file; the cache is as safe without. */
	sqlite3_exec(store->database, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
	store->counts = true; /* the triggers are there by now */
	return status;
}

enum status database_open(const char *path, bool create, const struct schema *schema,
			  struct store **result, bool *created, struct error *error)
{
	struct store *store = memory_zero(1, sizeof *store);
	int64_t version = 0;
	bool made = false;
	enum status status = prepare_path(path, create, error);

	store->path = memory_string(path);
	if (status == STATUS_OK)
		status = connect_file(store, create, error);
	if (status == STATUS_OK)
		status = schema_recognise_first(store, schema, &version, error);
	if (status == STATUS_OK && version == 0 && !create)
		status = refuse(path, STATUS_NO_INPUT, "the cache is empty",
				"start stemma without a command to fill it, or check --db", error);
	/* Foreign keys come on after migrating: a step may rebuild tables. */
	if (status == STATUS_OK && version < schema->version)
		status = schema_migrate(store, schema, &made, error);
	if (status == STATUS_OK)
		status = settle_connection(store, error);
	if (status != STATUS_OK) {
		store_close(store);
		store = NULL;
	}
	*result = store;
	if (created)
		*created = made;
	return status;
}

enum status store_open(const char *path, bool create, struct store **store, bool *created,
		       struct error *error)
{
	return database_open(path, create, &store_schema, store, created, error);
}

void store_set_patience(struct store *store, int milliseconds)
{
	sqlite3_busy_timeout(store->database, milliseconds);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(store->statement[i]);
	sqlite3_close(store->database);
	free(store->path);
	free(store->memo);
	registry_forget(store);
	free(store);
}
