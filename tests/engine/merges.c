/* What must hold of hypothetical merges, whatever the lineage. */
#include "engine_world.h"

#include "model/child.h"
#include "model/fit.h"

/* A model with one score missing. */
enum { PARTLY = 12, MISSING = 1 };

struct merges {
	struct world world;
	struct engine_fit *fit;
	struct engine_query *query, *other;
};

static int merges_setup(void **state)
{
	struct merges *made = memory_zero(1, sizeof *made);

	world_make(&made->world, NULL);
	made->world.scores[PARTLY * BENCHMARKS + MISSING] = NAN;
	made->fit = world_fit(&made->world, PRIOR_KIN, NULL, 0);
	made->query = engine_query_new(made->fit);
	made->other = engine_query_new(made->fit);
	*state = made;
	return 0;
}

static int merges_teardown(void **state)
{
	struct merges *made = *state;

	engine_query_free(made->query);
	engine_query_free(made->other);
	engine_fit_free(made->fit);
	lineage_free(made->world.lineage);
	free(made);
	return 0;
}

/* Of these parents, facts as a sketch has them. */
static struct engine_child merge_of(const struct merges *made, size_t count, const size_t *parents, const double *weights)
{
	struct engine_child child = {.relation = RELATION_MERGE, .count = count};

	child.model = made->world.model[parents[0]];
	child.model.name = NULL;
	child.model.kind = KIND_MERGE;
	child.model.chat_template = ANSWER_UNKNOWN;
	for (size_t i = 0; i < count; i++) {
		child.parents[i] = parents[i];
		child.weights[i] = weights[i];
	}
	return child;
}

static void predict(struct engine_query *query, const struct engine_child *child, struct engine_estimate *estimates)
{
	struct error error = {0};

	if (predict_child_rows(query, child, estimates, &error) != STATUS_OK)
		fail_msg("%s", error.message);
}

static void same_estimates(const struct engine_estimate *a, const struct engine_estimate *b, double tolerance)
{
	for (size_t row = 0; row < WORLD_ROWS; row++) {
		near(a[row].mean, b[row].mean, tolerance);
		near(a[row].sd, b[row].sd, tolerance);
		near(a[row].low90, b[row].low90, tolerance);
		near(a[row].high90, b[row].high90, tolerance);
	}
}

static size_t other_than(size_t model)
{
	size_t other = (size_t)(uniform() * MODELS);

	return other == model ? (model + 1) % MODELS : other;
}

/* ---- identity ------------------------------------------------------------------ */

static void all_of_one_parent_is_that_parent(void **state)
{
	struct merges *made = *state;
	struct engine_estimate merged[WORLD_ROWS], known[WORLD_ROWS], cold[WORLD_ROWS];

	for (size_t model = 0; model < MODELS; model++) {
		struct engine_child child = merge_of(made, 1, (size_t[]){model}, (double[]){1});
		predict(made->query, &child, merged);
		assert_int_equal(predict_model_rows(made->query, model, cold, NULL), STATUS_OK);
		assert_int_equal(engine_predict_known(made->query, model, NULL), STATUS_OK);
		estimate_rows(made->query, known);
		for (size_t row = 0; row < BENCHMARKS; row++) {
			near(merged[row].mean, known[row].mean, 1e-3);
			if (isnan(made->world.scores[model * BENCHMARKS + row]))
				near(merged[row].sd, known[row].sd, 0.02 * known[row].sd);
			else /* measured again */
				assert_true(merged[row].sd > 0 && merged[row].sd < 0.7 * cold[row].sd);
		}
	}
}

static void no_weight_is_no_parent(void **state)
{
	struct merges *made = *state;
	struct engine_estimate alone[WORLD_ROWS], beside[WORLD_ROWS];

	for (int i = 0; i < 30; i++) {
		size_t a = (size_t)(uniform() * MODELS), b = other_than(a), c = other_than(b);
		struct engine_child two = merge_of(made, 2, (size_t[]){a, b}, (double[]){0.4, 0.6});
		struct engine_child three = merge_of(made, 3, (size_t[]){a, c, b}, (double[]){0.4, 0, 0.6});
		predict(made->query, &two, alone);
		predict(made->query, &three, beside);
		same_estimates(alone, beside, 1e-9);
	}
}

