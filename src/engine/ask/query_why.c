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

/* Of a target by f, as its parts are worth. */
static void joint_gradient(const struct factors *factors, const struct belief_target *joint, double *gradient)
{
	size_t rank = factors_rank(factors);
	double level, noise;

	memset(gradient, 0, rank * sizeof *gradient);
	for (size_t i = 0; i < joint->count; i++) {
		if (joint->part[i].benchmark == UINT32_MAX)
			continue;
		const double *loading = factors_loading(factors, joint->part[i].benchmark, &level, &noise);
		for (size_t k = 0; k < rank; k++)
			gradient[k] += joint->worth[i] * loading[k];
	}
}

/* What the subject's own known scores contribute, and what they leave of the gradient for the others
 * to say: of a part with shares K^-1 k of the own cells, each cell's height counts its share, and
 * takes its loading of that from what the others tell. */
static size_t contribute_own(const struct engine_query *query, const struct engine_target *target,
			     const struct belief_target *joint, double *gradient,
			     struct engine_contribution *contributions, size_t max)
{
	const struct factors *factors = query->fit->factors;
	const struct belief *belief = &query->belief;
	size_t rank = factors_rank(factors), count = 0;
	double level, noise;

	joint_gradient(factors, joint, gradient);
	for (size_t c = 0; c < belief->count; c++) {
		const double *loading = factors_loading(factors, belief->benchmark[c], &level, &noise);
		double worth = 0, points = 0;
		for (size_t i = 0; i < joint->count; i++)
			if (joint->part[i].benchmark != UINT32_MAX)
				worth += joint->worth[i] * joint->part[i].share[c];
			else if (target->benchmark[i] == belief->benchmark[c])
				points = factors_above_level(factors, target, i, belief->height[c]);
		for (size_t k = 0; k < rank; k++)
			gradient[k] -= worth * loading[k];
		count = contribution_insert(contributions, count, max, (struct engine_contribution){
			.model = query->model, .benchmark = belief->benchmark[c], .points = points + worth * belief->height[c]});
	}
	return count;
}

static int compare_models(const void *left, const void *right)
{
	const struct engine_contribution *a = left, *b = right;

	return (a->model > b->model) - (a->model < b->model);
}

/* What is left in models that are like it, by model. */
static size_t contribute_like(const struct engine_query *query, const struct belief_target *joint,
			      struct engine_contribution *contributions, size_t count, size_t max)
{
	const struct factors *factors = query->fit->factors;
	struct engine_contribution *list = memory_allocate(joint->count * NEAR_MAX + 1, sizeof *list);
	size_t found = 0;

	for (size_t i = 0; i < joint->count; i++) {
		const struct belief_part *part = &joint->part[i];
		for (size_t n = 0; part->benchmark != UINT32_MAX && n < part->near.count; n++) {
			size_t cell = part->near.cell[n];
			double counted = part->near.weight[n] * local_counted(&factors->local, cell);
			list[found++] = (struct engine_contribution){
				.model = factors_cell_model(factors, cell), .benchmark = part->benchmark, .like = true,
				.points = joint->worth[i] * part->deviation * counted,
				.above = joint->worth[i] * factors_cell_above(factors, cell)};
		}
	}
	qsort(list, found, sizeof *list, compare_models);
	for (size_t i = 0, next; i < found; i = next) {
		for (next = i + 1; next < found && list[next].model == list[i].model; next++) {
			list[i].points += list[next].points;
			list[i].above += list[next].above;
			list[i].benchmark = ENGINE_ALL;
		}
		count = contribution_insert(contributions, count, max, list[i]);
	}
	free(list);
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
	struct factors_part parts[ENGINE_PARENTS_MAX + 1];
	double *share = memory_allocate(factors_cells(fit->factors) + 1, sizeof *share);

	factors_explain(fit->factors, parts, list_parts(query, parts), gradient, share);
	for (size_t row = 0; row < fit->rows; row++) {
		size_t first, cells;
		struct engine_contribution entry = {.model = fit->row_model[row], .benchmark = ENGINE_ALL};
		factors_row_cells(fit->factors, row, &first, &cells);
		for (size_t i = 0; i < cells; i++)
			entry.points += share[first + i];
		if (cells == 1)
			entry.benchmark = factors_cell_benchmark(fit->factors, first);
		count = contribution_insert(contributions, count, max, entry);
	}
	free(share);
	return count;
}

static bool all_known(const struct engine_query *query, const struct engine_target *target)
{
	for (size_t i = 0; i < target->count; i++)
		if (!engine_cell_find(query->known, query->known_count, target->benchmark[i]))
			return false;
	return true;
}

size_t engine_contributions(struct engine_query *query, const struct engine_target *target,
			    struct engine_contribution *contributions, size_t max)
{
	const struct engine_fit *fit = query->fit;
	double gradient[FACTORS_RANK_MAX];
	struct belief_target joint;

	if (query->subject == SUBJECT_NONE || max == 0 || !engine_fit_covers(fit, target))
		return 0;
	/* What stands as published counts as it stands; of a target that is all published, what would be
	 * predicted is explained. */
	bool known = all_known(query, target);
	belief_target(&query->belief, target, query->known, known ? 0 : query->known_count, &joint);
	size_t count = contribute_own(query, target, &joint, gradient, contributions, max);
	count = contribute_like(query, &joint, contributions, count, max);
	belief_target_free(&joint);
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
	struct belief_target of_a, of_b;

	belief_target(&a->belief, target, NULL, 0, &of_a);
	belief_target(&b->belief, target, NULL, 0, &of_b);
	joint_gradient(factors, &of_a, gradient_a);
	joint_gradient(factors, &of_b, gradient_b);
	double mean = of_a.value - of_b.value, deviation_a = sqrt(of_a.variance), deviation_b = sqrt(of_b.variance);
	belief_target_free(&of_a);
	belief_target_free(&of_b);
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
