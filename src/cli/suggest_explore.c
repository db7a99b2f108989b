#include "suggest_explore.h"

#include <math.h>

#include "names.h"

static const struct column columns[] = {
	{"rank", "", COLUMN_NUMBER, 0, false},
	{"improvement", "improvement", COLUMN_NUMBER, 2, false},
	{"size", "B", COLUMN_NUMBER, 1, false},
	{"known", "best known", COLUMN_NUMBER, 1, false},
	{"predicted", "predicted", COLUMN_NUMBER, 1, false},
	{"sd", "sd", COLUMN_NUMBER, 1, false},
	{"shown_gain", "gain", COLUMN_SIGNED, 1, false},
	{"weight1", "", COLUMN_NUMBER, 2, false},
	{"parent1", "parents", COLUMN_TEXT, 0, false},
	{"weight2", "", COLUMN_NUMBER, 2, false},
	{"parent2", "", COLUMN_TEXT, 0, false},
	{"weight3", "", COLUMN_NUMBER, 2, false},
	{"parent3", "", COLUMN_TEXT, 0, false},
};
#define FIRST_PARENT 7

void suggest_report_explored(struct report *report, const struct catalog *catalog, const struct wish_search *search,
			     const struct suggest_result *result)
{
	int digits = target_digits(catalog, &search->target.engine);
	size_t parents = report->format == OUTPUT_TEXT ? search->settings.parents : SUGGEST_PARENTS_MAX;
	struct table *table = table_new(columns, FIRST_PARENT + 2 * parents);

	for (size_t i = 0; i < result->count; i++) {
		const struct suggest_answer *answer = &result->answers[i];
		table_number(table, (double)i + 1);
		table_value(table, answer->improvement, digits + 1);
		table_number(table, answer->size);
		table_value(table, answer->known, digits);
		table_value(table, answer->mean, digits);
		table_value(table, answer->sd, digits);
		table_value(table, answer->shown, digits);
		for (size_t p = 0; p < parents; p++) {
			table_number(table, p < answer->count ? answer->weights[p] : NAN);
			table_text(table, p < answer->count ? names_model(catalog, answer->parents[p]) : NULL);
		}
	}
	report_text(report, "target", "target", search->target.name);
	report_number(report, "candidates", NULL, (double)result->candidates, 0);
	report_table(report, "suggestions", NULL, table, TABLE_MAIN);
	table_free(table);
	if (report->format == OUTPUT_TEXT)
		text_append_format(report->out, "\nMerges worth trying: improvement is what one is expected to add to the best of the models\n"
				   "that it was searched among, predictions being shrunk for the size of the search; the list is\n"
				   "by improvement for a billion parameters (B), which is what trying it costs.\n");
}
