/* Reading mergekit configurations: documents and their parts (formats.md §3). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "merge.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"

#define SLICES_MAX 1000
#define LAYERS_MAX 10000
#define MOE_BASE_SHARE (1.0 / 3) /* attention stays the base's */

static void parent_clear(struct merge_parent *parent)
{
	free(parent->name);
	free(parent->revision);
}

void merge_recipe_free(struct merge_recipe *recipe)
{
	for (size_t i = 0; i < recipe->parent_count; i++)
		parent_clear(&recipe->parents[i]);
	free(recipe->parents);
	free(recipe->name);
	free(recipe->method);
	free(recipe->dtype);
	free(recipe->note);
	*recipe = (struct merge_recipe){0};
}

/* Drops what has no share and is no base either: no parent. */
static void recipe_prune(struct merge_recipe *recipe)
{
	size_t kept = 0;

	for (size_t i = 0; i < recipe->parent_count; i++)
		if (recipe->parents[i].share > 0 || recipe->parents[i].base)
			recipe->parents[kept++] = recipe->parents[i];
		else
			parent_clear(&recipe->parents[i]);
	recipe->parent_count = kept;
}

/* ---- models, slices, modules ----------------------------------------------- */

static int slice_layers(const struct stage *stage, yaml_node_t *slice)
{
	yaml_node_t *source = yaml_item(stage->document, yaml_get(stage->document, slice, "sources"), 0);
	yaml_node_t *range = yaml_get(stage->document, source, "layer_range");
	double from = yaml_number(yaml_item(stage->document, range, 0));
	double to = yaml_number(yaml_item(stage->document, range, 1));

	return to - from >= 1 && to - from < LAYERS_MAX ? (int)(to - from) : 1;
}

static void reduce_slice(struct stage *stage, yaml_node_t *slice, int total)
{
	char *outer = stage->base, *outer_revision = stage->base_revision, *revision;
	char *own = reference_read(stage, yaml_get(stage->document, slice, "base_model"), &revision);
	int layers = slice_layers(stage, slice);

	warn_unknown_keys(stage, slice, merge_slice_keys);
	warn_unknown_keys(stage, yaml_get(stage->document, slice, "parameters"), merge_parameter_keys);
	if (own) {
		stage->base = own;
		stage->base_revision = revision;
	}
	stage->scope[0] = yaml_get(stage->document, slice, "parameters");
	slice_reduce(stage, yaml_get(stage->document, slice, "sources"), merge_source_keys, layers,
		     (double)layers / total);
	stage->scope[0] = NULL;
	stage->base = outer;
	stage->base_revision = outer_revision;
	free(own);
	free(revision);
}

static void reduce_slices(struct stage *stage, yaml_node_t *slices)
{
	size_t count = yaml_length(slices) < SLICES_MAX ? yaml_length(slices) : SLICES_MAX;
	int total = 0;

	if (count < yaml_length(slices))
		warn(stage->sink, node_line(slices), node_column(slices), "%zu slices; only the first %d are read",
		     yaml_length(slices), SLICES_MAX);
	for (size_t i = 0; i < count; i++)
		total += slice_layers(stage, yaml_item(stage->document, slices, i));
	for (size_t i = 0; i < count; i++)
		reduce_slice(stage, yaml_item(stage->document, slices, i), total);
}

/* Models or slices of the document or of one module. */
static void reduce_body(struct stage *stage, yaml_node_t *body)
{
	yaml_node_t *slices = yaml_get(stage->document, body, "slices");
	yaml_node_t *models = yaml_get(stage->document, body, "models");

	if (yaml_length(slices))
		reduce_slices(stage, slices);
	else if (yaml_length(models))
		slice_reduce(stage, models, merge_model_keys, MERGE_MODEL_LAYERS, 1);
}

/* The module that holds the language model: "default", else the first. */
static void reduce_modules(struct stage *stage, yaml_node_t *modules)
{
	yaml_node_t *module = yaml_get(stage->document, modules, "default");

	if (!module && modules->type == YAML_MAPPING_NODE &&
	    modules->data.mapping.pairs.start < modules->data.mapping.pairs.top)
		module = yaml_document_get_node(stage->document, modules->data.mapping.pairs.start->value);
	stage->scope[1] = yaml_get(stage->document, module, "parameters");
	reduce_body(stage, module);
}

