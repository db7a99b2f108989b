/* Why: the reasons of a prediction, and what two of them have in common. */
#include "ask/query.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "stemma/base/memory.h"

/* ---- why ------------------------------------------------------------------------------ */

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

/* What the subject's own known scores contribute: each moves f by its gain as they come in, in turn;
 * and what they leave of the gradient for the others to say.  Backwards, a cell's height counts
 * gradient' gain, and takes its loading of that from what came before it. */
static size_t contribute_own(const struct engine_query *query, double *gradient,
			     struct engine_contribution *contributions, size_t max)
{
	const struct factors *factors = query->fit->factors;
	size_t rank = factors_rank(factors), count = 0;
	double mean[FACTORS_RANK_MAX], covariance[RANK_SQUARE_MAX], level, noise;
	double (*gains)[FACTORS_RANK_MAX] = memory_zero(query->known_count + 1, sizeof *gains);

	memcpy(mean, query->cold_mean, rank * sizeof *mean);
	memcpy(covariance, query->cold, rank * rank * sizeof *covariance);
	for (size_t i = 0; i < query->known_count; i++)
		if (factors_scored(factors, query->known[i].benchmark) > 0)
			factors_condition_gain(factors, &query->known[i], mean, covariance, gains[i]);
	for (size_t i = query->known_count; i-- > 0;) {
		const struct engine_cell *cell = &query->known[i];
		if (factors_scored(factors, cell->benchmark) == 0)
			continue;
		const double *loading = factors_loading(factors, cell->benchmark, &level, &noise);
		double worth = 0;
		for (size_t k = 0; k < rank; k++)
			worth += gradient[k] * gains[i][k];
		for (size_t k = 0; k < rank; k++)
			gradient[k] -= worth * loading[k];
		count = contribution_insert(contributions, count, max, (struct engine_contribution){
			.model = query->model, .benchmark = cell->benchmark,
			.points = worth * factors_height(factors, cell)});
	}
	free(gains);
	return count;
}

/* The subject as parts of the posterior. */
static size_t list_parts(const struct engine_query *query, struct factors_part *parts)
{
	const struct engine_child *child = &query->child;
	size_t count = 0;

	if (query->subject == SUBJECT_MODEL) {
		parts[count++] = (struct factors_part){.what = FACTORS_PART_COLD, .model = query->model, .weight = 1};
		return count;
	}
	parts[count++] = (struct factors_part){.what = FACTORS_PART_FACTS, .facts = &child->model, .weight = 1};
	for (size_t i = 0; i < child->count; i++)
		if (child->weights[i] > 0)
			parts[count++] = (struct factors_part){
				.what = FACTORS_PART_PARENT, .model = child->parents[i],
				.weight = factors_child_weight(query->fit->factors, query->facts_parents, child->weights[i])};
	return count;
}

/* Each scored model's cells together. */
static size_t contribute_rows(const struct engine_query *query, const double *gradient,
			      struct engine_contribution *contributions, size_t count, size_t max)
{
	const struct engine_fit *fit = query->fit;
	size_t rank = factors_rank(fit->factors);

	for (size_t row = 0; row < fit->rows; row++) {
		size_t first, cells;
		struct engine_contribution entry = {.model = fit->row_model[row], .benchmark = ENGINE_ALL};
		factors_row_cells(fit->factors, row, &first, &cells);
		for (size_t i = 0; i < cells * rank; i++)
			entry.points += gradient[i % rank] * query->share[first * rank + i];
		if (cells == 1)
			entry.benchmark = factors_cell_benchmark(fit->factors, first);
		count = contribution_insert(contributions, count, max, entry);
	}
	return count;
}

/* Solves once a subject: what cells count is kept for further targets. */
static void query_explain(struct engine_query *query)
{
	const struct factors *factors = query->fit->factors;
	struct factors_part parts[ENGINE_PARENTS_MAX + 1];

	if (query->explained)
		return;
	query->share = memory_resize(query->share, factors_cells(factors) * factors_rank(factors) + 1,
				     sizeof *query->share);
	factors_explain(factors, parts, list_parts(query, parts), query->share);
	query->explained = true;
}

size_t engine_contributions(struct engine_query *query, const struct engine_target *target,
			    struct engine_contribution *contributions, size_t max)
{
	const struct engine_fit *fit = query->fit;
	double gradient[FACTORS_RANK_MAX];
	size_t count = 0;

