/* stemma tree: ancestors and descendants as text, JSON, CSV or DOT. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "names.h"
#include "stemma/app/graph.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"

struct tree_options {
	uint64_t depth;
	bool ancestors, descendants, dot, ascii;
};

/* Deeper chains are cut: nobody can read them, and drawing is recursive. */
#define DEPTH_MAX 500
static const struct tree_options defaults = {.depth = DEPTH_MAX};

#define OPTION(member) offsetof(struct tree_options, member)
static const struct option_spec specs[] = {
	{"ancestors", 0, OPTION_FLAG, NULL, OPTION(ancestors), "only where it comes from", NULL},
	{"descendants", 0, OPTION_FLAG, NULL, OPTION(descendants), "only what became of it", NULL},
	{"depth", 0, OPTION_NUMBER, "N", OPTION(depth), "at most N generations", NULL},
	{"dot", 0, OPTION_FLAG, NULL, OPTION(dot), "print a graph for Graphviz", NULL},
	{"ascii", 0, OPTION_FLAG, NULL, OPTION(ascii), "draw with ASCII characters only", NULL},
};

/* ---- text -------------------------------------------------------------------- */

struct glyphs {
	const char *branch, *last, *guessed_branch, *guessed_last, *bar, *blank, *more;
};
static const struct glyphs utf8_glyphs = {
	"\u251C\u2500 ", "\u2514\u2500 ", "\u251C\u2504 ", "\u2514\u2504 ", "\u2502  ", "   ",
	"\u2026"
};
static const struct glyphs ascii_glyphs = {"|- ", "`- ", "|. ", "`. ", "|  ", "   ", "..."};

struct drawing {
	const struct session *session;
	const struct catalog *catalog; /* of that */
	const struct glyphs *glyphs;
	enum graph_direction direction;
	size_t depth;
	bool *drawn;        /* by model: its relatives stand above */
	struct text prefix; /* of the current line */
};

/* "merge 0.50 (inferred)"; a share that nobody stated is "~0.50" */
static void print_edge(const struct lineage_parent *edge)
{
	if (edge->relation != RELATION_UNKNOWN)
		printf("  %s", relation_name((enum relation)edge->relation));
	if (edge->weight < 1)
		printf(" %s%.2f", lineage_share_assumed(edge) ? "~" : "", (double)edge->weight);
	if (edge->trust <= TRUST_INFERRED)
		printf("  (%s)", trust_name((enum trust)edge->trust));
}

static void print_model(const struct drawing *drawing, size_t node,
			const struct lineage_parent *edge, bool repeated)
{
	const struct catalog *catalog = drawing->catalog;
	char *name = utf8_sanitize(catalog->models[node].name);

	printf("%s", name);
	double value = session_target_value(drawing->session, node);
	if (!isnan(value))
		printf("  %.*f", target_digits(catalog, &drawing->session->target.engine), value);
	if (edge)
		print_edge(edge);
	printf("%s\n", repeated ? "  (*)" : "");
	free(name);
}

static void draw_relatives(struct drawing *drawing, size_t node, size_t depth);

static void draw_relative(struct drawing *drawing, size_t node, size_t relative, bool last,
			  size_t depth)
{
	const struct glyphs *glyphs = drawing->glyphs;
	const struct lineage_parent *edge =
		drawing->direction == GRAPH_TO_CHILDREN
			? lineage_find(drawing->catalog->lineage, relative, node)
			: lineage_find(drawing->catalog->lineage, node, relative);
	bool guessed = edge && edge->trust <= TRUST_INFERRED;
	bool repeated = drawing->drawn[relative];
	size_t length = drawing->prefix.length;

	printf("%s%s", text_string(&drawing->prefix),
	       last ? (guessed ? glyphs->guessed_last : glyphs->last)
		    : (guessed ? glyphs->guessed_branch : glyphs->branch));
	print_model(drawing, relative, edge, repeated);
	if (repeated)
		return;
	text_append(&drawing->prefix, last ? glyphs->blank : glyphs->bar);
	draw_relatives(drawing, relative, depth + 1);
	drawing->prefix.length = length;
	drawing->prefix.bytes[length] = '\0';
}

static void draw_relatives(struct drawing *drawing, size_t node, size_t depth)
{
	size_t count;
	uint32_t *relatives = graph_neighbours(drawing->catalog, &drawing->session->target.engine, node, drawing->direction,
					      &count);

	if (depth >= drawing->depth && count)
		printf("%s%s%s %zu more\n", text_string(&drawing->prefix), drawing->glyphs->last,
		       drawing->glyphs->more, count);
	else
		drawing->drawn[node] = count > 0;
	for (size_t i = 0; i < count && depth < drawing->depth; i++)
		draw_relative(drawing, node, relatives[i], i + 1 == count, depth);
	free(relatives);
}

static void draw_tree(const struct session *session, size_t model, enum graph_direction direction,
		      size_t depth, bool utf8)
{
	struct drawing drawing = {
		.session = session,
		.catalog = session->catalog,
		.glyphs = utf8 ? &utf8_glyphs : &ascii_glyphs,
		.direction = direction,
		.depth = depth,
		.drawn = memory_zero(session->catalog->count, sizeof *drawing.drawn),
	};

	print_model(&drawing, model, NULL, false);
	draw_relatives(&drawing, model, 0);
	free(drawing.drawn);
	text_free(&drawing.prefix);
}

