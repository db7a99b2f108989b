/* Every Eval Ever: a record of a model, a source, a set-up and its results, as one
 * document, an array or one a line (schema 0.2 and 0.3). */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json_read.h"
#include "leaderboard_tasks.h"
#include "origin.h"
#include "reading.h"
#include "results.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/formats/every_eval.h"

#define SUITE "every-eval"

struct record_read {
	struct source *source;
	const json_t *record, *list;
	struct results results;
	const char *suite;
	long line;
};

/* ---- values ---------------------------------------------------------------------------- */

/* Additional details are texts, whatever is in them. */
static double detail_number(const json_t *object, const char *key)
{
	bool percent;

	return json_value_number(json_object_get(object, key), &percent);
}

/* A bound is a number, "Infinity" or "-Infinity"; NAN when it is not given. */
static double bound(const json_t *config, const char *key)
{
	const char *text = json_text(config, key);

	if (text && strcmp(text, "Infinity") == 0)
		return INFINITY;
	return text && strcmp(text, "-Infinity") == 0 ? -INFINITY : json_number(config, key);
}

/* Seconds since 1970 as a text or number, or an ISO date. */
static bool read_date(const json_t *object, const char *key, char date[11])
{
	const char *text = json_text(object, key);
	double seconds = detail_number(object, key);

	if (seconds > 0 && seconds < 1e11) {
		date_format(floor(seconds / 86400), date);
		return true;
	}
	if (!text || isnan(date_days(text)))
		return false;
	date_format(date_days(text), date);
	return true;
}

static bool is_word(const char *text, const char *first, const char *second)
{
	return text && (strcasecmp(text, first) == 0 || strcasecmp(text, second) == 0);
}

/* The scale is that of the bounds, else that of the unit. */
static enum score_scale read_scale(const struct benchmark_facts *benchmark)
{
	if (benchmark->lower >= -1 && benchmark->lower <= 0 && benchmark->upper == 1)
		return SCALE_FRACTION;
	if (benchmark->lower >= -100 && benchmark->lower <= 0 && benchmark->upper == 100)
		return SCALE_PERCENT;
	if (!isnan(benchmark->lower) || !isnan(benchmark->upper))
		return SCALE_OWN;
	if (is_word(benchmark->unit, "proportion", "fraction"))
		return SCALE_FRACTION;
	return is_word(benchmark->unit, "percent", "percentage") ? SCALE_PERCENT : SCALE_OWN;
}

/* Told, or taken from an interval of 95 %. */
static double read_error(const json_t *details)
{
	const json_t *uncertainty = json_object_get(details, "uncertainty");
	const json_t *interval = json_object_get(uncertainty, "confidence_interval");
	double error = json_number(json_object_get(uncertainty, "standard_error"), "value");

	if (isnan(error) && fabs(json_number(interval, "confidence_level") - 0.95) < 1e-9)
		error = (json_number(interval, "upper") - json_number(interval, "lower")) / (2 * 1.959964);
	return error >= 0 ? error : NAN;
}

/* ---- one result -------------------------------------------------------------------------- */

