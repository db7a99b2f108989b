/* How wide intervals must be: measured, because real residuals have heavier
 * tails than the normal distribution, and the more so the further the scored
 * relatives are.  All of it in closed form: with K^-1 known, the prediction of
 * a block B from all other rows has the residual (K^-1_BB)^-1 (K^-1 z)_B and
 * the variance (K^-1_BB)^-1 (Dubrule 1983). */
#include "model/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>

#include "data/statistics.h"
#include "stemma/base/memory.h"

#define SAMPLE_ROWS 4000   /* past the dense path: measured on so many */
#define FOLDS 5            /* as a fifth is held out in evaluations */
#define NEWEST_SHARE 0.2   /* the newest fifth stands for what is still to come */
#define FAMILY_MIN 20      /* members of a family that is left out */
#define ROWS_MIN 40        /* fewer give no 90 % quantile */
#define JUDGES_MIN 400     /* rows that the variances were not learned on, enough to judge them */

/* ---- blocks ---------------------------------------------------------------------- */

struct dated_row {
	double date;
	uint32_t row;
};

static int dated_compare(const void *left, const void *right)
{
	const struct dated_row *a = left, *b = right;

	if (a->date < b->date || a->date > b->date)
		return a->date < b->date ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static size_t newest_block(const struct engine_fit *fit, uint32_t *block)
{
	struct dated_row *dated = memory_allocate(fit->rows, sizeof *dated);
	size_t count = 0, block_count;

	for (size_t row = 0; row < fit->rows; row++) {
		double date = engine_data_model(&fit->data, fit->row_model[row]).uploaded;
		if (!isnan(date))
			dated[count++] = (struct dated_row){date, (uint32_t)row};
	}
	if (count > 0)
		qsort(dated, count, sizeof *dated, dated_compare);
	block_count = (size_t)(NEWEST_SHARE * (double)count);
	for (size_t i = 0; i < block_count; i++)
		block[i] = dated[count - block_count + i].row;
	free(dated);
	return block_count;
}

/* Every FOLDS-th row in an order that has nothing to do with the models'. */
static size_t fold_block(const struct engine_fit *fit, size_t fold, uint32_t *block)
{
	size_t count = 0;

	for (size_t row = 0; row < fit->rows; row++) {
		uint64_t hash = (fit->row_model[row] + 1) * 0x9E3779B97F4A7C15u;
		if ((hash >> 32) % FOLDS == fold)
			block[count++] = (uint32_t)row;
	}
	return count;
}

/* Predicts the block from all other rows with the inverse factor of a group;
 * mean and variance (factors x rows) get the entries of the block. */
static void leave_block_out(const struct engine_fit *fit, size_t number, const double *inverse,
			    const uint32_t *block, size_t count, struct left_out *out)
{
	size_t rows = fit->rows;

	if (count == 0)
		return;
	double *columns = memory_allocate(count * rows, sizeof *columns);
	double *matrix = memory_allocate(count * count, sizeof *matrix);
	double *residual = memory_allocate(count, sizeof *residual);

	for (size_t i = 0; i < count; i++) {
		memset(columns + i * rows, 0, block[i] * sizeof *columns);
		memcpy(columns + i * rows + block[i], inverse + block[i] * rows + block[i],
		       (rows - block[i]) * sizeof *columns);
	}
	cblas_dsyrk(CblasColMajor, CblasLower, CblasTrans, (int)count, (int)rows, 1, columns, (int)rows, 0,
		    matrix, (int)count);
	bool good = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', (int)count, matrix, (int)count) == 0;
	for (size_t f = 0; f < fit->transform.factors && good; f++) {
		if (fit->group_of[f] != number)
			continue;
		for (size_t i = 0; i < count; i++)
			residual[i] = fit->solution[f * rows + block[i]];
		LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'L', (int)count, 1, matrix, (int)count, residual, (int)count);
		for (size_t i = 0; i < count; i++)
			out->mean[f * rows + block[i]] = fit->values[f * rows + block[i]] - residual[i];
	}
	if (good)
		LAPACKE_dpotri(LAPACK_COL_MAJOR, 'L', (int)count, matrix, (int)count);
	for (size_t f = 0; f < fit->transform.factors && good; f++)
		for (size_t i = 0; i < count && fit->group_of[f] == number; i++)
			out->variance[f * rows + block[i]] = fit->scale[f] * matrix[i * count + i];
	free(columns);
	free(matrix);
	free(residual);
}

