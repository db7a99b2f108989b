/* stemma benchmarks: what is known of benchmarks, and what the user says of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "stemma/base/memory.h"
#include "stemma/base/suggest.h"

struct benchmarks_options {
	bool all, predicted;
	const char *suite, *title, *metric, *unit, *family;
	const char *lower, *upper, *chance, *instances, *higher;
	struct option_list aliases;
};

#define OPTION(member) offsetof(struct benchmarks_options, member)
static const struct option_spec specs[] = {
	{"all", 0, OPTION_FLAG, NULL, OPTION(all), "list: hidden ones and those without a score too", NULL},
	{"predicted", 0, OPTION_FLAG, NULL, OPTION(predicted), "list: how well each is predicted; fits", NULL},
	{"suite", 0, OPTION_TEXT, "SUITE", OPTION(suite), "list: of this suite; describe: its suite", NULL},
	{"title", 0, OPTION_TEXT, "TITLE", OPTION(title), "describe: what a person reads", NULL},
	{"metric", 0, OPTION_TEXT, "METRIC", OPTION(metric), "describe: accuracy, pass@1 ...", NULL},
	{"unit", 0, OPTION_TEXT, "UNIT", OPTION(unit), "describe: how its values are printed", NULL},
	{"family", 0, OPTION_TEXT, "FAMILY", OPTION(family), "describe: the test that it asks", NULL},
	{"lower", 0, OPTION_TEXT, "VALUE", OPTION(lower), "describe: lower end of its scale, or open", NULL},
	{"upper", 0, OPTION_TEXT, "VALUE", OPTION(upper), "describe: upper end of its scale, or open", NULL},
	{"chance", 0, OPTION_TEXT, "VALUE", OPTION(chance), "describe: value of a random guess", NULL},
	{"instances", 0, OPTION_TEXT, "N", OPTION(instances), "describe: number of questions", NULL},
	{"higher-is-better", 0, OPTION_TEXT, "yes|no", OPTION(higher), "describe: whether a higher value is better", NULL},
	{"alias", 0, OPTION_LIST, "KEY", OPTION(aliases), "describe: another key; may be repeated", NULL},
};

/* An action and which of the options it takes. */
struct action {
	const char *name, *arguments;
	size_t minimum, maximum; /* words after the action */
	const char *options;     /* their names between blanks */
	enum status (*run)(struct cli *cli, struct session *session, const struct benchmarks_options *options,
			   char **words, size_t count, struct error *error);
};

/* ---- names ------------------------------------------------------------------------ */

/* The id of a key, alias or title; a family is no benchmark, and which of its own is meant
 * the user has to say. */
static enum status find(struct session *session, const char *word, int64_t *id, struct error *error)
{
	size_t benchmark;

	*id = store_find_benchmark(session->store, word);
	if (*id > 0)
		return STATUS_OK;
	if (*id < 0)
		return error_set(error, STATUS_CACHE, "the benchmarks of the cache cannot be read");
	if (catalog_find_benchmark(session->catalog, word, &benchmark, NULL, error) != STATUS_OK)
		return STATUS_USAGE;
	error_set(error, STATUS_USAGE, "no benchmark is called \"%s\"", word);
	return error_advise(error, "did you mean %s?", session->catalog->benchmarks[benchmark].key);
}

/* ---- list and show ------------------------------------------------------------------ */

static const struct column columns[] = {
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"title", "title", COLUMN_TEXT, 0, false},
	{"suite", "suite", COLUMN_TEXT, 0, false},
	{"metric", "metric", COLUMN_TEXT, 0, false},
	{"lower", "from", COLUMN_NUMBER, 0, false},
	{"upper", "to", COLUMN_NUMBER, 0, false},
	{"better", "better", COLUMN_TEXT, 0, false},
	{"family", "family", COLUMN_TEXT, 0, false},
	{"models", "models", COLUMN_NUMBER, 0, false},
	{"newest", NULL, COLUMN_TEXT, 0, false},
	{"newest_is_release", NULL, COLUMN_FLAG, 0, false},
	{NULL, "newest", COLUMN_TEXT, 0, false}, /* both in one */
	{"hidden", NULL, COLUMN_FLAG, 0, false},
	{"pearson", "predicted r", COLUMN_NUMBER, 3, false},
	{"mae", "MAE", COLUMN_NUMBER, 2, false},
};
#define PREDICTED_COLUMNS 2

