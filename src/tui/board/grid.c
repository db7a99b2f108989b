#include "board/grid.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/app/target.h"
#include "stemma/base/memory.h"

const struct grid_kind_info *grid_kind_info(enum grid_kind kind)
{
	static const struct grid_kind_info infos[] = {
#define X(symbol, title, width, field) {title, width, field},
		GRID_COLUMN_TABLE(X)
#undef X
	};

	return &infos[kind];
}

void grid_fill(struct grid *grid, const struct catalog *catalog, const uint8_t *fit)
{
	const uint32_t *by_name = catalog_by_name(catalog);

	grid_free(grid);
	grid->catalog = catalog;
	grid->models = memory_allocate(catalog->count + 1, sizeof *grid->models);
	for (size_t i = 0; i < catalog->count; i++)
		if (!fit || fit[by_name[i]])
			grid->models[grid->count++] = by_name[i];
}

void grid_free(struct grid *grid)
{
	free(grid->models);
	*grid = (struct grid){0};
}

size_t grid_place(const struct grid *grid, size_t model)
{
	for (size_t i = 0; i < grid->count; i++)
		if (grid->models[i] == model)
			return i;
	return SIZE_MAX;
}

const char *grid_text(const struct catalog *catalog, enum grid_kind kind, size_t model, size_t *length)
{
	const struct catalog_model *of = &catalog->models[model];
	const char *text = NULL;

	switch (kind) {
	case GRID_KIND: text = of->kind == KIND_UNKNOWN ? NULL : kind_name(of->kind); break;
	case GRID_LICENSE: text = of->license; break;
	case GRID_ARCHITECTURE: text = of->architecture; break;
	case GRID_NAME: text = strchr(of->name, '/') ? of->name : NULL; break;
	default: break;
	}
	*length = !text ? 0 : kind == GRID_NAME ? strcspn(text, "/") : strlen(text);
	return *length > 0 ? text : NULL;
}

/* ---- order -------------------------------------------------------------------------- */

/* Radix sort of places by 32-bit keys: linear, and equals keep their order. */
#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)

static void radix_pass(const uint32_t *keys, const uint32_t *from, uint32_t *to, size_t count, int shift)
{
	size_t start[DIGITS + 1] = {0};

	for (size_t i = 0; i < count; i++)
		start[(keys[from[i]] >> shift & (DIGITS - 1)) + 1]++;
	for (unsigned int digit = 0; digit < DIGITS; digit++)
		start[digit + 1] += start[digit];
	for (size_t i = 0; i < count; i++)
		to[start[keys[from[i]] >> shift & (DIGITS - 1)]++] = from[i];
}

/* Puts `models` in the order of their keys, which are by place. */
static void sort_by_keys(uint32_t *models, const uint32_t *keys, size_t count)
{
	uint32_t *places = memory_allocate(2 * count + 1, sizeof *places), *other = places + count;

	for (size_t i = 0; i < count; i++)
		places[i] = (uint32_t)i;
	radix_pass(keys, places, other, count, 0);
	radix_pass(keys, other, places, count, DIGIT_BITS);
	radix_pass(keys, places, other, count, 2 * DIGIT_BITS);
	for (size_t i = 0; i < count; i++)
		places[i] = models[other[i]];
	memcpy(models, places, count * sizeof *models);
	free(places);
}

/* A number whose order as an unsigned one is that of the values. */
static uint32_t ordered_key(double value)
{
	float single = (float)value;
	uint32_t bits;

	memcpy(&bits, &single, sizeof bits);
	return bits & UINT32_C(0x80000000) ? ~bits : bits | UINT32_C(0x80000000);
}

static double number_of(const struct catalog *catalog, const struct grid_column *column, const double *scores,
			size_t model)
{
	switch (column->kind) {
	case GRID_SIZE: return catalog->models[model].params_b;
	case GRID_DATE: return catalog->models[model].uploaded;
	default: return scores[catalog->score_row[model]];
	}
}

static void sort_by_number(struct grid *grid, const struct grid_column *column, bool reversed)
{
	const struct catalog *catalog = grid->catalog;
	double *scores = column->kind == GRID_SCORE ? catalog_target_by_row(catalog, column->target) : NULL;
	bool downwards = column->kind != GRID_SCORE || target_upwards(catalog, column->target);
	uint32_t *keys = memory_allocate(grid->count + 1, sizeof *keys);
	uint32_t *unknown = memory_allocate(grid->count + 1, sizeof *unknown);
	size_t known = 0, others = 0;

	for (size_t i = 0; i < grid->count; i++) {
		double value = number_of(catalog, column, scores, grid->models[i]);
		if (isnan(value)) {
			unknown[others++] = grid->models[i];
			continue;
		}
		keys[known] = downwards != reversed ? ~ordered_key(value) : ordered_key(value);
		grid->models[known++] = grid->models[i];
	}
	sort_by_keys(grid->models, keys, known);
	memcpy(grid->models + known, unknown, others * sizeof *unknown);
	free(unknown);
	free(keys);
	free(scores);
}

