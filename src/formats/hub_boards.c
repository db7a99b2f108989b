/* The Hub's official benchmarks: data sets with a leaderboard, and which task it is of. */
#include "stemma/formats/hub.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hub.h"
#include "json_read.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "yaml_tree.h"

static enum status load(const char *text, size_t length, const char *what, json_t **list, struct error *error)
{
	*list = json_loadb(text, length, 0, NULL);
	if (json_is_array(*list))
		return STATUS_OK;
	json_decref(*list);
	*list = NULL;
	return error_set(error, STATUS_DATA, "the answer is no list of %s", what);
}

enum status hub_each_dataset(const char *text, size_t length, void (*visit)(void *context, const char *id), void *context,
			     struct error *error)
{
	json_t *list, *entry;
	size_t index;
	enum status status = load(text, length, "data sets", &list, error);

	json_array_foreach(list, index, entry) {
		const char *id = json_text(entry, "id");
		if (id && is_hub_name(id))
			visit(context, id);
	}
	json_decref(list);
	return status;
}

char *hub_first_task(const char *text, size_t length)
{
	struct yaml_tree tree = {.count = 0};
	char *task = NULL;

	if (yaml_tree_read(&tree, text, length, "eval.yaml", NULL) != STATUS_OK)
		return NULL;
	if (tree.count > 0) {
		yaml_document_t *document = &tree.documents[0];
		yaml_node_t *tasks = yaml_get(document, yaml_document_get_root_node(document), "tasks");
		const char *id = yaml_text(yaml_get(document, yaml_item(document, tasks, 0), "id"));
		task = id ? memory_string(id) : NULL;
	}
	yaml_tree_free(&tree);
	return task;
}

/* ---- a leaderboard ---------------------------------------------------------------- */

/* What a value is multiplied by to be a percentage: the entries do not say their scale, but all of a board are
 * on the same one.  NAN where it is no share. */
static double percent_factor(const json_t *list)
{
	double least = INFINITY, most = -INFINITY;
	size_t index;
	const json_t *entry;

	json_array_foreach(list, index, entry) {
		double value = json_number(entry, "value");
		least = fmin(least, value);
		most = fmax(most, value);
	}
	return least < 0 || most > 100 ? NAN : most <= 1 ? 100 : 1;
}

static const char *either_text(const json_t *entry, const char *key, const char *other)
{
	const char *text = json_text(entry, key);

	return text ? text : json_text(entry, other);
}

/* An entry as a model's answer has its own results. */
static json_t *as_result(const json_t *entry, const char *dataset, const char *task, double factor)
{
	double value = json_number(entry, "value");
	const json_t *source = json_object_get(entry, "source");
	const char *url = json_is_string(source) ? json_string_value(source) : json_text(source, "url");
	json_t *result = json_object(), *of = json_pack("{s:s}", "id", dataset);
	struct text percent = {0};

	if (task)
		json_object_set_new(of, "task_id", json_string(task));
	json_object_set_new(result, "dataset", of);
	text_append_format(&percent, "%.10g%%", factor * value);
	json_object_set_new(result, "value", isnan(factor) ? json_real(value) : json_string(text_string(&percent)));
	text_free(&percent);
	if (json_text(entry, "notes"))
		json_object_set(result, "notes", json_object_get(entry, "notes"));
	if (json_text(entry, "date"))
		json_object_set(result, "date", json_object_get(entry, "date"));
	if (url && strncmp(url, "http", 4) == 0)
		json_object_set_new(result, "source", json_pack("{s:s}", "url", url));
	return result;
}

enum status hub_board(const char *text, size_t length, const char *dataset, const char *task, struct text *out,
		      size_t *entries, struct error *error)
{
	json_t *list, *entry, *models = json_array();
	size_t index;
	enum status status = load(text, length, "leaderboard entries", &list, error);
	double factor = percent_factor(list);

	*entries = 0;
	json_array_foreach(list, index, entry) {
		const char *model = either_text(entry, "modelId", "model_id");
		if (!model || !is_hub_name(model) || isnan(json_number(entry, "value")))
			continue;
		json_array_append_new(models, json_pack("{s:s, s:[o]}", "id", model, "evalResults",
							as_result(entry, dataset, task, factor)));
		++*entries;
	}
	if (status == STATUS_OK && *entries == 0 && json_array_size(list) > 0)
		status = error_set(error, STATUS_DATA, "no entry has a model and a value");
	char *dumped = json_dumps(models, 0);
	text_append(out, dumped);
	free(dumped);
	json_decref(models);
	json_decref(list);
	return status;
}
