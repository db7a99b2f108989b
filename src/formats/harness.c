/* lm-evaluation-harness results_TIME.json (formats.md §4.2): every task that it
 * has, and what the Open LLM Leaderboard makes of its own. */
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_read.h"
#include "leaderboard_tasks.h"
#include "origin.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"
#include "stemma/formats/naming.h"

/* ---- what the document says of a task ------------------------------------------------ */

static double keyed_number(const json_t *task, const char *metric, const char *mark)
{
	size_t length = strlen(metric), size = strlen(mark);
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)task, key, value)
		if (strncmp(key, metric, length) == 0 && strncmp(key + length, mark, size) == 0 &&
		    (key[length + size] == '\0' || key[length + size] == ',') && json_is_number(value))
			return json_number_value(value);
	return NAN;
}

double harness_metric(const json_t *task, const char *metric)
{
	return keyed_number(task, metric, "");
}

double harness_error(const json_t *task, const char *metric)
{
	return keyed_number(task, metric, "_stderr");
}

static const json_t *task_config(const struct harness *harness, const char *task)
{
	return json_object_get(json_object_get(harness->document, "configs"), task);
}

/* Version 0.3 has one number for all, or a list in the order of the tasks. */
static const json_t *general_shots(const struct harness *harness, const char *task)
{
	const json_t *shots = json_object_get(json_object_get(harness->document, "config"), "num_fewshot");
	const char *key;
	json_t *value;
	size_t index = 0;

	if (!json_is_array(shots) || json_array_size(shots) != json_object_size(harness->tasks))
		return shots;
	json_object_foreach((json_t *)harness->tasks, key, value) {
		if (strcmp(key, task) == 0)
			return json_array_get(shots, index);
		index++;
	}
	return NULL;
}

int harness_shots(const struct harness *harness, const char *task)
{
	const json_t *places[] = {
		json_object_get(json_object_get(harness->document, "n-shot"), task),
		json_object_get(task_config(harness, task), "num_fewshot"), general_shots(harness, task),
	};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		double shots = json_is_number(places[i]) ? json_number_value(places[i]) : -1;
		if (shots >= 0 && shots <= 10000)
			return (int)shots;
	}
	return -1;
}

double harness_questions(const struct harness *harness, const char *task, double *asked)
{
	const json_t *counts = json_object_get(json_object_get(harness->document, "n-samples"), task);
	double questions = json_number(counts, "original");

	*asked = json_number(counts, "effective");
	return questions > 0 ? questions : NAN;
}

/* ---- the main metric ----------------------------------------------------------------- */

/* One number of a task. */
struct figure {
	const char *key;       /* in the document */
	char metric[64], filter[64];
	size_t rank;           /* of the metric; less is better */
	int filter_rank;
	double value;          /* NAN when what stands there is no number */
	bool percent;          /* written with the sign */
};

/* Of several ways to take the answer out of a text the strictest counts. */
static int rank_filter(const char *filter)
{
	static const char *const order[] = {"", "none", "strict-match"};

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (strcmp(filter, order[i]) == 0)
			return (int)i;
	return strncmp(filter, "flexible", 8) == 0 ? 4 : 3;
}

/* Takes "METRIC,FILTER" apart; false for what is none. */
static bool figure_read(struct figure *figure, const char *key, const json_t *value)
{
	static const char *const others[] = {"alias", "name", "sample_len", "sample_count", "samples", " "};
	size_t length = strcspn(key, ",");

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(key, others[i]) == 0)
			return false;
	if (length == 0 || length >= sizeof figure->metric || strlen(key + length) > sizeof figure->filter)
		return false;
	snprintf(figure->metric, sizeof figure->metric, "%.*s", (int)length, key);
	snprintf(figure->filter, sizeof figure->filter, "%s", key[length] ? key + length + 1 : "");
	if (strstr(figure->metric, "_stderr"))
		return false;
	figure->key = key;
	figure->value = json_value_number(value, &figure->percent);
	figure->rank = metric_rank(figure->metric);
	/* A NaN has become an empty text; any other text may be a remark. */
	if (isnan(figure->value) && figure->rank == METRIC_UNRANKED &&
	    !(json_is_string(value) && json_string_length(value) == 0))
		return false;
	figure->filter_rank = rank_filter(figure->filter);
	return true;
}

