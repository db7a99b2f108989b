#include "model/design.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <suitesparse/cholmod.h>

#include "stemma/base/memory.h"

#define KNOTS_MAX 32
/* Dates within this share of the length of a process are one. */
#define DATE_SHARE 0.125
/* A name of few words is no more alike for it. */
#define WORDS_MIN 3

/* ---- terms ------------------------------------------------------------------------- */

/* How a node of the lineage was made: its innovation's variance. */
enum making {
	MAKING_ROOT,
	MAKING_FINETUNE, /* one parent: fine-tuned, adapter, unknown */
	MAKING_MERGE,
	MAKING_QUANTIZED,
	MAKING_SETTING,  /* the same model, run otherwise */
	MAKING_STAGE,    /* base and chat model of one release */
	MAKING_SIBLING,  /* another size or version, distilled: no weights in common */
	MAKING_COUNT
};

enum comparison { NOTHING, ONE, SAME, WORDS, SIZE, DATE, LINEAR_SIZE, LINEAR_DATE, MAKING, LAPLACE };
struct comparison_of {
	enum comparison how;
	int argument;
	double length;
};
#define PRODUCT_MAX 4
struct term {
	const char *label;
	struct comparison_of product[PRODUCT_MAX];
	double start;
};

#define IS_ONE {ONE, 0, 0}
#define IS_SAME(attribute) {SAME, ATTRIBUTE_##attribute, 0}
#define IS_WORDS(which) {WORDS, ATTRIBUTE_##which, 0}
#define IS_SIZE(length) {SIZE, 0, length}
#define IS_YEARS(length) {DATE, 0, length}
#define IS_MADE(how) {MAKING, MAKING_##how, 0}

/* Lengths: log size in units of ln(billions), dates in years. */
static const struct term kin_terms[] = {
	{"level", {IS_ONE}, 0.1},
	{"size, linear", {{LINEAR_SIZE, 0, 0}}, 0.1},
	{"date, linear", {{LINEAR_DATE, 0, 0}}, 0.05},
	{"kind", {IS_SAME(KIND)}, 0.05},
	{"chat template", {IS_SAME(TEMPLATE)}, 0.05},
	{"kind x chat template x size", {IS_SAME(KIND), IS_SAME(TEMPLATE), IS_SIZE(1.0)}, 0.05},
	{"kind x chat template x size x date",
	 {IS_SAME(KIND), IS_SAME(TEMPLATE), IS_SIZE(1.0), IS_YEARS(0.5)}, 0.05},
	{"size", {IS_SIZE(0.7)}, 0.1},
	{"months", {IS_SAME(MONTHS)}, 0.02},
	{"architecture", {IS_SAME(ARCHITECTURE)}, 0.05},
	{"architecture x size", {IS_SAME(ARCHITECTURE), IS_SIZE(0.7)}, 0.05},
	{"architecture x size x date", {IS_SAME(ARCHITECTURE), IS_SIZE(0.7), IS_YEARS(0.5)}, 0.05},
	{"family", {IS_SAME(FAMILY)}, 0.05},
	{"family x kind", {IS_SAME(FAMILY), IS_SAME(KIND)}, 0.05},
	{"family x chat template", {IS_SAME(FAMILY), IS_SAME(TEMPLATE)}, 0.05},
	{"family x date", {IS_SAME(FAMILY), IS_YEARS(0.25)}, 0.05},
	{"owner", {IS_SAME(OWNER)}, 0.05},
	{"owner x family", {IS_SAME(OWNER), IS_SAME(FAMILY)}, 0.05},
	{"owner x date", {IS_SAME(OWNER), IS_YEARS(0.1)}, 0.05},
	{"provider", {IS_SAME(PROVIDER)}, 0.05},
	{"reasoning", {IS_SAME(REASONING)}, 0.05},
	{"reasoning x date", {IS_SAME(REASONING), IS_YEARS(0.5)}, 0.05},
	{"owner and first word", {IS_SAME(MAKER)}, 0.05},
	{"series", {IS_SAME(SERIES)}, 0.05},
	{"first words", {IS_SAME(LINE)}, 0.05},
	{"base model", {IS_SAME(BASE)}, 0.1},
	{"words of the name", {IS_WORDS(WORDS)}, 0.1},
	{"pairs of words", {IS_WORDS(PAIRS)}, 0.05},
	{"lineage: roots", {IS_MADE(ROOT)}, 0.1},
	{"lineage: fine-tunes", {IS_MADE(FINETUNE)}, 0.05},
	{"lineage: merges", {IS_MADE(MERGE)}, 0.02},
	{"lineage: quantizations", {IS_MADE(QUANTIZED)}, 0.01},
	{"lineage: settings", {IS_MADE(SETTING)}, 0.05},
	{"lineage: stages", {IS_MADE(STAGE)}, 0.05},
	{"lineage: sizes and versions", {IS_MADE(SIBLING)}, 0.1},
};
static const struct term laplacian_terms[] = {{"lineage Laplacian", {{LAPLACE, 0, 0}}, 0.7}};

