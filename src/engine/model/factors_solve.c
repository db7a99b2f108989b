/* The posterior of the effects: exact where the case is small, else by draws. */
#include "model/factors_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "solve/lapack.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

#define W SYSTEM_WIDTH

/* Columns: 1 mean, the others draws. */
#define DRAW_COLUMNS 72
#define DRAW_COLUMNS_LARGE 40 /* where each of them takes long */
#define LARGE 200000        /* effects x rank */
/* Ends of conjugate gradients.  Those of folds begin at the mean, so near to their goal that it must be a
 * fine one; draws say how wide intervals are, for which a few percent do. */
#define TOLERANCE 2e-3
#define FOLD_TOLERANCE 2e-3
#define DRAW_TOLERANCE 3e-2
#define STEPS_MAX 300
#define EXACT_MAX 1600      /* effects x rank of which a dense matrix is factored */

/* ---- the exact posterior of a small case --------------------------------------------- */

/* scale P^-1 D^1/2 of a factor: effects x effects, row-major. */
static double *dense_effects(const struct design *design, const struct parameters *parameters, size_t k)
{
	size_t n = design->effects, rank = parameters->rank;
	double *u = memory_zero(n * n + 1, sizeof *u);

	for (size_t e = 0; e < n; e++) {
		size_t first = design->prior_list.start[e], term = design->prior_term[e];
		u[e * n + e] = term < design->terms ? sqrt(parameters->theta[term * rank + k]) : 1;
		for (size_t i = first + 1; i < design->prior_list.start[e + 1]; i++)
			cblas_daxpy((int)n, -(double)design->prior_list.value[i], u + design->prior_list.effect[i] * n, 1,
				    u + e * n, 1);
		cblas_dscal((int)n, 1 / (double)design->prior_list.value[first], u + e * n, 1);
	}
	for (size_t e = 0; e < n; e++)
		if (design->scale_term[e] < design->terms)
			cblas_dscal((int)n, sqrt(parameters->theta[design->scale_term[e] * rank + k]), u + e * n, 1);
	return u;
}

/* Z u: rows x effects. */
static double *dense_rows(const struct design *design, const double *u)
{
	size_t n = design->effects;
	double *w = memory_zero(design->rows * n + 1, sizeof *w);

	for (size_t row = 0; row < design->rows; row++)
		for (size_t i = design->row.start[row]; i < design->row.start[row + 1]; i++)
			cblas_daxpy((int)n, (double)design->row.value[i], u + design->row.effect[i] * n, 1, w + row * n, 1);
	return w;
}

/* M over (factor, effect), and W'b. */
static void dense_system(const struct factors *factors, double *const *w, double *m, double *right)
{
	size_t rank = factors->parameters.rank, n = factors->design.effects, rows = factors->design.rows, side = rank * n;
	double *scaled = memory_allocate(rows * n + 1, sizeof *scaled);

	for (size_t k = 0; k < rank; k++) {
		for (size_t row = 0; row < rows; row++)
			cblas_daxpy((int)n, factors->evidence.told[row * rank + k], w[k] + row * n, 1, right + k * n, 1);
		for (size_t l = 0; l <= k; l++) {
			for (size_t row = 0; row < rows; row++) {
				double b = factors->evidence.information[(row * rank + k) * rank + l];
				for (size_t e = 0; e < n; e++)
					scaled[row * n + e] = b * w[l][row * n + e];
			}
			cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)n, (int)n, (int)rows, 1, w[k], (int)n, scaled,
				    (int)n, 0, m + k * n * side + l * n, (int)side);
		}
	}
	for (size_t i = 0; i < side; i++)
		m[i * side + i] += 1;
	free(scaled);
}

/* Sets mean and root from v and L^-1 (rows are columns of the root). */
static void dense_take(struct factors *factors, double *const *u, const double *v, const double *inverse)
{
	size_t rank = factors->parameters.rank, n = factors->design.effects, side = rank * n;
	double *line = memory_allocate(side + 1, sizeof *line);

	for (size_t e = 0; e < n; e++)
		for (size_t k = 0; k < rank; k++) {
			factors->mean[e * rank + k] = (float)cblas_ddot((int)n, u[k] + e * n, 1, v + k * n, 1);
			/* x = u v, root of v = L'^-1: (u L'^-1)_j = sum over e' u_e' (L^-1)_j,e' */
			cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)side, (int)n, 1, inverse + k * n, (int)side, u[k] + e * n, 1,
				    0, line, 1);
			for (size_t j = 0; j < side; j++)
				factors->root[(e * rank + k) * side + j] = (float)line[j];
		}
	free(line);
}

