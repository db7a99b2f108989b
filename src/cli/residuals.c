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

static const char *const leave_words[] = {
#define X(symbol, word, help) word,
	ENGINE_LEAVE_TABLE(X)
#undef X
	NULL
};

struct residuals_options {
	const char *benchmark, *model;
	int order, prior, leave;
	uint64_t limit, rate;
	bool anomalies;
};
static const struct residuals_options defaults = {.limit = 40, .rate = 5};

#define OPTION(member) offsetof(struct residuals_options, member)
static const struct option_spec specs[] = {
	{"benchmark", 'b', OPTION_TEXT, "BENCHMARK", OPTION(benchmark), "of this benchmark, target or set of questions (default: the target)", NULL},
	{"model", 'm', OPTION_TEXT, "MODEL", OPTION(model), "of this model only, on all its benchmarks", NULL},
	{"sort", 0, OPTION_CHOICE, "ORDER", OPTION(order), "abs (size of z, default), z, points or name", order_words},
	{"limit", 0, OPTION_NUMBER, "N", OPTION(limit), "the first N rows (default 40, 0 = all)", NULL},
	{"leave", 0, OPTION_CHOICE, "WHAT", OPTION(leave),
	 "predict without all scores of the model (default) or without the one cell", leave_words},
	{"anomalies", 0, OPTION_FLAG, NULL, OPTION(anomalies), "those too large for chance, on every benchmark", NULL},
	{"false-rate", 0, OPTION_NUMBER, "PERCENT", OPTION(rate), "share of false anomalies (default 5)", NULL},
	{"prior", 0, OPTION_CHOICE, "PRIOR", OPTION(prior), PRIOR_HELP, prior_words},
};
static const struct option_need needs[] = {{"false-rate", "anomalies"}, {NULL, NULL}};

struct row {
	const char *name;
	const char *key, *title; /* of what it is about */
	int digits;
	struct engine_residual residual;
};
struct rows {
	struct row *row; /* owned */
	size_t count, capacity;
	size_t model;    /* the only one; CATALOG_NONE: all */
	enum engine_leave leave;
};

static void add_row(struct rows *rows, const struct row *row)
{
	rows->row = memory_grow(rows->row, rows->count, &rows->capacity, sizeof *rows->row);
	rows->row[rows->count++] = *row;
}

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

static void add_residual(struct rows *rows, const struct session *session, size_t model,
			 const struct engine_target *target, const char *key, const char *title)
{
	struct row row = {.name = session->catalog->models[model].name, .key = key, .title = title,
			  .digits = target_digits(session->catalog, target)};

	if (engine_residual(session->fit, model, target, rows->leave, &row.residual) && !isnan(row.residual.observed))
		add_row(rows, &row);
}

/* Of all that the model has, and the target. */
static void collect_model(struct rows *rows, const struct session *session)
{
	const struct catalog *catalog = session->catalog;
	size_t count;
	const struct engine_cell *cells = catalog_cells(catalog, rows->model, &count);

	for (size_t i = 0; i < count; i++) {
		const struct engine_target target = engine_target_one(cells[i].benchmark);
		const struct catalog_benchmark *benchmark = &catalog->benchmarks[cells[i].benchmark];
		add_residual(rows, session, rows->model, &target, benchmark->key, benchmark->title);
	}
	if (session->target.engine.count > 1)
		add_residual(rows, session, rows->model, &session->target.engine, session->target.name,
			     session->target.name);
}

/* The shares of a set of questions that models solve. */
static void collect_answers(struct rows *rows, const struct session *session, const struct answer_set *set)
{
	for (size_t model = 0; model < session->catalog->count; model++) {
		struct row row = {.name = session->catalog->models[model].name, .key = set->key, .title = set->key,
				  .digits = 1};
		if ((rows->model == CATALOG_NONE || model == rows->model) &&
		    answer_model_residual(set->model, model, &row.residual))
			add_row(rows, &row);
	}
}

static void collect_target(struct rows *rows, const struct session *session, const struct target *target)
{
	for (size_t model = 0; model < session->catalog->count; model++)
		if (rows->model == CATALOG_NONE || model == rows->model)
			add_residual(rows, session, model, &target->engine, target->name,
				     target_full_title(session->catalog, target));
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

static void report_rows(struct report *report, const struct rows *rows, size_t limit)
{
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);

	for (size_t i = 0; i < rows->count && (!limit || i < limit); i++) {
		const struct row *row = &rows->row[i];
		table_text(table, row->name);
		table_text(table, report->format == OUTPUT_TEXT ? row->title : row->key);
		table_value(table, row->residual.observed, row->digits);
		table_value(table, row->residual.predicted, row->digits);
		table_value(table, row->residual.low90, row->digits);
		table_value(table, row->residual.high90, row->digits);
		table_value(table, points(row), row->digits);
		table_value(table, row->residual.sd, row->digits);
		table_number(table, row->residual.z);
	}
	report_table(report, "residuals", NULL, table, TABLE_MAIN);
	table_free(table);
}

