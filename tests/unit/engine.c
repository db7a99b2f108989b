/* The engine against independent calculations: dense closed forms worked out
 * here, finite differences, brute force. */
#include "engine_world.h"

#include <math.h>

#include <lapacke.h>

#include "model/fit.h"
#include "stemma/base/memory.h"
#include "stemma/engine/engine.h"
#include "model/variance.h"

/* ---- learning ------------------------------------------------------------------------ */

static void gradient_agrees_with_differences(void **state)
{
	(void)state;
	enum { ROWS = 30, TERMS = 3, COLUMNS = 2 };
	float *matrices = memory_zero(TERMS * ROWS * ROWS, sizeof *matrices);
	double values[COLUMNS * ROWS], extra[ROWS], start[TERMS + 1] = {0.4, 0.2, 0.1, 0.3};
	double theta[TERMS + 1] = {0.5, 0.1, 0.3, 0.2}, gradient[TERMS + 1];

	seed = 3;
	for (size_t i = 0; i < ROWS; i++) {
		extra[i] = 0.1 * uniform();
		for (size_t j = 0; j < ROWS; j++) {
			matrices[i * ROWS + j] = 1;
			matrices[ROWS * ROWS + i * ROWS + j] = i % 4 == j % 4;
			matrices[2 * ROWS * ROWS + i * ROWS + j] = (float)exp(-fabs((double)i - (double)j) / 5);
		}
	}
	for (size_t i = 0; i < COLUMNS * ROWS; i++)
		values[i] = normal();
	struct variance_problem problem = {ROWS, TERMS, COLUMNS, matrices, values, extra, start, 10};
	variance_log_likelihood(&problem, theta, gradient);
	for (size_t k = 0; k <= TERMS; k++) {
		double up[TERMS + 1], down[TERMS + 1], step = 5e-3; /* K is summed in single precision */
		memcpy(up, theta, sizeof up);
		memcpy(down, theta, sizeof down);
		up[k] *= exp(step);
		down[k] *= exp(-step);
		near(gradient[k], (variance_log_likelihood(&problem, up, NULL) -
				   variance_log_likelihood(&problem, down, NULL)) / (2 * step), 2e-3);
	}
	free(matrices);
}

/* ---- posterior ------------------------------------------------------------------------ */

/* K of the fit over rows and noise, built pair by pair from kernel_value(). */
static double *dense_covariance(const struct engine_fit *fit, size_t group)
{
	size_t rows = fit->rows, terms;
	const struct kernel_term *term = kernel_terms(&terms);
	double *dense = memory_zero(rows * rows, sizeof *dense);

	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < rows; j++) {
			const struct kernel_point *points = fit->covariance.space.points;
			for (size_t k = 0; k < terms; k++)
				dense[i * rows + j] += fit->group[group].theta[k] *
					kernel_value(&fit->covariance.space, &term[k], &points[i], &points[j]);
			if (i == j)
				dense[i * rows + j] += fit->group[group].theta[terms];
		}
	return dense;
}

/* Predicts row `out` from all other rows by solving the smaller system. */
static double predict_without(const double *covariance, const double *values, size_t rows, size_t out,
			      double *variance)
{
	size_t rest = rows - 1;
	double *matrix = memory_allocate(rest * rest, sizeof *matrix);
	double *right = memory_allocate(rest * 2, sizeof *right);
	double mean = 0, explained = 0;

	for (size_t i = 0, r = 0; i < rows; i++) {
		if (i == out)
			continue;
		for (size_t j = 0, c = 0; j < rows; j++)
			if (j != out)
				matrix[r * rest + c++] = covariance[i * rows + j];
		right[r] = values[i];
		right[rest + r++] = covariance[i * rows + out];
	}
	LAPACKE_dposv(LAPACK_COL_MAJOR, 'U', (int)rest, 2, matrix, (int)rest, right, (int)rest);
	for (size_t i = 0, r = 0; i < rows; i++) {
		if (i == out)
			continue;
		mean += covariance[i * rows + out] * right[r];
		explained += covariance[i * rows + out] * right[rest + r++];
	}
	*variance = covariance[out * rows + out] - explained;
	free(matrix);
	free(right);
	return mean;
}

