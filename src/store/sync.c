/* How far fetching has come. */
#include "database.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

void store_sync_free(struct store_sync *sync)
{
	free(sync->cursor);
	free(sync->etag);
	free(sync->done);
	*sync = (struct store_sync){0};
}

struct store_sync store_get_sync(struct store *store, const char *resource)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_GET_SYNC);
	struct store_sync sync = {0};

	bind_exact(statement, 1, resource);
	if (statement && sqlite3_step(statement) == SQLITE_ROW)
		sync = (struct store_sync){
			.cursor = memory_string(column_text(statement, 0)),
			.etag = memory_string(column_text(statement, 1)),
			.done = memory_string(column_text(statement, 2)),
		};
	sqlite3_reset(statement);
	return sync;
}

enum status store_put_sync(struct store *store, const char *resource, const char *cursor,
			   const char *etag, bool done, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_PUT_SYNC);

	bind_exact(statement, 1, resource);
	bind_text(statement, 2, cursor);
	bind_text(statement, 3, etag);
	bind_integer(statement, 4, done);
	return database_finish_kept(store, statement, NULL, error);
}

enum status store_put_page(struct store *store, const char *resource, size_t page, const char *body,
			   struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_PUT_PAGE);

	bind_exact(statement, 1, resource);
	bind_integer(statement, 2, (int64_t)page);
	bind_exact(statement, 3, body);
	return database_finish_kept(store, statement, NULL, error);
}

enum status store_drop_pages(struct store *store, const char *resource, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_DROP_PAGES);

	bind_exact(statement, 1, resource);
	return database_finish_kept(store, statement, NULL, error);
}

struct page_visitor {
	bool (*visit)(void *context, const char *text);
	void *context;
};

static bool text_row(void *context, sqlite3_stmt *row)
{
	const struct page_visitor *visitor = context;

	return visitor->visit(visitor->context, column_text(row, 0));
}

enum status store_each_page(struct store *store, const char *resource,
	bool (*visit)(void *context, const char *body), void *context, struct error *error)
{
	struct page_visitor visitor = {visit, context};
	struct query query = {.text = resource,
		.sql = "SELECT body FROM sync_pages WHERE resource = ?1 ORDER BY page"};

	return database_each(store, query, text_row, &visitor, error);
}

/* Models of which WHAT (?1) was not fetched lately, and that have a row elsewhere. */
#define UNFETCHED(where) \
	"SELECT name FROM models AS m WHERE instr(name, '/') > 0" \
	" AND NOT EXISTS (SELECT 1 FROM sync_state WHERE resource = ?1 || m.name AND" \
	"  done > strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-30 days'))" \
	" AND EXISTS (SELECT 1 FROM " where " = m.id) ORDER BY name"

enum status store_each_unfetched(struct store *store, const char *what, bool scored,
	bool (*visit)(void *context, const char *name), void *context, struct error *error)
{
	struct page_visitor visitor = {visit, context};
	struct query query = {.text = what, .sql = scored ? UNFETCHED("evaluations WHERE model")
							  : UNFETCHED("edges WHERE parent")};

	return database_each(store, query, text_row, &visitor, error);
}
