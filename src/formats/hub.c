/* Hub metadata: one JSON object a line, or an array of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "eval_results.h"
#include "hub.h"
#include "json_read.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"
#include "stemma/formats/hub.h"
#include "stemma/formats/mergekit.h"
#include "stemma/formats/naming.h"

#define PARENTS_MAX MERGE_PARENTS_MAX

/* How what is read is called. */
static const struct {
	const char *source;   /* of the facts */
	int rank;
	const char *declared; /* of the parents on the card */
	const char *note;
} origins[] = {
	[HUB_API] = {"hub", RANK_HUB, "hubcard", "declared on the card, not in the Hub's tree"},
	[HUB_CARD] = {"card", RANK_CARD, "card", NULL},
};

static bool has_tag(const json_t *model, const char *wanted)
{
	size_t index;
	json_t *tag;

	json_array_foreach(json_object_get(model, "tags"), index, tag)
		if (json_is_string(tag) && strcmp(json_string_value(tag), wanted) == 0)
			return true;
	return false;
}

/* The first of two keys that there is: the API's, and that of huggingface_hub. */
static const json_t *either(const json_t *object, const char *key, const char *other)
{
	const json_t *value = json_object_get(object, key);

	return value && !json_is_null(value) ? value : json_object_get(object, other);
}

/* The card's front matter is "card" in archives, "cardData" in the API and "card_data" in
 * huggingface_hub. */
static const json_t *model_card(const json_t *model)
{
	const json_t *card = json_object_get(model, "card");

	return card ? card : either(model, "cardData", "card_data");
}

/* What follows `prefix` in the first tag that begins with it; NULL if none. */
static const char *tag_behind(const json_t *model, const char *prefix)
{
	size_t index, length = strlen(prefix);
	json_t *tag;

	json_array_foreach(json_object_get(model, "tags"), index, tag) {
		const char *text = json_string_value(tag);
		if (text && strncmp(text, prefix, length) == 0)
			return text + length;
	}
	return NULL;
}

static const char *model_license(const json_t *model)
{
	const json_t *license = json_object_get(model_card(model), "license");
	const char *text = json_string_value(json_is_array(license) ? json_array_get(license, 0) : license);

	return text ? text : tag_behind(model, "license:");
}

static enum status hub_model(struct source *source, const json_t *model, const char *name,
			     enum hub_kind kind, long line)
{
	double params = json_number(model, "params");
	const json_t *safetensors = json_object_get(model, "safetensors");
	const json_t *config = json_object_get(model, "config");
	const json_t *architectures = json_object_get(config, "architectures");

