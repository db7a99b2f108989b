/* The back-test of the plans of questions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answers/answer_model.h"
#include "answers/answer_twins.h"
#include "answers/item_response.h"
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
	uint32_t *twin;          /* by row of the answers: the first that answers all alike */
	bool *held;              /* by row */
	bool *is_learned;        /* by model: its answers are learned from */
	uint64_t random;
	/* of one repeat */
	struct engine_fit *fit;
	struct engine_query *query;
	struct answer_model *model;
	struct question_widths *planned, *random_widths;
	struct item_response *items;
	double *means;           /* questions: share of the learned models that solve it */
};

static size_t budget_max(const struct question_trial *trial)
{
	return trial->settings->budgets[trial->settings->budget_count - 1];
}

/* ---- learning from the others ----------------------------------------------------------- */

/* Twins are held out together: the first one decides. */
static void hold_out(struct question_trial *trial)
{
	for (size_t i = 0; i < trial->data->answers.models; i++) {
		trial->held[i] = trial->twin[i] == i ? random_fraction(&trial->random) < HELD_OUT_SHARE
						     : trial->held[trial->twin[i]];
		trial->is_learned[trial->data->model[i]] = !trial->held[i];
	}
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

/* What the baselines learn of the questions. */
static void learn_questions(struct question_trial *trial, const struct lrmf_data *known)
{
	trial->items = item_response_new(known);
	trial->means = memory_zero(known->questions + 1, sizeof *trial->means);
	for (size_t i = 0; i < known->questions; i++)
		for (size_t u = 0; u < known->models; u++)
			trial->means[i] += (double)(known->answers[u][i / 64] >> (i % 64) & 1) / (double)known->models;
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
	if (status == STATUS_OK)
		learn_questions(trial, &known);
	free(answers);
	free(models);
	return status;
}

static void forget(struct question_trial *trial)
{
	question_widths_free(trial->planned);
	question_widths_free(trial->random_widths);
	item_response_free(trial->items);
	free(trial->means);
	answer_model_free(trial->model);
	engine_query_free(trial->query);
	engine_fit_free(trial->fit);
	trial->planned = trial->random_widths = NULL;
	trial->items = NULL;
	trial->means = NULL;
	trial->model = NULL;
	trial->query = NULL;
	trial->fit = NULL;
}

/* ---- one held-out model ------------------------------------------------------------------- */

/* A model whose answers are held out. */
struct held_out {
	size_t row;
	double share;            /* points */
	struct question_subject subject;
	struct question_figures *now; /* by budget: its own figures */
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

/* Estimates from the known answers: returns the error, and adds to width and inside. */
static double judge(const struct question_widths *widths, struct held_out *held, const struct lrmf_known *known,
		    double weight, double *width, double *inside)
{
	held->subject.known = *known;
	struct engine_estimate estimate = question_estimate(&held->subject);
	question_widen(widths, known->count, &estimate);
	*width += weight * (estimate.high90 - estimate.low90);
	*inside += weight * (double)(estimate.low90 <= held->share && held->share <= estimate.high90);
	return fabs(estimate.mean - held->share);
}

static double sampled_error(const struct lrmf_known *known, double share)
{
	double solved = 0;

	for (size_t k = 0; k < known->count; k++)
		solved += known->answers[k];
	return fabs(100 * solved / (double)known->count - share);
}

static void ask_random(struct question_trial *trial, struct held_out *held)
{
	size_t questions = trial->data->answers.questions, most = budget_max(trial);
	const double weight = 1.0 / RANDOM_ORDERS;
	uint32_t *order = memory_allocate(most + 1, sizeof *order);
	uint8_t *answers = memory_allocate(most + 1, sizeof *answers);

	for (size_t draw = 0; draw < RANDOM_ORDERS; draw++) {
		question_draw(questions, most, &trial->random, order);
		take_answers(trial, held->row, order, most, answers);
		for (size_t i = 0; i < trial->settings->budget_count; i++) {
			struct question_figures *now = &held->now[i];
			const struct lrmf_known known = {now->budget, order, answers};
			now->random += weight * judge(trial->random_widths, held, &known, weight, &now->random_width,
						      &now->random_inside);
			now->sampled += weight * sampled_error(&known, held->share);
			now->means += weight * fabs(100 * question_share(questions, trial->means, &known) - held->share);
			now->items_random += weight * fabs(item_response_share(trial->items, &known) - held->share);
		}
	}
	free(order);
	free(answers);
}

static void ask_planned(struct question_trial *trial, struct held_out *held)
{
	const struct lrmf_known nothing = {0, NULL, NULL};
	size_t most = budget_max(trial);
	uint8_t *answers = memory_allocate(most + 1, sizeof *answers);
	uint32_t *asked = memory_allocate(most + 1, sizeof *asked);
	struct question_plan plan;

	question_plan_make(trial->model, trial->planned, trial->query, &nothing, most, &plan);
	take_answers(trial, held->row, plan.questions, plan.count, answers);
	for (size_t i = 0; i < trial->settings->budget_count; i++) {
		struct question_figures *now = &held->now[i];
		const struct lrmf_known known = {now->budget, plan.questions, answers};
		now->planned = judge(trial->planned, held, &known, 1, &now->planned_width, &now->planned_inside);
	}
	question_plan_free(&plan);
	item_response_ask(trial->items, trial->data->answers.answers[held->row], most, asked, answers);
	for (size_t i = 0; i < trial->settings->budget_count; i++) {
		const struct lrmf_known known = {held->now[i].budget, asked, answers};
		held->now[i].items_planned = fabs(item_response_share(trial->items, &known) - held->share);
	}
	free(asked);
	free(answers);
}

static void add_figures(const struct question_figures *now, struct question_figures *sum)
{
	sum->models++;
	sum->planned += now->planned, sum->random += now->random;
	sum->sampled += now->sampled, sum->means += now->means;
	sum->items_planned += now->items_planned, sum->items_random += now->items_random;
	sum->planned_width += now->planned_width, sum->random_width += now->random_width;
	sum->planned_inside += now->planned_inside, sum->random_inside += now->random_inside;
}

/* Whether the answers of a parent, a child or another child of a parent are learned from. */
static bool has_learned_kin(const struct question_trial *trial, size_t model)
{
	const struct lineage *lineage = trial->data->engine.lineage;
	size_t parents, children;
	const struct lineage_parent *parent = lineage_parents(lineage, model, &parents);
	const uint32_t *child = lineage_children(lineage, model, &children);
	bool found = false;

	for (size_t c = 0; c < children && !found; c++)
		found = trial->is_learned[child[c]];
	for (size_t p = 0; p < parents && !found; p++) {
		found = trial->is_learned[parent[p].node];
		child = lineage_children(lineage, parent[p].node, &children);
		for (size_t c = 0; c < children && !found; c++)
			found = trial->is_learned[child[c]];
	}
	return found;
}

static enum status ask_model(struct question_trial *trial, size_t row, struct error *error)
{
	size_t model = trial->data->model[row], budgets = trial->settings->budget_count;
	struct held_out held = {.row = row, .share = true_share(trial, row),
				.subject = {.lrmf = answer_model_lrmf(trial->model)},
				.now = memory_zero(budgets + 1, sizeof *held.now)};
	double *factors = memory_allocate(lrmf_rank(held.subject.lrmf), sizeof *factors);
	enum status status = engine_predict_model(trial->query, model, error);

	for (size_t i = 0; i < budgets; i++)
		held.now[i].budget = trial->settings->budgets[i];
	if (status == STATUS_OK) {
		held.subject.mean = factors;
		held.subject.variance = answer_model_place(trial->model, trial->query, factors);
		ask_planned(trial, &held);
		ask_random(trial, &held);
		for (size_t i = 0; i < budgets; i++) {
			add_figures(&held.now[i], &trial->figures[QUESTION_ALL * budgets + i]);
			if (has_learned_kin(trial, model))
				add_figures(&held.now[i], &trial->figures[QUESTION_KIN * budgets + i]);
		}
	}
	free(factors);
	free(held.now);
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
		if (trial->held[i] && trial->twin[i] == i)
			status = ask_model(trial, i, error);
		if (status == STATUS_OK && !progress_step(trial->progress, "asking held-out models",
							  (double)i / (double)rows))
			status = error_set(error, STATUS_CANCELLED, "back-test cancelled");
	}
	forget(trial);
	return status;
}

static void divide_figures(struct question_figures *figures)
{
	double count = (double)figures->models;

	figures->planned /= count, figures->random /= count;
	figures->means /= count;
	figures->items_planned /= count, figures->items_random /= count;
	figures->planned_width /= count, figures->random_width /= count;
	figures->planned_inside /= count, figures->random_inside /= count;
	figures->sampled = figures->budget > 0 ? figures->sampled / count : NAN;
}

enum status question_plan_test(const struct answer_data *data, const struct question_settings *settings,
			       struct progress *progress, struct question_figures *figures,
			       struct error *error)
{
	struct question_trial trial = {
		.data = data, .settings = settings, .progress = progress, .figures = figures,
		.twin = answer_twins(&data->answers), .random = settings->seed,
		.held = memory_zero(data->answers.models + 1, sizeof(bool)),
		.is_learned = memory_zero(data->engine.models + 1, sizeof(bool)),
	};
	enum status status = STATUS_OK;
	size_t rows = QUESTION_GROUPS * settings->budget_count;

	if (budget_max(&trial) > data->answers.questions)
		status = error_set(error, STATUS_USAGE, "%zu questions of %zu", budget_max(&trial),
				   data->answers.questions);
	for (size_t i = 0; i < rows; i++)
		figures[i] = (struct question_figures){.budget = settings->budgets[i % settings->budget_count]};
	for (size_t i = 0; i < settings->repeats && status == STATUS_OK; i++)
		status = repeat_once(&trial, error);
	for (size_t i = 0; i < rows; i++)
		divide_figures(&figures[i]);
	free(trial.twin);
	free(trial.held);
	free(trial.is_learned);
	return status;
}
