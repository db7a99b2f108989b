#include "prediction.h"

#include "names.h"

static const struct column score_columns[] = {
	{"child", NULL, COLUMN_TEXT, 0, false},
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"predicted", "predicted", COLUMN_NUMBER, 1, false},
	{"sd", "sd", COLUMN_NUMBER, 1, false},
	{"low50", "50 % interval", COLUMN_NUMBER, 1, false},
	{"high50", "", COLUMN_NUMBER, 1, true},
	{"low90", "90 % interval", COLUMN_NUMBER, 1, false},
	{"high90", "", COLUMN_NUMBER, 1, true},
	{"best_score", "best", COLUMN_NUMBER, 1, false},
	{"chance", "beats it", COLUMN_PERCENT, 0, false},
	{"best_parent", "best parent", COLUMN_TEXT, 0, false},
};

void prediction_report_scores(struct report *report, const struct catalog *catalog, const char *name,
			      const struct sketch_prediction *prediction, size_t rows)
{
	struct table *table = table_new(score_columns,
					sizeof score_columns / sizeof *score_columns);

	for (size_t i = 0; i < rows; i++) {
		const struct sketch_row *row = &prediction->row[i];
		const struct engine_estimate *estimate = &row->estimate;
		int digits = target_digits(catalog, &row->target);
		table_text(table, name);
		table_text(table, report->format == OUTPUT_TEXT ? row->title : row->key);
		table_value(table, estimate->mean, digits);
		table_value(table, estimate->sd, digits);
		table_value(table, estimate->low50, digits);
		table_value(table, estimate->high50, digits);
		table_value(table, estimate->low90, digits);
		table_value(table, estimate->high90, digits);
		table_value(table, row->best_score, digits);
		table_number(table, row->chance);
		table_text(table, names_model(catalog, row->best_parent));
	}
	report_table(report, "scores", NULL, table, TABLE_MAIN);
	table_free(table);
}