/* ---- experts and search spaces --------------------------------------------- */

/* Adds the models that a list names, `share` each. */
static void add_listed(struct stage *stage, yaml_node_t *list, const char *key, double share)
{
	yaml_node_t *node;

	for (size_t i = 0; (node = yaml_item(stage->document, list, i)); i++) {
		struct slice_source source = {.name = NULL};
		yaml_node_t *reference = key ? yaml_get(stage->document, node, key) : node;
		if (key)
			warn_unknown_keys(stage, node, merge_expert_keys);
		source.name = reference_read(stage, reference, &source.revision);
		if (source.name)
			recipe_add(&stage->recipe, &source, share, false);
		free(source.name);
		free(source.revision);
	}
}

static void add_base(struct stage *stage, double share)
{
	struct slice_source base = {.name = stage->base, .revision = stage->base_revision};

	if (stage->base)
		recipe_add(&stage->recipe, &base, share, true);
}

/* Brings shares that do not sum to 1 (an unreadable entry) back to it. */
static void recipe_normalize(struct merge_recipe *recipe)
{
	double sum = 0;

	for (size_t i = 0; i < recipe->parent_count; i++)
		sum += recipe->parents[i].share;
	if (fabs(sum - 1) < 1e-9) /* its last digits stay as they are */
		return;
	for (size_t i = 0; i < recipe->parent_count && sum > 0; i++)
		recipe->parents[i].share /= sum;
}

/* mergekit-moe: the base keeps the attention, the experts share the rest. */
static void reduce_experts(struct stage *stage, yaml_node_t *experts)
{
	yaml_node_t *shared = yaml_get(stage->document, stage->root, "shared_experts");
	size_t count = yaml_length(experts) + yaml_length(shared);
	double rest = stage->base ? 1 - MOE_BASE_SHARE : 1;

	add_listed(stage, experts, "source_model", rest / (double)count);
	add_listed(stage, shared, "source_model", rest / (double)count);
	if (stage->recipe.parent_count > 0)
		add_base(stage, MOE_BASE_SHARE);
	recipe_normalize(&stage->recipe);
}

/* mergekit-evolve: a search space; its models are parents without weights. */
static void reduce_genome(struct stage *stage, yaml_node_t *genome)
{
	yaml_node_t *models = yaml_get(stage->document, genome, "models");

	add_listed(stage, models, NULL, 1.0 / (double)yaml_length(models));
	if (stage->recipe.parent_count > 0)
		add_base(stage, 0);
	recipe_normalize(&stage->recipe);
	stage->recipe.assumed = true;
}

/* ---- one document ---------------------------------------------------------- */

static const char *reduction_reason(const struct stage *stage)
{
	static const char *const reasons[] = {
		[REDUCE_MEAN] = "weights divided by their sum",
		[REDUCE_SLERP] = "1 - t of the base, t of the other",
		[REDUCE_TASK] = "lambda times the weights, the rest stays with the base",
		[REDUCE_ELECT] = "weights divided by their sum",
		[REDUCE_EQUAL] = "all alike",
		[REDUCE_STOCK] = "an angle between the models assumed",
		[REDUCE_NEAR] = "most stays with the base, as measured",
		[REDUCE_LAYERS] = "by layers",
	};
	if (yaml_get(stage->document, stage->root, "genome"))
		return "a search space";
	if (yaml_get(stage->document, stage->root, "experts"))
		return "a third of the base, the experts share the rest";
	if (stage->recipe.known_method == MERGE_METHOD_COUNT)
		return "unknown method";
	return reasons[merge_method_info(stage->recipe.known_method)->reduction];
}

