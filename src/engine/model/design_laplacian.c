/* The Laplacian prior: its precision is factored, and what hangs on one neighbour pruned before. */
#include "model/design_parts.h"

#include <stdlib.h>

#include <suitesparse/cholmod.h>

#include "stemma/base/memory.h"

/* Neighbours of a node: parents and children. */
static size_t neighbour_count(const struct lineage *lineage, size_t node)
{
	size_t parents, children;

	lineage_parents(lineage, node, &parents);
	lineage_children(lineage, node, &children);
	return parents + children;
}

static size_t neighbour(const struct lineage *lineage, size_t node, size_t number)
{
	size_t parents, children;
	const struct lineage_parent *parent = lineage_parents(lineage, node, &parents);
	const uint32_t *child = lineage_children(lineage, node, &children);

	return number < parents ? parent[number].node : child[number - parents];
}

/* Takes out, one after the other, nodes without scores that hang on one neighbour: each adds
 * rho - rho^2 / diagonal to that one's precision.  Sets diagonals, and towards of what is out. */
static void prune_nodes(struct design *design)
{
	struct design_index *index = design->index;
	const struct lineage *lineage = index->data->lineage;
	size_t nodes = lineage_nodes(lineage), count = 0;
	uint32_t *degree = memory_allocate(nodes, sizeof *degree), *queue = memory_allocate(nodes, sizeof *queue);

	for (size_t node = 0; node < nodes; node++) {
		degree[node] = (uint32_t)neighbour_count(lineage, node);
		index->left[node] = 1 + design->rho * degree[node];
		index->node[node] = 0;
		index->towards[node] = UINT32_MAX;
		if (degree[node] <= 1 && index->model_row[node] < 0)
			queue[count++] = (uint32_t)node;
	}
	for (size_t i = 0; i < count; i++) {
		size_t node = queue[i];
		index->node[node] = NOT_NEEDED;
		for (size_t k = 0; k < neighbour_count(lineage, node); k++) {
			size_t other = neighbour(lineage, node, k);
			if (index->node[other] == NOT_NEEDED)
				continue;
			index->towards[node] = (uint32_t)other;
			index->left[other] -= design->rho * design->rho / index->left[node];
			if (--degree[other] == 1 && index->model_row[other] < 0)
				queue[count++] = (uint32_t)other;
		}
	}
	free(degree);
	free(queue);
}

/* The precision of the nodes that are left, lower triangle. */
static cholmod_sparse *laplacian_matrix(const struct design *design, size_t kept, cholmod_common *common)
{
	const struct design_index *index = design->index;
	const struct lineage *lineage = index->data->lineage;
	cholmod_triplet *triplet = cholmod_l_allocate_triplet(kept, kept, kept + lineage_edges(lineage), -1,
							      CHOLMOD_REAL, common);
	size_t used = 0, count;

	if (!triplet)
		return NULL;
	SuiteSparse_long *row = triplet->i, *column = triplet->j;
	double *value = triplet->x;
	for (size_t node = 0; node < lineage_nodes(lineage); node++) {
		if (index->node[node] < 0)
			continue;
		SuiteSparse_long a = (SuiteSparse_long)index->node[node];
		row[used] = column[used] = a;
		value[used++] = index->left[node];
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t p = 0; p < count; p++) {
			SuiteSparse_long b = (SuiteSparse_long)index->node[parents[p].node];
			if (b < 0)
				continue;
			row[used] = a > b ? a : b;
			column[used] = a > b ? b : a;
			value[used++] = -design->rho;
		}
	}
	triplet->nnz = used;
	cholmod_sparse *sparse = cholmod_l_triplet_to_sparse(triplet, used, common);
	cholmod_l_free_triplet(&triplet, common);
	return sparse;
}

/* The precision is L L' after a permutation, so L' (permuted effects) are independent: an
 * effect hangs on those that come after it, which take the earlier numbers here. */
static void add_factor(struct builder *builder, const cholmod_factor *factor)
{
	const SuiteSparse_long *start = factor->p, *row = factor->i, *length = factor->nz;
	const double *value = factor->x;

	for (size_t place = factor->n; place-- > 0;) {
		builder_add_effect(builder, 0, builder->design->terms, value[start[place]]);
		for (SuiteSparse_long k = start[place] + 1; k < start[place] + length[place]; k++)
			builder_add_prior(builder, factor->n - 1 - (size_t)row[k], value[k]);
	}
}

enum status builder_add_laplacian(struct builder *builder, struct error *error)
{
	struct design *design = builder->design;
	struct design_index *index = design->index;
	size_t nodes = lineage_nodes(index->data->lineage), kept = 0;
	cholmod_common common;
	cholmod_factor *factor = NULL;

	index->node = memory_allocate(nodes, sizeof *index->node);
	index->left = memory_allocate(nodes, sizeof *index->left);
	index->towards = memory_allocate(nodes, sizeof *index->towards);
	prune_nodes(design);
	for (size_t node = 0; node < nodes; node++)
		if (index->node[node] >= 0)
			index->node[node] = (int64_t)kept++;
	cholmod_l_start(&common);
	common.print = 0;
	common.supernodal = CHOLMOD_SIMPLICIAL;
	common.final_ll = true;
	cholmod_sparse *precision = laplacian_matrix(design, kept, &common);
	if (precision && (factor = cholmod_l_analyze(precision, &common)))
		cholmod_l_factorize(precision, factor, &common);
	cholmod_l_free_sparse(&precision, &common);
	bool good = factor && common.status == CHOLMOD_OK &&
		    cholmod_l_change_factor(CHOLMOD_REAL, true, false, true, true, factor, &common);
	if (good) {
		const SuiteSparse_long *order = factor->Perm;
		int64_t *effect = memory_allocate(kept + 1, sizeof *effect);
		for (size_t place = 0; place < kept; place++)
			effect[order[place]] = (int64_t)(kept - 1 - place);
		for (size_t node = 0; node < nodes; node++)
			if (index->node[node] >= 0)
				index->node[node] = effect[index->node[node]];
		free(effect);
		add_factor(builder, factor);
		for (size_t row = 0; row < design->rows; row++)
			builder_add_row(builder, row, (size_t)index->node[index->row_model[row]], 1);
	}
	cholmod_l_free_factor(&factor, &common);
	cholmod_l_finish(&common);
	return good ? STATUS_OK
		    : error_set(error, STATUS_SOFTWARE, "cannot factor the lineage Laplacian of %zu models", nodes);
}
