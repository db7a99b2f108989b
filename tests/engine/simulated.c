/* The engine on data drawn from its own model: the covariance against Monte
 * Carlo on random graphs, and the coverage of the intervals. */
#include "draw.h"
#include "score_cells.h"
#include "test.h"

#include <math.h>

#include "data/attributes.h"
#include "model/factors_fit.h"
#include "stemma/base/memory.h"
#include "stemma/engine/anomalies.h"
#include "stemma/engine/engine.h"

/* Standard deviation of what each way of making a model adds. */
static const double innovation[] = {
	[ORIGIN_ROOT] = 2, [ORIGIN_FINETUNE] = 1, [ORIGIN_MERGE] = 0.5, [ORIGIN_QUANTIZED] = 0.2,
};

/* A random graph with up to three weighted parents a node. */
static struct lineage *random_graph(size_t nodes)
{
	static const enum relation relations[] = {RELATION_FINETUNE, RELATION_QUANTIZED, RELATION_FINETUNE};
	struct lineage *lineage = lineage_new(nodes);

	for (size_t child = 2; child < nodes; child++) {
		size_t parents = (size_t)(uniform() * 4);
		enum relation relation = relations[(size_t)(uniform() * 3)];
		for (size_t p = 0; p < parents; p++)
			lineage_add(lineage, child, (size_t)(uniform() * (double)child),
				    parents > 1 ? RELATION_MERGE : relation, 0.1 + uniform(), TRUST_DECLARED);
	}
	lineage_finish(lineage);
	return lineage;
}

/* One drawing of all nodes: m_u = sum_p w_pu m_p + s_u, parents first. */
static void draw_nodes(const struct lineage *lineage, double *values)
{
	for (size_t place = 0; place < lineage_nodes(lineage); place++) {
		size_t node = lineage_order(lineage)[place], count;
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		values[node] = innovation[lineage_origin(lineage, node)] * normal();
		for (size_t p = 0; p < count; p++)
			values[node] += (double)parents[p].weight * values[parents[p].node];
	}
}

/* Variances by the label of their terms. */
static void set_variances(double *theta)
{
	static const struct {
		const char *label;
		enum origin origin;
	} terms[] = {{"lineage: roots", ORIGIN_ROOT}, {"lineage: fine-tunes", ORIGIN_FINETUNE},
		     {"lineage: merges", ORIGIN_MERGE}, {"lineage: quantizations", ORIGIN_QUANTIZED}};
	const struct design labels = {.prior = PRIOR_KIN};

	for (size_t k = 0; k < design_terms(PRIOR_KIN); k++) {
		theta[k] = 0;
		for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
			if (strcmp(design_label(&labels, k), terms[i].label) == 0)
				theta[k] = innovation[terms[i].origin] * innovation[terms[i].origin];
	}
}

/* Prior covariances of all nodes by the lineage alone, the rows being every other one. */
static void lineage_covariance(const struct lineage *lineage, size_t nodes, double *covariance)
{
	struct engine_model *model = memory_zero(nodes, sizeof *model);
	struct engine_data data = {.models = nodes, .lineage = lineage, .model = model};
	struct parameters parameters = {.rank = 1, .loading = (double[]){1}, .own = (double[]){0}};
	struct factors factors = {.data = data, .cells = {.benchmarks = 1}, .parameters = parameters};
	double theta[DESIGN_TERMS_MAX];
	uint32_t *rows = memory_allocate(nodes, sizeof *rows), *all = memory_allocate(nodes, sizeof *all);
	int32_t *by_model = memory_allocate(nodes, sizeof *by_model);
	size_t count = 0;
	struct error error = {0};

	for (size_t i = 0; i < nodes; i++) {
		model[i] = (struct engine_model){.params_b = NAN, .uploaded = NAN};
		all[i] = (uint32_t)i;
		by_model[i] = i % 2 ? -1 : (int32_t)count;
		if (i % 2 == 0)
			rows[count++] = (uint32_t)i;
	}
	factors.attributes = attributes_new(&data, rows, count);
	assert_int_equal(design_new(&data, PRIOR_KIN, 0, factors.attributes, rows, by_model, count, &factors.design, &error),
			 STATUS_OK);
	set_variances(theta);
	factors.parameters.theta = theta;
	factors_prior_covariance(&factors, true, all, nodes, covariance);
	design_free(&factors.design);
	attributes_free(factors.attributes);
	free(model);
	free(rows);
	free(all);
	free(by_model);
}

