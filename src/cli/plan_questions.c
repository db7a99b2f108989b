#include "plan_questions.h"

#include <math.h>
#include <stdlib.h>

#include "names.h"
#include "output.h"
#include "plan_until.h"
#include "stemma/app/outcomes.h"
#include "stemma/base/memory.h"
#include "stemma/base/write_file.h"
#include "stemma/engine/question_plan.h"

/* ---- the plan ---------------------------------------------------------------------- */

/* The last is left out where nothing is to be decided. */
static const struct column columns[] = {
	PLAN_COLUMNS("question", "put question"),
	{"decided", "decided by then", COLUMN_PERCENT, 0, false},
};
#define COLUMNS (sizeof columns / sizeof *columns)
#define NORMAL_90 1.6449

/* The share, normal with the calibrated interval. */
static struct decision_state state_of(const struct question_plan *plan, size_t step)
{
	const struct engine_estimate *after = &plan->after[step];

	return (struct decision_state){after->mean, (after->high90 - after->low90) / (2 * NORMAL_90)};
}

/* Ends the plan where results as expected decide the question. */
static void cut_plan(const struct plan_until *until, struct question_plan *plan)
{
	for (size_t k = 0; k <= plan->count && until->asked; k++) {
		struct decision_state state = state_of(plan, k);
		if (decision_made(&until->decision, &state))
			plan->count = k;
	}
}

static void report_question(struct report *report, const struct plan_questions *options, const struct plan_until *until,
			    const struct question_plan *plan)
{
	struct decision_state now = state_of(plan, 0);

	if (!until->asked)
		return;
	double chance = decision_chance(&until->decision, &now);
	report_text(report, "until", "until", options->until);
	report_number(report, "chance", "chance, %", 100 * (until->below ? 1 - chance : chance), 1);
	report_text(report, "decided", "decided", decision_made(&until->decision, &now) ? "yes" : "no");
}

static void report_plan(struct cli *cli, const char *model, const struct plan_questions *options,
			const struct plan_until *until, const struct outcomes *outcomes, size_t known,
			const struct question_plan *plan)
{
	struct table *table = table_new(columns, until->asked ? COLUMNS : COLUMNS - 1);
	struct decision_state now = state_of(plan, 0);
	struct report report;
	char name[OUTCOMES_NAME_SIZE];

	for (size_t k = 0; k <= plan->count; k++) {
		plan_add_step(table, k, k ? outcomes_name(outcomes, plan->questions[k - 1], name) : "nothing more",
			      &plan->after[k], 1);
		if (until->asked)
			table_number(table, decision_by(&until->decision, &now, state_of(plan, k).deviation));
	}
	cli_report(cli, &report);
	report_text(&report, "model", "model", model);
	report_text(&report, "target", "target", options->set);
	report_number(&report, "questions", "questions", (double)outcomes->questions, 0);
	report_number(&report, "answered", known > 0 ? "answered" : NULL, (double)known, 0);
	report_number(&report, "solved", "solved %", plan->after[0].mean, 1);
	report_question(&report, options, until, plan);
	report_table(&report, "plan", NULL, table, TABLE_MAIN);
	report_end(&report);
	table_free(table);
}

/* Its number for lm-evaluation-harness; false when the question has none. */
static bool question_id(const char *name, double *id)
{
	char *end;

	*id = (double)strtoll(name, &end, 10);
	return end != name && !*end;
}

