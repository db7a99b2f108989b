#include "judge/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/statistics.h"
#include "stemma/base/memory.h"

#define PEARSON_MIN 6      /* judged cells of a benchmark that its correlation needs */
#define FRACTION_WIDTH 2.0 /* a scale of two ends that is no wider is one of fractions */
#define ZERO 1e-6          /* values nearer to 0 have no relative error */
#define ROWS_MORE (HOLDOUT_SCOPE_COUNT + HOLDOUT_DISTANCE_MAX + 1 + HOLDOUT_MADE_COUNT) /* than benchmarks and suites */

static const char *const scope_words[] = {
#define X(symbol, word, help) word,
	HOLDOUT_SCOPE_TABLE(X)
#undef X
};

const char *holdout_scope_name(enum holdout_scope scope)
{
	return scope < HOLDOUT_SCOPE_COUNT ? scope_words[scope] : "unknown";
}

static const char *const made_words[][2] = {
#define X(symbol, word, title) {word, title},
	HOLDOUT_MADE_TABLE(X)
#undef X
};
static const char *const distance_words[HOLDOUT_DISTANCE_MAX + 1][2] = {
	{"none", "no scored relative so near"}, {"1", "parent or child scored"}, {"2", "two steps to a scored relative"},
	{"3", "three steps"}, {"4", "four steps"},
};

static const char *part_word(enum holdout_scope scope, unsigned part, size_t which)
{
	if (scope == HOLDOUT_SCOPE_DISTANCE && part <= HOLDOUT_DISTANCE_MAX)
		return distance_words[part][which];
	if (scope == HOLDOUT_SCOPE_MADE && part < HOLDOUT_MADE_COUNT)
		return made_words[part][which];
	return NULL;
}

const char *holdout_part_name(enum holdout_scope scope, unsigned part)
{
	return part_word(scope, part, 0);
}

const char *holdout_part_title(enum holdout_scope scope, unsigned part)
{
	return part_word(scope, part, 1);
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

/* Correlations within one benchmark; NAN where it has none. */
struct correlations {
	double pearson, spearman;
};

static struct correlations correlate(const struct verdict *verdicts, size_t count, double *scratch)
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
		return (struct correlations){NAN, NAN};
	if (same)
		return (struct correlations){0, 0};
	return (struct correlations){statistics_pearson(observed, predicted, count),
				     statistics_spearman(observed, predicted, count)};
}

/* Benchmarks and the means of their correlations; the verdicts are ordered by benchmark. */
static void add_benchmarks(struct holdout_figures *figures, const struct verdict *verdicts, size_t count,
			   double *scratch)
{
	struct correlations sum = {0, 0};
	double weights = 0;

	for (size_t begin = 0, end; begin < count; begin = end) {
		for (end = begin; end < count && verdicts[end].benchmark == verdicts[begin].benchmark; end++)
			;
		struct correlations of = correlate(verdicts + begin, end - begin, scratch);
		figures->benchmarks++;
		if (isnan(of.pearson))
			continue;
		sum.pearson += of.pearson * (double)(end - begin);
		sum.spearman += of.spearman * (double)(end - begin);
		weights += (double)(end - begin);
	}
	figures->pearson = weights > 0 ? sum.pearson / weights : NAN;
	figures->spearman = weights > 0 ? sum.spearman / weights : NAN;
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
enum { FIGURES = 11 };
static double *figure(struct holdout_figures *figures, int which)
{
	double *const all[FIGURES] = {
		&figures->mae, &figures->pearson, &figures->spearman, &figures->median, &figures->relative, &figures->within3,
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

/* Whether a verdict is of this part of a scope. */
static bool belongs(const struct verdict *verdict, enum holdout_scope scope, unsigned part)
{
	switch (scope) {
	case HOLDOUT_SCOPE_ANCESTOR:
		return verdict->ancestor;
	case HOLDOUT_SCOPE_DISTANCE:
		return verdict->distance == part;
	case HOLDOUT_SCOPE_MADE:
		return verdict->made == part;
	default:
		return true;
	}
}

static void add_selected(struct figures *figures, enum holdout_scope scope, unsigned part)
{
	size_t some = 0;

	for (size_t i = 0; i < figures->count; i++)
		if (belongs(&figures->verdicts[i], scope, part))
			figures->some[some++] = figures->verdicts[i];
	if (some == 0)
		return;
	struct holdout_row *row = add_row(figures, scope, NULL, 0);
	row->part = part;
	row->figures = figures_of(figures->some, some, figures->scratch);
}

/* By what is known of the model's relatives, and by how it was made. */
static void add_parts(struct figures *figures)
{
	add_selected(figures, HOLDOUT_SCOPE_ANCESTOR, 0);
	for (unsigned distance = 1; distance <= HOLDOUT_DISTANCE_MAX; distance++)
		add_selected(figures, HOLDOUT_SCOPE_DISTANCE, distance);
	add_selected(figures, HOLDOUT_SCOPE_DISTANCE, 0);
	for (unsigned made = 0; made < HOLDOUT_MADE_COUNT; made++)
		add_selected(figures, HOLDOUT_SCOPE_MADE, made);
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
		.rows = memory_allocate(2 * data->benchmarks + ROWS_MORE, sizeof *figures.rows),
	};

	if (count > 0)
		qsort(verdicts, count, sizeof *verdicts, compare_verdicts);
	add_each_benchmark(&figures);
	size_t benchmarks = figures.row_count;
	struct holdout_row *list = figures.rows;
	figures.rows = memory_allocate(2 * data->benchmarks + ROWS_MORE, sizeof *figures.rows);
	figures.row_count = 0;
	add_selected(&figures, HOLDOUT_SCOPE_ALL, 0);
	add_parts(&figures);
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
