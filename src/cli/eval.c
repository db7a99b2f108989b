/* stemma eval: how well unseen models are predicted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval.h"
#include "eval_merges.h"
#include "stemma/app/judge.h"
#include "stemma/app/outcomes.h"
#include "stemma/base/facts.h"
#include "stemma/base/memory.h"
#include "stemma/engine/answers.h"
#include "stemma/engine/evaluate.h"

struct eval_options {
	const char *protocols, *known, *date, *test, *observed, *benchmark;
	uint64_t seed, tie;
	bool benchmarks, drift;
};

#define DATE_DEFAULT "2024-12-20"

#define OPTION(member) offsetof(struct eval_options, member)
static const struct option_spec specs[] = {
	{"protocol", 0, OPTION_TEXT, "LIST", OPTION(protocols),
	 "random, all, time, family, homogeneous, merges (default: random,all,time)", NULL},
	{"seed", 0, OPTION_NUMBER, "N", OPTION(seed), "seed of the splits (default: 1)", NULL},
	{"date", 0, OPTION_TEXT, "DATE", OPTION(date),
	 "time: hold out uploads from here on (default: " DATE_DEFAULT ")", NULL},
	{"known", 0, OPTION_TEXT, "LIST", OPTION(known),
	 "benchmarks known of each held-out model (default: 0)", NULL},
	{"test", 0, OPTION_TEXT, "FILE", OPTION(test),
	 "judge by the scores in FILE, which the fit does not see", NULL},
	{"benchmark", 'b', OPTION_TEXT, "NAME", OPTION(benchmark),
	 "predict the single answers to this set of questions", NULL},
	{"observed", 0, OPTION_TEXT, "LIST", OPTION(observed),
	 "single answers known of each held-out model (default: 0,5,10,25,50,100)", NULL},
	{"tie", 0, OPTION_NUMBER, "N", OPTION(tie),
	 "pull the factors of all questions together by N (default: 0)", NULL},
	{"benchmarks", 0, OPTION_FLAG, NULL, OPTION(benchmarks), "print each benchmark, not only the mean",
	 NULL},
	{"drift", 0, OPTION_FLAG, NULL, OPTION(drift),
	 "compare merges with the mean of their parents, by method", NULL},
};
static const struct option_need needs[] = {{"observed", "benchmark"}, {"tie", "benchmark"}, {NULL, NULL}};
static const struct eval_options defaults = {.seed = 1};

static const struct column columns[] = {
	{"protocol", NULL, COLUMN_TEXT, 0, false},
	{"known", NULL, COLUMN_NUMBER, 0, false},
	{"method", "method", COLUMN_TEXT, 0, false},
	{"subset", "models", COLUMN_TEXT, 0, false},
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"count", "number", COLUMN_NUMBER, 0, false},
	{"pearson", "Pearson", COLUMN_NUMBER, 3, false},
	{"spearman", "Spearman", COLUMN_NUMBER, 3, false},
	{"mae", "MAE", COLUMN_NUMBER, 2, false},
	{"rmse", "RMSE", COLUMN_NUMBER, 2, false},
	{"coverage50", "in 50 %", COLUMN_PERCENT, 1, false},
	{"coverage90", "in 90 %", COLUMN_PERCENT, 1, false},
	{"width90", "width", COLUMN_NUMBER, 1, false},
	{"order", "order", COLUMN_PERCENT, 1, false},
	{"seconds", "seconds", COLUMN_NUMBER, 1, false},
};

/* What the rows of one table are about. */
struct eval {
	struct cli *cli;
	const struct session *session;
	const struct evaluation_settings *settings;
	struct table *table;
	enum output_format format;
	bool benchmarks;
	size_t trained, held_out;
};

static void add_row(struct eval *eval, const struct evaluation_result *result,
		    enum evaluation_subset subset, size_t row)
{
	const struct evaluation_figures *figures =
		&result->figures[subset * (result->targets + 1) + row];
	bool text = eval->format == OUTPUT_TEXT;

