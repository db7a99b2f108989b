/* Reading mergekit configurations and reducing them to parents and shares
 * (formats.md §3). */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"
#include "stemma/formats/mergekit.h"
#include "yaml_tree.h"

#define FILE_MAX_BYTES ((size_t)4 << 20)
#define MODEL_LAYERS 32  /* of a `models` merge: its length is not in the file */
#define SOURCES_MAX 256
#define MOE_BASE_SHARE (1.0 / 3) /* attention stays the base's */

/* One document on its way to a recipe. */
struct stage {
	yaml_document_t *document;
	yaml_node_t *root;
	const struct record_sink *sink;
	struct merge_recipe recipe;
	char *base;             /* reference without revision; NULL none */
	yaml_node_t *scope[3];  /* `parameters` of slice, module, global: inner first */
};

static long node_line(const yaml_node_t *node)
{
	return node ? (long)node->start_mark.line + 1 : 0;
}

static long node_column(const yaml_node_t *node)
{
	return node ? (long)node->start_mark.column + 1 : 0;
}

/* ---- unknown keys ----------------------------------------------------------------------------- */

static size_t edit_distance(const char *a, const char *b)
{
	size_t row[64], n = strlen(b);

	if (n >= 63)
		return 99;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]), least = row[j - 1] + 1;
			diagonal = row[j];
			if (row[j] + 1 < least)
				least = row[j] + 1;
			row[j] = change < least ? change : least;
		}
	}
	return row[n];
}

static const char *const top_keys[] = {"merge_method", "models", "slices", "modules", "base_model",
	"parameters", "dtype", "out_dtype", "tokenizer_source", "tokenizer", "chat_template", "name",
	"experts", "gate_mode", "experts_per_token", "shared_experts", "architecture", "genome", "tasks",
	"limit", "num_fewshot", NULL};
static const char *const model_keys[] = {"model", "parameters", NULL};
static const char *const slice_keys[] = {"sources", "base_model", "residual_weight", "parameters", NULL};
static const char *const source_keys[] = {"model", "layer_range", "parameters", NULL};
static const char *const parameter_keys[] = {"weight", "density", "gamma", "epsilon", "scale", "t",
	"normalize", "lambda", "rescale", "int8_mask", "select_topk", "filter_wise", "nuslerp_row_wise",
	"nuslerp_flatten", "normalize_weights", "max_iter", "tol", "r", "alpha", NULL};

/* mergekit ignores keys that it does not know without a word: say so. */
static void warn_unknown_keys(const struct stage *stage, yaml_node_t *node, const char *const *known)
{
	if (!node || node->type != YAML_MAPPING_NODE)
		return;
	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
	     pair++) {
		yaml_node_t *key = yaml_document_get_node(stage->document, pair->key);
		const char *name = yaml_text(key), *nearest = NULL;
		size_t best = 3;
		bool found = false;
		for (size_t i = 0; name && known[i] && !found; i++) {
			size_t distance = edit_distance(name, known[i]);
			found = distance == 0;
			if (distance < best)
				best = distance, nearest = known[i];
		}
		if (!name || found)
			continue;
		if (nearest)
			warn(stage->sink, node_line(key), node_column(key),
			     "mergekit ignores the key \"%s\"; is \"%s\" meant?", name, nearest);
		else
			warn(stage->sink, node_line(key), node_column(key),
			     "mergekit ignores the key \"%s\" here", name);
	}
}

/* ---- references to models -------------------------------------------------------------------------- */

/* Copies PATH of PATH[@REVISION][+LORA[@REVISION]], keeping "+LORA" and putting
 * the model's revision aside. */
static char *reference_split(const char *reference, char **revision)
{
	const char *plus = strchr(reference, '+');
	size_t length = plus ? (size_t)(plus - reference) : strlen(reference);
	const char *at = memchr(reference, '@', length);
	struct text name = {0};

	if (strncmp(reference, "./intermediates/", 16) == 0) {
		reference += 16;
		length -= 16;
	}
	text_append_bytes(&name, reference, at ? (size_t)(at - reference) : length);
	if (at)
		*revision = memory_string_slice(at + 1, length - (size_t)(at + 1 - reference));
	if (plus)
		text_append_bytes(&name, plus, strcspn(plus, "@"));
	return text_steal(&name);
}

