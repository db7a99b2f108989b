#include "yaml_tree.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/memory.h"

/* Line and column of a byte: where the reader of characters fails libyaml tells
 * only the offset. */
static void place_of(const char *text, size_t offset, long *line, long *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < offset; i++) {
		*column = text[i] == '\n' ? 1 : *column + 1;
		*line += text[i] == '\n';
	}
}

static bool begins_with_tab(const char *text, size_t length, long line)
{
	size_t i = 0;

	for (; i < length && line > 1; i++)
		line -= text[i] == '\n';
	while (i < length && text[i] == ' ')
		i++;
	return i < length && text[i] == '\t';
}

static enum status yaml_fault(const yaml_parser_t *parser, const char *text, size_t length,
			      const char *file, struct error *error)
{
	long line = (long)parser->problem_mark.line + 1, column = (long)parser->problem_mark.column + 1;

	if (parser->error == YAML_MEMORY_ERROR)
		memory_exhausted();
	error_set(error, STATUS_DATA, "not YAML: %s", parser->problem ? parser->problem : "unreadable");
	if (parser->error == YAML_READER_ERROR)
		place_of(text, parser->problem_offset < length ? parser->problem_offset : length, &line, &column);
	else if (begins_with_tab(text, length, line))
		error_advise(error, "indent with blanks: YAML allows no tabs");
	return error_locate(error, file, line, column);
}

/* Whether a node is nested too deeply.  A node comes after those that hold it,
 * unless it is an alias: those nest no deeper than what they stand for. */
static bool is_too_deep(const yaml_document_t *document)
{
	size_t count = (size_t)(document->nodes.top - document->nodes.start);
	unsigned int *depth = memory_zero(count + 1, sizeof *depth), deepest = 0;

	for (size_t i = 0; i < count && deepest <= YAML_DEPTH_MAX; i++) {
		const yaml_node_t *node = &document->nodes.start[i];
		deepest = depth[i + 1] > deepest ? depth[i + 1] : deepest;
		if (node->type == YAML_SEQUENCE_NODE)
			for (const yaml_node_item_t *item = node->data.sequence.items.start;
			     item < node->data.sequence.items.top; item++)
				depth[*item] = depth[i + 1] + 1;
		else if (node->type == YAML_MAPPING_NODE)
			for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
			     pair < node->data.mapping.pairs.top; pair++)
				depth[pair->key] = depth[pair->value] = depth[i + 1] + 1;
	}
	free(depth);
	return deepest > YAML_DEPTH_MAX;
}

/* What is wrong with the last document; NULL when nothing. */
static const char *excess(const struct yaml_tree *tree)
{
	const yaml_document_t *document = &tree->documents[tree->count - 1];

	if ((size_t)(document->nodes.top - document->nodes.start) > YAML_NODES_MAX)
		return "more than 200000 YAML nodes";
	if (is_too_deep(document))
		return "nested more than 64 deep";
	return tree->count == YAML_DOCUMENTS_MAX ? "more than 63 YAML documents" : NULL;
}

enum status yaml_tree_read(struct yaml_tree *tree, const char *text, size_t length, const char *file,
			   struct error *error)
{
	yaml_parser_t parser;
	enum status status = STATUS_OK;

	tree->count = 0;
	if (!yaml_parser_initialize(&parser))
		memory_exhausted();
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
	for (;;) {
		yaml_document_t *document = &tree->documents[tree->count];
		if (!yaml_parser_load(&parser, document)) {
			status = yaml_fault(&parser, text, length, file, error);
			break;
		}
		if (!yaml_document_get_root_node(document)) {
			yaml_document_delete(document);
			break;
		}
		tree->count++;
		if (excess(tree)) {
			error_set(error, STATUS_DATA, "%s", excess(tree));
			status = error_locate(error, file, (long)parser.mark.line + 1, 0);
			break;
		}
	}
	yaml_parser_delete(&parser);
	if (status != STATUS_OK)
		yaml_tree_free(tree);
	return status;
}

void yaml_tree_free(struct yaml_tree *tree)
{
	for (size_t i = 0; i < tree->count; i++)
		yaml_document_delete(&tree->documents[i]);
	tree->count = 0;
}

/* A merge key may lead to itself by an alias. */
#define MERGE_DEPTH_MAX 16