/* The terms of a prior. */
static const struct term *prior_terms(enum prior prior, size_t *count)
{
	*count = 0;
	if (prior == PRIOR_KIN) {
		*count = sizeof kin_terms / sizeof *kin_terms;
		return kin_terms;
	}
	*count = prior == PRIOR_LAPLACIAN;
	return laplacian_terms;
}

size_t design_terms(enum prior prior)
{
	size_t count;

	prior_terms(prior, &count);
	return count;
}

static const struct term *design_term(const struct design *design, size_t term)
{
	size_t count;

	return prior_terms(design->prior, &count) + term;
}

const char *design_label(const struct design *design, size_t term)
{
	return design_term(design, term)->label;
}

double design_start(const struct design *design, size_t term)
{
	return design_term(design, term)->start;
}

bool design_is_lineage(const struct design *design, size_t term)
{
	enum comparison how = design_term(design, term)->product[0].how;

	return how == MAKING || how == LAPLACE;
}

static enum making relation_making(enum relation relation)
{
	switch (relation) {
	case RELATION_MERGE:     return MAKING_MERGE;
	case RELATION_QUANTIZED: return MAKING_QUANTIZED;
	case RELATION_SETTING:   return MAKING_SETTING;
	case RELATION_STAGE:     return MAKING_STAGE;
	case RELATION_SIZE:
	case RELATION_VERSION:
	case RELATION_DISTILL:   return MAKING_SIBLING;
	default:                 return MAKING_FINETUNE;
	}
}

static enum making node_making(const struct lineage *lineage, size_t node)
{
	size_t count;
	const struct lineage_parent *parents = lineage_parents(lineage, node, &count);

	return count == 0 ? MAKING_ROOT : relation_making((enum relation)parents[0].relation);
}

/* The term of a making. */
static size_t making_term(enum making making)
{
	size_t count;
	const struct term *terms = prior_terms(PRIOR_KIN, &count);

	for (size_t k = 0; k < count; k++)
		if (terms[k].product[0].how == MAKING && terms[k].product[0].argument == (int)making)
			return k;
	return 0;
}

/* ---- lists in the making ----------------------------------------------------------- */

struct entry {
	uint32_t list, effect;
	float value;
};

struct builder {
	struct design *design;
	struct entry *row, *prior; /* entries in any order */
	size_t row_count, row_capacity, prior_count, prior_capacity;
	size_t scale_capacity, term_capacity;
};

static void add_row(struct builder *builder, size_t row, size_t effect, double value)
{
	builder->row = memory_grow(builder->row, builder->row_count, &builder->row_capacity, sizeof *builder->row);
	builder->row[builder->row_count++] = (struct entry){(uint32_t)row, (uint32_t)effect, (float)value};
}

/* To the list of the last effect. */
static void add_prior(struct builder *builder, size_t effect, double value)
{
	builder->prior = memory_grow(builder->prior, builder->prior_count, &builder->prior_capacity,
				     sizeof *builder->prior);
	builder->prior[builder->prior_count++] =
		(struct entry){(uint32_t)(builder->design->effects - 1), (uint32_t)effect, (float)value};
}

static size_t add_effect(struct builder *builder, size_t scale_term, size_t prior_term, double diagonal)
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
	add_prior(builder, effect, diagonal);
	return effect;
}

static void lists_take(struct design_lists *lists, size_t count, const struct entry *entries, size_t entry_count)
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

/* ---- sizes -------------------------------------------------------------------------- */

