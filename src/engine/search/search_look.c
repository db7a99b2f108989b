/* The exact look at a short list: one solve with many columns. */
#include "model/posterior.h"
#include "search/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

/* A column is what a candidate brings through the lineage, or the group effects
 * of a child's facts at a date. */
struct look {
	struct search *search;
	size_t lineage, count;       /* columns; those of the lineage come first */
	struct covariance_point *point;
	size_t *by_candidate;        /* candidates: column + 1, 0 = none */
	size_t *by_facts;            /* facts x dates: the same */
	float *cross;                /* rows x columns: k */
	float *product;              /* columns x columns: k' K^-1 k */
	double *own_self;            /* columns: of the group effects */
	double *variance;            /* entries x weights: target's, so far */
};

static size_t *facts_column(const struct look *look, const struct entry *entry, size_t parents)
{
	const struct search *search = look->search;

	return &look->by_facts[search->candidate[entry->member[0]].facts * search->date_count +
			       search_date(search, entry->member, parents)];
}

/* The entry with one of the weights, heaviest first. */
static struct entry with_weights(const struct entry *entry, const double *weights, size_t parents)
{
	struct entry copy = *entry;

	memcpy(copy.weight, weights, sizeof copy.weight);
	entry_sort(&copy, parents);
	return copy;
}

static void add_lineage_column(struct look *look, size_t candidate)
{
	const struct search *search = look->search;

	if (look->by_candidate[candidate])
		return;
	look->point[look->count].kernel =
		search->fit->covariance.space.points[search->candidate[candidate].row];
	look->point[look->count].node = SIZE_MAX;
	look->by_candidate[candidate] = ++look->count;
}

static void add_own_column(struct look *look, const struct entry *entry, size_t parents)
{
	const struct search *search = look->search;
	size_t *place = facts_column(look, entry, parents);
	struct engine_child child;

	if (*place)
		return;
	search_child(search, entry->member, entry->weight, parents, &child);
	attributes_point(search->fit->attributes, &child.model, &look->point[look->count].kernel);
	look->point[look->count].node = SIZE_MAX;
	*place = ++look->count;
}

static void look_collect(struct look *look, const struct entry *entries, size_t count, size_t parents)
{
	const struct search *search = look->search;
	size_t rows;
	const double (*weights)[SUGGEST_PARENTS_MAX] = search_weights(parents, &rows);

	look->point = memory_zero(count * 2 * SUGGEST_PARENTS_MAX, sizeof *look->point);
	look->by_candidate = memory_zero(search->count, sizeof *look->by_candidate);
	look->by_facts = memory_zero(search->fact_count * search->date_count, sizeof *look->by_facts);
	for (size_t e = 0; e < count; e++)
		for (size_t i = 0; i < parents; i++)
			add_lineage_column(look, entries[e].member[i]);
	look->lineage = look->count;
	for (size_t e = 0; e < count; e++)
		for (size_t r = 0; r < rows; r++) {
			struct entry now = with_weights(&entries[e], weights[r], parents);
			add_own_column(look, &now, parents);
		}
	look->cross = memory_allocate(look->count * search->fit->rows, sizeof *look->cross);
	look->product = memory_allocate(look->count * look->count, sizeof *look->product);
	look->own_self = memory_allocate(look->count, sizeof *look->own_self);
	look->variance = memory_allocate(count * rows, sizeof *look->variance);
}

static void look_free(struct look *look)
{
	free(look->point);
	free(look->by_candidate);
	free(look->by_facts);
	free(look->cross);
	free(look->product);
	free(look->own_self);
	free(look->variance);
}

/* Terms of the column's kind between it and all rows; its own variance. */
static void look_fill_column(struct look *look, size_t group, size_t column)
{
	struct search *search = look->search;
	const struct engine_fit *fit = search->fit;
	const double *theta = fit->group[group].theta;
	float *out = look->cross + column * fit->rows;

	memset(out, 0, fit->rows * sizeof *out);
	look->own_self[column] = 0;
	for (size_t k = 0; k < covariance_terms(&fit->covariance); k++) {
		if (covariance_is_lineage(&fit->covariance, k) != (column < look->lineage))
			continue;
		covariance_cross(&fit->covariance, k, &look->point[column], search->node, search->cross);
		for (size_t i = 0; i < fit->rows; i++)
			out[i] += (float)(theta[k] * search->cross[i]);
		if (column >= look->lineage)
			look->own_self[column] += theta[k] * covariance_value(&fit->covariance, k,
							&look->point[column], &look->point[column]);
	}
}

