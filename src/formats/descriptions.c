#include "stemma/formats/descriptions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "yaml_check.h"

struct reading {
	yaml_document_t *document;
	const char *file;
	const struct descriptions_sink *sink;
	struct error *error;
};

static enum status fault(const struct reading *reading, const yaml_node_t *node, const char *message,
			 const char *word)
{
	return yaml_fault(node, reading->file, reading->error, message, word ? word : "");
}

static enum status read_text(const struct reading *reading, yaml_node_t *node, const char *key,
			     const char **text)
{
	yaml_node_t *value = yaml_get(reading->document, node, key);

	*text = yaml_text(value);
	if (value && value->type != YAML_SCALAR_NODE)
		return fault(reading, value, "\"%s\" is to be one text", key);
	return STATUS_OK;
}

/* `open` is what the word "open" stands for; NAN where it may not. */
static enum status read_number(const struct reading *reading, yaml_node_t *node, const char *key, double open,
			       double *number)
{
	yaml_node_t *value = yaml_get(reading->document, node, key);
	const char *text = yaml_text(value);

	*number = NAN;
	if (!text)
		return STATUS_OK;
	if (!isnan(open) && strcmp(text, "open") == 0) {
		*number = open;
		return STATUS_OK;
	}
	*number = yaml_number(value);
	return isfinite(*number) ? STATUS_OK : fault(reading, value, "\"%s\" is no number", text);
}

static enum status read_answer(const struct reading *reading, yaml_node_t *node, const char *key,
			       enum answer *answer)
{
	yaml_node_t *value = yaml_get(reading->document, node, key);
	double number = value ? yaml_number(value) : (double)NAN;

	*answer = ANSWER_UNKNOWN;
	if (!value)
		return STATUS_OK;
	if (isnan(number))
		return fault(reading, value, "\"%s\" is neither true nor false", yaml_text(value));
	*answer = number > 0 ? ANSWER_YES : ANSWER_NO;
	return STATUS_OK;
}

/* One alias or a list of them; the array is the caller's. */
static enum status read_aliases(const struct reading *reading, yaml_node_t *node, const char ***aliases,
				size_t *count)
{
	yaml_node_t *value = yaml_get(reading->document, node, "alias");
	size_t length = yaml_length(value);

	*count = 0;
	*aliases = memory_zero(length + 1, sizeof **aliases);
	if (yaml_text(value))
		(*aliases)[(*count)++] = yaml_text(value);
	for (size_t i = 0; i < length; i++) {
		yaml_node_t *item = yaml_item(reading->document, value, i);
		if (!yaml_text(item))
			return fault(reading, item, "an alias is to be a key%s", NULL);
		(*aliases)[(*count)++] = yaml_text(item);
	}
	return STATUS_OK;
}

static const char *const keys[] = {
	"title", "suite", "metric", "unit", "lower", "upper", "chance", "instances", "higher_is_better",
	"family", "alias", "hidden", "join", "delete", NULL,
};

/* What a benchmark becomes, or that it goes, excludes all that it is. */
static enum status check_alone(const struct reading *reading, yaml_node_t *node,
			       const struct description *description)
{
	size_t count = (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);

	if ((description->join || description->remove) && count > 1)
		return fault(reading, node, "\"%s\" stands alone", description->join ? "join" : "delete");
	return STATUS_OK;
}

static enum status read_facts(const struct reading *reading, yaml_node_t *node, struct description *description)
{
	struct benchmark_facts *facts = &description->facts;
	const struct { const char *key; const char **text; } texts[] = {
		{"title", &facts->title}, {"suite", &facts->suite}, {"metric", &facts->metric},
		{"unit", &facts->unit}, {"family", &facts->family}, {"join", &description->join},
	};
	const struct { const char *key; double open, *number; } numbers[] = {
		{"lower", -INFINITY, &facts->lower}, {"upper", INFINITY, &facts->upper},
		{"chance", NAN, &facts->chance}, {"instances", NAN, &facts->instances},
	};
	enum answer remove;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < sizeof texts / sizeof *texts && status == STATUS_OK; i++)
		status = read_text(reading, node, texts[i].key, texts[i].text);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == STATUS_OK; i++)
		status = read_number(reading, node, numbers[i].key, numbers[i].open, numbers[i].number);
	if (status == STATUS_OK && facts->lower >= facts->upper)
		status = fault(reading, node, "the scale of %s ends before it begins", facts->key);
	if (status == STATUS_OK)
		status = read_answer(reading, node, "higher_is_better", &facts->higher_is_better);
	if (status == STATUS_OK)
		status = read_answer(reading, node, "hidden", &description->hidden);
	if (status == STATUS_OK)
		status = read_answer(reading, node, "delete", &remove);
	if (status != STATUS_OK)
		return status;
	description->remove = remove == ANSWER_YES;
	return check_alone(reading, node, description);
}

static enum status read_one(const struct reading *reading, yaml_node_t *name, yaml_node_t *node)
{
	struct description description = {.facts = {.key = yaml_text(name), .source = "user", .rank = RANK_USER}};
	const char **aliases = NULL;

	if (!description.facts.key)
		return fault(reading, name, "a benchmark is to have a key%s", NULL);
	if (node->type != YAML_MAPPING_NODE)
		return fault(reading, node, "what is said of %s is to stand below it as \"title: ...\"",
			     description.facts.key);
	enum status status = yaml_check_keys(reading->document, node, keys, reading->file, reading->error);
	if (status == STATUS_OK)
		status = read_facts(reading, node, &description);
	if (status == STATUS_OK)
		status = read_aliases(reading, node, &aliases, &description.facts.alias_count);
	description.facts.aliases = aliases;
	if (status == STATUS_OK)
		status = reading->sink->accept(reading->sink->context, &description, reading->error);
	free(aliases);
	return status;
}

static enum status read_document(const struct reading *reading)
{
	static const char *const known[] = {"benchmarks", NULL};
	yaml_node_t *root = yaml_document_get_root_node(reading->document);

	if (root->type != YAML_MAPPING_NODE)
		return fault(reading, root, "%s", "descriptions begin with \"benchmarks:\"");
	enum status status = yaml_check_keys(reading->document, root, known, reading->file, reading->error);
	yaml_node_t *list = yaml_get(reading->document, root, "benchmarks");
	if (status != STATUS_OK || !list || (list->type == YAML_SCALAR_NODE && !yaml_text(list)))
		return status;
	if (list->type != YAML_MAPPING_NODE)
		return fault(reading, list, "%s", "below \"benchmarks:\" stand keys, each with a colon");
	for (const yaml_node_pair_t *pair = list->data.mapping.pairs.start;
	     pair < list->data.mapping.pairs.top && status == STATUS_OK; pair++)
		status = read_one(reading, yaml_document_get_node(reading->document, pair->key),
				  yaml_document_get_node(reading->document, pair->value));
	return status;
}

enum status descriptions_read(const char *text, size_t length, const char *file,
			      const struct descriptions_sink *sink, struct error *error)
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
