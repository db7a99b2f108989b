#include "stemma/engine/lineage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

struct raw_edge {
	uint32_t child, parent;
	float weight; /* NAN unknown */
	uint8_t relation, trust;
	bool cut;
};

struct lineage {
	size_t nodes, edges;
	uint32_t *parent_start; /* nodes + 1 */
	struct lineage_parent *parents;
	uint32_t *child_start;  /* nodes + 1 */
	uint32_t *children;
	uint32_t *order;        /* parents before children */
	uint32_t *rank;         /* position in order */
	struct lineage_cut *cuts;
	size_t cut_count, cut_capacity;
	struct raw_edge *raw;   /* until lineage_finish() */
	size_t raw_count, raw_capacity;
};

struct lineage *lineage_new(size_t nodes)
{
	struct lineage *lineage = memory_zero(1, sizeof *lineage);

	lineage->nodes = nodes;
	return lineage;
}

void lineage_free(struct lineage *lineage)
{
	if (!lineage)
		return;
	free(lineage->parent_start);
	free(lineage->parents);
	free(lineage->child_start);
	free(lineage->children);
	free(lineage->order);
	free(lineage->rank);
	free(lineage->cuts);
	free(lineage->raw);
	free(lineage);
}

void lineage_add(struct lineage *lineage, size_t child, size_t parent, enum relation relation,
		 double weight, enum trust trust)
{
	if (child == parent || child >= lineage->nodes || parent >= lineage->nodes)
		return;
	lineage->raw = memory_grow(lineage->raw, lineage->raw_count, &lineage->raw_capacity,
				   sizeof *lineage->raw);
	lineage->raw[lineage->raw_count++] = (struct raw_edge){
		.child = (uint32_t)child,
		.parent = (uint32_t)parent,
		.weight = (float)(weight >= 0 ? weight : NAN),
		.relation = (uint8_t)relation,
		.trust = (uint8_t)trust,
	};
}

/* By child, then parent, then the most trusted first, then a known weight. */
static int raw_compare(const void *left, const void *right)
{
	const struct raw_edge *a = left, *b = right;

	if (a->child != b->child)
		return a->child < b->child ? -1 : 1;
	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	if (a->trust != b->trust)
		return a->trust > b->trust ? -1 : 1;
	return (isnan(a->weight) != 0) - (isnan(b->weight) != 0);
}

static void lineage_deduplicate(struct lineage *lineage)
{
	size_t kept = 0;

	if (lineage->raw_count > 0)
		qsort(lineage->raw, lineage->raw_count, sizeof *lineage->raw, raw_compare);
	for (size_t i = 0; i < lineage->raw_count; i++) {
		const struct raw_edge *edge = &lineage->raw[i];
		if (kept > 0 && lineage->raw[kept - 1].child == edge->child &&
		    lineage->raw[kept - 1].parent == edge->parent)
			continue;
		lineage->raw[kept++] = *edge;
	}
	lineage->raw_count = kept;
}

/* Where each child's raw edges begin (they are sorted by child). */
static void lineage_index_parents(struct lineage *lineage)
{
	uint32_t *start = lineage->parent_start;

	memset(start, 0, (lineage->nodes + 1) * sizeof *start);
	for (size_t i = 0; i < lineage->raw_count; i++)
		start[lineage->raw[i].child + 1]++;
	for (size_t node = 0; node < lineage->nodes; node++)
		start[node + 1] += start[node];
}

/* Depth-first walk from child to parent, kept on a stack of its own because a
 * chain may be long. */
struct cycle_search {
	struct lineage *lineage;
	uint8_t *colour;  /* 0 new, 1 on the path, 2 done */
	uint32_t *path;   /* nodes on the path */
	uint32_t *next;   /* by node: its next raw edge to follow */
	size_t depth;
};

/* Whether edge `a` should go rather than edge `b` to break a cycle. */
static bool raw_is_weaker(const struct raw_edge *a, const struct raw_edge *b)
{
	if (a->trust != b->trust)
		return a->trust < b->trust;
	return a->child > b->child;
}

