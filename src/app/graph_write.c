/* Writing graphs: DOT for Graphviz, GraphML for the rest. */
#include <math.h>
#include <stdlib.h>

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

static void append_dot_node(struct text *out, const struct catalog *catalog, size_t node, size_t model)
{
	struct text label = {0};

	text_append(&label, catalog->models[node].name);
	if (!isnan(catalog_average(catalog, node)))
		text_append_format(&label, " (%.1f)", catalog_average(catalog, node));
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
		text_append_format(out, " %.2f", (double)facts->weight);
	text_append_format(out, "\"%s%s];\n", facts->trust <= TRUST_INFERRED ? ", style=dotted" : "",
	       facts->weight > 0 ? "" : ", color=gray");
}

/* The merge that does not exist, dashed. */
static void append_dot_child(struct text *out, const struct graph_child *child)
{
	struct text label = {0};

	text_append(&label, child->name);
	if (!isnan(child->average.mean))
		text_append_format(&label, " (predicted %.1f, %.1f to %.1f)", child->average.mean,
				   child->average.low90, child->average.high90);
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
		append_dot_node(out, graph->catalog, graph->nodes[i], model);
	for (size_t i = 0; i < graph->edge_count; i++)
		append_dot_edge(out, graph->catalog, &graph->edges[i]);
	if (graph->child)
		append_dot_child(out, graph->child);
	text_append(out, "}\n");
}

/* ---- GraphML -------------------------------------------------------------------- */

/* Every attribute of a node or an edge, declared before it is used. */
#define NODE_KEY_TABLE(X) \
	X(NAME, "name", "string") \
	X(KIND, "kind", "string") \
	X(ARCHITECTURE, "architecture", "string") \
	X(PARAMS, "params_b", "double") \
	X(AVERAGE, "average", "double") \
	X(PREDICTED, "predicted_average", "double") \
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

static void append_graphml_keys(struct text *out)
{
#define X(symbol, name, type) \
	text_append_format(out, "  <key id=\"d%d\" for=\"node\" attr.name=\"" name "\" attr.type=\"" type "\"/>\n", \
	       (int)KEY_##symbol);
	NODE_KEY_TABLE(X)
#undef X
#define X(symbol, name, type) \
	text_append_format(out, "  <key id=\"d%d\" for=\"edge\" attr.name=\"" name "\" attr.type=\"" type "\"/>\n", \
	       (int)KEY_##symbol);
	EDGE_KEY_TABLE(X)
#undef X
}

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

static void append_graphml_node(struct text *out, const struct catalog *catalog, size_t node)
{
	const struct catalog_model *model = &catalog->models[node];

	text_append_format(out, "    <node id=\"m%zu\">\n", node);
	append_data_text(out, KEY_NAME, model->name);
	append_data_text(out, KEY_KIND, kind_name(model->kind));
	append_data_text(out, KEY_ARCHITECTURE, model->architecture);
	append_data_number(out, KEY_PARAMS, model->params_b);
	append_data_number(out, KEY_AVERAGE, catalog_average(catalog, node));
	for (size_t b = 0; b < catalog->benchmark_count; b++)
		if (!isnan(catalog_score(catalog, node, b)))
			text_append_format(out, "      <data key=\"s%zu\">%.10g</data>\n", b,
			       catalog_score(catalog, node, b));
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
	append_data_number(out, KEY_PREDICTED, child->average.mean);
	append_data_number(out, KEY_LOW, child->average.low90);
	append_data_number(out, KEY_HIGH, child->average.high90);
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
	append_graphml_keys(out);
	append_score_keys(out, graph->catalog);
	text_append(out, "  <graph id=\"stemma\" edgedefault=\"directed\">\n");
	for (size_t i = 0; i < graph->count; i++)
		append_graphml_node(out, graph->catalog, graph->nodes[i]);
	for (size_t i = 0; i < graph->edge_count; i++)
		append_graphml_edge(out, graph->catalog, &graph->edges[i]);
	if (graph->child)
		append_graphml_child(out, graph->child);
	text_append(out, "  </graph>\n</graphml>\n");
}
