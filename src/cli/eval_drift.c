/* stemma eval --drift: merges against the mean of their parents. */
#include <math.h>

#include "eval.h"
#include "stemma/app/drift.h"

static const struct column columns[] = {
	{"method", "method", COLUMN_TEXT, 0, false},
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"merges", "merges", COLUMN_NUMBER, 0, false},
	{"difference", "to parents' mean", COLUMN_SIGNED, 2, false},
	{"difference_error", "+/-", COLUMN_NUMBER, 2, false},
	{"residual", "to prediction", COLUMN_SIGNED, 2, false},
	{"residual_error", "+/-", COLUMN_NUMBER, 2, false},
};

static void add_drift(struct table *table, const struct session *session, const struct drift *drift,
		      enum output_format format)
{
	for (size_t row = 0; row < session->row_count; row++) {
		if (drift->raw[row].merges == 0)
			continue;
		table_text(table, drift->method ? drift->method : format == OUTPUT_TEXT ? "not known" : NULL);
		table_text(table, format == OUTPUT_TEXT ? session_row_title(session, row) : session_row_key(session, row));
		table_number(table, (double)drift->raw[row].merges);
		table_number(table, drift->raw[row].mean);
		table_number(table, drift->raw[row].error);
		table_number(table, drift->left[row].mean);
		table_number(table, drift->left[row].error);
	}
}

enum status eval_drift(struct cli *cli, struct session *session, uint64_t seed, struct error *error)
{
	const struct engine_settings settings = {.prior = PRIOR_KIN, .seed = seed};
	enum status status = session_fit(session, &settings, false, &cli->progress, error);
	struct report report;
	size_t count;

	cli_end_progress(cli);
	if (status != STATUS_OK)
		return status;
	struct drift *drifts = drift_measure(session->catalog, session->fit, session->rows,
					     session->row_count, &count);
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);
	cli_report(cli, &report);
	for (size_t i = 0; i < count; i++)
		add_drift(table, session, &drifts[i], report.format);
	report_table(&report, "drift", "Merges whose parents all have scores (points, +/- one standard error by owner)",
		     table, TABLE_MAIN);
	report_end(&report);
	table_free(table);
	drift_free(drifts, count);
	return STATUS_OK;
}
