/* What a sketch means: its base, its shares, its prediction. */
#include "sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

/* ---- the base -------------------------------------------------------------- */

/* Marks the nodes that are ancestors of all parents, or parents themselves of
 * all others; the caller frees. */
static bool *common_ancestors(const struct sketch_state *state, const struct catalog *catalog)
{
	struct lineage_walk *walk = lineage_walk_new(catalog->lineage);
	uint8_t *seen = memory_zero(catalog->count, sizeof *seen);
	bool *common = memory_zero(catalog->count, sizeof *common);

	for (size_t i = 0; i < state->count; i++) {
		size_t count;
		const struct lineage_share *share =
			lineage_ancestors(walk, state->parents[i].model, &count);
		for (size_t k = 0; k < count; k++)
			common[share[k].node] = ++seen[share[k].node] == state->count;
	}
	lineage_walk_free(walk);
	free(seen);
	return common;
}

static bool has_marked_child(const struct catalog *catalog, size_t node, const bool *marked)
{
	size_t count;
	const uint32_t *children = lineage_children(catalog->lineage, node, &count);

	for (size_t i = 0; i < count; i++)
		if (marked[children[i]])
			return true;
	return false;
}

/* The marked node without marked children: nothing nearer is common.  Of
 * several the last in parents-first order, so that the answer is one. */
static size_t nearest_marked(const struct catalog *catalog, const bool *marked)
{
	const uint32_t *order = lineage_order(catalog->lineage);

	for (size_t i = catalog->count; i-- > 0;)
		if (marked[order[i]] && !has_marked_child(catalog, order[i], marked))
			return order[i];
	return CATALOG_NONE;
}

/* A real ancestor where there is one: a base that is also a parent would lose
 * its own part in most methods. */
size_t sketch_common_ancestor(const struct sketch *sketch, const struct catalog *catalog)
{
	const struct sketch_state *state = &sketch->now;
	if (state->count == 0)
		return CATALOG_NONE;
	bool *common = common_ancestors(state, catalog);
	size_t inclusive = nearest_marked(catalog, common);

	for (size_t i = 0; i < state->count; i++)
		common[state->parents[i].model] = false;
	size_t proper = nearest_marked(catalog, common);
	free(common);
	return proper != CATALOG_NONE ? proper : inclusive;
}

size_t sketch_heaviest(const struct sketch *sketch)
{
	const struct sketch_state *state = &sketch->now;
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < state->count; i++)
		if (best == SIZE_MAX || state->parents[i].weight > state->parents[best].weight)
			best = i;
	return best;
}

size_t sketch_base(const struct sketch *sketch, const struct catalog *catalog)
{
	const struct sketch_state *state = &sketch->now;
	const struct merge_method_info *info = merge_method_info(state->method);

	if (!info->needs_base || state->count == 0)
		return CATALOG_NONE;
	/* A method of two models: one of them is the base. */
	if (info->parents_max == 1 && state->count == 2)
		return sketch_position(sketch, state->base) >= 0
			? state->base : state->parents[sketch_heaviest(sketch)].model;
	if (state->base != CATALOG_NONE)
		return state->base;
	size_t ancestor = sketch_common_ancestor(sketch, catalog);
	return ancestor != CATALOG_NONE ? ancestor : state->parents[0].model;
}

double sketch_shares(const struct sketch *sketch, const struct catalog *catalog,
		     double shares[SKETCH_PARENTS_MAX])
{
	const struct sketch_state *state = &sketch->now;
	size_t base = sketch_base(sketch, catalog);
	double weights[SKETCH_PARENTS_MAX], base_share = 0;

	if (state->count == 0)
		return 0;
	for (size_t i = 0; i < state->count; i++)
		weights[i] = state->parents[i].weight;
	merge_shares(state->method, state->count, weights,
		     base == CATALOG_NONE ? -1 : sketch_position(sketch, base), 1, shares, &base_share);
	return base_share;
}

/* ---- the child ------------------------------------------------------------- */

static void child_add_parent(struct engine_child *child, size_t model, double share)
{
	child->parents[child->count] = model;
	child->weights[child->count++] = share;
}

/* The child's own facts: nearly all as its heaviest parent has them.  What is new of a fine-tune is a
 * training run; a merge is made of what its parents are. */
static void child_describe(struct engine_child *child, const struct sketch *sketch,
			   const struct catalog *catalog)
{
	const struct sketch_state *state = &sketch->now;
	const struct catalog_model *parent =
		&catalog->models[state->parents[sketch_heaviest(sketch)].model];

	child->relation = state->finetune ? RELATION_FINETUNE : RELATION_MERGE;
	child->model = (struct engine_model){
		.architecture = parent->architecture,
		.params_b = parent->params_b,
		.kind = !state->finetune ? KIND_MERGE
		      : parent->kind == KIND_CHAT ? KIND_CHAT : KIND_FINETUNED,
		.chat_template = state->chat_template,
		.uploaded = NAN,
	};
	for (size_t i = 0; i < child->count; i++)
		if (child->weights[i] > 0)
			child->model.uploaded = fmax(child->model.uploaded, catalog->models[child->parents[i]].uploaded);
}