static void leave_one_out_agrees_with_brute_force(void **state)
{
	(void)state;
	struct world world;

	world_make(&world, NULL);
	struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
	double mean[BENCHMARKS], variance[BENCHMARKS], expected_variance;
	for (size_t f = 0; f < BENCHMARKS; f++) {
		double *dense = dense_covariance(fit, fit->group_of[f]);
		for (size_t row = 0; row < fit->rows; row += 5) {
			fit_leave_one_out(fit, row, mean, variance);
			near(mean[f], predict_without(dense, fit->values + f * fit->rows, fit->rows, row,
						      &expected_variance), 1e-4);
			near(variance[f], fit->scale[f] * expected_variance, 1e-4);
		}
		free(dense);
	}
	engine_fit_free(fit);
	lineage_free(world.lineage);
}

/* The child added to the data as an unscored node must be predicted the same:
 * what-if against a refit with the same variances. */
static void what_if_agrees_with_a_real_child(void **state)
{
	(void)state;
	struct world world;
	struct engine_estimate what_if[BENCHMARKS + 1], real[BENCHMARKS + 1];
	struct error error = {0};
	enum { CHILD = MODELS - 1 }; /* unscored and childless: made a child of 10, 20, 33 */
	static const size_t parents[] = {10, 20, 33};
	static const double weights[] = {0.5, 0.2, 0.3};
	size_t bytes;

	world_make(&world, NULL);
	struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
	struct engine_query *query = engine_query_new(fit);
	struct engine_child child = {.model = world.model[CHILD], .relation = RELATION_MERGE, .count = 3};
	memcpy(child.parents, parents, sizeof parents);
	/* Get there by the user's way: two parents, other weights, another order. */
	child.count = 2;
	child.weights[0] = child.weights[1] = 1;
	assert_int_equal(predict_child_rows(query, &child, what_if, &error), STATUS_OK);
	child.count = 3;
	child.parents[0] = parents[1], child.parents[1] = parents[0];
	child.weights[2] = 4;
	assert_int_equal(predict_child_rows(query, &child, what_if, &error), STATUS_OK);
	memcpy(child.parents, parents, sizeof parents);
	memcpy(child.weights, weights, sizeof weights);
	assert_int_equal(predict_child_rows(query, &child, what_if, &error), STATUS_OK);

	void *variances = engine_fit_state(fit, &bytes);
	struct world grown;
	world_make(&grown, NULL);
	lineage_free(grown.lineage);
	grown.lineage = lineage_new(MODELS);
	for (size_t u = 0; u < MODELS; u++) {
		size_t count;
		const struct lineage_parent *known = lineage_parents(world.lineage, u, &count);
		for (size_t p = 0; p < count && u != CHILD; p++) {
			assert_int_not_equal(known[p].node, CHILD);
			lineage_add(grown.lineage, u, known[p].node, (enum relation)known[p].relation,
				    (double)known[p].weight, TRUST_DECLARED);
		}
	}
	for (size_t p = 0; p < 3; p++)
		lineage_add(grown.lineage, CHILD, parents[p], RELATION_MERGE, weights[p], TRUST_DECLARED);
	lineage_finish(grown.lineage);
	struct engine_fit *refit = world_fit(&grown, PRIOR_KIN, variances, bytes);
	struct engine_query *again = engine_query_new(refit);
	assert_int_equal(predict_model_rows(again, CHILD, real, &error), STATUS_OK);
	for (size_t b = 0; b <= BENCHMARKS; b++) {
		near(what_if[b].mean, real[b].mean, 2e-3);
		near(what_if[b].sd, real[b].sd, 2e-3);
	}
	free(variances);
	engine_query_free(again);
	engine_fit_free(refit);
	engine_query_free(query);
	engine_fit_free(fit);
	lineage_free(grown.lineage);
	lineage_free(world.lineage);
}

