/* stemma race: which of several models is the best, and what to run to know it? */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "merge_options.h"
#include "names.h"
#include "plan_budget.h"
#include "stemma/base/memory.h"
#include "stemma/engine/race.h"

struct race_options {
	const char *budget, *level, *prices;
	bool whole, test;
	uint64_t repeats, seed;
};
static const struct race_options defaults = {.repeats = 1, .seed = 1};

#define OPTION(member) offsetof(struct race_options, member)
static const struct option_spec specs[] = {
	{"budget", 'b', OPTION_TEXT, "COST", OPTION(budget), "spend at most 500 questions, \"2M tokens\" or \"90 min\"", NULL},
	{"level", 0, OPTION_TEXT, "PERCENT", OPTION(level), "how sure the best has to be (default 95)", NULL},
	{"whole", 0, OPTION_FLAG, NULL, OPTION(whole), "run benchmarks as a whole or not at all", NULL},
	{"prices", 0, OPTION_TEXT, "FILE", OPTION(prices), "table of prices (default prices.csv beside the configuration)",
	 NULL},
	{"backtest", 0, OPTION_FLAG, NULL, OPTION(test), "race the families of known models against each other", NULL},
	{"repeats", 0, OPTION_NUMBER, "N", OPTION(repeats), "of the back-test: hold out N times (default 1)", NULL},
	{"seed", 0, OPTION_NUMBER, "N", OPTION(seed), "of the back-test (default 1)", NULL},
};
static const struct option_need needs[] = {{"repeats", "backtest"}, {"seed", "backtest"}, {NULL, NULL}};

#define LEVEL_DEFAULT 95.0
#define REPEATS_MAX 100
#define STEPS_MAX 200
#define FAMILY_LEAST 3
#define FAMILY_MOST 10

/* ---- candidates --------------------------------------------------------------------------------- */

struct candidates {
	size_t count;
	char **names;        /* as on the command line */
	size_t *model;       /* CATALOG_NONE: a merge that is not made yet */
	struct budget_runs runs;
	struct race race;
};

static void candidates_free(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->race.count; i++)
		prospect_free(candidates->race.prospect[i]);
	budget_runs_free(&candidates->runs);
	free(candidates->model);
}

/* A model of the cache; else a configuration. */
static enum status find_candidates(const struct session *session, struct candidates *candidates, struct error *error)
{
	candidates->model = memory_allocate(candidates->count + 1, sizeof *candidates->model);
	for (size_t i = 0; i < candidates->count; i++) {
		const char *name = candidates->names[i];
		candidates->model[i] = CATALOG_NONE;
		if (catalog_find(session->catalog, name) == CATALOG_NONE && access(name, R_OK) == 0)
			continue;
		enum status status = catalog_resolve(session->catalog, name, &candidates->model[i], error);
		if (status != STATUS_OK)
			return status;
		for (size_t j = 0; j < i; j++)
			if (candidates->model[j] == candidates->model[i])
				return error_set(error, STATUS_USAGE, "%s is named twice", name);
	}
	return STATUS_OK;
}

static enum status predict_merge(struct cli *cli, struct session *session, const char *path, struct error *error)
{
	const struct merge_options options = MERGE_OPTION_DEFAULTS;
	struct sketch_prediction prediction = {0};
	struct sketch sketch;

	sketch_init(&sketch);
	enum status status = merge_options_sketch(cli, session, &options, path, &sketch, error);

	if (status == STATUS_OK) {
		status = sketch_check_shapes(&sketch, session->catalog, error);
		if (status != STATUS_OK)
			error_locate(error, path, 0, 0);
	}
	if (status == STATUS_OK)
		status = sketch_predict_on_demand(&sketch, session, &prediction, error);
	if (status == STATUS_OK)
		sketch_prediction_free(&prediction);
	sketch_free(&sketch);
	return status;
}

static enum status enter(struct cli *cli, struct session *session, struct candidates *candidates, size_t i,
			 struct error *error)
{
	const struct engine_cell *cells = NULL;
	size_t known = 0, model = candidates->model[i];
	enum status status = model == CATALOG_NONE ? predict_merge(cli, session, candidates->names[i], error)
						   : engine_predict_model(session->query, model, error);

	if (model != CATALOG_NONE)
		cells = catalog_cells(session->catalog, model, &known);
	if (status == STATUS_OK)
		status = budget_prospect(session->query, &session->target.engine, &candidates->runs, cells, known,
					 &candidates->race.prospect[i], error);
	if (status == STATUS_OK)
		candidates->race.count = i + 1;
	return status;
}

/* ---- the report ----------------------------------------------------------------------------------- */

