/* What imports bring, and taking it back. */
#include "imports.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "registry.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

void bind_import(sqlite3_stmt *statement, int place, const struct store *store)
{
	if (store->import)
		bind_integer(statement, place, store->import);
	else
		bind_number(statement, place, (double)NAN);
}

/* ---- notes ------------------------------------------------------------------------- */

/* Runs a note, whose first place is the import; the row that it returns has the owner. */
static enum status run_note(struct store *store, sqlite3_stmt *statement, int64_t *owner, struct error *error)
{
	int64_t before = sqlite3_total_changes64(store->database);

	*owner = 0;
	bind_integer(statement, 1, store->import);
	enum status status = database_finish_integer(store, statement, owner, error);
	/* Beside the data: no fit gets old by it. */
	store->uncounted += sqlite3_total_changes64(store->database) - before;
	return status;
}

enum status note_model(struct store *store, int64_t model, struct error *error)
{
	int64_t owner;

	if (!store->import)
		return STATUS_OK;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_NOTE_MODEL);
	bind_integer(statement, 2, model);
	return run_note(store, statement, &owner, error);
}

enum status note_edge(struct store *store, int64_t child, int64_t parent, const char *source, int64_t *owner,
		      struct error *error)
{
	*owner = 0;
	if (!store->import)
		return STATUS_OK;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_NOTE_EDGE);
	bind_integer(statement, 2, child);
	bind_integer(statement, 3, parent);
	bind_text(statement, 4, source);
	return run_note(store, statement, owner, error);
}

enum status note_attribute(struct store *store, int64_t model, const char *key, struct error *error)
{
	int64_t owner;

	if (!store->import)
		return STATUS_OK;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_NOTE_ATTRIBUTE);
	bind_integer(statement, 2, model);
	bind_text(statement, 3, key);
	return run_note(store, statement, &owner, error);
}

enum status note_score(struct store *store, int64_t evaluation, int64_t benchmark, int shots, const char *setup,
		       int64_t *owner, struct error *error)
{
	*owner = 0;
	if (!store->import)
		return STATUS_OK;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_NOTE_SCORE);
	bind_integer(statement, 2, evaluation);
	bind_integer(statement, 3, benchmark);
	bind_integer(statement, 4, shots);
	bind_text(statement, 5, setup);
	return run_note(store, statement, owner, error);
}

enum status note_outcomes(struct store *store, int64_t model, int64_t benchmark, struct error *error)
{
	int64_t owner;

	if (!store->import)
		return STATUS_OK;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_NOTE_OUTCOMES);
	bind_integer(statement, 2, model);
	bind_integer(statement, 3, benchmark);
	return run_note(store, statement, &owner, error);
}

void note_replaced(struct store *store, int64_t owner)
{
	if (store->watched > 0 && owner >= store->watched && owner != store->import && !store->replaced)
		store->replaced = owner;
}

/* ---- the list ------------------------------------------------------------------------ */

enum status store_next_import(struct store *store, int64_t *import, struct error *error)
{
	return database_finish_integer(store, database_statement(store, STATEMENT_NEXT_IMPORT), import, error);
}

void store_watch_imports(struct store *store, int64_t first)
{
	store->watched = first;
}

static char *text_of(sqlite3_stmt *statement)
{
	char *text = NULL;

	if (statement && sqlite3_step(statement) == SQLITE_ROW)
		text = memory_string(column_text(statement, 0));
	sqlite3_reset(statement);
	return text;
}

char *store_replaced_import(struct store *store)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_IMPORT_FILE);

	if (!store->replaced)
		return NULL;
	bind_integer(statement, 1, store->replaced);
	return text_of(statement);
}

int64_t store_same_import(struct store *store, const char *file)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_SAME_IMPORT);
	int64_t id = 0;

	bind_text(statement, 1, file);
	return database_finish_integer(store, statement, &id, NULL) == STATUS_OK ? id : 0;
}

