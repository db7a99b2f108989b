/* What the sparse posterior learns once: K^-1 z by conjugate gradients, draws of
 * covariance K^-1 in the same way, and with them the diagonal of K^-1. */
#include "solve/sparse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>

#include "solve/equations.h"
#include "model/posterior.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

#define VALUES_TOLERANCE 1e-6 /* of K^-1 z */
#define DRAWS_TOLERANCE 1e-2  /* of the draws, which are used with the product they have */
#define STEPS_MAX 1000

/* Models that are left out one by one, but looked at together, and how many
 * models they are looked at with. */
#define TOGETHER 16
#define BASIS 256

/* About what the parts take of the time. */
#define VECCHIA_END 0.05
#define VALUES_END 0.1
#define DRAWS_END 0.8
#define LEAVING_END 0.95

struct factoring {
	struct engine_fit *fit;
	struct sparse *sparse;
	struct mixed mixed;
	struct equations equations[FIT_GROUPS_MAX];
	struct vecchia *vecchia;
	size_t first;             /* item of this step */
	atomic_bool unsolved, indefinite; /* some item failed so */
};

static enum status factor_cancelled(struct error *error)
{
	return error_set(error, STATUS_CANCELLED, "fit cancelled");
}

/* Works on all items, some between two looks at the progress. */
static enum status factor_step(struct factoring *factoring, size_t count, size_t each,
			       void (*work)(void *context, size_t item), const char *stage,
			       struct progress *progress, struct error *error)
{
	for (factoring->first = 0; factoring->first < count; factoring->first += each) {
		size_t left = count - factoring->first;
		if (!progress_step(progress, stage, (double)factoring->first / (double)count))
			return factor_cancelled(error);
		parallel_for(left < each ? left : each, work, factoring);
	}
	return STATUS_OK;
}

/* ---- K^-1 z ------------------------------------------------------------------------ */

/* One factor; the columns beside it are empty. */
static void solve_factor(void *context, size_t item)
{
	struct factoring *factoring = context;
	struct engine_fit *fit = factoring->fit;
	size_t rows = fit->rows, factor = factoring->first + item, group = fit->group_of[factor];
	double *right = memory_zero(rows * BLOCK_WIDTH, sizeof *right);
	double *solution = memory_allocate(rows * BLOCK_WIDTH, sizeof *solution);

	for (size_t row = 0; row < rows; row++)
		right[row * BLOCK_WIDTH] = fit->values[factor * rows + row];
	size_t steps = equations_solve(&factoring->equations[group], factoring->vecchia, group, right, solution,
				       VALUES_TOLERANCE, STEPS_MAX);
	for (size_t row = 0; row < rows; row++)
		fit->solution[factor * rows + row] = solution[row * BLOCK_WIDTH];
	if (steps == STEPS_MAX)
		factoring->unsolved = true;
	fit_set_scale(fit, factor);
	free(right);
	free(solution);
}

/* ---- draws --------------------------------------------------------------------------- */

static void store_block(const double *block, size_t rows, float *draws)
{
	for (size_t row = 0; row < rows; row++)
		for (size_t w = 0; w < BLOCK_WIDTH; w++)
			draws[row * DRAWS + w] = (float)block[row * BLOCK_WIDTH + w];
}

/* s = K^-1 e with e of covariance K. */
static void draw_block(void *context, size_t item)
{
	struct factoring *factoring = context;
	struct engine_fit *fit = factoring->fit;
	size_t rows = fit->rows, blocks = DRAWS / BLOCK_WIDTH, number = factoring->first + item;
	size_t group = number / blocks, column = number % blocks * BLOCK_WIDTH;
	double *drawn = memory_allocate(rows * BLOCK_WIDTH, sizeof *drawn);
	double *right = memory_allocate(rows * BLOCK_WIDTH, sizeof *right);
	double *solution = memory_allocate(rows * BLOCK_WIDTH, sizeof *solution);

	equations_sample(&factoring->equations[group], (fit->settings.seed << 16) + number, drawn);
	memcpy(right, drawn, rows * BLOCK_WIDTH * sizeof *right);
	size_t steps = equations_solve(&factoring->equations[group], factoring->vecchia, group, right, solution,
				       DRAWS_TOLERANCE, STEPS_MAX);
	if (steps == STEPS_MAX)
		factoring->unsolved = true;
	for (size_t i = 0; i < rows * BLOCK_WIDTH; i++)
		drawn[i] -= right[i];
	store_block(solution, rows, factoring->sparse->draw[group] + column);
	store_block(drawn, rows, factoring->sparse->product[group] + column);
	free(drawn);
	free(right);
	free(solution);
}

