/* The cache as a file: made, recognised, migrated, shared, damaged. */
#include "fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "inspect.h"

/* ---- files --------------------------------------------------------------------- */

struct bytes {
	unsigned char *at;
	size_t count;
};

static struct bytes file_bytes(const char *path)
{
	struct bytes bytes = {malloc(1 << 20), 0};
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	assert_non_null(bytes.at);
	bytes.count = fread(bytes.at, 1, 1 << 20, file);
	fclose(file);
	return bytes;
}

static void assert_untouched(const char *path, struct bytes before)
{
	struct bytes after = file_bytes(path);

	assert_int_equal(after.count, before.count);
	assert_memory_equal(after.at, before.at, before.count);
	free(after.at);
	free(before.at);
}

static void write_file(const char *path, const void *bytes, size_t count)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, count, file), count);
	assert_int_equal(fclose(file), 0);
}

/* An SQLite file made by somebody else. */
static void write_database(const char *path, const char *sql)
{
	sqlite3 *database = NULL;

	assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(database);
}

/* A path beside the cache of the fixture, in a static buffer. */
static const char *beside(void **state, const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", ((struct fixture *)*state)->folder, name);
	return path;
}

static void assert_refused(const char *path, bool create, enum status status, const char *words)
{
	struct store *store = NULL;
	struct error error = {0};
	bool created = true;

	assert_int_equal(store_open(path, create, &store, &created, &error), status);
	assert_int_equal(error.status, status);
	assert_null(store);
	assert_false(created);
	assert_non_null(strstr(error.message, words));
	assert_true(error.advice[0] != '\0');
	assert_non_null(strstr(path, error.file)); /* or the folder that is wrong */
	assert_int_equal(store_open(path, create, &store, NULL, NULL), status);
}

/* ---- making ---------------------------------------------------------------------- */

static void a_cache_is_signed(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(ask_number(fixture->store, "PRAGMA application_id"), 0x5374656d);
	assert_int_equal(ask_number(fixture->store, "PRAGMA user_version"), store_schema.version);
	assert_string_equal(ask(fixture->store, "PRAGMA journal_mode"), "wal");
	assert_string_equal(ask(fixture->store, "PRAGMA foreign_keys"), "1");
	assert_string_equal(ask(fixture->store, "SELECT name FROM pragma_table_list WHERE type = 'table'"
				" AND NOT strict AND name NOT LIKE 'sqlite_%'"), "");
}

static void folders_are_private(void **state)
{
	struct store *store = NULL;
	struct stat folder;

	assert_int_equal(store_open(beside(state, "a/b/c.db"), true, &store, NULL, NULL), STATUS_OK);
	store_close(store);
	assert_int_equal(stat(beside(state, "a/b"), &folder), 0);
	assert_int_equal(folder.st_mode & 0777, 0700);
	assert_int_equal(stat(beside(state, "a"), &folder), 0);
	assert_int_equal(folder.st_mode & 0777, 0700);
}

