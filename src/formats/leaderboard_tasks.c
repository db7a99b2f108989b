#include "leaderboard_tasks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json_read.h"
#include "reading.h"

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
	const char *own;       /* the same task outside of the leaderboard's group */
	const char *metrics[2]; /* their mean */
	const struct subtask *tasks;
	size_t count;
	bool pooled;           /* over questions, normalised once; else over tasks */
	int shots;             /* examples in the prompt */
} groups[] = {
#define TASKS(list) list, sizeof list / sizeof *list
	{"ifeval", "IFEval", "leaderboard_ifeval", "ifeval", {"prompt_level_strict_acc", "inst_level_strict_acc"},
	 TASKS(ifeval_tasks), true, 0},
	{"bbh", "BBH", "leaderboard_bbh", NULL, {"acc_norm"}, TASKS(bbh_tasks), false, 3},
	{"math_lvl_5", "MATH Lvl 5", "leaderboard_math", NULL, {"exact_match"}, TASKS(math_tasks), true, 4},
	{"gpqa", "GPQA", "leaderboard_gpqa", NULL, {"acc_norm"}, TASKS(gpqa_tasks), true, 0},
	{"musr", "MuSR", "leaderboard_musr", NULL, {"acc_norm"}, TASKS(musr_tasks), false, 0},
	{"mmlu_pro", "MMLU-PRO", "leaderboard_mmlu_pro", NULL, {"acc"}, TASKS(mmlu_pro_tasks), true, 5},
#undef TASKS
};
#define GROUPS (sizeof groups / sizeof *groups)

/* ---- names ------------------------------------------------------------------------ */

bool leaderboard_has(const char *key)
{
	for (size_t i = 0; i < GROUPS; i++)
		if (strcmp(key, groups[i].key) == 0)
			return true;
	return strcmp(key, "math_lvl_5_2024") == 0;
}

static double chance_of(const struct subtask *task)
{
	return task->choices > 0 ? 1.0 / task->choices : 0;
}

/* The rows that sum a group up: the harness weights them in its own way. */
static bool is_sum(const char *name)
{
	static const char *const sums[] = {"leaderboard", "leaderboard_bbh", "leaderboard_gpqa", "leaderboard_math_hard",
					   "leaderboard_musr"};

	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		if (strcmp(name, sums[i]) == 0)
			return true;
	return false;
}

bool leaderboard_task(const char *name, struct leaderboard_task *task)
{
	for (size_t i = 0; i < GROUPS; i++) {
		size_t length = strlen(groups[i].prefix);
		for (size_t t = 0; t < groups[i].count; t++) {
			const struct subtask *own = &groups[i].tasks[t];
			if (strncmp(name, groups[i].prefix, length) != 0 || strcmp(name + length, own->name) != 0)
				continue;
			*task = (struct leaderboard_task){.stands_alone = groups[i].count == 1,
				.chance = chance_of(own), .benchmark = groups[i].key, .shots = groups[i].shots};
			return true;
		}
	}
	*task = (struct leaderboard_task){.stands_alone = true, .shots = -1};
	return strcmp(name, "ifeval") == 0 || is_sum(name);
}

/* ---- values ------------------------------------------------------------------------ */

/* A fraction 0..1, NAN when one of the metrics is missing. */
static double task_value(const json_t *task, const struct group *group)
{
	double first = harness_metric(task, group->metrics[0]);

	return group->metrics[1] ? (first + harness_metric(task, group->metrics[1])) / 2 : first;
}

double leaderboard_ifeval(const json_t *task)
{
	return task_value(task, &groups[0]);
}

static double normalise(double value, double chance)
{
	return 100 * fmax(0, (value - chance) / (1 - chance));
}

/* Sums over the tasks of a benchmark. */
struct sums {
	double raw, points, weight;
	double variance;        /* of the points */
	size_t found, limited, not_numbers;
	int shots;              /* of all of them; -1 unknown */
	bool mixed;             /* run with different numbers of examples */
};

static void add_shots(struct sums *sums, int shots)
{
	sums->mixed = sums->mixed || (sums->found > 0 && shots != sums->shots);
	sums->shots = shots;
}

static const json_t *find_task(const struct harness *harness, const struct group *group,
			       const struct subtask *task, char *name, size_t size)
{
	snprintf(name, size, "%s%s", group->prefix, task->name);
	const json_t *values = json_object_get(harness->tasks, name);
	if (values || !group->own)
		return values;
	snprintf(name, size, "%s", group->own);
	return json_object_get(harness->tasks, name);
}

static void reject_metric(const struct harness *harness, const char *task, const char *metric)
{
	char key[64];
	const char *path[] = {"results", task, key, NULL};
	long line, column;

	snprintf(key, sizeof key, "%s,none", metric);
	json_place(harness->text, harness->searched, path, &line, &column);
	reject(harness->source, line, column, "%s of %s is not a number; left out", metric, task);
}

