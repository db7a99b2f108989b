#include "stemma/app/drift.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/memory.h"

/* One merge with what is measured of it. */
struct merge {
	const char *method;     /* "" unknown */
	const char *owner;      /* the name; the owner ends at the slash */
	double *raw, *left;     /* an entry a target */
};

static size_t owner_length(const char *name)
{
	return strcspn(name, "/");
}

static int merge_compare(const void *left, const void *right)
{
	const struct merge *a = left, *b = right;
	size_t length_a = owner_length(a->owner), length_b = owner_length(b->owner);
	int order = strcmp(a->method, b->method);

	if (order == 0)
		order = strncasecmp(a->owner, b->owner, length_a < length_b ? length_a : length_b);
	return order != 0 ? order : (length_a > length_b) - (length_a < length_b);
}

static bool same_owner(const struct merge *a, const struct merge *b)
{
	size_t length = owner_length(a->owner);

	return owner_length(b->owner) == length && strncasecmp(a->owner, b->owner, length) == 0;
}

/* The weighted mean of the parents; NAN unless all of two or more have scores. */
static double parents_value(const struct catalog *catalog, size_t model, const struct engine_target *target)
{
	size_t count, weighty = 0;
	const struct lineage_parent *parents = lineage_parents(catalog->lineage, model, &count);
	double sum = 0;

	for (size_t p = 0; p < count; p++) {
		if (parents[p].weight <= 0)
			continue;
		if (parents[p].relation != RELATION_MERGE || parents[p].trust <= TRUST_ROOT)
			return NAN;
		weighty++;
		sum += (double)parents[p].weight * catalog_target(catalog, parents[p].node, target);
	}
	return weighty >= 2 ? sum : NAN;
}

/* What is measured. */
struct measuring {
	const struct catalog *catalog;
	const struct engine_fit *fit;
	const struct engine_target *targets;
	size_t count;
};

/* Fills the differences; false when the merge has none. */
static bool measure_merge(const struct measuring *measuring, size_t model, struct merge *merge)
{
	const struct catalog *catalog = measuring->catalog;
	const char *method = catalog->models[model].merge_method;
	struct engine_residual residual;
	bool any = false;

	*merge = (struct merge){.method = method ? method : "", .owner = catalog->models[model].name};
	merge->raw = memory_allocate(2 * measuring->count + 1, sizeof *merge->raw);
	merge->left = merge->raw + measuring->count;
	for (size_t t = 0; t < measuring->count; t++) {
		const struct engine_target *target = &measuring->targets[t];
		merge->raw[t] = merge->left[t] = NAN;
		if (!engine_residual(measuring->fit, model, target, ENGINE_LEAVE_MODEL, &residual))
			continue;
		merge->raw[t] = catalog_target(catalog, model, target) - parents_value(catalog, model, target);
		merge->left[t] = isnan(merge->raw[t]) ? NAN : residual.observed - residual.predicted;
		any = any || !isnan(merge->raw[t]);
	}
	if (!any)
		free(merge->raw);
	return any;
}

/* The mean of one figure over merges that are sorted by owner.  The error is
 * that of a mean of clusters (Liang and Zeger 1986): the square root of the
 * sum over owners of (sum of their deviations)^2, divided by the number. */
static struct drift_mean mean_of(const struct merge *merges, size_t count, bool left, size_t target)
{
	struct drift_mean mean = {.error = NAN};
	double sum = 0, squares = 0, cluster = 0;
	size_t owners = 0, of_owner = 0;

	for (size_t i = 0; i < count; i++) {
		double value = left ? merges[i].left[target] : merges[i].raw[target];
		sum += isnan(value) ? 0 : value;
		mean.merges += isnan(value) ? 0 : 1;
	}
	mean.mean = mean.merges ? sum / (double)mean.merges : NAN;
	for (size_t i = 0; i < count; i++) {
		double value = left ? merges[i].left[target] : merges[i].raw[target];
		cluster += isnan(value) ? 0 : value - mean.mean;
		of_owner += isnan(value) ? 0 : 1;
		if (i + 1 < count && same_owner(&merges[i], &merges[i + 1]))
			continue;
		squares += cluster * cluster;
		owners += of_owner > 0;
		cluster = 0;
		of_owner = 0;
	}
	if (owners > 1)
		mean.error = sqrt(squares * (double)owners / (double)(owners - 1)) / (double)mean.merges;
	return mean;
}

static struct drift drift_of(const struct merge *merges, size_t count, size_t targets)
{
	struct drift drift = {
		.method = merges[0].method[0] ? merges[0].method : NULL,
		.raw = memory_allocate(targets + 1, sizeof *drift.raw),
		.left = memory_allocate(targets + 1, sizeof *drift.left),
	};

	for (size_t t = 0; t < targets; t++) {
		drift.raw[t] = mean_of(merges, count, false, t);
		drift.left[t] = mean_of(merges, count, true, t);
	}
	return drift;
}

/* The merges of the target that has the most. */
static size_t most_merges(const struct drift *drift, size_t targets)
{
	size_t most = 0;

	for (size_t t = 0; t < targets; t++)
		if (drift->raw[t].merges > most)
			most = drift->raw[t].merges;
	return most;
}

static int drift_compare(const void *left, const void *right, void *targets)
{
	size_t a = most_merges(left, *(size_t *)targets), b = most_merges(right, *(size_t *)targets);

	return (a < b) - (a > b);
}

struct drift *drift_measure(const struct catalog *catalog, const struct engine_fit *fit,
			    const struct engine_target *targets, size_t target_count, size_t *count)
{
	const struct measuring measuring = {catalog, fit, targets, target_count};
	size_t merges = 0, capacity = 0, drift_capacity = 0;
	struct merge *list = NULL;
	struct drift *drifts = NULL;

	*count = 0;
	for (size_t model = 0; model < catalog->count; model++) {
		list = memory_grow(list, merges, &capacity, sizeof *list);
		if (measure_merge(&measuring, model, &list[merges]))
			merges++;
	}
	if (merges > 0)
		qsort(list, merges, sizeof *list, merge_compare);
	for (size_t first = 0, last; first < merges; first = last) {
		for (last = first + 1; last < merges && strcmp(list[last].method, list[first].method) == 0; last++)
			;
		drifts = memory_grow(drifts, *count, &drift_capacity, sizeof *drifts);
		drifts[(*count)++] = drift_of(list + first, last - first, target_count);
	}
	if (*count > 0)
		qsort_r(drifts, *count, sizeof *drifts, drift_compare, &target_count);
	for (size_t i = 0; i < merges; i++)
		free(list[i].raw);
	free(list);
	return drifts;
}

void drift_free(struct drift *drifts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(drifts[i].raw);
		free(drifts[i].left);
	}
	free(drifts);
}
