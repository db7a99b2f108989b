/* Transactions: all of an import, or nothing of it. */
#include "registry.h"

#include "stemma/base/memory.h"

/* SQLite undoes a transaction by itself when the disk is full or fails; what
 * came after it would then be kept without what came before. */
enum status database_check_transaction(struct store *store, struct error *error)
{
	if (!store->transaction || !sqlite3_get_autocommit(store->database))
		return STATUS_OK;
	error_set(error, STATUS_IO, "the cache could not be written, and nothing of this step was kept");
	error_locate(error, store->path, 0, 0);
	return STATUS_IO;
}

/* Pages that are written again and again, as those of the index of names, stay
 * in memory; reading goes through the file once and needs little. */
static void transaction_set_cache(struct store *store, bool writing)
{
	sqlite3_exec(store->database, writing ? "PRAGMA cache_size = -262144"
			: "PRAGMA cache_size = -" STORE_CACHE_KIB, NULL, NULL, NULL);
	store->transactions++;
	store->transaction = writing;
	registry_forget(store);
}

/* The triggers that count changes of the data cost as much as the changes: a
 * transaction counts by itself.  They are for what is changed by hand. */
static void transaction_count(struct store *store, bool by_itself)
{
	sqlite3_db_config(store->database, SQLITE_DBCONFIG_ENABLE_TRIGGER, !by_itself, NULL);
	store->uncounted = sqlite3_total_changes64(store->database);
}

static enum status transaction_write_count(struct store *store, struct error *error)
{
	int64_t changes = sqlite3_total_changes64(store->database) - store->uncounted;

	if (!store->counts || changes <= 0)
		return STATUS_OK;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_COUNT_CHANGES);
	bind_integer(statement, 1, changes);
	return database_finish(store, statement, NULL, error);
}

/* Looking for both ends of each edge a second time costs a sixth of an import. */
static void transaction_set_references(struct store *store, bool checked)
{
	sqlite3_db_config(store->database, SQLITE_DBCONFIG_ENABLE_FKEY, checked, NULL);
}

static void transaction_end(struct store *store)
{
	transaction_set_cache(store, false);
	transaction_set_references(store, true);
	store->import = 0;
	store->replaced = 0;
	if (store->counts)
		transaction_count(store, false);
}

enum status store_begin(struct store *store, struct error *error)
{
	if (sqlite3_exec(store->database, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return database_error(store, error, "the cache cannot be changed");
	transaction_set_cache(store, true);
	if (store->counts)
		transaction_count(store, true);
	return STATUS_OK;
}

enum status store_begin_import(struct store *store, struct error *error)
{
	enum status status = store_begin(store, error);

	if (status != STATUS_OK)
		return status;
	transaction_set_references(store, false);
	status = store_next_import(store, &store->import, error);
	if (status != STATUS_OK)
		store_rollback(store);
	return status;
}

enum status store_commit(struct store *store, struct error *error)
{
	enum status status = database_check_transaction(store, error);

	if (status == STATUS_OK && store->registry.loaded)
		status = registry_settle(store, error);
	if (status == STATUS_OK)
		status = transaction_write_count(store, error);
	if (status == STATUS_OK)
		status = database_run(store, "COMMIT", error);
	if (status != STATUS_OK)
		store_rollback(store);
	else
		transaction_end(store);
	return status;
}

void store_rollback(struct store *store)
{
	if (!sqlite3_get_autocommit(store->database))
		sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
	transaction_end(store);
}

enum status store_snapshot_begin(struct store *store, struct error *error)
{
	int64_t version;
	enum status status = database_run(store, "BEGIN", error);

	/* The snapshot is taken by the first read. */
	if (status == STATUS_OK)
		status = database_integer(store, "SELECT version FROM data_changes", &version, error);
	if (status != STATUS_OK)
		store_snapshot_end(store);
	return status;
}

void store_snapshot_end(struct store *store)
{
	/* In a snapshot that stays open all that is written later would be lost. */
	for (int i = 0; i < 2 && !sqlite3_get_autocommit(store->database); i++)
		sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
	if (!sqlite3_get_autocommit(store->database))
		memory_exhausted();
	/* What was read is not read again soon. */
	sqlite3_db_release_memory(store->database);
}

enum status database_put_begin(struct store *store, bool *own, struct error *error)
{
	*own = !store->transaction;
	return *own ? store_begin(store, error) : database_check_transaction(store, error);
}

enum status database_put_end(struct store *store, bool own, enum status status,
			     struct error *error)
{
	if (own && status == STATUS_OK)
		return store_commit(store, error);
	if (own)
		store_rollback(store);
	return status;
}

enum status store_copy(struct store *store, const char *path, struct error *error)
{
	sqlite3_stmt *statement = NULL;
	enum status status = STATUS_OK;

	sqlite3_prepare_v2(store->database, "VACUUM INTO ?1", -1, &statement, NULL);
	bind_exact(statement, 1, path);
	if (!statement || sqlite3_step(statement) != SQLITE_DONE)
		status = database_error(store, error, "the cache cannot be copied");
	sqlite3_finalize(statement);
	return status;
}
