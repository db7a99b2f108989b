/* Models and edges as tables: JSON, and CSV that import reads again. */
#include "export.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "prediction.h"
#include "stemma/base/memory.h"

/* ---- runs: what the catalog does not keep of them ------------------------------ */

struct run {
	char *submitted, *revision; /* owned */
};

struct runs {
	const struct catalog *catalog;
	struct run *of; /* by model */
};

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Of the runs of a model that whose set-up the catalog tells. */
static bool keep_run(void *context, const struct store_evaluation *row)
{
	struct runs *runs = context;
	size_t index = catalog_find_id(runs->catalog, row->model);
	const struct catalog_model *shown = index == CATALOG_NONE ? NULL : &runs->catalog->models[index];

	if (!shown || !same_text(shown->score_source, row->facts.source) ||
	    !same_text(shown->precision, row->facts.precision) ||
	    shown->chat_template != row->facts.chat_template)
		return true;
	size_t model = index;
	free(runs->of[model].submitted);
	free(runs->of[model].revision);
	runs->of[model] = (struct run){memory_string(row->facts.submitted),
				       memory_string(row->facts.revision)};
	return true;
}

static void runs_free(struct runs *runs)
{
	for (size_t i = 0; i < runs->catalog->count; i++) {
		free(runs->of[i].submitted);
		free(runs->of[i].revision);
	}
	free(runs->of);
}

/* ---- models -------------------------------------------------------------------- */

static const struct column fact_columns[] = {
	{"model", NULL, COLUMN_TEXT, 0, false},
	{"kind", NULL, COLUMN_TEXT, 0, false},
	{"architecture", NULL, COLUMN_TEXT, 0, false},
	{"params_b", NULL, COLUMN_NUMBER, 0, false},
	{"license", NULL, COLUMN_TEXT, 0, false},
	{"uploaded", NULL, COLUMN_TEXT, 0, false},
	{"likes", NULL, COLUMN_NUMBER, 0, false},
	{"chat_template", NULL, COLUMN_TEXT, 0, false},
	{"precision", NULL, COLUMN_TEXT, 0, false},
	{"submitted", NULL, COLUMN_TEXT, 0, false},
	{"revision", NULL, COLUMN_TEXT, 0, false},
	{"source", NULL, COLUMN_TEXT, 0, false},
};
#define FACT_COLUMNS (sizeof fact_columns / sizeof *fact_columns)

/* A table of models being made. */
struct model_table {
	const struct session *session;
	struct runs runs;
	struct export_attributes attributes;
	bool with_target; /* the target in the last column */
	struct table *table;
};

/* Import passes the average over; any other target it would take for a benchmark. */
static bool has_target_column(const struct session *session, enum output_format format)
{
	if (session->target.engine.count <= 1) /* it is one of the benchmarks */
		return false;
	return format != OUTPUT_CSV || strcmp(session->target.name, "average") == 0;
}

/* The facts, the attributes, a column a benchmark and the target; the caller frees. */
static struct column *model_columns(const struct model_table *models, size_t *count)
{
	const struct catalog *catalog = models->session->catalog;
	const struct export_attributes *attributes = &models->attributes;
	struct column *columns = memory_zero(FACT_COLUMNS + attributes->key_count + catalog->benchmark_count + 1,
					     sizeof *columns);

	*count = 0;
	for (size_t i = 0; i < FACT_COLUMNS; i++)
		columns[(*count)++] = fact_columns[i];
	for (size_t i = 0; i < attributes->key_count; i++)
		columns[(*count)++] = (struct column){attributes->keys[i], NULL, COLUMN_TEXT, 0, false};
	for (size_t b = 0; b < catalog->benchmark_count; b++)
		columns[(*count)++] = (struct column){names_benchmark(catalog, b, OUTPUT_JSON), NULL,
						      COLUMN_NUMBER, 0, false};
	if (models->with_target)
		columns[(*count)++] = names_target_column(models->session);
	return columns;
}

static void add_facts(struct table *table, const struct catalog_model *model,
		      const struct run *run)
{
	char date[11] = "";

	if (!isnan(model->uploaded))
		date_format(model->uploaded, date);
	table_text(table, model->name);
	table_text(table, kind_name(model->kind));
	table_text(table, model->architecture);
	table_number(table, model->params_b);
	table_text(table, model->license);
	table_text(table, date[0] ? date : NULL);
	table_number(table, model->likes);
	table_text(table, names_answer(model->chat_template));
	table_text(table, model->precision);
	table_text(table, run->submitted);
	table_text(table, run->revision);
	table_text(table, model->score_source ? model->score_source : model->source);
}

static void add_model(const struct model_table *models, size_t model)
{
	const struct catalog *catalog = models->session->catalog;
	size_t count, next = 0;
	const struct engine_cell *cells = catalog_cells(catalog, model, &count);

	add_facts(models->table, &catalog->models[model], &models->runs.of[model]);
	for (size_t i = 0; i < models->attributes.key_count; i++)
		table_text(models->table, export_attribute(&models->attributes, model, i));
	for (size_t b = 0; b < catalog->benchmark_count; b++) {
		bool known = next < count && cells[next].benchmark == b;
		table_number(models->table, known ? cells[next++].value : NAN);
	}
	if (models->with_target)
		names_add_target(models->table, models->session, model);
}

/* A model that is known by name only is in the edges; a row here would make the
 * user's own word of it. */
static bool is_listed(const struct catalog_model *model, enum output_format format)
{
	return format != OUTPUT_CSV || model->source || model->score_source;
}

