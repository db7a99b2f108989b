/* stemma eval: how well what the fit has not seen is predicted. */
#include "eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/facts.h"
#include "stemma/base/memory.h"

#define OPTION(member) offsetof(struct eval_options, member)
static const struct option_spec specs[] = {
	{"protocol", 0, OPTION_TEXT, "LIST", OPTION(protocols),
	 "scores: cells, blocks, warm, cold, late, new-benchmark; models on the board: random, all, time, family,"
	 " homogeneous; merges (default: cells,blocks,warm,cold,late)", NULL},
	{"method", 0, OPTION_TEXT, "LIST", OPTION(methods), "run these methods (default: all)", NULL},
	{"seed", 0, OPTION_NUMBER, "N", OPTION(seed), "seed of the splits (default: 1)", NULL},
	{"date", 0, OPTION_TEXT, "DATE", OPTION(date),
	 "time, late: hold out uploads from here on (default: 2024-12-20; late: the newest tenth)", NULL},
	{"judge", 0, OPTION_TEXT, "LIST", OPTION(judge), "judge these suites and benchmarks (default: all)", NULL},
	{"not", 0, OPTION_TEXT, "LIST", OPTION(not), "but not these", NULL},
	{"models", 0, OPTION_NUMBER, "N", OPTION(models),
	 "judge benchmarks that so many models are known on (default: 20; of a file: 1)", NULL},
	{"folds", 0, OPTION_TEXT, "FILE", OPTION(folds),
	 "hide the scores that FILE names together: fold, model, benchmark", NULL},
	{"test", 0, OPTION_TEXT, "FILE", OPTION(test),
	 "judge by the scores in FILE, which the fit does not see", NULL},
	{"reveal", 0, OPTION_TEXT, "SHARE", OPTION(reveal),
	 "a share of the file's scores stays known (default: 0)", NULL},
	{"keep", 0, OPTION_TEXT, "LIST", OPTION(keep),
	 "new-benchmark: scores of it that are known (default: 5,10,20)", NULL},
	{"sample", 0, OPTION_NUMBER, "N", OPTION(sample),
	 "new-benchmark: as many of a suite (default: 3; 0: all)", NULL},
	{"known", 0, OPTION_TEXT, "LIST", OPTION(known),
	 "benchmarks of the board known of each held-out model (default: 0)", NULL},
	{"hide", 0, OPTION_TEXT, "LIST", OPTION(hide),
	 "models on the board: hide these facts of the held-out ones: template, kind, size", NULL},
	{"suites", 0, OPTION_FLAG, NULL, OPTION(suites), "print each suite", NULL},
	{"benchmarks", 0, OPTION_FLAG, NULL, OPTION(benchmarks), "print each benchmark", NULL},
	{"lineage", 0, OPTION_FLAG, NULL, OPTION(lineage),
	 "tell what lineage buys, by the nearest scored relative and by how models were made", NULL},
	{"benchmark", 'b', OPTION_TEXT, "NAME", OPTION(benchmark),
	 "predict the single answers to this set of questions", NULL},
	{"observed", 0, OPTION_TEXT, "LIST", OPTION(observed),
	 "single answers known of each held-out model (default: 0,5,10,25,50,100)", NULL},
	{"tie", 0, OPTION_NUMBER, "N", OPTION(tie),
	 "pull the factors of all questions together by N (default: 0)", NULL},
	{"paper", 0, OPTION_FLAG, NULL, OPTION(paper),
	 "compare methods as the published study does, by a share of the data (minutes)", NULL},
	{"drift", 0, OPTION_FLAG, NULL, OPTION(drift),
	 "compare merges with the mean of their parents, by method", NULL},
};
static const struct option_need needs[] = {{"observed", "benchmark"}, {"tie", "benchmark"}, {NULL, NULL}};
static const struct eval_options defaults = {.seed = 1, .sample = 3};

/* ---- lists ------------------------------------------------------------------------------ */

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

