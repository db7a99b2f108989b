/* stemma plan: which benchmark should be run next? */
#include <math.h>
#include <stdlib.h>

#include "command.h"
#include "names.h"
#include "stemma/app/target.h"
#include "stemma/base/memory.h"
#include "stemma/engine/plan.h"

struct plan_options {
	const char *target;
	bool test;
	uint64_t seed;
};
static const struct plan_options defaults = {.seed = 1};

#define OPTION(member) offsetof(struct plan_options, member)
static const struct option_spec specs[] = {
	{"target", 't', OPTION_TEXT, "TARGET", OPTION(target), "average (default) or a benchmark", NULL},
	{"backtest", 0, OPTION_FLAG, NULL, OPTION(test), "compare with a random order, on all scored models", NULL},
	{"seed", 0, OPTION_NUMBER, "N", OPTION(seed), "seed of the random order (default 1)", NULL},
};

static const struct column columns[] = {
	{"step", "", COLUMN_NUMBER, 0, false},
	{"benchmark", "run", COLUMN_TEXT, 0, false},
	{"sd", "sd after", COLUMN_NUMBER, 2, false},
	{"low50", "50 % interval", COLUMN_NUMBER, 1, false},
	{"high50", "", COLUMN_NUMBER, 1, true},
	{"low90", "90 % interval", COLUMN_NUMBER, 1, false},
	{"high90", "", COLUMN_NUMBER, 1, true},
};

static void add_step(struct table *table, double step, const char *benchmark,
		     const struct engine_estimate *after)
{
	table_number(table, step);
	table_text(table, benchmark);
	table_number(table, after->sd);
	table_number(table, after->low50);
	table_number(table, after->high50);
	table_number(table, after->low90);
	table_number(table, after->high90);
}

static enum status plan_model(struct cli *cli, struct session *session, const char *name,
			      size_t target, struct error *error)
{
	const struct catalog *catalog = session->catalog;
	size_t benchmarks = catalog->benchmark_count, model, count;
	enum status status = catalog_resolve(catalog, name, &model, error);

	if (status != STATUS_OK)
		return status;
	struct engine_estimate before, *estimates = memory_zero(benchmarks + 1, sizeof *estimates);
	struct plan_step *steps = memory_zero(benchmarks + 1, sizeof *steps);
	status = engine_predict_model(session->query, model, estimates, error);
	if (status == STATUS_OK) {
		count = engine_plan(session->query, benchmarks, catalog->scores + model * benchmarks, target,
				    &before, steps);
		if (count == 0) {
			error_set(error, STATUS_USAGE, "the target of %s is known already", names_model(catalog, model));
			status = error_advise(error, "name another with --target, or another model");
		}
	}
	if (status == STATUS_OK) {
		struct table *table = table_new(columns, sizeof columns / sizeof *columns);
		struct report report;
		cli_report(cli, &report);
		report_text(&report, "model", "model", names_model(catalog, model));
		report_text(&report, "target", "target", names_benchmark(catalog, target, report.format));
		add_step(table, 0, "nothing more", &before);
		for (size_t i = 0; i < count; i++)
			add_step(table, (double)i + 1, names_benchmark(catalog, steps[i].benchmark, report.format),
				 &steps[i].after);
		report_table(&report, "plan", NULL, table, TABLE_MAIN);
		report_end(&report);
		table_free(table);
	}
	free(estimates);
	free(steps);
	return status;
}

static const struct column test_columns[] = {
	{"runs", "runs", COLUMN_NUMBER, 0, false},
	{"planned", "error: as planned", COLUMN_NUMBER, 3, false},
	{"random", "in random order", COLUMN_NUMBER, 3, false},
	{"sd", "expected sd", COLUMN_NUMBER, 3, false},
};

static enum status plan_test(struct cli *cli, struct session *session, size_t target, uint64_t seed,
			     struct error *error)
{
	size_t benchmarks = session->catalog->benchmark_count;
	struct plan_figures *figures = memory_zero(benchmarks + 1, sizeof *figures);
	struct engine_data data;

	catalog_engine_data(session->catalog, &data);
	enum status status = engine_plan_test(&data, session->query, target, seed, &cli->progress, figures, error);
	cli_end_progress(cli);
	if (status == STATUS_OK) {
		struct table *table = table_new(test_columns, sizeof test_columns / sizeof *test_columns);
		struct report report;
		cli_report(cli, &report);
		report_number(&report, "models", "models", (double)figures[0].models, 0);
		for (size_t k = 0; k < benchmarks; k++) {
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

static enum status plan_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			    struct error *error)
{
	const struct plan_options *options = specific;
	const struct engine_settings settings = {.prior = PRIOR_KIN};
	struct session *session;
	size_t target;

	if ((count == 1) == options->test) {
		error_set(error, STATUS_USAGE, "plan needs either a model or --backtest");
		return error_advise(error, "as in 'stemma plan owner/name'");
	}
	enum status status = cli_open(cli, &session, error);
	if (status != STATUS_OK)
		return status;
	status = target_find_benchmark(session->catalog, options->target ? options->target : "average", &target,
				      error);
	if (status == STATUS_OK)
		status = cli_fit(cli, session, &settings, false, error);
	if (status == STATUS_OK)
		status = options->test ? plan_test(cli, session, target, options->seed, error)
				       : plan_model(cli, session, arguments[0], target, error);
	session_close(session);
	return status;
}

const struct command plan_command = {
	.name = "plan",
	.arguments = "[MODEL]",
	.summary = "Tell which benchmark to run next on a model",
	.details = "\nEach step is the run after which the target is surest.  How sure does not depend\n"
		   "on the result, so the plan is made before any run; intervals are for results as\n"
		   "expected.",
	.maximum = 1,
	.json = true,
	.csv = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct plan_options),
	.defaults = &defaults,
	.run = plan_run,
};
