/* Benchmarks: their descriptions, names, and making one of two. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model.h"
#include "registry.h"
#include "stemma/base/memory.h"

void store_listen(struct store *store, const struct store_listener *listener)
{
	store->listener = listener ? *listener : (struct store_listener){.context = NULL};
}

int64_t store_find_benchmark(struct store *store, const char *name)
{
	/* Outside of a transaction it would be kept while other copies write. */
	if (!store->transaction)
		registry_forget(store);
	if (registry_load(store, NULL) != STATUS_OK)
		return -1;
	const struct registry_entry *entry = registry_find(store, name);
	int64_t id = entry ? entry->id : 0;
	if (!store->transaction)
		registry_forget(store);
	return id;
}

/* ---- moving all that belongs to one ------------------------------------------------- */

/* Runs one step with the ids of both benchmarks and the factor between their scales. */
static enum status run_step(struct store *store, const char *sql, int64_t from, int64_t into, double factor,
			    struct error *error)
{
	sqlite3_stmt *statement = NULL;

	sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL);
	bind_integer(statement, 1, from);
	if (sqlite3_bind_parameter_count(statement) > 1)
		bind_integer(statement, 2, into);
	if (sqlite3_bind_parameter_count(statement) > 2)
		bind_number(statement, 3, factor);
	enum status status = database_finish(store, statement, NULL, error);
	sqlite3_finalize(statement);
	return status;
}

static const char *const move_steps[] = {
	"UPDATE OR IGNORE scores SET benchmark = ?2, value = value * ?3, error = error * ?3"
	" WHERE benchmark = ?1",
	/* Answers are told apart by their places: only of as many questions. */
	"UPDATE OR IGNORE outcomes SET benchmark = ?2 WHERE benchmark = ?1 AND"
	" questions = coalesce((SELECT instances FROM benchmarks WHERE id = ?2), questions)",
	"UPDATE OR IGNORE questions SET benchmark = ?2 WHERE benchmark = ?1 AND"
	" NOT EXISTS (SELECT 1 FROM questions WHERE benchmark = ?2)",
	"DELETE FROM boards WHERE benchmark = ?1 AND name IN (SELECT name FROM boards WHERE benchmark = ?2)",
	"UPDATE boards SET benchmark = ?2 WHERE benchmark = ?1",
	"UPDATE targets AS t SET weight = t.weight + o.weight FROM targets AS o"
	" WHERE t.benchmark = ?2 AND o.benchmark = ?1 AND o.name = t.name",
	"UPDATE OR IGNORE targets SET benchmark = ?2 WHERE benchmark = ?1",
	"UPDATE benchmark_aliases SET benchmark = ?2 WHERE benchmark = ?1",
	"INSERT OR REPLACE INTO benchmark_aliases (alias, benchmark)"
	" SELECT lower(key), ?2 FROM benchmarks WHERE id = ?1",
	"UPDATE benchmarks SET instances = coalesce(instances, (SELECT instances FROM benchmarks WHERE id = ?1)),"
	" chance = coalesce(chance, (SELECT chance * ?3 FROM benchmarks WHERE id = ?1)),"
	" higher_is_better = coalesce(higher_is_better,"
	"  (SELECT higher_is_better FROM benchmarks WHERE id = ?1))"
	" WHERE id = ?2",
};
static const char *const drop_steps[] = {
	"DELETE FROM scores WHERE benchmark = ?1",
	"DELETE FROM outcomes WHERE benchmark = ?1",
	"DELETE FROM questions WHERE benchmark = ?1",
	"DELETE FROM boards WHERE benchmark = ?1",
	"DELETE FROM targets WHERE benchmark = ?1",
	"DELETE FROM benchmark_aliases WHERE benchmark = ?1",
	"DELETE FROM benchmarks WHERE id = ?1",
	"DELETE FROM evaluations WHERE NOT EXISTS (SELECT 1 FROM scores WHERE evaluation = evaluations.id)",
};

#define LENGTH(list) (sizeof(list) / sizeof *(list))
static enum status run_steps(struct store *store, const char *const *steps, size_t count, int64_t from,
			     int64_t into, double factor, struct error *error)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = run_step(store, steps[i], from, into, factor, error);
	return status;
}

