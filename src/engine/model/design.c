#include "model/design_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

/* ---- lists in the making ----------------------------------------------------------- */

void builder_add_row(struct builder *builder, size_t row, size_t effect, double value)
{
	builder->row = memory_grow(builder->row, builder->row_count, &builder->row_capacity, sizeof *builder->row);
	builder->row[builder->row_count++] = (struct builder_entry){(uint32_t)row, (uint32_t)effect, (float)value};
}

void builder_add_prior(struct builder *builder, size_t effect, double value)
{
	builder->prior = memory_grow(builder->prior, builder->prior_count, &builder->prior_capacity,
				     sizeof *builder->prior);
	builder->prior[builder->prior_count++] =
		(struct builder_entry){(uint32_t)(builder->design->effects - 1), (uint32_t)effect, (float)value};
}

size_t builder_add_effect(struct builder *builder, size_t scale_term, size_t prior_term, double diagonal)
{
	struct design *design = builder->design;
	size_t effect = design->effects;

	design->scale_term = memory_grow(design->scale_term, effect, &builder->scale_capacity,
					 sizeof *design->scale_term);
	design->prior_term = memory_grow(design->prior_term, effect, &builder->term_capacity,
					 sizeof *design->prior_term);
	design->scale_term[effect] = (uint8_t)scale_term;
	design->prior_term[effect] = (uint8_t)prior_term;
	design->effects++;
	builder_add_prior(builder, effect, diagonal);
	return effect;
}

static void lists_take(struct design_lists *lists, size_t count, const struct builder_entry *entries,
		       size_t entry_count)
{
	lists->count = count;
	lists->start = memory_zero(count + 2, sizeof *lists->start);
	lists->effect = memory_allocate(entry_count + 1, sizeof *lists->effect);
	lists->value = memory_allocate(entry_count + 1, sizeof *lists->value);
	size_t *next = lists->start + 1; /* while filling, list i begins at next[i] */
	for (size_t i = 0; i < entry_count; i++)
		next[entries[i].list + 1]++;
	for (size_t i = 0; i < count; i++)
		next[i + 1] += next[i];
	for (size_t i = 0; i < entry_count; i++) {
		size_t place = next[entries[i].list]++;
		lists->effect[place] = entries[i].effect;
		lists->value[place] = entries[i].value;
	}
}

static void lists_free(struct design_lists *lists)
{
	free(lists->start);
	free(lists->effect);
	free(lists->value);
}

/* ---- group effects ------------------------------------------------------------------- */

static size_t distinct_dates(const struct member *members, size_t count, double *dates)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (kept == 0 || members[i].date > dates[kept - 1] + 0.5)
			dates[kept++] = members[i].date;
	return kept;
}

/* Effects of `features` a date, each a process over the dates; with one date they are
 * just independent. */
static void add_process(struct builder *builder, size_t term, struct group *group)
{
	size_t features = group->knots.count ? group->knots.count : 1;

	group->first = builder->design->effects;
	for (size_t date = 0; date < group->dates; date++) {
		double kept = date > 0 ? group_date_kept(group->date[date - 1], group->date[date]) : 0;
		double scale = 1 / sqrt(1 - kept * kept);
		for (size_t f = 0; f < features; f++) {
			size_t effect = builder_add_effect(builder, term, builder->design->terms, scale);
			if (date > 0)
				builder_add_prior(builder, effect - features, -kept * scale);
		}
	}
}

struct row_taker {
	struct builder *builder;
	size_t row;
};

static void take_for_row(void *context, size_t effect, double value)
{
	struct row_taker *row = context;

	builder_add_row(row->builder, row->row, effect, value);
}

/* How many of the members, in their order, are the first one's model. */
static size_t same_row(const struct member *members, size_t count)
{
	size_t same = 1;

	while (same < count && members[same].row == members->row)
		same++;
	return same;
}

