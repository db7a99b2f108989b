#include "model/posterior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/random.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"
#include "model/variance.h"

#define ROWS_MIN 8
#define DENSE_ROWS 10000      /* more take the sparse path */
#define LEARNING_ROWS 1200    /* variances are learned on at most this many */
#define EVALUATIONS_MAX 60    /* of the likelihood, a group */
#define NOISE_START 0.1

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

/* ---- rows ------------------------------------------------------------------ */

static void fit_choose_rows(struct engine_fit *fit)
{
	const struct engine_data *data = &fit->data;
	double values[FACTORS_MAX];

	fit->row_model = memory_allocate(data->models, sizeof *fit->row_model);
	fit->model_row = memory_allocate(data->models, sizeof *fit->model_row);
	for (size_t model = 0; model < data->models; model++) {
		bool known = columns_read(&fit->columns, data, model, values);
		fit->model_row[model] = -1;
		if (!known || (data->excluded && data->excluded[model]))
			continue;
		fit->model_row[model] = (int32_t)fit->rows;
		fit->row_model[fit->rows++] = (uint32_t)model;
	}
}

/* Rotates the scores to factors. */
static void fit_rotate(struct engine_fit *fit)
{
	size_t columns = fit->columns.count, factors;
	double *scores = fit->scores = memory_allocate(fit->rows * columns, sizeof *scores);
	double factor[FACTORS_MAX], uncertainty[FACTORS_MAX];

	for (size_t row = 0; row < fit->rows; row++)
		columns_read(&fit->columns, &fit->data, fit->row_model[row], scores + row * columns);
	transform_learn(&fit->transform, scores, fit->rows, columns, fit->settings.rank);
	factors = fit->transform.factors;
	fit->values = memory_allocate(factors * fit->rows, sizeof *fit->values);
	fit->extra = memory_zero(fit->rows, sizeof *fit->extra);
	for (size_t row = 0; row < fit->rows; row++) {
		transform_forward(&fit->transform, scores + row * columns, factor, uncertainty);
		for (size_t f = 0; f < factors; f++) {
			fit->values[f * fit->rows + row] = factor[f];
			fit->extra[row] += uncertainty[f] / (double)factors;
		}
	}
	fit->groups = factors < FIT_GROUPS_MAX ? factors : FIT_GROUPS_MAX;
	for (size_t f = 0; f < factors; f++)
		fit->group_of[f] = f < FIT_GROUPS_MAX ? f : FIT_GROUPS_MAX - 1;
}

void fit_place_models(const struct engine_fit *fit, const uint32_t *models, size_t count,
		      struct kernel_space *space)
{
	struct lineage_walk *walk = lineage_walk_new(fit->data.lineage);
	size_t used = 0, capacity = 0;
	size_t *start = memory_allocate(count, sizeof *start);

	*space = (struct kernel_space){
		.count = count,
		.points = memory_allocate(count, sizeof *space->points),
		.nodes = fit->data.models,
		.origins = fit->origins,
	};
	for (size_t i = 0; i < count; i++) {
		struct kernel_point *point = &space->points[i];
		attributes_point_of(fit->attributes, &fit->data, models[i], point);
		const struct lineage_share *path = lineage_ancestors(walk, models[i], &point->path_count);
		start[i] = used;
		for (size_t k = 0; k < point->path_count; k++) {
			space->paths = memory_grow(space->paths, used, &capacity, sizeof *path);
			space->paths[used++] = path[k];
		}
	}
	for (size_t i = 0; i < count; i++)
		space->points[i].path = space->paths + start[i];
	free(start);
	lineage_walk_free(walk);
}

static void fit_place_rows(struct engine_fit *fit)
{
	fit->origins = memory_allocate(fit->data.models, sizeof *fit->origins);
	for (size_t node = 0; node < fit->data.models; node++)
		fit->origins[node] = (uint8_t)lineage_origin(fit->data.lineage, node);
	fit->attributes = attributes_new(&fit->data, fit->row_model, fit->rows);
	fit_place_models(fit, fit->row_model, fit->rows, &fit->covariance.space);
}

/* ---- learning -------------------------------------------------------------- */

static void take_row(const struct engine_fit *fit, size_t model, bool *taken, uint32_t *rows,
		     size_t *count, size_t max)
{
	int32_t row = fit->model_row[model];

	if (row < 0 || taken[row] || *count == max)
		return;
	taken[row] = true;
	rows[(*count)++] = (uint32_t)row;
}