	if (query->subject == SUBJECT_NONE || max == 0 || !engine_fit_covers(fit, target))
		return 0;
	factors_gradient(fit->factors, target, query->mean, gradient);
	if (query->subject == SUBJECT_MODEL)
		count = contribute_own(query, gradient, contributions, max);
	query_explain(query);
	return contribute_rows(query, gradient, contributions, count, max);
}

/* ---- two children ------------------------------------------------------------------- */

/* What two children share of the target: their deviations in common.  Innovation and noise of each
 * are its own, and so is what one parent has of its own, unless both have that parent. */
static double between(const struct engine_query *a, const struct engine_query *b, const double *gradient_a,
		      const double *gradient_b)
{
	const struct factors *factors = a->fit->factors;
	size_t rank = factors_rank(factors), draws = factors_draws(factors);
	float *of_a = memory_zero(draws + 1, sizeof *of_a), *of_b = memory_zero(draws + 1, sizeof *of_b);
	double sum = 0;

	for (size_t k = 0; k < rank; k++) {
		cblas_saxpy((int)draws, (float)gradient_a[k], a->joint.deviation + k * draws, 1, of_a, 1);
		cblas_saxpy((int)draws, (float)gradient_b[k], b->joint.deviation + k * draws, 1, of_b, 1);
	}
	for (size_t d = 0; d < draws; d++)
		sum += (double)(of_a[d] * of_b[d]);
	for (size_t i = 0; i < a->child.count; i++)
		for (size_t j = 0; j < b->child.count; j++) {
			if (a->child.parents[i] != b->child.parents[j])
				continue;
			double weight = factors_child_weight(factors, a->facts_parents, a->child.weights[i]) *
					factors_child_weight(factors, b->facts_parents, b->child.weights[j]);
			for (size_t k = 0; k < rank; k++)
				for (size_t l = 0; l < rank; l++)
					sum += weight * gradient_a[k] * a->parent[i].state.own[k * rank + l] * gradient_b[l];
		}
	free(of_a);
	free(of_b);
	return sum;
}

static struct engine_difference difference_of(const struct engine_query *a, const struct engine_query *b,
					      const struct engine_target *target)
{
	const struct factors *factors = a->fit->factors;
	double gradient_a[FACTORS_RANK_MAX], gradient_b[FACTORS_RANK_MAX];
	size_t rank = factors_rank(factors);
	double mean = factors_gradient(factors, target, a->cold_mean, gradient_a) -
		      factors_gradient(factors, target, b->cold_mean, gradient_b);
	double deviation_a = sqrt(quadratic(gradient_a, a->cold, rank) + factors_noise(factors, target, a->cold_mean));
	double deviation_b = sqrt(quadratic(gradient_b, b->cold, rank) + factors_noise(factors, target, b->cold_mean));
	double wide_a = query_calibrated(a, target, deviation_a), wide_b = query_calibrated(b, target, deviation_b);
	double correlation = between(a, b, gradient_a, gradient_b) / (deviation_a * deviation_b);
	double deviation = sqrt(fmax(wide_a * wide_a + wide_b * wide_b - 2 * correlation * wide_a * wide_b, 1e-12));
	bool upwards = engine_target_upwards(a->fit->data.benchmark, target);

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
	if (a->fit != b->fit || a->subject != SUBJECT_CHILD || b->subject != SUBJECT_CHILD)
		return false;
	for (size_t i = 0; i < count; i++) {
		differences[i] = (struct engine_difference){NAN, NAN, NAN, NAN};
		if (engine_fit_covers(a->fit, &targets[i]))
			differences[i] = difference_of(a, b, &targets[i]);
	}
	return true;
}

/* ---- nearest ancestors ------------------------------------------------------------------ */

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
	struct engine_ancestor *all = memory_allocate(count + 1, sizeof *all);
	uint32_t *models = memory_allocate(count + 1, sizeof *models);
	for (size_t i = 0; i < count; i++) {
		if (query->subject == SUBJECT_MODEL && path[i].node == query->model)
			continue;
		models[found] = path[i].node;
		all[found++] = (struct engine_ancestor){.model = path[i].node, .share = path[i].share};
	}
	double *kinship = memory_allocate(found + 1, sizeof *kinship);
	factors_kinship(query->fit->factors, query->subject == SUBJECT_CHILD ? &query->child : NULL, query->model, models,
			found, kinship);
	for (size_t i = 0; i < found; i++)
		all[i].kinship = kinship[i];
	qsort(all, found, sizeof *all, ancestor_compare);
	if (found > max)
		found = max;
	memcpy(ancestors, all, found * sizeof *all);
	free(all);
	free(models);
	free(kinship);
	free(path);
	return found;
}