/* Sizes by knots that lie two lengths apart: a size takes cos and sin of the way from one knot to
 * the next, so two sizes are as alike as the cosine of their distance, and from knot to knot not
 * at all.  That is near to a Gaussian kernel, of two numbers where its features are a dozen. */
struct knots {
	int first;
	size_t count; /* 0: no sizes */
};

/* The knot at or below a size, and how far from it to the next. */
static int knot_below(double size, double length, double *way)
{
	double place = size / (2 * length), below = floor(place);

	*way = place - below;
	return (int)below;
}

/* The features of a size, knots->count of them; returns what knots that are not there leave of its variance. */
static double knot_features(const struct knots *knots, double size, double length, double *phi)
{
	double way, left = 0;
	int below = knot_below(size, length, &way);

	for (size_t f = 0; f < knots->count; f++)
		phi[f] = 0;
	for (int next = 0; next < 2; next++) {
		int place = below + next - knots->first;
		double value = next ? sin(way * M_PI_2) : cos(way * M_PI_2);
		if (place >= 0 && place < (int)knots->count)
			phi[place] = value;
		else
			left += value * value;
	}
	return left;
}

/* The knots that sizes from the smallest to the largest take, at most KNOTS_MAX. */
static struct knots choose_knots(double smallest, double largest, double length)
{
	double way;
	int first = knot_below(smallest, length, &way), last = knot_below(largest, length, &way) + (way > 0);

	return (struct knots){first, (size_t)(last - first + 1) < KNOTS_MAX ? (size_t)(last - first + 1) : KNOTS_MAX};
}

/* ---- group effects ------------------------------------------------------------------- */

/* A row, or another model, among those that share the attributes of a term. */
struct member {
	int32_t shared[PRODUCT_MAX];
	double date, size, value; /* date in steps; value: what it takes of the effect */
	double square;            /* the variance of what it stands for: more than value^2 of a mixture */
	uint32_t row;
};

/* Rows that share attributes: where their effects stand. */
struct group {
	int32_t shared[PRODUCT_MAX];
	size_t first, dates;
	double *date;          /* in steps, ascending */
	struct knots knots;
};

struct term_index {
	struct group *group; /* sorted by what they share */
	size_t count, capacity;
};

enum { NOT_NEEDED = -2, CHILDLESS = -1 }; /* of a node; or its effect >= 0 */

/* What the facts of a model may be. */
struct view {
	size_t count;
	struct possible {
		double chance;
		struct kernel_point point;
	} *possible;
};

struct design_index {
	const struct engine_data *data;
	const struct attributes *attributes;
	struct supposed *supposed;           /* kin */
	const uint32_t *row_model;
	const int32_t *model_row;
	int64_t *node;                       /* effects of the lineage */
	double *left;                        /* Laplacian: diagonal of a node that was pruned */
	uint32_t *towards;                   /* Laplacian: the neighbour that it hangs on */
	struct term_index term[DESIGN_TERMS_MAX];
};

static int compare_numbers(double a, double b)
{
	return (a > b) - (a < b);
}

