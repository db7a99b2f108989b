/* Reading all of the cache, row by row. */
#include "model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* One of the callers' visitors with its context. */
struct visitor {
	void *context;
	union {
		bool (*name)(void *, int64_t);
		bool (*edge)(void *, const struct store_edge *);
		bool (*source_edge)(void *, const struct store_edge *, const char *);
		bool (*alias)(void *, const char *, int64_t);
	} visit;
};

static bool name_row(void *context, sqlite3_stmt *row)
{
	struct visitor *visitor = context;

	return visitor->visit.name(visitor->context, sqlite3_column_int64(row, 0));
}

enum status store_each_name(struct store *store, bool (*visit)(void *context, int64_t model),
			    void *context, struct error *error)
{
	struct visitor visitor = {.context = context, .visit.name = visit};
	struct query query = {.sql = "SELECT id FROM models ORDER BY name"};

	return database_each(store, query, name_row, &visitor, error);
}

/* ---- models ------------------------------------------------------------------ */

/* The models, and beside them those with a flagged run, both by id: a look for
 * runs at each model would take three times as long. */
struct model_visitor {
	bool (*visit)(void *context, const struct store_model *model);
	void *context;
	int64_t *flagged;
	size_t flagged_count, flagged_capacity, flagged_next;
};

static bool flagged_row(void *context, sqlite3_stmt *row)
{
	struct model_visitor *visitor = context;

	visitor->flagged = memory_grow(visitor->flagged, visitor->flagged_count,
				       &visitor->flagged_capacity, sizeof *visitor->flagged);
	visitor->flagged[visitor->flagged_count++] = sqlite3_column_int64(row, 0);
	return true;
}

static bool model_is_flagged(struct model_visitor *visitor, int64_t id)
{
	while (visitor->flagged_next < visitor->flagged_count &&
	       visitor->flagged[visitor->flagged_next] < id)
		visitor->flagged_next++;
	return visitor->flagged_next < visitor->flagged_count &&
	       visitor->flagged[visitor->flagged_next] == id;
}

static bool model_row(void *context, sqlite3_stmt *row)
{
	struct model_visitor *visitor = context;
	struct store_model model = {
		.id = sqlite3_column_int64(row, 0),
		.suspect = sqlite3_column_int(row, 1) != 0,
		.facts = model_facts_of(row, 2),
	};
	model.suspect |= model_is_flagged(visitor, model.id);
	return visitor->visit(visitor->context, &model);
}

enum status store_each_model(struct store *store,
	bool (*visit)(void *context, const struct store_model *), void *context,
	struct error *error)
{
	struct model_visitor visitor = {.visit = visit, .context = context};
	struct query flagged = {.sql =
		"SELECT DISTINCT model FROM evaluations WHERE flagged = 1 ORDER BY model"};
	struct query query = {.sql =
		"SELECT id, suspect, name, architecture, params_b, license, kind, uploaded, likes, moe,"
		" source, rank FROM models ORDER BY id"};
	enum status status = database_each(store, flagged, flagged_row, &visitor, error);

	if (status == STATUS_OK)
		status = database_each(store, query, model_row, &visitor, error);
	free(visitor.flagged);
	return status;
}

enum status store_last_model(struct store *store, int64_t *id, struct error *error)
{
	return database_integer(store, "SELECT max(id) FROM models", id, error);
}

/* ---- edges ------------------------------------------------------------------- */

/* Columns: child, parent, relation, weight, method, source, trust, note. */
static struct store_edge edge_of(sqlite3_stmt *row)
{
	enum relation relation = relation_parse(column_text(row, 2));

	return (struct store_edge){
		.child = sqlite3_column_int64(row, 0), .parent = sqlite3_column_int64(row, 1),
		.facts = {
			.relation = relation == RELATION_COUNT ? RELATION_UNKNOWN : relation,
			.weight = column_within(row, 3, 0, WEIGHT_MAX), .method = column_text(row, 4),
			.source = column_text(row, 5), .trust = (enum trust)sqlite3_column_int(row, 6),
			.note = column_text(row, 7),
		},
	};
}

/* An edge whose texts are kept: where each begins in the child's text, 0 for
 * none. */
struct kept_edge {
	struct store_edge edge;
	size_t method, source, note;
};

/* The rows of one child: what the view effective_edges chooses of them is
 * chosen here, in one pass over the table. */
struct edge_visitor {
	bool (*visit)(void *context, const struct store_edge *edge);
	void *context;
	struct kept_edge *rows;
	size_t count, capacity;
	struct text text;
	struct dropped *dropped; /* by child; few, if any */
	size_t dropped_count, dropped_capacity;
	bool stopped;
};
struct dropped {
	int64_t child, parent; /* parent 0: all of them */
};

/* As the view classed_edges has it. */
enum {CLASS_DECLARED = 3, CLASS_CORRECTION = 6};
static int edge_class(enum trust trust)
{
	static const int least[] = {20, 40, 80, 100, 110};
	int class = 1;

	for (size_t i = 0; i < sizeof least / sizeof *least; i++)
		class += (int)trust >= least[i];
	return class;
}

/* What an edge of a class leaves standing: a correction is as a declared one. */
static int edge_bar(enum trust trust)
{
	int class = edge_class(trust);

	return class == CLASS_CORRECTION ? CLASS_DECLARED : class;
}

static bool dropped_row(void *context, sqlite3_stmt *row)
{
	struct edge_visitor *visitor = context;

	visitor->dropped = memory_grow(visitor->dropped, visitor->dropped_count,
				       &visitor->dropped_capacity, sizeof *visitor->dropped);
	visitor->dropped[visitor->dropped_count++] = (struct dropped){
		sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1)};
	return true;
}

