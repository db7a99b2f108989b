/* stemma plan: which benchmark should be run next? */
#include <math.h>
#include <stdlib.h>

#include "command.h"
#include "names.h"
#include "plan_budget.h"
#include "plan_questions.h"
#include "stemma/app/outcomes.h"
#include "stemma/app/target.h"
#include "stemma/base/memory.h"
#include "stemma/engine/plan.h"

struct plan_options {
	const char *target, *output, *task;
	struct plan_budget price; /* its model is the argument */
	bool test;
	uint64_t seed, questions, repeats;
};
#define QUESTIONS_DEFAULT 50
#define QUESTIONS_MAX 1000
#define QUESTIONS_UNTIL 200 /* at most, where a question ends the plan */
static const struct plan_options defaults = {.seed = 1, .repeats = 1};

#define OPTION(member) offsetof(struct plan_options, member)
static const struct option_spec specs[] = {
	{"target", 't', OPTION_TEXT, "TARGET", OPTION(target),
	 "a benchmark, KEY:WEIGHT,... or a set of single answers (default: the target)", NULL},
	{"budget", 'b', OPTION_TEXT, "COST", OPTION(price.budget),
	 "runs, whole or of some questions, for at most 500, \"2M tokens\" or \"90 min\"", NULL},
	{"until", 'u', OPTION_TEXT, "QUESTION", OPTION(price.until),
	 "until it is decided: \"> 70\", \"±2\" or, instead of a model, \"A > B\"", NULL},
	{"level", 0, OPTION_TEXT, "PERCENT", OPTION(price.level), "how sure a decision has to be (default 95)", NULL},
	{"whole", 0, OPTION_FLAG, NULL, OPTION(price.whole), "run benchmarks as a whole or not at all", NULL},
	{"prices", 0, OPTION_TEXT, "FILE", OPTION(price.prices),
	 "table of prices (default prices.csv beside the configuration)", NULL},
	{"curve", 0, OPTION_FLAG, NULL, OPTION(price.curve), "draw the width of the interval against the cost", NULL},
	{"svg", 0, OPTION_TEXT, "FILE", OPTION(price.svg), "the same as a file", NULL},
	{"questions", 0, OPTION_NUMBER, "N", OPTION(questions), "of a set: at most N questions (default 50)", NULL},
	{"output", 'o', OPTION_TEXT, "FILE", OPTION(output), "of a set: the questions for lm_eval --samples", NULL},
	{"task", 0, OPTION_TEXT, "TASK", OPTION(task), "the set's name in that file (default its own)", NULL},
	{"backtest", 0, OPTION_FLAG, NULL, OPTION(test),
	 "compare with a random order and other rivals, on known models", NULL},
	{"repeats", 0, OPTION_NUMBER, "N", OPTION(repeats), "of a set's back-test: hold out N times (default 1)", NULL},
	{"seed", 0, OPTION_NUMBER, "N", OPTION(seed), "seed of the back-test (default 1)", NULL},
};
static const struct option_need needs[] = {{"task", "output"}, {"level", "until"}, {"repeats", "backtest"}, {"seed", "backtest"}, {NULL, NULL}};

static const struct column columns[] = {PLAN_COLUMNS("benchmark", "run")};

void plan_add_step(struct table *table, size_t step, const char *what, const struct engine_estimate *after,
		   int digits)
{
	table_number(table, (double)step);
	table_text(table, what);
	table_value(table, after->sd, digits + 1);
	table_value(table, after->low50, digits);
	table_value(table, after->high50, digits);
	table_value(table, after->low90, digits);
	table_value(table, after->high90, digits);
}

/* What may be run: the board's benchmarks, and those of the target. */
static uint32_t *list_candidates(const struct session *session, size_t *count)
{
	const struct engine_target *target = &session->target.engine;
	struct board board = board_copy(&session->board);

	for (size_t i = 0; i < target->count; i++)
		board_add(&board, target->benchmark[i]);
	*count = board.count;
	free(board.name);
	return board.benchmark;
}