struct numbers {
	struct eval_numbers *read;
	const char *option;
	size_t least, most;
};

static enum status read_number(void *context, const char *word, struct error *error)
{
	struct numbers *numbers = context;
	struct eval_numbers *read = numbers->read;
	char *end;
	long number = strtol(word, &end, 10);
	size_t place = 0;

	if (end == word || *end || number < (long)numbers->least || number > (long)numbers->most ||
	    read->count == EVAL_NUMBERS_MAX)
		return error_set(error, STATUS_USAGE, "--%s takes numbers from %zu to %zu, not \"%s\"",
				 numbers->option, numbers->least, numbers->most, word);
	while (place < read->count && read->list[place] < (size_t)number)
		place++;
	if (place < read->count && read->list[place] == (size_t)number)
		return STATUS_OK;
	memmove(read->list + place + 1, read->list + place, (read->count - place) * sizeof *read->list);
	read->list[place] = (size_t)number;
	read->count++;
	return STATUS_OK;
}

enum status eval_read_numbers(const char *text, const char *option, size_t least, size_t most,
			      struct eval_numbers *read, struct error *error)
{
	struct numbers numbers = {read, option, least, most};

	read->count = 0;
	return each_word(text, read_number, &numbers, error);
}

static enum status plan_method(void *context, const char *word, struct error *error)
{
	bool *methods = context;
	enum evaluation_method method = evaluation_method_parse(word);

	if (method == METHOD_COUNT) {
		error_set(error, STATUS_USAGE, "there is no method \"%s\"", word);
		return error_advise(error, "take mean, bias, rank2, als, factor, ncf, nearest, size, ancestor, relatives, parents,"
				    " family, none, laplacian, kin, unlinked or shuffled");
	}
	methods[method] = true;
	return STATUS_OK;
}

/* ---- what is to be run ---------------------------------------------------------------------- */

static enum status plan_protocol(void *context, const char *word, struct error *error)
{
	struct eval_plan *plan = context;
	enum protocol protocol = protocol_parse(word);
	enum holdout_protocol of_scores = holdout_protocol_parse(word);

	if (strcmp(word, "merges") == 0) {
		plan->merges = true;
	} else if (strcmp(word, "late") == 0) {
		plan->scores[HOLDOUT_LATE_WARM] = plan->scores[HOLDOUT_LATE_COLD] = true;
	} else if (protocol < PROTOCOL_GIVEN) {
		plan->models[protocol] = true;
	} else if (of_scores < HOLDOUT_GIVEN) {
		plan->scores[of_scores] = true;
	} else {
		error_set(error, STATUS_USAGE, "there is no protocol \"%s\"", word);
		return error_advise(error, "take cells, blocks, warm, cold, late, new-benchmark, random, all, time, family,"
				    " homogeneous or merges");
	}
	return STATUS_OK;
}

static enum status plan_hidden(void *context, const char *word, struct error *error)
{
	struct eval_plan *plan = context;
	enum evaluation_hide fact = evaluation_hide_parse(word);

	if (fact == EVALUATION_HIDE_COUNT) {
		error_set(error, STATUS_USAGE, "--hide does not know \"%s\"", word);
		return error_advise(error, "take template, kind or size");
	}
	plan->hide[fact] = true;
	return STATUS_OK;
}

/* What the protocols on single scores do not know. */
static enum status check_hidden(const struct eval_plan *plan, struct error *error)
{
	bool scores = plan->merges;

	for (size_t p = 0; p < HOLDOUT_PROTOCOL_COUNT; p++)
		scores = scores || plan->scores[p];
	if (!scores)
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "--hide hides facts of the models that are held out on the board");
	return error_advise(error, "add --protocol with random, all, time, family or homogeneous");
}

/* The tables of a CSV share one head. */
static enum status check_tables(const struct cli *cli, const struct eval_plan *plan, struct error *error)
{
	bool models = false, scores = false;

