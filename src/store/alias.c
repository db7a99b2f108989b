/* Aliases, and making one model of two. */
#include <stdlib.h>

#include "imports.h"
#include "model.h"
#include "stemma/base/utf8.h"

/* Runs one step of a join with the ids of both models. */
static enum status join_step(struct store *store, const char *sql, int64_t from, int64_t to,
			     struct error *error)
{
	sqlite3_stmt *statement = NULL;

	sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL);
	bind_integer(statement, 1, from);
	bind_integer(statement, 2, to);
	enum status status = database_finish(store, statement, NULL, error);
	sqlite3_finalize(statement);
	return status;
}

/* Moves all that belongs to model `from` to `to` and deletes `from` and what could
 * not move: where both have a row of the same key, `to` keeps its own; an edge
 * between the two would be one to itself.  An import deletes nothing by itself. */
static enum status join_rows(struct store *store, int64_t from, int64_t to, struct error *error)
{
	static const char *const steps[] = {
		"UPDATE OR IGNORE evaluations SET model = ?2 WHERE model = ?1",
		/* Of a run that both have, what only the one that goes has measured. */
		"UPDATE OR IGNORE scores SET evaluation = (SELECT t.id FROM evaluations AS f"
		" JOIN evaluations AS t ON t.model = ?2 AND (t.source, t.precision, t.chat_template, t.harness, t.version)"
		" = (f.source, f.precision, f.chat_template, f.harness, f.version) WHERE f.id = scores.evaluation)"
		" WHERE evaluation IN (SELECT id FROM evaluations WHERE model = ?1)",
		"UPDATE OR IGNORE model_attributes SET model = ?2 WHERE model = ?1",
		"UPDATE OR IGNORE edges SET child = ?2 WHERE child = ?1 AND parent <> ?2",
		"UPDATE OR IGNORE edges SET parent = ?2 WHERE parent = ?1 AND child <> ?2",
		"UPDATE OR IGNORE dropped_edges SET child = ?2 WHERE child = ?1 AND parent IS NOT ?2",
		"UPDATE OR IGNORE dropped_edges SET parent = ?2 WHERE parent = ?1 AND child <> ?2",
		"UPDATE aliases SET model = ?2 WHERE model = ?1",
		"UPDATE OR IGNORE outcomes SET model = ?2 WHERE model = ?1",
		"UPDATE OR IGNORE flags SET model = ?2 WHERE model = ?1",
		"UPDATE sketches SET base = ?2 WHERE base = ?1",
		/* A sketch that has both gets one parent of both weights. */
		"UPDATE sketch_parents AS p SET weight = p.weight + o.weight FROM sketch_parents AS o"
		" WHERE p.model = ?2 AND o.model = ?1 AND o.sketch = p.sketch",
		"DELETE FROM sketch_parents WHERE model = ?1 AND"
		" sketch IN (SELECT sketch FROM sketch_parents WHERE model = ?2)",
		"UPDATE sketch_parents SET model = ?2 WHERE model = ?1",
		"UPDATE models SET suspect = 1"
		" WHERE id = ?2 AND suspect = 0 AND (SELECT suspect FROM models WHERE id = ?1)",
		"DELETE FROM scores WHERE evaluation IN (SELECT id FROM evaluations WHERE model = ?1)",
		"DELETE FROM evaluations WHERE model = ?1",
		"DELETE FROM edges WHERE child = ?1 OR parent = ?1",
		"DELETE FROM dropped_edges WHERE child = ?1 OR parent = ?1",
		"DELETE FROM outcomes WHERE model = ?1",
		"DELETE FROM flags WHERE model = ?1",
		"DELETE FROM model_attributes WHERE model = ?1",
		"DELETE FROM models WHERE id = ?1",
	};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < sizeof steps / sizeof *steps && status == STATUS_OK; i++)
		status = join_step(store, steps[i], from, to, error);
	return status;
}