/* A reference as text or as a mapping {model: {path, revision}, lora: {path}};
 * NULL when it is none.  The caller frees both. */
static char *reference_read(const struct stage *stage, yaml_node_t *node, char **revision)
{
	const char *plain = yaml_text(node);

	*revision = NULL;
	if (plain)
		return reference_split(plain, revision);
	yaml_node_t *model = yaml_get(stage->document, node, "model");
	const char *path = yaml_text(yaml_get(stage->document, model ? model : node, "path"));
	if (!path)
		path = yaml_text(model);
	if (!path)
		return NULL;
	struct text name = {0};
	text_append(&name, path);
	const char *rest = yaml_text(yaml_get(stage->document, model, "revision"));
	if (rest)
		*revision = memory_string(rest);
	yaml_node_t *lora = yaml_get(stage->document, node, "lora");
	rest = yaml_text(lora) ? yaml_text(lora) : yaml_text(yaml_get(stage->document, lora, "path"));
	if (rest)
		text_append_format(&name, "+%s", rest);
	return text_steal(&name);
}

/* ---- parameter values -------------------------------------------------------------------------------- */

/* Tensors of a layer and their share of its parameters: attention a third,
 * the feed-forward part two thirds. */
static const struct {
	const char *name;
	double share;
} tensors[] = {
	{"self_attn.q_proj.weight", 1.0 / 12}, {"self_attn.k_proj.weight", 1.0 / 12},
	{"self_attn.v_proj.weight", 1.0 / 12}, {"self_attn.o_proj.weight", 1.0 / 12},
	{"mlp.gate_proj.weight", 2.0 / 9}, {"mlp.up_proj.weight", 2.0 / 9}, {"mlp.down_proj.weight", 2.0 / 9},
};

/* Mean over the layers of values interpolated between the knots. */
static double gradient_mean(const struct stage *stage, yaml_node_t *node, int layers)
{
	size_t knots = yaml_length(node);
	double sum = 0;

	for (int layer = 0; layer < layers; layer++) {
		double t = layers > 1 ? (double)layer / (layers - 1) : 1;
		double place = t * (double)(knots - 1);
		size_t left = (size_t)place;
		size_t right = left + 1 < knots ? left + 1 : left;
		double a = yaml_number(yaml_item(stage->document, node, left));
		double b = yaml_number(yaml_item(stage->document, node, right));
		sum += a + (b - a) * (place - (double)left);
	}
	return sum / layers;
}

static double plain_value(const struct stage *stage, yaml_node_t *node, int layers)
{
	return yaml_length(node) ? gradient_mean(stage, node, layers) : yaml_number(node);
}

/* The value for one tensor: the first entry whose filter is part of its name. */
static double filtered_value(const struct stage *stage, yaml_node_t *list, const char *tensor, int layers)
{
	for (size_t i = 0; i < yaml_length(list); i++) {
		yaml_node_t *entry = yaml_item(stage->document, list, i);
		const char *filter = yaml_text(yaml_get(stage->document, entry, "filter"));
		if (!filter || strcmp(filter, "*") == 0 || strstr(tensor, filter))
			return plain_value(stage, yaml_get(stage->document, entry, "value"), layers);
	}
	return NAN;
}

/* A number, a gradient, or a list of conditions; NAN when it is none. */
static double parameter_value(const struct stage *stage, yaml_node_t *node, int layers)
{
	yaml_node_t *first = yaml_item(stage->document, node, 0);
	double sum = 0;

	if (!first || first->type != YAML_MAPPING_NODE)
		return plain_value(stage, node, layers);
	for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++)
		sum += tensors[i].share * filtered_value(stage, node, tensors[i].name, layers);
	return sum;
}

