/* What lies in a model's own folder: config.json with its architecture and shapes, and
 * adapter_config.json with what it is an adapter of. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_read.h"
#include "origin.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"
#include "stemma/formats/naming.h"

#define SHAPES_MAX 8

/* Keys of configurations, and the attributes that they are kept as. */
static const struct {
	const char *key, *attribute;
} shapes[] = {
	{"num_hidden_layers", "layers"}, {"n_layer", "layers"}, {"hidden_size", "hidden_size"}, {"n_embd", "hidden_size"},
	{"vocab_size", "vocab_size"}, {"max_position_embeddings", "context_length"}, {"model_type", "model_type"},
};

/* Of a model with several parts the one of text has the shapes. */
static const json_t *value_of(const json_t *config, const char *key)
{
	const json_t *value = json_object_get(config, key);

	return value ? value : json_object_get(json_object_get(config, "text_config"), key);
}

struct attributes {
	struct attribute_facts list[SHAPES_MAX];
	char values[SHAPES_MAX][64];
	size_t count;
};

static bool has_attribute(const struct attributes *attributes, const char *key)
{
	for (size_t i = 0; i < attributes->count; i++)
		if (strcmp(attributes->list[i].key, key) == 0)
			return true;
	return false;
}

static void take_shapes(const json_t *config, struct attributes *attributes)
{
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		const json_t *value = value_of(config, shapes[i].key);
		char *out = attributes->values[attributes->count];
		size_t size = sizeof attributes->values[0];
		if (has_attribute(attributes, shapes[i].attribute))
			continue;
		if (json_is_integer(value) && json_integer_value(value) > 0)
			snprintf(out, size, "%lld", (long long)json_integer_value(value));
		else if (json_is_string(value))
			snprintf(out, size, "%.60s", json_string_value(value));
		else
			continue;
		attributes->list[attributes->count++] = (struct attribute_facts){shapes[i].attribute, out};
	}
}

static enum answer is_mixture(const json_t *config)
{
	static const char *const keys[] = {"num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (json_is_integer(value_of(config, keys[i])) && json_integer_value(value_of(config, keys[i])) > 1)
			return ANSWER_YES;
	return ANSWER_NO;
}

static void deliver_config(struct source *source, const json_t *config, const char *name)
{
	struct attributes attributes = {.count = 0};

	take_shapes(config, &attributes);
	struct record record = {.type = RECORD_MODEL, .line = 1, .of.model = {
		.name = name, .architecture = json_string_value(json_array_get(json_object_get(config, "architectures"), 0)),
		.params_b = NAN, .likes = NAN, .kind = KIND_UNKNOWN, .moe = is_mixture(config),
		.source = "config", .rank = RANK_CARD, .attributes = attributes.list, .attribute_count = attributes.count,
	}};
	deliver(source, &record);
}

static void deliver_adapter(struct source *source, const json_t *config, const char *name)
{
	struct naming naming = naming_of(json_text(config, "base_model_name_or_path"));
	char *parent = naming.name ? memory_string(naming.name) : naming.path ? path_name(source->sink, naming.path) : NULL;
	struct record model = {.type = RECORD_MODEL, .line = 1, .of.model = {
		.name = name, .params_b = NAN, .likes = NAN, .kind = KIND_UNKNOWN, .moe = ANSWER_UNKNOWN,
		.source = "config", .rank = RANK_NAMED_ONLY}};
	struct record edge = {.type = RECORD_EDGE, .line = 1, .of.edge = {
		.child = name, .parent = parent, .relation = RELATION_ADAPTER, .weight = NAN, .source = "adapter-config",
		.trust = TRUST_DECLARED, .note = json_text(config, "peft_type")}};

	deliver(source, &model);
	if (parent && utf8_compare_names(parent, name) != 0)
		deliver(source, &edge);
	naming_free(&naming);
	free(parent);
}

enum status model_config_read(struct source *source)
{
	json_t *config = json_read_document(source);
	char *model = origin_model(source->name), *folder = origin_path(source->name), *name = NULL;

	if (config)
		name = subject_name(source, model, model ? NULL : folder, true);
	if (name && json_object_get(config, "base_model_name_or_path"))
		deliver_adapter(source, config, name);
	else if (name)
		deliver_config(source, config, name);
	free(name);
	free(model);
	free(folder);
	json_decref(config);
	return source->status;
}
