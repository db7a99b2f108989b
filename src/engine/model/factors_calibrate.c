/* How wide intervals must be: measured, because real residuals have heavier tails than the
 * normal distribution, and the more so the further the scored relatives are.  Cells of scored
 * models and models without cells by what is left out as factors_solve() does; newer ones and
 * new families by solving without them, the variances kept.  A reach is the conformal quantile (Vovk 2005) of |z|. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "model/child.h"
#include "model/factors_fit.h"
#include "stemma/base/memory.h"

#define W SYSTEM_WIDTH

#define COLUMNS 16         /* 1 mean and 15 draws */
#define TOLERANCE 3e-2
#define STEPS_MAX 100
#define COLD_SHARE 5       /* one in so many models is cold, where cells are few */
#define CELLS_MANY 10      /* a parameter of the benchmarks */
#define FAMILY_SHARE 4     /* one in so many families is new */
#define NEWEST_SHARE 0.2
#define LEVERAGE_MAX 0.7
#define CELLS_JUDGED 50000 /* of models without scores: enough, and each takes a look around */
#define NEW_MIN 0.02       /* of a merge: less would tell nothing but how its parents were measured */
#define NORMAL_50 0.6745
#define NORMAL_90 1.6449
#define OWN_MIN 150        /* a benchmark of so many judged cells has a reach of its own */

struct judged_cell {
	uint32_t benchmark;
	double size; /* |z| */
};

struct judgement {
	struct judged_cell *cell;
	size_t count, capacity;
};

static void judge(struct judgement *judgement, uint32_t benchmark, double size)
{
	judgement->cell = memory_grow(judgement->cell, judgement->count, &judgement->capacity, sizeof *judgement->cell);
	judgement->cell[judgement->count++] = (struct judged_cell){benchmark, size};
}

/* What a cell counts in its own benchmark's level and loadings: its leverage in their regression. */
static double leverage(const struct factors *factors, uint32_t benchmark, const double *mean)
{
	double unknown = parameters_unknown(&factors->parameters, benchmark, mean, NULL);

	return fmin(unknown / factors->parameters.noise[benchmark], LEVERAGE_MAX);
}

/* Judges a cell by mean and variance of its z, at a mean of f.  The benchmark was learned with it,
 * which makes its residual smaller by its leverage than that of a new one. */
static void judge_cell(const struct factors *factors, size_t cell, const double *mean, double z, double variance,
		       struct judgement *judgement)
{
	uint32_t b = factors->cells.benchmark[cell];
	double off = fabs((double)factors->cells.z[cell] - z) / (1 - leverage(factors, b, mean));

	judge(judgement, b, off / sqrt(variance + (double)factors->cells.error[cell]));
}

/* ---- quantiles --------------------------------------------------------------------------- */

static int cell_compare(const void *left, const void *right)
{
	const struct judged_cell *a = left, *b = right;

	if (a->benchmark != b->benchmark)
		return a->benchmark < b->benchmark ? -1 : 1;
	return (a->size > b->size) - (a->size < b->size);
}

static struct spread reach_of(const struct judged_cell *cell, size_t count)
{
	struct judged *judged = memory_allocate(count + 1, sizeof *judged);

	for (size_t i = 0; i < count; i++)
		judged[i] = (struct judged){cell[i].size, 1};
	struct spread spread = spread_of(judged, count, count);
	free(judged);
	return spread;
}

static enum factors_spread easier(enum factors_spread kind)
{
	return kind == FACTORS_SPREAD_MERGE ? FACTORS_SPREAD_COLD : kind - 1;
}

/* The reaches of all benchmarks: those of few cells have what all have together; a kind of which
 * too little is judged has what an easier one has. */
static void take_reaches(struct factors *factors, enum factors_spread kind, struct judgement *judgement)
{
	size_t benchmarks = factors->cells.benchmarks;
	struct spread *reach = memory_allocate(benchmarks + 1, sizeof *reach);
	struct spread all = reach_of(judgement->cell, judgement->count);

	for (size_t b = 0; b < benchmarks; b++)
		reach[b] = judgement->count < SPREAD_JUDGED_MIN && kind > 0 ? factors->reach[easier(kind)][b] : all;
	if (judgement->count > 0)
		qsort(judgement->cell, judgement->count, sizeof *judgement->cell, cell_compare);
	for (size_t first = 0, last; first < judgement->count; first = last) {
		uint32_t b = judgement->cell[first].benchmark;
		for (last = first; last < judgement->count && judgement->cell[last].benchmark == b; last++)
			;
		if (last - first >= OWN_MIN)
			reach[b] = reach_of(judgement->cell + first, last - first);
	}
	free(factors->reach[kind]);
	factors->reach[kind] = reach;
	free(judgement->cell);
	*judgement = (struct judgement){0};
}