static enum status report_models(struct report *report, const struct export_subject *subject,
				 struct error *error)
{
	const struct session *session = subject->session;
	const struct catalog *catalog = session->catalog;
	const struct graph *graph = &subject->graph;
	struct model_table models = {
		.session = session, .runs = {catalog, memory_zero(catalog->count + 1, sizeof *models.runs.of)},
		.with_target = has_target_column(session, report->format),
	};
	size_t count;
	enum status status = store_each_evaluation(session->store, 0, keep_run, &models.runs, error);

	if (status == STATUS_OK)
		status = export_attributes_load(&models.attributes, session, error);
	struct column *columns = model_columns(&models, &count);
	models.table = table_new(columns, count);
	for (size_t i = 0; i < graph->count && status == STATUS_OK; i++)
		if (is_listed(&catalog->models[graph->nodes[i]], report->format))
			add_model(&models, graph->nodes[i]);
	if (status == STATUS_OK)
		report_table(report, "models", NULL, models.table, TABLE_MAIN);
	table_free(models.table);
	free(columns);
	export_attributes_free(&models.attributes);
	runs_free(&models.runs);
	return status;
}

/* ---- edges --------------------------------------------------------------------- */

static const struct column edge_columns[] = {
	{"child", NULL, COLUMN_TEXT, 0, false},
	{"parent", NULL, COLUMN_TEXT, 0, false},
	{"relation", NULL, COLUMN_TEXT, 0, false},
	{"weight", NULL, COLUMN_NUMBER, 0, false}, /* stated */
	{"share", NULL, COLUMN_NUMBER, 0, false},  /* stated or assumed */
	{"method", NULL, COLUMN_TEXT, 0, false},
	{"trust", NULL, COLUMN_TEXT, 0, false},
	{"source", NULL, COLUMN_TEXT, 0, false},
};

struct edge_list {
	const struct catalog *catalog;
	struct table *table;
	struct graph_edge *wanted; /* sorted */
	size_t count;
};

static int compare_edges(const void *a, const void *b)
{
	const struct graph_edge *left = a, *right = b;

	if (left->child != right->child)
		return left->child < right->child ? -1 : 1;
	return left->parent < right->parent ? -1 : left->parent > right->parent;
}

/* An edge of the cache that the graph has; cycles that were cut are not in it. */
static bool add_edge(void *context, const struct store_edge *edge)
{
	struct edge_list *list = context;
	size_t child = catalog_find_id(list->catalog, edge->child);
	size_t parent = catalog_find_id(list->catalog, edge->parent);
	const struct graph_edge key = {(uint32_t)child, (uint32_t)parent};

	if (child == CATALOG_NONE || parent == CATALOG_NONE || list->count == 0 ||
	    !bsearch(&key, list->wanted, list->count, sizeof key, compare_edges))
		return true;
	table_text(list->table, list->catalog->models[child].name);
	table_text(list->table, list->catalog->models[parent].name);
	table_text(list->table, relation_name(edge->facts.relation));
	table_number(list->table, edge->facts.weight);
	table_number(list->table, (double)lineage_find(list->catalog->lineage, child, parent)->weight);
	table_text(list->table, edge->facts.method);
	table_text(list->table, trust_name(edge->facts.trust));
	table_text(list->table, edge->facts.source);
	return true;
}

static void add_child_edges(struct table *table, const struct catalog *catalog,
			    const struct graph_child *child)
{
	for (size_t i = 0; i < child->facts->count; i++) {
		table_text(table, child->name);
		table_text(table, names_model(catalog, child->facts->parents[i]));
		table_text(table, relation_name(RELATION_MERGE));
		table_number(table, sketch_child_share(child->facts, child->facts->parents[i]));
		table_number(table, sketch_child_share(child->facts, child->facts->parents[i]));
		table_text(table, child->method);
		table_text(table, trust_name(TRUST_CONFIGURATION));
		table_text(table, "config");
	}
}

static enum status report_edges(struct report *report, const struct export_subject *subject,
				enum table_role role, struct error *error)
{
	const struct graph *graph = &subject->graph;
	struct edge_list list = {
		.catalog = graph->catalog,
		.table = table_new(edge_columns, sizeof edge_columns / sizeof *edge_columns),
		.wanted = graph->edges,
		.count = graph->edge_count,
	};

	if (list.count > 0)
		qsort(list.wanted, list.count, sizeof *list.wanted, compare_edges);
	enum status status = store_each_edge(subject->session->store, add_edge, &list, error);
	if (status == STATUS_OK && graph->child)
		add_child_edges(list.table, graph->catalog, graph->child);
	if (status == STATUS_OK)
		report_table(report, "edges", NULL, list.table, role);
	table_free(list.table);
	return status;
}

/* ---- the whole ----------------------------------------------------------------- */

enum status export_tables(const struct export_subject *subject, enum export_rows rows,
			  struct report *report, struct error *error)
{
	enum status status;

	if (report->format == OUTPUT_CSV && rows == EXPORT_CELLS)
		return export_cells(subject, report, TABLE_MAIN, error);
	if (report->format == OUTPUT_CSV)
		return rows == EXPORT_EDGES ? report_edges(report, subject, TABLE_MAIN, error)
					    : report_models(report, subject, error);
	report_text(report, subject->merge ? "merge" : "model", NULL, subject->name);
	report_text(report, "method", NULL, subject->child.method);
	status = report_models(report, subject, error);
	if (status == STATUS_OK)
		status = report_edges(report, subject, TABLE_SIDE, error);
	if (status == STATUS_OK && !subject->merge)
		status = export_cells(subject, report, TABLE_SIDE, error);
	if (status == STATUS_OK && subject->merge)
		prediction_report_scores(report, subject->session->catalog, subject->name,
					 &subject->prediction, subject->prediction.rows);
	return status;
}
