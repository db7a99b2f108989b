#include "stemma/engine/anomalies.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/fit.h"
#include "data/statistics.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

#define COSTLY 100     /* a score is worth as many small items */
#define SCORES_MIN 30 /* that a scale is taken from */

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double quantile(const double *sorted, size_t count, double share)
{
	return sorted[(size_t)(share * (double)(count - 1) + 0.5)];
}

/* The size of a residual's neighbours: |z| of the benchmark, of one family when
 * `family` is not negative, sorted; the caller frees. */
static double *sizes_of(const struct engine_fit *fit, const struct engine_anomaly *all, size_t count,
			int32_t family, const int32_t *families, size_t *found)
{
	double *sizes = memory_allocate(count + 1, sizeof *sizes);

	*found = 0;
	for (size_t i = 0; i < count; i++)
		if (family < 0 || families[fit->model_row[all[i].model]] == family)
			sizes[(*found)++] = fabs(all[i].residual.z);
	qsort(sizes, *found, sizeof *sizes, compare_doubles);
	return sizes;
}

/* z and p of the scores of one benchmark: the central nine tenths of the
 * residuals are to be those of the normal distribution, in the family or, where
 * it is small, in the benchmark. */
static void test_benchmark(const struct engine_fit *fit, struct engine_anomaly *all, size_t count,
			   const int32_t *families, int32_t family_count)
{
	double *scale = memory_allocate((size_t)family_count + 1, sizeof *scale);
	size_t found;
	double *sizes = sizes_of(fit, all, count, -1, NULL, &found);
	double whole = quantile(sizes, found, 0.9);

	free(sizes);
	for (int32_t family = 0; family < family_count; family++) {
		sizes = sizes_of(fit, all, count, family, families, &found);
		scale[family] = found >= SCORES_MIN ? quantile(sizes, found, 0.9) : whole;
		free(sizes);
	}
	for (size_t i = 0; i < count; i++) {
		int32_t family = families[fit->model_row[all[i].model]];
		all[i].scaled = 1.6449 * all[i].residual.z / fmax(family < 0 ? whole : scale[family], 1e-9);
		all[i].p = erfc(fabs(all[i].scaled) / sqrt(2));
	}
	free(scale);
}

/* Family numbers by row. */
static int32_t *row_families(const struct engine_fit *fit, int32_t *count)
{
	int32_t *families = memory_allocate(fit->rows, sizeof *families);

	*count = 0;
	for (size_t row = 0; row < fit->rows; row++) {
		families[row] = attributes_row(fit->attributes, row)->attribute[ATTRIBUTE_FAMILY];
		if (families[row] >= *count)
			*count = families[row] + 1;
	}
	return families;
}

static int compare_p(const void *left, const void *right)
{
	const struct engine_anomaly *a = left, *b = right;

	if (a->p < b->p || a->p > b->p)
		return a->p < b->p ? -1 : 1;
	return a->model != b->model ? (a->model > b->model) - (a->model < b->model)
				    : (a->benchmark > b->benchmark) - (a->benchmark < b->benchmark);
}

static int compare_benchmark(const void *left, const void *right)
{
	const struct engine_anomaly *a = left, *b = right;

	return a->benchmark != b->benchmark ? (a->benchmark > b->benchmark) - (a->benchmark < b->benchmark)
					    : (a->model > b->model) - (a->model < b->model);
}

/* A part of the rows. */
struct collecting {
	const struct engine_fit *fit;
	enum engine_leave leave;
	const struct progress *progress;
	size_t parts;
	struct engine_anomaly *all; /* room for all cells */
	size_t found[PARALLEL_MAX]; /* by part, from where its first row's cells begin */
	size_t first[PARALLEL_MAX];
};

static void collect_model(const struct collecting *collecting, size_t model, struct engine_anomaly *all, size_t *count)
{
	const struct engine_fit *fit = collecting->fit;
	struct engine_residual residual;
	size_t cell_count;
	const struct engine_cell *cells = engine_data_cells(&fit->data, model, &cell_count);

	for (size_t i = 0; i < cell_count; i++) {
		const struct engine_target target = engine_target_one(cells[i].benchmark);
		if (factors_scored(fit->factors, cells[i].benchmark) >= SCORES_MIN &&
		    engine_residual(fit, model, &target, collecting->leave, &residual) && !isnan(residual.observed))
			all[(*count)++] = (struct engine_anomaly){
				.model = model, .benchmark = cells[i].benchmark, .residual = residual};
	}
}

static void collect_part(void *context, size_t part)
{
	struct collecting *collecting = context;
	const struct engine_fit *fit = collecting->fit;
	size_t begin = parallel_begin(fit->rows, part, collecting->parts);
	size_t end = parallel_begin(fit->rows, part + 1, collecting->parts), cells = 0;

	if (begin < end)
		factors_row_cells(fit->factors, begin, &collecting->first[part], &cells);
	for (size_t row = begin; row < end && !progress_cancelled(collecting->progress); row++)
		collect_model(collecting, fit->row_model[row], collecting->all + collecting->first[part],
			      &collecting->found[part]);
}

/* The scores of all benchmarks that have enough, by benchmark.  It goes by the
 * cells there are: of a thousand benchmarks a model has a few. */
static size_t collect(const struct engine_fit *fit, enum engine_leave leave, const struct progress *progress,
		      struct engine_anomaly *all)
{
	struct collecting collecting = {.fit = fit, .leave = leave, .progress = progress, .all = all,
					.parts = parallel_parts(factors_cells(fit->factors) * COSTLY)};
	size_t count = 0;

	parallel_run(collecting.parts, collect_part, &collecting);
	for (size_t part = 0; part < collecting.parts; part++) {
		memmove(all + count, all + collecting.first[part], collecting.found[part] * sizeof *all);
		count += collecting.found[part];
	}
	qsort(all, count, sizeof *all, compare_benchmark);
	return count;
}

struct engine_anomaly *engine_anomalies(const struct engine_fit *fit, enum engine_leave leave, double rate,
					const struct progress *progress, size_t *count, size_t *tested)
{
	struct engine_anomaly *all = memory_allocate(factors_cells(fit->factors) + 1, sizeof *all);
	int32_t family_count, *families = row_families(fit, &family_count);

	*tested = collect(fit, leave, progress, all);
	for (size_t i = 0, end; i < *tested; i = end) {
		for (end = i; end < *tested && all[end].benchmark == all[i].benchmark; end++)
			;
		test_benchmark(fit, all + i, end - i, families, family_count);
	}
	qsort(all, *tested, sizeof *all, compare_p);
	double *rates = memory_allocate(*tested + 1, sizeof *rates);
	for (size_t i = 0; i < *tested; i++)
		rates[i] = all[i].p;
	statistics_false_rates(rates, *tested);
	*count = 0;
	for (size_t i = 0; i < *tested; i++) {
		all[i].rate = rates[i];
		*count += rates[i] <= rate;
	}
	free(rates);
	free(families);
	return all;
}
