/* stemma import: files into the cache. */
#include <stdlib.h>

#include "command.h"
#include "stemma/app/import.h"
#include "stemma/base/folder.h"
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
		report->added,
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

	fprintf(stderr, "%s:%ld:", name, note->line);
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
	struct session *session;
	bool all;                    /* notes */
	struct table *files, *notes;
	size_t imported, failed, unknown; /* files of the folder at hand */
};

/* Rows were found, and none of them could be used. */
static bool is_useless(const struct import_report *report)
{
	return report->rejected > 0 && report->added + report->updated + report->unchanged == 0;
}

/* One file; a failure is reported here so that the others can go on.  In a folder
 * there may be files of any kind. */
static enum status import_one(struct importing *importing, const char *path, bool named)
{
	struct cli *cli = importing->cli;
	struct import_report report = {0};
	struct error error = {0};
	enum status status = import_file(importing->session->store, path, &cli->progress, &report, &error);
	bool unknown = status == STATUS_DATA && report.format == FORMAT_UNKNOWN && !named;

	cli_end_progress(cli);
	print_notes(&report, importing->all);
	add_notes(importing->notes, &report);
	if (status == STATUS_OK) {
		add_file(importing->files, &report);
		status = is_useless(&report) ? STATUS_DATA : STATUS_OK;
	} else if (!cli_interrupted() && (!unknown || importing->all)) {
		cli_complain(cli, &error);
	}
	importing->imported += status == STATUS_OK;
	importing->unknown += unknown;
	importing->failed += status != STATUS_OK && !unknown;
	import_report_free(&report);
	return unknown ? STATUS_OK : status;
}

static enum status import_folder(struct importing *importing, const char *path)
{
	struct folder_files files = {0};
	struct error error = {0};
	enum status status = folder_list(path, &files, &error);
	char *shown = utf8_sanitize(path);

	importing->imported = importing->failed = importing->unknown = 0;
	if (status != STATUS_OK)
		cli_complain(importing->cli, &error);
	for (size_t i = 0; i < files.count && !cli_interrupted(); i++) {
		enum status one = import_one(importing, files.paths[i], false);
		if (status == STATUS_OK)
			status = one;
	}
	fprintf(stderr, "%s: %zu imported, %zu failed, %zu of no known format%s\n", shown,
		importing->imported, importing->failed, importing->unknown,
		importing->unknown && !importing->all ? " (--all names them)" : "");
	folder_files_free(&files);
	free(shown);
	return status;
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
		.cli = cli, .session = session, .all = options->all,
		.files = table_new(file_columns, sizeof file_columns / sizeof *file_columns),
		.notes = table_new(note_columns, sizeof note_columns / sizeof *note_columns),
	};
	for (size_t i = 0; i < count && !cli_interrupted(); i++) {
		enum status one = folder_is(arguments[i]) ? import_folder(&importing, arguments[i])
							  : import_one(&importing, arguments[i], true);
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