/* ---- cells of scored models ------------------------------------------------------------------ */

static void calibrate_cells(struct factors *factors)
{
	const struct cells *cells = &factors->cells;
	const struct local *local = &factors->local;
	size_t rank = factors->parameters.rank;
	struct judgement judgement = {0};
	double mean[FACTORS_RANK_MAX];

	factors->log_likelihood = 0;
	for (size_t cell = 0; cell < cells->count; cell++) {
		size_t row = cells->row[cell], first = cells->row_start[row];
		if (factors_spread_at(factors, FACTORS_SPREAD_CELL, cells->benchmark + first, cells->row_start[row + 1] - first,
				      cells->benchmark[cell]) != FACTORS_SPREAD_CELL)
			continue; /* nothing of its suite is known besides */
		double z = (double)local->left_mean[cell], variance = (double)local->left_variance[cell];
		double off = (double)cells->z[cell] - z;
		for (size_t k = 0; k < rank; k++)
			mean[k] = (double)local->mean[row * rank + k];
		judge_cell(factors, cell, mean, z, variance, &judgement);
		factors->log_likelihood -= 0.5 * (off * off / variance + log(2 * M_PI * variance));
	}
	take_reaches(factors, FACTORS_SPREAD_CELL, &judgement);
}

static void judge_belief(const struct belief *belief, size_t row, struct judgement *judgement)
{
	const struct factors *factors = belief->factors;
	struct belief_part part;

	for (size_t i = factors->cells.row_start[row]; i < factors->cells.row_start[row + 1]; i++) {
		belief_part(belief, factors->cells.benchmark[i], &part);
		judge_cell(factors, i, belief->mean, part.z, part.variance, judgement);
		belief_part_free(&part);
	}
}

/* Judges a row's cells of a suite by its others, where there are others. */
static void judge_suite(struct belief *belief, size_t row, uint32_t suite, struct judgement *judgement)
{
	const struct factors *factors = belief->factors;
	const struct cells *cells = &factors->cells;
	size_t first = cells->row_start[row], last = cells->row_start[row + 1], count = 0;
	struct own_cell *own = memory_allocate(last - first, sizeof *own);
	struct belief_part part;

	for (size_t i = first; i < last; i++)
		if (factors->parameters.suite[cells->benchmark[i]] != suite)
			own[count++] = (struct own_cell){cells->benchmark[i], (double)cells->z[i], (double)cells->error[i]};
	if (count > 0) {
		belief_model(belief, cells->row_model[row]);
		belief_condition(belief, own, count);
	}
	for (size_t i = first; i < last && count > 0; i++) {
		if (factors->parameters.suite[cells->benchmark[i]] != suite)
			continue;
		belief_part(belief, cells->benchmark[i], &part);
		judge_cell(factors, i, belief->mean, part.z, part.variance, judgement);
		belief_part_free(&part);
	}
	free(own);
}

static uint64_t hash_number(uint64_t number)
{
	number = (number + 1) * 0x9E3779B97F4A7C15u;
	return (number ^ number >> 29) * 0xBF58476D1CE4E5B9u >> 33;
}

/* Rows are judged by hash, one in so many: enough, and of models wherever they stand.  What is left of the
 * hash may choose among their cells. */
static bool is_judged(const struct factors *factors, size_t row, uint64_t *rest)
{
	size_t share = factors->cells.count / CELLS_JUDGED + 1;
	uint64_t hash = hash_number(row + factors->seed);

	*rest = hash / share;
	return hash % share == 0;
}