static void report_plan(const struct cli *cli, const struct session *session, size_t model,
			const struct engine_estimate *before, const struct plan_step *steps, size_t count)
{
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);
	int digits = target_digits(session->catalog, &session->target.engine);
	struct report report;

	cli_report(cli, &report);
	report_text(&report, "model", "model", names_model(session->catalog, model));
	report_text(&report, "target", "target", names_target(session->catalog, &session->target, report.format));
	plan_add_step(table, 0, "nothing more", before, digits);
	for (size_t i = 0; i < count; i++)
		plan_add_step(table, i + 1, names_benchmark(session->catalog, steps[i].benchmark, report.format),
			      &steps[i].after, digits);
	report_table(&report, "plan", NULL, table, TABLE_MAIN);
	report_end(&report);
	table_free(table);
}

static enum status fail_nothing_to_run(const struct session *session, size_t model,
				       const struct engine_estimate *before, struct error *error)
{
	if (isnan(before->mean)) {
		error_set(error, STATUS_DATA, "%s is not predicted", session->target.name);
		return error_advise(error, "name another with --target");
	}
	error_set(error, STATUS_USAGE, "the target of %s is known already", names_model(session->catalog, model));
	return error_advise(error, "name another with --target, or another model");
}

static enum status plan_model(struct cli *cli, struct session *session, size_t model, struct error *error)
{
	size_t candidates, known, count = 0;
	uint32_t *candidate = list_candidates(session, &candidates);
	struct plan_step *steps = memory_zero(candidates + 1, sizeof *steps);
	const struct engine_cell *cells = catalog_cells(session->catalog, model, &known);
	struct engine_estimate before;
	enum status status = engine_predict_model(session->query, model, error);

	if (status == STATUS_OK) {
		count = engine_plan(session->query, cells, known, candidate, candidates, &session->target.engine,
				    &before, steps);
		if (count == 0)
			status = fail_nothing_to_run(session, model, &before, error);
	}
	if (status == STATUS_OK)
		report_plan(cli, session, model, &before, steps, count);
	free(steps);
	free(candidate);
	return status;
}

static const struct column test_columns[] = {
	{"runs", "runs", COLUMN_NUMBER, 0, false},
	{"planned", "error: as planned", COLUMN_NUMBER, 3, false},
	{"random", "in random order", COLUMN_NUMBER, 3, false},
	{"sd", "expected sd", COLUMN_NUMBER, 3, false},
};

static enum status plan_test(struct cli *cli, struct session *session, uint64_t seed, struct error *error)
{
	const struct engine_target *target = &session->target.engine;
	struct plan_figures *figures = memory_zero(target->count + 1, sizeof *figures);
	struct engine_data data;

	catalog_engine_data(session->catalog, &data);
	enum status status = engine_plan_test(&data, session->query, target, seed, &cli->progress, figures, error);
	cli_end_progress(cli);
	if (status == STATUS_OK) {
		struct table *table = table_new(test_columns, sizeof test_columns / sizeof *test_columns);
		struct report report;
		cli_report(cli, &report);
		report_number(&report, "models", "models", (double)figures[0].models, 0);
		for (size_t k = 0; k < target->count; k++) {
			table_number(table, (double)k);
			table_number(table, figures[k].planned);
			table_number(table, figures[k].random);
			table_number(table, figures[k].deviation);
		}
		report_table(&report, "backtest", NULL, table, TABLE_MAIN);
		report_end(&report);
		table_free(table);
	}
	free(figures);
	return status;
}

/* Whether runs are chosen by what they cost, or until a question is decided. */
static bool for_price(const struct plan_options *options)
{
	const struct plan_budget *price = &options->price;

	return price->budget || price->prices || price->svg || price->whole || price->curve;
}

static enum status check_together(const struct plan_options *options, bool set, struct error *error)
{
	if (!set && (options->questions > 0 || options->output || options->task || options->repeats != 1)) {
		error_set(error, STATUS_USAGE,
			  "--questions, --output, --task and --repeats are for a set of single answers");
		return error_advise(error, "name it with --target, as in --target mmlu_pro_math");
	}
	if (options->test && options->price.until)
		return error_set(error, STATUS_USAGE, "the back-test has no --until");
	if ((set || options->test) && for_price(options)) {
		error_set(error, STATUS_USAGE, "--budget, --whole, --prices, --curve and --svg are for a plan of benchmarks");
		return error_advise(error, "a set of single answers takes --questions");
	}
	if (options->test && (options->questions > 0 || options->output || options->task))
		return error_set(error, STATUS_USAGE, "the back-test asks up to 100 questions and writes no file");
	if (options->questions > QUESTIONS_MAX || options->repeats < 1 || options->repeats > 100)
		return error_set(error, STATUS_USAGE, "--questions goes to %d, --repeats from 1 to 100",
				 QUESTIONS_MAX);
	return STATUS_OK;
}