enum status store_note_import(struct store *store, const char *file, const char *format,
			      const struct store_import *counts, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_NOTE_IMPORT);

	bind_text(statement, 1, file);
	bind_text(statement, 2, format);
	bind_integer(statement, 3, (int64_t)counts->accepted);
	bind_integer(statement, 4, (int64_t)counts->rejected);
	bind_integer(statement, 5, (int64_t)counts->added);
	bind_integer(statement, 6, (int64_t)counts->updated);
	bind_import(statement, 7, store);
	enum status status = database_finish_kept(store, statement, NULL, error);
	store->import += store->import > 0; /* the next file of this transaction */
	store->replaced = 0;
	return status;
}

struct import_visitor {
	bool (*visit)(void *context, const struct store_import *);
	void *context;
};

static bool import_row(void *context, sqlite3_stmt *row)
{
	const struct import_visitor *visitor = context;
	struct store_import import = {
		.id = sqlite3_column_int64(row, 0), .file = column_text(row, 1), .format = column_text(row, 2),
		.accepted = (size_t)sqlite3_column_int64(row, 3), .rejected = (size_t)sqlite3_column_int64(row, 4),
		.added = (size_t)sqlite3_column_int64(row, 5), .updated = (size_t)sqlite3_column_int64(row, 6),
		.noted = sqlite3_column_int(row, 7) != 0, .done = column_text(row, 8), .undone = column_text(row, 9),
	};
	return visitor->visit(visitor->context, &import);
}

enum status store_each_import(struct store *store, bool (*visit)(void *context, const struct store_import *),
			      void *context, struct error *error)
{
	struct import_visitor visitor = {visit, context};
	struct query query = {.sql =
		"SELECT id, file, format, accepted, rejected, added, updated, noted, done, undone"
		" FROM imports ORDER BY id"};

	return database_each(store, query, import_row, &visitor, error);
}

/* ---- taking one back ------------------------------------------------------------------- */

/* A table whose rows have layers.  The columns are those of before_TABLE, without the layer. */
struct layered {
	const char *table, *key, *columns, *values;
	const char *needs; /* what must be there before a row m may be restored */
	bool kept; /* others refer to its rows, which are restored in their place */
};
static const struct layered layered[] = {
	{"edges", "child, parent, source", "child, parent, source, relation, weight, method, trust, note, import",
	 "relation, weight, method, trust, note, import",
	 "m.child IN (SELECT id FROM models) AND m.parent IN (SELECT id FROM models)", false},
	{"scores", "evaluation, benchmark, shots, setup",
	 "evaluation, benchmark, shots, setup, value, raw, error, date, address, limited, preferred, import",
	 "value, raw, error, date, address, limited, preferred, import",
	 "m.evaluation IN (SELECT id FROM evaluations) AND m.benchmark IN (SELECT id FROM benchmarks)", false},
	{"outcomes", "model, benchmark", "model, benchmark, questions, bits, asked, import", "questions, bits, asked, import",
	 "m.model IN (SELECT id FROM models) AND m.benchmark IN (SELECT id FROM benchmarks)", false},
	{"model_attributes", "model, key", "model, key, value, source, rank, import", "value, source, rank, import",
	 "m.model IN (SELECT id FROM models)", false},
	{"models", "id", "id, architecture, params_b, license, kind, uploaded, likes, moe, source, rank, import",
	 "architecture, params_b, license, kind, uploaded, likes, moe, source, rank, import", "1", true},
};

/* "(a.child, a.parent)" of "child, parent". */
static void append_key(struct text *sql, const char *alias, const char *key)
{
	text_append(sql, "(");
	for (const char *at = key; *at;) {
		size_t length = strcspn(at, ",");
		text_append_format(sql, "%s%s.%.*s", at > key ? ", " : "", alias, (int)length, at);
		at += length;
		at += strspn(at, ", ");
	}
	text_append(sql, ")");
}

static void append_same(struct text *sql, const char *a, const char *b, const char *key)
{
	append_key(sql, a, key);
	text_append(sql, " = ");
	append_key(sql, b, key);
}

