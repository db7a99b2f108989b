/* stemma import: files into the cache. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "merge_options.h"
#include "stemma/app/foretold.h"
#include "stemma/app/import_list.h"
#include "stemma/app/starter.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"
#include "stemma/formats/naming.h"

struct import_options {
	bool all, starter;
	const char *name, *sketch;
	struct option_list parents;
	int relation;
};

/* Of enum relation, from RELATION_FINETUNE on, and as it. */
static const char *const relation_words[] = {
	"finetune", "adapter", "quantized", "merge", "distill", "setting", "size", "version", "stage", NULL};
static const struct import_options defaults = {.relation = -1};

#define OPTION(member) offsetof(struct import_options, member)
static const struct option_spec specs[] = {
	{"name", 0, OPTION_TEXT, "OWNER/NAME", OPTION(name), "what the model is called that the files speak of", NULL},
	{"parent", 'p', OPTION_LIST, "MODEL[:WEIGHT]", OPTION(parents), "what it was made from; may be repeated", NULL},
	{"relation", 0, OPTION_CHOICE, "HOW", OPTION(relation),
	 "how: finetune (default of one parent), merge (of several), adapter, quantized, ...", relation_words},
	{"sketch", 0, OPTION_TEXT, "NAME", OPTION(sketch), "they are the results of the sketch that was written out as NAME", NULL},
	{"starter", 0, OPTION_FLAG, NULL, OPTION(starter), "the set that comes with the program, into a cache that has an older one", NULL},
	{"all", 0, OPTION_FLAG, NULL, OPTION(all), "list all rejected rows and all files of no known format", NULL},
};

static const struct option_need needs[] = {{"relation", "parent"}, {NULL, NULL}};

#define NOTES_LISTED 20

static const struct column file_columns[] = {
	{"file", "file", COLUMN_TEXT, 0, false},
	{"format", "format", COLUMN_TEXT, 0, false},
	{"models", "models", COLUMN_NUMBER, 0, false},
	{"edges", "edges", COLUMN_NUMBER, 0, false},
	{"evaluations", "evaluations", COLUMN_NUMBER, 0, false},
	{"aliases", "aliases", COLUMN_NUMBER, 0, false},
	{"outcomes", "outcomes", COLUMN_NUMBER, 0, false},
	{"benchmarks", "benchmarks", COLUMN_NUMBER, 0, false},
	{"added", "added", COLUMN_NUMBER, 0, false},
	{"updated", "updated", COLUMN_NUMBER, 0, false},
	{"unchanged", "unchanged", COLUMN_NUMBER, 0, false},
	{"rejected", "rejected", COLUMN_NUMBER, 0, false},
	{"warned", "warned", COLUMN_NUMBER, 0, false},
};

static void add_file(struct table *table, const struct import_report *report)
{
	const size_t counts[] = {
		report->models, report->edges, report->evaluations, report->aliases, report->outcomes,
		report->benchmarks, report->added,
		report->updated, report->unchanged, report->rejected, report->warned,
	};

	table_text(table, report->file);
	table_text(table, format_name(report->format));
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		table_number(table, (double)counts[i]);
}

static const struct column note_columns[] = {
	{"file", NULL, COLUMN_TEXT, 0, false},
	{"line", NULL, COLUMN_NUMBER, 0, false},
	{"column", NULL, COLUMN_NUMBER, 0, false},
	{"rejected", NULL, COLUMN_FLAG, 0, false},
	{"reason", NULL, COLUMN_TEXT, 0, false},
};

static void add_notes(struct table *table, const struct import_report *report)
{
	for (size_t i = 0; i < report->note_count; i++) {
		table_text(table, report->file);
		table_number(table, (double)report->notes[i].line);
		table_number(table, (double)report->notes[i].column);
		table_number(table, report->notes[i].rejected);
		table_text(table, report->notes[i].text);
	}
}

/* "file:line:column: reason" */
static void print_note(const char *file, const struct import_note *note)
{
	char *clean = utf8_sanitize(note->text), *name = utf8_sanitize(file);

	fprintf(stderr, note->line > 0 ? "%s:%ld:" : "%s:", name, note->line);
	if (note->column > 0)
		fprintf(stderr, "%ld:", note->column);
	fprintf(stderr, " %s%s\n", note->rejected ? "" : "warning: ", clean);
	free(clean);
	free(name);
}

static void print_notes(const struct import_report *report, bool all)
{
	size_t total = report->rejected + report->warned;
	size_t listed = report->note_count;

	if (!all && listed > NOTES_LISTED)
		listed = NOTES_LISTED;
	for (size_t i = 0; i < listed; i++)
		print_note(report->file, &report->notes[i]);
	if (listed == total)
		return;
	char *name = utf8_sanitize(report->file);
	fprintf(stderr, "%s: ... %zu more%s\n", name, total - listed,
		listed < report->note_count ? "; --all lists them" : "");
	free(name);
}

