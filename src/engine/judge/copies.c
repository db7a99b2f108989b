#include "judge/copies.h"

#include <stdlib.h>
#include <string.h>

#include "data/random.h"
#include "data/texts.h"
#include "stemma/base/memory.h"

#define SAME_MIN 3 /* values that two models must share to be one checkpoint */

/* ---- numbers ----------------------------------------------------------------------------- */

static void number_suites(const struct engine_data *data, struct copies *copies)
{
	const char **suite = memory_allocate(data->benchmarks + 1, sizeof *suite);

	for (size_t b = 0; b < data->benchmarks; b++)
		suite[b] = data->benchmark[b].suite;
	copies->suite = memory_allocate(data->benchmarks + 1, sizeof *copies->suite);
	copies->suites = texts_number(suite, data->benchmarks, true, copies->suite);
	free(suite);
}

/* By model: equal numbers for the settings of one base. */
static uint32_t *number_bases(const struct engine_data *data)
{
	const char **name = memory_allocate(data->models + 1, sizeof *name);
	uint32_t *base = memory_allocate(data->models + 1, sizeof *base);

	for (size_t i = 0; i < data->models; i++) {
		size_t cells;
		engine_data_cells(data, i, &cells);
		struct engine_model model = cells > 0 ? engine_data_model(data, i) : (struct engine_model){0};
		name[i] = model.base ? model.base : model.name;
	}
	texts_number(name, data->models, true, base);
	free(name);
	return base;
}

/* By benchmark: the one that it says it is a duplicate of, or itself. */
static uint32_t *find_duplicated(const struct engine_data *data)
{
	size_t benchmarks = data->benchmarks, count = 2 * benchmarks;
	const char **key = memory_allocate(count + 1, sizeof *key);
	uint32_t *number = memory_allocate(count + 1, sizeof *number), *of = memory_allocate(count + 1, sizeof *of);

	for (size_t b = 0; b < benchmarks; b++) {
		key[b] = data->benchmark[b].key;
		key[benchmarks + b] = data->benchmark[b].duplicate_of;
	}
	size_t numbers = texts_number(key, count, true, number);
	uint32_t *owner = memory_allocate(numbers + 1, sizeof *owner);
	for (size_t i = 0; i < numbers; i++)
		owner[i] = UINT32_MAX;
	for (uint32_t b = 0; b < benchmarks; b++)
		owner[number[b]] = b;
	for (uint32_t b = 0; b < benchmarks; b++) {
		uint32_t other = key[benchmarks + b] ? owner[number[benchmarks + b]] : UINT32_MAX;
		of[b] = other == UINT32_MAX ? b : other;
	}
	free(key);
	free(number);
	free(owner);
	return of;
}

/* By benchmark: the one at the end of its chain of duplicates. */
static uint32_t *find_origins(const struct engine_data *data)
{
	uint32_t *origin = find_duplicated(data);

	for (size_t b = 0; b < data->benchmarks; b++)
		for (size_t steps = 0; origin[b] != origin[origin[b]] && steps < data->benchmarks; steps++)
			origin[b] = origin[origin[b]]; /* a circle is left where it is */
	return origin;
}

/* ---- checkpoints --------------------------------------------------------------------------- */

/* What a model has of one suite: a stretch of the cells in the order of models and suites. */
struct stretch {
	uint64_t print;
	size_t begin, count;
	uint32_t model;
};

static int compare_stretches(const void *left, const void *right)
{
	const struct stretch *a = left, *b = right;

	if (a->print != b->print)
		return a->print < b->print ? -1 : 1;
	return a->begin < b->begin ? -1 : a->begin > b->begin;
}

static uint64_t mix(uint64_t print, uint64_t value)
{
	print ^= value;
	return random_next(&print);
}

static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	return bits;
}

struct placed_cell {
	uint32_t model, suite;
	size_t cell;
};

static int compare_placed(const void *left, const void *right)
{
	const struct placed_cell *a = left, *b = right;

	if (a->model != b->model)
		return a->model < b->model ? -1 : 1;
	if (a->suite != b->suite)
		return a->suite < b->suite ? -1 : 1;
	return a->cell < b->cell ? -1 : a->cell > b->cell;
}

static bool same_values(const struct engine_data *data, const struct placed_cell *a, const struct placed_cell *b,
			size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct engine_cell *x = &data->cell[a[i].cell], *y = &data->cell[b[i].cell];
		if (x->benchmark != y->benchmark || bits_of(x->value) != bits_of(y->value))
			return false;
	}
	return true;
}

static uint32_t root_of(uint32_t *checkpoint, uint32_t model)
{
	while (checkpoint[model] != model)
		model = checkpoint[model] = checkpoint[checkpoint[model]];
	return model;
}

static void join_models(uint32_t *checkpoint, uint32_t a, uint32_t b)
{
	a = root_of(checkpoint, a);
	b = root_of(checkpoint, b);
	checkpoint[a > b ? a : b] = a < b ? a : b;
}

/* Stretches that could show a checkpoint again. */
static size_t list_stretches(const struct engine_data *data, const struct placed_cell *placed, size_t count,
			     struct stretch *list)
{
	size_t found = 0;