/* Counts are by first occurrence; equal texts share an entry. */
struct text_entry {
	const char *text;
	size_t length, count;
	uint32_t rank;
};
struct text_set {
	struct text_entry *list;
	size_t count, capacity;
	uint32_t *slots; /* of a hash table: entry + 1, 0 empty */
	size_t slot_count;
};

static size_t slot_of(const struct text_set *set, const char *text, size_t length)
{
	size_t hash = 5381;

	for (size_t i = 0; i < length; i++)
		hash = hash * 33 ^ (unsigned char)text[i];
	for (size_t slot = hash & (set->slot_count - 1);; slot = (slot + 1) & (set->slot_count - 1)) {
		const struct text_entry *entry = set->slots[slot] ? &set->list[set->slots[slot] - 1] : NULL;
		if (!entry || (entry->length == length && memcmp(entry->text, text, length) == 0))
			return slot;
	}
}

static void grow_slots(struct text_set *set)
{
	free(set->slots);
	set->slot_count = set->slot_count ? 2 * set->slot_count : 1024;
	set->slots = memory_zero(set->slot_count, sizeof *set->slots);
	for (size_t i = 0; i < set->count; i++)
		set->slots[slot_of(set, set->list[i].text, set->list[i].length)] = (uint32_t)i + 1;
}

static struct text_entry *entry_of(struct text_set *set, const char *text, size_t length)
{
	if (2 * set->count >= set->slot_count)
		grow_slots(set);
	size_t slot = slot_of(set, text, length);
	if (!set->slots[slot]) {
		set->list = memory_grow(set->list, set->count, &set->capacity, sizeof *set->list);
		set->list[set->count] = (struct text_entry){text, length, 0, 0};
		set->slots[slot] = (uint32_t)++set->count;
	}
	return &set->list[set->slots[slot] - 1];
}

static void set_free(struct text_set *set)
{
	free(set->list);
	free(set->slots);
}

static int compare_texts(const void *left, const void *right)
{
	const struct text_entry *a = *(const struct text_entry *const *)left, *b = *(const struct text_entry *const *)right;
	int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);

	return order ? order : (a->length > b->length) - (a->length < b->length);
}

/* Gives the entries their places in the alphabet, from 0. */
static void rank_texts(struct text_set *set)
{
	struct text_entry **order = memory_allocate(set->count + 1, sizeof *order);

	for (size_t i = 0; i < set->count; i++)
		order[i] = &set->list[i];
	qsort(order, set->count, sizeof *order, compare_texts);
	for (size_t i = 0; i < set->count; i++)
		order[i]->rank = (uint32_t)i;
	free(order);
}

static void sort_by_text(struct grid *grid, enum grid_kind kind, bool reversed)
{
	uint32_t *keys = memory_allocate(grid->count + 1, sizeof *keys);
	struct text_set set = {0};
	size_t length;

	for (size_t i = 0; i < grid->count; i++) {
		const char *text = grid_text(grid->catalog, kind, grid->models[i], &length);
		if (text)
			entry_of(&set, text, length);
	}
	rank_texts(&set);
	for (size_t i = 0; i < grid->count; i++) {
		const char *text = grid_text(grid->catalog, kind, grid->models[i], &length);
		uint32_t rank = text ? entry_of(&set, text, length)->rank : 0;
		keys[i] = !text ? UINT32_MAX : reversed ? (uint32_t)set.count - rank : rank;
	}
	sort_by_keys(grid->models, keys, grid->count);
	free(keys);
	set_free(&set);
}

void grid_sort(struct grid *grid, const struct grid_column *column, bool reversed)
{
	switch (column->kind) {
	case GRID_NAME:
		for (size_t i = 0; reversed && i < grid->count / 2; i++) {
			uint32_t model = grid->models[i];
			grid->models[i] = grid->models[grid->count - 1 - i];
			grid->models[grid->count - 1 - i] = model;
		}
		break;
	case GRID_SIZE: case GRID_DATE: case GRID_SCORE: sort_by_number(grid, column, reversed); break;
	default: sort_by_text(grid, column->kind, reversed);
	}
}

/* ---- frequencies ---------------------------------------------------------------------- */

static void add_value(struct grid_values *values, size_t *capacity, char *text, char *filter, size_t count)
{
	values->list = memory_grow(values->list, values->count, capacity, sizeof *values->list);
	values->list[values->count++] = (struct grid_value){text, filter, count};
	if (count > values->most)
		values->most = count;
}