	if (isnan(params))
		params = json_number(safetensors, "total");
	struct record record = {.type = RECORD_MODEL, .line = line, .of.model = {
		.name = name, .params_b = params > 0 ? params / 1e9 : NAN,
		.architecture = json_string_value(json_array_get(architectures, 0)),
		.license = model_license(model), .uploaded = json_string_value(either(model, "createdAt", "created_at")),
		.kind = has_tag(model, "merge") ? KIND_MERGE : KIND_UNKNOWN,
		.likes = json_number(model, "likes"), .moe = has_tag(model, "moe") ? ANSWER_YES : ANSWER_UNKNOWN,
		.source = origins[kind].source, .rank = origins[kind].rank,
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
	const char *child;
	char *name[PARENTS_MAX];       /* owned */
	size_t count, listed;          /* the first `listed` are the Hub's own */
	enum hub_kind kind;
	bool crowded;                  /* there are more */
	bool own_told;                 /* that the child names itself */
};

static bool parents_have(const struct parents *parents, const char *name)
{
	for (size_t i = 0; i < parents->count; i++)
		if (utf8_compare_names(parents->name[i], name) == 0)
			return true;
	return false;
}

static const char *entry_name(const json_t *entry)
{
	static const char *const keys[] = {"id", "name", "model"};
	const char *name = json_string_value(entry);

	for (size_t i = 0; i < sizeof keys / sizeof *keys && !name; i++)
		name = json_text(entry, keys[i]);
	return name;
}

/* The name of a parent; NULL when the text is none.  Only of an author's own card may a path
 * be known here. */
static char *parent_name(const struct source *source, const struct parents *parents, const char *text)
{
	struct naming naming = naming_of(text);
	char *name = NULL;

	if (naming.name && strchr(naming.name, '/'))
		name = memory_string(naming.name);
	else if (naming.path && parents->kind == HUB_CARD && naming_is_path(text))
		name = path_name(source->sink, naming.path);
	naming_free(&naming);
	return name;
}

/* Tags put into the list and prose are no parents. */
static void parents_add(struct source *source, struct parents *parents, const char *text, long line)
{
	char *name = text && text[0] ? parent_name(source, parents, text) : NULL;

	if (!text || !text[0] || (name && parents_have(parents, name))) {
		/* nothing new */
	} else if (!name) {
		warn(source->sink, line, 0, "%s: parent \"%s\" is not a model's name; left out", parents->child, text);
	} else if (utf8_compare_names(name, parents->child) == 0) {
		if (!parents->own_told)
			warn(source->sink, line, 0, "%s is given as its own parent; left out", name);
		parents->own_told = true;
	} else if (parents->count < PARENTS_MAX) {
		parents->name[parents->count++] = name;
		return;
	} else if (!parents->crowded) {
		parents->crowded = true;
		reject(source, line, 0, "%s has more than %d parents; the others are left out", parents->child,
		       PARENTS_MAX);
	}
	free(name);
}

static void parents_free(struct parents *parents)
{
	for (size_t i = 0; i < parents->count; i++)
		free(parents->name[i]);
}

/* Takes a string, an object with an id or name, or a list of either. */
static void parents_take(struct source *source, struct parents *parents, const json_t *value, long line)
{
	size_t index;
	json_t *entry;

	if (!json_is_array(value))
		parents_add(source, parents, entry_name(value), line);
	json_array_foreach(value, index, entry)
		parents_add(source, parents, entry_name(entry), line);
}

/* The parent in a tag base_model:RELATION:ID, NULL for any other tag;
 * *relation gets the relation, RELATION_COUNT when it is none. */
static const char *tag_parent(const json_t *tag, enum relation *relation)
{
	const char *text = json_string_value(tag);
	const char *word = text && strncmp(text, "base_model:", 11) == 0 ? text + 11 : NULL;
	const char *colon = word ? strchr(word, ':') : NULL;
	char copy[16];

	if (!colon)
		return NULL;
	snprintf(copy, sizeof copy, "%.*s", (int)(colon - word), word);
	*relation = relation_parse(copy);
	return colon + 1;
}

/* Lists have no baseModels, but tags. */
static void parents_take_tags(struct source *source, struct parents *parents, const json_t *model,
			      long line)
{
	enum relation relation;
	size_t index;
	json_t *tag;

	json_array_foreach(json_object_get(model, "tags"), index, tag)
		parents_add(source, parents, tag_parent(tag, &relation), line);
}

/* The relation that the Hub gives, in baseModels or in a tag. */
static enum relation stated_relation(const json_t *model)
{
	const char *word = json_text(either(model, "baseModels", "base_models"), "relation");
	enum relation relation = RELATION_COUNT;
	size_t index;
	json_t *tag;

