/* Hub metadata: one JSON object a line, or an array of them. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reading.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"

#define LINE_MAX_BYTES ((size_t)64 << 20)
#define PARENTS_MAX 256

static const char *object_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static double object_number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

static bool has_tag(const json_t *model, const char *wanted)
{
	size_t index;
	json_t *tag;

	json_array_foreach(json_object_get(model, "tags"), index, tag)
		if (json_is_string(tag) && strcmp(json_string_value(tag), wanted) == 0)
			return true;
	return false;
}

/* The card's front matter is "card" in archives and "cardData" in the API. */
static const json_t *model_card(const json_t *model)
{
	const json_t *card = json_object_get(model, "card");

	return card ? card : json_object_get(model, "cardData");
}

static const char *model_license(const json_t *model)
{
	const json_t *license = json_object_get(model_card(model), "license");

	return json_string_value(json_is_array(license) ? json_array_get(license, 0) : license);
}

static enum status hub_model(struct source *source, const json_t *model, const char *name, long line)
{
	double params = object_number(model, "params");
	const json_t *safetensors = json_object_get(model, "safetensors");
	const json_t *config = json_object_get(model, "config");
	const json_t *architectures = json_object_get(config, "architectures");

	if (isnan(params))
		params = object_number(safetensors, "total");
	struct record record = {.type = RECORD_MODEL, .line = line, .of.model = {
		.name = name, .params_b = params > 0 ? params / 1e9 : NAN,
		.architecture = json_string_value(json_array_get(architectures, 0)),
		.license = model_license(model), .uploaded = object_text(model, "createdAt"),
		.kind = has_tag(model, "merge") ? KIND_MERGE : KIND_UNKNOWN,
		.likes = object_number(model, "likes"), .moe = has_tag(model, "moe") ? ANSWER_YES : ANSWER_UNKNOWN,
		.source = "hub", .rank = RANK_HUB,
	}};
	char date[11] = "";
	if (record.of.model.uploaded && strlen(record.of.model.uploaded) >= 10) {
		memcpy(date, record.of.model.uploaded, 10);
		record.of.model.uploaded = isnan(date_days(date)) ? NULL : date;
	}
	return deliver(source, &record);
}

/* ---- parents ------------------------------------------------------------------------------------------ */

struct parents {
	const char *name[PARENTS_MAX]; /* borrowed from the JSON */
	size_t count, listed;          /* the first `listed` are the Hub's own */
};

static bool parents_have(const struct parents *parents, const char *name)
{
	for (size_t i = 0; i < parents->count; i++)
		if (utf8_compare_names(parents->name[i], name) == 0)
			return true;
	return false;
}

/* Takes a string, an object with an id or name, or a list of either. */
static void parents_take(struct source *source, struct parents *parents, const json_t *value,
			 const char *child, long line)
{
	size_t index;
	json_t *entry;

	if (json_is_array(value)) {
		json_array_foreach(value, index, entry)
			parents_take(source, parents, entry, child, line);
		return;
	}
	const char *name = json_string_value(value);
	if (json_is_object(value)) {
		name = object_text(value, "id");
		name = name ? name : object_text(value, "name");
		name = name ? name : object_text(value, "model");
	}
	if (!name || !name[0] || parents_have(parents, name) || utf8_compare_names(name, child) == 0)
		return;
	/* Tags put into the list, local paths and prose are no parents. */
	if (!strchr(name, '/') || !is_hub_name(name)) {
		warn(source->sink, line, 0, "%s: parent \"%s\" is not a model's name; left out", child, name);
		return;
	}
	if (parents->count < PARENTS_MAX)
		parents->name[parents->count++] = name;
}

/* The Hub keeps one parent of several where the repository is not tagged as a
 * merge; the relation is the Hub's, but several parents make a merge
 * (formats.md §1.4). */
static enum relation hub_relation(const json_t *model, const struct parents *parents)
{
	const char *word = object_text(model_card(model), "base_model_relation");
	enum relation relation = word ? relation_parse(word) : RELATION_COUNT;

	if (relation != RELATION_COUNT)
		return relation;
	if (parents->count > 1 && (has_tag(model, "merge") || has_tag(model, "mergekit")))
		return RELATION_MERGE;
	word = object_text(json_object_get(model, "baseModels"), "relation");
	relation = word ? relation_parse(word) : RELATION_COUNT;
	if (relation == RELATION_COUNT || (relation == RELATION_MERGE && parents->count < 2))
		return RELATION_FINETUNE;
	return relation;
}

