/* stemma score: how good predictions of the user's own merges have been. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "foretold_report.h"

/* Names of sketches without a result so far. */
static void append_waiting(const struct foretold_list *list, struct text *out)
{
	for (size_t i = 0; i < list->count;) {
		size_t first = i;
		bool measured = false;
		for (; i < list->count && strcmp(list->list[i].sketch, list->list[first].sketch) == 0; i++)
			measured |= !isnan(list->list[i].measured);
		if (!measured)
			text_append_format(out, "%s%s", out->length ? ", " : "", list->list[first].sketch);
	}
}

static const struct column figure_columns[] = {
	{"predicted_by", "predicted by", COLUMN_TEXT, 0, false},
	{"scores", "scores", COLUMN_NUMBER, 0, false},
	{"mae", "MAE", COLUMN_NUMBER, 2, false},
	{"bias", "bias", COLUMN_SIGNED, 2, false},
	{"within50", "in 50 % interval", COLUMN_PERCENT, 0, false},
	{"within90", "in 90 % interval", COLUMN_PERCENT, 0, false},
};

static void add_figures(struct table *table, const char *by, size_t scores, double mae, double bias, double within50,
			double within90)
{
	table_text(table, by);
	table_number(table, (double)scores);
	table_number(table, mae);
	table_number(table, bias);
	table_number(table, within50);
	table_number(table, within90);
}

static void report_figures(struct report *report, const struct foretold_figures *figures)
{
	struct table *table = table_new(figure_columns, sizeof figure_columns / sizeof *figure_columns);
	char title[120];

	snprintf(title, sizeof title, "%zu scores of %zu sketches; errors in points, bias is measured less predicted",
		 figures->scores, figures->sketches);
	add_figures(table, "stemma", figures->scores, figures->mae, figures->bias, figures->within50, figures->within90);
	add_figures(table, "stemma, all parents scored", figures->compared, figures->mae_there, NAN, NAN, NAN);
	add_figures(table, "weighted mean of the parents", figures->compared, figures->mae_parents, NAN, NAN, NAN);
	if (figures->scores > 0)
		report_table(report, "figures", title, table, TABLE_SIDE);
	table_free(table);
}

static void report_score(struct cli *cli, const struct session *session, const struct foretold_list *list)
{
	struct foretold_figures figures;
	struct text waiting = {0};
	struct report report;

	foretold_judge(list, session->catalog, &figures);
	append_waiting(list, &waiting);
	cli_report(cli, &report);
	report_figures(&report, &figures);
	report_text(&report, "waiting", "not measured yet", waiting.length ? text_string(&waiting) : NULL);
	if (figures.scores > 0 || report.format != OUTPUT_TEXT)
		foretold_report(&report, session, list, CATALOG_NONE, TABLE_MAIN);
	report_end(&report);
	text_free(&waiting);
}

static enum status score_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			     struct error *error)
{
	struct foretold_list list = {0};
	struct session *session;

	(void)specific, (void)count, (void)arguments;
	enum status status = cli_open(cli, &session, error);
	if (status != STATUS_OK)
		return status;
	status = foretold_read(session, &list, error);
	if (status == STATUS_OK && list.count == 0) {
		status = error_set(error, STATUS_NO_INPUT, "no sketch was written out");
		error_advise(error, "\"stemma export\" with -o FILE, or w in the browser, writes one and remembers its prediction");
	}
	if (status == STATUS_OK)
		report_score(cli, session, &list);
	foretold_free(&list);
	session_close(session);
	return status;
}

const struct command score_command = {
	.name = "score",
	.arguments = "",
	.summary = "Say how good predictions of your own merges have been",
	.details = "\nA merge that is written to a file (\"stemma export\", w in the browser) is remembered\n"
		   "with its prediction, by the name of the sketch or of the file.  Import its results\n"
		   "later under that name, in any owner's hands, or with --sketch NAME.",
	.json = true,
	.csv = true,
	.run = score_run,
};
