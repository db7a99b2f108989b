#include "stemma/app/export_results.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stemma/base/memory.h"
#include "stemma/formats/results_write.h"

/* A benchmark or run that rows may be of; of its address they have one each. */
struct known_benchmark {
	int64_t id;
	struct benchmark_facts facts;
};
struct known_run {
	int64_t id;
	struct evaluation_facts facts;
};
struct observed {
	int64_t benchmark, run;
	size_t place; /* in which it was visited */
	struct score_facts facts;
};

/* Everything is copied: visits lend their strings. */
struct gathering {
	int64_t model;
	bool shown_only;
	struct known_benchmark *benchmarks; /* by id */
	size_t benchmark_count, benchmark_capacity;
	struct known_run *runs;             /* in the order of their first score */
	size_t run_count, run_capacity;
	struct observed *scores;
	size_t score_count, score_capacity;
	struct attribute_facts *attributes;
	size_t attribute_count, attribute_capacity;
	char **strings;
	size_t string_count, string_capacity;
};

static const char *keep(struct gathering *gathering, const char *text)
{
	if (!text)
		return NULL;
	gathering->strings = memory_grow(gathering->strings, gathering->string_count, &gathering->string_capacity,
					 sizeof *gathering->strings);
	return gathering->strings[gathering->string_count++] = memory_string(text);
}

/* ---- visits ------------------------------------------------------------------------- */

static bool take_benchmark(void *context, const struct store_benchmark *row)
{
	struct gathering *gathering = context;
	struct known_benchmark own = {row->id, row->facts};

	own.facts.key = keep(gathering, row->facts.key);
	own.facts.title = keep(gathering, row->facts.title);
	own.facts.suite = keep(gathering, row->facts.suite);
	own.facts.metric = keep(gathering, row->facts.metric);
	own.facts.unit = keep(gathering, row->facts.unit);
	own.facts.family = keep(gathering, row->facts.family);
	gathering->benchmarks = memory_grow(gathering->benchmarks, gathering->benchmark_count,
					    &gathering->benchmark_capacity, sizeof *gathering->benchmarks);
	gathering->benchmarks[gathering->benchmark_count++] = own;
	return true;
}

static bool has_run(const struct gathering *gathering, int64_t id)
{
	for (size_t i = 0; i < gathering->run_count; i++)
		if (gathering->runs[i].id == id)
			return true;
	return false;
}

static void take_run(struct gathering *gathering, int64_t id, const struct evaluation_facts *facts)
{
	struct known_run run = {id, *facts};

	if (has_run(gathering, id))
		return;
	run.facts.source = keep(gathering, facts->source);
	run.facts.precision = keep(gathering, facts->precision);
	run.facts.submitted = keep(gathering, facts->submitted);
	run.facts.revision = keep(gathering, facts->revision);
	run.facts.harness = keep(gathering, facts->harness);
	run.facts.version = keep(gathering, facts->version);
	run.facts.address = keep(gathering, facts->address);
	gathering->runs = memory_grow(gathering->runs, gathering->run_count, &gathering->run_capacity,
				      sizeof *gathering->runs);
	gathering->runs[gathering->run_count++] = run;
}

static bool take_score(void *context, const struct store_observation *row)
{
	struct gathering *gathering = context;
	struct observed own = {row->benchmark, row->evaluation, gathering->score_count, row->facts};

	if (gathering->shown_only && !row->chosen)
		return true;
	own.facts.benchmark = NULL;
	own.facts.setup = keep(gathering, row->facts.setup);
	own.facts.date = keep(gathering, row->facts.date);
	own.facts.address = keep(gathering, row->facts.address);
	take_run(gathering, row->evaluation, &row->run);
	gathering->scores = memory_grow(gathering->scores, gathering->score_count, &gathering->score_capacity,
					sizeof *gathering->scores);
	gathering->scores[gathering->score_count++] = own;
	return true;
}