static bool is_better_figure(const struct figure *a, const struct figure *b)
{
	return a->rank != b->rank ? a->rank < b->rank : a->filter_rank < b->filter_rank;
}

static bool find_main(const json_t *values, struct figure *best)
{
	struct figure figure;
	const char *key;
	json_t *value;
	bool found = false;

	json_object_foreach((json_t *)values, key, value)
		if (figure_read(&figure, key, value) && (!found || is_better_figure(&figure, best))) {
			*best = figure;
			found = true;
		}
	return found;
}

/* Whether the task's shares are written in per cent.  Accuracies never lend that to
 * others: some tasks have them beside scores of 100. */
static bool is_percent(const json_t *values, const struct figure *best)
{
	struct figure figure;
	const char *key;
	json_t *value;

	if (best->percent || metric_is_percent(metric_find(best->metric), best->value))
		return true;
	if (strncmp(best->metric, "acc", 3) == 0)
		return false;
	json_object_foreach((json_t *)values, key, value)
		if (figure_read(&figure, key, value) && strncmp(figure.metric, "acc", 3) != 0 &&
		    metric_is_percent(metric_find(figure.metric), figure.value))
			return true;
	return false;
}

/* ---- a task's scores ------------------------------------------------------------------- */

static const char *task_setup(struct results *results, const struct harness_task *task, const char *filter)
{
	struct text setup = {0};
	const char *mark = "";

	if (filter[0] && strcmp(filter, "none") != 0) {
		text_append(&setup, filter);
		mark = ", ";
	}
	if (task->version) {
		text_append_format(&setup, "%stask version %s", mark, task->version);
		mark = ", ";
	}
	if (task->limited && !isnan(task->asked))
		text_append_format(&setup, "%slimit %g", mark, task->asked);
	if (setup.length > 0)
		return results_keep(results, text_steal(&setup));
	text_free(&setup);
	return NULL;
}

static enum answer task_direction(const json_t *better, const char *metric)
{
	/* Of a task as a whole, or of each metric. */
	const json_t *told = json_is_boolean(better) ? better : json_object_get(better, metric);

	return json_is_boolean(told) ? (json_is_true(told) ? ANSWER_YES : ANSWER_NO) : ANSWER_UNKNOWN;
}

static double figure_error(const json_t *values, const struct figure *figure)
{
	char key[160];

	snprintf(key, sizeof key, "%s_stderr%s%s", figure->metric, strchr(figure->key, ',') ? "," : "", figure->filter);
	return json_number(values, key);
}

static void add_figure(struct harness *harness, const struct harness_task *task, const json_t *values,
		       const struct figure *figure, const json_t *better, bool percent, bool main)
{
	const char *path[] = {"results", task->name, figure->key, NULL};
	struct results *results = &harness->results;
	long line, column;

	json_place(harness->text, harness->searched, path, &line, &column);
	if (isnan(figure->value)) {
		reject(harness->source, line, column, "%s of %s is not a number; left out", figure->metric, task->name);
		return;
	}
	const char *key = main ? task->key : results_print(results, "%s:%s", task->key, figure->filter);
	char *whole = benchmark_key(key);
	if (!whole) {
		reject(harness->source, line, column, "\"%s\" makes no key of a benchmark", key);
		return;
	}
	const char *metric = results_print(results, "%s", figure->metric);
	struct benchmark_facts benchmark = results_benchmark(results_keep(results, whole), main ? task->title
		: results_print(results, "%s, %s", task->title, figure->filter), NULL);
	struct score_facts score = score_facts_of(benchmark.key, figure->value);
	benchmark.higher_is_better = task_direction(better, figure->metric);
	metric_describe(&benchmark, metric);
	benchmark.suite = task->suite;
	benchmark.family = task->family;
	benchmark.chance = task->chance;
	benchmark.instances = task->instances;
	benchmark.rank = task->rank;
	score.scale = metric_scale(metric_find(figure->metric), percent);
	score.error = figure_error(values, figure);
	score.shots = task->shots;
	score.setup = task_setup(results, task, figure->filter);
	score.limited = task->limited;
	score.date = task->date;
	score.line = line;
	score.column = column;
	harness->limited += task->limited;
	harness->percents += percent;
	results_add(results, &benchmark, &score);
}