static void covariance_agrees_with_monte_carlo(void **state)
{
	(void)state;
	enum { NODES = 24, DRAWS = 20000 };
	double values[NODES], product[NODES][NODES], covariance[NODES * NODES];

	for (int graph = 0; graph < 4; graph++) {
		seed = 100 + (uint64_t)graph;
		struct lineage *lineage = random_graph(NODES);
		lineage_covariance(lineage, NODES, covariance);
		memset(product, 0, sizeof product);
		for (int draw = 0; draw < DRAWS; draw++) {
			draw_nodes(lineage, values);
			for (size_t i = 0; i < NODES; i++)
				for (size_t j = 0; j <= i; j++)
					product[i][j] += values[i] * values[j] / DRAWS;
		}
		for (size_t i = 0; i < NODES; i++)
			for (size_t j = 0; j <= i; j++) {
				double expected = covariance[i * NODES + j];
				double error = sqrt((expected * expected + covariance[i * NODES + i] *
						     covariance[j * NODES + j]) / DRAWS);
				if (fabs(product[i][j] - expected) > 5 * error)
					fail_msg("nodes %zu and %zu: %.4f, drawn %.4f", i, j, expected, product[i][j]);
			}
		lineage_free(lineage);
	}
}

/* Scores drawn from a lineage with noise; every fifth model is not learned
 * from.  Its intervals hold as many of its scores as they say. */
static void intervals_cover_what_they_say(void **state)
{
	(void)state;
	enum { MODELS = 800, BENCHMARKS = 3 };
	static struct engine_model model[MODELS];
	static double scores[MODELS * BENCHMARKS], latent[BENCHMARKS][MODELS];
	static bool excluded[MODELS];
	static struct engine_benchmark benchmark[BENCHMARKS];
	static struct engine_cell cells[MODELS * BENCHMARKS];
	static size_t start[MODELS + 2];
	struct engine_settings settings = {.seed = 1};
	struct engine_fit *fit = NULL;
	struct error error = {0};
	double inside50 = 0, inside90 = 0, count = 0;

	seed = 5;
	struct lineage *lineage = random_graph(MODELS);
	for (size_t b = 0; b < BENCHMARKS; b++)
		draw_nodes(lineage, latent[b]);
	for (size_t i = 0; i < MODELS; i++) {
		model[i] = (struct engine_model){.params_b = NAN, .uploaded = NAN};
		excluded[i] = i % 5 == 4;
		for (size_t b = 0; b < BENCHMARKS; b++)
			scores[i * BENCHMARKS + b] = 50 + 5 * latent[b][i] + 2 * normal();
	}
	struct engine_data data = score_cells(scores, MODELS, BENCHMARKS, benchmark, start, cells);
	data.lineage = lineage;
	data.model = model;
	data.excluded = excluded;
	assert_int_equal(engine_fit_new(&data, &settings, NULL, 0, true, NULL, &fit, &error), STATUS_OK);
	struct engine_query *query = engine_query_new(fit);
	for (size_t i = 4; i < MODELS; i += 5) {
		assert_int_equal(engine_predict_model(query, i, &error), STATUS_OK);
		for (size_t b = 0; b < BENCHMARKS; b++) {
			const struct engine_target target = engine_target_one(b);
			double score = scores[i * BENCHMARKS + b];
			struct engine_estimate estimate;
			engine_estimate(query, &target, &estimate);
			inside50 += score >= estimate.low50 && score <= estimate.high50;
			inside90 += score >= estimate.low90 && score <= estimate.high90;
			count++;
		}
	}
	/* Within three standard errors. */
	if (fabs(inside50 / count - 0.5) > 3 * sqrt(0.25 / count) || fabs(inside90 / count - 0.9) > 3 * sqrt(0.09 / count))
		fail_msg("%.3f of 0.5 and %.3f of 0.9", inside50 / count, inside90 / count);
	engine_query_free(query);
	engine_fit_free(fit);
	lineage_free(lineage);
}

/* Scores that size, kind and chat template decide, and models of which none of these is known: their
 * intervals hold what they say, and the means know which of them are usual where a model comes from. */
