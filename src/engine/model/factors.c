#include "model/factors_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "solve/lapack.h"
#include "solve/machine.h"
#include "solve/small.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

#define W SYSTEM_WIDTH
#define R2_MAX (FACTORS_RANK_MAX * FACTORS_RANK_MAX)

#define ROWS_MIN 8
#define ROUNDS 24
#define FIXED_ROUNDS 4      /* to place new benchmarks among known ones */
#define RHO_USUAL 3         /* of the Laplacian */
/* Columns: 1 mean, the others draws. */
#define LEARNING_COLUMNS 8
#define DRAW_COLUMNS 72
#define DRAW_COLUMNS_LARGE 40 /* where each of them takes long */
#define LARGE 200000        /* effects x rank */
#define FOLDS 16            /* of models that are left out together */
/* Ends of conjugate gradients.  Those of folds begin at the mean, so near to their goal that it must be a
 * fine one; draws say how wide intervals are, for which a few percent do. */
#define TOLERANCE 2e-3
#define FOLD_TOLERANCE 2e-3
#define DRAW_TOLERANCE 3e-2
#define STEPS_MAX 300
#define EXACT_MAX 1600      /* effects x rank of which a dense matrix is factored */
/* What draws may say of a leverage: their noise must not make it 1. */
#define OPEN_MIN 0.02

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
		good = solution_leave_folds(&system, &factors->evidence, mean.effects[0], factors->fold, FOLDS, FOLD_TOLERANCE,
					    STEPS_MAX, progress, factors->outside);
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

/* ---- what the others tell of a row ---------------------------------------------------------- */

/* Adds `factor` times the deviations of an effect (rank x draws). */
FOR_THIS_MACHINE
static void add_deviation(const struct factors *factors, size_t effect, float factor, float *restrict deviation)
{
	size_t rank = factors->parameters.rank, draws = factors->draws;

	if (factors->exact) {
		cblas_saxpy((int)(rank * draws), factor, factors->root + effect * rank * draws, 1, deviation, 1);
		return;
	}
	for (size_t k = 0; k < rank; k++) {
		float unit = factor * factors->unit[effect * rank + k];
		const int8_t *restrict draw = factors->draw + (effect * rank + k) * draws;
		for (size_t d = 0; d < draws; d++)
			deviation[k * draws + d] += unit * (float)draw[d];
	}
}

/* Adds Z_row times the effects' mean (rank) and deviations (rank x draws). */
static void row_state(const struct factors *factors, size_t row, double *mean, float *deviation)
{
	const struct design_lists *z = &factors->design.row;
	size_t rank = factors->parameters.rank;

	for (size_t i = z->start[row]; i < z->start[row + 1]; i++) {
		size_t effect = z->effect[i];
		for (size_t k = 0; k < rank; k++)
			mean[k] += (double)(z->value[i] * factors->mean[effect * rank + k]);
		if (deviation)
			add_deviation(factors, effect, z->value[i], deviation);
	}
}

/* deviation deviation': n x n. */
static void deviation_covariance(const float *deviation, size_t n, size_t draws, double *covariance)
{
	for (size_t k = 0; k < n; k++)
		for (size_t l = 0; l <= k; l++) {
			double sum = 0;
			for (size_t d = 0; d < draws; d++)
				sum += (double)(deviation[k * draws + d] * deviation[l * draws + d]);
			covariance[k * n + l] = covariance[l * n + k] = sum;
		}
}

/* B = L L' with L rank x *width, from the eigenvalues of D^1/2 B D^1/2, D the variances of f; back:
 * L^+ (width x rank). */
