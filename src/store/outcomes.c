/* Single answers, bit-packed per model and set of questions. */
#include <stdlib.h>
#include <string.h>

#include "imports.h"
#include "model.h"
#include "registry.h"
#include "stemma/base/memory.h"

/* The id of a set of questions, made known at its first use; its number of
 * questions may not change, since answers are told apart by their place. */
static enum status require_questions(struct store *store, const struct outcome_facts *facts, int64_t *id,
				     struct error *error)
{
	struct registry_entry *entry;
	int64_t known = 0, before = sqlite3_total_changes64(store->database);
	enum status status = registry_require(store, NULL, facts->benchmark, &entry, error);

	if (status != STATUS_OK)
		return status;
	*id = entry->id;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_SET_QUESTIONS);
	bind_integer(statement, 1, *id);
	bind_integer(statement, 2, (int64_t)facts->questions);
	status = database_finish(store, statement, NULL, error);
	/* Beside the data: no fit gets old by it. */
	store->uncounted += sqlite3_total_changes64(store->database) - before;
	if (status != STATUS_OK)
		return status;
	statement = database_statement(store, STATEMENT_GET_QUESTIONS);
	bind_integer(statement, 1, *id);
	status = database_finish_integer(store, statement, &known, error);
	if (status != STATUS_OK)
		return status;
	if (known == (int64_t)facts->questions)
		return STATUS_OK;
	return error_set(error, STATUS_DATA, "%zu answers where %s has %lld questions", facts->questions,
			 facts->benchmark, (long long)known);
}

/* The first source that names a set's questions is believed: others that put
 * them in the same places say the same or nothing. */
static enum status put_names(struct store *store, const struct outcome_facts *facts, int64_t benchmark,
			     struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_HAS_NAMES);
	int64_t named;
	int rows;

	bind_integer(statement, 1, benchmark);
	enum status status = database_finish_integer(store, statement, &named, error);
	for (size_t i = 0; !named && i < facts->questions && status == STATUS_OK; i++) {
		statement = database_statement(store, STATEMENT_ADD_NAME);
		bind_integer(statement, 1, benchmark);
		bind_integer(statement, 2, (int64_t)i);
		bind_text(statement, 3, facts->names[i]);
		status = database_finish(store, statement, &rows, error);
	}
	return status;
}

/* Bytes in the cache: question i is bit i % 8 of byte i / 8, on any machine. */
static unsigned char *bytes_of(const struct outcome_facts *facts, size_t *count)
{
	*count = (facts->questions + 7) / 8;
	unsigned char *bytes = memory_allocate(*count, 1);

	for (size_t i = 0; i < *count; i++)
		bytes[i] = (unsigned char)(facts->bits[i / 8] >> (8 * (i % 8)));
	return bytes;
}

static enum status put_outcomes(struct store *store, const struct outcome_facts *facts,
				enum change *change, struct error *error)
{
	size_t count;
	unsigned char *bytes = bytes_of(facts, &count);
	int64_t model = 0, benchmark = 0;
	int rows = 0;
	bool added;
	enum status status = require_questions(store, facts, &benchmark, error);

	if (status == STATUS_OK && facts->names)
		status = put_names(store, facts, benchmark, error);
	if (status == STATUS_OK)
		status = model_require(store, facts->model, &model, &added, error);
	if (status == STATUS_OK)
		status = note_outcomes(store, model, benchmark, error);
	for (int way = 0; way < 2 && rows == 0 && status == STATUS_OK; way++) {
		sqlite3_stmt *statement = database_statement(
			store, way ? STATEMENT_SET_OUTCOMES : STATEMENT_ADD_OUTCOMES);
		bind_integer(statement, 1, model);
		bind_integer(statement, 2, benchmark);
		bind_integer(statement, 3, (int64_t)facts->questions);
		bind_bytes(statement, 4, bytes, count);
		bind_import(statement, 5, store);
		status = database_finish_kept(store, statement, &rows, error);
		if (rows > 0)
			*change = way ? CHANGE_UPDATED : CHANGE_ADDED;
		if (statement)
			sqlite3_clear_bindings(statement); /* the bytes go */
	}
	free(bytes);
	return status;
}