static void add_group(struct builder *builder, size_t number, const struct term *term, struct member *members,
		      size_t count)
{
	struct design *design = builder->design;
	struct term_index *index = &design->index->term[number];
	const struct comparison_of *size = design_comparison(term, SIZE);
	struct row_taker row = {.builder = builder};
	struct taker taker = {take_for_row, &row};
	float *own = design->own + number;

	if (same_row(members, count) == count) {
		for (size_t i = 0; i < count; i++)
			own[members->row * design->terms] += (float)members[i].square;
		return;
	}
	index->group = memory_grow(index->group, index->count, &index->capacity, sizeof *index->group);
	struct group *group = &index->group[index->count++];
	*group = (struct group){.dates = 1};
	memcpy(group->shared, members->shared, sizeof group->shared);
	double *numbers = memory_allocate(count, sizeof *numbers), smallest = members->size, largest = members->size;
	for (size_t i = 1; i < count; i++) {
		smallest = fmin(smallest, members[i].size);
		largest = fmax(largest, members[i].size);
	}
	if (size)
		group->knots = knots_choose(smallest, largest, size->length);
	group->dates = distinct_dates(members, count, numbers);
	group->date = memory_resize(numbers, group->dates, sizeof *numbers);
	add_process(builder, number, group);
	for (size_t i = 0, same; i < count; i += same) {
		same = same_row(members + i, count - i);
		row.row = members[i].row;
		own[row.row * design->terms] += (float)members_take(&taker, term, group, members + i, same);
	}
}

/* The members of all rows in a term. */
static struct member *list_members(const struct design *design, const struct term *term,
				   const struct view *views, size_t *count)
{
	struct member *members = NULL, own[ATTRIBUTE_WORDS_MAX];
	size_t capacity = 0;

	*count = 0;
	for (size_t row = 0; row < design->rows; row++) {
		struct engine_model facts = {0};
		if (term->product[0].how == WORDS)
			attributes_describe(design->index->data, design->index->row_model[row], &facts);
		size_t found = members_make(design->index, term, &facts, &views[row], own);
		for (size_t i = 0; i < found; i++) {
			members = memory_grow(members, *count, &capacity, sizeof *members);
			own[i].row = (uint32_t)row;
			members[(*count)++] = own[i];
		}
	}
	if (*count > 0)
		qsort(members, *count, sizeof *members, member_compare);
	return members;
}

static void add_groups(struct builder *builder, size_t number, const struct term *term,
		       const struct view *views)
{
	size_t count;
	struct member *members = list_members(builder->design, term, views, &count);

	for (size_t first = 0, last; first < count; first = last) {
		for (last = first + 1;
		     last < count && member_compare_shared(members[last].shared, members[first].shared) == 0; last++)
			;
		add_group(builder, number, term, members + first, last - first);
	}
	free(members);
}

/* ---- lineage --------------------------------------------------------------------------- */

/* Which nodes are ancestors of rows, or rows, and which of them have children among
 * these. */
static int64_t *needed_nodes(const struct lineage *lineage, const uint32_t *row_model, size_t rows)
{
	size_t nodes = lineage_nodes(lineage), count;
	int64_t *needed = memory_allocate(nodes, sizeof *needed);

	for (size_t node = 0; node < nodes; node++)
		needed[node] = NOT_NEEDED;
	for (size_t row = 0; row < rows; row++)
		needed[row_model[row]] = CHILDLESS;
	for (size_t place = nodes; place-- > 0;) { /* children before parents */
		size_t node = lineage_order(lineage)[place];
		if (needed[node] == NOT_NEEDED)
			continue;
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t p = 0; p < count; p++)
			if (parents[p].weight > 0)
				needed[parents[p].node] = 0;
	}
	return needed;
}

