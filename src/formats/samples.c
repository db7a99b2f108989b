/* lm-evaluation-harness samples_TASK_TIME.jsonl: one answer a line
 * (formats.md §4.3). */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "origin.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

#define LINE_MAX_BYTES ((size_t)64 << 20)
#define QUESTIONS_MAX 1000000

/* The answers gathered so far. */
struct samples {
	signed char *answer; /* by doc_id: 0, 1, or -1 not seen */
	size_t count, capacity;
	char *filter;        /* the first one; the others are the same answers read otherwise */
};

/* ---- whose answers, to what --------------------------------------------------- */

/* Where the time begins in "samples_TASK_2025-01-27T…"; NULL when there is none. */
static const char *time_in(const char *name)
{
	for (const char *at = strchr(name, '_'); at; at = strchr(at + 1, '_'))
		if (strspn(at + 1, "0123456789") == 4 && strchr("-_", at[5]) && at[5])
			return at + 1;
	return NULL;
}

/* TASK of "samples_TASK_TIME.jsonl", without the leaderboard's prefix. */
static char *samples_task(const char *path)
{
	const char *name = origin_base(path), *time = time_in(name);
	size_t end = time ? (size_t)(time - name) - 1 : strcspn(name, ".");

	if (strncmp(name, "samples_", 8) != 0 || end <= 8)
		return NULL;
	name += 8;
	end -= 8;
	if (end > 12 && strncmp(name, "leaderboard_", 12) == 0)
		name += 12, end -= 12;
	return memory_string_slice(name, end);
}

/* What results_TIME.json beside the samples says that the model is called. */
static char *results_model(const char *path, const struct record_sink *sink)
{
	const char *name = origin_base(path), *time = time_in(name);
	struct text results = {0};
	json_error_t problem;
	char *model = NULL;

	if (!time)
		return NULL;
	text_append_format(&results, "%.*sresults_%.*s.json", (int)(name - path), path,
			   (int)(strlen(time) - strlen(strrchr(time, '.') ? strrchr(time, '.') : "")), time);
	errno = 0;
	json_t *document = json_load_file(text_string(&results), 0, &problem);
	if (!document && errno != ENOENT)
		warn(sink, 0, 0, "%s cannot be read: %s", text_string(&results), errno ? strerror(errno) : problem.text);
	const char *stated = json_string_value(json_object_get(document, "model_name"));
	if (stated && is_hub_name(stated))
		model = memory_string(stated);
	else if (stated)
		warn(sink, 0, 0, "%s calls the model \"%s\", which is no model's name", text_string(&results), stated);
	json_decref(document);
	text_free(&results);
	return model;
}

/* ---- one line ------------------------------------------------------------------- */

/* The answer by the metric that counts; NULL when there is none. */
static const json_t *line_metric(const json_t *line)
{
	static const char *const metrics[] = {"acc_norm", "acc", "exact_match", "prompt_level_strict_acc"};
	const json_t *own = json_object_get(line, "metrics");

	for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
		if (json_object_get(line, metrics[i]))
			return json_object_get(line, metrics[i]);
	return json_array_size(own) == 1 ? json_object_get(line, json_string_value(json_array_get(own, 0))) : NULL;
}

/* 0 or 1; -1 for anything else. */
static signed char metric_answer(const json_t *metric)
{
	double value = json_is_boolean(metric) ? json_boolean_value(metric)
		: json_is_number(metric) ? json_number_value(metric) : -1;

	return value == 0 ? 0 : value == 1 ? 1 : -1;
}

static void samples_put(struct samples *samples, size_t question, signed char answer)
{
	while (samples->count <= question) {
		samples->answer = memory_grow(samples->answer, samples->count, &samples->capacity, 1);
		samples->answer[samples->count++] = -1;
	}
	samples->answer[question] = answer; /* of a repeated run the last one counts */
}

static void samples_line(struct source *source, struct samples *samples, const json_t *line, long number)
{
	const json_t *id = json_object_get(line, "doc_id"), *metric = line_metric(line);
	const char *filter = json_string_value(json_object_get(line, "filter"));
	signed char answer = metric_answer(metric);

	if (!samples->filter)
		samples->filter = memory_string(filter ? filter : "");
	if (strcmp(samples->filter, filter ? filter : "") != 0)
		return;
	if (!json_is_integer(id) || json_integer_value(id) < 0 || json_integer_value(id) >= QUESTIONS_MAX)
		reject(source, number, 0, "expected a \"doc_id\" from 0 to %d", QUESTIONS_MAX - 1);
	else if (!metric)
		reject(source, number, 0, "none of acc_norm, acc, exact_match and prompt_level_strict_acc is there");
	else if (answer < 0)
		reject(source, number, 0, "the answer is neither 0 nor 1");
	else
		samples_put(samples, (size_t)json_integer_value(id), answer);
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

static enum status samples_deliver(struct source *source, const struct samples *samples, const char *model,
				   const char *task)
{
	unsigned long long *bits = memory_zero(samples->count / 64 + 1, sizeof *bits);
	struct record record = {.type = RECORD_OUTCOMES, .line = 1, .of.outcomes = {
		.model = model, .benchmark = task, .questions = samples->count, .bits = bits}};
	size_t missing = 0;

	for (size_t i = 0; i < samples->count; i++) {
		missing += samples->answer[i] < 0;
		if (samples->answer[i] > 0)
			bits[i / 64] |= 1ull << (i % 64);
	}
	if (samples->count == 0)
		source_fail_at(source, STATUS_DATA, 1, 0, "there is no usable answer");
	else if (missing > 0)
		reject(source, 1, 0, "%zu of the answers 0 to %zu are missing: a part of a run does not compare",
		       missing, samples->count - 1);
	else
		deliver(source, &record);
	free(bits);
	return source->status;
}

enum status samples_read(struct source *source)
{
	struct samples samples = {0};
	char *task = samples_task(source->name), *model = origin_model(source->name);

	if (!model)
		model = results_model(source->name, source->sink);
	if (!task) {
		source_fail_at(source, STATUS_DATA, 0, 0, "samples that do not say of which task");
		error_advise(source->error, "name the file samples_TASK_TIME.jsonl, as lm-evaluation-harness does");
	} else if (!model) {
		source_fail_at(source, STATUS_DATA, 0, 0, "samples that do not say of which model");
		error_advise(source->error, "put the file into a folder OWNER__NAME or beside its results_TIME.json");
	} else if (samples_gather(source, &samples) == STATUS_OK) {
		samples_deliver(source, &samples, model, task);
	}
	free(samples.answer);
	free(samples.filter);
	free(task);
	free(model);
	return source->status;
}
