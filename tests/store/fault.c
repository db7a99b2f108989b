/* The cache when writes and allocations fail: each is made to fail once, and
 * afterwards the cache must be whole and hold all of the import or nothing. */
#include "fixture.h"

/* ---- the failing disk ------------------------------------------------------------ */

/* A countdown to the one call that fails; never again when it is past 0. */
static long writes_left = -1, allocations_left = -1;

static bool countdown(long *left)
{
	return *left > 0 && --*left == 0;
}

static sqlite3_vfs failing_disk;
static sqlite3_vfs *real_disk;
static const sqlite3_io_methods *real_methods;
static sqlite3_io_methods failing_methods;

static int failing_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
	return countdown(&writes_left) ? SQLITE_FULL : real_methods->xWrite(file, bytes, count, offset);
}

static int failing_sync(sqlite3_file *file, int flags)
{
	return countdown(&writes_left) ? SQLITE_IOERR_FSYNC : real_methods->xSync(file, flags);
}

static int failing_open(sqlite3_vfs *disk, sqlite3_filename name, sqlite3_file *file, int flags,
			int *flags_out)
{
	int code = real_disk->xOpen(disk, name, file, flags, flags_out);

	/* Only files with locks: the database and its logs. */
	if (code != SQLITE_OK || file->pMethods->iVersion < 3)
		return code;
	if (!real_methods) {
		real_methods = file->pMethods;
		failing_methods = *real_methods;
		failing_methods.xWrite = failing_write;
		failing_methods.xSync = failing_sync;
	}
	if (file->pMethods == real_methods)
		file->pMethods = &failing_methods;
	return code;
}

static int disk_begin(void **state)
{
	real_disk = sqlite3_vfs_find(NULL);
	failing_disk = *real_disk;
	failing_disk.zName = "failing";
	failing_disk.xOpen = failing_open;
	sqlite3_vfs_register(&failing_disk, 1);
	return fixture_open(state);
}

static int disk_end(void **state)
{
	int failed = fixture_close(state);

	sqlite3_vfs_unregister(&failing_disk);
	return failed;
}

/* ---- the failing memory ------------------------------------------------------------- */

static sqlite3_mem_methods real_memory;

static void *failing_malloc(int size)
{
	return countdown(&allocations_left) ? NULL : real_memory.xMalloc(size);
}

static void *failing_realloc(void *block, int size)
{
	return countdown(&allocations_left) ? NULL : real_memory.xRealloc(block, size);
}

static int memory_begin(void **state)
{
	sqlite3_shutdown();
	assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory), SQLITE_OK);
	sqlite3_mem_methods failing = real_memory;
	failing.xMalloc = failing_malloc;
	failing.xRealloc = failing_realloc;
	assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &failing), SQLITE_OK);
	return fixture_open(state);
}

static int memory_end(void **state)
{
	int failed = fixture_close(state);

	sqlite3_shutdown();
	sqlite3_config(SQLITE_CONFIG_MALLOC, &real_memory);
	return failed;
}

/* ---- the work --------------------------------------------------------------------------- */

/* An import that uses every put; stops at the first failure, as importers do. */
static enum status import_all(struct store *store, struct error *error)
{
	struct score_facts score = score_facts_of("bbh", 50);
	struct model_facts model = no_facts;
	struct edge_facts edge = {.child = "a/m", .parent = "a/p", .source = "hub", .weight = 1};
	struct evaluation_facts run = {.model = "a/m", .source = "s", .scores = &score, .score_count = 1};
	struct alias_facts alias = {.alias = "a/p", .current = "a/q", .source = "hub"};
	enum change change;
	enum status status = store_begin(store, error);

	model.name = "a/q";
	if (status == STATUS_OK)
		status = store_put_model(store, &model, &change, error);
	if (status == STATUS_OK)
		status = store_put_edge(store, &edge, &change, error);
	if (status == STATUS_OK)
		status = store_put_evaluation(store, &run, &change, error);
	if (status == STATUS_OK)
		status = store_put_alias(store, &alias, &change, error);
	if (status == STATUS_OK)
		return store_commit(store, error);
	store_rollback(store);
	return status;
}

/* Makes a new cache and imports, with a failure somewhere. */
static enum status work(const char *path, struct error *error)
{
	struct store *store = NULL;
	enum status status = store_open(path, true, &store, NULL, error);

	if (status == STATUS_OK)
		status = import_all(store, error);
	store_close(store);
	return status;
}

/* The cache that is left opens, is sound, and holds all or nothing. */
static void assert_all_or_nothing(const char *path, bool all)
{
	struct store *store = NULL;

	assert_int_equal(store_open(path, true, &store, NULL, NULL), STATUS_OK);
	assert_string_equal(ask(store, "PRAGMA integrity_check"), "ok");
	const char *content = ask(store, "SELECT (SELECT count(*) FROM models), (SELECT count(*) FROM edges),"
				  " (SELECT count(*) FROM scores), (SELECT count(*) FROM aliases)");
	/* A failure after the commit, while the log is copied, keeps all. */
	if (all || strcmp(content, "0|0|0|0") != 0)
		assert_string_equal(content, "2|1|1|1");
	store_close(store);
}

/* Lets the first, second ... call fail until the work is done without. */
static void fail_each(void **state, long *left)
{
	struct fixture *fixture = *state;
	long number = 1, failures = 0;
	bool injected = true;

	for (; injected; number += 1 + number / 8) {
		char folder[96], path[128];
		struct error error = {0};
		snprintf(folder, sizeof folder, "%s/%ld", fixture->folder, number);
		snprintf(path, sizeof path, "%s/c.db", folder);
		*left = number;
		enum status status = work(path, &error);
		injected = *left == 0;
		*left = -1;
		if (status != STATUS_OK) {
			failures++;
			assert_true(injected);
			assert_true(error.message[0] != '\0');
		}
		assert_all_or_nothing(path, status == STATUS_OK);
		remove_folder(folder);
	}
	assert_true(failures > 10);
}

static void each_write_may_fail(void **state)
{
	fail_each(state, &writes_left);
}

static void each_allocation_may_fail(void **state)
{
	fail_each(state, &allocations_left);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_write_may_fail, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(each_allocation_may_fail, memory_begin, memory_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
