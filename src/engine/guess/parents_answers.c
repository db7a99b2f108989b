/* How far the single answers of two models agree. */
#include "guess/parents.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#include "stemma/base/memory.h"

#define QUESTIONS_MAX 2048 /* of a set; of more every second, third … is compared */
#define SHIFT_STEPS 12

static bool is_solved(const uint64_t *answers, size_t question)
{
	return answers[question / 64] >> (question % 64) & 1;
}

static double sigmoid(double x)
{
	return 1 / (1 + exp(-x));
}

/* Logits of the shares of models that solve each of the questions compared. */
static void measure_difficulty(const struct lrmf_data *answers, size_t step, size_t count, double *logit)
{
	for (size_t q = 0; q < count; q++) {
		double solved = 0;
		for (size_t u = 0; u < answers->models; u++)
			solved += is_solved(answers->answers[u], q * step);
		logit[q] = log((solved + 0.5) / ((double)answers->models - solved + 0.5));
	}
}

/* By how much a model is better than the questions' difficulty, in logits: then
 * it solves as many as expected (Newton's method on the Rasch likelihood). */
static double measure_shift(const uint64_t *answers, size_t step, size_t count, const double *logit)
{
	double shift = 0;

	for (int i = 0; i < SHIFT_STEPS; i++) {
		double excess = -shift * 0.1, slope = 0.1; /* a little prior: all or none solved */
		for (size_t q = 0; q < count; q++) {
			double p = sigmoid(logit[q] + shift);
			excess += is_solved(answers, q * step) - p;
			slope += p * (1 - p);
		}
		shift += fmin(fmax(excess / slope, -2), 2);
	}
	return shift;
}

static void leave_residuals(const uint64_t *answers, size_t step, size_t count, const double *logit,
			    float *residuals)
{
	double shift = measure_shift(answers, step, count, logit), sum = 0;

	for (size_t q = 0; q < count; q++) {
		double p = fmin(fmax(sigmoid(logit[q] + shift), 0.02), 0.98);
		residuals[q] = (float)((is_solved(answers, q * step) - p) / sqrt(p * (1 - p)));
		sum += (double)residuals[q] * (double)residuals[q];
	}
	for (size_t q = 0; q < count; q++)
		residuals[q] /= (float)sqrt(fmax(sum, 1e-9));
}

void parents_read_answers(struct parents *parents, const struct parents_answers *sets, size_t set_count)
{
	parents->agreement = memory_zero(set_count + 1, sizeof *parents->agreement);
	parents->agreement_count = set_count;
	for (size_t s = 0; s < set_count; s++) {
		const struct lrmf_data *answers = &sets[s].answers;
		size_t step = (answers->questions + QUESTIONS_MAX - 1) / QUESTIONS_MAX;
		size_t count = step > 0 ? answers->questions / step : 0;
		struct agreement *agreement = &parents->agreement[s];
		double *logit = memory_allocate(count + 1, sizeof *logit);
		*agreement = (struct agreement){
			.questions = count, .place = memory_allocate(parents->data->models + 1, sizeof(int32_t)),
			.residuals = memory_allocate(answers->models * count + 1, sizeof(float)),
		};
		for (size_t m = 0; m < parents->data->models; m++)
			agreement->place[m] = -1;
		measure_difficulty(answers, step, count, logit);
		for (size_t u = 0; u < answers->models; u++) {
			agreement->place[sets[s].models[u]] = (int32_t)u;
			leave_residuals(answers->answers[u], step, count, logit, agreement->residuals + u * count);
		}
		free(logit);
	}
}

void parents_forget_answers(struct parents *parents)
{
	for (size_t s = 0; s < parents->agreement_count; s++) {
		free(parents->agreement[s].place);
		free(parents->agreement[s].residuals);
	}
	free(parents->agreement);
}

double parents_agreement(const struct parents *parents, size_t a, size_t b)
{
	double sum = 0, weight = 0;

	for (size_t s = 0; s < parents->agreement_count; s++) {
		const struct agreement *agreement = &parents->agreement[s];
		int32_t x = agreement->place[a], y = agreement->place[b];
		double questions = (double)agreement->questions;
		if (x < 0 || y < 0)
			continue;
		sum += questions * (double)cblas_sdot((int)agreement->questions,
						      agreement->residuals + (size_t)x * agreement->questions, 1,
						      agreement->residuals + (size_t)y * agreement->questions, 1);
		weight += questions;
	}
	return weight > 0 ? sum / weight : NAN;
}
