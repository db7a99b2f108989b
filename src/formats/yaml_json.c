#include "yaml_json.h"

/* Depth and nodes are bounded by the parser; an alias is what it stands for, down
 * to a depth. */
#define DEPTH_MAX 16
static json_t *to_json(yaml_document_t *document, yaml_node_t *node, int depth);

/* What merge keys ("<<") bring in; the mapping's own keys come later and count. */
static void merge_keys(yaml_document_t *document, yaml_node_t *node, json_t *object, int depth)
{
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top; pair++) {
		if (!yaml_is_merge_key(yaml_document_get_node(document, pair->key)))
			continue;
		json_t *from = to_json(document, yaml_document_get_node(document, pair->value), depth + 1), *entry;
		size_t index;
		if (json_is_object(from))
			json_object_update_missing(object, from);
		json_array_foreach(from, index, entry)
			if (json_is_object(entry))
				json_object_update_missing(object, entry);
		json_decref(from);
	}
}

static json_t *to_json(yaml_document_t *document, yaml_node_t *node, int depth)
{
	json_t *value = NULL;

	if (!node || depth == DEPTH_MAX)
		return json_null();
	if (node->type == YAML_SCALAR_NODE)
		return yaml_text(node) ? json_string(yaml_text(node)) : json_null();
	if (node->type == YAML_SEQUENCE_NODE) {
		value = json_array();
		for (size_t i = 0; i < yaml_length(node); i++)
			json_array_append_new(value, to_json(document, yaml_item(document, node, i), depth + 1));
		return value;
	}
	value = json_object();
	merge_keys(document, node, value, depth);
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top; pair++) {
		const char *key = yaml_text(yaml_document_get_node(document, pair->key));
		if (key && !yaml_is_merge_key(yaml_document_get_node(document, pair->key))) /* of a key that is there twice the last counts, as for PyYAML */
			json_object_set_new(value, key, to_json(document,
					    yaml_document_get_node(document, pair->value), depth + 1));
	}
	return value;
}

json_t *yaml_to_json(yaml_document_t *document, yaml_node_t *node)
{
	return to_json(document, node, 0);
}