static void look_solve(struct look *look, size_t group)
{
	const struct engine_fit *fit = look->search->fit;

	for (size_t i = 0; i < look->count; i++)
		look_fill_column(look, group, i);
	fit->posterior->explain(fit, group, look->cross, look->count, look->product);
}

/* Prior covariance of two parents by the lineage. */
static double lineage_self(const struct look *look, size_t group, size_t a, size_t b)
{
	const struct engine_fit *fit = look->search->fit;
	double sum = 0;

	for (size_t k = 0; k < covariance_terms(&fit->covariance); k++)
		if (covariance_is_lineage(&fit->covariance, k))
			sum += fit->group[group].theta[k] *
			       covariance_value(&fit->covariance, k, &look->point[a], &look->point[b]);
	return sum;
}

/* Adds a group's part of the variance of an entry for each of the weights. */
static void look_add_variance(const struct look *look, size_t group, double scale,
			      const struct entry *entry, size_t parents, double *variance)
{
	size_t rows, n = look->count, column[SUGGEST_PARENTS_MAX];
	double between[SUGGEST_PARENTS_MAX][SUGGEST_PARENTS_MAX];
	const double (*weights)[SUGGEST_PARENTS_MAX] = search_weights(parents, &rows);

	for (size_t i = 0; i < parents; i++)
		column[i] = look->by_candidate[entry->member[i]] - 1;
	for (size_t i = 0; i < parents; i++)
		for (size_t j = 0; j < parents; j++)
			between[i][j] = lineage_self(look, group, column[i], column[j]) -
					(double)look->product[column[i] * n + column[j]];
	for (size_t r = 0; r < rows; r++) {
		struct entry now = with_weights(entry, weights[r], parents);
		size_t own = *facts_column(look, &now, parents) - 1;
		double left = look->search->innovation[group] + look->own_self[own] -
			      (double)look->product[own * n + own];
		for (size_t i = 0; i < parents; i++) {
			left -= 2 * weights[r][i] * (double)look->product[column[i] * n + own];
			for (size_t j = 0; j < parents; j++)
				left += weights[r][i] * weights[r][j] * between[i][j];
		}
		variance[r] += scale * fmax(left, 1e-9);
	}
}

/* Keeps the best of the weights. */
static void look_choose(struct look *look, struct entry *entry, size_t parents,
			const double *variance)
{
	struct search *search = look->search;
	struct entry best = *entry;
	double score = -INFINITY, most = -INFINITY;
	size_t rows;
	const double (*weights)[SUGGEST_PARENTS_MAX] = search_weights(parents, &rows);

	for (size_t i = 0; i < parents; i++)
		score = fmax(score, search->candidate[entry->member[i]].score);
	for (size_t r = 0; r < rows; r++) {
		struct entry now = with_weights(entry, weights[r], parents);
		now.mean = search_mean(search, now.member, now.weight, parents);
		now.deviation = sqrt(variance[r]);
		double value = now.mean - score;
		if (search->settings->by == SUGGEST_CHANCE)
			value /= now.deviation;
		if (value > most && now.mean >= search->floor) {
			most = value;
			best = now;
		}
	}
	*entry = best;
}

void search_look(struct search *search, struct entry *entries, size_t count, size_t parents)
{
	const struct engine_fit *fit = search->fit;
	struct look look = {.search = search};
	size_t rows;

	search_weights(parents, &rows);
	look_collect(&look, entries, count, parents);
	for (size_t i = 0; i < count * rows; i++)
		look.variance[i] = search->left_over;
	for (size_t g = 0; g < fit->groups; g++) {
		double scale = 0;
		for (size_t f = 0; f < fit->transform.factors; f++)
			if (fit->group_of[f] == g)
				scale += search->loading[f] * search->loading[f] * fit->scale[f];
		look_solve(&look, g);
		for (size_t e = 0; e < count; e++)
			look_add_variance(&look, g, scale, &entries[e], parents, look.variance + e * rows);
	}
	for (size_t e = 0; e < count; e++)
		look_choose(&look, &entries[e], parents, look.variance + e * rows);
	look_free(&look);
}
