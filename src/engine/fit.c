#include "fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cblas.h>
#include <lapacke.h>

#include "stemma/base/memory.h"
#include "variance.h"

#define ROWS_MIN 8
#define FACTORS_MAX 16
#define LEARNING_ROWS 900     /* variances are learned on at most this many */
#define EVALUATIONS_MAX 60    /* of the likelihood, a group */
#define NOISE_START 0.1
#define STATE_VERSION 1

static const char *const prior_words[] = {
#define X(symbol, word, help) word,
	PRIOR_TABLE(X)
#undef X
};

/* rho = lambda_M / mu of the published objective, tried in this order; the
 * marginal likelihood chooses. */
static const double rho_grid[] = {0.1, 0.3, 1, 3, 10, 30, 100};

const char *prior_name(enum prior prior)
{
	return prior < PRIOR_COUNT ? prior_words[prior] : "unknown";
}

enum prior prior_parse(const char *word)
{
	enum prior prior = 0;

	while (prior < PRIOR_COUNT && strcmp(word, prior_words[prior]) != 0)
		prior++;
	return prior;
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- rows ------------------------------------------------------------------ */

static void fit_choose_rows(struct engine_fit *fit)
{
	const struct engine_data *data = &fit->data;

	fit->row_model = memory_allocate(data->models, sizeof *fit->row_model);
	fit->model_row = memory_allocate(data->models, sizeof *fit->model_row);
	for (size_t model = 0; model < data->models; model++) {
		bool known = false;
		for (size_t b = 0; b < data->benchmarks; b++)
			known = known || !isnan(data->scores[model * data->benchmarks + b]);
		fit->model_row[model] = -1;
		if (!known || (data->excluded && data->excluded[model]))
			continue;
		fit->model_row[model] = (int32_t)fit->rows;
		fit->row_model[fit->rows++] = (uint32_t)model;
	}
}

/* Rotates the scores to factors; `extra` (rows) gets the noise that missing
 * benchmarks add, averaged over the factors. */
static void fit_rotate(struct engine_fit *fit, double *extra)
{
	const struct engine_data *data = &fit->data;
	size_t benchmarks = data->benchmarks, factors;
	double *scores = memory_allocate(fit->rows * benchmarks, sizeof *scores);
	double factor[FACTORS_MAX], uncertainty[FACTORS_MAX];

	for (size_t row = 0; row < fit->rows; row++)
		memcpy(scores + row * benchmarks, data->scores + fit->row_model[row] * benchmarks,
		       benchmarks * sizeof *scores);
	transform_learn(&fit->transform, scores, fit->rows, benchmarks, fit->settings.rank);
	factors = fit->transform.factors;
	fit->values = memory_allocate(factors * fit->rows, sizeof *fit->values);
	for (size_t row = 0; row < fit->rows; row++) {
		transform_forward(&fit->transform, scores + row * benchmarks, factor, uncertainty);
		extra[row] = 0;
		for (size_t f = 0; f < factors; f++) {
			fit->values[f * fit->rows + row] = factor[f];
			extra[row] += uncertainty[f] / (double)factors;
		}
	}
	free(scores);
	fit->groups = factors < FIT_GROUPS_MAX ? factors : FIT_GROUPS_MAX;
	for (size_t f = 0; f < factors; f++)
		fit->group_of[f] = f < FIT_GROUPS_MAX ? f : FIT_GROUPS_MAX - 1;
}

/* Points of all rows with their ancestors. */
static void fit_place_rows(struct engine_fit *fit)
{
	const struct engine_data *data = &fit->data;
	struct kernel_space *space = &fit->covariance.space;
	struct lineage_walk *walk = lineage_walk_new(data->lineage);
	size_t used = 0, capacity = 0;
	size_t *start = memory_allocate(fit->rows, sizeof *start);

	fit->origins = memory_allocate(data->models, sizeof *fit->origins);
	for (size_t node = 0; node < data->models; node++)
		fit->origins[node] = (uint8_t)lineage_origin(data->lineage, node);
	fit->attributes = attributes_new(data, fit->row_model, fit->rows);
	*space = (struct kernel_space){
		.count = fit->rows,
		.points = memory_allocate(fit->rows, sizeof *space->points),
		.nodes = data->models,
		.origins = fit->origins,
	};
	for (size_t row = 0; row < fit->rows; row++) {
		struct kernel_point *point = &space->points[row];
		attributes_point(fit->attributes, &data->model[fit->row_model[row]], point);
		const struct lineage_share *path =
			lineage_ancestors(walk, fit->row_model[row], &point->path_count);
		start[row] = used;
		for (size_t i = 0; i < point->path_count; i++) {
			space->paths = memory_grow(space->paths, used, &capacity, sizeof *path);
			space->paths[used++] = path[i];
		}
	}
	for (size_t row = 0; row < fit->rows; row++)
		space->points[row].path = space->paths + start[row];
	free(start);
	lineage_walk_free(walk);
}

/* ---- learning -------------------------------------------------------------- */

/* A small generator (xorshift64*, Vigna 2016): the same sequence everywhere. */
static uint64_t random_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 2685821657736338717ULL;
}

