#include "stemma/engine/question_plan.h"

#include <math.h>
#include <stdlib.h>

#include "answers/answer_model.h"
#include "answers/answer_twins.h"
#include "model/fit.h"
#include "answers/question_choice.h"
#include "data/random.h"
#include "stemma/base/memory.h"

#define WIDTH_MODELS 150 /* that the widths are learned from */

/* ---- one model ------------------------------------------------------------------------ */

double question_locate(const struct question_subject *subject, struct question_draws *draws)
{
	size_t rank = lrmf_rank(subject->lrmf), questions = lrmf_question_count(subject->lrmf);
	double *factors = memory_allocate(rank, sizeof *factors);
	double *covariance = memory_allocate(rank * rank, sizeof *covariance);
	double *probabilities = memory_allocate(questions, sizeof *probabilities);

	lrmf_locate(subject->lrmf, subject->mean, subject->variance, &subject->known, factors, covariance);
	lrmf_predict(subject->lrmf, factors, covariance, probabilities);
	question_draws_make(subject->lrmf, factors, covariance, draws);
	double share = 100 * question_share(questions, probabilities, &subject->known);
	free(factors);
	free(covariance);
	free(probabilities);
	return share;
}

struct engine_estimate question_estimate(const struct question_subject *subject)
{
	struct question_draws draws;
	struct engine_estimate estimate = {.mean = question_locate(subject, &draws)};

	question_choose(&draws, &subject->known, 0, NULL, &estimate.sd);
	estimate.sd *= 100;
	question_draws_free(&draws);
	return estimate;
}

size_t question_draw(size_t questions, size_t count, uint64_t *random, uint32_t *drawn)
{
	uint32_t *order = memory_allocate(questions, sizeof *order);

	count = count < questions ? count : questions;
	for (size_t i = 0; i < questions; i++)
		order[i] = (uint32_t)i;
	for (size_t i = 0; i < count; i++) {
		size_t j = i + random_next(random) % (questions - i);
		drawn[i] = order[j];
		order[j] = order[i];
	}
	free(order);
	return count;
}

/* ---- how wide intervals must be --------------------------------------------------------- */

static const size_t counts[] = {0, 5, 10, 25, 50, 100};
#define COUNTS (sizeof counts / sizeof *counts)

struct question_widths {
	size_t used; /* of the counts */
	struct spread spread[COUNTS];
};

/* Puts questions to a learned model, planned ones unless `random`, and notes its
 * errors, standardised. */
static void judge_learned(const struct answer_model *model, size_t number, const uint64_t *answers,
			  const struct question_widths *widths, uint64_t *random, double *factors,
			  struct judged *judged)
{
	struct question_subject subject = {.lrmf = answer_model_lrmf(model), .mean = factors};
	size_t budget = counts[widths->used - 1];
	uint32_t *chosen = memory_allocate(budget + 1, sizeof *chosen);
	uint8_t *own = memory_allocate(budget + 1, sizeof *own);
	double *deviation = memory_allocate(budget + 1, sizeof *deviation);
	struct question_draws draws;

	answer_model_place_learned(model, number, factors, &subject.variance);
	question_locate(&subject, &draws);
	size_t found = random ? question_draw(draws.questions, budget, random, chosen)
			      : question_choose(&draws, &subject.known, budget, chosen, deviation);
	question_draws_free(&draws);
	for (size_t k = 0; k < found; k++)
		own[k] = answers[chosen[k] / 64] >> (chosen[k] % 64) & 1;
	for (size_t i = 0; i < widths->used; i++) {
		subject.known = (struct lrmf_known){counts[i] < found ? counts[i] : found, chosen, own};
		struct engine_estimate estimate = question_estimate(&subject);
		judged[i * WIDTH_MODELS] = (struct judged){
			fabs(answer_model_observed(model, number) - estimate.mean) / fmax(estimate.sd, 1e-6), 1};
	}
	free(chosen);
	free(own);
	free(deviation);
}

/* Learned models without a copy among the answers: a copy would give theirs away. */
static size_t list_single(const struct answer_model *model, const struct lrmf_data *answers, const uint32_t *models,
			  size_t *single)
{
	uint32_t *twin = answer_twins(answers), *alike = memory_zero(answers->models + 1, sizeof *alike);
	size_t count = 0;

	for (size_t i = 0; i < answers->models; i++)
		alike[twin[i]]++;
	for (size_t i = 0; i < answers->models; i++)
		if (alike[twin[i]] == 1 && !isnan(answer_model_observed(model, models[i])))
			single[count++] = i;
	free(twin);
	free(alike);
	return count;
}

