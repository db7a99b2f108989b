#include "anomalies.h"

#include "names.h"
#include "stemma/app/anomalies.h"

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

void anomalies_report(struct report *report, const struct session *session, double rate,
		      size_t model, size_t benchmark, size_t limit)
{
	const struct catalog *catalog = session->catalog;
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);
	struct anomalies anomalies;
	size_t shown = 0;

	anomalies_find(session->fit, catalog, rate, &anomalies);
	const struct engine_anomaly *all = anomalies.list;

	for (size_t i = 0; i < anomalies.count && (limit == 0 || shown < limit); i++) {
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
		struct text reasons = {0};
		anomalies_reasons(&anomalies, catalog, &all[i], &reasons);
		table_text(table, reasons.length ? text_string(&reasons) : NULL);
		text_free(&reasons);
	}
	report_number(report, "tested", "scores tested", (double)anomalies.tested, 0);
	report_number(report, "anomalies", "unexplained", (double)anomalies.count, 0);
	report_number(report, "false_rate", "false among them", rate, 2);
	report_table(report, "residuals", NULL, table, TABLE_MAIN);
	table_free(table);
	anomalies_free(&anomalies);
}