static void take_row(const struct engine_fit *fit, size_t model, bool *taken, uint32_t *rows,
		     size_t *count, size_t max)
{
	int32_t row = fit->model_row[model];

	if (row < 0 || taken[row] || *count == max)
		return;
	taken[row] = true;
	rows[(*count)++] = (uint32_t)row;
}

/* Draws models together with their parents and children, because variances of
 * the lineage show only in relatives.  Returns the count; rows ascend only by
 * chance. */
static size_t fit_learning_rows(const struct engine_fit *fit, uint32_t *rows, size_t max)
{
	bool *taken = memory_zero(fit->rows, sizeof *taken);
	uint64_t state = fit->settings.seed * 2654435769u + 88172645463325252ULL;
	size_t count = 0;

	if (fit->rows <= max) {
		for (size_t row = 0; row < fit->rows; row++)
			rows[count++] = (uint32_t)row;
		free(taken);
		return count;
	}
	while (count < max) {
		size_t row = random_next(&state) % fit->rows, relatives;
		if (taken[row])
			continue;
		size_t model = fit->row_model[row];
		take_row(fit, model, taken, rows, &count, max);
		const struct lineage_parent *parents =
			lineage_parents(fit->data.lineage, model, &relatives);
		for (size_t i = 0; i < relatives && i < 3; i++)
			take_row(fit, parents[i].node, taken, rows, &count, max);
		const uint32_t *children = lineage_children(fit->data.lineage, model, &relatives);
		for (size_t i = 0; i < relatives && i < 3; i++)
			take_row(fit, children[i], taken, rows, &count, max);
	}
	free(taken);
	return count;
}

/* What all groups learn from: term matrices over a sample of the rows. */
struct learning {
	uint32_t *rows;
	size_t count, terms;
	float *matrices;
	double *extra;
};

static void learning_init(struct learning *learning, const struct engine_fit *fit,
			  const double *extra)
{
	learning->rows = memory_allocate(LEARNING_ROWS, sizeof *learning->rows);
	learning->count = fit_learning_rows(fit, learning->rows, LEARNING_ROWS);
	learning->terms = covariance_terms(&fit->covariance);
	size_t cells = learning->count * learning->count;
	learning->matrices = memory_allocate(learning->terms * cells, sizeof(float));
	for (size_t k = 0; k < learning->terms; k++)
		covariance_matrix(&fit->covariance, k, learning->rows, learning->count,
				  learning->matrices + k * cells);
	learning->extra = memory_allocate(learning->count, sizeof(double));
	for (size_t i = 0; i < learning->count; i++)
		learning->extra[i] = extra[learning->rows[i]];
}

static void learning_free(struct learning *learning)
{
	free(learning->rows);
	free(learning->matrices);
	free(learning->extra);
}

static enum status fit_learn_group(struct engine_fit *fit, const struct learning *learning,
				   size_t group, struct progress *progress, struct error *error)
{
	size_t columns = 0;
	double *values = memory_allocate(fit->transform.factors * learning->count, sizeof *values);
	double *start = memory_allocate(learning->terms + 1, sizeof *start);

	for (size_t f = 0; f < fit->transform.factors; f++) {
		if (fit->group_of[f] != group)
			continue;
		for (size_t i = 0; i < learning->count; i++)
			values[columns * learning->count + i] =
				fit->values[f * fit->rows + learning->rows[i]];
		columns++;
	}
	for (size_t k = 0; k < learning->terms; k++)
		start[k] = covariance_start(&fit->covariance, k);
	start[learning->terms] = NOISE_START;
	if (fit->group[group].theta[0] > 0) /* a warm start */
		memcpy(start, fit->group[group].theta, (learning->terms + 1) * sizeof *start);
	struct variance_problem problem = {
		.rows = learning->count,
		.terms = learning->terms,
		.columns = columns,
		.matrices = learning->matrices,
		.values = values,
		.extra_noise = learning->extra,
		.start = start,
		.evaluations_max = EVALUATIONS_MAX,
	};
	enum status status = variance_learn(&problem, fit->group[group].theta,
					    &fit->group[group].log_likelihood, progress, error);
	free(values);
	free(start);
	return status;
}

