/* Every observation of models, one a row: CSV that import reads again. */
#include "export.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "names.h"
#include "stemma/base/memory.h"

static const struct column cell_columns[] = {
	{"model", NULL, COLUMN_TEXT, 0, false},
	{"benchmark", NULL, COLUMN_TEXT, 0, false},
	{"value", NULL, COLUMN_NUMBER, 0, false},
	{"scale", NULL, COLUMN_TEXT, 0, false},
	{"stderr", NULL, COLUMN_NUMBER, 0, false},
	{"raw", NULL, COLUMN_NUMBER, 0, false},
	{"shots", NULL, COLUMN_NUMBER, 0, false},
	{"setup", NULL, COLUMN_TEXT, 0, false},
	{"chat_template", NULL, COLUMN_TEXT, 0, false},
	{"precision", NULL, COLUMN_TEXT, 0, false},
	{"harness", NULL, COLUMN_TEXT, 0, false},
	{"version", NULL, COLUMN_TEXT, 0, false},
	{"revision", NULL, COLUMN_TEXT, 0, false},
	{"date", NULL, COLUMN_TEXT, 0, false},
	{"source", NULL, COLUMN_TEXT, 0, false},
	{"reference", NULL, COLUMN_TEXT, 0, false},
	{"limited", NULL, COLUMN_NUMBER, 0, false},
	{"flagged", NULL, COLUMN_NUMBER, 0, false},
	{"shown", NULL, COLUMN_NUMBER, 0, false},
};

#define FEW_MODELS 1000

/* The scale of a benchmark in a word. */
struct scale {
	int64_t benchmark;
	char word[64];
};

struct cells {
	struct table *table;
	const struct catalog *catalog;
	const struct graph *graph;
	struct scale *scales; /* by id */
	size_t scale_count, scale_capacity;
};

static bool keep_scale(void *context, const struct store_benchmark *benchmark)
{
	struct cells *cells = context;
	const struct benchmark_facts *facts = &benchmark->facts;

	cells->scales = memory_grow(cells->scales, cells->scale_count, &cells->scale_capacity, sizeof *cells->scales);
	struct scale *scale = &cells->scales[cells->scale_count++];
	*scale = (struct scale){.benchmark = benchmark->id};
	if (facts->lower < -DBL_MAX && facts->upper > DBL_MAX)
		snprintf(scale->word, sizeof scale->word, "open");
	else if (!isnan(facts->lower) && !isnan(facts->upper))
		snprintf(scale->word, sizeof scale->word, "%.15g..%.15g", facts->lower, facts->upper);
	return true;
}

static int compare_scales(const void *key, const void *scale)
{
	int64_t wanted = *(const int64_t *)key, id = ((const struct scale *)scale)->benchmark;

	return wanted < id ? -1 : wanted > id;
}

static const char *scale_of(const struct cells *cells, int64_t benchmark)
{
	const struct scale *scale = cells->scale_count == 0 ? NULL :
		bsearch(&benchmark, cells->scales, cells->scale_count, sizeof *scale, compare_scales);

	return scale && scale->word[0] ? scale->word : NULL;
}

static bool add_cell(void *context, const struct store_observation *observation)
{
	struct cells *cells = context;
	const struct evaluation_facts *run = &observation->run;
	const struct score_facts *facts = &observation->facts;
	struct table *table = cells->table;
	size_t model = catalog_find_id(cells->catalog, observation->model);

	if (model == CATALOG_NONE || !cells->graph->included[model])
		return true;
	table_text(table, names_model(cells->catalog, model));
	table_text(table, facts->benchmark);
	table_number(table, facts->value);
	table_text(table, scale_of(cells, observation->benchmark));
	table_number(table, facts->error);
	table_number(table, facts->raw);
	table_number(table, facts->shots >= 0 ? facts->shots : (double)NAN);
	table_text(table, facts->setup);
	table_text(table, names_answer(run->chat_template));
	table_text(table, run->precision);
	table_text(table, run->harness);
	table_text(table, run->version);
	table_text(table, run->revision);
	table_text(table, facts->date ? facts->date : run->submitted);
	table_text(table, run->source);
	table_text(table, facts->address ? facts->address : run->address);
	table_number(table, facts->limited ? 1 : (double)NAN);
	table_number(table, run->flagged ? 1 : (double)NAN);
	table_number(table, observation->chosen);
	return true;
}

/* The observations of the subject's models: of a few one by one, of many at once. */
static enum status add_cells(struct cells *cells, struct store *store, struct error *error)
{
	const struct graph *graph = cells->graph;
	enum status status = STATUS_OK;

	if (graph->count > FEW_MODELS)
		return store_each_observation(store, 0, add_cell, cells, error);
	for (size_t i = 0; i < graph->count && status == STATUS_OK; i++)
		status = store_each_observation(store, cells->catalog->models[graph->nodes[i]].id, add_cell, cells,
						error);
	return status;
}

enum status export_cells(const struct export_subject *subject, struct report *report, enum table_role role,
			 struct error *error)
{
	struct store *store = subject->session->store;
	struct cells cells = {
		.catalog = subject->session->catalog, .graph = &subject->graph,
		.table = table_new(cell_columns, sizeof cell_columns / sizeof *cell_columns),
	};
	enum status status = store_each_benchmark(store, keep_scale, &cells, error);

	if (status == STATUS_OK)
		status = add_cells(&cells, store, error);
	if (status == STATUS_OK)
		report_table(report, "cells", NULL, cells.table, role);
	table_free(cells.table);
	free(cells.scales);
	return status;
}