	table_text(eval->table, protocol_name(eval->settings->protocol));
	table_number(eval->table, (double)eval->settings->known);
	table_text(eval->table, evaluation_method_name(result->method));
	table_text(eval->table, evaluation_subset_name(subset));
	table_text(eval->table, row == result->targets ? "mean of benchmarks"
				: text ? session_row_title(eval->session, row)
				       : session_row_key(eval->session, row));
	table_number(eval->table, (double)figures->models);
	table_number(eval->table, figures->pearson);
	table_number(eval->table, figures->spearman);
	table_number(eval->table, figures->mae);
	table_number(eval->table, figures->rmse);
	table_number(eval->table, figures->coverage50);
	table_number(eval->table, figures->coverage90);
	table_number(eval->table, figures->width90);
	table_number(eval->table, figures->order);
	table_number(eval->table, result->seconds);
}

/* Text has the mean over the benchmarks, and each of them on demand; JSON and
 * CSV have all. */
static void add_result(void *context, const struct evaluation_result *result)
{
	struct eval *eval = context;
	bool all = eval->benchmarks || eval->format != OUTPUT_TEXT;

	eval->trained = result->trained;
	eval->held_out = result->held_out;
	for (enum evaluation_subset subset = 0; subset < SUBSET_COUNT; subset++) {
		if (result->figures[subset * (result->targets + 1) + result->targets].models < 3)
			continue;
		for (size_t row = 0; all && row < result->targets; row++)
			add_row(eval, result, subset, row);
		add_row(eval, result, subset, result->targets);
	}
}

static enum status evaluate(struct cli *cli, const struct session *session, struct report *report,
			    const struct evaluation_settings *settings, bool benchmarks, struct error *error)
{
	struct engine_data data;
	struct eval eval = {
		.cli = cli, .session = session, .settings = settings, .benchmarks = benchmarks,
		.table = table_new(columns, sizeof columns / sizeof *columns), .format = report->format,
	};
	char title[160];

	catalog_engine_data(session->catalog, &data);
	enum status status = engine_evaluate(&data, settings, add_result, &eval, &cli->progress, error);
	cli_end_progress(cli);
	if (status == STATUS_OK) {
		snprintf(title, sizeof title, "%s: %zu models held out, %zu learned from, %zu of %zu benchmarks known",
			 protocol_name(settings->protocol), eval.held_out, eval.trained, settings->known,
			 session->board.count);
		report_table(report, protocol_name(settings->protocol), title, eval.table, TABLE_MAIN);
	}
	table_free(eval.table);
	return status;
}

/* Calls each() for the words of a comma-separated list. */
static enum status each_word(const char *list, enum status (*each)(void *, const char *, struct error *),
			     void *context, struct error *error)
{
	enum status status = STATUS_OK;

	while (*list && status == STATUS_OK) {
		size_t length = strcspn(list, ",");
		char *word = memory_string_slice(list, length);
		status = each(context, word, error);
		free(word);
		list += length + (list[length] == ',');
	}
	return status;
}

struct plan {
	bool protocol[PROTOCOL_COUNT];
	bool merges; /* protocol of its own: the suggestions */
	bool known[64];
	size_t benchmarks;
};

static enum status plan_protocol(void *context, const char *word, struct error *error)
{
	struct plan *plan = context;
	enum protocol protocol = protocol_parse(word);

	if (strcmp(word, "merges") == 0) {
		plan->merges = true;
		return STATUS_OK;
	}
	if (protocol == PROTOCOL_COUNT || protocol == PROTOCOL_GIVEN) {
		error_set(error, STATUS_USAGE, "there is no protocol \"%s\"", word);
		return error_advise(error, "take random, all, time, family, homogeneous or merges");
	}
	plan->protocol[protocol] = true;
	return STATUS_OK;
}

static enum status plan_known(void *context, const char *word, struct error *error)
{
	struct plan *plan = context;
	char *end;
	long known = strtol(word, &end, 10);

	if (end == word || *end || known < 0 || known >= (long)plan->benchmarks)
		return error_set(error, STATUS_USAGE, "--known takes numbers from 0 to %zu, not \"%s\"",
				 plan->benchmarks - 1, word);
	plan->known[known] = true;
	return STATUS_OK;
}

