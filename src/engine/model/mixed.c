#include "model/mixed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

/* What the features may leave of the variance of a size. */
#define FEATURE_TOLERANCE 1e-3
#define FEATURES_MAX 64

/* ---- lists ------------------------------------------------------------------------ */

/* Lists in the making: entries in any order. */
struct entry {
	uint32_t list, effect;
	double value;
};

struct builder {
	const struct kernel_space *space;
	struct mixed *mixed;
	struct entry *row, *prior; /* lists of rows, and of the prior */
	size_t row_count, row_capacity, prior_count, prior_capacity;
	size_t effect_capacity, term_capacity;
};

static void add_row(struct builder *builder, size_t row, size_t effect, double value)
{
	builder->row = memory_grow(builder->row, builder->row_count, &builder->row_capacity, sizeof *builder->row);
	builder->row[builder->row_count++] = (struct entry){(uint32_t)row, (uint32_t)effect, value};
}

/* To the last list of the prior. */
static void add_prior(struct builder *builder, size_t effect, double value)
{
	builder->prior = memory_grow(builder->prior, builder->prior_count, &builder->prior_capacity,
				     sizeof *builder->prior);
	builder->prior[builder->prior_count++] =
		(struct entry){(uint32_t)(builder->mixed->prior.count - 1), (uint32_t)effect, value};
}

/* Begins a list of the prior, whose values are over sqrt theta of the term. */
static void begin_prior(struct builder *builder, size_t term)
{
	struct mixed *mixed = builder->mixed;

	mixed->prior_term = memory_grow(mixed->prior_term, mixed->prior.count, &builder->term_capacity,
					sizeof *mixed->prior_term);
	mixed->prior_term[mixed->prior.count++] = (uint8_t)term;
}

static size_t add_effect(struct builder *builder, size_t term)
{
	struct mixed *mixed = builder->mixed;

	mixed->effect_term = memory_grow(mixed->effect_term, mixed->effects, &builder->effect_capacity,
					 sizeof *mixed->effect_term);
	mixed->effect_term[mixed->effects] = (uint8_t)term;
	return mixed->effects++;
}

static void lists_take(struct mixed_lists *lists, const struct entry *entries, size_t count)
{
	size_t *next = memory_allocate(lists->count + 1, sizeof *next);

	lists->start = memory_zero(lists->count + 1, sizeof *lists->start);
	lists->effect = memory_allocate(count, sizeof *lists->effect);
	lists->value = memory_allocate(count, sizeof *lists->value);
	for (size_t i = 0; i < count; i++)
		lists->start[entries[i].list + 1]++;
	for (size_t i = 0; i < lists->count; i++)
		lists->start[i + 1] += lists->start[i];
	memcpy(next, lists->start, (lists->count + 1) * sizeof *next);
	for (size_t i = 0; i < count; i++) {
		size_t place = next[entries[i].list]++;
		lists->effect[place] = entries[i].effect;
		lists->value[place] = entries[i].value;
	}
	free(next);
}

/* ---- sizes -------------------------------------------------------------------------- */

static double gaussian(double a, double b, double length)
{
	double difference = (a - b) / length;

	return exp(-0.5 * difference * difference);
}

double *mixed_size_features(const double *sizes, size_t count, double length, size_t *features)
{
	double *left = memory_allocate(count, sizeof *left);
	double *phi = memory_zero(count * FEATURES_MAX, sizeof *phi);
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		left[i] = 1;
	while (found < FEATURES_MAX && found < count) {
		size_t pivot = 0;
		for (size_t i = 1; i < count; i++)
			if (left[i] > left[pivot])
				pivot = i;
		if (left[pivot] <= FEATURE_TOLERANCE)
			break;
		double root = sqrt(left[pivot]);
		const double *of_pivot = phi + pivot * FEATURES_MAX;
		for (size_t i = 0; i < count; i++) {
			double *own = phi + i * FEATURES_MAX, sum = gaussian(sizes[i], sizes[pivot], length);
			for (size_t f = 0; f < found; f++)
				sum -= own[f] * of_pivot[f];
			own[found] = i == pivot ? root : sum / root;
			left[i] = fmax(left[i] - own[found] * own[found], 0);
		}
		found++;
	}
	for (size_t i = 0; i < count; i++)
		memmove(phi + i * found, phi + i * FEATURES_MAX, found * sizeof *phi);
	free(left);
	*features = found;
	return phi;
}

/* ---- group effects ------------------------------------------------------------------- */

/* A row among those that share the attributes of a term. */
struct member {
	int32_t shared[KERNEL_PRODUCT_MAX];
	double date, size;
	double value; /* of the linear comparisons */
	uint32_t row;
	uint32_t date_place, size_place; /* among those of the group */
};

static int compare_numbers(double a, double b)
{
	return (a > b) - (a < b);
}

