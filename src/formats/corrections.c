#include "stemma/formats/corrections.h"

#include <math.h>
#include <string.h>

#include "reading.h"
#include "stemma/base/utf8.h"
#include "yaml_check.h"
#include "yaml_writer.h"

#define SOURCE "correction"

struct reading {
	yaml_document_t *document;
	const char *file;
	const struct corrections_sink *sink;
	struct error *error;
};

static enum status fault(const struct reading *reading, const yaml_node_t *node,
			 const char *message, const char *word)
{
	return yaml_fault(node, reading->file, reading->error, message, word);
}

static enum status check_keys(const struct reading *reading, const yaml_node_t *node, const char *const *known)
{
	return yaml_check_keys(reading->document, node, known, reading->file, reading->error);
}

/* The text of a key that must be a model's name. */
static enum status read_name(const struct reading *reading, yaml_node_t *node, const char *key,
			     const char **name)
{
	yaml_node_t *value = yaml_get(reading->document, node, key);

	*name = yaml_text(value);
	if (!value)
		return fault(reading, node, "\"%s\" is missing", key);
	if (!*name || !is_hub_name(*name))
		return fault(reading, value, "\"%s\" is no name of a model", *name ? *name : key);
	return STATUS_OK;
}

static enum status read_relation(const struct reading *reading, yaml_node_t *node,
				 enum relation *relation)
{
	yaml_node_t *value = yaml_get(reading->document, node, "relation");
	const char *word = yaml_text(value);

	*relation = word ? relation_parse(word) : RELATION_FINETUNE;
	if (*relation == RELATION_COUNT)
		return fault(reading, value, "\"%s\" is none of finetune, adapter, quantized, merge, distill", word);
	return STATUS_OK;
}

static enum status read_weight(const struct reading *reading, yaml_node_t *node, double *weight)
{
	yaml_node_t *value = yaml_get(reading->document, node, "weight");

	*weight = value ? yaml_number(value) : NAN;
	if (value && !(*weight >= 0 && *weight <= 1))
		return fault(reading, value, "the weight \"%s\" is not a number from 0 to 1",
			     yaml_text(value) ? yaml_text(value) : "");
	return STATUS_OK;
}

static enum status check_pair(const struct reading *reading, const yaml_node_t *node,
			      const char *child, const char *parent)
{
	if (parent && utf8_compare_names(child, parent) == 0)
		return fault(reading, node, "%s cannot be its own parent", child);
	return STATUS_OK;
}

static enum status read_addition(const struct reading *reading, yaml_node_t *node)
{
	static const char *const keys[] = {"child", "parent", "relation", "weight", "method", "note", NULL};
	struct edge_facts edge = {
		.method = yaml_text(yaml_get(reading->document, node, "method")),
		.note = yaml_text(yaml_get(reading->document, node, "note")),
		.source = SOURCE, .trust = TRUST_CORRECTION,
	};
	enum status status = check_keys(reading, node, keys);

	if (status == STATUS_OK)
		status = read_name(reading, node, "child", &edge.child);
	if (status == STATUS_OK)
		status = read_name(reading, node, "parent", &edge.parent);
	if (status == STATUS_OK)
		status = check_pair(reading, node, edge.child, edge.parent);
	if (status == STATUS_OK)
		status = read_relation(reading, node, &edge.relation);
	if (status == STATUS_OK)
		status = read_weight(reading, node, &edge.weight);
	return status == STATUS_OK
		? reading->sink->add(reading->sink->context, &edge, reading->error) : status;
}

static enum status read_drop(const struct reading *reading, yaml_node_t *node)
{
	static const char *const keys[] = {"child", "parent", "note", NULL};
	struct drop_facts drop = {.note = yaml_text(yaml_get(reading->document, node, "note"))};
	enum status status = check_keys(reading, node, keys);

	if (status == STATUS_OK)
		status = read_name(reading, node, "child", &drop.child);
	if (status == STATUS_OK && yaml_get(reading->document, node, "parent"))
		status = read_name(reading, node, "parent", &drop.parent);
	if (status == STATUS_OK)
		status = check_pair(reading, node, drop.child, drop.parent);
	return status == STATUS_OK
		? reading->sink->drop(reading->sink->context, &drop, reading->error) : status;
}

static enum status read_list(const struct reading *reading, yaml_node_t *list, const char *key,
			     enum status (*read)(const struct reading *, yaml_node_t *))
{
	enum status status = STATUS_OK;

	if (!list || (list->type == YAML_SCALAR_NODE && !yaml_text(list)))
		return STATUS_OK; /* "drop:" with nothing below */
	if (list->type != YAML_SEQUENCE_NODE)
		return fault(reading, list, "\"%s\" is no list; each correction begins with \"- child:\"", key);
	for (size_t i = 0; i < yaml_length(list) && status == STATUS_OK; i++) {
		yaml_node_t *item = yaml_item(reading->document, list, i);
		if (item->type == YAML_MAPPING_NODE)
			status = read(reading, item);
		else
			status = fault(reading, item, "a correction is a child and a parent, not \"%s\"",
				       yaml_text(item) ? yaml_text(item) : "");
	}
	return status;
}

