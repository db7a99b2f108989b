/* Which runs tell most of a target for their price. */
#include "plan_budget.h"

#include <math.h>
#include <stdlib.h>

#include "names.h"
#include "plan_until.h"
#include "stemma/app/budget_plan.h"
#include "stemma/base/memory.h"
#include "stemma/base/write_file.h"

#define CURVE_WIDTH 72
#define CURVE_HEIGHT 14

/* ---- telling it -------------------------------------------------------------------------------------- */

/* What a column tells of a step. */
struct plan_cell {
	const struct session *session;
	const struct budget_plan *plan;
	const struct budget_step *planned;
	const struct prospect_run *run; /* NULL of what is known now */
	enum output_format format;
};

static void cell_step(struct table *table, const struct plan_cell *cell)
{
	table_number(table, (double)(cell->planned - cell->plan->steps));
}

static void cell_model(struct table *table, const struct plan_cell *cell)
{
	table_text(table, cell->run ? names_model(cell->session->catalog, cell->plan->wish.model[cell->planned->model]) : NULL);
}

static void cell_benchmark(struct table *table, const struct plan_cell *cell)
{
	table_text(table, cell->run ? names_benchmark(cell->session->catalog, cell->run->benchmark, cell->format)
				    : "nothing more");
}

static void cell_questions(struct table *table, const struct plan_cell *cell)
{
	table_number(table, cell->run ? cell->planned->step.more : NAN);
}

static void cell_price(struct table *table, const struct plan_cell *cell)
{
	table_number(table, cell->run ? cell->planned->step.price : NAN);
}

static void cell_told(struct table *table, const struct plan_cell *cell)
{
	enum price_origin origin = cell->run ? cell->plan->runs.origin[cell->planned->step.run] : PRICE_ORIGIN_OWN;

	table_text(table, origin == PRICE_ORIGIN_OWN ? NULL : price_origin_name(origin));
}

static void cell_spent(struct table *table, const struct plan_cell *cell)
{
	table_number(table, cell->planned->spent);
}

static void cell_sd(struct table *table, const struct plan_cell *cell)
{
	table_number(table, cell->planned->after.sd);
}

static void cell_low(struct table *table, const struct plan_cell *cell)
{
	table_number(table, cell->planned->after.low90);
}

static void cell_high(struct table *table, const struct plan_cell *cell)
{
	table_number(table, cell->planned->after.high90);
}

static void cell_decided(struct table *table, const struct plan_cell *cell)
{
	table_number(table, decision_by(&cell->plan->wish.question, &cell->plan->now, cell->planned->deviation));
}

static bool has_two(const struct budget_plan *plan)
{
	return plan->wish.count > 1;
}

static bool has_question(const struct budget_plan *plan)
{
	return plan->wish.has_question;
}

static const struct plan_column {
	struct column column;
	void (*cell)(struct table *table, const struct plan_cell *cell);
	bool (*when)(const struct budget_plan *plan);
} plan_columns[] = {
	{{"step", "", COLUMN_NUMBER, 0, false}, cell_step, NULL},
	{{"model", "model", COLUMN_TEXT, 0, false}, cell_model, has_two},
	{{"benchmark", "run", COLUMN_TEXT, 0, false}, cell_benchmark, NULL},
	{{"questions", "questions", COLUMN_NUMBER, 0, false}, cell_questions, NULL},
	{{"price", "price", COLUMN_NUMBER, 1, false}, cell_price, NULL},
	{{"told", "", COLUMN_TEXT, 0, false}, cell_told, NULL},
	{{"spent", "spent", COLUMN_NUMBER, 1, false}, cell_spent, NULL},
	{{"sd", "sd after", COLUMN_NUMBER, 2, false}, cell_sd, NULL},
	{{"low90", "90 % interval", COLUMN_NUMBER, 1, false}, cell_low, NULL},
	{{"high90", "", COLUMN_NUMBER, 1, true}, cell_high, NULL},
	{{"decided", "decided by then", COLUMN_PERCENT, 0, false}, cell_decided, has_question},
};
#define COLUMNS (sizeof plan_columns / sizeof *plan_columns)

