/* stemma imports: what was imported, and taking it back. */
#include <stdlib.h>

#include "command.h"

struct imports_options {
	uint64_t undo;
};

#define OPTION(member) offsetof(struct imports_options, member)
static const struct option_spec specs[] = {
	{"undo", 0, OPTION_NUMBER, "N", OPTION(undo), "take back what import N alone has brought", NULL},
};

static const struct column columns[] = {
	{"number", "#", COLUMN_NUMBER, 0, false},
	{"done", "done", COLUMN_TEXT, 0, false},
	{"file", "file", COLUMN_TEXT, 0, false},
	{"format", "format", COLUMN_TEXT, 0, false},
	{"added", "added", COLUMN_NUMBER, 0, false},
	{"updated", "updated", COLUMN_NUMBER, 0, false},
	{"rejected", "rejected", COLUMN_NUMBER, 0, false},
	{"undone", "taken back", COLUMN_TEXT, 0, false},
};

static bool add_import(void *context, const struct store_import *import)
{
	struct table *table = context;

	table_number(table, (double)import->id);
	table_text(table, import->done);
	table_text(table, import->file);
	table_text(table, import->format);
	table_number(table, (double)(import->noted ? import->added : import->accepted));
	table_number(table, (double)import->updated);
	table_number(table, (double)import->rejected);
	table_text(table, import->undone ? import->undone : import->noted ? NULL : "cannot be");
	return true;
}

static enum status list_imports(struct cli *cli, struct session *session, struct error *error)
{
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);
	struct report report;
	enum status status = store_each_import(session->store, add_import, table, error);

	if (status == STATUS_OK) {
		cli_report(cli, &report);
		report_table(&report, "imports", NULL, table, TABLE_MAIN);
		report_end(&report);
	}
	table_free(table);
	return status;
}

static enum status imports_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			       struct error *error)
{
	const struct imports_options *options = specific;
	struct session *session;
	enum status status = cli_open(cli, &session, error);

	(void)count;
	(void)arguments;
	if (status == STATUS_OK && options->undo > 0)
		status = store_undo_import(session->store, (int64_t)options->undo, error);
	if (status == STATUS_OK)
		status = list_imports(cli, session, error);
	if (status == STATUS_OK && options->undo > 0)
		status = cli_pack(cli, session, error);
	session_close(session);
	return status;
}

const struct command imports_command = {
	.name = "imports",
	.arguments = "",
	.summary = "List what was imported, or take an import back",
	.details = "\n--undo removes the rows, models and benchmarks that the import alone has brought;\n"
		   "what others say as well stays, as they say it.  What a stemma without this\n"
		   "command has imported cannot be taken back.",
	.json = true,
	.csv = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct imports_options),
	.run = imports_run,
};
