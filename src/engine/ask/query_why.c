/* Why: the reasons of a prediction, and what two of them have in common. */
#include "ask/query.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "stemma/base/memory.h"

/* ---- why ------------------------------------------------------------------------------ */

/* What each scored model counts in the last prediction (groups x rows); kept
 * until the next one. */
static const float *query_weights(struct engine_query *query)
{
	const struct engine_fit *fit = query->fit;
	size_t rows = fit->rows;

	if (query->counts_known)
		return query->counts;
	query->counts_known = true;
	if (query->subject == SUBJECT_SCORED) {
		fit->posterior->leave_out(fit, (size_t)fit->model_row[query->model], query->counts);
		return query->counts;
	}
	memset(query->counts, 0, fit->groups * rows * sizeof *query->counts);
	for (size_t g = 0; g < fit->groups; g++)
		for (size_t i = 0; i < COLUMNS_MAX; i++)
			if (query->column[i].valid)
				cblas_saxpy((int)rows, (float)query->weight[i], query->column[i].sums.weights[g], 1,
					    query->counts + g * rows, 1);
	return query->counts;
}

/* ---- two children ------------------------------------------------------------------- */

/* The covariances of the last prediction with the rows, all columns as they are
 * weighted: rows floats in a group. */
static void query_total(const struct engine_query *query, size_t group, float *total)
{
	memset(total, 0, query->fit->rows * sizeof *total);
	for (size_t c = 0; c < COLUMNS_MAX; c++)
		for (size_t i = 0; i < query->fit->rows && query->column[c].valid; i++)
			total[i] += (float)(query->weight[c] * query->column[c].sums.cross[group][i]);
}

/* Posterior covariance of the factors of two children: the prior one less what
 * the scores explain, k_a' K^-1 k_b.  Innovation and noise are each one's own. */
static void pair_covariance(struct engine_query *a, struct engine_query *b, double *covariance)
{
	const struct engine_fit *fit = a->fit;
	struct lineage_share *path_a, *path_b;
	struct covariance_point point_a = query_point(a, &path_a), point_b = query_point(b, &path_b);
	float *columns = memory_allocate(2 * fit->rows, sizeof *columns), product[4];
	double group[FIT_GROUPS_MAX];

	for (size_t g = 0; g < fit->groups; g++) {
		query_total(a, g, columns);
		query_total(b, g, columns + fit->rows);
		fit->posterior->explain(fit, g, columns, 2, product);
		group[g] = query_self(a, g, TERMS_ALL, &point_a, &point_b) - (double)product[1];
	}
	for (size_t f = 0; f < fit->transform.factors; f++)
		covariance[f] = fit->scale[f] * group[fit->group_of[f]];
	free(columns);
	free(path_a);
	free(path_b);
}

/* Of one aim, with the covariance of the factors of the two. */
static struct engine_difference difference_of(const struct engine_query *a, const struct engine_query *b,
					      const struct aim *aim, const double *covariance, bool upwards)
{
	double mean_a, mean_b, deviation_a, deviation_b, between = 0;

	fit_to_points(a->fit, aim, a->mean, a->variance, &mean_a, &deviation_a);
	fit_to_points(b->fit, aim, b->mean, b->variance, &mean_b, &deviation_b);
	double wide_a = query_calibrated(a, aim, deviation_a), wide_b = query_calibrated(b, aim, deviation_b);
	for (size_t f = 0; f < a->fit->transform.factors; f++) {
		double loading = fit_loading(a->fit, aim, f);
		between += loading * loading * covariance[f];
	}
	double correlation = between / (deviation_a * deviation_b);
	double deviation = sqrt(fmax(wide_a * wide_a + wide_b * wide_b - 2 * correlation * wide_a * wide_b, 1e-12));
	double mean = mean_a - mean_b;
	return (struct engine_difference){
		.mean = mean,
		.half90 = NORMAL_90 * deviation,
		.correlation = correlation,
		.chance = 0.5 * erfc((upwards ? -mean : mean) / (deviation * sqrt(2))),
	};
}

bool engine_differences(struct engine_query *a, struct engine_query *b, const struct engine_target *targets,
			size_t count, struct engine_difference *differences)
{
	double covariance[FACTORS_MAX];
	struct aim aim;

	if (a->fit != b->fit || a->subject != SUBJECT_CHILD || b->subject != SUBJECT_CHILD)
		return false;
	pair_covariance(a, b, covariance);
	for (size_t i = 0; i < count; i++) {
		differences[i] = (struct engine_difference){NAN, NAN, NAN, NAN};
		if (fit_aim(a->fit, &targets[i], &aim))
			differences[i] = difference_of(a, b, &aim, covariance,
				engine_target_upwards(a->fit->data.benchmark, &targets[i]));
	}
	return true;
}

/* Puts a contribution in its place among the `count` largest so far. */
static size_t contribution_insert(struct engine_contribution *list, size_t count, size_t max,
				  struct engine_contribution entry)
{
	size_t place = count < max ? count : max;