static enum status fit_learn_groups(struct engine_fit *fit, const double *extra,
				    struct progress *progress, struct error *error)
{
	struct learning learning;
	enum status status = STATUS_OK;

	learning_init(&learning, fit, extra);
	for (size_t g = 0; g < fit->groups && status == STATUS_OK; g++)
		status = fit_learn_group(fit, &learning, g, progress, error);
	learning_free(&learning);
	return status;
}

static double fit_log_likelihood(const struct engine_fit *fit)
{
	double sum = 0;

	for (size_t g = 0; g < fit->groups; g++)
		sum += fit->group[g].log_likelihood;
	return sum;
}

static enum status fit_set_laplacian(struct engine_fit *fit, double rho, struct error *error)
{
	laplacian_free(fit->covariance.laplacian);
	fit->covariance.laplacian = NULL;
	fit->rho = rho;
	return laplacian_new(fit->data.lineage, rho, fit->row_model, fit->rows,
			     &fit->covariance.laplacian, error);
}

/* Tries each rho and keeps the likeliest with its variances. */
static enum status fit_learn_laplacian(struct engine_fit *fit, const double *extra,
				       struct progress *progress, struct error *error)
{
	double best = -HUGE_VAL, best_rho = 1, best_theta[FIT_GROUPS_MAX][2] = {{0}};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < sizeof rho_grid / sizeof *rho_grid && status == STATUS_OK; i++) {
		status = fit_set_laplacian(fit, rho_grid[i], error);
		if (status == STATUS_OK)
			status = fit_learn_groups(fit, extra, progress, error);
		if (status != STATUS_OK || fit_log_likelihood(fit) <= best)
			continue;
		best = fit_log_likelihood(fit);
		best_rho = rho_grid[i];
		for (size_t g = 0; g < fit->groups; g++)
			memcpy(best_theta[g], fit->group[g].theta, sizeof best_theta[g]);
	}
	if (status == STATUS_OK)
		status = fit_set_laplacian(fit, best_rho, error);
	for (size_t g = 0; g < fit->groups; g++)
		memcpy(fit->group[g].theta, best_theta[g], sizeof best_theta[g]);
	return status;
}

static enum status fit_learn(struct engine_fit *fit, const double *extra,
			     struct progress *progress, struct error *error)
{
	if (fit->settings.prior == PRIOR_LAPLACIAN)
		return fit_learn_laplacian(fit, extra, progress, error);
	return fit_learn_groups(fit, extra, progress, error);
}

/* ---- factoring ------------------------------------------------------------- */

/* Sums the terms of all groups, each term made once; the sums stand where the
 * Cholesky factors will. */
static enum status fit_sum_terms(struct engine_fit *fit, struct progress *progress, struct error *error)
{
	size_t rows = fit->rows, cells = rows * rows, terms = covariance_terms(&fit->covariance);
	uint32_t *all = memory_allocate(rows, sizeof *all);
	float *term = memory_allocate(cells, sizeof *term);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < rows; i++)
		all[i] = (uint32_t)i;
	for (size_t g = 0; g < fit->groups; g++)
		fit->group[g].cholesky = memory_zero(cells, sizeof(float));
	for (size_t k = 0; k < terms && status == STATUS_OK; k++) {
		if (!progress_step(progress, "comparing models", (double)k / (double)terms))
			status = error_set(error, STATUS_CANCELLED, "fit cancelled");
		covariance_matrix(&fit->covariance, k, all, rows, term);
		for (size_t g = 0; g < fit->groups; g++)
			cblas_saxpy((int)cells, (float)fit->group[g].theta[k], term, 1,
				    fit->group[g].cholesky, 1);
	}
	free(all);
	free(term);
	return status;
}

