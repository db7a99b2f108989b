#include "stemma/formats/settings.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "yaml_tree.h"

/* Deeper than any configuration: a file that nests so is none. */
#define DEPTH_MAX 8
/* More names than any configuration has; aliases multiply quickly. */
#define NAMES_MAX 1000

struct reading {
	yaml_document_t *document;
	const char *file;
	struct settings *settings;
	struct error *error;
};

static enum status fault(const struct reading *reading, const yaml_node_t *node,
			 const char *message)
{
	error_set(reading->error, STATUS_DATA, "%s", message);
	return error_locate(reading->error, reading->file, (long)node->start_mark.line + 1,
			    (long)node->start_mark.column + 1);
}

static enum status read_value(const struct reading *reading, struct setting *setting,
			      yaml_node_t *node)
{
	const char *text = yaml_text(node);

	setting->list = node->type == YAML_SEQUENCE_NODE;
	size_t count = setting->list ? yaml_length(node) : text != NULL;
	setting->values = memory_zero(count ? count : 1, sizeof *setting->values);
	for (size_t i = 0; i < count; i++) {
		yaml_node_t *item = setting->list ? yaml_item(reading->document, node, i) : node;
		const char *value = item->type == YAML_SCALAR_NODE
			? (const char *)item->data.scalar.value : NULL;
		if (!value)
			return fault(reading, item, "a list holds only plain values");
		setting->values[setting->count++] = memory_string(value);
	}
	return STATUS_OK;
}

static enum status add(const struct reading *reading, const char *name, const yaml_node_t *key,
		       yaml_node_t *value)
{
	struct settings *settings = reading->settings;

	if (settings->count == NAMES_MAX)
		return fault(reading, key, "more than 1000 names");
	for (size_t i = 0; i < settings->count; i++)
		if (!strcmp(settings->items[i].name, name)) {
			fault(reading, key, "given twice");
			return error_advise(reading->error, "%s is in line %ld already", name,
					    settings->items[i].line);
		}
	settings->items = memory_grow(settings->items, settings->count, &settings->capacity,
				      sizeof *settings->items);
	struct setting *setting = &settings->items[settings->count++];
	*setting = (struct setting){
		.name = memory_string(name),
		.line = (long)key->start_mark.line + 1,
		.column = (long)key->start_mark.column + 1,
		.value_line = (long)value->start_mark.line + 1,
		.value_column = (long)value->start_mark.column + 1,
	};
	return read_value(reading, setting, value);
}

static enum status read_mapping(const struct reading *reading, const char *prefix,
				yaml_node_t *mapping, int depth)
{
	yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
	enum status status = STATUS_OK;

	if (depth > DEPTH_MAX)
		return fault(reading, mapping, "nested too deeply");
	for (; status == STATUS_OK && pair < mapping->data.mapping.pairs.top; pair++) {
		yaml_node_t *key = yaml_document_get_node(reading->document, pair->key);
		yaml_node_t *value = yaml_document_get_node(reading->document, pair->value);
		struct text name = {0};
		if (key->type != YAML_SCALAR_NODE)
			return fault(reading, key, "a name has to be plain text");
		text_append_format(&name, "%s%s%s", prefix, *prefix ? "." : "",
				   (const char *)key->data.scalar.value);
		if (value->type == YAML_MAPPING_NODE)
			status = read_mapping(reading, text_string(&name), value, depth + 1);
		else
			status = add(reading, text_string(&name), key, value);
		text_free(&name);
	}
	return status;
}

static enum status read_documents(struct yaml_tree *tree, struct reading *reading)
{
	if (tree->count == 0)
		return STATUS_OK;
	reading->document = &tree->documents[tree->count - 1];
	yaml_node_t *root = yaml_document_get_root_node(reading->document);
	if (tree->count > 1)
		return fault(reading, root, "a second YAML document");
	if (root->type == YAML_SCALAR_NODE && !yaml_text(root))
		return STATUS_OK;
	if (root->type != YAML_MAPPING_NODE)
		return fault(reading, root, "lines of the form 'name: value' are expected");
	return read_mapping(reading, "", root, 0);
}

enum status settings_read(const char *text, size_t length, const char *file,
			  struct settings *settings, struct error *error)
{
	struct yaml_tree tree;
	struct error local = {0};
	struct reading reading = {NULL, file, settings, error ? error : &local};

	*settings = (struct settings){0};
	enum status status = yaml_tree_read(&tree, text, length, file, reading.error);
	if (status != STATUS_OK)
		return status;
	status = read_documents(&tree, &reading);
	yaml_tree_free(&tree);
	return status;
}

void settings_free(struct settings *settings)
{
	for (size_t i = 0; i < settings->count; i++) {
		for (size_t j = 0; j < settings->items[i].count; j++)
			free(settings->items[i].values[j]);
		free(settings->items[i].values);
		free(settings->items[i].name);
	}
	free(settings->items);
	*settings = (struct settings){0};
}
