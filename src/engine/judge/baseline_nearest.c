/* Baseline: the models that score alike. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/baseline.h"
#include "stemma/base/memory.h"

/* A distance of few shared benchmarks is drawn towards that of two strangers, 2, as if
 * so many more were shared. */
#define PRIOR_SHARED 1.0
#define PRIOR_DISTANCE 2.0
#define DISTANCE_MIN 0.02

struct neighbour {
	double distance, z;
	uint32_t row;
};

static int compare_neighbours(const void *left, const void *right)
{
	const struct neighbour *a = left, *b = right;

	if (a->distance > b->distance || a->distance < b->distance)
		return a->distance < b->distance ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

/* Sums of squares and counts of shared benchmarks, by row. */
struct profile {
	double *squares;
	double *shared;
};

static void compare_with_all(const struct masked *masked, size_t row, struct profile *profile)
{
	memset(profile->squares, 0, masked->data.rows * sizeof *profile->squares);
	memset(profile->shared, 0, masked->data.rows * sizeof *profile->shared);
	for (size_t c = masked->cell_start[row]; c < masked->cell_start[row + 1]; c++) {
		uint32_t b = masked->cell[c].benchmark;
		for (size_t i = masked->column_start[b]; i < masked->column_start[b + 1]; i++) {
			double difference = masked->column[i].z - masked->z[c];
			profile->squares[masked->column[i].row] += difference * difference;
			profile->shared[masked->column[i].row]++;
		}
	}
}

static double mean_of_nearest(const struct masked *masked, uint32_t benchmark, const struct profile *profile,
			      size_t neighbours, struct neighbour *list)
{
	size_t begin = masked->column_start[benchmark], count = masked->column_start[benchmark + 1] - begin;
	double sum = 0, weights = 0;

	for (size_t i = 0; i < count; i++) {
		const struct masked_known *known = &masked->column[begin + i];
		double distance = (profile->squares[known->row] + PRIOR_SHARED * PRIOR_DISTANCE) /
				  (profile->shared[known->row] + PRIOR_SHARED);
		list[i] = (struct neighbour){distance, known->z, known->row};
	}
	if (count > 0)
		qsort(list, count, sizeof *list, compare_neighbours);
	for (size_t i = 0; i < count && i < neighbours; i++) {
		double weight = 1 / (list[i].distance + DISTANCE_MIN);
		sum += weight * list[i].z;
		weights += weight;
	}
	return weights > 0 ? sum / weights : 0;
}

void baseline_nearest(const struct masked *masked, size_t neighbours, double *values)
{
	struct profile profile = {
		.squares = memory_zero(masked->data.rows + 1, sizeof(double)),
		.shared = memory_zero(masked->data.rows + 1, sizeof(double)),
	};
	struct neighbour *list = memory_allocate(masked->data.rows + 1, sizeof *list);

	baseline_mean(masked, values);
	for (size_t i = 0; i < masked->count; i++) {
		const struct masked_cell *cell = &masked->cells[i];
		if (masked->cell_start[cell->row] == masked->cell_start[cell->row + 1])
			continue; /* nothing is known of it */
		if (i == 0 || masked->cells[i - 1].row != cell->row)
			compare_with_all(masked, cell->row, &profile);
		double z = mean_of_nearest(masked, cell->benchmark, &profile, neighbours, list);
		values[i] = masked_value(&masked->scale[cell->benchmark], z);
	}
	free(profile.squares);
	free(profile.shared);
	free(list);
}
