/* stemma parents: what was a merge probably made from? */
#include "stemma/engine/parents.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
	{"limit", 0, OPTION_NUMBER, "N", OPTION(limit), "the N likeliest (default 8)", NULL},
	{"accept", 0, OPTION_NUMBER, "N", OPTION(accept), "add the first N to your corrections", NULL},
	{"test", 0, OPTION_FLAG, NULL, OPTION(test), "hide known parents and see how often they are found", NULL},
	{"seed", 0, OPTION_NUMBER, "N", OPTION(seed), "seed of the test's folds (default 1)", NULL},
};

#define GUESSES_MAX 100

/* ---- guesses ----------------------------------------------------------------------- */

static const struct column columns[] = {
	{"rank", "#", COLUMN_NUMBER, 0, false},
	{"model", "perhaps a parent", COLUMN_TEXT, 0, false},
	{"probability", "probability", COLUMN_PERCENT, 0, false},
	{"known", "known", COLUMN_FLAG, 0, false},
	{"average", "average", COLUMN_NUMBER, 1, false},
};

static void report_guesses(const struct cli *cli, const struct catalog *catalog, size_t child,
			   const struct parents_guess *guesses, size_t count)
{
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);
	struct report report;

	for (size_t i = 0; i < count; i++) {
		table_number(table, (double)i + 1);
		table_text(table, names_model(catalog, guesses[i].model));
		table_number(table, guesses[i].probability);
		table_number(table, lineage_find(catalog->lineage, child, guesses[i].model) != NULL);
		table_number(table, catalog->averages[guesses[i].model]);
	}
	cli_report(cli, &report);
	report_text(&report, "model", "model", names_model(catalog, child));
	report_table(&report, "guesses", NULL, table, TABLE_MAIN);
	report_end(&report);
	table_free(table);
}

/* The user takes them over: from now on they are corrections like any other. */
static enum status accept_guesses(struct cli *cli, const struct catalog *catalog, size_t child,
				  const struct parents_guess *guesses, size_t count,
				  struct error *error)
{
	struct edge_facts edges[GUESSES_MAX];
	char notes[GUESSES_MAX][48], *path = corrections_path();

	for (size_t i = 0; i < count; i++) {
		snprintf(notes[i], sizeof notes[i], "guessed with probability %.2f", guesses[i].probability);
		edges[i] = (struct edge_facts){
			.child = names_model(catalog, child), .parent = names_model(catalog, guesses[i].model),
			.relation = RELATION_MERGE, .weight = NAN, .note = notes[i],
		};
	}
	enum status status = corrections_append(edges, count, error);
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
	struct parents *parents = NULL;
	struct engine_data data;
	size_t child, count = 0, room = options->limit < GUESSES_MAX ? options->limit : GUESSES_MAX;
	enum status status = catalog_resolve(catalog, name, &child, error);

	if (status == STATUS_OK && !catalog->models[child].architecture) {
		error_set(error, STATUS_DATA, "nobody says which architecture %s has", names_model(catalog, child));
		status = error_advise(error, "import Hub metadata of it");
	}
	catalog_engine_data(catalog, &data);
	if (status == STATUS_OK)
		status = parents_new(&data, &cli->progress, &parents, error);
	cli_end_progress(cli);
	if (status == STATUS_OK) {
		count = parents_guess(parents, child, guesses, room);
		report_guesses(cli, catalog, child, guesses, count);
	}
	if (status == STATUS_OK && options->accept > 0)
		status = accept_guesses(cli, catalog, child, guesses,
					options->accept < count ? options->accept : count, error);
	parents_free(parents);
	return status;
}

/* ---- the test ------------------------------------------------------------------------ */

static enum status test(struct cli *cli, const struct session *session, uint64_t seed,
			struct error *error)
{
	struct parents_figures figures;
	struct engine_data data;
	struct report report;

	catalog_engine_data(session->catalog, &data);
	enum status status = parents_test(&data, seed, &cli->progress, &figures, error);
	cli_end_progress(cli);
	if (status != STATUS_OK)
		return status;
	cli_report(cli, &report);
	report_number(&report, "merges", "merges", (double)figures.merges, 0);
	report_number(&report, "precision1", "precision at 1", figures.first, 3);
	report_number(&report, "precision5", "precision at 5", figures.five, 3);
	report_number(&report, "recall5", "recall at 5", figures.found, 3);
	report_number(&report, "popular1", "most merged: 1", figures.popular, 3);
	report_number(&report, "owner1", "owner's most: 1", figures.owner, 3);
	report_number(&report, "claimed", "said of >= 0.5", figures.claimed, 3);
	report_number(&report, "true", "and true", figures.true_share, 3);
	report_end(&report);
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
	.details = "\nFrom names, owners, dates, sizes, scores and what others merged when, learned from\n"
		   "the merges that say it.  Guesses count for nothing until they are accepted.",
	.maximum = 1,
	.json = true,
	.csv = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct parents_options),
	.defaults = &defaults,
	.run = parents_run,
};