static void add_lineage(struct builder *builder)
{
	struct design *design = builder->design;
	struct design_index *index = design->index;
	const struct lineage *lineage = index->data->lineage;
	size_t count;

	index->node = needed_nodes(lineage, index->row_model, design->rows);
	for (size_t place = 0; place < lineage_nodes(lineage); place++) {
		size_t node = lineage_order(lineage)[place];
		if (index->node[node] < 0)
			continue;
		size_t own = builder_add_effect(builder, design->terms, design_making_term(design_node_making(lineage, node)), 1);
		index->node[node] = (int64_t)own;
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t p = 0; p < count; p++)
			if (parents[p].weight > 0)
				builder_add_prior(builder, (size_t)index->node[parents[p].node], -(double)parents[p].weight);
	}
	for (size_t row = 0; row < design->rows; row++) {
		size_t node = index->row_model[row];
		if (index->node[node] >= 0) {
			builder_add_row(builder, row, (size_t)index->node[node], 1);
			continue;
		}
		design->own[row * design->terms + design_making_term(design_node_making(lineage, node))] += 1;
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t p = 0; p < count; p++)
			if (parents[p].weight > 0)
				builder_add_row(builder, row, (size_t)index->node[parents[p].node], (double)parents[p].weight);
	}
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void add_kin(struct builder *builder)
{
	struct design *design = builder->design;
	size_t count;
	const struct term *terms = design_prior_terms(PRIOR_KIN, &count);
	struct view *views = memory_allocate(design->rows, sizeof *views);

	for (size_t row = 0; row < design->rows; row++) {
		struct engine_model facts;
		attributes_describe(design->index->data, design->index->row_model[row], &facts);
		view_new(design->index, &facts, &views[row]);
	}
	for (size_t k = 0; k < count; k++)
		if (terms[k].product[0].how != MAKING)
			add_groups(builder, k, &terms[k], views);
	for (size_t row = 0; row < design->rows; row++)
		free(views[row].possible);
	free(views);
	add_lineage(builder);
}

enum status design_new(const struct engine_data *data, enum prior prior, double rho,
		       const struct attributes *attributes, const uint32_t *row_model, const int32_t *model_row,
		       size_t rows, struct design *design, struct error *error)
{
	struct builder builder = {.design = design};
	enum status status = STATUS_OK;

	*design = (struct design){.prior = prior, .rows = rows, .rho = rho};
	design_prior_terms(prior, &design->terms);
	design->own = memory_zero(rows * design->terms + 1, sizeof *design->own);
	design->index = memory_zero(1, sizeof *design->index);
	design->index->data = data;
	design->index->attributes = attributes;
	design->index->row_model = row_model;
	design->index->model_row = model_row;
	if (prior == PRIOR_KIN) {
		design->index->supposed = supposed_new(attributes, data, row_model, rows);
		add_kin(&builder);
	}
	if (prior == PRIOR_LAPLACIAN)
		status = builder_add_laplacian(&builder, error);
	lists_take(&design->row, rows, builder.row, builder.row_count);
	lists_take(&design->prior_list, design->effects, builder.prior, builder.prior_count);
	free(builder.row);
	free(builder.prior);
	return status;
}

static void index_free(struct design_index *index)
{
	if (!index)
		return;
	for (size_t k = 0; k < DESIGN_TERMS_MAX; k++) {
		for (size_t g = 0; g < index->term[k].count; g++)
			free(index->term[k].group[g].date);
		free(index->term[k].group);
	}
	supposed_free(index->supposed);
	free(index->node);
	free(index->left);
	free(index->towards);
	free(index);
}

void design_free(struct design *design)
{
	lists_free(&design->row);
	lists_free(&design->prior_list);
	free(design->scale_term);
	free(design->prior_term);
	free(design->own);
	index_free(design->index);
	*design = (struct design){0};
}

static void scale_effects(const struct design *design, const double *theta, const uint8_t *term, double power,
			  double *effects)
{
	double factor[DESIGN_TERMS_MAX + 1] = {0};

	for (size_t t = 0; t < design->terms; t++)
		factor[t] = pow(theta[t], power);
	factor[design->terms] = 1;
	for (size_t e = 0; e < design->effects; e++)
		effects[e] *= factor[term[e]];
}

void design_covary(const struct design *design, const double *theta, double *effects)
{
	const struct design_lists *prior = &design->prior_list;

	scale_effects(design, theta, design->scale_term, 0.5, effects);
	for (size_t e = design->effects; e-- > 0;) {
		size_t first = prior->start[e];
		effects[e] /= (double)prior->value[first];
		for (size_t k = first + 1; k < prior->start[e + 1]; k++)
			effects[prior->effect[k]] -= (double)prior->value[k] * effects[e];
	}
	scale_effects(design, theta, design->prior_term, 1, effects);
	for (size_t e = 0; e < design->effects; e++) {
		size_t first = prior->start[e];
		for (size_t k = first + 1; k < prior->start[e + 1]; k++)
			effects[e] -= (double)prior->value[k] * effects[prior->effect[k]];
		effects[e] /= (double)prior->value[first];
	}
	scale_effects(design, theta, design->scale_term, 0.5, effects);
}
