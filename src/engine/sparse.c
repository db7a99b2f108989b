/* The sparse posterior: with K = Z G Z' + R (mixed.h), R diagonal,
 *
 *     K^-1 = R^-1 - R^-1 Z C^-1 Z' R^-1,   C = Z' R^-1 Z + G^-1
 *
 * (Henderson's mixed-model equations; Woodbury).  CHOLMOD orders and factors C;
 * what leaving out needs of C^-1 is its selected inverse. */
#include "posterior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <suitesparse/cholmod.h>

#include "mixed.h"
#include "selected.h"
#include "stemma/base/memory.h"

/* On this path dates are rounded to a share of a term's length, so that the
 * effects of size and date stay few and the factor small.  What that changes is
 * measured in stemma-engine(7). */
#define DATE_STEP 0.25

/* Spreads that would take a factor for each block left out are measured on so
 * many models, by the dense path. */
#define CALIBRATION_ROWS 4000

/* Columns solved at once: enough for BLAS speed, little memory. */
#define BLOCK 32

struct sparse {
	cholmod_common common;
	struct mixed mixed;
	cholmod_sparse *square_root;             /* effects x (rows + prior lists): C = A A' */
	cholmod_factor *factor[FIT_GROUPS_MAX];
	double *noise[FIT_GROUPS_MAX];           /* rows: R */
	double *scale[FIT_GROUPS_MAX];           /* effects: sqrt theta */
};

static enum status sparse_failed(const struct sparse *sparse, struct error *error)
{
	return error_set(error, STATUS_SOFTWARE, "cannot factor the equations of %zu effects (CHOLMOD %d)",
			 sparse->mixed.effects, sparse->common.status);
}

/* ---- the equations ---------------------------------------------------------------- */

static double term_scale(const struct fit_group *group, size_t term, size_t terms)
{
	return term < terms ? sqrt(group->theta[term]) : 1;
}

/* R and the effects' scales of a group. */
static void sparse_scale_group(const struct engine_fit *fit, size_t number)
{
	struct sparse *sparse = fit->sparse;
	const struct mixed *mixed = &sparse->mixed;
	const struct fit_group *group = &fit->group[number];
	double *noise = memory_allocate(fit->rows, sizeof *noise);
	double *scale = memory_allocate(mixed->effects, sizeof *scale);

	for (size_t row = 0; row < fit->rows; row++)
		noise[row] = group->theta[mixed->terms] + fit->extra[row] +
			     cblas_ddot((int)mixed->terms, group->theta, 1, mixed->own + row * mixed->terms, 1);
	for (size_t i = 0; i < mixed->effects; i++)
		scale[i] = term_scale(group, mixed->effect_term[i], mixed->terms);
	sparse->noise[number] = noise;
	sparse->scale[number] = scale;
}

/* Room for A, and which effects its columns have. */
static bool sparse_shape(struct sparse *sparse)
{
	const struct mixed_lists *lists[] = {&sparse->mixed.rows, &sparse->mixed.prior};
	size_t columns = lists[0]->count + lists[1]->count, used = 0, column = 0;
	size_t nonzeros = lists[0]->start[lists[0]->count] + lists[1]->start[lists[1]->count];
	cholmod_sparse *matrix = cholmod_l_allocate_sparse(sparse->mixed.effects, columns, nonzeros, false, true, 0,
							   CHOLMOD_REAL, &sparse->common);

	sparse->square_root = matrix;
	if (!matrix)
		return false;
	SuiteSparse_long *start = matrix->p, *row = matrix->i;
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < lists[l]->count; i++) {
			start[column++] = (SuiteSparse_long)used;
			for (size_t k = lists[l]->start[i]; k < lists[l]->start[i + 1]; k++)
				row[used++] = (SuiteSparse_long)lists[l]->effect[k];
		}
	start[column] = (SuiteSparse_long)used;
	return true;
}