static bool take_attribute(void *context, int64_t model, const struct attribute_facts *facts)
{
	struct gathering *gathering = context;

	if (model != gathering->model)
		return true;
	gathering->attributes = memory_grow(gathering->attributes, gathering->attribute_count,
					    &gathering->attribute_capacity, sizeof *gathering->attributes);
	gathering->attributes[gathering->attribute_count++] = (struct attribute_facts){
		.key = keep(gathering, facts->key), .value = keep(gathering, facts->value)};
	return true;
}

static enum status gather(struct gathering *gathering, struct store *store, struct error *error)
{
	enum status status = store_each_benchmark(store, take_benchmark, gathering, error);

	if (status == STATUS_OK)
		status = store_each_observation(store, gathering->model, take_score, gathering, error);
	return status == STATUS_OK ? store_each_attribute(store, take_attribute, gathering, error) : status;
}

/* ---- rows ----------------------------------------------------------------------------- */

static int compare_scores(const void *a, const void *b)
{
	const struct observed *one = a, *other = b;

	if (one->run != other->run)
		return one->run < other->run ? -1 : 1;
	return one->place < other->place ? -1 : one->place > other->place;
}

static int compare_benchmarks(const void *key, const void *benchmark)
{
	int64_t wanted = *(const int64_t *)key, id = ((const struct known_benchmark *)benchmark)->id;

	return wanted < id ? -1 : wanted > id;
}

static const struct evaluation_facts *find_run(const struct gathering *gathering, int64_t id)
{
	size_t i = 0;

	while (gathering->runs[i].id != id)
		i++;
	return &gathering->runs[i].facts;
}

/* In the order of the visit, or the runs one after the other; the caller frees. */
static struct result_row *make_rows(struct gathering *gathering, size_t *count)
{
	struct result_row *rows = memory_zero(gathering->score_count + 1, sizeof *rows);

	if (!gathering->shown_only && gathering->score_count > 0)
		qsort(gathering->scores, gathering->score_count, sizeof *gathering->scores, compare_scores);
	*count = 0;
	for (size_t i = 0; i < gathering->score_count; i++) {
		struct observed *score = &gathering->scores[i];
		const struct known_benchmark *benchmark = bsearch(&score->benchmark, gathering->benchmarks,
			gathering->benchmark_count, sizeof *benchmark, compare_benchmarks);
		if (!benchmark) /* another process has just added it */
			continue;
		score->facts.benchmark = benchmark->facts.key;
		rows[(*count)++] = (struct result_row){find_run(gathering, score->run), &benchmark->facts, &score->facts};
	}
	return rows;
}

static void gathering_free(struct gathering *gathering)
{
	for (size_t i = 0; i < gathering->string_count; i++)
		free(gathering->strings[i]);
	free(gathering->strings);
	free(gathering->benchmarks);
	free(gathering->runs);
	free(gathering->scores);
	free(gathering->attributes);
}

/* ---- the whole --------------------------------------------------------------------------- */

enum status export_results(const struct session *session, size_t model, enum results_format format,
			   struct text *out, struct error *error)
{
	const struct catalog_model *subject = &session->catalog->models[model];
	struct gathering gathering = {.model = subject->id, .shown_only = format == RESULTS_EVAL_RESULTS};
	enum status status = gather(&gathering, session->store, error);
	size_t count;
	struct result_row *rows = make_rows(&gathering, &count);
	const struct model_facts facts = {.name = subject->name, .architecture = subject->architecture,
		.params_b = subject->params_b, .attributes = gathering.attributes,
		.attribute_count = gathering.attribute_count};

	if (status == STATUS_OK && count == 0)
		status = error_set(error, STATUS_DATA, "%s has no results of its own", subject->name);
	if (status == STATUS_OK && format == RESULTS_EVAL_RESULTS)
		eval_results_write(rows, count, out);
	else if (status == STATUS_OK)
		every_eval_write(&facts, rows, count, (double)time(NULL), out);
	free(rows);
	gathering_free(&gathering);
	return status;
}