static void information_root(const double *information, const double *own, const double *covariance, size_t rank,
			     double *l, double *back, size_t *width)
{
	double matrix[R2_MAX], value[FACTORS_RANK_MAX], size[FACTORS_RANK_MAX];

	for (size_t k = 0; k < rank; k++)
		size[k] = own[k] + covariance[k * rank + k];

	for (size_t k = 0; k < rank; k++)
		for (size_t m = 0; m < rank; m++)
			matrix[k * rank + m] = sqrt(size[k] * size[m]) * information[k * rank + m];
	*width = 0;
	if (lapack_done(LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'L', (int)rank, matrix, (int)rank, value)) != 0)
		return;
	for (size_t j = 0; j < rank; j++) {
		if (value[j] < 1e-7)
			continue;
		for (size_t k = 0; k < rank; k++) {
			l[k * rank + *width] = matrix[k * rank + j] * sqrt(value[j] / size[k]);
			back[*width * rank + k] = matrix[k * rank + j] * sqrt(size[k] / value[j]);
		}
		(*width)++;
	}
}

/* l = l q, and back = q' back: another basis of the same. */
static void turn_root(const double *q, size_t rank, size_t width, double *l, double *back)
{
	double line[FACTORS_RANK_MAX];

	for (size_t k = 0; k < rank; k++) {
		for (size_t j = 0; j < width; j++) {
			line[j] = 0;
			for (size_t i = 0; i < width; i++)
				line[j] += l[k * rank + i] * q[i * width + j];
		}
		memcpy(l + k * rank, line, width * sizeof *line);
		for (size_t j = 0; j < width; j++) {
			line[j] = 0;
			for (size_t i = 0; i < width; i++)
				line[j] += q[i * width + j] * back[i * rank + k];
		}
		for (size_t j = 0; j < width; j++)
			back[j * rank + k] = line[j];
	}
}

/* I - L'VL. */
static void whitened_share(const double *covariance, const double *l, size_t rank, size_t width, double *share)
{
	for (size_t i = 0; i < width; i++)
		for (size_t j = 0; j < width; j++) {
			double sum = i == j;
			for (size_t k = 0; k < rank; k++)
				for (size_t m = 0; m < rank; m++)
					sum -= l[k * rank + i] * covariance[k * rank + m] * l[m * rank + j];
			share[i * width + j] = sum;
		}
}

/* What is open of a row's whitened information, I - L'VL.  By draws, each of its axes from the
 * posterior covariance V where the row counts little, whose error is that of V, and from the draws'
 * surprises where it counts much, whose error is relative. */
static void open_share(const struct factors *factors, const struct solution *draws, size_t row, const double *covariance,
		       double *l, double *back, size_t width, double *share)
{
	size_t rank = factors->parameters.rank;
	double told[FACTORS_RANK_MAX], open[FACTORS_RANK_MAX], weight[FACTORS_RANK_MAX];

	whitened_share(covariance, l, rank, width, share);
	if (factors->exact || width == 0 ||
	    lapack_done(LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'L', (int)width, share, (int)width, open)) != 0)
		return;
	turn_root(share, rank, width, l, back);
	memset(share, 0, width * width * sizeof *share);
	for (size_t i = 0; i < width; i++) {
		double left = fmin(fmax(open[i], OPEN_MIN), 1);
		weight[i] = (1 - left) * (1 - left) / ((1 - left) * (1 - left) + left * left);
		share[i * width + i] = (1 - weight[i]) * left;
	}
	for (size_t column = 1; column < draws->columns; column++) {
		const float *s = draws->surprise[column / W] + row * rank * W + column % W;
		for (size_t i = 0; i < width; i++) {
			told[i] = 0;
			for (size_t k = 0; k < rank; k++)
				told[i] += sqrt(weight[i]) * back[i * rank + k] * (double)s[k * W];
		}
		for (size_t i = 0; i < width; i++)
			for (size_t j = 0; j < width; j++)
				share[i * width + j] += told[i] * told[j] / (double)factors->draws;
	}
	for (size_t i = 0; i < width; i++)
		share[i * width + i] += OPEN_MIN / 4;
}

