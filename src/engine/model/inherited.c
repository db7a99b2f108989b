#include "model/inherited.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "model/factors_fit.h"
#include "stemma/base/memory.h"

/* By the likelihood of 349 merges of the Open LLM Leaderboard that were held out (eval --protocol merges): flat
 * between 1 and 3. */
#define RATE 2
/* What a parent without a score counts beside those that have one: what is predicted of it is drawn to the
 * mean of its kin, and a model that somebody chose to merge is rarely like these.  By the same merges. */
#define OPEN_COUNTS 0.2
/* Of the noise, what measuring again brings where the number of questions is not known. */
#define REPEAT_SHARE 0.1

double inherited_share(const double *weight, const double *covariance, size_t count)
{
	double alone = 0;

	for (size_t i = 0; i < count; i++)
		alone += weight[i] * covariance[i * count + i];
	double distance = alone > 0 ? 1 - bilinear(weight, covariance, weight, count) / alone : 0;
	return 1 / (1 + RATE * fmax(distance, 0));
}

double inherited_left(const double *weight, const double *covariance, size_t count)
{
	double rho = inherited_share(weight, covariance, count), known = 0;

	for (size_t p = 0; p < count; p++)
		for (size_t q = 0; q < count; q++)
			known += weight[p] * weight[q] * covariance[p * count + q] /
				 sqrt(covariance[p * count + p] * covariance[q * count + q]);
	return REPEAT_SHARE + (1 - REPEAT_SHARE) * (1 - fmin(rho * rho * known, 1));
}

double inherited_alike(const double *a, const double *b, const double *covariance, size_t count)
{
	double both = bilinear(a, covariance, a, count) * bilinear(b, covariance, b, count);
	bool same = true;

	for (size_t i = 0; i < count; i++)
		same = same && fabs(a[i] - b[i]) < 1e-12;
	if (same) /* not by rounding */
		return 1;
	return both > 0 ? fmin(bilinear(a, covariance, b, count) / sqrt(both), 1) : 0;
}

void inherited_set(struct inherited *inherited)
{
	double weight[ENGINE_PARENTS_MAX];

	for (size_t p = 0; p < inherited->count; p++)
		weight[p] = inherited->parent[p]->weight;
	inherited->share = inherited_share(weight, inherited->covariance, inherited->count);
}

double inherited_new(const struct inherited *inherited)
{
	return 1 - inherited->share * inherited->share;
}

void inherited_state(const struct inherited *inherited, struct factors_state *state)
{
	size_t rank = state->rank;
	double rho = inherited->share;

	factors_state_add(state, 1 - rho, inherited->told);
	for (size_t i = 0; i < rank * rank; i++)
		state->own[i] = inherited_new(inherited) * inherited->told->own[i];
	for (size_t p = 0; p < inherited->count; p++) {
		const struct inherited_parent *parent = inherited->parent[p];
		factors_state_add(state, rho * parent->weight, &parent->known);
		for (size_t k = 0; k < rank && parent->moved; k++)
			state->mean[k] += rho * parent->weight * parent->moved[k];
	}
}

/* ---- one benchmark ---------------------------------------------------------------------- */

/* Number of a parent's cell, SIZE_MAX where its score is not known. */
static size_t parent_cell(const struct inherited *inherited, size_t p, uint32_t benchmark)
{
	int32_t row = factors_model_row(inherited->factors, inherited->parent[p]->model);

	return row < 0 ? SIZE_MAX : factors_find_cell(inherited->factors, (size_t)row, benchmark);
}

/* Variance of z when the same model is measured again: binomial by the number of questions (of a share that
 * the scale's range holds), else a part of the noise. */
static double repeat_noise(const struct factors *factors, uint32_t benchmark, double z, double noise)
{
	const struct engine_benchmark *facts = &factors->data.benchmark[benchmark];
	const struct scale *scale = &factors->cells.scale[benchmark];
	double range = facts->upper - facts->lower, slope = scale_slope(scale, z);
	double share = (scale_from_z(scale, z) - facts->lower) / range;

	if (!(facts->instances > 0) || !(range > 0) || isinf(range) || !(share > 0 && share < 1) || slope == 0)
		return REPEAT_SHARE * noise;
	double variance = share * (1 - share) / facts->instances * range * range;
	return fmin(variance / (slope * slope), noise);
}