static char *words(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *words(const char *format, ...)
{
	char line[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	return memory_string(line);
}

static int compare_counts(const void *left, const void *right)
{
	const struct text_entry *a = left, *b = right;

	return a->count != b->count ? (a->count < b->count ? 1 : -1) : (a->rank > b->rank) - (a->rank < b->rank);
}

static void count_texts(const struct grid *grid, enum grid_kind kind, struct grid_values *values)
{
	struct text_set set = {0};
	size_t unknown = 0, length, capacity = 0;

	for (size_t i = 0; i < grid->count; i++) {
		const char *text = grid_text(grid->catalog, kind, grid->models[i], &length);
		if (text)
			entry_of(&set, text, length)->count++;
		else
			unknown++;
	}
	rank_texts(&set);
	if (set.count > 0)
		qsort(set.list, set.count, sizeof *set.list, compare_counts);
	for (size_t i = 0; i < set.count; i++) {
		int width = (int)(set.list[i].length < 200 ? set.list[i].length : 200);
		add_value(values, &capacity, words("%.*s", width, set.list[i].text),
			  words("%s=%.*s", grid_kind_info(kind)->field, width, set.list[i].text), set.list[i].count);
	}
	if (unknown > 0)
		add_value(values, &capacity, words("not known"), NULL, unknown);
	set_free(&set);
}

/* Ends of the classes of numbers: each begins with one and ends before the next. */
#define CLASSES_MAX 64
#define FIRST_YEAR 2018
#define LAST_YEAR 2060
struct classes {
	double begin[CLASSES_MAX];
	int count;
};

static void classes_of(const struct grid_column *column, double low, double high, struct classes *classes)
{
	static const double sizes[] = {0, 1, 3, 5, 8, 10, 15, 30, 50, 80, 150, 400};

	if (column->kind == GRID_SIZE) {
		classes->count = sizeof sizes / sizeof *sizes;
		memcpy(classes->begin, sizes, sizeof sizes);
	} else if (column->kind == GRID_DATE) {
		classes->count = 0;
		for (int year = FIRST_YEAR; year < LAST_YEAR; year++) {
			char day[24];
			snprintf(day, sizeof day, "%d-01-01", year);
			classes->begin[classes->count++] = date_days(day);
		}
	} else {
		classes->count = 10;
		for (int i = 0; i < 10; i++)
			classes->begin[i] = low + (high - low) * i / 10;
	}
}

/* The first takes what is below it, too, and the last what is above. */
static int class_of(const struct classes *classes, double value)
{
	int place = classes->count - 1;

	while (place > 0 && value < classes->begin[place])
		place--;
	return place;
}

static void add_class(struct grid_values *values, size_t *capacity, const struct grid_column *column,
		      const struct classes *classes, int place, const char *key, size_t count)
{
	const char *field = column->kind == GRID_SCORE ? key : grid_kind_info(column->kind)->field;
	bool first = place == 0, last = place == classes->count - 1;
	double begin = classes->begin[place], end = last ? 0 : classes->begin[place + 1];

	if (column->kind == GRID_DATE && first)
		add_value(values, capacity, words("before %d", FIRST_YEAR + 1),
			  words("%s < %d", field, FIRST_YEAR + 1), count);
	else if (column->kind == GRID_DATE)
		add_value(values, capacity, words("%d", FIRST_YEAR + place),
			  words("%s >= %d %s < %d", field, FIRST_YEAR + place, field, FIRST_YEAR + place + 1), count);
	else if (last)
		add_value(values, capacity, words("%g or more", begin), words("%s >= %g", field, begin), count);
	else if (first)
		add_value(values, capacity, words("below %g", end), words("%s < %g", field, end), count);
	else
		add_value(values, capacity, words("%g to %g", begin, end),
			  words("%s >= %g %s < %g", field, begin, field, end), count);
}

static void count_numbers(const struct grid *grid, const struct grid_column *column, const char *key, double low,
			  double high, struct grid_values *values)
{
	double *scores = column->kind == GRID_SCORE ? catalog_target_by_row(grid->catalog, column->target) : NULL;
	size_t counts[CLASSES_MAX] = {0}, unknown = 0, capacity = 0;
	struct classes classes;

	classes_of(column, low, high, &classes);
	for (size_t i = 0; i < grid->count; i++) {
		double value = number_of(grid->catalog, column, scores, grid->models[i]);
		if (isnan(value))
			unknown++;
		else
			counts[class_of(&classes, value)]++;
	}
	for (int i = classes.count; i-- > 0;)
		if (counts[i] > 0)
			add_class(values, &capacity, column, &classes, i, key, counts[i]);
	if (unknown > 0)
		add_value(values, &capacity, words("not known"), NULL, unknown);
	free(scores);
}

void grid_count(const struct grid *grid, const struct grid_column *column, const char *key, double low,
		 double high, struct grid_values *values)
{
	*values = (struct grid_values){0};
	if (column->kind == GRID_SIZE || column->kind == GRID_DATE || column->kind == GRID_SCORE)
		count_numbers(grid, column, key, low, high, values);
	else
		count_texts(grid, column->kind, values);
}

void grid_values_free(struct grid_values *values)
{
	for (size_t i = 0; i < values->count; i++) {
		free(values->list[i].text);
		free(values->list[i].filter);
	}
	free(values->list);
	*values = (struct grid_values){0};
}
