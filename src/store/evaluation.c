/* Putting evaluations: runs and their scores, each on the scale of its benchmark. */
#include <math.h>
#include <stdlib.h>

#include "imports.h"
#include "model.h"
#include "scale.h"
#include "stemma/base/memory.h"

/* For ADD_EVALUATION and SET_EVALUATION. */
static void bind_run(sqlite3_stmt *statement, int64_t id, const struct evaluation_facts *facts)
{
	bind_integer(statement, 1, id);
	bind_integer(statement, 2, facts->rank);
	bind_text(statement, 3, facts->submitted);
	bind_text(statement, 4, facts->revision);
	bind_integer(statement, 5, facts->flagged);
	bind_text(statement, 6, facts->address);
}

/* What tells one run of a model from another: FIND_EVALUATION and ADD_EVALUATION. */
static void bind_run_key(sqlite3_stmt *statement, int first, const struct evaluation_facts *facts)
{
	bind_text(statement, first, facts->source);
	bind_text(statement, first + 1, facts->precision);
	bind_integer(statement, first + 2, (int64_t)facts->chat_template);
	bind_text(statement, first + 3, facts->harness);
	bind_text(statement, first + 4, facts->version);
}

static enum status add_evaluation(struct store *store, int64_t model,
				  const struct evaluation_facts *facts, int64_t *id,
				  struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_ADD_EVALUATION);

	bind_run(statement, model, facts);
	bind_run_key(statement, 7, facts);
	bind_import(statement, 12, store);
	enum status status = database_finish(store, statement, NULL, error);
	*id = sqlite3_last_insert_rowid(store->database);
	return status;
}

/* Finds the run of the same model, source and set-up, or adds it. */
static enum status write_run(struct store *store, int64_t model,
			     const struct evaluation_facts *facts, int64_t *id,
			     enum change *change, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_FIND_EVALUATION);
	int rows = 0;

	bind_integer(statement, 1, model);
	bind_run_key(statement, 2, facts);
	enum status status = database_finish_integer(store, statement, id, error);
	if (status == STATUS_OK && *id == 0) {
		*change = CHANGE_ADDED;
		return add_evaluation(store, model, facts, id, error);
	}
	if (status != STATUS_OK)
		return status;
	statement = database_statement(store, STATEMENT_SET_EVALUATION);
	bind_run(statement, *id, facts);
	status = database_finish(store, statement, &rows, error);
	if (rows > 0)
		*change = CHANGE_UPDATED;
	return status;
}

/* What a limited run is told apart by, so that it does not take the place of a whole one. */
static const char *setup_of(const struct score_facts *facts)
{
	return !text_is_missing(facts->setup) ? facts->setup : facts->limited ? "limited" : NULL;
}

static enum status write_score(struct store *store, int64_t evaluation, int64_t benchmark,
			       const struct score_facts *facts, const struct scaled *scaled,
			       enum change *change, struct error *error)
{
	bool fresh = *change == CHANGE_ADDED; /* nothing can be there */
	int64_t owner = 0;
	enum status status = fresh ? STATUS_OK
		: note_score(store, evaluation, benchmark, facts->shots < 0 ? -1 : facts->shots, setup_of(facts), &owner, error);
	sqlite3_stmt *statement = database_statement(store, STATEMENT_PUT_SCORE);
	int rows = 0;

	bind_integer(statement, 1, evaluation);
	bind_integer(statement, 2, benchmark);
	bind_integer(statement, 3, facts->shots < 0 ? -1 : facts->shots);
	bind_text(statement, 4, setup_of(facts));
	bind_number(statement, 5, scaled->value);
	bind_number(statement, 6, facts->raw);
	bind_number(statement, 7, scaled->error);
	bind_text(statement, 8, facts->date);
	bind_text(statement, 9, facts->address);
	bind_integer(statement, 10, facts->limited);
	bind_import(statement, 11, store);
	if (status == STATUS_OK)
		status = database_finish(store, statement, &rows, error);
	if (rows > 0 && *change == CHANGE_NONE)
		*change = CHANGE_UPDATED;
	if (rows > 0)
		note_replaced(store, owner);
	return status;
}