static struct table *tabulate(const struct session *session, const struct budget_plan *plan,
			      enum output_format format)
{
	struct column columns[COLUMNS];
	size_t used[COLUMNS], count = 0;

	for (size_t c = 0; c < COLUMNS; c++)
		if (!plan_columns[c].when || plan_columns[c].when(plan)) {
			columns[count] = plan_columns[c].column;
			used[count++] = c;
		}
	struct table *table = table_new(columns, count);
	for (size_t k = 0; k <= plan->count; k++) {
		const struct budget_step *planned = &plan->steps[k];
		const struct plan_cell cell = {session, plan, planned, k ? &plan->runs.run[planned->step.run] : NULL, format};
		for (size_t c = 0; c < count; c++)
			plan_columns[used[c]].cell(table, &cell);
	}
	return table;
}

/* The curve of the interval's width: drawn, written, or both. */
static enum status draw_curve(const struct cli *cli, const struct session *session, const struct budget_plan *plan,
			      const struct plan_budget *options, struct report *report, struct error *error)
{
	enum status status = STATUS_OK;
	struct picture picture;
	struct text out = {0};

	budget_plan_chart(session, plan, &picture);
	if (options->curve && report->format == OUTPUT_TEXT) {
		text_append(report->out, "\n");
		picture_print(&picture, CURVE_WIDTH, CURVE_HEIGHT, cli->utf8 ? PICTURE_BRAILLE : PICTURE_ASCII, report->out);
	}
	if (options->svg) {
		picture_svg(&picture, &out);
		status = write_file(options->svg, &out, true, error);
	}
	picture_free(&picture);
	text_free(&out);
	return status;
}

static void report_question(struct report *report, const struct budget_plan *plan, const struct plan_budget *options,
			    const struct plan_until *until)
{
	if (!plan->wish.has_question)
		return;
	double chance = decision_chance(&plan->wish.question, &plan->now);
	report_text(report, "until", "until", options->until);
	report_number(report, "chance", "chance, %", 100 * (until->below ? 1 - chance : chance), 1);
	report_text(report, "decided", "decided", decision_made(&plan->wish.question, &plan->now) ? "yes" : "no");
}

void plan_warn_prices(struct cli *cli, const struct budget_runs *runs)
{
	if (runs->untold > 0)
		cli_warn(cli, "the prices of %zu of %zu benchmarks are taken from others or assumed (1,000 tokens and a second"
			 " a question): --prices tells better ones", runs->untold, runs->count);
}

static const struct column total_columns[] = {
	{"model", "model", COLUMN_TEXT, 0, false},
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"questions", "questions", COLUMN_NUMBER, 0, false},
	{"price", "price", COLUMN_NUMBER, 1, false},
};

/* What is run in all; for programs with the command. */
static void report_totals(struct report *report, const struct session *session, const struct budget_plan *plan)
{
	struct table *table = table_new(total_columns, sizeof total_columns / sizeof *total_columns);
	struct budget_total totals[BUDGET_STEPS_MAX];
	size_t count = budget_plan_totals(plan, totals);
	struct text command = {0};

	for (size_t i = 0; i < count; i++) {
		table_text(table, names_model(session->catalog, plan->wish.model[totals[i].model]));
		table_text(table, names_benchmark(session->catalog, plan->runs.run[totals[i].run].benchmark, report->format));
		table_number(table, totals[i].more);
		table_number(table, totals[i].price);
	}
	budget_plan_command(session, plan, &command);
	report_table(report, "totals", "In all", table, TABLE_SIDE);
	report_text(report, "command", NULL, text_string(&command));
	table_free(table);
	text_free(&command);
}

