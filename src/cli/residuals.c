/* stemma residuals: which scores do not fit the family? */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomalies.h"
#include "command.h"
#include "names.h"
#include "stemma/app/outcomes.h"
#include "stemma/app/target.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

/* X(symbol, word): the orders, largest first but for the name. */
#define ORDER_TABLE(X) X(ABS, "abs") X(Z, "z") X(POINTS, "points") X(NAME, "name")
enum order {
#define X(symbol, word) ORDER_##symbol,
	ORDER_TABLE(X)
#undef X
};
static const char *const order_words[] = {
#define X(symbol, word) word,
	ORDER_TABLE(X)
#undef X
	NULL
};

struct residuals_options {
	const char *benchmark, *model;
	int order, prior;
	uint64_t limit, rate;
	bool anomalies;
};
static const struct residuals_options defaults = {.limit = 40, .rate = 5};

#define OPTION(member) offsetof(struct residuals_options, member)
static const struct option_spec specs[] = {
	{"benchmark", 'b', OPTION_TEXT, "BENCHMARK", OPTION(benchmark), "of this benchmark or set of questions (default average)", NULL},
	{"model", 'm', OPTION_TEXT, "NAME", OPTION(model), "of this model only, on all benchmarks", NULL},
	{"sort", 0, OPTION_CHOICE, "ORDER", OPTION(order), "abs (size of z, default), z, points or name", order_words},
	{"limit", 0, OPTION_NUMBER, "N", OPTION(limit), "the first N rows (default 40, 0 = all)", NULL},
	{"anomalies", 0, OPTION_FLAG, NULL, OPTION(anomalies), "those too large for chance, on every benchmark", NULL},
	{"false-rate", 0, OPTION_NUMBER, "PERCENT", OPTION(rate), "share of false anomalies (default 5)", NULL},
	{"prior", 0, OPTION_CHOICE, "PRIOR", OPTION(prior), PRIOR_HELP, prior_words},
};
static const struct option_need needs[] = {{"false-rate", "anomalies"}, {NULL, NULL}};

struct row {
	const char *name;
	const char *set;  /* of questions; NULL for a benchmark */
	size_t benchmark;
	struct engine_residual residual;
};
struct rows {
	struct row *row; /* owned */
	size_t count, capacity;
	size_t model, benchmark; /* selected; CATALOG_NONE: all */
};

static double points(const struct row *row)
{
	return row->residual.observed - row->residual.predicted;
}

/* Larger numbers first; equal ones by name. */
static int compare_numbers(double a, double b, const struct row *left, const struct row *right)
{
	return a != b ? (a < b) - (a > b) : utf8_compare_names(left->name, right->name);
}

static int compare_rows(const void *a, const void *b, void *context)
{
	const struct row *left = a, *right = b;

	switch (*(const enum order *)context) {
	case ORDER_ABS:
		return compare_numbers(fabs(left->residual.z), fabs(right->residual.z), left, right);
	case ORDER_Z:
		return compare_numbers(left->residual.z, right->residual.z, left, right);
	case ORDER_POINTS:
		return compare_numbers(points(left), points(right), left, right);
	case ORDER_NAME:
		break;
	}
	return utf8_compare_names(left->name, right->name);
}

/* The rows of one model: of `benchmark`, or of all when it is CATALOG_NONE. */
static void collect_model(struct rows *rows, const struct session *session, size_t model,
			  size_t benchmark, struct engine_residual *residuals)
{
	if (!engine_residuals(session->fit, model, residuals))
		return;
	for (size_t i = 0; i <= session->catalog->benchmark_count; i++) {
		if ((benchmark != CATALOG_NONE && i != benchmark) || isnan(residuals[i].observed))
			continue;
		rows->row = memory_grow(rows->row, rows->count, &rows->capacity,
					sizeof *rows->row);
		rows->row[rows->count++] =
			(struct row){session->catalog->models[model].name, NULL, i, residuals[i]};
	}
}

/* The shares of a set of questions that models solve. */
static void collect_answers(struct rows *rows, const struct session *session, size_t only,
			    const struct answer_set *set)
{
	struct engine_residual residual;

	for (size_t model = 0; model < session->catalog->count; model++) {
		if ((only != CATALOG_NONE && model != only) ||
		    !answer_model_residual(set->model, model, &residual))
			continue;
		rows->row = memory_grow(rows->row, rows->count, &rows->capacity, sizeof *rows->row);
		rows->row[rows->count++] =
			(struct row){session->catalog->models[model].name, set->key, 0, residual};
	}
}

static void collect(struct rows *rows, const struct session *session, size_t only,
		    size_t benchmark)
{
	struct engine_residual *residuals =
		memory_zero(session->catalog->benchmark_count + 1, sizeof *residuals);

	for (size_t model = 0; model < session->catalog->count; model++)
		if (only == CATALOG_NONE || model == only)
			collect_model(rows, session, model, benchmark, residuals);
	free(residuals);
}

static const struct column columns[] = {
	{"model", "model", COLUMN_TEXT, 0, false},
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"published", "published", COLUMN_NUMBER, 1, false},
	{"predicted", "predicted", COLUMN_NUMBER, 1, false},
	{"low90", "90 % interval", COLUMN_NUMBER, 1, false},
	{"high90", "", COLUMN_NUMBER, 1, true},
	{"points", "points", COLUMN_SIGNED, 1, false},
	{"sd", "sd", COLUMN_NUMBER, 1, false},
	{"z", "z", COLUMN_SIGNED, 2, false},
};

