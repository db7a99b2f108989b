#include "judge/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/statistics.h"
#include "stemma/base/memory.h"

#define PEARSON_MIN 6      /* judged cells of a benchmark that its correlation needs */
#define FRACTION_WIDTH 2.0 /* a scale of two ends that is no wider is one of fractions */
#define ZERO 1e-6          /* values nearer to 0 have no relative error */

static const char *const scope_words[] = {
#define X(symbol, word, help) word,
	HOLDOUT_SCOPE_TABLE(X)
#undef X
};

const char *holdout_scope_name(enum holdout_scope scope)
{
	return scope < HOLDOUT_SCOPE_COUNT ? scope_words[scope] : "unknown";
}

/* ---- one prediction ------------------------------------------------------------------- */

/* What a value of the benchmark is multiplied by to be in units. */
static double unit_of(const struct engine_benchmark *benchmark)
{
	bool fraction = isfinite(benchmark->lower) && isfinite(benchmark->upper) &&
			benchmark->upper - benchmark->lower <= FRACTION_WIDTH;

	return fraction ? 100 : 1;
}

struct verdict verdict_make(const struct engine_benchmark *benchmark, double value,
			    const struct engine_estimate *estimate)
{
	double range = benchmark->high - benchmark->low;
	double predicted = fmin(fmax(estimate->mean, benchmark->low), benchmark->high);

	return (struct verdict){
		.observed = engine_points(benchmark, value),
		.predicted = engine_points(benchmark, predicted),
		.error = fabs(predicted - value) * unit_of(benchmark),
		.relative = fabs(value) > ZERO ? fabs((predicted - value) / value) : NAN,
		.inside50 = value >= estimate->low50 && value <= estimate->high50,
		.inside90 = value >= estimate->low90 && value <= estimate->high90,
		.width50 = 100 * (estimate->high50 - estimate->low50) / range,
		.width90 = 100 * (estimate->high90 - estimate->low90) / range,
	};
}

/* ---- figures of some verdicts ------------------------------------------------------------ */