/* The diagonal of K^-1 = (L^-1)' L^-1 from L, which is inverted in place. */
static void inverse_diagonal(double *factor, size_t rows, double *diagonal)
{
	LAPACKE_dtrtri(LAPACK_COL_MAJOR, 'L', 'N', (int)rows, factor, (int)rows);
	for (size_t i = 0; i < rows; i++) {
		const double *column = factor + i * rows + i;
		diagonal[i] = cblas_ddot((int)(rows - i), column, 1, column, 1);
	}
}

/* Factors K of one group and solves its factors: K^-1 z, s_f and the diagonal
 * of K^-1.  `matrix` is memory for it. */
static enum status fit_factor_group(struct engine_fit *fit, size_t number, const double *extra,
				    double *matrix, struct error *error)
{
	struct fit_group *group = &fit->group[number];
	size_t rows = fit->rows, noise = covariance_terms(&fit->covariance);

	for (size_t i = 0; i < rows * rows; i++)
		matrix[i] = (double)group->cholesky[i];
	for (size_t i = 0; i < rows; i++)
		matrix[i * rows + i] += group->theta[noise] + extra[i];
	if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', (int)rows, matrix, (int)rows) != 0)
		return error_set(error, STATUS_SOFTWARE,
				 "the covariance of factor group %zu is not positive definite", number);
	for (size_t i = 0; i < rows * rows; i++)
		group->cholesky[i] = (float)matrix[i];
	for (size_t f = 0; f < fit->transform.factors; f++) {
		if (fit->group_of[f] != number)
			continue;
		double *solution = fit->solution + f * rows;
		memcpy(solution, fit->values + f * rows, rows * sizeof *solution);
		LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'L', (int)rows, 1, matrix, (int)rows, solution, (int)rows);
		double quadratic = cblas_ddot((int)rows, fit->values + f * rows, 1, solution, 1);
		fit->scale[f] = fmax(quadratic / (double)rows, 1e-12);
	}
	group->precision = memory_allocate(rows, sizeof *group->precision);
	inverse_diagonal(matrix, rows, group->precision);
	return STATUS_OK;
}

static enum status fit_factor(struct engine_fit *fit, const double *extra,
			      struct progress *progress, struct error *error)
{
	double *matrix = NULL;
	enum status status = fit_sum_terms(fit, progress, error);

	fit->solution = memory_allocate(fit->transform.factors * fit->rows, sizeof *fit->solution);
	fit->scale = memory_allocate(fit->transform.factors, sizeof *fit->scale);
	if (status == STATUS_OK)
		matrix = memory_allocate(fit->rows * fit->rows, sizeof *matrix);
	for (size_t g = 0; g < fit->groups && status == STATUS_OK; g++) {
		if (!progress_step(progress, "factoring", (double)g / (double)fit->groups))
			status = error_set(error, STATUS_CANCELLED, "fit cancelled");
		else
			status = fit_factor_group(fit, g, extra, matrix, error);
	}
	free(matrix);
	return status;
}

/* ---- points ------------------------------------------------------------------ */

double fit_loading(const struct engine_fit *fit, size_t benchmark, size_t factor)
{
	const struct transform *transform = &fit->transform;
	double sum = 0;

	if (benchmark < transform->benchmarks)
		return transform->deviation[benchmark] *
		       transform->rotation[benchmark * transform->factors + factor];
	for (size_t b = 0; b < transform->benchmarks; b++)
		sum += fit_loading(fit, b, factor);
	return sum / (double)transform->benchmarks;
}

/* Variance in points^2 of what lies outside the factors. */
static double fit_left_over(const struct engine_fit *fit, size_t benchmark)
{
	const struct transform *transform = &fit->transform;
	double sum = 0, count = (double)transform->benchmarks;

	if (benchmark < transform->benchmarks)
		return transform->deviation[benchmark] * transform->deviation[benchmark] *
		       transform->left_over[benchmark];
	for (size_t b = 0; b < transform->benchmarks; b++)
		sum += fit_left_over(fit, b);
	return sum / (count * count);
}

static double fit_mean(const struct engine_fit *fit, size_t benchmark)
{
	double sum = 0;

	if (benchmark < fit->transform.benchmarks)
		return fit->transform.mean[benchmark];
	for (size_t b = 0; b < fit->transform.benchmarks; b++)
		sum += fit->transform.mean[b];
	return sum / (double)fit->transform.benchmarks;
}