static void a_model_with_itself_is_itself(void **state)
{
	struct merges *made = *state;
	struct engine_estimate once[WORLD_ROWS], twice[WORLD_ROWS];

	for (size_t model = 0; model < MODELS; model += 5) {
		struct engine_child one = merge_of(made, 1, (size_t[]){model}, (double[]){1});
		struct engine_child two = merge_of(made, 2, (size_t[]){model, model}, (double[]){0.3, 0.7});
		predict(made->query, &one, once);
		predict(made->query, &two, twice);
		same_estimates(once, twice, 1e-9);
	}
}

static void order_is_no_matter(void **state)
{
	struct merges *made = *state;
	struct engine_estimate forth[WORLD_ROWS], back[WORLD_ROWS];

	for (int i = 0; i < 30; i++) {
		size_t a = (size_t)(uniform() * MODELS), b = other_than(a);
		struct engine_child one = merge_of(made, 2, (size_t[]){a, b}, (double[]){0.5, 0.5});
		struct engine_child other = one;
		other.parents[0] = b;
		other.parents[1] = a;
		predict(made->query, &one, forth);
		predict(made->query, &other, back);
		same_estimates(forth, back, 1e-9);
	}
}

/* ---- continuity ---------------------------------------------------------------- */

static void weights_move_it_smoothly(void **state)
{
	struct merges *made = *state;
	static const double at[] = {0, 0.001, 0.1, 0.4999, 0.9, 0.999};
	const double step = 1e-4;
	struct engine_estimate here[WORLD_ROWS], there[WORLD_ROWS];

	for (int i = 0; i < 20; i++) {
		size_t a = (size_t)(uniform() * MODELS), b = other_than(a);
		for (size_t w = 0; w < sizeof at / sizeof *at; w++) {
			struct engine_child child = merge_of(made, 2, (size_t[]){a, b}, (double[]){at[w], 1 - at[w]});
			predict(made->query, &child, here);
			child.weights[0] = at[w] + step;
			child.weights[1] = 1 - at[w] - step;
			predict(made->query, &child, there);
			/* Variances move by no more than a multiple of the step, so deviations by its root at the most. */
			same_estimates(here, there, 0.6);
			for (size_t row = 0; row < WORLD_ROWS; row++)
				near(here[row].mean, there[row].mean, 0.05);
		}
	}
}

static void the_less_kin_the_less_sure(void **state)
{
	struct merges *made = *state;
	double last = 1;

	/* rho falls as the parents' covariance does, and with how even the weights are. */
	for (double common = 0.9; common >= 0; common -= 0.1) {
		double rho = inherited_share((double[]){0.5, 0.5}, (double[]){1, common, common, 1}, 2);
		assert_true(rho < last);
		last = rho;
	}
	near(inherited_share((double[]){0.5, 0.5}, (double[]){1, 1, 1, 1}, 2), 1, 1e-12);
	near(inherited_share((double[]){1}, (double[]){0.3}, 1), 1, 1e-12);
	assert_true(inherited_share((double[]){0.9, 0.1}, (double[]){1, 0, 0, 1}, 2) > last);
	(void)made;
}

/* ---- by matrices ---------------------------------------------------------------- */

static void add_outer(double *covariance, double factor, const struct factors_state *a, const struct factors_state *b)
{
	for (size_t k = 0; k < a->rank; k++)
		for (size_t l = 0; l < a->rank; l++)
			for (size_t d = 0; d < a->draws; d++)
				covariance[k * a->rank + l] += factor * (double)(a->deviation[k * a->draws + d] *
										 b->deviation[l * b->draws + d]);
}