static void left_out_init(struct left_out *out, size_t cells)
{
	if (out->mean)
		return;
	out->mean = memory_allocate(cells, sizeof *out->mean);
	out->variance = memory_allocate(cells, sizeof *out->variance);
	for (size_t i = 0; i < cells; i++)
		out->mean[i] = out->variance[i] = NAN;
}

static int32_t row_family(const struct engine_fit *fit, size_t row)
{
	return fit->covariance.space.points[row].attribute[ATTRIBUTE_FAMILY];
}

/* One family after another, as if nobody had scored it.  Small ones tell
 * little: their members are mostly merges of models of others. */
static void leave_families_out(struct engine_fit *fit, size_t number, const double *inverse, uint32_t *block)
{
	size_t count;
	bool *done = memory_zero(fit->rows, sizeof *done);

	for (size_t first = 0; first < fit->rows; first++) {
		if (done[first] || row_family(fit, first) < 0)
			continue;
		count = 0;
		for (size_t row = first; row < fit->rows; row++) {
			if (row_family(fit, row) != row_family(fit, first))
				continue;
			done[row] = true;
			block[count++] = (uint32_t)row;
		}
		if (count >= FAMILY_MIN)
			leave_block_out(fit, number, inverse, block, count, &fit->left_out[SPREAD_FAMILY]);
	}
	free(done);
}

void fit_leave_blocks_out(struct engine_fit *fit, size_t number, const double *inverse)
{
	uint32_t *block = memory_allocate(fit->rows, sizeof *block);
	size_t cells = fit->transform.factors * fit->rows;

	for (enum spread_kind kind = SPREAD_FOLDS; kind < SPREAD_COUNT; kind++)
		left_out_init(&fit->left_out[kind], cells);
	for (size_t fold = 0; fold < FOLDS; fold++) {
		size_t count = fold_block(fit, fold, block);
		leave_block_out(fit, number, inverse, block, count, &fit->left_out[SPREAD_FOLDS]);
	}
	size_t count = newest_block(fit, block);
	leave_block_out(fit, number, inverse, block, count, &fit->left_out[SPREAD_NEWEST]);
	leave_families_out(fit, number, inverse, block);
	free(block);
}

/* ---- spreads ------------------------------------------------------------------------- */

static int judged_compare(const void *left, const void *right)
{
	const struct judged *a = left, *b = right;

	return a->size < b->size ? -1 : a->size > b->size;
}

/* Where the share of the sorted residuals' weight ends. */
static double judged_reach(const struct judged *residuals, size_t count, double share)
{
	double total = 0, sum = 0;
	size_t i = 0;

	for (size_t k = 0; k < count; k++)
		total += residuals[k].weight;
	while (i + 1 < count && (sum += residuals[i].weight) < share * total * (1 - 1e-12))
		i++;
	return residuals[i].size;
}

struct spread spread_of(struct judged *residuals, size_t count, size_t groups)
{
	if (count < ROWS_MIN)
		return (struct spread){0.6745, 1.6449};
	double more = 1 + 1 / (double)groups; /* the one that is to come */
	qsort(residuals, count, sizeof *residuals, judged_compare);
	return (struct spread){judged_reach(residuals, count, 0.5 * more),
			       judged_reach(residuals, count, 0.9 * more)};
}

/* Factor means and variances of a row as a kind of spread sees them; false
 * when the row was not left out. */
static bool spread_row(const struct engine_fit *fit, enum spread_kind kind, size_t row, double *mean,
		       double *variance)
{
	const struct left_out *out = &fit->left_out[kind];

	if (kind == SPREAD_ONE_OUT) {
		fit_leave_one_out(fit, row, mean, variance);
		return true;
	}
	for (size_t f = 0; f < fit->transform.factors; f++) {
		mean[f] = out->mean[f * fit->rows + row];
		variance[f] = out->variance[f * fit->rows + row];
	}
	return !isnan(mean[0]);
}

/* Residuals are a little too small where the variances were learned: only the
 * other rows judge, if there are enough of them. */
static bool has_judges(const struct engine_fit *fit)
{
	size_t others = 0;

	for (size_t row = 0; row < fit->rows; row++)
		others += !fit->learning[row];
	return others >= JUDGES_MIN;
}

/* What each row counts: all alike, but families as wholes where a new one is
 * judged, since its members err together.  Returns the number of groups. */