void fit_to_points(const struct engine_fit *fit, const double *mean, const double *variance,
		   double *points, double *deviation)
{
	for (size_t b = 0; b <= fit->transform.benchmarks; b++) {
		double sum = fit_mean(fit, b), squares = fit_left_over(fit, b);
		for (size_t f = 0; f < fit->transform.factors; f++) {
			double loading = fit_loading(fit, b, f);
			sum += loading * mean[f];
			squares += loading * loading * variance[f];
		}
		points[b] = sum;
		deviation[b] = sqrt(squares);
	}
}

static double within_scale(double points)
{
	return fmin(fmax(points, 0), 100);
}

void fit_estimates(const struct engine_fit *fit, const double *points, const double *deviation,
		   struct engine_estimate *estimates)
{
	for (size_t b = 0; b <= fit->transform.benchmarks; b++) {
		double half50 = fit->spread50[b] * deviation[b];
		double half90 = fit->spread90[b] * deviation[b];
		estimates[b] = (struct engine_estimate){
			.mean = within_scale(points[b]),
			.sd = deviation[b],
			.low50 = within_scale(points[b] - half50),
			.high50 = within_scale(points[b] + half50),
			.low90 = within_scale(points[b] - half90),
			.high90 = within_scale(points[b] + half90),
		};
	}
}

void fit_leave_one_out(const struct engine_fit *fit, size_t row, double *mean, double *variance)
{
	for (size_t f = 0; f < fit->transform.factors; f++) {
		double precision = fit->group[fit->group_of[f]].precision[row];
		mean[f] = fit->values[f * fit->rows + row] -
			  fit->solution[f * fit->rows + row] / precision;
		variance[f] = fit->scale[f] / precision;
	}
}

/* ---- residuals and figures ----------------------------------------------------- */

/* Published score of a row: a benchmark's, or the average where all are known. */
static double fit_observed(const struct engine_fit *fit, size_t row, size_t benchmark)
{
	size_t benchmarks = fit->transform.benchmarks;
	const double *scores = fit->data.scores + fit->row_model[row] * benchmarks;
	double sum = 0;

	if (benchmark < benchmarks)
		return scores[benchmark];
	for (size_t b = 0; b < benchmarks; b++)
		sum += scores[b];
	return sum / (double)benchmarks;
}

bool engine_residuals(const struct engine_fit *fit, size_t model, struct engine_residual *residuals)
{
	double mean[FACTORS_MAX], variance[FACTORS_MAX];
	double points[FACTORS_MAX + 1], deviation[FACTORS_MAX + 1];
	struct engine_estimate estimates[FACTORS_MAX + 1];

	if (model >= fit->data.models || fit->model_row[model] < 0)
		return false;
	size_t row = (size_t)fit->model_row[model];
	fit_leave_one_out(fit, row, mean, variance);
	fit_to_points(fit, mean, variance, points, deviation);
	fit_estimates(fit, points, deviation, estimates);
	for (size_t b = 0; b <= fit->transform.benchmarks; b++) {
		double observed = fit_observed(fit, row, b);
		residuals[b] = (struct engine_residual){
			.observed = observed,
			.predicted = estimates[b].mean,
			.sd = deviation[b],
			.z = (observed - points[b]) / deviation[b],
			.low90 = estimates[b].low90,
			.high90 = estimates[b].high90,
		};
	}
	return true;
}

static int double_compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

/* Sets how many standard deviations the 50 % and 90 % intervals reach: the
 * quantiles of |z| over the leave-one-out residuals, because real residuals
 * have heavier tails than the normal distribution. */
static void fit_calibrate(struct engine_fit *fit)
{
	size_t benchmarks = fit->transform.benchmarks;
	struct engine_residual residuals[FACTORS_MAX + 1];
	double *sizes = memory_allocate((benchmarks + 1) * fit->rows, sizeof *sizes);
	size_t known[FACTORS_MAX + 1] = {0};

	fit->spread50 = memory_allocate(benchmarks + 1, sizeof *fit->spread50);
	fit->spread90 = memory_allocate(benchmarks + 1, sizeof *fit->spread90);
	for (size_t b = 0; b <= benchmarks; b++)
		fit->spread50[b] = 0.6745, fit->spread90[b] = 1.6449; /* the normal ones */
	for (size_t row = 0; row < fit->rows; row++) {
		engine_residuals(fit, fit->row_model[row], residuals);
		for (size_t b = 0; b <= benchmarks; b++)
			if (!isnan(residuals[b].z))
				sizes[b * fit->rows + known[b]++] = fabs(residuals[b].z);
	}
	for (size_t b = 0; b <= benchmarks; b++) {
		if (known[b] < 40)
			continue; /* too few for a 90 % quantile */
		double *sorted = sizes + b * fit->rows;
		qsort(sorted, known[b], sizeof *sorted, double_compare);
		fit->spread50[b] = sorted[known[b] / 2];
		fit->spread90[b] = sorted[(size_t)ceil(0.9 * ((double)known[b] + 1)) - 1];
	}
	free(sizes);
}

