/* stemma parents: what was a merge probably made from? */
#include "stemma/app/guesses.h"

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "names.h"
#include "stemma/app/corrections.h"

struct parents_options {
	uint64_t limit, accept, seed;
	bool test;
};
static const struct parents_options defaults = {.limit = 8, .seed = 1};

#define OPTION(member) offsetof(struct parents_options, member)
static const struct option_spec specs[] = {
	{"limit", 0, OPTION_NUMBER, "N", OPTION(limit), "the N likeliest (default 8, at most 100)", NULL},
	{"accept", 0, OPTION_NUMBER, "N", OPTION(accept), "add the first N to your corrections", NULL},
	{"test", 0, OPTION_FLAG, NULL, OPTION(test), "hide known parents and see how often they are found", NULL},
	{"seed", 0, OPTION_NUMBER, "N", OPTION(seed), "seed of the test's folds (default 1)", NULL},
};
static const struct option_need needs[] = {{"seed", "test"}, {NULL, NULL}};

#define GUESSES_MAX 100

/* ---- guesses ----------------------------------------------------------------------- */

static const struct column columns[] = {
	{"rank", "#", COLUMN_NUMBER, 0, false},
	{"model", "perhaps a parent", COLUMN_TEXT, 0, false},
	{"probability", "probability", COLUMN_PERCENT, 0, false},
	{"known", "known", COLUMN_FLAG, 0, false},
};
#define COLUMNS (sizeof columns / sizeof *columns)

static void report_guesses(const struct cli *cli, const struct session *session, size_t child,
			   const struct parents_guess *guesses, size_t count)
{
	const struct catalog *catalog = session->catalog;
	struct column with_target[COLUMNS + 1];
	struct report report;

	memcpy(with_target, columns, sizeof columns);
	with_target[COLUMNS] = names_target_column(session);
	struct table *table = table_new(with_target, COLUMNS + 1);

	for (size_t i = 0; i < count; i++) {
		table_number(table, (double)i + 1);
		table_text(table, names_model(catalog, guesses[i].model));
		table_number(table, guesses[i].probability);
		table_number(table, lineage_find(catalog->lineage, child, guesses[i].model) != NULL);
		names_add_target(table, session, guesses[i].model);
	}
	cli_report(cli, &report);
	report_text(&report, "model", "model", names_model(catalog, child));
	report_table(&report, "guesses", NULL, table, TABLE_MAIN);
	report_end(&report);
	table_free(table);
}

static enum status accept(struct cli *cli, const struct catalog *catalog, size_t child,
			  const struct parents_guess *guesses, size_t count, struct error *error)
{
	char *path = corrections_path();
	enum status status = guesses_accept(catalog, child, guesses, count, error);

	if (status == STATUS_OK)
		cli_warn(cli, "%zu added to %s", count, path);
	free(path);
	return status;
}

static enum status guess(struct cli *cli, const struct session *session, const char *name,
			 const struct parents_options *options, struct error *error)
{
	const struct catalog *catalog = session->catalog;
	struct parents_guess guesses[GUESSES_MAX];
	struct guesses *known = NULL;
	size_t child, count = 0;
	enum status status = catalog_resolve(catalog, name, &child, error);

	if (status == STATUS_OK && !catalog->models[child].architecture) {
		error_set(error, STATUS_DATA, "nobody says which architecture %s has", names_model(catalog, child));
		status = error_advise(error, "import Hub metadata of it");
	}
	if (status == STATUS_OK)
		status = guesses_learn(session->store, catalog, &cli->progress, &known, error);
	cli_end_progress(cli);
	if (status == STATUS_OK) {
		count = guesses_make(known, child, guesses, options->limit);
		report_guesses(cli, session, child, guesses, count);
	}
	if (status == STATUS_OK && options->accept > 0)
		status = accept(cli, catalog, child, guesses,
				options->accept < count ? options->accept : count, error);
	guesses_free(known);
	return status;
}

/* ---- the test ------------------------------------------------------------------------ */

static const struct column test_columns[] = {
	{"merges_with", "", COLUMN_TEXT, 0, false},
	{"merges", "merges", COLUMN_NUMBER, 0, false},
	{"precision1", "precision at 1", COLUMN_NUMBER, 3, false},
	{"precision5", "at 5", COLUMN_NUMBER, 3, false},
	{"recall5", "recall at 5", COLUMN_NUMBER, 3, false},
	{"popular1", "most merged: 1", COLUMN_NUMBER, 3, false},
	{"owner1", "owner's most: 1", COLUMN_NUMBER, 3, false},
	{"claims", "guesses >= 0.5", COLUMN_NUMBER, 0, false},
	{"claimed", "said", COLUMN_NUMBER, 3, false},
	{"true", "true", COLUMN_NUMBER, 3, false},
};

static void add_shares(struct table *table, const char *name, const struct parents_shares *shares)
{
	if (shares->merges == 0)
		return;
	table_text(table, name);
	table_number(table, (double)shares->merges);
	table_number(table, shares->first);
	table_number(table, shares->five);
	table_number(table, shares->found);
	table_number(table, shares->popular);
	table_number(table, shares->owner);
	table_number(table, (double)shares->claims);
	table_number(table, shares->claimed);
	table_number(table, shares->true_share);
}

static enum status test(struct cli *cli, const struct session *session, uint64_t seed,
			struct error *error)
{
	struct parents_figures figures;
	struct report report;
	enum status status = guesses_test(session->store, session->catalog, seed, &cli->progress, &figures,
					  error);

	cli_end_progress(cli);
	if (status != STATUS_OK)
		return status;
	struct table *table = table_new(test_columns, sizeof test_columns / sizeof *test_columns);
	add_shares(table, "all", &figures.all);
	add_shares(table, "with answers", &figures.answered);
	cli_report(cli, &report);
	report_table(&report, "test", NULL, table, TABLE_MAIN);
	report_end(&report);
	table_free(table);
	return STATUS_OK;
}

static enum status parents_run(struct cli *cli, const void *specific, size_t count,
			       char **arguments, struct error *error)
{
	const struct parents_options *options = specific;
	struct session *session;

	if ((count == 1) == options->test) {
		error_set(error, STATUS_USAGE, "parents needs either a model or --test");
		return error_advise(error, "as in 'stemma parents owner/name'; \"stemma check --merges\" lists"
				    " those that say none");
	}
	if (options->limit < 1 || options->limit > GUESSES_MAX)
		return error_set(error, STATUS_USAGE, "--limit goes from 1 to %d", GUESSES_MAX);
	if (options->test && options->accept > 0)
		return error_set(error, STATUS_USAGE, "--test accepts nothing: --accept needs a model");
	enum status status = cli_open(cli, &session, error);
	if (status != STATUS_OK)
		return status;
	status = options->test ? test(cli, session, options->seed, error)
			       : guess(cli, session, arguments[0], options, error);
	session_close(session);
	return status;
}

const struct command parents_command = {
	.name = "parents",
	.arguments = "[MODEL]",
	.summary = "Guess what a merge was made from",
	.details = "\nFrom names, owners, dates, sizes, scores, single answers and what others merged\n"
		   "when, learned from the merges that say it.  Guesses count for nothing until they are\n"
		   "accepted; then they are lines of corrections.yaml, and go when these go.",
	.maximum = 1,
	.json = true,
	.csv = true,
	.target = true,
	COMMAND_SPECS(specs),
	.needs = needs,
	.options_size = sizeof(struct parents_options),
	.defaults = &defaults,
	.run = parents_run,
};