static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

/* How much of the variance of what the factors leave is known: w' r w over the parents whose scores are, r the
 * correlation by K. */
static double known_share(const struct inherited *inherited, const struct inherited_part *part)
{
	const double *k = inherited->covariance;
	size_t n = inherited->count;
	double sum = 0;

	for (size_t p = 0; p < n; p++)
		for (size_t q = 0; q < n; q++)
			if (!part->open[p] && !part->open[q])
				sum += part->weight[p] * part->weight[q] * k[p * n + q] / sqrt(k[p * n + p] * k[q * n + q]);
	return fmin(sum, 1);
}

/* What each parent counts on a benchmark: rho in all. */
static void weigh_parents(const struct inherited *inherited, uint32_t benchmark, struct inherited_part *part)
{
	double total = 0;

	for (size_t p = 0; p < inherited->count; p++) {
		part->cell[p] = parent_cell(inherited, p, benchmark);
		part->open[p] = part->cell[p] == SIZE_MAX;
		part->weight[p] = inherited->parent[p]->weight * (part->open[p] ? OPEN_COUNTS : 1);
		total += part->weight[p];
	}
	for (size_t p = 0; p < inherited->count; p++)
		part->weight[p] *= inherited->share / total;
}

static void add_deviation(double weight, const double *loading, const struct factors_state *state, float *deviation)
{
	for (size_t k = 0; k < state->rank; k++)
		cblas_saxpy((int)state->draws, (float)(weight * loading[k]), state->deviation + k * state->draws, 1,
			    deviation, 1);
}

/* Adds what a parent gives. */
static void add_parent(const struct inherited *inherited, size_t p, uint32_t benchmark, struct inherited_part *part)
{
	const struct inherited_parent *parent = inherited->parent[p];
	double level, psi, weight = part->weight[p];
	const double *loading = factors_loading(inherited->factors, benchmark, &level, &psi);
	size_t rank = factors_rank(inherited->factors);

	if (parent->moved)
		part->z += weight * dot(loading, parent->moved, rank);
	if (!part->open[p]) {
		part->z += weight * (double)inherited->factors->cells.z[part->cell[p]];
		return;
	}
	part->z += weight * (level + dot(loading, parent->known.mean, rank));
	part->own += weight * weight * quadratic(loading, parent->known.own, rank);
	add_deviation(weight, loading, &parent->known, part->deviation);
}

void inherited_part(const struct inherited *inherited, uint32_t benchmark, double noise, struct inherited_part *part)
{
	const struct factors *factors = inherited->factors;
	double level, psi, told = 1 - inherited->share;
	const double *loading = factors_loading(factors, benchmark, &level, &psi);
	size_t rank = factors_rank(factors);

	*part = (struct inherited_part){0};
	part->deviation = memory_zero(factors_draws(factors) + 1, sizeof *part->deviation);
	part->z = told * (level + dot(loading, inherited->told->mean, rank));
	part->own = inherited_new(inherited) * quadratic(loading, inherited->told->own, rank);
	add_deviation(told, loading, inherited->told, part->deviation);
	weigh_parents(inherited, benchmark, part);
	for (size_t p = 0; p < inherited->count; p++)
		add_parent(inherited, p, benchmark, part);
	double repeat = repeat_noise(factors, benchmark, part->z, noise);
	part->noise = repeat + (noise - repeat) * (1 - known_share(inherited, part));
}

double inherited_between(const struct inherited *inherited, uint32_t b, const struct inherited_part *of_b, uint32_t c,
			 const struct inherited_part *of_c)
{
	const struct factors *factors = inherited->factors;
	double level, psi;
	const double *loading_b = factors_loading(factors, b, &level, &psi);
	const double *loading_c = factors_loading(factors, c, &level, &psi);
	size_t rank = factors_rank(factors);
	double sum = inherited_new(inherited) * bilinear(loading_b, inherited->told->own, loading_c, rank);

	for (size_t d = 0; d < factors_draws(factors); d++)
		sum += (double)(of_b->deviation[d] * of_c->deviation[d]);
	for (size_t p = 0; p < inherited->count; p++)
		if (of_b->open[p] && of_c->open[p])
			sum += of_b->weight[p] * of_c->weight[p] *
			       bilinear(loading_b, inherited->parent[p]->known.own, loading_c, rank);
	return sum;
}
