/* lm-evaluation-harness results_TIME.json (formats.md §4.2), of which the tasks
 * of the Open LLM Leaderboard count, normalised as the leaderboard does (§4.4). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_read.h"
#include "origin.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* ---- the leaderboard's tasks --------------------------------------------------- */

struct subtask {
	const char *name;  /* behind the benchmark's prefix */
	int choices;       /* a random guess is right once in so many times; 0 never */
	int questions;
};

static const struct subtask ifeval_tasks[] = {{"", 0, 541}};
static const struct subtask mmlu_pro_tasks[] = {{"", 10, 12032}};
static const struct subtask gpqa_tasks[] = {{"_diamond", 4, 198}, {"_extended", 4, 546}, {"_main", 4, 448}};
static const struct subtask musr_tasks[] = {
	{"_murder_mysteries", 2, 250}, {"_object_placements", 5, 256}, {"_team_allocation", 3, 250},
};
static const struct subtask math_tasks[] = {
	{"_algebra_hard", 0, 307}, {"_counting_and_prob_hard", 0, 123}, {"_geometry_hard", 0, 132},
	{"_intermediate_algebra_hard", 0, 280}, {"_num_theory_hard", 0, 154},
	{"_prealgebra_hard", 0, 193}, {"_precalculus_hard", 0, 135},
};
static const struct subtask bbh_tasks[] = {
	{"_boolean_expressions", 2, 250}, {"_causal_judgement", 2, 187},
	{"_date_understanding", 6, 250}, {"_disambiguation_qa", 3, 250},
	{"_formal_fallacies", 2, 250}, {"_geometric_shapes", 11, 250}, {"_hyperbaton", 2, 250},
	{"_logical_deduction_five_objects", 5, 250}, {"_logical_deduction_seven_objects", 7, 250},
	{"_logical_deduction_three_objects", 3, 250}, {"_movie_recommendation", 6, 250},
	{"_navigate", 2, 250}, {"_object_counting", 19, 250}, {"_penguins_in_a_table", 5, 146},
	{"_reasoning_about_colored_objects", 18, 250}, {"_ruin_names", 6, 250},
	{"_salient_translation_error_detection", 6, 250}, {"_snarks", 2, 178},
	{"_sports_understanding", 2, 250}, {"_temporal_sequences", 4, 250},
	{"_tracking_shuffled_objects_five_objects", 5, 250},
	{"_tracking_shuffled_objects_seven_objects", 7, 250},
	{"_tracking_shuffled_objects_three_objects", 3, 250}, {"_web_of_lies", 2, 250},
};

static const struct group {
	const char *key, *title, *prefix;
	const char *metrics[2]; /* their mean */
	const struct subtask *tasks;
	size_t count;
	bool pooled;            /* over questions, normalised once; else over tasks */
} groups[] = {
#define TASKS(list) list, sizeof list / sizeof *list
	{"ifeval", "IFEval", "leaderboard_ifeval", {"prompt_level_strict_acc", "inst_level_strict_acc"}, TASKS(ifeval_tasks), true},
	{"bbh", "BBH", "leaderboard_bbh", {"acc_norm"}, TASKS(bbh_tasks), false},
	{"math_lvl_5", "MATH Lvl 5", "leaderboard_math", {"exact_match"}, TASKS(math_tasks), true},
	{"gpqa", "GPQA", "leaderboard_gpqa", {"acc_norm"}, TASKS(gpqa_tasks), true},
	{"musr", "MuSR", "leaderboard_musr", {"acc_norm"}, TASKS(musr_tasks), false},
	{"mmlu_pro", "MMLU-PRO", "leaderboard_mmlu_pro", {"acc"}, TASKS(mmlu_pro_tasks), true},
#undef TASKS
};
#define GROUPS (sizeof groups / sizeof *groups)

/* ---- one benchmark ------------------------------------------------------------- */

/* "METRIC" or "METRIC,FILTER" of a task, NAN when there is none. */
static double task_metric(const json_t *task, const char *metric)
{
	size_t length = strlen(metric);
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)task, key, value)
		if (strncmp(key, metric, length) == 0 && (key[length] == '\0' || key[length] == ',') &&
		    json_is_number(value))
			return json_number_value(value);
	return NAN;
}

/* A fraction 0..1, NAN when one of the metrics is missing. */
static double task_value(const json_t *task, const struct group *group)
{
	double first = task_metric(task, group->metrics[0]);

	return group->metrics[1] ? (first + task_metric(task, group->metrics[1])) / 2 : first;
}

static double normalise(double value, int choices)
{
	double chance = choices > 0 ? 1.0 / choices : 0;

	return 100 * fmax(0, (value - chance) / (1 - chance));
}

struct results {
	struct source *source;
	const json_t *document, *tasks;
	struct score_facts scores[GROUPS];
	size_t count;
	size_t met;     /* tasks of the leaderboard */
	size_t limited; /* of the benchmark at hand, not run in full */
};

/* Whether not all questions of a task were asked. */
static bool is_limited(const struct results *results, const char *task)
{
	const json_t *counts = json_object_get(json_object_get(results->document, "n-samples"), task);
	double original = json_number(counts, "original"), effective = json_number(counts, "effective");

	return effective < original;
}

/* Adds a task to the sums; false when it is not there or was not run in full. */
static bool add_task(struct results *results, const struct group *group, const struct subtask *task,
		     double *raw, double *points, double *weight)
{
	char name[96];
	double share = group->pooled ? task->questions : 1;

	snprintf(name, sizeof name, "%s%s", group->prefix, task->name);
	const json_t *values = json_object_get(results->tasks, name);
	double value = task_value(values, group);
	bool limited = is_limited(results, name);
	results->met += values != NULL;
	results->limited += limited;
	if (isnan(value) || limited)
		return false;
	*raw += share * value;
	*points += share * normalise(value, task->choices);
	*weight += share;
	return true;
}

