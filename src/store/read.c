/* Reading all of the cache, row by row. */
#include "database.h"

#include <math.h>

/* One of the callers' visitors with its context. */
struct visitor {
	void *context;
	union {
		bool (*benchmark)(void *, const struct store_benchmark *);
		bool (*model)(void *, const struct store_model *);
		bool (*edge)(void *, const struct store_edge *);
		bool (*source_edge)(void *, const struct store_edge *, const char *);
		bool (*score)(void *, const struct store_score *);
		bool (*evaluation)(void *, const struct store_evaluation *);
		bool (*alias)(void *, const char *, int64_t);
	} visit;
};

static bool benchmark_row(void *context, sqlite3_stmt *row)
{
	struct visitor *visitor = context;
	struct store_benchmark benchmark = {
		.id = sqlite3_column_int64(row, 0), .key = column_text(row, 1),
		.title = column_text(row, 2), .instances = sqlite3_column_int(row, 3),
		.chance = sqlite3_column_double(row, 4), .variant_of = column_text(row, 5),
	};
	return visitor->visit.benchmark(visitor->context, &benchmark);
}

enum status store_each_benchmark(struct store *store,
	bool (*visit)(void *context, const struct store_benchmark *), void *context,
	struct error *error)
{
	struct visitor visitor = {.context = context, .visit.benchmark = visit};

	return database_each(store, "SELECT id, key, title, instances, chance, variant_of FROM benchmarks"
			     " ORDER BY id", 0, benchmark_row, &visitor, error);
}

static bool model_row(void *context, sqlite3_stmt *row)
{
	struct visitor *visitor = context;
	double moe = column_number(row, 8);
	enum kind kind = kind_parse(column_text(row, 5));
	struct store_model model = {
		.id = sqlite3_column_int64(row, 0),
		.facts = {
			.name = column_text(row, 1), .architecture = column_text(row, 2),
			.params_b = column_number(row, 3), .license = column_text(row, 4),
			.kind = kind == KIND_COUNT ? KIND_UNKNOWN : kind,
			.uploaded = column_text(row, 6), .likes = column_number(row, 7),
			.moe = isnan(moe) ? ANSWER_UNKNOWN : moe > 0 ? ANSWER_YES : ANSWER_NO,
			.source = column_text(row, 9), .rank = sqlite3_column_int(row, 10),
		},
		.suspect = sqlite3_column_int(row, 11) != 0,
	};
	return visitor->visit.model(visitor->context, &model);
}

enum status store_each_model(struct store *store,
	bool (*visit)(void *context, const struct store_model *), void *context,
	struct error *error)
{
	struct visitor visitor = {.context = context, .visit.model = visit};

	return database_each(store,
		"SELECT id, name, architecture, params_b, license, kind, uploaded, likes, moe, source, rank,"
		" suspect FROM models ORDER BY id", 0, model_row, &visitor, error);
}

/* Columns: child, parent, relation, weight, method, source, trust, note. */
static struct store_edge edge_of(sqlite3_stmt *row)
{
	enum relation relation = relation_parse(column_text(row, 2));

	return (struct store_edge){
		.child = sqlite3_column_int64(row, 0), .parent = sqlite3_column_int64(row, 1),
		.facts = {
			.relation = relation == RELATION_COUNT ? RELATION_UNKNOWN : relation,
			.weight = column_number(row, 3), .method = column_text(row, 4),
			.source = column_text(row, 5), .trust = (enum trust)sqlite3_column_int(row, 6),
			.note = column_text(row, 7),
		},
	};
}

static bool edge_row(void *context, sqlite3_stmt *row)
{
	struct visitor *visitor = context;
	struct store_edge edge = edge_of(row);

	return visitor->visit.edge(visitor->context, &edge);
}

enum status store_each_edge(struct store *store,
	bool (*visit)(void *context, const struct store_edge *), void *context,
	struct error *error)
{
	struct visitor visitor = {.context = context, .visit.edge = visit};

	return database_each(store, "SELECT child, parent, relation, weight, method, source, trust, note"
			     " FROM lineage ORDER BY child, parent", 0, edge_row, &visitor, error);
}

static bool source_edge_row(void *context, sqlite3_stmt *row)
{
	struct visitor *visitor = context;
	struct store_edge edge = edge_of(row);

	return visitor->visit.source_edge(visitor->context, &edge, column_text(row, 8));
}

enum status store_each_source_edge(struct store *store, int64_t child,
	bool (*visit)(void *context, const struct store_edge *, const char *parent), void *context,
	struct error *error)
{
	struct visitor visitor = {.context = context, .visit.source_edge = visit};

	return database_each(store,
		"SELECT child, parent, relation, weight, method, e.source, trust, note, m.name"
		" FROM edges AS e JOIN models AS m ON m.id = e.parent WHERE child = ?1"
		" ORDER BY trust DESC, weight DESC, m.name", child, source_edge_row, &visitor, error);
}

static bool score_row(void *context, sqlite3_stmt *row)
{
	struct visitor *visitor = context;
	struct store_score score = {
		.model = sqlite3_column_int64(row, 0), .benchmark = sqlite3_column_int64(row, 1),
		.evaluation = sqlite3_column_int64(row, 2), .value = sqlite3_column_double(row, 3),
	};
	return visitor->visit.score(visitor->context, &score);
}

enum status store_each_score(struct store *store,
	bool (*visit)(void *context, const struct store_score *), void *context,
	struct error *error)
{
	struct visitor visitor = {.context = context, .visit.score = visit};

	return database_each(store,
		"SELECT c.model, s.benchmark, c.id, s.value FROM chosen_evaluations AS c"
		" JOIN scores AS s ON s.evaluation = c.id", 0, score_row, &visitor, error);
}

static bool evaluation_row(void *context, sqlite3_stmt *row)
{
	struct visitor *visitor = context;
	struct store_evaluation evaluation = {
		.id = sqlite3_column_int64(row, 0), .model = sqlite3_column_int64(row, 1),
		.facts = {
			.source = column_text(row, 2), .rank = sqlite3_column_int(row, 3),
			.precision = column_text(row, 4),
			.chat_template = (enum answer)sqlite3_column_int(row, 5),
			.submitted = column_text(row, 6), .revision = column_text(row, 7),
			.flagged = sqlite3_column_int(row, 8) != 0,
		},
		.chosen = sqlite3_column_int(row, 9) != 0,
	};
	return visitor->visit.evaluation(visitor->context, &evaluation);
}

enum status store_each_evaluation(struct store *store, int64_t model,
	bool (*visit)(void *context, const struct store_evaluation *), void *context,
	struct error *error)
{
	struct visitor visitor = {.context = context, .visit.evaluation = visit};

	return database_each(store,
		"SELECT e.id, e.model, source, rank, precision, chat_template, submitted, revision, flagged,"
		" c.id IS NOT NULL FROM evaluations AS e LEFT JOIN chosen_evaluations AS c ON c.id = e.id"
		" WHERE ?1 = 0 OR e.model = ?1 ORDER BY e.id", model, evaluation_row, &visitor, error);
}

static bool alias_row(void *context, sqlite3_stmt *row)
{
	struct visitor *visitor = context;

	return visitor->visit.alias(visitor->context, column_text(row, 0), sqlite3_column_int64(row, 1));
}

enum status store_each_alias(struct store *store,
	bool (*visit)(void *context, const char *alias, int64_t model), void *context,
	struct error *error)
{
	struct visitor visitor = {.context = context, .visit.alias = visit};

	return database_each(store, "SELECT alias, model FROM aliases ORDER BY alias", 0, alias_row,
			     &visitor, error);
}
