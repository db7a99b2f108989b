/* The evaluation itself: controls that must be perfect and that must lose, and
 * splits that let nothing through. */
#include "draw.h"
#include "test.h"

#include <math.h>

#include "data/statistics.h"
#include "stemma/engine/answer_model.h"
#include "stemma/engine/question_plan.h"
#include "stemma/engine/answers.h"
#include "stemma/engine/evaluate.h"
#include "stemma/engine/study.h"

enum { MODELS = 160, BENCHMARKS = 2, QUESTIONS = 70 };

struct world {
	struct lineage *lineage;
	struct engine_model model[MODELS];
	double scores[MODELS * BENCHMARKS];
	struct engine_benchmark benchmark[BENCHMARKS];
	struct engine_cell cells[MODELS * BENCHMARKS];
	size_t cell_start[MODELS + 2]; /* row 0 has none */
	char names[MODELS][40];
	struct engine_data data;
	bool given[MODELS];
};

static const struct engine_target targets[] = {
	{1, (const uint32_t[]){0}, (const double[]){1}},
	{1, (const uint32_t[]){1}, (const double[]){1}},
	{2, (const uint32_t[]){0, 1}, (const double[]){0.5, 0.5}},
};

/* The scores as the engine reads them. */
static void world_tell(struct world *world)
{
	for (uint32_t b = 0; b < BENCHMARKS; b++)
		world->benchmark[b] = (struct engine_benchmark){
			.key = b ? "second" : "first", .lower = 0, .upper = 100, .chance = NAN,
			.higher_is_better = true, .instances = NAN, .low = 0, .high = 100};
	for (size_t i = 0; i < MODELS; i++)
		for (uint32_t b = 0; b < BENCHMARKS; b++)
			world->cells[i * BENCHMARKS + b] = (struct engine_cell){
				world->scores[i * BENCHMARKS + b], NAN, b, ANSWER_YES};
	for (size_t row = 0; row <= MODELS; row++)
		world->cell_start[row + 1] = row * BENCHMARKS;
	world->data = (struct engine_data){
		.models = MODELS, .lineage = world->lineage, .model = world->model,
		.benchmarks = BENCHMARKS, .benchmark = world->benchmark, .rows = MODELS + 1,
		.cell_start = world->cell_start, .cell = world->cells};
}

/* Models of one family, each made from an earlier one; scores follow the parent
 * with `noise` points of change.  Every fourth model is given. */
static void world_make(struct world *world, double noise)
{
	memset(world, 0, sizeof *world);
	seed = 21;
	world->lineage = lineage_new(MODELS);
	for (size_t i = 0; i < MODELS; i++) {
		size_t parent = i / 2;
		snprintf(world->names[i], sizeof world->names[i], "o%zu/m%zu", i % 5, i);
		world->model[i] = (struct engine_model){
			.name = world->names[i], .architecture = "LlamaForCausalLM", .params_b = 7,
			.kind = KIND_CHAT, .chat_template = ANSWER_YES, .uploaded = 19000 + (double)i,
		};
		world->given[i] = i % 4 == 3;
		if (i >= 4)
			lineage_add(world->lineage, i, parent, RELATION_FINETUNE, NAN, TRUST_DECLARED);
		for (size_t b = 0; b < BENCHMARKS; b++)
			world->scores[i * BENCHMARKS + b] = i < 4 ? 20 + 15 * (double)i
				: world->scores[parent * BENCHMARKS + b] + noise * normal();
	}
	lineage_finish(world->lineage);
	world_tell(world);
}

/* The figures of every method over all targets, mean of the benchmarks. */
struct seen {
	struct evaluation_figures figures[METHOD_COUNT];
	size_t trained, held_out;
};

static void see(void *context, const struct evaluation_result *result)
{
	struct seen *seen = context;

	seen->figures[result->method] = result->figures[result->targets];
	seen->trained = result->trained;
	seen->held_out = result->held_out;
}

static void evaluate(const struct world *world, struct evaluation_settings settings, struct seen *seen)
{
	struct error error = {0};

	memset(seen, 0, sizeof *seen);
	settings.given = world->given;
	settings.seed = 3;
	settings.targets = targets;
	settings.target_count = 3;
	if (engine_evaluate(&world->data, &settings, see, seen, NULL, &error) != STATUS_OK)
		fail_msg("%s", error.message);
}

/* The target's own score, leaked on purpose through a parent that is its twin,
 * must come back exactly. */
