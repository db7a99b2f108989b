#include "caveats.h"

#include "names.h"

static const struct column columns[] = {
	{"benchmark", "chat template unknown", COLUMN_TEXT, 0, false},
	{"with", "if evaluated with it", COLUMN_NUMBER, 1, false},
	{"without", "without", COLUMN_NUMBER, 1, false},
};

void caveats_report(struct report *report, const struct session *session, const struct engine_query *query,
		    size_t rows)
{
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);
	enum engine_novelty novelty = engine_novelty(query);

	report_text(report, "novelty", "beware", report->format == OUTPUT_JSON ? engine_novelty_name(novelty)
									       : engine_novelty_text(novelty));
	for (size_t i = 0; i < rows; i++) {
		double with, without;
		int digits = target_digits(session->catalog, &session->rows[i]);
		if (!engine_if_template(query, &session->rows[i], &with, &without))
			continue;
		table_text(table, names_row(session, i, report->format));
		table_value(table, with, digits);
		table_value(table, without, digits);
	}
	report_table(report, "if_template", NULL, table, TABLE_SIDE);
	table_free(table);
}