/* The values of A for a group. */
static void sparse_fill(const struct engine_fit *fit, size_t number)
{
	struct sparse *sparse = fit->sparse;
	const struct mixed *mixed = &sparse->mixed;
	double *value = sparse->square_root->x;

	for (size_t row = 0; row < fit->rows; row++) {
		double weight = 1 / sqrt(sparse->noise[number][row]);
		for (size_t k = mixed->rows.start[row]; k < mixed->rows.start[row + 1]; k++)
			*value++ = mixed->rows.value[k] * sparse->scale[number][mixed->rows.effect[k]] * weight;
	}
	for (size_t i = 0; i < mixed->prior.count; i++) {
		double weight = 1 / term_scale(&fit->group[number], mixed->prior_term[i], mixed->terms);
		for (size_t k = mixed->prior.start[i]; k < mixed->prior.start[i + 1]; k++)
			*value++ = mixed->prior.value[k] * weight;
	}
}

/* Orders A A'; all groups share the places of nonzeros.  Nested dissection,
 * which is far the better here; minimum degree where CHOLMOD came without. */
static cholmod_factor *sparse_analyze(struct sparse *sparse)
{
	static const int orders[] = {CHOLMOD_METIS, CHOLMOD_AMD};
	cholmod_factor *factor = NULL;

	sparse->common.nmethods = 1;
	sparse->common.supernodal = CHOLMOD_SUPERNODAL;
	for (size_t i = 0; i < sizeof orders / sizeof *orders && !factor; i++) {
		sparse->common.method[0].ordering = orders[i];
		factor = cholmod_l_analyze(sparse->square_root, &sparse->common);
	}
	return factor;
}

/* A factor of the equations of a group. */
static cholmod_factor *sparse_factor_new(const struct engine_fit *fit, size_t number, const cholmod_factor *shape)
{
	struct sparse *sparse = fit->sparse;
	cholmod_factor *factor = cholmod_l_copy_factor((cholmod_factor *)(uintptr_t)shape, &sparse->common);

	if (!factor)
		return NULL;
	sparse_fill(fit, number);
	if (!cholmod_l_factorize(sparse->square_root, factor, &sparse->common) ||
	    sparse->common.status != CHOLMOD_OK)
		cholmod_l_free_factor(&factor, &sparse->common);
	return factor;
}

/* ---- solving ----------------------------------------------------------------------- */

/* effects += Z' rows, and rows = Z effects, with Z scaled by the group's theta. */
static void add_to_effects(const struct sparse *sparse, size_t number, const double *rows, double *effects)
{
	const struct mixed_lists *lists = &sparse->mixed.rows;
	const double *scale = sparse->scale[number];

	for (size_t row = 0; row < lists->count; row++)
		for (size_t k = lists->start[row]; k < lists->start[row + 1] && rows[row] != 0; k++)
			effects[lists->effect[k]] += scale[lists->effect[k]] * lists->value[k] * rows[row];
}

static double row_of_effects(const struct sparse *sparse, size_t number, size_t row, const double *effects)
{
	const struct mixed_lists *lists = &sparse->mixed.rows;
	const double *scale = sparse->scale[number];
	double sum = 0;

	for (size_t k = lists->start[row]; k < lists->start[row + 1]; k++)
		sum += scale[lists->effect[k]] * lists->value[k] * effects[lists->effect[k]];
	return sum;
}

/* C^-1 Z' R^-1 columns; freed with cholmod.  A common block of its own makes it
 * safe beside other readers of the fit. */
static cholmod_dense *solve_effects(const struct engine_fit *fit, size_t number, const double *columns,
				    size_t count, cholmod_common *common)
{
	const struct sparse *sparse = fit->sparse;
	cholmod_dense *right = cholmod_l_zeros(sparse->mixed.effects, count, CHOLMOD_REAL, common);
	double *weighted = memory_allocate(fit->rows, sizeof *weighted);

	if (!right)
		memory_exhausted();
	for (size_t c = 0; c < count; c++) {
		for (size_t i = 0; i < fit->rows; i++)
			weighted[i] = columns[c * fit->rows + i] / sparse->noise[number][i];
		add_to_effects(sparse, number, weighted, (double *)right->x + c * sparse->mixed.effects);
	}
	cholmod_dense *effects = cholmod_l_solve(CHOLMOD_A, sparse->factor[number], right, common);
	if (!effects)
		memory_exhausted();
	cholmod_l_free_dense(&right, common);
	free(weighted);
	return effects;
}