	while (place > 0 && fabs(list[place - 1].points) < fabs(entry.points)) {
		if (place < max)
			list[place] = list[place - 1];
		place--;
	}
	if (place == max)
		return count;
	list[place] = entry;
	return count < max ? count + 1 : max;
}

/* What the subject's own known scores contribute, and what they leave of the aim for the
 * others to say. */
static size_t contribute_own(const struct engine_query *query, struct aim *aim,
			     struct engine_contribution *contributions, size_t max)
{
	const struct engine_fit *fit = query->fit;
	const struct belief *belief = &query->belief;
	struct aim rest = *aim;
	size_t count = 0;

	for (size_t known = 0; known < belief->count; known++) {
		double gain = 0;
		if (!belief->known[known])
			continue;
		for (size_t c = 0; c < belief->count; c++)
			gain += aim->coefficient[c] * belief->gain[c][known];
		rest.coefficient[known] -= gain;
		count = contribution_insert(contributions, count, max, (struct engine_contribution){
			.model = query->model, .benchmark = fit->columns.benchmark[known],
			.points = gain * (query->added[known] - fit->transform.mean[known])});
	}
	*aim = rest;
	return count;
}

size_t engine_contributions(struct engine_query *query, const struct engine_target *target,
			    struct engine_contribution *contributions, size_t max)
{
	const struct engine_fit *fit = query->fit;
	size_t rows = fit->rows, factors = fit->transform.factors, count = 0;
	double loading[FACTORS_MAX];
	struct aim aim;

	if (query->subject == SUBJECT_NONE || max == 0 || !fit->factored || !fit_aim(fit, target, &aim))
		return 0;
	if (query->subject != SUBJECT_CHILD)
		count = contribute_own(query, &aim, contributions, max);
	const float *counts = query_weights(query);
	for (size_t f = 0; f < factors; f++)
		loading[f] = fit_loading(fit, &aim, f);
	for (size_t row = 0; row < rows; row++) {
		double points = 0;
		for (size_t f = 0; f < factors; f++)
			points += loading[f] * (double)counts[fit->group_of[f] * rows + row] *
				  fit->values[f * rows + row];
		count = contribution_insert(contributions, count, max, (struct engine_contribution){
			.model = fit->row_model[row], .benchmark = ENGINE_ALL, .points = points});
	}
	return count;
}

/* ---- nearest ancestors ------------------------------------------------------------------ */

/* Prior covariance of two points by the lineage alone, summed over the groups
 * with the variance of their factors. */
static double lineage_covariance(const struct engine_query *query, const struct covariance_point *a,
				 const struct covariance_point *b)
{
	const struct engine_fit *fit = query->fit;
	enum which_terms which = fit->settings.prior == PRIOR_KIN ? TERMS_LINEAGE : TERMS_ALL;
	double sum = 0;

	for (size_t g = 0; g < fit->groups; g++) {
		double scale = 0;
		for (size_t f = 0; f < fit->transform.factors; f++)
			scale += fit->group_of[f] == g ? fit->scale[f] : 0;
		sum += scale * query_self(query, g, which, a, b);
	}
	return sum;
}

/* Nearest first; among equals the larger share. */
static int ancestor_compare(const void *left, const void *right)
{
	const struct engine_ancestor *a = left, *b = right;

	if (a->kinship > b->kinship || a->kinship < b->kinship)
		return a->kinship > b->kinship ? -1 : 1;
	if (a->share > b->share || a->share < b->share)
		return a->share > b->share ? -1 : 1;
	return a->model < b->model ? -1 : a->model > b->model;
}

size_t engine_ancestors(struct engine_query *query, struct engine_ancestor *ancestors, size_t max)
{
	size_t count, found = 0;

	if (query->subject == SUBJECT_NONE)
		return 0;
	struct lineage_share *path = query_path(query, &count);
	struct engine_ancestor *all = memory_allocate(count, sizeof *all);
	struct covariance_point subject = {.kernel = {.path = path, .path_count = count, .own_origin = -1},
					   .node = query->model};
	if (query->subject == SUBJECT_CHILD) {
		subject.node = SIZE_MAX;
		subject.kernel.own_origin = (int)relation_origin(query->relation);
		subject.parents = query->parent;
		subject.parent_count = query->parent_count;
	}
	double self = lineage_covariance(query, &subject, &subject);
	for (size_t i = 0; i < count; i++) {
		size_t own_count, model = path[i].node;
		if (query->subject != SUBJECT_CHILD && model == query->model)
			continue;
		const struct lineage_share *own = lineage_ancestors(query->walk, model, &own_count);
		struct covariance_point point = {
			.kernel = {.path = own, .path_count = own_count, .own_origin = -1}, .node = model};
		double other = lineage_covariance(query, &point, &point);
		double between = lineage_covariance(query, &subject, &point);
		all[found++] = (struct engine_ancestor){
			.model = model,
			.kinship = self > 0 && other > 0 ? between / sqrt(self * other) : 0,
			.share = path[i].share,
		};
	}
	qsort(all, found, sizeof *all, ancestor_compare);
	if (found > max)
		found = max;
	memcpy(ancestors, all, found * sizeof *all);
	free(all);
	free(path);
	return found;
}
