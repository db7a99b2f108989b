#include "model/laplacian.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

/* Columns solved at once: enough for BLAS speed, little memory. */
#define BLOCK 64

struct laplacian {
	cholmod_common common;
	cholmod_factor *factor;
	size_t nodes, count;
	double rho;
	uint32_t *rows;
};

cholmod_sparse *laplacian_precision(const struct lineage *lineage, double rho, const double *diagonal,
				    cholmod_common *common)
{
	size_t nodes = lineage_nodes(lineage), edges = lineage_edges(lineage);
	cholmod_triplet *triplet = cholmod_l_allocate_triplet(nodes, nodes, nodes + 3 * edges, -1, CHOLMOD_REAL,
							      common);
	if (!triplet)
		return NULL;
	SuiteSparse_long *row = triplet->i, *column = triplet->j;
	double *value = triplet->x;
	size_t used = 0;

	for (size_t node = 0; node < nodes; node++) {
		size_t count;
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		row[used] = column[used] = (SuiteSparse_long)node;
		value[used++] = diagonal ? diagonal[node] : 1;
		for (size_t i = 0; i < count; i++) {
			SuiteSparse_long a = (SuiteSparse_long)node;
			SuiteSparse_long b = (SuiteSparse_long)parents[i].node;
			row[used] = column[used] = a;
			value[used++] = rho;
			row[used] = column[used] = b;
			value[used++] = rho;
			row[used] = a > b ? a : b;
			column[used] = a > b ? b : a;
			value[used++] = -rho;
		}
	}
	triplet->nnz = used;
	cholmod_sparse *sparse = cholmod_l_triplet_to_sparse(triplet, used, common);
	cholmod_l_free_triplet(&triplet, common);
	return sparse;
}

/* Solves for the unit vectors of `count` nodes; the caller frees.  A common block
 * of its own makes it safe beside other readers of the fit. */
static cholmod_dense *laplacian_solve(const struct laplacian *laplacian, const uint32_t *nodes,
				      size_t count, cholmod_common *common)
{
	cholmod_dense *unit = cholmod_l_zeros(laplacian->nodes, count, CHOLMOD_REAL, common);
	if (!unit)
		memory_exhausted();
	double *values = unit->x;
	for (size_t i = 0; i < count; i++)
		values[i * laplacian->nodes + nodes[i]] = 1;
	cholmod_dense *solution = cholmod_l_solve(CHOLMOD_A, laplacian->factor, unit, common);
	if (!solution)
		memory_exhausted();
	cholmod_l_free_dense(&unit, common);
	return solution;
}

enum status laplacian_new(const struct lineage *lineage, double rho, const uint32_t *rows,
			  size_t count, struct laplacian **result, struct error *error)
{
	struct laplacian *laplacian = memory_zero(1, sizeof *laplacian);

	cholmod_l_start(&laplacian->common);
	laplacian->common.print = 0;
	laplacian->nodes = lineage_nodes(lineage);
	laplacian->rho = rho;
	laplacian->count = count;
	laplacian->rows = memory_allocate(count, sizeof *rows);
	memcpy(laplacian->rows, rows, count * sizeof *rows);
	cholmod_sparse *precision = laplacian_precision(lineage, rho, NULL, &laplacian->common);
	if (precision) {
		laplacian->factor = cholmod_l_analyze(precision, &laplacian->common);
		if (laplacian->factor)
			cholmod_l_factorize(precision, laplacian->factor, &laplacian->common);
		cholmod_l_free_sparse(&precision, &laplacian->common);
	}
	if (!laplacian->factor || laplacian->common.status != CHOLMOD_OK) {
		laplacian_free(laplacian);
		return error_set(error, STATUS_SOFTWARE,
				 "cannot factor the lineage Laplacian of %zu models",
				 lineage_nodes(lineage));
	}
	*result = laplacian;
	return STATUS_OK;
}

void laplacian_free(struct laplacian *laplacian)
{
	if (!laplacian)
		return;
	cholmod_l_free_factor(&laplacian->factor, &laplacian->common);
	cholmod_l_finish(&laplacian->common);
	free(laplacian->rows);
	free(laplacian);
}

void laplacian_matrix(const struct laplacian *laplacian, const uint32_t *rows, size_t count,
		      float *matrix)
{
	uint32_t nodes[BLOCK];
	cholmod_common common;

	cholmod_l_start(&common);
	for (size_t first = 0; first < count; first += BLOCK) {
		size_t width = count - first < BLOCK ? count - first : BLOCK;
		for (size_t i = 0; i < width; i++)
			nodes[i] = laplacian->rows[rows[first + i]];
		cholmod_dense *block = laplacian_solve(laplacian, nodes, width, &common);
		const double *values = block->x;
		for (size_t i = 0; i < width; i++)
			for (size_t j = 0; j < count; j++)
				matrix[(first + i) * count + j] =
					(float)values[i * laplacian->nodes + laplacian->rows[rows[j]]];
		cholmod_l_free_dense(&block, &common);
	}
	cholmod_l_finish(&common);
}

/* Column of the full inverse that belongs to a node or, averaged as in
 * laplacian_cross(), to a new child; the caller frees. */
static double *laplacian_column(const struct laplacian *laplacian, size_t node,
				const size_t *parents, size_t parent_count)
{
	cholmod_common common;
	double *column = memory_zero(laplacian->nodes, sizeof *column);
	size_t single[1] = {node};
	double share = 1;

	if (node == SIZE_MAX)
		share = laplacian->rho / (laplacian->rho * (double)parent_count + 1);
	else
		parents = single, parent_count = 1;
	cholmod_l_start(&common);
	for (size_t p = 0; p < parent_count; p++) {
		uint32_t number = (uint32_t)parents[p];
		cholmod_dense *solution = laplacian_solve(laplacian, &number, 1, &common);
		const double *values = solution->x;
		for (size_t i = 0; i < laplacian->nodes; i++)
			column[i] += share * values[i];
		cholmod_l_free_dense(&solution, &common);
	}
	cholmod_l_finish(&common);
	return column;
}

void laplacian_cross(const struct laplacian *laplacian, size_t node, const size_t *parents,
		     size_t parent_count, double *cross)
{
	double *column = laplacian_column(laplacian, node, parents, parent_count);

	for (size_t i = 0; i < laplacian->count; i++)
		cross[i] = column[laplacian->rows[i]];
	free(column);
}

double laplacian_value(const struct laplacian *laplacian, size_t node_a, const size_t *parents_a,
		       size_t count_a, size_t node_b, const size_t *parents_b, size_t count_b)
{
	double *column = laplacian_column(laplacian, node_a, parents_a, count_a);
	double value = 0;

	if (node_b != SIZE_MAX) {
		value = column[node_b];
	} else {
		double share = laplacian->rho / (laplacian->rho * (double)count_b + 1);
		for (size_t p = 0; p < count_b; p++)
			value += share * column[parents_b[p]];
		if (node_a == SIZE_MAX && parents_a == parents_b)
			value += 1 / (laplacian->rho * (double)count_b + 1);
	}
	free(column);
	return value;
}