struct importing {
	struct cli *cli;
	bool all;                    /* notes */
	struct table *files, *notes;
};

/* A failure is told at once, so that the others can go on. */
static void tried(void *context, const struct import_report *report, enum import_end end,
		  const struct error *error)
{
	struct importing *importing = context;

	cli_end_progress(importing->cli);
	print_notes(report, importing->all);
	add_notes(importing->notes, report);
	if (end == IMPORT_DONE || end == IMPORT_USELESS)
		add_file(importing->files, report);
	else if (!cli_interrupted() && (end != IMPORT_UNKNOWN || importing->all))
		cli_complain(importing->cli, error);
}

static void listed(void *context, const char *folder, const struct import_sums *sums,
		   const struct error *error)
{
	struct importing *importing = context;
	char *shown = utf8_sanitize(folder);

	if (error->status != STATUS_OK)
		cli_complain(importing->cli, error);
	fprintf(stderr, "%s: %zu imported, %zu failed, %zu of no known format%s\n", shown, sums->imported,
		sums->failed, sums->unknown,
		sums->unknown && !importing->all ? " (--all names them)" : "");
	if (sums->passed > 0)
		fprintf(stderr, "%s: %zu blobs of a download cache passed over\n", shown, sums->passed);
	free(shown);
}

static void print_tables(const struct cli *cli, const struct importing *tables)
{
	struct report report;

	cli_report(cli, &report);
	report_table(&report, "files", NULL, tables->files, TABLE_MAIN);
	if (report.format == OUTPUT_JSON)
		report_table(&report, "notes", NULL, tables->notes, TABLE_SIDE);
	report_end(&report);
}

/* ---- what the user says of the model ------------------------------------------------ */

/* Parents, whose names are owned. */
struct parents {
	struct edge_facts *edges;
	char **names;
	size_t count;
};

static void parents_free(struct parents *parents)
{
	for (size_t i = 0; i < parents->count; i++)
		free(parents->names[i]);
	free(parents->names);
	free(parents->edges);
}

/* A parent that the cache does not know may be a slip. */
static char *parent_name(struct cli *cli, const struct session *session, char *word)
{
	struct error problem = {0};
	size_t model;

	if (naming_is_path(word))
		return word;
	if (catalog_resolve(session->catalog, word, &model, &problem) != STATUS_OK) {
		cli_warn(cli, "%s%s%s; taken as a new one", problem.message, problem.advice[0] ? "; " : "", problem.advice);
		return word;
	}
	free(word);
	return memory_string(session->catalog->models[model].name);
}

/* Weights of all parents or of none; they are put to sum 1. */
static enum status scale_weights(struct parents *parents, struct error *error)
{
	double sum = 0;
	size_t known = 0;

	for (size_t i = 0; i < parents->count; i++) {
		known += isnan(parents->edges[i].weight) ? 0 : 1;
		sum += isnan(parents->edges[i].weight) ? 0 : parents->edges[i].weight;
	}
	if (known > 0 && (known < parents->count || !(sum > 0)))
		return error_set(error, STATUS_USAGE, "give all parents a weight, or none");
	for (size_t i = 0; i < parents->count && known > 0; i++)
		parents->edges[i].weight /= sum;
	return STATUS_OK;
}

static enum status read_parents(struct cli *cli, const struct session *session, const struct import_options *options,
				struct parents *parents, struct error *error)
{
	size_t count = options->parents.count;
	enum status status = STATUS_OK;

	*parents = (struct parents){.edges = memory_zero(count, sizeof *parents->edges),
				    .names = memory_zero(count, sizeof *parents->names), .count = count};
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		struct edge_facts *edge = &parents->edges[i];
		status = merge_split_weight(options->parents.values[i], &parents->names[i], &edge->weight, error);
		if (status != STATUS_OK)
			break;
		parents->names[i] = parent_name(cli, session, parents->names[i]);
		edge->parent = parents->names[i];
		edge->relation = options->relation >= 0 ? relation_parse(relation_words[options->relation])
			: count > 1 ? RELATION_MERGE : RELATION_FINETUNE;
	}
	return status == STATUS_OK ? scale_weights(parents, error) : status;
}

static enum status check_name(const char *name, struct error *error)
{
	struct naming naming = naming_of(name);
	bool sound = !name || (naming.name && strcmp(naming.name, name) == 0);

