/* One slice of a merge: its sources, their weights, and what the method makes
 * of them (formats.md §3.3). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "merge.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

#define SOURCES_MAX MERGE_PARENTS_MAX

void recipe_add(struct merge_recipe *recipe, const struct slice_source *source, double share, bool base)
{
	struct merge_parent *parent = NULL;

	for (size_t i = 0; i < recipe->parent_count && !parent; i++)
		if (utf8_compare_names(recipe->parents[i].name, source->name) == 0)
			parent = &recipe->parents[i];
	if (!parent && recipe->parent_count > MERGE_PARENTS_MAX)
		return; /* one more than may be, by which it is refused */
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

/* ---- sources --------------------------------------------------------------- */

struct slice {
	struct slice_source source[SOURCES_MAX];
	size_t count;
	int base;   /* index, -1 when it is not among them */
	int layers;
};

static bool takes_weights(enum merge_reduction reduction)
{
	return reduction == REDUCE_MEAN || reduction == REDUCE_TASK || reduction == REDUCE_ELECT;
}

static bool slice_has(const struct slice *slice, const char *name)
{
	for (size_t i = 0; i < slice->count; i++)
		if (utf8_compare_names(slice->source[i].name, name) == 0)
			return true;
	return false;
}

static void slice_take(struct stage *stage, yaml_node_t *node, struct slice *slice)
{
	yaml_node_t *model = yaml_get(stage->document, node, "model");
	struct slice_source source = {.name = NULL};

	source.name = reference_read(stage, model ? model : node, &source.revision);
	if (!source.name) {
		warn(stage->sink, node_line(node), node_column(node), "a source without a model; left out");
		free(source.revision);
		return;
	}
	/* The same model twice counts once, with its first parameters. */
	bool known = slice_has(slice, source.name);
	stage->crowded = stage->crowded || (!known && slice->count == SOURCES_MAX);
	if (known || slice->count == SOURCES_MAX) {
		free(source.name);
		free(source.revision);
		return;
	}
	double weight = merge_parameter(stage, node, "weight", slice->layers);
	source.subtracted = weight < 0;
	source.weight = fabs(weight);
	slice->source[slice->count++] = source;
}

static void slice_read(struct stage *stage, yaml_node_t *list, const char *const *keys, struct slice *slice)
{
	yaml_node_t *node;

	for (size_t i = 0; (node = yaml_item(stage->document, list, i)); i++) {
		warn_unknown_keys(stage, node, keys);
		warn_unknown_keys(stage, yaml_get(stage->document, node, "parameters"), merge_parameter_keys);
		slice_take(stage, node, slice);
	}
	slice->base = -1;
	for (size_t i = 0; i < slice->count && stage->base; i++)
		if (utf8_compare_names(slice->source[i].name, stage->base) == 0)
			slice->base = (int)i;
}

static void slice_clear(struct slice *slice)
{
	for (size_t i = 0; i < slice->count; i++) {
		free(slice->source[i].name);
		free(slice->source[i].revision);
	}
}

/* ---- weights --------------------------------------------------------------- */

/* Whether this fault of the document is told of for the first time. */
static bool first_time(struct stage *stage, enum merge_fault fault)
{
	bool told = stage->told[fault];

	stage->told[fault] = true;
	return !told;
}

/* slerp says t, not weights: the base keeps 1 - t. */
static void slerp_weights(struct stage *stage, struct slice *slice)
{
	double t = merge_parameter(stage, NULL, "t", slice->layers);

	if (isnan(t) && first_time(stage, FAULT_T))
		warn(stage->sink, stage->recipe.line, 0, "slerp without t; one half is assumed");
	if (isnan(t))
		stage->recipe.assumed = true;
	t = isnan(t) ? 0.5 : fmin(fmax(t, 0), 1);
	for (size_t i = 0; i < slice->count; i++)
		slice->source[i].weight = (int)i == slice->base ? 1 - t : t;
}

/* Weights that nobody gives: alike, and said so where they matter. */
static void default_weights(struct stage *stage, struct slice *slice, const struct merge_method_info *info)
{
	size_t unknown = 0, others = 0;
	double sum = 0;

	for (size_t i = 0; i < slice->count; i++) {
		if ((int)i == slice->base && info->needs_base)
			continue;
		others++;
		if (isnan(slice->source[i].weight))
			unknown++;
		else
			sum += slice->source[i].weight;
	}
	bool matters = takes_weights(info->reduction) && (others > 1 || info->reduction == REDUCE_TASK);
	if (matters && others > 0 && (unknown > 0 || !(sum > 0))) {
		stage->recipe.assumed = true;
		if (first_time(stage, FAULT_WEIGHT))
			warn(stage->sink, stage->recipe.line, 0, unknown > 0
			     ? "%zu of %zu models have no weight, which %s needs; equal ones are assumed"
			     : "the weights of %zu of %zu models sum to 0; equal ones are assumed for %s",
			     unknown > 0 ? unknown : others, others, info->name);
	}
	for (size_t i = 0; i < slice->count; i++)
		if (isnan(slice->source[i].weight))
			slice->source[i].weight = others ? 1.0 / (double)others : 1;
}

/* lambda, with `normalize` worked in: it turns the weights into shares of the
 * whole difference, or not. */
