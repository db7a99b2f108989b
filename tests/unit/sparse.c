/* The sparse posterior against the dense one and against closed forms. */
#include "engine_world.h"

#include <math.h>

#include <lapacke.h>

#include "mixed.h"
#include "posterior.h"
#include "selected.h"
#include "stemma/base/memory.h"

/* Both paths do the same sums but for what the features of the sizes leave and
 * single precision: in points. */
#define TOLERANCE 5e-3

/* ---- the effects -------------------------------------------------------------------- */

/* Z G Z' + own of the terms in `wanted` (NULL: all), at the thetas, by a dense
 * inverse of the precision. */
static double *covariance_of_effects(const struct mixed *mixed, const double *theta)
{
	size_t n = mixed->effects, rows = mixed->rows.count;
	double *precision = memory_zero(n * n, sizeof *precision);
	double *incidence = memory_zero(n * rows, sizeof *incidence), *solved = memory_zero(n * rows, sizeof *solved);
	double *covariance = memory_zero(rows * rows, sizeof *covariance);

	for (size_t i = 0; i < mixed->prior.count; i++) {
		double weight = mixed->prior_term[i] < mixed->terms ? 1 / theta[mixed->prior_term[i]] : 1;
		for (size_t a = mixed->prior.start[i]; a < mixed->prior.start[i + 1]; a++)
			for (size_t b = mixed->prior.start[i]; b < mixed->prior.start[i + 1]; b++)
				precision[mixed->prior.effect[a] * n + mixed->prior.effect[b]] +=
					weight * mixed->prior.value[a] * mixed->prior.value[b];
	}
	for (size_t row = 0; row < rows; row++)
		for (size_t k = mixed->rows.start[row]; k < mixed->rows.start[row + 1]; k++) {
			uint32_t effect = mixed->rows.effect[k];
			double scale = mixed->effect_term[effect] < mixed->terms ? sqrt(theta[mixed->effect_term[effect]]) : 1;
			incidence[row * n + effect] += scale * mixed->rows.value[k];
		}
	memcpy(solved, incidence, n * rows * sizeof *solved);
	assert_int_equal(LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', (int)n, (int)rows, precision, (int)n, solved, (int)n), 0);
	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < rows; j++) {
			for (size_t k = 0; k < n; k++)
				covariance[i * rows + j] += incidence[i * n + k] * solved[j * n + k];
			for (size_t k = 0; k < mixed->terms && i == j; k++)
				covariance[i * rows + j] += theta[k] * mixed->own[i * mixed->terms + k];
		}
	free(precision);
	free(incidence);
	free(solved);
	return covariance;
}

/* Each term alone (the others nearly 0), and all of them together. */
static void effects_have_the_covariance_of_the_terms(void **state)
{
	(void)state;
	struct world world;
	struct mixed mixed;
	size_t terms;
	const struct kernel_term *term = kernel_terms(&terms);
	double theta[64];

	world_make(&world, NULL);
	for (double step = 0; step < 1; step += 0.3) {
		struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
		fit->covariance.space.date_step = step;
		mixed_build(&fit->covariance, world.lineage, fit->row_model, fit->rows, &mixed);
		for (size_t only = 0; only <= terms; only++) {
			for (size_t k = 0; k < terms; k++)
				theta[k] = only == terms ? 0.1 + 0.01 * (double)k : k == only ? 1 : 1e-9;
			double *covariance = covariance_of_effects(&mixed, theta);
			for (size_t i = 0; i < fit->rows; i++)
				for (size_t j = 0; j < fit->rows; j++) {
					const struct kernel_space *space = &fit->covariance.space;
					double expected = 0;
					for (size_t k = 0; k < terms; k++)
						expected += theta[k] * kernel_value(space, &term[k], &space->points[i], &space->points[j]);
					near(covariance[i * fit->rows + j], expected, 1e-3 * fmax(1, fabs(expected)));
				}
			free(covariance);
		}
		mixed_free(&mixed);
		engine_fit_free(fit);
	}
	lineage_free(world.lineage);
}

/* The features of many sizes leave little of the Gaussian kernel. */
static void features_make_the_gaussian(void **state)
{
	(void)state;
	enum { SIZES = 200 };
	double sizes[SIZES];
	size_t features;

	seed = 4;
	for (size_t i = 0; i < SIZES; i++)
		sizes[i] = 7 * uniform();
	double *phi = mixed_size_features(sizes, SIZES, 0.7, &features);
	assert_true(features > 5 && features < 40);
	for (size_t i = 0; i < SIZES; i++)
		for (size_t j = 0; j < SIZES; j++) {
			double sum = 0, distance = (sizes[i] - sizes[j]) / 0.7;
			for (size_t f = 0; f < features; f++)
				sum += phi[i * features + f] * phi[j * features + f];
			near(sum, exp(-distance * distance / 2), 1e-2);
		}
	free(phi);
}