static int compare_members(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	for (size_t i = 0; i < KERNEL_PRODUCT_MAX; i++)
		if (a->shared[i] != b->shared[i])
			return a->shared[i] < b->shared[i] ? -1 : 1;
	int order = compare_numbers(a->date, b->date);
	return order != 0 ? order : compare_numbers(a->size, b->size);
}

/* The row as a term sees it; false where the term says nothing of it. */
static bool make_member(const struct kernel_space *space, const struct kernel_term *term, size_t row,
			struct member *member)
{
	const struct kernel_point *point = &space->points[row];

	*member = (struct member){.row = (uint32_t)row, .value = 1};
	for (size_t i = 0; i < KERNEL_PRODUCT_MAX && term->product[i].how; i++) {
		const struct kernel_comparison *comparison = &term->product[i];
		switch (comparison->how) {
		case COMPARE_SAME:
			member->shared[i] = point->attribute[comparison->argument];
			if (member->shared[i] < 0)
				return false;
			break;
		case COMPARE_SIZE:
			member->size = point->size;
			break;
		case COMPARE_DATE:
			member->date = point->date;
			break;
		case COMPARE_LINEAR_SIZE:
			member->value *= point->size;
			break;
		case COMPARE_LINEAR_DATE:
			member->value *= point->date;
			break;
		case COMPARE_NOTHING:
		case COMPARE_ONE:
		case COMPARE_LINEAGE:
			break;
		}
	}
	return true;
}

static const struct kernel_comparison *find_comparison(const struct kernel_term *term, enum comparison how)
{
	for (size_t i = 0; i < KERNEL_PRODUCT_MAX && term->product[i].how; i++)
		if (term->product[i].how == how)
			return &term->product[i];
	return NULL;
}

static int compare_doubles(const void *left, const void *right)
{
	return compare_numbers(*(const double *)left, *(const double *)right);
}

/* The distinct sizes of a group; the caller frees. */
static double *place_sizes(struct member *members, size_t count, size_t *distinct)
{
	double *sizes = memory_allocate(count, sizeof *sizes);
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		sizes[i] = members[i].size;
	qsort(sizes, count, sizeof *sizes, compare_doubles);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || sizes[i] > sizes[kept - 1])
			sizes[kept++] = sizes[i];
	for (size_t i = 0; i < count; i++) {
		const double *place = bsearch(&members[i].size, sizes, kept, sizeof *sizes, compare_doubles);
		members[i].size_place = (uint32_t)(place - sizes);
	}
	*distinct = kept;
	return sizes;
}

/* The distinct dates of a group, whose members stand by date; the caller frees. */
static double *place_dates(struct member *members, size_t count, size_t *distinct)
{
	double *dates = memory_allocate(count, sizeof *dates);
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || members[i].date > dates[kept - 1])
			dates[kept++] = members[i].date;
		members[i].date_place = (uint32_t)kept - 1;
	}
	*distinct = kept;
	return dates;
}

/* Effects of `features` a date, each a process over the dates; with one date
 * they are just independent.  Returns the first. */
static size_t add_process(struct builder *builder, size_t term, const double *dates, size_t count,
			  size_t features, double length)
{
	size_t first = builder->mixed->effects;

	for (size_t date = 0; date < count; date++) {
		double kept = date > 0 ? exp((dates[date - 1] - dates[date]) / length) : 0;
		double scale = 1 / sqrt(1 - kept * kept);
		for (size_t f = 0; f < features; f++) {
			size_t effect = add_effect(builder, term);
			begin_prior(builder, builder->mixed->terms);
			add_prior(builder, effect, scale);
			if (date > 0)
				add_prior(builder, effect - features, -kept * scale);
		}
	}
	return first;
}

static void add_group(struct builder *builder, size_t number, const struct kernel_term *term,
		      struct member *members, size_t count)
{
	const struct kernel_comparison *size = find_comparison(term, COMPARE_SIZE);
	const struct kernel_comparison *date = find_comparison(term, COMPARE_DATE);
	double *own = builder->mixed->own + number, *phi = NULL;
	size_t terms = builder->mixed->terms, features = 1, distinct;

	if (count == 1) {
		own[members->row * terms] += members->value * members->value;
		return;
	}
	if (size) {
		double *sizes = place_sizes(members, count, &distinct);
		phi = mixed_size_features(sizes, distinct, size->length, &features);
		free(sizes);
	}
	double *dates = place_dates(members, count, &distinct);
	size_t first = add_process(builder, number, dates, distinct, features, date ? date->length : 1);
	free(dates);
	for (size_t i = 0; i < count; i++) {
		double left = 1;
		for (size_t f = 0; f < features; f++) {
			double value = phi ? phi[members[i].size_place * features + f] : 1;
			left -= value * value;
			if (value != 0)
				add_row(builder, members[i].row, first + members[i].date_place * features + f,
					members[i].value * value);
		}
		own[members[i].row * terms] += fmax(left, 0) * members[i].value * members[i].value;
	}
	free(phi);
}

