/* The Hub's .eval_results/NAME.yaml (Community Evals): a list of {dataset: {id,
 * task_id}, value, date, source: {url}, notes} (formats.md §2.5). */
#include "eval_results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json_read.h"
#include "origin.h"
#include "reading.h"
#include "results.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "yaml_json.h"

#define FILE_MAX_BYTES ((size_t)4 << 20)

struct entries {
	struct source *source;
	struct results results;
	size_t fractions;      /* values taken as fractions */
};

/* ---- one entry ----------------------------------------------------------------------- */

/* No scale is told.  Up to 1 it is a fraction, up to 100 a percentage, beyond that
 * neither. */
static void guess_scale(struct entries *entries, struct benchmark_facts *benchmark, struct score_facts *score)
{
	if (score->value > 100 || score->value < 0)
		return;
	score->scale = score->value <= 1 ? SCALE_FRACTION : SCALE_PERCENT;
	entries->fractions += score->scale == SCALE_FRACTION;
	benchmark->lower = 0;
	benchmark->upper = 100;
	benchmark->higher_is_better = ANSWER_YES;
}

static const char *date_of(struct results *results, const json_t *entry)
{
	const char *text = json_text(entry, "date");

	return text && !isnan(date_days(text)) ? results_print(results, "%.10s", text) : NULL;
}

static void add_entry(struct entries *entries, const json_t *whole, size_t index, long line)
{
	struct results *results = &entries->results;
	const json_t *inner = json_object_get(whole, "data"), *entry = inner ? inner : whole;
	const json_t *dataset = json_object_get(entry, "dataset");
	const char *id = json_text(dataset, "id"), *task = json_text(dataset, "task_id");
	bool percent;
	double value = json_value_number(json_object_get(entry, "value"), &percent);

	if (!id || !id[0]) {
		reject(entries->source, line, 0, "entry %zu names no data set: expected dataset: {id: OWNER/NAME}", index + 1);
		return;
	}
	/* What stemma wrote of a benchmark that is no data set of the Hub has its key. */
	bool own = !strchr(id, '/');
	const char *key = own ? results_keep(results, benchmark_key(id)) : results_dataset_key(results, "hub", id, task);
	if (!key || isnan(value)) {
		reject(entries->source, line, 0, key ? "entry %zu, %s: its value is not a number; left out"
		       : "entry %zu: \"%s\" makes no key of a benchmark", index + 1, id);
		return;
	}
	struct benchmark_facts benchmark = results_benchmark(key, id, NULL);
	struct score_facts score = score_facts_of(key, value);
	benchmark.suite = "hub";
	benchmark.family = results_dataset_key(results, NULL, id, task);
	if (percent)
		score.scale = SCALE_PERCENT;
	else if (!own)
		guess_scale(entries, &benchmark, &score);
	score.setup = json_text(entry, "notes");
	score.date = date_of(results, entry);
	score.address = json_text(json_object_get(entry, "source"), "url");
	score.line = line;
	results_add(results, own ? NULL : &benchmark, &score);
}

void eval_results_deliver(struct source *source, const json_t *list, const char *model,
			  long (*line_of)(const void *context, size_t index), const void *context)
{
	struct entries entries = {.source = source, .results.source = source};
	struct evaluation_facts run = {.model = model, .source = "eval-results", .rank = RANK_CARD,
				       .chat_template = ANSWER_UNKNOWN};
	size_t index;
	json_t *entry;

	json_array_foreach(list, index, entry)
		add_entry(&entries, entry, index, line_of ? line_of(context, index) : 0);
	if (entries.fractions > 0)
		warn(source->sink, 0, 0, "%zu of %zu values are up to 1: taken as fractions, for the entries do not say their scale",
		     entries.fractions, entries.results.score_count);
	if (entries.results.score_count > 0)
		results_deliver(&entries.results, NULL, &run, line_of ? line_of(context, 0) : 0);
	results_free(&entries.results);
}

/* ---- the file ------------------------------------------------------------------------- */

bool eval_results_is(const char *text)
{
	const char *line = text;

	while (*line && (strchr("#\n", *line) || strncmp(line, "---", 3) == 0)) {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return line[0] == '-' && line[1] == ' ' && strstr(line, "dataset:") && strstr(line, "value:") &&
	       strstr(line, "id:");
}

/* The lines of the entries. */
struct entry_lines {
	yaml_document_t *document;
	yaml_node_t *root;
};

static long entry_line(const void *context, size_t index)
{
	const struct entry_lines *lines = context;
	const yaml_node_t *entry = yaml_item(lines->document, lines->root, index);

	return entry ? (long)entry->start_mark.line + 1 : 0;
}

/* Of the folder that .eval_results lies in; a file that lies elsewhere is of a model of
 * its own. */
static char *model_of(struct source *source)
{
	char *model = origin_model(source->name), *name = NULL;

	if (model) {
		name = subject_name(source, model, NULL, false);
	} else {
		char *stem = origin_stem(source->name), *folder = origin_path(source->name);
		struct text path = {0};
		if (!origin_in_results(source->name))
			text_append_format(&path, "%s/%s", folder, stem);
		name = subject_name(source, NULL, path.length > 0 ? text_string(&path) : folder, true);
		if (path.length > 0)
			warn(source->sink, 0, 0, "the entries do not say of which model: called %s; a folder"
			     " OWNER__NAME/.eval_results says it, and so does --name", name);
		text_free(&path);
		free(stem);
		free(folder);
	}
	free(model);
	return name;
}

static void read_list(struct source *source, yaml_document_t *document, const char *model)
{
	struct entry_lines lines = {document, yaml_document_get_root_node(document)};
	json_t *list = yaml_to_json(document, lines.root);

	if (!json_is_array(list)) {
		reject(source, 1, 0, "expected a list of entries with a data set and a value");
	} else {
		struct record facts = {.type = RECORD_MODEL, .line = 1, .of.model = {.name = model, .params_b = NAN,
			.likes = NAN, .kind = KIND_UNKNOWN, .moe = ANSWER_UNKNOWN, .source = "eval-results",
			.rank = RANK_NAMED_ONLY}};
		deliver(source, &facts);
		eval_results_deliver(source, list, model, entry_line, &lines);
	}
	json_decref(list);
}

enum status eval_results_read(struct source *source)
{
	struct yaml_tree tree = {.count = 0};
	struct text text = {0};
	char *model = NULL;

	if (source_rest(source, &text, FILE_MAX_BYTES) != STATUS_OK)
		goto cleanup;
	source->status = yaml_tree_read(&tree, text_string(&text), text.length, source->name, source->error);
	if (source->status != STATUS_OK)
		goto cleanup;
	model = model_of(source);
	for (size_t i = 0; model && i < tree.count; i++)
		read_list(source, &tree.documents[i], model);
	yaml_tree_free(&tree);
cleanup:
	free(model);
	text_free(&text);
	return source->status;
}