/* Looks a parameter up from the inside out; NAN when nobody sets it. */
static double parameter(const struct stage *stage, yaml_node_t *own, const char *name, int layers)
{
	yaml_node_t *found = yaml_get(stage->document, yaml_get(stage->document, own, "parameters"), name);

	for (size_t i = 0; i < 3 && !found; i++)
		found = yaml_get(stage->document, stage->scope[i], name);
	return parameter_value(stage, found, layers);
}

/* ---- one slice ------------------------------------------------------------------------------------------ */

struct slice_source {
	char *name, *revision;
	double weight;
	bool subtracted;
};

static void recipe_add(struct merge_recipe *recipe, const struct slice_source *source, double share,
		       bool base)
{
	struct merge_parent *parent = NULL;

	for (size_t i = 0; i < recipe->parent_count; i++)
		if (utf8_compare_names(recipe->parents[i].name, source->name) == 0)
			parent = &recipe->parents[i];
	if (!parent) {
		recipe->parents = memory_resize(recipe->parents, recipe->parent_count + 1, sizeof *parent);
		parent = &recipe->parents[recipe->parent_count++];
		*parent = (struct merge_parent){
			.name = memory_string(source->name),
			.revision = memory_string(source->revision),
		};
	}
	parent->share += share;
	parent->base = parent->base || base;
	parent->subtracted = parent->subtracted || source->subtracted;
}

/* Reads the sources of a slice (or the models); the same model twice counts
 * once, with its first parameters.  Returns how many. */
static size_t slice_sources(struct stage *stage, yaml_node_t *list, const char *const *keys, int layers,
			    struct slice_source *sources)
{
	size_t count = 0;

	for (size_t i = 0; i < yaml_length(list) && count < SOURCES_MAX; i++) {
		yaml_node_t *node = yaml_item(stage->document, list, i);
		yaml_node_t *model = yaml_get(stage->document, node, "model");
		bool repeated = false;
		struct slice_source source = {.name = NULL};
		source.name = reference_read(stage, model ? model : node, &source.revision);
		warn_unknown_keys(stage, node, keys);
		warn_unknown_keys(stage, yaml_get(stage->document, node, "parameters"), parameter_keys);
		for (size_t j = 0; source.name && j < count; j++)
			repeated = repeated || utf8_compare_names(sources[j].name, source.name) == 0;
		if (!source.name || repeated) {
			if (!source.name)
				warn(stage->sink, node_line(node), node_column(node), "a source without a model; left out");
			free(source.name);
			free(source.revision);
			continue;
		}
		double weight = parameter(stage, node, "weight", layers);
		source.subtracted = weight < 0;
		source.weight = fabs(weight);
		sources[count++] = source;
	}
	return count;
}

static int find_base(const struct stage *stage, const struct slice_source *sources, size_t count)
{
	for (size_t i = 0; i < count && stage->base; i++)
		if (utf8_compare_names(sources[i].name, stage->base) == 0)
			return (int)i;
	return -1;
}

/* slerp says t, not weights: the base keeps 1 - t. */
static void slerp_weights(struct stage *stage, struct slice_source *sources, size_t count, int base,
			  int layers)
{
	double t = parameter(stage, NULL, "t", layers);

	if (isnan(t)) {
		warn(stage->sink, stage->recipe.line, 0, "slerp without t; one half is assumed");
		stage->recipe.assumed = true;
		t = 0.5;
	}
	for (size_t i = 0; i < count; i++)
		sources[i].weight = (int)i == base ? 1 - t : t;
}

/* Weights that nobody gives: alike, and said so where the method needs them. */
static void default_weights(struct stage *stage, struct slice_source *sources, size_t count, int base)
{
	const struct merge_method_info *info = merge_method_info(stage->recipe.known_method);
	bool needed = info->reduction == REDUCE_MEAN || info->reduction == REDUCE_TASK ||
		      info->reduction == REDUCE_ELECT;
	size_t unknown = 0, others = 0;

	for (size_t i = 0; i < count; i++) {
		others += (int)i != base;
		unknown += (int)i != base && isnan(sources[i].weight);
	}
	if (unknown > 0 && needed && others > 1) {
		warn(stage->sink, stage->recipe.line, 0, "%zu of %zu models have no weight; equal ones are assumed",
		     unknown, others);
		stage->recipe.assumed = true;
	}
	for (size_t i = 0; i < count; i++)
		if (isnan(sources[i].weight))
			sources[i].weight = others ? 1.0 / (double)others : 1;
}

