/* Why: the reasons of a prediction, and what two of them have in common. */
#include "ask/query.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "stemma/base/memory.h"

#define POINTS_MIN 1e-9 /* less is no reason */

/* ---- why ------------------------------------------------------------------------------ */

/* Contributions as they are found: the largest so far in order, or with room for all in any order. */
struct reasons {
	struct engine_contribution *list;
	size_t count, max;
	bool all;
};

static void add_reason(struct reasons *reasons, struct engine_contribution entry)
{
	size_t place = reasons->count;

	if (fabs(entry.points) < POINTS_MIN)
		return;
	while (!reasons->all && place > 0 && fabs(reasons->list[place - 1].points) < fabs(entry.points)) {
		if (place < reasons->max)
			reasons->list[place] = reasons->list[place - 1];
		place--;
	}
	if (place == reasons->max)
		return;
	reasons->list[place] = entry;
	reasons->count += reasons->count < reasons->max;
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
static void contribute_own(const struct engine_query *query, const struct engine_target *target,
			   const struct belief_target *joint, double *gradient, struct reasons *reasons)
{
	const struct factors *factors = query->fit->factors;
	const struct belief *belief = &query->belief;
	size_t rank = factors_rank(factors);
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
		add_reason(reasons, (struct engine_contribution){
			.model = query->model, .benchmark = belief->benchmark[c], .points = points + worth * belief->height[c]});
	}
}

static int compare_models(const void *left, const void *right)
{
	const struct engine_contribution *a = left, *b = right;

	return (a->model > b->model) - (a->model < b->model);
}

/* What is left in models that are like it, by model. */
static void contribute_like(const struct engine_query *query, const struct belief_target *joint,
			    struct reasons *reasons)
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
		add_reason(reasons, list[i]);
	}
	free(list);
}

/* The subject as parts of the posterior. */
static size_t list_parts(const struct engine_query *query, struct factors_part *parts)
{
	const struct engine_child *child = &query->child.described;
	double told = query->belief.inherited ? 1 - query->belief.inherited->share : 1;
	size_t count = 0;

	if (query->subject == SUBJECT_MODEL) {
		parts[count++] = (struct factors_part){.what = FACTORS_PART_COLD, .model = query->model, .weight = told};
		return count;
	}
	parts[count++] = (struct factors_part){.what = FACTORS_PART_FACTS, .facts = &child->model, .weight = told};
	for (size_t i = 0; i < child->count; i++)
		parts[count++] = (struct factors_part){
				.what = FACTORS_PART_PARENT, .model = child->parents[i],
				.weight = told * factors_child_weight(query->fit->factors, child->count, child->weights[i])};
	return count;
}

/* What a parent counts of each benchmark, as a gradient by f; `open`: of those alone where it has no score. */
static void parent_gradient(const struct engine_query *query, const struct belief_target *joint, size_t p, bool open,
			    double *gradient)
{
	const struct factors *factors = query->fit->factors;
	double level, noise;

	memset(gradient, 0, FACTORS_RANK_MAX * sizeof *gradient);
	for (size_t i = 0; i < joint->count; i++) {
		const struct belief_part *part = &joint->part[i];
		if (part->benchmark == UINT32_MAX || (open && !part->inherited.open[p]))
			continue;
		const double *loading = factors_loading(factors, part->benchmark, &level, &noise);
		for (size_t k = 0; k < factors_rank(factors); k++)
			gradient[k] += joint->worth[i] * part->inherited.weight[p] * loading[k];
	}
}

#define PARTS_OF_PARENT 3
#define PARTS_MAX ((1 + PARTS_OF_PARENT) * ENGINE_PARENTS_MAX + 1)

/* What a merge has of its parents as they are: their abilities where they have no score, and what being
 * evaluated as the merge is moves. */
struct inherited_parts {
	double gradient[ENGINE_PARENTS_MAX][2][FACTORS_RANK_MAX];
	struct engine_model facts[ENGINE_PARENTS_MAX];
};