static size_t weigh_rows(const struct engine_fit *fit, enum spread_kind kind, double *weight)
{
	size_t groups = 0, *members = memory_zero(fit->rows, sizeof *members);

	for (size_t row = 0; row < fit->rows; row++)
		if (row_family(fit, row) >= 0)
			members[row_family(fit, row)]++;
	for (size_t row = 0; row < fit->rows; row++) {
		int32_t family = row_family(fit, row);
		weight[row] = kind == SPREAD_FAMILY && family >= 0 ? 1 / (double)members[family] : 1;
	}
	for (size_t family = 0; family < fit->rows; family++)
		groups += members[family] >= FAMILY_MIN;
	free(members);
	return kind == SPREAD_FAMILY ? groups : fit->rows;
}

/* Quantiles of |z| of one kind: how many standard deviations hold half and
 * nine tenths of the scores. */
static void calibrate_kind(struct engine_fit *fit, enum spread_kind kind)
{
	bool judges = kind != SPREAD_FAMILY && has_judges(fit);
	size_t columns = fit->columns.count, known[FACTORS_MAX + 1] = {0};
	struct judged *residuals = memory_allocate((columns + 1) * fit->rows, sizeof *residuals);
	double *weight = memory_allocate(fit->rows, sizeof *weight);
	double mean[FACTORS_MAX], variance[FACTORS_MAX], points, deviation;
	struct aim aim[FACTORS_MAX + 1];
	size_t groups = weigh_rows(fit, kind, weight);

	for (size_t c = 0; c <= columns; c++)
		aim[c] = fit_aim_column(fit, c);
	fit->spread[kind] = memory_allocate(columns + 1, sizeof(struct spread));
	for (size_t row = 0; row < fit->rows; row++) {
		if ((judges && fit->learning[row]) || !spread_row(fit, kind, row, mean, variance))
			continue;
		for (size_t c = 0; c <= columns; c++) {
			fit_to_points(fit, &aim[c], mean, variance, &points, &deviation);
			double z = fabs(fit_observed(fit, row, &aim[c]) - points) / deviation;
			if (!isnan(z))
				residuals[c * fit->rows + known[c]++] = (struct judged){z, weight[row]};
		}
	}
	for (size_t c = 0; c <= columns; c++) {
		/* Too few to tell: what is known of easier cases. */
		bool few = known[c] < ROWS_MIN && kind != SPREAD_ONE_OUT;
		fit->spread[kind][c] = few ? fit->spread[kind - 1][c]
					   : spread_of(residuals + c * fit->rows, known[c], groups);
	}
	free(residuals);
	free(weight);
}

enum status fit_sample_spreads(struct engine_fit *fit, struct error *error)
{
	struct engine_settings settings = fit->settings;
	struct engine_data data = fit->data;
	uint32_t *rows = memory_allocate(SAMPLE_ROWS, sizeof *rows);
	bool *excluded = memory_allocate(data.models, sizeof *excluded);
	size_t bytes, count = fit_draw_rows(fit, fit->learning, rows, SAMPLE_ROWS);
	void *state = engine_fit_state(fit, &bytes);
	struct engine_fit *sample = NULL;

	memset(excluded, true, data.models * sizeof *excluded);
	for (size_t i = 0; i < count; i++)
		excluded[fit->row_model[rows[i]]] = false;
	data.excluded = excluded;
	settings.dense_rows = SIZE_MAX;
	enum status status = engine_fit_new(&data, &settings, state, bytes, false, NULL, &sample, error);
	for (enum spread_kind kind = SPREAD_FOLDS; kind < SPREAD_COUNT && sample; kind++) {
		fit->spread[kind] = sample->spread[kind];
		sample->spread[kind] = NULL;
	}
	engine_fit_free(sample);
	free(state);
	free(rows);
	free(excluded);
	return status;
}

static double newest_date(const struct engine_fit *fit)
{
	double newest = -HUGE_VAL;

	for (size_t row = 0; row < fit->rows; row++)
		newest = fmax(newest, engine_data_model(&fit->data, fit->row_model[row]).uploaded);
	return newest > -HUGE_VAL ? newest : HUGE_VAL;
}

void fit_calibrate(struct engine_fit *fit)
{
	fit->newest_date = newest_date(fit);
	for (enum spread_kind kind = 0; kind < SPREAD_COUNT; kind++)
		if (!fit->spread[kind])
			calibrate_kind(fit, kind);
	for (enum spread_kind kind = 0; kind < SPREAD_COUNT; kind++) {
		free(fit->left_out[kind].mean);
		free(fit->left_out[kind].variance);
		fit->left_out[kind] = (struct left_out){0};
	}
}