	if (word)
		return relation_parse(word);
	json_array_foreach(json_object_get(model, "tags"), index, tag)
		if (tag_parent(tag, &relation))
			break;
	return relation;
}

/* ---- what kind of copy it is: marks in tags, the library and the name, in any case ------ */

static const char *const adapter_marks[] = {"peft", "lora", "qlora", "adapter", "adapters", "adapter-transformers", NULL};
static const char *const bit_marks[] = {"4-bit", "8-bit", "gptq", "awq", "fp8", "nvfp4", "mlx", "exl2", "exl3",
	"bitsandbytes", "auto-round", "compressed-tensors", "int4", "int8", NULL};
static const char *const quantised_marks[] = {"gguf", "ggml", "gptq", "awq", "exl2", "exl3", "llama.cpp", "llama-cpp",
	"ctransformers", "exllamav2", "mlx", NULL};
static const char *const quantised_names[] = {"gguf", "ggml", "gptq", "awq", "exl2", "exl3", "4bit", "8bit", "4-bit",
	"8-bit", "int4", "int8", "fp8", "nvfp4", "q4_k_m", "q5_k_m", "q6_k", "q8_0", NULL};

static bool is_mark(const char *text, const char *const *marks)
{
	while (text && *marks && strcasecmp(text, *marks) != 0)
		marks++;
	return text && *marks;
}

static const char *library_of(const json_t *model)
{
	const char *library = json_text(model, "library_name");

	return library ? library : json_text(model_card(model), "library_name");
}

static bool is_marked(const json_t *model, const char *const *marks)
{
	size_t index;
	json_t *tag;

	json_array_foreach(json_object_get(model, "tags"), index, tag)
		if (is_mark(json_string_value(tag), marks))
			return true;
	return is_mark(library_of(model), marks);
}

/* Whether a word of the name, between "-", "_" and "." or behind the first, is a mark. */
static bool is_named_quantised(const char *name)
{
	for (const char *const *mark = quantised_names; *mark; mark++)
		for (const char *at = strcasestr(name, *mark); at; at = strcasestr(at + 1, *mark))
			if (at > name && strchr("-_.", at[-1]) && strchr("-_.", at[strlen(*mark)]))
				return true;
	return false;
}

/* The Hub says quantized wherever a file with fewer bits lies, even beside a
 * fine-tune's own weights (formats.md §1.4). */
static bool is_really_quantized(const json_t *model)
{
	return !has_tag(model, "safetensors") || is_marked(model, bit_marks);
}

/* The author's marks of a file with fewer bits. */
static bool is_told_quantized(const json_t *model, const char *name)
{
	return is_marked(model, quantised_marks) || is_named_quantised(name) ||
	       json_object_get(model_card(model), "quantized_by") != NULL;
}

/* The author's word, else the marks of an adapter, which is never a merge; else of a copy
 * with fewer bits, whose card is often the original's; else the Hub's word, corrected by
 * what is known of how the Hub guesses (formats.md §1.4). */
static enum relation hub_relation(const json_t *model, const struct parents *parents)
{
	const char *word = json_text(model_card(model), "base_model_relation");
	enum relation relation = word ? relation_parse(word) : RELATION_COUNT;
	bool merge = has_tag(model, "merge") || has_tag(model, "mergekit");

	if (relation != RELATION_COUNT)
		return relation;
	if (is_marked(model, adapter_marks))
		return RELATION_ADAPTER;
	if (parents->count > 1 && merge)
		return RELATION_MERGE;
	relation = stated_relation(model);
	if ((relation == RELATION_COUNT || (merge && parents->count == 1)) && is_told_quantized(model, parents->child))
		return RELATION_QUANTIZED;
	if (relation == RELATION_COUNT || (relation == RELATION_MERGE && parents->count < 2) ||
	    (relation == RELATION_QUANTIZED && !is_really_quantized(model)))
		return RELATION_FINETUNE;
	return relation;
}

/* mergekit's card cites the paper of its method, and the Hub makes a tag of it.
 * A slerp and a passthrough cite none. */
static const char *hub_merge_method(const json_t *model)
{
	static const struct {
		const char *paper, *other; /* both must be cited */
		enum merge_method method;
	} papers[] = {
		{"arxiv:2311.03099", "arxiv:2306.01708", MERGE_DARE_TIES},
		{"arxiv:2311.03099", NULL, MERGE_DARE_LINEAR},
		{"arxiv:2306.01708", NULL, MERGE_TIES},
		{"arxiv:2403.19522", NULL, MERGE_MODEL_STOCK},
		{"arxiv:2408.07990", NULL, MERGE_SCE},
		{"arxiv:2203.05482", NULL, MERGE_LINEAR},
		{"arxiv:2212.04089", NULL, MERGE_TASK_ARITHMETIC},
		{"arxiv:2406.11617", NULL, MERGE_DELLA},
		{"arxiv:2312.06795", NULL, MERGE_BREADCRUMBS},
	};

	if (!has_tag(model, "mergekit"))
		return NULL;
	for (size_t i = 0; i < sizeof papers / sizeof *papers; i++)
		if (has_tag(model, papers[i].paper) && (!papers[i].other || has_tag(model, papers[i].other)))
			return merge_method_info(papers[i].method)->name;
	return NULL;
}

/* A card that names one parent where the Hub resolves one of another name has
 * the old name of a renamed model. */
static bool is_rename(const struct parents *parents, const json_t *declared)
{
	return parents->listed == 1 && parents->count == 2 &&
	       (!json_is_array(declared) || json_array_size(declared) == 1);
}

static void hub_edge(struct source *source, const struct parents *parents, size_t i,
		     enum hub_kind kind, enum relation relation, const char *method, long line)
{
	bool listed = i < parents->listed;
	struct record edge = {.type = RECORD_EDGE, .line = line, .of.edge = {
		.child = parents->child, .parent = parents->name[i], .relation = relation, .weight = NAN,
		.method = method, .source = listed ? "hub" : origins[kind].declared, .trust = TRUST_DECLARED,
		.note = listed ? NULL : origins[kind].note,
	}};