/* The value of a key in what the merge keys of a mapping name, the first of several. */
static yaml_node_t *get_merged(yaml_document_t *document, yaml_node_t *node, const char *key, int depth);

static yaml_node_t *get(yaml_document_t *document, yaml_node_t *node, const char *key, int depth)
{
	yaml_node_t *found = NULL;

	if (!node || node->type != YAML_MAPPING_NODE || depth == MERGE_DEPTH_MAX)
		return NULL;
	/* A repeated key: the last one counts, as with the Hub's reader. */
	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
		const char *name = yaml_text(yaml_document_get_node(document, pair->key));
		if (name && strcmp(name, key) == 0)
			found = yaml_document_get_node(document, pair->value);
	}
	return found ? found : get_merged(document, node, key, depth);
}

static yaml_node_t *get_merged(yaml_document_t *document, yaml_node_t *node, const char *key, int depth)
{
	yaml_node_t *found = NULL;

	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top && !found; pair++) {
		if (!yaml_is_merge_key(yaml_document_get_node(document, pair->key)))
			continue;
		yaml_node_t *from = yaml_document_get_node(document, pair->value);
		found = get(document, from, key, depth + 1);
		for (size_t i = 0; i < yaml_length(from) && !found; i++)
			found = get(document, yaml_item(document, from, i), key, depth + 1);
	}
	return found;
}

bool yaml_is_merge_key(const yaml_node_t *key)
{
	return key && key->type == YAML_SCALAR_NODE && key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       strcmp((const char *)key->data.scalar.value, "<<") == 0;
}

bool yaml_is_shared(const yaml_document_t *document, int node)
{
	size_t references = 0;

	for (const yaml_node_t *at = document->nodes.start; at < document->nodes.top; at++) {
		if (at->type == YAML_SEQUENCE_NODE)
			for (const yaml_node_item_t *item = at->data.sequence.items.start;
			     item < at->data.sequence.items.top; item++)
				references += *item == node;
		else if (at->type == YAML_MAPPING_NODE)
			for (const yaml_node_pair_t *pair = at->data.mapping.pairs.start;
			     pair < at->data.mapping.pairs.top; pair++)
				references += pair->value == node;
	}
	return references > 1;
}

yaml_node_t *yaml_get(yaml_document_t *document, yaml_node_t *node, const char *key)
{
	return get(document, node, key, 0);
}

const char *yaml_text(const yaml_node_t *node)
{
	if (!node || node->type != YAML_SCALAR_NODE)
		return NULL;
	const char *text = (const char *)node->data.scalar.value;
	if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	    (!text[0] || strcmp(text, "~") == 0 || strcmp(text, "null") == 0))
		return NULL;
	return text;
}

/* The digits without the "_" between them, as YAML 1.1 and Python read numbers; false when
 * one stands elsewhere or the text is too long for a number. */
static bool plain_digits(const char *text, char *out, size_t size)
{
	size_t length = 0;

	text += strspn(text, " \t");
	for (; *text; text++) {
		bool between = *text == '_' && length > 0 && isdigit((unsigned char)text[-1]) && isdigit((unsigned char)text[1]);
		if (*text == '_' && !between)
			return false;
		if (length + 1 >= size)
			return false;
		if (*text != '_')
			out[length++] = *text;
	}
	while (length > 0 && strchr(" \t", out[length - 1]))
		length--;
	out[length] = '\0';
	return length > 0;
}

double yaml_number(const yaml_node_t *node)
{
	const char *text = yaml_text(node);
	char plain[64], *end;

	if (!text)
		return NAN;
	if (strcasecmp(text, "true") == 0)
		return 1;
	if (strcasecmp(text, "false") == 0)
		return 0;
	if (!plain_digits(text, plain, sizeof plain))
		return NAN;
	double number = strtod(plain, &end);
	return *end || !isfinite(number) ? NAN : number;
}

size_t yaml_length(const yaml_node_t *node)
{
	if (!node || node->type != YAML_SEQUENCE_NODE)
		return 0;
	return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
}

yaml_node_t *yaml_item(yaml_document_t *document, yaml_node_t *node, size_t i)
{
	return i < yaml_length(node)
		? yaml_document_get_node(document, node->data.sequence.items.start[i]) : NULL;
}
