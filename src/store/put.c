/* Putting facts into the cache: each put finds what is there, decides by rank
 * or source, and writes only what differs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_number(double a, double b)
{
	return (isnan(a) && isnan(b)) || (a >= b && a <= b);
}

/* Steps a writing statement to its end. */
static enum status finish(struct store *store, sqlite3_stmt *statement, struct error *error)
{
	int code = statement ? sqlite3_step(statement) : SQLITE_ERROR;

	if (code != SQLITE_DONE)
		return database_error(store, error, "the cache cannot be changed");
	sqlite3_reset(statement);
	store->changed = true;
	return STATUS_OK;
}

static int64_t find_by(struct store *store, enum statement which, const char *name)
{
	sqlite3_stmt *statement = database_statement(store, which);

	if (!statement)
		return -1;
	bind_text(statement, 1, name);
	int code = sqlite3_step(statement);
	int64_t id = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	sqlite3_reset(statement);
	return code == SQLITE_ROW || code == SQLITE_DONE ? id : -1;
}

int64_t store_find_model(struct store *store, const char *name)
{
	int64_t id = find_by(store, STATEMENT_FIND, name);

	return id != 0 ? id : find_by(store, STATEMENT_FIND_ALIAS, name);
}

/* The id of a name, creating a bare model when it is new. */
static enum status require_model(struct store *store, const char *name, int64_t *id, bool *added,
				 struct error *error)
{
	*added = false;
	if (!name || !name[0])
		return error_set(error, STATUS_DATA, "a model without a name");
	*id = store_find_model(store, name);
	if (*id < 0)
		return database_error(store, error, "the cache cannot be read");
	if (*id > 0)
		return STATUS_OK;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_MODEL_ADD);
	bind_text(statement, 1, name);
	enum status status = finish(store, statement, error);
	*id = sqlite3_last_insert_rowid(store->database);
	*added = true;
	return status;
}

/* ---- models ------------------------------------------------------------------------------ */

/* A model's row, owned; what a put changes before it is written back. */
struct model_row {
	char *name, *architecture, *license, *kind, *uploaded, *source;
	double params_b, likes, moe;
	int rank;
	bool changed;
};

static enum status model_row_read(struct store *store, int64_t id, struct model_row *row,
				  struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_MODEL_GET);

	if (statement)
		sqlite3_bind_int64(statement, 1, id);
	if (!statement || sqlite3_step(statement) != SQLITE_ROW)
		return database_error(store, error, "the cache cannot be read");
	*row = (struct model_row){
		.name = memory_string(column_text(statement, 0)),
		.architecture = memory_string(column_text(statement, 1)),
		.params_b = column_number(statement, 2),
		.license = memory_string(column_text(statement, 3)),
		.kind = memory_string(column_text(statement, 4)),
		.uploaded = memory_string(column_text(statement, 5)),
		.likes = column_number(statement, 6),
		.moe = column_number(statement, 7),
		.source = memory_string(column_text(statement, 8)),
		.rank = sqlite3_column_int(statement, 9),
	};
	sqlite3_reset(statement);
	return STATUS_OK;
}

static void model_row_free(struct model_row *row)
{
	free(row->name);
	free(row->architecture);
	free(row->license);
	free(row->kind);
	free(row->uploaded);
	free(row->source);
}

/* A new value fills an empty column, and replaces another one only when its
 * source ranks at least as high. */
static void merge_text(struct model_row *row, char **column, const char *value, bool stronger)
{
	if (!value || !value[0] || (*column && !stronger))
		return;
	char *clean = utf8_sanitize(value);
	if (same_text(*column, clean)) {
		free(clean);
		return;
	}
	free(*column);
	*column = clean;
	row->changed = true;
}

static void merge_number(struct model_row *row, double *column, double value, bool stronger)
{
	if (isnan(value) || (!isnan(*column) && !stronger) || same_number(*column, value))
		return;
	*column = value;
	row->changed = true;
}

static void model_row_merge(struct model_row *row, const struct model_facts *facts)
{
	bool stronger = facts->rank >= row->rank;

	/* The best source's spelling is shown; an alias keeps its own. */
	if (stronger && utf8_compare_names(row->name, facts->name) == 0)
		merge_text(row, &row->name, facts->name, true);
	merge_text(row, &row->architecture, facts->architecture, stronger);
	merge_text(row, &row->license, facts->license, stronger);
	merge_text(row, &row->uploaded, facts->uploaded, stronger);
	if (facts->kind != KIND_UNKNOWN)
		merge_text(row, &row->kind, kind_name(facts->kind),
			   stronger || strcmp(row->kind, "unknown") == 0);
	merge_number(row, &row->params_b, facts->params_b > 0 ? facts->params_b : NAN, stronger);
	merge_number(row, &row->likes, facts->likes, stronger);
	merge_number(row, &row->moe, facts->moe == ANSWER_UNKNOWN ? NAN : (double)facts->moe, stronger);
	if (stronger && facts->rank > 0) {
		merge_text(row, &row->source, facts->source, true);
		row->changed = row->changed || row->rank != facts->rank;
		row->rank = facts->rank;
	}
}