static size_t list_inherited(const struct engine_query *query, const struct belief_target *joint,
			     struct inherited_parts *of, struct factors_part *parts)
{
	const struct inherited *inherited = query->belief.inherited;
	size_t count = 0;

	for (size_t p = 0; p < inherited->count; p++) {
		const struct inherited_parent *parent = inherited->parent[p];
		double *open = of->gradient[p][0], *all = of->gradient[p][1];
		parent_gradient(query, joint, p, true, open);
		parts[count++] = (struct factors_part){.what = FACTORS_PART_KNOWN, .model = parent->model, .weight = 1,
						       .gradient = open};
		if (!parent->moved)
			continue;
		parent_gradient(query, joint, p, false, all);
		of->facts[p] = parent->facts;
		of->facts[p].chat_template = parent->evaluated;
		parts[count++] = (struct factors_part){.what = FACTORS_PART_FACTS, .facts = &of->facts[p], .weight = 1,
						       .gradient = all};
		parts[count++] = (struct factors_part){.what = FACTORS_PART_FACTS, .facts = &parent->facts, .weight = -1,
						       .gradient = all};
	}
	return count;
}

/* What the known scores of a merge's parents add: the height of each above its benchmark's level. */
static void share_published(const struct engine_query *query, const struct belief_target *joint, double *share)
{
	const struct inherited *inherited = query->belief.inherited;
	const struct factors *factors = query->fit->factors;
	double level, noise;

	for (size_t i = 0; i < joint->count; i++)
		for (size_t p = 0; p < inherited->count; p++) {
			const struct belief_part *part = &joint->part[i];
			if (part->benchmark == UINT32_MAX || part->inherited.open[p])
				continue;
			factors_loading(factors, part->benchmark, &level, &noise);
			share[part->inherited.cell[p]] += joint->worth[i] * part->inherited.weight[p] *
							  (factors_cell_z(factors, part->inherited.cell[p]) - level);
		}
}

/* Each scored model's cells together. */
static void contribute_rows(const struct engine_query *query, const struct belief_target *joint,
			    const double *gradient, struct reasons *reasons)
{
	const struct engine_fit *fit = query->fit;
	struct factors_part parts[PARTS_MAX];
	struct inherited_parts inherited;
	double *share = memory_allocate(factors_cells(fit->factors) + 1, sizeof *share);
	size_t part_count = list_parts(query, parts);

	if (query->belief.inherited)
		part_count += list_inherited(query, joint, &inherited, parts + part_count);
	factors_explain(fit->factors, parts, part_count, gradient, share);
	if (query->belief.inherited)
		share_published(query, joint, share);
	for (size_t row = 0; row < fit->rows; row++) {
		size_t first, cells;
		struct engine_contribution entry = {.model = fit->row_model[row], .benchmark = ENGINE_ALL};
		factors_row_cells(fit->factors, row, &first, &cells);
		for (size_t i = 0; i < cells; i++)
			entry.points += share[first + i];
		if (cells == 1)
			entry.benchmark = factors_cell_benchmark(fit->factors, first);
		add_reason(reasons, entry);
	}
	free(share);
}

static bool all_known(const struct engine_query *query, const struct engine_target *target)
{
	for (size_t i = 0; i < target->count; i++)
		if (!engine_cell_find(query->known, query->known_count, target->benchmark[i]))
			return false;
	return true;
}

static void contribute(const struct engine_query *query, const struct engine_target *target, struct reasons *reasons)
{
	double gradient[FACTORS_RANK_MAX];
	struct belief_target joint;

	/* What stands as published counts as it stands; of a target that is all published, what would be
	 * predicted is explained. */
	bool known = all_known(query, target);
	belief_target(&query->belief, target, query->known, known ? 0 : query->known_count, &joint);
	contribute_own(query, target, &joint, gradient, reasons);
	contribute_like(query, &joint, reasons);
	contribute_rows(query, &joint, gradient, reasons);
	belief_target_free(&joint);
}

