/* Writing graphs: DOT for Graphviz, GraphML for the rest. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/app/graph.h"
#include "stemma/app/sketch.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"

/* ---- DOT ------------------------------------------------------------------------ */

/* A DOT string: quotes and backslashes escaped, no control characters. */
static void append_dot_string(struct text *out, const char *text)
{
	char *clean = utf8_sanitize(text);

	text_append(out, "\"");
	for (const char *at = clean; *at; at++) {
		if (*at == '"' || *at == '\\')
			text_append(out, "\\");
		text_append_bytes(out, at, 1);
	}
	text_append(out, "\"");
	free(clean);
}

static void append_dot_node(struct text *out, const struct graph *graph, size_t node, size_t model)
{
	const struct catalog *catalog = graph->catalog;
	double value = catalog_target(catalog, node, &graph->target->engine);
	struct text label = {0};

	text_append(&label, catalog->models[node].name);
	if (!isnan(value))
		text_append_format(&label, " (%.*f)", target_digits(catalog, &graph->target->engine), value);
	text_append_format(out, "\tm%zu [label=", node);
	append_dot_string(out, text_string(&label));
	text_append_format(out, "%s%s];\n", catalog->models[node].scored ? "" : ", color=gray",
	       node == model ? ", penwidth=2" : "");
	text_free(&label);
}

/* Guessed edges are dotted, references (share 0) grey. */
static void append_dot_edge(struct text *out, const struct catalog *catalog, const struct graph_edge *edge)
{
	const struct lineage_parent *facts = lineage_find(catalog->lineage, edge->child, edge->parent);

	text_append_format(out, "\tm%u -> m%u [label=\"%s", edge->parent, edge->child,
	       relation_name((enum relation)facts->relation));
	if (facts->weight < 1)
		text_append_format(out, " %s%.2f", lineage_share_assumed(facts) ? "~" : "", (double)facts->weight);
	text_append_format(out, "\"%s%s];\n", facts->trust <= TRUST_INFERRED ? ", style=dotted" : "",
	       facts->weight > 0 ? "" : ", color=gray");
}

/* The merge that does not exist, dashed. */
static void append_dot_child(struct text *out, const struct graph *graph)
{
	const struct graph_child *child = graph->child;
	int digits = target_digits(graph->catalog, &graph->target->engine);
	struct text label = {0};

	text_append(&label, child->name);
	if (!isnan(child->estimate.mean))
		text_append_format(&label, " (predicted %.*f, %.*f to %.*f)", digits, child->estimate.mean,
				   digits, child->estimate.low90, digits, child->estimate.high90);
	text_append(out, "\tchild [label=");
	append_dot_string(out, text_string(&label));
	text_append(out, ", style=dashed, penwidth=2];\n");
	for (size_t i = 0; i < child->facts->count; i++)
		text_append_format(out, "\tm%zu -> child [label=\"merge %.2f\", style=dashed];\n",
		       child->facts->parents[i], sketch_child_share(child->facts, child->facts->parents[i]));
	text_free(&label);
}

void graph_write_dot(const struct graph *graph, size_t model, struct text *out)
{
	text_append(out, "digraph stemma {\n\trankdir=LR;\n\tnode [shape=box];\n");
	for (size_t i = 0; i < graph->count; i++)
		append_dot_node(out, graph, graph->nodes[i], model);
	for (size_t i = 0; i < graph->edge_count; i++)
		append_dot_edge(out, graph->catalog, &graph->edges[i]);
	if (graph->child)
		append_dot_child(out, graph);
	text_append(out, "}\n");
}

/* ---- GraphML -------------------------------------------------------------------- */

/* Every attribute of a node or an edge, declared before it is used; of those with %s the
 * name of the target stands there. */
#define NODE_KEY_TABLE(X) \
	X(NAME, "name", "string") \
	X(KIND, "kind", "string") \
	X(ARCHITECTURE, "architecture", "string") \
	X(PARAMS, "params_b", "double") \
	X(TARGET, "%s", "double") \
	X(PREDICTED, "predicted_%s", "double") \
	X(LOW, "predicted_low90", "double") \
	X(HIGH, "predicted_high90", "double")
#define EDGE_KEY_TABLE(X) \
	X(RELATION, "relation", "string") \
	X(SHARE, "share", "double") \
	X(TRUST, "trust", "string")
enum graphml_key {
#define X(symbol, name, type) KEY_##symbol,
	NODE_KEY_TABLE(X)
	EDGE_KEY_TABLE(X)
#undef X
};

/* The characters that XML 1.0 has no place for are U+FFFD. */
static void append_xml_text(struct text *out, const char *text)
{
	char *clean = utf8_sanitize(text);
	unsigned int code;

	for (const char *at = clean; *at;) {
		size_t length = utf8_decode(at, &code);
		switch (code) {
		case '&': text_append(out, "&amp;"); break;
		case '<': text_append(out, "&lt;"); break;
		case '>': text_append(out, "&gt;"); break;
		case '"': text_append(out, "&quot;"); break;
		case '\'': text_append(out, "&apos;"); break;
		case 0xFFFE: case 0xFFFF: text_append(out, UTF8_REPLACEMENT_BYTES); break;
		default: text_append_bytes(out, at, length);
		}
		at += length;
	}
	free(clean);
}