/* The path from position `first` to its end, closed by the last node's current
 * edge, is a cycle: cuts its weakest edge. */
static void cycle_cut(struct cycle_search *search, size_t first)
{
	struct lineage *lineage = search->lineage;
	struct raw_edge *weakest = NULL;

	for (size_t i = first; i < search->depth; i++) {
		struct raw_edge *edge = &lineage->raw[search->next[search->path[i]] - 1];
		if (!weakest || raw_is_weaker(edge, weakest))
			weakest = edge;
	}
	weakest->cut = true;
	lineage->cuts = memory_grow(lineage->cuts, lineage->cut_count, &lineage->cut_capacity,
				    sizeof *lineage->cuts);
	lineage->cuts[lineage->cut_count++] =
		(struct lineage_cut){.child = weakest->child, .parent = weakest->parent};
	/* Walk on from the child of the cut edge; what hung below it on the path
	 * is looked at anew, because it may close other cycles. */
	while (search->path[search->depth - 1] != weakest->child) {
		uint32_t node = search->path[--search->depth];
		search->colour[node] = 0;
		search->next[node] = lineage->parent_start[node];
	}
}

static void cycle_search_from(struct cycle_search *search, uint32_t root)
{
	struct lineage *lineage = search->lineage;

	search->depth = 0;
	search->path[search->depth++] = root;
	search->colour[root] = 1;
	while (search->depth > 0) {
		uint32_t node = search->path[search->depth - 1];
		if (search->next[node] == lineage->parent_start[node + 1]) {
			search->colour[node] = 2;
			search->depth--;
			continue;
		}
		const struct raw_edge *edge = &lineage->raw[search->next[node]++];
		if (edge->cut || search->colour[edge->parent] == 2)
			continue;
		if (search->colour[edge->parent] == 0) {
			search->colour[edge->parent] = 1;
			search->path[search->depth++] = edge->parent;
			continue;
		}
		size_t first = search->depth - 1;
		while (search->path[first] != edge->parent)
			first--;
		cycle_cut(search, first);
	}
}

static void lineage_cut_cycles(struct lineage *lineage)
{
	struct cycle_search search = {
		.lineage = lineage,
		.colour = memory_zero(lineage->nodes, sizeof(uint8_t)),
		.path = memory_allocate(lineage->nodes, sizeof(uint32_t)),
		.next = memory_allocate(lineage->nodes, sizeof(uint32_t)),
	};

	memcpy(search.next, lineage->parent_start, lineage->nodes * sizeof *search.next);
	for (size_t node = 0; node < lineage->nodes; node++)
		if (search.colour[node] == 0)
			cycle_search_from(&search, (uint32_t)node);
	free(search.colour);
	free(search.path);
	free(search.next);

	size_t kept = 0;
	for (size_t i = 0; i < lineage->raw_count; i++)
		if (!lineage->raw[i].cut)
			lineage->raw[kept++] = lineage->raw[i];
	lineage->raw_count = kept;
	lineage_index_parents(lineage);
}

/* Turns the stated weights of one child into shares that sum to 1. */
static void child_scale_weights(struct raw_edge *edges, struct lineage_parent *parents, size_t count)
{
	double known = 0, total = 0;
	size_t unknown = 0;

	for (size_t i = 0; i < count; i++) {
		if (isnan(edges[i].weight))
			unknown++;
		else
			known += (double)edges[i].weight;
	}
	/* What an unknown parent gets: a share of what the others leave; the
	 * mean of the known ones where they leave nothing. */
	double guess = 1;
	if (unknown > 0 && known > 0)
		guess = known < 1 ? (1 - known) / (double)unknown
				  : known / (double)(count - unknown);
	bool nothing_known = known <= 0 && unknown == 0;
	for (size_t i = 0; i < count; i++) {
		double weight = isnan(edges[i].weight) ? guess : (double)edges[i].weight;
		parents[i].weight = (float)(nothing_known ? 1 : weight);
		parents[i].known_weight = !isnan(edges[i].weight) && !nothing_known;
		total += (double)parents[i].weight;
	}
	for (size_t i = 0; i < count; i++)
		parents[i].weight = (float)((double)parents[i].weight / total);
}

