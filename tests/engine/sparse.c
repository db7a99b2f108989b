/* What the engine learns from sparse data that are drawn from known parameters: the parameters, the
 * hidden cells, and intervals that hold. */
#include "draw.h"
#include "test.h"

#include <math.h>

#include "model/factors_fit.h"
#include "model/fit.h"
#include "stemma/base/memory.h"
#include "stemma/engine/engine.h"

enum { PLENTY = 900, COLUMNS = 20, ABILITIES = 2 };

/* Ratings beside accuracies, of two suites; models in families of a lineage. */
struct sparse {
	struct lineage *lineage;
	struct engine_model model[PLENTY];
	char name[PLENTY][32];
	struct engine_benchmark benchmark[COLUMNS];
	char key[COLUMNS][16];
	double loading[COLUMNS][ABILITIES], noise[COLUMNS];
	double ability[PLENTY][ABILITIES], value[PLENTY][COLUMNS]; /* of all cells */
	bool known[PLENTY][COLUMNS], passed[PLENTY][COLUMNS]; /* passed over where cells are judged */
	struct engine_cell cell[PLENTY * COLUMNS];
	size_t start[PLENTY + 2];
};

static bool is_rating(size_t b)
{
	return b % 5 == 4;
}

static double value_of(size_t b, double z)
{
	return is_rating(b) ? 1200 + 90 * z : 100 / (1 + exp(-0.9 * z));
}

static void sparse_models(struct sparse *sparse)
{
	static const char *const architectures[] = {"A", "B", "C", "D"};

	sparse->lineage = lineage_new(PLENTY);
	for (size_t i = 0; i < PLENTY; i++) {
		bool root = i < 40 || uniform() < 0.1;
		size_t parent = (size_t)(uniform() * (double)i);
		snprintf(sparse->name[i], sizeof sparse->name[i], "o%zu/m%zu", (size_t)(uniform() * 400), i);
		sparse->model[i] = (struct engine_model){
			.name = sparse->name[i], .architecture = architectures[(size_t)(uniform() * 4)], .params_b = 7,
			.kind = KIND_FINETUNED, .chat_template = ANSWER_UNKNOWN, .uploaded = 19000 + (double)i,
		};
		if (!root)
			lineage_add(sparse->lineage, i, parent, RELATION_FINETUNE, 1, TRUST_DECLARED);
		for (size_t k = 0; k < ABILITIES; k++)
			sparse->ability[i][k] = root ? normal() : sparse->ability[parent][k] + 0.35 * normal();
	}
	lineage_finish(sparse->lineage);
}

/* The known cells, as the engine reads them. */
static void sparse_tell(struct sparse *sparse)
{
	size_t used = 0;

	for (size_t i = 0; i < PLENTY; i++) {
		sparse->start[i + 1] = used;
		for (size_t b = 0; b < COLUMNS; b++)
			if (sparse->known[i][b])
				sparse->cell[used++] = (struct engine_cell){.value = sparse->value[i][b], .error = NAN,
									    .benchmark = (uint32_t)b};
	}
	sparse->start[PLENTY + 1] = used;
	engine_benchmarks_set_range(sparse->benchmark, COLUMNS, sparse->cell, used);
}

/* `filled` of the cells are known; where suites are `apart`, the models of the first half have cells of the
 * first suite alone, the others of the second. */
static void sparse_make(struct sparse *sparse, double filled, bool apart)
{
	memset(sparse, 0, sizeof *sparse);
	sparse_models(sparse);
	for (size_t b = 0; b < COLUMNS; b++) {
		snprintf(sparse->key[b], sizeof sparse->key[b], "b%zu", b);
		sparse->benchmark[b] = (struct engine_benchmark){
			.key = sparse->key[b], .title = sparse->key[b], .suite = b < COLUMNS / 2 ? "one" : "two",
			.lower = is_rating(b) ? -INFINITY : 0, .upper = is_rating(b) ? INFINITY : 100, .chance = NAN,
			.higher_is_better = true, .instances = NAN,
		};
		sparse->noise[b] = 0.15 + 0.25 * uniform();
		sparse->loading[b][0] = 0.7 + 0.3 * uniform();
		sparse->loading[b][1] = uniform() - 0.5;
	}
	for (size_t i = 0; i < PLENTY; i++)
		for (size_t b = 0; b < COLUMNS; b++) {
			double z = sparse->noise[b] * normal();
			for (size_t k = 0; k < ABILITIES; k++)
				z += sparse->loading[b][k] * sparse->ability[i][k];
			sparse->value[i][b] = value_of(b, z);
			sparse->known[i][b] = uniform() < filled && (!apart || (i < PLENTY / 2) == (b < COLUMNS / 2));
		}
	sparse_tell(sparse);
}

