/* Learning what betrays parents, and guessing them. */
#include "parents.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lapack.h"
#include "random.h"
#include "stemma/base/memory.h"

#define FOLDS 5
#define MERGES_MIN 20
#define PAIRS_MAX ((size_t)1500000) /* more merges than give so many are not learned from */
#define RIDGE 1.0                   /* on standardised features */
#define STEPS_MAX 30

/* ---- the pairs to learn from --------------------------------------------------------------- */

struct pair {
	uint32_t child, parent;
	bool is_parent;
	float x[FEATURES];
};
struct pairs {
	struct pair *list;
	size_t count, capacity;
	uint32_t *merges;  /* children in the order of the list */
	size_t merge_count;
	size_t hidden;     /* parents that are no candidates */
};

static bool is_known_merge(const struct engine_data *data, size_t model)
{
	size_t count;
	const struct lineage_parent *edges = lineage_parents(data->lineage, model, &count);

	for (size_t i = 0; data->model[model].architecture && i < count; i++)
		if (edges[i].relation == RELATION_MERGE && edges[i].weight > 0)
			return true;
	return false;
}

/* A model that is only known as this child's parent would give itself away. */
static bool is_known_otherwise(const struct engine_data *data, size_t parent, size_t child)
{
	const struct engine_model *p = &data->model[parent];
	size_t children, parents;
	const uint32_t *list = lineage_children(data->lineage, parent, &children);

	lineage_parents(data->lineage, parent, &parents);
	return p->architecture || !isnan(p->uploaded) || parents > 0 || children > 1 ||
	       (children == 1 && list[0] != child);
}

static void add_merge(const struct parents *parents, struct pairs *pairs, size_t child, bool *marked)
{
	const struct engine_data *data = parents->data;
	double x[FEATURES];

	parents_mark_descendants(data, child, marked);
	pairs->merges[pairs->merge_count++] = (uint32_t)child;
	for (size_t p = 0; p < data->models; p++) {
		bool is_parent = parents_relation(data, child, p) != RELATION_COUNT;
		if (marked[p] || !parents_possible(data, child, p) || !is_known_otherwise(data, p, child)) {
			pairs->hidden += is_parent;
			continue;
		}
		pairs->list = memory_grow(pairs->list, pairs->count, &pairs->capacity, sizeof *pairs->list);
		struct pair *pair = &pairs->list[pairs->count++];
		*pair = (struct pair){.child = (uint32_t)child, .parent = (uint32_t)p, .is_parent = is_parent};
		parents_compare(parents, child, p, x);
		for (size_t f = 0; f < FEATURES; f++)
			pair->x[f] = (float)x[f];
	}
}

static enum status collect_pairs(const struct parents *parents, struct pairs *pairs,
				 struct progress *progress, struct error *error)
{
	const struct engine_data *data = parents->data;
	bool *marked = memory_allocate(data->models + 1, sizeof *marked);
	enum status status = STATUS_OK;

	*pairs = (struct pairs){.merges = memory_allocate(data->models + 1, sizeof *pairs->merges)};
	for (size_t m = 0; m < data->models && pairs->count < PAIRS_MAX && status == STATUS_OK; m++) {
		if (is_known_merge(data, m))
			add_merge(parents, pairs, m, marked);
		if (!progress_step(progress, "comparing models", (double)m / (double)data->models))
			status = error_set(error, STATUS_CANCELLED, "stopped");
	}
	if (status == STATUS_OK && pairs->merge_count < MERGES_MIN) {
		error_set(error, STATUS_DATA, "%zu merges with known parents are too few to learn from",
			  pairs->merge_count);
		status = error_advise(error, "import lineage; %d are needed", MERGES_MIN);
	}
	free(marked);
	return status;
}

static void pairs_free(struct pairs *pairs)
{
	free(pairs->list);
	free(pairs->merges);
}

/* ---- the regression --------------------------------------------------------------------------- */

static void standardise(struct parents *parents, const struct pairs *pairs)
{
	for (size_t f = 0; f < FEATURES; f++) {
		double sum = 0, squares = 0, count = (double)pairs->count;
		for (size_t i = 0; i < pairs->count; i++) {
			sum += (double)pairs->list[i].x[f];
			squares += (double)pairs->list[i].x[f] * (double)pairs->list[i].x[f];
		}
		double mean = sum / count, variance = squares / count - mean * mean;
		bool constant = f == CONSTANT || !(variance > 1e-12);
		parents->mean[f] = constant ? 0 : mean;
		parents->sd[f] = constant ? 1 : sqrt(variance);
	}
}

