/* The model of cells: its posterior against a dense calculation, its kinship and its scales. */
#include "engine_world.h"

#include <lapacke.h>

#include "ask/query.h"
#include "data/scale.h"

/* ---- a dense calculation ---------------------------------------------------------------- */

/* The world with some of its cells taken out: a model keeps all, some or one. */
static void thin_out(struct world *world)
{
	for (size_t i = 0; i < MODELS; i++)
		for (size_t b = 0; b < BENCHMARKS; b++)
			if ((i + b) % 3 == 1 && i % 4 != 0)
				world->scores[i * BENCHMARKS + b] = NAN;
}

/* Prior covariance of one factor over all models, own part included. */
static double *prior_of(const struct engine_fit *fit, size_t factor)
{
	struct factors one = *fit->factors;
	size_t rank = one.parameters.rank, count = one.cells.benchmarks * rank;
	double *loading = memory_zero(count, sizeof *loading);
	double *covariance = memory_allocate(MODELS * MODELS, sizeof *covariance);
	uint32_t models[MODELS];

	for (uint32_t i = 0; i < MODELS; i++)
		models[i] = i;
	loading[factor] = 1; /* the mean over the factors is then this one */
	one.parameters.loading = loading;
	factors_prior_covariance(&one, false, models, MODELS, covariance);
	free(loading);
	return covariance;
}

struct dense {
	size_t rank, cells;
	double *prior[FACTORS_RANK_MAX];
	const struct factors *factors;
};

/* Covariance of factor k of a model with a cell. */
static double with_cell(const struct dense *dense, size_t k, size_t model, size_t cell)
{
	const struct cells *cells = &dense->factors->cells;
	size_t other = cells->row_model[cells->row[cell]];

	return dense->factors->parameters.loading[cells->benchmark[cell] * dense->rank + k] *
	       dense->prior[k][model * MODELS + other];
}

