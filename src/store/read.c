/* Reading all of the cache, row by row. */
#include "model.h"

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
	struct query query = {.sql =
		"SELECT id, key, title, instances, chance, variant_of FROM benchmarks ORDER BY id"};

	return database_each(store, query, benchmark_row, &visitor, error);
}

static bool model_row(void *context, sqlite3_stmt *row)
{
	struct visitor *visitor = context;
	struct store_model model = {
		.id = sqlite3_column_int64(row, 0),
		.suspect = sqlite3_column_int(row, 1) != 0,
		.facts = model_facts_of(row, 2),
	};
	return visitor->visit.model(visitor->context, &model);
}

enum status store_each_model(struct store *store,
	bool (*visit)(void *context, const struct store_model *), void *context,
	struct error *error)
{
	struct visitor visitor = {.context = context, .visit.model = visit};
	struct query query = {.sql =
		"SELECT id, suspect OR"
		"  EXISTS (SELECT 1 FROM evaluations WHERE model = models.id AND flagged = 1),"
		" name, architecture, params_b, license, kind, uploaded, likes, moe, source, rank"
		" FROM models ORDER BY id"};

	return database_each(store, query, model_row, &visitor, error);
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
	struct query query = {.sql =
		"SELECT child, parent, relation, weight, method, source, trust, note"
		" FROM effective_edges ORDER BY child, parent"};

	return database_each(store, query, edge_row, &visitor, error);
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
	struct query query = {.id = child, .sql =
		"SELECT child, parent, relation, weight, method, e.source, trust, note, m.name"
		" FROM edges AS e JOIN models AS m ON m.id = e.parent WHERE child = ?1"
		" ORDER BY trust DESC, weight DESC, m.name, e.source"};

	return database_each(store, query, source_edge_row, &visitor, error);
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
	/* The cross join keeps the planner from starting at the scores. */
	struct query query = {.sql =
		"SELECT c.model, s.benchmark, c.id, s.value FROM chosen_evaluations AS c"
		" CROSS JOIN scores AS s ON s.evaluation = c.id ORDER BY c.id, s.benchmark"};

	return database_each(store, query, score_row, &visitor, error);
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

#define EVALUATIONS \
	"SELECT e.id, e.model, source, rank, nullif(precision, ''), chat_template, submitted, revision," \
	" flagged, EXISTS (SELECT 1 FROM chosen_evaluations AS c WHERE c.id = e.id)" \
	" FROM evaluations AS e"

enum status store_each_evaluation(struct store *store, int64_t model,
	bool (*visit)(void *context, const struct store_evaluation *), void *context,
	struct error *error)
{
	struct visitor visitor = {.context = context, .visit.evaluation = visit};
	struct query all = {.sql = EVALUATIONS " ORDER BY e.id"};
	struct query of_model = {.sql = EVALUATIONS " WHERE e.model = ?1 ORDER BY e.id", .id = model};

	return database_each(store, model ? of_model : all, evaluation_row, &visitor, error);
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
	struct query query = {.sql = "SELECT alias, model FROM aliases ORDER BY alias"};

	return database_each(store, query, alias_row, &visitor, error);
}
