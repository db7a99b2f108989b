/* What the program keeps for itself: imports, fits, sketches, small values;
 * and the check of the whole. */
#include "database.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

/* A statement used once: prepared here, finished by keep_finish(). */
static sqlite3_stmt *keep_prepare(struct store *store, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL);
	return statement;
}

static enum status keep_finish(struct store *store, sqlite3_stmt *statement, struct error *error)
{
	enum status status = STATUS_OK;

	if (!statement || sqlite3_step(statement) != SQLITE_DONE)
		status = database_error(store, error, "the cache cannot be changed");
	sqlite3_finalize(statement);
	return status;
}

enum status store_note_import(struct store *store, const char *file, const char *format,
			      size_t accepted, size_t rejected, struct error *error)
{
	sqlite3_stmt *statement = keep_prepare(store,
		"INSERT INTO imports (file, format, accepted, rejected, done)"
		" VALUES (?1, ?2, ?3, ?4, datetime('now'))");

	if (statement) {
		bind_text(statement, 1, file);
		bind_text(statement, 2, format);
		sqlite3_bind_int64(statement, 3, (int64_t)accepted);
		sqlite3_bind_int64(statement, 4, (int64_t)rejected);
	}
	return keep_finish(store, statement, error);
}

/* ---- fits ----------------------------------------------------------------------------------- */

enum status store_put_fit(struct store *store, const struct store_fit *fit, struct error *error)
{
	sqlite3_stmt *statement = keep_prepare(store,
		"INSERT OR REPLACE INTO fits (prior, data_version, created, settings, models, seconds, state)"
		" VALUES (?1, ?2, datetime('now'), ?3, ?4, ?5, ?6)");

	if (statement) {
		bind_text(statement, 1, fit->prior);
		sqlite3_bind_int64(statement, 2, fit->data_version);
		bind_text(statement, 3, fit->settings);
		sqlite3_bind_int64(statement, 4, fit->models);
		sqlite3_bind_double(statement, 5, fit->seconds);
		sqlite3_bind_blob64(statement, 6, fit->state, fit->state_bytes, SQLITE_TRANSIENT);
	}
	return keep_finish(store, statement, error);
}

struct fit_visitor {
	void (*visit)(void *context, const struct store_fit *);
	void *context;
	const char *prior;
};

static bool fit_row(void *context, sqlite3_stmt *row)
{
	struct fit_visitor *visitor = context;

	if (strcmp(column_text(row, 0), visitor->prior) != 0)
		return true;
	struct store_fit fit = {
		.prior = column_text(row, 0), .data_version = sqlite3_column_int64(row, 1),
		.created = column_text(row, 2), .settings = column_text(row, 3),
		.models = sqlite3_column_int64(row, 4), .seconds = sqlite3_column_double(row, 5),
		.state = sqlite3_column_blob(row, 6),
		.state_bytes = (size_t)sqlite3_column_bytes(row, 6),
	};
	visitor->visit(visitor->context, &fit);
	return false;
}

enum status store_get_fit(struct store *store, const char *prior,
	void (*visit)(void *context, const struct store_fit *), void *context,
	struct error *error)
{
	struct fit_visitor visitor = {.visit = visit, .context = context, .prior = prior};

	return database_each(store, "SELECT prior, data_version, created, settings, models, seconds, state"
			     " FROM fits", 0, fit_row, &visitor, error);
}

/* ---- sketches --------------------------------------------------------------------------------- */

static enum status put_sketch_row(struct store *store, const char *name, const char *method,
				  int64_t base, int chat_template, struct error *error)
{
	sqlite3_stmt *statement = keep_prepare(store,
		"INSERT OR REPLACE INTO sketches (name, method, base, chat_template, changed)"
		" VALUES (?1, ?2, nullif(?3, 0), ?4, datetime('now'))");

	if (statement) {
		bind_text(statement, 1, name);
		bind_text(statement, 2, method);
		sqlite3_bind_int64(statement, 3, base);
		sqlite3_bind_int(statement, 4, chat_template);
	}
	return keep_finish(store, statement, error);
}

static enum status put_sketch_parent(struct store *store, const char *name, size_t position,
				     const struct store_sketch_parent *parent, struct error *error)
{
	sqlite3_stmt *statement = keep_prepare(store,
		"INSERT INTO sketch_parents (sketch, position, model, weight, locked)"
		" VALUES (?1, ?2, ?3, ?4, ?5)");

	if (statement) {
		bind_text(statement, 1, name);
		sqlite3_bind_int64(statement, 2, (int64_t)position);
		sqlite3_bind_int64(statement, 3, parent->model);
		sqlite3_bind_double(statement, 4, parent->weight);
		sqlite3_bind_int(statement, 5, parent->locked);
	}
	return keep_finish(store, statement, error);
}