static int compare_doubles(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* Of those that are numbers; reorders them. */
static double median_of(double *values, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (!isnan(values[i]))
			values[n++] = values[i];
	if (n == 0)
		return NAN;
	qsort(values, n, sizeof *values, compare_doubles);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* Correlation within one benchmark; NAN where it has none. */
static double pearson_within(const struct verdict *verdicts, size_t count, double *scratch)
{
	double *observed = scratch, *predicted = scratch + count;
	bool varies = false, same = true;

	for (size_t i = 0; i < count; i++) {
		observed[i] = verdicts[i].observed;
		predicted[i] = verdicts[i].predicted;
		varies = varies || fabs(observed[i] - observed[0]) > ZERO;
		same = same && fabs(predicted[i] - predicted[0]) <= ZERO;
	}
	if (count < PEARSON_MIN || !varies)
		return NAN;
	return same ? 0 : statistics_pearson(observed, predicted, count);
}

/* Benchmarks and the mean of their correlations; the verdicts are ordered by benchmark. */
static void add_benchmarks(struct holdout_figures *figures, const struct verdict *verdicts, size_t count,
			   double *scratch)
{
	double sum = 0, weights = 0;

	for (size_t begin = 0, end; begin < count; begin = end) {
		for (end = begin; end < count && verdicts[end].benchmark == verdicts[begin].benchmark; end++)
			;
		double pearson = pearson_within(verdicts + begin, end - begin, scratch);
		figures->benchmarks++;
		if (isnan(pearson))
			continue;
		sum += pearson * (double)(end - begin);
		weights += (double)(end - begin);
	}
	figures->pearson = weights > 0 ? sum / weights : NAN;
}

/* scratch: 2 x count. */
static struct holdout_figures figures_of(const struct verdict *verdicts, size_t count, double *scratch)
{
	struct holdout_figures figures = {.cells = count};
	double share = 1 / (double)count;

	for (size_t i = 0; i < count; i++) {
		const struct verdict *verdict = &verdicts[i];
		figures.mae += share * fabs(verdict->observed - verdict->predicted);
		figures.within3 += verdict->error <= 3 ? share : 0;
		figures.within5 += verdict->error <= 5 ? share : 0;
		figures.coverage50 += isnan(verdict->width50) ? NAN : verdict->inside50 ? share : 0;
		figures.coverage90 += isnan(verdict->width90) ? NAN : verdict->inside90 ? share : 0;
		figures.width50 += share * verdict->width50;
		figures.width90 += share * verdict->width90;
		scratch[i] = verdict->error;
	}
	figures.median = median_of(scratch, count);
	for (size_t i = 0; i < count; i++)
		scratch[i] = verdicts[i].relative;
	figures.relative = median_of(scratch, count);
	add_benchmarks(&figures, verdicts, count, scratch);
	return figures;
}

/* ---- figures of figures --------------------------------------------------------------------- */

/* The figures that are numbers, as an array. */
enum { FIGURES = 10 };
static double *figure(struct holdout_figures *figures, int which)
{
	double *const all[FIGURES] = {
		&figures->mae, &figures->pearson, &figures->median, &figures->relative, &figures->within3,
		&figures->within5, &figures->coverage50, &figures->width50, &figures->coverage90, &figures->width90};

	return all[which];
}

static double mean_of(double *values, size_t count)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (!isnan(values[i]))
			sum += values[i], n++;
	return n ? sum / (double)n : NAN;
}

static struct holdout_figures combine(struct holdout_figures *list, size_t count,
				      double (*how)(double *values, size_t count))
{
	double *values = memory_allocate(count + 1, sizeof *values);
	struct holdout_figures combined = {0};

	for (size_t i = 0; i < count; i++) {
		combined.cells += list[i].cells;
		combined.benchmarks = list[i].benchmarks > combined.benchmarks ? list[i].benchmarks
									       : combined.benchmarks;
	}
	for (int which = 0; which < FIGURES; which++) {
		for (size_t i = 0; i < count; i++)
			values[i] = *figure(&list[i], which);
		*figure(&combined, which) = how(values, count);
	}
	free(values);
	return combined;
}

/* ---- rows -------------------------------------------------------------------------------------- */

static int compare_verdicts(const void *left, const void *right)
{
	const struct verdict *a = left, *b = right;

	if (a->benchmark != b->benchmark)
		return a->benchmark < b->benchmark ? -1 : 1;
	if (a->fold != b->fold)
		return a->fold < b->fold ? -1 : 1;
	return a->model < b->model ? -1 : a->model > b->model;
}

/* Rows under way. */
struct figures {
	const struct engine_data *data;
	const struct verdict *verdicts; /* by benchmark */
	size_t count;
	struct verdict *some;           /* scratch: count */
	double *scratch;                /* 2 x count */
	struct holdout_row *rows;
	size_t row_count;
};

static struct holdout_row *add_row(struct figures *figures, enum holdout_scope scope, const char *suite,
				   uint32_t benchmark)
{
	struct holdout_row *row = &figures->rows[figures->row_count++];

	*row = (struct holdout_row){.scope = scope, .suite = suite, .benchmark = benchmark};
	return row;
}

static void add_selected(struct figures *figures, enum holdout_scope scope)
{
	size_t some = 0;

	for (size_t i = 0; i < figures->count; i++)
		if (scope == HOLDOUT_SCOPE_ALL || figures->verdicts[i].ancestor)
			figures->some[some++] = figures->verdicts[i];
	if (some > 0)
		add_row(figures, scope, NULL, 0)->figures = figures_of(figures->some, some, figures->scratch);
}

static void add_folds(struct figures *figures, size_t folds)
{
	struct holdout_figures *list = memory_allocate(folds + 1, sizeof *list);
	size_t count = 0;

	for (uint32_t fold = 0; fold < folds; fold++) {
		size_t some = 0;
		for (size_t i = 0; i < figures->count; i++)
			if (figures->verdicts[i].fold == fold)
				figures->some[some++] = figures->verdicts[i];
		if (some > 0)
			list[count++] = figures_of(figures->some, some, figures->scratch);
	}
	add_row(figures, HOLDOUT_SCOPE_FOLDS, NULL, 0)->figures = combine(list, count, median_of);
	free(list);
}

static bool same_suite(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void add_suite(struct figures *figures, const char *suite)
{
	size_t some = 0;

	for (size_t i = 0; i < figures->count; i++)
		if (same_suite(figures->data->benchmark[figures->verdicts[i].benchmark].suite, suite))
			figures->some[some++] = figures->verdicts[i];
	add_row(figures, HOLDOUT_SCOPE_SUITE, suite, 0)->figures = figures_of(figures->some, some, figures->scratch);
}

static int compare_rows(const void *left, const void *right)
{
	const struct holdout_row *a = left, *b = right;

	if (a->figures.cells != b->figures.cells)
		return a->figures.cells > b->figures.cells ? -1 : 1;
	return a->benchmark < b->benchmark ? -1 : a->benchmark > b->benchmark;
}

/* Rows of the benchmarks, from rows[first] on. */
static void add_each_benchmark(struct figures *figures)
{
	for (size_t begin = 0, end; begin < figures->count; begin = end) {
		uint32_t b = figures->verdicts[begin].benchmark;
		for (end = begin; end < figures->count && figures->verdicts[end].benchmark == b; end++)
			;
		add_row(figures, HOLDOUT_SCOPE_BENCHMARK, figures->data->benchmark[b].suite, b)->figures =
			figures_of(figures->verdicts + begin, end - begin, figures->scratch);
	}
}

/* Plain means over the benchmarks, which stand in rows. */
static void add_mean(struct figures *figures, const struct holdout_row *rows, size_t count)
{
	struct holdout_figures *list = memory_allocate(count + 1, sizeof *list);

	for (size_t i = 0; i < count; i++)
		list[i] = rows[i].figures;
	struct holdout_row *row = add_row(figures, HOLDOUT_SCOPE_MEAN, NULL, 0);
	row->figures = combine(list, count, mean_of);
	row->figures.benchmarks = count;
	free(list);
}

/* A row a suite of those benchmarks. */
static void add_each_suite(struct figures *figures, const struct holdout_row *rows, size_t count)
{
	size_t first = figures->row_count;

	for (size_t i = 0; i < count; i++) {
		bool met = false;
		for (size_t other = 0; other < i && !met; other++)
			met = same_suite(rows[i].suite, rows[other].suite);
		if (!met)
			add_suite(figures, rows[i].suite);
	}
	if (figures->row_count > first)
		qsort(figures->rows + first, figures->row_count - first, sizeof *figures->rows, compare_rows);
}

struct holdout_row *figures_make(const struct engine_data *data, struct verdict *verdicts, size_t count,
				 size_t folds, size_t *rows)
{
	struct figures figures = {
		.data = data, .verdicts = verdicts, .count = count,
		.some = memory_allocate(count + 1, sizeof *verdicts),
		.scratch = memory_allocate(2 * count + 1, sizeof(double)),
		.rows = memory_allocate(2 * data->benchmarks + HOLDOUT_SCOPE_COUNT, sizeof *figures.rows),
	};

	if (count > 0)
		qsort(verdicts, count, sizeof *verdicts, compare_verdicts);
	add_each_benchmark(&figures);
	size_t benchmarks = figures.row_count;
	struct holdout_row *list = figures.rows;
	figures.rows = memory_allocate(2 * data->benchmarks + HOLDOUT_SCOPE_COUNT, sizeof *figures.rows);
	figures.row_count = 0;
	add_selected(&figures, HOLDOUT_SCOPE_ALL);
	add_selected(&figures, HOLDOUT_SCOPE_ANCESTOR);
	add_mean(&figures, list, benchmarks);
	if (folds > 1)
		add_folds(&figures, folds);
	add_each_suite(&figures, list, benchmarks);
	if (benchmarks > 0)
		qsort(list, benchmarks, sizeof *list, compare_rows);
	memcpy(figures.rows + figures.row_count, list, benchmarks * sizeof *list);
	*rows = figures.row_count + benchmarks;
	free(list);
	free(figures.some);
	free(figures.scratch);
	return figures.rows;
}