static enum status join(struct store *store, const struct registry_entry *from,
			const struct registry_entry *into, struct error *error)
{
	double factor = bounds_factor(from->lower, from->upper, into->lower, into->upper);
	int64_t from_id = from->id, into_id = into->id;
	enum status status = run_steps(store, move_steps, LENGTH(move_steps), from_id, into_id, factor, error);

	if (status == STATUS_OK)
		status = run_steps(store, drop_steps, LENGTH(drop_steps), from_id, 0, 1, error);
	return status;
}

/* To be called before the registry is forgotten within a transaction: what values that
 * were put say of their scales would be forgotten, too. */
static enum status settle_first(struct store *store, struct error *error)
{
	enum status status = registry_load(store, error);

	return status == STATUS_OK ? registry_settle(store, error) : status;
}

static enum status require_entries(struct store *store, int64_t first, int64_t second,
				   const struct registry_entry **a, const struct registry_entry **b,
				   struct error *error)
{
	enum status status = settle_first(store, error);

	if (status != STATUS_OK)
		return status;
	*a = registry_find_id(store, first);
	*b = registry_find_id(store, second);
	return *a && *b ? STATUS_OK : error_set(error, STATUS_DATA, "no benchmark has this number");
}

enum status store_join_benchmarks(struct store *store, int64_t from, int64_t into, struct error *error)
{
	const struct registry_entry *a = NULL, *b = NULL;
	bool own;
	enum status status = database_put_begin(store, &own, error);

	if (status == STATUS_OK)
		status = require_entries(store, from, into, &a, &b, error);
	if (status == STATUS_OK && from == into)
		status = error_set(error, STATUS_DATA, "%s cannot be joined to itself", a->key);
	if (status == STATUS_OK)
		status = join(store, a, b, error);
	registry_forget(store);
	return database_put_end(store, own, status, error);
}

enum status store_drop_benchmark(struct store *store, int64_t benchmark, struct error *error)
{
	bool own;
	enum status status = database_put_begin(store, &own, error);

	if (status == STATUS_OK)
		status = settle_first(store, error);
	if (status == STATUS_OK)
		status = run_steps(store, drop_steps, LENGTH(drop_steps), benchmark, 0, 1, error);
	registry_forget(store);
	return database_put_end(store, own, status, error);
}

enum status store_hide_benchmark(struct store *store, int64_t benchmark, bool hidden, struct error *error)
{
	bool own;
	enum status status = database_put_begin(store, &own, error);
	sqlite3_stmt *statement = database_statement(store, STATEMENT_HIDE_BENCHMARK);

	bind_integer(statement, 1, benchmark);
	bind_integer(statement, 2, hidden);
	if (status == STATUS_OK)
		status = database_finish(store, statement, NULL, error);
	return database_put_end(store, own, status, error);
}

/* ---- names --------------------------------------------------------------------- */

static enum status write_alias(struct store *store, const char *alias, int64_t benchmark, int *rows,
			       struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_ADD_BENCHMARK_ALIAS);

	bind_exact(statement, 1, alias);
	bind_integer(statement, 2, benchmark);
	return database_finish(store, statement, rows, error);
}

/* The benchmark that a key or alias leads to. */
static int64_t holder_of(struct store *store, const char *key, bool *guessed)
{
	const struct registry_entry *entry = registry_find_key(store, key);

	*guessed = entry && entry->guessed;
	return entry ? entry->id : 0;
}

static enum status rename_benchmark(struct store *store, int64_t benchmark, const char *key,
				    struct error *error)
{
	const struct registry_entry *entry = registry_find_id(store, benchmark);
	bool guessed;
	int64_t holder = holder_of(store, key, &guessed);

	if (!entry)
		return error_set(error, STATUS_DATA, "no benchmark has this number");
	if (strcmp(entry->key, key) == 0)
		return STATUS_OK;
	if (holder != 0 && holder != benchmark) {
		error_set(error, STATUS_DATA, "another benchmark is called %s", key);
		return error_advise(error, "join the two with \"stemma benchmarks join\"");
	}
	sqlite3_stmt *statement = database_statement(store, STATEMENT_RENAME_BENCHMARK);
	bind_integer(statement, 1, benchmark);
	bind_exact(statement, 2, key);
	enum status status = database_finish(store, statement, NULL, error);
	if (status == STATUS_OK) /* the key may have been one of its aliases */
		status = run_step(store, "DELETE FROM benchmark_aliases WHERE benchmark = ?1 AND alias ="
				  " (SELECT key FROM benchmarks WHERE id = ?1)", benchmark, 0, 1, error);
	return status == STATUS_OK ? write_alias(store, entry->key, benchmark, NULL, error) : status;
}