/* K^-1 of columns, in place. */
static void solve_columns(const struct engine_fit *fit, size_t number, double *columns, size_t count)
{
	const struct sparse *sparse = fit->sparse;
	cholmod_common common;

	cholmod_l_start(&common);
	cholmod_dense *effects = solve_effects(fit, number, columns, count, &common);
	for (size_t c = 0; c < count; c++) {
		const double *own = (const double *)effects->x + c * sparse->mixed.effects;
		for (size_t i = 0; i < fit->rows; i++)
			columns[c * fit->rows + i] = (columns[c * fit->rows + i] - row_of_effects(sparse, number, i, own)) /
						     sparse->noise[number][i];
	}
	cholmod_l_free_dense(&effects, &common);
	cholmod_l_finish(&common);
}

static void sparse_solve(const struct engine_fit *fit, size_t group, const double *right, float *solution)
{
	double *column = memory_allocate(fit->rows, sizeof *column);

	memcpy(column, right, fit->rows * sizeof *column);
	solve_columns(fit, group, column, 1);
	for (size_t i = 0; i < fit->rows; i++)
		solution[i] = (float)column[i];
	free(column);
}

static void sparse_explain(const struct engine_fit *fit, size_t group, float *columns, size_t count, float *product)
{
	size_t rows = fit->rows;
	double *block = memory_allocate(rows * BLOCK, sizeof *block);
	float *solved = memory_allocate(rows * BLOCK, sizeof *solved);

	for (size_t first = 0; first < count; first += BLOCK) {
		size_t width = count - first < BLOCK ? count - first : BLOCK;
		for (size_t i = 0; i < width * rows; i++)
			block[i] = (double)columns[first * rows + i];
		solve_columns(fit, group, block, width);
		for (size_t i = 0; i < width * rows; i++)
			solved[i] = (float)block[i];
		cblas_sgemm(CblasColMajor, CblasTrans, CblasNoTrans, (int)count, (int)width, (int)rows, 1, columns,
			    (int)rows, solved, (int)rows, 0, product + first * count, (int)count);
	}
	free(block);
	free(solved);
}

/* ---- leaving out ------------------------------------------------------------------- */

/* z_i' C^-1 z_i, what the effects leave unknown of a row. */
static double row_variance(const struct sparse *sparse, size_t number, struct selected *selected, size_t row,
			   double *scratch)
{
	const struct mixed_lists *lists = &sparse->mixed.rows;
	size_t first = lists->start[row], count = lists->start[row + 1] - first;

	for (size_t k = 0; k < count; k++)
		scratch[k] = lists->value[first + k] * sparse->scale[number][lists->effect[first + k]];
	return selected_quadratic(selected, lists->effect + first, scratch, count);
}

static double *row_scratch(const struct sparse *sparse)
{
	size_t longest = 0;

	for (size_t row = 0; row < sparse->mixed.rows.count; row++) {
		size_t count = sparse->mixed.rows.start[row + 1] - sparse->mixed.rows.start[row];
		longest = count > longest ? count : longest;
	}
	return memory_allocate(longest, sizeof(double));
}

/* Diagonal of K^-1: 1 / r - z_i' C^-1 z_i / r^2.  Takes the place of the factor. */
static void sparse_learn_precision(struct engine_fit *fit, size_t number)
{
	struct sparse *sparse = fit->sparse;
	struct selected *selected = selected_new(sparse->factor[number]);
	double *scratch = row_scratch(sparse);
	double *precision = fit->group[number].precision;

	for (size_t row = 0; row < fit->rows; row++) {
		double noise = sparse->noise[number][row];
		precision[row] = (1 - row_variance(sparse, number, selected, row, scratch) / noise) / noise;
	}
	free(scratch);
	selected_free(selected);
	cholmod_l_free_factor(&sparse->factor[number], &sparse->common);
}

/* The spreads of a dense fit, with the same variances, of a sample of the models
 * that these were not learned on. */