/* The contributions of all models add up to the prediction, less the mean. */
static void contributions_add_up(void **state)
{
	(void)state;
	struct world world;
	struct engine_estimate estimates[BENCHMARKS + 1];
	struct engine_contribution contributions[MODELS];
	struct error error = {0};

	world_make(&world, NULL);
	struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
	struct engine_query *query = engine_query_new(fit);
	struct engine_child child = {.model = world.model[3], .relation = RELATION_MERGE, .count = 2,
				     .parents = {10, 20}, .weights = {3, 1}};
	for (int subject = 0; subject < 3; subject++) {
		if (subject == 0)
			predict_child_rows(query, &child, estimates, &error);
		else
			predict_model_rows(query, subject == 1 ? 3 : 12, estimates, &error);
		for (size_t b = 0; b <= BENCHMARKS; b++) {
			double sum = 0, mean = 0;
			size_t count = engine_contributions(query, row_target(b), contributions, MODELS);
			assert_int_equal(count, fit->rows);
			for (size_t i = 0; i < count; i++)
				sum += contributions[i].points;
			for (size_t c = 0; c < BENCHMARKS; c++)
				mean += (b == BENCHMARKS ? 1.0 / BENCHMARKS : b == c) * fit->transform.mean[c];
			near(mean + sum, estimates[b].mean, 1e-3);
		}
	}
	engine_query_free(query);
	engine_fit_free(fit);
	lineage_free(world.lineage);
}

static void order_of_models_does_not_matter(void **state)
{
	(void)state;
	struct world world, shuffled;
	struct engine_residual a[BENCHMARKS + 1], b[BENCHMARKS + 1];
	size_t place[MODELS], bytes;

	for (size_t i = 0; i < MODELS; i++)
		place[i] = (i * 23) % MODELS;
	world_make(&world, NULL);
	world_make(&shuffled, place);
	struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
	void *variances = engine_fit_state(fit, &bytes);
	struct engine_fit *other = world_fit(&shuffled, PRIOR_KIN, variances, bytes);
	for (size_t i = 0; i < MODELS; i++) {
		assert_int_equal(residual_rows(fit, i, a), i % 7 != 3);
		if (!residual_rows(other, place[i], b))
			continue;
		for (size_t k = 0; k <= BENCHMARKS; k++) {
			near(a[k].predicted, b[k].predicted, 1e-3);
			near(a[k].z, b[k].z, 1e-3);
		}
	}
	free(variances);
	engine_fit_free(fit);
	engine_fit_free(other);
	lineage_free(world.lineage);
	lineage_free(shuffled.lineage);
}

