/* Subjects: what is known of the abilities of models, of the data and new. */
#include "model/factors_fit.h"

#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "solve/machine.h"
#include "stemma/base/memory.h"

FOR_THIS_MACHINE
static void add_deviation(const struct factors *factors, size_t effect, float factor, float *restrict deviation)
{
	size_t rank = factors->parameters.rank, draws = factors->draws;

	if (factors->exact) {
		cblas_saxpy((int)(rank * draws), factor, factors->root + effect * rank * draws, 1, deviation, 1);
		return;
	}
	for (size_t k = 0; k < rank; k++) {
		float unit = factor * factors->unit[effect * rank + k];
		const int8_t *restrict draw = factors->draw + (effect * rank + k) * draws;
		for (size_t d = 0; d < draws; d++)
			deviation[k * draws + d] += unit * (float)draw[d];
	}
}

void factors_row_state(const struct factors *factors, size_t row, double *mean, float *deviation)
{
	const struct design_lists *z = &factors->design.row;
	size_t rank = factors->parameters.rank;

	for (size_t i = z->start[row]; i < z->start[row + 1]; i++) {
		size_t effect = z->effect[i];
		for (size_t k = 0; k < rank; k++)
			mean[k] += (double)(z->value[i] * factors->mean[effect * rank + k]);
		if (deviation)
			add_deviation(factors, effect, z->value[i], deviation);
	}
}

void deviation_covariance(const float *deviation, size_t n, size_t draws, double *covariance)
{
	for (size_t k = 0; k < n; k++)
		for (size_t l = 0; l <= k; l++) {
			double sum = 0;
			for (size_t d = 0; d < draws; d++)
				sum += (double)(deviation[k * draws + d] * deviation[l * draws + d]);
			covariance[k * n + l] = covariance[l * n + k] = sum;
		}
}

size_t factors_rank(const struct factors *factors)
{
	return factors->parameters.rank;
}

size_t factors_draws(const struct factors *factors)
{
	return factors->draws;
}

size_t factors_rows(const struct factors *factors)
{
	return factors->cells.rows;
}

uint32_t factors_row_model(const struct factors *factors, size_t row)
{
	return factors->cells.row_model[row];
}

int32_t factors_model_row(const struct factors *factors, size_t model)
{
	return factors->cells.model_row[model];
}

void factors_state_new(const struct factors *factors, struct factors_state *state)
{
	size_t rank = factors->parameters.rank;

	*state = (struct factors_state){.rank = rank, .draws = factors->draws};
	state->mean = memory_zero(rank, sizeof *state->mean);
	state->deviation = memory_zero(rank * factors->draws + 1, sizeof *state->deviation);
	state->own = memory_zero(rank * rank, sizeof *state->own);
}

void factors_state_free(struct factors_state *state)
{
	free(state->mean);
	free(state->deviation);
	free(state->own);
	*state = (struct factors_state){0};
}

static void state_clear(struct factors_state *state)
{
	memset(state->mean, 0, state->rank * sizeof *state->mean);
	memset(state->deviation, 0, state->rank * state->draws * sizeof *state->deviation);
	memset(state->own, 0, state->rank * state->rank * sizeof *state->own);
}

void factors_state_add(struct factors_state *to, double weight, const struct factors_state *from)
{
	size_t rank = to->rank;

	for (size_t k = 0; k < rank; k++)
		to->mean[k] += weight * from->mean[k];
	for (size_t i = 0; i < rank * rank; i++)
		to->own[i] += weight * weight * from->own[i];
	cblas_saxpy((int)(rank * to->draws), (float)weight, from->deviation, 1, to->deviation, 1);
}

void factors_state_covariance(const struct factors_state *state, double *covariance)
{
	deviation_covariance(state->deviation, state->rank, state->draws, covariance);
	for (size_t i = 0; i < state->rank * state->rank; i++)
		covariance[i] += state->own[i];
}

/* A row's own part e = f - Z x: mean and deviations are added times `share` (rank), and its covariance
 * given x to own.  e = C (h + S^-1 Z x) - Z x. */
