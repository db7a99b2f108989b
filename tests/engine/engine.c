/* The engine against independent calculations: dense closed forms worked out
 * here, finite differences, brute force. */
#include "engine_world.h"

#include <math.h>
#include <stdlib.h>

#include <lapacke.h>

#include "model/fit.h"
#include "stemma/base/memory.h"
#include "stemma/engine/engine.h"
#include "ask/query.h"

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
	struct engine_child child = {.model = world.model[CHILD], .relation = RELATION_FINETUNE, .count = 3};
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
		lineage_add(grown.lineage, CHILD, parents[p], RELATION_FINETUNE, weights[p], TRUST_DECLARED);
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

/* What the target, linear in z, is above where every benchmark's level is. */
static double above_levels(const struct engine_query *query, const struct engine_target *target)
{
	struct belief_target joint;
	double level, noise, sum = 0;

	belief_target(&query->belief, target, NULL, 0, &joint);
	for (size_t i = 0; i < joint.count; i++) {
		factors_loading(query->fit->factors, joint.part[i].benchmark, &level, &noise);
		sum += joint.worth[i] * (joint.part[i].z - level);
	}
	belief_target_free(&joint);
	return sum;
}

enum { REASONS = 2 * MODELS + BENCHMARKS };

static double sum_of_reasons(const struct engine_contribution *reasons, size_t count, size_t *like)
{
	double sum = 0;

	*like = 0;
	for (size_t i = 0; i < count; i++) {
		sum += reasons[i].points;
		*like += reasons[i].like;
		assert_true(i == 0 || fabs(reasons[i].points) <= fabs(reasons[i - 1].points));
		assert_true(!reasons[i].like || isfinite(reasons[i].above));
	}
	return sum;
}

/* All reasons at once are the same as in order. */
static void same_reasons(struct engine_query *query, const struct engine_target *target,
			 const struct engine_contribution *reasons, size_t count)
{
	struct engine_contribution *all;
	double sum = 0;

	assert_int_equal(engine_contributions_all(query, target, &all), count);
	for (size_t i = 0; i < count; i++)
		sum += all[i].points - reasons[i].points;
	near(sum, 0, 1e-9);
	free(all);
}

/* The contributions of all models, and of what is left in those that are like it, add up to the
 * prediction. */
static void contributions_add_up(void **state)
{
	(void)state;
	struct world world;
	struct engine_estimate estimates[BENCHMARKS + 1];
	struct engine_contribution reasons[REASONS];
	struct error error = {0};
	size_t like;

	world_make(&world, NULL);
	struct engine_fit *fit = world_fit(&world, PRIOR_KIN, NULL, 0);
	struct engine_query *query = engine_query_new(fit);
	struct engine_child child = {.model = world.model[3], .relation = RELATION_MERGE, .count = 2,
				     .parents = {12, 20}, .weights = {3, 1}};
	for (int subject = 0; subject < 3; subject++) {
		if (subject == 0)
			predict_child_rows(query, &child, estimates, &error);
		else
			predict_model_rows(query, subject == 1 ? 3 : 12, estimates, &error);
		for (size_t b = 0; b <= BENCHMARKS; b++) {
			size_t count = engine_contributions(query, row_target(b), reasons, REASONS);
			near(sum_of_reasons(reasons, count, &like), above_levels(query, row_target(b)), 0.05);
			assert_true(count - like <= fit->rows && count - like > fit->rows / 2);
			assert_true(like > 0);
			same_reasons(query, row_target(b), reasons, count);
		}
	}
	/* Of a model with known scores, each of these for itself and the others' as before. */
	assert_int_equal(engine_predict_model(query, 12, &error), STATUS_OK);
	struct engine_cell known[] = {{.benchmark = 0, .value = 70, .error = NAN}, {.benchmark = 2, .value = 75, .error = 2}};
	engine_condition(query, known, 2);
	size_t count = engine_contributions(query, row_target(1), reasons, REASONS), own = 0;
	near(sum_of_reasons(reasons, count, &like), above_levels(query, row_target(1)), 0.05);
	assert_int_equal(reasons[0].model, 12);
	for (size_t i = 0; i < count; i++)
		own += reasons[i].model == 12 && (reasons[i].benchmark == 0 || reasons[i].benchmark == 2);
	assert_true(own >= 2);
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
	double dense[NODES * NODES] = {0}, rho = 2.5, theta[] = {1};
	static const uint32_t rows[] = {0, 2, 4};
	static const int32_t by_model[] = {0, -1, 1, -1, 2, -1};
	lapack_int pivots[NODES];
	struct design design;
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
	struct engine_data data = {.models = NODES, .lineage = lineage};
	assert_int_equal(design_new(&data, PRIOR_LAPLACIAN, rho, NULL, rows, by_model, 3, &design, &error), STATUS_OK);
	struct design_place place[NODES + 1] = {0};
	for (size_t i = 0; i < NODES; i++)
		design_place_node(&design, i, 1, &place[i]);
	/* A new child of 1 and 5: their mean as the published prior has it. */
	design_place_node(&design, 1, design_child_weight(&design, 2, 0.7), &place[NODES]);
	design_place_node(&design, 5, design_child_weight(&design, 2, 0.3), &place[NODES]);
	for (size_t i = 0; i <= NODES; i++) {
		double *effects = memory_zero(design.effects, sizeof *effects);
		for (size_t k = 0; k < place[i].effects; k++)
			effects[place[i].effect[k].number] += (double)place[i].effect[k].value;
		design_covary(&design, theta, effects);
		for (size_t j = 0; j < NODES; j++) {
			double sum = i == j ? place[i].own[0] : 0, expected = dense[i % NODES * NODES + j];
			for (size_t k = 0; k < place[j].effects; k++)
				sum += (double)place[j].effect[k].value * effects[place[j].effect[k].number];
			if (i == NODES)
				expected = rho / (2 * rho + 1) * (dense[NODES + j] + dense[5 * NODES + j]);
			/* 5 is nobody's relative: what it has of its own is no effect. */
			if (i == j || (i < NODES && by_model[i] >= 0) || (j != 5 && i != 5))
				near(sum, i == NODES && j == 5 ? 0 : expected, 1e-6);
		}
		free(effects);
	}
	for (size_t i = 0; i <= NODES; i++)
		design_place_free(&place[i]);
	design_free(&design);
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

/* A model that lacks a benchmark is still learned from. */
static void missing_scores_are_predicted(void **state)
{
	(void)state;
	struct world world;

	world_make(&world, NULL);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_if_agrees_with_a_real_child),
		cmocka_unit_test(shapes_are_inherited),
		cmocka_unit_test(contributions_add_up),
		cmocka_unit_test(order_of_models_does_not_matter),
		cmocka_unit_test(laplacian_agrees_with_dense),
		cmocka_unit_test(lineage_helps),
		cmocka_unit_test(missing_scores_are_predicted),
		cmocka_unit_test(too_little_is_said),
		cmocka_unit_test(a_fit_can_be_cancelled),
	};
	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