static enum status make_plan(const struct eval_options *options, size_t benchmarks, struct plan *plan,
			     struct error *error)
{
	*plan = (struct plan){.benchmarks = benchmarks < 64 ? benchmarks : 64};
	enum status status = each_word(options->known ? options->known : "0", plan_known, plan, error);
	if (status == STATUS_OK && options->test)
		plan->protocol[PROTOCOL_GIVEN] = true;
	else if (status == STATUS_OK)
		status = each_word(options->protocols ? options->protocols : "random,all,time", plan_protocol,
				   plan, error);
	bool others = false;
	for (enum protocol protocol = 0; protocol < PROTOCOL_COUNT; protocol++)
		others = others || plan->protocol[protocol];
	if (status == STATUS_OK && plan->merges && others) {
		error_set(error, STATUS_USAGE, "the protocol merges has a table of its own");
		return error_advise(error, "run it alone");
	}
	if (status == STATUS_OK && options->date && isnan(date_days(options->date)))
		status = error_set(error, STATUS_USAGE, "--date \"%s\" is not a date (YYYY-MM-DD)",
				   options->date);
	return status;
}

/* The board's benchmarks and the target, where that isn't one of them. */
static size_t judged_rows(const struct session *session)
{
	const struct engine_target *target = &session->target.engine;
	bool twice = target->count == 1 && board_has(&session->board, target->benchmark[0]);

	return session->row_count - twice;
}

static enum status run_plan(struct cli *cli, const struct eval_options *options,
			    const struct session *session, const bool *given, struct error *error)
{
	struct report report;
	struct plan plan;
	enum status status = make_plan(options, session->board.count, &plan, error);

	if (status != STATUS_OK)
		return status;
	cli_report(cli, &report);
	for (enum protocol protocol = 0; protocol < PROTOCOL_COUNT && status == STATUS_OK; protocol++)
		for (size_t known = 0; known < plan.benchmarks && status == STATUS_OK; known++) {
			struct evaluation_settings settings = {
				.protocol = protocol, .seed = options->seed, .known = known, .given = given,
				.targets = session->rows, .target_count = judged_rows(session),
				.date = date_days(options->date ? options->date : DATE_DEFAULT),
			};
			if (plan.protocol[protocol] && plan.known[known])
				status = evaluate(cli, session, &report, &settings, options->benchmarks, error);
		}
	if (plan.merges && status == STATUS_OK)
		status = eval_merges(cli, session, options->seed, &report, error);
	report_end(&report);
	return status;
}

/* ---- single answers ------------------------------------------------------------------ */

#define OBSERVED_DEFAULT "0,5,10,25,50,100"
#define OBSERVED_MAX 32

static const struct column answer_columns[] = {
	{"method", "method", COLUMN_TEXT, 0, false},
	{"observed", "known", COLUMN_NUMBER, 0, false},
	{"pearson", "answers: Pearson", COLUMN_NUMBER, 3, false},
	{"auc", "AUC", COLUMN_NUMBER, 3, false},
	{"score_pearson", "scores: Pearson", COLUMN_NUMBER, 3, false},
	{"score_mae", "MAE", COLUMN_NUMBER, 2, false},
	{"rank", "rank", COLUMN_NUMBER, 0, false},
	{"lambda", "lambda", COLUMN_NUMBER, 0, false},
	{"seconds", "seconds", COLUMN_NUMBER, 1, false},
};

static void add_answer_result(void *context, const struct answer_result *result)
{
	struct eval *eval = context;

	eval->trained = result->trained;
	eval->held_out = result->held_out;
	table_text(eval->table, answer_method_name(result->method));
	table_number(eval->table, (double)result->known);
	table_number(eval->table, result->pearson);
	table_number(eval->table, result->auc);
	table_number(eval->table, result->score_pearson);
	table_number(eval->table, result->score_mae);
	table_number(eval->table, result->rank ? (double)result->rank : NAN);
	table_number(eval->table, result->lambda);
	table_number(eval->table, result->seconds);
}

struct observed {
	size_t counts[OBSERVED_MAX], count;
};

