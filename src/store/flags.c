/* Flags: models that the user distrusts. */
#include "database.h"

static enum status run_flag(struct store *store, enum statement which, int64_t model,
			    const char *reason, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, which);

	bind_integer(statement, 1, model);
	if (reason)
		bind_text(statement, 2, reason);
	return database_finish_kept(store, statement, NULL, error);
}

enum status store_put_flag(struct store *store, int64_t model, const char *reason,
			   struct error *error)
{
	return run_flag(store, STATEMENT_PUT_FLAG, model, reason, error);
}

enum status store_drop_flag(struct store *store, int64_t model, struct error *error)
{
	return run_flag(store, STATEMENT_DROP_FLAG, model, NULL, error);
}

struct flag_visitor {
	bool (*visit)(void *context, const struct store_flag *);
	void *context;
};

static bool flag_row(void *context, sqlite3_stmt *row)
{
	const struct flag_visitor *visitor = context;
	struct store_flag flag = {
		.model = sqlite3_column_int64(row, 0), .reason = column_text(row, 1),
		.made = column_text(row, 2),
	};

	return visitor->visit(visitor->context, &flag);
}

enum status store_each_flag(struct store *store,
	bool (*visit)(void *context, const struct store_flag *), void *context,
	struct error *error)
{
	struct flag_visitor visitor = {visit, context};
	struct query query = {.sql = "SELECT model, reason, made FROM flags ORDER BY model"};

	return database_each(store, query, flag_row, &visitor, error);
}
