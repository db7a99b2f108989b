#include "data/supposed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

#define SMOOTHING 2
#define CHANCE_MIN 0.02 /* what is rarer is left out */
#define CONTEXT_MAX 3
#define LEVELS_MAX 5

enum fact { FACT_SIZE, FACT_KIND, FACT_TEMPLATE, FACT_COUNT }; /* in the order they are supposed in */

struct context {
	size_t count;
	enum attribute attribute[CONTEXT_MAX];
};
struct fact_contexts {
	size_t count;
	struct context level[LEVELS_MAX]; /* those of the first hold all the others */
};
static const struct fact_contexts contexts[FACT_COUNT] = {
	[FACT_SIZE] = {4, {{1, {ATTRIBUTE_ARCHITECTURE}},
			   {2, {ATTRIBUTE_ARCHITECTURE, ATTRIBUTE_OWNER}},
			   {2, {ATTRIBUTE_ARCHITECTURE, ATTRIBUTE_SIZE_WORD}},
			   {3, {ATTRIBUTE_ARCHITECTURE, ATTRIBUTE_OWNER, ATTRIBUTE_SIZE_WORD}}}},
	[FACT_KIND] = {4, {{0, {0}},
			   {2, {ATTRIBUTE_ARCHITECTURE, ATTRIBUTE_MONTHS}},
			   {1, {ATTRIBUTE_OWNER}},
			   {1, {ATTRIBUTE_MAKER}}}},
	[FACT_TEMPLATE] = {5, {{0, {0}},
			       {1, {ATTRIBUTE_KIND}},
			       {2, {ATTRIBUTE_KIND, ATTRIBUTE_ARCHITECTURE}},
			       {2, {ATTRIBUTE_KIND, ATTRIBUTE_OWNER}},
			       {2, {ATTRIBUTE_KIND, ATTRIBUTE_MAKER}}}},
};

/* Scored models of one context whose fact has one value. */
struct number {
	int32_t context[CONTEXT_MAX + 1], value;
	size_t models;
};
struct numbers {
	struct number *list; /* by context, then value */
	size_t count;
};

struct supposed {
	const struct attributes *attributes;
	struct numbers numbers[FACT_COUNT][LEVELS_MAX];
};

/* ---- facts as numbers ----------------------------------------------------------------- */

#define NOT_TOLD (-1)
#define SIZE_STEPS 100 /* a family is a size to two decimals */

static int32_t fact_value(const struct engine_model *facts, enum fact fact)
{
	switch (fact) {
	case FACT_SIZE:
		return facts->params_b > 0 ? (int32_t)lround(facts->params_b * SIZE_STEPS) : NOT_TOLD;
	case FACT_KIND:
		return facts->kind == KIND_UNKNOWN ? NOT_TOLD : (int32_t)facts->kind;
	case FACT_TEMPLATE:
		return facts->chat_template == ANSWER_UNKNOWN ? NOT_TOLD : (int32_t)facts->chat_template;
	case FACT_COUNT:
		break;
	}
	return NOT_TOLD;
}

static void fact_set(struct engine_model *facts, enum fact fact, int32_t value)
{
	if (fact == FACT_SIZE)
		facts->params_b = (double)value / SIZE_STEPS;
	else if (fact == FACT_KIND)
		facts->kind = (enum kind)value;
	else
		facts->chat_template = (enum answer)value;
}

/* False where the context says nothing of the model. */
static bool context_of(const struct context *context, const struct engine_model *facts,
		       const struct kernel_point *point, int32_t *number)
{
	memset(number, 0, (CONTEXT_MAX + 1) * sizeof *number);
	number[0] = facts->architecture != NULL;
	for (size_t i = 0; i < context->count; i++) {
		enum attribute attribute = context->attribute[i];
		/* A kind may be supposed itself, and other than in the point. */
		number[i + 1] = attribute == ATTRIBUTE_KIND ? (int32_t)facts->kind : point->attribute[attribute];
		if (number[i + 1] < 0)
			return false;
	}
	return true;
}

/* ---- counting -------------------------------------------------------------------------- */

static int compare_contexts(const void *left, const void *right)
{
	const struct number *a = left, *b = right;

	for (size_t i = 0; i <= CONTEXT_MAX; i++)
		if (a->context[i] != b->context[i])
			return a->context[i] < b->context[i] ? -1 : 1;
	return 0;
}

static int compare_numbers(const void *left, const void *right)
{
	const struct number *a = left, *b = right;
	int order = compare_contexts(a, b);

	return order ? order : (a->value > b->value) - (a->value < b->value);
}

static void count_level(struct numbers *numbers, const struct context *context, enum fact fact,
			const struct engine_model *facts, const struct attributes *attributes, size_t count)
{
	size_t kept = 0;

	numbers->list = memory_allocate(count + 1, sizeof *numbers->list);
	for (size_t i = 0; i < count; i++) {
		struct number *number = &numbers->list[numbers->count];
		*number = (struct number){.value = fact_value(&facts[i], fact), .models = 1};
		if (number->value != NOT_TOLD && context_of(context, &facts[i], attributes_row(attributes, i), number->context))
			numbers->count++;
	}
	if (numbers->count > 0)
		qsort(numbers->list, numbers->count, sizeof *numbers->list, compare_numbers);
	for (size_t i = 0; i < numbers->count; i++)
		if (kept > 0 && compare_numbers(&numbers->list[kept - 1], &numbers->list[i]) == 0)
			numbers->list[kept - 1].models++;
		else
			numbers->list[kept++] = numbers->list[i];
	numbers->count = kept;
	numbers->list = memory_resize(numbers->list, kept + 1, sizeof *numbers->list);
}