/* What is listed: of one model or all, all of its benchmarks or a target or a set of questions. */
struct selection {
	size_t model;
	bool all;
	struct target target; /* owned */
	const char *set;
};

/* The target unless a benchmark or a model is named. */
static enum status find_selection(struct cli *cli, const struct session *session,
				  const struct residuals_options *options, struct selection *selection,
				  struct error *error)
{
	struct target_names names = session_names(session);
	const char *word = options->benchmark;
	struct text said = {0};
	enum status status = STATUS_OK;

	*selection = (struct selection){.model = CATALOG_NONE};
	if (options->model)
		status = catalog_resolve(session->catalog, options->model, &selection->model, error);
	if (status != STATUS_OK)
		return status;
	selection->all = options->model && !word;
	if (!word) {
		selection->target = target_copy(&session->target);
	} else if (target_parse(session->catalog, &names, word, &selection->target, &said, NULL) != STATUS_OK) {
		if (outcomes_exist(session->store, word))
			selection->set = word;
		else
			status = target_parse(session->catalog, &names, word, &selection->target, NULL, error);
	}
	cli_note(cli, &said);
	return status;
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

static enum status check_together(const struct residuals_options *options, const struct selection *selection,
				  struct error *error)
{
	if (options->rate < 1 || options->rate > 50)
		return error_set(error, STATUS_USAGE, "--false-rate is 1 to 50 percent");
	if (options->anomalies && selection->set)
		return error_set(error, STATUS_USAGE, "--anomalies takes a benchmark, not single answers");
	if (options->leave == ENGINE_LEAVE_CELL && selection->set)
		return error_set(error, STATUS_USAGE, "single answers are predicted without the model's own; omit --leave");
	return STATUS_OK;
}

static enum status select_rows(struct cli *cli, struct session *session,
			       const struct residuals_options *options, struct selection *selection,
			       struct rows *rows, struct error *error)
{
	const struct engine_settings settings = {.prior = (enum prior)options->prior};
	enum status status = find_selection(cli, session, options, selection, error);

	if (status == STATUS_OK)
		status = check_together(options, selection, error);
	*rows = (struct rows){.model = selection->model, .leave = (enum engine_leave)options->leave};
	if (status == STATUS_OK)
		status = (selection->set ? cli_fit_all : cli_fit)(cli, session, &settings, false, error);
	if (status != STATUS_OK)
		return status;
	const struct answer_set *set = selection->set ? answer_sets_find(&session->answers, selection->set) : NULL;
	if (set)
		collect_answers(rows, session, set);
	else if (selection->all)
		collect_model(rows, session);
	else if (!selection->set)
		collect_target(rows, session, &selection->target);
	if (rows->count || (selection->model == CATALOG_NONE && !selection->set))
		return STATUS_OK;
	return fail_no_score(session, selection, error);
}

static enum status residuals_run(struct cli *cli, const void *specific, size_t count,
				 char **arguments, struct error *error)
{
	const struct residuals_options *options = specific;
	struct rows rows = {0};
	struct selection selection = {0};
	struct session *session;
	struct report report;
	enum order order = (enum order)options->order;
	enum status status = cli_open(cli, &session, error);

	(void)count, (void)arguments;
	if (status != STATUS_OK)
		return status;
	status = select_rows(cli, session, options, &selection, &rows, error);
	if (status != STATUS_OK)
		goto cleanup;
	if (rows.count)
		qsort_r(rows.row, rows.count, sizeof *rows.row, compare_rows, &order);
	cli_report(cli, &report);
	report_text(&report, "prior", NULL, prior_words[options->prior]);
	report_number(&report, "rows", NULL, (double)rows.count, 0);
	report_text(&report, "left_out", NULL, selection.set ? NULL : engine_leave_name(rows.leave));
	if (options->anomalies)
		anomalies_report(&report, session, (double)options->rate / 100, rows.leave, rows.model,
				 options->benchmark ? &selection.target.engine : NULL, (size_t)options->limit);
	else
		report_rows(&report, &rows, (size_t)options->limit);
	report_end(&report);
cleanup:
	free(rows.row);
	target_free(&selection.target);
	session_close(session);
	return status;
}

const struct command residuals_command = {
	.name = "residuals",
	.arguments = "",
	.summary = "List the scores that fit their family worst",
	.details = "\nEach model is predicted from all others, with --leave cell from its other scores too; points is published less predicted, z\n"
		   "the same in standard deviations of the prediction, where a score near 0 or 100\n"
		   "counts as the model sees it.",
	.json = true,
	.csv = true,
	.board = true,
	.target = true,
	COMMAND_SPECS(specs),
	.needs = needs,
	.options_size = sizeof(struct residuals_options),
	.defaults = &defaults,
	.run = residuals_run,
};