void engine_fit_figures(const struct engine_fit *fit, struct engine_figures *figures)
{
	struct engine_residual residuals[FACTORS_MAX + 1];

	for (size_t b = 0; b <= fit->transform.benchmarks; b++) {
		double x = 0, y = 0, xx = 0, yy = 0, xy = 0, absolute = 0, squares = 0;
		size_t count = 0, inside50 = 0, inside90 = 0;
		for (size_t row = 0; row < fit->rows; row++) {
			engine_residuals(fit, fit->row_model[row], residuals);
			const struct engine_residual *r = &residuals[b];
			if (isnan(r->observed))
				continue;
			double error = r->observed - r->predicted;
			count++;
			x += r->observed, y += r->predicted;
			xx += r->observed * r->observed, yy += r->predicted * r->predicted;
			xy += r->observed * r->predicted;
			absolute += fabs(error), squares += error * error;
			inside50 += fabs(r->z) <= fit->spread50[b];
			inside90 += fabs(r->z) <= fit->spread90[b];
		}
		double n = (double)count;
		double spread = (xx - x * x / n) * (yy - y * y / n);
		figures[b] = (struct engine_figures){
			.models = count,
			.pearson = spread > 0 ? (xy - x * y / n) / sqrt(spread) : NAN,
			.rmse = sqrt(squares / n),
			.mae = absolute / n,
			.coverage50 = (double)inside50 / n,
			.coverage90 = (double)inside90 / n,
		};
	}
}

/* ---- state ----------------------------------------------------------------------- */

struct state_header {
	char magic[8];
	uint32_t version, prior, groups, terms;
	double rho;
};

void *engine_fit_state(const struct engine_fit *fit, size_t *bytes)
{
	size_t terms = covariance_terms(&fit->covariance);
	struct state_header header = {
		.magic = "stemma", .version = STATE_VERSION, .prior = (uint32_t)fit->settings.prior,
		.groups = (uint32_t)fit->groups, .terms = (uint32_t)terms, .rho = fit->rho,
	};
	size_t group_bytes = (terms + 1) * sizeof(double);

	*bytes = sizeof header + fit->groups * group_bytes;
	char *state = memory_allocate(*bytes, 1);
	memcpy(state, &header, sizeof header);
	for (size_t g = 0; g < fit->groups; g++)
		memcpy(state + sizeof header + g * group_bytes, fit->group[g].theta, group_bytes);
	return state;
}

/* Takes the variances of a state of the same shape; false when it is of
 * another. */
static bool fit_read_state(struct engine_fit *fit, const void *state, size_t bytes)
{
	size_t terms = covariance_terms(&fit->covariance);
	size_t group_bytes = (terms + 1) * sizeof(double);
	struct state_header header;

	if (!state || bytes < sizeof header)
		return false;
	memcpy(&header, state, sizeof header);
	if (strncmp(header.magic, "stemma", sizeof header.magic) != 0 ||
	    header.version != STATE_VERSION || header.prior != (uint32_t)fit->settings.prior ||
	    header.groups != fit->groups || header.terms != terms ||
	    bytes != sizeof header + fit->groups * group_bytes)
		return false;
	for (size_t g = 0; g < fit->groups; g++)
		memcpy(fit->group[g].theta, (const char *)state + sizeof header + g * group_bytes,
		       group_bytes);
	fit->rho = header.rho;
	return true;
}

/* ---- the whole -------------------------------------------------------------------- */

