/* Single answers, bit-packed per model and set of questions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "imports.h"
#include "model.h"
#include "registry.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

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
static unsigned char *bytes_of(const unsigned long long *bits, size_t questions)
{
	size_t count = (questions + 7) / 8;
	unsigned char *bytes = memory_allocate(count, 1);

	for (size_t i = 0; i < count; i++)
		bytes[i] = (unsigned char)(bits[i / 8] >> (8 * (i % 8)));
	return bytes;
}

static bool bit_of(const unsigned long long *bits, size_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

static void set_bit(unsigned long long *bits, size_t i, bool value)
{
	unsigned long long bit = 1ull << (i % 64);

	bits[i / 64] = value ? bits[i / 64] | bit : bits[i / 64] & ~bit;
}

/* ---- answers to some questions ------------------------------------------------------- */

/* A model's answers, over all questions of the set. */
struct some_answers {
	unsigned long long *bits, *asked;
	size_t questions;
	bool whole;    /* all were known before */
};

/* The place of the question that this number names. */
static enum status find_place(struct store *store, int64_t benchmark, bool named, size_t id,
			      const struct outcome_facts *facts, size_t questions, size_t *place, struct error *error)
{
	int64_t found = (int64_t)id + 1;
	char name[24];

	if (named) {
		snprintf(name, sizeof name, "%zu", id);
		sqlite3_stmt *statement = database_statement(store, STATEMENT_FIND_QUESTION);
		bind_integer(statement, 1, benchmark);
		bind_text(statement, 2, name);
		enum status status = database_finish_integer(store, statement, &found, error);
		if (status != STATUS_OK)
			return status;
	}
	if (found < 1 || (size_t)found > questions)
		return error_set(error, STATUS_DATA, "%s has no question %zu", facts->benchmark, id);
	*place = (size_t)found - 1;
	return STATUS_OK;
}

static bool known_row(void *context, sqlite3_stmt *row)
{
	struct some_answers *some = context;
	size_t count, asked;
	const unsigned char *bits = column_bytes(row, 1, &count), *mask = column_bytes(row, 2, &asked);

	if ((size_t)sqlite3_column_int64(row, 0) != some->questions || count != (some->questions + 7) / 8)
		return false;
	some->whole = sqlite3_column_type(row, 2) == SQLITE_NULL;
	for (size_t i = 0; i < some->questions && !some->whole && asked == count; i++) {
		set_bit(some->bits, i, bits[i / 8] >> (i % 8) & 1);
		set_bit(some->asked, i, mask[i / 8] >> (i % 8) & 1);
	}
	return false;
}

/* Earlier answers, overwritten by the new ones. */
static enum status gather_some(struct store *store, const struct outcome_facts *facts, int64_t model,
			       int64_t benchmark, struct some_answers *some, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_HAS_NAMES);
	struct text sql = {0};
	int64_t named;

	bind_integer(statement, 1, benchmark);
	enum status status = database_finish_integer(store, statement, &named, error);
	text_append_format(&sql, "SELECT questions, bits, asked FROM outcomes WHERE model = ?1 AND benchmark = %lld",
			   (long long)benchmark);
	if (status == STATUS_OK)
		status = database_each(store, (struct query){.sql = text_string(&sql), .id = model}, known_row, some, error);
	text_free(&sql);
	for (size_t id = 0; id < facts->questions && status == STATUS_OK; id++) {
		size_t place = 0;
		if (facts->asked && !bit_of(facts->asked, id))
			continue;
		status = find_place(store, benchmark, named, id, facts, some->questions, &place, error);
		if (status != STATUS_OK)
			break;
		set_bit(some->asked, place, true);
		set_bit(some->bits, place, bit_of(facts->bits, id));
	}
	return status;
}

/* Sets *questions to the size of the set where the answers cover a part of it, else to 0. */
static enum status count_questions(struct store *store, const struct outcome_facts *facts, size_t *questions,
				   struct error *error)
{
	struct registry_entry *entry;
	int64_t known = 0;
	enum status status = registry_require(store, NULL, facts->benchmark, &entry, error);

	*questions = 0;
	if (status != STATUS_OK)
		return status;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_GET_QUESTIONS);
	bind_integer(statement, 1, entry->id);
	status = database_finish_integer(store, statement, &known, error);
	if (status != STATUS_OK)
		return status;
	if (facts->asked && known == 0) {
		error_set(error, STATUS_DATA, "answers to some questions of %s, of which nobody tells how many it has",
			  facts->benchmark);
		return error_advise(error, "import the answers of a whole run first");
	}
	*questions = facts->asked || (size_t)known > facts->questions ? (size_t)known : 0;
	return STATUS_OK;
}

/* ---- writing ------------------------------------------------------------------------- */

