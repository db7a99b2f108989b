/* The sketch's ways in: names and mergekit files; and the cache. */
#include "sketch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/read_file.h"

/* ---- making a state -------------------------------------------------------- */

/* Adds a parent; a model that is named twice (an alias) counts with both
 * weights.  False when the sketch is full. */
static bool state_add(struct sketch_state *state, size_t model, double weight)
{
	for (size_t i = 0; i < state->count; i++)
		if (state->parents[i].model == model) {
			state->parents[i].weight += weight;
			return true;
		}
	if (state->count == SKETCH_PARENTS_MAX)
		return false;
	state->parents[state->count++] = (struct sketch_parent){.model = model, .weight = weight};
	return true;
}

/* Scales all weights to sum 1; equal ones when they are all 0.  Weights that
 * sum to 1 already keep their last digit. */
static void state_normalize(struct sketch_state *state)
{
	double total = 0;

	for (size_t i = 0; i < state->count; i++)
		total += state->parents[i].weight;
	for (size_t i = 0; i < state->count; i++)
		if (!(total > 0))
			state->parents[i].weight = 1 / (double)state->count;
		else if (fabs(total - 1) > 1e-9)
			state->parents[i].weight /= total;
}

static struct sketch_state state_without_parents(const struct sketch *sketch)
{
	struct sketch_state state = sketch->now;

	state.count = state.strangers = 0;
	state.strange = 0;
	memset(state.stranger, 0, sizeof state.stranger);
	memset(state.parents, 0, sizeof state.parents);
	return state;
}

static enum status fail_full(size_t count, struct error *error)
{
	return error_set(error, STATUS_USAGE, "%zu parents; a sketch holds at most %d", count,
			 SKETCH_PARENTS_MAX);
}

/* ---- names ----------------------------------------------------------------- */

/* What a parent without a weight gets: a part of what the others leave of 1, or
 * their mean where they leave nothing. */
static double default_weight(size_t count, const double *weights)
{
	double known = 0;
	size_t unknown = 0;

	for (size_t i = 0; i < count; i++) {
		unknown += isnan(weights[i]) ? 1 : 0;
		known += isnan(weights[i]) ? 0 : weights[i];
	}
	if (unknown == 0 || known <= 0)
		return 1;
	return known < 1 ? (1 - known) / (double)unknown : known / (double)(count - unknown);
}

/* A parent that the cache does not know may be one whose name is misspelt. */
static void tell_strangers(const struct catalog *catalog, const struct merge_recipe *recipe,
			   const struct record_sink *sink)
{
	for (size_t i = 0; i < recipe->parent_count && sink && sink->warn; i++) {
		struct error problem = {0};
		size_t model;
		char line[sizeof problem.message + sizeof problem.advice + 2];
		if (!(recipe->parents[i].share > 0) ||
		    catalog_resolve(catalog, recipe->parents[i].name, &model, &problem) == STATUS_OK)
			continue;
		snprintf(line, sizeof line, "%s%s%s", problem.message, problem.advice[0] ? "; " : "", problem.advice);
		sink->warn(sink->context, recipe->line, 0, line);
	}
}

enum status sketch_open_file(struct sketch *sketch, const struct catalog *catalog, const char *path,
			     const struct record_sink *sink, struct error *error)
{
	struct merge_recipe recipe = {0};
	struct text text = {0};
	enum status status = read_file(path, &text, error);

	if (status == STATUS_OK)
		status = merge_recipe_read(text_string(&text), text.length, read_file_name(path), sink,
					   &recipe, error);
	if (status == STATUS_OK) {
		status = sketch_from_recipe(sketch, catalog, &recipe, error);
		if (status != STATUS_OK)
			error_locate(error, read_file_name(path), 0, 0);
		else
			tell_strangers(catalog, &recipe, sink);
		merge_recipe_free(&recipe);
	}
	text_free(&text);
	return status;
}

enum status sketch_from_names(struct sketch *sketch, const struct catalog *catalog, size_t count,
			      const char *const *names, const double *weights,
			      struct error *error)
{
	struct sketch_state next = state_without_parents(sketch);
	double guess = default_weight(count, weights), total = 0;