void sketch_child(const struct sketch *sketch, const struct catalog *catalog,
		  struct engine_child *child)
{
	const struct sketch_state *state = &sketch->now;
	double shares[SKETCH_PARENTS_MAX];
	double base_share = sketch_shares(sketch, catalog, shares);

	*child = (struct engine_child){
		.model = {.params_b = NAN, .chat_template = state->chat_template, .uploaded = NAN},
	};
	if (state->count == 0)
		return;
	for (size_t i = 0; i < state->count; i++)
		child_add_parent(child, state->parents[i].model, shares[i]);
	size_t base = sketch_base(sketch, catalog);
	if (base_share > 0 && base != CATALOG_NONE && sketch_position(sketch, base) < 0 &&
	    child->count < ENGINE_PARENTS_MAX)
		child_add_parent(child, base, base_share);
	child_describe(child, sketch, catalog);
}

double sketch_child_share(const struct engine_child *child, size_t model)
{
	double share = 0, sum = 0;

	for (size_t i = 0; i < child->count; i++) {
		sum += child->weights[i];
		share += child->parents[i] == model ? child->weights[i] : 0;
	}
	return sum > 0 ? share / sum : 0;
}

/* ---- whether it can be done ------------------------------------------------ */

static enum status fail_count(const struct merge_method_info *info, const char *how, int wanted,
			      size_t count, const char *advice, struct error *error)
{
	error_set(error, STATUS_USAGE, "%s takes %s%d model%s%s, the sketch has %zu", info->name, how,
		  wanted, wanted == 1 ? "" : "s", info->needs_base ? " besides its base" : "", count);
	error_advise(error, "%s, or choose another method", advice);
	return STATUS_USAGE;
}

enum status sketch_check(const struct sketch *sketch, const struct catalog *catalog,
			 struct error *error)
{
	const struct sketch_state *state = &sketch->now;
	const struct merge_method_info *info = merge_method_info(state->method);
	size_t count = state->count;

	if (count == 0 && state->strangers > 0)
		return STATUS_OK;
	if (state->finetune && count > 1) {
		error_set(error, STATUS_USAGE, "a fine-tune has one parent, the sketch has %zu", count);
		return error_advise(error, "name one parent, or plan a merge");
	}
	if (count == 0) {
		error_set(error, STATUS_USAGE, "the sketch has no parents");
		error_advise(error, "pick one model or more");
		return STATUS_USAGE;
	}
	if (info->reduction == REDUCE_SLERP && count != 2) {
		error_set(error, STATUS_USAGE, "%s joins two models, the sketch has %zu", info->name, count);
		error_advise(error, "%s, or choose another method", count < 2 ? "add one" : "take out some");
		return STATUS_USAGE;
	}
	if (info->needs_base && sketch_position(sketch, sketch_base(sketch, catalog)) >= 0)
		count--;
	if (count < (size_t)info->parents_min)
		return fail_count(info, info->parents_max == info->parents_min ? "" : "at least ",
				  info->parents_min, count,
				  info->needs_base ? "add a model, or set another base" : "add a model", error);
	if (info->parents_max > 0 && count > (size_t)info->parents_max)
		return fail_count(info, info->parents_max == info->parents_min ? "" : "at most ",
				  info->parents_max, count, "take out some", error);
	return STATUS_OK;
}

/* ---- the prediction -------------------------------------------------------- */

/* What a parent would score that the cache does not know: a model of the others' facts and
 * of its own name. */
static enum status predict_stranger(const struct sketch *sketch, struct sketch_prediction *prediction,
				    struct error *error)
{
	const struct session *session = prediction->session;
	struct engine_child stranger = {.model = prediction->child.model, .relation = RELATION_FINETUNE};

	stranger.model.name = sketch->now.stranger;
	stranger.model.kind = KIND_UNKNOWN;
	enum status status = engine_predict_child(prediction->query, &stranger, error);
	if (status != STATUS_OK)
		return status;
	prediction->strange = sketch->now.count > 0 ? sketch->now.strange : 1;
	prediction->stranger = memory_zero(session->row_count + 1, sizeof *prediction->stranger);
	for (size_t i = 0; i < session->row_count; i++)
		engine_estimate(prediction->query, &session->rows[i], &prediction->stranger[i]);
	return STATUS_OK;
}

/* Puts the strangers' share to what the known parents alone say: the mean moves, and what
 * is not known of them comes on top. */
