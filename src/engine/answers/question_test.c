/* The back-test of the plans of questions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answers/answer_model.h"
#include "answers/question_choice.h"
#include "data/random.h"
#include "stemma/base/memory.h"
#include "stemma/engine/question_plan.h"

#define HELD_OUT_SHARE 0.25
#define RANDOM_ORDERS 5 /* of a held-out model */

struct question_trial {
	const struct answer_data *data;
	const struct question_settings *settings;
	struct progress *progress;
	struct question_figures *figures;
	bool *held;              /* by row of the answers */
	uint64_t random;
	/* of one repeat */
	struct engine_fit *fit;
	struct engine_query *query;
	struct answer_model *model;
	struct question_widths *planned, *random_widths;
};

static size_t budget_max(const struct question_trial *trial)
{
	return trial->settings->budgets[trial->settings->budget_count - 1];
}

/* ---- learning from the others ----------------------------------------------------------- */

static void hold_out(struct question_trial *trial)
{
	for (size_t i = 0; i < trial->data->answers.models; i++)
		trial->held[i] = random_fraction(&trial->random) < HELD_OUT_SHARE;
}

static enum status learn_fit(struct question_trial *trial, struct error *error)
{
	struct engine_data engine = trial->data->engine;
	struct engine_settings settings = {.seed = trial->settings->seed, .prior = PRIOR_KIN};
	bool *excluded = memory_zero(engine.models + 1, sizeof *excluded);

	if (engine.excluded)
		memcpy(excluded, engine.excluded, engine.models * sizeof *excluded);
	for (size_t i = 0; i < trial->data->answers.models; i++)
		if (trial->held[i])
			excluded[trial->data->model[i]] = true;
	engine.excluded = excluded;
	enum status status = engine_fit_new(&engine, &settings, NULL, 0, true, trial->progress, &trial->fit, error);
	if (status == STATUS_OK)
		trial->query = engine_query_new(trial->fit);
	free(excluded);
	return status;
}

static enum status learn_answers(struct question_trial *trial, struct error *error)
{
	const struct lrmf_data *all = &trial->data->answers;
	const uint64_t **answers = memory_allocate(all->models + 1, sizeof *answers);
	uint32_t *models = memory_allocate(all->models + 1, sizeof *models);
	size_t count = 0;

	for (size_t i = 0; i < all->models; i++)
		if (!trial->held[i]) {
			models[count] = trial->data->model[i];
			answers[count++] = all->answers[i];
		}
	struct lrmf_data known = {count, all->questions, answers};
	enum status status = answer_model_new(trial->fit, &known, models, NULL, 0, trial->settings->seed,
					      trial->progress, &trial->model, error);
	if (status == STATUS_OK)
		status = question_widths_new(trial->model, &known, models, budget_max(trial), trial->progress,
					     &trial->planned, error);
	if (status == STATUS_OK)
		status = question_widths_learn(trial->model, &known, models, budget_max(trial), &trial->random,
					       trial->progress, &trial->random_widths, error);
	free(answers);
	free(models);
	return status;
}

static void forget(struct question_trial *trial)
{
	question_widths_free(trial->planned);
	question_widths_free(trial->random_widths);
	answer_model_free(trial->model);
	engine_query_free(trial->query);
	engine_fit_free(trial->fit);
	trial->planned = trial->random_widths = NULL;
	trial->model = NULL;
	trial->query = NULL;
	trial->fit = NULL;
}

/* ---- one held-out model ------------------------------------------------------------------- */

struct asked {
	double error, width;
	bool inside;
};

static void take_answers(const struct question_trial *trial, size_t row, const uint32_t *questions,
			 size_t count, uint8_t *answers)
{
	const uint64_t *bits = trial->data->answers.answers[row];

	for (size_t k = 0; k < count; k++)
		answers[k] = bits[questions[k] / 64] >> (questions[k] % 64) & 1;
}

static double true_share(const struct question_trial *trial, size_t row)
{
	size_t questions = trial->data->answers.questions, solved = 0;

	for (size_t i = 0; i < questions; i++)
		solved += trial->data->answers.answers[row][i / 64] >> (i % 64) & 1;
	return 100 * (double)solved / (double)questions;
}

static struct asked judge(const struct question_widths *widths, const struct question_subject *subject,
			  double share)
{
	struct engine_estimate estimate = question_estimate(subject);

	question_widen(widths, subject->known.count, &estimate);
	return (struct asked){
		.error = fabs(estimate.mean - share), .width = estimate.high90 - estimate.low90,
		.inside = estimate.low90 <= share && share <= estimate.high90,
	};
}

