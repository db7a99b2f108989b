#include "model_index.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "json_read.h"
#include "reading.h"
#include "results.h"

#define METRICS_KEPT 6 /* of a result; one with more is a survey of its data set: the main one stays */

/* ---- what the leaderboards wrote --------------------------------------------------------- */

/* What they called their benchmarks when they wrote them into cards.  MATH scores
 * in cards are from before they were corrected. */
static const struct published {
	const char *title, *key;
	const char *name, *family; /* of the first leaderboard's */
	double chance, instances;
} published[] = {
	{"IFEval", "ifeval", NULL, NULL, 0, 0}, {"BBH", "bbh", NULL, NULL, 0, 0},
	{"MATH Lvl 5", "math_lvl_5_2024", NULL, NULL, 0, 0}, {"GPQA", "gpqa", NULL, NULL, 0, 0},
	{"MuSR", "musr", NULL, NULL, 0, 0}, {"MMLU-PRO", "mmlu_pro", NULL, NULL, 0, 0},
	{"AI2 Reasoning Challenge", "v1_arc", "ARC", "arc_challenge", 25, 1172},
	{"HellaSwag", "v1_hellaswag", "HellaSwag", "hellaswag", 25, 10042},
	{"MMLU", "v1_mmlu", "MMLU", "mmlu", 25, 14042},
	{"TruthfulQA", "v1_truthfulqa", "TruthfulQA", "truthfulqa", NAN, 817},
	{"Winogrande", "v1_winogrande", "Winogrande", "winogrande", 50, 1267},
	{"GSM8k", "v1_gsm8k", "GSM8K", "gsm8k", 0, 1319},
};
#define PUBLISHED (sizeof published / sizeof *published)

static const struct published *find_published(const json_t *result)
{
	const char *title = json_text(json_object_get(result, "dataset"), "name");
	const char *url = json_text(json_object_get(result, "source"), "url");

	if (!title || !url || !strstr(url, "open_llm_leaderboard"))
		return NULL;
	for (size_t i = 0; i < PUBLISHED; i++) {
		size_t length = strlen(published[i].title);
		/* They have the number of examples behind the name. */
		if (strncasecmp(title, published[i].title, length) == 0 && strncmp(title + length, " (", 2) == 0)
			return &published[i];
	}
	return NULL;
}

static void add_published(struct results *results, const struct published *own, double value)
{
	struct benchmark_facts benchmark = benchmark_facts_of(own->key);
	struct score_facts score = score_facts_of(own->key, value);

	score.scale = SCALE_PERCENT;
	if (own->name) {
		benchmark.title = results_print(results, "Open LLM Leaderboard v1: %s", own->name);
		benchmark.suite = "openllm1";
		benchmark.metric = "accuracy";
		benchmark.family = own->family;
		benchmark.lower = 0;
		benchmark.upper = 100;
		benchmark.chance = own->chance;
		benchmark.instances = own->instances;
		benchmark.higher_is_better = ANSWER_YES;
		benchmark.rank = RANK_SCORES_TABLE;
	}
	results_add(results, own->name ? &benchmark : NULL, &score);
}

/* ---- others -------------------------------------------------------------------------------- */

struct index_read {
	struct source *source;
	const json_t *index;
	struct results results;
	size_t percents, fractions; /* values taken so */
	size_t unread, passed;      /* that are no numbers; metrics passed over */
};

static const char *metric_word(const json_t *metric)
{
	const char *type = json_text(metric, "type");

	return type ? type : json_text(metric, "name");
}

static bool is_above_one(const json_t *metric, const char *word)
{
	const char *its = metric_word(metric);
	bool percent;

	return its && strcasecmp(its, word) == 0 &&
	       metric_is_percent(metric_find(word), json_value_number(json_object_get(metric, "value"), &percent));
}

/* A card's author writes the values of one metric in one way: per cent where one of
 * them is above 1. */
static bool writes_percent(const struct index_read *read, const char *word)
{
	json_t *entry, *result, *metric;
	size_t i, r, m;

	json_array_foreach(read->index, i, entry)
		json_array_foreach(json_object_get(entry, "results"), r, result)
			json_array_foreach(json_object_get(result, "metrics"), m, metric)
				if (is_above_one(metric, word))
					return true;
	return false;
}