/* Facts of the model that disappears complete the other one by their rank. */
static enum status join_facts(struct store *store, int64_t from, int64_t to, struct error *error)
{
	sqlite3_stmt *row = database_statement(store, STATEMENT_GET_MODEL);
	enum status status;
	bool changed;

	bind_integer(row, 1, from);
	if (row && sqlite3_step(row) == SQLITE_ROW) {
		struct model_facts facts = model_facts_of(row, 0);
		status = model_complete(store, to, &facts, &changed, error);
	} else {
		status = database_error(store, error, "the cache cannot be read");
	}
	sqlite3_reset(row);
	return status;
}

static enum status write_alias(struct store *store, const struct alias_facts *facts,
			       int64_t model, enum change *change, struct error *error)
{
	static const struct {
		enum statement statement;
		enum change change;
	} ways[] = {{STATEMENT_ADD_ALIAS, CHANGE_ADDED}, {STATEMENT_SET_ALIAS, CHANGE_UPDATED}};
	enum status status = STATUS_OK;
	int rows = 0;

	for (size_t i = 0; i < 2 && rows == 0 && status == STATUS_OK; i++) {
		sqlite3_stmt *statement = database_statement(store, ways[i].statement);
		bind_text(statement, 1, facts->alias);
		bind_integer(statement, 2, model);
		bind_text(statement, 3, facts->source);
		bind_import(statement, 4, store);
		status = database_finish_kept(store, statement, &rows, error);
		if (rows > 0)
			*change = ways[i].change;
	}
	return status;
}

/* A model under its new name, which nothing else had yet: all that belongs to it stays where it is, so a chain
 * of renames takes no longer than its length. */
static enum status rename_model(struct store *store, int64_t old, int64_t added, const char *name, struct error *error)
{
	sqlite3_stmt *statement = NULL;
	enum status status = join_step(store, "DELETE FROM models WHERE id = ?1 AND id <> ?2", added, old, error);

	if (status != STATUS_OK)
		return status;
	sqlite3_prepare_v2(store->database, "UPDATE models SET name = ?2 WHERE id = ?1", -1, &statement, NULL);
	bind_integer(statement, 1, old);
	bind_text(statement, 2, name);
	status = database_finish(store, statement, NULL, error);
	sqlite3_finalize(statement);
	return status;
}

static enum status put_alias(struct store *store, const struct alias_facts *facts,
			     enum change *change, struct error *error)
{
	int64_t current = 0, old = 0;
	bool added;
	enum status status = model_require(store, facts->current, &current, &added, error);

	if (status == STATUS_OK)
		status = model_find_current(store, facts->alias, &old, error);
	/* The other way round than an earlier alias: the name stays the current one. */
	if (status != STATUS_OK || old == current)
		return status;
	model_forget_names(store);
	if (old != 0 && added) {
		status = rename_model(store, old, current, facts->current, error);
		current = old;
	} else if (old != 0) {
		status = join_facts(store, old, current, error);
		if (status == STATUS_OK)
			status = join_rows(store, old, current, error);
	}
	if (status == STATUS_OK)
		status = write_alias(store, facts, current, change, error);
	model_forget_names(store);
	return status;
}

/* Names that are equal once cleaned, or an empty one, give no alias. */
static bool alias_is_needless(const struct alias_facts *facts)
{
	if (!facts->alias || !facts->current)
		return true;
	char *alias = utf8_sanitize(facts->alias), *current = utf8_sanitize(facts->current);
	bool needless = alias[0] == '\0' || utf8_compare_names(alias, current) == 0;
	free(alias);
	free(current);
	return needless;
}

enum status store_put_alias(struct store *store, const struct alias_facts *facts,
			    enum change *change, struct error *error)
{
	bool own;
	enum status status = database_put_begin(store, &own, error);

	*change = CHANGE_NONE;
	if (status == STATUS_OK && !alias_is_needless(facts))
		status = put_alias(store, facts, change, error);
	return database_put_end(store, own, status, error);
}
