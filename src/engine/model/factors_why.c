/* Why: what each observed cell adds to a prediction, exactly, by the adjoint of the linear predictor. */
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

double factors_cell_z(const struct factors *factors, size_t cell)
{
	return (double)factors->cells.z[cell];
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
	bool stands = part->what == FACTORS_PART_COLD || part->what == FACTORS_PART_KNOWN;
	int32_t row = stands ? factors->cells.model_row[part->model] : -1;
	double own[FACTORS_RANK_MAX];

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
		for (size_t k = 0; k < factors->parameters.rank; k++)
			own[k] = part->weight * adjoint->gradient[k];
		if (part->what == FACTORS_PART_COLD)
			hide_row(adjoint, (size_t)row);
		else
			adjoint_own(adjoint, (size_t)row, own);
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
	for (size_t i = 0; i < count; i++) {
		adjoint.gradient = part[i].gradient ? part[i].gradient : gradient;
		adjoint_part(&adjoint, &part[i]);
	}
	adjoint_solve(&adjoint);
	free(adjoint.effects);
	free(adjoint.hidden);
	free(adjoint.information);
}