/* (rho L + I)^-1 by dense inversion of the matrix written down directly. */
static void laplacian_agrees_with_dense(void **state)
{
	(void)state;
	enum { NODES = 6 };
	static const int edges[][2] = {{1, 0}, {2, 0}, {3, 1}, {3, 2}, {4, 3}};
	double dense[NODES * NODES] = {0}, rho = 2.5, cross[3];
	uint32_t rows[] = {0, 2, 4}, places[] = {0, 1, 2};
	float matrix[9];
	lapack_int pivots[NODES];
	struct laplacian *laplacian = NULL;
	struct error error = {0};
	struct lineage *lineage = lineage_new(NODES);

	for (size_t i = 0; i < NODES; i++)
		dense[i * NODES + i] = 1;
	for (size_t e = 0; e < sizeof edges / sizeof *edges; e++) {
		size_t a = (size_t)edges[e][0], b = (size_t)edges[e][1];
		lineage_add(lineage, a, b, RELATION_UNKNOWN, NAN, TRUST_DECLARED);
		dense[a * NODES + a] += rho, dense[b * NODES + b] += rho;
		dense[a * NODES + b] -= rho, dense[b * NODES + a] -= rho;
	}
	lineage_finish(lineage);
	LAPACKE_dgetrf(LAPACK_ROW_MAJOR, NODES, NODES, dense, NODES, pivots);
	LAPACKE_dgetri(LAPACK_ROW_MAJOR, NODES, dense, NODES, pivots);
	assert_int_equal(laplacian_new(lineage, rho, rows, 3, &laplacian, &error), STATUS_OK);
	laplacian_matrix(laplacian, places, 3, matrix);
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < 3; j++)
			near((double)matrix[i * 3 + j], dense[rows[i] * NODES + rows[j]], 1e-6);
	laplacian_cross(laplacian, 3, NULL, 0, cross);
	for (size_t j = 0; j < 3; j++)
		near(cross[j], dense[3 * NODES + rows[j]], 1e-9);
	size_t parents[] = {1, 5};
	laplacian_cross(laplacian, SIZE_MAX, parents, 2, cross);
	for (size_t j = 0; j < 3; j++)
		near(cross[j], rho / (2 * rho + 1) *
		     (dense[1 * NODES + rows[j]] + dense[5 * NODES + rows[j]]), 1e-9);
	laplacian_free(laplacian);
	lineage_free(lineage);
}

/* All three priors run through the same interface, and on scores that follow
 * the lineage they rank as they must. */
static void lineage_helps(void **state)
{
	(void)state;
	struct engine_figures figures[BENCHMARKS + 1];
	double rmse[PRIOR_COUNT];
	struct world world;

	world_make(&world, NULL);
	for (enum prior prior = 0; prior < PRIOR_COUNT; prior++) {
		struct engine_fit *fit = world_fit(&world, prior, NULL, 0);
		struct engine_query *query = engine_query_new(fit);
		struct engine_estimate estimates[BENCHMARKS + 1];
		struct engine_ancestor ancestors[4];
		struct error error = {0};
		struct engine_child child = {.relation = RELATION_MERGE, .count = 2,
					     .parents = {10, 20}, .weights = {1, 1}};
		figure_rows(fit, figures);
		rmse[prior] = figures[BENCHMARKS].rmse;
		assert_int_equal(predict_child_rows(query, &child, estimates, &error), STATUS_OK);
		for (size_t b = 0; b <= BENCHMARKS; b++) {
			assert_true(estimates[b].low90 <= estimates[b].low50);
			assert_true(estimates[b].low50 <= estimates[b].mean);
			assert_true(estimates[b].mean <= estimates[b].high50);
			assert_true(estimates[b].high50 <= estimates[b].high90);
			near(engine_chance_above(query, row_target(b), -1000), 1, 1e-6);
			near(engine_chance_above(query, row_target(b), 1000), 0, 1e-6);
		}
		assert_true(engine_ancestors(query, ancestors, 4) >= 2);
		engine_query_free(query);
		engine_fit_free(fit);
	}
	assert_true(rmse[PRIOR_KIN] < rmse[PRIOR_LAPLACIAN]);
	assert_true(rmse[PRIOR_LAPLACIAN] < rmse[PRIOR_NONE]);
	lineage_free(world.lineage);
}

/* A model that lacks a benchmark is still learned from, and adding what is
 * missing by its expectation leaves the known scores alone. */