static enum status plan_set(struct cli *cli, struct session *session, const struct plan_options *options,
			    char **arguments, struct error *error)
{
	const struct engine_settings settings = {.prior = PRIOR_KIN};
	const struct plan_questions wanted = {
		.set = options->target, .output = options->output, .task = options->task, .seed = options->seed,
		.budget = options->questions ? options->questions : options->price.until ? QUESTIONS_UNTIL : QUESTIONS_DEFAULT,
		.until = options->price.until, .level = options->price.level, .repeats = options->repeats,
	};

	if (options->test)
		return plan_questions_test(cli, session, &wanted, error);
	enum status status = cli_choose_rows(cli, session, NULL, 0, error);
	if (status == STATUS_OK)
		status = cli_fit_all(cli, session, &settings, false, error);
	return status == STATUS_OK ? plan_questions_model(cli, session, arguments[0], &wanted, error) : status;
}

static enum status plan_benchmarks(struct cli *cli, struct session *session,
				   const struct plan_options *options, char **arguments, struct error *error)
{
	struct engine_settings settings = {.prior = PRIOR_KIN};
	size_t model = CATALOG_NONE;
	struct text said = {0};
	enum status status = options->test ? STATUS_OK : catalog_resolve(session->catalog, arguments[0], &model, error);

	if (status == STATUS_OK)
		status = cli_choose_rows(cli, session, &model, options->test ? 0 : 1, error);
	if (status == STATUS_OK && options->target)
		status = session_choose_target(session, options->target, false, &said, error);
	cli_note(cli, &said);
	if (status != STATUS_OK)
		return status;
	status = cli_fit(cli, session, &settings, false, error);
	if (status != STATUS_OK)
		return status;
	return options->test ? plan_test(cli, session, options->seed, error)
			     : plan_model(cli, session, model, error);
}

static enum status plan_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			    struct error *error)
{
	const struct plan_options *options = specific;
	struct session *session;

	if (options->test ? count > 0 : count == 0 && !options->price.until) {
		error_set(error, STATUS_USAGE, "plan needs either a model or --backtest");
		return error_advise(error, "as in 'stemma plan owner/name'");
	}
	cli->rows_wait = true;
	enum status status = cli_open(cli, &session, error);
	if (status != STATUS_OK)
		return status;
	bool set = options->target && catalog_benchmark(session->catalog, options->target) == CATALOG_NONE &&
		   outcomes_exist(session->store, options->target);
	struct plan_budget price = options->price;
	price.model = count > 0 ? arguments[0] : NULL;
	status = check_together(options, set, error);
	if (status == STATUS_OK && set && count == 0 && !options->test)
		status = error_set(error, STATUS_USAGE, "a plan of questions is for one model");
	if (status == STATUS_OK && !set && (for_price(options) || price.until))
		status = plan_budget_run(cli, session, options->target, &price, error);
	else if (status == STATUS_OK)
		status = set ? plan_set(cli, session, options, arguments, error)
			     : plan_benchmarks(cli, session, options, arguments, error);
	session_close(session);
	return status;
}

const struct command plan_command = {
	.name = "plan",
	.arguments = "[MODEL]",
	.summary = "Tell which benchmark to run, or which questions to put, next to a model",
	.details = "\nEach step is the run, or of a set of single answers the question, after which the\n"
		   "target is surest.  How sure does not depend on the result, so the plan is made before\n"
		   "any run; intervals are for results as expected.",
	.maximum = 1,
	.json = true,
	.csv = true,
	.board = true,
	COMMAND_SPECS(specs),
	.needs = needs,
	.options_size = sizeof(struct plan_options),
	.defaults = &defaults,
	.run = plan_run,
};