/* `normalize` turns weights into shares of the whole difference, or not. */
static double effective_lambda(const struct stage *stage, struct slice_source *sources, size_t count,
			       int base, int layers)
{
	const struct merge_method_info *info = merge_method_info(stage->recipe.known_method);
	double lambda = parameter(stage, NULL, "lambda", layers);
	double normalize = parameter(stage, NULL, "normalize", layers), sum = 0;
	bool normal = isnan(normalize) ? info->normalize : normalize > 0;

	if (isnan(lambda))
		lambda = 1;
	for (size_t i = 0; i < count; i++)
		sum += (int)i != base ? sources[i].weight : 0;
	if (info->reduction == REDUCE_TASK && normal && sum > 0)
		for (size_t i = 0; i < count; i++)
			sources[i].weight /= sum;
	if (info->reduction == REDUCE_ELECT && !normal)
		lambda *= sum;
	return lambda;
}

/* Checks what mergekit would refuse or users get wrong. */
static void warn_faults(const struct stage *stage, size_t count, int base)
{
	const struct merge_method_info *info = merge_method_info(stage->recipe.known_method);
	size_t others = count - (base >= 0);
	long line = stage->recipe.line;

	if (info->needs_base && !stage->base)
		warn(stage->sink, line, 0, "%s needs a base_model", info->name);
	if (info->parents_max && others > (size_t)info->parents_max)
		warn(stage->sink, line, 0, "%s takes %d model%s besides the base, here are %zu", info->name,
		     info->parents_max, info->parents_max == 1 ? "" : "s", others);
	if (others < (size_t)info->parents_min)
		warn(stage->sink, line, 0, "%s takes at least %d model%s besides the base, here are %zu",
		     info->name, info->parents_min, info->parents_min == 1 ? "" : "s", others);
	if (stage->recipe.known_method == MERGE_LINEAR && stage->base && base < 0)
		warn(stage->sink, line, 0, "linear with a base that is not among the models fails in mergekit");
}

static void slice_reduce(struct stage *stage, yaml_node_t *list, const char *const *keys, int layers,
			 double part)
{
	struct slice_source *sources = memory_zero(SOURCES_MAX, sizeof *sources);
	size_t count = slice_sources(stage, list, keys, layers, sources);
	int base = find_base(stage, sources, count);
	enum merge_method method = stage->recipe.known_method;
	double *weights = memory_zero(count + 1, sizeof *weights), *shares = memory_zero(count + 1, sizeof *shares);
	double base_share = 0;

	if (method == MERGE_METHOD_COUNT) {
		for (size_t i = 0; i < count; i++)
			shares[i] = 1.0 / (double)count;
	} else {
		if (merge_method_info(method)->reduction == REDUCE_SLERP)
			slerp_weights(stage, sources, count, base, layers);
		default_weights(stage, sources, count, base);
		double lambda = effective_lambda(stage, sources, count, base, layers);
		for (size_t i = 0; i < count; i++)
			weights[i] = sources[i].weight;
		if (part > 0.999)
			warn_faults(stage, count, base);
		merge_shares(method, count, weights, base, lambda, shares, &base_share);
	}
	for (size_t i = 0; i < count; i++)
		recipe_add(&stage->recipe, &sources[i], part * shares[i], (int)i == base);
	if (stage->base && base < 0 && count > 0) {
		struct slice_source outside = {.name = stage->base};
		recipe_add(&stage->recipe, &outside, part * base_share, true);
	}
	for (size_t i = 0; i < count; i++) {
		free(sources[i].name);
		free(sources[i].revision);
	}
	free(sources);
	free(weights);
	free(shares);
}

/* ---- one document ---------------------------------------------------------------------------------------- */