bool harness_add(struct harness *harness, const struct harness_task *task, const json_t *values,
		 const json_t *better)
{
	struct figure best, figure;
	const char *key;
	json_t *value;

	if (!find_main(values, &best))
		return false;
	bool percent = is_percent(values, &best);
	add_figure(harness, task, values, &best, better, percent, true);
	json_object_foreach((json_t *)values, key, value)
		if (figure_read(&figure, key, value) && strcmp(figure.metric, best.metric) == 0 &&
		    strcmp(figure.filter, best.filter) != 0)
			add_figure(harness, task, values, &figure, better, percent, false);
	return true;
}

/* ---- groups ------------------------------------------------------------------------------ */

static bool has_task(const json_t *list, const char *task)
{
	size_t index;
	json_t *name;

	json_array_foreach(list, index, name)
		if (json_is_string(name) && strcmp(json_string_value(name), task) == 0)
			return true;
	return false;
}

/* The group that a task is in, NULL for none. */
static const char *parent_group(const json_t *groups, const char *task)
{
	const char *group;
	json_t *list;

	json_object_foreach((json_t *)groups, group, list)
		if (strcmp(group, task) != 0 && has_task(list, task))
			return group;
	return NULL;
}

/* The outermost one; the task itself where it is one, NULL where it is in none. */
static const char *outer_group(const struct harness *harness, const char *task)
{
	const json_t *groups = json_object_get(harness->document, "group_subtasks");
	const char *outer = json_array_size(json_object_get(groups, task)) > 0 ? task : NULL, *up = task;

	for (int depth = 0; depth < 16 && (up = parent_group(groups, up)); depth++)
		outer = up;
	return outer;
}

/* ---- the tasks ---------------------------------------------------------------------------- */

/* {METRIC: true}, as the newer versions have it or in the task's configuration; true or
 * false for all of a task's metrics, as programs built on it write. */
static json_t *task_directions(const struct harness *harness, const char *task)
{
	json_t *told = json_object_get(json_object_get(harness->document, "higher_is_better"), task), *entry;
	size_t index;

	if (json_is_boolean(told))
		return json_incref(told);
	json_t *all = json_is_object(told) ? json_copy(told) : json_object();

	json_array_foreach(json_object_get(task_config(harness, task), "metric_list"), index, entry) {
		const char *metric = json_text(entry, "metric");
		json_t *better = json_object_get(entry, "higher_is_better");
		if (metric && better && !json_object_get(all, metric))
			json_object_set(all, metric, better);
	}
	return all;
}

static const char *task_version(struct harness *harness, const char *task)
{
	const json_t *version = json_object_get(json_object_get(harness->document, "versions"), task);

	if (json_is_string(version))
		return json_string_value(version);
	return json_is_number(version) ? results_print(&harness->results, "%g", json_number_value(version)) : NULL;
}

/* Subtasks of the leaderboard that are run with other examples than it gives are
 * other benchmarks, as their sums are. */
static const char *task_key(struct harness *harness, const char *name, int shots, int wanted)
{
	const char *key = results_key(&harness->results, "lm_eval", name);

	if (!key || shots < 0 || wanted < 0 || shots == wanted)
		return key;
	return results_print(&harness->results, "%s_%dshot", key, shots);
}