/* Each term's share of the variance of a typical model (mean of its diagonal). */
static void fit_list_components(struct engine_fit *fit)
{
	size_t terms = covariance_terms(&fit->covariance);
	double *diagonal = memory_zero(terms + 1, sizeof *diagonal);

	for (size_t k = 0; k < terms; k++)
		for (size_t row = 0; row < fit->rows; row++) {
			struct covariance_point point = {.kernel = fit->covariance.space.points[row],
							 .node = fit->row_model[row]};
			/* The Laplacian's diagonal would need a solve a row. */
			diagonal[k] += fit->settings.prior == PRIOR_KIN
				? covariance_value(&fit->covariance, k, &point, &point) / (double)fit->rows
				: 1 / (double)fit->rows;
		}
	diagonal[terms] = 1;
	fit->components = memory_allocate((terms + 1) * fit->groups, sizeof *fit->components);
	for (size_t g = 0; g < fit->groups; g++) {
		double total = 0;
		for (size_t k = 0; k <= terms; k++)
			total += fit->group[g].theta[k] * diagonal[k];
		for (size_t k = 0; k <= terms; k++)
			fit->components[fit->component_count++] = (struct engine_component){
				.label = k < terms ? covariance_label(&fit->covariance, k) : "noise",
				.factor = g,
				.variance = fit->group[g].theta[k] * diagonal[k] / total,
			};
	}
	free(diagonal);
}

static enum status fit_check_input(const struct engine_data *data, size_t rows, struct error *error)
{
	if (data->benchmarks == 0 || data->benchmarks > FACTORS_MAX)
		return error_set(error, STATUS_DATA, "%zu benchmarks; the engine takes 1 to %d",
				 data->benchmarks, FACTORS_MAX);
	if (rows < ROWS_MIN) {
		error_set(error, STATUS_DATA, "%zu models with scores are too few to learn from", rows);
		return error_advise(error, "import a leaderboard: at least %d are needed", ROWS_MIN);
	}
	return STATUS_OK;
}

enum status engine_fit_new(const struct engine_data *data, const struct engine_settings *settings,
			   const void *state, size_t state_bytes, bool relearn,
			   struct progress *progress, struct engine_fit **result, struct error *error)
{
	double begin = seconds_now();
	struct engine_fit *fit = memory_zero(1, sizeof *fit);
	double *extra = NULL;

	fit->settings = *settings;
	fit->data = *data;
	fit->covariance.prior = settings->prior;
	fit_choose_rows(fit);
	enum status status = fit_check_input(data, fit->rows, error);
	if (status != STATUS_OK)
		goto cleanup;
	extra = memory_allocate(fit->rows, sizeof *extra);
	fit_rotate(fit, extra);
	fit_place_rows(fit);
	for (size_t g = 0; g < fit->groups; g++)
		fit->group[g].theta = memory_zero(covariance_terms(&fit->covariance) + 1, sizeof(double));
	bool known = fit_read_state(fit, state, state_bytes);
	if (known && !relearn && settings->prior == PRIOR_LAPLACIAN)
		status = fit_set_laplacian(fit, fit->rho, error);
	else if (!known || relearn)
		status = fit_learn(fit, extra, progress, error);
	if (status == STATUS_OK)
		status = fit_factor(fit, extra, progress, error);
	if (status != STATUS_OK)
		goto cleanup;
	fit_calibrate(fit);
	fit_list_components(fit);
	progress_step(progress, "fitted", 1);
	fit->seconds = seconds_now() - begin;
	*result = fit;
	fit = NULL;
cleanup:
	free(extra);
	engine_fit_free(fit);
	return status;
}

void engine_fit_free(struct engine_fit *fit)
{
	if (!fit)
		return;
	for (size_t g = 0; g < fit->groups; g++) {
		free(fit->group[g].theta);
		free(fit->group[g].cholesky);
		free(fit->group[g].precision);
	}
	free(fit->row_model);
	free(fit->model_row);
	transform_free(&fit->transform);
	free(fit->values);
	free(fit->solution);
	free(fit->scale);
	attributes_free(fit->attributes);
	free(fit->covariance.space.points);
	free(fit->covariance.space.paths);
	laplacian_free(fit->covariance.laplacian);
	free(fit->origins);
	free(fit->spread50);
	free(fit->spread90);
	free(fit->components);
	free(fit);
}

void engine_fit_info(const struct engine_fit *fit, struct engine_info *info)
{
	*info = (struct engine_info){
		.prior = fit->settings.prior,
		.models = fit->rows,
		.benchmarks = fit->transform.benchmarks,
		.factors = fit->transform.factors,
		.seconds = fit->seconds,
		.log_likelihood = fit_log_likelihood(fit),
	};
}

const struct engine_component *engine_fit_components(const struct engine_fit *fit, size_t *count)
{
	*count = fit->component_count;
	return fit->components;
}