static void default_path_follows_xdg(void **state)
{
	(void)state;
	static const struct {
		const char *data, *home, *path;
	} cases[] = {
		{"/x/data", "/home/me", "/x/data/stemma/stemma.db"},
		{"relative", "/home/me", "/home/me/.local/share/stemma/stemma.db"},
		{NULL, "/home/me", "/home/me/.local/share/stemma/stemma.db"},
		{"", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsetenv("XDG_DATA_HOME");
		unsetenv("HOME");
		if (cases[i].data)
			setenv("XDG_DATA_HOME", cases[i].data, 1);
		if (cases[i].home)
			setenv("HOME", cases[i].home, 1);
		char *path = store_default_path();
		if (cases[i].path)
			assert_string_equal(path, cases[i].path);
		else
			assert_null(path);
		free(path);
	}
}

/* stemma-cache(5) names every table, view and column. */
static void the_manual_is_complete(void **state)
{
	struct fixture *fixture = *state;
	const char *top = getenv("top_srcdir");
	char path[256];

	snprintf(path, sizeof path, "%s/man/stemma-cache.5", top ? top : ".");
	if (access(path, R_OK) != 0)
		return; /* run by hand from elsewhere */
	struct bytes page = file_bytes(path);
	page.at[page.count] = '\0';
	char *names = strdup(ask(fixture->store,
		"SELECT '.Ss ' || name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'"
		" UNION SELECT c.name FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c"
		" WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%'"));
	char *rest = names;
	for (char *name; (name = strsep(&rest, "\n"));)
		if (!strstr((char *)page.at, name))
			fail_msg("%s is not in the manual", name);
	free(names);
	free(page.at);
}

/* ---- recognising ------------------------------------------------------------------- */

static void missing_and_odd_paths_are_refused(void **state)
{
	struct fixture *fixture = *state;

	assert_refused(beside(state, "none.db"), false, STATUS_NO_INPUT, "no such cache");
	assert_int_not_equal(access(beside(state, "none.db"), F_OK), 0);
	assert_refused(beside(state, "none/none.db"), false, STATUS_NO_INPUT, "no such cache");
	assert_refused(fixture->folder, true, STATUS_IO, "not a regular file");
	assert_refused("/dev/null", true, STATUS_IO, "not a regular file");
	assert_refused(beside(state, "cache.db/x.db"), true, STATUS_IO, "Not a directory");
	assert_refused("", true, STATUS_USAGE, "empty");
	write_file(beside(state, "empty.db"), "", 0);
	assert_refused(beside(state, "empty.db"), false, STATUS_NO_INPUT, "empty");
}

static void an_empty_file_becomes_a_cache(void **state)
{
	struct store *store = NULL;
	bool created = false;

	write_file(beside(state, "empty.db"), "", 0);
	assert_int_equal(store_open(beside(state, "empty.db"), true, &store, &created, NULL), STATUS_OK);
	assert_true(created);
	store_close(store);
}

static void other_files_stay_untouched(void **state)
{
	static const struct {
		const char *content;
		size_t count;
	} cases[] = {{"x", 1}, {"", 1}, {"name,ifeval\na/b,20\n", 19}, {"SQLite format 3", 16}};
	char path[256];

	snprintf(path, sizeof path, "%s", beside(state, "other"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		write_file(path, cases[i].content, cases[i].count);
		struct bytes before = file_bytes(path);
		assert_refused(path, true, STATUS_CACHE, "not a database");
		assert_untouched(path, before);
	}
}

static void other_databases_stay_untouched(void **state)
{
	static const char *const makers[] = {
		"CREATE TABLE history (url TEXT)",
		"PRAGMA application_id = 17; CREATE TABLE t (x)",
		"PRAGMA application_id = 17",
		"PRAGMA user_version = 1",
	};
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
		char path[256], name[16];
		snprintf(name, sizeof name, "other%zu.db", i);
		snprintf(path, sizeof path, "%s", beside(state, name));
		write_database(path, makers[i]);
		struct bytes before = file_bytes(path);
		assert_refused(path, true, STATUS_CACHE, "another program");
		assert_untouched(path, before);
	}
}

static void a_newer_cache_stays_untouched(void **state)
{
	struct fixture *fixture = *state;

	store_close(fixture->store);
	fixture->store = NULL;
	write_database(fixture->path, "PRAGMA user_version = 1000");
	struct bytes before = file_bytes(fixture->path);
	assert_refused(fixture->path, true, STATUS_CACHE, "schema 1000");
	assert_untouched(fixture->path, before);
}

static void a_cache_with_a_negative_schema_is_refused(void **state)
{
	struct fixture *fixture = *state;

	store_close(fixture->store);
	fixture->store = NULL;
	write_database(fixture->path, "PRAGMA user_version = -3");
	struct bytes before = file_bytes(fixture->path);
	assert_refused(fixture->path, true, STATUS_CACHE, "damaged");
	assert_untouched(fixture->path, before);
}

/* What a foreign cache may hold to have its own SQL run. */
static void a_foreign_schema_is_refused(void **state)
{
	static const struct {
		const char *sql, *words;
	} foreign[] = {
		{"DROP TABLE data_changes; CREATE VIEW data_changes AS WITH RECURSIVE r(n) AS"
		 " (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT 1 AS id, n AS version FROM r",
		 "the view data_changes"},
		{"CREATE TRIGGER more AFTER INSERT ON flags BEGIN"
		 " UPDATE models SET name = name || hex(zeroblob(100000000)); END", "the trigger more"},
		{"DROP TABLE flags; CREATE VIRTUAL TABLE flags USING fts5(model, reason, made)", "flags"},
		{"CREATE TABLE notes (text TEXT)", "the table notes"},
		{"CREATE INDEX by_license ON models (license)", "the index by_license"},
		{"DROP INDEX edges_parent", "the index edges_parent of this cache is missing"},
		{"DROP TABLE packed; CREATE VIEW packed AS SELECT 1 AS id, zeroblob(1000000000) AS bytes", "the view packed"},
		{"ALTER TABLE models ADD COLUMN colour TEXT", "the table models of this cache is not as stemma makes it"},
		{"DROP TRIGGER models_added; CREATE TRIGGER models_added AFTER INSERT ON models BEGIN"
		 " UPDATE models SET name = name || 'x'; END", "the trigger models_added of this cache is not"},
		{"DROP VIEW lineage; CREATE VIEW lineage AS SELECT 'A' AS child", "the view lineage"},
	};
	struct fixture *fixture = *state;

	assert_int_equal(sqlite3_exec(fixture->store->database, PACKED_SQL, NULL, NULL, NULL), SQLITE_OK);
	store_close(fixture->store);
	fixture->store = NULL;
	assert_int_equal(store_open(fixture->path, false, &fixture->store, NULL, NULL), STATUS_OK);
	store_close(fixture->store);
	fixture->store = NULL;
	struct bytes good = file_bytes(fixture->path);
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
		write_file(fixture->path, good.at, good.count);
		write_database(fixture->path, foreign[i].sql);
		struct bytes before = file_bytes(fixture->path);
		assert_refused(fixture->path, true, STATUS_CACHE, foreign[i].words);
		assert_untouched(fixture->path, before);
	}
	write_file(fixture->path, good.at, good.count);
	write_database(fixture->path, "ANALYZE"); /* does no harm */
	assert_int_equal(store_open(fixture->path, false, &fixture->store, NULL, NULL), STATUS_OK);
	free(good.at);
}

