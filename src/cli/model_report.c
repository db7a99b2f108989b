/* stemma report: where a model stands among its siblings, what is odd, what to evaluate next. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "names.h"
#include "siblings.h"
#include "stemma/base/memory.h"
#include "stemma/engine/plan.h"

struct report_options {
	bool markdown;
};

#define OPTION(member) offsetof(struct report_options, member)
static const struct option_spec specs[] = {
	{"markdown", 0, OPTION_FLAG, NULL, OPTION(markdown), "print Markdown", NULL},
};

#define ODD_MIN 2   /* standard deviations off what the others predict */
#define NEXT_MAX 3  /* benchmarks to run */

struct subject {
	struct session *session;
	size_t model;
	struct siblings siblings;
};

/* ---- siblings ---------------------------------------------------------------------- */

/* Its place among the siblings that have a value, 1 the best, and how many these are. */
static size_t place_among(const struct subject *subject, const struct engine_target *target, size_t *of)
{
	const struct catalog *catalog = subject->session->catalog;
	double own = catalog_target(catalog, subject->model, target);
	bool upwards = target_upwards(catalog, target);
	size_t better = 0;

	*of = 0;
	for (size_t i = 0; i < subject->siblings.count; i++) {
		double value = catalog_target(catalog, subject->siblings.models[i], target);
		*of += isnan(value) ? 0 : 1;
		better += upwards ? value > own : value < own;
	}
	return isnan(own) ? 0 : better + 1;
}

/* ---- tables ------------------------------------------------------------------------- */

static const struct column score_columns[] = {
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"score", "score", COLUMN_NUMBER, 1, false},
	{"predicted", "predicted", COLUMN_NUMBER, 1, false},
	{"low90", "90 % interval", COLUMN_NUMBER, 1, false},
	{"high90", "", COLUMN_NUMBER, 1, true},
	{"z", "z", COLUMN_SIGNED, 2, false},
	{"place", "place", COLUMN_NUMBER, 0, false},
	{"siblings", "of siblings", COLUMN_NUMBER, 0, false},
};
static const struct column odd_columns[] = {
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"score", "score", COLUMN_NUMBER, 1, false},
	{"predicted", "predicted by its kin", COLUMN_NUMBER, 1, false},
	{"z", "z", COLUMN_SIGNED, 2, false},
};

/* What the others predict of a score that is known, and of others what all that is known does. */
static void add_row(const struct subject *subject, size_t row, enum output_format format, struct table *scores,
		    struct table *odd)
{
	struct session *session = subject->session;
	const struct engine_target *target = &session->rows[row];
	int digits = target_digits(session->catalog, target);
	double score = catalog_target(session->catalog, subject->model, target);
	struct engine_residual residual = {.z = NAN, .predicted = NAN, .low90 = NAN, .high90 = NAN};
	struct engine_estimate estimate;
	size_t of, place = place_among(subject, target, &of);

	engine_estimate(session->query, target, &estimate);
	if (!isnan(score) && engine_residual(session->fit, subject->model, target, ENGINE_LEAVE_MODEL, &residual))
		estimate = (struct engine_estimate){.mean = residual.predicted, .low90 = residual.low90,
						    .high90 = residual.high90};
	table_text(scores, names_row(session, row, format));
	table_value(scores, score, digits);
	table_value(scores, estimate.mean, digits);
	table_value(scores, estimate.low90, digits);
	table_value(scores, estimate.high90, digits);
	table_number(scores, residual.z);
	table_number(scores, place > 0 ? (double)place : NAN);
	table_number(scores, place > 0 ? (double)of : NAN);
	if (!(fabs(residual.z) >= ODD_MIN))
		return;
	table_text(odd, names_row(session, row, format));
	table_value(odd, score, digits);
	table_value(odd, residual.predicted, digits);
	table_number(odd, residual.z);
}

static void report_scores(const struct subject *subject, struct report *report)
{
	struct table *scores = table_new(score_columns, sizeof score_columns / sizeof *score_columns);
	struct table *odd = table_new(odd_columns, sizeof odd_columns / sizeof *odd_columns);

	for (size_t row = 0; row < subject->session->row_count; row++)
		add_row(subject, row, report->format, scores, odd);
	report_table(report, "scores", "Scores", scores, TABLE_MAIN);
	report_table(report, "odd", "Odd scores, by what its kin predict", odd, TABLE_SIDE);
	table_free(scores);
	table_free(odd);
}

/* ---- what to run next ---------------------------------------------------------------- */

/* Tasks of lm-evaluation-harness, by the family or key of a benchmark. */
static const char *const tasks[][2] = {
	{"ifeval", "ifeval"}, {"bbh", "leaderboard_bbh"}, {"math_lvl_5", "leaderboard_math_hard"},
	{"gpqa", "leaderboard_gpqa"}, {"musr", "leaderboard_musr"}, {"mmlu_pro", "mmlu_pro"},
	{"gsm8k", "gsm8k"}, {"humaneval", "humaneval"}, {"mbpp", "mbpp"}, {"hellaswag", "hellaswag"},
	{"arc_challenge", "arc_challenge"}, {"arc", "arc_challenge"}, {"winogrande", "winogrande"},
	{"truthfulqa", "truthfulqa_mc2"}, {"mmlu", "mmlu"}, {"gpqa_diamond", "gpqa_diamond_zeroshot"},
	{"math_500", "minerva_math500"}, {"aime_2024", "aime24"}, {"aime_2025", "aime25"},
};

