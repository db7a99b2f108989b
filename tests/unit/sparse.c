/* The posteriors of many models against the dense one and against closed forms. */
#include "engine_world.h"

#include <math.h>

#include <cblas.h>
#include <lapacke.h>

#include "solve/equations.h"
#include "model/mixed.h"
#include "model/posterior.h"
#include "stemma/base/memory.h"

/* Both paths do the same sums but for what the features of the sizes leave and
 * single precision: in points. */
#define TOLERANCE 5e-3
/* Variances of kin are partly drawn. */
#define DRAWN 0.05

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
	struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
	const struct kernel_space *space = &fit->covariance.space;
	mixed_build(space, world.lineage, fit->row_model, &mixed);
	for (size_t only = 0; only <= terms; only++) {
		for (size_t k = 0; k < terms; k++)
			theta[k] = only == terms ? 0.1 + 0.01 * (double)k : k == only ? 1 : 1e-9;
		double *covariance = covariance_of_effects(&mixed, theta);
		for (size_t i = 0; i < fit->rows; i++)
			for (size_t j = 0; j < fit->rows; j++) {
				double expected = 0;
				for (size_t k = 0; k < terms; k++)
					expected += theta[k] * kernel_value(space, &term[k], &space->points[i], &space->points[j]);
				near(covariance[i * fit->rows + j], expected, 1e-3 * fmax(1, fabs(expected)));
			}
		free(covariance);
	}
	mixed_free(&mixed);
	engine_fit_free(fit);
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
			near(sum, exp(-distance * distance / 2), 1e-3);
		}
	free(phi);
}

/* ---- the equations ---------------------------------------------------------------------- */

/* A fit and what the sparse posterior makes of its covariance. */
struct system {
	struct world world;
	struct engine_fit *fit;
	struct mixed mixed;
	struct equations equations;
	struct neighbours *neighbours;
	struct vecchia *vecchia;
	double *covariance; /* rows x rows by the kernel's own values */
};

static double prior_between(const struct engine_fit *fit, size_t i, size_t j)
{
	const struct kernel_space *space = &fit->covariance.space;
	size_t terms;
	const struct kernel_term *term = kernel_terms(&terms);
	double sum = 0;

	for (size_t k = 0; k < terms; k++)
		sum += fit->group[0].theta[k] * kernel_value(space, &term[k], &space->points[i], &space->points[j]);
	return sum;
}

static void system_make(struct system *system)
{
	world_make(&system->world, NULL);
	struct engine_fit *fit = system->fit = world_fit(&system->world, PRIOR_KIN, NULL, 0);
	const struct kernel_space *space = &fit->covariance.space;
	size_t rows = fit->rows;

	system->covariance = memory_allocate(rows * rows, sizeof *system->covariance);
	for (size_t i = 0; i < rows; i++) {
		fit->extra[i] = 0.01 * (double)(i % 5);
		for (size_t j = 0; j < rows; j++)
			system->covariance[i * rows + j] = prior_between(fit, i, j);
		system->covariance[i * rows + i] += fit->group[0].theta[covariance_terms(&fit->covariance)] +
						    fit->extra[i];
	}
	mixed_build(space, system->world.lineage, fit->row_model, &system->mixed);
	equations_new(&system->mixed, fit->group[0].theta, fit->extra, &system->equations);
	system->neighbours = neighbours_new(space, system->world.lineage, fit->row_model, fit->model_row);
	system->vecchia = vecchia_new(fit, system->neighbours, NULL);
	assert_non_null(system->vecchia);
}

static void system_free(struct system *system)
{
	vecchia_free(system->vecchia);
	neighbours_free(system->neighbours);
	equations_free(&system->equations);
	mixed_free(&system->mixed);
	engine_fit_free(system->fit);
	lineage_free(system->world.lineage);
	free(system->covariance);
}

static double *random_block(size_t rows)
{
	double *block = memory_allocate(rows * BLOCK_WIDTH, sizeof *block);

	for (size_t i = 0; i < rows * BLOCK_WIDTH; i++)
		block[i] = normal();
	return block;
}

static void the_product_is_that_of_the_covariance(void **state)
{
	(void)state;
	struct system system;

	system_make(&system);
	size_t rows = system.fit->rows;
	double *in = random_block(rows), *out = random_block(rows);
	equations_multiply(&system.equations, in, out);
	for (size_t i = 0; i < rows; i++)
		for (size_t w = 0; w < BLOCK_WIDTH; w++) {
			double expected = 0;
			for (size_t j = 0; j < rows; j++)
				expected += system.covariance[i * rows + j] * in[j * BLOCK_WIDTH + w];
			near(out[i * BLOCK_WIDTH + w], expected, 5e-3);
		}
	free(in);
	free(out);
	system_free(&system);
}

