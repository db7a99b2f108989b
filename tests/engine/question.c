/* The choice of questions against dense normal conditioning. */
#include "test.h"

#include <lapacke.h>
#include <math.h>

#include "answers/question_choice.h"

enum { QUESTIONS = 12, DRAWS = 7, STEPS = 5 };

static uint64_t seed;

static double uniform(void)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (double)(seed >> 11) / 9007199254740992.0;
}

struct world {
	double deviations[QUESTIONS * DRAWS], noise[QUESTIONS];
	struct question_draws draws;
};

static void world_make(struct world *world)
{
	seed = 3;
	for (size_t i = 0; i < QUESTIONS * DRAWS; i++)
		world->deviations[i] = 0.4 * (uniform() - 0.5);
	for (size_t i = 0; i < QUESTIONS; i++)
		world->noise[i] = 0.02 + 0.2 * uniform();
	world->draws = (struct question_draws){QUESTIONS, DRAWS, world->deviations, world->noise};
}

static double covariance(const struct world *world, size_t i, size_t j)
{
	double sum = i == j ? world->noise[i] : 0;

	for (size_t k = 0; k < DRAWS; k++)
		sum += world->deviations[i * DRAWS + k] * world->deviations[j * DRAWS + k];
	return sum;
}

/* Variance of the mean answer when those of `asked` are known: all answers as
 * one normal vector. */
static double variance_given(const struct world *world, const uint32_t *asked, size_t count)
{
	double among[STEPS * STEPS], with[STEPS], solved[STEPS], variance = 0;

	for (size_t i = 0; i < QUESTIONS; i++)
		for (size_t j = 0; j < QUESTIONS; j++)
			variance += covariance(world, i, j) / QUESTIONS / QUESTIONS;
	for (size_t a = 0; a < count; a++) {
		with[a] = 0;
		for (size_t i = 0; i < QUESTIONS; i++)
			with[a] += covariance(world, asked[a], i) / QUESTIONS;
		solved[a] = with[a];
		for (size_t b = 0; b < count; b++)
			among[a * count + b] = covariance(world, asked[a], asked[b]);
	}
	if (count > 0)
		assert_int_equal(LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', (int)count, 1, among, (int)count, solved, 1), 0);
	for (size_t a = 0; a < count; a++)
		variance -= with[a] * solved[a];
	return variance;
}

static bool is_asked(const uint32_t *asked, size_t count, uint32_t question)
{
	for (size_t a = 0; a < count; a++)
		if (asked[a] == question)
			return true;
	return false;
}

/* Each step is the best of all that were possible, and leaves what it says. */
static void each_step_leaves_least(void **state)
{
	(void)state;
	const struct lrmf_known nothing = {0, NULL, NULL};
	struct world world;
	uint32_t chosen[STEPS];
	double deviation[STEPS + 1];

	world_make(&world);
	assert_int_equal(question_choose(&world.draws, &nothing, STEPS, chosen, deviation), STEPS);
	for (size_t k = 0; k <= STEPS; k++)
		assert_true(fabs(deviation[k] * deviation[k] - variance_given(&world, chosen, k)) < 1e-12);
	for (size_t k = 0; k < STEPS; k++)
		for (uint32_t other = 0; other < QUESTIONS; other++) {
			uint32_t instead[STEPS];
			memcpy(instead, chosen, sizeof instead);
			instead[k] = other;
			if (!is_asked(chosen, k, other))
				assert_true(variance_given(&world, instead, k + 1) >=
					    deviation[k + 1] * deviation[k + 1] - 1e-12);
		}
}

/* Known questions are not asked again; when all are known nothing is left open. */
static void known_questions_are_closed(void **state)
{
	(void)state;
	uint32_t all[QUESTIONS], chosen[QUESTIONS];
	uint8_t answers[QUESTIONS] = {0};
	double deviation[QUESTIONS + 1];
	struct world world;

	world_make(&world);
	for (uint32_t i = 0; i < QUESTIONS; i++)
		all[i] = i;
	struct lrmf_known some = {QUESTIONS - 2, all, answers};
	assert_int_equal(question_choose(&world.draws, &some, QUESTIONS, chosen, deviation), 2);
	assert_true(chosen[0] >= QUESTIONS - 2 && chosen[1] >= QUESTIONS - 2 && chosen[0] != chosen[1]);
	assert_true(deviation[0] > deviation[1] && deviation[1] > deviation[2] && deviation[2] < 1e-9);
}

static void shares_count_what_was_answered(void **state)
{
	(void)state;
	double probabilities[4] = {0.5, 0.25, 0.75, 0.1};
	uint32_t questions[2] = {1, 3};
	uint8_t answers[2] = {1, 0};
	struct lrmf_known known = {2, questions, answers};

	assert_true(fabs(question_share(4, probabilities, &known) - (0.5 + 1 + 0.75 + 0) / 4) < 1e-12);
}

static void random_questions_are_different_ones(void **state)
{
	(void)state;
	uint32_t drawn[QUESTIONS];
	uint64_t random = 1;
	unsigned seen = 0;

	assert_int_equal(question_draw(QUESTIONS, 99, &random, drawn), QUESTIONS);
	for (size_t i = 0; i < QUESTIONS; i++)
		seen |= 1u << drawn[i];
	assert_int_equal(seen, (1u << QUESTIONS) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_step_leaves_least),
		cmocka_unit_test(known_questions_are_closed),
		cmocka_unit_test(shares_count_what_was_answered),
		cmocka_unit_test(random_questions_are_different_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