static void row_add_stranger(struct sketch_row *row, const struct sketch_prediction *prediction, size_t number)
{
	const struct engine_estimate *other = &prediction->stranger[number];
	struct engine_estimate *own = &row->estimate, known = *own;
	double share = prediction->strange, lower, upper;

	own->mean = (1 - share) * known.mean + share * other->mean;
	own->sd = hypot(known.sd, share * other->sd);
	double shift = own->mean - known.mean, wider = known.sd > 0 ? own->sd / known.sd : 1;
	engine_target_bounds(prediction->session->catalog->engine_benchmarks, &row->target, &lower, &upper);
	own->low90 = fmax(lower, known.mean + shift + wider * (known.low90 - known.mean));
	own->low50 = fmax(lower, known.mean + shift + wider * (known.low50 - known.mean));
	own->high50 = fmin(upper, known.mean + shift + wider * (known.high50 - known.mean));
	own->high90 = fmin(upper, known.mean + shift + wider * (known.high90 - known.mean));
}

static void row_compare_parents(struct sketch_row *row, const struct sketch_prediction *prediction)
{
	const struct catalog *catalog = prediction->session->catalog;
	bool upwards = target_upwards(catalog, &row->target);

	row->best_parent = CATALOG_NONE;
	row->best_score = row->chance = NAN;
	for (size_t i = 0; i < prediction->parent_count; i++) {
		size_t model = prediction->parents[i];
		double score = catalog_target(catalog, model, &row->target);
		if (isnan(score) || !(sketch_child_share(&prediction->child, model) > 0) || (upwards ? score <= row->best_score : score >= row->best_score))
			continue;
		row->best_parent = model;
		row->best_score = score;
	}
	if (row->best_parent == CATALOG_NONE)
		return;
	if (prediction->stranger)
		row->chance = erfc((row->best_score - row->estimate.mean) / (row->estimate.sd * sqrt(2))) / 2;
	else
		row->chance = engine_chance_above(prediction->query, &row->target, row->best_score);
	if (!upwards)
		row->chance = 1 - row->chance;
}

const struct sketch_row *sketch_prediction_row(struct sketch_prediction *prediction, size_t number)
{
	struct sketch_row *row = &prediction->row[number];

	if (row->made)
		return row;
	row->made = true;
	row->target = prediction->session->rows[number];
	row->key = session_row_key(prediction->session, number);
	row->title = session_row_title(prediction->session, number);
	engine_estimate(prediction->query, &row->target, &row->estimate);
	if (prediction->stranger && prediction->parent_count > 0)
		row_add_stranger(row, prediction, number);
	row_compare_parents(row, prediction);
	return row;
}

const struct sketch_row *sketch_prediction_why(struct sketch_prediction *prediction, size_t number)
{
	struct sketch_row *row = &prediction->row[number];

	sketch_prediction_row(prediction, number);
	if (!row->explained)
		row->contribution_count = engine_contributions(prediction->query, &row->target, row->contributions,
							       SKETCH_CONTRIBUTIONS_MAX);
	row->explained = true;
	return row;
}

void sketch_prediction_complete(struct sketch_prediction *prediction)
{
	for (size_t i = 0; i < prediction->rows; i++)
		sketch_prediction_row(prediction, i);
}

enum status sketch_predict_on_demand(const struct sketch *sketch, struct session *session,
				     struct sketch_prediction *prediction, struct error *error)
{
	return sketch_predict_with(sketch, session, session->query, prediction, error);
}

enum status sketch_predict(const struct sketch *sketch, struct session *session,
			   struct sketch_prediction *prediction, struct error *error)
{
	enum status status = sketch_predict_on_demand(sketch, session, prediction, error);

	sketch_prediction_complete(prediction);
	return status;
}

enum status sketch_predict_with(const struct sketch *sketch, const struct session *session,
				struct engine_query *query, struct sketch_prediction *prediction,
				struct error *error)
{
	*prediction = (struct sketch_prediction){.session = session, .query = query};
	if (!query) {
		error_set(error, STATUS_USAGE, "nothing has been learned from the scores yet");
		error_advise(error, "fit first");
		return STATUS_USAGE;
	}
	enum status status = sketch_check(sketch, session->catalog, error);
	if (status != STATUS_OK)
		return status;
	sketch_child(sketch, session->catalog, &prediction->child);
	if (sketch->now.strangers > 0)
		status = predict_stranger(sketch, prediction, error);
	if (status == STATUS_OK && sketch->now.count > 0)
		status = engine_predict_child(query, &prediction->child, error);
	if (status != STATUS_OK)
		return status;
	prediction->parent_count = sketch->now.count;
	for (size_t i = 0; i < sketch->now.count; i++)
		prediction->parents[i] = sketch->now.parents[i].model;
	prediction->rows = session->row_count;
	prediction->row = memory_zero(prediction->rows, sizeof *prediction->row);
	prediction->ancestor_count = engine_ancestors(query, prediction->ancestors,
						      SKETCH_ANCESTORS_MAX);
	prediction->answer_count = session->answers.count;
	prediction->answers = answer_sets_predict(&session->answers, query, CATALOG_NONE);
	return STATUS_OK;
}

void sketch_prediction_free(struct sketch_prediction *prediction)
{
	free(prediction->row);
	free(prediction->stranger);
	free(prediction->answers);
	*prediction = (struct sketch_prediction){0};
}
