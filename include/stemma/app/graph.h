/* Graph: models with the edges between them, picked from the catalog and
 * written for people and other programs.
 *
 * A graph may have one more node: a merge that does not exist, with what is
 * predicted for it.  It stands for no model of the catalog. */
#ifndef STEMMA_APP_GRAPH_H
#define STEMMA_APP_GRAPH_H

#include "stemma/app/catalog.h"
#include "stemma/app/target.h"
#include "stemma/base/text.h"

enum graph_direction { GRAPH_TO_PARENTS, GRAPH_TO_CHILDREN };

struct graph_edge {
	uint32_t child, parent;
};

/* The merge that does not exist. */
struct graph_child {
	const char *name, *method; /* borrowed */
	const struct engine_child *facts;
	struct engine_estimate estimate; /* of the graph's target */
};

struct graph {
	const struct catalog *catalog; /* borrowed */
	uint32_t *nodes;
	size_t count;
	bool *included;                /* by model */
	struct graph_edge *edges;
	size_t edge_count, edge_capacity;
	const struct graph_child *child; /* borrowed, NULL none */
	const struct target *target;   /* borrowed; whose values the nodes show */
};

/* Relatives of a model: parents by share, children by the target; the caller frees. */
uint32_t *graph_neighbours(const struct catalog *catalog, const struct engine_target *target, size_t node,
			   enum graph_direction direction, size_t *count);

/* An empty graph; then the models within `depth` generations of the nearest of
 * some, each once, or all of the catalog.  Once for each direction. */
void graph_init(struct graph *graph, const struct catalog *catalog, const struct target *target);
void graph_add_relatives(struct graph *graph, size_t count, const size_t *models,
			 enum graph_direction direction, size_t depth);
void graph_add_all(struct graph *graph);
void graph_free(struct graph *graph);

/* Appends the whole as one document: DOT for Graphviz, where `model` (or
 * CATALOG_NONE) has a thick border, or GraphML. */
void graph_write_dot(const struct graph *graph, size_t model, struct text *out);
void graph_write_graphml(const struct graph *graph, struct text *out);

#endif
