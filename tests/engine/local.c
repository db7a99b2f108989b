/* What the factors leave: against a dense calculation, and in cases at the edge. */
#include "engine_world.h"

#include <lapacke.h>

#include "ask/query.h"
#include "data/texts.h"

/* R of two kin as the header tells it, for one benchmark. */
static double dense_likeness(const struct factors *factors, uint32_t benchmark, const double *f, const double *g,
			     const struct kin *a, const struct kin *b)
{
	const struct local_weights *weights = &factors->local.weights;
	const struct parameters *parameters = &factors->parameters;
	size_t rank = parameters->rank, count = 0;
	double distance = 0, kin = 0;

	for (uint32_t c = 0; c < factors->cells.benchmarks; c++) {
		double across = 0;
		if (parameters->suite[c] != parameters->suite[benchmark])
			continue;
		for (size_t k = 0; k < rank; k++)
			across += parameters->loading[c * rank + k] * (f[k] - g[k]);
		distance += across * across;
		count++;
	}
	distance /= (double)count;
	for (size_t k = 0; k < rank; k++)
		distance += 1e-4 * (f[k] - g[k]) * (f[k] - g[k]); /* that a factor counts at least */
	for (size_t i = 0; i < a->nodes; i++)
		for (size_t j = 0; j < b->nodes; j++)
			if (a->node[i] == b->node[j])
				kin += weights->lineage * (double)(a->share[i] * b->share[j]);
	kin += a->same[KIN_SERIES] == b->same[KIN_SERIES] && a->same[KIN_SERIES] >= 0 ? weights->series : 0;
	kin += a->same[KIN_OWNER] == b->same[KIN_OWNER] && a->same[KIN_OWNER] >= 0 ? weights->owner : 0;
	kin += a->same[KIN_BASE] == b->same[KIN_BASE] && a->same[KIN_BASE] >= 0 ? weights->base : 0;
	return weights->near * exp(-distance / 0.2) + kin * exp(-distance);
}

/* The world with so few cells that all of a benchmark are among the nearest. */
static void keep_few(struct world *world)
{
	for (size_t i = 0; i < MODELS; i++)
		for (size_t b = 0; b < BENCHMARKS; b++)
			if (i >= 22 || (b == 1 && i % 3 == 1) || (b == 2 && i != 4))
				world->scores[i * BENCHMARKS + b] = NAN;
}

static void row_mean(const struct factors *factors, size_t row, double *mean)
{
	for (size_t k = 0; k < factors->parameters.rank; k++)
		mean[k] = (double)factors->local.mean[row * factors->parameters.rank + k];
}