/* Corrections drop what others say, not the user's own. */
static bool is_dropped(const struct edge_visitor *visitor, const struct store_edge *edge)
{
	size_t first = 0, last = visitor->dropped_count;

	if (edge->facts.trust >= TRUST_USER)
		return false;
	while (first < last) {
		size_t middle = first + (last - first) / 2;
		if (visitor->dropped[middle].child < edge->child)
			first = middle + 1;
		else
			last = middle;
	}
	for (; first < visitor->dropped_count && visitor->dropped[first].child == edge->child; first++)
		if (visitor->dropped[first].parent == 0 || visitor->dropped[first].parent == edge->parent)
			return true;
	return false;
}

static size_t keep_text(struct edge_visitor *visitor, const char *text)
{
	if (!text)
		return 0;
	size_t place = visitor->text.length;
	text_append_bytes(&visitor->text, text, strlen(text) + 1);
	return place;
}

/* Whether `a` tells better of the same parent. */
static bool tells_better(const struct edge_visitor *visitor, const struct kept_edge *a,
			 const struct kept_edge *b)
{
	bool known_a = !isnan(a->edge.facts.weight), known_b = !isnan(b->edge.facts.weight);
	const char *texts = text_string(&visitor->text);

	if (a->edge.facts.trust != b->edge.facts.trust)
		return a->edge.facts.trust > b->edge.facts.trust;
	if (known_a != known_b)
		return known_a;
	return strcmp(texts + a->source, texts + b->source) < 0;
}

/* Rows of one parent follow each other, so that a child of a million parents
 * takes no longer than a million children. */
static bool is_effective(const struct edge_visitor *visitor, const struct kept_edge *row, int bar)
{
	const struct kept_edge *end = visitor->rows + visitor->count, *other = row;

	if (edge_class(row->edge.facts.trust) < bar)
		return false;
	while (other > visitor->rows && other[-1].edge.parent == row->edge.parent)
		other--;
	for (; other < end && other->edge.parent == row->edge.parent; other++)
		if (other != row && tells_better(visitor, other, row))
			return false;
	return true;
}

static int highest_bar(const struct edge_visitor *visitor)
{
	int highest = 0;

	for (size_t i = 0; i < visitor->count; i++)
		if (edge_bar(visitor->rows[i].edge.facts.trust) > highest)
			highest = edge_bar(visitor->rows[i].edge.facts.trust);
	return highest;
}

static bool end_child(struct edge_visitor *visitor)
{
	const char *texts = text_string(&visitor->text);
	int bar = highest_bar(visitor), shown = 0;

	/* No put makes so many; a cache from elsewhere may hold them. */
	for (size_t i = 0; i < visitor->count && !visitor->stopped && shown < STORE_PARENTS_MAX; i++) {
		struct kept_edge *row = &visitor->rows[i];
		if (visitor->count > 1 && !is_effective(visitor, row, bar))
			continue;
		shown++;
		row->edge.facts.method = row->method ? texts + row->method : NULL;
		row->edge.facts.source = row->source ? texts + row->source : NULL;
		row->edge.facts.note = row->note ? texts + row->note : NULL;
		visitor->stopped = !visitor->visit(visitor->context, &row->edge);
	}
	visitor->count = 0;
	text_clear(&visitor->text);
	text_append_bytes(&visitor->text, "", 1);
	return !visitor->stopped;
}

static bool edge_row(void *context, sqlite3_stmt *row)
{
	struct edge_visitor *visitor = context;
	struct store_edge edge = edge_of(row);

	if (is_dropped(visitor, &edge))
		return true;
	if ((visitor->count == 0 || visitor->rows[0].edge.child != edge.child) && !end_child(visitor))
		return false;
	visitor->rows = memory_grow(visitor->rows, visitor->count, &visitor->capacity,
				    sizeof *visitor->rows);
	visitor->rows[visitor->count++] = (struct kept_edge){
		.edge = edge,
		.method = keep_text(visitor, edge.facts.method),
		.source = keep_text(visitor, edge.facts.source),
		.note = keep_text(visitor, edge.facts.note),
	};
	return true;
}

enum status store_each_edge(struct store *store,
	bool (*visit)(void *context, const struct store_edge *), void *context,
	struct error *error)
{
	struct edge_visitor visitor = {.visit = visit, .context = context};
	struct query query = {.sql =
		"SELECT child, parent, relation, weight, method, source, trust, note"
		" FROM edges ORDER BY child, parent, source"};
	struct query dropped = {.sql =
		"SELECT child, coalesce(parent, 0) FROM dropped_edges ORDER BY child"};
	enum status status = database_each(store, dropped, dropped_row, &visitor, error);

	if (status == STATUS_OK)
		status = database_each(store, query, edge_row, &visitor, error);
	if (status == STATUS_OK && !visitor.stopped)
		end_child(&visitor);
	free(visitor.rows);
	free(visitor.dropped);
	text_free(&visitor.text);
	return status;
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

struct attribute_visitor {
	bool (*visit)(void *context, int64_t model, const struct attribute_facts *);
	void *context;
};

static bool attribute_row(void *context, sqlite3_stmt *row)
{
	const struct attribute_visitor *visitor = context;
	struct attribute_facts attribute = {column_text(row, 1), column_text(row, 2)};

	return !attribute.key || !attribute.value ||
	       visitor->visit(visitor->context, sqlite3_column_int64(row, 0), &attribute);
}

enum status store_each_attribute(struct store *store,
	bool (*visit)(void *context, int64_t model, const struct attribute_facts *), void *context,
	struct error *error)
{
	struct attribute_visitor visitor = {visit, context};
	struct query query = {.sql = "SELECT model, key, value FROM model_attributes ORDER BY model, key"};

	return database_each(store, query, attribute_row, &visitor, error);
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
