/* What the user corrects: edges. */
#include "model.h"

enum status store_clear_corrections(struct store *store, struct error *error)
{
	bool own;
	enum status status = database_put_begin(store, &own, error);

	if (status == STATUS_OK)
		status = database_run(store, "DELETE FROM edges WHERE trust >= 110;"
				      " DELETE FROM dropped_edges", error);
	return database_put_end(store, own, status, error);
}

static enum status put_drop(struct store *store, const struct drop_facts *facts,
			    struct error *error)
{
	int64_t child = 0, parent = 0;
	bool added;
	enum status status = model_require(store, facts->child, &child, &added, error);

	if (status == STATUS_OK && facts->parent)
		status = model_require(store, facts->parent, &parent, &added, error);
	if (status != STATUS_OK)
		return status;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_ADD_DROP);
	bind_integer(statement, 1, child);
	bind_integer(statement, 2, parent);
	bind_text(statement, 3, facts->note);
	return database_finish(store, statement, NULL, error);
}

enum status store_put_drop(struct store *store, const struct drop_facts *facts,
			   struct error *error)
{
	bool own;
	enum status status = database_put_begin(store, &own, error);

	if (status == STATUS_OK)
		status = put_drop(store, facts, error);
	return database_put_end(store, own, status, error);
}

/* ---- why an edge counts ----------------------------------------------------- */

struct decision_visitor {
	bool (*visit)(void *context, const struct store_decision *);
	void *context;
};

static bool decision_row(void *context, sqlite3_stmt *row)
{
	const struct decision_visitor *visitor = context;
	struct store_decision decision = {
		.child = sqlite3_column_int64(row, 0), .parent = sqlite3_column_int64(row, 1),
		.source = column_text(row, 2), .trust = (enum trust)sqlite3_column_int(row, 3),
		.verdict = (enum edge_verdict)sqlite3_column_int(row, 4),
		.note = column_text(row, 5),
	};

	return visitor->visit(visitor->context, &decision);
}

enum status store_each_decision(struct store *store, int64_t child,
	bool (*visit)(void *context, const struct store_decision *), void *context,
	struct error *error)
{
	/* The numbers are those of enum edge_verdict. */
	static const char sql[] =
		"SELECT e.child, e.parent, e.source, e.trust, CASE"
		"  WHEN EXISTS (SELECT 1 FROM effective_edges AS f WHERE f.child = e.child"
		"   AND f.parent = e.parent AND f.source = e.source) THEN 0"
		"  WHEN NOT EXISTS (SELECT 1 FROM classed_edges AS c WHERE c.child = e.child"
		"   AND c.parent = e.parent AND c.source = e.source) THEN 1"
		"  WHEN EXISTS (SELECT 1 FROM effective_edges AS f WHERE f.child = e.child"
		"   AND f.parent = e.parent) THEN 2"
		"  ELSE 3 END,"
		" (SELECT d.note FROM dropped_edges AS d WHERE d.child = e.child"
		"   AND (d.parent IS NULL OR d.parent = e.parent) ORDER BY d.parent IS NULL LIMIT 1)"
		" FROM edges AS e WHERE ?1 IN (0, e.child) ORDER BY e.child, e.parent, e.source";
	struct decision_visitor visitor = {visit, context};
	struct query query = {.sql = sql, .id = child};

	return database_each(store, query, decision_row, &visitor, error);
}
