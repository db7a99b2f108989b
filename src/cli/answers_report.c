/* What single answers tell, for several commands. */
#include <math.h>

#include "answers_report.h"
#include "names.h"
#include "stemma/base/text.h"

static const struct column columns[] = {
	{"set", "single answers to", COLUMN_TEXT, 0, false},
	{"questions", "questions", COLUMN_NUMBER, 0, false},
	{"solved", "solved %", COLUMN_NUMBER, 1, false},
	{"predicted", "predicted", COLUMN_NUMBER, 1, false},
	{"low90", "90 % interval", COLUMN_NUMBER, 1, false},
	{"high90", "", COLUMN_NUMBER, 1, true},
	{"models", "learned from", COLUMN_NUMBER, 0, false},
	{"evidence", "rests most on", COLUMN_TEXT, 0, false},
};

void report_answers(struct report *report, const struct catalog *catalog, const struct answer_row *rows,
		    size_t count)
{
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);

	for (size_t i = 0; i < count; i++) {
		const struct answer_prediction *prediction = &rows[i].prediction;
		struct text evidence = {0};
		for (size_t e = 0; e < prediction->evidence_count; e++)
			text_append_format(&evidence, "%s%s %.2f", e ? ", " : "",
					   names_model(catalog, prediction->evidence[e].model),
					   prediction->evidence[e].weight);
		table_text(table, rows[i].key);
		table_number(table, (double)rows[i].questions);
		table_number(table, rows[i].observed);
		table_number(table, prediction->share.mean);
		table_number(table, prediction->share.low90);
		table_number(table, prediction->share.high90);
		table_number(table, (double)rows[i].learned);
		table_text(table, text_string(&evidence));
		text_free(&evidence);
	}
	if (count > 0 || report->format == OUTPUT_JSON)
		report_table(report, "answers", NULL, table, TABLE_SIDE);
	table_free(table);
}
