/* Cells and targets: lookups that everybody needs. */
#include <math.h>

#include "stemma/engine/engine.h"

const struct engine_cell *engine_cell_find(const struct engine_cell *cells, size_t count, size_t benchmark)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (cells[middle].benchmark < benchmark)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && cells[low].benchmark == benchmark ? &cells[low] : NULL;
}

double engine_data_score(const struct engine_data *data, size_t model, size_t benchmark)
{
	size_t count;
	const struct engine_cell *cells = engine_data_cells(data, model, &count);
	const struct engine_cell *cell = engine_cell_find(cells, count, benchmark);

	return cell ? cell->value : NAN;
}

/* ---- targets ----------------------------------------------------------------------- */


void engine_benchmarks_set_range(struct engine_benchmark *list, size_t count, const struct engine_cell *cells,
				 size_t cell_count)
{
	for (size_t b = 0; b < count; b++) {
		list[b].low = INFINITY;
		list[b].high = -INFINITY;
	}
	for (size_t i = 0; i < cell_count; i++) {
		struct engine_benchmark *benchmark = &list[cells[i].benchmark];
		benchmark->low = fmin(benchmark->low, cells[i].value);
		benchmark->high = fmax(benchmark->high, cells[i].value);
	}
	for (size_t b = 0; b < count; b++) {
		struct engine_benchmark *benchmark = &list[b];
		double range = benchmark->high - benchmark->low;
		if (!(range >= 0)) /* nothing is known */
			benchmark->low = benchmark->high = isfinite(benchmark->lower) ? benchmark->lower
				: isfinite(benchmark->upper) ? benchmark->upper : 0;
		if (!(range > 0))
			range = 1;
		benchmark->low = isfinite(benchmark->lower) ? benchmark->lower : benchmark->low - range / 10;
		benchmark->high = isfinite(benchmark->upper) ? benchmark->upper : benchmark->high + range / 10;
		if (!(benchmark->high > benchmark->low))
			benchmark->high = benchmark->low + range;
	}
}

double engine_target_value(const struct engine_benchmark *list, const struct engine_target *target,
			   const struct engine_cell *cells, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < target->count; i++) {
		const struct engine_cell *cell = engine_cell_find(cells, count, target->benchmark[i]);
		if (!cell)
			return NAN;
		sum += target->count == 1 ? cell->value
			: target->weight[i] * engine_points(&list[target->benchmark[i]], cell->value);
	}
	return target->count > 0 ? sum : NAN;
}

void engine_target_bounds(const struct engine_benchmark *list, const struct engine_target *target,
			  double *lower, double *upper)
{
	*lower = 0;
	*upper = 100;
	if (target->count != 1)
		return;
	*lower = isnan(list[target->benchmark[0]].lower) ? -INFINITY : list[target->benchmark[0]].lower;
	*upper = isnan(list[target->benchmark[0]].upper) ? INFINITY : list[target->benchmark[0]].upper;
}
