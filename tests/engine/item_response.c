/* The two-parameter logistic model on answers whose parameters are known. */
#include "test.h"

#include <math.h>

#include "answers/item_response.h"
#include "draw.h"

enum { MODELS = 1500, QUESTIONS = 30 };

struct world {
	double ability[MODELS], slope[QUESTIONS], level[QUESTIONS];
	uint64_t bits[MODELS];
	const uint64_t *rows[MODELS];
	struct lrmf_data answers;
};

static void world_make(struct world *world)
{
	seed = 11;
	for (size_t i = 0; i < QUESTIONS; i++) {
		world->slope[i] = 0.4 + 0.06 * (double)(i * 7 % QUESTIONS);
		world->level[i] = 3 * ((double)i / (QUESTIONS - 1) - 0.5);
	}
	for (size_t u = 0; u < MODELS; u++) {
		world->ability[u] = normal();
		world->bits[u] = 0;
		world->rows[u] = &world->bits[u];
		for (size_t i = 0; i < QUESTIONS; i++) {
			double eta = world->slope[i] * world->ability[u] + world->level[i];
			world->bits[u] |= (uint64_t)(uniform() < 1 / (1 + exp(-eta))) << i;
		}
	}
	world->answers = (struct lrmf_data){MODELS, QUESTIONS, world->rows};
}

/* A fit to 1,500 models finds slopes and levels within their standard errors, about 0.1. */
static void parameters_are_recovered(void **state)
{
	(void)state;
	static struct world world;
	double error = 0, slope, level;

	world_make(&world);
	struct item_response *items = item_response_new(&world.answers);
	for (size_t i = 0; i < QUESTIONS; i++) {
		item_response_question(items, i, &slope, &level);
		assert_true(fabs(slope - world.slope[i]) < 0.4);
		assert_true(fabs(level - world.level[i]) < 0.4);
		error += (fabs(slope - world.slope[i]) + fabs(level - world.level[i])) / (2 * QUESTIONS);
	}
	assert_true(error < 0.12);
	item_response_free(items);
}

/* The share with a few answers, by the posterior on a grid of its own. */
static double share_by_hand(const struct item_response *items, const uint32_t *asked, const uint8_t *own, size_t count)
{
	double total = 0, sum = 0;

	for (double ability = -8; ability <= 8; ability += 0.01) {
		double likelihood = exp(-0.5 * ability * ability), solved = 0;
		for (uint32_t i = 0; i < QUESTIONS; i++) {
			double slope, level;
			size_t k = 0;
			item_response_question(items, i, &slope, &level);
			double p = 1 / (1 + exp(-slope * ability - level));
			while (k < count && asked[k] != i)
				k++;
			if (k < count)
				likelihood *= own[k] ? p : 1 - p;
			solved += k < count ? own[k] : p;
		}
		total += likelihood;
		sum += likelihood * solved;
	}
	return 100 * sum / total / QUESTIONS;
}

static void shares_are_posterior_means(void **state)
{
	(void)state;
	static struct world world;
	const uint32_t asked[] = {3, 17, 29, 8};
	const uint8_t own[] = {1, 0, 1, 1};

	world_make(&world);
	struct item_response *items = item_response_new(&world.answers);
	for (size_t count = 0; count <= 4; count++) {
		const struct lrmf_known known = {count, asked, own};
		assert_true(fabs(item_response_share(items, &known) - share_by_hand(items, asked, own, count)) < 0.01);
	}
	item_response_free(items);
}

/* Of nobody in particular the first question is the most telling one at ability 0; none comes twice,
 * and with all of them the share is what was answered. */
static void questions_are_the_most_telling(void **state)
{
	(void)state;
	static struct world world;
	uint32_t asked[QUESTIONS];
	uint8_t own[QUESTIONS];
	uint64_t seen = 0;
	size_t best = 0, solved = 0;
	double most = 0;

	world_make(&world);
	struct item_response *items = item_response_new(&world.answers);
	for (size_t i = 0; i < QUESTIONS; i++) {
		double slope, level;
		item_response_question(items, i, &slope, &level);
		double p = 1 / (1 + exp(-level));
		if (slope * slope * p * (1 - p) > most) {
			most = slope * slope * p * (1 - p);
			best = i;
		}
	}
	assert_int_equal(item_response_ask(items, world.rows[0], 99, asked, own), QUESTIONS);
	assert_int_equal(asked[0], best);
	for (size_t k = 0; k < QUESTIONS; k++) {
		assert_int_equal(own[k], world.bits[0] >> asked[k] & 1);
		seen |= 1ull << asked[k];
		solved += own[k];
	}
	assert_int_equal(seen, (1ull << QUESTIONS) - 1);
	const struct lrmf_known known = {QUESTIONS, asked, own};
	assert_true(fabs(item_response_share(items, &known) - 100.0 * (double)solved / QUESTIONS) < 1e-9);
	item_response_free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_are_recovered),
		cmocka_unit_test(shares_are_posterior_means),
		cmocka_unit_test(questions_are_the_most_telling),
	};

	return cmocka_run_group_tests_name("item_response", tests, NULL, NULL);
}