static void add_groups(struct builder *builder, size_t number, const struct kernel_term *term)
{
	size_t rows = builder->space->count, count = 0;
	struct member *members = memory_allocate(rows, sizeof *members);

	for (size_t row = 0; row < rows; row++)
		count += make_member(builder->space, term, row, &members[count]);
	if (count > 0)
		qsort(members, count, sizeof *members, compare_members);
	for (size_t first = 0, last; first < count; first = last) {
		for (last = first + 1; last < count && memcmp(members[last].shared, members[first].shared,
							      sizeof members[last].shared) == 0; last++)
			;
		add_group(builder, number, term, members + first, last - first);
	}
	free(members);
}

/* ---- lineage --------------------------------------------------------------------------- */

enum { NOT_NEEDED = -2, CHILDLESS = -1 }; /* of a node; or its effect >= 0 */

/* Which nodes are ancestors of rows, or rows, and which of them have children
 * among these; the caller frees. */
static int64_t *needed_nodes(const struct kernel_space *space, const struct lineage *lineage)
{
	int64_t *needed = memory_allocate(space->nodes, sizeof *needed);
	size_t count;

	for (size_t node = 0; node < space->nodes; node++)
		needed[node] = NOT_NEEDED;
	for (size_t row = 0; row < space->count; row++)
		for (size_t i = 0; i < space->points[row].path_count; i++)
			needed[space->points[row].path[i].node] = CHILDLESS;
	for (size_t node = 0; node < space->nodes; node++) {
		if (needed[node] == NOT_NEEDED)
			continue;
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t p = 0; p < count; p++)
			if (parents[p].weight > 0)
				needed[parents[p].node] = 0;
	}
	return needed;
}

/* The terms of the origins. */
static void lineage_terms(size_t *by_origin)
{
	size_t count;
	const struct kernel_term *terms = kernel_terms(&count);

	for (size_t k = 0; k < count; k++)
		if (kernel_term_has_lineage(&terms[k]))
			by_origin[terms[k].product[0].argument] = k;
}

static void add_lineage(struct builder *builder, const struct lineage *lineage, const uint32_t *row_model)
{
	const struct kernel_space *space = builder->space;
	struct mixed *mixed = builder->mixed;
	int64_t *effect = needed_nodes(space, lineage);
	size_t by_origin[ORIGIN_COUNT] = {0}, count;

	lineage_terms(by_origin);
	for (size_t place = 0; place < space->nodes; place++) {
		size_t node = lineage_order(lineage)[place];
		if (effect[node] < 0)
			continue;
		size_t own = add_effect(builder, mixed->terms);
		effect[node] = (int64_t)own;
		begin_prior(builder, by_origin[space->origins[node]]);
		add_prior(builder, own, 1);
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t p = 0; p < count; p++)
			if (parents[p].weight > 0)
				add_prior(builder, (size_t)effect[parents[p].node], -(double)parents[p].weight);
	}
	for (size_t row = 0; row < space->count; row++) {
		size_t node = row_model[row];
		if (effect[node] >= 0) {
			add_row(builder, row, (size_t)effect[node], 1);
			continue;
		}
		mixed->own[row * mixed->terms + by_origin[space->origins[node]]] += 1;
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t p = 0; p < count; p++)
			if (parents[p].weight > 0)
				add_row(builder, row, (size_t)effect[parents[p].node], (double)parents[p].weight);
	}
	free(effect);
}

/* ---- the whole ---------------------------------------------------------------------------- */

void mixed_build(const struct kernel_space *space, const struct lineage *lineage, const uint32_t *row_model,
		 struct mixed *mixed)
{
	struct builder builder = {.space = space, .mixed = mixed};
	size_t count;
	const struct kernel_term *terms = kernel_terms(&count);

	*mixed = (struct mixed){.terms = count, .rows.count = space->count};
	mixed->own = memory_zero(space->count * count, sizeof *mixed->own);
	for (size_t k = 0; k < count; k++)
		if (!kernel_term_has_lineage(&terms[k]))
			add_groups(&builder, k, &terms[k]);
	add_lineage(&builder, lineage, row_model);
	lists_take(&mixed->rows, builder.row, builder.row_count);
	lists_take(&mixed->prior, builder.prior, builder.prior_count);
	free(builder.row);
	free(builder.prior);
}

static void lists_free(struct mixed_lists *lists)
{
	free(lists->start);
	free(lists->effect);
	free(lists->value);
}

void mixed_free(struct mixed *mixed)
{
	lists_free(&mixed->rows);
	lists_free(&mixed->prior);
	free(mixed->effect_term);
	free(mixed->prior_term);
	free(mixed->own);
	*mixed = (struct mixed){0};
}
