/* lm-evaluation-harness samples_TASK_TIME.jsonl: one answer a line
 * (formats.md §4.3). */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "json_read.h"
#include "origin.h"
#include "reading.h"
#include "results.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

#define LINE_MAX_BYTES ((size_t)64 << 20)
#define QUESTIONS_MAX 1000000

/* The answers gathered so far. */
struct samples {
	double *answer;      /* by doc_id: 0..1, or NAN not seen */
	size_t count, capacity;
	char *metric;        /* which it is */
	char *filter;        /* the first one; the others are the same answers read otherwise */
};

/* ---- whose answers, to what --------------------------------------------------- */

/* TASK of "samples_TASK_TIME.jsonl", without the leaderboard's prefix. */
static char *samples_task(const char *path)
{
	const char *name = origin_base(path), *time = origin_time(path);
	size_t end = time ? (size_t)(time - name) - 1 : strcspn(name, ".");

	if (strncmp(name, "samples_", 8) != 0 || end <= 8)
		return NULL;
	name += 8;
	end -= 8;
	if (end > 12 && strncmp(name, "leaderboard_", 12) == 0)
		name += 12, end -= 12;
	return memory_string_slice(name, end);
}

/* What a file of results calls the model, as it spells it. */
static char *stated_in(const char *path, const struct record_sink *sink)
{
	json_error_t problem;

	errno = 0;
	json_t *document = json_load_file(path, 0, &problem);
	if (!document && errno != ENOENT)
		warn(sink, 0, 0, "%s cannot be read: %s", path, errno ? strerror(errno) : problem.text);
	char *model = document ? harness_stated_model(document) : NULL;
	json_decref(document);
	return model;
}

static bool is_results_name(const char *name)
{
	size_t length = strlen(name);

	return strncmp(name, "results", 7) == 0 && length > 5 && strcmp(name + length - 5, ".json") == 0;
}

/* Any file of results beside the samples: all in a folder are of one model. */
static char *other_results(const char *path, const struct record_sink *sink)
{
	char *folder = origin_path(path), *model = NULL;
	DIR *entries = strchr(path, '/') || access(path, F_OK) == 0 ? opendir(folder) : NULL;
	struct dirent *entry;

	while (entries && !model && (entry = readdir(entries))) {
		struct text name = {0};
		text_append_format(&name, "%s/%s", folder, entry->d_name);
		if (is_results_name(entry->d_name))
			model = stated_in(text_string(&name), sink);
		text_free(&name);
	}
	if (entries)
		closedir(entries);
	free(folder);
	return model;
}

/* What results_TIME.json beside the samples calls the model, or else other results there. */
static char *results_model(const char *path, const struct record_sink *sink)
{
	const char *name = origin_base(path), *time = origin_time(path);
	struct text results = {0};

	if (!time)
		return NULL;
	text_append_format(&results, "%.*sresults_%.*s.json", (int)(name - path), path,
			   (int)(strlen(time) - strlen(strrchr(time, '.') ? strrchr(time, '.') : "")), time);
	char *model = stated_in(text_string(&results), sink);
	text_free(&results);
	return model ? model : other_results(path, sink);
}

/* ---- one line ------------------------------------------------------------------- */

/* The metric that counts: one of these, else the best of those that the line lists. */
static const char *line_metric(const json_t *line)
{
	static const char *const metrics[] = {"acc_norm", "acc", "exact_match", "prompt_level_strict_acc"};
	const char *best = NULL;
	size_t index;
	json_t *name;

	for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
		if (json_object_get(line, metrics[i]))
			return metrics[i];
	json_array_foreach(json_object_get(line, "metrics"), index, name) {
		const char *word = json_string_value(name);
		if (word && json_object_get(line, word) && (!best || metric_rank(word) < metric_rank(best)))
			best = word;
	}
	return best;
}

/* 0..1; NAN for anything else. */
static double metric_answer(const json_t *metric)
{
	double value = json_is_boolean(metric) ? json_boolean_value(metric)
		: json_is_number(metric) ? json_number_value(metric) : NAN;

	return value >= 0 && value <= 1 ? value : NAN;
}

static void samples_put(struct samples *samples, size_t question, double answer)
{
	while (samples->count <= question) {
		samples->answer = memory_grow(samples->answer, samples->count, &samples->capacity,
					      sizeof *samples->answer);
		samples->answer[samples->count++] = NAN;
	}
	samples->answer[question] = answer; /* of a repeated run the last one counts */
}

static void samples_line(struct source *source, struct samples *samples, const json_t *line, long number)
{
	const json_t *id = json_object_get(line, "doc_id");
	const char *filter = json_string_value(json_object_get(line, "filter")), *metric = line_metric(line);
	double answer = metric ? metric_answer(json_object_get(line, metric)) : NAN;

	if (!samples->filter)
		samples->filter = memory_string(filter ? filter : "");
	if (strcmp(samples->filter, filter ? filter : "") != 0)
		return;
	if (!json_is_integer(id) || json_integer_value(id) < 0 || json_integer_value(id) >= QUESTIONS_MAX)
		reject(source, number, 0, "expected a \"doc_id\" from 0 to %d", QUESTIONS_MAX - 1);
	else if (!metric)
		reject(source, number, 0, "none of acc_norm, acc, exact_match and prompt_level_strict_acc is there");
	else if (isnan(answer))
		reject(source, number, 0, "the answer by %s is not from 0 to 1", metric);
	else
		samples_put(samples, (size_t)json_integer_value(id), answer);
	if (!samples->metric && metric)
		samples->metric = memory_string(metric);
}