enum status store_put_outcomes(struct store *store, const struct outcome_facts *facts,
			       enum change *change, struct error *error)
{
	bool own;
	enum status status = database_put_begin(store, &own, error);

	*change = CHANGE_NONE;
	if (status == STATUS_OK)
		status = put_outcomes(store, facts, change, error);
	return database_put_end(store, own, status, error);
}

/* ---- reading ------------------------------------------------------------------ */

struct outcome_visitor {
	bool (*visit)(void *context, int64_t model, const struct outcome_facts *outcomes);
	void *context;
	const char *benchmark;
};

static bool outcome_row(void *context, sqlite3_stmt *row)
{
	struct outcome_visitor *visitor = context;
	int64_t stated = sqlite3_column_int64(row, 1);
	size_t count, questions = stated > 0 ? (size_t)stated : 0;
	const unsigned char *bytes = column_bytes(row, 2, &count);

	/* A cache from elsewhere may say anything; `stemma check` tells of it. */
	if (questions == 0 || count != questions / 8 + (questions % 8 > 0))
		return true;
	unsigned long long *bits = memory_zero((questions + 63) / 64, sizeof *bits);
	struct outcome_facts outcomes = {
		.benchmark = visitor->benchmark, .questions = questions, .bits = bits};

	for (size_t i = 0; i < (questions + 7) / 8; i++)
		bits[i / 8] |= (unsigned long long)bytes[i] << (8 * (i % 8));
	bool more = visitor->visit(visitor->context, sqlite3_column_int64(row, 0), &outcomes);
	free(bits);
	return more;
}

enum status store_each_outcome(struct store *store, const char *benchmark,
	bool (*visit)(void *context, int64_t model, const struct outcome_facts *outcomes), void *context,
	struct error *error)
{
	struct outcome_visitor visitor = {.visit = visit, .context = context, .benchmark = benchmark};
	struct query query = {
		.sql = "SELECT model, questions, bits FROM outcomes"
		       " WHERE benchmark = (SELECT id FROM benchmarks WHERE key = ?1) ORDER BY model",
		.text = benchmark,
	};

	return database_each(store, query, outcome_row, &visitor, error);
}

struct set_visitor {
	bool (*visit)(void *context, const char *benchmark, size_t models);
	void *context;
};

static bool set_row(void *context, sqlite3_stmt *row)
{
	struct set_visitor *visitor = context;

	const char *benchmark = column_text(row, 0);

	return !benchmark || visitor->visit(visitor->context, benchmark, (size_t)sqlite3_column_int64(row, 1));
}

enum status store_each_outcome_set(struct store *store,
	bool (*visit)(void *context, const char *benchmark, size_t models), void *context,
	struct error *error)
{
	struct set_visitor visitor = {.visit = visit, .context = context};
	struct query query = {
		.sql = "SELECT b.key, count(*) FROM outcomes AS o JOIN benchmarks AS b ON b.id = o.benchmark"
		       " GROUP BY b.id ORDER BY b.key",
	};

	return database_each(store, query, set_row, &visitor, error);
}

struct name_visitor {
	bool (*visit)(void *context, size_t question, const char *name);
	void *context;
};

static bool name_row(void *context, sqlite3_stmt *row)
{
	struct name_visitor *visitor = context;
	const char *name = column_text(row, 1);

	return !name || visitor->visit(visitor->context, (size_t)sqlite3_column_int64(row, 0), name);
}

enum status store_each_question(struct store *store, const char *benchmark,
	bool (*visit)(void *context, size_t question, const char *name), void *context,
	struct error *error)
{
	struct name_visitor visitor = {.visit = visit, .context = context};
	struct query query = {
		.sql = "SELECT place, name FROM questions"
		       " WHERE benchmark = (SELECT id FROM benchmarks WHERE key = ?1) AND place >= 0 ORDER BY place",
		.text = benchmark,
	};

	return database_each(store, query, name_row, &visitor, error);
}