/* V + V L (I - L'VL)^-1 L' V: the covariance without the row's own cells. */
static void widen(double *covariance, const double *l, double *share, size_t rank, size_t width)
{
	double between[R2_MAX]; /* width x rank: Cholesky^-1 L'V */

	for (double more = 0; !small_cholesky(share, width); more += 0.05) /* draws are noisy */
		for (size_t i = 0; i < width; i++)
			share[i * width + i] = fabs(share[i * width + i]) + 0.05 + more;
	for (size_t k = 0; k < rank; k++) {
		double column[FACTORS_RANK_MAX];
		for (size_t i = 0; i < width; i++) {
			column[i] = 0;
			for (size_t m = 0; m < rank; m++)
				column[i] += l[m * rank + i] * covariance[m * rank + k];
		}
		small_solve_front(share, width, column);
		for (size_t i = 0; i < width; i++)
			between[i * rank + k] = column[i];
	}
	for (size_t k = 0; k < rank; k++)
		for (size_t m = 0; m < rank; m++)
			for (size_t i = 0; i < width; i++)
				covariance[k * rank + m] += between[i * rank + k] * between[i * rank + m];
}

/* outside = mean - V (b - B mean), V the covariance without the row. */
static void leave_out_exactly(struct factors *factors, size_t row, const double *mean, const double *covariance)
{
	size_t rank = factors->parameters.rank;
	const double *information = factors->evidence.information + row * rank * rank;
	double surprise[FACTORS_RANK_MAX];

	for (size_t m = 0; m < rank; m++) {
		surprise[m] = factors->evidence.told[row * rank + m];
		for (size_t j = 0; j < rank; j++)
			surprise[m] -= information[m * rank + j] * mean[j];
	}
	for (size_t k = 0; k < rank; k++) {
		double outside = mean[k];
		for (size_t m = 0; m < rank; m++)
			outside -= covariance[k * rank + m] * surprise[m];
		factors->outside[row * rank + k] = (float)outside;
	}
}

struct outside_work {
	struct factors *factors;
	const struct solution *draws;
	size_t parts;
};

static void row_outside(struct factors *factors, const struct solution *draws, size_t row, float *deviation)
{
	size_t rank = factors->parameters.rank, width;
	double mean[FACTORS_RANK_MAX] = {0}, covariance[R2_MAX], l[R2_MAX], back[R2_MAX], share[R2_MAX];
	const double *information = factors->evidence.information + row * rank * rank;

	memset(deviation, 0, rank * factors->draws * sizeof *deviation);
	row_state(factors, row, mean, deviation);
	deviation_covariance(deviation, rank, factors->draws, covariance);
	information_root(information, factors->evidence.own + row * rank, covariance, rank, l, back, &width);
	open_share(factors, draws, row, covariance, l, back, width, share);
	widen(covariance, l, share, rank, width);
	if (factors->exact)
		leave_out_exactly(factors, row, mean, covariance);
	for (size_t i = 0; i < rank * rank; i++)
		factors->open[row * rank * rank + i] = (float)covariance[i];
}

static void outside_part(void *context, size_t part)
{
	struct outside_work *work = context;
	size_t rows = work->factors->cells.rows;
	float *deviation = memory_allocate(work->factors->parameters.rank * work->factors->draws + 1, sizeof *deviation);

	for (size_t row = parallel_begin(rows, part, work->parts); row < parallel_begin(rows, part + 1, work->parts); row++)
		row_outside(work->factors, work->draws, row, deviation);
	free(deviation);
}

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
		struct outside_work work = {factors, &draws, parallel_parts(factors->cells.rows)};
		parallel_run(work.parts, outside_part, &work);
		good = local_set(factors, progress);
	}
	solution_free(&draws);
	return good;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* A column that so many of the rows have is a full one. */
#define FULL_SHARE 0.5
#define FULL_COLUMNS_MAX 8