static enum status report_plan(struct cli *cli, const struct session *session, const struct budget_plan *plan,
			       const struct plan_budget *options, const struct plan_until *until, struct error *error)
{
	struct report report;

	cli_report(cli, &report);
	struct table *table = tabulate(session, plan, report.format);
	report_text(&report, "model", "model", names_model(session->catalog, plan->wish.model[0]));
	if (plan->wish.count > 1)
		report_text(&report, "other", "against", names_model(session->catalog, plan->wish.model[1]));
	report_text(&report, "target", "target", names_target(session->catalog, &session->target, report.format));
	report_text(&report, "unit", "prices in", price_unit_name(plan->wish.unit));
	report_question(&report, plan, options, until);
	report_table(&report, "plan", NULL, table, TABLE_MAIN);
	report_totals(&report, session, plan);
	enum status status = draw_curve(cli, session, plan, options, &report, error);
	report_end(&report);
	table_free(table);
	plan_warn_prices(cli, &plan->runs);
	return status;
}

/* ---- the whole -------------------------------------------------------------------------------------------- */

enum status plan_read_budget(const char *words, double *most, enum price_unit *unit, struct error *error)
{
	*most = INFINITY;
	*unit = PRICE_QUESTIONS;
	if (!words || price_parse(words, most, unit))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "--budget: \"%s\" is no price", words);
	return error_advise(error, "say it as \"500\" (questions), \"2M tokens\", \"90 min\" or \"2 h\"");
}

static enum status read_wish(const struct session *session, const struct plan_budget *options, struct plan_until *until,
			     struct budget_wish *wish, struct error *error)
{
	*wish = (struct budget_wish){.count = 1, .prices = options->prices, .most = INFINITY, .whole = options->whole};
	enum status status = plan_read_budget(options->budget, &wish->most, &wish->unit, error);
	if (status == STATUS_OK)
		status = plan_until_parse(session->catalog, options->until, options->level, until, error);
	bool two = status == STATUS_OK && until->models[0] != CATALOG_NONE;
	if (status == STATUS_OK && two == (options->model != NULL))
		return error_set(error, STATUS_USAGE, two ? "--until names both models: leave the argument away"
							  : "plan needs a model, or two in --until \"A > B\"");
	if (status != STATUS_OK)
		return status;
	wish->has_question = until->asked;
	wish->question = until->decision;
	wish->count = two ? 2 : 1;
	wish->model[0] = until->models[0];
	wish->model[1] = until->models[1];
	return two ? STATUS_OK : catalog_resolve(session->catalog, options->model, &wish->model[0], error);
}

static enum status plan_and_report(struct cli *cli, struct session *session, const struct plan_budget *options,
				   const struct plan_until *until, const struct budget_wish *wish, struct error *error)
{
	struct budget_wish whole = *wish;
	struct budget_plan *plan = NULL;

	whole.target = &session->target.engine;
	whole.title = target_full_title(session->catalog, &session->target);
	enum status status = budget_plan_make(session, session->query, &whole, &plan, error);

	if (status == STATUS_OK && plan->known && !wish->has_question) {
		error_set(error, STATUS_USAGE, "the target of %s is known already", names_model(session->catalog, wish->model[0]));
		status = error_advise(error, "name another with --target, or another model");
	}
	if (status == STATUS_OK)
		status = report_plan(cli, session, plan, options, until, error);
	budget_plan_free(plan);
	return status;
}

enum status plan_budget_run(struct cli *cli, struct session *session, const char *target,
			    const struct plan_budget *options, struct error *error)
{
	const struct engine_settings settings = {.prior = PRIOR_KIN};
	struct plan_until until;
	struct budget_wish wish;
	struct text said = {0};
	enum status status = read_wish(session, options, &until, &wish, error);

	if (status == STATUS_OK)
		status = cli_choose_rows(cli, session, wish.model, wish.count, error);
	if (status == STATUS_OK && target)
		status = session_choose_target(session, target, false, &said, error);
	cli_note(cli, &said);
	if (status == STATUS_OK)
		status = cli_fit(cli, session, &settings, false, error);
	return status == STATUS_OK ? plan_and_report(cli, session, options, &until, &wish, error) : status;
}