/* The scores of one benchmark. */
struct covered {
	int64_t benchmark;
	size_t models;
	char newest[16]; /* "" unknown */
	bool newest_is_release;
};

struct listing {
	const struct benchmarks_options *options;
	const struct session *session;
	const char *word;  /* to be found in key, title, suite or family; NULL any */
	struct table *table;
	struct covered *covered;
	size_t count, capacity;
};

static void copy_coverage(struct covered *covered, const struct store_coverage *coverage)
{
	covered->benchmark = coverage->benchmark;
	covered->models = coverage->models;
	covered->newest_is_release = coverage->newest_is_release;
	snprintf(covered->newest, sizeof covered->newest, "%s", coverage->newest ? coverage->newest : "");
}

/* As a person reads it: "~" marks the release date of a model, for a score without a date. */
static void newest_text(const struct covered *covered, char buffer[24])
{
	snprintf(buffer, 24, "%s%s", covered->newest_is_release ? "~" : "", covered->newest);
}

static bool add_coverage(void *context, const struct store_coverage *coverage)
{
	struct listing *listing = context;

	listing->covered = memory_grow(listing->covered, listing->count, &listing->capacity, sizeof *listing->covered);
	copy_coverage(&listing->covered[listing->count++], coverage);
	return true;
}

static struct covered coverage_of(const struct listing *listing, int64_t id)
{
	for (size_t i = 0; i < listing->count; i++)
		if (listing->covered[i].benchmark == id)
			return listing->covered[i];
	return (struct covered){.benchmark = id};
}

static bool contains(const char *text, const char *word)
{
	return text && strcasestr(text, word);
}

static bool is_wanted(const struct listing *listing, const struct store_benchmark *row, size_t models)
{
	const struct benchmark_facts *facts = &row->facts;
	const char *word = listing->word;

	if (!listing->options->all && (row->hidden || models == 0))
		return false;
	if (listing->options->suite && !(facts->suite && strcasecmp(facts->suite, listing->options->suite) == 0))
		return false;
	return !word || contains(facts->key, word) || contains(facts->title, word) ||
	       contains(facts->suite, word) || contains(facts->family, word);
}

static void add_prediction(struct table *table, const struct session *session, const char *key)
{
	size_t benchmark = catalog_benchmark(session->catalog, key);
	struct engine_figures figures = {.pearson = NAN, .mae = NAN};

	if (benchmark != CATALOG_NONE) {
		const struct engine_target one = engine_target_one(benchmark);
		if (engine_fit_covers(session->fit, &one))
			engine_fit_figures(session->fit, &one, ENGINE_LEAVE_CELL, &figures);
	}
	table_number(table, figures.pearson);
	table_number(table, figures.mae);
}

static bool add_benchmark(void *context, const struct store_benchmark *row)
{
	struct listing *listing = context;
	const struct benchmark_facts *facts = &row->facts;
	const struct covered covered = coverage_of(listing, row->id);
	char newest[24];

	if (!is_wanted(listing, row, covered.models))
		return true;
	table_text(listing->table, facts->key);
	table_text(listing->table, facts->title);
	table_text(listing->table, facts->suite);
	table_text(listing->table, facts->metric);
	table_number(listing->table, isfinite(facts->lower) ? facts->lower : (double)NAN);
	table_number(listing->table, isfinite(facts->upper) ? facts->upper : (double)NAN);
	table_text(listing->table, facts->higher_is_better == ANSWER_NO ? "lower" : "higher");
	table_text(listing->table, facts->family);
	table_number(listing->table, (double)covered.models);
	newest_text(&covered, newest);
	table_text(listing->table, covered.newest[0] ? covered.newest : NULL);
	table_number(listing->table, covered.newest[0] ? covered.newest_is_release : (double)NAN);
	table_text(listing->table, covered.newest[0] ? newest : NULL);
	table_number(listing->table, row->hidden);
	if (listing->options->predicted)
		add_prediction(listing->table, listing->session, facts->key);
	return true;
}