static int slice_layers(const struct stage *stage, yaml_node_t *slice)
{
	yaml_node_t *source = yaml_item(stage->document, yaml_get(stage->document, slice, "sources"), 0);
	yaml_node_t *range = yaml_get(stage->document, source, "layer_range");
	double from = yaml_number(yaml_item(stage->document, range, 0));
	double to = yaml_number(yaml_item(stage->document, range, 1));

	return to > from && to - from < 10000 ? (int)(to - from) : 1;
}

static void reduce_slices(struct stage *stage, yaml_node_t *slices)
{
	int total = 0;

	for (size_t i = 0; i < yaml_length(slices); i++)
		total += slice_layers(stage, yaml_item(stage->document, slices, i));
	for (size_t i = 0; i < yaml_length(slices); i++) {
		yaml_node_t *slice = yaml_item(stage->document, slices, i);
		int layers = slice_layers(stage, slice);
		warn_unknown_keys(stage, slice, slice_keys);
		stage->scope[0] = yaml_get(stage->document, slice, "parameters");
		slice_reduce(stage, yaml_get(stage->document, slice, "sources"), source_keys, layers,
			     (double)layers / total);
		stage->scope[0] = NULL;
	}
}

/* Models or slices of the document or of one module. */
static bool reduce_body(struct stage *stage, yaml_node_t *body)
{
	yaml_node_t *models = yaml_get(stage->document, body, "models");
	yaml_node_t *slices = yaml_get(stage->document, body, "slices");

	if (yaml_length(slices))
		reduce_slices(stage, slices);
	else if (yaml_length(models))
		slice_reduce(stage, models, model_keys, MODEL_LAYERS, 1);
	return stage->recipe.parent_count > 0;
}

/* The module that holds the language model: "default", else the first. */
static yaml_node_t *main_module(const struct stage *stage, yaml_node_t *modules)
{
	yaml_node_t *module = yaml_get(stage->document, modules, "default");

	if (!module && modules && modules->type == YAML_MAPPING_NODE &&
	    modules->data.mapping.pairs.start < modules->data.mapping.pairs.top)
		module = yaml_document_get_node(stage->document, modules->data.mapping.pairs.start->value);
	return module;
}

/* mergekit-moe: the base keeps the attention, the experts share the rest. */
static void reduce_experts(struct stage *stage, yaml_node_t *experts)
{
	size_t count = yaml_length(experts);

	for (size_t i = 0; i < count; i++) {
		struct slice_source source = {.name = NULL};
		yaml_node_t *expert = yaml_item(stage->document, experts, i);
		source.name = reference_read(stage, yaml_get(stage->document, expert, "source_model"),
					     &source.revision);
		if (source.name)
			recipe_add(&stage->recipe, &source,
				   (stage->base ? 1 - MOE_BASE_SHARE : 1) / (double)count, false);
		free(source.name);
		free(source.revision);
	}
	struct slice_source base = {.name = stage->base};
	if (stage->base)
		recipe_add(&stage->recipe, &base, MOE_BASE_SHARE, true);
}

/* mergekit-evolve: a search space; its models are parents without weights. */
static void reduce_genome(struct stage *stage, yaml_node_t *genome)
{
	yaml_node_t *models = yaml_get(stage->document, genome, "models");
	size_t count = yaml_length(models);

	for (size_t i = 0; i < count; i++) {
		struct slice_source source = {.name = NULL};
		source.name = reference_read(stage, yaml_item(stage->document, models, i), &source.revision);
		if (source.name)
			recipe_add(&stage->recipe, &source, 1.0 / (double)count, false);
		free(source.name);
		free(source.revision);
	}
	stage->recipe.assumed = true;
}

static void stage_note(struct stage *stage)
{
	struct merge_recipe *recipe = &stage->recipe;
	struct text note = {0};
	bool subtracted = false;

	for (size_t i = 0; i < recipe->parent_count; i++)
		subtracted = subtracted || recipe->parents[i].subtracted;
	text_append_format(&note, "%s", recipe->method);
	if (recipe->assumed)
		text_append(&note, ", weights assumed");
	if (subtracted)
		text_append(&note, ", subtracts a model");
	recipe->note = text_steal(&note);
}

