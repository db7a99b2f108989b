/* Why: what each observed cell adds to a prediction, exactly, by the adjoint of the linear
 * predictor; and what models share before any score is known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/factors_fit.h"
#include "stemma/base/memory.h"

#define TOLERANCE 2e-3
#define STEPS_MAX 60 /* far contributions of large caches are a little off then */

size_t factors_cells(const struct factors *factors)
{
	return factors->cells.count;
}

void factors_row_cells(const struct factors *factors, size_t row, size_t *first, size_t *count)
{
	*first = factors->cells.row_start[row];
	*count = factors->cells.row_start[row + 1] - *first;
}

size_t factors_find_cell(const struct factors *factors, size_t row, uint32_t benchmark)
{
	size_t low = factors->cells.row_start[row], high = factors->cells.row_start[row + 1], end = high;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (factors->cells.benchmark[middle] < benchmark)
			low = middle + 1;
		else
			high = middle;
	}
	return low < end && factors->cells.benchmark[low] == benchmark ? low : SIZE_MAX;
}

uint32_t factors_cell_model(const struct factors *factors, size_t cell)
{
	return factors->cells.row_model[factors->cells.row[cell]];
}

double factors_cell_above(const struct factors *factors, size_t cell)
{
	return (double)factors->cells.z[cell] - (double)factors->local.left_mean[cell];
}

uint32_t factors_cell_benchmark(const struct factors *factors, size_t cell)
{
	return factors->cells.benchmark[cell];
}

/* ---- the adjoint ------------------------------------------------------------------- */

/* gradient' f(subject) as a sum of effects and of rows' own parts. */
struct adjoint {
	const struct factors *factors;
	const double *gradient; /* rank */
	float *effects;         /* what it takes of all effects: effects x rank */
	double *share;          /* cells: what each adds */
	double *information;    /* rows x rank x rank, without the rows that are not to be seen */
	bool *hidden;           /* rows */
};

/* Adds to the shares of a row's cells: q' C h, h = sum of lambda (z - c) / noise. */
static void share_row(const struct factors *factors, size_t row, const double *q, double *share)
{
	const struct cells *cells = &factors->cells;
	size_t rank = factors->parameters.rank;
	const double *shrunk = factors->evidence.shrunk + row * rank * rank;
	double pulled[FACTORS_RANK_MAX] = {0};

	for (size_t m = 0; m < rank; m++)
		for (size_t l = 0; l < rank; l++)
			pulled[l] += q[m] * shrunk[m * rank + l];
	for (size_t i = cells->row_start[row]; i < cells->row_start[row + 1]; i++) {
		uint32_t b = cells->benchmark[i];
		double off = ((double)cells->z[i] - factors->parameters.level[b]) /
			     (factors->parameters.noise[b] + (double)cells->error[i]);
		for (size_t l = 0; l < rank; l++)
			share[i] += pulled[l] * factors->parameters.loading[b * rank + l] * off;
	}
}

/* Adds amount' e of a row, e = C h + (C S^-1 - 1) Z x. */
static void adjoint_own(struct adjoint *adjoint, size_t row, const double *amount)
{
	const struct factors *factors = adjoint->factors;
	const struct design_lists *z = &factors->design.row;
	size_t rank = factors->parameters.rank;
	const double *shrunk = factors->evidence.shrunk + row * rank * rank;

	share_row(factors, row, amount, adjoint->share);
	for (size_t l = 0; l < rank; l++) {
		double back = 0;
		for (size_t k = 0; k < rank; k++)
			back += amount[k] * shrunk[k * rank + l];
		back = back / factors->evidence.own[row * rank + l] - amount[l];
		for (size_t i = z->start[row]; i < z->start[row + 1]; i++)
			adjoint->effects[(z->effect[i] * rank + l)] += (float)(back * (double)z->value[i]);
	}
}

/* Adds value x gradient' (an effect). */
static void adjoint_effect(struct adjoint *adjoint, size_t effect, double value)
{
	size_t rank = adjoint->factors->parameters.rank;

	for (size_t k = 0; k < rank; k++)
		adjoint->effects[(effect * rank + k)] += (float)(adjoint->gradient[k] * value);
}

static void adjoint_place(struct adjoint *adjoint, const struct design_place *place, double weight)
{
	const struct factors *factors = adjoint->factors;
	size_t rank = factors->parameters.rank;

	for (size_t i = 0; i < place->effects; i++)
		adjoint_effect(adjoint, place->effect[i].number, weight * (double)place->effect[i].value);
	for (size_t i = 0; i < place->rows; i++) {
		size_t row = place->row[i].number;
		double own, amount[FACTORS_RANK_MAX];
		size_t term = design_row_origin(&factors->design, row, &own);
		for (size_t k = 0; k < rank; k++)
			amount[k] = adjoint->gradient[k] * weight * (double)place->row[i].value * own *
				    factors->parameters.theta[term * rank + k] / factors->evidence.own[row * rank + k];
		adjoint_own(adjoint, row, amount);
	}
}