static const char *task_of(const struct catalog_benchmark *benchmark)
{
	for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
		if ((benchmark->family && strcmp(benchmark->family, tasks[i][0]) == 0) ||
		    strcmp(benchmark->key, tasks[i][0]) == 0)
			return tasks[i][1];
	return NULL;
}

static const struct column next_columns[] = {
	{"benchmark", "run", COLUMN_TEXT, 0, false},
	{"sd", "sd of the target then", COLUMN_NUMBER, 2, false},
	{"command", "with", COLUMN_TEXT, 0, false},
};

static void add_next(const struct subject *subject, const struct plan_step *step, enum output_format format,
		     struct table *table)
{
	const struct catalog *catalog = subject->session->catalog;
	const char *task = task_of(&catalog->benchmarks[step->benchmark]);
	struct text command = {0};

	if (task)
		text_append_format(&command, "lm_eval --model hf --model_args pretrained=%s --tasks %s --output_path results",
				   names_model(catalog, subject->model), task);
	table_text(table, names_benchmark(catalog, step->benchmark, format));
	table_number(table, step->after.sd);
	table_text(table, task ? text_string(&command) : NULL);
	text_free(&command);
}

static void report_next(const struct subject *subject, struct report *report)
{
	struct session *session = subject->session;
	const struct engine_target *target = &session->target.engine;
	struct table *table = table_new(next_columns, sizeof next_columns / sizeof *next_columns);
	struct plan_step *steps = memory_zero(session->board.count + 1, sizeof *steps);
	struct engine_estimate before;
	size_t known, count = 0;
	const struct engine_cell *cells = catalog_cells(session->catalog, subject->model, &known);

	if (engine_predict_model(session->query, subject->model, NULL) == STATUS_OK)
		count = engine_plan(session->query, cells, known, session->board.benchmark, session->board.count, target,
				    &before, steps);
	for (size_t i = 0; i < count && i < NEXT_MAX; i++)
		add_next(subject, &steps[i], report->format, table);
	report_table(report, "next", "What to evaluate next", table, TABLE_SIDE);
	table_free(table);
	free(steps);
}

/* ---- the command ----------------------------------------------------------------------- */

static void report_facts(const struct subject *subject, struct report *report)
{
	const struct catalog *catalog = subject->session->catalog;
	const struct catalog_model *model = &catalog->models[subject->model];
	struct text parents = {0};
	size_t count;
	const struct lineage_parent *parent = lineage_parents(catalog->lineage, subject->model, &count);

	for (size_t i = 0; i < count; i++)
		if (parent[i].weight > 0)
			text_append_format(&parents, "%s%s (%s%s)", i ? ", " : "", names_model(catalog, parent[i].node),
					   relation_name(parent[i].relation), lineage_share_assumed(&parent[i]) ? ", share assumed" : "");
	report_text(report, "model", "model", model->name);
	report_text(report, "kind", "kind", kind_name(model->kind));
	report_number(report, "params_b", "parameters (B)", model->params_b, 2);
	report_text(report, "parents", "parents", parents.length ? text_string(&parents) : NULL);
	report_text(report, "target", "target", target_full_title(catalog, &subject->session->target));
	text_free(&parents);
}

static enum status report_model(struct cli *cli, struct session *session, const struct report_options *options,
				size_t model, struct error *error)
{
	struct subject subject = {.session = session, .model = model};
	struct report report;
	enum status status = engine_predict_known(session->query, model, error);

	if (status != STATUS_OK)
		return status;
	siblings_find(session->catalog, model, &subject.siblings);
	cli_report(cli, &report);
	if (options->markdown)
		report.format = OUTPUT_MARKDOWN;
	report_facts(&subject, &report);
	report_scores(&subject, &report);
	siblings_rank(session, &subject.siblings);
	siblings_report(&report, session, &subject.siblings, false);
	report_next(&subject, &report);
	report_end(&report);
	siblings_free(&subject.siblings);
	return STATUS_OK;
}

static enum status report_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			      struct error *error)
{
	const struct report_options *options = specific;
	const struct engine_settings settings = {.prior = PRIOR_KIN};
	struct session *session;
	size_t model = CATALOG_NONE;

	(void)count;
	if (options->markdown && (cli->options.json || cli->options.csv))
		return error_set(error, STATUS_USAGE, "--markdown excludes --json and --csv");
	cli->rows_wait = true;
	enum status status = cli_open(cli, &session, error);
	if (status != STATUS_OK)
		return status;
	status = catalog_resolve(session->catalog, arguments[0], &model, error);
	if (status == STATUS_OK)
		status = cli_choose_rows(cli, session, &model, 1, error);
	if (status == STATUS_OK)
		status = cli_fit(cli, session, &settings, false, error);
	if (status == STATUS_OK)
		status = report_model(cli, session, options, model, error);
	session_close(session);
	return status;
}

const struct command report_command = {
	.name = "report",
	.arguments = "MODEL",
	.summary = "Where a model stands among its siblings, what is odd, what to run next",
	.details = "\nSiblings have a parent in common with it.  Predictions are those of the others, without\n"
		   "the model's own score.",
	.minimum = 1,
	.maximum = 1,
	.json = true,
	.csv = true,
	.board = true,
	.target = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct report_options),
	.run = report_run,
};