/* Mean and covariance of f of a model given all cells but the hidden ones. */
static void dense_posterior(const struct dense *dense, size_t model, const bool *hidden, double *mean, double *covariance)
{
	const struct cells *cells = &dense->factors->cells;
	const struct parameters *parameters = &dense->factors->parameters;
	size_t rank = dense->rank, n = 0, *list = memory_allocate(cells->count, sizeof *list);

	for (size_t i = 0; i < cells->count; i++)
		if (!hidden[i])
			list[n++] = i;
	double *matrix = memory_zero(n * n, sizeof *matrix), *right = memory_zero(n * (rank + 1), sizeof *right);
	for (size_t i = 0; i < n; i++) {
		uint32_t b = cells->benchmark[list[i]];
		for (size_t j = 0; j < n; j++)
			for (size_t k = 0; k < rank; k++)
				matrix[i * n + j] += parameters->loading[b * rank + k] *
						     with_cell(dense, k, cells->row_model[cells->row[list[i]]], list[j]);
		matrix[i * n + i] += parameters->noise[b] + (double)cells->error[list[i]];
		right[i] = (double)cells->z[list[i]] - parameters->level[b];
		for (size_t k = 0; k < rank; k++)
			right[(k + 1) * n + i] = with_cell(dense, k, model, list[i]);
	}
	assert_int_equal(LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', (int)n, (int)rank + 1, matrix, (int)n, right, (int)n), 0);
	for (size_t k = 0; k < rank; k++) {
		mean[k] = 0;
		for (size_t i = 0; i < n; i++)
			mean[k] += with_cell(dense, k, model, list[i]) * right[i];
		for (size_t l = 0; l < rank; l++) {
			covariance[k * rank + l] = k == l ? dense->prior[k][model * MODELS + model] : 0;
			for (size_t i = 0; i < n; i++)
				covariance[k * rank + l] -= with_cell(dense, k, model, list[i]) * right[(l + 1) * n + i];
		}
	}
	free(list);
	free(matrix);
	free(right);
}

static void expect_same(size_t rank, const double *mean, const double *covariance, const double *other_mean,
			const double *other_covariance)
{
	for (size_t k = 0; k < rank; k++) {
		near(mean[k], other_mean[k], 3e-6 * (1 + fabs(other_mean[k]))); /* roots are kept as floats */
		for (size_t l = 0; l < rank; l++)
			near(covariance[k * rank + l], other_covariance[k * rank + l],
			     3e-6 * (1 + fabs(other_covariance[k * rank + l])));
	}
}

static void posterior_agrees_with_dense(void **state)
{
	(void)state;
	enum { SQUARE = FACTORS_RANK_MAX * FACTORS_RANK_MAX };
	struct world world;
	struct factors_state known;
	double mean[FACTORS_RANK_MAX], covariance[SQUARE], other[FACTORS_RANK_MAX], other_covariance[SQUARE];

	for (enum prior prior = 0; prior < PRIOR_COUNT; prior++) {
		world_make(&world, NULL);
		thin_out(&world);
		struct engine_fit *fit = world_fit(&world, prior, NULL, 0);
		const struct factors *factors = fit->factors;
		const struct cells *cells = &factors->cells;
		struct dense dense = {.rank = factors_rank(factors), .cells = cells->count, .factors = factors};
		bool *hidden = memory_zero(cells->count, sizeof *hidden);
		assert_true(factors->exact);
		for (size_t k = 0; k < dense.rank; k++)
			dense.prior[k] = prior_of(fit, k);
		factors_state_new(factors, &known);
		for (size_t model = 0; model < MODELS; model += 3) { /* scored and not */
			int32_t row = fit->model_row[model];
			dense_posterior(&dense, model, hidden, other, other_covariance);
			factors_known(factors, model, &known);
			factors_state_covariance(&known, covariance);
			expect_same(dense.rank, known.mean, covariance, other, other_covariance);
			if (row < 0)
				continue;
			size_t first, count;
			factors_row_cells(factors, (size_t)row, &first, &count);
			memset(hidden + first, true, count);
			dense_posterior(&dense, model, hidden, other, other_covariance);
			factors_cold(factors, model, mean, covariance);
			expect_same(dense.rank, mean, covariance, other, other_covariance);
			memset(hidden + first, false, count);
		}
		factors_state_free(&known);
		for (size_t k = 0; k < dense.rank; k++)
			free(dense.prior[k]);
		free(hidden);
		engine_fit_free(fit);
		lineage_free(world.lineage);
	}
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

/* Posterior covariance of f of two models that have no cells. */
static void dense_between(const struct dense *dense, size_t one, size_t other, double *covariance)
{
	const struct cells *cells = &dense->factors->cells;
	const struct parameters *parameters = &dense->factors->parameters;
	size_t rank = dense->rank, n = cells->count;
	double *matrix = memory_zero(n * n, sizeof *matrix), *right = memory_zero(n * rank, sizeof *right);

	for (size_t i = 0; i < n; i++) {
		uint32_t b = cells->benchmark[i];
		for (size_t j = 0; j < n; j++)
			for (size_t k = 0; k < rank; k++)
				matrix[i * n + j] += parameters->loading[b * rank + k] *
						     with_cell(dense, k, cells->row_model[cells->row[i]], j);
		matrix[i * n + i] += parameters->noise[b];
		for (size_t k = 0; k < rank; k++)
			right[k * n + i] = with_cell(dense, k, other, i);
	}
	assert_int_equal(LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', (int)n, (int)rank, matrix, (int)n, right, (int)n), 0);
	for (size_t k = 0; k < rank; k++)
		for (size_t l = 0; l < rank; l++) {
			covariance[k * rank + l] = k == l ? dense->prior[k][one * MODELS + other] : 0;
			for (size_t i = 0; i < n; i++)
				covariance[k * rank + l] -= with_cell(dense, k, one, i) * right[l * n + i];
		}
	free(matrix);
	free(right);
}

/* Standard deviation of a target of a child, and its gradient. */
static double deviation_at(const struct engine_query *query, const struct engine_target *target, double *gradient)
{
	const struct factors *factors = query->fit->factors;
	struct belief_target joint;

	factors_gradient(factors, target, query->belief.cold_mean, gradient);
	belief_target(&query->belief, target, NULL, 0, &joint);
	double variance = joint.variance;
	belief_target_free(&joint);
	return sqrt(variance);
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
		{.model = world.model[models[0]], .relation = RELATION_FINETUNE, .count = 2,
		 .parents = {10, 20}, .weights = {0.7, 0.3}},
		{.model = world.model[models[1]], .relation = RELATION_FINETUNE, .count = 3,
		 .parents = {20, 33, 10}, .weights = {0.5, 0.3, 0.2}},
	};
	struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
	fit->factors->local.weights = (struct local_weights){0}; /* of the factors alone */
	struct engine_query *a = engine_query_new(fit), *b = engine_query_new(fit);
	assert_false(difference_rows(a, b, forth)); /* of nothing */
	assert_int_equal(predict_child_rows(a, &children[0], estimates[0], &error), STATUS_OK);
	assert_int_equal(predict_child_rows(b, &children[1], estimates[1], &error), STATUS_OK);
	assert_true(difference_rows(a, b, forth));
	assert_true(difference_rows(b, a, back));

	void *variances = engine_fit_state(fit, &bytes);
	world_with_two(&world, models, children, &grown);
	struct engine_fit *refit = world_fit(&grown, PRIOR_KIN, variances, bytes);
	struct dense dense = {.rank = factors_rank(refit->factors), .factors = refit->factors};
	double together[FACTORS_RANK_MAX * FACTORS_RANK_MAX];
	for (size_t k = 0; k < dense.rank; k++)
		dense.prior[k] = prior_of(refit, k);
	dense_between(&dense, models[0], models[1], together);
	for (size_t row = 0; row <= BENCHMARKS; row++) {
		double left[FACTORS_RANK_MAX], right[FACTORS_RANK_MAX], between = 0;
		double sd_a = deviation_at(a, row_target(row), left), sd_b = deviation_at(b, row_target(row), right);
		double one = query_calibrated(a, row_target(row), sd_a), other = query_calibrated(b, row_target(row), sd_b);
		for (size_t k = 0; k < dense.rank; k++)
			for (size_t l = 0; l < dense.rank; l++)
				between += left[k] * together[k * dense.rank + l] * right[l];
		double correlation = between / (sd_a * sd_b);
		near(forth[row].correlation, correlation, 1e-5);
		assert_true(fabs(correlation) > 1e-3); /* else nothing was tried */
		near(forth[row].mean, estimates[0][row].mean - estimates[1][row].mean, 1e-9);
		near(forth[row].half90, 1.6449 * sqrt(one * one + other * other - 2 * correlation * one * other), 0.02);
		near(forth[row].chance, 0.5 * (1 + erf(forth[row].mean * 1.6449 / forth[row].half90 / sqrt(2))), 1e-9);
		near(forth[row].chance + back[row].chance, 1, 1e-6); /* the solves are single */
		near(forth[row].half90, back[row].half90, 1e-3);
	}
	/* The same fine-tune made twice: as likely better as worse. */
	assert_int_equal(predict_child_rows(b, &children[0], estimates[1], &error), STATUS_OK);
	assert_true(difference_rows(a, b, forth));
	near(forth[0].chance, 0.5, 1e-6);
	assert_true(forth[0].correlation > 0 && forth[0].correlation < 1 && forth[0].half90 > 0);
	/* A model of the data is no child. */
	assert_int_equal(predict_model_rows(b, 10, estimates[1], &error), STATUS_OK);
	assert_false(difference_rows(a, b, forth));
	for (size_t k = 0; k < dense.rank; k++)
		free(dense.prior[k]);
	engine_query_free(a);
	engine_query_free(b);
	engine_fit_free(refit);
	engine_fit_free(fit);
	free(variances);
	lineage_free(grown.lineage);
	lineage_free(world.lineage);
}

/* The posterior by draws of the same case: means as the solver's end allows, variances as the
 * number of draws does. */
static void draws_agree_with_the_exact_root(void **state)
{
	(void)state;
	struct world world;
	struct factors_state exact, drawn;

	world_make(&world, NULL);
	struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0), *other = world_fit(&world, PRIOR_KIN, NULL, 0);
	other->factors->by_draws = true;
	assert_true(factors_solve(other->factors, NULL));
	assert_false(other->factors->exact);
	size_t rank = factors_rank(fit->factors);
	double a[FACTORS_RANK_MAX * FACTORS_RANK_MAX], b[FACTORS_RANK_MAX * FACTORS_RANK_MAX], ratio = 0;
	factors_state_new(fit->factors, &exact);
	factors_state_new(other->factors, &drawn);
	for (size_t model = 0; model < MODELS; model++) {
		factors_known(fit->factors, model, &exact);
		factors_known(other->factors, model, &drawn);
		factors_state_covariance(&exact, a);
		factors_state_covariance(&drawn, b);
		for (size_t k = 0; k < rank; k++) {
			near(drawn.mean[k], exact.mean[k], 0.02 * sqrt(a[k * rank + k]) + 0.005);
			near(b[k * rank + k] / a[k * rank + k], 1, 0.8);
			ratio += b[k * rank + k] / a[k * rank + k] / (double)(MODELS * rank);
		}
	}
	near(ratio, 1, 0.1);
	factors_state_free(&exact);
	factors_state_free(&drawn);
	engine_fit_free(fit);
	engine_fit_free(other);
	lineage_free(world.lineage);
}

/* By draws a model is left out with its fold: its mean is that of a dense calculation without their cells. */
static void folds_agree_with_dense(void **state)
{
	(void)state;
	enum { SQUARE = FACTORS_RANK_MAX * FACTORS_RANK_MAX };
	struct world world;
	double mean[FACTORS_RANK_MAX], covariance[SQUARE], other[FACTORS_RANK_MAX], other_covariance[SQUARE];

	world_make(&world, NULL);
	struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
	struct factors *factors = fit->factors;
	const struct cells *cells = &factors->cells;
	struct dense dense = {.rank = factors_rank(factors), .cells = cells->count, .factors = factors};
	bool *hidden = memory_zero(cells->count, sizeof *hidden);

	factors->by_draws = true;
	assert_true(factors_solve(factors, NULL));
	for (size_t k = 0; k < dense.rank; k++)
		dense.prior[k] = prior_of(fit, k);
	for (size_t row = 0; row < cells->rows; row += 5) {
		size_t alone = 0;
		for (size_t i = 0; i < cells->count; i++) {
			hidden[i] = factors->fold[cells->row[i]] == factors->fold[row];
			alone += hidden[i] && cells->row[i] != row;
		}
		assert_true(alone > 0);
		dense_posterior(&dense, cells->row_model[row], hidden, other, other_covariance);
		factors_cold(factors, cells->row_model[row], mean, covariance);
		for (size_t k = 0; k < dense.rank; k++)
			near(mean[k], other[k], 0.02 * sqrt(other_covariance[k * dense.rank + k]) + 0.002);
	}
	for (size_t k = 0; k < dense.rank; k++)
		free(dense.prior[k]);
	free(hidden);
	engine_fit_free(fit);
	lineage_free(world.lineage);
}

/* ---- a small family ----------------------------------------------------------------------------- */

enum { FEW = 24 };

/* Two roots apart, their fine-tunes, and scores that do not hang on the parents: too few models to tell.
 * Siblings stay kin all the same, and no closer than usual. */
static void few_models_keep_their_lineage(void **state)
{
	(void)state;
	static struct engine_model model[FEW];
	static char name[FEW][16];
	static double scores[FEW * 2];
	static struct engine_benchmark benchmark[2];
	static struct engine_cell cells[FEW * 2];
	static size_t start[FEW + 2];
	struct engine_settings settings = {.seed = 1};
	struct engine_fit *fit = NULL;
	struct error error = {0};
	struct lineage *lineage = lineage_new(FEW);
	double kinship;
	uint32_t other = 4;

	seed = 51;
	for (size_t i = 0; i < FEW; i++) {
		snprintf(name[i], sizeof name[i], "o%zu/m%zu", i, i);
		model[i] = (struct engine_model){.name = name[i], .architecture = "A", .params_b = 7,
						 .kind = KIND_FINETUNED, .uploaded = 19000};
		if (i >= 2)
			lineage_add(lineage, i, i % 2, RELATION_FINETUNE, 1, TRUST_DECLARED);
		for (size_t b = 0; b < 2; b++)
			scores[i * 2 + b] = 50 + 3 * normal() + (i < 2 ? (i == 0 ? -4 : 4) : 0);
	}
	lineage_finish(lineage);
	struct engine_data data = score_cells(scores, FEW, 2, benchmark, start, cells);
	data.lineage = lineage;
	data.model = model;
	assert_int_equal(engine_fit_new(&data, &settings, NULL, 0, true, NULL, &fit, &error), STATUS_OK);
	factors_kinship(fit->factors, NULL, 2, &other, 1, &kinship);
	print_message("kinship of siblings %.3f\n", kinship);
	assert_true(kinship > 0.1 && kinship < 0.9);
	engine_fit_free(fit);
	lineage_free(lineage);
}

/* ---- scales ---------------------------------------------------------------------------------------- */

/* Scores crowd at the worst end: a logit is likelier there, and must not make much of what differs among
 * the worst; which end that is depends on the direction. */
static void the_worst_end_is_not_magnified(void **state)
{
	(void)state;
	enum { SCORES = 200 };
	double values[SCORES];
	struct engine_benchmark benchmark = {.lower = 0, .upper = 100, .low = 0, .high = 100};

	for (int up = 0; up < 2; up++) {
		struct scale scale;
		seed = 61;
		benchmark.higher_is_better = up;
		for (size_t i = 0; i < SCORES; i++) {
			double score = fmin(-12 * log(uniform()), 95);
			values[i] = up ? score : 100 - score;
		}
		scale_learn(&scale, &benchmark, values, SCORES);
		assert_true(scale.logit);
		double worst = scale_to_z(&scale, up ? 1 : 99) - scale_to_z(&scale, up ? 0 : 100);
		double middle = scale_to_z(&scale, up ? 31 : 69) - scale_to_z(&scale, up ? 30 : 70);
		print_message("a point is %.4f at the worst, %.4f in the middle\n", worst, middle);
		assert_true(worst > 0 && middle > 0);
		assert_true(worst < 2 * middle);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posterior_agrees_with_dense),
		cmocka_unit_test(differences_agree_with_dense),
		cmocka_unit_test(draws_agree_with_the_exact_root),
		cmocka_unit_test(folds_agree_with_dense),
		cmocka_unit_test(few_models_keep_their_lineage),
		cmocka_unit_test(the_worst_end_is_not_magnified),
	};
	return cmocka_run_group_tests_name("factors", tests, NULL, NULL);
}
