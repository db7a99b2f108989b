/* stemma choose: which run of a model, or which observation of a benchmark, is shown. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "evaluations.h"
#include "names.h"
#include "stemma/base/memory.h"

struct choose_options {
	bool rule;
};

#define OPTION(member) offsetof(struct choose_options, member)
static const struct option_spec specs[] = {
	{"rule", 0, OPTION_FLAG, NULL, OPTION(rule), "leave it to the rules again", NULL},
};

/* The id of the model's run of that number, 0 when there is none. */
struct search {
	uint64_t wanted, number;
	int64_t found;
};

static bool find_run(void *context, const struct store_evaluation *evaluation)
{
	struct search *search = context;

	if (++search->number == search->wanted)
		search->found = evaluation->id;
	return search->found == 0;
}

static enum status find_number(struct session *session, size_t model, const char *word,
			       int64_t *evaluation, struct error *error)
{
	char *end;
	struct search search = {.wanted = strtoull(word, &end, 10)};
	enum status status = STATUS_OK;

	if (search.wanted > 0 && *end == '\0')
		status = store_each_evaluation(session->store, session->catalog->models[model].id,
					       find_run, &search, error);
	*evaluation = search.found;
	if (status != STATUS_OK || search.found)
		return status;
	error_set(error, STATUS_USAGE, "%s has no evaluation number %s",
		  session->catalog->models[model].name, word);
	return error_advise(error, "\"stemma choose MODEL\" lists them");
}

static enum status list_runs(struct cli *cli, struct session *session, size_t model,
			     struct error *error)
{
	struct report report;

	cli_report(cli, &report);
	report_text(&report, "model", "model", session->catalog->models[model].name);
	enum status status = evaluations_report(&report, session, model, TABLE_MAIN, error);
	report_end(&report);
	return status;
}

/* ---- observations of one benchmark ---------------------------------------------- */

static const struct column columns[] = {
	{"number", "#", COLUMN_NUMBER, 0, false},
	{"shown", "observation", COLUMN_TEXT, 0, false},
	{"value", "value", COLUMN_NUMBER, 3, false},
	{"error", "error", COLUMN_NUMBER, 3, false},
	{"shots", "shots", COLUMN_NUMBER, 0, false},
	{"setup", "set-up", COLUMN_TEXT, 0, false},
	{"limited", "limited", COLUMN_FLAG, 0, false},
	{"source", "source", COLUMN_TEXT, 0, false},
	{"precision", "precision", COLUMN_TEXT, 0, false},
	{"chat_template", "chat template", COLUMN_TEXT, 0, false},
	{"harness", "harness", COLUMN_TEXT, 0, false},
	{"version", "version", COLUMN_TEXT, 0, false},
	{"date", "date", COLUMN_TEXT, 0, false},
	{"address", NULL, COLUMN_TEXT, 0, false},
};

struct observations {
	int64_t benchmark;
	struct table *table; /* NULL: only looks for `wanted` */
	uint64_t wanted, number;
	int64_t evaluation;  /* of the wanted one, 0 when there is none */
	int shots;
	char *setup;
};

static bool see_observation(void *context, const struct store_observation *row)
{
	struct observations *list = context;
	const struct score_facts *facts = &row->facts;
	struct table *table = list->table;

	if (row->benchmark != list->benchmark)
		return true;
	if (++list->number == list->wanted) {
		list->evaluation = row->evaluation;
		list->shots = facts->shots;
		list->setup = facts->setup ? memory_string(facts->setup) : NULL;
	}
	if (!table)
		return true;
	table_number(table, (double)list->number);
	table_text(table, !row->chosen ? "other" : row->preferred ? "chosen" : "shown");
	table_number(table, facts->value);
	table_number(table, facts->error);
	table_number(table, facts->shots >= 0 ? (double)facts->shots : (double)NAN);
	table_text(table, facts->setup);
	table_number(table, facts->limited);
	table_text(table, row->run.source);
	table_text(table, row->run.precision);
	table_text(table, names_answer(row->run.chat_template));
	table_text(table, row->run.harness);
	table_text(table, row->run.version);
	table_text(table, facts->date ? facts->date : row->run.submitted);
	table_text(table, facts->address ? facts->address : row->run.address);
	return true;
}

static enum status list_observations(struct cli *cli, struct session *session, size_t model, size_t benchmark,
				     struct error *error)
{
	const struct catalog *catalog = session->catalog;
	struct observations list = {.benchmark = catalog->benchmarks[benchmark].id,
				    .table = table_new(columns, sizeof columns / sizeof *columns)};
	struct report report;
	enum status status = store_each_observation(session->store, catalog->models[model].id, see_observation,
						    &list, error);

