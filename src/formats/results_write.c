#include "stemma/formats/results_write.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_read.h"
#include "results.h"
#include "stemma/base/memory.h"
#include "stemma/formats/every_eval.h"
#include "yaml_writer.h"

/* ---- .eval_results ------------------------------------------------------------------- */

/* The task of a data set that gives this key again; NULL when none does. */
static const char *dataset_task(struct results *results, const char *dataset, const char *key)
{
	const char *plain = strncmp(key, "hub_", 4) == 0 ? key + 4 : key;
	const char *const tasks[] = {"default", plain};

	for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
		const char *made = results_dataset_key(results, "hub", dataset, tasks[i]);
		if (made && strcmp(made, key) == 0)
			return tasks[i];
	}
	return NULL;
}

/* Percentages up to 1 would read back as fractions: they are written as such. */
static double hub_value(const struct result_row *row)
{
	bool percent = row->benchmark->upper == 100;

	return percent && row->score->value >= 0 && row->score->value <= 1 ? row->score->value / 100 : row->score->value;
}

static void write_entry(yaml_emitter_t *emitter, const struct result_row *row)
{
	const struct benchmark_facts *benchmark = row->benchmark;
	const struct score_facts *score = row->score;
	const char *date = score->date ? score->date : row->run->submitted, *title = benchmark->title;
	struct results results = {.source = NULL};
	const char *task = title && strchr(title, '/') ? dataset_task(&results, title, benchmark->key) : NULL;

	yaml_writer_mapping(emitter);
	yaml_writer_text(emitter, "dataset");
	yaml_writer_mapping(emitter);
	yaml_writer_pair(emitter, "id", task ? title : benchmark->key);
	yaml_writer_pair(emitter, "task_id", task ? task : benchmark->key);
	yaml_writer_mapping_end(emitter);
	yaml_writer_text(emitter, "value");
	yaml_writer_number(emitter, task ? hub_value(row) : score->value);
	if (date)
		yaml_writer_pair(emitter, "date", date);
	if (score->address) {
		yaml_writer_text(emitter, "source");
		yaml_writer_mapping(emitter);
		yaml_writer_pair(emitter, "url", score->address);
		yaml_writer_mapping_end(emitter);
	}
	if (score->setup)
		yaml_writer_pair(emitter, "notes", score->setup);
	yaml_writer_mapping_end(emitter);
	results_free(&results);
}

void eval_results_write(const struct result_row *rows, size_t count, struct text *out)
{
	yaml_emitter_t emitter;

	yaml_writer_begin(&emitter, out);
	yaml_writer_sequence(&emitter);
	for (size_t i = 0; i < count; i++)
		write_entry(&emitter, &rows[i]);
	yaml_writer_sequence_end(&emitter);
	yaml_writer_end(&emitter);
}

/* ---- Every Eval Ever ------------------------------------------------------------------- */

static void put_text(json_t *object, const char *key, const char *value)
{
	if (value)
		json_object_set_new(object, key, json_string(value));
}

static void put_number(json_t *object, const char *key, double value)
{
	if (isfinite(value))
		json_object_set_new(object, key, json_real(value));
}

/* Additional details are texts. */
static void put_detail(json_t *details, const char *key, double value)
{
	char text[40];

	if (!isfinite(value))
		return;
	snprintf(text, sizeof text, "%.15g", value);
	if (strtod(text, NULL) < value || strtod(text, NULL) > value)
		snprintf(text, sizeof text, "%.17g", value);
	put_text(details, key, text);
}

/* An object, unless there is nothing in it. */
static void put_object(json_t *object, const char *key, json_t *value)
{
	if (json_object_size(value) > 0)
		json_object_set_new(object, key, value);
	else
		json_decref(value);
}

static void put_date(json_t *object, const char *key, const char *date)
{
	char text[24];

	if (isnan(date_days(date)))
		return;
	snprintf(text, sizeof text, "%.0f", date_days(date) * 86400);
	put_text(object, key, text);
}

/* A bound is a number, or a word where the scale is open. */
static void put_bound(json_t *object, const char *key, double value)
{
	if (isinf(value))
		put_text(object, key, value > 0 ? "Infinity" : "-Infinity");
	else
		put_number(object, key, value);
}

static json_t *source_data(const struct result_row *row)
{
	const struct benchmark_facts *benchmark = row->benchmark;
	json_t *data = json_object(), *details = json_object();

	put_text(data, "dataset_name", benchmark->title ? benchmark->title : benchmark->key);
	put_text(data, "source_type", row->score->address ? "url" : "other");
	if (row->score->address)
		json_object_set_new(data, "url", json_pack("[s]", row->score->address));
	put_detail(details, EVERY_EVAL_INSTANCES, benchmark->instances);
	put_object(data, "additional_details", details);
	return data;
}

static json_t *metric_config(const struct benchmark_facts *benchmark)
{
	json_t *config = json_object(), *details = json_object();

	put_text(config, "metric_name", benchmark->metric);
	put_text(config, "metric_unit", benchmark->unit);
	json_object_set_new(config, "lower_is_better", json_boolean(benchmark->higher_is_better == ANSWER_NO));
	if (!isnan(benchmark->lower) && !isnan(benchmark->upper))
		put_text(config, "score_type", "continuous");
	put_bound(config, "min_score", benchmark->lower);
	put_bound(config, "max_score", benchmark->upper);
	put_text(details, EVERY_EVAL_KEY, benchmark->key);
	put_text(details, EVERY_EVAL_TITLE, benchmark->title);
	put_text(details, EVERY_EVAL_SUITE, benchmark->suite);
	put_text(details, EVERY_EVAL_FAMILY, benchmark->family);
	put_detail(details, EVERY_EVAL_CHANCE, benchmark->chance);
	json_object_set_new(config, "additional_details", details);
	return config;
}