/* ---- leaving one out ------------------------------------------------------------------- */

/* The rows to leave out, then their neighbours, each as many. */
static size_t find_basis(const struct sparse *sparse, const uint32_t *out, size_t outs, uint32_t *basis)
{
	size_t count = outs;

	memcpy(basis, out, outs * sizeof *basis);
	for (size_t i = 0; i < outs; i++)
		count = neighbours_around(sparse->neighbours, out[i], basis, count,
					  outs + (i + 1) * (BASIS - outs) / outs);
	return count;
}

/* (K^-1)_ii of the first rows of the basis: with c what K of the basis alone makes
 * of it and e_i = K c + r, it is c_i + r' K^-1 r, and r' K^-1 r the mean square of
 * r' s.  `matrix` is K of the basis. */
static void leave_out(struct factoring *factoring, size_t group, const uint32_t *basis, size_t count,
		      size_t outs, double *matrix)
{
	const struct sparse *sparse = factoring->sparse;
	double *weights = memory_zero(count * outs, sizeof *weights);
	double *products = memory_allocate(count * DRAWS, sizeof *products);
	double *left = memory_allocate(outs * DRAWS, sizeof *left);

	for (size_t i = 0; i < outs; i++)
		weights[i * count + i] = 1;
	if (LAPACKE_dposv_work(LAPACK_COL_MAJOR, 'L', (int)count, (int)outs, matrix, (int)count, weights,
			       (int)count) != 0)
		factoring->indefinite = true;
	for (size_t b = 0; b < count; b++)
		for (size_t d = 0; d < DRAWS; d++)
			products[b * DRAWS + d] = (double)sparse->product[group][basis[b] * (size_t)DRAWS + d];
	for (size_t i = 0; i < outs; i++)
		for (size_t d = 0; d < DRAWS; d++)
			left[i * DRAWS + d] = (double)sparse->draw[group][basis[i] * (size_t)DRAWS + d];
	cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, DRAWS, (int)outs, (int)count, -1, products, DRAWS,
		    weights, (int)count, 1, left, DRAWS);
	for (size_t i = 0; i < outs; i++)
		factoring->fit->group[group].precision[basis[i]] =
			weights[i * count + i] + cblas_ddot(DRAWS, left + i * DRAWS, 1, left + i * DRAWS, 1) / DRAWS;
	free(weights);
	free(products);
	free(left);
}

static void leave_block(void *context, size_t item)
{
	struct factoring *factoring = context;
	const struct engine_fit *fit = factoring->fit;
	size_t first = (factoring->first + item) * TOGETHER;
	size_t outs = fit->rows - first < TOGETHER ? fit->rows - first : TOGETHER;
	uint32_t basis[BASIS];
	double *matrix[FIT_GROUPS_MAX];
	size_t count = find_basis(factoring->sparse, neighbours_alike(factoring->sparse->neighbours) + first, outs,
				  basis);

	for (size_t g = 0; g < fit->groups; g++)
		matrix[g] = memory_allocate(count * count, sizeof **matrix);
	vecchia_covariance(fit, basis, count, matrix);
	for (size_t g = 0; g < fit->groups; g++) {
		leave_out(factoring, g, basis, count, outs, matrix[g]);
		free(matrix[g]);
	}
}

/* ---- the whole --------------------------------------------------------------------------- */

/* Of a row before anything is known of it. */
static void set_deviation(void *context, size_t row)
{
	const struct factoring *factoring = context;
	const struct engine_fit *fit = factoring->fit;
	size_t terms = covariance_terms(&fit->covariance);
	struct covariance_point point = {.kernel = fit->covariance.space.points[row], .node = fit->row_model[row]};
	double variance[FIT_GROUPS_MAX];

	for (size_t g = 0; g < fit->groups; g++)
		variance[g] = fit->group[g].theta[terms] + fit->extra[row];
	for (size_t k = 0; k < terms; k++) {
		double value = covariance_value(&fit->covariance, k, &point, &point);
		for (size_t g = 0; g < fit->groups; g++)
			variance[g] += fit->group[g].theta[k] * value;
	}
	for (size_t g = 0; g < fit->groups; g++)
		factoring->sparse->deviation[g][row] = (float)sqrt(variance[g]);
}