static void nearest_agree_with_dense(void **state)
{
	(void)state;
	struct world world;

	world_make(&world, NULL);
	keep_few(&world);
	struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
	const struct factors *factors = fit->factors;
	for (size_t model = 0; model < MODELS; model += 5) {
		double mean[FACTORS_RANK_MAX], other[2][FACTORS_RANK_MAX], covariance[FACTORS_RANK_MAX * FACTORS_RANK_MAX];
		double matrix[NEAR_MAX * NEAR_MAX], weight[NEAR_MAX], toward[NEAR_MAX], shift = 0, left = 1;
		size_t rows[NEAR_MAX], cells[NEAR_MAX], n = 0;
		struct near near_ones;
		struct kin kin;
		int32_t row = fit->model_row[model];
		kin_of_model(factors, model, &kin);
		factors_cold(factors, model, mean, covariance);
		local_look(factors, 0, mean, &kin, row, NULL, &near_ones);
		for (size_t i = factors->cells.column_start[0]; i < factors->cells.column_start[1]; i++) {
			size_t cell = factors->cells.column_cell[i];
			if ((int32_t)factors->cells.row[cell] == row)
				continue;
			rows[n] = factors->cells.row[cell];
			cells[n++] = cell;
		}
		assert_true(n > 8 && n <= NEAR_MAX);
		for (size_t i = 0; i < n; i++) {
			row_mean(factors, rows[i], other[0]);
			weight[i] = toward[i] = dense_likeness(factors, 0, mean, other[0], &kin, &factors->local.kin[rows[i]]);
			for (size_t j = 0; j < n; j++) {
				row_mean(factors, rows[j], other[1]);
				matrix[i * n + j] = i == j ? 1 : dense_likeness(factors, 0, other[0], other[1],
										&factors->local.kin[rows[i]],
										&factors->local.kin[rows[j]]);
			}
		}
		assert_int_equal(LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', (int)n, 1, matrix, (int)n, weight, 1), 0);
		for (size_t i = 0; i < n; i++) {
			shift += weight[i] * fmin(fmax((double)factors->local.residual[cells[i]], -3), 3);
			left -= weight[i] * toward[i];
		}
		assert_int_equal(near_ones.count, n);
		near(near_ones.shift, shift, 1e-6);
		near(near_ones.left, left, 1e-6);
	}
	engine_fit_free(fit);
	lineage_free(world.lineage);
}

/* A model's own cells: the joint normal distribution of all of them, solved at once. */
static void own_cells_agree_with_dense(void **state)
{
	(void)state;
	struct world world;

	world_make(&world, NULL);
	struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
	const struct factors *factors = fit->factors;
	const struct parameters *parameters = &factors->parameters;
	size_t rank = parameters->rank;
	const struct own_cell own[] = {{0, 0.7, 0.02}, {2, -0.4, 0}};
	struct belief belief;
	struct belief_part part;

	for (size_t b = 0; b < BENCHMARKS; b++)
		factors->local.family[b] = 0; /* all ask the same test */
	belief_new(factors, &belief);
	belief_model(&belief, 3);
	belief_condition(&belief, own, 2);
	belief_part(&belief, 1, &part);
	static const uint32_t order[] = {0, 2, 1};
	double k[3][3];
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < 3; j++) {
			const double *a = parameters->loading + order[i] * rank, *b = parameters->loading + order[j] * rank;
			double left[2] = {belief.width[0], belief.width[1]}, width_i = i < 2 ? left[i] : part.width;
			double width_j = j < 2 ? left[j] : part.width;
			k[i][j] = width_i * width_j * (i == j ? 1 : local_alike(&factors->local, order[i], order[j])) +
				  (i == j && i < 2 ? own[i].error : 0);
			for (size_t m = 0; m < rank; m++)
				for (size_t n = 0; n < rank; n++)
					k[i][j] += a[m] * belief.cold[m * rank + n] * b[n];
		}
	double off[2], z[3], inverse = 1 / (k[0][0] * k[1][1] - k[0][1] * k[1][0]);
	for (size_t i = 0; i < 3; i++) {
		z[i] = parameters->level[order[i]];
		for (size_t m = 0; m < rank; m++)
			z[i] += parameters->loading[order[i] * rank + m] * belief.cold_mean[m];
	}
	off[0] = own[0].z - z[0];
	off[1] = own[1].z - z[1];
	double share[2] = {inverse * (k[1][1] * k[2][0] - k[0][1] * k[2][1]),
			   inverse * (k[0][0] * k[2][1] - k[1][0] * k[2][0])};
	double mean = z[2] + share[0] * off[0] + share[1] * off[1];
	double variance = k[2][2] - share[0] * k[2][0] - share[1] * k[2][1];
	near(part.z, mean + part.deviation * part.near.shift, 1e-6);
	near(part.variance, variance - part.deviation * part.deviation * (1 - part.near.left), 1e-6);
	assert_true(local_alike(&factors->local, 0, 1) > 0); /* else nothing was tried */
	belief_part_free(&part);
	belief_free(&belief);
	engine_fit_free(fit);
	lineage_free(world.lineage);
}

/* Twins that share everything, one's cell far above what is predicted: the other's prediction rises. */
static void twins_are_alike(void **state)
{
	(void)state;
	struct world world;
	double raised[2];

	for (int high = 0; high < 2; high++) {
		struct engine_estimate estimate;
		world_make(&world, NULL);
		for (size_t b = 0; b < BENCHMARKS; b++)
			world.scores[41 * BENCHMARKS + b] = world.scores[40 * BENCHMARKS + b];
		world.model[41] = world.model[40];
		world.scores[41 * BENCHMARKS + 1] = NAN;
		world.scores[40 * BENCHMARKS + 1] += high ? 6 : 0;
		struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
		struct engine_query *query = engine_query_new(fit);
		assert_int_equal(engine_predict_known(query, 41, NULL), STATUS_OK);
		engine_estimate(query, row_target(1), &estimate);
		raised[high] = estimate.mean;
		for (size_t cell = 0; cell < factors_cells(fit->factors); cell++) {
			assert_true(isfinite(fit->factors->local.residual[cell]));
			assert_true(isfinite(fit->factors->local.left_mean[cell]));
			assert_true(fit->factors->local.left_variance[cell] > 0);
		}
		engine_query_free(query);
		engine_fit_free(fit);
		lineage_free(world.lineage);
	}
	assert_true(raised[1] > raised[0] + 0.1);
}