static int compare_shared(const int32_t *a, const int32_t *b)
{
	for (size_t i = 0; i < PRODUCT_MAX; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static int compare_members(const void *left, const void *right)
{
	const struct member *a = left, *b = right;
	int order = compare_shared(a->shared, b->shared);

	order = order ? order : compare_numbers(a->date, b->date);
	order = order ? order : (a->row > b->row) - (a->row < b->row);
	return order ? order : compare_numbers(a->size, b->size);
}

static int compare_group(const void *key, const void *entry)
{
	return compare_shared(key, ((const struct group *)entry)->shared);
}

static const struct comparison_of *find_comparison(const struct term *term, enum comparison how)
{
	for (size_t i = 0; i < PRODUCT_MAX && term->product[i].how; i++)
		if (term->product[i].how == how)
			return &term->product[i];
	return NULL;
}

/* A model as a term sees it; false where the term says nothing of it.  Unknown sizes and
 * dates are all alike, and like none of the known ones. */
static bool make_member(const struct term *term, const struct kernel_point *point, struct member *member)
{
	*member = (struct member){.value = 1};
	for (size_t i = 0; i < PRODUCT_MAX && term->product[i].how; i++) {
		const struct comparison_of *comparison = &term->product[i];
		switch (comparison->how) {
		case SAME:
			member->shared[i] = point->attribute[comparison->argument];
			if (member->shared[i] == ATTRIBUTE_UNKNOWN)
				return false;
			break;
		case SIZE:
			member->shared[i] = point->size_known;
			member->size = point->size;
			break;
		case DATE:
			member->shared[i] = point->date_known;
			member->date = round(point->date / (DATE_SHARE * comparison->length));
			break;
		case LINEAR_SIZE:
			member->value *= point->size;
			break;
		case LINEAR_DATE:
			member->value *= point->date;
			break;
		default:
			break;
		}
	}
	return true;
}

/* Adds a member of a mixture to those that differ. */
static void mix_member(const struct member *member, double chance, struct member *members, size_t *count)
{
	size_t i = 0;

	while (i < *count && (compare_shared(members[i].shared, member->shared) != 0 ||
			      compare_numbers(members[i].size, member->size) != 0))
		i++;
	if (i == *count) {
		members[i] = *member;
		members[i].value = members[i].square = 0;
		++*count;
	}
	members[i].value += chance * member->value;
	members[i].square += chance * member->value * member->value;
}

static void view_make(const struct design_index *index, const struct engine_model *facts, struct view *view)
{
	struct supposition list[SUPPOSED_MAX];

	view->count = supposed_list(index->supposed, facts, list);
	view->possible = memory_allocate(view->count, sizeof *view->possible);
	for (size_t i = 0; i < view->count; i++) {
		view->possible[i].chance = list[i].chance;
		attributes_point(index->attributes, &list[i].facts, &view->possible[i].point);
	}
}

/* The members that a model is of a term: one, or one a word, or one of each thing that it may be. */
static size_t make_members(const struct design_index *index, const struct term *term,
			   const struct engine_model *facts, const struct view *view, struct member *members)
{
	struct attribute_words_list list;
	struct member member;
	size_t count = 0;

	if (term->product[0].how != WORDS) {
		for (size_t i = 0; i < view->count; i++)
			if (make_member(term, &view->possible[i].point, &member))
				mix_member(&member, view->possible[i].chance, members, &count);
		return count;
	}
	attributes_words(index->attributes, facts, (enum attribute_words)term->product[0].argument, &list);
	double share = 1 / sqrt((double)(list.count > WORDS_MIN ? list.count : WORDS_MIN));
	for (size_t i = 0; i < list.count; i++)
		members[count++] = (struct member){.shared = {list.number[i]}, .value = share, .square = share * share};
	return count;
}

static size_t distinct_dates(const struct member *members, size_t count, double *dates)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (kept == 0 || members[i].date > dates[kept - 1] + 0.5)
			dates[kept++] = members[i].date;
	return kept;
}

/* What is kept of a process from one date to another, in steps. */
static double date_kept(double from, double to)
{
	return exp(-fabs(to - from) * DATE_SHARE);
}

/* Effects of `features` a date, each a process over the dates; with one date they are
 * just independent. */
static void add_process(struct builder *builder, size_t term, struct group *group)
{
	size_t features = group->knots.count ? group->knots.count : 1;

	group->first = builder->design->effects;
	for (size_t date = 0; date < group->dates; date++) {
		double kept = date > 0 ? date_kept(group->date[date - 1], group->date[date]) : 0;
		double scale = 1 / sqrt(1 - kept * kept);
		for (size_t f = 0; f < features; f++) {
			size_t effect = add_effect(builder, term, builder->design->terms, scale);
			if (date > 0)
				add_prior(builder, effect - features, -kept * scale);
		}
	}
}

/* What a member takes of the effects of its group; returns what they leave of its
 * variance, 1.  Calls take(context, effect, value). */
struct taker {
	void (*take)(void *context, size_t effect, double value);
	void *context;
};

static void take_date(const struct taker *taker, const struct group *group, size_t date, double factor,
		      const double *phi)
{
	size_t features = group->knots.count ? group->knots.count : 1;

	for (size_t f = 0; f < features; f++)
		if (factor * phi[f] != 0)
			taker->take(taker->context, group->first + date * features + f, factor * phi[f]);
}

/* Between two dates of the process: their mean as they are near, and the variance that is left. */
static double take_between(const struct taker *taker, const struct group *group, double date, const double *phi)
{
	size_t after = 0;

	while (after < group->dates && group->date[after] < date - 0.5)
		after++;
	if (after < group->dates && group->date[after] < date + 0.5) {
		take_date(taker, group, after, 1, phi);
		return 0;
	}
	double left = after > 0 ? date_kept(group->date[after - 1], date) : 0;
	double right = after < group->dates ? date_kept(group->date[after], date) : 0;
	double both = 1 - left * left * right * right;
	double from_left = left * (1 - right * right) / both, from_right = right * (1 - left * left) / both;
	if (after > 0)
		take_date(taker, group, after - 1, from_left, phi);
	if (after < group->dates)
		take_date(taker, group, after, from_right, phi);
	return 1 - from_left * left - from_right * right;
}

/* Takes the members of one model in a group; returns the variance that the effects leave open. */
static double take_members(const struct taker *taker, const struct term *term, const struct group *group,
			   const struct member *members, size_t count)
{
	const struct comparison_of *size = find_comparison(term, SIZE), *date = find_comparison(term, DATE);
	size_t features = size ? group->knots.count : 1;
	double phi[KNOTS_MAX] = {0}, one[KNOTS_MAX] = {1}, square = 0, told = 0, left = 0;

	for (size_t i = 0; i < count; i++) {
		square += members[i].square;
		if (size)
			knot_features(&group->knots, members[i].size, size->length, one);
		for (size_t f = 0; f < features; f++)
			phi[f] += members[i].value * one[f];
	}
	for (size_t f = 0; f < features; f++)
		told += phi[f] * phi[f];
	if (date)
		left = take_between(taker, group, members->date, phi);
	else
		take_date(taker, group, 0, 1, phi);
	return fmax(square - (1 - left) * told, 0);
}

struct row_taker {
	struct builder *builder;
	size_t row;
};

static void take_for_row(void *context, size_t effect, double value)
{
	struct row_taker *row = context;

	add_row(row->builder, row->row, effect, value);
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
	const struct comparison_of *size = find_comparison(term, SIZE);
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
		group->knots = choose_knots(smallest, largest, size->length);
	group->dates = distinct_dates(members, count, numbers);
	group->date = memory_resize(numbers, group->dates, sizeof *numbers);
	add_process(builder, number, group);
	for (size_t i = 0, same; i < count; i += same) {
		same = same_row(members + i, count - i);
		row.row = members[i].row;
		own[row.row * design->terms] += (float)take_members(&taker, term, group, members + i, same);
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
		size_t found = make_members(design->index, term, &facts, &views[row], own);
		for (size_t i = 0; i < found; i++) {
			members = memory_grow(members, *count, &capacity, sizeof *members);
			own[i].row = (uint32_t)row;
			members[(*count)++] = own[i];
		}
	}
	if (*count > 0)
		qsort(members, *count, sizeof *members, compare_members);
	return members;
}

static void add_groups(struct builder *builder, size_t number, const struct term *term,
		       const struct view *views)
{
	size_t count;
	struct member *members = list_members(builder->design, term, views, &count);

	for (size_t first = 0, last; first < count; first = last) {
		for (last = first + 1;
		     last < count && compare_shared(members[last].shared, members[first].shared) == 0; last++)
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
		size_t own = add_effect(builder, design->terms, making_term(node_making(lineage, node)), 1);
		index->node[node] = (int64_t)own;
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t p = 0; p < count; p++)
			if (parents[p].weight > 0)
				add_prior(builder, (size_t)index->node[parents[p].node], -(double)parents[p].weight);
	}
	for (size_t row = 0; row < design->rows; row++) {
		size_t node = index->row_model[row];
		if (index->node[node] >= 0) {
			add_row(builder, row, (size_t)index->node[node], 1);
			continue;
		}
		design->own[row * design->terms + making_term(node_making(lineage, node))] += 1;
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t p = 0; p < count; p++)
			if (parents[p].weight > 0)
				add_row(builder, row, (size_t)index->node[parents[p].node], (double)parents[p].weight);
	}
}