static int compare_ids(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* In ascending order: for others the harness calls each document by the number of another (its issue 4084). */
static enum status list_ids(const struct plan_questions *options, const struct outcomes *outcomes,
			    const struct question_plan *plan, double *ids, struct error *error)
{
	char name[OUTCOMES_NAME_SIZE];

	for (size_t k = 0; k < plan->count; k++) {
		const char *word = outcomes_name(outcomes, plan->questions[k], name);
		if (question_id(word, &ids[k]))
			continue;
		error_set(error, STATUS_DATA, "question \"%s\" of %s has no number", word, options->set);
		return error_advise(error, "lm-evaluation-harness chooses questions by doc_id");
	}
	qsort(ids, plan->count, sizeof *ids, compare_ids);
	return STATUS_OK;
}

/* What lm-evaluation-harness takes as --samples: {"TASK": [doc_id, ...]}. */
static enum status write_samples(const struct plan_questions *options, const struct outcomes *outcomes,
				 const struct question_plan *plan, struct error *error)
{
	double *ids = memory_allocate(plan->count + 1, sizeof *ids);
	struct text text = {0};
	struct output_json json = {.out = &text};
	enum status status = list_ids(options, outcomes, plan, ids, error);

	output_json_begin(&json, NULL, '{', JSON_LINES);
	output_json_begin(&json, options->task ? options->task : options->set, '[', JSON_INLINE);
	for (size_t k = 0; k < plan->count && status == STATUS_OK; k++)
		output_json_number(&json, NULL, ids[k]);
	output_json_end(&json, ']');
	output_json_end(&json, '}');
	if (status == STATUS_OK)
		status = write_file(options->output, &text, true, error);
	text_free(&text);
	free(ids);
	return status;
}

static enum status find_set(const struct session *session, const struct plan_questions *options,
			    const struct answer_set **set, struct error *error)
{
	*set = answer_sets_find(&session->answers, options->set);
	if (!*set)
		return error_set(error, STATUS_DATA, "too few models with answers to %s have scores", options->set);
	return STATUS_OK;
}

static enum status check_answers(const struct session *session, const struct plan_questions *options,
				 const struct outcomes *outcomes, size_t model, struct error *error)
{
	for (size_t i = 0; i < outcomes->count; i++)
		if (outcomes->models[i] == model) {
			error_set(error, STATUS_USAGE, "the answers of %s to %s are known already",
				  names_model(session->catalog, model), options->set);
			return error_advise(error, "name another set with --target, or another model");
		}
	return STATUS_OK;
}

static enum status make_plan(struct cli *cli, struct session *session, size_t model,
			     const struct answer_set *set, const struct plan_questions *options,
			     const struct plan_until *until, struct error *error)
{
	struct question_widths *widths = NULL;
	struct question_plan plan = {0};
	struct outcomes outcomes = {0};
	enum status status = outcomes_load(session->store, session->catalog, options->set, &outcomes, error);

	if (status == STATUS_OK)
		status = check_answers(session, options, &outcomes, model, error);
	if (status == STATUS_OK) {
		struct lrmf_data answers = outcomes_data(&outcomes);
		status = question_widths_new(set->model, &answers, outcomes.models,
					     outcomes_some(&outcomes, model).count + (size_t)options->budget, &cli->progress,
					     &widths, error);
		cli_end_progress(cli);
	}
	if (status == STATUS_OK)
		status = engine_predict_model(session->query, model, error);
	if (status == STATUS_OK) {
		const struct lrmf_known known = outcomes_some(&outcomes, model);
		question_plan_make(set->model, widths, session->query, &known, (size_t)options->budget, &plan);
		cut_plan(until, &plan);
		if (options->output)
			status = write_samples(options, &outcomes, &plan, error);
	}
	if (status == STATUS_OK)
		report_plan(cli, names_model(session->catalog, model), options, until, &outcomes,
			    outcomes_some(&outcomes, model).count, &plan);
	question_plan_free(&plan);
	question_widths_free(widths);
	outcomes_free(&outcomes);
	return status;
}

enum status plan_questions_model(struct cli *cli, struct session *session, const char *name,
				 const struct plan_questions *options, struct error *error)
{
	const struct answer_set *set;
	struct plan_until until;
	size_t model;
	enum status status = catalog_resolve(session->catalog, name, &model, error);

	if (status == STATUS_OK)
		status = plan_until_parse(session->catalog, options->until, options->level, &until, error);
	if (status == STATUS_OK && until.models[0] != CATALOG_NONE)
		status = error_set(error, STATUS_USAGE, "a plan of questions is for one model");
	if (status == STATUS_OK)
		status = find_set(session, options, &set, error);
	if (status == STATUS_OK)
		status = make_plan(cli, session, model, set, options, &until, error);
	return status;
}

/* ---- the back-test -------------------------------------------------------------------- */

static const size_t budgets[] = {0, 5, 10, 25, 30, 50, 100};
#define BUDGETS (sizeof budgets / sizeof *budgets)

static const char *const group_words[QUESTION_GROUPS] = {"all", "with kin"};

static const struct column test_columns[] = {
	{"group", "models", COLUMN_TEXT, 0, false},
	{"models", "", COLUMN_NUMBER, 0, false},
	{"questions", "questions", COLUMN_NUMBER, 0, false},
	{"planned", "error: planned", COLUMN_NUMBER, 2, false},
	{"random", "random", COLUMN_NUMBER, 2, false},
	{"sampled", "their plain share", COLUMN_NUMBER, 2, false},
	{"means", "mean", COLUMN_NUMBER, 2, false},
	{"items_planned", "2PL: planned", COLUMN_NUMBER, 2, false},
	{"items_random", "random", COLUMN_NUMBER, 2, false},
	{"planned_width", "90 % width: planned", COLUMN_NUMBER, 1, false},
	{"random_width", "random", COLUMN_NUMBER, 1, false},
	{"planned_inside", "inside: planned", COLUMN_PERCENT, 0, false},
	{"random_inside", "random", COLUMN_PERCENT, 0, false},
};

static struct table *tabulate_test(const struct question_figures *figures, size_t used)
{
	struct table *table = table_new(test_columns, sizeof test_columns / sizeof *test_columns);

	for (size_t i = 0; i < QUESTION_GROUPS * used; i++) {
		if (figures[i].models == 0)
			continue;
		table_text(table, group_words[i / used]);
		table_number(table, (double)figures[i].models);
		table_number(table, (double)figures[i].budget);
		table_number(table, figures[i].planned);
		table_number(table, figures[i].random);
		table_number(table, figures[i].sampled);
		table_number(table, figures[i].means);
		table_number(table, figures[i].items_planned);
		table_number(table, figures[i].items_random);
		table_number(table, figures[i].planned_width);
		table_number(table, figures[i].random_width);
		table_number(table, figures[i].planned_inside);
		table_number(table, figures[i].random_inside);
	}
	return table;
}

enum status plan_questions_test(struct cli *cli, struct session *session,
				const struct plan_questions *options, struct error *error)
{
	struct question_figures figures[QUESTION_GROUPS * BUDGETS];
	struct question_settings settings = {.seed = options->seed, .repeats = (size_t)options->repeats,
					     .budgets = budgets, .budget_count = BUDGETS};
	struct outcomes outcomes = {0};
	struct report report;
	enum status status = outcomes_load(session->store, session->catalog, options->set, &outcomes, error);

	if (status != STATUS_OK)
		return status;
	while (settings.budget_count > 1 && budgets[settings.budget_count - 1] >= outcomes.questions)
		settings.budget_count--;
	struct answer_data data = {.answers = outcomes_data(&outcomes), .model = outcomes.models};
	catalog_engine_data(session->catalog, &data.engine);
	status = question_plan_test(&data, &settings, &cli->progress, figures, error);
	cli_end_progress(cli);
	if (status == STATUS_OK) {
		struct table *table = tabulate_test(figures, settings.budget_count);
		cli_report(cli, &report);
		report_text(&report, "target", "target", options->set);
		report_number(&report, "models", "models held out", (double)figures[QUESTION_ALL].models, 0);
		report_table(&report, "backtest", NULL, table, TABLE_MAIN);
		report_end(&report);
		table_free(table);
	}
	outcomes_free(&outcomes);
	return status;
}
