/* stemma fit: learn how scores run in families. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "names.h"

struct fit_options {
	int prior;
	uint64_t rank, seed;
	bool variances;
};

#define OPTION(member) offsetof(struct fit_options, member)
static const struct option_spec specs[] = {
	{"prior", 0, OPTION_CHOICE, "PRIOR", OPTION(prior), PRIOR_HELP, prior_words},
	{"rank", 0, OPTION_NUMBER, "N", OPTION(rank), "latent factors (default: as many as the data allow)", NULL},
	{"seed", 0, OPTION_NUMBER, "N", OPTION(seed), "seed of the random numbers", NULL},
	{"variances", 0, OPTION_FLAG, NULL, OPTION(variances), "print what was learned, too", NULL},
};

static const struct column figure_columns[] = {
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"models", "models", COLUMN_NUMBER, 0, false},
	{"pearson", "Pearson", COLUMN_NUMBER, 3, false},
	{"rmse", "RMSE", COLUMN_NUMBER, 2, false},
	{"mae", "MAE", COLUMN_NUMBER, 2, false},
	{"coverage50", "in 50 % interval", COLUMN_PERCENT, 1, false},
	{"coverage90", "in 90 % interval", COLUMN_PERCENT, 1, false},
};

static void report_figures(struct report *report, const struct session *session, enum engine_leave leave)
{
	static const struct {
		const char *key, *title;
		enum table_role role;
	} tables[ENGINE_LEAVE_COUNT] = {
		[ENGINE_LEAVE_MODEL] = {"figures", "Each model predicted from all others", TABLE_MAIN},
		[ENGINE_LEAVE_CELL] = {"cell_figures", "Each score predicted from all others, the model's own too", TABLE_SIDE},
	};
	struct table *table = table_new(figure_columns,
					sizeof figure_columns / sizeof *figure_columns);

	for (size_t i = 0; i < session->row_count; i++) {
		struct engine_figures figures;
		const struct engine_target *target = &session->rows[i];
		int digits = target_digits(session->catalog, target) + 1;
		/* Of several benchmarks there is nothing to leave in. */
		if (leave == ENGINE_LEAVE_CELL && i == session->board.count)
			continue;
		engine_fit_figures(session->fit, target, leave, &figures);
		table_text(table, names_row(session, i, report->format));
		table_number(table, (double)figures.models);
		table_number(table, figures.pearson);
		table_value(table, figures.rmse, digits);
		table_value(table, figures.mae, digits);
		table_number(table, figures.coverage50);
		table_number(table, figures.coverage90);
	}
	report_table(report, tables[leave].key, tables[leave].title, table, tables[leave].role);
	table_free(table);
}

/* ---- what was learned -------------------------------------------------------- */

struct components {
	const struct engine_component *list;
	size_t count;
};

static double find_variance(const struct components *components, const char *label,
			    size_t factor)
{
	for (size_t i = 0; i < components->count; i++)
		if (components->list[i].factor == factor &&
		    !strcmp(components->list[i].label, label))
			return components->list[i].variance;
	return NAN;
}

/* Whether an earlier entry has the label of this one. */
static bool repeats_label(const struct components *components, size_t position)
{
	for (size_t i = 0; i < position; i++)
		if (!strcmp(components->list[i].label, components->list[position].label))
			return true;
	return false;
}

static const struct column variance_columns[] = {
	{"component", "component", COLUMN_TEXT, 0, false},
	{"factor1", "factor 1", COLUMN_PERCENT, 1, false},
	{"factor2", "factor 2", COLUMN_PERCENT, 1, false},
	{"factor3", "factor 3", COLUMN_PERCENT, 1, false},
	{"factor4", "factor 4", COLUMN_PERCENT, 1, false},
	{"factor5", "factor 5", COLUMN_PERCENT, 1, false},
	{"factor6", "factor 6", COLUMN_PERCENT, 1, false},
	{"factor7", "factor 7", COLUMN_PERCENT, 1, false},
	{"factor8", "factor 8", COLUMN_PERCENT, 1, false},
};
#define FACTORS_SHOWN (sizeof variance_columns / sizeof *variance_columns - 1)

/* A row for each component, a column for each factor. */
static void report_variances(struct report *report, const struct engine_fit *fit)
{
	struct components components;
	struct engine_info info;

	components.list = engine_fit_components(fit, &components.count);
	engine_fit_info(fit, &info);
	size_t factors = info.factors < FACTORS_SHOWN ? info.factors : FACTORS_SHOWN;
	struct table *table = table_new(variance_columns, factors + 1);
	for (size_t i = 0; i < components.count; i++) {
		if (repeats_label(&components, i))
			continue;
		table_text(table, components.list[i].label);
		for (size_t factor = 0; factor < factors; factor++)
			table_number(table, find_variance(&components, components.list[i].label,
							  factor));
	}
	report_table(report, "variances", "Share of each factor's variance", table, TABLE_SIDE);
	table_free(table);
}

/* ---- the command -------------------------------------------------------------- */

static void report_fit(const struct cli *cli, const struct session *session, bool variances)
{
	struct engine_info info;
	struct report report;

	engine_fit_info(session->fit, &info);
	cli_report(cli, &report);
	report_text(&report, "prior", "prior", prior_name(info.prior));
	report_number(&report, "models", "scored models", (double)info.models, 0);
	report_number(&report, "left_out", "left out",
		      session->catalog->excluded ? (double)session->flags.suspects : NAN, 0);
	report_number(&report, "benchmarks", "benchmarks", (double)info.benchmarks, 0);
	report_number(&report, "cells", "scores", (double)info.cells, 0);
	report_number(&report, "factors", "factors", (double)info.factors, 0);
	report_number(&report, "seconds", "seconds", info.seconds, 1);
	report_number(&report, "log_likelihood", "log likelihood", info.log_likelihood, 1);
	report_figures(&report, session, ENGINE_LEAVE_MODEL);
	report_figures(&report, session, ENGINE_LEAVE_CELL);
	if (variances)
		report_variances(&report, session->fit);
	report_end(&report);
}

static enum status fit_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			   struct error *error)
{
	const struct fit_options *options = specific;
	const struct engine_settings settings = {
		.prior = (enum prior)options->prior, .rank = (size_t)options->rank, .seed = options->seed,
	};
	struct session *session;
	enum status status = cli_open(cli, &session, error);

	(void)count, (void)arguments;
	if (status != STATUS_OK)
		return status;
	status = cli_fit_all(cli, session, &settings, true, error);
	if (status == STATUS_OK)
		report_fit(cli, session, options->variances);
	session_close(session);
	return status;
}

const struct command fit_command = {
	.name = "fit",
	.arguments = "",
	.summary = "Learn how scores run in families, and say how well that predicts",
	.details = "\nThe figures are leave-one-out: of a whole model, then of a single score.",
	.json = true,
	.csv = true,
	.board = true,
	.target = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct fit_options),
	.run = fit_run,
};