static void solve_exactly(struct factors *factors)
{
	size_t rank = factors->parameters.rank, n = factors->design.effects, side = rank * n;
	double *u[FACTORS_RANK_MAX], *w[FACTORS_RANK_MAX];
	double *m = memory_zero(side * side + 1, sizeof *m), *v = memory_zero(side + 1, sizeof *v);

	for (size_t k = 0; k < rank; k++) {
		u[k] = dense_effects(&factors->design, &factors->parameters, k);
		w[k] = dense_rows(&factors->design, u[k]);
	}
	dense_system(factors, w, m, v);
	factors->draws = side;
	factors->root = memory_zero(side * side + 1, sizeof *factors->root);
	if (side > 0) {
		lapack_done(LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'L', (int)side, m, (int)side));
		lapack_done(LAPACKE_dpotrs(LAPACK_ROW_MAJOR, 'L', (int)side, 1, m, (int)side, v, 1));
		lapack_done(LAPACKE_dtrtri(LAPACK_ROW_MAJOR, 'L', 'N', (int)side, m, (int)side));
		for (size_t i = 0; i < side; i++)
			memset(m + i * side + i + 1, 0, (side - i - 1) * sizeof *m);
		dense_take(factors, u, v, m);
	}
	for (size_t k = 0; k < rank; k++) {
		free(u[k]);
		free(w[k]);
	}
	free(m);
	free(v);
}

/* ---- the posterior by draws ------------------------------------------------------------ */

/* The draws of an effect on a factor in 8 bits: their own noise is far above that. */
static void take_draws(struct factors *factors, struct solution *solution, size_t line)
{
	float draw[DRAW_COLUMNS], most = 0, scale = 1 / sqrtf((float)factors->draws);

	for (size_t column = 1; column < solution->columns; column++) {
		draw[column - 1] = scale * solution->effects[column / W][line * W + column % W];
		most = fmaxf(most, fabsf(draw[column - 1]));
	}
	factors->unit[line] = most / INT8_MAX;
	for (size_t d = 0; d < factors->draws; d++)
		factors->draw[line * factors->draws + d] = most > 0 ? (int8_t)lrintf(draw[d] / factors->unit[line]) : 0;
}

/* Takes the solved blocks: their mean and their draws, as what Z takes. */
static void take_solution(struct factors *factors, const struct system *system, struct solution *solution)
{
	size_t lines = factors->design.effects * factors->parameters.rank;

	factors->unit = memory_allocate(lines + 1, sizeof *factors->unit);
	factors->draw = memory_allocate(lines * factors->draws + 1, sizeof *factors->draw);
	for (size_t block = 0; block < solution->blocks; block++)
		system_effects(system, W, solution->effects[block]);
	for (size_t i = 0; i < lines; i++) {
		factors->mean[i] = solution->effects[0][i * W];
		take_draws(factors, solution, i);
	}
	for (size_t block = 0; block < solution->blocks; block++) {
		free(solution->effects[block]);
		solution->effects[block] = NULL;
	}
}

static bool solve_by_draws(struct factors *factors, struct progress *progress, struct solution *draws)
{
	struct system system;
	struct solution mean;

	/* The mean to a finer end. */
	bool large = factors->design.effects * factors->parameters.rank > LARGE;
	solution_new(large ? DRAW_COLUMNS_LARGE : DRAW_COLUMNS, factors->seed + 1, draws);
	solution_new(1, factors->seed + 1, &mean);
	factors->draws = draws->columns - 1;
	system_new(&factors->design, factors->parameters.rank, factors->parameters.theta, factors->evidence.information,
		   &system);
	bool good = solution_solve(&system, &factors->cells, &factors->parameters, &factors->evidence, NULL, TOLERANCE,
				   STEPS_MAX, progress, &mean);
	if (good)
		good = solution_leave_folds(&system, &factors->evidence, mean.effects[0], factors->fold, FACTORS_FOLDS,
					    FOLD_TOLERANCE, STEPS_MAX, progress, factors->outside);
	if (good) {
		draws->effects[0] = mean.effects[0];
		draws->rows[0] = mean.rows[0];
		draws->surprise[0] = mean.surprise[0];
		mean.effects[0] = mean.rows[0] = mean.surprise[0] = NULL;
		good = solution_solve(&system, &factors->cells, &factors->parameters, &factors->evidence, NULL,
				      DRAW_TOLERANCE, STEPS_MAX, progress, draws);
	}
	if (good)
		take_solution(factors, &system, draws);
	solution_free(&mean);
	system_free(&system);
	return good;
}

/* ---- the whole ----------------------------------------------------------------------------- */

bool factors_solve(struct factors *factors, struct progress *progress)
{
	size_t rank = factors->parameters.rank, effects = factors->design.effects;
	struct solution draws = {0};
	bool good = true;

	if (!progress_step(progress, "relating models", 0))
		return false;
	evidence_set(&factors->cells, &factors->design, &factors->parameters, NULL, &factors->evidence);
	free(factors->mean);
	free(factors->root);
	free(factors->draw);
	free(factors->unit);
	factors->root = factors->unit = NULL;
	factors->draw = NULL;
	factors->mean = memory_zero(effects * rank + 1, sizeof *factors->mean);
	factors->exact = effects * rank <= EXACT_MAX && !factors->by_draws;
	if (factors->exact)
		solve_exactly(factors);
	else
		good = solve_by_draws(factors, progress, &draws);
	if (good) {
		factors_leave_out(factors, &draws);
		good = local_set(factors, progress);
	}
	solution_free(&draws);
	return good;
}