static bool add_task(struct harness *harness, const char *name, const json_t *values)
{
	const char *group = outer_group(harness, name), *alias = json_text(values, "alias");
	struct leaderboard_task own = {.shots = -1, .chance = NAN};
	struct harness_task task = {.name = name, .chance = NAN, .rank = group ? RANK_SCORES_TABLE : RANK_CARD};

	if (leaderboard_task(name, &own) && own.stands_alone)
		return false;
	task.shots = harness_shots(harness, name);
	task.key = task_key(harness, name, task.shots, own.benchmark ? own.shots : -1);
	if (!task.key) {
		reject(harness->source, 0, 0, "the task \"%s\" makes no key of a benchmark", name);
		return false;
	}
	task.chance = own.benchmark ? own.chance : NAN;
	task.family = results_keep(&harness->results, benchmark_key(name));
	task.title = alias ? alias + strspn(alias, " -") : name;
	task.suite = own.benchmark ? "leaderboard" : group ? group : SUITE_HARNESS;
	task.version = task_version(harness, name);
	task.instances = harness_questions(harness, name, &task.asked);
	task.limited = task.asked < task.instances;
	json_t *better = task_directions(harness, name);
	bool added = harness_add(harness, &task, values, better);
	json_decref(better);
	return added;
}

/* ---- the run ------------------------------------------------------------------------------- */

/* The length of an argument: up to a comma that no quote or bracket holds. */
static size_t argument_length(const char *text)
{
	char quote = '\0';
	int depth = 0;
	size_t length = 0;

	for (; text[length]; length++) {
		char c = text[length];
		if (quote)
			quote = c == quote ? '\0' : quote;
		else if (strchr("'\"", c))
			quote = c;
		else if (strchr("[{(", c))
			depth++;
		else if (strchr("]})", c))
			depth--;
		else if (c == ',' && depth <= 0)
			break;
	}
	return length;
}

/* "KEY=VALUE,...", with blanks and quotes or without. */
static char *written_argument(const char *text, const char *key)
{
	size_t size = strlen(key);

	while (*text) {
		size_t length = argument_length(text), blank = strspn(text, " \t'\"");
		const char *at = text + blank + size;
		if (blank + size < length && strncmp(text + blank, key, size) == 0) {
			at += strspn(at, " \t'\"");
			if (*at == '=' || *at == ':')
				return memory_string_slice(at + 1, (size_t)(text + length - at) - 1);
		}
		text += length;
		text += *text == ',';
	}
	return NULL;
}

/* An object, an object written as a text by JSON or Python, or "pretrained=owner/name,...":
 * the value of a key. */
static char *argument(const json_t *arguments, const char *key)
{
	const char *text = json_string_value(arguments);

	if (!text)
		return memory_string(json_text(arguments, key));
	text += strspn(text, " \t");
	if (*text != '{')
		return written_argument(text, key);
	char *inside = memory_string_slice(text + 1, strcspn(text + 1, "}"));
	char *value = written_argument(inside, key);
	free(inside);
	return value;
}

static char *first_argument(const json_t *document, const char *const *keys)
{
	const json_t *arguments = json_object_get(json_object_get(document, "config"), "model_args");
	char *name = NULL;

	for (; *keys && !name; keys++) {
		name = argument(arguments, *keys);
		if (name && strspn(name, " \t'\"") == strlen(name)) {
			free(name);
			name = NULL;
		}
	}
	return name;
}

char *harness_stated_model(const json_t *document)
{
	static const char *const adapters[] = {"peft", "lora_local_path", "lora", "delta", NULL};
	static const char *const keys[] = {"pretrained", "model", "path", "engine", "model_name", NULL};
	const char *own = json_text(document, "model_name");
	char *name = first_argument(document, adapters);

	if (!name && own && own[0])
		name = memory_string(own);
	return name ? name : first_argument(document, keys);
}

/* A chat endpoint applies the template itself. */
static enum answer run_template(const json_t *document)
{
	const char *kind = json_text(json_object_get(document, "config"), "model");
	const json_t *template = json_object_get(document, "chat_template");

	if (kind && strstr(kind, "chat-completions"))
		return ANSWER_YES;
	if (!template)
		template = json_object_get(document, "chat_template_sha");
	if (!template)
		return ANSWER_UNKNOWN;
	return json_is_null(template) ? ANSWER_NO : ANSWER_YES;
}