/* At most WIDTH_MODELS of these at even distances. */
static size_t pick_models(const struct answer_model *model, const struct lrmf_data *answers,
			  const uint32_t *models, size_t *picked)
{
	size_t *single = memory_allocate(answers->models + 1, sizeof *single);
	size_t found = list_single(model, answers, models, single), count = 0;
	size_t wanted = found < WIDTH_MODELS ? found : WIDTH_MODELS;

	for (; count < wanted; count++)
		picked[count] = single[count * found / wanted];
	free(single);
	return count;
}

enum status question_widths_learn(const struct answer_model *model, const struct lrmf_data *answers,
				  const uint32_t *models, size_t budget, uint64_t *random,
				  struct progress *progress, struct question_widths **result,
				  struct error *error)
{
	struct question_widths *widths = memory_zero(1, sizeof *widths);
	struct judged *judged = memory_zero(COUNTS * WIDTH_MODELS, sizeof *judged);
	double *factors = memory_allocate(lrmf_rank(answer_model_lrmf(model)), sizeof *factors);
	size_t picked[WIDTH_MODELS], count = pick_models(model, answers, models, picked);
	enum status status = STATUS_OK;

	while (widths->used < COUNTS && (widths->used == 0 || counts[widths->used - 1] < budget) &&
	       counts[widths->used] <= answers->questions)
		widths->used++;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		judge_learned(model, models[picked[i]], answers->answers[picked[i]], widths, random, factors,
			      judged + i);
		if (!progress_step(progress, "asking known models", (double)i / (double)count))
			status = error_set(error, STATUS_CANCELLED, "planning cancelled");
	}
	for (size_t i = 0; i < widths->used; i++)
		widths->spread[i] = spread_of(judged + i * WIDTH_MODELS, count, count);
	free(judged);
	free(factors);
	if (status == STATUS_OK)
		*result = widths;
	else
		free(widths);
	return status;
}

enum status question_widths_new(const struct answer_model *model, const struct lrmf_data *answers,
				const uint32_t *models, size_t budget, struct progress *progress,
				struct question_widths **widths, struct error *error)
{
	return question_widths_learn(model, answers, models, budget, NULL, progress, widths, error);
}

void question_widths_free(struct question_widths *widths)
{
	free(widths);
}

void question_widen(const struct question_widths *widths, size_t answers, struct engine_estimate *estimate)
{
	size_t next = 1;

	while (next + 1 < widths->used && counts[next] < answers)
		next++;
	if (next >= widths->used)
		next = 0;
	size_t before = next > 0 ? next - 1 : 0;
	double step = next > 0 ? fmin(((double)answers - (double)counts[before]) /
				      (double)(counts[next] - counts[before]), 1) : 0;
	const struct spread *a = &widths->spread[before], *b = &widths->spread[next];
	double half = (a->half + step * (b->half - a->half)) * estimate->sd;
	double ninety = (a->ninety + step * (b->ninety - a->ninety)) * estimate->sd;

	estimate->low50 = fmax(estimate->mean - half, 0);
	estimate->high50 = fmin(estimate->mean + half, 100);
	estimate->low90 = fmax(estimate->mean - ninety, 0);
	estimate->high90 = fmin(estimate->mean + ninety, 100);
}

/* ---- the plan ------------------------------------------------------------------------------ */

void question_plan_make(const struct answer_model *model, const struct question_widths *widths,
			struct engine_query *query, const struct lrmf_known *known, size_t budget,
			struct question_plan *plan)
{
	const struct lrmf *lrmf = answer_model_lrmf(model);
	double *factors = memory_allocate(lrmf_rank(lrmf), sizeof *factors);
	double *deviation = memory_allocate(budget + 1, sizeof *deviation);
	struct question_subject subject = {.lrmf = lrmf, .mean = factors, .known = *known};
	struct question_draws draws;

	subject.variance = answer_model_place(model, query, factors);
	double share = question_locate(&subject, &draws);
	*plan = (struct question_plan){
		.questions = memory_allocate(budget + 1, sizeof *plan->questions),
		.after = memory_allocate(budget + 1, sizeof *plan->after),
	};
	plan->count = question_choose(&draws, known, budget, plan->questions, deviation);
	for (size_t k = 0; k <= plan->count; k++) {
		plan->after[k] = (struct engine_estimate){.mean = share, .sd = 100 * deviation[k]};
		question_widen(widths, known->count + k, &plan->after[k]);
	}
	question_draws_free(&draws);
	free(factors);
	free(deviation);
}

void question_plan_free(struct question_plan *plan)
{
	free(plan->questions);
	free(plan->after);
	*plan = (struct question_plan){0};
}
