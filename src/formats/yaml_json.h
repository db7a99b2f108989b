/* YAML as JSON, for what comes in both forms.  Private. */
#ifndef STEMMA_FORMATS_YAML_JSON_H
#define STEMMA_FORMATS_YAML_JSON_H

#include <jansson.h>

#include "yaml_tree.h"

/* A tree of YAML as JSON, which the caller releases; scalars stay text.  Of a key
 * that is there twice the last counts; what lies too deep is null. */
json_t *yaml_to_json(yaml_document_t *document, yaml_node_t *node);

#endif