	deliver(source, &edge);
}

static enum relation hub_parents(struct source *source, const json_t *model, const char *child,
			enum hub_kind kind, long line)
{
	struct parents parents = {.child = child, .kind = kind};
	const json_t *declared = json_object_get(model_card(model), "base_model");
	const json_t *tree = either(model, "baseModels", "base_models");

	if (json_is_object(tree))
		parents_take(source, &parents, json_object_get(tree, "models"), line);
	else
		parents_take_tags(source, &parents, model, line);
	parents.listed = parents.count;
	parents_take(source, &parents, declared, line);
	if (is_rename(&parents, declared)) {
		struct record alias = {.type = RECORD_ALIAS, .line = line, .of.alias = {
			.alias = parents.name[1], .current = parents.name[0], .source = "hub"}};
		deliver(source, &alias);
		free(parents.name[--parents.count]);
	}
	enum relation relation = hub_relation(model, &parents);
	const char *method = relation == RELATION_MERGE ? hub_merge_method(model) : NULL;
	for (size_t i = 0; i < parents.count && source->status == STATUS_OK; i++)
		hub_edge(source, &parents, i, kind, relation, method, line);
	if (parents.count == 0)
		relation = RELATION_COUNT;
	parents_free(&parents);
	return relation;
}

enum relation hub_object(struct source *source, const json_t *model, enum hub_kind kind, long line)
{
	const char *name = json_text(model, "id");
	enum relation relation = RELATION_COUNT;

	if (!name)
		name = json_text(model, "modelId");
	if (!json_is_object(model) || !name) {
		reject(source, line, 0, "expected a JSON object with an \"id\"");
		return relation;
	}
	if (!is_hub_name(name)) {
		reject(source, line, 0, "id \"%s\" is not a model's name (owner/name)", name);
		return relation;
	}
	if (hub_model(source, model, name, kind, line) == STATUS_OK)
		relation = hub_parents(source, model, name, kind, line);
	const json_t *results = either(model, "evalResults", "eval_results");
	if (source->status == STATUS_OK && json_is_array(results))
		eval_results_deliver(source, results, name, NULL, NULL);
	return relation;
}

char *hub_model_name(const char *text, size_t length)
{
	json_t *model = json_loadb(text, length, 0, NULL);
	const char *name = json_text(model, "id");
	char *copy = name && is_hub_name(name) ? memory_string(name) : NULL;

	json_decref(model);
	return copy;
}

/* ---- the file ---------------------------------------------------------------------------------------------- */

/* The Hub answers for data sets and Spaces in the same form. */
static const char *other_kind(const json_t *object)
{
	static const struct {
		const char *key, *kind;
	} keys[] = {
		{"sdk", "Space"}, {"subdomain", "Space"}, {"runtime", "Space"}, {"paperswithcode_id", "data set"},
		{"dataset_info", "data set"}, {"citation", "data set"},
	};
	static const char *const of_models[] = {"modelId", "pipeline_tag", "library_name", "safetensors", "model-index"};
	size_t index;
	json_t *tag;

	for (size_t i = 0; i < sizeof of_models / sizeof *of_models; i++)
		if (json_object_get(object, of_models[i]))
			return NULL;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (json_object_get(object, keys[i].key) || json_object_get(model_card(object), keys[i].key))
			return keys[i].kind;
	json_array_foreach(json_object_get(object, "tags"), index, tag) {
		const char *text = json_string_value(tag);
		if (text && (strncmp(text, "task_categories:", 16) == 0 || strncmp(text, "size_categories:", 16) == 0))
			return "data set";
	}
	return NULL;
}

static void hub_entry(struct source *source, const json_t *model, long line)
{
	const char *kind = other_kind(model), *name = json_text(model, "id");

	if (kind) {
		warn(source->sink, line, 0, "%.200s is a %s, no model; left out", name ? name : "this", kind);
		return;
	}
	hub_object(source, model, HUB_API, line);
}

enum status hub_read(struct source *source)
{
	return json_each(source, "", hub_entry);
}
