#include "foretold_report.h"

#include <math.h>

#include "names.h"

static const struct column columns[] = {
	{"sketch", "sketch", COLUMN_TEXT, 0, false},
	{"made", "predicted on", COLUMN_TEXT, 0, false},
	{"model", "model", COLUMN_TEXT, 0, false},
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"predicted", "predicted", COLUMN_NUMBER, 1, false},
	{"low90", "90 % interval", COLUMN_NUMBER, 1, false},
	{"high90", "", COLUMN_NUMBER, 1, true},
	{"measured", "measured", COLUMN_NUMBER, 1, false},
	{"off", "off by", COLUMN_SIGNED, 1, false},
	{"within90", "inside", COLUMN_FLAG, 0, false},
};

void foretold_report(struct report *report, const struct session *session, const struct foretold_list *list,
		     size_t model, enum table_role role)
{
	const struct catalog *catalog = session->catalog;
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);

	for (size_t i = 0; i < list->count; i++) {
		const struct foretold *one = &list->list[i];
		const struct engine_target target = engine_target_one(one->benchmark);
		int digits = target_digits(catalog, &target);
		if (isnan(one->measured) || (model != CATALOG_NONE && one->model != model))
			continue;
		table_text(table, one->sketch);
		table_text(table, one->made);
		table_text(table, names_model(catalog, one->model));
		table_text(table, names_benchmark(catalog, one->benchmark, report->format));
		table_value(table, one->mean, digits);
		table_value(table, one->low90, digits);
		table_value(table, one->high90, digits);
		table_value(table, one->measured, digits);
		table_value(table, one->measured - one->mean, digits);
		table_number(table, one->measured >= one->low90 && one->measured <= one->high90);
	}
	if (role == TABLE_MAIN || table_rows(table) > 0)
		report_table(report, "foretold", role == TABLE_SIDE ? "predicted before it was measured" : NULL, table, role);
	table_free(table);
}

enum status foretold_report_model(struct report *report, const struct session *session, size_t model,
				  struct error *error)
{
	struct foretold_list list;
	enum status status = foretold_read(session, &list, error);

	if (status == STATUS_OK)
		foretold_report(report, session, &list, model, TABLE_SIDE);
	foretold_free(&list);
	return status;
}