static double score_pair(const struct parents *parents, const float *x, double *z)
{
	double sum = 0;

	for (size_t f = 0; f < FEATURES; f++) {
		z[f] = ((double)x[f] - parents->mean[f]) / parents->sd[f];
		sum += parents->weights[f] * z[f];
	}
	return sum;
}

static double log1p_exp(double x)
{
	return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/* The penalised log likelihood, its gradient and (minus) its curvature; pairs of
 * the fold `left_out` (-1 none) do not count. */
static double evaluate(const struct parents *parents, const struct pairs *pairs, const int *fold,
		       int left_out, double *gradient, double *curvature)
{
	double likelihood = 0, z[FEATURES];

	memset(gradient, 0, FEATURES * sizeof *gradient);
	memset(curvature, 0, FEATURES * FEATURES * sizeof *curvature);
	for (size_t i = 0; i < pairs->count; i++) {
		const struct pair *pair = &pairs->list[i];
		if (left_out >= 0 && fold[pair->child] == left_out)
			continue;
		double score = score_pair(parents, pair->x, z), p = 1 / (1 + exp(-score));
		double error = (pair->is_parent ? 1 : 0) - p, weight = p * (1 - p);
		likelihood += (pair->is_parent ? score : 0) - log1p_exp(score);
		for (size_t f = 0; f < FEATURES; f++) {
			gradient[f] += error * z[f];
			for (size_t g = 0; g <= f; g++)
				curvature[f * FEATURES + g] += weight * z[f] * z[g];
		}
	}
	for (size_t f = 0; f < CONSTANT; f++) {
		likelihood -= RIDGE / 2 * parents->weights[f] * parents->weights[f];
		gradient[f] -= RIDGE * parents->weights[f];
		curvature[f * FEATURES + f] += RIDGE;
	}
	curvature[CONSTANT * FEATURES + CONSTANT] += 1e-9;
	return likelihood;
}

/* Newton's method with halved steps; starts where nothing is known but how rare
 * parents are. */
static void learn(struct parents *parents, const struct pairs *pairs, const int *fold, int left_out)
{
	double gradient[FEATURES], curvature[FEATURES * FEATURES], old[FEATURES], step[FEATURES];
	double true_pairs = 0.5;

	for (size_t i = 0; i < pairs->count; i++)
		true_pairs += pairs->list[i].is_parent;
	memset(parents->weights, 0, sizeof parents->weights);
	parents->weights[CONSTANT] = log(true_pairs / ((double)pairs->count - true_pairs + 1));
	double value = evaluate(parents, pairs, fold, left_out, gradient, curvature);
	for (int i = 0; i < STEPS_MAX; i++) {
		memcpy(old, parents->weights, sizeof old);
		memcpy(step, gradient, sizeof step);
		if (lapack_done(LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', FEATURES, 1, curvature, FEATURES, step, 1)) != 0)
			return;
		double size = 1, next = -INFINITY;
		for (; size > 1e-4 && !(next > value); size /= 2) {
			for (size_t f = 0; f < FEATURES; f++)
				parents->weights[f] = old[f] + size * step[f];
			next = evaluate(parents, pairs, fold, left_out, gradient, curvature);
		}
		if (!(next > value)) {
			memcpy(parents->weights, old, sizeof old);
			return;
		}
		if (next - value < 1e-4)
			return;
		value = next;
	}
}

enum status parents_new(const struct engine_data *data, struct progress *progress,
			struct parents **result, struct error *error)
{
	struct parents *parents = parents_prepare(data);
	struct pairs pairs;
	enum status status = collect_pairs(parents, &pairs, progress, error);

	if (status == STATUS_OK) {
		standardise(parents, &pairs);
		learn(parents, &pairs, NULL, -1);
	}
	pairs_free(&pairs);
	if (status != STATUS_OK) {
		parents_free(parents);
		parents = NULL;
	}
	*result = parents;
	return status;
}

/* ---- guessing ------------------------------------------------------------------------------------ */

static void insert_guess(struct parents_guess *guesses, size_t *count, size_t room, size_t model,
			 double probability)
{
	size_t place = *count;

	while (place > 0 && guesses[place - 1].probability < probability)
		place--;
	if (place == room)
		return;
	*count += *count < room;
	memmove(guesses + place + 1, guesses + place, (*count - place - 1) * sizeof *guesses);
	guesses[place] = (struct parents_guess){model, probability};
}

size_t parents_guess(const struct parents *parents, size_t child, struct parents_guess *guesses,
		     size_t room)
{
	const struct engine_data *data = parents->data;
	bool *marked = memory_allocate(data->models + 1, sizeof *marked);
	double x[FEATURES], z[FEATURES];
	float pair[FEATURES];
	size_t count = 0;

	parents_mark_descendants(data, child, marked);
	for (size_t p = 0; data->model[child].architecture && p < data->models; p++) {
		if (marked[p] || !parents_possible(data, child, p))
			continue;
		parents_compare(parents, child, p, x);
		for (size_t f = 0; f < FEATURES; f++)
			pair[f] = (float)x[f];
		insert_guess(guesses, &count, room, p, 1 / (1 + exp(-score_pair(parents, pair, z))));
	}
	free(marked);
	return count;
}

/* ---- the test -------------------------------------------------------------------------------------- */

#define TOP 5

/* The first five of a merge's candidates by a rule. */
struct ranking {
	struct parents_guess top[TOP];
	size_t count;
};

enum rule { RULE_LEARNED, RULE_POPULAR, RULE_OWNER, RULES };

static double rule_value(const struct parents *parents, const struct pair *pair, enum rule rule)
{
	double z[FEATURES];

	switch (rule) {
	case RULE_POPULAR: return (double)pair->x[USES];
	case RULE_OWNER: return (double)pair->x[USES_OWN];
	default: return 1 / (1 + exp(-score_pair(parents, pair->x, z)));
	}
}

/* Sums over merges; shares at the end. */
struct sums {
	double first[RULES], five, parents, claims, claimed, held;
};

static void judge_merge(const struct parents *parents, const struct pair *pairs, size_t count,
			struct sums *sums)
{
	for (enum rule rule = 0; rule < RULES; rule++) {
		struct ranking ranking = {.count = 0};
		for (size_t i = 0; i < count; i++)
			insert_guess(ranking.top, &ranking.count, TOP, i, rule_value(parents, &pairs[i], rule));
		if (ranking.count > 0)
			sums->first[rule] += pairs[ranking.top[0].model].is_parent;
		for (size_t i = 0; i < ranking.count && rule == RULE_LEARNED; i++) {
			bool is_parent = pairs[ranking.top[i].model].is_parent;
			sums->five += is_parent;
			if (ranking.top[i].probability < 0.5)
				continue;
			sums->claims++;
			sums->claimed += ranking.top[i].probability;
			sums->held += is_parent;
		}
	}
	for (size_t i = 0; i < count; i++)
		sums->parents += pairs[i].is_parent;
}

static void judge_fold(const struct parents *parents, const struct pairs *pairs, const int *fold,
		       int which, struct sums *sums)
{
	for (size_t begin = 0, end; begin < pairs->count; begin = end) {
		uint32_t child = pairs->list[begin].child;
		for (end = begin; end < pairs->count && pairs->list[end].child == child;)
			end++;
		if (fold[child] == which)
			judge_merge(parents, pairs->list + begin, end - begin, sums);
	}
}

enum status parents_test(const struct engine_data *data, uint64_t seed, struct progress *progress,
			 struct parents_figures *figures, struct error *error)
{
	struct parents *parents = parents_prepare(data);
	struct sums sums = {0};
	struct pairs pairs;
	enum status status = collect_pairs(parents, &pairs, progress, error);
	int *fold = memory_zero(data->models + 1, sizeof *fold);

	for (size_t i = 0; i < pairs.merge_count; i++)
		fold[pairs.merges[i]] = (int)(random_next(&seed) % FOLDS);
	if (status == STATUS_OK)
		standardise(parents, &pairs);
	for (int which = 0; which < FOLDS && status == STATUS_OK; which++) {
		learn(parents, &pairs, fold, which);
		judge_fold(parents, &pairs, fold, which, &sums);
		if (!progress_step(progress, "testing", (double)(which + 1) / FOLDS))
			status = error_set(error, STATUS_CANCELLED, "stopped");
	}
	double merges = (double)pairs.merge_count;
	*figures = (struct parents_figures){
		.merges = pairs.merge_count, .first = sums.first[RULE_LEARNED] / merges,
		.five = sums.five / TOP / merges, .found = sums.five / (sums.parents + (double)pairs.hidden),
		.popular = sums.first[RULE_POPULAR] / merges, .owner = sums.first[RULE_OWNER] / merges,
		.claimed = sums.claimed / sums.claims, .true_share = sums.held / sums.claims,
	};
	free(fold);
	pairs_free(&pairs);
	parents_free(parents);
	return status;
}
