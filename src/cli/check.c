/* stemma check: is the cache whole, and does the lineage make sense? */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "names.h"
#include "stemma/base/text.h"

struct check_options {
	bool decisions, merges;
};

#define OPTION(member) offsetof(struct check_options, member)
static const struct option_spec specs[] = {
	{"decisions", 0, OPTION_FLAG, NULL, OPTION(decisions), "what becomes of every edge that a source states", NULL},
	{"merges", 0, OPTION_FLAG, NULL, OPTION(merges), "list the merges without known parents", NULL},
};

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

static enum status check_packed(struct table *table, const struct session *session, size_t *faults,
				struct error *error)
{
	char *finding;
	enum status status = catalog_check_packed(session->catalog, session->store, &finding, error);

	if (finding) {
		/* It is a copy of what the rows say. */
		bool dropped = catalog_drop_packed(session->catalog, session->store, NULL) == STATUS_OK;
		add_finding(table, "error", finding, dropped ? "it was thrown away; the rows are read now"
							     : "delete all rows of the table packed");
		(*faults)++;
	}
	free(finding);
	return status;
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
			    "correct the wrong edge; stemma(1) says how");
		text_free(&finding);
	}
}

/* Nothing but its name is known, and that from an edge. */
static bool is_bare(const struct catalog *catalog, size_t model)
{
	const struct catalog_model *facts = &catalog->models[model];

	return !facts->architecture && !facts->scored && facts->kind == KIND_UNKNOWN;
}

static bool is_orphan(const struct catalog *catalog, size_t model)
{
	size_t parents;

	lineage_parents(catalog->lineage, model, &parents);
	return catalog->models[model].kind == KIND_MERGE && parents == 0;
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
		orphans += is_orphan(catalog, i);
	}
	if (bare) {
		text_append_format(&finding, "%zu parents are known by name only", bare);
		add_finding(table, "note", text_string(&finding),
			    "import Hub metadata or scores of them");
		text_clear(&finding);
	}
	if (orphans) {
		text_append_format(&finding, "%zu of %zu merges name no parent", orphans, merges);
		add_finding(table, "note", text_string(&finding), "--merges lists them");
	}
	text_free(&finding);
}

/* ---- decisions ---------------------------------------------------------------- */

static const char *const verdicts[] = {
	[VERDICT_COUNTS] = "counts",
	[VERDICT_DROPPED] = "dropped by a correction",
	[VERDICT_REPEATED] = "a better source states it",
	[VERDICT_OUTRANKED] = "better sources state other parents",
};
static const struct column decision_columns[] = {
	{"child", "child", COLUMN_TEXT, 0, false},
	{"parent", "parent", COLUMN_TEXT, 0, false},
	{"source", "source", COLUMN_TEXT, 0, false},
	{"trust", "trust", COLUMN_TEXT, 0, false},
	{"decision", "decision", COLUMN_TEXT, 0, false},
	{"note", "note", COLUMN_TEXT, 0, false},
};

struct decisions {
	const struct catalog *catalog;
	struct table *table; /* NULL: only counted */
	size_t count[VERDICT_OUTRANKED + 1];
};

static bool is_cut(const struct catalog *catalog, size_t child, size_t parent)
{
	size_t count;
	const struct lineage_cut *cuts = lineage_cuts(catalog->lineage, &count);

	for (size_t i = 0; i < count; i++)
		if (cuts[i].child == child && cuts[i].parent == parent)
			return true;
	return false;
}

static bool add_decision(void *context, const struct store_decision *decision)
{
	struct decisions *decisions = context;
	const struct catalog *catalog = decisions->catalog;
	size_t child = catalog_find_id(catalog, decision->child);
	size_t parent = catalog_find_id(catalog, decision->parent);
	bool counts = decision->verdict == VERDICT_COUNTS, cut = counts && is_cut(catalog, child, parent);
	bool passed = counts && !cut && child != CATALOG_NONE && parent != CATALOG_NONE &&
		      !lineage_find(catalog->lineage, child, parent);

	decisions->count[decision->verdict]++;
	if (!decisions->table)
		return true;
	table_text(decisions->table, names_model(catalog, child));
	table_text(decisions->table, names_model(catalog, parent));
	table_text(decisions->table, decision->source);
	table_text(decisions->table, trust_name(decision->trust));
	table_text(decisions->table, cut ? "ignored: it would close a circle"
		   : passed ? "ignored: an alternative to one that counts" : verdicts[decision->verdict]);
	table_text(decisions->table, decision->note);
	return true;
}

static void count_decisions(struct table *table, const struct decisions *decisions)
{
	struct text finding = {0};

	for (int verdict = VERDICT_DROPPED; verdict <= VERDICT_OUTRANKED; verdict++) {
		if (!decisions->count[verdict])
			continue;
		text_append_format(&finding, "%zu stated edges do not count: %s",
				   decisions->count[verdict], verdicts[verdict]);
		add_finding(table, "note", text_string(&finding), "--decisions lists them");
		text_clear(&finding);
	}
	text_free(&finding);
}