size_t engine_contributions(struct engine_query *query, const struct engine_target *target,
			    struct engine_contribution *contributions, size_t max)
{
	struct reasons reasons = {contributions, 0, max, false};

	if (query->subject == SUBJECT_NONE || max == 0 || !engine_fit_covers(query->fit, target))
		return 0;
	contribute(query, target, &reasons);
	return reasons.count;
}

size_t engine_contributions_all(struct engine_query *query, const struct engine_target *target,
				struct engine_contribution **contributions)
{
	size_t most = query->belief.count + target->count * NEAR_MAX + query->fit->rows;
	struct reasons reasons = {memory_allocate(most + 1, sizeof *reasons.list), 0, most, true};

	if (query->subject != SUBJECT_NONE && engine_fit_covers(query->fit, target))
		contribute(query, target, &reasons);
	*contributions = reasons.list;
	return reasons.count;
}

/* ---- two children ------------------------------------------------------------------- */

/* Deviations of lambda' f of one part of the target; `draws` floats of zeros. */
static void part_deviation(const struct engine_query *query, const struct belief_part *part, float *deviation)
{
	const struct factors *factors = query->fit->factors;
	size_t rank = factors_rank(factors), draws = factors_draws(factors);
	double level, noise;
	const double *loading = factors_loading(factors, part->benchmark, &level, &noise);

	if (part->inherited.deviation) {
		memcpy(deviation, part->inherited.deviation, draws * sizeof *deviation);
		return;
	}
	for (size_t k = 0; k < rank; k++)
		cblas_saxpy((int)draws, (float)loading[k], query->child.told.deviation + k * draws, 1, deviation, 1);
}

/* What a child takes of the own part of a parent on one benchmark: its weight, and whose covariance that is. */
static double own_weight(const struct engine_query *query, const struct belief_part *part, size_t parent,
			 const double **own)
{
	const struct child_parent *state = &query->child.parent[parent];
	const struct engine_child *child = &query->child.described;

	if (query->child.inherited.count == 0) {
		*own = state->state.own;
		return factors_child_weight(query->fit->factors, child->count, child->weights[parent]);
	}
	*own = state->as_it_is.known.own;
	return part->inherited.open[parent] ? part->inherited.weight[parent] : 0;
}

/* Two children, and how much what is new in one is new in the other: 1 the same merge, 0 for a fine-tune,
 * which is another one each time. */
struct two {
	const struct engine_query *a, *b;
	double alike;
};

static double new_in_common(const struct two *two)
{
	const struct inherited *a = &two->a->child.inherited, *b = &two->b->child.inherited;
	uint32_t model[2 * ENGINE_PARENTS_MAX];
	double of_a[2 * ENGINE_PARENTS_MAX] = {0}, of_b[2 * ENGINE_PARENTS_MAX] = {0};
	double covariance[4 * ENGINE_PARENTS_MAX * ENGINE_PARENTS_MAX];
	size_t count = a->count;

	if (a->count == 0 || b->count == 0)
		return 0;
	for (size_t p = 0; p < a->count; p++) {
		model[p] = a->model[p];
		of_a[p] = a->parent[p]->weight;
	}
	for (size_t p = 0; p < b->count; p++) {
		size_t place = 0;
		while (place < count && model[place] != b->model[p])
			place++;
		model[place] = b->model[p];
		of_b[place] = b->parent[p]->weight;
		count += place == count;
	}
	factors_prior_covariance(two->a->fit->factors, false, model, count, covariance);
	return inherited_alike(of_a, of_b, covariance, count);
}

/* Variance of a part that neither abilities shared with others nor its parents' tell. */
static double left_of(const struct engine_query *query, const struct belief_part *part)
{
	return part->variance - inherited_between(&query->child.inherited, part->benchmark, &part->inherited, part->benchmark,
						  &part->inherited);
}