static void stage_note(struct stage *stage)
{
	struct merge_recipe *recipe = &stage->recipe;
	struct text note = {0};
	bool subtracts = false;

	for (size_t i = 0; i < recipe->parent_count; i++)
		subtracts = subtracts || recipe->parents[i].subtracted;
	text_append_format(&note, "%s: %s", recipe->method, reduction_reason(stage));
	if (recipe->assumed)
		text_append(&note, ", weights assumed");
	if (subtracts)
		text_append(&note, ", subtracts a model");
	if (stage->extrapolates)
		text_append(&note, ", extrapolates");
	recipe->note = text_steal(&note);
}

static enum status stage_fail(const struct stage *stage, const char *file, const char *what,
			      const char *advice, struct error *error)
{
	error_set(error, STATUS_DATA, "%s", what);
	error_locate(error, file, node_line(stage->root), node_column(stage->root));
	return error_advise(error, "%s", advice);
}

static void stage_read_head(struct stage *stage)
{
	yaml_node_t *genome = yaml_get(stage->document, stage->root, "genome");
	yaml_node_t *head = genome ? genome : stage->root;
	const char *method = yaml_text(yaml_get(stage->document, head, "merge_method"));

	if (yaml_get(stage->document, stage->root, "experts"))
		method = "moe";
	stage->recipe.method = memory_string(method);
	stage->recipe.known_method = method ? merge_method_parse(method) : MERGE_METHOD_COUNT;
	stage->recipe.name = memory_string(yaml_text(yaml_get(stage->document, stage->root, "name")));
	stage->recipe.dtype = memory_string(yaml_text(yaml_get(stage->document, stage->root, "dtype")));
	stage->recipe.line = node_line(stage->root);
	stage->base = reference_read(stage, yaml_get(stage->document, head, "base_model"),
				     &stage->base_revision);
	stage->scope[2] = yaml_get(stage->document, stage->root, "parameters");
	warn_unknown_keys(stage, stage->root, merge_top_keys);
	warn_unknown_keys(stage, stage->scope[2], merge_parameter_keys);
}

static void stage_reduce(struct stage *stage)
{
	yaml_node_t *experts = yaml_get(stage->document, stage->root, "experts");
	yaml_node_t *genome = yaml_get(stage->document, stage->root, "genome");
	yaml_node_t *modules = yaml_get(stage->document, stage->root, "modules");

	if (!experts && stage->recipe.known_method == MERGE_METHOD_COUNT) {
		warn(stage->sink, stage->recipe.line, 0, "unknown method \"%s\"; equal weights are assumed",
		     stage->recipe.method);
		stage->recipe.assumed = true;
	}
	if (experts)
		reduce_experts(stage, experts);
	else if (genome)
		reduce_genome(stage, genome);
	else if (modules)
		reduce_modules(stage, modules);
	else
		reduce_body(stage, stage->root);
	recipe_prune(&stage->recipe);
	recipe_normalize(&stage->recipe); /* a slice may be unreadable */
}

static enum status stage_read(struct stage *stage, const char *file, struct error *error)
{
	if (!stage->root || stage->root->type != YAML_MAPPING_NODE)
		return stage_fail(stage, file, "not a merge: the document is no mapping",
				  "a merge begins with merge_method: METHOD", error);
	stage_read_head(stage);
	if (!stage->recipe.method)
		return stage_fail(stage, file, "not a merge: the key merge_method is missing",
				  "write for example merge_method: linear", error);
	stage_reduce(stage);
	if (stage->crowded || stage->recipe.parent_count > MERGE_PARENTS_MAX)
		return stage_fail(stage, file, "a merge of more than 256 models", "split it into several", error);
	if (stage->recipe.parent_count == 0)
		return stage_fail(stage, file, "the merge names no models",
				  "list them under models, slices or modules", error);
	stage_note(stage);
	return STATUS_OK;
}

/* ---- several documents ----------------------------------------------------- */

static const struct stage *find_stage(const struct stage *stages, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (stages[i].recipe.name && strcmp(stages[i].recipe.name, name) == 0)
			return &stages[i];
	return NULL;
}

