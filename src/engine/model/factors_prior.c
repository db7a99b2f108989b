/* What models have in common before any score is known: the prior covariance of their abilities. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/factors_fit.h"
#include "stemma/base/memory.h"

/* Places a model with or without the effects of its facts. */
static void place_model(const struct factors *factors, size_t model, bool lineage_only, struct design_place *place)
{
	struct engine_model facts;

	design_place_clear(place);
	if (!lineage_only) {
		attributes_describe(&factors->data, model, &facts);
		design_place_facts(&factors->design, &facts, place);
	}
	design_place_node(&factors->design, model, 1, place);
}

/* Variances of the terms, and of the models' own part: mean over the factors, each by the share of
 * the scores' variance that it has. */
static void mean_theta(const struct factors *factors, double *theta, double *own)
{
	size_t rank = factors->parameters.rank;
	double weight[FACTORS_RANK_MAX] = {0}, total = 0;

	for (size_t b = 0; b < factors->cells.benchmarks; b++)
		for (size_t k = 0; k < rank; k++) {
			double square = factors->parameters.loading[b * rank + k] * factors->parameters.loading[b * rank + k];
			weight[k] += square;
			total += square;
		}
	*own = 0;
	memset(theta, 0, DESIGN_TERMS_MAX * sizeof *theta);
	for (size_t k = 0; k < rank; k++) {
		weight[k] /= total;
		*own += weight[k] * factors->parameters.own[k];
		for (size_t t = 0; t < factors->design.terms; t++)
			theta[t] += weight[k] * factors->parameters.theta[t * rank + k];
	}
}

/* The variance that a place has beside effects: innovations of rows and what is new. */
static double place_own(const struct factors *factors, const double *theta, const struct design_place *place)
{
	double sum = design_nodes_in_common(&factors->design, theta, place, place);

	for (size_t t = 0; t < factors->design.terms; t++)
		sum += theta[t] * place->own[t];
	for (size_t i = 0; i < place->rows; i++) {
		double own;
		size_t term = design_row_origin(&factors->design, place->row[i].number, &own);
		sum += (double)(place->row[i].value * place->row[i].value) * own * theta[term];
	}
	return sum;
}

static double place_dot(const struct design_place *place, const double *effects)
{
	double sum = 0;

	for (size_t i = 0; i < place->effects; i++)
		sum += (double)place->effect[i].value * effects[place->effect[i].number];
	return sum;
}

/* What two places take of the innovations of the same rows and of other nodes. */
static double rows_in_common(const struct factors *factors, const double *theta, const struct design_place *a,
			     const struct design_place *b)
{
	double sum = design_nodes_in_common(&factors->design, theta, a, b);

	for (size_t i = 0; i < a->rows; i++)
		for (size_t j = 0; j < b->rows; j++) {
			double own;
			if (a->row[i].number != b->row[j].number)
				continue;
			size_t term = design_row_origin(&factors->design, a->row[i].number, &own);
			sum += (double)(a->row[i].value * b->row[j].value) * own * theta[term];
		}
	return sum;
}

/* effects = G Z' of a place. */
static void spread_place(const struct factors *factors, const double *theta, const struct design_place *place,
			 double *effects)
{
	memset(effects, 0, factors->design.effects * sizeof *effects);
	for (size_t i = 0; i < place->effects; i++)
		effects[place->effect[i].number] += (double)place->effect[i].value;
	design_covary(&factors->design, theta, effects);
}

/* ---- of many models ------------------------------------------------------------------- */

#define ROWS_KEPT 3 /* one a member of a triple */

struct factors_relations {
	const struct factors *factors;
	double theta[DESIGN_TERMS_MAX], own;
	size_t count;
	struct design_place *place; /* count */
	double *row[ROWS_KEPT];     /* effects: G Z' of ... */
	size_t row_of[ROWS_KEPT];   /* ... this model, SIZE_MAX none */
	size_t next;                /* to be overwritten */
};

struct factors_relations *factors_relations_new(const struct factors *factors, bool lineage_only,
						const uint32_t *models, size_t count)
{
	struct factors_relations *relations = memory_zero(1, sizeof *relations);

	relations->factors = factors;
	relations->count = count;
	relations->place = memory_zero(count + 1, sizeof *relations->place);
	mean_theta(factors, relations->theta, &relations->own);
	for (size_t i = 0; i < count; i++)
		place_model(factors, models[i], lineage_only, &relations->place[i]);
	for (size_t r = 0; r < ROWS_KEPT; r++)
		relations->row_of[r] = SIZE_MAX;
	return relations;
}

