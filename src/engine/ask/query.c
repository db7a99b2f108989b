#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answers/answer_model.h"
#include "ask/query.h"
#include "stemma/base/memory.h"

struct engine_query *engine_query_new(const struct engine_fit *fit)
{
	struct engine_query *query = memory_zero(1, sizeof *query);

	query->fit = fit;
	query->walk = lineage_walk_new(fit->data.lineage);
	child_new(fit->factors, &query->child);
	belief_new(fit->factors, &query->belief);
	return query;
}

void engine_query_free(struct engine_query *query)
{
	if (!query)
		return;
	child_free(&query->child);
	belief_free(&query->belief);
	lineage_walk_free(query->walk);
	free(query->known);
	free(query);
}

/* ---- a hypothetical child --------------------------------------------------------- */

static enum status child_check(const struct engine_fit *fit, const struct engine_child *child,
			       double *total, struct error *error)
{
	*total = 0;
	if (child->count > ENGINE_PARENTS_MAX)
		return error_set(error, STATUS_USAGE, "%zu parents; at most %d", child->count,
				 ENGINE_PARENTS_MAX);
	for (size_t i = 0; i < child->count; i++) {
		if (child->parents[i] >= fit->data.models)
			return error_set(error, STATUS_USAGE, "parent %zu is not a model", i + 1);
		if (!weight_is_sound(child->weights[i]))
			return error_set(error, STATUS_USAGE, "weight %zu is not a number from 0 to 1,000,000", i + 1);
		*total += child->weights[i];
	}
	if (child->count > 0 && *total <= 0)
		return error_set(error, STATUS_USAGE, "all weights are 0");
	return STATUS_OK;
}

/* What is known of the subject itself: published cells; those that were added are forgotten. */
static void query_set_known(struct engine_query *query, const struct engine_cell *cells, size_t count)
{
	query->known = memory_resize(query->known, count + 1, sizeof *query->known);
	if (count > 0)
		memcpy(query->known, cells, count * sizeof *cells);
	query->published = query->known_count = count;
}

enum status engine_predict_child(struct engine_query *query, const struct engine_child *child,
				 struct error *error)
{
	double total;
	enum status status = child_check(query->fit, child, &total, error);

	if (status != STATUS_OK)
		return status;
	child_describe(&query->child, child, total, &query->belief);
	query->subject = SUBJECT_CHILD;
	query->spread = factors_spread_of(query->fit->factors, &query->child.described.model);
	if (query->spread == FACTORS_SPREAD_COLD && query->belief.inherited)
		query->spread = FACTORS_SPREAD_MERGE;
	query_set_known(query, NULL, 0);
	return STATUS_OK;
}

/* ---- a model of the data ------------------------------------------------------------ */

enum status engine_predict_model(struct engine_query *query, size_t model, struct error *error)
{
	const struct engine_fit *fit = query->fit;
	struct engine_model facts;

	if (model >= fit->data.models)
		return error_set(error, STATUS_USAGE, "no such model");
	query->subject = SUBJECT_MODEL;
	query->model = model;
	attributes_describe(&fit->data, model, &facts);
	query->spread = fit->model_row[model] >= 0 ? FACTORS_SPREAD_COLD : factors_spread_of(fit->factors, &facts);
	belief_model(&query->belief, model);
	query_set_known(query, NULL, 0);
	return STATUS_OK;
}

enum status engine_predict_known(struct engine_query *query, size_t model, struct error *error)
{
	enum status status = engine_predict_model(query, model, error);
	size_t count;

	if (status != STATUS_OK)
		return status;
	const struct engine_cell *cells = engine_data_cells(&query->fit->data, model, &count);
	query_set_known(query, cells, count);
	if (count > 0)
		query->spread = FACTORS_SPREAD_CELL;
	belief_condition_published(&query->belief, query->known, query->known_count);
	return STATUS_OK;
}

struct lineage_share *query_path(struct engine_query *query, size_t *count)
{
	const struct lineage_share *path;

	if (query->subject == SUBJECT_CHILD)
		path = lineage_child_ancestors(query->walk, query->child.described.count,
					       query->child.described.parents, query->child.described.weights, count);
	else
		path = lineage_ancestors(query->walk, query->model, count);
	struct lineage_share *copy = memory_allocate(*count + 1, sizeof *copy);
	if (*count > 0)
		memcpy(copy, path, *count * sizeof *copy);
	return copy;
}

/* ---- for other columns than scores -------------------------------------------------- */

size_t query_model(const struct engine_query *query)
{
	return query->subject == SUBJECT_CHILD ? SIZE_MAX : query->model;
}

void query_prior_cross(struct engine_query *query, const uint32_t *models, size_t count, double *cross,
		       double *self)
{
	const struct engine_child *child = query->subject == SUBJECT_CHILD ? &query->child.described : NULL;

	factors_prior_cross(query->fit->factors, child, query->model, false, models, count, cross, self);
}

/* ---- estimates ----------------------------------------------------------------------- */

static int compare_cells(const void *left, const void *right)
{
	const struct engine_cell *a = left, *b = right;

	return (a->benchmark > b->benchmark) - (a->benchmark < b->benchmark);
}

void engine_condition(struct engine_query *query, const struct engine_cell *known, size_t count)
{
	if (query->subject == SUBJECT_NONE)
		return;
	/* What was added before stands among the published ones, by benchmark: begin with these. */
	size_t published = 0;
	const struct engine_cell *cells = NULL;
	if (query->subject == SUBJECT_MODEL && query->published > 0)
		cells = engine_data_cells(&query->fit->data, query->model, &published);
	query_set_known(query, cells, published);
	query->known = memory_resize(query->known, published + count + 1, sizeof *query->known);
	if (count > 0)
		memcpy(query->known + published, known, count * sizeof *known);
	query->known_count = published + count;
	qsort(query->known, query->known_count, sizeof *query->known, compare_cells);
	belief_condition_published(&query->belief, query->known, query->known_count);
}