	if (status == STATUS_OK) {
		cli_report(cli, &report);
		report_text(&report, "model", "model", catalog->models[model].name);
		report_text(&report, "benchmark", "benchmark", catalog->benchmarks[benchmark].key);
		report_table(&report, "observations", NULL, list.table, TABLE_MAIN);
		report_end(&report);
	}
	table_free(list.table);
	return status;
}

static enum status prefer_observation(struct session *session, size_t model, size_t benchmark, const char *word,
				      struct error *error)
{
	const struct catalog *catalog = session->catalog;
	char *end;
	struct observations list = {.benchmark = catalog->benchmarks[benchmark].id,
				    .wanted = strtoull(word, &end, 10)};
	enum status status = *end == '\0'
		? store_each_observation(session->store, catalog->models[model].id, see_observation, &list, error)
		: STATUS_OK;

	if (status == STATUS_OK && list.evaluation == 0) {
		error_set(error, STATUS_USAGE, "%s has no observation number %s of %s", catalog->models[model].name,
			  word, catalog->benchmarks[benchmark].key);
		status = error_advise(error, "\"stemma choose MODEL BENCHMARK\" lists them");
	}
	if (status == STATUS_OK)
		status = store_prefer_score(session->store, catalog->models[model].id, list.benchmark,
					    list.evaluation, list.shots, list.setup, error);
	free(list.setup);
	return status;
}

static enum status choose_observation(struct cli *cli, struct session *session, size_t model,
				      const struct choose_options *options, size_t count, char **words,
				      struct error *error)
{
	struct text said = {0};
	size_t benchmark;

	catalog_ask_about(session->catalog, &model, 1);
	enum status status = catalog_find_benchmark(session->catalog, words[0], &benchmark, &said, error);

	if (status == STATUS_OK)
		cli_note(cli, &said);
	text_free(&said);
	if (status == STATUS_OK && options->rule)
		status = store_prefer_score(session->store, session->catalog->models[model].id,
					    session->catalog->benchmarks[benchmark].id, 0, -1, NULL, error);
	else if (status == STATUS_OK && count > 1)
		status = prefer_observation(session, model, benchmark, words[1], error);
	return status == STATUS_OK ? list_observations(cli, session, model, benchmark, error) : status;
}

/* ---- runs ------------------------------------------------------------------------- */

/* Whether a word is the number of a run; else it names a benchmark. */
static bool is_number(const char *word)
{
	return word[0] && strspn(word, "0123456789") == strlen(word);
}

static enum status choose_evaluation(struct cli *cli, struct session *session, size_t model,
				     const struct choose_options *options, const char *number,
				     struct error *error)
{
	int64_t evaluation = 0;
	enum status status = number ? find_number(session, model, number, &evaluation, error) : STATUS_OK;

	if (status == STATUS_OK && (number || options->rule))
		status = store_prefer_evaluation(session->store, session->catalog->models[model].id, evaluation,
						 error);
	return status == STATUS_OK ? list_runs(cli, session, model, error) : status;
}

static enum status choose_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			      struct error *error)
{
	const struct choose_options *options = specific;
	bool benchmark = count > 1 && !is_number(arguments[1]);
	struct session *session;
	size_t model;
	enum status status = cli_open(cli, &session, error);

	if (status != STATUS_OK)
		return status;
	status = catalog_resolve(session->catalog, arguments[0], &model, error);
	if (status == STATUS_OK && options->rule && count > (benchmark ? 2u : 1u))
		status = error_set(error, STATUS_USAGE, "--rule excludes a number");
	if (status == STATUS_OK && !benchmark && count > 2)
		status = error_set(error, STATUS_USAGE, "expected \"stemma choose MODEL BENCHMARK NUMBER\"");
	if (status == STATUS_OK && benchmark)
		status = choose_observation(cli, session, model, options, count - 1, arguments + 1, error);
	else if (status == STATUS_OK)
		status = choose_evaluation(cli, session, model, options, count > 1 ? arguments[1] : NULL, error);
	session_close(session);
	return status;
}

const struct command choose_command = {
	.name = "choose",
	.arguments = "MODEL [BENCHMARK] [NUMBER]",
	.summary = "List what was measured of a model, or choose what is shown",
	.details = "\nAll evaluations are kept; of each benchmark one observation is shown and learned\n"
		   "from: by rule the user's own before published ones.  NUMBER, from the list,\n"
		   "chooses another: a whole evaluation, or an observation of BENCHMARK alone.",
	.minimum = 1,
	.maximum = 3,
	.json = true,
	.csv = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct choose_options),
	.run = choose_run,
};
