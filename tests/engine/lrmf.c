/* The factorisation of answers against independent calculations. */
#include "test.h"

#include <math.h>

#include "stemma/base/memory.h"
#include "stemma/engine/lrmf.h"

enum { MODELS = 40, QUESTIONS = 90, RANK = 3, WORDS = (QUESTIONS + 63) / 64 };

struct answers {
	uint64_t bits[MODELS][WORDS];
	const uint64_t *rows[MODELS];
	struct lrmf_data data;
};

static uint64_t seed;

static double uniform(void)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (double)(seed >> 11) / 9007199254740992.0;
}

/* Answers of models that lie on a line, in the order `order`. */
static void answers_make(struct answers *answers, const size_t *order)
{
	seed = 5;
	memset(answers, 0, sizeof *answers);
	for (size_t u = 0; u < MODELS; u++) {
		size_t row = order ? order[u] : u;
		for (size_t i = 0; i < QUESTIONS; i++) {
			double eta = 0.15 * ((double)u - MODELS / 2.0) * (i % 3 ? 1 : -1) + 2 * ((double)i / QUESTIONS - 0.5);
			if (uniform() < 1 / (1 + exp(-eta)))
				answers->bits[row][i / 64] |= 1ull << (i % 64);
		}
		answers->rows[u] = answers->bits[u];
	}
	answers->data = (struct lrmf_data){MODELS, QUESTIONS, answers->rows};
}

/* exp(-distance / 8) along the line; ones on the diagonal. */
static void covariance_make(double *covariance)
{
	for (size_t u = 0; u < MODELS; u++)
		for (size_t v = 0; v < MODELS; v++)
			covariance[u * MODELS + v] = exp(-fabs((double)u - (double)v) / 8);
}

static struct lrmf *fit_tied(const struct answers *answers, const double *covariance, double lambda, double tie)
{
	struct lrmf_settings settings = {.rank = RANK, .lambda = lambda, .mu = 0.5, .tie = tie, .passes_max = 4000,
					 .tolerance = 1e-9, .seed = 1};
	struct error error = {0};
	struct lrmf_prior *prior = NULL;
	struct lrmf *lrmf = NULL;