static json_t *score_details(const struct score_facts *score)
{
	json_t *object = json_object(), *details = json_object(), *uncertainty = json_object();

	put_number(object, "score", score->value);
	put_detail(details, EVERY_EVAL_RAW, score->raw);
	put_object(object, "details", details);
	if (isfinite(score->error))
		json_object_set_new(uncertainty, "standard_error", json_pack("{s:f}", "value", score->error));
	put_object(object, "uncertainty", uncertainty);
	return object;
}

static json_t *generation_config(const struct score_facts *score)
{
	json_t *config = json_object(), *details = json_object();

	if (score->shots >= 0)
		put_detail(details, "num_fewshot", score->shots);
	put_text(details, EVERY_EVAL_SETUP, score->setup);
	put_text(details, EVERY_EVAL_LIMITED, score->limited ? "1" : NULL);
	put_object(config, "additional_details", details);
	return config;
}

static json_t *result_of(const struct result_row *row)
{
	json_t *result = json_object();

	put_text(result, "evaluation_name", row->benchmark->key);
	json_object_set_new(result, "source_data", source_data(row));
	put_date(result, "evaluation_timestamp", row->score->date);
	json_object_set_new(result, "metric_config", metric_config(row->benchmark));
	json_object_set_new(result, "score_details", score_details(row->score));
	put_object(result, "generation_config", generation_config(row->score));
	return result;
}

static const char *attribute(const struct model_facts *model, const char *key)
{
	for (size_t i = 0; i < model->attribute_count; i++)
		if (strcmp(model->attributes[i].key, key) == 0)
			return model->attributes[i].value;
	return NULL;
}

static json_t *model_info(const struct model_facts *model, const struct evaluation_facts *run)
{
	json_t *info = json_object(), *details = json_object();
	const char *slash = strchr(model->name, '/'), *provider = attribute(model, "provider");
	const char *open = attribute(model, "open_weights");
	char *owner = slash ? memory_string_slice(model->name, (size_t)(slash - model->name)) : NULL;

	put_text(info, "name", slash ? slash + 1 : model->name);
	put_text(info, "id", model->name);
	put_text(info, "developer", provider ? provider : owner);
	put_text(details, "deployment_type", "unknown");
	put_text(details, "model_availability", !open ? "unknown" : strcmp(open, "0") == 0 ? "closed_weights" : "open_weights");
	put_text(details, "architecture", model->architecture);
	put_detail(details, "params_billions", model->params_b);
	put_text(details, "precision", run->precision);
	put_text(details, "revision", run->revision);
	if (run->chat_template != ANSWER_UNKNOWN)
		put_text(details, EVERY_EVAL_TEMPLATE, run->chat_template == ANSWER_YES ? "1" : "0");
	json_object_set_new(info, "additional_details", details);
	free(owner);
	return info;
}

static json_t *source_metadata(const struct evaluation_facts *run)
{
	json_t *metadata = json_object(), *details = json_object();

	put_text(metadata, "source_name", run->source);
	put_text(metadata, "source_type", run->harness ? "evaluation_run" : "documentation");
	put_text(metadata, "source_organization_name", run->source);
	put_text(metadata, "evaluator_relationship", "other");
	put_text(details, EVERY_EVAL_ADDRESS, run->address);
	put_object(metadata, "additional_details", details);
	return metadata;
}

/* With no more digits than the numbers need. */
static void append_json(const json_t *record, struct text *out)
{
	char *text = json_dumps(record, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_t *back = text ? json_loads(text, 0, NULL) : NULL;

	if (back && !json_equal((json_t *)record, back)) {
		free(text);
		text = json_dumps(record, JSON_COMPACT);
	}
	json_decref(back);
	if (!text)
		memory_exhausted();
	text_append(out, text);
	text_append(out, "\n");
	free(text);
}

/* A record of rows that are all of one run. */
static void write_record(const struct model_facts *model, const struct result_row *rows, size_t count,
			 double seconds, struct text *out)
{
	const struct evaluation_facts *run = rows[0].run;
	json_t *record = json_object(), *list = json_array();
	struct text id = {0};
	char stamp[24];

	snprintf(stamp, sizeof stamp, "%.0f", seconds);
	text_append_format(&id, "%s/%s/%s", run->source, model->name, stamp);
	for (char *at = strchr(id.bytes, '/') + 1; at < id.bytes + id.length - strlen(stamp) - 1; at++)
		*at = *at == '/' ? '_' : *at;
	put_text(record, "schema_version", EVERY_EVAL_SCHEMA);
	put_text(record, "evaluation_id", text_string(&id));
	put_date(record, "evaluation_timestamp", run->submitted);
	put_text(record, "retrieved_timestamp", stamp);
	json_object_set_new(record, "source_metadata", source_metadata(run));
	json_object_set_new(record, "eval_library", json_pack("{s:s, s:s}", "name", run->harness ? run->harness : "unknown",
							      "version", run->version ? run->version : "unknown"));
	json_object_set_new(record, "model_info", model_info(model, run));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, result_of(&rows[i]));
	json_object_set_new(record, "evaluation_results", list);
	append_json(record, out);
	json_decref(record);
	text_free(&id);
}

void every_eval_write(const struct model_facts *model, const struct result_row *rows, size_t count, double seconds,
		      struct text *out)
{
	for (size_t begin = 0, end; begin < count; begin = end) {
		for (end = begin + 1; end < count && rows[end].run == rows[begin].run; end++)
			;
		write_record(model, rows + begin, end - begin, seconds, out);
	}
}
