/* stemma import: files into the cache. */
#include <stdlib.h>

#include "command.h"
#include "stemma/app/import_list.h"
#include "stemma/base/utf8.h"

struct import_options {
	bool all;
};

#define OPTION(member) offsetof(struct import_options, member)
static const struct option_spec specs[] = {
	{"all", 0, OPTION_FLAG, NULL, OPTION(all), "list all rejected rows and all files of no known format", NULL},
};

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

static enum status import_run(struct cli *cli, const void *specific, size_t count,
			      char **arguments, struct error *error)
{
	const struct import_options *options = specific;
	struct session *session;
	enum status status = cli_open(cli, &session, error);

	if (status != STATUS_OK)
		return status;
	struct importing importing = {
		.cli = cli, .all = options->all,
		.files = table_new(file_columns, sizeof file_columns / sizeof *file_columns),
		.notes = table_new(note_columns, sizeof note_columns / sizeof *note_columns),
	};
	struct import_list list = {
		.store = session->store, .progress = &cli->progress,
		.tried = tried, .listed = listed, .context = &importing,
	};
	for (size_t i = 0; i < count && !cli_interrupted(); i++) {
		enum status one = import_list_add(&list, arguments[i]);
		if (status == STATUS_OK)
			status = one;
	}
	print_tables(cli, &importing);
	table_free(importing.files);
	table_free(importing.notes);
	if (status == STATUS_OK && !cli_interrupted())
		status = cli_pack(cli, session, error);
	session_close(session);
	return status;
}

const struct command import_command = {
	.name = "import",
	.arguments = "FILE...",
	.summary = "Read files into the cache, each recognised by its content",
	.details = "\nReads leaderboard and score tables, lineage edges, renames, Hub metadata, model\n"
		   "cards, lm-evaluation-harness results and samples, and mergekit configurations,\n"
		   "also gzip-compressed and in folders; '-' is standard input.  Each file is taken\n"
		   "as a whole or not at all; rows that cannot be used are listed on standard error\n"
		   "and left out.  stemma-formats(7) has the formats.",
	.minimum = 1,
	.maximum = COMMAND_MANY,
	.json = true,
	.csv = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct import_options),
	.run = import_run,
};