static void missing_scores_are_filled_in(void **state)
{
	(void)state;
	struct world world;
	struct transform transform;
	double known[] = {40, 45, 50}, part[] = {40, NAN, 50}, none[] = {NAN, NAN, NAN};
	double a[3], b[3], left[3];

	world_make(&world, NULL);
	transform_learn(&transform, world.scores, MODELS, BENCHMARKS, 0);
	transform_forward(&transform, known, a, left);
	for (size_t f = 0; f < 3; f++)
		near(left[f], 0, 0);
	transform_forward(&transform, part, b, left);
	for (size_t c = 0; c < 3; c += 2) {
		double back = transform.mean[c];
		for (size_t f = 0; f < 3; f++)
			back += transform.deviation[c] * transform.rotation[c * 3 + f] * b[f];
		near(back, part[c], 1e-9);
	}
	assert_true(left[0] + left[1] + left[2] > 0);
	transform_forward(&transform, none, a, left);
	near(left[0] + left[1] + left[2], 3, 1e-9); /* the trace of a correlation matrix */
	near(a[0], 0, 1e-12);
	transform_free(&transform);

	world.scores[12 * BENCHMARKS + 1] = NAN;
	struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
	struct engine_residual residuals[BENCHMARKS + 1];
	assert_true(residual_rows(fit, 12, residuals));
	assert_true(isnan(residuals[1].observed) && isnan(residuals[1].z));
	assert_true(!isnan(residuals[0].z) && !isnan(residuals[1].predicted));
	engine_fit_free(fit);
	lineage_free(world.lineage);
}

static void too_little_is_said(void **state)
{
	(void)state;
	struct world world;
	struct error error = {0};
	struct engine_fit *fit = NULL;

	world_make(&world, NULL);
	struct engine_data data = world_data(&world);
	data.models = 5;
	struct engine_settings settings = {.seed = 1};
	assert_int_equal(engine_fit_new(&data, &settings, NULL, 0, true, NULL, &fit, &error), STATUS_DATA);
	assert_null(fit);
	assert_non_null(strstr(error.message, "too few"));
	lineage_free(world.lineage);
}

static bool cancel_report_seen;

static void cancelling(void *context, const char *stage, double fraction)
{
	(void)stage;
	(void)fraction;
	cancel_report_seen = true;
	progress_cancel(context);
}

static void a_fit_can_be_cancelled(void **state)
{
	(void)state;
	struct world world;
	struct error error = {0};
	struct engine_fit *fit = NULL;
	struct progress progress = {.report = cancelling};

	progress.context = &progress;
	world_make(&world, NULL);
	struct engine_data data = world_data(&world);
	struct engine_settings settings = {.seed = 1};
	assert_int_equal(engine_fit_new(&data, &settings, NULL, 0, true, &progress, &fit, &error),
			 STATUS_CANCELLED);
	assert_true(cancel_report_seen);
	assert_null(fit);
	lineage_free(world.lineage);
}

/* A model that does not say its shape is predicted as one that says what its
 * heaviest parent says, as a node and as a parent. */
static void shapes_are_inherited(void **state)
{
	(void)state;
	struct world told, untold;
	struct error error = {0};
	enum { NODE = 10 }; /* unscored; made so */
	struct engine_estimate known[2][BENCHMARKS + 1], inherited[2][BENCHMARKS + 1];
	size_t count;

	world_make(&told, NULL);
	world_make(&untold, NULL);
	for (size_t b = 0; b < BENCHMARKS; b++)
		told.scores[NODE * BENCHMARKS + b] = untold.scores[NODE * BENCHMARKS + b] = NAN;
	const struct lineage_parent *parents = lineage_parents(told.lineage, NODE, &count);
	assert_true(count > 0);
	told.model[NODE].architecture = told.model[parents[0].node].architecture;
	told.model[NODE].params_b = told.model[parents[0].node].params_b;
	untold.model[NODE].architecture = NULL;
	untold.model[NODE].params_b = NAN;
	struct engine_fit *told_fit = world_fit(&told, PRIOR_KIN, NULL, 0);
	struct engine_fit *untold_fit = world_fit(&untold, PRIOR_KIN, NULL, 0);
	struct engine_query *of_told = engine_query_new(told_fit), *of_untold = engine_query_new(untold_fit);
	struct engine_child child = {.model = told.model[NODE], .relation = RELATION_FINETUNE, .count = 1,
				     .parents = {NODE}, .weights = {1}};
	assert_int_equal(predict_model_rows(of_told, NODE, known[0], &error), STATUS_OK);
	assert_int_equal(predict_child_rows(of_told, &child, known[1], &error), STATUS_OK);
	child.model.architecture = NULL;
	child.model.params_b = NAN;
	assert_int_equal(predict_model_rows(of_untold, NODE, inherited[0], &error), STATUS_OK);
	assert_int_equal(predict_child_rows(of_untold, &child, inherited[1], &error), STATUS_OK);
	for (size_t i = 0; i < 2; i++)
		for (size_t b = 0; b <= BENCHMARKS; b++) {
			near(inherited[i][b].mean, known[i][b].mean, 1e-6);
			near(inherited[i][b].low90, known[i][b].low90, 1e-6);
		}
	engine_query_free(of_told);
	engine_query_free(of_untold);
	engine_fit_free(told_fit);
	engine_fit_free(untold_fit);
	lineage_free(told.lineage);
	lineage_free(untold.lineage);
}

