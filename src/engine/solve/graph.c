/* The posterior of priors with a sparse precision over the lineage: the Laplacian,
 * and none, which is rho = 0.  With Q = rho L + I, S the rows among the nodes and
 * R the diagonal noise, K = theta S Q^-1 S' + R and
 *
 *     K^-1 = R^-1 - R^-1 S C^-1 S' R^-1,   C = Q / theta + S' R^-1 S
 *
 * (Woodbury).  A lineage is nearly a forest, whose C has a factor hardly larger
 * than itself. */
#include "model/posterior.h"

#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "stemma/base/memory.h"

struct graph {
	cholmod_common common;
	cholmod_factor *factor[FIT_GROUPS_MAX]; /* L D L' of theta C */
	double *noise[FIT_GROUPS_MAX];          /* rows: R */
};

/* Columns solved at once. */
#define BLOCK 32

/* K^-1 of columns (rows x count, column-major), in place.  A common block of its
 * own makes it safe beside other readers of the fit. */
static void solve_columns(const struct engine_fit *fit, size_t group, double *columns, size_t count)
{
	const struct graph *graph = fit->graph;
	const double *noise = graph->noise[group];
	size_t rows = fit->rows, nodes = fit->data.models;
	double theta = fit->group[group].theta[0];
	cholmod_common common;

	cholmod_l_start(&common);
	cholmod_dense *right = cholmod_l_zeros(nodes, count, CHOLMOD_REAL, &common);
	if (!right)
		memory_exhausted();
	for (size_t c = 0; c < count; c++)
		for (size_t i = 0; i < rows; i++)
			((double *)right->x)[c * nodes + fit->row_model[i]] = columns[c * rows + i] / noise[i];
	cholmod_dense *effects = cholmod_l_solve(CHOLMOD_A, graph->factor[group], right, &common);
	if (!effects)
		memory_exhausted();
	for (size_t c = 0; c < count; c++)
		for (size_t i = 0; i < rows; i++) {
			double effect = theta * ((const double *)effects->x)[c * nodes + fit->row_model[i]];
			columns[c * rows + i] = (columns[c * rows + i] - effect) / noise[i];
		}
	cholmod_l_free_dense(&right, &common);
	cholmod_l_free_dense(&effects, &common);
	cholmod_l_finish(&common);
}

static void solve_column(const struct engine_fit *fit, size_t group, const double *cross, float *weights)
{
	double *column = memory_allocate(fit->rows, sizeof *column);

	memcpy(column, cross, fit->rows * sizeof *column);
	solve_columns(fit, group, column, 1);
	for (size_t i = 0; i < fit->rows; i++)
		weights[i] = (float)column[i];
	free(column);
}

/* ---- making it ----------------------------------------------------------------------- */

/* Where a column of the factor has a row; it has it. */
static size_t find_place(const SuiteSparse_long *row, size_t first, size_t last, SuiteSparse_long wanted)
{
	while (first + 1 < last) {
		size_t middle = first + (last - first) / 2;
		if (row[middle] <= wanted)
			first = middle;
		else
			last = middle;
	}
	return first;
}

/* Entries of the inverse where L has entries, in the place of these (Takahashi,
 * Fagan and Chin 1973): Z_ij = -sum over k > j of Z_ik L_kj, Z_jj = 1 / D_j -
 * sum of Z_kj L_kj. */
static void select_inverse(const cholmod_factor *factor, double *inverse)
{
	const SuiteSparse_long *start = factor->p, *filled = factor->nz, *row = factor->i;
	const double *lower = factor->x;

	for (size_t j = factor->n; j-- > 0;) {
		size_t first = (size_t)start[j], last = first + (size_t)filled[j];
		inverse[first] = 1 / lower[first];
		for (size_t i = first + 1; i < last; i++) {
			double sum = 0;
			for (size_t k = first + 1; k < last; k++) {
				SuiteSparse_long low = row[i < k ? i : k], high = row[i < k ? k : i];
				size_t from = (size_t)start[low];
				sum += lower[k] * inverse[find_place(row, from, from + (size_t)filled[low], high)];
			}
			inverse[i] = -sum;
		}
		for (size_t i = first + 1; i < last; i++)
			inverse[first] -= inverse[i] * lower[i];
	}
}