static void report_rows(struct report *report, const struct catalog *catalog,
			const struct rows *rows, size_t limit)
{
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);

	for (size_t i = 0; i < rows->count && (!limit || i < limit); i++) {
		const struct row *row = &rows->row[i];
		table_text(table, row->name);
		table_text(table, row->set ? row->set : names_benchmark(catalog, row->benchmark, report->format));
		table_number(table, row->residual.observed);
		table_number(table, row->residual.predicted);
		table_number(table, row->residual.low90);
		table_number(table, row->residual.high90);
		table_number(table, points(row));
		table_number(table, row->residual.sd);
		table_number(table, row->residual.z);
	}
	report_table(report, "residuals", NULL, table, TABLE_MAIN);
	table_free(table);
}

/* What is listed: of one model or all, of one benchmark or (CATALOG_NONE) all
 * or of a set of questions. */
struct selection {
	size_t model, benchmark;
	const char *set;
};

/* The average unless a benchmark or a model is named. */
static enum status find_selection(const struct session *session, const struct residuals_options *options,
				  struct selection *selection, struct error *error)
{
	const char *word = options->benchmark ? options->benchmark : "average";
	enum status status = STATUS_OK;

	*selection = (struct selection){CATALOG_NONE, CATALOG_NONE, NULL};
	if (options->model)
		status = catalog_resolve(session->catalog, options->model, &selection->model, error);
	if (status != STATUS_OK || (options->model && !options->benchmark))
		return status;
	if (catalog_benchmark(session->catalog, word) == CATALOG_NONE && outcomes_exist(session->store, word)) {
		selection->set = word;
		return STATUS_OK;
	}
	return target_find_benchmark(session->catalog, word, &selection->benchmark, error);
}

static enum status fail_no_score(const struct session *session, const struct selection *selection,
				 struct error *error)
{
	if (selection->model == CATALOG_NONE)
		return error_set(error, STATUS_DATA, "too few models with answers to %s have scores",
				 selection->set);
	error_set(error, STATUS_NO_INPUT, "%s has no published score",
		  names_model(session->catalog, selection->model));
	return error_advise(error, "'stemma show' predicts its scores");
}

static enum status select_rows(struct cli *cli, struct session *session,
			       const struct residuals_options *options, struct rows *rows,
			       struct error *error)
{
	const struct engine_settings settings = {.prior = (enum prior)options->prior, .without_factor = true};
	struct selection selection;
	enum status status = find_selection(session, options, &selection, error);

	if (status == STATUS_OK && (options->rate < 1 || options->rate > 50))
		status = error_set(error, STATUS_USAGE, "--false-rate is 1 to 50 percent");
	if (status == STATUS_OK && options->anomalies && selection.set)
		status = error_set(error, STATUS_USAGE, "--anomalies takes a benchmark, not single answers");
	rows->model = selection.model;
	rows->benchmark = selection.benchmark;
	if (status == STATUS_OK)
		status = (selection.set ? cli_fit_all : cli_fit)(cli, session, &settings, false, error);
	if (status != STATUS_OK)
		return status;
	const struct answer_set *set = selection.set ? answer_sets_find(&session->answers, selection.set) : NULL;
	if (set)
		collect_answers(rows, session, selection.model, set);
	else if (!selection.set)
		collect(rows, session, selection.model, selection.benchmark);
	if (rows->count || (selection.model == CATALOG_NONE && !selection.set))
		return STATUS_OK;
	return fail_no_score(session, &selection, error);
}

static enum status residuals_run(struct cli *cli, const void *specific, size_t count,
				 char **arguments, struct error *error)
{
	const struct residuals_options *options = specific;
	struct rows rows = {0};
	struct session *session;
	struct report report;
	enum order order = (enum order)options->order;
	enum status status = cli_open(cli, &session, error);

	(void)count, (void)arguments;
	if (status != STATUS_OK)
		return status;
	status = select_rows(cli, session, options, &rows, error);
	if (status != STATUS_OK)
		goto cleanup;
	if (rows.count)
		qsort_r(rows.row, rows.count, sizeof *rows.row, compare_rows, &order);
	cli_report(cli, &report);
	report_text(&report, "prior", NULL, prior_words[options->prior]);
	report_number(&report, "rows", NULL, (double)rows.count, 0);
	if (options->anomalies)
		anomalies_report(&report, session, (double)options->rate / 100, rows.model, rows.benchmark,
				 (size_t)options->limit);
	else
		report_rows(&report, session->catalog, &rows, (size_t)options->limit);
	report_end(&report);
cleanup:
	free(rows.row);
	session_close(session);
	return status;
}

const struct command residuals_command = {
	.name = "residuals",
	.arguments = "",
	.summary = "List the scores that fit their family worst",
	.details = "\nEach model is predicted from all others; points is published less predicted, z\n"
		   "the same in standard deviations of the prediction, where a score near 0 or 100\n"
		   "counts as the model sees it.",
	.json = true,
	.csv = true,
	COMMAND_SPECS(specs),
	.needs = needs,
	.options_size = sizeof(struct residuals_options),
	.defaults = &defaults,
	.run = residuals_run,
};