static void see_finding(void *context, const char *severity, const char *message)
{
	text_append_format(context, "%s: %s\n", severity, message);
}

static void damage_is_told(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	size_t faults = 0;

	for (int i = 0; i < 1000; i++) {
		char name[32];
		snprintf(name, sizeof name, "owner/model-%d", i);
		put_run(fixture->store, name, "s", 10, 6, 10);
	}
	store_close(fixture->store);
	fixture->store = NULL;
	struct bytes bytes = file_bytes(fixture->path);
	memset(bytes.at + bytes.count / 2, 0x5a, bytes.count / 4);
	write_file(fixture->path, bytes.at, bytes.count);
	free(bytes.at);
	/* The schema is whole, so it opens; the check tells. */
	struct text seen = {0};
	assert_int_equal(store_open(fixture->path, false, &fixture->store, NULL, &error), STATUS_OK);
	assert_int_equal(store_check(fixture->store, see_finding, &seen, &faults, &error), STATUS_OK);
	assert_true(faults > 0);
	assert_non_null(strstr(text_string(&seen), "error: "));
	text_free(&seen);
}

/* ---- migrating ------------------------------------------------------------------------ */

/* Two versions after the real ones. */
static const char *const later_steps[] = {
	"ALTER TABLE models ADD COLUMN colour TEXT", "UPDATE models SET colour = 'red'",
};
static const char *const broken_steps[] = {
	"ALTER TABLE models ADD COLUMN colour TEXT; UPDATE models SET suspect = 1",
	"UPDATE no_such_table SET x = 1",
};

static enum status open_later(struct fixture *fixture, const char *const *steps, bool *created,
			      struct error *error)
{
	const char *all[16];
	struct schema schema = {.steps = all, .version = store_schema.version + 2};

	memcpy(all, store_schema.steps, (size_t)store_schema.version * sizeof *all);
	memcpy(all + store_schema.version, steps, 2 * sizeof *all);

	return database_open(fixture->path, true, &schema, &fixture->store, created, error);
}

static void an_older_cache_moves_forward(void **state)
{
	struct fixture *fixture = *state;
	bool created = true;

	put_run(fixture->store, "a/m", "s", 10, 6, 10);
	store_close(fixture->store);
	fixture->store = NULL;
	assert_int_equal(open_later(fixture, later_steps, &created, NULL), STATUS_OK);
	assert_false(created);
	assert_int_equal(ask_number(fixture->store, "PRAGMA user_version"),
			 store_schema.version + 2);
	assert_string_equal(ask(fixture->store, "SELECT name, colour FROM models"), "a/m|red");
	/* Once is enough, and this program now refuses it. */
	store_close(fixture->store);
	fixture->store = NULL;
	assert_int_equal(open_later(fixture, later_steps, &created, NULL), STATUS_OK);
	store_close(fixture->store);
	fixture->store = NULL;
	assert_refused(fixture->path, true, STATUS_CACHE, "schema ");
}