/* A score that was checked: where it goes, or that it is missing or refused. */
struct checked {
	size_t entry; /* in the registry */
	struct scaled scaled;
	bool kept;
};

/* Finds and checks the benchmarks before anything is written of the model: what cannot
 * be a value is refused alone.  *kept counts the others. */
static enum status check_scores(struct store *store, const struct evaluation_facts *facts,
				struct checked *checked, size_t *kept, struct error *refusal,
				struct error *error)
{
	enum status status = STATUS_OK;

	*kept = 0;
	for (size_t i = 0; i < facts->score_count && status == STATUS_OK; i++) {
		const struct score_facts *score = &facts->scores[i];
		struct registry_entry *entry = NULL;
		struct error problem = {0};
		if (isnan(score->value))
			continue;
		if (isinf(score->value)) /* makes no benchmark known */
			status = error_set(&problem, STATUS_DATA, "the %s value is not a number", score->benchmark);
		if (status == STATUS_OK)
			status = registry_require(store, facts->suite, score->benchmark, &entry, &problem);
		if (status == STATUS_OK && entry->guessed && score->survey)
			status = registry_ranges(store, &problem);
		if (status == STATUS_OK)
			status = score_check(entry, score, &checked[i].scaled, &problem);
		checked[i].kept = status == STATUS_OK;
		if (checked[i].kept) {
			checked[i].entry = (size_t)(entry - store->registry.entries);
			++*kept;
		} else if (status == STATUS_DATA) {
			if (store->listener.refuse)
				store->listener.refuse(store->listener.context, score, problem.message);
			else if (refusal->status == STATUS_OK)
				*refusal = problem;
			status = STATUS_OK;
		} else if (error && error->status == STATUS_OK) {
			*error = problem;
		}
	}
	return status;
}

static enum status put_score(struct store *store, int64_t evaluation, const struct score_facts *facts,
			     const struct checked *checked, enum change *change, struct error *error)
{
	struct registry_entry *entry = &store->registry.entries[checked->entry];

	score_count(entry, checked->scaled.value);
	return write_score(store, evaluation, entry->id, facts, &checked->scaled, change, error);
}

static enum status put_evaluation(struct store *store, const struct evaluation_facts *facts,
				  const struct checked *checked, enum change *change,
				  struct error *error)
{
	int64_t model = 0, id = 0;
	bool added;
	enum status status = model_require(store, facts->model, &model, &added, error);

	if (status == STATUS_OK)
		status = write_run(store, model, facts, &id, change, error);
	for (size_t i = 0; i < facts->score_count && status == STATUS_OK; i++)
		if (checked[i].kept)
			status = put_score(store, id, &facts->scores[i], &checked[i], change, error);
	return status;
}

enum status store_put_evaluation(struct store *store, const struct evaluation_facts *facts,
				 enum change *change, struct error *error)
{
	struct checked *checked = memory_zero(facts->score_count + 1, sizeof *checked);
	struct error refusal = {0};
	size_t kept = 0;
	bool own;
	enum status status = database_put_begin(store, &own, error);

	*change = CHANGE_NONE;
	if (status == STATUS_OK && text_is_missing(facts->source))
		status = error_set(error, STATUS_DATA, "an evaluation without a source");
	if (status == STATUS_OK)
		status = check_scores(store, facts, checked, &kept, &refusal, error);
	if (status == STATUS_OK && kept > 0)
		status = put_evaluation(store, facts, checked, change, error);
	if (status == STATUS_OK && refusal.status != STATUS_OK) {
		status = refusal.status;
		if (error && error->status == STATUS_OK)
			*error = refusal;
	}
	if (own && status != STATUS_OK)
		*change = CHANGE_NONE;
	free(checked);
	return database_put_end(store, own, status, error);
}