/* A row as the others see it is hidden itself, with its fold unless leaving out was exact. */
static void hide_row(struct adjoint *adjoint, size_t row)
{
	const struct factors *factors = adjoint->factors;
	size_t rank = factors->parameters.rank;

	for (size_t other = 0; other < factors->cells.rows; other++) {
		if (other != row && (factors->exact || factors->fold[other] != factors->fold[row]))
			continue;
		adjoint->hidden[other] = true;
		memset(adjoint->information + other * rank * rank, 0, rank * rank * sizeof(double));
	}
}

static void adjoint_part(struct adjoint *adjoint, const struct factors_part *part)
{
	const struct factors *factors = adjoint->factors;
	const struct design_lists *z = &factors->design.row;
	struct design_place place = {0};
	int32_t row = part->what == FACTORS_PART_COLD ? factors->cells.model_row[part->model] : -1;

	if (part->what == FACTORS_PART_PARENT) {
		design_place_node(&factors->design, part->model, 1, &place);
	} else if (part->what == FACTORS_PART_FACTS) {
		design_place_facts(&factors->design, part->facts, &place);
	} else if (row < 0) {
		struct engine_model facts;
		attributes_describe(&factors->data, part->model, &facts);
		design_place_facts(&factors->design, &facts, &place);
		design_place_node(&factors->design, part->model, 1, &place);
	} else {
		for (size_t i = z->start[row]; i < z->start[row + 1]; i++)
			adjoint_effect(adjoint, z->effect[i], part->weight * (double)z->value[i]);
		hide_row(adjoint, (size_t)row);
	}
	adjoint_place(adjoint, &place, part->weight);
	design_place_free(&place);
}

/* Solves M y = U'a, and hands W y on to the cells: b = S^-1 C h. */
static void adjoint_solve(struct adjoint *adjoint)
{
	const struct factors *factors = adjoint->factors;
	size_t rank = factors->parameters.rank;
	struct system system;
	double q[FACTORS_RANK_MAX];

	system_new(&factors->design, rank, factors->parameters.theta, adjoint->information, &system);
	float *solution = memory_zero(system_effect_block(&system, 1), sizeof *solution);
	float *rows = memory_allocate(system_row_block(&system, 1), sizeof *rows);
	system_effects_back(&system, 1, adjoint->effects);
	system_solve(&system, NULL, &(struct system_end){TOLERANCE, STEPS_MAX, NULL}, 1, adjoint->effects, solution);
	system_effects(&system, 1, solution);
	system_gather(&system, 1, solution, rows);
	for (size_t row = 0; row < factors->cells.rows; row++) {
		for (size_t l = 0; l < rank; l++)
			q[l] = (double)rows[(row * rank + l)] / factors->evidence.own[row * rank + l];
		if (!adjoint->hidden[row])
			share_row(factors, row, q, adjoint->share);
	}
	free(solution);
	free(rows);
	system_free(&system);
}

void factors_explain(const struct factors *factors, const struct factors_part *part, size_t count,
		     const double *gradient, double *share)
{
	size_t rank = factors->parameters.rank, square = factors->cells.rows * rank * rank;
	struct adjoint adjoint = {.factors = factors, .gradient = gradient, .share = share};

	memset(share, 0, factors->cells.count * sizeof *share);
	adjoint.effects = memory_zero(factors->design.effects * rank + 1, sizeof *adjoint.effects);
	adjoint.hidden = memory_zero(factors->cells.rows + 1, sizeof *adjoint.hidden);
	adjoint.information = memory_allocate(square + 1, sizeof *adjoint.information);
	memcpy(adjoint.information, factors->evidence.information, square * sizeof *adjoint.information);
	for (size_t i = 0; i < count; i++)
		adjoint_part(&adjoint, &part[i]);
	adjoint_solve(&adjoint);
	free(adjoint.effects);
	free(adjoint.hidden);
	free(adjoint.information);
}

/* ---- before any score is known ---------------------------------------------------------- */

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

void factors_prior_covariance(const struct factors *factors, bool lineage_only, const uint32_t *models, size_t count,
			      double *covariance)
{
	double theta[DESIGN_TERMS_MAX], own;
	struct design_place *place = memory_zero(count + 1, sizeof *place);
	double *effects = memory_allocate(factors->design.effects + 1, sizeof *effects);

	mean_theta(factors, theta, &own);
	for (size_t i = 0; i < count; i++)
		place_model(factors, models[i], lineage_only, &place[i]);
	for (size_t i = 0; i < count; i++) {
		spread_place(factors, theta, &place[i], effects);
		for (size_t j = 0; j <= i; j++)
			covariance[i * count + j] = covariance[j * count + i] =
				place_dot(&place[j], effects) +
				(i == j ? place_own(factors, theta, &place[i]) + own
					: rows_in_common(factors, theta, &place[i], &place[j]));
	}
	for (size_t i = 0; i < count; i++)
		design_place_free(&place[i]);
	free(place);
	free(effects);
}

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