static void append_key(struct text *out, int number, const char *element, const char *name, const char *type,
		       const struct target *target)
{
	const char *mark = strstr(name, "%s");

	text_append_format(out, "  <key id=\"d%d\" for=\"%s\" attr.name=\"%.*s", number, element,
			   mark ? (int)(mark - name) : (int)strlen(name), name);
	if (mark)
		append_xml_text(out, target->name);
	text_append_format(out, "\" attr.type=\"%s\"/>\n", type);
}

static void append_graphml_keys(struct text *out, const struct target *target)
{
#define X(symbol, name, type) append_key(out, KEY_##symbol, "node", name, type, target);
	NODE_KEY_TABLE(X)
#undef X
#define X(symbol, name, type) append_key(out, KEY_##symbol, "edge", name, type, target);
	EDGE_KEY_TABLE(X)
#undef X
}

static void append_data_text(struct text *out, enum graphml_key key, const char *text)
{
	if (!text)
		return;
	text_append_format(out, "      <data key=\"d%d\">", (int)key);
	append_xml_text(out, text);
	text_append(out, "</data>\n");
}

static void append_data_number(struct text *out, enum graphml_key key, double number)
{
	if (!isnan(number))
		text_append_format(out, "      <data key=\"d%d\">%.10g</data>\n", (int)key, number);
}

static void append_score_keys(struct text *out, const struct catalog *catalog)
{
	for (size_t b = 0; b < catalog->benchmark_count; b++) {
		text_append_format(out, "  <key id=\"s%zu\" for=\"node\" attr.name=\"", b);
		append_xml_text(out, catalog->benchmarks[b].key);
		text_append(out, "\" attr.type=\"double\"/>\n");
	}
}

static void append_graphml_node(struct text *out, const struct graph *graph, size_t node)
{
	const struct catalog *catalog = graph->catalog;
	const struct catalog_model *model = &catalog->models[node];
	size_t count;
	const struct engine_cell *cells = catalog_cells(catalog, node, &count);

	text_append_format(out, "    <node id=\"m%zu\">\n", node);
	append_data_text(out, KEY_NAME, model->name);
	append_data_text(out, KEY_KIND, kind_name(model->kind));
	append_data_text(out, KEY_ARCHITECTURE, model->architecture);
	append_data_number(out, KEY_PARAMS, model->params_b);
	append_data_number(out, KEY_TARGET, catalog_target(catalog, node, &graph->target->engine));
	for (size_t i = 0; i < count; i++)
		text_append_format(out, "      <data key=\"s%u\">%.10g</data>\n", cells[i].benchmark, cells[i].value);
	text_append(out, "    </node>\n");
}

static void append_graphml_edge(struct text *out, const struct catalog *catalog, const struct graph_edge *edge)
{
	const struct lineage_parent *facts = lineage_find(catalog->lineage, edge->child, edge->parent);

	text_append_format(out, "    <edge source=\"m%u\" target=\"m%u\">\n", edge->parent, edge->child);
	append_data_text(out, KEY_RELATION, relation_name((enum relation)facts->relation));
	append_data_number(out, KEY_SHARE, (double)facts->weight);
	append_data_text(out, KEY_TRUST, trust_name((enum trust)facts->trust));
	text_append(out, "    </edge>\n");
}

static void append_graphml_child(struct text *out, const struct graph_child *child)
{
	text_append(out, "    <node id=\"child\">\n");
	append_data_text(out, KEY_NAME, child->name);
	append_data_text(out, KEY_KIND, kind_name(KIND_MERGE));
	append_data_text(out, KEY_ARCHITECTURE, child->facts->model.architecture);
	append_data_number(out, KEY_PREDICTED, child->estimate.mean);
	append_data_number(out, KEY_LOW, child->estimate.low90);
	append_data_number(out, KEY_HIGH, child->estimate.high90);
	text_append(out, "    </node>\n");
	for (size_t i = 0; i < child->facts->count; i++) {
		text_append_format(out, "    <edge source=\"m%zu\" target=\"child\">\n", child->facts->parents[i]);
		append_data_text(out, KEY_RELATION, relation_name(RELATION_MERGE));
		append_data_number(out, KEY_SHARE, sketch_child_share(child->facts, child->facts->parents[i]));
		text_append(out, "    </edge>\n");
	}
}

void graph_write_graphml(const struct graph *graph, struct text *out)
{
	text_append_format(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	       "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n");
	append_graphml_keys(out, graph->target);
	append_score_keys(out, graph->catalog);
	text_append(out, "  <graph id=\"stemma\" edgedefault=\"directed\">\n");
	for (size_t i = 0; i < graph->count; i++)
		append_graphml_node(out, graph, graph->nodes[i]);
	for (size_t i = 0; i < graph->edge_count; i++)
		append_graphml_edge(out, graph->catalog, &graph->edges[i]);
	if (graph->child)
		append_graphml_child(out, graph->child);
	text_append(out, "  </graph>\n</graphml>\n");
}