/* Mean and variance of z from whole covariance matrices: every parent open, all local weights 0. */
static void variance_agrees_with_matrices(void **state)
{
	struct merges *made = *state;
	struct factors *factors = made->fit->factors;
	struct local_weights weights = factors->local.weights;
	size_t rank = factors_rank(factors), open[] = {3, 17}; /* no scores, no merges */
	struct engine_child as = merge_of(made, 2, open, (double[]){0.7, 0.3});
	struct belief belief;
	struct child child;

	factors->local.weights = (struct local_weights){0};
	child_new(factors, &child);
	belief_new(factors, &belief);
	child_describe(&child, &as, 1, &belief);
	const struct inherited *inherited = &child.inherited;
	double rho = inherited->share;
	const struct factors_state *p = &inherited->parent[0]->known, *q = &inherited->parent[1]->known;
	const double *k = inherited->covariance;
	double h = 1 - (0.49 * k[0] + 0.42 * k[1] + 0.09 * k[3]) / (0.7 * k[0] + 0.3 * k[3]);
	near(rho, 1 / (1 + 2 * h), 1e-12);

	double covariance[FACTORS_RANK_MAX * FACTORS_RANK_MAX] = {0};
	const struct factors_state *part[] = {&child.told, p, q};
	const double of[] = {1 - rho, rho * 0.7, rho * 0.3};
	for (size_t i = 0; i < 3; i++) {
		for (size_t j = 0; j < 3; j++)
			add_outer(covariance, of[i] * of[j], part[i], part[j]);
		for (size_t n = 0; n < rank * rank; n++)
			covariance[n] += (i == 0 ? 1 - rho * rho : of[i] * of[i]) * part[i]->own[n];
	}
	for (uint32_t b = 0; b < BENCHMARKS; b++) {
		double level, noise, z, variance = 0;
		const double *loading = factors_loading(factors, b, &level, &noise);
		struct belief_part found;
		z = level;
		for (size_t m = 0; m < rank; m++) {
			for (size_t i = 0; i < 3; i++)
				z += loading[m] * of[i] * part[i]->mean[m];
			for (size_t n = 0; n < rank; n++)
				variance += loading[m] * covariance[m * rank + n] * loading[n];
		}
		belief_part(&belief, b, &found);
		near(found.z, z, 1e-6);
		near(inherited_between(inherited, b, &found.inherited, b, &found.inherited), variance, 1e-6);
		belief_part_free(&found);
	}
	factors->local.weights = weights;
	belief_free(&belief);
	child_free(&child);
}

/* ---- two merges ------------------------------------------------------------------ */

static void the_same_merge_differs_by_nothing(void **state)
{
	struct merges *made = *state;
	struct engine_estimate estimates[WORLD_ROWS];
	struct engine_difference none[WORLD_ROWS], little[WORLD_ROWS], much[WORLD_ROWS];

	for (int i = 0; i < 20; i++) {
		size_t a = (size_t)(uniform() * MODELS), b = other_than(a);
		struct engine_child one = merge_of(made, 2, (size_t[]){a, b}, (double[]){0.6, 0.4}), other = one;
		predict(made->query, &one, estimates);
		predict(made->other, &other, estimates);
		assert_true(difference_rows(made->query, made->other, none));
		other.weights[0] = 0.59;
		other.weights[1] = 0.41;
		predict(made->other, &other, estimates);
		assert_true(difference_rows(made->query, made->other, little));
		other.weights[0] = 0.1;
		other.weights[1] = 0.9;
		predict(made->other, &other, estimates);
		assert_true(difference_rows(made->query, made->other, much));
		for (size_t row = 0; row < WORLD_ROWS; row++) {
			near(none[row].mean, 0, 1e-9);
			near(none[row].half90, 0, 0.02);
			assert_true(little[row].half90 < 0.35 * much[row].half90 + 0.02);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_one_parent_is_that_parent),
		cmocka_unit_test(no_weight_is_no_parent),
		cmocka_unit_test(a_model_with_itself_is_itself),
		cmocka_unit_test(order_is_no_matter),
		cmocka_unit_test(weights_move_it_smoothly),
		cmocka_unit_test(the_less_kin_the_less_sure),
		cmocka_unit_test(variance_agrees_with_matrices),
		cmocka_unit_test(the_same_merge_differs_by_nothing),
	};
	return cmocka_run_group_tests_name("merges", tests, merges_setup, merges_teardown);
}