	if ((covariance && lrmf_prior_new(covariance, MODELS, &prior, &error) != STATUS_OK) ||
	    lrmf_fit(&answers->data, prior, &settings, NULL, &lrmf, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	lrmf_prior_free(prior);
	return lrmf;
}

static struct lrmf *fit(const struct answers *answers, const double *covariance, double lambda)
{
	return fit_tied(answers, covariance, lambda, 0);
}

static double probability(const struct lrmf *lrmf, size_t model, size_t question)
{
	const float *m = lrmf_models(lrmf) + model * RANK, *x = lrmf_questions(lrmf) + question * (RANK + 1);
	double eta = (double)x[RANK];

	for (size_t j = 0; j < RANK; j++)
		eta += (double)m[j] * (double)x[j];
	return 1 / (1 + exp(-eta));
}

static void objective_never_rises(void **state)
{
	(void)state;
	struct answers answers;
	double covariance[MODELS * MODELS];
	size_t count;

	answers_make(&answers, NULL);
	covariance_make(covariance);
	for (int prior = 0; prior < 4; prior++) {
		struct lrmf *lrmf = fit_tied(&answers, prior & 1 ? covariance : NULL, 1, prior & 2 ? 5 : 0);
		const double *objective = lrmf_objective(lrmf, &count);
		assert_true(count > 3);
		for (size_t i = 1; i < count; i++)
			assert_true(objective[i] <= objective[i - 1] * (1 + 1e-6));
		assert_true(objective[count - 1] < 0.8 * objective[0]);
		lrmf_free(lrmf);
	}
}

/* Where the search ends, the gradient on the questions' side, written down
 * directly, is nothing beside its parts. */
static void check_gradient(double tie)
{
	struct answers answers;
	double mean[RANK] = {0};

	answers_make(&answers, NULL);
	struct lrmf *lrmf = fit_tied(&answers, NULL, 1, tie);
	const float *x = lrmf_questions(lrmf), *m = lrmf_models(lrmf);
	double left = 0, parts = 0;
	for (size_t i = 0; i < QUESTIONS; i++)
		for (size_t j = 0; j < RANK; j++)
			mean[j] += (double)x[i * (RANK + 1) + j] / QUESTIONS;
	for (size_t i = 0; i < QUESTIONS; i++)
		for (size_t j = 0; j < RANK; j++) {
			double factor = (double)x[i * (RANK + 1) + j];
			double gradient = 0.5 * factor + tie * (factor - mean[j]), size = fabs(gradient);
			for (size_t u = 0; u < MODELS; u++) {
				double answer = (double)(answers.bits[u][i / 64] >> (i % 64) & 1);
				double part = (probability(lrmf, u, i) - answer) * (double)m[u * RANK + j];
				gradient += part;
				size += fabs(part);
			}
			left += fabs(gradient);
			parts += size;
		}
	assert_true(left < 0.02 * parts);
	lrmf_free(lrmf);
}

static void gradient_vanishes_at_the_end(void **state)
{
	(void)state;
	check_gradient(0);
	check_gradient(3);
}

/* K = I given as a matrix is plain factorisation, and only K / lambda counts. */
static void prior_counts_as_k_over_lambda(void **state)
{
	(void)state;
	struct answers answers;
	double identity[MODELS * MODELS] = {0}, twice[MODELS * MODELS] = {0}, worst = 0;

	answers_make(&answers, NULL);
	for (size_t u = 0; u < MODELS; u++)
		identity[u * MODELS + u] = 1, twice[u * MODELS + u] = 2;
	struct lrmf *plain = fit(&answers, NULL, 1), *same = fit(&answers, identity, 1);
	struct lrmf *scaled = fit(&answers, twice, 2);
	for (size_t u = 0; u < MODELS; u++)
		for (size_t i = 0; i < QUESTIONS; i++) {
			worst = fmax(worst, fabs(probability(plain, u, i) - probability(same, u, i)));
			worst = fmax(worst, fabs(probability(plain, u, i) - probability(scaled, u, i)));
		}
	assert_true(worst < 1e-2);
	lrmf_free(plain);
	lrmf_free(same);
	lrmf_free(scaled);
}

static void same_seed_same_result(void **state)
{
	(void)state;
	struct answers answers;

	answers_make(&answers, NULL);
	struct lrmf *a = fit(&answers, NULL, 1), *b = fit(&answers, NULL, 1);
	assert_memory_equal(lrmf_models(a), lrmf_models(b), MODELS * RANK * sizeof(float));
	assert_memory_equal(lrmf_questions(a), lrmf_questions(b), QUESTIONS * (RANK + 1) * sizeof(float));
	lrmf_free(a);
	lrmf_free(b);
}

/* The log posterior of one model, for a search by brute force. */
static double log_posterior(const struct lrmf *lrmf, const double *mean, double variance,
			    const struct lrmf_known *known, const double *factors)
{
	double value = 0;

	for (size_t j = 0; j < RANK; j++)
		value -= (factors[j] - mean[j]) * (factors[j] - mean[j]) / (2 * variance);
	for (size_t k = 0; k < known->count; k++) {
		const float *x = lrmf_questions(lrmf) + known->questions[k] * (RANK + 1);
		double eta = (double)x[RANK];
		for (size_t j = 0; j < RANK; j++)
			eta += factors[j] * (double)x[j];
		value += known->answers[k] ? -log1p(exp(-eta)) : -log1p(exp(eta));
	}
	return value;
}

static void mode_is_the_highest_point(void **state)
{
	(void)state;
	struct answers answers;
	double mean[RANK] = {0.3, -0.2, 0.1}, factors[RANK], covariance[RANK * RANK];
	uint32_t questions[20];
	uint8_t own[20];

	answers_make(&answers, NULL);
	struct lrmf *lrmf = fit(&answers, NULL, 1);
	for (uint32_t k = 0; k < 20; k++) {
		questions[k] = k * 4;
		own[k] = k % 3 == 0;
	}
	struct lrmf_known known = {20, questions, own};
	lrmf_locate(lrmf, mean, 0.7, &known, factors, covariance);
	double best = log_posterior(lrmf, mean, 0.7, &known, factors);
	for (int trial = 0; trial < 200; trial++) {
		double other[RANK];
		for (size_t j = 0; j < RANK; j++)
			other[j] = factors[j] + (uniform() - 0.5) * (trial % 2 ? 0.01 : 1);
		assert_true(log_posterior(lrmf, mean, 0.7, &known, other) <= best + 1e-12);
	}
	/* The covariance is the inverse of the curvature along each axis pair. */
	for (size_t j = 0; j < RANK; j++) {
		double row = 0, step = 1e-3;
		for (size_t l = 0; l < RANK; l++) {
			double pp[RANK], pm[RANK], mp[RANK], mm[RANK];
			for (size_t a = 0; a < RANK; a++)
				pp[a] = pm[a] = mp[a] = mm[a] = factors[a];
			pp[j] += step, pp[l] += step, pm[j] += step, pm[l] -= step;
			mp[j] -= step, mp[l] += step, mm[j] -= step, mm[l] -= step;
			double curvature = -(log_posterior(lrmf, mean, 0.7, &known, pp) -
					     log_posterior(lrmf, mean, 0.7, &known, pm) -
					     log_posterior(lrmf, mean, 0.7, &known, mp) +
					     log_posterior(lrmf, mean, 0.7, &known, mm)) / (4 * step * step);
			row += curvature * covariance[l * RANK + j];
		}
		assert_true(fabs(row - 1) < 1e-4);
	}
	known.count = 0;
	lrmf_locate(lrmf, mean, 0.7, &known, factors, covariance);
	for (size_t j = 0; j < RANK; j++) {
		assert_true(fabs(factors[j] - mean[j]) < 1e-12);
		assert_true(fabs(covariance[j * RANK + j] - 0.7) < 1e-12);
	}
	lrmf_free(lrmf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objective_never_rises),
		cmocka_unit_test(gradient_vanishes_at_the_end),
		cmocka_unit_test(prior_counts_as_k_over_lambda),
		cmocka_unit_test(same_seed_same_result),
		cmocka_unit_test(mode_is_the_highest_point),
	};
	return cmocka_run_group_tests_name("lrmf", tests, NULL, NULL);
}
