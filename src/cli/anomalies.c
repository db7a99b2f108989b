#include "anomalies.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "stemma/base/text.h"
#include "stemma/engine/anomalies.h"

static const struct column columns[] = {
	{"model", "model", COLUMN_TEXT, 0, false},
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"published", "published", COLUMN_NUMBER, 1, false},
	{"predicted", "predicted", COLUMN_NUMBER, 1, false},
	{"z", "z", COLUMN_SIGNED, 1, false},
	{"p", NULL, COLUMN_NUMBER, 0, false},
	{"rate", "false rate", COLUMN_NUMBER, 4, false},
	{"reasons", "what may explain it", COLUMN_TEXT, 0, false},
};

static bool same_family(const struct catalog_model *a, const struct catalog_model *b)
{
	return a->architecture && b->architecture && strcmp(a->architecture, b->architecture) == 0 &&
	       fabs(a->params_b - b->params_b) < 0.005;
}

static void add_reason(struct text *reasons, const char *reason)
{
	if (reasons->length)
		text_append(reasons, "; ");
	text_append(reasons, reason);
}

/* What most scored models of the family have, compared with this one. */
static void compare_family(const struct catalog *catalog, size_t model, struct text *reasons)
{
	const struct catalog_model *own = &catalog->models[model];
	size_t members = 0, templates = 0, precisions = 0;

	for (size_t i = 0; i < catalog->count; i++) {
		const struct catalog_model *other = &catalog->models[i];
		if (i == model || !other->scored || !same_family(own, other))
			continue;
		members++;
		templates += other->chat_template == ANSWER_YES;
		precisions += own->precision && other->precision && strcmp(own->precision, other->precision) != 0;
	}
	if (own->chat_template == ANSWER_NO && (own->kind == KIND_CHAT || 2 * templates > members))
		add_reason(reasons, "evaluated without chat template");
	if (members > 0 && 2 * precisions > members)
		add_reason(reasons, "other precision than most of its family");
}

static bool same_scores(const struct catalog *catalog, size_t a, size_t b)
{
	for (size_t i = 0; i < catalog->benchmark_count; i++) {
		double x = catalog_score(catalog, a, i), y = catalog_score(catalog, b, i);
		if (!(x <= y && x >= y))
			return false;
	}
	return true;
}

static void add_reasons(struct table *table, const struct catalog *catalog,
			const struct engine_anomaly *anomaly)
{
	struct text reasons = {0};

	compare_family(catalog, anomaly->model, &reasons);
	for (size_t i = 0; i < catalog->count; i++)
		if (i != anomaly->model && catalog->models[i].scored && same_scores(catalog, i, anomaly->model)) {
			add_reason(&reasons, "same scores as ");
			text_append(&reasons, catalog->models[i].name);
			break;
		}
	if (anomaly->residual.observed <= 0)
		add_reason(&reasons, "a score of 0 looks like a failed run");
	if (catalog->models[anomaly->model].suspect)
		add_reason(&reasons, "flagged by its source");
	table_text(table, reasons.length ? text_string(&reasons) : NULL);
	text_free(&reasons);
}

void anomalies_report(struct report *report, const struct session *session, double rate,
		      size_t model, size_t benchmark, size_t limit)
{
	const struct catalog *catalog = session->catalog;
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);
	size_t count, tested, shown = 0;
	struct engine_anomaly *all = engine_anomalies(session->fit, rate, &count, &tested);

	for (size_t i = 0; i < count && (limit == 0 || shown < limit); i++) {
		if ((model != CATALOG_NONE && all[i].model != model) ||
		    (benchmark != CATALOG_NONE && benchmark != catalog->benchmark_count &&
		     all[i].benchmark != benchmark))
			continue;
		shown++;
		table_text(table, names_model(catalog, all[i].model));
		table_text(table, names_benchmark(catalog, all[i].benchmark, report->format));
		table_number(table, all[i].residual.observed);
		table_number(table, all[i].residual.predicted);
		table_number(table, all[i].z);
		table_number(table, all[i].p);
		table_number(table, all[i].rate);
		add_reasons(table, catalog, &all[i]);
	}
	report_number(report, "tested", "scores tested", (double)tested, 0);
	report_number(report, "anomalies", "unexplained", (double)count, 0);
	report_number(report, "false_rate", "false among them", rate, 2);
	report_table(report, "residuals", NULL, table, TABLE_MAIN);
	table_free(table);
	free(all);
}
