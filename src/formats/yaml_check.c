#include "yaml_check.h"

#include <string.h>

#include "stemma/base/suggest.h"

enum status yaml_fault(const yaml_node_t *node, const char *file, struct error *error, const char *message,
		       const char *word)
{
	error_set(error, STATUS_DATA, message, word);
	return error_locate(error, file, (long)node->start_mark.line + 1, (long)node->start_mark.column + 1);
}

enum status yaml_check_keys(yaml_document_t *document, const yaml_node_t *node, const char *const *known,
			    const char *file, struct error *error)
{
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top; pair++) {
		yaml_node_t *key = yaml_document_get_node(document, pair->key);
		const char *word = yaml_text(key);
		size_t i = 0;
		while (word && known[i] && strcmp(known[i], word) != 0)
			i++;
		if (word && known[i])
			continue;
		yaml_fault(key, file, error, "unknown key \"%s\"", word ? word : "");
		const char *near = word ? suggest_nearest(word, known) : NULL;
		return near ? error_advise(error, "did you mean \"%s\"?", near)
			    : error_advise(error, "stemma(1) has the keys");
	}
	return STATUS_OK;
}