/* The main one of a result's metrics. */
static const json_t *main_metric(const json_t *metrics)
{
	const json_t *best = NULL;
	size_t index, rank = 0;
	json_t *metric;

	json_array_foreach(metrics, index, metric) {
		const char *word = metric_word(metric);
		size_t own = word ? metric_rank(word) : METRIC_UNRANKED;
		if (!best || own < rank) {
			best = metric;
			rank = own;
		}
	}
	return best;
}

static bool has_score(const struct results *results, const char *key)
{
	for (size_t i = 0; i < results->score_count; i++)
		if (strcmp(results->scores[i].benchmark, key) == 0)
			return true;
	return false;
}

/* Of the data set's name and configuration, and of a metric that is not the main
 * one. */
static const char *index_key(struct index_read *read, const json_t *dataset, const char *metric)
{
	const char *name = json_text(dataset, "name"), *config = json_text(dataset, "config");
	const char *key = name ? results_dataset_key(&read->results, "card", name, config) : NULL;

	if (!key && json_text(dataset, "type"))
		key = results_dataset_key(&read->results, "card", json_text(dataset, "type"), config);
	return key && metric ? results_keep(&read->results, benchmark_key(results_print(&read->results, "%s:%s", key, metric)))
		: key;
}

static void add_metric(struct index_read *read, const json_t *result, const json_t *metric, bool main)
{
	struct results *results = &read->results;
	const json_t *dataset = json_object_get(result, "dataset");
	const char *word = metric_word(metric), *title = json_text(dataset, "name");
	const char *key = index_key(read, dataset, main ? NULL : word ? word : "other");
	bool percent;
	double value = json_value_number(json_object_get(metric, "value"), &percent);

	if (!key || isnan(value)) {
		read->unread++;
		return;
	}
	if (has_score(results, key))
		return;
	struct benchmark_facts benchmark = results_benchmark(key, title ? title : key, word ? word : "");
	struct score_facts score = score_facts_of(key, value);
	benchmark.suite = "cards";
	benchmark.family = results_dataset_key(results, NULL, title ? title : json_text(dataset, "type"), NULL);
	percent = percent || (word && writes_percent(read, word));
	score.scale = metric_scale(metric_find(word ? word : ""), percent);
	if (percent && score.scale == SCALE_OWN)
		score.scale = SCALE_PERCENT;
	read->percents += score.scale == SCALE_PERCENT;
	read->fractions += score.scale == SCALE_FRACTION;
	score.address = json_text(json_object_get(result, "source"), "url");
	results_add(results, &benchmark, &score);
}

static void add_result(struct index_read *read, const json_t *result)
{
	const json_t *metrics = json_object_get(result, "metrics"), *first = main_metric(metrics);
	const struct published *own = find_published(result);
	size_t count = json_array_size(metrics), index;
	json_t *metric;
	bool percent;

	if (!first)
		return;
	if (own) {
		double value = json_value_number(json_object_get(json_array_get(metrics, 0), "value"), &percent);
		bool usable = value >= 0 && value <= 100;
		read->unread += !usable;
		if (usable && !has_score(&read->results, own->key))
			add_published(&read->results, own, value);
		return;
	}
	add_metric(read, result, first, true);
	if (count > METRICS_KEPT) {
		read->passed += count - 1;
		return;
	}
	json_array_foreach(metrics, index, metric)
		if (metric != first)
			add_metric(read, result, metric, false);
}

static void tell(const struct index_read *read)
{
	const struct record_sink *sink = read->source->sink;

	if (read->unread > 0)
		warn(sink, 1, 0, "%zu of the card's results are no numbers or name no data set; left out", read->unread);
	if (read->passed > 0)
		warn(sink, 1, 0, "%zu further metrics of results with more than %d are left out", read->passed, METRICS_KEPT);
	if (read->percents > 0 || read->fractions > 0)
		warn(sink, 1, 0, "the card does not say the scale of its results: %zu are taken as percentages, %zu as fractions",
		     read->percents, read->fractions);
}

void model_index_deliver(struct source *source, const json_t *index, const char *model)
{
	struct index_read read = {.source = source, .index = index, .results.source = source};
	struct evaluation_facts run = {.model = model, .source = "card", .rank = RANK_CARD,
				       .chat_template = ANSWER_UNKNOWN};
	json_t *entry, *result;
	size_t i, r;

	json_array_foreach(index, i, entry)
		json_array_foreach(json_object_get(entry, "results"), r, result)
			add_result(&read, result);
	tell(&read);
	if (read.results.score_count > 0 && source->status == STATUS_OK)
		results_deliver(&read.results, NULL, &run, 1);
	results_free(&read.results);
}
