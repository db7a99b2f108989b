/* A sketch of a merge that exists. */
#include "sketch.h"

#include <math.h>

/* Weights are floats in the lineage: so many decimals of them count. */
#define SHARE_SCALE 1e6
#define SHARE_EPSILON 1e-5

/* The parents as a recipe: what gives nothing is the base. */
static size_t list_parents(const struct catalog *catalog, size_t model,
			   struct merge_parent parents[SKETCH_PARENTS_MAX], size_t *giving)
{
	size_t count, kept = 0;
	const struct lineage_parent *all = lineage_parents(catalog->lineage, model, &count);

	*giving = 0;
	for (size_t i = 0; i < count; i++) {
		*giving += all[i].weight > 0;
		if (kept == SKETCH_PARENTS_MAX)
			continue;
		parents[kept++] = (struct merge_parent){
			.name = catalog->models[all[i].node].name,
			.share = round((double)all[i].weight * SHARE_SCALE) / SHARE_SCALE,
			.base = !(all[i].weight > 0),
		};
	}
	return kept;
}

/* Whether the sketch gives each parent the share that the lineage has. */
static bool has_shares(const struct sketch *sketch, const struct catalog *catalog, size_t model)
{
	struct engine_child child;
	size_t count;
	const struct lineage_parent *all = lineage_parents(catalog->lineage, model, &count);

	sketch_child(sketch, catalog, &child);
	for (size_t i = 0; i < count; i++)
		if (fabs(sketch_child_share(&child, all[i].node) - (double)all[i].weight) > SHARE_EPSILON)
			return false;
	return true;
}

enum status sketch_from_model(struct sketch *sketch, const struct catalog *catalog, size_t model,
			      bool *original, struct error *error)
{
	const struct catalog_model *facts = &catalog->models[model];
	struct merge_parent parents[SKETCH_PARENTS_MAX];
	size_t giving;
	struct merge_recipe recipe = {
		.parents = parents,
		.parent_count = list_parents(catalog, model, parents, &giving),
		.known_method = facts->merge_method ? merge_method_parse(facts->merge_method)
						    : MERGE_METHOD_COUNT,
	};

	if (giving == 0) {
		error_set(error, STATUS_NO_INPUT, "the cache knows no parents of %s", facts->name);
		return error_advise(error, "import its mergekit configuration or a list of edges");
	}
	if (giving > SKETCH_PARENTS_MAX)
		return error_set(error, STATUS_DATA, "%s has %zu parents; a sketch holds at most %d",
				 facts->name, giving, SKETCH_PARENTS_MAX);
	enum status status = sketch_from_recipe(sketch, catalog, &recipe, error);
	*original = status == STATUS_OK && recipe.known_method < MERGE_METHOD_COUNT &&
		    sketch_check(sketch, catalog, NULL) == STATUS_OK && has_shares(sketch, catalog, model);
	if (status != STATUS_OK || *original)
		return status;
	recipe.known_method = MERGE_LINEAR;
	return sketch_from_recipe(sketch, catalog, &recipe, error);
}

bool sketch_from_shares(struct sketch *sketch, enum merge_method method, size_t count,
			const size_t *models, const double *weights)
{
	struct sketch_state next = {.method = method, .count = count, .base = CATALOG_NONE,
				    .chat_template = ANSWER_UNKNOWN};

	if (count > SKETCH_PARENTS_MAX)
		return false;
	for (size_t i = 0; i < count; i++)
		next.parents[i] = (struct sketch_parent){.model = models[i], .weight = weights[i]};
	sketch_state_balance(&next, SIZE_MAX);
	return sketch_commit(sketch, &next);
}