static enum status write_row(struct store *store, const struct outcome_facts *facts, int64_t model,
			     int64_t benchmark, enum change *change, struct error *error)
{
	size_t count = (facts->questions + 7) / 8;
	unsigned char *bytes = bytes_of(facts->bits, facts->questions);
	unsigned char *asked = facts->asked ? bytes_of(facts->asked, facts->questions) : NULL;
	enum status status = note_outcomes(store, model, benchmark, error);
	int rows = 0;

	for (int way = 0; way < 2 && rows == 0 && status == STATUS_OK; way++) {
		sqlite3_stmt *statement = database_statement(
			store, way ? STATEMENT_SET_OUTCOMES : STATEMENT_ADD_OUTCOMES);
		bind_integer(statement, 1, model);
		bind_integer(statement, 2, benchmark);
		bind_integer(statement, 3, (int64_t)facts->questions);
		bind_bytes(statement, 4, bytes, count);
		bind_import(statement, 5, store);
		if (asked)
			bind_bytes(statement, 6, asked, count);
		status = database_finish_kept(store, statement, &rows, error);
		if (rows > 0)
			*change = way ? CHANGE_UPDATED : CHANGE_ADDED;
		if (statement)
			sqlite3_clear_bindings(statement); /* the bytes go */
	}
	free(bytes);
	free(asked);
	return status;
}

/* Adds answers to earlier ones; changes nothing where all are known already. */
static enum status write_some(struct store *store, const struct outcome_facts *facts, size_t questions, int64_t model,
			      int64_t benchmark, enum change *change, struct error *error)
{
	struct some_answers some = {
		.bits = memory_zero(questions / 64 + 1, sizeof *some.bits),
		.asked = memory_zero(questions / 64 + 1, sizeof *some.asked), .questions = questions,
	};
	enum status status = gather_some(store, facts, model, benchmark, &some, error);
	struct outcome_facts all = {.questions = questions, .bits = some.bits, .asked = some.asked};
	size_t count = 0;

	for (size_t i = 0; i < questions; i++)
		count += bit_of(some.asked, i);
	if (count == questions)
		all.asked = NULL;
	if (status == STATUS_OK && !some.whole)
		status = write_row(store, &all, model, benchmark, change, error);
	free(some.bits);
	free(some.asked);
	return status;
}

static enum status put_outcomes(struct store *store, const struct outcome_facts *facts,
				enum change *change, struct error *error)
{
	struct outcome_facts whole = *facts;
	int64_t model = 0, benchmark = 0;
	size_t more = 0;
	bool added;
	enum status status = facts->by_id ? count_questions(store, facts, &more, error) : STATUS_OK;

	if (more > 0)
		whole.questions = more;
	if (status == STATUS_OK)
		status = require_questions(store, &whole, &benchmark, error);
	if (status == STATUS_OK && facts->names)
		status = put_names(store, facts, benchmark, error);
	if (status == STATUS_OK)
		status = model_require(store, facts->model, &model, &added, error);
	if (status != STATUS_OK)
		return status;
	return more > 0 ? write_some(store, facts, more, model, benchmark, change, error)
			: write_row(store, facts, model, benchmark, change, error);
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

static unsigned long long *bits_of(const unsigned char *bytes, size_t questions)
{
	unsigned long long *bits = memory_zero((questions + 63) / 64, sizeof *bits);

	for (size_t i = 0; i < (questions + 7) / 8; i++)
		bits[i / 8] |= (unsigned long long)bytes[i] << (8 * (i % 8));
	return bits;
}

static bool outcome_row(void *context, sqlite3_stmt *row)
{
	struct outcome_visitor *visitor = context;
	int64_t stated = sqlite3_column_int64(row, 1);
	size_t count, masked, questions = stated > 0 ? (size_t)stated : 0;
	const unsigned char *bytes = column_bytes(row, 2, &count), *mask = column_bytes(row, 3, &masked);

	/* A cache from elsewhere may say anything; `stemma check` tells of it. */
	if (questions == 0 || count != questions / 8 + (questions % 8 > 0) || (mask && masked != count))
		return true;
	unsigned long long *bits = bits_of(bytes, questions), *asked = mask ? bits_of(mask, questions) : NULL;
	struct outcome_facts outcomes = {
		.benchmark = visitor->benchmark, .questions = questions, .bits = bits, .asked = asked};
	bool more = visitor->visit(visitor->context, sqlite3_column_int64(row, 0), &outcomes);
	free(bits);
	free(asked);
	return more;
}

enum status store_each_outcome(struct store *store, const char *benchmark,
	bool (*visit)(void *context, int64_t model, const struct outcome_facts *outcomes), void *context,
	struct error *error)
{
	struct outcome_visitor visitor = {.visit = visit, .context = context, .benchmark = benchmark};
	struct query query = {
		.sql = "SELECT model, questions, bits, asked FROM outcomes"
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
		       " WHERE o.asked IS NULL GROUP BY b.id ORDER BY b.key",
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