static void print_text(const struct session *session, size_t model,
		       const struct tree_options *options, bool utf8)
{
	bool both = options->ancestors && options->descendants;

	if (options->ancestors) {
		printf("%s", both ? "Ancestors\n" : "");
		draw_tree(session, model, GRAPH_TO_PARENTS, (size_t)options->depth, utf8);
	}
	if (options->descendants) {
		printf("%s", both ? "\nDescendants\n" : "");
		draw_tree(session, model, GRAPH_TO_CHILDREN, (size_t)options->depth, utf8);
	}
}

/* ---- the graph: JSON, CSV ------------------------------------------------------- */

#define TARGET_COLUMN 2
static const struct column node_columns[] = {
	{"model", "model", COLUMN_TEXT, 0, false},
	{"kind", "kind", COLUMN_TEXT, 0, false},
	{NULL, NULL, COLUMN_NUMBER, 1, false}, /* the target */
	{"scored", "scored", COLUMN_FLAG, 0, false},
};
static const struct column edge_columns[] = {
	{"child", "child", COLUMN_TEXT, 0, false},
	{"parent", "parent", COLUMN_TEXT, 0, false},
	{"relation", "relation", COLUMN_TEXT, 0, false},
	{"weight", "weight", COLUMN_NUMBER, 3, false},
	{"trust", "trust", COLUMN_TEXT, 0, false},
	{"weight_assumed", "assumed", COLUMN_FLAG, 0, false},
};

static void report_nodes(struct report *report, const struct graph *graph, const struct session *session)
{
	const struct catalog *catalog = graph->catalog;
	struct column columns[sizeof node_columns / sizeof *node_columns];

	memcpy(columns, node_columns, sizeof columns);
	columns[TARGET_COLUMN] = names_target_column(session);
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);

	for (size_t i = 0; i < graph->count; i++) {
		size_t node = graph->nodes[i];
		table_text(table, catalog->models[node].name);
		table_text(table, kind_name(catalog->models[node].kind));
		names_add_target(table, session, node);
		table_number(table, catalog->models[node].scored);
	}
	report_table(report, "models", NULL, table, TABLE_SIDE);
	table_free(table);
}

static void report_edges(struct report *report, const struct graph *graph)
{
	const struct catalog *catalog = graph->catalog;
	struct table *table = table_new(edge_columns, sizeof edge_columns / sizeof *edge_columns);

	for (size_t i = 0; i < graph->edge_count; i++) {
		const struct graph_edge *edge = &graph->edges[i];
		const struct lineage_parent *facts = lineage_find(catalog->lineage, edge->child, edge->parent);
		table_text(table, catalog->models[edge->child].name);
		table_text(table, catalog->models[edge->parent].name);
		table_text(table, relation_name((enum relation)facts->relation));
		table_number(table, (double)facts->weight);
		table_text(table, trust_name((enum trust)facts->trust));
		table_number(table, lineage_share_assumed(facts));
	}
	report_table(report, "edges", NULL, table, TABLE_MAIN);
	table_free(table);
}

static void print_graph(const struct cli *cli, const struct graph *graph, const struct session *session,
			size_t model)
{
	struct report report;

	cli_report(cli, &report);
	report_text(&report, "model", NULL, graph->catalog->models[model].name);
	report_nodes(&report, graph, session);
	report_edges(&report, graph);
	report_end(&report);
}

static void print_dot(const struct graph *graph, size_t model)
{
	struct text text = {0};

	graph_write_dot(graph, model, &text);
	fputs(text_string(&text), stdout);
	text_free(&text);
}

/* ---- the command --------------------------------------------------------------- */

static void print_tree(const struct cli *cli, const struct session *session, size_t model,
		       const struct tree_options *options)
{
	struct graph graph;

	if (!options->dot && !cli->options.json && !cli->options.csv) {
		print_text(session, model, options, cli->utf8 && !options->ascii);
		return;
	}
	graph_init(&graph, session->catalog, &session->target);
	if (options->ancestors)
		graph_add_relatives(&graph, 1, &model, GRAPH_TO_PARENTS, (size_t)options->depth);
	if (options->descendants)
		graph_add_relatives(&graph, 1, &model, GRAPH_TO_CHILDREN, (size_t)options->depth);
	if (options->dot)
		print_dot(&graph, model);
	else
		print_graph(cli, &graph, session, model);
	graph_free(&graph);
}

static enum status tree_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			    struct error *error)
{
	struct tree_options options = *(const struct tree_options *)specific;
	struct session *session;
	size_t model;

	(void)count;
	if (options.dot && (cli->options.json || cli->options.csv))
		return error_set(error, STATUS_USAGE, "--dot excludes --json and --csv");
	if (options.depth > DEPTH_MAX)
		options.depth = DEPTH_MAX;
	if (!options.ancestors && !options.descendants)
		options.ancestors = options.descendants = true;
	enum status status = cli_open(cli, &session, error);
	if (status != STATUS_OK)
		return status;
	status = catalog_resolve(session->catalog, arguments[0], &model, error);
	if (status == STATUS_OK)
		print_tree(cli, session, model, &options);
	session_close(session);
	return status;
}

const struct command tree_command = {
	.name = "tree",
	.arguments = "MODEL",
	.summary = "Print a model's ancestors and descendants",
	.details = "\nA model whose relatives stand further up is marked (*); dotted lines are\n"
		   "lineage that was guessed.  CSV lists the edges.",
	.minimum = 1,
	.maximum = 1,
	.json = true,
	.csv = true,
	.target = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct tree_options),
	.defaults = &defaults,
	.run = tree_run,
};