void factors_relations_free(struct factors_relations *relations)
{
	if (!relations)
		return;
	for (size_t i = 0; i < relations->count; i++)
		design_place_free(&relations->place[i]);
	for (size_t r = 0; r < ROWS_KEPT; r++)
		free(relations->row[r]);
	free(relations->place);
	free(relations);
}

static const double *relations_row(struct factors_relations *relations, size_t model)
{
	for (size_t r = 0; r < ROWS_KEPT; r++)
		if (relations->row_of[r] == model)
			return relations->row[r];
	size_t place = relations->next;
	relations->next = (place + 1) % ROWS_KEPT;
	if (!relations->row[place])
		relations->row[place] = memory_allocate(relations->factors->design.effects + 1, sizeof(double));
	relations->row_of[place] = model;
	spread_place(relations->factors, relations->theta, &relations->place[model], relations->row[place]);
	return relations->row[place];
}

double factors_relation(struct factors_relations *relations, size_t i, size_t j)
{
	const struct design_place *a = &relations->place[i], *b = &relations->place[j];
	double sum = place_dot(b, relations_row(relations, i));

	if (i == j)
		return sum + place_own(relations->factors, relations->theta, a) + relations->own;
	return sum + rows_in_common(relations->factors, relations->theta, a, b);
}

void factors_prior_covariance(const struct factors *factors, bool lineage_only, const uint32_t *models, size_t count,
			      double *covariance)
{
	struct factors_relations *relations = factors_relations_new(factors, lineage_only, models, count);

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j <= i; j++)
			covariance[i * count + j] = covariance[j * count + i] = factors_relation(relations, i, j);
	factors_relations_free(relations);
}

/* ---- of one subject ------------------------------------------------------------------- */

/* Places a hypothetical child. */
static void place_child(const struct factors *factors, const struct engine_child *child, bool lineage_only,
			struct design_place *place)
{
	size_t parents = 0;
	double total = 0;

	for (size_t i = 0; i < child->count; i++) {
		parents += child->weights[i] > 0;
		total += child->weights[i];
	}
	design_place_clear(place);
	if (!lineage_only)
		design_place_facts(&factors->design, &child->model, place);
	for (size_t i = 0; i < child->count; i++)
		if (child->weights[i] > 0)
			design_place_node(&factors->design, child->parents[i],
					  design_child_weight(&factors->design, parents, child->weights[i] / total), place);
	design_place_making(&factors->design, child->relation, parents, place);
}

void factors_kinship(const struct factors *factors, const struct engine_child *child, size_t model,
		     const uint32_t *models, size_t count, double *kinship)
{
	double self, own, theta[DESIGN_TERMS_MAX], shared;
	struct design_place place = {0};
	double *effects = memory_allocate(factors->design.effects + 1, sizeof *effects);

	mean_theta(factors, theta, &own);
	factors_prior_cross(factors, child, model, true, models, count, kinship, &self);
	self -= own; /* which the lineage does not tell */
	for (size_t i = 0; i < count; i++) {
		place_model(factors, models[i], true, &place);
		spread_place(factors, theta, &place, effects);
		shared = (place_dot(&place, effects) + place_own(factors, theta, &place)) * self;
		kinship[i] = shared > 0 ? kinship[i] / sqrt(shared) : 0;
	}
	design_place_free(&place);
	free(effects);
}

void factors_prior_cross(const struct factors *factors, const struct engine_child *child, size_t model,
			 bool lineage_only, const uint32_t *models, size_t count, double *cross, double *self)
{
	double theta[DESIGN_TERMS_MAX], own;
	struct design_place place = {0}, other = {0};
	double *effects = memory_allocate(factors->design.effects + 1, sizeof *effects);

	mean_theta(factors, theta, &own);
	if (child)
		place_child(factors, child, lineage_only, &place);
	else
		place_model(factors, model, lineage_only, &place);
	spread_place(factors, theta, &place, effects);
	*self = place_dot(&place, effects) + place_own(factors, theta, &place) + own;
	for (size_t i = 0; i < count; i++) {
		place_model(factors, models[i], lineage_only, &other);
		cross[i] = !child && models[i] == model
			? *self : place_dot(&other, effects) + rows_in_common(factors, theta, &place, &other);
	}
	design_place_free(&place);
	design_place_free(&other);
	free(effects);
}