/* A card that names one parent where the Hub resolves one of another name has
 * the old name of a renamed model. */
static bool is_rename(const struct parents *parents)
{
	return parents->listed == 1 && parents->count == 2;
}

static enum status hub_parents(struct source *source, const json_t *model, const char *child, long line)
{
	struct parents parents = {.count = 0};

	parents_take(source, &parents, json_object_get(json_object_get(model, "baseModels"), "models"), child,
		     line);
	parents.listed = parents.count;
	const json_t *declared = json_object_get(model_card(model), "base_model");
	parents_take(source, &parents, declared, child, line);
	if (is_rename(&parents) && (json_is_string(declared) || json_array_size(declared) == 1)) {
		struct record alias = {.type = RECORD_ALIAS, .line = line, .of.alias = {
			.alias = parents.name[1], .current = parents.name[0], .source = "hub"}};
		parents.count = 1;
		deliver(source, &alias);
	}
	enum relation relation = hub_relation(model, &parents);
	for (size_t i = 0; i < parents.count && source->status == STATUS_OK; i++) {
		struct record edge = {.type = RECORD_EDGE, .line = line, .of.edge = {
			.child = child, .parent = parents.name[i], .relation = relation, .weight = NAN,
			.source = i < parents.listed ? "hub" : "card", .trust = TRUST_DECLARED,
			.note = i < parents.listed ? NULL : "declared on the card, not in the Hub's tree",
		}};
		deliver(source, &edge);
	}
	return source->status;
}

static void hub_object(struct source *source, const json_t *model, long line)
{
	const char *name = object_text(model, "id");

	if (!name)
		name = object_text(model, "modelId");
	if (!json_is_object(model) || !name) {
		reject(source, line, 0, "expected a JSON object with an \"id\"");
		return;
	}
	if (!is_hub_name(name)) {
		reject(source, line, 0, "id \"%s\" is not a model's name (owner/name)", name);
		return;
	}
	if (hub_model(source, model, name, line) == STATUS_OK)
		hub_parents(source, model, name, line);
}

/* ---- the file ---------------------------------------------------------------------------------------------- */

/* A document that takes more than one line: an array, or one object. */
static enum status hub_document(struct source *source)
{
	struct text text = {0};
	json_error_t fault;
	size_t index;
	json_t *entry;

	if (source_rest(source, &text, LINE_MAX_BYTES) != STATUS_OK)
		goto cleanup;
	json_t *document = json_loadb(text_string(&text), text.length, 0, &fault);
	if (!document) {
		source->status = error_set(source->error, STATUS_DATA, "not JSON: %s", fault.text);
		error_locate(source->error, source->name, fault.line, fault.column);
		goto cleanup;
	}
	if (json_is_array(document)) {
		json_array_foreach(document, index, entry)
			if (source->status == STATUS_OK)
				hub_object(source, entry, 0);
	} else {
		hub_object(source, document, 1);
	}
	json_decref(document);
cleanup:
	text_free(&text);
	return source->status;
}

/* Whether it is one object a line: the first line is whole, or (when it is
 * broken) the second begins a new object. */
static bool is_lines(struct source *source)
{
	size_t length;
	const char *text = source_peek(source, &length);
	const char *end = length ? memchr(text, '\n', length) : NULL;

	if (!end)
		return false;
	json_t *first = json_loadb(text, (size_t)(end - text), 0, NULL);
	bool whole = json_is_object(first);
	json_decref(first);
	return whole || (end + 1 < text + length && end[1] == '{');
}

enum status hub_read(struct source *source)
{
	struct text line = {0};

	if (!is_lines(source))
		return hub_document(source);
	while (source->status == STATUS_OK) {
		long number = source->line;
		json_error_t fault;
		text_clear(&line);
		if (!source_line(source, &line, LINE_MAX_BYTES))
			break;
		if (strspn(text_string(&line), " \t") == line.length)
			continue;
		json_t *model = json_loadb(text_string(&line), line.length, 0, &fault);
		if (model)
			hub_object(source, model, number);
		else
			reject(source, number, fault.column, "not JSON: %s", fault.text);
		json_decref(model);
	}
	text_free(&line);
	return source->status;
}
