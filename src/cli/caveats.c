#include "caveats.h"

#include <math.h>

#include "names.h"

static const struct column columns[] = {
	{"benchmark", "chat template unknown", COLUMN_TEXT, 0, false},
	{"with", "if evaluated with it", COLUMN_NUMBER, 1, false},
	{"without", "without", COLUMN_NUMBER, 1, false},
};

/* The day of the newest model that has a score on one of the first `rows` rows; NAN unknown.  Few scores have a date
 * of their own, so the release of their model stands in for it. */
static double newest_scored(const struct session *session, size_t rows)
{
	const struct catalog *catalog = session->catalog;
	double newest = NAN;

	for (size_t model = 0; model < catalog->count; model++) {
		double day = catalog->models[model].uploaded;
		if (!catalog_is_scored(catalog, model) || isnan(day) || day <= newest)
			continue;
		for (size_t row = 0; row < rows && !(newest >= day); row++)
			if (session->rows[row].count == 1 && !isnan(catalog_target(catalog, model, &session->rows[row])))
				newest = day;
	}
	return newest;
}

static void report_age(struct report *report, const struct session *session, size_t rows)
{
	double newest = newest_scored(session, rows);
	char day[11] = "";

	if (!isnan(newest))
		date_format(newest, day);
	report_text(report, "scored_until", "newest scored", day[0] ? day : NULL);
}

void caveats_report(struct report *report, const struct session *session, const struct engine_query *query,
		    size_t rows)
{
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);
	enum engine_novelty novelty = engine_novelty(query);

	report_text(report, "novelty", "beware", report->format == OUTPUT_JSON ? engine_novelty_name(novelty)
									       : engine_novelty_text(novelty));
	report_age(report, session, rows);
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