static void draws_have_the_covariance(void **state)
{
	(void)state;
	enum { BLOCKS = 1000 };
	struct system system;
	double count = BLOCKS * BLOCK_WIDTH;

	system_make(&system);
	size_t rows = system.fit->rows;
	double *sums = memory_zero(rows * rows, sizeof *sums), *block = random_block(rows);
	for (uint64_t number = 0; number < BLOCKS; number++) {
		equations_sample(&system.equations, number, block);
		cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)rows, BLOCK_WIDTH, 1 / count, block,
			    BLOCK_WIDTH, block, BLOCK_WIDTH, 1, sums, (int)rows);
	}
	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < rows; j++) {
			double expected = system.covariance[i * rows + j];
			double error = sqrt((expected * expected + system.covariance[i * rows + i] *
					     system.covariance[j * rows + j]) / count);
			near(sums[i * rows + j], expected, 5 * error);
		}
	free(sums);
	free(block);
	system_free(&system);
}

/* sum over rows of v v' / d, with v the row less its mean given older neighbours. */
static void vecchia_is_the_product_of_conditionals(void **state)
{
	(void)state;
	struct system system;
	uint32_t older[64];

	system_make(&system);
	size_t rows = system.fit->rows, given = 0;
	double *in = random_block(rows), *out = random_block(rows), *expected = memory_zero(rows * BLOCK_WIDTH, sizeof *in);
	for (size_t row = 0; row < rows; row++) {
		size_t count = neighbours_older(system.neighbours, (uint32_t)row, older, 0, 64);
		double matrix[64 * 64], weights[64], left = system.covariance[row * rows + row];
		given += count;
		for (size_t i = 0; i < count; i++) {
			weights[i] = system.covariance[row * rows + older[i]];
			assert_true(system.fit->covariance.space.points[older[i]].date <=
				    system.fit->covariance.space.points[row].date);
			for (size_t j = 0; j < count; j++)
				matrix[i * count + j] = system.covariance[older[i] * rows + older[j]];
		}
		if (count > 0)
			assert_int_equal(LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', (int)count, 1, matrix, (int)count, weights,
						       (int)count), 0);
		for (size_t i = 0; i < count; i++)
			left -= weights[i] * system.covariance[row * rows + older[i]];
		for (size_t w = 0; w < BLOCK_WIDTH; w++) {
			double sum = in[row * BLOCK_WIDTH + w];
			for (size_t i = 0; i < count; i++)
				sum -= weights[i] * in[older[i] * BLOCK_WIDTH + w];
			expected[row * BLOCK_WIDTH + w] += sum / left;
			for (size_t i = 0; i < count; i++)
				expected[older[i] * BLOCK_WIDTH + w] -= weights[i] * sum / left;
		}
	}
	assert_true(given > 5 * rows);
	vecchia_apply(system.vecchia, 0, in, out);
	for (size_t i = 0; i < rows * BLOCK_WIDTH; i++)
		near(out[i], expected[i], 1e-4 * (1 + fabs(expected[i])));
	free(in);
	free(out);
	free(expected);
	system_free(&system);
}

static void gradients_solve_the_equations(void **state)
{
	(void)state;
	struct system system;

	system_make(&system);
	size_t rows = system.fit->rows;
	double *right = random_block(rows), *solution = random_block(rows), *product = random_block(rows);
	double *columns = memory_allocate(rows * BLOCK_WIDTH, sizeof *columns);
	for (size_t i = 0; i < rows; i++)
		for (size_t w = 0; w < BLOCK_WIDTH; w++)
			columns[w * rows + i] = right[i * BLOCK_WIDTH + w] = w == 3 ? 0 : right[i * BLOCK_WIDTH + w];
	double *begin = memory_allocate(rows * BLOCK_WIDTH, sizeof *begin);
	memcpy(begin, right, rows * BLOCK_WIDTH * sizeof *begin);
	size_t steps = equations_solve(&system.equations, system.vecchia, 0, right, solution, 1e-8, 500);
	assert_true(steps > 2 && steps < 100);
	equations_multiply(&system.equations, solution, product);
	assert_int_equal(LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', (int)rows, BLOCK_WIDTH, system.covariance, (int)rows,
				       columns, (int)rows), 0);
	for (size_t i = 0; i < rows; i++)
		for (size_t w = 0; w < BLOCK_WIDTH; w++) {
			size_t cell = i * BLOCK_WIDTH + w;
			near(solution[cell], columns[w * rows + i], 1e-2 * (1 + fabs(columns[w * rows + i])));
			near(right[cell], begin[cell] - product[cell], 1e-9); /* what is left */
			near(product[cell], begin[cell], 1e-5);
		}
	/* Stopped early, what is left still belongs to the solution. */
	memcpy(right, begin, rows * BLOCK_WIDTH * sizeof *begin);
	assert_int_equal(equations_solve(&system.equations, system.vecchia, 0, right, solution, 1e-8, 2), 2);
	equations_multiply(&system.equations, solution, product);
	for (size_t i = 0; i < rows * BLOCK_WIDTH; i++)
		near(right[i], begin[i] - product[i], 1e-9);
	free(right);
	free(solution);
	free(product);
	free(columns);
	free(begin);
	system_free(&system);
}