/* Of each of them one suite, by hash. */
static void calibrate_suites(struct factors *factors)
{
	const struct cells *cells = &factors->cells;
	struct judgement judgement = {0};
	struct belief belief;

	belief_new(factors, &belief);
	for (size_t row = 0; row < cells->rows; row++) {
		size_t count = cells->row_start[row + 1] - cells->row_start[row];
		uint64_t rest;
		if (!is_judged(factors, row, &rest))
			continue;
		size_t cell = cells->row_start[row] + rest % count;
		judge_suite(&belief, row, factors->parameters.suite[cells->benchmark[cell]], &judgement);
	}
	belief_free(&belief);
	take_reaches(factors, FACTORS_SPREAD_SUITE, &judgement);
}

static void calibrate_models(struct factors *factors)
{
	const struct cells *cells = &factors->cells;
	struct judgement judgement = {0};
	struct belief belief;

	belief_new(factors, &belief);
	for (size_t row = 0; row < cells->rows; row++) {
		uint64_t rest;
		if (!is_judged(factors, row, &rest))
			continue;
		belief_model(&belief, cells->row_model[row]);
		judge_belief(&belief, row, &judgement);
	}
	belief_free(&belief);
	take_reaches(factors, FACTORS_SPREAD_COLD, &judgement);
}

/* ---- kinds of models that are left out together ------------------------------------------------ */

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* The day that the newest share of the rows comes after. */
static double newest_day(const struct factors *factors)
{
	size_t count = 0;
	double *day = memory_allocate(factors->cells.rows, sizeof *day);

	for (size_t row = 0; row < factors->cells.rows; row++) {
		day[count] = engine_data_model(&factors->data, factors->cells.row_model[row]).uploaded;
		count += isnan(day[count]) ? 0 : 1;
	}
	qsort(day, count, sizeof *day, compare_doubles);
	double found = count ? day[(size_t)((1 - NEWEST_SHARE) * (double)(count - 1))] : HUGE_VAL;
	free(day);
	return found;
}

/* Which rows a kind leaves out. */
static void choose_hidden(const struct factors *factors, enum factors_spread kind, bool *hidden)
{
	double day = newest_day(factors);

	for (size_t row = 0; row < factors->cells.rows; row++) {
		uint32_t model = factors->cells.row_model[row];
		const int32_t *attribute = attributes_row(factors->attributes, row)->attribute;
		int32_t family = attribute[ATTRIBUTE_FAMILY] >= 0 ? attribute[ATTRIBUTE_FAMILY] : attribute[ATTRIBUTE_MAKER];
		if (kind == FACTORS_SPREAD_NEWEST)
			hidden[row] = engine_data_model(&factors->data, model).uploaded > day;
		else if (kind == FACTORS_SPREAD_FAMILY)
			hidden[row] = family >= 0 && hash_number((uint64_t)family + factors->seed) % FAMILY_SHARE == 0;
		else
			hidden[row] = hash_number(model + factors->seed) % COLD_SHARE == 0;
	}
}

/* Judges the cells of a hidden row by the effects alone, and by what is left in rows that are seen. */
static void judge_row(const struct factors *factors, const struct solution *solution, size_t row, const bool *hidden,
		      struct judgement *judgement)
{
	size_t rank = factors->parameters.rank, draws = solution->columns - 1;
	struct belief belief;

	belief_new(factors, &belief);
	belief.hidden = hidden;
	double *mean = belief.cold_mean, *covariance = belief.cold;
	for (size_t column = 0; column <= draws; column++) {
		const float *rows = solution->rows[column / W] + row * rank * W + column % W;
		for (size_t k = 0; k < rank; k++) {
			if (column == 0)
				mean[k] = (double)rows[k * W];
			for (size_t l = 0; l < rank && column > 0; l++)
				covariance[k * rank + l] += (double)(rows[k * W] * rows[l * W]) / (double)draws;
		}
	}
	for (size_t k = 0; k < rank; k++)
		covariance[k * rank + k] += factors->evidence.own[row * rank + k];
	belief_begin(&belief, &factors->local.kin[row], (int32_t)row);
	judge_belief(&belief, row, judgement);
	belief_free(&belief);
}

