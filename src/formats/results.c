#include "results.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "leaderboard_tasks.h"
#include "reading.h"
#include "stemma/base/memory.h"

const char *results_keep(struct results *results, char *string)
{
	if (!string)
		return NULL;
	results->strings = memory_grow(results->strings, results->string_count, &results->string_capacity,
				       sizeof *results->strings);
	results->strings[results->string_count++] = string;
	return string;
}

const char *results_print(struct results *results, const char *format, ...)
{
	struct text text = {0};
	char buffer[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(buffer, sizeof buffer, format, arguments);
	va_end(arguments);
	text_append(&text, buffer);
	return results_keep(results, text_steal(&text));
}

/* Lower case, and "_" for all that parts words. */
static char *plain_key(const char *name)
{
	char *key = benchmark_key(name);

	for (char *at = key; at && *at; at++)
		*at = strchr("-+/.:", *at) ? '_' : *at;
	return key;
}

const char *results_key(struct results *results, const char *prefix, const char *name)
{
	const char *key = results_keep(results, benchmark_key(name));
	char *plain = key ? plain_key(name) : NULL; /* "mmlu-pro" is called the same */
	bool taken = plain && leaderboard_has(plain);

	if (taken)
		key = results_print(results, "%s_%s", prefix, plain);
	free(plain);
	return key;
}

/* "default" and the like tell nothing apart. */
static bool is_usual_task(const char *task)
{
	static const char *const usual[] = {"", "default", "main", "all", "test", "plain_text"};

	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (strcasecmp(task, usual[i]) == 0)
			return true;
	return false;
}

const char *results_dataset_key(struct results *results, const char *prefix, const char *dataset, const char *task)
{
	const char *slash = dataset ? strrchr(dataset, '/') : NULL;
	char *name = dataset ? plain_key(slash ? slash + 1 : dataset) : NULL;
	char *part = task && !is_usual_task(task) ? plain_key(task) : NULL;
	struct text key = {0};

	if (name && part && strstr(part, name))
		text_append(&key, part);
	else if (name)
		text_append_format(&key, part && !strstr(name, part) ? "%s_%s" : "%s", name, part);
	free(name);
	free(part);
	const char *whole = key.length > 0 && key.length <= BENCHMARK_KEY_MAX - 8
		? results_keep(results, text_steal(&key)) : NULL;
	text_free(&key);
	return whole && prefix ? results_key(results, prefix, whole) : whole;
}

struct benchmark_facts results_benchmark(const char *key, const char *title, const char *metric)
{
	struct benchmark_facts benchmark = benchmark_facts_of(key);

	benchmark.title = title;
	benchmark.rank = RANK_CARD;
	if (metric)
		metric_describe(&benchmark, metric);
	return benchmark;
}

static bool has_benchmark(const struct results *results, const char *key)
{
	for (size_t i = 0; i < results->benchmark_count; i++)
		if (strcmp(results->benchmarks[i].key, key) == 0)
			return true;
	return false;
}

void results_add(struct results *results, const struct benchmark_facts *benchmark,
		 const struct score_facts *score)
{
	results->scores = memory_grow(results->scores, results->score_count, &results->score_capacity,
				      sizeof *results->scores);
	results->scores[results->score_count++] = *score;
	if (!benchmark || has_benchmark(results, benchmark->key))
		return;
	results->benchmarks = memory_grow(results->benchmarks, results->benchmark_count,
					  &results->benchmark_capacity, sizeof *results->benchmarks);
	results->benchmarks[results->benchmark_count++] = *benchmark;
}

enum status results_deliver(struct results *results, const struct model_facts *model,
			    const struct evaluation_facts *run, long line)
{
	struct record record = {.type = RECORD_MODEL, .line = line};

	if (model) {
		record.of.model = *model;
		deliver(results->source, &record);
	}
	for (size_t i = 0; i < results->benchmark_count; i++) {
		record = (struct record){.type = RECORD_BENCHMARK, .line = line, .of.benchmark = results->benchmarks[i]};
		deliver(results->source, &record);
	}
	record = (struct record){.type = RECORD_EVALUATION, .line = line, .of.evaluation = *run};
	record.of.evaluation.scores = results->scores;
	record.of.evaluation.score_count = results->score_count;
	return deliver(results->source, &record);
}

void results_free(struct results *results)
{
	for (size_t i = 0; i < results->string_count; i++)
		free(results->strings[i]);
	free(results->strings);
	free(results->benchmarks);
	free(results->scores);
	*results = (struct results){.source = results->source};
}