/* Adds an intermediate's own parents, each with its part of the share. */
static void add_deeper(struct merge_recipe *next, const struct merge_parent *outer,
		       const struct merge_recipe *inner)
{
	for (size_t i = 0; i < inner->parent_count; i++) {
		const struct merge_parent *own = &inner->parents[i];
		struct slice_source source = {.name = own->name, .revision = own->revision,
					      .subtracted = own->subtracted || outer->subtracted};
		recipe_add(next, &source, outer->share * own->share, own->base && outer->base);
	}
}

/* Replaces the intermediates among the parents once; false when there was none. */
static bool substitute_once(const struct stage *stages, size_t count, struct merge_recipe *recipe)
{
	struct merge_recipe next = {0};
	bool replaced = false;

	for (size_t i = 0; i < recipe->parent_count; i++) {
		struct merge_parent *parent = &recipe->parents[i];
		const struct stage *inner = find_stage(stages, count, parent->name);
		struct slice_source source = {.name = parent->name, .revision = parent->revision,
					      .subtracted = parent->subtracted};
		if (inner)
			add_deeper(&next, parent, &inner->recipe);
		else
			recipe_add(&next, &source, parent->share, parent->base);
		replaced = replaced || inner;
		recipe->assumed = recipe->assumed || (inner && inner->recipe.assumed);
	}
	for (size_t i = 0; i < recipe->parent_count; i++)
		parent_clear(&recipe->parents[i]);
	free(recipe->parents);
	recipe->parents = next.parents;
	recipe->parent_count = next.parent_count;
	return replaced;
}

/* Each round goes one stage deeper; more rounds than stages are a circle. */
static enum status substitute(const struct stage *stages, size_t count, struct merge_recipe *recipe,
			      const char *file, struct error *error)
{
	size_t rounds = 0;

	while (substitute_once(stages, count, recipe))
		if (++rounds > count) {
			error_set(error, STATUS_DATA, "the documents refer to each other in a circle");
			return error_locate(error, file, recipe->line, 0);
		}
	recipe_prune(recipe);
	if (recipe->parent_count > MERGE_PARENTS_MAX) {
		error_set(error, STATUS_DATA, "a merge of more than 256 models");
		return error_locate(error, file, recipe->line, 0);
	}
	return STATUS_OK;
}

static enum status stages_read(struct stage *stages, struct yaml_tree *tree, const char *file,
			       const struct record_sink *sink, struct error *error)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < tree->count && status == STATUS_OK; i++) {
		stages[i].document = &tree->documents[i];
		stages[i].root = yaml_document_get_root_node(stages[i].document);
		stages[i].sink = sink;
		stages[i].tree = tree;
		status = stage_read(&stages[i], file, error);
	}
	return status;
}

static void stages_free(struct stage *stages)
{
	for (size_t i = 0; i < YAML_DOCUMENTS_MAX; i++) {
		merge_recipe_free(&stages[i].recipe);
		free(stages[i].base);
		free(stages[i].base_revision);
	}
	free(stages);
}

enum status merge_recipe_read(const char *text, size_t length, const char *file,
			      const struct record_sink *sink, struct merge_recipe *recipe,
			      struct error *error)
{
	struct yaml_tree *tree = memory_zero(1, sizeof *tree);
	struct stage *stages = memory_zero(YAML_DOCUMENTS_MAX, sizeof *stages);
	enum status status = yaml_tree_read(tree, text, length, file, error);

	*recipe = (struct merge_recipe){0};
	if (status == STATUS_OK && tree->count == 0) {
		error_set(error, STATUS_DATA, "the file holds no YAML document");
		status = error_locate(error, file, 0, 0);
	}
	if (status == STATUS_OK)
		status = stages_read(stages, tree, file, sink, error);
	if (status == STATUS_OK) {
		struct stage *last = &stages[tree->count - 1];
		*recipe = last->recipe;
		last->recipe = (struct merge_recipe){0};
		status = substitute(stages, tree->count - 1, recipe, file, error);
	}
	if (status != STATUS_OK)
		merge_recipe_free(recipe);
	stages_free(stages);
	yaml_tree_free(tree);
	free(tree);
	return status;
}
