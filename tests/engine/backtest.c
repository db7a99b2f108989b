/* The back-test of suggestions: what must be found, and what must not. */
#include "score_cells.h"
#include "test.h"

#include <math.h>

#include "data/random.h"
#include "stemma/engine/backtest.h"
#include "stemma/engine/explore_test.h"

enum { ROOTS = 30, MODELS = 150, BENCHMARKS = 2 };

struct merges {
	struct lineage *lineage;
	struct engine_model model[MODELS];
	double scores[MODELS * BENCHMARKS];
	struct engine_benchmark benchmark[BENCHMARKS];
	size_t cell_start[MODELS + 2];
	struct engine_cell cells[MODELS * BENCHMARKS];
};

static const struct engine_target mean = {BENCHMARKS, (const uint32_t[]){0, 1}, (const double[]){0.5, 0.5}};

static double noise(uint64_t *state)
{
	return random_fraction(state) + random_fraction(state) + random_fraction(state) - 1.5;
}

/* One family: roots, and merges of two of them whose scores follow the parents
 * by `follow` and are noise for the rest. */
static struct backtest_result run(double follow, struct explore_figures *explored)
{
	struct merges merges;
	struct backtest_result result;
	struct error error = {0};
	uint64_t state = 17;

	merges.lineage = lineage_new(MODELS);
	for (size_t i = 0; i < MODELS; i++) {
		size_t a = (size_t)(random_fraction(&state) * ROOTS), b = (a + 1 + i % (ROOTS - 1)) % ROOTS;
		merges.model[i] = (struct engine_model){
			.architecture = "LlamaForCausalLM", .params_b = 8.03, .chat_template = ANSWER_NO,
			.kind = i < ROOTS ? KIND_FINETUNED : KIND_MERGE, .uploaded = 19700 + (i < ROOTS ? 0 : 1 + (double)i)};
		for (size_t k = 0; k < BENCHMARKS; k++) {
			double parents = 0.7 * merges.scores[(i < ROOTS ? 0 : a) * BENCHMARKS + k] +
					 0.3 * merges.scores[(i < ROOTS ? 0 : b) * BENCHMARKS + k];
			merges.scores[i * BENCHMARKS + k] = i < ROOTS ? 40 + 10 * noise(&state)
				: follow * parents + (1 - follow) * (40 + 10 * noise(&state));
		}
		if (i < ROOTS)
			continue;
		lineage_add(merges.lineage, i, a, RELATION_MERGE, 0.7, TRUST_DECLARED);
		lineage_add(merges.lineage, i, b, RELATION_MERGE, 0.3, TRUST_DECLARED);
	}
	lineage_finish(merges.lineage);
	struct engine_data data = score_cells(merges.scores, MODELS, BENCHMARKS, merges.benchmark, merges.cell_start,
					      merges.cells);
	data.lineage = merges.lineage;
	data.model = merges.model;
	if (engine_backtest(&data, &mean, 1, NULL, &result, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	if (explored && explore_test(&data, &mean, 1, NULL, explored, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	lineage_free(merges.lineage);
	return result;
}

static void what_parents_tell_is_found(void **state)
{
	(void)state;
	struct backtest_result result = run(0.95, NULL);

	assert_int_equal(result.merges, MODELS - ROOTS);
	assert_int_equal(result.groups, 3);
	assert_true(result.rule[BACKTEST_SCORE].order > 0.85);
	assert_true(result.rule[BACKTEST_PARENTS].order > 0.85);
	assert_true(result.rule[BACKTEST_SCORE].score[1] > 0.7);
	assert_true(result.rule[BACKTEST_RANDOM].order >= 0.5 && result.rule[BACKTEST_RANDOM].order <= 0.5);
	for (int rule = 0; rule < BACKTEST_RULES; rule++)
		for (size_t k = 0; k < BACKTEST_TOPS; k++) {
			assert_true(result.rule[rule].share[k] <= 1 + 1e-12);
			assert_true(result.rule[rule].gain[k] <= result.best[k] + 1e-12);
			if (rule == BACKTEST_RANDOM)
				assert_true(fabs(result.rule[rule].share[k]) < 1e-12);
		}
}

/* Where scores are drawn apart from the parents nobody may know their order: a
 * fit that had seen them would. */
static void noise_is_not_found(void **state)
{
	(void)state;
	struct backtest_result result = run(0, NULL);

	assert_true(fabs(result.rule[BACKTEST_SCORE].order - 0.5) < 0.1);
	assert_true(fabs(result.rule[BACKTEST_PARENTS].order - 0.5) < 0.1);
}

/* Later merges of seen parents: the more of them are tried, the more is found; what the fit says finds more than chance, and
 * no rule more than there is. */
static void what_is_worth_trying_is_found(void **state)
{
	(void)state;
	struct explore_figures figures;

	run(0.95, &figures);
	assert_int_equal(figures.families, 5); /* one, at five dates */
	assert_int_equal(figures.merges, 85 + 67 + 49 + 31 + 13);
	for (int rule = 0; rule < EXPLORE_RULES; rule++)
		for (size_t k = 0; k < EXPLORE_TOPS; k++) {
			assert_true(figures.improved[rule][k] <= figures.possible + 1e-9);
			assert_true(k == 0 || figures.improved[rule][k] >= figures.improved[rule][k - 1]);
			assert_true(k == 0 || figures.found[rule][k] >= figures.found[rule][k - 1]);
		}
	assert_true(figures.found[EXPLORE_IMPROVEMENT][2] > figures.found[EXPLORE_RANDOM][2] + 0.3);
	assert_true(figures.found[EXPLORE_RANDOM][0] < 0.1);
}

static void the_first_are_taken(void **state)
{
	(void)state;
	const double by[4] = {3, 1, 4, 2}, value[4] = {10, 20, 30, 50};

	assert_true(fabs(backtest_mean_of_first(by, value, 4, 1) - 30) < 1e-12);
	assert_true(fabs(backtest_mean_of_first(by, value, 4, 2) - 20) < 1e-12);
	assert_true(fabs(backtest_mean_of_first(by, value, 4, 9) - 27.5) < 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_parents_tell_is_found),
		cmocka_unit_test(noise_is_not_found),
		cmocka_unit_test(what_is_worth_trying_is_found),
		cmocka_unit_test(the_first_are_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