static const char *metric_word(const json_t *result)
{
	const json_t *config = json_object_get(result, "metric_config");
	const char *keys[] = {"metric_name", "metric_id", "metric_kind"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (json_text(config, keys[i]))
			return json_text(config, keys[i]);
	return NULL;
}

/* How many results before this one have its name. */
static size_t earlier(const struct record_read *read, const json_t *result)
{
	const char *name = json_text(result, "evaluation_name");
	size_t index, count = 0;
	json_t *other;

	json_array_foreach(read->list, index, other) {
		const char *its = json_text(other, "evaluation_name");
		if (other == result)
			break;
		count += its && strcmp(its, name) == 0;
	}
	return count;
}

/* What stemma wrote says its key itself.  Of several metrics of one evaluation the
 * first has the plain key. */
static const char *result_key(struct record_read *read, const json_t *result)
{
	struct results *results = &read->results;
	const json_t *details = json_object_get(json_object_get(result, "metric_config"), "additional_details");
	const char *own = json_text(details, EVERY_EVAL_KEY), *name = json_text(result, "evaluation_name");
	const char *metric = metric_word(result);

	if (own)
		return results_keep(results, benchmark_key(own));
	if (earlier(read, result) == 0 || !metric)
		return results_key(results, read->suite, name);
	return results_keep(results, benchmark_key(results_print(results, "%s:%s", name, metric)));
}

static struct benchmark_facts result_benchmark(struct record_read *read, const json_t *result, const char *key)
{
	const json_t *config = json_object_get(result, "metric_config"), *data = json_object_get(result, "source_data");
	const json_t *details = json_object_get(config, "additional_details");
	const char *title = json_text(details, EVERY_EVAL_TITLE), *suite = json_text(details, EVERY_EVAL_SUITE);
	struct benchmark_facts benchmark = results_benchmark(key, title ? title : json_text(result, "evaluation_name"), NULL);
	const json_t *lower = json_object_get(config, "lower_is_better");
	double instances = json_number(data, "samples_number");

	if (isnan(instances))
		instances = detail_number(json_object_get(data, "additional_details"), EVERY_EVAL_INSTANCES);
	benchmark.suite = suite ? suite : read->suite;
	benchmark.family = json_text(details, EVERY_EVAL_FAMILY);
	benchmark.metric = metric_word(result);
	benchmark.unit = json_text(config, "metric_unit");
	benchmark.lower = bound(config, "min_score");
	benchmark.upper = bound(config, "max_score");
	if (is_word(json_text(config, "score_type"), "binary", "binary") && isnan(benchmark.lower) && isnan(benchmark.upper))
		benchmark.lower = 0, benchmark.upper = 1;
	benchmark.chance = detail_number(details, EVERY_EVAL_CHANCE);
	benchmark.instances = instances > 0 ? instances : NAN;
	benchmark.rank = RANK_SCORES_TABLE;
	if (json_is_boolean(lower))
		benchmark.higher_is_better = json_is_true(lower) ? ANSWER_NO : ANSWER_YES;
	return benchmark;
}

static const char *result_setup(const json_t *result)
{
	const json_t *arguments = json_object_get(json_object_get(result, "generation_config"), "generation_args");
	const json_t *agent = json_object_get(arguments, "agentic_eval_config");
	const char *own = json_text(json_object_get(json_object_get(result, "generation_config"), "additional_details"),
				    EVERY_EVAL_SETUP);

	if (own)
		return own;
	if (json_array_size(json_object_get(agent, "available_tools")) > 0)
		return "tools";
	return json_is_true(json_object_get(arguments, "reasoning")) ? "reasoning" : NULL;
}

static const char *result_address(const json_t *result)
{
	const json_t *url = json_object_get(json_object_get(result, "source_data"), "url");

	return json_string_value(json_is_array(url) ? json_array_get(url, 0) : url);
}

static void add_result(struct record_read *read, const json_t *result, size_t index)
{
	const json_t *details = json_object_get(result, "score_details");
	const json_t *more = json_object_get(json_object_get(result, "generation_config"), "additional_details");
	const char *name = json_text(result, "evaluation_name"), *key = name ? result_key(read, result) : NULL;
	double value = json_number(details, "score"), shots = detail_number(more, "num_fewshot");
	char date[11];

	if (!key) {
		reject(read->source, read->line, 0, "result %zu has no \"evaluation_name\" that makes a benchmark's key", index + 1);
		return;
	}
	if (isnan(value)) {
		reject(read->source, read->line, 0, "result %zu, %s: its score is not a number; left out", index + 1, name);
		return;
	}
	struct benchmark_facts benchmark = result_benchmark(read, result, key);
	struct score_facts score = score_facts_of(key, value);
	score.scale = read_scale(&benchmark);
	score.raw = detail_number(json_object_get(details, "details"), EVERY_EVAL_RAW);
	score.error = read_error(details);
	score.shots = shots >= 0 && shots <= 10000 ? (int)shots : -1;
	score.setup = result_setup(result);
	score.limited = json_text(more, EVERY_EVAL_LIMITED) != NULL;
	score.date = read_date(result, "evaluation_timestamp", date) ? results_print(&read->results, "%s", date) : NULL;
	score.address = result_address(result);
	score.line = read->line;
	results_add(&read->results, leaderboard_has(key) ? NULL : &benchmark, &score);
}

/* ---- the record ----------------------------------------------------------------------------- */

/* What kind of model it is, as attributes; returns how many. */
static size_t model_attributes(const json_t *model, struct attribute_facts attributes[2])
{
	const char *developer = json_text(model, "developer");
	const char *availability = json_text(json_object_get(model, "additional_details"), "model_availability");
	size_t count = 0;

	if (developer && developer[0])
		attributes[count++] = (struct attribute_facts){"provider", developer};
	if (is_word(availability, "open_weights", "closed_weights"))
		attributes[count++] = (struct attribute_facts){"open_weights", availability[0] == 'o' ? "1" : "0"};
	return count;
}

/* "mmlu-pro" of the record's "mmlu-pro/owner_name/1777613486". */
static const char *record_suite(struct record_read *read)
{
	const char *id = json_text(read->record, "evaluation_id");
	char *first = id ? memory_string_slice(id, strcspn(id, "/")) : NULL;
	char *key = first ? benchmark_key(first) : NULL;

	free(first);
	return key ? results_keep(&read->results, key) : SUITE;
}

static const char *known_word(const char *word)
{
	return word && word[0] && strcasecmp(word, "unknown") != 0 ? word : NULL;
}

static void deliver_record(struct record_read *read, const char *name)
{
	const json_t *model = json_object_get(read->record, "model_info"), *details = json_object_get(model, "additional_details");
	const json_t *library = json_object_get(read->record, "eval_library");
	const json_t *origin = json_object_get(read->record, "source_metadata");
	const json_t *more = json_object_get(origin, "additional_details");
	const char *source = json_text(origin, "source_name"), *template = json_text(details, EVERY_EVAL_TEMPLATE);
	double params = detail_number(details, "params_billions");
	struct attribute_facts attributes[2];
	char date[11];

	if (!source)
		source = json_text(origin, "source_organization_name");
	char *word = source ? benchmark_key(source) : NULL;
	struct model_facts facts = {.name = name, .architecture = known_word(json_text(details, "architecture")),
		.params_b = params > 0 ? params : NAN, .likes = NAN, .kind = KIND_UNKNOWN, .moe = ANSWER_UNKNOWN,
		.source = word ? word : SUITE, .rank = RANK_CARD, .attributes = attributes,
		.attribute_count = model_attributes(model, attributes)};
	struct evaluation_facts run = {.model = name, .source = word ? word : SUITE, .rank = RANK_SCORES_TABLE,
		.precision = known_word(json_text(details, "precision")),
		.chat_template = !template ? ANSWER_UNKNOWN : template[0] == '1' ? ANSWER_YES : ANSWER_NO,
		.submitted = read_date(read->record, "evaluation_timestamp", date) ? date : NULL,
		.revision = json_text(details, "revision"), .harness = known_word(json_text(library, "name")),
		.version = known_word(json_text(library, "version")), .address = json_text(more, EVERY_EVAL_ADDRESS)};
	results_deliver(&read->results, &facts, &run, read->line);
	free(word);
}

static void read_record(struct source *source, const json_t *record, long line)
{
	struct record_read read = {.source = source, .record = record, .line = line, .results.source = source,
		.list = json_object_get(record, "evaluation_results")};
	const json_t *model = json_object_get(record, "model_info");
	const char *stated = json_text(model, "id");
	struct origin_name name = {0};
	size_t index;
	json_t *result;

	if (!json_is_object(model) || !json_is_array(read.list)) {
		reject(source, line, 0, "expected a record with \"model_info\" and a list of \"evaluation_results\"");
		return;
	}
	read.suite = record_suite(&read);
	json_array_foreach(read.list, index, result)
		add_result(&read, result, index);
	if (read.results.score_count > 0 && origin_name_of_run(source, "results", stated ? stated : json_text(model, "name"), &name))
		deliver_record(&read, name.name);
	else if (source->status == STATUS_OK)
		reject(source, line, 0, "the record has no result");
	origin_name_free(&name);
	results_free(&read.results);
}

enum status every_eval_read(struct source *source)
{
	return json_each(source, "", read_record);
}