/* ---- the whole --------------------------------------------------------------------- */

static enum status samples_gather(struct source *source, struct samples *samples)
{
	struct text line = {0};
	json_error_t fault;
	long number = 1;

	while (source->status == STATUS_OK && source_line(source, &line, LINE_MAX_BYTES)) {
		json_t *document = json_loadb(text_string(&line), line.length, 0, &fault);
		if (json_is_object(document))
			samples_line(source, samples, document, number);
		else if (document)
			reject(source, number, 0, "not a JSON object");
		else if (strspn(text_string(&line), " \t") < line.length)
			reject(source, number, fault.column, "not a JSON object: %s", fault.text);
		json_decref(document);
		text_clear(&line);
		number = source->line;
	}
	text_free(&line);
	return source->status;
}

/* How many answers are missing, and how many are neither right nor wrong. */
static size_t samples_count(const struct samples *samples, size_t *fractions)
{
	size_t missing = 0;

	*fractions = 0;
	for (size_t i = 0; i < samples->count; i++) {
		missing += isnan(samples->answer[i]) ? 1 : 0;
		*fractions += samples->answer[i] > 0 && samples->answer[i] < 1;
	}
	return missing;
}

static void deliver_answers(struct source *source, const struct samples *samples, const char *model,
			    const char *task)
{
	unsigned long long *bits = memory_zero(samples->count / 64 + 1, sizeof *bits);
	unsigned long long *asked = memory_zero(samples->count / 64 + 1, sizeof *asked);
	struct record record = {.type = RECORD_OUTCOMES, .line = 1, .of.outcomes = {
		.model = model, .benchmark = task, .questions = samples->count, .bits = bits, .by_id = true}};

	for (size_t i = 0; i < samples->count; i++) {
		if (isnan(samples->answer[i]))
			record.of.outcomes.asked = asked;
		else
			asked[i / 64] |= 1ull << (i % 64);
		if (samples->answer[i] > 0)
			bits[i / 64] |= 1ull << (i % 64);
	}
	deliver(source, &record);
	free(bits);
	free(asked);
}

/* Answers that are fractions, as truthfulqa_mc2's are: what is kept is their mean. */
static void deliver_mean(struct source *source, const struct samples *samples, const char *model,
			 const char *task, size_t missing)
{
	struct results results = {.source = source};
	size_t count = samples->count - missing;
	double sum = 0, squares = 0;
	char date[11];

	for (size_t i = 0; i < samples->count; i++)
		if (!isnan(samples->answer[i])) {
			sum += samples->answer[i];
			squares += samples->answer[i] * samples->answer[i];
		}
	double mean = sum / (double)count, variance = squares / (double)count - mean * mean;
	const char *key = results_key(&results, "lm_eval", task);
	if (key) {
		struct benchmark_facts benchmark = results_benchmark(key, task, samples->metric);
		struct score_facts score = score_facts_of(key, mean);
		struct model_facts facts = {.name = model, .params_b = NAN, .likes = NAN, .kind = KIND_UNKNOWN,
			.moe = ANSWER_UNKNOWN, .source = "harness", .rank = RANK_NAMED_ONLY};
		struct evaluation_facts run = {.model = model, .source = "user", .rank = RANK_USER,
			.chat_template = ANSWER_UNKNOWN, .harness = "lm-evaluation-harness",
			.submitted = origin_date(source->name, date) ? date : NULL};
		benchmark.suite = SUITE_HARNESS;
		benchmark.family = key;
		score.scale = SCALE_FRACTION;
		score.error = count > 1 ? sqrt(fmax(0, variance) / (double)(count - 1)) : NAN;
		score.setup = results_print(&results, "mean of %zu answers", count);
		score.limited = missing > 0;
		results_add(&results, &benchmark, &score);
		results_deliver(&results, &facts, &run, 1);
	}
	results_free(&results);
}

static void samples_deliver(struct source *source, const struct samples *samples, const char *model,
			    const char *task)
{
	size_t fractions, missing = samples_count(samples, &fractions);

	if (samples->count == 0) {
		source_fail_at(source, STATUS_DATA, 1, 0, "there is no usable answer");
	} else if (fractions > 0) {
		warn(source->sink, 0, 0, "%zu of %zu answers are fractions: their mean is taken as a score of %s; single"
		     " answers are kept only where each is right or wrong", fractions, samples->count - missing, task);
		deliver_mean(source, samples, model, task, missing);
	} else {
		deliver_answers(source, samples, model, task);
	}
}

enum status samples_read(struct source *source)
{
	struct samples samples = {0};
	char *task = samples_task(source->name);
	char *stated = task ? results_model(source->name, source->sink) : NULL;
	struct origin_name model = {0};

	if (!task) {
		source_fail_at(source, STATUS_DATA, 0, 0, "samples that do not say of which task");
		error_advise(source->error, "name the file samples_TASK_TIME.jsonl, as lm-evaluation-harness does");
	} else if (origin_name_of_run(source, "samples", stated, &model) &&
		   samples_gather(source, &samples) == STATUS_OK) {
		samples_deliver(source, &samples, model.name, task);
	}
	free(samples.answer);
	free(samples.filter);
	free(samples.metric);
	free(task);
	free(stated);
	origin_name_free(&model);
	return source->status;
}