size_t fit_draw_rows(const struct engine_fit *fit, const bool *avoid, uint32_t *rows, size_t max)
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
	for (size_t row = 0, left = fit->rows; avoid && row < fit->rows && left > max; row++) {
		taken[row] = avoid[row];
		left -= avoid[row];
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

/* Marks the rows to learn on.  What was learned is judged on the others, so
 * they are drawn also where an earlier fit brings the variances. */
static void fit_mark_learning(struct engine_fit *fit)
{
	uint32_t *rows = memory_allocate(LEARNING_ROWS, sizeof *rows);
	size_t count = fit_draw_rows(fit, NULL, rows, LEARNING_ROWS);

	fit->learning = memory_zero(fit->rows, sizeof *fit->learning);
	for (size_t i = 0; i < count; i++)
		fit->learning[rows[i]] = true;
	free(rows);
}

static void learning_init(struct learning *learning, const struct engine_fit *fit)
{
	learning->rows = memory_allocate(LEARNING_ROWS, sizeof *learning->rows);
	learning->count = 0;
	for (size_t row = 0; row < fit->rows; row++)
		if (fit->learning[row])
			learning->rows[learning->count++] = (uint32_t)row;
	learning->terms = covariance_terms(&fit->covariance);
	size_t cells = learning->count * learning->count;
	learning->matrices = memory_allocate(learning->terms * cells, sizeof(float));
	for (size_t k = 0; k < learning->terms; k++)
		covariance_matrix(&fit->covariance, k, learning->rows, learning->count,
				  learning->matrices + k * cells);
	learning->extra = memory_allocate(learning->count, sizeof(double));
	for (size_t i = 0; i < learning->count; i++)
		learning->extra[i] = fit->extra[learning->rows[i]];
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

static enum status fit_learn_groups(struct engine_fit *fit, struct progress *progress,
				    struct error *error)
{
	struct learning learning;
	enum status status = STATUS_OK;

	learning_init(&learning, fit);
	for (size_t g = 0; g < fit->groups && status == STATUS_OK; g++) {
		struct progress_part part;
		struct progress *own = progress_begin_part(&part, progress,
							   (double)g / (double)fit->groups,
							   (double)(g + 1) / (double)fit->groups);
		status = fit_learn_group(fit, &learning, g, own, error);
	}
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
static enum status fit_learn_laplacian(struct engine_fit *fit, struct progress *progress,
				       struct error *error)
{
	double best = -HUGE_VAL, best_rho = 1, best_theta[FIT_GROUPS_MAX][2] = {{0}};
	enum status status = STATUS_OK;

	const size_t grid = sizeof rho_grid / sizeof *rho_grid;

	for (size_t i = 0; i < grid && status == STATUS_OK; i++) {
		struct progress_part part;
		struct progress *own = progress_begin_part(&part, progress, (double)i / (double)grid,
							   (double)(i + 1) / (double)grid);
		status = fit_set_laplacian(fit, rho_grid[i], error);
		if (status == STATUS_OK)
			status = fit_learn_groups(fit, own, error);
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

static enum status fit_learn(struct engine_fit *fit, struct progress *progress, struct error *error)
{
	if (fit->settings.prior == PRIOR_LAPLACIAN)
		return fit_learn_laplacian(fit, progress, error);
	return fit_learn_groups(fit, progress, error);
}

/* About what learning takes of the time of a fit that learns. */
#define LEARNING_SHARE 0.5

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
	size_t factors = fit->transform.factors;
	fit->components = memory_allocate((terms + 1) * factors, sizeof *fit->components);
	for (size_t f = 0; f < factors; f++) {
		const double *theta = fit->group[fit->group_of[f]].theta;
		double total = 0;
		for (size_t k = 0; k <= terms; k++)
			total += theta[k] * diagonal[k];
		for (size_t k = 0; k <= terms; k++)
			fit->components[fit->component_count++] = (struct engine_component){
				.label = k < terms ? covariance_label(&fit->covariance, k) : "noise",
				.factor = f,
				.variance = theta[k] * diagonal[k] / total,
			};
	}
	free(diagonal);
}

static enum status fit_check_input(size_t rows, struct error *error)
{
	if (rows < ROWS_MIN) {
		error_set(error, STATUS_DATA, "%zu models with scores are too few to learn from", rows);
		return error_advise(error, "import a leaderboard: at least %d are needed", ROWS_MIN);
	}
	return STATUS_OK;
}

enum status engine_fit_factor(struct engine_fit *fit, struct progress *progress, struct error *error)
{
	enum status status = STATUS_OK;

	if (!fit->factored)
		status = fit->posterior->factor(fit, progress, error);
	if (status == STATUS_OK)
		fit->factored = true;
	else
		fit->posterior->release(fit);
	return status;
}

bool engine_fit_factored(const struct engine_fit *fit)
{
	return fit->factored;
}

enum status fit_check_factored(const struct engine_fit *fit, struct error *error)
{
	return fit->factored ? STATUS_OK
		: error_set(error, STATUS_SOFTWARE, "the covariance of the scored models is not factored yet");
}

enum status engine_fit_new(const struct engine_data *data, const struct engine_settings *settings,
			   const void *state, size_t state_bytes, bool relearn,
			   struct progress *progress, struct engine_fit **result, struct error *error)
{
	double begin = clock_seconds();
	struct engine_fit *fit = memory_zero(1, sizeof *fit);
	struct progress_part learning, factoring;

	fit->settings = *settings;
	fit->data = *data;
	fit->covariance.prior = settings->prior;
	columns_choose(data, &fit->columns);
	fit_choose_rows(fit);
	enum status status = fit_check_input(fit->rows, error);
	if (status != STATUS_OK)
		goto cleanup;
	size_t dense_rows = settings->dense_rows ? settings->dense_rows : DENSE_ROWS;
	fit->posterior = fit->rows <= dense_rows ? &posterior_dense
			 : settings->prior == PRIOR_KIN ? &posterior_sparse : &posterior_graph;
	fit_rotate(fit);
	fit->solution = memory_allocate(fit->transform.factors * fit->rows, sizeof *fit->solution);
	fit->scale = memory_allocate(fit->transform.factors, sizeof *fit->scale);
	fit_place_rows(fit);
	fit_mark_learning(fit);
	for (size_t g = 0; g < fit->groups; g++) {
		fit->group[g].precision = memory_zero(fit->rows, sizeof(double));
		fit->group[g].theta = memory_zero(covariance_terms(&fit->covariance) + 1, sizeof(double));
	}
	bool learnt = !fit_read_state(fit, state, state_bytes, !relearn) || relearn;
	if (learnt)
		status = fit_learn(fit, progress_begin_part(&learning, progress, 0, LEARNING_SHARE), error);
	else if (settings->prior == PRIOR_LAPLACIAN)
		status = fit_set_laplacian(fit, fit->rho, error);
	if (status == STATUS_OK && !(fit->judged && settings->without_factor))
		status = engine_fit_factor(fit, progress_begin_part(&factoring, progress,
								    learnt ? LEARNING_SHARE : 0, 1), error);
	if (status != STATUS_OK)
		goto cleanup;
	fit_calibrate(fit);
	fit->judged = true;
	fit_list_components(fit);
	progress_step(progress, "fitted", 1);
	fit->seconds = clock_seconds() - begin;
	*result = fit;
	fit = NULL;
cleanup:
	engine_fit_free(fit);
	return status;
}

void engine_fit_free(struct engine_fit *fit)
{
	if (!fit)
		return;
	if (fit->posterior)
		fit->posterior->release(fit);
	for (size_t g = 0; g < fit->groups; g++) {
		free(fit->group[g].theta);
		free(fit->group[g].precision);
	}
	free(fit->row_model);
	free(fit->model_row);
	free(fit->learning);
	free(fit->scores);
	transform_free(&fit->transform);
	free(fit->values);
	free(fit->extra);
	free(fit->solution);
	free(fit->scale);
	attributes_free(fit->attributes);
	free(fit->covariance.space.points);
	free(fit->covariance.space.paths);
	laplacian_free(fit->covariance.laplacian);
	free(fit->origins);
	for (size_t i = 0; i < SPREAD_COUNT; i++) {
		free(fit->spread[i]);
		free(fit->left_out[i].mean);
		free(fit->left_out[i].variance);
	}
	free(fit->components);
	free(fit);
}

bool engine_fit_covers(const struct engine_fit *fit, const struct engine_target *target)
{
	struct aim aim;

	return fit_aim(fit, target, &aim);
}

void engine_fit_info(const struct engine_fit *fit, struct engine_info *info)
{
	size_t cells = 0;

	for (size_t i = 0; i < fit->rows * fit->columns.count; i++)
		cells += isnan(fit->scores[i]) ? 0 : 1;
	*info = (struct engine_info){
		.prior = fit->settings.prior,
		.models = fit->rows,
		.benchmarks = fit->columns.count,
		.cells = cells,
		.factors = fit->transform.factors,
		.seconds = fit->seconds,
		.sparse = fit->posterior != &posterior_dense,
		.log_likelihood = fit_log_likelihood(fit),
	};
}

const struct engine_component *engine_fit_components(const struct engine_fit *fit, size_t *count)
{
	*count = fit->component_count;
	return fit->components;
}