static double effective_lambda(struct stage *stage, struct slice *slice, const struct merge_method_info *info)
{
	double lambda = merge_parameter(stage, NULL, "lambda", slice->layers);
	double normalize = merge_parameter(stage, NULL, "normalize", slice->layers), sum = 0;
	bool normal = isnan(normalize) ? info->normalize : normalize > 0;

	lambda = isnan(lambda) ? 1 : fabs(lambda);
	for (size_t i = 0; i < slice->count; i++)
		sum += (int)i != slice->base ? slice->source[i].weight : 0;
	if (info->reduction == REDUCE_TASK && normal && sum > 0)
		for (size_t i = 0; i < slice->count; i++)
			slice->source[i].weight /= sum;
	if (info->reduction == REDUCE_TASK && !normal && lambda * sum > 1.0001)
		stage->extrapolates = true;
	if (info->reduction == REDUCE_ELECT && !normal)
		lambda *= sum;
	return lambda;
}

/* Mean of the parameter that moves the method's shares; NAN when not set. */
static double tuning_value(struct stage *stage, yaml_node_t *list, const struct slice *slice,
			   enum merge_method method)
{
	const char *name = merge_tuning_name(method);
	double sum = 0, known = 0;
	yaml_node_t *node;

	if (!name)
		return NAN;
	if (strcmp(name, "density") != 0) /* of the method, not of a model */
		return merge_parameter(stage, NULL, name, slice->layers);
	for (size_t i = 0; (node = yaml_item(stage->document, list, i)); i++) {
		double value = merge_parameter(stage, node, name, slice->layers);
		if (!isnan(value)) {
			sum += value;
			known++;
		}
	}
	return known > 0 ? sum / known : NAN;
}

/* ---- faults ---------------------------------------------------------------- */

/* What mergekit would refuse or users get wrong. */
static void warn_faults(struct stage *stage, const struct slice *slice, const struct merge_method_info *info)
{
	size_t others = slice->count - (slice->base >= 0);
	long line = stage->recipe.line;

	if (stage->recipe.known_method == MERGE_LINEAR && stage->base && slice->base < 0 &&
	    first_time(stage, FAULT_LINEAR))
		warn(stage->sink, line, 0, "linear with a base that is not among the models fails in mergekit");
	bool too_many = info->parents_max && others > (size_t)info->parents_max;
	bool too_few = others < (size_t)info->parents_min;
	if (!too_many && !too_few && !(info->needs_base && !stage->base))
		return;
	if (!first_time(stage, FAULT_COUNT))
		return;
	if (info->needs_base && !stage->base)
		warn(stage->sink, line, 0, "%s needs a base_model", info->name);
	if (too_many)
		warn(stage->sink, line, 0, "%s takes %d model%s besides the base, here are %zu", info->name,
		     info->parents_max, info->parents_max == 1 ? "" : "s", others);
	if (too_few)
		warn(stage->sink, line, 0, "%s takes at least %d model%s besides the base, here are %zu",
		     info->name, info->parents_min, info->parents_min == 1 ? "" : "s", others);
}

/* ---- shares ---------------------------------------------------------------- */

/* A method that stemma does not know: all but the base alike. */
static void equal_shares(const struct slice *slice, double *shares)
{
	size_t others = slice->count - (slice->base >= 0);

	for (size_t i = 0; i < slice->count; i++)
		shares[i] = others == 0 ? 1 : (int)i == slice->base ? 0 : 1.0 / (double)others;
}

static double method_shares(struct stage *stage, yaml_node_t *list, struct slice *slice, double *shares)
{
	enum merge_method method = stage->recipe.known_method;
	const struct merge_method_info *info = merge_method_info(method);
	double weights[SOURCES_MAX], base_share, sum = 0;

	if (info->reduction == REDUCE_SLERP)
		slerp_weights(stage, slice);
	default_weights(stage, slice, info);
	double lambda = effective_lambda(stage, slice, info);
	for (size_t i = 0; i < slice->count; i++)
		weights[i] = slice->source[i].weight;
	warn_faults(stage, slice, info);
	merge_shares_tuned(method, slice->count, weights, slice->base, lambda,
			   tuning_value(stage, list, slice, method), shares, &base_share);
	if (stage->base)
		return base_share;
	/* The base is missing, and with it what would keep the rest. */
	for (size_t i = 0; i < slice->count; i++)
		sum += shares[i];
	for (size_t i = 0; i < slice->count; i++)
		shares[i] = sum > 0 ? shares[i] / sum : 1.0 / (double)slice->count;
	return 0;
}

void slice_reduce(struct stage *stage, yaml_node_t *list, const char *const *keys, int layers, double part)
{
	struct slice *slice = memory_zero(1, sizeof *slice);
	double shares[SOURCES_MAX], base_share = 0;

	slice->layers = layers;
	slice_read(stage, list, keys, slice);
	if (stage->recipe.known_method == MERGE_METHOD_COUNT)
		equal_shares(slice, shares);
	else if (slice->count > 0)
		base_share = method_shares(stage, list, slice, shares);
	for (size_t i = 0; i < slice->count; i++)
		recipe_add(&stage->recipe, &slice->source[i], part * shares[i], (int)i == slice->base);
	if (stage->base && slice->base < 0 && slice->count > 0) {
		struct slice_source outside = {.name = stage->base, .revision = stage->base_revision};
		recipe_add(&stage->recipe, &outside, part * base_share, true);
	}
	slice_clear(slice);
	free(slice);
}
