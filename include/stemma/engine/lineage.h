/* Lineage: who was made from whom, as a directed acyclic graph.
 *
 * Nodes are 0..nodes-1 (the caller's own numbering); an edge goes from parent
 * to child and carries the share of the child that the parent gave.  After
 * lineage_finish() the graph is immutable and may be read by many threads.
 * Memory: about 40 bytes a node plus 16 an edge.
 */
#ifndef STEMMA_ENGINE_LINEAGE_H
#define STEMMA_ENGINE_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/base/facts.h"

struct lineage;

struct lineage_parent {
	uint32_t node;
	float weight;      /* share of the child; the positive ones sum to 1 */
	uint8_t relation;  /* enum relation */
	uint8_t trust;     /* enum trust */
	bool known_weight; /* stated by a configuration, not assumed equal */
};
/* Whether nobody stated the share and another would do as well: interfaces write it as "~0.50". */
static inline bool lineage_share_assumed(const struct lineage_parent *parent)
{
	return !parent->known_weight && parent->weight < 1;
}

struct lineage *lineage_new(size_t nodes);
void lineage_free(struct lineage *lineage); /* NULL allowed */

/* Adds an edge; weight NAN when unknown, 0 for a mere reference.  Self-parents
 * are ignored; a repeated (child, parent) keeps the most trusted. */
void lineage_add(struct lineage *lineage, size_t child, size_t parent, enum relation relation,
		 double weight, enum trust trust);

/* Sorts, cuts cycles (in each cycle the least trusted edge, then the one into
 * the younger-numbered child, is dropped), and scales the weights of each
 * child to sum 1 (unknown weights share equally what the known ones leave, or
 * all alike when nothing is known).  Linear in nodes and edges. */
void lineage_finish(struct lineage *lineage);

size_t lineage_nodes(const struct lineage *lineage);
size_t lineage_edges(const struct lineage *lineage);
/* Parents of a node, largest weight first, then most trusted, then smallest
 * number; borrowed. */
const struct lineage_parent *lineage_parents(const struct lineage *lineage, size_t node,
					     size_t *count);
/* The edge between two nodes, NULL when there is none; borrowed. */
const struct lineage_parent *lineage_find(const struct lineage *lineage, size_t child,
					  size_t parent);
const uint32_t *lineage_children(const struct lineage *lineage, size_t node, size_t *count);
/* All nodes, parents before children. */
const uint32_t *lineage_order(const struct lineage *lineage);

struct lineage_cut {
	uint32_t child, parent;
};
/* The edges that were dropped to break cycles. */
const struct lineage_cut *lineage_cuts(const struct lineage *lineage, size_t *count);

/* The arrays that a finished graph consists of, to be kept somewhere. */
struct lineage_parts {
	size_t nodes, edges, cut_count;
	const uint32_t *parent_start;         /* nodes + 1: where each child's parents begin */
	const struct lineage_parent *parents; /* edges */
	const uint32_t *order;                /* nodes: parents before children */
	const struct lineage_cut *cuts;       /* cut_count */
};
/* Borrowed from the graph. */
void lineage_parts(const struct lineage *lineage, struct lineage_parts *parts);
/* A graph of such arrays, which it takes over (they are of memory.h); NULL, with
 * all of them freed, when they are not those of a finished graph.  Linear. */
struct lineage *lineage_restore(const struct lineage_parts *parts);

/* How much of `node` comes from each ancestor: the sum over all paths of the
 * product of the weights (a row of T = (I - W)^-1, with the node itself at 1).
 * References (weight 0) are left out.  The result is in parents-first order
 * with `node` last. */
struct lineage_share {
	uint32_t node;
	double share;
};
struct lineage_walk; /* scratch memory for the walks; one a thread */
struct lineage_walk *lineage_walk_new(const struct lineage *lineage);
void lineage_walk_free(struct lineage_walk *walk);
const struct lineage_share *lineage_ancestors(struct lineage_walk *walk, size_t node,
					      size_t *count);
/* The same for a hypothetical child of `parents` with weights that sum to 1;
 * the child itself is not in the result. */
const struct lineage_share *lineage_child_ancestors(struct lineage_walk *walk, size_t count,
						    const size_t *parents, const double *weights,
						    size_t *ancestors);

#endif