	for (size_t p = 0; p < PROTOCOL_COUNT; p++)
		models = models || plan->models[p];
	for (size_t p = 0; p < HOLDOUT_PROTOCOL_COUNT; p++)
		scores = scores || plan->scores[p];
	if (plan->merges && (models || scores)) {
		error_set(error, STATUS_USAGE, "the protocol merges has a table of its own");
		return error_advise(error, "run it alone");
	}
	if (!cli->options.csv || !models || !scores)
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "the protocols of scores and those of models have different columns");
	return error_advise(error, "run them one after the other, or with --json");
}

static enum status make_plan(const struct cli *cli, const struct eval_options *options, struct eval_plan *plan,
			     struct error *error)
{
	enum status status = STATUS_OK;

	plan->chosen = options->protocols || options->test || options->folds;
	if (options->test && options->known)
		plan->models[PROTOCOL_GIVEN] = true;
	else if (options->test || options->folds)
		plan->scores[HOLDOUT_GIVEN] = true;
	else
		status = each_word(options->protocols ? options->protocols : "cells,blocks,warm,cold,late",
				   plan_protocol, plan, error);
	if (status == STATUS_OK)
		status = check_tables(cli, plan, error);
	if (status == STATUS_OK && options->hide)
		status = each_word(options->hide, plan_hidden, plan, error);
	if (status == STATUS_OK && options->hide)
		status = check_hidden(plan, error);
	if (status == STATUS_OK && options->date && isnan(date_days(options->date)))
		status = error_set(error, STATUS_USAGE, "--date \"%s\" is not a date (YYYY-MM-DD)", options->date);
	return status;
}

static enum status run_plan(struct cli *cli, const struct eval_options *options, const struct eval_plan *plan,
			    const struct session *session, const struct judge *judge, struct error *error)
{
	struct report report;

	if (judge->cells.missing > 0)
		cli_warn(cli, "%zu of the %zu scores that the file names are not in the cache", judge->cells.missing,
			 judge->cells.missing + judge->cells.count);
	cli_report(cli, &report);
	enum status status = eval_models(cli, options, plan, session, judge->given, &report, error);
	if (status == STATUS_OK && !plan->merges)
		status = eval_scores(cli, options, plan, session, &judge->cells, &report, error);
	if (status == STATUS_OK && plan->merges)
		status = eval_merges(cli, session, options->seed, &report, error);
	report_end(&report);
	return status;
}

/* Options that say what is judged and how: of no use to what has figures of its own. */
static bool has_protocol_options(const struct eval_options *options)
{
	return options->test || options->folds || options->protocols || options->methods || options->date ||
	       options->known || options->judge || options->not || options->models || options->reveal ||
	       options->keep || options->hide || options->sample != defaults.sample || options->benchmarks || options->suites || options->lineage;
}

static enum status check_together(const struct eval_options *options, struct error *error)
{
	if (options->drift && (options->benchmark || has_protocol_options(options)))
		return error_set(error, STATUS_USAGE, "--drift excludes all options but --seed");
	if (options->paper && (options->drift || options->observed || options->tie || has_protocol_options(options)))
		return error_set(error, STATUS_USAGE, "--paper excludes all options but --benchmark and --seed");
	if (options->benchmark && has_protocol_options(options))
		return error_set(error, STATUS_USAGE,
				 "--benchmark excludes all options but --observed, --tie and --seed");
	if ((options->test != NULL) + (options->folds != NULL) + (options->protocols != NULL) > 1)
		return error_set(error, STATUS_USAGE, "--test, --folds and --protocol exclude each other");
	if (options->reveal && (!(options->test || options->folds) || options->known))
		return error_set(error, STATUS_USAGE, "--reveal goes with --test or --folds, and without --known");
	if (options->lineage && (options->methods || options->known))
		return error_set(error, STATUS_USAGE, "--lineage compares the methods kin, unlinked and shuffled on scores, and"
				 " excludes --method and --known");
	return STATUS_OK;
}