static enum status stage_fail(struct stage *stage, const char *file, const char *what, struct error *error)
{
	error_set(error, STATUS_DATA, "%s", what);
	return error_locate(error, file, node_line(stage->root), node_column(stage->root));
}

static void stage_read_head(struct stage *stage)
{
	yaml_node_t *genome = yaml_get(stage->document, stage->root, "genome");
	yaml_node_t *head = genome ? genome : stage->root;
	const char *method = yaml_text(yaml_get(stage->document, head, "merge_method"));
	const char *name = yaml_text(yaml_get(stage->document, stage->root, "name"));
	const char *dtype = yaml_text(yaml_get(stage->document, stage->root, "dtype"));
	char *revision = NULL;

	if (yaml_get(stage->document, stage->root, "experts"))
		method = "moe";
	stage->recipe.method = memory_string(method);
	stage->recipe.known_method = method ? merge_method_parse(method) : MERGE_METHOD_COUNT;
	stage->recipe.name = memory_string(name);
	stage->recipe.dtype = memory_string(dtype);
	stage->recipe.line = node_line(stage->root);
	stage->base = reference_read(stage, yaml_get(stage->document, head, "base_model"), &revision);
	stage->scope[2] = yaml_get(stage->document, stage->root, "parameters");
	free(revision);
	warn_unknown_keys(stage, stage->root, top_keys);
	warn_unknown_keys(stage, stage->scope[2], parameter_keys);
}

static enum status stage_read(struct stage *stage, const char *file, struct error *error)
{
	yaml_node_t *experts, *genome, *modules;

	if (!stage->root || stage->root->type != YAML_MAPPING_NODE)
		return stage_fail(stage, file, "a merge configuration is a mapping with merge_method", error);
	stage_read_head(stage);
	if (!stage->recipe.method)
		return stage_fail(stage, file, "the key merge_method is missing", error);
	experts = yaml_get(stage->document, stage->root, "experts");
	genome = yaml_get(stage->document, stage->root, "genome");
	modules = yaml_get(stage->document, stage->root, "modules");
	if (!experts && !genome && stage->recipe.known_method == MERGE_METHOD_COUNT) {
		warn(stage->sink, stage->recipe.line, 0, "unknown method \"%s\"; equal weights are assumed",
		     stage->recipe.method);
		stage->recipe.assumed = true;
	}
	if (experts) {
		reduce_experts(stage, experts);
	} else if (genome) {
		reduce_genome(stage, genome);
	} else if (modules) {
		yaml_node_t *module = main_module(stage, modules);
		stage->scope[1] = yaml_get(stage->document, module, "parameters");
		reduce_body(stage, module);
	} else {
		reduce_body(stage, stage->root);
	}
	if (stage->recipe.parent_count == 0)
		return stage_fail(stage, file, "it names no models: models, slices or modules is missing", error);
	stage_note(stage);
	return STATUS_OK;
}

/* ---- several documents --------------------------------------------------------------------------------------- */

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

static struct stage *find_stage(struct stage *stages, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (stages[i].recipe.name && strcmp(stages[i].recipe.name, name) == 0)
			return &stages[i];
	return NULL;
}

/* Replaces intermediates by their own parents until none is left.  Each round
 * goes one stage deeper; more rounds than stages are a cycle. */