static struct engine_fit *sparse_fit(struct sparse *sparse, enum prior prior, size_t rank)
{
	struct engine_data data = {
		.models = PLENTY, .lineage = sparse->lineage, .model = sparse->model, .benchmarks = COLUMNS,
		.benchmark = sparse->benchmark, .rows = PLENTY + 1, .cell_start = sparse->start, .cell = sparse->cell,
	};
	struct engine_settings settings = {.prior = prior, .seed = 1, .rank = rank};
	struct engine_fit *fit = NULL;
	struct error error = {0};

	if (engine_fit_new(&data, &settings, NULL, 0, true, NULL, &fit, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	return fit;
}

struct verdict {
	double cells, inside50, inside90;
	double error; /* mean absolute, in points of 100 of the range */
};

static void near(double a, double b, double tolerance)
{
	if (!(fabs(a - b) <= tolerance))
		fail_msg("%.9g is not %.9g", a, b);
}

/* Predictions of the cells that are not known. */
static struct verdict judge_hidden(const struct sparse *sparse, struct engine_fit *fit)
{
	struct engine_query *query = engine_query_new(fit);
	struct engine_estimate estimate;
	struct verdict verdict = {0};
	struct error error = {0};

	for (size_t i = 0; i < PLENTY; i++) {
		assert_int_equal(engine_predict_known(query, i, &error), STATUS_OK);
		for (size_t b = 0; b < COLUMNS; b++) {
			const struct engine_benchmark *benchmark = &sparse->benchmark[b];
			struct engine_target target = engine_target_one(b);
			engine_estimate(query, &target, &estimate);
			double value = sparse->value[i][b], scale = 100 / (benchmark->high - benchmark->low);
			if (sparse->passed[i][b])
				continue;
			if (sparse->known[i][b]) {
				near(estimate.mean, value, 1e-9);
				near(estimate.sd, 0, 0);
				continue;
			}
			verdict.cells++;
			verdict.inside50 += value >= estimate.low50 && value <= estimate.high50;
			verdict.inside90 += value >= estimate.low90 && value <= estimate.high90;
			verdict.error += fabs(value - estimate.mean) * scale;
		}
	}
	verdict.inside50 /= verdict.cells;
	verdict.inside90 /= verdict.cells;
	verdict.error /= verdict.cells;
	engine_query_free(query);
	return verdict;
}

/* The 90 % intervals hold from `low` to `high`, those of 50 % about half. */
static void expect_to_hold(const struct verdict *verdict, double low, double high)
{
	if (!(verdict->inside90 >= low && verdict->inside90 <= high))
		fail_msg("90 %% intervals hold %.3f", verdict->inside90);
	if (!(verdict->inside50 >= 0.45 && verdict->inside50 <= 0.55))
		fail_msg("50 %% intervals hold %.3f", verdict->inside50);
}

/* Predictions of hidden cells; benchmarks' means are off by about 17 points. */
static void sparse_data_are_learned(void **state)
{
	(void)state;
	static const struct {
		double filled, error;
	} cases[] = {{0.4, 4.7}, {0.1, 6.7}, {0.03, 9.3}};
	struct sparse *sparse = memory_allocate(1, sizeof *sparse);

	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
		seed = 21 + c;
		sparse_make(sparse, cases[c].filled, false);
		struct engine_fit *fit = sparse_fit(sparse, PRIOR_KIN, ABILITIES);
		struct verdict verdict = judge_hidden(sparse, fit);
		print_message("%.0f %% filled: error %.2f, 50 %% holds %.3f, 90 %% holds %.3f\n", 100 * cases[c].filled,
			      verdict.error, verdict.inside50, verdict.inside90);
		assert_true(verdict.error < cases[c].error);
		expect_to_hold(&verdict, 0.88, 0.925);
		engine_fit_free(fit);
		lineage_free(sparse->lineage);
	}
	free(sparse);
}

/* Takes all scores of a benchmark but the one nearest to the middle; returns whose that is. */
static size_t sparse_keep_one(struct sparse *sparse, size_t benchmark)
{
	size_t keeps = PLENTY;

	for (size_t i = 0; i < PLENTY; i++)
		if (sparse->known[i][benchmark] && (keeps == PLENTY || fabs(sparse->value[i][benchmark] - 50) <
							   fabs(sparse->value[keeps][benchmark] - 50)))
			keeps = i;
	assert_true(keeps < PLENTY);
	for (size_t i = 0; i < PLENTY; i++)
		sparse->known[i][benchmark] = i == keeps;
	sparse_tell(sparse);
	return keeps;
}

/* The only score of a benchmark can't be told from the others, and says little of how far apart
 * models are on it. */
static void one_score_promises_little(void **state)
{
	(void)state;
	enum { LONELY = 2 };
	struct sparse *sparse = memory_allocate(1, sizeof *sparse);
	struct engine_target target = engine_target_one(LONELY);
	struct engine_residual residual;
	struct engine_figures figures;
	struct engine_estimate estimate;
	struct error error = {0};
	double inside = 0;

	seed = 31;
	sparse_make(sparse, 0.4, false);
	size_t keeps = sparse_keep_one(sparse, LONELY);
	struct engine_fit *fit = sparse_fit(sparse, PRIOR_KIN, ABILITIES);
	assert_false(engine_residual(fit, keeps, &target, ENGINE_LEAVE_MODEL, &residual));
	assert_false(engine_residual(fit, keeps, &target, ENGINE_LEAVE_CELL, &residual));
	engine_fit_figures(fit, &target, ENGINE_LEAVE_CELL, &figures);
	assert_int_equal(figures.models, 0);
	struct engine_query *query = engine_query_new(fit);
	for (size_t i = 0; i < PLENTY; i++) {
		if (i == keeps)
			continue;
		assert_int_equal(engine_predict_known(query, i, &error), STATUS_OK);
		engine_estimate(query, &target, &estimate);
		inside += sparse->value[i][LONELY] >= estimate.low90 && sparse->value[i][LONELY] <= estimate.high90;
	}
	print_message("from one score, 90 %% holds %.3f\n", inside / (PLENTY - 1));
	assert_true(inside / (PLENTY - 1) > 0.5);
	engine_query_free(query);
	engine_fit_free(fit);
	lineage_free(sparse->lineage);
	free(sparse);
}

/* What two benchmarks have in common of their variance, by the parameters of a fit or of the data. */
static double correlation(const double *one, const double *other, size_t rank, const double *covariance, double noise_one,
			  double noise_other)
{
	double between = 0, first = noise_one, second = noise_other;

	for (size_t k = 0; k < rank; k++)
		for (size_t l = 0; l < rank; l++) {
			between += one[k] * covariance[k * rank + l] * other[l];
			first += one[k] * covariance[k * rank + l] * one[l];
			second += other[k] * covariance[k * rank + l] * other[l];
		}
	return between / sqrt(first * second);
}

/* Covariance of the abilities that were drawn. */
static void drawn_covariance(const struct sparse *sparse, double *covariance)
{
	double mean[ABILITIES] = {0};

	for (size_t i = 0; i < PLENTY; i++)
		for (size_t k = 0; k < ABILITIES; k++)
			mean[k] += sparse->ability[i][k] / PLENTY;
	memset(covariance, 0, ABILITIES * ABILITIES * sizeof *covariance);
	for (size_t i = 0; i < PLENTY; i++)
		for (size_t k = 0; k < ABILITIES; k++)
			for (size_t l = 0; l < ABILITIES; l++)
				covariance[k * ABILITIES + l] += (sparse->ability[i][k] - mean[k]) *
								 (sparse->ability[i][l] - mean[l]) / PLENTY;
}

/* Correlations of all pairs of benchmarks and shares of noise by the learned parameters, against those
 * that the data were drawn with.  Loadings themselves are known up to a rotation only. */
static void parameters_are_recovered(void **state)
{
	(void)state;
	static const double unit[ABILITIES * ABILITIES] = {1, 0, 0, 1};
	double truth[ABILITIES * ABILITIES], off = 0, off_noise = 0, pairs = COLUMNS * (COLUMNS - 1) / 2.0;
	struct sparse *sparse = memory_allocate(1, sizeof *sparse);

	seed = 21;
	sparse_make(sparse, 0.4, false);
	struct engine_fit *fit = sparse_fit(sparse, PRIOR_KIN, ABILITIES);
	const struct parameters *learned = &fit->factors->parameters;
	drawn_covariance(sparse, truth);
	for (size_t b = 0; b < COLUMNS; b++) {
		const double *own = &learned->loading[b * ABILITIES];
		double noise = pow(sparse->noise[b], 2);
		double drawn = correlation(sparse->loading[b], sparse->loading[b], ABILITIES, truth, noise, noise);
		double found = correlation(own, own, ABILITIES, unit, learned->noise[b], learned->noise[b]);
		off_noise += fabs(found - drawn) / COLUMNS;
		for (size_t other = 0; other < b; other++) {
			drawn = correlation(sparse->loading[b], sparse->loading[other], ABILITIES, truth, noise,
					    pow(sparse->noise[other], 2));
			found = correlation(own, &learned->loading[other * ABILITIES], ABILITIES, unit, learned->noise[b],
					    learned->noise[other]);
			off += fabs(found - drawn) / pairs;
		}
	}
	print_message("correlations are off by %.3f, shares of noise by %.3f\n", off, off_noise);
	assert_true(off < 0.02);
	assert_true(off_noise < 0.02);
	engine_fit_free(fit);
	lineage_free(sparse->lineage);
	free(sparse);
}

/* Mean absolute error of a benchmark's mean as the prediction, in points of 100 of its range. */
static double error_of_means(const struct sparse *sparse)
{
	double error = 0, cells = 0;

	for (size_t b = 0; b < COLUMNS; b++) {
		double mean = 0, known = 0, scale = 100 / (sparse->benchmark[b].high - sparse->benchmark[b].low);
		for (size_t i = 0; i < PLENTY; i++)
			if (sparse->known[i][b]) {
				mean += sparse->value[i][b];
				known++;
			}
		for (size_t i = 0; i < PLENTY; i++)
			if (!sparse->known[i][b] && !sparse->passed[i][b]) {
				error += fabs(sparse->value[i][b] - mean / known) * scale;
				cells++;
			}
	}
	return error / cells;
}

/* No model has scores of both suites: lineage alone ties them together. */
static void suites_that_share_no_model(void **state)
{
	(void)state;
	struct sparse *sparse = memory_allocate(1, sizeof *sparse);

	seed = 71;
	sparse_make(sparse, 0.6, true);
	struct engine_fit *fit = sparse_fit(sparse, PRIOR_KIN, ABILITIES);
	struct verdict verdict = judge_hidden(sparse, fit);
	double means = error_of_means(sparse);
	print_message("suites apart: error %.2f, of means %.2f, 50 %% holds %.3f, 90 %% holds %.3f\n", verdict.error, means,
		      verdict.inside50, verdict.inside90);
	assert_true(verdict.error < 0.4 * means);
	expect_to_hold(&verdict, 0.88, 0.92);
	engine_fit_free(fit);
	lineage_free(sparse->lineage);
	free(sparse);
}

/* Four benchmarks of twenty have five scores each. */
static void five_scores_place_a_benchmark(void **state)
{
	(void)state;
	static const size_t few[] = {2, 7, 12, 17};
	enum { COUNT = sizeof few / sizeof *few, SCORES = 5, RUNS = 4 };
	struct verdict sum = {0};
	double means = 0;
	struct sparse *sparse = memory_allocate(1, sizeof *sparse);

	for (uint64_t run = 0; run < RUNS; run++) {
		seed = 80 + run;
		sparse_make(sparse, 0.4, false);
		memset(sparse->passed, true, sizeof sparse->passed);
		for (size_t f = 0; f < COUNT; f++) {
			size_t kept = 0;
			for (size_t i = 0; i < PLENTY; i++) {
				bool *known = &sparse->known[(i * 7 + 13) % PLENTY][few[f]];
				*known = *known && kept++ < SCORES;
				sparse->passed[i][few[f]] = false;
			}
		}
		sparse_tell(sparse);
		struct engine_fit *fit = sparse_fit(sparse, PRIOR_KIN, ABILITIES);
		struct verdict verdict = judge_hidden(sparse, fit);
		means += error_of_means(sparse) / RUNS;
		sum.error += verdict.error / RUNS;
		sum.inside90 += verdict.inside90 / RUNS;
		sum.inside50 += verdict.inside50 / RUNS;
		engine_fit_free(fit);
		lineage_free(sparse->lineage);
	}
	print_message("five scores: error %.2f, of means %.2f, 50 %% holds %.3f, 90 %% holds %.3f\n", sum.error, means,
		      sum.inside50, sum.inside90);
	assert_true(sum.error < means / 2);
	expect_to_hold(&sum, 0.88, 0.925);
	free(sparse);
}

/* Every third model has one score left. */
static void one_cell_of_a_model_is_used(void **state)
{
	(void)state;
	struct sparse *sparse = memory_allocate(1, sizeof *sparse);

	seed = 91;
	sparse_make(sparse, 0.4, false);
	for (size_t i = 0; i < PLENTY; i++)
		for (size_t b = 0, kept = 0; b < COLUMNS; b++) {
			sparse->passed[i][b] = i % 3 != 0;
			if (i % 3 == 0)
				sparse->known[i][b] = sparse->known[i][b] && kept++ == 0;
		}
	sparse_tell(sparse);
	struct engine_fit *fit = sparse_fit(sparse, PRIOR_KIN, ABILITIES);
	struct verdict verdict = judge_hidden(sparse, fit);
	double means = error_of_means(sparse);
	print_message("one cell: error %.2f, of means %.2f, 50 %% holds %.3f, 90 %% holds %.3f\n", verdict.error, means,
		      verdict.inside50, verdict.inside90);
	assert_true(verdict.error < 0.4 * means);
	expect_to_hold(&verdict, 0.88, 0.92);
	engine_fit_free(fit);
	lineage_free(sparse->lineage);
	free(sparse);
}

/* ---- a small table beside a full one ---- */

enum { FULL_COLUMNS = 4, FOREIGN_FIRST = 10, FOREIGN_COLUMNS = 5, FOREIGN_MODELS = 14 };

/* Four full columns, which every tenth model lacks; `foreign` adds a table of five columns of a suite of its
 * own, of a few models, half of which are in no other. */
static void table_make(struct sparse *sparse, bool foreign)
{
	size_t used = 0, beside = 0;

	seed = 41;
	sparse_make(sparse, 1, false);
	for (size_t i = 0; i < PLENTY; i++) {
		bool cold = i % 10 == 9, takes = foreign && i % 5 == 4 && beside < FOREIGN_MODELS;
		beside += takes;
		sparse->start[i + 1] = used;
		for (size_t b = 0; b < COLUMNS; b++)
			if ((b < FULL_COLUMNS && !cold) ||
			    (takes && b >= FOREIGN_FIRST && b < FOREIGN_FIRST + FOREIGN_COLUMNS))
				sparse->cell[used++] = (struct engine_cell){.value = sparse->value[i][b], .error = NAN,
									    .benchmark = (uint32_t)b};
	}
	sparse->start[PLENTY + 1] = used;
	engine_benchmarks_set_range(sparse->benchmark, COLUMNS, sparse->cell, used);
}

/* Predictions of the full columns for the last models without scores: those that no table has. */
enum { COLD_MODELS = PLENTY / 20 };

static void predict_cold(struct engine_fit *fit, double *mean, double *deviation)
{
	struct engine_query *query = engine_query_new(fit);
	struct engine_estimate estimate;
	struct error error = {0};

	for (size_t c = 0; c < COLD_MODELS; c++) {
		assert_int_equal(engine_predict_model(query, PLENTY - 1 - 10 * c, &error), STATUS_OK);
		for (size_t b = 0; b < FULL_COLUMNS; b++) {
			engine_estimate(query, &engine_target_one(b), &estimate);
			mean[c * FULL_COLUMNS + b] = estimate.mean;
			deviation[c * FULL_COLUMNS + b] = estimate.sd;
		}
	}
	engine_query_free(query);
}

/* A small table of one's own moves what is predicted of a leaderboard by a fraction of its error, and does
 * not change how many abilities it bears. */
static void a_foreign_table_moves_little(void **state)
{
	(void)state;
	enum { COUNT = COLD_MODELS * FULL_COLUMNS };
	double mean[2][COUNT], deviation[2][COUNT], squares = 0;
	size_t rank[2];
	struct sparse *sparse = memory_allocate(1, sizeof *sparse);

	for (int foreign = 0; foreign < 2; foreign++) {
		table_make(sparse, foreign);
		struct engine_fit *fit = sparse_fit(sparse, PRIOR_KIN, 0);
		rank[foreign] = factors_rank(fit->factors);
		predict_cold(fit, mean[foreign], deviation[foreign]);
		engine_fit_free(fit);
		lineage_free(sparse->lineage);
	}
	assert_int_equal(rank[0], FULL_COLUMNS);
	assert_int_equal(rank[1], FULL_COLUMNS);
	for (size_t i = 0; i < COUNT; i++) {
		double off = (mean[1][i] - mean[0][i]) / deviation[0][i];
		squares += off * off / COUNT;
	}
	print_message("moved by %.3f of the errors\n", sqrt(squares));
	assert_true(sqrt(squares) < 0.1);
	free(sparse);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sparse_data_are_learned),
		cmocka_unit_test(parameters_are_recovered),
		cmocka_unit_test(suites_that_share_no_model),
		cmocka_unit_test(one_cell_of_a_model_is_used),
		cmocka_unit_test(five_scores_place_a_benchmark),
		cmocka_unit_test(one_score_promises_little),
		cmocka_unit_test(a_foreign_table_moves_little),
	};
	return cmocka_run_group_tests_name("sparse", tests, NULL, NULL);
}
