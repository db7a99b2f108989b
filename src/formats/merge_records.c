/* A merge configuration as records: the child, its edges, its adapters. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "origin.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"
#include "stemma/formats/mergekit.h"
#include "stemma/formats/naming.h"

#define FILE_MAX_BYTES ((size_t)1 << 20)

/* What all configurations are called: then the folder says which model it is. */
static bool has_usual_name(const char *file)
{
	static const char *const names[] = {"mergekit_config", "mergekit_moe_config", "mergekit-config", "config",
					    "mergekit", "merge_config", "merge-config"};
	char *stem = origin_stem(file);
	bool usual = false;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		usual = usual || strcmp(stem, names[i]) == 0;
	free(stem);
	return usual;
}

/* The name of a model that lies in its own folder. */
static char *folder_child(const struct source *source)
{
	char *folder = origin_path(source->name);
	char *name = subject_name(source, NULL, folder, true);

	free(folder);
	return name;
}

/* The child is not named in the file: the folder of a model is, else its `name`, else the
 * folder again where the file has a standard name, or the file's own. */
static char *child_name(const struct source *source, const struct merge_recipe *recipe)
{
	char *model = origin_model(source->name), *name = NULL;
	struct naming own = naming_of(recipe->name);
	bool standard = has_usual_name(source->name) && strcmp(source->name, "standard input") != 0;

	if (model || (own.name && strchr(own.name, '/'))) {
		name = subject_name(source, model ? model : own.name, NULL, false);
	} else if (standard) {
		name = folder_child(source);
	} else if (recipe->name && recipe->name[0]) { /* whatever it is */
		name = subject_name(source, own.name ? own.name : recipe->name, NULL, false);
	} else {
		char *stem = strcmp(source->name, "standard input") == 0 ? memory_string("stdin") : origin_stem(source->name);
		bool sound = is_hub_name(stem);
		name = subject_name(source, sound ? stem : NULL, sound ? NULL : source->name, true);
		free(stem);
	}
	naming_free(&own);
	free(model);
	return name;
}

/* "A+lora" is a model of its own: made from A, by that adapter. */
static void deliver_adapter(struct source *source, const char *name, long line)
{
	const char *plus = strchr(name, '+');

	if (!plus)
		return;
	char *base = memory_string_slice(name, (size_t)(plus - name));
	struct record edge = {.type = RECORD_EDGE, .line = line, .of.edge = {
		.child = name, .parent = base, .relation = RELATION_ADAPTER, .weight = 1, .source = "config",
		.trust = TRUST_CONFIGURATION, .note = plus + 1,
	}};
	deliver(source, &edge);
	free(base);
}

/* A configuration names all parents: those of an earlier one are none. */
static void deliver_parents(struct source *source, const struct merge_recipe *recipe,
			    const char *child)
{
	const char **names = memory_allocate(recipe->parent_count + 1, sizeof *names);
	struct record record = {.type = RECORD_PARENTS, .line = recipe->line, .of.parents = {
		.child = child, .source = "config", .parents = names, .count = recipe->parent_count}};

	for (size_t i = 0; i < recipe->parent_count; i++)
		names[i] = recipe->parents[i].name;
	deliver(source, &record);
	free(names);
}

/* Weights that were only assumed stay unknown; a base that keeps nothing is
 * known to. */
void deliver_recipe(struct source *source, const struct merge_recipe *recipe, const char *child)
{
	struct record model = {.type = RECORD_MODEL, .line = recipe->line, .of.model = {
		.name = child, .params_b = NAN, .likes = NAN, .moe = ANSWER_UNKNOWN, .kind = KIND_MERGE,
		.source = "config", .rank = RANK_USER,
	}};
	deliver(source, &model);
	for (size_t i = 0; i < recipe->parent_count && source->status == STATUS_OK; i++) {
		const struct merge_parent *parent = &recipe->parents[i];
		struct text note = {0};
		text_append(&note, recipe->note);
		if (parent->revision)
			text_append_format(&note, ", revision %s", parent->revision);
		struct record edge = {.type = RECORD_EDGE, .line = recipe->line, .of.edge = {
			.child = child, .parent = parent->name, .relation = RELATION_MERGE,
			.weight = recipe->assumed && parent->share > 0 ? NAN : parent->share, .method = recipe->method,
			.source = "config", .trust = TRUST_CONFIGURATION, .note = text_string(&note),
		}};
		if (utf8_compare_names(child, parent->name) == 0) {
			reject(source, recipe->line, 0, "%s is given as its own parent", child);
		} else if (deliver(source, &edge) == STATUS_OK) {
			deliver_adapter(source, parent->name, recipe->line);
		}
		text_free(&note);
	}
	deliver_parents(source, recipe, child);
}

enum status mergekit_read(struct source *source)
{
	struct text text = {0};
	struct merge_recipe recipe = {0};

	if (source_rest(source, &text, FILE_MAX_BYTES) == STATUS_OK)
		source->status = merge_recipe_read(text_string(&text), text.length, source->name, source->sink,
						   &recipe, source->error);
	if (source->status == STATUS_OK) {
		char *child = child_name(source, &recipe);
		deliver_recipe(source, &recipe, child);
		free(child);
	}
	merge_recipe_free(&recipe);
	text_free(&text);
	return source->status;
}