/* Tells of a metric that is there but no number, as Python writes NaN. */
static bool has_no_number(const struct harness *harness, const struct group *group, const char *name,
			  const json_t *values)
{
	bool found = false;

	for (size_t m = 0; m < 2 && group->metrics[m]; m++) {
		size_t length = strlen(group->metrics[m]);
		const char *key;
		json_t *value;
		json_object_foreach((json_t *)values, key, value)
			if (strncmp(key, group->metrics[m], length) == 0 && (!key[length] || key[length] == ',') &&
			    json_is_string(value)) {
				reject_metric(harness, name, group->metrics[m]);
				found = true;
			}
	}
	return found;
}

/* Adds a task to the sums, if it is there. */
static void add_task(struct harness *harness, const struct group *group, const struct subtask *task,
		     struct sums *sums)
{
	char name[96];
	const json_t *values = find_task(harness, group, task, name, sizeof name);
	double share = group->pooled ? task->questions : 1, value = task_value(values, group), asked;

	if (isnan(value)) {
		/* Those of benchmarks of many tasks are told as benchmarks of their own. */
		sums->not_numbers += group->count == 1 && has_no_number(harness, group, name, values);
		return;
	}
	double error = group->metrics[1] ? NAN : harness_error(values, group->metrics[0]);
	double scale = 100 * share / (1 - chance_of(task));
	double questions = harness_questions(harness, name, &asked);
	add_shots(sums, harness_shots(harness, name));
	sums->found++;
	sums->limited += asked < questions;
	sums->raw += share * value;
	sums->points += share * normalise(value, chance_of(task));
	sums->variance += scale * error * (scale * error);
	sums->weight += share;
}

/* ---- the benchmarks --------------------------------------------------------------- */

/* The checker of 2025 reports the old one's verdict beside its own. */
static const char *group_key(const struct harness *harness, const struct group *group)
{
	const json_t *task = json_object_get(harness->tasks, "leaderboard_math_algebra_hard");

	if (strcmp(group->key, "math_lvl_5") != 0 || !isnan(harness_metric(task, "exact_match_original")))
		return group->key;
	return "math_lvl_5_2024";
}

/* With other examples in the prompt it is another benchmark of the family. */
static void add_other_shots(struct harness *harness, const struct group *group, struct score_facts *score)
{
	struct results *results = &harness->results;
	struct benchmark_facts benchmark;

	score->benchmark = results_print(results, "%s_%dshot", group_key(harness, group), score->shots);
	benchmark = results_benchmark(score->benchmark,
				      results_print(results, "%s (%d-shot)", group->title, score->shots),
				      "normalised accuracy");
	benchmark.suite = SUITE_HARNESS;
	benchmark.family = group->key;
	benchmark.lower = benchmark.chance = 0;
	benchmark.upper = 100;
	benchmark.higher_is_better = ANSWER_YES;
	warn(harness->source->sink, 0, 0, "%s was run with %d examples in the prompt where the leaderboard gives %d: "
	     "kept as %s", group->title, score->shots, group->shots, score->benchmark);
	results_add(results, &benchmark, score);
}

static void add_score(struct harness *harness, const struct group *group, const struct sums *sums)
{
	double raw = sums->raw / sums->weight;
	/* All subtasks of a pooled benchmark have the same chance. */
	double points = group->pooled ? normalise(raw, chance_of(&group->tasks[0])) : sums->points / sums->weight;
	struct score_facts score = score_facts_of(group_key(harness, group), points);

	score.raw = raw;
	score.error = sqrt(sums->variance) / sums->weight;
	score.shots = sums->shots;
	score.limited = sums->limited > 0;
	harness->limited += score.limited;
	if (sums->shots >= 0 && sums->shots != group->shots)
		add_other_shots(harness, group, &score);
	else
		results_add(&harness->results, NULL, &score);
}

static void add_group(struct harness *harness, const struct group *group)
{
	const struct record_sink *sink = harness->source->sink;
	struct sums sums = {.shots = -1};

	for (size_t i = 0; i < group->count; i++)
		add_task(harness, group, &group->tasks[i], &sums);
	if (sums.found == 0)
		return;
	double raw = sums.raw / sums.weight;
	if (sums.found < group->count)
		warn(sink, 0, 0, "%s: %zu of %zu subtasks are there; its score is left out", group->title, sums.found,
		     group->count);
	else if (sums.mixed)
		warn(sink, 0, 0, "%s: its subtasks were run with different numbers of examples in the prompt; "
		     "its score is left out", group->title);
	else if (!(raw >= 0 && raw <= 1))
		reject(harness->source, 0, 0, "%s: %g is no fraction from 0 to 1; left out", group->title, raw);
	else
		add_score(harness, group, &sums);
}

void leaderboard_add(struct harness *harness)
{
	for (size_t i = 0; i < GROUPS; i++)
		add_group(harness, &groups[i]);
}