/* Runs SQL whose ?1 is the import. */
static enum status run(struct store *store, struct text *sql, int64_t import, struct error *error)
{
	sqlite3_stmt *statement = NULL;

	sqlite3_prepare_v2(store->database, text_string(sql), -1, &statement, NULL);
	bind_integer(statement, 1, import);
	enum status status = database_finish(store, statement, NULL, error);
	sqlite3_finalize(statement);
	text_clear(sql);
	return status;
}

/* A layer below others hands what it found to the next one above. */
static void hand_up(struct text *sql, const struct layered *kind)
{
	text_append_format(sql, "UPDATE before_%s AS n SET (%s) = (SELECT %s FROM before_%s AS m WHERE m.layer = ?1 AND ",
			   kind->table, kind->values, kind->values, kind->table);
	append_same(sql, "m", "n", kind->key);
	text_append_format(sql, ") WHERE n.layer = (SELECT min(o.layer) FROM before_%s AS o WHERE o.layer > ?1 AND ",
			   kind->table);
	append_same(sql, "o", "n", kind->key);
	text_append_format(sql, ") AND EXISTS (SELECT 1 FROM before_%s AS m WHERE m.layer = ?1 AND ", kind->table);
	append_same(sql, "m", "n", kind->key);
	text_append(sql, ")");
}

/* "NOT EXISTS" a later layer, or a row that a later import has brought anew. */
static void append_topmost(struct text *sql, const struct layered *kind)
{
	text_append_format(sql, " WHERE m.layer = ?1 AND NOT EXISTS (SELECT 1 FROM before_%s AS o WHERE o.layer > ?1 AND ",
			   kind->table);
	append_same(sql, "o", "m", kind->key);
	text_append_format(sql, ") AND NOT EXISTS (SELECT 1 FROM %s AS t WHERE t.import > ?1 AND ", kind->table);
	append_same(sql, "t", "m", kind->key);
	text_append_format(sql, ") AND %s", kind->needs);
}

/* The topmost layer's row becomes what it was. */
static void restore(struct text *sql, const struct layered *kind)
{
	if (!kind->kept) {
		text_append_format(sql, "INSERT OR REPLACE INTO %s (%s) SELECT %s FROM before_%s AS m", kind->table,
				   kind->columns, kind->columns, kind->table);
		append_topmost(sql, kind);
		return;
	}
	text_append_format(sql, "UPDATE %s AS r SET (%s) = (SELECT %s FROM before_%s AS m WHERE m.layer = ?1 AND ", kind->table,
			   kind->values, kind->values, kind->table);
	append_same(sql, "m", "r", kind->key);
	text_append_format(sql, ") WHERE EXISTS (SELECT 1 FROM before_%s AS m", kind->table);
	append_topmost(sql, kind);
	text_append(sql, " AND ");
	append_same(sql, "m", "r", kind->key);
	text_append(sql, ")");
}

/* Rows that the import brought go over to the next that spoke of them ... */
static void hand_over(struct text *sql, const struct layered *kind)
{
	text_append_format(sql, "UPDATE %s AS r SET import = (SELECT min(o.layer) FROM before_%s AS o WHERE o.layer > ?1 AND ",
			   kind->table, kind->table);
	append_same(sql, "o", "r", kind->key);
	text_append_format(sql, ") WHERE import = ?1 AND EXISTS (SELECT 1 FROM before_%s AS o WHERE o.layer > ?1 AND ",
			   kind->table);
	append_same(sql, "o", "r", kind->key);
	text_append(sql, ")");
}

/* ... which has nothing before it then. */
static void drop_first(struct text *sql, const struct layered *kind)
{
	text_append_format(sql, "DELETE FROM before_%s AS b WHERE b.layer > ?1 AND EXISTS (SELECT 1 FROM %s AS r WHERE"
			   " r.import = b.layer AND ", kind->table, kind->table);
	append_same(sql, "r", "b", kind->key);
	text_append(sql, ")");
}