static void intervals_hold_where_facts_are_unknown(void **state)
{
	(void)state;
	enum { MODELS = 1500, BENCHMARKS = 3, OWNERS = 20 };
	static struct engine_model model[MODELS];
	static char names[MODELS][24];
	static double scores[MODELS * BENCHMARKS];
	static bool excluded[MODELS];
	static struct engine_benchmark benchmark[BENCHMARKS];
	static struct engine_cell cells[MODELS * BENCHMARKS];
	static size_t start[MODELS + 2];
	static const double sizes[] = {2, 7, 24};
	struct engine_settings settings = {.seed = 1};
	struct engine_fit *fit = NULL;
	struct error error = {0};
	double inside50 = 0, inside90 = 0, off = 0, off_alone = 0, count = 0;

	seed = 11;
	struct lineage *lineage = lineage_new(MODELS);
	lineage_finish(lineage);
	for (size_t i = 0; i < MODELS; i++) {
		size_t owner = (size_t)(uniform() * OWNERS), size = (size_t)(uniform() * 3);
		bool chat = uniform() < (owner % 2 ? 0.8 : 0.2), template = uniform() < (chat ? 0.8 : 0.1);
		snprintf(names[i], sizeof names[i], "owner%zu/model-%zu", owner, i);
		excluded[i] = i % 5 == 4;
		model[i] = (struct engine_model){
			.name = names[i], .architecture = "A", .params_b = excluded[i] ? NAN : sizes[size],
			.kind = excluded[i] ? KIND_UNKNOWN : chat ? KIND_CHAT : KIND_FINETUNED,
			.chat_template = excluded[i] ? ANSWER_UNKNOWN : template ? ANSWER_YES : ANSWER_NO, .uploaded = NAN};
		double ability = (template ? 5 : -5) + (chat ? 2 : -2) + 4 * ((double)size - 1) + 3 * normal();
		for (size_t b = 0; b < BENCHMARKS; b++)
			scores[i * BENCHMARKS + b] = 50 + ability + 2 * normal();
	}
	struct engine_data data = score_cells(scores, MODELS, BENCHMARKS, benchmark, start, cells);
	data.lineage = lineage;
	data.model = model;
	data.excluded = excluded;
	assert_int_equal(engine_fit_new(&data, &settings, NULL, 0, true, NULL, &fit, &error), STATUS_OK);
	struct engine_query *query = engine_query_new(fit);
	for (size_t i = 4; i < MODELS; i += 5) {
		const struct engine_target target = engine_target_one(0);
		double score = scores[i * BENCHMARKS];
		struct engine_estimate estimate;
		assert_int_equal(engine_predict_model(query, i, &error), STATUS_OK);
		engine_estimate(query, &target, &estimate);
		inside50 += score >= estimate.low50 && score <= estimate.high50;
		inside90 += score >= estimate.low90 && score <= estimate.high90;
		off += pow(score - estimate.mean, 2);
		off_alone += pow(score - 50, 2);
		count++;
	}
	/* Within three standard errors. */
	if (fabs(inside50 / count - 0.5) > 3 * sqrt(0.25 / count) || fabs(inside90 / count - 0.9) > 3 * sqrt(0.09 / count))
		fail_msg("%.3f of 0.5 and %.3f of 0.9", inside50 / count, inside90 / count);
	if (off > 0.95 * off_alone)
		fail_msg("%.2f off, %.2f without any facts", sqrt(off / count), sqrt(off_alone / count));
	engine_query_free(query);
	engine_fit_free(fit);
	lineage_free(lineage);
}

enum { ODD_MODELS = 400, ODD_BENCHMARKS = 3 };

static bool is_odd(const bool *odd, size_t model)
{
	for (size_t b = 0; b < ODD_BENCHMARKS; b++)
		if (odd[model * ODD_BENCHMARKS + b])
			return true;
	return false;
}

/* Whether a parent, a child or another parent of a child has an odd score: then
 * what is expected of the model is off. */