const struct spread *fit_spread(const struct engine_fit *fit, const struct engine_model *model)
{
	struct kernel_point point;

	attributes_point(fit->attributes, model, &point);
	if (point.attribute[ATTRIBUTE_FAMILY] < 0)
		return fit->spread[SPREAD_FAMILY];
	/* A model that is newer than all the scored ones has no contemporaries
	 * to learn from. */
	return fit->spread[model->uploaded > fit->newest_date ? SPREAD_NEWEST : SPREAD_FOLDS];
}

/* ---- residuals and figures ----------------------------------------------------- */

double fit_observed(const struct engine_fit *fit, size_t row, const struct aim *aim)
{
	return aim_value(aim, &fit->columns, fit->scores + row * fit->columns.count);
}

static const char *const leave_words[] = {
#define X(symbol, word, help) word,
	ENGINE_LEAVE_TABLE(X)
#undef X
};

const char *engine_leave_name(enum engine_leave leave)
{
	return leave < ENGINE_LEAVE_COUNT ? leave_words[leave] : "unknown";
}

enum engine_leave engine_leave_parse(const char *word)
{
	enum engine_leave leave = 0;

	while (leave < ENGINE_LEAVE_COUNT && strcmp(word, leave_words[leave]) != 0)
		leave++;
	return leave;
}

/* The aim of a row from all other rows, and, where only cells are left out, from what it has
 * on other columns. */
static void leave_out(const struct engine_fit *fit, size_t row, const struct aim *aim, enum engine_leave leave,
		      double *points, double *deviation)
{
	double mean[FACTORS_MAX], variance[FACTORS_MAX], others[FACTORS_MAX];
	struct belief belief;

	fit_leave_one_out(fit, row, mean, variance);
	if (leave == ENGINE_LEAVE_MODEL) {
		fit_to_points(fit, aim, mean, variance, points, deviation);
		return;
	}
	for (size_t c = 0; c < fit->columns.count; c++) {
		bool judged = aim->coefficient[c] < 0 || aim->coefficient[c] > 0;
		others[c] = judged ? NAN : fit->scores[row * fit->columns.count + c];
	}
	fit_believe(fit, mean, variance, &belief);
	belief_condition(&belief, others);
	belief_aim(&belief, aim, points, deviation);
}

static struct engine_residual residual_of(const struct engine_fit *fit, size_t row, const struct aim *aim,
					  enum engine_leave leave)
{
	double points, deviation, observed = fit_observed(fit, row, aim);

	leave_out(fit, row, aim, leave, &points, &deviation);
	struct engine_estimate estimate = fit_estimate(aim, fit->spread[SPREAD_ONE_OUT], points, deviation);
	return (struct engine_residual){
		.observed = observed,
		.predicted = estimate.mean,
		.sd = deviation,
		.z = (observed - points) / deviation,
		.low90 = estimate.low90,
		.high90 = estimate.high90,
	};
}

bool engine_residual(const struct engine_fit *fit, size_t model, const struct engine_target *target,
		     enum engine_leave leave, struct engine_residual *residual)
{
	struct aim aim;

	if (model >= fit->data.models || fit->model_row[model] < 0 || !fit_aim(fit, target, &aim))
		return false;
	*residual = residual_of(fit, (size_t)fit->model_row[model], &aim, leave);
	return true;
}

void engine_fit_figures(const struct engine_fit *fit, const struct engine_target *target,
			enum engine_leave leave, struct engine_figures *figures)
{
	struct aim aim;
	double *observed = memory_allocate(fit->rows, sizeof *observed), squares = 0;
	double *predicted = memory_allocate(fit->rows, sizeof *predicted);

	*figures = (struct engine_figures){0};
	bool covered = fit_aim(fit, target, &aim);
	for (size_t row = 0; row < fit->rows && covered; row++) {
		struct engine_residual residual = residual_of(fit, row, &aim, leave);
		if (isnan(residual.observed))
			continue;
		double error = residual.observed - residual.predicted, z = fabs(residual.z);
		observed[figures->models] = residual.observed;
		predicted[figures->models++] = residual.predicted;
		figures->mae += fabs(error);
		squares += error * error;
		figures->coverage50 += z <= fit->spread[SPREAD_ONE_OUT][aim.spread].half;
		figures->coverage90 += z <= fit->spread[SPREAD_ONE_OUT][aim.spread].ninety;
	}
	double n = (double)figures->models;
	figures->pearson = n > 0 ? statistics_pearson(observed, predicted, figures->models) : NAN;
	figures->rmse = sqrt(squares / n);
	figures->mae /= n;
	figures->coverage50 /= n;
	figures->coverage90 /= n;
	free(observed);
	free(predicted);
}