static void a_leak_is_perfect(void **state)
{
	(void)state;
	struct world world;
	struct seen seen;

	world_make(&world, 1);
	/* Only those whose parent is not held out as well. */
	for (size_t i = 0; i < MODELS; i++) {
		world.given[i] = world.given[i] && i >= 4 && !(i / 2 % 4 == 3);
		for (size_t b = 0; b < BENCHMARKS && world.given[i]; b++)
			world.scores[i * BENCHMARKS + b] = world.scores[i / 2 * BENCHMARKS + b];
	}
	world_tell(&world);
	evaluate(&world, (struct evaluation_settings){.protocol = PROTOCOL_GIVEN}, &seen);
	assert_true(seen.figures[METHOD_PARENTS].rmse < 1e-5);
	assert_true(seen.figures[METHOD_PARENTS].pearson > 1 - 1e-9);
	assert_true(seen.figures[METHOD_PARENTS].order > 1 - 1e-9);
	assert_true(seen.figures[METHOD_KIN].rmse < 2);
	lineage_free(world.lineage);
}

static void a_shuffled_lineage_loses(void **state)
{
	(void)state;
	struct world world;
	struct seen seen;

	world_make(&world, 2);
	evaluate(&world, (struct evaluation_settings){.protocol = PROTOCOL_RANDOM}, &seen);
	assert_true(seen.figures[METHOD_KIN].rmse < 0.7 * seen.figures[METHOD_SHUFFLED].rmse);
	assert_true(seen.figures[METHOD_KIN].rmse < 0.7 * seen.figures[METHOD_NONE].rmse);
	assert_true(isnan(seen.figures[METHOD_MEAN].pearson));
	assert_true(isnan(seen.figures[METHOD_PARENTS].coverage90));
	lineage_free(world.lineage);
}

static void the_same_seed_gives_the_same(void **state)
{
	(void)state;
	struct world world;
	struct seen a, b;

	world_make(&world, 2);
	evaluate(&world, (struct evaluation_settings){.protocol = PROTOCOL_ALL, .known = 1}, &a);
	evaluate(&world, (struct evaluation_settings){.protocol = PROTOCOL_ALL, .known = 1}, &b);
	assert_memory_equal(&a, &b, sizeof a);
	lineage_free(world.lineage);
}

/* Under `time` everything from the date on is held out, so nothing made of it
 * can be left in training. */
static void time_looks_forward_only(void **state)
{
	(void)state;
	struct world world;
	struct seen seen;

	world_make(&world, 2);
	world.model[90].uploaded = 19000; /* a child that claims to be older than its parent */
	world.model[45].uploaded = 19500;
	evaluate(&world, (struct evaluation_settings){.protocol = PROTOCOL_TIME, .date = 19120}, &seen);
	assert_int_equal(seen.held_out, 41); /* 120..159 and 45 */
	/* Besides those, 45's children 90 and 91 are not learned from. */
	assert_int_equal(seen.trained, MODELS - 41 - 2);
	lineage_free(world.lineage);
}

/* Knowing one of two strongly related benchmarks must help with the other. */
static void known_benchmarks_help(void **state)
{
	(void)state;
	struct world world;
	struct seen none, one;

	world_make(&world, 6);
	for (size_t i = 0; i < MODELS; i++)
		world.scores[i * BENCHMARKS + 1] = world.scores[i * BENCHMARKS] + 0.5 * normal();
	world_tell(&world);
	evaluate(&world, (struct evaluation_settings){.protocol = PROTOCOL_ALL}, &none);
	evaluate(&world, (struct evaluation_settings){.protocol = PROTOCOL_ALL, .known = 1}, &one);
	assert_true(one.figures[METHOD_KIN].rmse < 0.5 * none.figures[METHOD_KIN].rmse);
	lineage_free(world.lineage);
}

static void figures_by_hand(void **state)
{
	(void)state;
	double x[] = {1, 2, 3, 4}, y[] = {1, 3, 2, 4}, tied[] = {1, 1, 2, 2}, same[] = {5, 5, 5, 5};
	double answer[] = {0, 1, 0, 1}, value[] = {0.1, 0.4, 0.4, 0.8};

	assert_true(fabs(statistics_pearson(x, y, 4) - 0.8) < 1e-12);
	assert_true(fabs(statistics_spearman(x, y, 4) - 0.8) < 1e-12);
	assert_true(fabs(statistics_spearman(x, tied, 4) - 4 / sqrt(20)) < 1e-12);
	assert_true(isnan(statistics_pearson(x, same, 4)));
	assert_true(fabs(statistics_order(x, y, 4) - 5.0 / 6) < 1e-12);
	assert_true(fabs(statistics_order(x, same, 4) - 0.5) < 1e-12);
	/* Pairs (1 above 0): .4>.1, .4=.4, .8>.1, .8>.4. */
	assert_true(fabs(statistics_auc(answer, value, 4) - 3.5 / 4) < 1e-12);
}