static int parent_compare(const void *left, const void *right)
{
	const struct lineage_parent *a = left, *b = right;

	if (a->weight > b->weight || a->weight < b->weight)
		return a->weight > b->weight ? -1 : 1;
	if (a->trust != b->trust)
		return a->trust > b->trust ? -1 : 1;
	return a->node < b->node ? -1 : a->node > b->node;
}

static void lineage_build_parents(struct lineage *lineage)
{
	lineage->edges = lineage->raw_count;
	lineage->parents = memory_allocate(lineage->edges, sizeof *lineage->parents);
	for (size_t i = 0; i < lineage->edges; i++)
		lineage->parents[i] = (struct lineage_parent){
			.node = lineage->raw[i].parent,
			.relation = lineage->raw[i].relation,
			.trust = lineage->raw[i].trust,
		};
	for (size_t node = 0; node < lineage->nodes; node++) {
		uint32_t first = lineage->parent_start[node];
		size_t count = lineage->parent_start[node + 1] - first;
		if (count == 0)
			continue;
		child_scale_weights(lineage->raw + first, lineage->parents + first, count);
		qsort(lineage->parents + first, count, sizeof *lineage->parents, parent_compare);
	}
	free(lineage->raw);
	lineage->raw = NULL;
	lineage->raw_count = lineage->raw_capacity = 0;
}

static void lineage_build_children(struct lineage *lineage)
{
	uint32_t *start = lineage->child_start = memory_zero(lineage->nodes + 1, sizeof *start);
	uint32_t *fill = memory_allocate(lineage->nodes, sizeof *fill);

	for (size_t i = 0; i < lineage->edges; i++)
		start[lineage->parents[i].node + 1]++;
	for (size_t node = 0; node < lineage->nodes; node++) {
		start[node + 1] += start[node];
		fill[node] = start[node];
	}
	lineage->children = memory_allocate(lineage->edges, sizeof *lineage->children);
	for (size_t node = 0; node < lineage->nodes; node++)
		for (uint32_t i = lineage->parent_start[node]; i < lineage->parent_start[node + 1]; i++)
			lineage->children[fill[lineage->parents[i].node]++] = (uint32_t)node;
	free(fill);
}

/* Kahn's algorithm; the graph has no cycles any more. */
static void lineage_build_order(struct lineage *lineage)
{
	uint32_t *waiting = memory_allocate(lineage->nodes, sizeof *waiting);
	size_t head = 0, tail = 0;

	lineage->order = memory_allocate(lineage->nodes, sizeof *lineage->order);
	lineage->rank = memory_allocate(lineage->nodes, sizeof *lineage->rank);
	for (size_t node = 0; node < lineage->nodes; node++) {
		waiting[node] = lineage->parent_start[node + 1] - lineage->parent_start[node];
		if (waiting[node] == 0)
			lineage->order[tail++] = (uint32_t)node;
	}
	while (head < tail) {
		uint32_t node = lineage->order[head];
		lineage->rank[node] = (uint32_t)head++;
		for (uint32_t i = lineage->child_start[node]; i < lineage->child_start[node + 1]; i++)
			if (--waiting[lineage->children[i]] == 0)
				lineage->order[tail++] = lineage->children[i];
	}
	free(waiting);
}

void lineage_finish(struct lineage *lineage)
{
	lineage->parent_start = memory_allocate(lineage->nodes + 1, sizeof *lineage->parent_start);
	lineage_deduplicate(lineage);
	lineage_index_parents(lineage);
	lineage_cut_cycles(lineage);
	lineage_build_parents(lineage);
	lineage_build_children(lineage);
	lineage_build_order(lineage);
}

/* ---- kept and restored ------------------------------------------------------ */