/* What others have noted of the import's rows: where these are gone, there is nothing to
 * come back to, and else they are the next one's. */
static void forget_owner(struct text *sql, const struct layered *kind)
{
	text_append_format(sql, "DELETE FROM before_%s AS b WHERE b.import = ?1 AND NOT EXISTS (SELECT 1 FROM %s AS r WHERE ",
			   kind->table, kind->table);
	append_same(sql, "r", "b", kind->key);
	text_append(sql, ")");
}

static void pass_owner(struct text *sql, const struct layered *kind)
{
	text_append_format(sql, "UPDATE before_%s AS b SET import = (SELECT r.import FROM %s AS r WHERE ", kind->table,
			   kind->table);
	append_same(sql, "r", "b", kind->key);
	text_append(sql, ") WHERE b.import = ?1");
}

static enum status take_back_rows(struct store *store, const struct layered *kind, int64_t import,
				  struct error *error)
{
	static void (*const steps[])(struct text *, const struct layered *) = {hand_up, restore, hand_over, drop_first,
									  forget_owner, pass_owner};
	struct text sql = {0};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < sizeof steps / sizeof *steps && status == STATUS_OK; i++) {
		steps[i](&sql, kind);
		status = run(store, &sql, import, error);
	}
	if (status == STATUS_OK) {
		text_append_format(&sql, "DELETE FROM before_%s WHERE layer = ?1", kind->table);
		status = run(store, &sql, import, error);
	}
	if (status == STATUS_OK && !kind->kept) {
		text_append_format(&sql, "DELETE FROM %s WHERE import = ?1", kind->table);
		status = run(store, &sql, import, error);
	}
	text_free(&sql);
	return status;
}

#define REFERS_TO_BENCHMARK \
	"EXISTS (SELECT 1 FROM scores WHERE benchmark = b.id) OR" \
	" EXISTS (SELECT 1 FROM outcomes WHERE benchmark = b.id) OR" \
	" EXISTS (SELECT 1 FROM boards WHERE benchmark = b.id) OR" \
	" EXISTS (SELECT 1 FROM targets WHERE benchmark = b.id)"
/* What refers to a model, with the import that brought it where one did. */
#define REFERRERS \
	"SELECT import FROM edges WHERE child = m.id UNION ALL SELECT import FROM edges WHERE parent = m.id" \
	" UNION ALL SELECT import FROM evaluations WHERE model = m.id" \
	" UNION ALL SELECT import FROM outcomes WHERE model = m.id" \
	" UNION ALL SELECT import FROM aliases WHERE model = m.id" \
	" UNION ALL SELECT NULL FROM sketches WHERE base = m.id" \
	" UNION ALL SELECT NULL FROM sketch_parents WHERE model = m.id" \
	" UNION ALL SELECT NULL FROM flags WHERE model = m.id" \
	" UNION ALL SELECT NULL FROM dropped_edges WHERE child = m.id OR parent = m.id"

/* After the rows: what holds them together, where nothing is left in it.  What others still
 * refer to stays, without what the import alone has told of it. */