static bool has_odd_kin(const struct lineage *lineage, const bool *odd, size_t model)
{
	size_t parents, children, others;
	const struct lineage_parent *parent = lineage_parents(lineage, model, &parents);
	const uint32_t *child = lineage_children(lineage, model, &children);
	bool found = false;

	for (size_t p = 0; p < parents; p++)
		found |= is_odd(odd, parent[p].node);
	for (size_t c = 0; c < children; c++) {
		const struct lineage_parent *other = lineage_parents(lineage, child[c], &others);
		found |= is_odd(odd, child[c]);
		for (size_t p = 0; p < others; p++)
			found |= other[p].node != model && is_odd(odd, other[p].node);
	}
	return found;
}

/* Scores drawn from a lineage; a `share` of them, which `odd` tells, is far off.
 * Counts what engine_anomalies() takes for odd and how many of that are not. */
static void count_anomalies(uint64_t number, double share, double rate, double *found, double *wrong,
			    double *planted)
{
	static struct engine_model model[ODD_MODELS];
	static double scores[ODD_MODELS * ODD_BENCHMARKS], latent[ODD_BENCHMARKS][ODD_MODELS];
	static struct engine_benchmark benchmark[ODD_BENCHMARKS];
	static struct engine_cell cells[ODD_MODELS * ODD_BENCHMARKS];
	static size_t start[ODD_MODELS + 2];
	static bool odd[ODD_MODELS * ODD_BENCHMARKS];
	struct engine_settings settings = {.seed = 1};
	struct engine_fit *fit = NULL;
	struct error error = {0};
	size_t count, tested;

	seed = number;
	struct lineage *lineage = random_graph(ODD_MODELS);
	for (size_t b = 0; b < ODD_BENCHMARKS; b++)
		draw_nodes(lineage, latent[b]);
	*planted = 0;
	for (size_t i = 0; i < ODD_MODELS; i++) {
		model[i] = (struct engine_model){.params_b = NAN, .uploaded = NAN};
		for (size_t b = 0; b < ODD_BENCHMARKS; b++) {
			size_t place = i * ODD_BENCHMARKS + b;
			odd[place] = uniform() < share;
			*planted += odd[place];
			scores[place] = 50 + 5 * latent[b][i] + 2 * normal() +
					(odd[place] ? (uniform() < 0.5 ? -40 : 40) : 0);
		}
	}
	struct engine_data data = score_cells(scores, ODD_MODELS, ODD_BENCHMARKS, benchmark, start, cells);
	data.lineage = lineage;
	data.model = model;
	assert_int_equal(engine_fit_new(&data, &settings, NULL, 0, true, NULL, &fit, &error), STATUS_OK);
	struct engine_anomaly *list = engine_anomalies(fit, ENGINE_LEAVE_MODEL, rate, NULL, &count, &tested);
	assert_int_equal(tested, ODD_MODELS * ODD_BENCHMARKS);
	*found = (double)count;
	*wrong = 0;
	for (size_t i = 0; i < count; i++)
		*wrong += !odd[list[i].model * ODD_BENCHMARKS + list[i].benchmark] &&
			  !has_odd_kin(lineage, odd, list[i].model);
	free(list);
	engine_fit_free(fit);
	lineage_free(lineage);
}

/* Where nothing is odd, nearly nothing is found; where something is, it is found,
 * and on average no more of what is found is wrong than was allowed, kin of odd
 * scores aside. */
static void false_anomalies_are_as_many_as_allowed(void **state)
{
	(void)state;
	enum { RUNS = 5 };
	const double rate = 0.1;
	double found, wrong, planted, share = 0, hits = 0, all = 0, runs_with = 0;

	for (uint64_t run = 0; run < RUNS; run++) {
		count_anomalies(300 + run, 0, rate, &found, &wrong, &planted);
		runs_with += found > 0;
		count_anomalies(400 + run, 0.03, rate, &found, &wrong, &planted);
		share += found > 0 ? wrong / found / RUNS : 0;
		hits += found - wrong;
		all += planted;
	}
	assert_true(runs_with <= 2); /* more have probability 0.009 at a rate of 0.1 */
	assert_true(share < rate + 3 * sqrt(rate * (1 - rate) / 250)); /* of some 250 found */
	assert_true(hits > 0.8 * all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(covariance_agrees_with_monte_carlo),
		cmocka_unit_test(intervals_cover_what_they_say),
		cmocka_unit_test(intervals_hold_where_facts_are_unknown),
		cmocka_unit_test(false_anomalies_are_as_many_as_allowed),
	};
	return cmocka_run_group_tests_name("simulated", tests, NULL, NULL);
}