	naming_free(&naming);
	return sound ? STATUS_OK : error_set(error, STATUS_USAGE, "\"%s\" is no model's name; expected OWNER/NAME", name);
}

/* ---- the command -------------------------------------------------------------------- */

static void tell_nothing_new(const struct import_list *list)
{
	const struct import_sums *sums = &list->sums;

	if (sums->imported > 0 && sums->added + sums->updated == 0 && sums->unchanged > 0)
		fputs("stemma: nothing new\n", stderr);
}

static enum status import_files(struct cli *cli, struct session *session, const struct import_options *options,
				const struct parents *parents, size_t count, char **arguments)
{
	struct importing importing = {
		.cli = cli, .all = options->all,
		.files = table_new(file_columns, sizeof file_columns / sizeof *file_columns),
		.notes = table_new(note_columns, sizeof note_columns / sizeof *note_columns),
	};
	struct import_list list = {
		.store = session->store, .progress = &cli->progress,
		.wishes = {.name = options->name, .sketch = options->sketch, .parents = parents->edges, .parent_count = parents->count},
		.tried = tried, .listed = listed, .context = &importing,
	};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && !cli_interrupted(); i++) {
		enum status one = import_list_add(&list, arguments[i]);
		if (status == STATUS_OK)
			status = one;
	}
	if (status == STATUS_OK && cli_interrupted())
		status = STATUS_CANCELLED; /* main() says so */
	print_tables(cli, &importing);
	tell_nothing_new(&list);
	import_wishes_free(&list.wishes);
	table_free(importing.files);
	table_free(importing.notes);
	return status;
}

/* The set that comes with the program, as one file. */
static enum status import_set(struct cli *cli, struct session *session, struct error *error)
{
	struct importing importing = {
		.cli = cli,
		.files = table_new(file_columns, sizeof file_columns / sizeof *file_columns),
		.notes = table_new(note_columns, sizeof note_columns / sizeof *note_columns),
	};
	struct import_report report;
	enum status status = starter_load(session, starter_folder(), &cli->progress, &report, error);

	if (status == STATUS_OK) {
		add_file(importing.files, &report);
		print_tables(cli, &importing);
	}
	if (status == STATUS_OK && report.added + report.updated == 0)
		fputs("stemma: nothing new\n", stderr);
	import_report_free(&report);
	table_free(importing.files);
	table_free(importing.notes);
	return status;
}

static enum status import_run(struct cli *cli, const void *specific, size_t count,
			      char **arguments, struct error *error)
{
	const struct import_options *options = specific;
	struct parents parents = {.count = 0};
	struct session *session = NULL;
	enum status status = check_name(options->name, error);

	if (status == STATUS_OK && options->starter && (count > 0 || options->name || options->sketch || options->parents.count > 0))
		return error_set(error, STATUS_USAGE, "--starter stands alone");
	if (status == STATUS_OK && !options->starter && count == 0) {
		error_set(error, STATUS_USAGE, "import needs FILE...");
		return error_advise(error, "see 'stemma import --help'");
	}
	if (status == STATUS_OK)
		status = cli_open(cli, &session, error);
	if (status != STATUS_OK)
		return status;
	if (options->sketch)
		status = foretold_known(session->store, options->sketch, error);
	if (status == STATUS_OK)
		status = options->starter ? import_set(cli, session, error)
					  : read_parents(cli, session, options, &parents, error);
	if (status == STATUS_OK && !options->starter)
		status = import_files(cli, session, options, &parents, count, arguments);
	if (status == STATUS_OK && !cli_interrupted())
		status = cli_pack(cli, session, error);
	parents_free(&parents);
	session_close(session);
	return status;
}

const struct command import_command = {
	.name = "import",
	.arguments = "[FILE]...",
	.summary = "Read files into the cache, each recognised by its content",
	.details = "\nReads leaderboard and score tables, lineage edges, renames, Hub metadata, model\n"
		   "cards, lm-evaluation-harness results and samples, and mergekit configurations,\n"
		   "also gzip-compressed and in folders; '-' is standard input.  Each file is taken\n"
		   "as a whole or not at all; rows that cannot be used are listed on standard error\n"
		   "and left out.  stemma-formats(7) has the formats.\n\n"
		   "A model that only has a path gets a name of its own, local/NAME.  --name and\n"
		   "--parent say more of the one model that all files speak of, which is remembered\n"
		   "for its path.  \"stemma imports\" lists what was imported, and takes it back.",
	.maximum = COMMAND_MANY,
	.json = true,
	.csv = true,
	COMMAND_SPECS(specs),
	.needs = needs,
	.options_size = sizeof(struct import_options),
	.defaults = &defaults,
	.run = import_run,
};