static const char *const last_steps[] = {
	"DELETE FROM aliases WHERE import = ?1",
	"DELETE FROM evaluations AS e WHERE import = ?1 AND NOT EXISTS (SELECT 1 FROM scores WHERE evaluation = e.id)",
	"UPDATE evaluations AS e SET import = (SELECT min(import) FROM scores WHERE evaluation = e.id) WHERE import = ?1",
	"DELETE FROM benchmark_aliases WHERE benchmark IN (SELECT id FROM benchmarks AS b WHERE import = ?1"
	" AND NOT (" REFERS_TO_BENCHMARK "))",
	"DELETE FROM questions WHERE benchmark IN (SELECT id FROM benchmarks AS b WHERE import = ?1"
	" AND NOT (" REFERS_TO_BENCHMARK "))",
	"DELETE FROM benchmarks AS b WHERE import = ?1 AND NOT (" REFERS_TO_BENCHMARK ")",
	"UPDATE benchmarks AS b SET import = (SELECT min(import) FROM scores WHERE benchmark = b.id) WHERE import = ?1",
	"DELETE FROM model_attributes WHERE model IN (SELECT id FROM models AS m WHERE import = ?1"
	" AND NOT EXISTS (" REFERRERS "))",
	"DELETE FROM models AS m WHERE import = ?1 AND NOT EXISTS (" REFERRERS ")",
	"UPDATE models AS m SET architecture = NULL, params_b = NULL, license = NULL, kind = NULL, uploaded = NULL,"
	" likes = NULL, moe = NULL, source = NULL, rank = 0, import = (SELECT min(import) FROM (" REFERRERS "))"
	" WHERE import = ?1",
	"DELETE FROM folders WHERE import = ?1 AND name COLLATE NOCASE NOT IN (SELECT name FROM models)",
	"UPDATE folders SET import = NULL WHERE import = ?1",
	"UPDATE imports SET undone = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE id = ?1",
};

static enum status take_back(struct store *store, int64_t import, struct error *error)
{
	struct text sql = {0};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < sizeof layered / sizeof *layered && status == STATUS_OK; i++)
		status = take_back_rows(store, &layered[i], import, error);
	for (size_t i = 0; i < sizeof last_steps / sizeof *last_steps && status == STATUS_OK; i++) {
		text_append(&sql, last_steps[i]);
		status = run(store, &sql, import, error);
	}
	text_free(&sql);
	return status;
}

/* Whether there is such an import that can be taken back. */
struct wanted {
	int64_t id;
	bool found, noted, undone;
};

static bool find_import(void *context, const struct store_import *import)
{
	struct wanted *wanted = context;

	if (import->id != wanted->id)
		return true;
	wanted->found = true;
	wanted->noted = import->noted;
	wanted->undone = import->undone != NULL;
	return false;
}

static enum status check_import(struct store *store, int64_t import, struct error *error)
{
	struct wanted wanted = {.id = import};
	enum status status = store_each_import(store, find_import, &wanted, error);

	if (status != STATUS_OK)
		return status;
	if (wanted.undone)
		return error_set(error, STATUS_USAGE, "import %lld has been taken back already", (long long)import);
	if (wanted.found && wanted.noted)
		return STATUS_OK;
	error_set(error, STATUS_USAGE, wanted.found ? "import %lld is of an older stemma, which did not note what it brought"
		  : "there is no import %lld", (long long)import);
	return error_advise(error, "\"stemma imports\" lists them");
}

enum status store_undo_import(struct store *store, int64_t import, struct error *error)
{
	/* Deleting looks for nothing that refers to a row: that is what the steps do. */
	enum status status = store_begin_import(store, error);

	if (status != STATUS_OK)
		return status;
	store->import = 0;
	status = check_import(store, import, error);
	if (status == STATUS_OK)
		status = take_back(store, import, error);
	if (status == STATUS_OK)
		return store_commit(store, error);
	store_rollback(store);
	return status;
}

/* ---- folders ------------------------------------------------------------------------------ */

char *store_folder_name(struct store *store, const char *path)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_FOLDER_NAME);

	bind_exact(statement, 1, path);
	return text_of(statement);
}

char *store_folder_of(struct store *store, const char *name)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_FOLDER_OF);

	bind_text(statement, 1, name);
	return text_of(statement);
}

enum status store_put_folder(struct store *store, const char *path, const char *name, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_PUT_FOLDER);

	bind_exact(statement, 1, path);
	bind_text(statement, 2, name);
	bind_import(statement, 3, store);
	return database_finish_kept(store, statement, NULL, error);
}

bool store_name_is_taken(struct store *store, const char *name)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_FOLDER_TAKEN);
	int64_t taken = 0;

	bind_text(statement, 1, name);
	return database_finish_integer(store, statement, &taken, NULL) == STATUS_OK && taken != 0;
}