/* The checker of 2025 reports the old one's verdict beside its own. */
static const char *group_key(const struct results *results, const struct group *group)
{
	const json_t *task = json_object_get(results->tasks, "leaderboard_math_algebra_hard");

	if (strcmp(group->key, "math_lvl_5") != 0 || !isnan(task_metric(task, "exact_match_original")))
		return group->key;
	return "math_lvl_5_2024";
}

static void add_group(struct results *results, const struct group *group)
{
	double raw = 0, points = 0, weight = 0;
	size_t found = 0;

	results->limited = 0;
	for (size_t i = 0; i < group->count; i++)
		found += add_task(results, group, &group->tasks[i], &raw, &points, &weight);
	if (results->limited > 0)
		warn(results->source->sink, 0, 0, "%s was not asked all questions (--limit); left out", group->title);
	else if (found > 0 && found < group->count)
		warn(results->source->sink, 0, 0, "%s: %zu of %zu subtasks are there; left out", group->title,
		     found, group->count);
	if (found < group->count)
		return;
	raw /= weight;
	/* All subtasks of a pooled benchmark have the same chance. */
	points = group->pooled ? normalise(raw, group->tasks[0].choices) : points / weight;
	if (!(raw >= 0 && raw <= 1)) {
		warn(results->source->sink, 0, 0, "%s: %g is no fraction from 0 to 1; left out", group->title, raw);
		return;
	}
	results->scores[results->count] = score_facts_of(group_key(results, group), points);
	results->scores[results->count++].raw = raw;
}

/* ---- the run ------------------------------------------------------------------- */

/* "pretrained=owner/name,dtype=…", or the same as an object. */
static char *argument_model(const json_t *arguments)
{
	static const char *const keys[] = {"peft", "delta", "pretrained", "model", "path", "engine"};
	const char *text = json_string_value(arguments);

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *value = json_text(arguments, keys[i]);
		size_t length = strlen(keys[i]);
		if (value && is_hub_name(value))
			return memory_string(value);
		for (const char *at = text; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
			if (strncmp(at, keys[i], length) != 0 || at[length] != '=')
				continue;
			char *name = memory_string_slice(at + length + 1, strcspn(at + length + 1, ","));
			if (is_hub_name(name))
				return name;
			free(name);
		}
	}
	return NULL;
}

/* A name with its owner goes before one without. */
static char *run_model(const struct source *source, const json_t *document)
{
	const char *stated = json_text(document, "model_name");
	char *other;

	if (stated && strchr(stated, '/') && is_hub_name(stated))
		return memory_string(stated);
	other = origin_model(source->name);
	if (!other)
		other = argument_model(json_object_get(json_object_get(document, "config"), "model_args"));
	return !other && stated && is_hub_name(stated) ? memory_string(stated) : other;
}

static enum answer run_template(const json_t *document)
{
	const json_t *template = json_object_get(document, "chat_template");

	if (!template)
		template = json_object_get(document, "chat_template_sha");
	if (!template)
		return ANSWER_UNKNOWN;
	return json_is_null(template) ? ANSWER_NO : ANSWER_YES;
}

static void deliver_run(struct results *results, const char *model)
{
	const json_t *document = results->document, *config = json_object_get(document, "config");
	const char *precision = json_text(config, "model_dtype");
	double seconds = json_number(document, "date"), params = json_number(config, "model_num_parameters");
	char date[11] = "";

	if (seconds > 0 && seconds < 1e11)
		date_format(floor(seconds / 86400), date);
	if (precision && strncmp(precision, "torch.", 6) == 0)
		precision += 6;
	struct record facts = {.type = RECORD_MODEL, .line = 1, .of.model = {
		.name = model, .params_b = params > 0 ? params / 1e9 : NAN, .likes = NAN,
		.kind = KIND_UNKNOWN, .moe = ANSWER_UNKNOWN, .source = "harness", .rank = RANK_CARD}};
	struct record run = {.type = RECORD_EVALUATION, .line = 1, .of.evaluation = {
		.model = model, .source = "user", .rank = RANK_USER, .precision = precision,
		.chat_template = run_template(document), .submitted = date[0] ? date : NULL,
		.revision = json_text(config, "model_sha"),
		.scores = results->scores, .score_count = results->count}};
	if (deliver(results->source, &facts) == STATUS_OK)
		deliver(results->source, &run);
}

static void read_run(struct source *source, const json_t *document, const json_t *tasks)
{
	struct results results = {.source = source, .document = document, .tasks = tasks};
	char *model = run_model(source, document);

	for (size_t i = 0; i < GROUPS; i++)
		add_group(&results, &groups[i]);
	if (results.count == 0) {
		reject(source, 1, 0, results.met > 0 ? "no benchmark of the leaderboard was run in full"
				     : "none of the tasks is the leaderboard's; run the group \"leaderboard\"");
	} else if (!model) {
		source_fail_at(source, STATUS_DATA, 1, 0, "results that do not say of which model");
		error_advise(source->error, "put the file into a folder OWNER__NAME");
	} else {
		deliver_run(&results, model);
	}
	free(model);
}

enum status harness_read(struct source *source)
{
	json_t *document = json_read_document(source);
	const json_t *tasks = json_object_get(document, "results");

	if (!tasks)
		tasks = json_object_get(document, "all"); /* as the leaderboard published it */
	if (json_is_object(tasks))
		read_run(source, document, tasks);
	else if (document)
		reject(source, 1, 0, "\"results\" is no object of tasks");
	json_decref(document);
	return source->status;
}