struct supposed *supposed_new(const struct attributes *attributes, const struct engine_data *data,
			      const uint32_t *rows, size_t count)
{
	struct supposed *supposed = memory_zero(1, sizeof *supposed);
	struct engine_model *facts = memory_allocate(count + 1, sizeof *facts);

	supposed->attributes = attributes;
	for (size_t i = 0; i < count; i++)
		attributes_describe(data, rows[i], &facts[i]);
	for (enum fact fact = 0; fact < FACT_COUNT; fact++)
		for (size_t level = 0; level < contexts[fact].count; level++)
			count_level(&supposed->numbers[fact][level], &contexts[fact].level[level], fact, facts, attributes,
				    count);
	free(facts);
	return supposed;
}

void supposed_free(struct supposed *supposed)
{
	if (!supposed)
		return;
	for (enum fact fact = 0; fact < FACT_COUNT; fact++)
		for (size_t level = 0; level < LEVELS_MAX; level++)
			free(supposed->numbers[fact][level].list);
	free(supposed);
}

/* ---- chances ----------------------------------------------------------------------------- */

struct chance {
	int32_t value;
	double chance;
};

/* What a context has counted, by value. */
static const struct number *find_context(const struct numbers *numbers, const int32_t *context, size_t *count)
{
	struct number key;
	size_t first = 0, after = numbers->count;

	memcpy(key.context, context, sizeof key.context);
	while (first < after) {
		size_t middle = first + (after - first) / 2;
		if (compare_contexts(&numbers->list[middle], &key) < 0)
			first = middle + 1;
		else
			after = middle;
	}
	*count = 0;
	while (first + *count < numbers->count && compare_contexts(&numbers->list[first + *count], &key) == 0)
		++*count;
	return numbers->list + first;
}

/* Mixes what a context has counted into the chances by wider ones, which have all its values. */
static void mix_level(const struct number *numbers, size_t count, struct chance *chances, size_t values)
{
	double models = 0;

	for (size_t i = 0; i < count; i++)
		models += (double)numbers[i].models;
	for (size_t v = 0, i = 0; v < values; v++) {
		double counted = i < count && numbers[i].value == chances[v].value ? (double)numbers[i++].models : 0;
		chances[v].chance = (counted + SMOOTHING * chances[v].chance) / (models + SMOOTHING);
	}
}

/* The chances of the values of one fact, by value; the caller frees. */
static struct chance *list_chances(const struct supposed *supposed, enum fact fact, const struct engine_model *facts,
				   const struct kernel_point *point, size_t *values)
{
	struct chance *chances = NULL;

	*values = 0;
	for (size_t level = 0; level < contexts[fact].count; level++) {
		int32_t context[CONTEXT_MAX + 1];
		size_t count = 0;
		const struct number *numbers = NULL;
		if (context_of(&contexts[fact].level[level], facts, point, context))
			numbers = find_context(&supposed->numbers[fact][level], context, &count);
		if (level == 0) {
			chances = memory_allocate(count + 1, sizeof *chances);
			for (*values = 0; *values < count; ++*values)
				chances[*values] = (struct chance){numbers[*values].value, 1 / (double)count};
		}
		if (count > 0)
			mix_level(numbers, count, chances, *values);
	}
	return chances;
}

static int compare_suppositions(const void *left, const void *right)
{
	const struct supposition *a = left, *b = right;

	return (a->chance < b->chance) - (a->chance > b->chance);
}

/* Supposes one fact of all that has been supposed; `list` has room for SUPPOSED_MAX. */
static size_t suppose(const struct supposed *supposed, enum fact fact, const struct kernel_point *point,
		      struct supposition *list, size_t count)
{
	struct supposition *all = NULL;
	size_t found = 0, capacity = 0, kept = 0;
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		size_t values;
		struct chance *chances = list_chances(supposed, fact, &list[i].facts, point, &values);
		for (size_t v = 0; v < values; v++) {
			all = memory_grow(all, found, &capacity, sizeof *all);
			all[found] = (struct supposition){list[i].facts, list[i].chance * chances[v].chance};
			fact_set(&all[found++].facts, fact, chances[v].value);
		}
		free(chances);
	}
	if (found > 0)
		qsort(all, found, sizeof *all, compare_suppositions);
	while (kept < found && kept < SUPPOSED_MAX && (kept == 0 || all[kept].chance >= CHANCE_MIN))
		sum += all[kept++].chance;
	for (size_t i = 0; i < kept; i++) {
		list[i] = all[i];
		list[i].chance /= sum;
	}
	free(all);
	return kept > 0 ? kept : count;
}

size_t supposed_list(const struct supposed *supposed, const struct engine_model *facts,
		     struct supposition list[SUPPOSED_MAX])
{
	struct kernel_point point;
	size_t count = 1;

	list[0] = (struct supposition){*facts, 1};
	for (enum fact fact = 0; fact < FACT_COUNT; fact++) {
		if (fact_value(facts, fact) != NOT_TOLD)
			continue;
		attributes_point(supposed->attributes, facts, &point);
		count = suppose(supposed, fact, &point, list, count);
	}
	return count;
}