/* ---- the inverse ------------------------------------------------------------------------ */

/* v' A^-1 v for rows v of a random sparse B with A = B B' + I. */
static void selected_inverse_agrees_with_dense(void **state)
{
	(void)state;
	enum { N = 150, LISTS = 220, LONG = 4 };
	cholmod_common common;
	uint32_t index[LISTS][LONG];
	double value[LISTS][LONG];
	double *dense = memory_zero(N * N, sizeof *dense);

	seed = 8;
	cholmod_l_start(&common);
	common.supernodal = CHOLMOD_SUPERNODAL;
	cholmod_triplet *triplet = cholmod_l_allocate_triplet(N, N + LISTS, N + LISTS * LONG, 0, CHOLMOD_REAL, &common);
	SuiteSparse_long *row = triplet->i, *column = triplet->j;
	double *x = triplet->x;
	size_t used = 0;
	for (size_t i = 0; i < N; i++) {
		row[used] = (SuiteSparse_long)i, column[used] = (SuiteSparse_long)i, x[used++] = 1;
		dense[i * N + i] += 1;
	}
	for (size_t l = 0; l < LISTS; l++) {
		size_t first = (size_t)(uniform() * (N - 40));
		for (size_t k = 0; k < LONG; k++) {
			index[l][k] = (uint32_t)(first + 10 * k + (size_t)(uniform() * 10));
			value[l][k] = normal();
			row[used] = (SuiteSparse_long)index[l][k], column[used] = (SuiteSparse_long)(N + l);
			x[used++] = value[l][k];
		}
		for (size_t a = 0; a < LONG; a++)
			for (size_t b = 0; b < LONG; b++)
				dense[index[l][a] * N + index[l][b]] += value[l][a] * value[l][b];
	}
	triplet->nnz = used;
	cholmod_sparse *matrix = cholmod_l_triplet_to_sparse(triplet, used, &common);
	cholmod_factor *factor = cholmod_l_analyze(matrix, &common);
	assert_true(cholmod_l_factorize(matrix, factor, &common));
	assert_true(factor->is_super && factor->nsuper > 3);
	assert_int_equal(LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', N, dense, N), 0);
	LAPACKE_dpotri(LAPACK_COL_MAJOR, 'L', N, dense, N);
	struct selected *selected = selected_new(factor);
	for (size_t l = 0; l < LISTS; l++) {
		double expected = 0;
		for (size_t a = 0; a < LONG; a++)
			for (size_t b = 0; b < LONG; b++) {
				size_t low = index[l][a] < index[l][b] ? index[l][a] : index[l][b];
				size_t high = index[l][a] + index[l][b] - low;
				expected += value[l][a] * value[l][b] * dense[low * N + high];
			}
		near(selected_quadratic(selected, index[l], value[l], LONG), expected, 1e-10);
	}
	selected_free(selected);
	cholmod_l_free_factor(&factor, &common);
	cholmod_l_free_sparse(&matrix, &common);
	cholmod_l_free_triplet(&triplet, &common);
	cholmod_l_finish(&common);
	free(dense);
}

/* ---- both paths --------------------------------------------------------------------------- */

static struct engine_fit *fit_by(const struct world *world, enum prior prior, size_t dense_rows, double step,
				 const void *variances, size_t bytes)
{
	struct engine_data data = {.models = MODELS, .benchmarks = BENCHMARKS, .lineage = world->lineage,
				   .model = world->model, .scores = world->scores};
	struct engine_settings settings = {.prior = prior, .seed = 1, .dense_rows = dense_rows, .date_step = step};
	struct engine_fit *fit = NULL;
	struct error error = {0};
	struct engine_info info;

	if (engine_fit_new(&data, &settings, variances, bytes, variances == NULL, NULL, &fit, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	engine_fit_info(fit, &info);
	assert_int_equal(info.sparse, dense_rows == 1);
	return fit;
}

static void compare_estimates(const struct engine_estimate *a, const struct engine_estimate *b)
{
	for (size_t i = 0; i <= BENCHMARKS; i++) {
		near(a[i].mean, b[i].mean, TOLERANCE);
		near(a[i].sd, b[i].sd, TOLERANCE);
		near(a[i].low90, b[i].low90, 2 * TOLERANCE);
		near(a[i].high50, b[i].high50, 2 * TOLERANCE);
	}
}

static void compare_reasons(struct engine_query *a, struct engine_query *b)
{
	struct engine_contribution left[5], right[5];
	struct engine_ancestor old[8], older[8];

	for (size_t benchmark = 0; benchmark <= BENCHMARKS; benchmark++) {
		assert_int_equal(engine_contributions(a, benchmark, left, 5), 5);
		assert_int_equal(engine_contributions(b, benchmark, right, 5), 5);
		for (size_t i = 0; i < 5; i++)
			near(left[i].points, right[i].points, TOLERANCE);
	}
	size_t count = engine_ancestors(a, old, 8);
	assert_int_equal(engine_ancestors(b, older, 8), count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(old[i].model, older[i].model);
		near(old[i].kinship, older[i].kinship, 1e-3);
		near(old[i].share, older[i].share, 1e-9);
	}
}

static void both_paths_agree(void **state)
{
	(void)state;
	struct world world;
	struct engine_estimate a[BENCHMARKS + 1], b[BENCHMARKS + 1];
	struct engine_residual left[BENCHMARKS + 1], right[BENCHMARKS + 1];
	struct error error = {0};
	size_t bytes;

	world_make(&world, NULL);
	for (enum prior prior = 0; prior < PRIOR_COUNT; prior++) {
		struct engine_fit *dense = fit_by(&world, prior, MODELS, (double)NAN, NULL, 0);
		void *variances = engine_fit_state(dense, &bytes);
		struct engine_fit *sparse = fit_by(&world, prior, 1, (double)NAN, variances, bytes);
		struct engine_query *query = engine_query_new(dense), *other = engine_query_new(sparse);
		struct engine_child child = {.model = world.model[3], .relation = RELATION_MERGE, .count = 2,
					     .parents = {10, 20}, .weights = {3, 1}};
		for (size_t model = 0; model < MODELS; model++) {
			assert_int_equal(engine_predict_model(query, model, a, &error), STATUS_OK);
			assert_int_equal(engine_predict_model(other, model, b, &error), STATUS_OK);
			compare_estimates(a, b);
			if (model % 10 == 3)
				compare_reasons(query, other);
			if (!engine_residuals(dense, model, left))
				continue;
			assert_true(engine_residuals(sparse, model, right));
			for (size_t i = 0; i <= BENCHMARKS; i++)
				near(left[i].z, right[i].z, TOLERANCE);
		}
		for (size_t third = 0; third < 3; third++) {
			child.count = third == 0 ? 2 : 3;
			child.parents[2] = 33;
			child.weights[2] = (double)third;
			assert_int_equal(engine_predict_child(query, &child, a, &error), STATUS_OK);
			assert_int_equal(engine_predict_child(other, &child, b, &error), STATUS_OK);
			compare_estimates(a, b);
			compare_reasons(query, other);
		}
		free(variances);
		engine_query_free(query);
		engine_query_free(other);
		engine_fit_free(dense);
		engine_fit_free(sparse);
	}
	lineage_free(world.lineage);
}

/* Rounded dates change little. */
static void rounded_dates_change_little(void **state)
{
	(void)state;
	struct world world;
	struct engine_estimate a[BENCHMARKS + 1], b[BENCHMARKS + 1];
	struct error error = {0};
	double most = 0;
	size_t bytes;

	world_make(&world, NULL);
	struct engine_fit *dense = fit_by(&world, PRIOR_KIN, MODELS, 0, NULL, 0);
	void *variances = engine_fit_state(dense, &bytes);
	struct engine_fit *sparse = fit_by(&world, PRIOR_KIN, 1, 0, variances, bytes);
	struct engine_query *query = engine_query_new(dense), *other = engine_query_new(sparse);
	for (size_t model = 0; model < MODELS; model++) {
		engine_predict_model(query, model, a, &error);
		engine_predict_model(other, model, b, &error);
		for (size_t i = 0; i <= BENCHMARKS; i++)
			most = fmax(most, fabs(a[i].mean - b[i].mean) / a[i].sd);
	}
	assert_true(most > 1e-6); /* they are rounded */
	if (most > 0.2)
		fail_msg("a mean moves by %.3f standard deviations", most);
	free(variances);
	engine_query_free(query);
	engine_query_free(other);
	engine_fit_free(dense);
	engine_fit_free(sparse);
	lineage_free(world.lineage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(effects_have_the_covariance_of_the_terms),
		cmocka_unit_test(features_make_the_gaussian),
		cmocka_unit_test(selected_inverse_agrees_with_dense),
		cmocka_unit_test(both_paths_agree),
		cmocka_unit_test(rounded_dates_change_little),
	};
	return cmocka_run_group_tests_name("sparse", tests, NULL, NULL);
}