/* ---- single answers ---------------------------------------------------------------------- */

struct seen_answers {
	double pearson[ANSWER_METHOD_COUNT][2];
};

static void see_answers(void *context, const struct answer_result *result)
{
	struct seen_answers *seen = context;

	seen->pearson[result->method][result->known > 0] = result->pearson;
}

struct answers {
	uint64_t bits[MODELS][2];
	const uint64_t *rows[MODELS];
	uint32_t models[MODELS];
};

/* Every model answers as its parent does but for one question in twenty. */
static void answers_make(struct answers *answers)
{
	memset(answers, 0, sizeof *answers);
	for (uint32_t i = 0; i < MODELS; i++) {
		answers->rows[i] = answers->bits[i];
		answers->models[i] = i;
		for (size_t q = 0; q < QUESTIONS; q++) {
			uint64_t inherited = i < 4 ? uniform() < 0.2 + 0.2 * i
						   : answers->bits[i / 2][q / 64] >> (q % 64) & 1;
			uint64_t bit = uniform() < 0.05 ? !inherited : inherited;
			answers->bits[i][q / 64] |= bit << (q % 64);
		}
	}
}

/* Answers that are inherited: lineage must beat plain factorisation, and known
 * answers must help. */
static void inherited_answers_are_predicted(void **state)
{
	(void)state;
	size_t known[] = {0, 30};
	struct world world;
	struct answers answers;
	struct seen_answers seen = {0};
	struct error error = {0};

	world_make(&world, 2);
	answers_make(&answers);
	struct answer_data data = {world.data, {MODELS, QUESTIONS, answers.rows}, answers.models};
	struct answer_settings settings = {.seed = 1, .known = known, .known_count = 2};
	if (answers_evaluate(&data, &settings, see_answers, &seen, NULL, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	assert_true(seen.pearson[ANSWER_METHOD_KIN][0] > seen.pearson[ANSWER_METHOD_NONE][0] + 0.2);
	assert_true(seen.pearson[ANSWER_METHOD_LAPLACIAN][0] > seen.pearson[ANSWER_METHOD_NONE][0] + 0.2);
	assert_true(seen.pearson[ANSWER_METHOD_KIN][0] > seen.pearson[ANSWER_METHOD_SHUFFLED][0]);
	assert_true(seen.pearson[ANSWER_METHOD_NONE][1] > seen.pearson[ANSWER_METHOD_NONE][0] + 0.1);
	lineage_free(world.lineage);
}

static void see_counts(void *context, const struct answer_result *result)
{
	size_t *counts = context;

	counts[0] = result->trained;
	counts[1] = result->held_out;
}

/* Of what answers all alike, only one is held out, and none of it learned from then. */
static void twins_of_answers_are_dropped(void **state)
{
	(void)state;
	size_t known[] = {0}, counts[2] = {0}, apart[2];
	struct world world;
	struct answers answers;
	struct error error = {0};

	world_make(&world, 2);
	answers_make(&answers);
	struct answer_data data = {world.data, {MODELS, QUESTIONS, answers.rows}, answers.models};
	struct answer_settings settings = {.seed = 1, .known = known, .known_count = 1};
	assert_int_equal(answers_evaluate(&data, &settings, see_counts, counts, NULL, &error), STATUS_OK);
	assert_int_equal(counts[0] + counts[1], MODELS);
	memcpy(apart, counts, sizeof apart);
	for (size_t i = 80; i < MODELS; i++) /* the second half repeats the first */
		memcpy(answers.bits[i], answers.bits[i - 80], sizeof answers.bits[i]);
	assert_int_equal(answers_evaluate(&data, &settings, see_counts, counts, NULL, &error), STATUS_OK);
	assert_int_equal(counts[0] + 2 * counts[1], MODELS); /* each held out one has a twin that is dropped */
	assert_true(counts[1] > 0 && counts[1] < apart[1]);
	lineage_free(world.lineage);
}

struct seen_study {
	struct study_row row[STUDY_LEVEL_COUNT][2][STUDY_METHOD_COUNT]; /* mixed models: none or some known */
	size_t rows;
};

static void see_study(void *context, const struct study_row *row)
{
	struct seen_study *seen = context;

	seen->rows++;
	if (!row->family)
		seen->row[row->level][row->known > 0][row->method] = *row;
}

/* The study of single answers: lineage needs fewer of them. */
static void answers_are_studied(void **state)
{
	(void)state;
	struct world world;
	struct answers answers;
	struct seen_study seen = {0};
	struct error error = {0};

	world_make(&world, 2);
	answers_make(&answers);
	struct answer_data data = {world.data, {MODELS, QUESTIONS, answers.rows}, answers.models};
	struct study_settings settings = {.seed = 1, .answers = &data};
	if (engine_study(&world.data, &settings, see_study, &seen, NULL, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	const struct study_row *none = seen.row[STUDY_LEVEL_ANSWERS][0], *some = seen.row[STUDY_LEVEL_ANSWERS][1];
	const size_t all = STUDY_SHARES - 1;
	assert_int_equal(seen.rows % STUDY_METHOD_COUNT, 0);
	assert_int_equal(some[STUDY_KIN].known, 25);
	assert_true(none[STUDY_KIN].at[all].pearson > none[STUDY_FACTORS].at[all].pearson + 0.2);
	assert_true(none[STUDY_LINEAGE].at[all].pearson > none[STUDY_FACTORS].at[all].pearson + 0.1);
	assert_true(some[STUDY_FACTORS].at[all].pearson > none[STUDY_FACTORS].at[all].pearson + 0.1);
	assert_true(some[STUDY_NETWORK].at[all].pearson > 0.1);
	assert_true(none[STUDY_KIN].at[0].evaluations < 0.3 * none[STUDY_KIN].at[all].evaluations);
	assert_true(none[STUDY_KIN].needed <= none[STUDY_LAPLACIAN].at[all].evaluations);
	/* The shares of the models, by the same predictions. */
	assert_true(seen.row[STUDY_LEVEL_SHARES][0][STUDY_KIN].at[all].pearson >
		    seen.row[STUDY_LEVEL_SHARES][0][STUDY_FACTORS].at[all].pearson ||
		    isnan(seen.row[STUDY_LEVEL_SHARES][0][STUDY_FACTORS].at[all].pearson));
	assert_true(fabs(seen.row[STUDY_LEVEL_SHARES][0][STUDY_KIN].at[all].mae - none[STUDY_KIN].at[all].mae) < 1e-12);
	lineage_free(world.lineage);
}

static struct answer_model *learn_answers(const struct engine_fit *fit, const struct answers *answers,
					  const void *state, size_t bytes)
{
	struct lrmf_data data = {MODELS, QUESTIONS, answers->rows};
	struct answer_model *model = NULL;
	struct error error = {0};

	if (answer_model_new(fit, &data, answers->models, state, bytes, 1, NULL, &model, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	return model;
}

/* The share that each model solves follows from its relatives' answers, not
 * from its own; a merge lies between its parents. */
static void shares_are_predicted(void **state)
{
	(void)state;
	struct engine_settings settings = {.seed = 1};
	struct engine_residual residual, changed;
	struct engine_fit *fit = NULL;
	struct world world;
	struct answers answers;
	struct error error = {0};
	double observed[MODELS], predicted[MODELS];
	size_t bytes;

	world_make(&world, 2);
	answers_make(&answers);
	assert_int_equal(engine_fit_new(&world.data, &settings, NULL, 0, true, NULL, &fit, &error), STATUS_OK);
	struct answer_model *model = learn_answers(fit, &answers, NULL, 0);
	assert_int_equal(answer_model_learned(model), MODELS);
	for (size_t i = 0; i < MODELS; i++) {
		assert_true(answer_model_residual(model, i, &residual));
		observed[i] = residual.observed;
		predicted[i] = residual.predicted;
	}
	/* The roots have no parents, and the next few no others to learn from. */
	assert_true(statistics_pearson(observed + 16, predicted + 16, MODELS - 16) > 0.75);

	/* What is kept gives the same again; what is not of these answers is not taken. */
	void *kept = answer_model_state(model, &bytes);
	struct answer_model *again = learn_answers(fit, &answers, kept, bytes);
	answer_model_residual(again, 77, &changed);
	assert_true(fabs(changed.predicted - predicted[77]) < 1e-9);
	answer_model_free(again);
	memset(answers.bits[MODELS - 1], 0xFF, sizeof answers.bits[0]);
	again = learn_answers(fit, &answers, kept, bytes);
	answer_model_residual(again, MODELS - 1, &changed);
	assert_true(changed.observed > 99.9);
	assert_true(fabs(changed.predicted - predicted[MODELS - 1]) < 10);
	free(kept);
	answer_model_free(again);

	struct engine_query *query = engine_query_new(fit);
	struct engine_child child = {.model = world.model[0], .relation = RELATION_MERGE, .count = 2,
				     .parents = {0, 3}, .weights = {1, 1}};
	struct answer_prediction prediction;
	child.model.name = NULL;
	assert_int_equal(engine_predict_child(query, &child, &error), STATUS_OK);
	answer_model_predict(model, query, &prediction);
	assert_true(prediction.share.mean > observed[0] && prediction.share.mean < observed[3]);
	assert_true(prediction.share.low90 < prediction.share.mean && prediction.share.high90 > prediction.share.mean);
	assert_int_equal(prediction.evidence_count, ANSWER_EVIDENCE_MAX);
	engine_query_free(query);
	answer_model_free(model);
	engine_fit_free(fit);
	lineage_free(world.lineage);
}

/* Answers by an ability that is inherited with changes, to questions of which one
 * in four tells the able from the others (Birnbaum 1968). */
static void able_answers_make(struct answers *answers)
{
	double ability[MODELS];

	memset(answers, 0, sizeof *answers);
	for (uint32_t i = 0; i < MODELS; i++) {
		answers->rows[i] = answers->bits[i];
		answers->models[i] = i;
		ability[i] = (i < 4 ? (double)i - 1.5 : ability[i / 2]) + 2 * (uniform() - 0.5);
		for (size_t q = 0; q < QUESTIONS; q++) {
			double eta = (q % 4 ? 0.4 : 2.5) * (ability[i] - 3 * ((double)q / QUESTIONS - 0.5));
			answers->bits[i][q / 64] |= (uint64_t)(uniform() < 1 / (1 + exp(-eta))) << (q % 64);
		}
	}
}

/* Of models that nothing is known of, planned answers tell more than their plain
 * share, and leave less open than random ones. */
static void planned_questions_tell_more(void **state)
{
	(void)state;
	const size_t budgets[] = {0, 5, 15};
	const struct question_settings settings = {.seed = 1, .repeats = 2, .budgets = budgets, .budget_count = 3};
	struct question_figures figures[QUESTION_GROUPS * 3];
	struct world world;
	struct answers answers;
	struct error error = {0};

	world_make(&world, 2);
	able_answers_make(&answers);
	struct answer_data data = {world.data, {MODELS, QUESTIONS, answers.rows}, answers.models};
	if (question_plan_test(&data, &settings, NULL, figures, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	assert_in_range(figures[0].models, MODELS / 4, MODELS);
	assert_true(fabs(figures[0].planned - figures[0].random) < 1e-9);
	assert_true(figures[2].planned < figures[0].planned);
	assert_true(figures[2].planned < figures[2].sampled);
	assert_true(figures[2].planned_width < figures[2].random_width);
	assert_true(figures[2].planned_width < figures[0].planned_width);
	assert_true(figures[2].planned_inside > 0.7);
	lineage_free(world.lineage);
}

/* Benjamini and Hochberg by hand. */
static void false_rates_are_those_of_the_paper(void **state)
{
	(void)state;
	double p[4] = {0.01, 0.02, 0.03, 0.5};

	statistics_false_rates(p, 4);
	assert_true(fabs(p[0] - 0.04) < 1e-12 && fabs(p[1] - 0.04) < 1e-12);
	assert_true(fabs(p[2] - 0.04) < 1e-12 && fabs(p[3] - 0.5) < 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(false_rates_are_those_of_the_paper),
		cmocka_unit_test(planned_questions_tell_more),
		cmocka_unit_test(a_leak_is_perfect),
		cmocka_unit_test(a_shuffled_lineage_loses),
		cmocka_unit_test(the_same_seed_gives_the_same),
		cmocka_unit_test(time_looks_forward_only),
		cmocka_unit_test(known_benchmarks_help),
		cmocka_unit_test(figures_by_hand),
		cmocka_unit_test(inherited_answers_are_predicted),
		cmocka_unit_test(twins_of_answers_are_dropped),
		cmocka_unit_test(answers_are_studied),
		cmocka_unit_test(shares_are_predicted),
	};
	return cmocka_run_group_tests_name("evaluate", tests, NULL, NULL);
}
