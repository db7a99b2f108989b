/* Model cards: README.md with its front matter, and the mergekit configuration in
 * its body (formats.md §2). */
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "hub.h"
#include "json_read.h"
#include "model_index.h"
#include "origin.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/formats/mergekit.h"
#include "stemma/formats/naming.h"
#include "yaml_json.h"

#define CARD_MAX_BYTES ((size_t)4 << 20)

struct card {
	struct source *source;
	char *name;       /* of the model */
	json_t *model;    /* as the Hub's API would tell of it */
};

/* ---- the front matter ------------------------------------------------------------- */

/* The length of a line with its end. */
static size_t line_length(const char *line)
{
	size_t length = strcspn(line, "\n");

	return length + (line[length] == '\n');
}

static bool is_rule(const char *line)
{
	return strncmp(line, "---", 3) == 0 && strchr("\n", line[3 + strspn(line + 3, " \t")]);
}

bool card_front_matter(const char *text, const char **begin, const char **end)
{
	const char *line = text + strspn(text, " \t\n");

	if (!is_rule(line))
		return false;
	*begin = line + line_length(line);
	for (line = *begin; *line; line += line_length(line))
		if (is_rule(line)) {
			*end = line;
			return true;
		}
	return false;
}

/* Copies what the API has at its top; a string for a list is a list of one. */
static void take_list(json_t *model, const json_t *card, const char *key)
{
	json_t *value = json_object_get(card, key);

	if (json_is_array(value))
		json_object_set(model, key, value);
	else if (json_is_string(value))
		json_object_set_new(model, key, json_pack("[O]", value));
}

static void read_front_matter(struct card *card, const char *begin, const char *end, long line)
{
	struct yaml_tree tree = {.count = 0};
	struct error fault = {0};
	json_t *data = NULL;

	if (yaml_tree_read(&tree, begin, (size_t)(end - begin), card->source->name, &fault) != STATUS_OK) {
		warn(card->source->sink, fault.line + line - 1, fault.column,
		     "the front matter is %s; left out", fault.message);
		return;
	}
	if (tree.count > 0) {
		yaml_node_t *root = yaml_document_get_root_node(&tree.documents[0]);
		if (root->type == YAML_MAPPING_NODE)
			data = yaml_to_json(&tree.documents[0], root);
		else if (root->type != YAML_SCALAR_NODE || yaml_text(root))
			warn(card->source->sink, line, 0, "the front matter is no mapping of keys; left out");
	}
	yaml_tree_free(&tree);
	if (!data)
		return;
	take_list(card->model, data, "tags");
	json_object_set_new(card->model, "cardData", data);
}

/* ---- the body ---------------------------------------------------------------------- */

/* Whether a line opens or closes a fence; *indent gets its blanks. */
static bool is_fence(const char *line, size_t *indent)
{
	*indent = strspn(line, " \t");
	return strncmp(line + *indent, "```", 3) == 0 || strncmp(line + *indent, "~~~", 3) == 0;
}

static bool is_yaml_fence(const char *line, size_t indent)
{
	static const char *const words[] = {"yaml", "yml", "YAML", ""};
	const char *word = line + indent + 3 + strspn(line + indent + 3, "`~ ");
	size_t length = strcspn(word, " \t\n");

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (length == strlen(words[i]) && strncmp(word, words[i], length) == 0)
			return true;
	return false;
}

/* The fenced blocks that are merges, each behind "---", at their own lines and
 * without their indent; every other line is empty. */
static void take_merges(const char *text, struct text *out)
{
	size_t indent, inner;

	for (const char *line = text; *line; line += line_length(line)) {
		const char *end = line + line_length(line);
		if (!is_fence(line, &indent) || !is_yaml_fence(line, indent)) {
			text_append(out, "\n");
			continue;
		}
		while (*end && !is_fence(end, &inner))
			end += line_length(end);
		bool merge = looks_like_merge(line + line_length(line), (size_t)(end - line) - line_length(line));
		text_append(out, merge ? "---\n" : "\n");
		for (line += line_length(line); line < end; line += line_length(line)) {
			size_t blanks = strspn(line, " \t");
			const char *from = line + (blanks < indent ? blanks : indent);
			text_append_bytes(out, merge ? from : "\n",
					  merge ? line_length(line) - (size_t)(from - line) : 1);
		}
		text_append(out, "\n"); /* the closing fence */
		if (!*line)
			break;
	}
}

