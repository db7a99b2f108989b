/* stemma choose: which run of a model is shown. */
#include <stdlib.h>

#include "command.h"
#include "evaluations.h"

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

static enum status choose_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			      struct error *error)
{
	const struct choose_options *options = specific;
	struct session *session;
	int64_t evaluation = 0;
	size_t model;
	enum status status = cli_open(cli, &session, error);

	if (status != STATUS_OK)
		return status;
	status = catalog_resolve(session->catalog, arguments[0], &model, error);
	if (status == STATUS_OK && options->rule && count > 1)
		status = error_set(error, STATUS_USAGE, "--rule excludes a number");
	if (status == STATUS_OK && count > 1)
		status = find_number(session, model, arguments[1], &evaluation, error);
	if (status == STATUS_OK && (count > 1 || options->rule))
		status = store_prefer_evaluation(session->store, session->catalog->models[model].id,
						 evaluation, error);
	if (status == STATUS_OK)
		status = list_runs(cli, session, model, error);
	session_close(session);
	return status;
}

const struct command choose_command = {
	.name = "choose",
	.arguments = "MODEL [NUMBER]",
	.summary = "List a model's evaluations, or choose which is shown",
	.details = "\nAll evaluations are kept; one is shown and learned from: by rule the user's own\n"
		   "before published ones.  NUMBER, from the list, chooses another.",
	.minimum = 1,
	.maximum = 2,
	.json = true,
	.csv = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct choose_options),
	.run = choose_run,
};