static enum status model_row_write(struct store *store, int64_t id, const struct model_row *row,
				   struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_MODEL_SET);

	if (!statement)
		return database_error(store, error, "the cache cannot be changed");
	sqlite3_bind_int64(statement, 1, id);
	bind_text(statement, 2, row->name);
	bind_text(statement, 3, row->architecture);
	bind_number(statement, 4, row->params_b);
	bind_text(statement, 5, row->license);
	bind_text(statement, 6, row->kind);
	bind_text(statement, 7, row->uploaded);
	bind_number(statement, 8, row->likes);
	if (isnan(row->moe))
		sqlite3_bind_null(statement, 9);
	else
		sqlite3_bind_int(statement, 9, row->moe > 0);
	bind_text(statement, 10, row->source);
	sqlite3_bind_int(statement, 11, row->rank);
	return finish(store, statement, error);
}

enum status store_put_model(struct store *store, const struct model_facts *facts,
			    enum change *change, struct error *error)
{
	struct model_row row = {0};
	int64_t id;
	bool added;
	enum status status = require_model(store, facts->name, &id, &added, error);

	*change = added ? CHANGE_ADDED : CHANGE_NONE;
	if (status == STATUS_OK)
		status = model_row_read(store, id, &row, error);
	if (status == STATUS_OK) {
		model_row_merge(&row, facts);
		if (row.changed) {
			status = model_row_write(store, id, &row, error);
			if (!added)
				*change = CHANGE_UPDATED;
		}
	}
	model_row_free(&row);
	return status;
}

/* ---- edges --------------------------------------------------------------------------------- */

/* Whether the stored edge says the same; *known when there is one. */
static bool edge_is_same(struct store *store, int64_t child, int64_t parent,
			 const struct edge_facts *facts, bool *known)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_EDGE_GET);

	if (!statement)
		return false;
	sqlite3_bind_int64(statement, 1, child);
	sqlite3_bind_int64(statement, 2, parent);
	bind_text(statement, 3, facts->source);
	*known = sqlite3_step(statement) == SQLITE_ROW;
	bool same = *known && same_text(column_text(statement, 0), relation_name(facts->relation)) &&
		    same_number(column_number(statement, 1), facts->weight) &&
		    same_text(column_text(statement, 2), facts->method) &&
		    sqlite3_column_int(statement, 3) == (int)facts->trust &&
		    same_text(column_text(statement, 4), facts->note);
	sqlite3_reset(statement);
	return same;
}

enum status store_put_edge(struct store *store, const struct edge_facts *facts,
			   enum change *change, struct error *error)
{
	int64_t child, parent;
	bool child_added, parent_added, known = false;

	*change = CHANGE_NONE;
	if (!facts->child || !facts->parent || utf8_compare_names(facts->child, facts->parent) == 0)
		return error_set(error, STATUS_DATA, "a model cannot be its own parent");
	enum status status = require_model(store, facts->child, &child, &child_added, error);
	if (status == STATUS_OK)
		status = require_model(store, facts->parent, &parent, &parent_added, error);
	if (status != STATUS_OK)
		return status;
	if (child == parent)
		return error_set(error, STATUS_DATA, "%s and %s are names of one model, which cannot be"
				 " its own parent", facts->child, facts->parent);
	if (edge_is_same(store, child, parent, facts, &known))
		return STATUS_OK;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_EDGE_PUT);
	if (!statement)
		return database_error(store, error, "the cache cannot be changed");
	sqlite3_bind_int64(statement, 1, child);
	sqlite3_bind_int64(statement, 2, parent);
	bind_text(statement, 3, facts->source);
	bind_text(statement, 4, relation_name(facts->relation));
	bind_number(statement, 5, facts->weight);
	bind_text(statement, 6, facts->method);
	sqlite3_bind_int(statement, 7, (int)facts->trust);
	bind_text(statement, 8, facts->note);
	*change = known ? CHANGE_UPDATED : CHANGE_ADDED;
	return finish(store, statement, error);
}

/* ---- evaluations ----------------------------------------------------------------------------- */

/* The stored run of the same model, source and set-up, 0 when there is none;
 * *same when nothing about the run itself differs. */