static bool calibrate_hidden(struct factors *factors, enum factors_spread kind, struct progress *progress)
{
	const struct cells *cells = &factors->cells;
	size_t rank = factors->parameters.rank;
	bool *hidden = memory_zero(cells->rows + 1, sizeof *hidden), *hidden_cell = memory_zero(cells->count + 1, 1);
	struct evidence evidence;
	struct system system;
	struct solution solution;
	struct judgement judgement = {0};

	choose_hidden(factors, kind, hidden);
	for (size_t i = 0; i < cells->count; i++)
		hidden_cell[i] = hidden[cells->row[i]];
	evidence_new(cells->rows, rank, &evidence);
	evidence_set(cells, &factors->design, &factors->parameters, hidden_cell, &evidence);
	system_new(&factors->design, rank, factors->parameters.theta, evidence.information, &system);
	solution_new(COLUMNS, factors->seed + 100 + kind, &solution);
	bool good = solution_solve(&system, cells, &factors->parameters, &evidence, hidden_cell, TOLERANCE, STEPS_MAX,
				   progress, &solution);
	for (size_t row = 0; row < cells->rows && good; row++)
		if (hidden[row])
			judge_row(factors, &solution, row, hidden, &judgement);
	if (good)
		take_reaches(factors, kind, &judgement);
	solution_free(&solution);
	system_free(&system);
	evidence_free(&evidence);
	free(hidden);
	free(hidden_cell);
	return good;
}

/* Where cells are few, each tells much of the parameters that predict it: leaving a fifth of the models
 * out, not a fold, makes up for that. */
static bool few_cells(const struct factors *factors)
{
	size_t scored = 0;

	for (uint32_t b = 0; b < factors->cells.benchmarks; b++)
		scored += factors_scored(factors, b) > 0;
	return factors->cells.count < CELLS_MANY * scored * (factors->parameters.rank + 2);
}

/* ---- merges ---------------------------------------------------------------------------------------- */

/* The scored merges as if they were only planned, by parents of which one is scored at least: what reaches beyond
 * the normal interval, in units of how much is new of them. */
static void judge_merge(struct child *child, size_t row, struct judgement *half, struct judgement *ninety)
{
	const struct factors *factors = child->factors;
	const struct cells *cells = &factors->cells;
	struct engine_child as;
	struct belief belief;
	bool scored = false;

	if (!child_of_lineage(&factors->data, cells->row_model[row], &as) || as.count < 2)
		return;
	for (size_t p = 0; p < as.count; p++)
		scored = scored || cells->model_row[as.parents[p]] >= 0;
	if (!scored)
		return;
	belief_new(factors, &belief);
	child_describe(child, &as, 1, &belief);
	double new = fmax(inherited_new(&child->inherited), NEW_MIN);
	for (size_t i = cells->row_start[row]; i < cells->row_start[row + 1]; i++) {
		struct belief_part part;
		belief_part(&belief, cells->benchmark[i], &part);
		double size = fabs((double)cells->z[i] - part.z) / sqrt(part.variance);
		judge(half, cells->benchmark[i], NORMAL_50 + (size - NORMAL_50) / new);
		judge(ninety, cells->benchmark[i], NORMAL_90 + (size - NORMAL_90) / new);
		belief_part_free(&part);
	}
	belief_free(&belief);
}

static void calibrate_merges(struct factors *factors)
{
	struct judgement half = {0}, ninety = {0};
	struct child child;

	child_new(factors, &child);
	for (size_t row = 0; row < factors->cells.rows && factors->prior == PRIOR_KIN; row++)
		judge_merge(&child, row, &half, &ninety);
	child_free(&child);
	take_reaches(factors, FACTORS_SPREAD_MERGE, &half);
	struct spread *of_half = factors->reach[FACTORS_SPREAD_MERGE];
	factors->reach[FACTORS_SPREAD_MERGE] = NULL;
	take_reaches(factors, FACTORS_SPREAD_MERGE, &ninety);
	for (size_t b = 0; b < factors->cells.benchmarks; b++)
		factors->reach[FACTORS_SPREAD_MERGE][b].half = of_half[b].half;
	free(of_half);
}

bool factors_calibrate(struct factors *factors, struct progress *progress)
{
	bool good = true, few = few_cells(factors);

	calibrate_cells(factors);
	calibrate_suites(factors);
	if (!few)
		calibrate_models(factors);
	for (enum factors_spread kind = few ? FACTORS_SPREAD_COLD : FACTORS_SPREAD_NEWEST;
	     kind < FACTORS_SPREAD_MERGE && good; kind++)
		good = calibrate_hidden(factors, kind, progress);
	if (good)
		calibrate_merges(factors);
	return good;
}