static size_t choose_rank(const struct cells *cells)
{
	size_t scored = 0, full = 0, inside = 0, most = cells->count < 500 ? 2 : cells->count < 3000 ? 3
				 : cells->count < 12000 ? 6 : cells->count < 40000 ? 8 : 12;

	for (size_t b = 0; b < cells->benchmarks; b++) {
		size_t length = cells->column_start[b + 1] - cells->column_start[b];
		scored += length > 0;
		if ((double)length >= FULL_SHARE * (double)cells->rows) {
			full++;
			inside += length;
		}
	}
	/* Nearly complete columns bear as many factors as there are columns, whatever little is beside them. */
	if (full > 0 && full <= FULL_COLUMNS_MAX && inside * 10 >= cells->rows * full * 8 &&
	    inside * 10 >= cells->count * 9 && cells->rows >= 40 * full)
		return full;
	return most < scored ? most : scored;
}

static double newest_date(const struct factors *factors)
{
	double newest = -HUGE_VAL;

	for (size_t row = 0; row < factors->cells.rows; row++)
		newest = fmax(newest, engine_data_model(&factors->data, factors->cells.row_model[row]).uploaded);
	return newest > -HUGE_VAL ? newest : HUGE_VAL;
}

bool factors_learn(struct factors *factors, bool fixed, struct progress *progress)
{
	struct solution solution;

	solution_new(LEARNING_COLUMNS, factors->seed, &solution);
	bool good = parameters_learn(&factors->cells, &factors->design, fixed ? FIXED_ROUNDS : ROUNDS, fixed, progress,
				     &factors->parameters, &factors->evidence, &solution);
	solution_free(&solution);
	return good;
}

static enum status check_rows(size_t rows, struct error *error)
{
	if (rows >= ROWS_MIN)
		return STATUS_OK;
	error_set(error, STATUS_DATA, "%zu models with scores are too few to learn from", rows);
	return error_advise(error, "import a leaderboard: at least %d are needed", ROWS_MIN);
}

/* ---- folds -------------------------------------------------------------------------------------- */

struct fold_key {
	int32_t shared[3];
	size_t row;
};