static void add_row_own(const struct factors *factors, size_t row, const double *share, struct factors_state *state)
{
	size_t rank = state->rank, draws = state->draws;
	double mean[FACTORS_RANK_MAX] = {0}, pulled[FACTORS_RANK_MAX];
	float *deviation = memory_zero(rank * draws + 1, sizeof *deviation);
	const double *shrunk = factors->evidence.shrunk + row * rank * rank, *own = factors->evidence.own + row * rank;

	factors_row_state(factors, row, mean, draws > 0 ? deviation : NULL);
	for (size_t k = 0; k < rank; k++) {
		pulled[k] = factors->evidence.pull[row * rank + k] - mean[k];
		for (size_t l = 0; l < rank; l++) {
			double gain = shrunk[k * rank + l] / own[l];
			pulled[k] += gain * mean[l];
			gain -= k == l;
			cblas_saxpy((int)draws, (float)(share[k] * gain), deviation + l * draws, 1, state->deviation + k * draws, 1);
			state->own[k * rank + l] += share[k] * share[l] * shrunk[k * rank + l];
		}
		state->mean[k] += share[k] * pulled[k];
	}
	free(deviation);
}

/* Adds where something stands: effects, shares of rows' innovations, new variance. */
static void add_place(const struct factors *factors, const struct design_place *place, struct factors_state *state)
{
	size_t rank = state->rank, draws = state->draws, terms = factors->design.terms;

	for (size_t i = 0; i < place->effects; i++) {
		size_t effect = place->effect[i].number;
		for (size_t k = 0; k < rank; k++)
			state->mean[k] += (double)(place->effect[i].value * factors->mean[effect * rank + k]);
		if (draws > 0)
			add_deviation(factors, effect, place->effect[i].value, state->deviation);
	}
	for (size_t i = 0; i < place->rows; i++) {
		double share[FACTORS_RANK_MAX], variance, own;
		size_t row = place->row[i].number, term = design_row_origin(&factors->design, row, &own);
		for (size_t k = 0; k < rank; k++) {
			/* The innovation is a part of e: given e its share of the mean, and what that leaves open. */
			double weight = (double)place->row[i].value;
			variance = own * factors->parameters.theta[term * rank + k];
			share[k] = weight * variance / factors->evidence.own[row * rank + k];
			state->own[k * rank + k] += weight * weight * variance - weight * share[k] * variance;
		}
		add_row_own(factors, row, share, state);
	}
	for (size_t t = 0; t < terms; t++)
		for (size_t k = 0; k < rank && place->own[t] > 0; k++)
			state->own[k * rank + k] += place->own[t] * factors->parameters.theta[t * rank + k];
	for (size_t k = 0; k < rank && place->nodes > 0; k++) {
		double theta[DESIGN_TERMS_MAX];
		for (size_t t = 0; t < terms; t++)
			theta[t] = factors->parameters.theta[t * rank + k];
		state->own[k * rank + k] += design_nodes_in_common(&factors->design, theta, place, place);
	}
}

/* The variance that every model has of its own. */
static void add_own(const struct factors *factors, struct factors_state *state)
{
	for (size_t k = 0; k < state->rank; k++)
		state->own[k * state->rank + k] += factors->parameters.own[k];
}

/* Adds what facts tell.  Where some are unknown that is the mixture over what they may be, by its first
 * two moments: sum p_c m_c; and for the variance, what each leaves open and how they differ,
 * sum p_c ((m_c - m)(m_c - m)' + (d_c - d)(d_c - d)'), by the posterior, not the prior. */
