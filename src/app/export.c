#include "stemma/app/export.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- formats ----------------------------------------------------------------- */

static const struct {
	const char *title, *endings;
} formats[] = {
#define X(symbol, word, title, endings) {title, endings},
	EXPORT_FORMAT_TABLE(X)
#undef X
};

const char *export_format_title(enum export_format format)
{
	return formats[format].title;
}

/* Whether a list such as ".yml .yaml" has the word. */
static bool has_ending(const char *endings, const char *ending)
{
	size_t length = strlen(ending);

	for (const char *at = strstr(endings, ending); at; at = strstr(at + 1, ending))
		if (at[length] == ' ' || at[length] == '\0')
			return true;
	return false;
}

/* ".yml" of a path, "" when its last part has no dot. */
static const char *ending_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *ending = strrchr(slash ? slash : path, '.');

	return ending ? ending : "";
}

enum export_format export_format_of(const char *path)
{
	const char *ending = ending_of(path);
	enum export_format format = 0;

	while (format < EXPORT_FORMAT_COUNT && !(*ending && has_ending(formats[format].endings, ending)))
		format++;
	return format;
}

bool export_is_table(const char *path, bool *json)
{
	bool is_json = strcmp(ending_of(path), ".json") == 0;

	if (json)
		*json = is_json;
	return is_json || strcmp(ending_of(path), ".csv") == 0;
}

/* ---- graphs ------------------------------------------------------------------ */

struct graph_child export_child(const struct sketch *sketch, const struct catalog *catalog,
				const struct sketch_prediction *prediction,
				struct engine_child *facts)
{
	sketch_child(sketch, catalog, facts);
	return (struct graph_child){
		.name = "merge", .method = merge_method_info(sketch->now.method)->name, .facts = facts,
		.estimate = prediction ? prediction->row[prediction->rows - 1].estimate
				      : (struct engine_estimate){.mean = NAN, .low90 = NAN, .high90 = NAN},
	};
}

void export_child_graph(struct graph *graph, const struct session *session,
			const struct graph_child *child)
{
	graph_init(graph, session->catalog, &session->target);
	graph_add_relatives(graph, child->facts->count, child->facts->parents, GRAPH_TO_PARENTS,
			    session->catalog->count);
	graph->child = child;
}

void export_graph(const struct graph *graph, size_t model, enum export_format format,
		  struct text *out)
{
	if (format == EXPORT_GRAPHML)
		graph_write_graphml(graph, out);
	else
		graph_write_dot(graph, model, out);
}

static void write_graph(const struct sketch *sketch, const struct session *session,
			const struct sketch_prediction *prediction, enum export_format format,
			struct text *out)
{
	struct engine_child facts;
	const struct graph_child child = export_child(sketch, session->catalog, prediction, &facts);
	struct graph graph;

	export_child_graph(&graph, session, &child);
	export_graph(&graph, CATALOG_NONE, format, out);
	graph_free(&graph);
}

void export_sketch(const struct sketch *sketch, const struct session *session,
		   const struct sketch_prediction *prediction, enum export_format format,
		   struct text *out)
{
	const struct catalog *catalog = session->catalog;

	switch (format) {
	case EXPORT_CARD: sketch_write_card(sketch, catalog, session->store, prediction, out); break;
	case EXPORT_DOT: case EXPORT_GRAPHML:
		write_graph(sketch, session, prediction, format, out);
		break;
	case EXPORT_MERGEKIT: case EXPORT_FORMAT_COUNT:
		sketch_write(sketch, catalog, session->store, prediction, out);
		break;
	}
}