/* Diagonal of K^-1: 1 / r - (C^-1)_ii / r^2. */
static void set_precision(struct engine_fit *fit, size_t number)
{
	const cholmod_factor *factor = fit->graph->factor[number];
	const SuiteSparse_long *start = factor->p, *order = factor->Perm;
	double *inverse = memory_allocate(factor->nzmax, sizeof *inverse);
	struct fit_group *group = &fit->group[number];

	select_inverse(factor, inverse);
	for (size_t place = 0; place < factor->n; place++) {
		int32_t row = fit->model_row[order[place]];
		if (row < 0)
			continue;
		double noise = fit->graph->noise[number][row];
		group->precision[row] = (1 - group->theta[0] * inverse[start[place]] / noise) / noise;
	}
	free(inverse);
}

/* theta C, whose diagonal stays near 1. */
static enum status factor_group(struct engine_fit *fit, size_t number, struct error *error)
{
	struct graph *graph = fit->graph;
	cholmod_common *common = &graph->common;
	const double *theta = fit->group[number].theta;
	double *noise = graph->noise[number] = memory_allocate(fit->rows, sizeof *noise);
	double *diagonal = memory_allocate(fit->data.models, sizeof *diagonal);

	for (size_t row = 0; row < fit->rows; row++)
		noise[row] = theta[1] + fit->extra[row];
	for (size_t node = 0; node < fit->data.models; node++)
		diagonal[node] = 1 + (fit->model_row[node] < 0 ? 0 : theta[0] / noise[fit->model_row[node]]);
	cholmod_sparse *matrix = laplacian_precision(fit->data.lineage, fit->rho, diagonal, common);
	if (matrix) {
		graph->factor[number] = cholmod_l_analyze(matrix, common);
		if (graph->factor[number])
			cholmod_l_factorize(matrix, graph->factor[number], common);
		cholmod_l_free_sparse(&matrix, common);
	}
	free(diagonal);
	if (graph->factor[number] && common->status == CHOLMOD_OK)
		return STATUS_OK;
	return error_set(error, STATUS_SOFTWARE, "cannot factor the equations of %zu models (CHOLMOD %d)",
			 fit->data.models, common->status);
}

/* K^-1 z and the diagonal of K^-1. */
static void judge_group(struct engine_fit *fit, size_t number)
{
	size_t rows = fit->rows;

	for (size_t f = 0; f < fit->transform.factors; f++) {
		if (fit->group_of[f] != number)
			continue;
		memcpy(fit->solution + f * rows, fit->values + f * rows, rows * sizeof(double));
		solve_columns(fit, number, fit->solution + f * rows, 1);
		fit_set_scale(fit, f);
	}
	set_precision(fit, number);
}

static enum status graph_factor(struct engine_fit *fit, struct progress *progress, struct error *error)
{
	struct graph *graph = fit->graph = memory_zero(1, sizeof *graph);

	cholmod_l_start(&graph->common);
	graph->common.print = 0;
	graph->common.supernodal = CHOLMOD_SIMPLICIAL;
	for (size_t g = 0; g < fit->groups; g++) {
		if (!progress_step(progress, "factoring", (double)g / (double)(fit->groups + 1)))
			return error_set(error, STATUS_CANCELLED, "fit cancelled");
		enum status status = factor_group(fit, g, error);
		if (status != STATUS_OK)
			return status;
		if (!fit->judged)
			judge_group(fit, g);
	}
	return fit->judged ? STATUS_OK : fit_sample_spreads(fit, error);
}

/* ---- using it -------------------------------------------------------------------------- */

static void graph_relate(const struct engine_fit *fit, struct posterior_column *const *column, size_t count,
			 double *product)
{
	posterior_relate(fit, solve_column, column, count, product);
}

static void graph_explain(const struct engine_fit *fit, size_t group, float *columns, size_t count, float *product)
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

static void graph_leave_out(const struct engine_fit *fit, size_t row, float *weights)
{
	posterior_leave_out(fit, solve_column, row, weights);
}

static void graph_free(struct engine_fit *fit)
{
	struct graph *graph = fit->graph;

	if (!graph)
		return;
	for (size_t g = 0; g < FIT_GROUPS_MAX; g++) {
		cholmod_l_free_factor(&graph->factor[g], &graph->common);
		free(graph->noise[g]);
	}
	cholmod_l_finish(&graph->common);
	free(graph);
	fit->graph = NULL;
}

const struct posterior posterior_graph = {
	.factor = graph_factor, .relate = graph_relate, .explain = graph_explain, .leave_out = graph_leave_out,
	.release = graph_free,
};