/* A cache of the first version has no flags; it gets them and keeps the rest. */
static void the_first_version_moves_forward(void **state)
{
	struct fixture *fixture = *state;
	struct schema first = {.steps = store_schema.steps, .version = 1};

	store_close(fixture->store);
	fixture->store = NULL;
	assert_int_equal(remove(fixture->path), 0);
	assert_int_equal(database_open(fixture->path, true, &first, &fixture->store, NULL, NULL),
			 STATUS_OK);
	ask(fixture->store, "INSERT INTO models (id, name) VALUES (1, 'a/m')");
	ask(fixture->store, "INSERT INTO evaluations (id, model, source, rank) VALUES (5, 1, 's', 10)");
	ask(fixture->store, "INSERT INTO scores (evaluation, benchmark, value, raw) VALUES (5, 2, 10, 0.25)");
	store_close(fixture->store);
	assert_int_equal(store_open(fixture->path, false, &fixture->store, NULL, NULL), STATUS_OK);
	assert_int_equal(ask_number(fixture->store, "PRAGMA user_version"), store_schema.version);
	assert_string_equal(ask(fixture->store, "SELECT name FROM models"), "a/m");
	assert_string_equal(ask(fixture->store, "SELECT model, benchmark, value, shots FROM published"),
			    "a/m|bbh|10.0|NULL");
	assert_string_equal(ask(fixture->store, "SELECT raw FROM chosen_scores"), "0.25");
	assert_int_equal(store_put_flag(fixture->store, 1, "leaked", NULL), STATUS_OK);
	assert_string_equal(ask(fixture->store, "SELECT model, reason FROM flags"), "1|leaked");
}

static void a_new_cache_takes_all_steps(void **state)
{
	struct fixture *fixture = *state;
	bool created = false;

	store_close(fixture->store);
	fixture->store = NULL;
	assert_int_equal(remove(fixture->path), 0);
	assert_int_equal(open_later(fixture, later_steps, &created, NULL), STATUS_OK);
	assert_true(created);
	assert_int_equal(ask_number(fixture->store, "PRAGMA user_version"),
			 store_schema.version + 2);
	assert_string_equal(ask(fixture->store, "SELECT count(colour) FROM models"), "0");
}

/* What 0.1.0 kept, in the words of this version. */
static void a_cache_of_0_1_0_loses_nothing(void **state)
{
	struct fixture *fixture = *state;
	const char *top = getenv("top_srcdir");
	char path[256];

	snprintf(path, sizeof path, "%s/tests/store/cache-0.1.0.sql", top ? top : ".");
	if (access(path, R_OK) != 0)
		skip(); /* run by hand from elsewhere */
	struct bytes dump = file_bytes(path);
	dump.at[dump.count] = '\0';
	store_close(fixture->store);
	fixture->store = NULL;
	assert_int_equal(remove(fixture->path), 0);
	write_database(fixture->path, (const char *)dump.at);
	free(dump.at);
	assert_int_equal(store_open(fixture->path, false, &fixture->store, NULL, NULL), STATUS_OK);
	assert_int_equal(ask_number(fixture->store, "PRAGMA user_version"), store_schema.version);
	assert_string_equal(ask(fixture->store, "SELECT name, params_b, license, kind, uploaded FROM models"
				" WHERE id = 3"), "acme/merge-7b|7.24|mit|merge|2024-05-06");
	assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM scores"), 24);
	/* The user chose the second run, and all that it measured is shown. */
	assert_string_equal(ask(fixture->store, "SELECT benchmark, value, precision, chat_template, date"
				" FROM published WHERE model = 'acme/chat-7b' ORDER BY benchmark LIMIT 2"),
			    "bbh|32.9|float16|0|2024-05-01\ngpqa|7.6|float16|0|2024-05-01");
	assert_string_equal(ask(fixture->store, "SELECT value FROM published WHERE model = 'acme/merge-7b'"
				" AND benchmark = 'ifeval'"), "50.25");
	assert_string_equal(ask(fixture->store, "SELECT parent, relation, weight, method FROM lineage"
				" WHERE child = 'acme/merge-7b' ORDER BY weight"),
			    "acme/base-7b|merge|0.25|linear\nacme/chat-7b|merge|0.75|linear");
	assert_int_equal(store_find_model(fixture->store, "OLD/chat-7b"), 2);
	/* What an import of then has brought nobody knows. */
	struct error refusal = {0};
	assert_int_equal(store_undo_import(fixture->store, 1, &refusal), STATUS_USAGE);
	assert_non_null(strstr(refusal.message, "older stemma"));
	assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM scores"), 24);
	assert_string_equal(ask(fixture->store, "SELECT model, reason FROM flags"), "3|contaminated");
	assert_string_equal(ask(fixture->store, "SELECT hex(bits) FROM outcomes ORDER BY model"), "02\n03");
	assert_string_equal(ask(fixture->store, "SELECT model, weight, locked FROM sketch_parents"
				" WHERE sketch = 'best' ORDER BY position"), "2|0.75|0\n3|0.25|1");
	assert_string_equal(ask(fixture->store, "SELECT value FROM state WHERE key = 'tree.cursor'"),
			    "acme/chat-7b");
	assert_string_equal(ask(fixture->store, "PRAGMA foreign_key_check"), "");
	assert_string_equal(ask(fixture->store, "PRAGMA integrity_check"), "ok");
}