enum status store_rename_benchmark(struct store *store, int64_t benchmark, const char *name,
				   struct error *error)
{
	char *key = benchmark_key(name);
	bool own;
	enum status status = database_put_begin(store, &own, error);

	if (status == STATUS_OK && !key)
		status = error_set(error, STATUS_DATA, "\"%.80s\" is no key; it has letters, digits and _.:/+-", name);
	if (status == STATUS_OK)
		status = settle_first(store, error);
	if (status == STATUS_OK)
		status = rename_benchmark(store, benchmark, key, error);
	registry_forget(store);
	free(key);
	return database_put_end(store, own, status, error);
}

/* ---- descriptions ----------------------------------------------------------------- */

static void bind_description(sqlite3_stmt *statement, int64_t id, const struct benchmark_facts *facts)
{
	bind_integer(statement, 1, id);
	bind_integer(statement, 2, facts->rank);
	bind_text(statement, 3, facts->title);
	bind_text(statement, 4, facts->suite);
	bind_text(statement, 5, facts->metric);
	bind_text(statement, 6, facts->unit);
	bind_text(statement, 7, facts->family);
	bind_text(statement, 8, facts->duplicate_of);
	bind_number(statement, 9, isfinite(facts->chance) ? facts->chance : (double)NAN);
	bind_answer(statement, 10, facts->higher_is_better);
	if (facts->instances >= 1 && facts->instances < 1e15)
		bind_integer(statement, 11, (int64_t)facts->instances);
	else
		bind_number(statement, 11, NAN);
	bind_text(statement, 12, facts->source);
}

static enum status write_description(struct store *store, int64_t id, const struct benchmark_facts *facts,
				     enum change *change, struct error *error)
{
	static const enum statement ways[] = {STATEMENT_OVERRIDE_BENCHMARK, STATEMENT_FILL_BENCHMARK};
	enum status status = STATUS_OK;
	int rows = 0;

	for (size_t i = 0; i < LENGTH(ways) && rows == 0 && status == STATUS_OK; i++) {
		sqlite3_stmt *statement = database_statement(store, ways[i]);
		bind_description(statement, id, facts);
		status = database_finish(store, statement, &rows, error);
	}
	if (rows > 0 && *change == CHANGE_NONE)
		*change = CHANGE_UPDATED;
	return status;
}

/* The ends that a description gives an entry, moved to hold the values that are there. */
static enum status describe_bounds(struct store *store, struct registry_entry *entry,
				   const struct benchmark_facts *facts, enum change *change,
				   struct error *error)
{
	bool told = !isnan(facts->lower) || !isnan(facts->upper);
	double old_lower = entry->lower, old_upper = entry->upper;
	enum status status = STATUS_OK;

	if (!told || (!entry->guessed && facts->rank < entry->rank))
		return STATUS_OK;
	status = registry_ranges(store, error);
	double lower = facts->lower, upper = facts->upper;
	double factor = entry->guessed ? bounds_factor(old_lower, old_upper, lower, upper) : 1;
	if (status == STATUS_OK && factor != 1 && !isnan(fmin(entry->known_low, entry->low))) {
		registry_tell(store, "%s: what was taken as %s is put on its scale of %g to %g", entry->key,
			      factor > 1 ? "fractions" : "percentages", lower, upper);
		status = registry_rescale(store, entry, factor, error);
	}
	bounds_widen(fmin(entry->low, entry->known_low), fmax(entry->high, entry->known_high), &lower, &upper);
	bool same = (lower == old_lower || (isnan(lower) && isnan(old_lower))) &&
		    (upper == old_upper || (isnan(upper) && isnan(old_upper)));
	if (status != STATUS_OK || (same && !entry->guessed))
		return status;
	if (lower < facts->lower || upper > facts->upper)
		registry_tell(store, "%s: its values cross the ends %g and %g of its scale, which is %g to %g now",
			      entry->key, facts->lower, facts->upper, lower, upper);
	entry->lower = lower;
	entry->upper = upper;
	entry->guessed = isnan(lower) || isnan(upper);
	if (*change == CHANGE_NONE)
		*change = CHANGE_UPDATED;
	return registry_write_bounds(store, entry, error);
}