static void factor_begin(struct factoring *factoring)
{
	struct engine_fit *fit = factoring->fit;
	struct sparse *sparse = factoring->sparse;

	sparse->neighbours = neighbours_new(&fit->covariance.space, fit->data.lineage, fit->row_model, fit->model_row);
	mixed_build(&fit->covariance.space, fit->data.lineage, fit->row_model, &factoring->mixed);
	for (size_t g = 0; g < fit->groups; g++) {
		equations_new(&factoring->mixed, fit->group[g].theta, fit->extra, &factoring->equations[g]);
		sparse->deviation[g] = memory_allocate(fit->rows, sizeof(float));
		sparse->draw[g] = memory_allocate(fit->rows * DRAWS, sizeof(float));
		sparse->product[g] = memory_allocate(fit->rows * DRAWS, sizeof(float));
	}
	parallel_for(fit->rows, set_deviation, factoring);
}

static void factor_end(struct factoring *factoring)
{
	vecchia_free(factoring->vecchia);
	for (size_t g = 0; g < factoring->fit->groups; g++)
		equations_free(&factoring->equations[g]);
	mixed_free(&factoring->mixed);
}

static enum status check_items(const struct factoring *factoring, struct error *error)
{
	if (factoring->unsolved)
		return error_set(error, STATUS_SOFTWARE,
				 "the equations of %zu scored models are not solved after %d steps",
				 factoring->fit->rows, STEPS_MAX);
	if (factoring->indefinite)
		return error_set(error, STATUS_SOFTWARE,
				 "the covariance of %zu scored models is not positive definite",
				 factoring->fit->rows);
	return STATUS_OK;
}

/* K^-1 z, which a fit that is judged has already. */
static enum status factor_values(struct factoring *factoring, struct progress *progress, struct error *error)
{
	return factoring->fit->judged ? STATUS_OK
		: factor_step(factoring, factoring->fit->transform.factors, parallel_width(), solve_factor,
			      "factoring", progress, error);
}

/* The diagonal of K^-1 and the spreads. */
static enum status factor_judge(struct factoring *factoring, struct progress *progress, struct error *error)
{
	size_t blocks = (factoring->fit->rows + TOGETHER - 1) / TOGETHER;

	if (factoring->fit->judged)
		return STATUS_OK;
	enum status status = factor_step(factoring, blocks, 16 * parallel_width(), leave_block,
					 "leaving models out", progress, error);
	if (status == STATUS_OK)
		status = check_items(factoring, error);
	return status == STATUS_OK ? fit_sample_spreads(factoring->fit, error) : status;
}

enum status sparse_factor(struct engine_fit *fit, struct progress *progress, struct error *error)
{
	struct factoring factoring = {.fit = fit};
	struct progress_part part[4];
	enum status status = STATUS_OK;

	factoring.sparse = fit->sparse = memory_zero(1, sizeof *fit->sparse);
	factor_begin(&factoring);
	factoring.vecchia = vecchia_new(fit, fit->sparse->neighbours,
					progress_begin_part(&part[0], progress, 0, VECCHIA_END));
	if (!factoring.vecchia)
		status = factor_cancelled(error);
	if (status == STATUS_OK)
		status = factor_values(&factoring, progress_begin_part(&part[1], progress, VECCHIA_END, VALUES_END),
				       error);
	if (status == STATUS_OK)
		status = factor_step(&factoring, fit->groups * (DRAWS / BLOCK_WIDTH), parallel_width(), draw_block,
				     "factoring", progress_begin_part(&part[2], progress, VALUES_END, DRAWS_END),
				     error);
	if (status == STATUS_OK)
		status = check_items(&factoring, error);
	if (status == STATUS_OK)
		status = factor_judge(&factoring, progress_begin_part(&part[3], progress, DRAWS_END, LEAVING_END),
				      error);
	factor_end(&factoring);
	return status;
}
