/* YAML as a tree of nodes with places, over libyaml.  Private. */
#ifndef STEMMA_FORMATS_YAML_TREE_H
#define STEMMA_FORMATS_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "stemma/base/error.h"

#define YAML_DOCUMENTS_MAX 64
#define YAML_NODES_MAX 200000
#define YAML_DEPTH_MAX 64

struct yaml_tree {
	yaml_document_t documents[YAML_DOCUMENTS_MAX];
	size_t count;
};

/* Parses all documents of a text.  Empty documents are left out.  STATUS_DATA
 * with line and column on a fault. */
enum status yaml_tree_read(struct yaml_tree *tree, const char *text, size_t length, const char *file,
			   struct error *error);
void yaml_tree_free(struct yaml_tree *tree);

/* The value of a key of a mapping, also by its merge keys ("<<"); NULL when there is none
 * (or `node` is NULL or no mapping). */
yaml_node_t *yaml_get(yaml_document_t *document, yaml_node_t *node, const char *key);
bool yaml_is_merge_key(const yaml_node_t *key);
/* Whether a node, by its number, stands in several places, by an anchor and aliases. */
bool yaml_is_shared(const yaml_document_t *document, int node);
/* Scalar text, NULL for anything else and for null ("", "~", "null"). */
const char *yaml_text(const yaml_node_t *node);
/* A scalar as a number: true/false count as 1/0; NAN when it is none. */
double yaml_number(const yaml_node_t *node);
/* Items of a sequence: item i, NULL at its end or when it is no sequence. */
yaml_node_t *yaml_item(yaml_document_t *document, yaml_node_t *node, size_t i);
size_t yaml_length(const yaml_node_t *node); /* of a sequence; else 0 */

#endif