/* ---- merges without parents -------------------------------------------------- */

static const struct column merge_columns[] = {
	{"model", "merge without known parents", COLUMN_TEXT, 0, false},
	{"method", "method", COLUMN_TEXT, 0, false},
};
#define MERGE_COLUMNS (sizeof merge_columns / sizeof *merge_columns)

static void report_orphans(struct report *report, const struct session *session)
{
	const struct catalog *catalog = session->catalog;
	const uint32_t *order = catalog_by_name(catalog);
	struct column with_target[MERGE_COLUMNS + 1];

	memcpy(with_target, merge_columns, sizeof merge_columns);
	with_target[MERGE_COLUMNS] = names_target_column(session);
	struct table *table = table_new(with_target, MERGE_COLUMNS + 1);

	for (size_t i = 0; i < catalog->count; i++) {
		if (!is_orphan(catalog, order[i]))
			continue;
		table_text(table, names_model(catalog, order[i]));
		table_text(table, catalog->models[order[i]].merge_method);
		names_add_target(table, session, order[i]);
	}
	report_table(report, "merges", NULL, table, TABLE_MAIN);
	table_free(table);
}

static enum status report_decisions(struct report *report, const struct session *session,
				    size_t model, struct error *error)
{
	const struct catalog *catalog = session->catalog;
	struct decisions decisions = {
		.catalog = catalog,
		.table = table_new(decision_columns, sizeof decision_columns / sizeof *decision_columns),
	};
	enum status status = store_each_decision(
		session->store, model == CATALOG_NONE ? 0 : catalog->models[model].id, add_decision,
		&decisions, error);

	if (status == STATUS_OK)
		report_table(report, "decisions", NULL, decisions.table, TABLE_MAIN);
	table_free(decisions.table);
	return status;
}

/* ---- the command --------------------------------------------------------------- */

static enum status check_cache(struct cli *cli, const struct session *session, struct error *error)
{
	const struct catalog *catalog = session->catalog;
	struct decisions decisions = {.catalog = catalog};
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);
	struct report report;
	size_t faults = 0;
	enum status status = store_check(session->store, add_store_finding, table, &faults, error);

	if (status == STATUS_OK)
		status = check_packed(table, session, &faults, error);
	if (status == STATUS_OK)
		status = store_each_decision(session->store, 0, add_decision, &decisions, error);
	if (status == STATUS_OK) {
		check_cycles(table, catalog);
		check_counts(table, catalog);
		count_decisions(table, &decisions);
		cli_report(cli, &report);
		report_text(&report, "cache", "cache", session->path);
		report_number(&report, "models", "models", (double)catalog->count, 0);
		report_number(&report, "scored", "with scores", (double)catalog->scored_count, 0);
		report_number(&report, "edges", "edges", (double)lineage_edges(catalog->lineage), 0);
		report_number(&report, "faults", "faults", (double)faults, 0);
		report_table(&report, "findings", NULL, table, TABLE_MAIN);
		report_end(&report);
		if (faults)
			status = STATUS_CACHE; /* the findings say it all */
	}
	table_free(table);
	return status;
}

/* One list instead of the check. */
static enum status list_part(struct cli *cli, const struct session *session,
			     const struct check_options *options, size_t model,
			     struct error *error)
{
	enum status status = STATUS_OK;
	struct report report;

	cli_report(cli, &report);
	if (options->merges)
		report_orphans(&report, session);
	else
		status = report_decisions(&report, session, model, error);
	report_end(&report);
	return status;
}

static enum status check_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			     struct error *error)
{
	const struct check_options *options = specific;
	struct session *session;
	size_t model = CATALOG_NONE;

	if (options->merges && (options->decisions || count))
		return error_set(error, STATUS_USAGE, "--merges stands alone");
	enum status status = cli_open(cli, &session, error);
	if (status != STATUS_OK)
		return status;
	if (count)
		status = catalog_resolve(session->catalog, arguments[0], &model, error);
	if (status == STATUS_OK)
		status = options->merges || options->decisions || count
			? list_part(cli, session, options, model, error)
			: check_cache(cli, session, error);
	session_close(session);
	return status;
}

const struct command check_command = {
	.name = "check",
	.arguments = "[MODEL]",
	.summary = "Check the cache and explain the lineage in it",
	.details = "\nThe exit status is 65 when the cache has faults; notes are none.  With MODEL, what\n"
		   "each source says of its parents, and what becomes of that.",
	.maximum = 1,
	.json = true,
	.csv = true,
	.target = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct check_options),
	.run = check_run,
};