static int64_t find_evaluation(struct store *store, int64_t model,
			       const struct evaluation_facts *facts, bool *same)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_EVALUATION_GET);
	int64_t id = 0;

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, model);
	bind_text(statement, 2, facts->source);
	bind_text(statement, 3, facts->precision ? facts->precision : "");
	sqlite3_bind_int(statement, 4, (int)facts->chat_template);
	if (sqlite3_step(statement) == SQLITE_ROW) {
		id = sqlite3_column_int64(statement, 0);
		*same = sqlite3_column_int(statement, 1) == facts->rank &&
			same_text(column_text(statement, 2), facts->submitted) &&
			same_text(column_text(statement, 3), facts->revision) &&
			sqlite3_column_int(statement, 4) == (int)facts->flagged;
	}
	sqlite3_reset(statement);
	return id;
}

static enum status add_evaluation(struct store *store, int64_t model,
				  const struct evaluation_facts *facts, int64_t *id,
				  struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_EVALUATION_ADD);

	if (!statement)
		return database_error(store, error, "the cache cannot be changed");
	sqlite3_bind_int64(statement, 1, model);
	bind_text(statement, 2, facts->source);
	bind_text(statement, 3, facts->precision ? facts->precision : "");
	sqlite3_bind_int(statement, 4, (int)facts->chat_template);
	sqlite3_bind_int(statement, 5, facts->rank);
	bind_text(statement, 6, facts->submitted);
	bind_text(statement, 7, facts->revision);
	sqlite3_bind_int(statement, 8, facts->flagged);
	enum status status = finish(store, statement, error);
	*id = sqlite3_last_insert_rowid(store->database);
	return status;
}

static enum status set_evaluation(struct store *store, int64_t id,
				  const struct evaluation_facts *facts, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_EVALUATION_SET);

	if (!statement)
		return database_error(store, error, "the cache cannot be changed");
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_int(statement, 2, facts->rank);
	bind_text(statement, 3, facts->submitted);
	bind_text(statement, 4, facts->revision);
	sqlite3_bind_int(statement, 5, facts->flagged);
	return finish(store, statement, error);
}

static bool score_is_same(struct store *store, int64_t evaluation, int64_t benchmark,
			  const struct score_facts *score)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_SCORE_GET);

	if (!statement)
		return false;
	sqlite3_bind_int64(statement, 1, evaluation);
	sqlite3_bind_int64(statement, 2, benchmark);
	bool same = sqlite3_step(statement) == SQLITE_ROW &&
		    same_number(column_number(statement, 0), score->value) &&
		    same_number(column_number(statement, 1), score->raw);
	sqlite3_reset(statement);
	return same;
}

static int64_t count_scores(struct store *store, int64_t evaluation)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_SCORE_COUNT);
	int64_t count = 0;

	if (statement)
		sqlite3_bind_int64(statement, 1, evaluation);
	if (statement && sqlite3_step(statement) == SQLITE_ROW)
		count = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return count;
}

/* Resolves and checks the benchmarks before anything is written. */
static enum status check_scores(struct store *store, const struct evaluation_facts *facts,
				int64_t *benchmarks, struct error *error)
{
	for (size_t i = 0; i < facts->score_count; i++) {
		const struct score_facts *score = &facts->scores[i];
		benchmarks[i] = find_by(store, STATEMENT_BENCHMARK, score->benchmark);
		if (benchmarks[i] < 0)
			return database_error(store, error, "the cache cannot be read");
		if (benchmarks[i] == 0)
			return error_set(error, STATUS_DATA, "no benchmark is called \"%s\"", score->benchmark);
		if (!(score->value >= 0 && score->value <= 100))
			return error_set(error, STATUS_DATA, "the %s score %g is not within 0..100",
					 score->benchmark, score->value);
	}
	return STATUS_OK;
}

static enum status write_scores(struct store *store, int64_t evaluation,
				const struct evaluation_facts *facts, const int64_t *benchmarks,
				struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_SCORE_CLEAR);

	if (!statement)
		return database_error(store, error, "the cache cannot be changed");
	sqlite3_bind_int64(statement, 1, evaluation);
	enum status status = finish(store, statement, error);
	for (size_t i = 0; i < facts->score_count && status == STATUS_OK; i++) {
		statement = database_statement(store, STATEMENT_SCORE_PUT);
		sqlite3_bind_int64(statement, 1, evaluation);
		sqlite3_bind_int64(statement, 2, benchmarks[i]);
		bind_number(statement, 3, facts->scores[i].value);
		bind_number(statement, 4, facts->scores[i].raw);
		status = finish(store, statement, error);
	}
	return status;
}

enum status store_put_evaluation(struct store *store, const struct evaluation_facts *facts,
				 enum change *change, struct error *error)
{
	int64_t *benchmarks = memory_allocate(facts->score_count, sizeof *benchmarks), model, id = 0;
	bool added, same = false;