static enum status list_run(struct cli *cli, struct session *session, const struct benchmarks_options *options,
			    char **words, size_t count, struct error *error)
{
	const struct engine_settings settings = {.prior = PRIOR_KIN};
	size_t width = sizeof columns / sizeof *columns - (options->predicted ? 0 : PREDICTED_COLUMNS);
	struct listing listing = {.options = options, .session = session, .word = count ? words[0] : NULL};
	struct report report;
	enum status status = options->predicted ? cli_fit(cli, session, &settings, false, error) : STATUS_OK;

	if (status == STATUS_OK)
		status = store_each_coverage(session->store, add_coverage, &listing, error);
	if (status != STATUS_OK)
		goto cleanup;
	listing.table = table_new(columns, width);
	status = store_each_benchmark(session->store, add_benchmark, &listing, error);
	if (status == STATUS_OK) {
		cli_report(cli, &report);
		report_table(&report, "benchmarks", NULL, listing.table, TABLE_MAIN);
		report_end(&report);
	}
	table_free(listing.table);
cleanup:
	free(listing.covered);
	return status;
}

struct shown {
	struct report *report;
	int64_t id;
	struct covered covered;
};

static bool keep_coverage(void *context, const struct store_coverage *coverage)
{
	struct shown *shown = context;

	if (coverage->benchmark == shown->id)
		copy_coverage(&shown->covered, coverage);
	return true;
}

static const char *bound_text(double bound, char buffer[32])
{
	if (isnan(bound))
		return NULL;
	if (isinf(bound))
		return "open";
	snprintf(buffer, 32, "%g", bound);
	return buffer;
}

static void report_newest(struct report *report, const struct covered *covered)
{
	char newest[24];

	if (!covered->newest[0])
		return;
	newest_text(covered, newest);
	if (report->format == OUTPUT_TEXT) {
		report_text(report, "newest", "newest score", newest);
		return;
	}
	report_text(report, "newest", "newest score", covered->newest);
	report_text(report, "newest_is_release", "of a release", covered->newest_is_release ? "yes" : "no");
}

static bool show_benchmark(void *context, const struct store_benchmark *row)
{
	struct shown *shown = context;
	struct report *report = shown->report;
	const struct benchmark_facts *facts = &row->facts;
	char lower[32], upper[32];

	if (row->id != shown->id)
		return true;
	report_text(report, "benchmark", "benchmark", facts->key);
	report_text(report, "title", "title", facts->title);
	report_text(report, "suite", "suite", facts->suite);
	report_text(report, "metric", "metric", facts->metric);
	report_text(report, "unit", "unit", facts->unit);
	report_text(report, "lower", "scale from", bound_text(facts->lower, lower));
	report_text(report, "upper", "to", bound_text(facts->upper, upper));
	report_text(report, "scale", "scale is", row->guessed ? "guessed from the values" : NULL);
	report_number(report, "chance", "chance", facts->chance, 3);
	report_text(report, "higher_is_better", "higher is better", facts->higher_is_better == ANSWER_NO ? "no" : "yes");
	report_number(report, "instances", "questions", facts->instances, 0);
	report_text(report, "family", "family", facts->family);
	report_text(report, "duplicate_of", "copies", facts->duplicate_of);
	report_text(report, "source", "described by", facts->source);
	report_number(report, "models", "models", (double)shown->covered.models, 0);
	report_newest(report, &shown->covered);
	report_text(report, "hidden", "hidden", row->hidden ? "yes" : NULL);
	return false;
}

static bool show_alias(void *context, const char *alias, int64_t benchmark)
{
	struct shown *shown = context;

	if (benchmark == shown->id)
		report_text(shown->report, "alias", "also called", alias);
	return true;
}

static enum status report_benchmark(struct cli *cli, struct session *session, int64_t id, struct error *error)
{
	struct report report;
	struct shown shown = {.report = &report, .id = id};
	enum status status = store_each_coverage(session->store, keep_coverage, &shown, error);

	if (status != STATUS_OK)
		return status;
	cli_report(cli, &report);
	status = store_each_benchmark(session->store, show_benchmark, &shown, error);
	if (status == STATUS_OK && report.format == OUTPUT_TEXT)
		status = store_each_benchmark_alias(session->store, show_alias, &shown, error);
	report_end(&report);
	return status;
}

static enum status show_run(struct cli *cli, struct session *session, const struct benchmarks_options *options,
			    char **words, size_t count, struct error *error)
{
	int64_t id;
	enum status status = find(session, words[0], &id, error);

	(void)options;
	(void)count;
	return status == STATUS_OK ? report_benchmark(cli, session, id, error) : status;
}

/* ---- changes ------------------------------------------------------------------------- */

/* A number, or "open" for the end of a scale. */
static enum status read_number(const char *word, const char *option, double open, double *number,
			       struct error *error)
{
	char *end;

