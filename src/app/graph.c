/* Picking models and edges from the catalog. */
#include "stemma/app/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

/* ---- neighbours -------------------------------------------------------------- */

struct order {
	const struct catalog *catalog;
	const struct engine_target *target;
};

/* The better one first, then by name. */
static int compare_models(const void *a, const void *b, void *context)
{
	const struct order *order = context;
	const struct catalog *catalog = order->catalog;
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	double left_score = catalog_target(catalog, left, order->target);
	double right_score = catalog_target(catalog, right, order->target);

	if (isnan(left_score) != isnan(right_score))
		return isnan(left_score) ? 1 : -1;
	if (left_score != right_score && !isnan(left_score))
		return (left_score < right_score) == target_upwards(catalog, order->target) ? 1 : -1;
	return utf8_compare_names(catalog->models[left].name, catalog->models[right].name);
}

uint32_t *graph_neighbours(const struct catalog *catalog, const struct engine_target *target, size_t node,
			   enum graph_direction direction, size_t *count)
{
	struct order order = {catalog, target};
	uint32_t *nodes;

	if (direction == GRAPH_TO_CHILDREN) {
		const uint32_t *children = lineage_children(catalog->lineage, node, count);
		nodes = memory_allocate(*count + 1, sizeof *nodes);
		if (*count) {
			memcpy(nodes, children, *count * sizeof *nodes);
			qsort_r(nodes, *count, sizeof *nodes, compare_models, &order);
		}
	} else {
		const struct lineage_parent *parents =
			lineage_parents(catalog->lineage, node, count);
		nodes = memory_allocate(*count + 1, sizeof *nodes);
		for (size_t i = 0; i < *count; i++)
			nodes[i] = parents[i].node;
	}
	return nodes;
}

/* ---- collecting --------------------------------------------------------------- */

void graph_init(struct graph *graph, const struct catalog *catalog, const struct target *target)
{
	*graph = (struct graph){
		.catalog = catalog,
		.target = target,
		.nodes = memory_allocate(catalog->count + 1, sizeof *graph->nodes),
		.included = memory_zero(catalog->count + 1, sizeof *graph->included),
	};
}

void graph_free(struct graph *graph)
{
	free(graph->nodes);
	free(graph->included);
	free(graph->edges);
	*graph = (struct graph){0};
}

static void add_node(struct graph *graph, size_t node)
{
	if (!graph->included[node])
		graph->nodes[graph->count++] = (uint32_t)node;
	graph->included[node] = true;
}

static void add_edge(struct graph *graph, size_t child, size_t parent)
{
	graph->edges = memory_grow(graph->edges, graph->edge_count, &graph->edge_capacity,
				   sizeof *graph->edges);
	graph->edges[graph->edge_count++] = (struct graph_edge){(uint32_t)child, (uint32_t)parent};
}

/* The models found so far, breadth first. */
struct walk {
	uint32_t *queue;
	size_t first, last;
	bool *seen; /* by model */
};

static void walk_add(struct walk *walk, size_t model)
{
	if (!walk->seen[model])
		walk->queue[walk->last++] = (uint32_t)model;
	walk->seen[model] = true;
}

static void walk_step(struct walk *walk, struct graph *graph, enum graph_direction direction)
{
	size_t node = walk->queue[walk->first++], count;
	uint32_t *relatives = graph_neighbours(graph->catalog, &graph->target->engine, node, direction, &count);

	for (size_t i = 0; i < count; i++) {
		if (direction == GRAPH_TO_CHILDREN)
			add_edge(graph, relatives[i], node);
		else
			add_edge(graph, node, relatives[i]);
		walk_add(walk, relatives[i]);
	}
	free(relatives);
}

void graph_add_relatives(struct graph *graph, size_t count, const size_t *models,
			 enum graph_direction direction, size_t depth)
{
	size_t nodes = graph->catalog->count;
	struct walk walk = {
		.queue = memory_allocate(nodes + 1, sizeof *walk.queue),
		.seen = memory_zero(nodes + 1, sizeof *walk.seen),
	};

	for (size_t i = 0; i < count; i++)
		walk_add(&walk, models[i]);
	for (size_t generation = 0; generation < depth && walk.first < walk.last; generation++) {
		size_t end = walk.last;
		while (walk.first < end)
			walk_step(&walk, graph, direction);
	}
	for (size_t i = 0; i < walk.last; i++)
		add_node(graph, walk.queue[i]);
	free(walk.queue);
	free(walk.seen);
}

void graph_add_all(struct graph *graph)
{
	const struct catalog *catalog = graph->catalog;
	const uint32_t *order = catalog_by_name(catalog);

	for (size_t i = 0; i < catalog->count; i++) {
		size_t count;
		const struct lineage_parent *parents =
			lineage_parents(catalog->lineage, order[i], &count);
		add_node(graph, order[i]);
		for (size_t p = 0; p < count; p++)
			add_edge(graph, order[i], parents[p].node);
	}
}