enum status store_put_sketch(struct store *store, const char *name, const char *method,
	int64_t base, int chat_template, const struct store_sketch_parent *parents,
	size_t count, struct error *error)
{
	enum status status = store_begin(store, error);

	if (status != STATUS_OK)
		return status;
	/* Replacing the row deletes its old parents. */
	status = put_sketch_row(store, name, method, base, chat_template, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = put_sketch_parent(store, name, i, &parents[i], error);
	if (status != STATUS_OK) {
		store_rollback(store);
		return status;
	}
	return store_commit(store, error);
}

struct sketch_rows {
	const char *name;
	struct store_sketch sketch;
	char *method;
	struct store_sketch_parent *parents;
	size_t capacity;
	bool found;
};

static bool sketch_row(void *context, sqlite3_stmt *row)
{
	struct sketch_rows *rows = context;

	if (strcmp(column_text(row, 0), rows->name) != 0)
		return true;
	rows->found = true;
	free(rows->method);
	rows->method = memory_string(column_text(row, 1));
	rows->sketch.base = sqlite3_column_int64(row, 2);
	rows->sketch.chat_template = sqlite3_column_int(row, 3);
	if (sqlite3_column_type(row, 4) == SQLITE_NULL)
		return true;
	rows->parents = memory_grow(rows->parents, rows->sketch.count, &rows->capacity,
				    sizeof *rows->parents);
	rows->parents[rows->sketch.count++] = (struct store_sketch_parent){
		.model = sqlite3_column_int64(row, 4), .weight = sqlite3_column_double(row, 5),
		.locked = sqlite3_column_int(row, 6) != 0,
	};
	return true;
}

enum status store_get_sketch(struct store *store, const char *name,
	void (*visit)(void *context, const struct store_sketch *), void *context,
	struct error *error)
{
	struct sketch_rows rows = {.name = name};
	enum status status = database_each(store,
		"SELECT s.name, method, base, chat_template, model, weight, locked FROM sketches AS s"
		" LEFT JOIN sketch_parents AS p ON p.sketch = s.name ORDER BY s.name, position",
		0, sketch_row, &rows, error);

	if (status == STATUS_OK && rows.found) {
		rows.sketch.name = name;
		rows.sketch.method = rows.method;
		rows.sketch.parents = rows.parents;
		visit(context, &rows.sketch);
	}
	free(rows.method);
	free(rows.parents);
	return status;
}

/* ---- small values --------------------------------------------------------------------------------- */

char *store_get_state(struct store *store, const char *key)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_STATE_GET);
	char *value = NULL;

	if (!statement)
		return NULL;
	bind_text(statement, 1, key);
	if (sqlite3_step(statement) == SQLITE_ROW)
		value = memory_string(column_text(statement, 0));
	sqlite3_reset(statement);
	return value;
}

enum status store_put_state(struct store *store, const char *key, const char *value,
			    struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_STATE_PUT);

	if (statement) {
		bind_text(statement, 1, key);
		bind_text(statement, 2, value);
	}
	if (!statement || sqlite3_step(statement) != SQLITE_DONE)
		return database_error(store, error, "the cache cannot be changed");
	sqlite3_reset(statement);
	return STATUS_OK;
}

/* ---- check ------------------------------------------------------------------------------------------- */

struct checker {
	void (*report)(void *context, const char *severity, const char *message);
	void *context;
	const char *severity;
	size_t *faults;
};

/* A row with one text column that is not "ok" is a finding. */
static bool check_row(void *context, sqlite3_stmt *row)
{
	struct checker *checker = context;
	const char *finding = column_text(row, 0);

	if (!finding || strcmp(finding, "ok") == 0)
		return true;
	checker->report(checker->context, checker->severity, finding);
	if (strcmp(checker->severity, "error") == 0)
		++*checker->faults;
	return true;
}

enum status store_check(struct store *store,
	void (*report)(void *context, const char *severity, const char *message), void *context,
	size_t *faults, struct error *error)
{
	static const struct {
		const char *severity, *sql;
	} checks[] = {
		{"error", "SELECT 'database: ' || integrity_check FROM pragma_integrity_check"
			  " WHERE integrity_check <> 'ok'"},
		{"error", "SELECT 'table ' || \"table\" || ' row ' || rowid || ' refers to a missing row of '"
			  " || parent FROM pragma_foreign_key_check"},
		{"error", "SELECT 'evaluation ' || id || ' of ' || (SELECT name FROM models WHERE id = model)"
			  " || ' has no scores' FROM evaluations"
			  " WHERE id NOT IN (SELECT evaluation FROM scores)"},
		{"error", "SELECT 'score ' || value || ' of ' || m.name || ' is outside 0..100' FROM scores AS s"
			  " JOIN evaluations AS e ON e.id = s.evaluation JOIN models AS m ON m.id = e.model"
			  " WHERE value NOT BETWEEN 0 AND 100"},
		{"error", "SELECT 'the weights of the parents of ' || m.name || ' sum to '"
			  " || round(sum(weight), 4) || ' in ' || e.source FROM edges AS e"
			  " JOIN models AS m ON m.id = e.child WHERE trust >= 80 GROUP BY child, e.source"
			  " HAVING count(weight) = count(*) AND abs(sum(weight) - 1) > 0.01"},
		{"note", "SELECT 'alias ' || alias || ' hides a model of that name' FROM aliases"
			 " WHERE alias IN (SELECT name FROM models)"},
	};
	enum status status = STATUS_OK;

	*faults = 0;
	for (size_t i = 0; i < sizeof checks / sizeof *checks && status == STATUS_OK; i++) {
		struct checker checker = {.report = report, .context = context,
					  .severity = checks[i].severity, .faults = faults};
		status = database_each(store, checks[i].sql, 0, check_row, &checker, error);
	}
	return status;
}