static void add_facts(const struct factors *factors, const struct engine_model *facts, struct factors_state *state)
{
	struct supposition list[SUPPOSED_MAX];
	size_t count = design_suppose(&factors->design, facts, list), rank = state->rank, draws = state->draws;
	struct factors_state *may = memory_allocate(count, sizeof *may), mean;
	struct design_place place = {0};

	factors_state_new(factors, &mean);
	for (size_t c = 0; c < count; c++) {
		design_place_clear(&place);
		design_place_facts(&factors->design, &list[c].facts, &place);
		factors_state_new(factors, &may[c]);
		add_place(factors, &place, &may[c]);
		factors_state_add(&mean, list[c].chance, &may[c]);
	}
	for (size_t c = 0; c < count; c++) {
		for (size_t k = 0; k < rank; k++)
			may[c].mean[k] -= mean.mean[k];
		cblas_saxpy((int)(rank * draws), -1, mean.deviation, 1, may[c].deviation, 1);
		for (size_t k = 0; k < rank; k++)
			for (size_t l = 0; l < rank; l++)
				state->own[k * rank + l] += list[c].chance *
					(may[c].own[k * rank + l] + may[c].mean[k] * may[c].mean[l] +
					 (double)cblas_sdot((int)draws, may[c].deviation + k * draws, 1, may[c].deviation + l * draws, 1));
		factors_state_free(&may[c]);
	}
	memset(mean.own, 0, rank * rank * sizeof *mean.own);
	factors_state_add(state, 1, &mean);
	factors_state_free(&mean);
	design_place_free(&place);
	free(may);
}

void factors_known(const struct factors *factors, size_t model, struct factors_state *state)
{
	int32_t row = factors->cells.model_row[model];
	double all[FACTORS_RANK_MAX];

	state_clear(state);
	if (row >= 0) {
		for (size_t k = 0; k < state->rank; k++)
			all[k] = 1;
		factors_row_state(factors, (size_t)row, state->mean, state->deviation);
		add_row_own(factors, (size_t)row, all, state);
		return;
	}
	struct design_place place = {0};
	struct engine_model facts;
	attributes_describe(&factors->data, model, &facts);
	add_facts(factors, &facts, state);
	design_place_node(&factors->design, model, 1, &place);
	add_place(factors, &place, state);
	add_own(factors, state);
	design_place_free(&place);
}

void factors_parent(const struct factors *factors, size_t parent, struct factors_state *state)
{
	struct design_place place = {0};

	state_clear(state);
	design_place_node(&factors->design, parent, 1, &place);
	add_place(factors, &place, state);
	design_place_free(&place);
}

void factors_facts(const struct factors *factors, const struct engine_model *facts, enum relation relation,
		   size_t parents, struct factors_state *state)
{
	struct design_place place = {0};

	state_clear(state);
	add_facts(factors, facts, state);
	design_place_making(&factors->design, relation, parents, &place);
	add_place(factors, &place, state);
	add_own(factors, state);
	design_place_free(&place);
}

static void place_mean(const struct factors *factors, const struct design_place *place, double *mean)
{
	struct factors_state state = {.rank = factors->parameters.rank, .mean = mean};
	double own[FACTORS_SQUARE_MAX] = {0};
	float none = 0;

	state.own = own; /* without draws the deviations are nothing */
	state.deviation = &none;
	memset(mean, 0, state.rank * sizeof *mean);
	add_place(factors, place, &state);
}

void factors_parent_mean(const struct factors *factors, size_t parent, double *mean)
{
	struct design_place place = {0};

	design_place_node(&factors->design, parent, 1, &place);
	place_mean(factors, &place, mean);
	design_place_free(&place);
}

void factors_facts_mean(const struct factors *factors, const struct engine_model *facts, double *mean)
{
	struct design_place place = {0};

	design_place_facts(&factors->design, facts, &place);
	place_mean(factors, &place, mean);
	design_place_free(&place);
}

double factors_child_weight(const struct factors *factors, size_t parents, double weight)
{
	return design_child_weight(&factors->design, parents, weight);
}

void factors_cold(const struct factors *factors, size_t model, double *mean, double *covariance)
{
	size_t rank = factors->parameters.rank;
	int32_t row = factors->cells.model_row[model];

	if (row < 0) {
		struct factors_state state;
		factors_state_new(factors, &state);
		factors_known(factors, model, &state);
		memcpy(mean, state.mean, rank * sizeof *mean);
		factors_state_covariance(&state, covariance);
		factors_state_free(&state);
		return;
	}
	for (size_t k = 0; k < rank; k++) {
		mean[k] = (double)factors->outside[(size_t)row * rank + k];
		for (size_t l = 0; l < rank; l++)
			covariance[k * rank + l] = (double)factors->open[((size_t)row * rank + k) * rank + l];
		covariance[k * rank + k] += factors->evidence.own[(size_t)row * rank + k];
	}
}