static const struct column candidate_columns[] = {
	{"candidate", "candidate", COLUMN_TEXT, 0, false},
	{"mean", "expected", COLUMN_NUMBER, 1, false},
	{"sd", "sd", COLUMN_NUMBER, 2, false},
	{"low90", "90 % interval", COLUMN_NUMBER, 1, false},
	{"high90", "", COLUMN_NUMBER, 1, true},
	{"chance", "chance to be the best", COLUMN_PERCENT, 1, false},
	{"state", "", COLUMN_TEXT, 0, false},
};

static struct table *tabulate_candidates(const struct candidates *candidates, int digits)
{
	struct table *table = table_new(candidate_columns, sizeof candidate_columns / sizeof *candidate_columns);
	const struct race *race = &candidates->race;

	for (size_t i = 0; i < candidates->count; i++) {
		struct engine_estimate estimate = prospect_estimate(race->prospect[i]);
		table_text(table, candidates->names[i]);
		table_value(table, estimate.mean, digits);
		table_value(table, estimate.sd, digits + 1);
		table_value(table, estimate.low90, digits);
		table_value(table, estimate.high90, digits);
		table_number(table, race->chance[i]);
		table_text(table, race->out[i] ? "out" : race_is_over(race) && race_leader(race) == i ? "the best" : "in");
	}
	return table;
}

static const struct column run_columns[] = {
	{"step", "", COLUMN_NUMBER, 0, false},
	{"candidate", "run", COLUMN_TEXT, 0, false},
	{"benchmark", "on", COLUMN_TEXT, 0, false},
	{"questions", "questions", COLUMN_NUMBER, 0, false},
	{"price", "price", COLUMN_NUMBER, 1, false},
	{"spent", "spent", COLUMN_NUMBER, 1, false},
	{"leader", "likeliest then", COLUMN_TEXT, 0, false},
	{"chance", "chance", COLUMN_PERCENT, 1, false},
};

/* Runs with results as expected, until one is the best at the level. */
static struct table *tabulate_runs(const struct session *session, struct candidates *candidates, double most,
				   enum output_format format)
{
	struct table *table = table_new(run_columns, sizeof run_columns / sizeof *run_columns);
	struct race *race = &candidates->race;
	double spent = 0;

	for (size_t k = 0; k < STEPS_MAX && !race_is_over(race); k++) {
		struct prospect_step step;
		size_t i;
		if (!race_next(race, most - spent, &i, &step))
			break;
		prospect_take(race->prospect[i], &step, NAN);
		race_judge(race);
		spent += step.price;
		size_t leader = race_leader(race);
		table_number(table, (double)k + 1);
		table_text(table, candidates->names[i]);
		table_text(table, names_benchmark(session->catalog, candidates->runs.run[step.run].benchmark, format));
		table_number(table, step.more);
		table_number(table, step.price);
		table_number(table, spent);
		table_text(table, candidates->names[leader]);
		table_number(table, race->chance[leader]);
	}
	return table;
}

static void report_race(struct cli *cli, const struct session *session, struct candidates *candidates, double most,
			enum price_unit unit)
{
	struct report report;

	cli_report(cli, &report);
	struct table *now = tabulate_candidates(candidates, target_digits(session->catalog, &session->target.engine));
	bool over = race_is_over(&candidates->race);
	struct table *runs = tabulate_runs(session, candidates, most, report.format);
	report_text(&report, "target", "target", names_target(session->catalog, &session->target, report.format));
	report_text(&report, "unit", "prices in", price_unit_name(unit));
	report_text(&report, "decided", "decided", over ? "yes" : "no");
	report_table(&report, "candidates", NULL, now, TABLE_MAIN);
	report_table(&report, "runs", "To run, with results as expected", runs, TABLE_SIDE);
	report_end(&report);
	table_free(now);
	table_free(runs);
	plan_warn_prices(cli, &candidates->runs);
}

/* ---- the race ---------------------------------------------------------------------------------------- */

static enum status run_candidates(struct cli *cli, struct session *session, const struct race_options *options,
				  struct candidates *candidates, struct error *error)
{
	const struct engine_settings settings = {.prior = PRIOR_KIN};
	double most;
	enum price_unit unit;
	enum status status = plan_read_budget(options->budget, &most, &unit, error);

	if (status == STATUS_OK)
		status = find_candidates(session, candidates, error);
	if (status == STATUS_OK)
		status = cli_choose_rows(cli, session, candidates->model, 0, error);
	if (status == STATUS_OK)
		status = cli_fit(cli, session, &settings, false, error);
	if (status == STATUS_OK)
		status = budget_runs_list(session, &session->target.engine, options->prices, unit, &candidates->runs, error);
	candidates->race.whole = options->whole;
	candidates->race.upwards = target_upwards(session->catalog, &session->target.engine);
	for (size_t i = 0; i < candidates->count && status == STATUS_OK; i++)
		status = enter(cli, session, candidates, i, error);
	if (status != STATUS_OK)
		return status;
	race_judge(&candidates->race);
	report_race(cli, session, candidates, most, unit);
	return STATUS_OK;
}