	if (count > SKETCH_PARENTS_MAX)
		return fail_full(count, error);
	for (size_t i = 0; i < count; i++) {
		size_t model, before = next.count;
		double weight = isnan(weights[i]) ? guess : weights[i];
		enum status status = catalog_resolve(catalog, names[i], &model, error);
		if (status != STATUS_OK)
			return status;
		if (!weight_is_sound(weight))
			return error_set(error, STATUS_USAGE, "weight %g of %s is not a number from 0 to 1,000,000", weight,
					 names[i]);
		state_add(&next, model, weight);
		if (next.count == before)
			return error_set(error, STATUS_USAGE, "%s is named twice", catalog->models[model].name);
		total += weight;
	}
	if (count > 0 && total <= 0)
		return error_set(error, STATUS_USAGE, "all weights are 0");
	state_normalize(&next);
	sketch_commit(sketch, &next);
	return STATUS_OK;
}

/* ---- recipes --------------------------------------------------------------- */

/* Shares that differ by less are the same: recipes are written in decimals. */
#define SHARE_EPSILON 1e-9

/* What all parents but the base get together when their weights sum to 1. */
static double method_reach(enum merge_method method)
{
	double weight = 1, share, base_share;

	merge_shares(method, 1, &weight, -1, 1, &share, &base_share);
	return share;
}

/* The weight of a recipe's base in a sketch.  What the base keeps by the method
 * alone makes it no parent; what the weights leave to it does. */
static double recipe_base_weight(enum merge_method method, double share)
{
	double reach;

	switch (merge_method_info(method)->reduction) {
	case REDUCE_ELECT: case REDUCE_STOCK: case REDUCE_NEAR:
		return 0;
	case REDUCE_EQUAL:
		return merge_method_info(method)->needs_base ? 0 : share;
	case REDUCE_TASK:
		reach = method_reach(method);
		return fmax(0, 1 - (1 - share) / reach);
	case REDUCE_MEAN: case REDUCE_SLERP: case REDUCE_LAYERS:
		break;
	}
	return share;
}

/* Notes the parents that the catalog lacks; a base that gives nothing may be missing. */
static void find_strangers(const struct catalog *catalog, const struct merge_recipe *recipe,
			   struct sketch_state *state)
{
	double most = 0;
	size_t model;

	state->strange = 0;
	state->strangers = 0;
	memset(state->stranger, 0, sizeof state->stranger);
	for (size_t i = 0; i < recipe->parent_count; i++) {
		const struct merge_parent *parent = &recipe->parents[i];
		if (!(parent->share > 0) || catalog_resolve(catalog, parent->name, &model, NULL) == STATUS_OK)
			continue;
		state->strange += parent->share;
		state->strangers++;
		if (parent->share <= most)
			continue;
		most = parent->share;
		snprintf(state->stranger, sizeof state->stranger, "%s", parent->name);
	}
}

/* The shares of the known parents, as a linear merge: what a method would do with the
 * strangers is not to be told. */
static bool state_take_known(struct sketch_state *state, const struct catalog *catalog,
			     const struct merge_recipe *recipe)
{
	bool fits = true;
	size_t model;

	state->method = MERGE_LINEAR;
	for (size_t i = 0; i < recipe->parent_count; i++)
		if (recipe->parents[i].share > SHARE_EPSILON &&
		    catalog_resolve(catalog, recipe->parents[i].name, &model, NULL) == STATUS_OK)
			fits = state_add(state, model, recipe->parents[i].share) && fits;
	return fits;
}

/* Sets the parents of a state to those of a recipe whose names are known: the
 * base with its own weight, the others share the rest.  False when there are
 * too many. */
static bool state_take_parents(struct sketch_state *state, const struct catalog *catalog,
			       const struct merge_recipe *recipe)
{
	double base_weight = 0, others = 0;
	bool fits = true;

	for (size_t i = 0; i < recipe->parent_count; i++)
		if (!recipe->parents[i].base)
			others += recipe->parents[i].share;
		else
			base_weight = recipe_base_weight(state->method, recipe->parents[i].share);
	for (size_t i = 0; i < recipe->parent_count; i++) {
		const struct merge_parent *parent = &recipe->parents[i];
		double weight = parent->base ? base_weight : parent->share / others * (1 - base_weight);
		size_t model;
		if (catalog_resolve(catalog, parent->name, &model, NULL) != STATUS_OK)
			continue;
		if (parent->base && merge_method_info(state->method)->needs_base)
			state->base = model;
		if (weight > SHARE_EPSILON)
			fits = state_add(state, model, weight) && fits;
	}
	return fits;
}

