/* stemma check: is the cache whole, and does the lineage make sense? */
#include <string.h>

#include "command.h"
#include "names.h"
#include "stemma/base/text.h"

static const struct column columns[] = {
	{"severity", "severity", COLUMN_TEXT, 0, false},
	{"finding", "finding", COLUMN_TEXT, 0, false},
	{"advice", "advice", COLUMN_TEXT, 0, false},
};

static void add_finding(struct table *table, const char *severity, const char *finding,
			const char *advice)
{
	table_text(table, severity);
	table_text(table, finding);
	table_text(table, advice);
}

static void add_store_finding(void *context, const char *severity, const char *message)
{
	add_finding(context, severity, message,
		    strcmp(severity, "error") ? NULL
					      : "delete the cache file and import again, or restore a copy");
}

static void check_cycles(struct table *table, const struct catalog *catalog)
{
	size_t count;
	const struct lineage_cut *cuts = lineage_cuts(catalog->lineage, &count);

	for (size_t i = 0; i < count; i++) {
		struct text finding = {0};
		text_append_format(&finding, "cycle: %s as parent of %s is ignored",
				   names_model(catalog, cuts[i].parent),
				   names_model(catalog, cuts[i].child));
		add_finding(table, "note", text_string(&finding),
			    "import an edge list that states the true parent");
		text_free(&finding);
	}
}

/* Nothing but its name is known, and that from an edge. */
static bool is_bare(const struct catalog *catalog, size_t model)
{
	const struct catalog_model *facts = &catalog->models[model];

	return !facts->architecture && !facts->scored && facts->kind == KIND_UNKNOWN;
}

static void check_counts(struct table *table, const struct catalog *catalog)
{
	size_t bare = 0, orphans = 0, merges = 0;
	struct text finding = {0};

	for (size_t i = 0; i < catalog->count; i++) {
		size_t parents, children;
		lineage_parents(catalog->lineage, i, &parents);
		lineage_children(catalog->lineage, i, &children);
		bare += children && is_bare(catalog, i);
		merges += catalog->models[i].kind == KIND_MERGE;
		orphans += catalog->models[i].kind == KIND_MERGE && !parents;
	}
	if (bare) {
		text_append_format(&finding, "%zu parents are known by name only", bare);
		add_finding(table, "note", text_string(&finding),
			    "import Hub metadata or scores of them");
		text_clear(&finding);
	}
	if (orphans) {
		text_append_format(&finding, "%zu of %zu merges name no parent", orphans, merges);
		add_finding(table, "note", text_string(&finding),
			    "import their mergekit configurations or an edge list");
	}
	text_free(&finding);
}

static enum status check_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			     struct error *error)
{
	struct session *session;
	struct report report;
	size_t faults = 0;
	enum status status = cli_open(cli, &session, error);

	(void)specific, (void)count, (void)arguments;
	if (status != STATUS_OK)
		return status;
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);
	status = store_check(session->store, add_store_finding, table, &faults, error);
	if (status == STATUS_OK) {
		check_cycles(table, session->catalog);
		check_counts(table, session->catalog);
		cli_report(cli, &report);
		report_text(&report, "cache", "cache", session->path);
		report_number(&report, "models", "models", (double)session->catalog->count, 0);
		report_number(&report, "scored", "with scores",
			      (double)session->catalog->scored_count, 0);
		report_number(&report, "edges", "edges",
			      (double)lineage_edges(session->catalog->lineage), 0);
		report_number(&report, "faults", "faults", (double)faults, 0);
		report_table(&report, "findings", NULL, table, TABLE_MAIN);
		report_end(&report);
		if (faults)
			status = STATUS_CACHE; /* the findings say it all */
	}
	table_free(table);
	session_close(session);
	return status;
}

const struct command check_command = {
	.name = "check",
	.arguments = "",
	.summary = "Check the cache and the lineage in it",
	.details = "\nThe exit status is 65 when the cache has faults; notes are none.",
	.json = true,
	.csv = true,
	.run = check_run,
};