	*number = NAN;
	if (!word)
		return STATUS_OK;
	if (!isnan(open) && strcmp(word, "open") == 0) {
		*number = open;
		return STATUS_OK;
	}
	*number = strtod(word, &end);
	if (end != word && *end == '\0' && isfinite(*number))
		return STATUS_OK;
	return error_set(error, STATUS_USAGE, "--%s takes a number%s, not \"%s\"", option,
			 isnan(open) ? "" : " or \"open\"", word);
}

static enum status read_answer(const char *word, enum answer *answer, struct error *error)
{
	*answer = ANSWER_UNKNOWN;
	if (!word)
		return STATUS_OK;
	if (strcmp(word, "yes") == 0 || strcmp(word, "no") == 0) {
		*answer = word[0] == 'y' ? ANSWER_YES : ANSWER_NO;
		return STATUS_OK;
	}
	return error_set(error, STATUS_USAGE, "--higher-is-better takes yes or no, not \"%s\"", word);
}

static enum status describe_facts(const struct benchmarks_options *options, struct benchmark_facts *facts,
				  struct error *error)
{
	enum status status = read_number(options->lower, "lower", -INFINITY, &facts->lower, error);

	if (status == STATUS_OK)
		status = read_number(options->upper, "upper", INFINITY, &facts->upper, error);
	if (status == STATUS_OK)
		status = read_number(options->chance, "chance", NAN, &facts->chance, error);
	if (status == STATUS_OK)
		status = read_number(options->instances, "instances", NAN, &facts->instances, error);
	if (status == STATUS_OK)
		status = read_answer(options->higher, &facts->higher_is_better, error);
	if (status == STATUS_OK && facts->lower >= facts->upper)
		status = error_set(error, STATUS_USAGE, "the scale ends at %g, before it begins at %g", facts->upper,
				   facts->lower);
	return status;
}

static enum status describe_run(struct cli *cli, struct session *session,
				const struct benchmarks_options *options, char **words, size_t count,
				struct error *error)
{
	struct benchmark_facts facts = {
		.key = words[0], .title = options->title, .suite = options->suite, .metric = options->metric,
		.unit = options->unit, .family = options->family, .aliases = options->aliases.values,
		.alias_count = options->aliases.count, .source = "user", .rank = RANK_USER};
	enum change change;
	enum status status = describe_facts(options, &facts, error);

	(void)count;
	if (status == STATUS_OK)
		status = store_put_benchmark(session->store, &facts, &change, error);
	int64_t id = status == STATUS_OK ? store_find_benchmark(session->store, words[0]) : 0;
	return status == STATUS_OK ? report_benchmark(cli, session, id, error) : status;
}

static enum status rename_run(struct cli *cli, struct session *session, const struct benchmarks_options *options,
			      char **words, size_t count, struct error *error)
{
	int64_t id;
	enum status status = find(session, words[0], &id, error);

	(void)options;
	(void)count;
	if (status == STATUS_OK)
		status = store_rename_benchmark(session->store, id, words[1], error);
	return status == STATUS_OK ? report_benchmark(cli, session, id, error) : status;
}

static enum status join_run(struct cli *cli, struct session *session, const struct benchmarks_options *options,
			    char **words, size_t count, struct error *error)
{
	int64_t from, into;
	enum status status = find(session, words[0], &from, error);

	(void)options;
	(void)count;
	if (status == STATUS_OK)
		status = find(session, words[1], &into, error);
	if (status == STATUS_OK)
		status = store_join_benchmarks(session->store, from, into, error);
	return status == STATUS_OK ? report_benchmark(cli, session, into, error) : status;
}

/* Each name by itself, in one transaction. */
static enum status change_each(struct session *session, char **words, size_t count,
			       enum status (*change)(struct store *, int64_t, struct error *), struct error *error)
{
	enum status status = store_begin(session->store, error);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		int64_t id;
		status = find(session, words[i], &id, error);
		if (status == STATUS_OK)
			status = change(session->store, id, error);
	}
	if (status == STATUS_OK)
		return store_commit(session->store, error);
	store_rollback(session->store);
	return status;
}

static enum status hide(struct store *store, int64_t id, struct error *error)
{
	return store_hide_benchmark(store, id, true, error);
}

static enum status unhide(struct store *store, int64_t id, struct error *error)
{
	return store_hide_benchmark(store, id, false, error);
}

#define CHANGE(name, change) \
	static enum status name(struct cli *cli, struct session *session, \
				const struct benchmarks_options *options, char **words, size_t count, \
				struct error *error) \
	{ \
		(void)cli; \
		(void)options; \
		return change_each(session, words, count, change, error); \
	}