	for (size_t begin = 0, end; begin < count; begin = end) {
		struct stretch stretch = {.print = placed[begin].suite, .begin = begin,
					  .model = placed[begin].model};
		bool varied = false;
		for (end = begin; end < count && placed[end].model == placed[begin].model &&
				  placed[end].suite == placed[begin].suite; end++) {
			const struct engine_cell *cell = &data->cell[placed[end].cell];
			stretch.print = mix(mix(stretch.print, cell->benchmark), bits_of(cell->value));
			varied = varied || bits_of(cell->value) != bits_of(data->cell[placed[begin].cell].value);
		}
		stretch.count = end - begin;
		if (varied && stretch.count >= SAME_MIN)
			list[found++] = stretch;
	}
	return found;
}

static void find_checkpoints(const struct engine_data *data, struct copies *copies)
{
	struct placed_cell *placed = memory_allocate(copies->cells + 1, sizeof *placed);
	struct stretch *list = memory_allocate(copies->cells + 1, sizeof *list);
	size_t count = 0;

	copies->checkpoint = memory_allocate(data->models + 1, sizeof *copies->checkpoint);
	for (uint32_t i = 0; i < data->models; i++)
		copies->checkpoint[i] = i;
	for (size_t c = 0; c < copies->cells; c++)
		if (copies->model[c] != COPIES_NOBODY)
			placed[count++] = (struct placed_cell){copies->model[c],
							       copies->suite[data->cell[c].benchmark], c};
	qsort(placed, count, sizeof *placed, compare_placed);
	count = list_stretches(data, placed, count, list);
	qsort(list, count, sizeof *list, compare_stretches);
	for (size_t first = 0, i = 1; i < count; i++) {
		if (list[i].print != list[first].print || list[i].count != list[first].count)
			first = i;
		else if (same_values(data, placed + list[first].begin, placed + list[i].begin, list[i].count))
			join_models(copies->checkpoint, list[first].model, list[i].model);
	}
	for (uint32_t i = 0; i < data->models; i++)
		copies->checkpoint[i] = root_of(copies->checkpoint, i);
	free(placed);
	free(list);
}

/* ---- cells ------------------------------------------------------------------------------------ */

/* Cells with the same mark are copies of each other. */
struct mark {
	uint32_t who, what;
	uint64_t value;
	size_t cell;
};

static int compare_marks(const void *left, const void *right)
{
	const struct mark *a = left, *b = right;

	if (a->who != b->who)
		return a->who < b->who ? -1 : 1;
	if (a->what != b->what)
		return a->what < b->what ? -1 : 1;
	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return a->cell < b->cell ? -1 : a->cell > b->cell;
}

static size_t first_of(size_t *first, size_t cell)
{
	while (first[cell] != cell)
		cell = first[cell] = first[first[cell]];
	return cell;
}

static void join_marked(size_t *first, struct mark *marks, size_t count)
{
	if (count > 0)
		qsort(marks, count, sizeof *marks, compare_marks);
	for (size_t i = 1; i < count; i++) {
		if (marks[i - 1].who != marks[i].who || marks[i - 1].what != marks[i].what ||
		    marks[i - 1].value != marks[i].value)
			continue;
		size_t a = first_of(first, marks[i - 1].cell), b = first_of(first, marks[i].cell);
		first[a > b ? a : b] = a < b ? a : b;
	}
}

static void find_copies(const struct engine_data *data, struct copies *copies)
{
	struct mark *marks = memory_allocate(copies->cells + 1, sizeof *marks);
	uint32_t *origin = find_origins(data), *base = number_bases(data);
	size_t count = 0;

	copies->first = memory_allocate(copies->cells + 1, sizeof *copies->first);
	for (size_t c = 0; c < copies->cells; c++) {
		copies->first[c] = c;
		if (copies->model[c] != COPIES_NOBODY)
			marks[count++] = (struct mark){copies->checkpoint[copies->model[c]],
						       origin[data->cell[c].benchmark], 0, c};
	}
	join_marked(copies->first, marks, count);
	for (size_t i = 0; i < count; i++) {
		marks[i].who = base[copies->model[marks[i].cell]];
		marks[i].value = bits_of(data->cell[marks[i].cell].value);
	}
	join_marked(copies->first, marks, count);
	for (size_t c = 0; c < copies->cells; c++)
		copies->first[c] = first_of(copies->first, c);
	free(marks);
	free(origin);
	free(base);
}

/* ---- the whole --------------------------------------------------------------------------------- */

static void find_models(const struct engine_data *data, struct copies *copies)
{
	copies->cells = data->cell_start[data->rows];
	copies->model = memory_allocate(copies->cells + 1, sizeof *copies->model);
	for (size_t c = 0; c < copies->cells; c++)
		copies->model[c] = COPIES_NOBODY;
	for (uint32_t i = 0; i < data->models; i++) {
		size_t count;
		const struct engine_cell *cells = engine_data_cells(data, i, &count);
		for (size_t c = 0; c < count && !(data->excluded && data->excluded[i]); c++)
			copies->model[(size_t)(cells - data->cell) + c] = i;
	}
}

void copies_find(const struct engine_data *data, struct copies *copies)
{
	*copies = (struct copies){0};
	find_models(data, copies);
	number_suites(data, copies);
	find_checkpoints(data, copies);
	find_copies(data, copies);
}

void copies_free(struct copies *copies)
{
	free(copies->model);
	free(copies->suite);
	free(copies->checkpoint);
	free(copies->first);
	*copies = (struct copies){0};
}
