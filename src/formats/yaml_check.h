/* Faults of files that the user writes, with their places.  Private. */
#ifndef STEMMA_FORMATS_YAML_CHECK_H
#define STEMMA_FORMATS_YAML_CHECK_H

#include "yaml_tree.h"

/* STATUS_DATA at a node; `message` is a format of one word. */
enum status yaml_fault(const yaml_node_t *node, const char *file, struct error *error, const char *message,
		       const char *word);
/* Every key of a mapping must be one of `known` (NULL at the end). */
enum status yaml_check_keys(yaml_document_t *document, const yaml_node_t *node, const char *const *known,
			    const char *file, struct error *error);

#endif
