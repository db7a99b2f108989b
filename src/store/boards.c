/* Boards and targets: named lists of benchmarks, without weights and with them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "stemma/base/memory.h"

static enum status drop(struct store *store, enum statement which, const char *name, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, which);

	bind_text(statement, 1, name);
	return database_finish_kept(store, statement, NULL, error);
}

static enum status add_member(struct store *store, const char *name, size_t place, int64_t benchmark,
			      const double *weight, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, weight ? STATEMENT_ADD_TARGET : STATEMENT_ADD_BOARD);

	bind_text(statement, 1, name);
	bind_integer(statement, 2, weight ? benchmark : (int64_t)place);
	if (weight)
		bind_number(statement, 3, *weight);
	else
		bind_integer(statement, 3, benchmark);
	return database_finish_kept(store, statement, NULL, error);
}

static enum status put_list(struct store *store, const char *name, const int64_t *benchmarks,
			    const double *weights, size_t count, struct error *error)
{
	bool own;
	enum status status = database_put_begin(store, &own, error);

	if (status == STATUS_OK && text_is_missing(name))
		status = error_set(error, STATUS_DATA, "a name is wanted");
	if (status == STATUS_OK)
		status = drop(store, weights ? STATEMENT_DROP_TARGET : STATEMENT_DROP_BOARD, name, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = add_member(store, name, i, benchmarks[i], weights ? &weights[i] : NULL, error);
	return database_put_end(store, own, status, error);
}

enum status store_put_board(struct store *store, const char *name, const int64_t *benchmarks, size_t count,
			    struct error *error)
{
	return put_list(store, name, benchmarks, NULL, count, error);
}

enum status store_put_target(struct store *store, const char *name, const int64_t *benchmarks,
			     const double *weights, size_t count, struct error *error)
{
	static const double none;

	return put_list(store, name, benchmarks, weights ? weights : &none, count, error);
}

/* ---- reading ---------------------------------------------------------------------- */

/* The rows of one name. */
struct list {
	void *context;
	bool (*board)(void *, const char *, const int64_t *, size_t);
	bool (*target)(void *, const char *, const int64_t *, const double *, size_t);
	char *name;
	int64_t *benchmarks;
	double *weights;
	size_t count, capacity, weight_capacity;
	bool stopped;
};

static bool end_list(struct list *list)
{
	if (list->name && list->count > 0)
		list->stopped = list->board
			? !list->board(list->context, list->name, list->benchmarks, list->count)
			: !list->target(list->context, list->name, list->benchmarks, list->weights, list->count);
	list->count = 0;
	return !list->stopped;
}

static bool list_row(void *context, sqlite3_stmt *row)
{
	struct list *list = context;
	const char *name = column_text(row, 0);

	double weight = column_within(row, 2, 0, WEIGHT_MAX);

	if (!name || isnan(weight))
		return true;
	if (!list->name || strcmp(list->name, name) != 0) {
		if (!end_list(list))
			return false;
		free(list->name);
		list->name = memory_string(name);
	}
	list->benchmarks = memory_grow(list->benchmarks, list->count, &list->capacity, sizeof *list->benchmarks);
	list->weights = memory_grow(list->weights, list->count, &list->weight_capacity, sizeof *list->weights);
	list->benchmarks[list->count] = sqlite3_column_int64(row, 1);
	list->weights[list->count++] = weight;
	return true;
}

static enum status each_list(struct store *store, struct list *list, const char *sql, struct error *error)
{
	enum status status = database_each(store, (struct query){.sql = sql}, list_row, list, error);

	if (status == STATUS_OK && !list->stopped)
		end_list(list);
	free(list->name);
	free(list->benchmarks);
	free(list->weights);
	return status;
}

enum status store_each_board(struct store *store,
	bool (*visit)(void *context, const char *name, const int64_t *benchmarks, size_t count), void *context,
	struct error *error)
{
	struct list list = {.context = context, .board = visit};

	return each_list(store, &list, "SELECT name, benchmark, 1.0 FROM boards ORDER BY name, position", error);
}

enum status store_each_target(struct store *store,
	bool (*visit)(void *context, const char *name, const int64_t *benchmarks, const double *weights,
		      size_t count), void *context, struct error *error)
{
	struct list list = {.context = context, .target = visit};

	return each_list(store, &list, "SELECT name, benchmark, weight FROM targets ORDER BY name, benchmark",
			 error);
}
