/* Putting edges: the statements themselves leave alone what is
 * equal, and the rows that they touch tell what has changed. */
#include <math.h>
#include <stdlib.h>

#include "imports.h"
#include "model.h"
#include "registry.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

/* ---- edges -------------------------------------------------------------------- */

/* For ADD_EDGE and SET_EDGE. */
static void bind_edge(const struct store *store, sqlite3_stmt *statement, int64_t child, int64_t parent,
		      const struct edge_facts *facts)
{
	bind_integer(statement, 1, child);
	bind_integer(statement, 2, parent);
	bind_text(statement, 3, facts->source);
	bind_text(statement, 4, relation_name(facts->relation));
	bind_number(statement, 5, facts->weight);
	bind_text(statement, 6, facts->method);
	bind_integer(statement, 7, (int64_t)facts->trust);
	bind_text(statement, 8, facts->note);
	bind_import(statement, 9, store);
}

/* An edge that was neither added nor changed is there, or was one too many. */
static enum status check_kept(struct store *store, int64_t child, int64_t parent,
			      const struct edge_facts *facts, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_HAS_EDGE);
	int64_t there = 0;

	bind_integer(statement, 1, child);
	bind_integer(statement, 2, parent);
	bind_text(statement, 3, facts->source);
	enum status status = database_finish_integer(store, statement, &there, error);
	if (status == STATUS_OK && !there)
		status = error_set(error, STATUS_DATA, "%.80s has %d parents; more are not kept", facts->child,
				   STORE_PARENTS_MAX);
	return status;
}

/* Counts the child's parents unless it is known that there is room for another. */
static enum status count_parents(struct store *store, int64_t child, struct error *error)
{
	struct counted *counted = &store->counted;

	if (counted->transaction == store->transactions && counted->child == child &&
	    counted->parents < STORE_PARENTS_MAX)
		return STATUS_OK;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_COUNT_PARENTS);
	bind_integer(statement, 1, child);
	bind_integer(statement, 2, STORE_PARENTS_MAX);
	enum status status = database_finish_integer(store, statement, &counted->parents, error);
	counted->child = child;
	counted->transaction = status == STATUS_OK ? store->transactions : 0;
	return status;
}

static enum status write_edge(struct store *store, int64_t child, int64_t parent,
			      const struct edge_facts *facts, enum change *change,
			      struct error *error)
{
	static const struct {
		enum statement statement;
		enum change change;
	} ways[] = {{STATEMENT_ADD_EDGE, CHANGE_ADDED}, {STATEMENT_SET_EDGE, CHANGE_UPDATED}};
	enum status status = count_parents(store, child, error);
	bool full = store->counted.parents >= STORE_PARENTS_MAX;
	int64_t owner = 0;
	int rows = 0;

	for (size_t i = full ? 1 : 0; i < 2 && rows == 0 && status == STATUS_OK; i++) {
		if (i == 1)
			status = note_edge(store, child, parent, facts->source, &owner, error);
		sqlite3_stmt *statement = database_statement(store, ways[i].statement);
		bind_edge(store, statement, child, parent, facts);
		if (status == STATUS_OK)
			status = database_finish(store, statement, &rows, error);
		if (rows > 0)
			*change = ways[i].change;
		if (rows > 0 && i == 1)
			note_replaced(store, owner);
	}
	store->counted.parents += *change == CHANGE_ADDED;
	if (status == STATUS_OK && rows == 0)
		status = check_kept(store, child, parent, facts, error);
	return status;
}

static enum status check_edge(const struct edge_facts *facts, struct error *error)
{
	if (!facts->child || !facts->parent || text_is_missing(facts->source))
		return error_set(error, STATUS_DATA, "an edge without a child, a parent or a source");
	if (facts->weight < 0)
		return error_set(error, STATUS_DATA, "the weight %g is negative", facts->weight);
	if (utf8_is_clean(facts->child) && utf8_is_clean(facts->parent) &&
	    utf8_compare_names(facts->child, facts->parent) != 0)
		return STATUS_OK;
	char *child = utf8_sanitize(facts->child), *parent = utf8_sanitize(facts->parent);
	bool same = utf8_compare_names(child, parent) == 0;
	free(child);
	free(parent);
	return same ? error_set(error, STATUS_DATA, "%s cannot be its own parent", facts->child)
		    : STATUS_OK;
}

static enum status put_edge(struct store *store, const struct edge_facts *facts,
			    enum change *change, struct error *error)
{
	int64_t child = 0, parent = 0;
	bool added;
	enum status status = check_edge(facts, error);

	if (status == STATUS_OK)
		status = model_require(store, facts->child, &child, &added, error);
	if (status == STATUS_OK)
		status = model_require(store, facts->parent, &parent, &added, error);
	/* As a list says that was made before one of them was renamed. */
	if (status == STATUS_OK && child == parent)
		registry_tell(store, "%s and %s are names of one model: no edge between them", facts->child,
			      facts->parent);
	else if (status == STATUS_OK)
		status = write_edge(store, child, parent, facts, change, error);
	return status;
}

enum status store_put_edge(struct store *store, const struct edge_facts *facts,
			   enum change *change, struct error *error)
{
	bool own;
	enum status status = database_put_begin(store, &own, error);

	*change = CHANGE_NONE;
	if (status == STATUS_OK)
		status = put_edge(store, facts, change, error);
	return database_put_end(store, own, status, error);
}

/* The parents that the child has now by the source; the caller frees. */
static enum status known_parents(struct store *store, int64_t child, const char *source,
				 int64_t **parents, size_t *count, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_OTHER_EDGES);
	size_t capacity = 0;
	int code = SQLITE_ERROR;

	bind_integer(statement, 1, child);
	bind_text(statement, 2, source);
	while (statement && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		*parents = memory_grow(*parents, *count, &capacity, sizeof **parents);
		(*parents)[(*count)++] = sqlite3_column_int64(statement, 0);
	}
	sqlite3_reset(statement);
	return code == SQLITE_DONE ? STATUS_OK : database_error(store, error, "the cache cannot be read");
}

static bool names_parent(struct store *store, const struct parents_facts *facts, int64_t parent)
{
	for (size_t i = 0; i < facts->count; i++)
		if (store_find_model(store, facts->parents[i]) == parent)
			return true;
	return false;
}

static enum status put_parents(struct store *store, const struct parents_facts *facts,
			       enum change *change, struct error *error)
{
	int64_t child = store_find_model(store, facts->child), *parents = NULL;
	size_t count = 0;
	enum status status = known_parents(store, child, facts->source, &parents, &count, error);

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (names_parent(store, facts, parents[i]))
			continue;
		int64_t owner;
		status = note_edge(store, child, parents[i], facts->source, &owner, error);
		sqlite3_stmt *statement = database_statement(store, STATEMENT_DROP_EDGE);
		bind_integer(statement, 1, child);
		bind_integer(statement, 2, parents[i]);
		bind_text(statement, 3, facts->source);
		if (status == STATUS_OK)
			status = database_finish(store, statement, NULL, error);
		note_replaced(store, owner);
		*change = CHANGE_UPDATED;
	}
	free(parents);
	return status;
}

enum status store_put_parents(struct store *store, const struct parents_facts *facts,
			      enum change *change, struct error *error)
{
	bool own;
	enum status status = database_put_begin(store, &own, error);

	*change = CHANGE_NONE;
	if (status == STATUS_OK)
		status = put_parents(store, facts, change, error);
	return database_put_end(store, own, status, error);
}