/* Nothing can be said of benchmarks on which nothing else is known. */
static enum status check_learnable(const struct eval_options *options, const struct judge *judge, struct error *error)
{
	if (judge->learnable || options->reveal)
		return STATUS_OK;
	error_set(error, STATUS_DATA, "%s: the cache has no scores on the benchmarks of this file, so there is nothing to"
		  " predict them from", options->test);
	return error_advise(error, "import scores of other models on them, or take a part of the file's own: --reveal 0.5");
}

/* Without lineage kin itself is what these would be. */
static enum status drop_controls(struct cli *cli, const struct eval_options *options, bool *methods, struct error *error)
{
	bool left = !options->methods;

	if (options->lineage) {
		error_set(error, STATUS_DATA, "the cache has no lineage, so there is nothing to compare");
		return error_advise(error, "import a table of edges, model cards or merge configurations");
	}
	if (left || methods[METHOD_UNLINKED] || methods[METHOD_SHUFFLED])
		cli_warn(cli, "the cache has no lineage: unlinked and shuffled, which would be the same as kin, are left out");
	methods[METHOD_UNLINKED] = methods[METHOD_SHUFFLED] = false;
	for (size_t m = 0; m < METHOD_COUNT; m++)
		left = left || methods[m];
	if (left)
		return STATUS_OK;
	error_set(error, STATUS_DATA, "no method is left");
	return error_advise(error, "take kin");
}

static enum status run(struct cli *cli, const void *context, size_t count, char **arguments,
		       struct error *error)
{
	const struct eval_options *options = context;
	bool methods[METHOD_COUNT] = {false};
	struct eval_plan plan = {.methods = options->methods || options->lineage ? methods : NULL};
	struct session *session = NULL;
	struct judge judge = {0};
	(void)count;
	(void)arguments;

	enum status status = check_together(options, error);
	if (status == STATUS_OK && options->methods)
		status = each_word(options->methods, plan_method, methods, error);
	if (options->lineage)
		methods[METHOD_KIN] = methods[METHOD_UNLINKED] = methods[METHOD_SHUFFLED] = true;
	if (status == STATUS_OK)
		status = make_plan(cli, options, &plan, error);
	if (status == STATUS_OK)
		status = cli_open(cli, &session, error);
	if (status == STATUS_OK && options->test)
		status = judge_open(session, options->test, &cli->progress, &judge, error);
	if (status == STATUS_OK && options->folds)
		status = judge_read_folds(session->catalog, options->folds, &judge.cells, error);
	cli_end_progress(cli);
	if (status == STATUS_OK && options->test)
		status = check_learnable(options, &judge, error);
	const struct session *judged = judge.session ? judge.session : session;
	if (status == STATUS_OK && !options->drift && !options->paper && lineage_edges(judged->catalog->lineage) == 0)
		status = drop_controls(cli, options, methods, error);
	if (status == STATUS_OK && options->drift)
		status = eval_drift(cli, session, options->seed, error);
	else if (status == STATUS_OK && options->paper)
		status = eval_paper(cli, options, session, error);
	else if (status == STATUS_OK && options->benchmark)
		status = eval_answers(cli, options, session, error);
	else if (status == STATUS_OK)
		status = run_plan(cli, options, &plan, judged, &judge, error);
	judge_close(&judge);
	session_close(session);
	return status;
}

const struct command eval_command = {
	.name = "eval",
	.arguments = "",
	.summary = "Tell how well scores and models are predicted that the fit never saw",
	.details = "\nBaselines of scores: mean, bias, rank2, als, factor, ncf, nearest, size, ancestor,\n"
		   "relatives; of models: mean, parents, family.  The engine: none, laplacian, kin (the priors\n"
		   "of 'stemma fit'); unlinked (kin without lineage) and shuffled (with shuffled lineage),\n"
		   "controls that must lose.  Linked models have a scored parent in training, merges two or\n"
		   "more.",
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