/* ---- Laplacian ------------------------------------------------------------------------- */

/* Neighbours of a node: parents and children. */
static size_t neighbour_count(const struct lineage *lineage, size_t node)
{
	size_t parents, children;

	lineage_parents(lineage, node, &parents);
	lineage_children(lineage, node, &children);
	return parents + children;
}

static size_t neighbour(const struct lineage *lineage, size_t node, size_t number)
{
	size_t parents, children;
	const struct lineage_parent *parent = lineage_parents(lineage, node, &parents);
	const uint32_t *child = lineage_children(lineage, node, &children);

	return number < parents ? parent[number].node : child[number - parents];
}

/* Takes out, one after the other, nodes without scores that hang on one neighbour: each adds
 * rho - rho^2 / diagonal to that one's precision.  Sets diagonals, and towards of what is out. */
static void prune_nodes(struct design *design)
{
	struct design_index *index = design->index;
	const struct lineage *lineage = index->data->lineage;
	size_t nodes = lineage_nodes(lineage), count = 0;
	uint32_t *degree = memory_allocate(nodes, sizeof *degree), *queue = memory_allocate(nodes, sizeof *queue);

	for (size_t node = 0; node < nodes; node++) {
		degree[node] = (uint32_t)neighbour_count(lineage, node);
		index->left[node] = 1 + design->rho * degree[node];
		index->node[node] = 0;
		index->towards[node] = UINT32_MAX;
		if (degree[node] <= 1 && index->model_row[node] < 0)
			queue[count++] = (uint32_t)node;
	}
	for (size_t i = 0; i < count; i++) {
		size_t node = queue[i];
		index->node[node] = NOT_NEEDED;
		for (size_t k = 0; k < neighbour_count(lineage, node); k++) {
			size_t other = neighbour(lineage, node, k);
			if (index->node[other] == NOT_NEEDED)
				continue;
			index->towards[node] = (uint32_t)other;
			index->left[other] -= design->rho * design->rho / index->left[node];
			if (--degree[other] == 1 && index->model_row[other] < 0)
				queue[count++] = (uint32_t)other;
		}
	}
	free(degree);
	free(queue);
}