static enum status put_benchmark_alias(struct store *store, const char *name, int64_t id, enum change *change,
			     struct error *error)
{
	char *alias = benchmark_key(name);
	bool guessed = false;
	int64_t holder = alias ? holder_of(store, alias, &guessed) : id;
	enum status status = STATUS_OK;
	int rows = 0;

	if (holder != 0 && holder != id && !guessed) {
		status = error_set(error, STATUS_DATA, "the alias %s is a benchmark of its own", alias);
		error_advise(error, "join the two with \"stemma benchmarks join\"");
	} else if (holder != 0 && holder != id) {
		status = settle_first(store, error);
		if (status == STATUS_OK)
			status = join(store, registry_find_id(store, holder), registry_find_id(store, id), error);
		rows = 1;
	} else if (holder == 0) {
		status = settle_first(store, error);
		if (status == STATUS_OK)
			status = write_alias(store, alias, id, &rows, error);
	}
	if (rows > 0) {
		registry_forget(store);
		if (*change == CHANGE_NONE)
			*change = CHANGE_UPDATED;
		if (status == STATUS_OK)
			status = registry_load(store, error);
	}
	free(alias);
	return status;
}

/* A description of something new that does not say which way is better: its name may. */
static struct benchmark_facts complete_direction(struct store *store, const struct registry_entry *entry,
						 const struct benchmark_facts *facts)
{
	struct benchmark_facts complete = *facts;

	if (facts->higher_is_better != ANSWER_UNKNOWN ||
	    benchmark_name_hint(facts->title ? facts->title : facts->key).higher_is_better != ANSWER_NO)
		return complete;
	complete.higher_is_better = ANSWER_NO;
	registry_tell(store, "%s: lower is better, by its name; where that is wrong say \"stemma benchmarks describe %s"
		      " --higher-is-better yes\"", entry->key, entry->key);
	return complete;
}

static bool is_of_another_suite(const struct registry_entry *entry, const struct benchmark_facts *facts)
{
	return entry && facts->apart && facts->suite && entry->suite && strcasecmp(entry->suite, facts->suite) != 0;
}

/* What a table calls by the key of another suite's is never mixed with that: it has a key of its
 * own, and the same family. */
static enum status put_apart(struct store *store, const struct registry_entry *other,
			     const struct benchmark_facts *facts, enum change *change, struct error *error)
{
	struct benchmark_facts own = *facts;
	char *key = registry_key_apart(facts->suite, facts->key);
	bool is_new = key && !registry_find_key(store, key);

	own.key = key;
	own.apart = false;
	own.family = facts->family ? facts->family : other->key;
	if (is_new)
		registry_tell(store, "%s of %s is another benchmark than that of %s: its key is %s", facts->key,
			      facts->suite, other->suite, key);
	enum status status = key ? store_put_benchmark(store, &own, change, error)
				 : error_set(error, STATUS_DATA, "%s_%s makes no key of a benchmark", facts->suite,
					     facts->key);
	free(key);
	return status;
}

static enum status put_benchmark(struct store *store, const struct benchmark_facts *facts,
				 enum change *change, struct error *error)
{
	struct benchmark_facts complete;
	char *key = facts->key ? benchmark_key(facts->key) : NULL;
	enum status status = registry_load(store, error);
	struct registry_entry *entry = status == STATUS_OK && key ? registry_find_key(store, key) : NULL;

	free(key);
	if (status == STATUS_OK && is_of_another_suite(entry, facts))
		return put_apart(store, entry, facts, change, error);
	if (status == STATUS_OK && !entry)
		status = registry_add(store, facts->key, &entry, error);
	if (status != STATUS_OK)
		return status;
	int64_t id = entry->id;
	bool added = entry->added && isnan(entry->low);
	*change = added ? CHANGE_ADDED : CHANGE_NONE;
	if (added) {
		complete = complete_direction(store, entry, facts);
		facts = &complete;
	}
	status = describe_bounds(store, entry, facts, change, error);
	if (status == STATUS_OK)
		status = write_description(store, id, facts, change, error);
	if (status == STATUS_OK && facts->rank >= entry->rank)
		entry->rank = facts->rank;
	if (facts->suite && !entry->suite)
		entry->suite = memory_string(facts->suite);
	for (size_t i = 0; i < facts->alias_count && status == STATUS_OK; i++)
		status = put_benchmark_alias(store, facts->aliases[i], id, change, error);
	return status;
}