static void deliver_run(struct harness *harness, const struct origin_name *model)
{
	const json_t *document = harness->document, *config = json_object_get(document, "config");
	const char *precision = json_text(config, "model_dtype"), *version = json_text(document, "lm_eval_version");
	const char *revision = json_text(config, "model_sha");
	const char *iso = json_text(document, "date");
	double seconds = json_number(document, "date"), params = json_number(config, "model_num_parameters");
	char date[11] = "";

	if (seconds > 0 && seconds < 1e11)
		date_format(floor(seconds / 86400), date);
	else if (iso && !isnan(date_days(iso)))
		date_format(date_days(iso), date);
	else if (!origin_date(harness->source->name, date))
		date[0] = '\0';
	if (precision && strncmp(precision, "torch.", 6) == 0)
		precision += 6;
	if (!version && json_object_get(config, "no_cache"))
		version = "0.3";
	struct model_facts facts = {.name = model->name, .params_b = params > 0 ? params / 1e9 : NAN, .likes = NAN,
		.kind = KIND_UNKNOWN, .moe = ANSWER_UNKNOWN, .source = "harness", .rank = RANK_CARD};
	struct evaluation_facts run = {.model = model->name, .source = "user", .rank = RANK_USER,
		.precision = precision, .chat_template = run_template(document),
		.submitted = date[0] ? date : NULL, .revision = revision ? revision : model->revision,
		.harness = "lm-evaluation-harness", .version = version};
	results_deliver(&harness->results, &facts, &run, 1);
}

/* A run of an adapter says on what. */
static void deliver_base(struct harness *harness, const char *adapter)
{
	static const char *const adapters[] = {"peft", "lora_local_path", "lora", NULL};
	static const char *const bases[] = {"pretrained", NULL};
	char *told = first_argument(harness->document, adapters), *base = first_argument(harness->document, bases);
	struct naming naming = naming_of(told ? base : NULL);
	char *parent = naming.name ? memory_string(naming.name) :
		       naming.path ? path_name(harness->source->sink, naming.path) : NULL;
	struct record edge = {.type = RECORD_EDGE, .line = 1, .of.edge = {.child = adapter, .parent = parent,
		.relation = RELATION_ADAPTER, .weight = NAN, .source = "harness", .trust = TRUST_DECLARED}};

	if (parent && utf8_compare_names(parent, adapter) != 0)
		deliver(harness->source, &edge);
	naming_free(&naming);
	free(parent);
	free(told);
	free(base);
}

void harness_tell(const struct harness *harness)
{
	const struct record_sink *sink = harness->source->sink;

	if (harness->limited > 0)
		warn(sink, 0, 0, "%zu of %zu scores are of a part of the questions (--limit): shown only where there is"
		     " no whole one", harness->limited, harness->results.score_count);
	if (harness->percents > 0)
		warn(sink, 0, 0, "%zu of %zu scores are above 1, or stand beside such: taken as per cent",
		     harness->percents, harness->results.score_count);
}

static void read_run(struct harness *harness)
{
	const json_t *document = harness->document;
	char *stated = harness_stated_model(document);
	struct origin_name model = {0};
	const char *name;
	json_t *values;

	leaderboard_add(harness);
	json_object_foreach((json_t *)harness->tasks, name, values)
		if (json_is_object(values))
			add_task(harness, name, values);
	if (harness->results.score_count == 0) {
		reject(harness->source, 1, 0, "none of the tasks has a result");
	} else if (origin_name_of_run(harness->source, "results", stated, &model)) {
		harness_tell(harness);
		deliver_run(harness, &model);
		deliver_base(harness, model.name);
	}
	origin_name_free(&model);
	free(stated);
}

enum status harness_read(struct source *source)
{
	struct text text = {0};
	json_t *document = json_read_text(source, &text);
	size_t searched = 0;
	struct harness harness = {.source = source, .text = &text, .searched = &searched, .document = document,
				  .results.source = source};

	harness.tasks = json_object_get(document, "results");
	if (!harness.tasks)
		harness.tasks = json_object_get(document, "all"); /* as the leaderboard published it */
	if (json_is_object(harness.tasks))
		read_run(&harness);
	else if (document)
		reject(source, 1, 0, "\"results\" is no object of tasks");
	results_free(&harness.results);
	json_decref(document);
	text_free(&text);
	return source->status;
}
