/* stemma suggest: what should be merged? */
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "names.h"
#include "stemma/app/sketch.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/engine/suggest.h"
#include "target.h"

static const char *const by_words[] = {
#define X(symbol, word) word,
	SUGGEST_ORDER_TABLE(X)
#undef X
	NULL
};

struct suggest_options {
	const char *target, *least, *most, *since, *until, *floor;
	struct option_list license, no_license, owner, not_owner, include, exclude;
	uint64_t limit, parents, per_model;
	int by, method;
	bool suspects;
};
static const struct suggest_options defaults = {
	.limit = 20, .parents = 2, .per_model = 1, .method = MERGE_LINEAR
};

#define OPTION(member) offsetof(struct suggest_options, member)
static const struct option_spec specs[] = {
	{"target", 't', OPTION_TEXT, "TARGET", OPTION(target), "average (default), a benchmark or KEY=WEIGHT,...", NULL},
	{"by", 0, OPTION_CHOICE, "ORDER", OPTION(by), "gain (expected, default) or chance (of a gain)", by_words},
	{"parents", 0, OPTION_NUMBER, "2|3", OPTION(parents), "pairs (default) or triples", NULL},
	{"method", 0, OPTION_CHOICE, "METHOD", OPTION(method), "merge method (default linear)", method_words},
	{"floor", 0, OPTION_TEXT, "POINTS", OPTION(floor), "merges predicted to reach this (default: the best tenth)", NULL},
	{"min-params", 0, OPTION_TEXT, "B", OPTION(least), "models of at least B billion parameters", NULL},
	{"max-params", 0, OPTION_TEXT, "B", OPTION(most), "models of at most B billion parameters", NULL},
	{"license", 0, OPTION_LIST, "LICENSE", OPTION(license), "models of this licence only (* and ? match)", NULL},
	{"no-license", 0, OPTION_LIST, "LICENSE", OPTION(no_license), "no models of this licence", NULL},
	{"owner", 0, OPTION_LIST, "OWNER", OPTION(owner), "models of this owner only", NULL},
	{"not-owner", 0, OPTION_LIST, "OWNER", OPTION(not_owner), "no models of this owner", NULL},
	{"since", 0, OPTION_TEXT, "DATE", OPTION(since), "models uploaded on this day or later", NULL},
	{"until", 0, OPTION_TEXT, "DATE", OPTION(until), "models uploaded on this day or earlier", NULL},
	{"include", 0, OPTION_LIST, "NAME", OPTION(include), "merges of this model only", NULL},
	{"exclude", 0, OPTION_LIST, "NAME", OPTION(exclude), "no merges of this model", NULL},
	{"suspects", 0, OPTION_FLAG, NULL, OPTION(suspects), "take flagged and suspect models too", NULL},
	{"per-model", 0, OPTION_NUMBER, "N", OPTION(per_model), "answers that may share a model (default 1)", NULL},
	{"limit", 0, OPTION_NUMBER, "N", OPTION(limit), "the first N answers (default 20)", NULL},
};

/* ---- constraints ------------------------------------------------------------- */

static bool matches(const struct option_list *list, const char *word)
{
	for (size_t i = 0; word && i < list->count; i++)
		if (fnmatch(list->values[i], word, FNM_CASEFOLD) == 0)
			return true;
	return false;
}

static enum status parse_floor(const char *word, double *value, struct error *error)
{
	char *end = NULL;

	*value = word ? strtod(word, &end) : NAN;
	if (!word || (end != word && *end == '\0' && *value >= 0 && *value <= 100))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "--floor %s is no score from 0 to 100", word);
	return error_advise(error, "as in --floor 30; 0 lets every merge pass");
}

static enum status parse_size(const char *word, const char *option, double nothing, double *value,
			      struct error *error)
{
	char *end = NULL;

	*value = word ? strtod(word, &end) : nothing;
	if (!word || (end != word && *end == '\0' && isfinite(*value) && *value > 0))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "--%s %s is no number of billions", option, word);
	return error_advise(error, "as in --%s 8", option);
}

static enum status parse_date(const char *word, const char *option, double nothing, double *value,
			      struct error *error)
{
	*value = word ? date_days(word) : nothing;
	if (!isnan(*value))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "--%s %s is no date", option, word);
	return error_advise(error, "as in --%s 2024-06-30", option);
}

struct limits {
	double least, most, since, until;
};

static enum status parse_limits(const struct suggest_options *options, struct limits *limits,
				struct error *error)
{
	enum status status = parse_size(options->least, "min-params", 0, &limits->least, error);

	if (status == STATUS_OK)
		status = parse_size(options->most, "max-params", INFINITY, &limits->most, error);
	if (status == STATUS_OK)
		status = parse_date(options->since, "since", -INFINITY, &limits->since, error);
	if (status == STATUS_OK)
		status = parse_date(options->until, "until", INFINITY, &limits->until, error);
	return status;
}