enum status store_put_benchmark(struct store *store, const struct benchmark_facts *facts,
				enum change *change, struct error *error)
{
	bool own;
	enum status status = database_put_begin(store, &own, error);

	*change = CHANGE_NONE;
	if (status == STATUS_OK)
		status = put_benchmark(store, facts, change, error);
	return database_put_end(store, own, status, error);
}

/* ---- reading ---------------------------------------------------------------------- */

struct benchmark_visitor {
	void *context;
	bool (*benchmark)(void *, const struct store_benchmark *);
	bool (*alias)(void *, const char *, int64_t);
	bool (*coverage)(void *, const struct store_coverage *);
};

static bool benchmark_row(void *context, sqlite3_stmt *row)
{
	struct benchmark_visitor *visitor = context;
	struct store_benchmark benchmark = {
		.id = sqlite3_column_int64(row, 0),
		.facts = {
			.key = column_text(row, 1), .title = column_text(row, 2), .suite = column_text(row, 3),
			.metric = column_text(row, 4), .unit = column_text(row, 5),
			.lower = column_end(row, 6), .upper = column_end(row, 7),
			.chance = column_number(row, 8), .higher_is_better = column_answer(row, 9),
			.instances = column_number(row, 10), .family = column_text(row, 11),
			.duplicate_of = column_text(row, 12), .source = column_text(row, 16),
			.rank = sqlite3_column_int(row, 17),
		},
		.variant_of = column_text(row, 13), .guessed = sqlite3_column_int(row, 14) != 0,
		.hidden = sqlite3_column_int(row, 15) != 0,
	};
	return visitor->benchmark(visitor->context, &benchmark);
}

enum status store_each_benchmark(struct store *store,
	bool (*visit)(void *context, const struct store_benchmark *), void *context,
	struct error *error)
{
	struct benchmark_visitor visitor = {.context = context, .benchmark = visit};
	struct query query = {.sql =
		"SELECT id, key, title, suite, metric, unit, lower, upper, chance, higher_is_better, instances,"
		" family, duplicate_of, variant_of, guessed, hidden, source, rank FROM benchmarks ORDER BY id"};

	return database_each(store, query, benchmark_row, &visitor, error);
}

static bool alias_row(void *context, sqlite3_stmt *row)
{
	struct benchmark_visitor *visitor = context;
	const char *alias = column_text(row, 0);

	return !alias || visitor->alias(visitor->context, alias, sqlite3_column_int64(row, 1));
}

enum status store_each_benchmark_alias(struct store *store,
	bool (*visit)(void *context, const char *alias, int64_t benchmark), void *context, struct error *error)
{
	struct benchmark_visitor visitor = {.context = context, .alias = visit};
	struct query query = {.sql = "SELECT alias, benchmark FROM benchmark_aliases ORDER BY alias"};

	return database_each(store, query, alias_row, &visitor, error);
}

static bool coverage_row(void *context, sqlite3_stmt *row)
{
	struct benchmark_visitor *visitor = context;
	const char *dated = column_text(row, 2), *released = column_text(row, 3);
	const bool by_release = released && (!dated || strcmp(released, dated) > 0);
	const struct store_coverage coverage = {
		.benchmark = sqlite3_column_int64(row, 0), .models = (size_t)sqlite3_column_int64(row, 1),
		.newest = by_release ? released : dated, .newest_is_release = by_release,
	};

	return visitor->coverage(visitor->context, &coverage);
}

enum status store_each_coverage(struct store *store,
	bool (*visit)(void *context, const struct store_coverage *), void *context, struct error *error)
{
	struct benchmark_visitor visitor = {.context = context, .coverage = visit};
	struct query query = {.sql =
		"SELECT s.benchmark, count(DISTINCT e.model), substr(max(coalesce(s.date, e.submitted)), 1, 10),"
		" substr(max(m.uploaded) FILTER (WHERE s.date IS NULL AND e.submitted IS NULL), 1, 10)"
		" FROM scores AS s JOIN evaluations AS e ON e.id = s.evaluation JOIN models AS m ON m.id = e.model"
		" GROUP BY s.benchmark"};

	return database_each(store, query, coverage_row, &visitor, error);
}