/* ---- both paths --------------------------------------------------------------------------- */

static struct engine_fit *fit_by(struct world *world, enum prior prior, size_t dense_rows,
				 const void *variances, size_t bytes)
{
	struct engine_data data = world_data(world);
	struct engine_settings settings = {.prior = prior, .seed = 1, .dense_rows = dense_rows};
	struct engine_fit *fit = NULL;
	struct error error = {0};
	struct engine_info info;

	if (engine_fit_new(&data, &settings, variances, bytes, variances == NULL, NULL, &fit, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	engine_fit_info(fit, &info);
	assert_int_equal(info.sparse, dense_rows == 1);
	return fit;
}

/* `drawn` is the share that variances may differ by. */
static void compare_estimates(const struct engine_estimate *a, const struct engine_estimate *b, double drawn)
{
	for (size_t i = 0; i <= BENCHMARKS; i++) {
		double more = drawn * a[i].sd;
		near(a[i].mean, b[i].mean, TOLERANCE + more);
		near(a[i].sd, b[i].sd, TOLERANCE + more);
		near(a[i].low90, b[i].low90, 2 * TOLERANCE + 4 * more);
		near(a[i].high50, b[i].high50, 2 * TOLERANCE + 4 * more);
	}
}

static void compare_reasons(struct engine_query *a, struct engine_query *b, double tolerance)
{
	struct engine_contribution left[5], right[5];
	struct engine_ancestor old[8], older[8];

	for (size_t benchmark = 0; benchmark <= BENCHMARKS; benchmark++) {
		assert_int_equal(engine_contributions(a, row_target(benchmark), left, 5), 5);
		assert_int_equal(engine_contributions(b, row_target(benchmark), right, 5), 5);
		for (size_t i = 0; i < 5; i++)
			near(left[i].points, right[i].points, tolerance);
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
		struct engine_fit *dense = fit_by(&world, prior, MODELS, NULL, 0);
		double drawn = prior == PRIOR_KIN ? DRAWN : 0;
		void *variances = engine_fit_state(dense, &bytes);
		struct engine_fit *sparse = fit_by(&world, prior, 1, variances, bytes);
		struct engine_query *query = engine_query_new(dense), *other = engine_query_new(sparse);
		struct engine_child child = {.model = world.model[3], .relation = RELATION_MERGE, .count = 2,
					     .parents = {10, 20}, .weights = {3, 1}};
		for (size_t model = 0; model < MODELS; model++) {
			assert_int_equal(predict_model_rows(query, model, a, &error), STATUS_OK);
			assert_int_equal(predict_model_rows(other, model, b, &error), STATUS_OK);
			compare_estimates(a, b, drawn);
			if (model % 10 == 3)
				compare_reasons(query, other, TOLERANCE + 4 * drawn);
			if (!residual_rows(dense, model, left))
				continue;
			assert_true(residual_rows(sparse, model, right));
			for (size_t i = 0; i <= BENCHMARKS; i++)
				near(left[i].z, right[i].z, TOLERANCE + drawn * (1 + fabs(left[i].z)));
		}
		for (size_t third = 0; third < 3; third++) {
			child.count = third == 0 ? 2 : 3;
			child.parents[2] = 33;
			child.weights[2] = (double)third;
			assert_int_equal(predict_child_rows(query, &child, a, &error), STATUS_OK);
			assert_int_equal(predict_child_rows(other, &child, b, &error), STATUS_OK);
			compare_estimates(a, b, drawn);
			compare_reasons(query, other, TOLERANCE + 4 * drawn);
		}
		free(variances);
		engine_query_free(query);
		engine_query_free(other);
		engine_fit_free(dense);
		engine_fit_free(sparse);
	}
	lineage_free(world.lineage);
}

/* Two merges: what they have in common does not depend on the path. */
static void both_paths_see_the_same_differences(void **state)
{
	(void)state;
	struct world world;
	struct engine_difference difference[2][BENCHMARKS + 1];
	struct engine_estimate estimates[BENCHMARKS + 1];
	struct error error = {0};
	size_t bytes;

	world_make(&world, NULL);
	struct engine_fit *fit[2] = {fit_by(&world, PRIOR_KIN, MODELS, NULL, 0)};
	void *variances = engine_fit_state(fit[0], &bytes);
	fit[1] = fit_by(&world, PRIOR_KIN, 1, variances, bytes);
	for (size_t path = 0; path < 2; path++) {
		struct engine_query *query[2] = {engine_query_new(fit[path]), engine_query_new(fit[path])};
		struct engine_child child = {.model = world.model[3], .relation = RELATION_MERGE, .count = 2,
					     .parents = {10, 20}, .weights = {3, 1}};
		for (size_t i = 0; i < 2; i++) {
			child.parents[1] = 20 + i;
			assert_int_equal(predict_child_rows(query[i], &child, estimates, &error), STATUS_OK);
		}
		assert_true(difference_rows(query[0], query[1], difference[path]));
		engine_query_free(query[0]);
		engine_query_free(query[1]);
		engine_fit_free(fit[path]);
	}
	for (size_t b = 0; b <= BENCHMARKS; b++) {
		near(difference[0][b].mean, difference[1][b].mean, 2 * TOLERANCE);
		near(difference[0][b].correlation, difference[1][b].correlation, 2 * DRAWN);
		near(difference[0][b].half90, difference[1][b].half90, 2 * DRAWN * difference[0][b].half90);
	}
	free(variances);
	lineage_free(world.lineage);
}

/* ---- many steps ------------------------------------------------------------------------------ */

static void the_same_seed_gives_the_same_fit(void **state)
{
	(void)state;
	struct world world;
	struct engine_residual left[BENCHMARKS + 1], right[BENCHMARKS + 1];

	world_make(&world, NULL);
	struct engine_fit *a = fit_by(&world, PRIOR_KIN, 1, NULL, 0), *b = fit_by(&world, PRIOR_KIN, 1, NULL, 0);
	for (size_t model = 0; model < MODELS; model++) {
		bool scored = residual_rows(a, model, left);
		assert_int_equal(residual_rows(b, model, right), scored);
		for (size_t i = 0; i <= BENCHMARKS && scored; i++)
			assert_memory_equal(&left[i].z, &right[i].z, sizeof left[i].z);
	}
	engine_fit_free(a);
	engine_fit_free(b);
	lineage_free(world.lineage);
}

struct patience {
	struct progress progress;
	size_t reports;
};

static void lose_patience(void *context, const char *stage, double fraction)
{
	struct patience *patience = context;

	(void)stage;
	assert_true(fraction <= 1);
	if (patience->reports-- == 0)
		progress_cancel(&patience->progress);
}

/* Cancelled at the first report, the second and so on, until it gets through. */
static void a_fit_can_be_cancelled_at_every_step(void **state)
{
	(void)state;
	struct world world;
	struct error error = {0};
	size_t bytes, cancelled = 0;

	world_make(&world, NULL);
	struct engine_fit *fit = fit_by(&world, PRIOR_KIN, MODELS, NULL, 0);
	void *variances = engine_fit_state(fit, &bytes);
	struct engine_data data = world_data(&world);
	struct engine_settings settings = {.prior = PRIOR_KIN, .seed = 1, .dense_rows = 1};
	engine_fit_free(fit);
	for (;; cancelled++) {
		struct patience patience = {.progress.report = lose_patience, .reports = cancelled};
		patience.progress.context = &patience;
		enum status status = engine_fit_new(&data, &settings, variances, bytes, false, &patience.progress, &fit,
						    &error);
		if (status == STATUS_OK)
			break;
		assert_int_equal(status, STATUS_CANCELLED);
	}
	assert_true(cancelled > 3);
	engine_fit_free(fit);
	free(variances);
	lineage_free(world.lineage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(effects_have_the_covariance_of_the_terms),
		cmocka_unit_test(features_make_the_gaussian),
		cmocka_unit_test(the_product_is_that_of_the_covariance),
		cmocka_unit_test(draws_have_the_covariance),
		cmocka_unit_test(vecchia_is_the_product_of_conditionals),
		cmocka_unit_test(gradients_solve_the_equations),
		cmocka_unit_test(both_paths_agree),
		cmocka_unit_test(both_paths_see_the_same_differences),
		cmocka_unit_test(the_same_seed_gives_the_same_fit),
		cmocka_unit_test(a_fit_can_be_cancelled_at_every_step),
	};
	return cmocka_run_group_tests_name("sparse", tests, NULL, NULL);
}