static void read_merge(struct card *card, const struct text *merges)
{
	struct merge_recipe recipe = {0};
	struct error fault = {0};

	if (merge_recipe_read(text_string(merges), merges->length, card->source->name,
			      card->source->sink, &recipe, &fault) == STATUS_OK) {
		deliver_recipe(card->source, &recipe, card->name);
		merge_recipe_free(&recipe);
	} else {
		warn(card->source->sink, fault.line, fault.column,
		     "the configuration in the card is left out: %s", fault.message);
	}
}

/* ---- the whole --------------------------------------------------------------------- */

/* A card does not say of which model it is: its folder does, else the name in its
 * index of results.  A file of a name of its own may be called so; for one called
 * README, as all are, that is the folder's name. */
static char *card_name(const struct card *card)
{
	const struct source *source = card->source;
	const json_t *index = json_object_get(json_object_get(card->model, "cardData"), "model-index");
	struct naming stated = naming_of(json_text(json_array_get(index, 0), "name"));
	char *model = origin_model(source->name), *stem = origin_stem(source->name), *name = NULL;

	if (model || (stated.name && strchr(stated.name, '/'))) {
		name = subject_name(source, model ? model : stated.name, NULL, false);
	} else if (strncmp(origin_base(source->name), "README", 6) == 0 && strchr(source->name, '/')) {
		char *folder = origin_path(source->name);
		name = subject_name(source, NULL, folder, true);
		free(folder);
	} else if (strncmp(stem, "README", 6) != 0 && strcmp(source->name, "standard input") != 0) {
		struct naming own = naming_of(stem);
		name = subject_name(source, own.name, own.name ? NULL : source->name, true);
		naming_free(&own);
	} else if (source->sink->subject) {
		name = source->sink->subject(source->sink->context, NULL, NULL, true);
	}
	naming_free(&stated);
	free(model);
	free(stem);
	return name;
}

static long lines_before(const char *text, const char *place)
{
	long lines = 0;

	for (; text < place; text++)
		lines += *text == '\n';
	return lines;
}

static void read_card(struct card *card, const char *text)
{
	const char *begin, *end;
	struct text merges = {0};
	bool markdown = card_front_matter(text, &begin, &end);

	take_merges(text, &merges);
	bool merge = strstr(text_string(&merges), "---");
	if (markdown)
		read_front_matter(card, begin, end, lines_before(text, begin) + 1);
	else if (card_is_bare(text))
		read_front_matter(card, text, text + strlen(text), 1);
	else if (merge)
		warn(card->source->sink, 1, 0, "the card has no front matter");
	else
		reject(card->source, 1, 0, "neither front matter nor a merge: not a card that tells something");
	card->name = card_name(card);
	if (!markdown && !merge && !json_object_get(card->model, "cardData"))
		goto cleanup;
	if (!card->name) {
		source_fail_at(card->source, STATUS_DATA, 1, 0, "a card that does not say of which model");
		error_advise(card->source->error, "name it with its folder, as in OWNER__NAME/README.md, or with --name");
		goto cleanup;
	}
	json_object_set_new(card->model, "id", json_string(card->name));
	enum relation relation = hub_object(card->source, card->model, HUB_CARD, 1);
	bool copy = relation == RELATION_QUANTIZED || relation == RELATION_ADAPTER;
	model_index_deliver(card->source, json_object_get(json_object_get(card->model, "cardData"), "model-index"), card->name);
	if (merge && copy)
		warn(card->source->sink, 0, 0, "the configuration in the card is the original's: %s is %s from its base",
		     card->name, relation == RELATION_ADAPTER ? "an adapter" : "quantized");
	else if (merge && card->source->status == STATUS_OK)
		read_merge(card, &merges);
cleanup:
	text_free(&merges);
}

/* The front matter alone, in a file of its own. */
bool card_is_bare(const char *text)
{
	static const char *const keys[] = {"base_model:", "base_model_relation:", "library_name:", "license:",
					   "model-index:", "pipeline_tag:"};

	for (const char *line = text; *line; line += line_length(line))
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
			if (strncmp(line, keys[i], strlen(keys[i])) == 0)
				return true;
	return false;
}

enum status card_read(struct source *source)
{
	struct card card = {.source = source, .model = json_object()};
	struct text text = {0};

	if (source_rest(source, &text, CARD_MAX_BYTES) == STATUS_OK)
		read_card(&card, text_string(&text));
	json_decref(card.model);
	free(card.name);
	text_free(&text);
	return source->status;
}