static void a_failed_migration_leaves_the_old_cache(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	put_name(fixture->store, "a/m");
	store_close(fixture->store);
	fixture->store = NULL;
	struct bytes before = file_bytes(fixture->path);
	assert_int_not_equal(open_later(fixture, broken_steps, NULL, &error), STATUS_OK);
	assert_non_null(strstr(error.message, "no_such_table"));
	assert_null(fixture->store);
	assert_untouched(fixture->path, before);
	assert_int_equal(store_open(fixture->path, false, &fixture->store, NULL, NULL), STATUS_OK);
	assert_string_equal(ask(fixture->store, "SELECT name, suspect FROM models"), "a/m|0");
}

/* ---- transactions and sharing ------------------------------------------------------------ */

static void two_copies_do_not_harm_each_other(void **state)
{
	struct fixture *fixture = *state;
	struct store *other = NULL;
	struct error error = {0};
	enum change change;
	struct model_facts facts = no_facts;

	assert_int_equal(store_open(fixture->path, true, &other, NULL, NULL), STATUS_OK);
	sqlite3_busy_timeout(other->database, 1);
	assert_int_equal(store_begin(fixture->store, NULL), STATUS_OK);
	put_name(fixture->store, "a/m");
	/* The other reads the old state and cannot write. */
	assert_int_equal(store_find_model(other, "a/m"), 0);
	assert_int_equal(store_begin(other, &error), STATUS_BUSY);
	assert_true(error.advice[0] != '\0');
	facts.name = "a/n";
	assert_int_equal(store_put_model(other, &facts, &change, NULL), STATUS_BUSY);
	assert_int_equal(store_put_state(other, "k", "v", NULL), STATUS_BUSY);
	assert_int_equal(store_commit(fixture->store, NULL), STATUS_OK);
	/* Then it sees the new one and can. */
	assert_true(store_find_model(other, "A/M") > 0);
	assert_int_equal(store_put_model(other, &facts, &change, NULL), STATUS_OK);
	assert_true(store_find_model(fixture->store, "a/n") > 0);
	store_close(other);
}

static void a_snapshot_stands_still(void **state)
{
	struct fixture *fixture = *state;
	struct store *other = NULL;

	assert_int_equal(store_open(fixture->path, true, &other, NULL, NULL), STATUS_OK);
	assert_int_equal(store_snapshot_begin(fixture->store, NULL), STATUS_OK);
	int64_t version = store_data_version(fixture->store);
	put_name(other, "a/m");
	assert_int_equal(store_find_model(fixture->store, "a/m"), 0);
	assert_int_equal(store_data_version(fixture->store), version);
	store_snapshot_end(fixture->store);
	assert_true(store_find_model(fixture->store, "a/m") > 0);
	assert_true(store_data_version(fixture->store) > version);
	store_close(other);
}

static void rollback_undoes_all(void **state)
{
	struct fixture *fixture = *state;

	put_name(fixture->store, "a/before");
	assert_int_equal(store_begin(fixture->store, NULL), STATUS_OK);
	put_run(fixture->store, "a/m", "s", 10, 6, 10);
	put_edge(fixture->store, "a/m", "a/p", "hub", TRUST_DECLARED, NAN);
	store_rollback(fixture->store);
	store_rollback(fixture->store); /* once more does no harm */
	assert_string_equal(ask(fixture->store, "SELECT name FROM models"), "a/before");
	assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM scores"), 0);
	put_name(fixture->store, "a/after");
}