	*change = CHANGE_NONE;
	enum status status = check_scores(store, facts, benchmarks, error);
	if (status == STATUS_OK)
		status = require_model(store, facts->model, &model, &added, error);
	if (status != STATUS_OK)
		goto cleanup;
	id = find_evaluation(store, model, facts, &same);
	if (id < 0) {
		status = database_error(store, error, "the cache cannot be read");
	} else if (id == 0) {
		*change = CHANGE_ADDED;
		status = add_evaluation(store, model, facts, &id, error);
	} else if (!same) {
		*change = CHANGE_UPDATED;
		status = set_evaluation(store, id, facts, error);
	}
	bool equal = status == STATUS_OK && count_scores(store, id) == (int64_t)facts->score_count;
	for (size_t i = 0; i < facts->score_count && equal; i++)
		equal = score_is_same(store, id, benchmarks[i], &facts->scores[i]);
	if (status == STATUS_OK && !equal) {
		if (*change == CHANGE_NONE)
			*change = CHANGE_UPDATED;
		status = write_scores(store, id, facts, benchmarks, error);
	}
cleanup:
	free(benchmarks);
	return status;
}

/* ---- aliases ------------------------------------------------------------------------------------ */

/* Moves all that belongs to model `from` to `to` and deletes `from`.  Where
 * both have a row of the same key, `to` keeps its own. */
static enum status join_models(struct store *store, int64_t from, int64_t to, struct error *error)
{
	static const char *const steps[] = {
		"UPDATE OR IGNORE evaluations SET model = %2$lld WHERE model = %1$lld",
		"UPDATE OR IGNORE edges SET child = %2$lld WHERE child = %1$lld AND parent <> %2$lld",
		"UPDATE OR IGNORE edges SET parent = %2$lld WHERE parent = %1$lld AND child <> %2$lld",
		"UPDATE aliases SET model = %2$lld WHERE model = %1$lld",
		"UPDATE OR IGNORE outcomes SET model = %2$lld WHERE model = %1$lld",
		"UPDATE sketches SET base = %2$lld WHERE base = %1$lld",
		"UPDATE sketch_parents SET model = %2$lld WHERE model = %1$lld",
		"DELETE FROM models WHERE id = %1$lld",
	};
	enum status status = STATUS_OK;
	char sql[256];

	for (size_t i = 0; i < sizeof steps / sizeof *steps && status == STATUS_OK; i++) {
		/* Numbers of our own, no text from outside. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(sql, sizeof sql, steps[i], (long long)from, (long long)to);
#pragma GCC diagnostic pop
		status = database_run(store, sql, error);
	}
	return status;
}

/* Facts of the model that disappears fill what the other lacks. */
static enum status join_facts(struct store *store, int64_t from, int64_t to, struct error *error)
{
	struct model_row old = {0}, row = {0};
	enum status status = model_row_read(store, from, &old, error);

	if (status == STATUS_OK)
		status = model_row_read(store, to, &row, error);
	if (status == STATUS_OK) {
		struct model_facts facts = {
			.name = old.name, .architecture = old.architecture, .license = old.license,
			.kind = kind_parse(old.kind), .uploaded = old.uploaded, .params_b = old.params_b,
			.likes = old.likes, .moe = isnan(old.moe) ? ANSWER_UNKNOWN : (enum answer)old.moe,
			.source = old.source, .rank = old.rank,
		};
		model_row_merge(&row, &facts);
		status = model_row_write(store, to, &row, error);
	}
	model_row_free(&old);
	model_row_free(&row);
	return status;
}

enum status store_put_alias(struct store *store, const struct alias_facts *facts,
			    enum change *change, struct error *error)
{
	int64_t current, old;
	bool added;

	*change = CHANGE_NONE;
	if (!facts->alias || !facts->alias[0] || utf8_compare_names(facts->alias, facts->current) == 0)
		return STATUS_OK;
	enum status status = require_model(store, facts->current, &current, &added, error);
	if (status != STATUS_OK)
		return status;
	old = find_by(store, STATEMENT_FIND, facts->alias);
	if (old == current)
		return STATUS_OK; /* the current name is an alias of this one already */
	if (old < 0 || (old == 0 && find_by(store, STATEMENT_FIND_ALIAS, facts->alias) == current))
		return old < 0 ? database_error(store, error, "the cache cannot be read") : STATUS_OK;
	if (old > 0)
		status = join_facts(store, old, current, error);
	if (status == STATUS_OK && old > 0)
		status = join_models(store, old, current, error);
	if (status != STATUS_OK)
		return status;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_ALIAS_PUT);
	if (!statement)
		return database_error(store, error, "the cache cannot be changed");
	bind_text(statement, 1, facts->alias);
	sqlite3_bind_int64(statement, 2, current);
	bind_text(statement, 3, facts->source);
	*change = CHANGE_ADDED;
	return finish(store, statement, error);
}