/* The precision of the nodes that are left, lower triangle. */
static cholmod_sparse *laplacian_matrix(const struct design *design, size_t kept, cholmod_common *common)
{
	const struct design_index *index = design->index;
	const struct lineage *lineage = index->data->lineage;
	cholmod_triplet *triplet = cholmod_l_allocate_triplet(kept, kept, kept + lineage_edges(lineage), -1,
							      CHOLMOD_REAL, common);
	size_t used = 0, count;

	if (!triplet)
		return NULL;
	SuiteSparse_long *row = triplet->i, *column = triplet->j;
	double *value = triplet->x;
	for (size_t node = 0; node < lineage_nodes(lineage); node++) {
		if (index->node[node] < 0)
			continue;
		SuiteSparse_long a = (SuiteSparse_long)index->node[node];
		row[used] = column[used] = a;
		value[used++] = index->left[node];
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t p = 0; p < count; p++) {
			SuiteSparse_long b = (SuiteSparse_long)index->node[parents[p].node];
			if (b < 0)
				continue;
			row[used] = a > b ? a : b;
			column[used] = a > b ? b : a;
			value[used++] = -design->rho;
		}
	}
	triplet->nnz = used;
	cholmod_sparse *sparse = cholmod_l_triplet_to_sparse(triplet, used, common);
	cholmod_l_free_triplet(&triplet, common);
	return sparse;
}

/* The precision is L L' after a permutation, so L' (permuted effects) are independent: an
 * effect hangs on those that come after it, which take the earlier numbers here. */
static void add_factor(struct builder *builder, const cholmod_factor *factor)
{
	const SuiteSparse_long *start = factor->p, *row = factor->i, *length = factor->nz;
	const double *value = factor->x;

	for (size_t place = factor->n; place-- > 0;) {
		add_effect(builder, 0, builder->design->terms, value[start[place]]);
		for (SuiteSparse_long k = start[place] + 1; k < start[place] + length[place]; k++)
			add_prior(builder, factor->n - 1 - (size_t)row[k], value[k]);
	}
}

static enum status add_laplacian(struct builder *builder, struct error *error)
{
	struct design *design = builder->design;
	struct design_index *index = design->index;
	size_t nodes = lineage_nodes(index->data->lineage), kept = 0;
	cholmod_common common;
	cholmod_factor *factor = NULL;