static enum status read_document(const struct reading *reading)
{
	static const char *const keys[] = {"add", "drop", NULL};
	yaml_node_t *root = yaml_document_get_root_node(reading->document);

	if (root->type != YAML_MAPPING_NODE)
		return fault(reading, root, "%s", "corrections begin with \"add:\" or \"drop:\"");
	enum status status = check_keys(reading, root, keys);
	if (status == STATUS_OK)
		status = read_list(reading, yaml_get(reading->document, root, "drop"), "drop", read_drop);
	if (status == STATUS_OK)
		status = read_list(reading, yaml_get(reading->document, root, "add"), "add", read_addition);
	return status;
}

enum status corrections_read(const char *text, size_t length, const char *file,
			     const struct corrections_sink *sink, struct error *error)
{
	struct yaml_tree tree = {.count = 0};
	enum status status = yaml_tree_read(&tree, text, length, file, error);

	for (size_t i = 0; i < tree.count && status == STATUS_OK; i++) {
		const struct reading reading = {&tree.documents[i], file, sink, error};
		status = read_document(&reading);
	}
	yaml_tree_free(&tree);
	return status;
}

/* ---- writing ------------------------------------------------------------------ */

static void write_addition(yaml_emitter_t *emitter, const struct edge_facts *edge)
{
	yaml_writer_mapping(emitter);
	yaml_writer_pair(emitter, "child", edge->child);
	yaml_writer_pair(emitter, "parent", edge->parent);
	yaml_writer_pair(emitter, "relation", relation_name(edge->relation));
	if (!isnan(edge->weight)) {
		yaml_writer_text(emitter, "weight");
		yaml_writer_number(emitter, edge->weight);
	}
	if (edge->method)
		yaml_writer_pair(emitter, "method", edge->method);
	if (edge->note)
		yaml_writer_pair(emitter, "note", edge->note);
	yaml_writer_mapping_end(emitter);
}

/* Where the text of the last top-level key of a file begins, NULL when none. */
static const char *last_key(const char *text)
{
	const char *key = NULL;

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (!strchr(" \t\r\n#-", *line))
			key = line;
	return key;
}

/* Whether more items can follow the end of the text as they are written here. */
static bool ends_in_additions(const char *text)
{
	const char *key = last_key(text);

	return key && strncmp(key, "add:\n", 5) == 0 && strncmp(key + 5, "- child:", 8) == 0 &&
	       !strstr(key, "\n-" "--") && !strstr(key, "\n...");
}

void corrections_write(struct text *out, const struct edge_facts *edges, size_t count)
{
	struct text document = {0};
	yaml_emitter_t emitter;

	yaml_writer_begin(&emitter, &document);
	yaml_writer_mapping(&emitter);
	yaml_writer_text(&emitter, "add");
	yaml_writer_sequence(&emitter);
	for (size_t i = 0; i < count; i++)
		write_addition(&emitter, &edges[i]);
	yaml_writer_sequence_end(&emitter);
	yaml_writer_mapping_end(&emitter);
	yaml_writer_end(&emitter);
	if (ends_in_additions(text_string(out)))
		text_append(out, text_string(&document) + strlen("add:\n"));
	else
		text_append_format(out, "%s%s", last_key(text_string(out)) ? "---\n" : "",
				   text_string(&document));
	text_free(&document);
}

/* ---- edits ------------------------------------------------------------------------ */

#define EDIT_MARK "--- # stemma edit\n"

static void write_drop(yaml_emitter_t *emitter, const struct drop_facts *drop)
{
	yaml_writer_mapping(emitter);
	yaml_writer_pair(emitter, "child", drop->child);
	if (drop->parent)
		yaml_writer_pair(emitter, "parent", drop->parent);
	if (drop->note)
		yaml_writer_pair(emitter, "note", drop->note);
	yaml_writer_mapping_end(emitter);
}

void corrections_write_edit(struct text *out, const struct corrections_edit *edit)
{
	struct text document = {0};
	yaml_emitter_t emitter;

	yaml_writer_begin(&emitter, &document);
	yaml_writer_mapping(&emitter);
	if (edit->drop_count > 0) {
		yaml_writer_text(&emitter, "drop");
		yaml_writer_sequence(&emitter);
		for (size_t i = 0; i < edit->drop_count; i++)
			write_drop(&emitter, &edit->drop[i]);
		yaml_writer_sequence_end(&emitter);
	}
	if (edit->add_count > 0) {
		yaml_writer_text(&emitter, "add");
		yaml_writer_sequence(&emitter);
		for (size_t i = 0; i < edit->add_count; i++)
			write_addition(&emitter, &edit->add[i]);
		yaml_writer_sequence_end(&emitter);
	}
	yaml_writer_mapping_end(&emitter);
	yaml_writer_end(&emitter);
	text_append_format(out, EDIT_MARK "%s", text_string(&document));
	text_free(&document);
}

bool corrections_cut(struct text *text)
{
	const char *bytes = text_string(text), *last = NULL;

	for (const char *line = bytes; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, "---", 3) == 0)
			last = line;
	if (!last || strncmp(last, EDIT_MARK, strlen(EDIT_MARK)) != 0)
		return false;
	text->length = (size_t)(last - bytes);
	text->bytes[text->length] = '\0';
	return true;
}