/* Unknown sizes and dates pass only where nothing is asked of them. */
static bool is_allowed(const struct catalog_model *model, const struct suggest_options *options,
		       const struct limits *limits)
{
	const char *slash = strchr(model->name, '/');
	char *owner = memory_string_slice(model->name, slash ? (size_t)(slash - model->name) : 0);
	bool owned = (!options->owner.count || matches(&options->owner, owner)) &&
		     !matches(&options->not_owner, owner);

	free(owner);
	if (!owned || (model->suspect && !options->suspects))
		return false;
	if ((options->license.count && !matches(&options->license, model->license)) ||
	    matches(&options->no_license, model->license))
		return false;
	if (model->params_b < limits->least || model->params_b > limits->most)
		return false;
	if (!options->since && !options->until)
		return true;
	return model->uploaded >= limits->since && model->uploaded <= limits->until;
}

static enum status resolve_list(const struct catalog *catalog, const struct option_list *list,
				size_t *models, struct error *error)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < list->count && status == STATUS_OK; i++)
		status = catalog_resolve(catalog, list->values[i], &models[i], error);
	return status;
}

static enum status find_allowed(const struct catalog *catalog, const struct suggest_options *options,
				bool *allowed, struct error *error)
{
	size_t *excluded = memory_allocate(options->exclude.count + 1, sizeof *excluded);
	struct limits limits;
	enum status status = parse_limits(options, &limits, error);

	if (status == STATUS_OK)
		status = resolve_list(catalog, &options->exclude, excluded, error);
	for (size_t i = 0; i < catalog->count && status == STATUS_OK; i++)
		allowed[i] = is_allowed(&catalog->models[i], options, &limits) &&
			     !(catalog->excluded && catalog->excluded[i]);
	for (size_t i = 0; i < options->exclude.count && status == STATUS_OK; i++)
		allowed[excluded[i]] = false;
	free(excluded);
	return status;
}

/* A method must give its parents the shares that the weights say. */
static enum status check_method(const struct suggest_options *options, struct error *error)
{
	const struct merge_method_info *info = merge_method_info((enum merge_method)options->method);
	double weights[SUGGEST_PARENTS_MAX] = {0.5, 0.3, 0.2}, shares[SUGGEST_PARENTS_MAX], base = 0;
	size_t count = (size_t)options->parents;

	if (count < 2 || count > SUGGEST_PARENTS_MAX)
		return error_set(error, STATUS_USAGE, "--parents is 2 or 3");
	if (options->limit < 1 || options->per_model < 1)
		return error_set(error, STATUS_USAGE, "--limit and --per-model are 1 or more");
	if (options->include.count > count)
		return error_set(error, STATUS_USAGE, "--include names more models than --parents");
	if (count == 2)
		weights[0] = 0.7;
	merge_shares((enum merge_method)options->method, count, weights, info->parents_max == 1 ? 0 : -1, 1,
		     shares, &base);
	for (size_t i = 0; i < count; i++)
		if (base > 0 || fabs(shares[i] - weights[i]) > 1e-6 || info->reduction == REDUCE_LAYERS ||
		    (info->reduction == REDUCE_SLERP && count != 2)) {
			error_set(error, STATUS_USAGE, "%s does not give %zu parents the shares that suggest looks for",
				  info->name, count);
			return error_advise(error, "take linear, and try the method with 'stemma predict'");
		}
	return STATUS_OK;
}

/* ---- the report -------------------------------------------------------------- */

static const struct column columns[] = {
	{"rank", "", COLUMN_NUMBER, 0, false},
	{"shown_gain", "gain", COLUMN_SIGNED, 1, false},
	{"chance", "chance", COLUMN_PERCENT, 0, false},
	{"predicted", "predicted", COLUMN_NUMBER, 1, false},
	{"sd", "sd", COLUMN_NUMBER, 1, false},
	{"best_score", "best", COLUMN_NUMBER, 1, false},
	{"raw_gain", "unshrunk", COLUMN_SIGNED, 1, false},
	{"weight1", "", COLUMN_NUMBER, 2, false},
	{"parent1", "parents", COLUMN_TEXT, 0, false},
	{"weight2", "", COLUMN_NUMBER, 2, false},
	{"parent2", "", COLUMN_TEXT, 0, false},
	{"weight3", "", COLUMN_NUMBER, 2, false},
	{"parent3", "", COLUMN_TEXT, 0, false},
};

