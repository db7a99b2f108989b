#include "anomalies.h"

#include "names.h"
#include "stemma/app/anomalies.h"

static const struct column columns[] = {
	{"model", "model", COLUMN_TEXT, 0, false},
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"published", "published", COLUMN_NUMBER, 1, false},
	{"predicted", "predicted", COLUMN_NUMBER, 1, false},
	{"z", "z", COLUMN_SIGNED, 2, false},
	{"scaled_z", "in its family", COLUMN_SIGNED, 1, false},
	{"p", NULL, COLUMN_NUMBER, 0, false},
	{"rate", "false rate", COLUMN_NUMBER, 4, false},
	{"reasons", "what may explain it", COLUMN_TEXT, 0, false},
};

static bool is_part(const struct engine_target *target, size_t benchmark)
{
	for (size_t i = 0; i < target->count; i++)
		if (target->benchmark[i] == benchmark)
			return true;
	return false;
}

void anomalies_report(struct report *report, const struct session *session, double rate,
		      enum engine_leave leave, size_t model, const struct engine_target *target, size_t limit)
{
	const struct catalog *catalog = session->catalog;
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);
	struct anomalies anomalies;
	size_t shown = 0;

	anomalies_find(session->fit, catalog, leave, rate, NULL, &anomalies);
	const struct engine_anomaly *all = anomalies.list;

	for (size_t i = 0; i < anomalies.count && (limit == 0 || shown < limit); i++) {
		if ((model != CATALOG_NONE && all[i].model != model) ||
		    (target && !is_part(target, all[i].benchmark)))
			continue;
		const struct engine_target one = engine_target_one(all[i].benchmark);
		int digits = target_digits(catalog, &one);
		shown++;
		table_text(table, names_model(catalog, all[i].model));
		table_text(table, names_benchmark(catalog, all[i].benchmark, report->format));
		table_value(table, all[i].residual.observed, digits);
		table_value(table, all[i].residual.predicted, digits);
		table_number(table, all[i].residual.z);
		table_number(table, all[i].scaled);
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