/* A benchmark with one cell has nothing beside it; all stays finite, and without lineage nothing is
 * taken from the models that are near. */
static void one_cell_and_no_lineage(void **state)
{
	(void)state;
	struct world world;
	struct near near_ones;
	struct engine_estimate estimate;

	for (enum prior prior = 0; prior < PRIOR_COUNT; prior++) {
		world_make(&world, NULL);
		keep_few(&world);
		struct engine_fit *fit = world_fit(&world, prior, NULL, 0);
		struct engine_query *query = engine_query_new(fit);
		assert_int_equal(factors_scored(fit->factors, 2), 1);
		double mean[FACTORS_RANK_MAX] = {0};
		struct kin kin;
		kin_of_model(fit->factors, 4, &kin);
		local_look(fit->factors, 2, mean, &kin, fit->model_row[4], NULL, &near_ones);
		assert_int_equal(near_ones.count, 0);
		near(near_ones.left, 1, 0);
		for (size_t model = 0; model < MODELS; model++) {
			assert_int_equal(engine_predict_known(query, model, NULL), STATUS_OK);
			for (size_t row = 0; row <= BENCHMARKS; row++) {
				engine_estimate(query, row_target(row), &estimate);
				assert_true(isfinite(estimate.mean) && isfinite(estimate.sd) && estimate.low90 <= estimate.high90);
			}
		}
		kin_of_model(fit->factors, 10, &kin);
		local_look(fit->factors, 0, mean, &kin, fit->model_row[10], NULL, &near_ones);
		assert_true(prior == PRIOR_KIN ? near_ones.count > 0 : near_ones.count == 0);
		engine_query_free(query);
		engine_fit_free(fit);
		lineage_free(world.lineage);
	}
}

/* Of more parents than are kept the heaviest count, in whatever order they are told. */
static void heaviest_kin_are_kept(void **state)
{
	(void)state;
	enum { PARENTS = KIN_NODES_MAX + 3 };
	struct world world;
	struct kin kin;

	for (size_t turn = 0; turn < 2; turn++) {
		world_make(&world, NULL);
		struct lineage *lineage = lineage_new(MODELS);
		for (size_t i = 0; i < PARENTS; i++) {
			size_t parent = turn == 0 ? i : PARENTS - 1 - i;
			lineage_add(lineage, MODELS - 1, parent, RELATION_MERGE, (double)(parent + 1), TRUST_DECLARED);
		}
		lineage_finish(lineage);
		struct lineage *own = world.lineage;
		world.lineage = lineage;
		struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
		kin_of_model(fit->factors, MODELS - 1, &kin);
		assert_int_equal(kin.nodes, KIN_NODES_MAX);
		bool kept[MODELS] = {false};
		for (size_t i = 0; i < kin.nodes; i++)
			kept[kin.node[i]] = true;
		assert_true(kept[MODELS - 1]);
		for (size_t i = 0; i < PARENTS; i++)
			assert_int_equal(kept[i], i >= PARENTS - (KIN_NODES_MAX - 1));
		engine_fit_free(fit);
		lineage_free(lineage);
		lineage_free(own);
	}
}

/* Numbers in the order they are first seen; nothing is a text of its own. */
static void texts_are_numbered(void **state)
{
	(void)state;
	const char *const texts[] = {"suite", NULL, "Suite", "", "a", "suite", NULL};
	uint32_t numbers[7];
	static const uint32_t exact[] = {0, 1, 2, 3, 4, 0, 1}, folded[] = {0, 1, 0, 2, 3, 0, 1};

	assert_int_equal(texts_number(texts, 7, false, numbers), 5);
	assert_memory_equal(numbers, exact, sizeof exact);
	assert_int_equal(texts_number(texts, 7, true, numbers), 4);
	assert_memory_equal(numbers, folded, sizeof folded);
	assert_int_equal(texts_number(texts, 0, true, numbers), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearest_agree_with_dense),
		cmocka_unit_test(own_cells_agree_with_dense),
		cmocka_unit_test(twins_are_alike),
		cmocka_unit_test(one_cell_and_no_lineage),
		cmocka_unit_test(heaviest_kin_are_kept),
		cmocka_unit_test(texts_are_numbered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