static enum status plan_observed(void *context, const char *word, struct error *error)
{
	struct observed *observed = context;
	char *end;
	long count = strtol(word, &end, 10);

	if (end == word || *end || count < 0 || count > 1000000 || observed->count == OBSERVED_MAX)
		return error_set(error, STATUS_USAGE, "--observed takes up to %d numbers >= 0, not \"%s\"",
				 OBSERVED_MAX, word);
	observed->counts[observed->count++] = (size_t)count;
	return STATUS_OK;
}

static enum status run_answers(struct cli *cli, const struct eval_options *options,
			       struct session *session, struct error *error)
{
	struct observed observed = {.count = 0};
	struct outcomes outcomes = {0};
	struct eval eval = {.cli = cli, .session = session};
	enum status status = each_word(options->observed ? options->observed : OBSERVED_DEFAULT, plan_observed,
				       &observed, error);

	if (status == STATUS_OK)
		status = outcomes_load(session->store, session->catalog, options->benchmark, &outcomes, error);
	if (status != STATUS_OK)
		return status;
	struct answer_data data = {.answers = outcomes_data(&outcomes), .model = outcomes.models};
	struct answer_settings settings = {.seed = options->seed, .known = observed.counts,
					   .known_count = observed.count, .tie = (double)options->tie};
	catalog_engine_data(session->catalog, &data.engine);
	eval.table = table_new(answer_columns, sizeof answer_columns / sizeof *answer_columns);
	status = answers_evaluate(&data, &settings, add_answer_result, &eval, &cli->progress, error);
	cli_end_progress(cli);
	if (status == STATUS_OK) {
		struct report report;
		char title[256];
		snprintf(title, sizeof title, "%s: %zu questions, %zu models held out, %zu learned from",
			 options->benchmark, outcomes.questions, eval.held_out, eval.trained);
		cli_report(cli, &report);
		report_table(&report, "answers", title, eval.table, TABLE_MAIN);
		report_end(&report);
	}
	table_free(eval.table);
	outcomes_free(&outcomes);
	return status;
}

static enum status check_together(const struct eval_options *options, struct error *error)
{
	if (options->drift && (options->benchmark || options->test || options->protocols || options->date ||
			       options->known || options->benchmarks))
		return error_set(error, STATUS_USAGE, "--drift excludes all options but --seed");
	if (options->benchmark && (options->test || options->protocols || options->date || options->known ||
				   options->benchmarks))
		return error_set(error, STATUS_USAGE, "--benchmark excludes --test, --protocol, --date, --known and"
				 " --benchmarks");
	return STATUS_OK;
}

static enum status run(struct cli *cli, const void *context, size_t count, char **arguments,
		       struct error *error)
{
	const struct eval_options *options = context;
	struct session *session = NULL;
	struct judge judge = {0};
	(void)count;
	(void)arguments;

	enum status status = check_together(options, error);
	if (status == STATUS_OK)
		status = cli_open(cli, &session, error);
	if (status == STATUS_OK && options->test)
		status = judge_open(session, options->test, &cli->progress, &judge, error);
	cli_end_progress(cli);
	if (status == STATUS_OK && options->drift) {
		status = eval_drift(cli, session, options->seed, error);
	} else if (status == STATUS_OK && options->benchmark) {
		status = run_answers(cli, options, session, error);
	} else if (status == STATUS_OK) {
		const struct session *judged = judge.session ? judge.session : session;
		status = run_plan(cli, options, judged, judge.given, error);
	}
	judge_close(&judge);
	session_close(session);
	return status;
}

const struct command eval_command = {
	.name = "eval",
	.arguments = "",
	.summary = "Tell how well models are predicted that the fit never saw",
	.details = "\nMethods: mean, parents, family (baselines); none, laplacian, kin (the priors of\n"
		   "'stemma fit'); shuffled (kin with the lineage shuffled, a control that must lose).\n"
		   "Linked models have a scored parent in training, merges two or more.",
	.json = true,
	.csv = true,
	.board = true,
	.target = true,
	COMMAND_SPECS(specs),
	.needs = needs,
	.options_size = sizeof(struct eval_options),
	.defaults = &defaults,
	.run = run,
};