	index->node = memory_allocate(nodes, sizeof *index->node);
	index->left = memory_allocate(nodes, sizeof *index->left);
	index->towards = memory_allocate(nodes, sizeof *index->towards);
	prune_nodes(design);
	for (size_t node = 0; node < nodes; node++)
		if (index->node[node] >= 0)
			index->node[node] = (int64_t)kept++;
	cholmod_l_start(&common);
	common.print = 0;
	common.supernodal = CHOLMOD_SIMPLICIAL;
	common.final_ll = true;
	cholmod_sparse *precision = laplacian_matrix(design, kept, &common);
	if (precision && (factor = cholmod_l_analyze(precision, &common)))
		cholmod_l_factorize(precision, factor, &common);
	cholmod_l_free_sparse(&precision, &common);
	bool good = factor && common.status == CHOLMOD_OK &&
		    cholmod_l_change_factor(CHOLMOD_REAL, true, false, true, true, factor, &common);
	if (good) {
		const SuiteSparse_long *order = factor->Perm;
		int64_t *effect = memory_allocate(kept + 1, sizeof *effect);
		for (size_t place = 0; place < kept; place++)
			effect[order[place]] = (int64_t)(kept - 1 - place);
		for (size_t node = 0; node < nodes; node++)
			if (index->node[node] >= 0)
				index->node[node] = effect[index->node[node]];
		free(effect);
		add_factor(builder, factor);
		for (size_t row = 0; row < design->rows; row++)
			add_row(builder, row, (size_t)index->node[index->row_model[row]], 1);
	}
	cholmod_l_free_factor(&factor, &common);
	cholmod_l_finish(&common);
	return good ? STATUS_OK
		    : error_set(error, STATUS_SOFTWARE, "cannot factor the lineage Laplacian of %zu models", nodes);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void add_kin(struct builder *builder)
{
	struct design *design = builder->design;
	size_t count;
	const struct term *terms = prior_terms(PRIOR_KIN, &count);
	struct view *views = memory_allocate(design->rows, sizeof *views);

	for (size_t row = 0; row < design->rows; row++) {
		struct engine_model facts;
		attributes_describe(design->index->data, design->index->row_model[row], &facts);
		view_make(design->index, &facts, &views[row]);
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
	prior_terms(prior, &design->terms);
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
		status = add_laplacian(&builder, error);
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

/* ---- further models ------------------------------------------------------------------------- */

void design_place_clear(struct design_place *place)
{
	place->effects = place->rows = place->nodes = 0;
	memset(place->own, 0, sizeof place->own);
}

void design_place_free(struct design_place *place)
{
	free(place->effect);
	free(place->row);
	free(place->node);
	*place = (struct design_place){0};
}

static void place_effect(void *context, size_t effect, double value)
{
	struct design_place *place = context;

	place->effect = memory_grow(place->effect, place->effects, &place->effect_capacity, sizeof *place->effect);
	place->effect[place->effects++] = (struct design_entry){(uint32_t)effect, (float)value};
}

static void place_row(struct design_place *place, size_t row, double value)
{
	place->row = memory_grow(place->row, place->rows, &place->row_capacity, sizeof *place->row);
	place->row[place->rows++] = (struct design_entry){(uint32_t)row, (float)value};
}

static void place_node(struct design_place *place, size_t node, double value)
{
	place->node = memory_grow(place->node, place->nodes, &place->node_capacity, sizeof *place->node);
	place->node[place->nodes++] = (struct design_entry){(uint32_t)node, (float)value};
}

double design_nodes_in_common(const struct design *design, const double *theta, const struct design_place *a,
			      const struct design_place *b)
{
	double sum = 0;

	for (size_t i = 0; i < a->nodes; i++)
		for (size_t j = 0; j < b->nodes; j++)
			if (a->node[i].number == b->node[j].number)
				sum += (double)(a->node[i].value * b->node[j].value) *
				       theta[making_term(node_making(design->index->data->lineage, a->node[i].number))];
	return sum;
}

size_t design_suppose(const struct design *design, const struct engine_model *facts,
		      struct supposition list[SUPPOSED_MAX])
{
	list[0] = (struct supposition){*facts, 1};
	return design->index->supposed ? supposed_list(design->index->supposed, facts, list) : 1;
}

void design_place_facts(const struct design *design, const struct engine_model *facts, struct design_place *place)
{
	size_t count;
	const struct term *terms = prior_terms(design->prior, &count);
	struct taker taker = {place_effect, place};
	struct view view;

	if (design->prior != PRIOR_KIN)
		return;
	view_make(design->index, facts, &view);
	for (size_t k = 0; k < count; k++) {
		const struct term_index *index = &design->index->term[k];
		struct member members[ATTRIBUTE_WORDS_MAX] = {{.row = 0}};
		if (terms[k].product[0].how == MAKING)
			continue;
		size_t found = make_members(design->index, &terms[k], facts, &view, members);
		if (found > 1)
			qsort(members, found, sizeof *members, compare_members);
		for (size_t i = 0, same; i < found; i += same) {
			const struct group *group = index->count == 0 ? NULL
				: bsearch(members[i].shared, index->group, index->count, sizeof *group, compare_group);
			for (same = 1; i + same < found && compare_shared(members[i + same].shared, members[i].shared) == 0;)
				same++;
			if (group)
				place->own[k] += take_members(&taker, &terms[k], group, members + i, same);
			for (size_t j = i; j < i + same && !group; j++)
				place->own[k] += members[j].square;
		}
	}
	free(view.possible);
}

/* Nodes between a node and those that have effects. */
struct climb {
	uint32_t *node;
	double *share;
	size_t count, done, capacity, share_capacity;
};

static void climb_add(struct climb *climb, size_t node, double share)
{
	for (size_t i = climb->done; i < climb->count; i++)
		if (climb->node[i] == node) {
			climb->share[i] += share;
			return;
		}
	climb->node = memory_grow(climb->node, climb->count, &climb->capacity, sizeof *climb->node);
	climb->share = memory_grow(climb->share, climb->count, &climb->share_capacity, sizeof *climb->share);
	climb->node[climb->count] = (uint32_t)node;
	climb->share[climb->count++] = share;
}

/* Takes a node: its effect; or its own innovation and its parents' part. */
static void climb_node(const struct design *design, size_t node, double share, struct design_place *place,
		       struct climb *climb)
{
	const struct design_index *index = design->index;
	const struct lineage *lineage = index->data->lineage;
	size_t count;

	if (index->node[node] >= 0) {
		place_effect(place, (size_t)index->node[node], share);
		return;
	}
	if (index->node[node] == CHILDLESS)
		place_row(place, (size_t)index->model_row[node], share);
	else
		place_node(place, node, share);
	const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
	for (size_t p = 0; p < count; p++)
		if (parents[p].weight > 0)
			climb_add(climb, parents[p].node, share * (double)parents[p].weight);
}

static void place_laplacian(const struct design *design, size_t node, double weight, struct design_place *place)
{
	const struct design_index *index = design->index;

	while (index->node[node] < 0) {
		place->own[0] += weight * weight / index->left[node];
		weight *= design->rho / index->left[node];
		if (index->towards[node] == UINT32_MAX)
			return;
		node = index->towards[node];
	}
	place_effect(place, (size_t)index->node[node], weight);
}

void design_place_node(const struct design *design, size_t node, double weight, struct design_place *place)
{
	struct climb climb = {0};

	if (design->prior == PRIOR_NONE)
		return;
	if (design->prior == PRIOR_LAPLACIAN) {
		place_laplacian(design, node, weight, place);
		return;
	}
	climb_add(&climb, node, weight);
	while (climb.done < climb.count) {
		size_t i = climb.done++;
		climb_node(design, climb.node[i], climb.share[i], place, &climb);
	}
	free(climb.node);
	free(climb.share);
}

void design_place_making(const struct design *design, enum relation relation, size_t parents,
			 struct design_place *place)
{
	if (design->prior == PRIOR_KIN)
		place->own[making_term(parents == 0 ? MAKING_ROOT : relation_making(relation))] += 1;
	else if (design->prior == PRIOR_LAPLACIAN)
		place->own[0] += 1 / (design->rho * (double)parents + 1);
}

double design_child_weight(const struct design *design, size_t parents, double weight)
{
	if (design->prior != PRIOR_LAPLACIAN)
		return weight;
	return weight > 0 ? design->rho / (design->rho * (double)parents + 1) : 0;
}

size_t design_row_origin(const struct design *design, size_t row, double *own)
{
	const struct design_index *index = design->index;
	size_t node = index->row_model[row];

	*own = design->prior == PRIOR_KIN && index->node[node] == CHILDLESS ? 1 : 0;
	return *own > 0 ? making_term(node_making(index->data->lineage, node)) : 0;
}