static enum status substitute(struct stage *stages, size_t count, struct merge_recipe *recipe,
			      const char *file, struct error *error)
{
	for (size_t round = 0; round <= count; round++) {
		struct merge_recipe next = {0};
		bool replaced = false;
		for (size_t i = 0; i < recipe->parent_count; i++) {
			struct merge_parent *parent = &recipe->parents[i];
			struct stage *inner = find_stage(stages, count, parent->name);
			struct slice_source source = {.name = parent->name, .revision = parent->revision,
						      .subtracted = parent->subtracted};
			replaced = replaced || inner;
			if (!inner)
				recipe_add(&next, &source, parent->share, parent->base);
			for (size_t p = 0; inner && p < inner->recipe.parent_count; p++) {
				struct merge_parent *own = &inner->recipe.parents[p];
				struct slice_source deeper = {.name = own->name, .revision = own->revision,
							      .subtracted = own->subtracted};
				recipe_add(&next, &deeper, parent->share * own->share, false);
			}
		}
		for (size_t i = 0; i < recipe->parent_count; i++)
			parent_clear(&recipe->parents[i]);
		free(recipe->parents);
		recipe->parents = next.parents;
		recipe->parent_count = next.parent_count;
		if (!replaced)
			return STATUS_OK;
	}
	error_set(error, STATUS_DATA, "the documents refer to each other in a circle");
	return error_locate(error, file, recipe->line, 0);
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
	size_t count = status == STATUS_OK ? tree->count : 0;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		stages[i].document = &tree->documents[i];
		stages[i].root = yaml_document_get_root_node(stages[i].document);
		stages[i].sink = sink;
		status = stage_read(&stages[i], file, error);
	}
	if (status == STATUS_OK) {
		*recipe = stages[count - 1].recipe;
		stages[count - 1].recipe = (struct merge_recipe){0};
		status = substitute(stages, count - 1, recipe, file, error);
	}
	if (status != STATUS_OK)
		merge_recipe_free(recipe);
	for (size_t i = 0; i < count; i++) {
		merge_recipe_free(&stages[i].recipe);
		free(stages[i].base);
	}
	free(stages);
	yaml_tree_free(tree);
	free(tree);
	return status;
}

/* ---- as records --------------------------------------------------------------------------------------------------- */

/* The child is not named in the file: its `name`, else the file's own name, or
 * its folder's where the file has mergekit's standard name. */
static char *child_name(const struct merge_recipe *recipe, const char *file)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;

	if (recipe->name)
		return memory_string(recipe->name);
	if (slash && (strcmp(name, "mergekit_config.yml") == 0 || strcmp(name, "mergekit_moe_config.yml") == 0)) {
		const char *start = slash;
		while (start > file && start[-1] != '/')
			start--;
		if (start < slash)
			return memory_string_slice(start, (size_t)(slash - start));
	}
	const char *dot = strrchr(name, '.');
	return memory_string_slice(name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
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

static void deliver_recipe(struct source *source, const struct merge_recipe *recipe, const char *child)
{
	struct record model = {.type = RECORD_MODEL, .line = recipe->line, .of.model = {
		.name = child, .params_b = NAN, .likes = NAN, .moe = ANSWER_UNKNOWN, .kind = KIND_MERGE,
		.source = "config", .rank = RANK_USER,
	}};
	deliver(source, &model);
	for (size_t i = 0; i < recipe->parent_count && source->status == STATUS_OK; i++) {
		const struct merge_parent *parent = &recipe->parents[i];
		struct record edge = {.type = RECORD_EDGE, .line = recipe->line, .of.edge = {
			.child = child, .parent = parent->name, .relation = RELATION_MERGE,
			.weight = recipe->assumed ? NAN : parent->share, .method = recipe->method,
			.source = "config", .trust = TRUST_CONFIGURATION, .note = recipe->note,
		}};
		if (utf8_compare_names(child, parent->name) == 0) {
			reject(source, recipe->line, 0, "%s is given as its own parent", child);
			continue;
		}
		if (deliver(source, &edge) == STATUS_OK)
			deliver_adapter(source, parent->name, recipe->line);
	}
}

enum status mergekit_read(struct source *source)
{
	struct text text = {0};
	struct merge_recipe recipe = {0};

	if (source_rest(source, &text, FILE_MAX_BYTES) == STATUS_OK)
		source->status = merge_recipe_read(text_string(&text), text.length, source->name, source->sink,
						   &recipe, source->error);
	if (source->status == STATUS_OK) {
		char *child = child_name(&recipe, source->name);
		deliver_recipe(source, &recipe, child);
		free(child);
	}
	merge_recipe_free(&recipe);
	text_free(&text);
	return source->status;
}
