/* What the fit's own merges say of suggestions: each predicted without its own scores. */
#include "search/search.h"

#include <math.h>
#include <stdlib.h>

#include "model/inherited.h"
#include "stemma/base/memory.h"

/* Fewer merges say nothing, and so many are "such". */
#define LEAST 8
#define SUCH 40

/* The scored parents of a merge, with the target as published. */
struct scored_parents {
	size_t count;
	uint32_t model[ENGINE_PARENTS_MAX];
	double weight[ENGINE_PARENTS_MAX]; /* of sum 1 */
	double best, mean;
};

static void find_parents(const struct search *search, size_t model, struct scored_parents *scored)
{
	const struct engine_fit *fit = search->fit;
	size_t count;
	const struct lineage_parent *parents = lineage_parents(fit->data.lineage, model, &count);
	double total = 0;

	*scored = (struct scored_parents){.best = -INFINITY};
	for (size_t i = 0; i < count && scored->count < ENGINE_PARENTS_MAX; i++) {
		int32_t row = fit->model_row[parents[i].node];
		double score = row >= 0 && parents[i].weight > 0 ? search_target_score(search, (size_t)row) : NAN;
		if (isnan(score))
			continue;
		scored->model[scored->count] = parents[i].node;
		scored->weight[scored->count++] = (double)parents[i].weight;
		scored->best = fmax(scored->best, score);
		scored->mean += (double)parents[i].weight * score;
		total += (double)parents[i].weight;
	}
	scored->mean /= total;
	for (size_t i = 0; i < scored->count; i++)
		scored->weight[i] /= total;
}

/* Predicts a merge without its own scores, from what it inherits and, for the rest, from facts and pedigree. */
static void judge(const struct search *search, size_t row, const struct scored_parents *parents, double score,
		  struct judged_merge *judged)
{
	const struct factors *factors = search->fit->factors;
	double mean[FACTORS_RANK_MAX], covariance[FACTORS_RANK_MAX * FACTORS_RANK_MAX], told = search->constant;
	double between[ENGINE_PARENTS_MAX * ENGINE_PARENTS_MAX];
	size_t rank = factors_rank(factors);

	factors_cold(factors, search->fit->row_model[row], mean, covariance);
	for (size_t k = 0; k < rank; k++)
		told += search->gradient[k] * mean[k];
	factors_prior_covariance(factors, false, parents->model, parents->count, between);
	double rho = inherited_share(parents->weight, between, parents->count);
	double variance = (1 - rho * rho) * quadratic(search->gradient, covariance, rank) +
			  inherited_left(parents->weight, between, parents->count) * search->left_over;
	judged->predicted = rho * parents->mean + (1 - rho) * told - parents->best;
	judged->gained = score - parents->best;
	judged->chance = 0.5 * erfc(-judged->predicted / sqrt(2 * variance));
}

static int compare_chances(const void *left, const void *right)
{
	const struct judged_merge *a = left, *b = right;

	return (a->chance > b->chance) - (a->chance < b->chance);
}

void merges_judge(const struct search *search, struct merges *merges)
{
	const struct engine_fit *fit = search->fit;
	struct scored_parents parents;

	*merges = (struct merges){.merge = memory_allocate(fit->rows + 1, sizeof *merges->merge)};
	for (size_t row = 0; row < fit->rows; row++) {
		double score = search_target_score(search, row);
		if (isnan(score))
			continue;
		find_parents(search, fit->row_model[row], &parents);
		if (parents.count >= 2)
			judge(search, row, &parents, score, &merges->merge[merges->count++]);
	}
	qsort(merges->merge, merges->count, sizeof *merges->merge, compare_chances);
}

void merges_free(struct merges *merges)
{
	free(merges->merge);
	*merges = (struct merges){0};
}

/* Lower end of the 90 % interval of the slope, within 0..1. */
double merges_slope(const struct merges *merges)
{
	double n = (double)merges->count, x = 0, y = 0, xx = 0, xy = 0, yy = 0;

	for (size_t i = 0; i < merges->count; i++) {
		const struct judged_merge *merge = &merges->merge[i];
		x += merge->predicted;
		y += merge->gained;
		xx += merge->predicted * merge->predicted;
		xy += merge->predicted * merge->gained;
		yy += merge->gained * merge->gained;
	}
	xx -= x * x / n, xy -= x * y / n, yy -= y * y / n;
	if (merges->count < LEAST || !(xx > 0))
		return 0.5;
	double slope = xy / xx, left = yy - slope * xy;
	return fmin(fmax(slope - 1.6449 * sqrt(fmax(left, 0) / (n - 2) / xx), 0), 1);
}

struct suggest_such merges_such(const struct merges *merges, double chance)
{
	const struct judged_merge *merge = merges->merge;
	size_t from = 0, count = merges->count < SUCH ? merges->count : SUCH;

	if (merges->count < LEAST)
		return (struct suggest_such){.low = NAN, .high = NAN};
	while (from + count < merges->count && merge[from + count].chance - chance < chance - merge[from].chance)
		from++;
	struct suggest_such such = {.count = count, .low = merge[from].chance, .high = merge[from + count - 1].chance};
	for (size_t i = from; i < from + count; i++)
		such.gained += merge[i].gained > 0;
	return such;
}