static void a_killed_copy_leaves_the_old_state(void **state)
{
	struct fixture *fixture = *state;
	int result = -1;

	put_name(fixture->store, "a/before");
	store_close(fixture->store); /* no connection may cross a fork */
	fixture->store = NULL;
	pid_t child = fork();
	if (child == 0) {
		struct store *store = NULL;
		if (store_open(fixture->path, false, &store, NULL, NULL) != STATUS_OK ||
		    store_begin(store, NULL) != STATUS_OK)
			_exit(1);
		/* More than the page cache's share, so that some reaches the file. */
		database_run(store, "PRAGMA cache_size = 10", NULL);
		for (int i = 0; i < 2000; i++) {
			char name[32];
			enum change change;
			struct model_facts facts = no_facts;
			snprintf(name, sizeof name, "owner/model-%d", i);
			facts.name = name;
			if (store_put_model(store, &facts, &change, NULL) != STATUS_OK)
				_exit(2);
		}
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &result, 0), child);
	assert_true(WIFSIGNALED(result) && WTERMSIG(result) == SIGKILL);
	assert_int_equal(store_open(fixture->path, false, &fixture->store, NULL, NULL), STATUS_OK);
	assert_string_equal(ask(fixture->store, "SELECT name FROM models"), "a/before");
	assert_string_equal(ask(fixture->store, "PRAGMA integrity_check"), "ok");
}

static void many_copies_make_one_cache(void **state)
{
	struct fixture *fixture = *state;
	char path[256];

	snprintf(path, sizeof path, "%s", beside(state, "race/cache.db"));
	store_close(fixture->store); /* as above */
	fixture->store = NULL;
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			struct store *store = NULL;
			char name[16];
			enum change change;
			struct model_facts facts = no_facts;
			snprintf(name, sizeof name, "a/%d", i);
			facts.name = name;
			enum status status = store_open(path, true, &store, NULL, NULL);
			if (status == STATUS_OK)
				status = store_put_model(store, &facts, &change, NULL);
			store_close(store);
			_exit((int)status);
		}
	for (int i = 0; i < 4; i++) {
		int result = -1;
		assert_true(wait(&result) > 0);
		assert_int_equal(result, 0);
	}
	struct store *store = NULL;
	assert_int_equal(store_open(path, false, &store, NULL, NULL), STATUS_OK);
	assert_string_equal(ask(store, "SELECT name FROM models ORDER BY name"), "a/0\na/1\na/2\na/3");
	store_close(store);
}

/* ---- failing disks -------------------------------------------------------------------------- */

static void a_full_disk_keeps_nothing_of_the_step(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	enum status status = STATUS_OK;
	enum change change;

	put_name(fixture->store, "a/before");
	/* As many pages as there are now and a few. */
	char sql[64];
	snprintf(sql, sizeof sql, "PRAGMA max_page_count = %lld",
		 (long long)ask_number(fixture->store, "PRAGMA page_count") + 4);
	ask(fixture->store, sql);
	assert_int_equal(store_begin(fixture->store, NULL), STATUS_OK);
	for (int i = 0; i < 5000 && status == STATUS_OK; i++) {
		char name[64];
		struct model_facts facts = no_facts;
		snprintf(name, sizeof name, "owner/a-model-with-a-long-name-%d", i);
		facts.name = name;
		status = store_put_model(fixture->store, &facts, &change, &error);
	}
	assert_int_equal(status, STATUS_IO);
	assert_non_null(strstr(error.message, "full"));
	assert_non_null(strstr(error.advice, "space"));
	store_rollback(fixture->store);
	assert_string_equal(ask(fixture->store, "SELECT name FROM models"), "a/before");
}

/* SQLite may undo the transaction by itself; then nothing more of it is kept. */
static void a_lost_transaction_is_noticed(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	enum change change;
	struct model_facts facts = no_facts;

	assert_int_equal(store_begin(fixture->store, NULL), STATUS_OK);
	put_name(fixture->store, "a/m");
	assert_int_equal(database_run(fixture->store, "ROLLBACK", NULL), STATUS_OK);
	facts.name = "a/n";
	assert_int_equal(store_put_model(fixture->store, &facts, &change, &error), STATUS_IO);
	assert_int_equal(store_commit(fixture->store, NULL), STATUS_IO);
	assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM models"), 0);
	put_name(fixture->store, "a/n");
}