enum status sketch_from_recipe(struct sketch *sketch, const struct catalog *catalog,
			       const struct merge_recipe *recipe, struct error *error)
{
	struct sketch_state next = state_without_parents(sketch);

	next.base = CATALOG_NONE;
	next.method = recipe->known_method < MERGE_METHOD_COUNT ? recipe->known_method : MERGE_LINEAR;
	find_strangers(catalog, recipe, &next);
	if (next.strangers > 0 ? !state_take_known(&next, catalog, recipe) : !state_take_parents(&next, catalog, recipe))
		return fail_full(recipe->parent_count, error);
	if (next.count == 0 && next.strangers == 0)
		return error_set(error, STATUS_DATA, "the configuration has no parent but its base");
	if (next.count > 0)
		state_normalize(&next);
	sketch_commit(sketch, &next);
	return STATUS_OK;
}

/* ---- the cache ------------------------------------------------------------- */

/* A name that does not fit is not told. */
static void state_set_name(struct sketch_state *state, const char *name)
{
	size_t length = strlen(name);

	memset(state->name, 0, sizeof state->name);
	if (length < sizeof state->name)
		memcpy(state->name, name, length);
}

enum status sketch_save(struct sketch *sketch, struct session *session, const char *name,
			struct error *error)
{
	const struct sketch_state *state = &sketch->now;
	const struct catalog_model *models = session->catalog->models;
	struct store_sketch_parent parents[SKETCH_PARENTS_MAX];

	for (size_t i = 0; i < state->count; i++)
		parents[i] = (struct store_sketch_parent){
			.model = models[state->parents[i].model].id,
			.weight = state->parents[i].weight,
			.locked = state->parents[i].locked,
		};
	enum status status = store_put_sketch(session->store, name, merge_method_info(state->method)->name,
					      state->base == CATALOG_NONE ? 0 : models[state->base].id,
					      (int)state->chat_template, parents, state->count, error);
	if (status == STATUS_OK && *name)
		state_set_name(&sketch->now, name);
	return status;
}

struct loading {
	const struct catalog *catalog;
	struct sketch_state state; /* without parents: not found */
};

/* What is left of a kept sketch whose models may have gone. */
static void load_state(void *context, const struct store_sketch *kept)
{
	struct loading *loading = context;
	struct sketch_state next = {0};
	enum merge_method method = merge_method_parse(kept->method);

	next.method = method < MERGE_METHOD_COUNT ? method : MERGE_LINEAR;
	next.base = catalog_find_id(loading->catalog, kept->base);
	next.chat_template = kept->chat_template < 0 ? ANSWER_UNKNOWN
			   : kept->chat_template > 0 ? ANSWER_YES : ANSWER_NO;
	for (size_t i = 0; i < kept->count; i++) {
		size_t model = catalog_find_id(loading->catalog, kept->parents[i].model);
		if (model == CATALOG_NONE || !state_add(&next, model, fmax(kept->parents[i].weight, 0)))
			continue;
		next.parents[next.count - 1].locked = kept->parents[i].locked;
	}
	if (next.count == 0)
		return;
	state_normalize(&next);
	state_set_name(&next, kept->name);
	loading->state = next;
}

static bool load(struct session *session, const char *name, struct sketch_state *state)
{
	struct loading loading = {.catalog = session->catalog};

	store_get_sketch(session->store, name, load_state, &loading, NULL);
	*state = loading.state;
	return state->count > 0;
}

bool sketch_load(struct sketch *sketch, struct session *session, const char *name)
{
	struct sketch_state state;

	if (!load(session, name, &state))
		return false;
	if (!sketch_commit_both(sketch, &state, &sketch->beside))
		state_set_name(&sketch->now, name); /* it is so already */
	return true;
}

bool sketch_load_beside(struct sketch *sketch, struct session *session, const char *name)
{
	struct sketch_state state;

	if (!load(session, name, &state))
		return false;
	if (!sketch_commit_both(sketch, &sketch->now, &state))
		state_set_name(&sketch->beside, name);
	return true;
}

void sketch_recognize(struct sketch *sketch, struct session *session, const char *name)
{
	struct sketch_state state;

	if (load(session, name, &state) && sketch_state_equals(&state, &sketch->now))
		state_set_name(&sketch->now, name);
}
