#include "siblings.h"

#include <math.h>
#include <stdlib.h>

#include "names.h"
#include "stemma/base/memory.h"

#define LISTED_MAX 20

static bool is_listed(const struct siblings *siblings, size_t model)
{
	for (size_t i = 0; i < siblings->count; i++)
		if (siblings->models[i] == model)
			return true;
	return false;
}

static void add_children(const struct catalog *catalog, size_t parent, struct siblings *siblings)
{
	size_t count;
	const uint32_t *children = lineage_children(catalog->lineage, parent, &count);

	siblings->models = memory_resize(siblings->models, siblings->count + count + 1, sizeof *siblings->models);
	for (size_t i = 0; i < count; i++)
		if (catalog->models[children[i]].scored && !is_listed(siblings, children[i]))
			siblings->models[siblings->count++] = children[i];
}

void siblings_find(const struct catalog *catalog, size_t model, struct siblings *siblings)
{
	size_t count;
	const struct lineage_parent *parents = lineage_parents(catalog->lineage, model, &count);

	*siblings = (struct siblings){.self = model, .models = memory_allocate(1, sizeof *siblings->models), .count = 1};
	siblings->models[0] = model;
	for (size_t i = 0; i < count; i++)
		if (parents[i].weight > 0)
			add_children(catalog, parents[i].node, siblings);
}

void siblings_free(struct siblings *siblings)
{
	free(siblings->models);
	free(siblings->values);
	*siblings = (struct siblings){0};
}

struct ranked {
	size_t model;
	double value;
	bool upwards;
};

static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (isnan(a->value) || isnan(b->value))
		return isnan(a->value) - isnan(b->value);
	return ((a->value < b->value) - (a->value > b->value)) * (a->upwards ? 1 : -1);
}

void siblings_rank(struct session *session, struct siblings *siblings)
{
	const struct engine_target *target = &session->target.engine;
	struct ranked *list = memory_allocate(siblings->count, sizeof *list);

	for (size_t i = 0; i < siblings->count; i++) {
		struct engine_estimate estimate = {.mean = catalog_target(session->catalog, siblings->models[i], target)};
		if (session->query && engine_predict_known(session->query, siblings->models[i], NULL) == STATUS_OK)
			engine_estimate(session->query, target, &estimate);
		list[i] = (struct ranked){siblings->models[i], estimate.mean, target_upwards(session->catalog, target)};
	}
	qsort(list, siblings->count, sizeof *list, compare_ranked);
	siblings->values = memory_allocate(siblings->count, sizeof *siblings->values);
	for (size_t i = 0; i < siblings->count; i++) {
		siblings->models[i] = list[i].model;
		siblings->values[i] = list[i].value;
	}
	free(list);
}

static void add_row(struct table *table, const struct report *report, const struct session *session,
		    const struct siblings *siblings, size_t place, bool board)
{
	const struct catalog *catalog = session->catalog;
	size_t model = siblings->models[place];
	bool self = model == siblings->self;
	struct text name = {0};

	text_append_format(&name, "%s%s", names_model(catalog, model),
			   self && (report->format == OUTPUT_TEXT || report->format == OUTPUT_MARKDOWN) ? " (this one)" : "");
	table_text(table, text_string(&name));
	table_number(table, self);
	table_value(table, siblings->values[place], target_digits(catalog, &session->target.engine));
	for (size_t row = 0; board && row < session->board.count; row++)
		table_value(table, catalog_score(catalog, model, session->board.benchmark[row]),
			    target_digits(catalog, &session->rows[row]));
	text_free(&name);
}

void siblings_report(struct report *report, struct session *session, const struct siblings *siblings, bool board)
{
	size_t shown = board ? session->board.count : 0;
	struct column *columns = memory_allocate(3 + shown, sizeof *columns);

	columns[0] = (struct column){"model", "model", COLUMN_TEXT, 0, false};
	columns[1] = (struct column){"self", NULL, COLUMN_FLAG, 0, false};
	columns[2] = (struct column){"target", "target", COLUMN_NUMBER, 1, false};
	for (size_t row = 0; row < shown; row++)
		columns[3 + row] = (struct column){names_row(session, row, OUTPUT_CSV),
						   names_row(session, row, OUTPUT_TEXT), COLUMN_NUMBER, 1, false};
	struct table *table = table_new(columns, 3 + shown);
	for (size_t i = 0; i < siblings->count && siblings->count > 1; i++)
		if (i < LISTED_MAX || siblings->models[i] == siblings->self)
			add_row(table, report, session, siblings, i, board);
	report_table(report, "siblings", "Among its siblings, by the target", table, board ? TABLE_MAIN : TABLE_SIDE);
	table_free(table);
	free(columns);
}
