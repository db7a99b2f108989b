/* lighteval results_TIME.json: "config_general", and "results" keyed TASK|SHOTS or
 * SUITE|TASK|SHOTS.  The first leaderboard published its results in this form. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "json_read.h"
#include "leaderboard_tasks.h"
#include "origin.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* A key of "results", taken apart. */
struct light_task {
	char *task;      /* "mmlu_abstract_algebra"; owned */
	char *group;     /* "mmlu" of "mmlu:abstract_algebra"; owned, NULL for none */
	int shots;       /* -1 unknown */
};

/* The parts between bars: SUITE|TASK|SHOTS|..., TASK|SHOTS or TASK. */
static void task_read(const char *key, struct light_task *task)
{
	const char *part = key, *bar = strchr(key, '|');
	static const char average[] = ":_average";
	char *end;

	if (bar && strchr(bar + 1, '|'))
		part = bar + 1;
	size_t length = strcspn(part, "|");
	const char *shots = part[length] ? part + length + 1 : "";
	long number = strtol(shots, &end, 10);
	task->shots = end > shots && (*end == '\0' || *end == '|') && number >= 0 && number <= 10000 ? (int)number : -1;
	task->task = memory_string_slice(part, length);
	char *colon = strchr(task->task, ':');
	task->group = colon ? memory_string_slice(task->task, (size_t)(colon - task->task)) : NULL;
	if (length > sizeof average - 1 && strcmp(task->task + length - (sizeof average - 1), average) == 0)
		task->task[length - (sizeof average - 1)] = '\0';
	for (char *at = task->task; *at; at++)
		*at = *at == ':' ? '_' : *at;
}

/* {METRIC: true} of the task's configuration, which has a list of metrics. */
static json_t *task_directions(const json_t *config)
{
	json_t *all = json_object(), *entry;
	json_t *metrics = json_object_get(config, "metrics");
	size_t index;

	if (!metrics)
		metrics = json_object_get(config, "metric");
	json_array_foreach(metrics, index, entry) {
		const char *name = json_text(entry, "metric_name");
		json_t *better = json_object_get(entry, "higher_is_better");
		if (name && json_is_boolean(better))
			json_object_set(all, name, better);
	}
	return all;
}

/* IFEval's two strict accuracies are what the leaderboard takes the mean of. */
static bool add_ifeval(struct harness *harness, const struct harness_task *task, const json_t *values)
{
	double mean = leaderboard_ifeval(values);

	if (strcmp(task->key, "lighteval_ifeval") != 0 || isnan(mean) || task->shots > 0)
		return false;
	struct score_facts score = score_facts_of("ifeval", 100 * mean);
	score.raw = mean;
	score.shots = task->shots;
	score.limited = task->limited;
	harness->limited += task->limited;
	results_add(&harness->results, NULL, &score);
	return true;
}

static void add_task(struct harness *harness, const char *name, const json_t *values)
{
	struct results *results = &harness->results;
	const json_t *general = json_object_get(harness->document, "config_general");
	const json_t *config = json_object_get(json_object_get(harness->document, "config_tasks"), name);
	const json_t *version = json_object_get(json_object_get(harness->document, "versions"), name);
	double most = json_number(general, "max_samples"), all = json_number(config, "original_num_docs");
	double asked = json_number(config, "effective_num_docs");
	struct light_task parts;

	task_read(name, &parts);
	struct harness_task task = {
		.name = name, .key = results_key(results, "lighteval", parts.task), .title = parts.task,
		.family = results_keep(results, benchmark_key(parts.task)), .shots = parts.shots, .chance = NAN,
		.suite = parts.group ? parts.group : "lighteval", .rank = parts.group ? RANK_SCORES_TABLE : RANK_CARD,
		.instances = all > 0 ? all : NAN, .asked = most > 0 ? most : asked,
		.limited = most > 0 || (asked > 0 && asked < all),
		.version = json_is_integer(version) && json_integer_value(version) > 0
			? results_print(results, "%lld", (long long)json_integer_value(version)) : NULL,
	};
	results_keep(results, parts.task);
	results_keep(results, parts.group);
	if (!task.key) {
		reject(harness->source, 0, 0, "the task \"%s\" makes no key of a benchmark", name);
		return;
	}
	json_t *better = task_directions(config);
	if (!add_ifeval(harness, &task, values))
		harness_add(harness, &task, values, better);
	json_decref(better);
}

static void deliver_run(struct harness *harness, const struct origin_name *model)
{
	const json_t *general = json_object_get(harness->document, "config_general");
	const json_t *config = json_object_get(general, "model_config");
	const char *precision = json_text(general, "model_dtype"), *version = json_text(general, "lighteval_sha");
	const char *revision = json_text(general, "model_sha");
	char date[11];

	if (!precision)
		precision = json_text(config, "dtype");
	if (precision && strncmp(precision, "torch.", 6) == 0)
		precision += 6;
	struct model_facts facts = {.name = model->name, .params_b = NAN, .likes = NAN, .kind = KIND_UNKNOWN,
		.moe = ANSWER_UNKNOWN, .source = "harness", .rank = RANK_CARD};
	struct evaluation_facts run = {.model = model->name, .source = "user", .rank = RANK_USER,
		.precision = precision, .chat_template = ANSWER_UNKNOWN,
		.submitted = origin_date(harness->source->name, date) ? date : NULL,
		.revision = revision && revision[0] ? revision : model->revision,
		.harness = "lighteval", .version = version && strcmp(version, "?") != 0 ? version : NULL};
	results_deliver(&harness->results, &facts, &run, 1);
}

/* The name, or an older version's. */
static const char *stated_model(const json_t *document)
{
	const json_t *general = json_object_get(document, "config_general");
	const json_t *config = json_object_get(general, "model_config");
	const char *names[] = {json_text(general, "model_name"), json_text(config, "model_name"),
			       json_text(config, "pretrained")};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i] && names[i][0])
			return names[i];
	return NULL;
}

static void read_run(struct harness *harness)
{
	struct origin_name model = {0};
	const char *name;
	json_t *values;

	json_object_foreach((json_t *)harness->tasks, name, values)
		if (json_is_object(values) && strcmp(name, "all") != 0)
			add_task(harness, name, values);
	if (harness->results.score_count == 0) {
		reject(harness->source, 1, 0, "none of the tasks has a result");
	} else if (origin_name_of_run(harness->source, "results", stated_model(harness->document), &model)) {
		harness_tell(harness);
		deliver_run(harness, &model);
	}
	origin_name_free(&model);
}

enum status lighteval_read(struct source *source)
{
	struct text text = {0};
	json_t *document = json_read_text(source, &text);
	size_t searched = 0;
	struct harness harness = {.source = source, .text = &text, .searched = &searched, .document = document,
				  .results.source = source};

	harness.tasks = json_object_get(document, "results");
	if (json_is_object(harness.tasks))
		read_run(&harness);
	else if (document)
		reject(source, 1, 0, "\"results\" is no object of tasks");
	results_free(&harness.results);
	json_decref(document);
	text_free(&text);
	return source->status;
}