static int compare_folds(const void *left, const void *right)
{
	const struct fold_key *a = left, *b = right;

	for (size_t i = 0; i < 3; i++)
		if (a->shared[i] != b->shared[i])
			return a->shared[i] < b->shared[i] ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

/* Relatives are dealt to different folds, so that leaving out a fold is near to leaving out one model. */
static void deal_folds(struct factors *factors)
{
	size_t rows = factors->cells.rows;
	struct fold_key *key = memory_allocate(rows + 1, sizeof *key);

	for (size_t row = 0; row < rows; row++) {
		struct kernel_point point;
		attributes_point_of(factors->attributes, &factors->data, factors->cells.row_model[row], &point);
		key[row] = (struct fold_key){{point.attribute[ATTRIBUTE_BASE], point.attribute[ATTRIBUTE_FAMILY],
					      point.attribute[ATTRIBUTE_SERIES]}, row};
	}
	qsort(key, rows, sizeof *key, compare_folds);
	factors->fold = memory_allocate(rows + 1, sizeof *factors->fold);
	for (size_t i = 0; i < rows; i++)
		factors->fold[key[i].row] = (uint8_t)(i % FOLDS);
	free(key);
}

enum status factors_new(const struct engine_data *data, const struct factors_start *start, struct factors **result,
			struct error *error)
{
	struct factors *factors = memory_zero(1, sizeof *factors);

	factors->data = *data;
	factors->prior = start->prior;
	factors->seed = start->seed;
	cells_new(data, start->scale, &factors->cells);
	size_t rows = factors->cells.rows;
	enum status status = check_rows(rows, error);
	if (status == STATUS_OK) {
		factors->attributes = attributes_new(data, factors->cells.row_model, rows);
		status = design_new(&factors->data, start->prior, start->rho > 0 ? start->rho : RHO_USUAL,
				    factors->attributes, factors->cells.row_model, factors->cells.model_row, rows,
				    &factors->design, error);
	}
	if (status != STATUS_OK) {
		factors_free(factors);
		return status;
	}
	size_t rank = start->rank ? start->rank : choose_rank(&factors->cells);
	rank = rank > FACTORS_RANK_MAX ? FACTORS_RANK_MAX : rank;
	parameters_new(data, &factors->cells, &factors->design, rank, start->seed, &factors->parameters);
	local_new(factors);
	evidence_new(rows, rank, &factors->evidence);
	factors->outside = memory_allocate(rows * rank + 1, sizeof *factors->outside);
	factors->open = memory_allocate(rows * rank * rank + 1, sizeof *factors->open);
	factors->newest_date = newest_date(factors);
	deal_folds(factors);
	*result = factors;
	return STATUS_OK;
}

void factors_free(struct factors *factors)
{
	if (!factors)
		return;
	design_free(&factors->design);
	attributes_free(factors->attributes);
	cells_free(&factors->cells);
	parameters_free(&factors->parameters);
	evidence_free(&factors->evidence);
	local_free(&factors->local);
	free(factors->mean);
	free(factors->root);
	free(factors->fold);
	free(factors->draw);
	free(factors->unit);
	free(factors->outside);
	free(factors->open);
	free(factors->placed);
	free(factors->learned);
	for (size_t kind = 0; kind < FACTORS_SPREAD_COUNT; kind++)
		free(factors->reach[kind]);
	free(factors);
}

/* ---- subjects ------------------------------------------------------------------------------------ */

size_t factors_rank(const struct factors *factors)
{
	return factors->parameters.rank;
}

size_t factors_draws(const struct factors *factors)
{
	return factors->draws;
}

size_t factors_rows(const struct factors *factors)
{
	return factors->cells.rows;
}

uint32_t factors_row_model(const struct factors *factors, size_t row)
{
	return factors->cells.row_model[row];
}

int32_t factors_model_row(const struct factors *factors, size_t model)
{
	return factors->cells.model_row[model];
}

void factors_state_new(const struct factors *factors, struct factors_state *state)
{
	size_t rank = factors->parameters.rank;

	*state = (struct factors_state){.rank = rank, .draws = factors->draws};
	state->mean = memory_zero(rank, sizeof *state->mean);
	state->deviation = memory_zero(rank * factors->draws + 1, sizeof *state->deviation);
	state->own = memory_zero(rank * rank, sizeof *state->own);
}

void factors_state_free(struct factors_state *state)
{
	free(state->mean);
	free(state->deviation);
	free(state->own);
	*state = (struct factors_state){0};
}

static void state_clear(struct factors_state *state)
{
	memset(state->mean, 0, state->rank * sizeof *state->mean);
	memset(state->deviation, 0, state->rank * state->draws * sizeof *state->deviation);
	memset(state->own, 0, state->rank * state->rank * sizeof *state->own);
}

void factors_state_add(struct factors_state *to, double weight, const struct factors_state *from)
{
	size_t rank = to->rank;

	for (size_t k = 0; k < rank; k++)
		to->mean[k] += weight * from->mean[k];
	for (size_t i = 0; i < rank * rank; i++)
		to->own[i] += weight * weight * from->own[i];
	cblas_saxpy((int)(rank * to->draws), (float)weight, from->deviation, 1, to->deviation, 1);
}

void factors_state_covariance(const struct factors_state *state, double *covariance)
{
	deviation_covariance(state->deviation, state->rank, state->draws, covariance);
	for (size_t i = 0; i < state->rank * state->rank; i++)
		covariance[i] += state->own[i];
}

/* A row's own part e = f - Z x: mean and deviations are added times `share` (rank), and its covariance
 * given x to own.  e = C (h + S^-1 Z x) - Z x. */
static void add_row_own(const struct factors *factors, size_t row, const double *share, struct factors_state *state)
{
	size_t rank = state->rank, draws = state->draws;
	double mean[FACTORS_RANK_MAX] = {0}, pulled[FACTORS_RANK_MAX];
	float *deviation = memory_zero(rank * draws + 1, sizeof *deviation);
	const double *shrunk = factors->evidence.shrunk + row * rank * rank, *own = factors->evidence.own + row * rank;

	row_state(factors, row, mean, draws > 0 ? deviation : NULL);
	for (size_t k = 0; k < rank; k++) {
		pulled[k] = factors->evidence.pull[row * rank + k] - mean[k];
		for (size_t l = 0; l < rank; l++) {
			double gain = shrunk[k * rank + l] / own[l];
			pulled[k] += gain * mean[l];
			gain -= k == l;
			cblas_saxpy((int)draws, (float)(share[k] * gain), deviation + l * draws, 1, state->deviation + k * draws, 1);
			state->own[k * rank + l] += share[k] * share[l] * shrunk[k * rank + l];
		}
		state->mean[k] += share[k] * pulled[k];
	}
	free(deviation);
}

/* Adds where something stands: effects, shares of rows' innovations, new variance. */
static void add_place(const struct factors *factors, const struct design_place *place, struct factors_state *state)
{
	size_t rank = state->rank, draws = state->draws, terms = factors->design.terms;

	for (size_t i = 0; i < place->effects; i++) {
		size_t effect = place->effect[i].number;
		for (size_t k = 0; k < rank; k++)
			state->mean[k] += (double)(place->effect[i].value * factors->mean[effect * rank + k]);
		if (draws > 0)
			add_deviation(factors, effect, place->effect[i].value, state->deviation);
	}
	for (size_t i = 0; i < place->rows; i++) {
		double share[FACTORS_RANK_MAX], variance, own;
		size_t row = place->row[i].number, term = design_row_origin(&factors->design, row, &own);
		for (size_t k = 0; k < rank; k++) {
			/* The innovation is a part of e: given e its share of the mean, and what that leaves open. */
			double weight = (double)place->row[i].value;
			variance = own * factors->parameters.theta[term * rank + k];
			share[k] = weight * variance / factors->evidence.own[row * rank + k];
			state->own[k * rank + k] += weight * weight * variance - weight * share[k] * variance;
		}
		add_row_own(factors, row, share, state);
	}
	for (size_t t = 0; t < terms; t++)
		for (size_t k = 0; k < rank && place->own[t] > 0; k++)
			state->own[k * rank + k] += place->own[t] * factors->parameters.theta[t * rank + k];
	for (size_t k = 0; k < rank && place->nodes > 0; k++) {
		double theta[DESIGN_TERMS_MAX];
		for (size_t t = 0; t < terms; t++)
			theta[t] = factors->parameters.theta[t * rank + k];
		state->own[k * rank + k] += design_nodes_in_common(&factors->design, theta, place, place);
	}
}

/* The variance that every model has of its own. */
static void add_own(const struct factors *factors, struct factors_state *state)
{
	for (size_t k = 0; k < state->rank; k++)
		state->own[k * state->rank + k] += factors->parameters.own[k];
}

/* Adds what facts tell.  Where some are unknown that is the mixture over what they may be, by its first
 * two moments: sum p_c m_c; and for the variance, what each leaves open and how they differ,
 * sum p_c ((m_c - m)(m_c - m)' + (d_c - d)(d_c - d)'), by the posterior, not the prior. */
static void add_facts(const struct factors *factors, const struct engine_model *facts, struct factors_state *state)
{
	struct supposition list[SUPPOSED_MAX];
	size_t count = design_suppose(&factors->design, facts, list), rank = state->rank, draws = state->draws;
	struct factors_state *may = memory_allocate(count, sizeof *may), mean;
	struct design_place place = {0};

	factors_state_new(factors, &mean);
	for (size_t c = 0; c < count; c++) {
		design_place_clear(&place);
		design_place_facts(&factors->design, &list[c].facts, &place);
		factors_state_new(factors, &may[c]);
		add_place(factors, &place, &may[c]);
		factors_state_add(&mean, list[c].chance, &may[c]);
	}
	for (size_t c = 0; c < count; c++) {
		for (size_t k = 0; k < rank; k++)
			may[c].mean[k] -= mean.mean[k];
		cblas_saxpy((int)(rank * draws), -1, mean.deviation, 1, may[c].deviation, 1);
		for (size_t k = 0; k < rank; k++)
			for (size_t l = 0; l < rank; l++)
				state->own[k * rank + l] += list[c].chance *
					(may[c].own[k * rank + l] + may[c].mean[k] * may[c].mean[l] +
					 (double)cblas_sdot((int)draws, may[c].deviation + k * draws, 1, may[c].deviation + l * draws, 1));
		factors_state_free(&may[c]);
	}
	memset(mean.own, 0, rank * rank * sizeof *mean.own);
	factors_state_add(state, 1, &mean);
	factors_state_free(&mean);
	design_place_free(&place);
	free(may);
}

void factors_known(const struct factors *factors, size_t model, struct factors_state *state)
{
	int32_t row = factors->cells.model_row[model];
	double all[FACTORS_RANK_MAX];

	state_clear(state);
	if (row >= 0) {
		for (size_t k = 0; k < state->rank; k++)
			all[k] = 1;
		row_state(factors, (size_t)row, state->mean, state->deviation);
		add_row_own(factors, (size_t)row, all, state);
		return;
	}
	struct design_place place = {0};
	struct engine_model facts;
	attributes_describe(&factors->data, model, &facts);
	add_facts(factors, &facts, state);
	design_place_node(&factors->design, model, 1, &place);
	add_place(factors, &place, state);
	add_own(factors, state);
	design_place_free(&place);
}

void factors_parent(const struct factors *factors, size_t parent, struct factors_state *state)
{
	struct design_place place = {0};

	state_clear(state);
	design_place_node(&factors->design, parent, 1, &place);
	add_place(factors, &place, state);
	design_place_free(&place);
}

void factors_facts(const struct factors *factors, const struct engine_model *facts, enum relation relation,
		   size_t parents, struct factors_state *state)
{
	struct design_place place = {0};

	state_clear(state);
	add_facts(factors, facts, state);
	design_place_making(&factors->design, relation, parents, &place);
	add_place(factors, &place, state);
	add_own(factors, state);
	design_place_free(&place);
}

static void place_mean(const struct factors *factors, const struct design_place *place, double *mean)
{
	struct factors_state state = {.rank = factors->parameters.rank, .mean = mean};
	double own[R2_MAX] = {0};
	float none = 0;

	state.own = own; /* without draws the deviations are nothing */
	state.deviation = &none;
	memset(mean, 0, state.rank * sizeof *mean);
	add_place(factors, place, &state);
}

void factors_parent_mean(const struct factors *factors, size_t parent, double *mean)
{
	struct design_place place = {0};

	design_place_node(&factors->design, parent, 1, &place);
	place_mean(factors, &place, mean);
	design_place_free(&place);
}

void factors_facts_mean(const struct factors *factors, const struct engine_model *facts, double *mean)
{
	struct design_place place = {0};

	design_place_facts(&factors->design, facts, &place);
	place_mean(factors, &place, mean);
	design_place_free(&place);
}

double factors_child_weight(const struct factors *factors, size_t parents, double weight)
{
	return design_child_weight(&factors->design, parents, weight);
}

void factors_cold(const struct factors *factors, size_t model, double *mean, double *covariance)
{
	size_t rank = factors->parameters.rank;
	int32_t row = factors->cells.model_row[model];

	if (row < 0) {
		struct factors_state state;
		factors_state_new(factors, &state);
		factors_known(factors, model, &state);
		memcpy(mean, state.mean, rank * sizeof *mean);
		factors_state_covariance(&state, covariance);
		factors_state_free(&state);
		return;
	}
	for (size_t k = 0; k < rank; k++) {
		mean[k] = (double)factors->outside[(size_t)row * rank + k];
		for (size_t l = 0; l < rank; l++)
			covariance[k * rank + l] = (double)factors->open[((size_t)row * rank + k) * rank + l];
		covariance[k * rank + k] += factors->evidence.own[(size_t)row * rank + k];
	}
}
