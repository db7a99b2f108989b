/* What the program keeps for itself: fits, sketches, small values. */
#include "database.h"

#include <math.h>
#include <stdlib.h>

#include "stemma/base/memory.h"

int64_t store_data_version(struct store *store)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_DATA_VERSION);
	int64_t version;

	return database_finish_integer(store, statement, &version, NULL) == STATUS_OK ? version : -1;
}

/* ---- fits --------------------------------------------------------------------- */

enum status store_put_fit(struct store *store, const struct store_fit *fit, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_PUT_FIT);

	bind_exact(statement, 1, fit->prior);
	bind_integer(statement, 2, fit->data_version);
	bind_exact(statement, 3, fit->created);
	bind_exact(statement, 4, fit->settings ? fit->settings : "{}");
	bind_integer(statement, 5, fit->models);
	bind_number(statement, 6, fit->seconds);
	bind_bytes(statement, 7, fit->state, fit->state_bytes);
	enum status status = database_finish_kept(store, statement, NULL, error);
	if (statement)
		sqlite3_clear_bindings(statement); /* the bytes go */
	return status;
}

struct fit_visitor {
	void (*visit)(void *context, const struct store_fit *);
	void *context;
};

static bool fit_row(void *context, sqlite3_stmt *row)
{
	struct fit_visitor *visitor = context;
	size_t bytes;
	const void *state = column_bytes(row, 6, &bytes);
	struct store_fit fit = {
		.prior = column_text(row, 0), .data_version = sqlite3_column_int64(row, 1),
		.created = column_text(row, 2), .settings = column_text(row, 3),
		.models = sqlite3_column_int64(row, 4), .seconds = sqlite3_column_double(row, 5),
		.state = state, .state_bytes = bytes,
	};
	visitor->visit(visitor->context, &fit);
	return false;
}

enum status store_get_fit(struct store *store, const char *prior,
	void (*visit)(void *context, const struct store_fit *), void *context,
	struct error *error)
{
	struct fit_visitor visitor = {.visit = visit, .context = context};
	struct query query = {.text = prior, .sql =
		"SELECT prior, data_version, created, settings, models, seconds, state FROM fits"
		" WHERE prior = ?1"};

	return database_each(store, query, fit_row, &visitor, error);
}

/* ---- sketches ------------------------------------------------------------------- */

static enum status put_sketch_row(struct store *store, const char *name, const char *method,
				  int64_t base, int chat_template, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_PUT_SKETCH);

	bind_exact(statement, 1, name);
	bind_exact(statement, 2, method);
	bind_integer(statement, 3, base);
	bind_integer(statement, 4, chat_template);
	return database_finish_kept(store, statement, NULL, error);
}

static enum status put_sketch_parent(struct store *store, const char *name, size_t position,
				     const struct store_sketch_parent *parent, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_ADD_SKETCH_PARENT);

	bind_exact(statement, 1, name);
	bind_integer(statement, 2, (int64_t)position);
	bind_integer(statement, 3, parent->model);
	bind_number(statement, 4, parent->weight);
	bind_integer(statement, 5, parent->locked);
	return database_finish_kept(store, statement, NULL, error);
}

enum status store_put_sketch(struct store *store, const char *name, const char *method,
	int64_t base, int chat_template, const struct store_sketch_parent *parents,
	size_t count, struct error *error)
{
	bool own;
	enum status status = database_put_begin(store, &own, error);

	if (status == STATUS_OK)
		status = put_sketch_row(store, name, method, base, chat_template, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = put_sketch_parent(store, name, i, &parents[i], error);
	return database_put_end(store, own, status, error);
}

/* A sketch while its rows are read; method and parents are owned. */
struct sketch_rows {
	struct store_sketch sketch;
	char *method;
	struct store_sketch_parent *parents;
	size_t capacity;
};

/* Columns: method, base, chat template; model, weight, locked of one parent. */
static bool sketch_row(void *context, sqlite3_stmt *row)
{
	struct sketch_rows *rows = context;

	if (!rows->method)
		rows->method = memory_string(column_text(row, 0) ? column_text(row, 0) : "");
	rows->sketch.base = sqlite3_column_int64(row, 1);
	rows->sketch.chat_template = sqlite3_column_int(row, 2);
	double weight = column_within(row, 4, 0, WEIGHT_MAX);
	if (sqlite3_column_type(row, 3) == SQLITE_NULL || isnan(weight))
		return true;
	rows->parents = memory_grow(rows->parents, rows->sketch.count, &rows->capacity,
				    sizeof *rows->parents);
	rows->parents[rows->sketch.count++] = (struct store_sketch_parent){
		.model = sqlite3_column_int64(row, 3), .weight = weight,
		.locked = sqlite3_column_int(row, 5) != 0,
	};
	return true;
}

enum status store_get_sketch(struct store *store, const char *name,
	void (*visit)(void *context, const struct store_sketch *), void *context,
	struct error *error)
{
	struct sketch_rows rows = {.sketch.name = name};
	struct query query = {.text = name, .sql =
		"SELECT method, base, chat_template, model, weight, locked FROM sketches AS s"
		" LEFT JOIN sketch_parents AS p ON p.sketch = s.name WHERE s.name = ?1 ORDER BY position"};
	enum status status = database_each(store, query, sketch_row, &rows, error);

	if (status == STATUS_OK && rows.method) {
		rows.sketch.method = rows.method;
		rows.sketch.parents = rows.parents;
		visit(context, &rows.sketch);
	}
	free(rows.method);
	free(rows.parents);
	return status;
}

struct sketch_visitor {
	bool (*visit)(void *context, const char *name);
	void *context;
};

static bool sketch_name_row(void *context, sqlite3_stmt *row)
{
	struct sketch_visitor *visitor = context;

	const char *name = column_text(row, 0);

	return !name || visitor->visit(visitor->context, name);
}

enum status store_each_sketch(struct store *store, bool (*visit)(void *context, const char *name),
	void *context, struct error *error)
{
	struct sketch_visitor visitor = {.visit = visit, .context = context};
	struct query query = {.sql = "SELECT name FROM sketches WHERE name <> '' ORDER BY name"};

	return database_each(store, query, sketch_name_row, &visitor, error);
}

enum status store_drop_sketch(struct store *store, const char *name, bool *found,
			      struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_DROP_SKETCH);
	int rows = 0;

	bind_text(statement, 1, name);
	enum status status = database_finish_kept(store, statement, &rows, error);
	*found = rows > 0;
	return status;
}

/* ---- small values ------------------------------------------------------------------ */

char *store_get_state(struct store *store, const char *key)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_GET_STATE);
	char *value = NULL;

	bind_exact(statement, 1, key);
	if (statement && sqlite3_step(statement) == SQLITE_ROW)
		value = memory_string(column_text(statement, 0));
	sqlite3_reset(statement);
	return value;
}

enum status store_put_state(struct store *store, const char *key, const char *value,
			    struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_PUT_STATE);

	bind_exact(statement, 1, key);
	bind_exact(statement, 2, value);
	return database_finish_kept(store, statement, NULL, error);
}