/* ---- the back-test -------------------------------------------------------------------------------------- */

static const struct column test_columns[] = {
	{"policy", "", COLUMN_TEXT, 0, false},
	{"cost", "share of the cost", COLUMN_PERCENT, 1, false},
	{"found", "best found", COLUMN_PERCENT, 1, false},
	{"regret", "points lost", COLUMN_NUMBER, 2, false},
};

static void report_test(struct cli *cli, const struct session *session, const struct race_figures *figures)
{
	struct table *table = table_new(test_columns, sizeof test_columns / sizeof *test_columns);
	struct report report;

	for (enum race_policy policy = 0; policy < RACE_POLICIES; policy++) {
		table_text(table, race_policy_name(policy));
		table_number(table, figures[policy].cost);
		table_number(table, figures[policy].found);
		table_number(table, figures[policy].regret);
	}
	cli_report(cli, &report);
	report_text(&report, "target", "target", names_target(session->catalog, &session->target, report.format));
	report_number(&report, "families", "families", (double)figures[0].families, 0);
	report_number(&report, "candidates", "candidates", (double)figures[0].candidates, 0);
	report_table(&report, "backtest", NULL, table, TABLE_MAIN);
	report_end(&report);
	table_free(table);
}

static enum status test_races(struct cli *cli, struct session *session, const struct race_options *options,
			      double level, struct error *error)
{
	struct race_figures figures[RACE_POLICIES];
	struct prices *prices = NULL;
	struct engine_data data;
	double most;
	enum price_unit unit;
	enum status status = plan_read_budget(options->budget, &most, &unit, error);

	if (status == STATUS_OK)
		status = cli_choose_rows(cli, session, NULL, 0, error);
	if (status == STATUS_OK)
		status = prices_open(session->catalog, options->prices, &prices, error);
	if (status != STATUS_OK)
		return status;
	catalog_engine_data(session->catalog, &data);
	double *price = memory_allocate(data.benchmarks + 1, sizeof *price);
	for (size_t b = 0; b < data.benchmarks; b++)
		price[b] = prices_of(prices, b, unit).whole;
	const struct race_test_settings settings = {
		.seed = options->seed, .repeats = (size_t)options->repeats, .least = FAMILY_LEAST, .most = FAMILY_MOST,
		.level = level, .price = price,
	};
	status = race_test(&data, &session->target.engine, &settings, &cli->progress, figures, error);
	cli_end_progress(cli);
	if (status == STATUS_OK)
		report_test(cli, session, figures);
	free(price);
	prices_close(prices);
	return status;
}

static enum status read_level(const char *words, double *level, struct error *error)
{
	char *end = NULL;

	*level = words ? strtod(words, &end) : LEVEL_DEFAULT;
	if ((words && (end == words || *end)) || !(*level > 50 && *level < 100))
		return error_set(error, STATUS_USAGE, "--level: expected percent above 50 and below 100, not \"%s\"", words);
	*level /= 100;
	return STATUS_OK;
}

static enum status race_run(struct cli *cli, const void *specific, size_t count, char **arguments, struct error *error)
{
	const struct race_options *options = specific;
	struct candidates candidates = {.count = count, .names = arguments};
	struct session *session;

	if (options->test ? count > 0 : count < 2) {
		error_set(error, STATUS_USAGE, "race needs either two candidates or more, or --backtest");
		return error_advise(error, "as in 'stemma race a.yml b.yml owner/name'");
	}
	if (count > RACE_MAX || options->repeats < 1 || options->repeats > REPEATS_MAX)
		return error_set(error, STATUS_USAGE, "at most %d candidates; --repeats from 1 to %d", RACE_MAX, REPEATS_MAX);
	enum status status = read_level(options->level, &candidates.race.level, error);
	cli->rows_wait = true;
	if (status == STATUS_OK)
		status = cli_open(cli, &session, error);
	if (status != STATUS_OK)
		return status;
	status = options->test ? test_races(cli, session, options, candidates.race.level, error)
			       : run_candidates(cli, session, options, &candidates, error);
	candidates_free(&candidates);
	session_close(session);
	return status;
}

const struct command race_command = {
	.name = "race",
	.arguments = "[CANDIDATE...]",
	.summary = "Tell which of several models is probably the best, and what to run to know it",
	.details = "\nA candidate is a model, or the configuration of a merge that is not made yet.",
	.maximum = COMMAND_MANY,
	.json = true,
	.csv = true,
	.board = true,
	.target = true,
	COMMAND_SPECS(specs),
	.needs = needs,
	.options_size = sizeof(struct race_options),
	.defaults = &defaults,
	.run = race_run,
};