void lineage_parts(const struct lineage *lineage, struct lineage_parts *parts)
{
	*parts = (struct lineage_parts){
		.nodes = lineage->nodes, .edges = lineage->edges, .cut_count = lineage->cut_count,
		.parent_start = lineage->parent_start, .parents = lineage->parents,
		.order = lineage->order, .cuts = lineage->cuts,
	};
}

/* Fills in the ranks; whether the order has every node once. */
static bool order_is_whole(struct lineage *lineage)
{
	memset(lineage->rank, 0xFF, lineage->nodes * sizeof *lineage->rank);
	for (size_t i = 0; i < lineage->nodes; i++) {
		uint32_t node = lineage->order[i];
		if (node >= lineage->nodes || lineage->rank[node] != UINT32_MAX)
			return false;
		lineage->rank[node] = (uint32_t)i;
	}
	return true;
}

/* The truth value is looked at as a byte: bytes from a file may hold anything. */
static bool parent_is_sound(const struct lineage *lineage, size_t child,
			    const struct lineage_parent *parent)
{
	unsigned char known;

	memcpy(&known, &parent->known_weight, 1);
	return parent->node < lineage->nodes && lineage->rank[parent->node] < lineage->rank[child] &&
	       parent->weight >= 0 && parent->weight <= 1 && parent->relation < RELATION_COUNT && known <= 1;
}

static bool parents_are_sound(const struct lineage *lineage)
{
	const uint32_t *start = lineage->parent_start;

	if (start[0] != 0)
		return false;
	for (size_t node = 0; node < lineage->nodes; node++) {
		if (start[node + 1] < start[node] || start[node + 1] > lineage->edges)
			return false;
		for (uint32_t i = start[node]; i < start[node + 1]; i++)
			if (!parent_is_sound(lineage, node, &lineage->parents[i]))
				return false;
	}
	return start[lineage->nodes] == lineage->edges;
}

static bool cuts_are_sound(const struct lineage *lineage)
{
	for (size_t i = 0; i < lineage->cut_count; i++)
		if (lineage->cuts[i].child >= lineage->nodes || lineage->cuts[i].parent >= lineage->nodes)
			return false;
	return true;
}

struct lineage *lineage_restore(const struct lineage_parts *parts)
{
	struct lineage *lineage = lineage_new(parts->nodes);

	lineage->edges = parts->edges;
	lineage->cut_count = parts->cut_count;
	lineage->parent_start = (uint32_t *)parts->parent_start;
	lineage->parents = (struct lineage_parent *)parts->parents;
	lineage->order = (uint32_t *)parts->order;
	lineage->cuts = (struct lineage_cut *)parts->cuts;
	lineage->rank = memory_allocate(lineage->nodes, sizeof *lineage->rank);
	if (!order_is_whole(lineage) || !parents_are_sound(lineage) || !cuts_are_sound(lineage)) {
		lineage_free(lineage);
		return NULL;
	}
	lineage_build_children(lineage);
	return lineage;
}

/* ---- looking ------------------------------------------------------------------ */

size_t lineage_nodes(const struct lineage *lineage)
{
	return lineage->nodes;
}

size_t lineage_edges(const struct lineage *lineage)
{
	return lineage->edges;
}

const struct lineage_parent *lineage_parents(const struct lineage *lineage, size_t node,
					     size_t *count)
{
	*count = lineage->parent_start[node + 1] - lineage->parent_start[node];
	return lineage->parents + lineage->parent_start[node];
}

const struct lineage_parent *lineage_find(const struct lineage *lineage, size_t child,
					  size_t parent)
{
	size_t count;
	const struct lineage_parent *parents = lineage_parents(lineage, child, &count);

	for (size_t i = 0; i < count; i++)
		if (parents[i].node == parent)
			return &parents[i];
	return NULL;
}

const uint32_t *lineage_children(const struct lineage *lineage, size_t node, size_t *count)
{
	*count = lineage->child_start[node + 1] - lineage->child_start[node];
	return lineage->children + lineage->child_start[node];
}

const uint32_t *lineage_order(const struct lineage *lineage)
{
	return lineage->order;
}

