/* What methods make of parents: whether a sketch can be made at all (merge methods compute with the weights of
 * their parents one by one, so these must have the same layers of the same shapes), and where two methods come
 * to the same. */
#include "sketch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A vocabulary that was extended moves the size by a few percent, and sizes are stated in round numbers
 * (7 for 7.62); the next size of a family is further away. */
#define SHAPE_TOLERANCE 0.15

/* The models whose weights the method reads: a parent of weight 0 may be left out of the recipe. */
static bool is_read(const struct sketch_parent *parent)
{
	return parent->weight > 0;
}

bool sketch_sizes(const struct sketch *sketch, const struct catalog *catalog, const struct catalog_model **small,
		  const struct catalog_model **large)
{
	*small = *large = NULL;
	for (size_t i = 0; i < sketch->now.count; i++) {
		const struct catalog_model *parent = &catalog->models[sketch->now.parents[i].model];
		if (isnan(parent->params_b) || !is_read(&sketch->now.parents[i]))
			continue;
		if (!*small || parent->params_b < (*small)->params_b)
			*small = parent;
		if (!*large || parent->params_b > (*large)->params_b)
			*large = parent;
	}
	return *small != NULL;
}

static enum status refuse(const struct sketch *sketch, const char *what, const char *first, const char *first_has,
			  const char *other, const char *other_has, struct error *error)
{
	error_set(error, STATUS_DATA, "%s needs parents of one %s: %s is %s, %s is %s",
		  merge_method_info(sketch->now.method)->name, what, first, first_has, other, other_has);
	return error_advise(error, "choose parents of one %s", what);
}

static enum status check_architectures(const struct sketch *sketch, const struct catalog *catalog, struct error *error)
{
	const struct catalog_model *first = NULL;

	for (size_t i = 0; i < sketch->now.count; i++) {
		const struct catalog_model *parent = &catalog->models[sketch->now.parents[i].model];
		if (!parent->architecture || !is_read(&sketch->now.parents[i]))
			continue;
		if (!first)
			first = parent;
		if (strcmp(first->architecture, parent->architecture) != 0)
			return refuse(sketch, "architecture", first->name, first->architecture, parent->name,
				      parent->architecture, error);
	}
	return STATUS_OK;
}

enum status sketch_check_shapes(const struct sketch *sketch, const struct catalog *catalog, struct error *error)
{
	const struct catalog_model *small, *large;
	char least[24], most[24];

	if (sketch->now.finetune)
		return STATUS_OK;
	enum status status = check_architectures(sketch, catalog, error);
	/* Layers of models of other depths may be stacked, if they are as wide. */
	if (status != STATUS_OK || merge_method_info(sketch->now.method)->reduction == REDUCE_LAYERS ||
	    !sketch_sizes(sketch, catalog, &small, &large) ||
	    large->params_b <= small->params_b * (1 + SHAPE_TOLERANCE))
		return status;
	snprintf(least, sizeof least, "%.3g B", small->params_b);
	snprintf(most, sizeof most, "%.3g B", large->params_b);
	return refuse(sketch, "size", small->name, least, large->name, most, error);
}

bool sketch_same_by(const struct sketch *sketch, const struct catalog *catalog, enum merge_method method)
{
	struct sketch other = {.now = sketch->now};
	struct engine_child child, same;

	other.now.method = method;
	if (sketch_check(&other, catalog, NULL) != STATUS_OK)
		return false;
	sketch_child(sketch, catalog, &child);
	sketch_child(&other, catalog, &same);
	bool equal = child.count == same.count;
	for (size_t i = 0; i < child.count && equal; i++)
		equal = child.parents[i] == same.parents[i] && fabs(child.weights[i] - same.weights[i]) < 1e-9;
	return equal;
}
