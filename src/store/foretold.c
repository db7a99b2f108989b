/* Foretold: what was predicted of sketches when they were written out. */
#include <math.h>

#include "database.h"

enum status store_put_written(struct store *store, const char *name, const char *file, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_PUT_WRITTEN);

	bind_text(statement, 1, name);
	bind_text(statement, 2, file);
	return database_finish_kept(store, statement, NULL, error);
}

static enum status link_one(struct store *store, enum statement which, const char *name, const char *model,
			    int64_t first, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, which);

	bind_text(statement, 1, name);
	bind_text(statement, 2, model);
	if (which == STATEMENT_DROP_KNOWN)
		bind_integer(statement, 3, first);
	return database_finish_kept(store, statement, NULL, error);
}

enum status store_link_written(struct store *store, const char *name, const char *model, int64_t first, bool *changed,
			       struct error *error)
{
	enum status status = link_one(store, STATEMENT_LINK_WRITTEN, name, model, first, error);

	*changed = status == STATUS_OK && sqlite3_changes(store->database) > 0;
	return *changed ? link_one(store, STATEMENT_DROP_KNOWN, name, model, first, error) : status;
}

enum status store_put_foretold(struct store *store, const struct store_foretold *foretold, struct error *error)
{
	const double numbers[] = {foretold->mean, foretold->low50, foretold->high50, foretold->low90,
				  foretold->high90, foretold->parents};
	sqlite3_stmt *statement = database_statement(store, STATEMENT_PUT_FORETOLD);

	bind_text(statement, 1, foretold->sketch);
	bind_integer(statement, 2, foretold->benchmark);
	for (int i = 0; i < (int)(sizeof numbers / sizeof *numbers); i++)
		bind_number(statement, 3 + i, numbers[i]);
	return database_finish_kept(store, statement, NULL, error);
}

struct foretold_visitor {
	bool (*visit)(void *context, const struct store_foretold *);
	void *context;
};

static bool foretold_row(void *context, sqlite3_stmt *row)
{
	const struct foretold_visitor *visitor = context;
	struct store_foretold foretold = {
		.sketch = column_text(row, 0), .model = column_text(row, 1), .made = column_text(row, 2),
		.benchmark = sqlite3_column_int64(row, 3),
		.mean = column_number(row, 4), .low50 = column_number(row, 5), .high50 = column_number(row, 6),
		.low90 = column_number(row, 7), .high90 = column_number(row, 8), .parents = column_number(row, 9),
	};

	return visitor->visit(visitor->context, &foretold);
}

enum status store_each_foretold(struct store *store,
	bool (*visit)(void *context, const struct store_foretold *), void *context, struct error *error)
{
	struct foretold_visitor visitor = {visit, context};
	struct query query = {.sql =
		"SELECT w.name, w.model, f.made, f.benchmark, f.mean, f.low50, f.high50, f.low90, f.high90, f.parents"
		" FROM foretold AS f JOIN written_sketches AS w ON w.name = f.sketch"
		" ORDER BY w.name, f.benchmark"};

	return database_each(store, query, foretold_row, &visitor, error);
}