const struct lineage_cut *lineage_cuts(const struct lineage *lineage, size_t *count)
{
	*count = lineage->cut_count;
	return lineage->cuts;
}

/* ---- walks ---------------------------------------------------------------- */

struct walk_item {
	uint32_t rank, node;
};

struct lineage_walk {
	const struct lineage *lineage;
	double *share;         /* by node, valid where marked */
	uint8_t *marked;       /* by node */
	struct walk_item *item;
	size_t item_count, item_capacity;
	struct lineage_share *result;
	size_t result_capacity;
};

struct lineage_walk *lineage_walk_new(const struct lineage *lineage)
{
	struct lineage_walk *walk = memory_zero(1, sizeof *walk);

	walk->lineage = lineage;
	walk->share = memory_zero(lineage->nodes, sizeof *walk->share);
	walk->marked = memory_zero(lineage->nodes, sizeof *walk->marked);
	return walk;
}

void lineage_walk_free(struct lineage_walk *walk)
{
	if (!walk)
		return;
	free(walk->share);
	free(walk->marked);
	free(walk->item);
	free(walk->result);
	free(walk);
}

static void walk_mark(struct lineage_walk *walk, uint32_t node)
{
	if (walk->marked[node])
		return;
	walk->marked[node] = 1;
	walk->share[node] = 0;
	walk->item = memory_grow(walk->item, walk->item_count, &walk->item_capacity,
				 sizeof *walk->item);
	walk->item[walk->item_count++] =
		(struct walk_item){.rank = walk->lineage->rank[node], .node = node};
}

static int item_compare(const void *left, const void *right)
{
	const struct walk_item *a = left, *b = right;

	return a->rank < b->rank ? -1 : a->rank > b->rank;
}

/* Marks all ancestors of what is marked, then lets the shares flow from the
 * youngest to the oldest.  The shares of the start nodes are set before. */
static const struct lineage_share *walk_run(struct lineage_walk *walk, size_t *count)
{
	const struct lineage *lineage = walk->lineage;

	for (size_t i = 0; i < walk->item_count; i++) {
		size_t parent_count;
		const struct lineage_parent *parents =
			lineage_parents(lineage, walk->item[i].node, &parent_count);
		for (size_t p = 0; p < parent_count; p++)
			if (parents[p].weight > 0)
				walk_mark(walk, parents[p].node);
	}
	if (walk->item_count > 0)
		qsort(walk->item, walk->item_count, sizeof *walk->item, item_compare);
	for (size_t i = walk->item_count; i-- > 0;) {
		uint32_t node = walk->item[i].node;
		size_t parent_count;
		const struct lineage_parent *parents = lineage_parents(lineage, node, &parent_count);
		for (size_t p = 0; p < parent_count; p++)
			if (parents[p].weight > 0)
				walk->share[parents[p].node] +=
					(double)parents[p].weight * walk->share[node];
	}
	if (walk->item_count > walk->result_capacity) {
		walk->result_capacity = walk->item_count * 2;
		walk->result = memory_resize(walk->result, walk->result_capacity,
					     sizeof *walk->result);
	}
	for (size_t i = 0; i < walk->item_count; i++) {
		uint32_t node = walk->item[i].node;
		walk->result[i] = (struct lineage_share){.node = node, .share = walk->share[node]};
		walk->marked[node] = 0;
	}
	*count = walk->item_count;
	walk->item_count = 0;
	return walk->result;
}

const struct lineage_share *lineage_ancestors(struct lineage_walk *walk, size_t node, size_t *count)
{
	walk_mark(walk, (uint32_t)node);
	walk->share[node] = 1;
	return walk_run(walk, count);
}

const struct lineage_share *lineage_child_ancestors(struct lineage_walk *walk, size_t count,
						    const size_t *parents, const double *weights,
						    size_t *ancestors)
{
	for (size_t i = 0; i < count; i++) {
		if (weights[i] <= 0)
			continue;
		walk_mark(walk, (uint32_t)parents[i]);
		walk->share[parents[i]] += weights[i];
	}
	return walk_run(walk, ancestors);
}