CHANGE(hide_run, hide)
CHANGE(unhide_run, unhide)
CHANGE(delete_run, store_drop_benchmark)

static const struct action actions[] = {
	{"list", "[WORD]", 0, 1, " all predicted suite ", list_run},
	{"show", "KEY", 1, 1, "", show_run},
	{"describe", "KEY", 1, 1,
	 " suite title metric unit family lower upper chance instances higher-is-better alias ", describe_run},
	{"rename", "KEY NEW", 2, 2, "", rename_run},
	{"join", "KEY INTO", 2, 2, "", join_run},
	{"hide", "KEY...", 1, COMMAND_MANY, "", hide_run},
	{"unhide", "KEY...", 1, COMMAND_MANY, "", unhide_run},
	{"delete", "KEY...", 1, COMMAND_MANY, "", delete_run},
};
#define ACTIONS (sizeof actions / sizeof *actions)

static const char *action_name(size_t i)
{
	return i < ACTIONS ? actions[i].name : NULL;
}

static enum status find_action(const char *word, const struct action **action, struct error *error)
{
	const char *names[ACTIONS + 1] = {NULL};

	for (size_t i = 0; i < ACTIONS; i++) {
		names[i] = actions[i].name;
		if (strcmp(word, actions[i].name) != 0)
			continue;
		*action = &actions[i];
		return STATUS_OK;
	}
	const char *near = suggest_nearest(word, names);
	error_set(error, STATUS_USAGE, "\"%s\" is nothing that can be done with benchmarks", word);
	return near ? error_advise(error, "did you mean \"%s\"?", near)
		    : error_advise(error, "\"stemma benchmarks --help\" lists the actions");
}

static bool is_given(const struct benchmarks_options *options, const struct option_spec *spec)
{
	const void *member = (const char *)options + spec->offset;

	switch (spec->kind) {
	case OPTION_FLAG: return *(const bool *)member;
	case OPTION_LIST: return ((const struct option_list *)member)->count > 0;
	default: return *(const char *const *)member != NULL;
	}
}

static enum status check_options(const struct action *action, const struct benchmarks_options *options,
				 struct error *error)
{
	char name[32];

	for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
		snprintf(name, sizeof name, " %s ", specs[i].name);
		if (is_given(options, &specs[i]) && !strstr(action->options, name))
			return error_set(error, STATUS_USAGE, "\"stemma benchmarks %s\" takes no --%s", action->name,
					 specs[i].name);
	}
	return STATUS_OK;
}

static enum status benchmarks_run(struct cli *cli, const void *specific, size_t count, char **arguments,
				  struct error *error)
{
	const struct benchmarks_options *options = specific;
	const struct action *action = &actions[0];
	size_t words = count > 0 ? count - 1 : 0;
	struct session *session;
	enum status status = count > 0 ? find_action(arguments[0], &action, error) : STATUS_OK;

	if (status == STATUS_OK)
		status = check_options(action, options, error);
	if (status == STATUS_OK && (words < action->minimum || words > action->maximum))
		status = error_set(error, STATUS_USAGE, "expected \"stemma benchmarks %s %s\"", action->name,
				   action->arguments);
	if (status == STATUS_OK)
		status = cli_open(cli, &session, error);
	if (status != STATUS_OK)
		return status;
	status = action->run(cli, session, options, arguments + 1, words, error);
	session_close(session);
	return status;
}

const struct command benchmarks_command = {
	.name = "benchmarks",
	.arguments = "[ACTION [KEY]...]",
	.summary = "List, describe, rename, join, hide or delete benchmarks",
	.details = "\nActions:\n"
		   "  list [WORD]      benchmarks with scores, whose key, title, suite or family has WORD\n"
		   "  show KEY         all that is known of one\n"
		   "  describe KEY     say what it is (options below); adds one that is unknown\n"
		   "  rename KEY NEW   give it another key; the old one goes on leading to it\n"
		   "  join KEY INTO    make one benchmark of two, with the scores of both\n"
		   "  hide KEY...      list and draw it no more; unhide takes that back\n"
		   "  delete KEY...    with all scores that were measured on it\n"
		   "\nbenchmarks.yaml beside corrections.yaml does the same for good: see stemma(1).\n",
	.maximum = COMMAND_MANY,
	.action = action_name,
	.json = true,
	.csv = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct benchmarks_options),
	.run = benchmarks_run,
};