static enum status sparse_calibrate(struct engine_fit *fit, struct error *error)
{
	struct engine_settings settings = fit->settings;
	struct engine_data data = fit->data;
	uint32_t *rows = memory_allocate(CALIBRATION_ROWS, sizeof *rows);
	bool *excluded = memory_allocate(data.models, sizeof *excluded);
	size_t bytes, count = fit_draw_rows(fit, fit->learning, rows, CALIBRATION_ROWS);
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

/* ---- the whole ---------------------------------------------------------------------- */

static void sparse_solve_factors(struct engine_fit *fit, size_t number)
{
	size_t rows = fit->rows;

	for (size_t f = 0; f < fit->transform.factors; f++) {
		if (fit->group_of[f] != number)
			continue;
		double *solution = fit->solution + f * rows;
		memcpy(solution, fit->values + f * rows, rows * sizeof *solution);
		solve_columns(fit, number, solution, 1);
		fit_set_scale(fit, f);
	}
}

static enum status sparse_step(const struct engine_fit *fit, size_t number, size_t step, struct progress *progress,
			       struct error *error)
{
	static const char *const names[] = {"factoring", "leaving models out", "factoring"};
	const size_t steps = sizeof names / sizeof *names;

	if (progress_step(progress, names[step], (double)(number * steps + step) / (double)(fit->groups * steps)))
		return STATUS_OK;
	return error_set(error, STATUS_CANCELLED, "fit cancelled");
}

/* The factor is made twice, for the inverse to take its memory in between. */
static enum status sparse_factor_group(struct engine_fit *fit, size_t number, const cholmod_factor *shape,
				       struct progress *progress, struct error *error)
{
	struct sparse *sparse = fit->sparse;

	for (size_t step = fit->judged ? 2 : 0; step < 3; step++) {
		enum status status = sparse_step(fit, number, step, progress, error);
		if (status != STATUS_OK)
			return status;
		if (step == 1) {
			sparse_solve_factors(fit, number);
			sparse_learn_precision(fit, number);
			continue;
		}
		sparse->factor[number] = sparse_factor_new(fit, number, shape);
		if (!sparse->factor[number])
			return sparse_failed(sparse, error);
	}
	return STATUS_OK;
}

/* Rows of the kernel see the rounded dates, so that predictions agree with what
 * is factored. */
static void sparse_prepare(struct engine_fit *fit)
{
	double step = fit->settings.date_step;

	if (!(step > 0))
		step = isnan(step) ? 0 : DATE_STEP;
	fit->covariance.space.date_step = step;
}

static enum status sparse_factor(struct engine_fit *fit, struct progress *progress, struct error *error)
{
	struct sparse *sparse = fit->sparse = memory_zero(1, sizeof *sparse);
	cholmod_factor *shape = NULL;
	enum status status = STATUS_OK;

	cholmod_l_start(&sparse->common);
	sparse->common.print = 0;
	mixed_build(&fit->covariance, fit->data.lineage, fit->row_model, fit->rows, &sparse->mixed);
	if (sparse_shape(sparse))
		shape = sparse_analyze(sparse);
	if (!shape)
		status = sparse_failed(sparse, error);
	else
		fit->nonzeros = sparse->common.lnz;
	for (size_t g = 0; g < fit->groups && status == STATUS_OK; g++) {
		sparse_scale_group(fit, g);
		status = sparse_factor_group(fit, g, shape, progress, error);
	}
	if (status == STATUS_OK && !fit->judged)
		status = sparse_calibrate(fit, error);
	cholmod_l_free_factor(&shape, &sparse->common);
	cholmod_l_free_sparse(&sparse->square_root, &sparse->common);
	return status;
}

static void sparse_free(struct engine_fit *fit)
{
	struct sparse *sparse = fit->sparse;

	if (!sparse)
		return;
	for (size_t g = 0; g < FIT_GROUPS_MAX; g++) {
		cholmod_l_free_factor(&sparse->factor[g], &sparse->common);
		free(sparse->noise[g]);
		free(sparse->scale[g]);
	}
	cholmod_l_free_sparse(&sparse->square_root, &sparse->common);
	cholmod_l_finish(&sparse->common);
	mixed_free(&sparse->mixed);
	free(sparse);
	fit->sparse = NULL;
}

const struct posterior posterior_sparse = {
	.prepare = sparse_prepare, .factor = sparse_factor, .solve = sparse_solve, .explain = sparse_explain,
	.release = sparse_free,
};