/* The world with two models that have neither scores nor children made
 * children of others; the caller frees its lineage. */
static void world_with_two(const struct world *world, const size_t *models, const struct engine_child *children,
			   struct world *grown)
{
	world_make(grown, NULL);
	lineage_free(grown->lineage);
	grown->lineage = lineage_new(MODELS);
	for (size_t u = 0; u < MODELS; u++) {
		size_t count;
		const struct lineage_parent *known = lineage_parents(world->lineage, u, &count);
		for (size_t p = 0; p < count && u != models[0] && u != models[1]; p++) {
			assert_true(known[p].node != models[0] && known[p].node != models[1]);
			lineage_add(grown->lineage, u, known[p].node, (enum relation)known[p].relation,
				    (double)known[p].weight, TRUST_DECLARED);
		}
	}
	for (size_t i = 0; i < 2; i++)
		for (size_t p = 0; p < children[i].count; p++)
			lineage_add(grown->lineage, models[i], children[i].parents[p], RELATION_MERGE,
				    children[i].weights[p], TRUST_DECLARED);
	lineage_finish(grown->lineage);
}

/* Posterior covariance of a factor of two models without scores by the closed
 * form, from the dense prior covariance of them and all scored ones. */
static double dense_between(const struct engine_fit *fit, size_t factor, const size_t *models)
{
	struct engine_fit one_group = *fit;
	size_t n = fit->rows + 2;
	uint32_t list[MODELS + 2];
	double *all = memory_allocate(n * n, sizeof *all), *scored = memory_allocate(n * n, sizeof *scored);
	double solved[MODELS];
	struct error error = {0};

	one_group.group[0] = fit->group[fit->group_of[factor]]; /* the one that it reads */
	memcpy(list, fit->row_model, fit->rows * sizeof *list);
	list[n - 2] = (uint32_t)models[0];
	list[n - 1] = (uint32_t)models[1];
	assert_int_equal(fit_prior_covariance(&one_group, false, list, n, all, &error), STATUS_OK);
	for (size_t i = 0; i < fit->rows; i++) {
		memcpy(scored + i * fit->rows, all + i * n, fit->rows * sizeof *scored);
		solved[i] = all[i * n + n - 1];
	}
	assert_int_equal(LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', (int)fit->rows, 1, scored, (int)fit->rows,
				       solved, (int)fit->rows), 0);
	double sum = all[(n - 2) * n + n - 1];
	for (size_t i = 0; i < fit->rows; i++)
		sum -= all[(n - 2) * n + i] * solved[i];
	free(all);
	free(scored);
	return fit->scale[factor] * sum;
}