static void ask_random(struct question_trial *trial, size_t row, struct question_subject *subject,
		       double share)
{
	size_t questions = trial->data->answers.questions, most = budget_max(trial);
	uint32_t *order = memory_allocate(most + 1, sizeof *order);
	uint8_t *answers = memory_allocate(most + 1, sizeof *answers);

	for (size_t draw = 0; draw < RANDOM_ORDERS; draw++) {
		question_draw(questions, most, &trial->random, order);
		take_answers(trial, row, order, most, answers);
		for (size_t i = 0; i < trial->settings->budget_count; i++) {
			struct question_figures *figures = &trial->figures[i];
			double solved = 0;
			subject->known = (struct lrmf_known){figures->budget, order, answers};
			struct asked asked = judge(trial->random_widths, subject, share);
			for (size_t k = 0; k < figures->budget; k++)
				solved += answers[k];
			figures->random += asked.error / RANDOM_ORDERS;
			figures->random_width += asked.width / RANDOM_ORDERS;
			figures->random_inside += (double)asked.inside / RANDOM_ORDERS;
			figures->sampled += fabs(100 * solved / (double)figures->budget - share) / RANDOM_ORDERS;
		}
	}
	free(order);
	free(answers);
}

static void ask_planned(struct question_trial *trial, size_t row, struct question_subject *subject,
			double share)
{
	const struct lrmf_known nothing = {0, NULL, NULL};
	uint8_t *answers = memory_allocate(budget_max(trial) + 1, sizeof *answers);
	struct question_plan plan;

	question_plan_make(trial->model, trial->planned, trial->query, &nothing, budget_max(trial), &plan);
	take_answers(trial, row, plan.questions, plan.count, answers);
	for (size_t i = 0; i < trial->settings->budget_count; i++) {
		struct question_figures *figures = &trial->figures[i];
		subject->known = (struct lrmf_known){figures->budget, plan.questions, answers};
		struct asked asked = judge(trial->planned, subject, share);
		figures->planned += asked.error;
		figures->planned_width += asked.width;
		figures->planned_inside += asked.inside;
		figures->models++;
	}
	question_plan_free(&plan);
	free(answers);
}

static enum status ask_model(struct question_trial *trial, size_t row, struct error *error)
{
	struct question_subject subject = {.lrmf = answer_model_lrmf(trial->model)};
	double *factors = memory_allocate(lrmf_rank(subject.lrmf), sizeof *factors);
	double share = true_share(trial, row);
	enum status status = engine_predict_model(trial->query, trial->data->model[row], error);

	if (status == STATUS_OK) {
		subject.mean = factors;
		subject.variance = answer_model_place(trial->model, trial->query, factors);
		ask_planned(trial, row, &subject, share);
		ask_random(trial, row, &subject, share);
	}
	free(factors);
	return status;
}

/* ---- the whole -------------------------------------------------------------------------------- */

static enum status repeat_once(struct question_trial *trial, struct error *error)
{
	size_t rows = trial->data->answers.models;

	hold_out(trial);
	enum status status = learn_fit(trial, error);
	if (status == STATUS_OK)
		status = learn_answers(trial, error);
	for (size_t i = 0; i < rows && status == STATUS_OK; i++) {
		if (trial->held[i])
			status = ask_model(trial, i, error);
		if (status == STATUS_OK && !progress_step(trial->progress, "asking held-out models",
							  (double)i / (double)rows))
			status = error_set(error, STATUS_CANCELLED, "back-test cancelled");
	}
	forget(trial);
	return status;
}

enum status question_plan_test(const struct answer_data *data, const struct question_settings *settings,
			       struct progress *progress, struct question_figures *figures,
			       struct error *error)
{
	struct question_trial trial = {
		.data = data, .settings = settings, .progress = progress, .figures = figures,
		.held = memory_zero(data->answers.models + 1, sizeof(bool)), .random = settings->seed,
	};
	enum status status = STATUS_OK;

	if (budget_max(&trial) > data->answers.questions)
		status = error_set(error, STATUS_USAGE, "%zu questions of %zu", budget_max(&trial),
				   data->answers.questions);
	for (size_t i = 0; i < settings->budget_count; i++)
		figures[i] = (struct question_figures){.budget = settings->budgets[i]};
	for (size_t i = 0; i < settings->repeats && status == STATUS_OK; i++)
		status = repeat_once(&trial, error);
	for (size_t i = 0; i < settings->budget_count; i++) {
		double count = (double)figures[i].models;
		figures[i].planned /= count, figures[i].random /= count;
		figures[i].planned_width /= count, figures[i].random_width /= count;
		figures[i].planned_inside /= count, figures[i].random_inside /= count;
		figures[i].sampled = figures[i].budget > 0 ? figures[i].sampled / count : NAN;
	}
	free(trial.held);
	return status;
}
