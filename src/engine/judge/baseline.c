#include "judge/baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/relatives.h"
#include "stemma/base/memory.h"

#define GENERATIONS 3

void baseline_mean(const struct masked *masked, double *values)
{
	double *mean = memory_zero(masked->data.benchmarks + 1, sizeof *mean);

	for (size_t c = 0; c < masked->known; c++)
		mean[masked->cell[c].benchmark] += masked->cell[c].value;
	for (size_t b = 0; b < masked->data.benchmarks; b++)
		mean[b] /= (double)(masked->column_start[b + 1] - masked->column_start[b]);
	for (size_t i = 0; i < masked->count; i++)
		values[i] = mean[masked->cells[i].benchmark];
	free(mean);
}

/* Cholesky's. */
void baseline_solve(double *a, double *b, size_t n)
{
	for (size_t j = 0; j < n; j++) {
		for (size_t k = 0; k < j; k++)
			a[j * n + j] -= a[j * n + k] * a[j * n + k];
		a[j * n + j] = sqrt(a[j * n + j]);
		for (size_t i = j + 1; i < n; i++) {
			for (size_t k = 0; k < j; k++)
				a[i * n + j] -= a[i * n + k] * a[j * n + k];
			a[i * n + j] /= a[j * n + j];
		}
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			b[i] -= a[i * n + k] * b[k];
		b[i] /= a[i * n + i];
	}
	for (size_t i = n; i-- > 0;) {
		for (size_t k = i + 1; k < n; k++)
			b[i] -= a[k * n + i] * b[k];
		b[i] /= a[i * n + i];
	}
}

/* ---- ancestors ------------------------------------------------------------------------ */

/* One generation after the other, each ancestor once. */
struct ancestry {
	uint32_t *nodes;
	size_t count, capacity;
	size_t end[GENERATIONS]; /* of the generation's nodes */
};

static bool is_met(const struct ancestry *ancestry, uint32_t node)
{
	for (size_t i = 0; i < ancestry->count; i++)
		if (ancestry->nodes[i] == node)
			return true;
	return false;
}

static void climb(const struct lineage *lineage, uint32_t model, struct ancestry *ancestry)
{
	size_t begin = 0;

	ancestry->count = 0;
	ancestry->nodes = memory_grow(ancestry->nodes, 0, &ancestry->capacity, sizeof *ancestry->nodes);
	ancestry->nodes[ancestry->count++] = model;
	for (size_t generation = 0; generation < GENERATIONS; generation++) {
		size_t end = ancestry->count;
		for (size_t i = begin; i < end; i++) {
			size_t count;
			const struct lineage_parent *parents = lineage_parents(lineage, ancestry->nodes[i], &count);
			for (size_t p = 0; p < count; p++) {
				if (is_met(ancestry, parents[p].node))
					continue;
				ancestry->nodes = memory_grow(ancestry->nodes, ancestry->count, &ancestry->capacity,
							      sizeof *ancestry->nodes);
				ancestry->nodes[ancestry->count++] = parents[p].node;
			}
		}
		begin = end;
		ancestry->end[generation] = ancestry->count;
	}
}

static double nearest_mean(const struct masked *masked, const struct ancestry *ancestry, uint32_t benchmark)
{
	size_t i = 1;

	for (size_t generation = 0; generation < GENERATIONS; generation++) {
		double sum = 0;
		size_t found = 0;
		for (; i < ancestry->end[generation]; i++) {
			double value = engine_data_score(&masked->data, ancestry->nodes[i], benchmark);
			if (isnan(value))
				continue;
			sum += value;
			found++;
		}
		if (found > 0)
			return sum / (double)found;
	}
	return NAN;
}

void baseline_ancestor(const struct masked *masked, double *values, bool *found)
{
	struct ancestry ancestry = {0};

	baseline_mean(masked, values);
	for (size_t i = 0; i < masked->count; i++) {
		const struct masked_cell *cell = &masked->cells[i];
		if (i == 0 || masked->cells[i - 1].model != cell->model)
			climb(masked->data.lineage, cell->model, &ancestry);
		double value = nearest_mean(masked, &ancestry, cell->benchmark);
		if (found)
			found[i] = !isnan(value);
		if (!isnan(value))
			values[i] = value;
	}
	free(ancestry.nodes);
}

/* ---- relatives ------------------------------------------------------------------------- */

void baseline_relatives(const struct masked *masked, double *values)
{
	struct relatives *list = memory_allocate(masked->count + 1, sizeof *list);

	baseline_mean(masked, values);
	relatives_find(masked, list);
	for (size_t i = 0; i < masked->count; i++)
		if (list[i].distance > 0)
			values[i] = list[i].mean;
	free(list);
}