/* Two merges of one family: their joint posterior is the dense closed form's. */
static void differences_agree_with_dense(void **state)
{
	(void)state;
	static const size_t models[] = {MODELS - 1, MODELS - 8};
	struct world world, grown;
	struct engine_estimate estimates[2][BENCHMARKS + 1];
	struct engine_difference forth[BENCHMARKS + 1], back[BENCHMARKS + 1];
	struct error error = {0};
	size_t bytes;

	world_make(&world, NULL);
	struct engine_child children[] = {
		{.model = world.model[models[0]], .relation = RELATION_MERGE, .count = 2,
		 .parents = {10, 20}, .weights = {0.7, 0.3}},
		{.model = world.model[models[1]], .relation = RELATION_MERGE, .count = 3,
		 .parents = {20, 33, 10}, .weights = {0.5, 0.3, 0.2}},
	};
	struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
	struct engine_query *a = engine_query_new(fit), *b = engine_query_new(fit);
	assert_false(difference_rows(a, b, forth)); /* of nothing */
	assert_int_equal(predict_child_rows(a, &children[0], estimates[0], &error), STATUS_OK);
	assert_int_equal(predict_child_rows(b, &children[1], estimates[1], &error), STATUS_OK);
	assert_true(difference_rows(a, b, forth));
	assert_true(difference_rows(b, a, back));

	void *variances = engine_fit_state(fit, &bytes);
	world_with_two(&world, models, children, &grown);
	struct engine_fit *refit = world_fit(&grown, PRIOR_KIN, variances, bytes);
	for (size_t row = 0; row <= BENCHMARKS; row++) {
		struct aim aim = fit_aim_column(refit, row);
		double between = 0, one = estimates[0][row].high90 - estimates[0][row].mean,
		       other = estimates[1][row].high90 - estimates[1][row].mean;
		for (size_t f = 0; f < refit->transform.factors; f++)
			between += pow(fit_loading(refit, &aim, f), 2) * dense_between(refit, f, models);
		double correlation = between / (estimates[0][row].sd * estimates[1][row].sd);
		near(forth[row].correlation, correlation, 1e-3);
		assert_true(fabs(correlation) > 0.02); /* else nothing was tried */
		near(forth[row].mean, estimates[0][row].mean - estimates[1][row].mean, 1e-9);
		near(forth[row].half90, sqrt(one * one + other * other - 2 * correlation * one * other), 0.02);
		near(forth[row].chance, 0.5 * (1 + erf(forth[row].mean * 1.6449 / forth[row].half90 / sqrt(2))), 1e-9);
		near(forth[row].chance + back[row].chance, 1, 1e-6); /* the solves are single */
		near(forth[row].half90, back[row].half90, 1e-3);
	}
	/* The same merge made twice: as likely better as worse. */
	assert_int_equal(predict_child_rows(b, &children[0], estimates[1], &error), STATUS_OK);
	assert_true(difference_rows(a, b, forth));
	near(forth[0].chance, 0.5, 1e-6);
	assert_true(forth[0].correlation > 0 && forth[0].correlation < 1 && forth[0].half90 > 0);
	/* A model of the data is no child. */
	assert_int_equal(predict_model_rows(b, 10, estimates[1], &error), STATUS_OK);
	assert_false(difference_rows(a, b, forth));
	engine_query_free(a);
	engine_query_free(b);
	engine_fit_free(refit);
	engine_fit_free(fit);
	free(variances);
	lineage_free(grown.lineage);
	lineage_free(world.lineage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gradient_agrees_with_differences),
		cmocka_unit_test(leave_one_out_agrees_with_brute_force),
		cmocka_unit_test(what_if_agrees_with_a_real_child),
		cmocka_unit_test(shapes_are_inherited),
		cmocka_unit_test(differences_agree_with_dense),
		cmocka_unit_test(contributions_add_up),
		cmocka_unit_test(order_of_models_does_not_matter),
		cmocka_unit_test(laplacian_agrees_with_dense),
		cmocka_unit_test(lineage_helps),
		cmocka_unit_test(missing_scores_are_filled_in),
		cmocka_unit_test(too_little_is_said),
		cmocka_unit_test(a_fit_can_be_cancelled),
	};
	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