void engine_estimate(const struct engine_query *query, const struct engine_target *target,
		     struct engine_estimate *estimate)
{
	*estimate = (struct engine_estimate){NAN, NAN, NAN, NAN, NAN, NAN};
	if (query->subject == SUBJECT_NONE || !engine_fit_covers(query->fit, target))
		return;
	factors_estimate(&query->belief, target, query->spread, query->known, query->known_count, estimate);
}

double query_calibrated(const struct engine_query *query, const struct engine_target *target, double deviation)
{
	double half, ninety;

	factors_reach(&query->belief, target, query->spread, &half, &ninety);
	return deviation * ninety / NORMAL_90;
}

double engine_chance_above(const struct engine_query *query, const struct engine_target *target, double threshold)
{
	struct engine_estimate estimate;

	engine_estimate(query, target, &estimate);
	if (isnan(estimate.mean))
		return NAN;
	if (!(estimate.sd > 0))
		return estimate.mean > threshold;
	/* Of one benchmark on the scale where it is normal, of several in points. */
	double z = target->count == 1
		? factors_surprise(&query->belief, target, threshold)
		: (threshold - estimate.mean) / estimate.sd;
	return 0.5 * erfc(z / query_calibrated(query, target, 1) / sqrt(2));
}

/* ---- what is not known of the subject ---------------------------------------------------- */

#define MATTERS 0.3 /* standard deviations */

static const char *const novelty_words[] = {
#define X(symbol, word, text) word,
	ENGINE_NOVELTY_TABLE(X)
#undef X
};
static const char *const novelty_texts[] = {
#define X(symbol, word, text) text,
	ENGINE_NOVELTY_TABLE(X)
#undef X
};

const char *engine_novelty_name(enum engine_novelty novelty)
{
	return novelty < ENGINE_NOVELTY_COUNT ? novelty_words[novelty] : "unknown";
}

const char *engine_novelty_text(enum engine_novelty novelty)
{
	return novelty < ENGINE_NOVELTY_COUNT ? novelty_texts[novelty] : NULL;
}

enum engine_novelty engine_novelty(const struct engine_query *query)
{
	if (query->subject == SUBJECT_NONE)
		return ENGINE_NOVELTY_NONE;
	return query->spread == FACTORS_SPREAD_NEWEST ? ENGINE_NOVELTY_NEWEST
	     : query->spread == FACTORS_SPREAD_FAMILY ? ENGINE_NOVELTY_FAMILY : ENGINE_NOVELTY_NONE;
}

static void subject_facts(const struct engine_query *query, struct engine_model *facts)
{
	if (query->subject == SUBJECT_CHILD)
		*facts = query->child.described.model;
	else
		attributes_describe(&query->fit->data, query->model, facts);
}

/* The belief of a merge with other facts: what they move is moved in what facts and pedigree tell. */
struct moved_merge {
	struct inherited inherited;
	struct factors_state told;
	double mean[FACTORS_RANK_MAX];
};

static void belief_moved(const struct engine_query *query, const double *by, struct moved_merge *moved,
			 struct belief *belief)
{
	size_t rank = factors_rank(query->fit->factors);

	for (size_t k = 0; k < rank; k++)
		belief->cold_mean[k] = query->belief.cold_mean[k] + by[k];
	memcpy(belief->cold, query->belief.cold, rank * rank * sizeof *belief->cold);
	belief_begin(belief, &query->belief.kin, query->belief.row);
	if (!query->belief.inherited)
		return;
	moved->inherited = query->child.inherited;
	moved->told = query->child.told;
	for (size_t k = 0; k < rank; k++)
		moved->mean[k] = query->child.told.mean[k] + by[k];
	moved->told.mean = moved->mean;
	moved->inherited.told = &moved->told;
	belief->inherited = &moved->inherited;
}

/* The target as if the subject were evaluated so, which moves what is expected of it by its facts. */
static double estimate_evaluated(const struct engine_query *query, const struct engine_target *target,
				 const struct engine_model *facts, enum answer chat_template)
{
	const struct factors *factors = query->fit->factors;
	struct engine_model evaluated = *facts;
	double unknown[FACTORS_RANK_MAX], moved[FACTORS_RANK_MAX];
	struct engine_estimate estimate;
	struct moved_merge merge;
	struct belief belief;

	evaluated.chat_template = chat_template;
	factors_facts_mean(factors, facts, unknown);
	factors_facts_mean(factors, &evaluated, moved);
	for (size_t k = 0; k < factors_rank(factors); k++)
		moved[k] -= unknown[k];
	belief_new(factors, &belief);
	belief_moved(query, moved, &merge, &belief);
	belief_condition_published(&belief, query->known, query->known_count);
	factors_estimate(&belief, target, query->spread, query->known, query->known_count, &estimate);
	belief_free(&belief);
	return estimate.mean;
}

bool engine_if_template(const struct engine_query *query, const struct engine_target *target, double *with,
			double *without)
{
	struct engine_estimate estimate;
	struct engine_model facts;

	engine_estimate(query, target, &estimate);
	if (isnan(estimate.mean) || !(estimate.sd > 0))
		return false;
	subject_facts(query, &facts);
	if (facts.chat_template != ANSWER_UNKNOWN)
		return false;
	*with = estimate_evaluated(query, target, &facts, ANSWER_YES);
	*without = estimate_evaluated(query, target, &facts, ANSWER_NO);
	return fabs(*with - *without) > MATTERS * estimate.sd;
}