static void report_answers(struct report *report, const struct catalog *catalog, size_t parents,
			   const struct suggest_result *result)
{
	bool all = report->format != OUTPUT_TEXT;
	size_t shown = all ? SUGGEST_PARENTS_MAX : parents;
	struct table *table = table_new(columns, 7 + 2 * shown);

	for (size_t i = 0; i < result->count; i++) {
		const struct suggest_answer *answer = &result->answers[i];
		table_number(table, (double)i + 1);
		table_number(table, answer->shown);
		table_number(table, answer->chance);
		table_number(table, answer->mean);
		table_number(table, answer->sd);
		table_number(table, answer->best);
		table_number(table, answer->gain);
		for (size_t p = 0; p < shown; p++) {
			table_number(table, p < parents ? answer->weights[p] : NAN);
			table_text(table, p < parents ? names_model(catalog, answer->parents[p]) : NULL);
		}
	}
	report_table(report, "suggestions", NULL, table, TABLE_MAIN);
	table_free(table);
}

static void report_note(const struct report *report, const struct suggest_result *result)
{
	if (report->format != OUTPUT_TEXT)
		return;
	fprintf(report->out,
		"\nBest of %.0f merges of %zu models that are predicted to reach %.1f.  gain is over the\n"
		"best parent's published score, shrunk for the size of the search: up to %.2f of the\n"
		"spread of predicted gains (%.1f points) is error, by %zu merges with known scores, and\n"
		"the best of so many have the luckiest errors.  chance does not know of the search.\n",
		result->searched, result->candidates, result->floor, 1 - result->slope,
		result->spread, result->slope_merges);
}

static void report_suggestions(struct report *report, const struct catalog *catalog,
			       const struct suggest_options *options,
			       const struct suggest_result *result)
{
	bool text = report->format == OUTPUT_TEXT;

	report_text(report, "target", "target", options->target ? options->target : "average");
	report_text(report, "by", NULL, by_words[options->by]);
	report_text(report, "method", "method", method_words[options->method]);
	if (!text) {
		report_number(report, "floor", NULL, result->floor, 2);
		report_number(report, "candidates", NULL, (double)result->candidates, 0);
		report_number(report, "searched", NULL, result->searched, 0);
		report_number(report, "spread", NULL, result->spread, 3);
		report_number(report, "slope", NULL, result->slope, 3);
		report_number(report, "slope_merges", NULL, (double)result->slope_merges, 0);
	}
	report_answers(report, catalog, (size_t)options->parents, result);
	report_note(report, result);
}

/* ---- the command --------------------------------------------------------------- */

static enum status suggest(struct cli *cli, struct session *session,
			   const struct suggest_options *options, struct suggest_result *result,
			   struct error *error)
{
	const struct catalog *catalog = session->catalog;
	const struct engine_settings engine = {.prior = PRIOR_KIN};
	double *target = memory_zero(catalog->benchmark_count + 1, sizeof *target);
	size_t *include = memory_allocate(options->include.count + 1, sizeof *include);
	bool *allowed = memory_zero(catalog->count + 1, sizeof *allowed);
	struct suggest_settings settings = {
		.allowed = allowed, .include = include, .include_count = options->include.count,
		.target = target, .parents = (size_t)options->parents,
		.by = (enum suggest_order)options->by, .limit = (size_t)options->limit,
		.per_model = (size_t)options->per_model,
	};
	enum status status = check_method(options, error);

	if (status == STATUS_OK)
		status = parse_floor(options->floor, &settings.floor, error);
	if (status == STATUS_OK)
		status = target_parse(catalog, options->target, target, error);
	if (status == STATUS_OK)
		status = resolve_list(catalog, &options->include, include, error);
	if (status == STATUS_OK)
		status = find_allowed(catalog, options, allowed, error);
	if (status == STATUS_OK)
		status = cli_fit(cli, session, &engine, false, error);
	if (status == STATUS_OK)
		status = engine_suggest(session->fit, &settings, &cli->progress, result, error);
	cli_end_progress(cli);
	free(target);
	free(include);
	free(allowed);
	return status;
}

static enum status suggest_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			       struct error *error)
{
	const struct suggest_options *options = specific;
	struct suggest_result result = {0};
	struct session *session;
	struct report report;
	enum status status = cli_open(cli, &session, error);

	(void)count, (void)arguments;
	if (status != STATUS_OK)
		return status;
	status = suggest(cli, session, options, &result, error);
	if (status == STATUS_OK) {
		cli_report(cli, &report);
		report_suggestions(&report, session->catalog, options, &result);
		report_end(&report);
	}
	suggest_result_free(&result);
	session_close(session);
	return status;
}

const struct command suggest_command = {
	.name = "suggest",
	.arguments = "",
	.summary = "Suggest merges that promise most",
	.details = "\nParents are scored models of one architecture and size.  The expected score is\n"
		   "linear in the weights, so the best by gain lie at the ends of 0.2 to 0.8.",
	.json = true,
	.csv = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct suggest_options),
	.defaults = &defaults,
	.run = suggest_run,
};