/* What is new in both of two merges, of z. */
static double between_new(const struct two *two, const struct belief_part *x, const struct belief_part *y)
{
	const struct factors *factors = two->a->fit->factors;
	double level, noise, rho = two->a->child.inherited.share, other = two->b->child.inherited.share;
	const double *loading_x = factors_loading(factors, x->benchmark, &level, &noise);
	const double *loading_y = factors_loading(factors, y->benchmark, &level, &noise);
	double of_a = bilinear(loading_x, two->a->child.told.own, loading_y, factors_rank(factors));
	double of_b = bilinear(loading_x, two->b->child.told.own, loading_y, factors_rank(factors));
	double left = x->benchmark == y->benchmark
		? sqrt(fmax(left_of(two->a, x), 0) * fmax(left_of(two->b, y), 0))
		: local_alike(&factors->local, x->benchmark, y->benchmark) * x->width * y->width *
			  sqrt(x->near.left * y->near.left);

	return two->alike * (sqrt((1 - rho * rho) * (1 - other * other)) * (of_a + of_b) / 2 + left);
}

/* Covariance of z of a part of one child and a part of the other. */
static double between_parts(const struct two *two, const struct belief_part *x, const struct belief_part *y)
{
	const struct factors *factors = two->a->fit->factors;
	size_t draws = factors_draws(factors);
	float *of_x = memory_zero(draws + 1, sizeof *of_x), *of_y = memory_zero(draws + 1, sizeof *of_y);
	double level, noise, sum = two->alike > 0 ? between_new(two, x, y) : 0;
	const double *own, *other;

	part_deviation(two->a, x, of_x);
	part_deviation(two->b, y, of_y);
	for (size_t d = 0; d < draws; d++)
		sum += (double)(of_x[d] * of_y[d]);
	for (size_t i = 0; i < two->a->child.described.count; i++)
		for (size_t j = 0; j < two->b->child.described.count; j++) {
			if (two->a->child.described.parents[i] != two->b->child.described.parents[j])
				continue;
			double weight = own_weight(two->a, x, i, &own) * own_weight(two->b, y, j, &other);
			if (weight > 0)
				sum += weight * bilinear(factors_loading(factors, x->benchmark, &level, &noise), own,
						     factors_loading(factors, y->benchmark, &level, &noise), factors_rank(factors));
		}
	free(of_x);
	free(of_y);
	return sum;
}

static double between(const struct two *two, const struct belief_target *a, const struct belief_target *b)
{
	double sum = 0;

	for (size_t i = 0; i < a->count; i++)
		for (size_t j = 0; j < b->count; j++)
			sum += a->worth[i] * b->worth[j] * between_parts(two, &a->part[i], &b->part[j]);
	return sum;
}

static struct engine_difference difference_of(const struct two *two, const struct engine_target *target)
{
	const struct engine_query *a = two->a, *b = two->b;
	struct belief_target of_a, of_b;

	belief_target(&a->belief, target, NULL, 0, &of_a);
	belief_target(&b->belief, target, NULL, 0, &of_b);
	double mean = of_a.value - of_b.value, deviation_a = sqrt(of_a.variance), deviation_b = sqrt(of_b.variance);
	double correlation = fmin(between(two, &of_a, &of_b) / (deviation_a * deviation_b), 1);
	belief_target_free(&of_a);
	belief_target_free(&of_b);
	double wide_a = query_calibrated(a, target, deviation_a), wide_b = query_calibrated(b, target, deviation_b);
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
	struct two two = {.a = a, .b = b};

	if (a->fit != b->fit || a->subject != SUBJECT_CHILD || b->subject != SUBJECT_CHILD)
		return false;
	two.alike = new_in_common(&two);
	for (size_t i = 0; i < count; i++) {
		differences[i] = (struct engine_difference){NAN, NAN, NAN, NAN};
		if (engine_fit_covers(a->fit, &targets[i]))
			differences[i] = difference_of(&two, &targets[i]);
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
	factors_kinship(query->fit->factors, query->subject == SUBJECT_CHILD ? &query->child.described : NULL, query->model, models,
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