/* Root may write everything; so the test goes on as somebody else, who owns the
 * folder, until its end. */
static void become_mortal(const struct fixture *fixture)
{
	const uid_t nobody = 65534;

	if (geteuid() != 0)
		return;
	assert_int_equal(chown(fixture->folder, nobody, (gid_t)-1), 0);
	if (access(fixture->path, F_OK) == 0)
		assert_int_equal(chown(fixture->path, nobody, (gid_t)-1), 0);
	assert_int_equal(seteuid(nobody), 0);
}

static int mortal_close(void **state)
{
	/* The owner again that the test began with; nothing to do for others. */
	if (getuid() == 0 && seteuid(0) != 0)
		return -1;
	return fixture_close(state);
}

static void a_read_only_file_can_be_read(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	enum change change;
	struct model_facts facts = no_facts;

	put_name(fixture->store, "a/m");
	store_close(fixture->store);
	fixture->store = NULL;
	assert_int_equal(chmod(fixture->path, 0400), 0);
	become_mortal(fixture);
	assert_int_equal(store_open(fixture->path, false, &fixture->store, NULL, &error), STATUS_OK);
	assert_true(store_find_model(fixture->store, "a/m") > 0);
	facts.name = "a/n";
	assert_int_equal(store_put_model(fixture->store, &facts, &change, &error), STATUS_IO);
	assert_non_null(strstr(error.advice, "writable"));
}

static void forbidden_folders_are_told(void **state)
{
	char folder[256];

	become_mortal(*state);
	snprintf(folder, sizeof folder, "%s", beside(state, "closed"));
	assert_int_equal(mkdir(folder, 0500), 0);
	assert_refused(beside(state, "closed/x.db"), true, STATUS_IO, "Permission denied");
	assert_refused(beside(state, "closed/a/x.db"), true, STATUS_IO, "Permission denied");
	assert_int_equal(chmod(folder, 0), 0);
	assert_refused(beside(state, "closed/x.db"), false, STATUS_IO, "Permission denied");
	assert_int_equal(chmod(folder, 0700), 0);
}

/* Every error that the table knows names the file and says what to do. */
static void every_failure_has_advice(void **state)
{
	(void)state;
	static const int numbers[] = {EACCES, EPERM, ENOENT, ENOTDIR, EROFS, ENOSPC, EDQUOT};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct error error = {0};
		enum status status = database_file_error("/x/y.db", numbers[i], &error, "it failed");
		assert_int_equal(error.status, status);
		assert_string_equal(error.file, "/x/y.db");
		assert_non_null(strstr(error.message, strerror(numbers[i])));
		assert_true(error.advice[0] != '\0');
	}
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		CASE(a_cache_is_signed),
		CASE(folders_are_private),
		CASE(default_path_follows_xdg),
		CASE(the_manual_is_complete),
		CASE(missing_and_odd_paths_are_refused),
		CASE(an_empty_file_becomes_a_cache),
		CASE(other_files_stay_untouched),
		CASE(other_databases_stay_untouched),
		CASE(a_newer_cache_stays_untouched),
		CASE(a_cache_with_a_negative_schema_is_refused),
		CASE(a_foreign_schema_is_refused),
		CASE(damage_is_told),
		CASE(an_older_cache_moves_forward),
		CASE(a_new_cache_takes_all_steps),
		CASE(the_first_version_moves_forward),
		CASE(a_cache_of_0_1_0_loses_nothing),
		CASE(a_failed_migration_leaves_the_old_cache),
		CASE(two_copies_do_not_harm_each_other),
		CASE(a_snapshot_stands_still),
		CASE(rollback_undoes_all),
		CASE(a_killed_copy_leaves_the_old_state),
		CASE(many_copies_make_one_cache),
		CASE(a_full_disk_keeps_nothing_of_the_step),
		CASE(a_lost_transaction_is_noticed),
		cmocka_unit_test_setup_teardown(a_read_only_file_can_be_read, fixture_open, mortal_close),
		cmocka_unit_test_setup_teardown(forbidden_folders_are_told, fixture_open, mortal_close),
		CASE(every_failure_has_advice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
