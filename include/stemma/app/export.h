/* Export: a sketch, a model or everything as a document for other programs. */
#ifndef STEMMA_APP_EXPORT_H
#define STEMMA_APP_EXPORT_H

#include "stemma/app/graph.h"
#include "stemma/app/sketch.h"

/* X(symbol, word, title, ends of file names) */
#define EXPORT_FORMAT_TABLE(X) \
	X(MERGEKIT, "mergekit", "mergekit configuration", ".yml .yaml") \
	X(CARD, "card", "model card", ".md") \
	X(DOT, "dot", "graph", ".dot .gv") \
	X(GRAPHML, "graphml", "graph", ".graphml .xml")
enum export_format {
#define X(symbol, ...) EXPORT_##symbol,
	EXPORT_FORMAT_TABLE(X)
#undef X
	EXPORT_FORMAT_COUNT
};
const char *export_format_title(enum export_format format);
/* The format that the end of a file's name says, EXPORT_FORMAT_COUNT when it
 * says none. */
enum export_format export_format_of(const char *path);

/* Whether it says JSON or CSV, in which the command line writes models and edges;
 * *json (NULL allowed) says which. */
bool export_is_table(const char *path, bool *json);

/* Appends the sketch in any of the formats, with the prediction (or NULL); the
 * graphs have the parents' ancestors too.  It must pass sketch_check(). */
void export_sketch(const struct sketch *sketch, const struct session *session,
		   const struct sketch_prediction *prediction, enum export_format format,
		   struct text *out);
/* Appends a graph of models that exist; `model` as in graph_write_dot(). */
void export_graph(const struct graph *graph, size_t model, enum export_format format,
		  struct text *out);

/* The sketch as a node of a graph: borrowed from sketch and prediction. */
struct graph_child export_child(const struct sketch *sketch, const struct catalog *catalog,
				const struct sketch_prediction *prediction,
				struct engine_child *facts);
/* A graph of the child's parents and all their ancestors; graph_free() after use. */
void export_child_graph(struct graph *graph, const struct session *session,
			const struct graph_child *child);

#endif
