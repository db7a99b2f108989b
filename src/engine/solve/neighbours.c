#include "solve/neighbours.h"

#include <stdlib.h>

#include "stemma/base/memory.h"

#define KEY_MAX 3

/* The attributes that a list's models share, and how many of the next on each
 * side are neighbours. */
static const struct {
	int shared[KEY_MAX];
	size_t attributes, older, around;
} kinds[] = {
	{{ATTRIBUTE_FAMILY, ATTRIBUTE_KIND, ATTRIBUTE_TEMPLATE}, 3, 16, 4},
	{{ATTRIBUTE_FAMILY}, 1, 8, 2},
	{{ATTRIBUTE_OWNER, ATTRIBUTE_FAMILY}, 2, 4, 2},
	{{ATTRIBUTE_OWNER}, 1, 4, 2},
	{{ATTRIBUTE_SERIES}, 1, 4, 2},
	{{ATTRIBUTE_ARCHITECTURE}, 1, 8, 2},
	{{ATTRIBUTE_KIND, ATTRIBUTE_TEMPLATE}, 2, 8, 2},
	{{ATTRIBUTE_FAMILY, ATTRIBUTE_TEMPLATE}, 2, 8, 2},
};
#define KINDS (sizeof kinds / sizeof *kinds)

/* Of a popular parent only the nearest children, of a child only so many parents. */
#define RELATIVES_MAX 8

struct neighbours {
	const struct lineage *lineage;
	const uint32_t *row_model;
	const int32_t *model_row;
	size_t rows;
	uint32_t *age;          /* rows: place by date, the oldest is 0 */
	uint32_t *list[KINDS];  /* rows, those that share together, by age */
	uint32_t *place[KINDS]; /* rows: where it is in the list */
	uint32_t *end[KINDS];   /* by place: where those that share begin and end */
	uint32_t *begin[KINDS];
};

struct keyed {
	int32_t shared[KEY_MAX];
	uint32_t age, row;
};

struct aged {
	double date;
	uint32_t row;
};

static int compare_aged(const void *left, const void *right)
{
	const struct aged *a = left, *b = right;

	if (a->date < b->date || a->date > b->date)
		return a->date < b->date ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static int compare_shared(const struct keyed *a, const struct keyed *b)
{
	for (size_t i = 0; i < KEY_MAX; i++)
		if (a->shared[i] != b->shared[i])
			return a->shared[i] < b->shared[i] ? -1 : 1;
	return 0;
}

static int compare_keyed(const void *left, const void *right)
{
	const struct keyed *a = left, *b = right;
	int order = compare_shared(a, b);

	return order != 0 ? order : a->age < b->age ? -1 : a->age > b->age;
}

static void set_ages(struct neighbours *neighbours, const struct kernel_space *space)
{
	struct aged *aged = memory_allocate(neighbours->rows, sizeof *aged);

	for (size_t row = 0; row < neighbours->rows; row++)
		aged[row] = (struct aged){space->points[row].date, (uint32_t)row};
	qsort(aged, neighbours->rows, sizeof *aged, compare_aged);
	neighbours->age = memory_allocate(neighbours->rows, sizeof *neighbours->age);
	for (size_t i = 0; i < neighbours->rows; i++)
		neighbours->age[aged[i].row] = (uint32_t)i;
	free(aged);
}

/* Those that lack one of the attributes stand together too, which does no harm. */
static void set_list(struct neighbours *neighbours, size_t kind, const struct kernel_space *space)
{
	size_t rows = neighbours->rows;
	struct keyed *keyed = memory_zero(rows, sizeof *keyed);
	uint32_t **parts[] = {&neighbours->list[kind], &neighbours->place[kind], &neighbours->begin[kind],
			      &neighbours->end[kind]};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		*parts[i] = memory_allocate(rows, sizeof **parts[i]);
	for (size_t row = 0; row < rows; row++) {
		for (size_t i = 0; i < kinds[kind].attributes; i++)
			keyed[row].shared[i] = space->points[row].attribute[kinds[kind].shared[i]];
		keyed[row].age = neighbours->age[row];
		keyed[row].row = (uint32_t)row;
	}
	qsort(keyed, rows, sizeof *keyed, compare_keyed);
	for (size_t first = 0, last; first < rows; first = last) {
		for (last = first; last < rows && compare_shared(&keyed[last], &keyed[first]) == 0; last++)
			;
		for (size_t i = first; i < last; i++) {
			neighbours->list[kind][i] = keyed[i].row;
			neighbours->place[kind][keyed[i].row] = (uint32_t)i;
			neighbours->begin[kind][i] = (uint32_t)first;
			neighbours->end[kind][i] = (uint32_t)last;
		}
	}
	free(keyed);
}

struct neighbours *neighbours_new(const struct kernel_space *space, const struct lineage *lineage,
				  const uint32_t *row_model, const int32_t *model_row)
{
	struct neighbours *neighbours = memory_zero(1, sizeof *neighbours);

	neighbours->lineage = lineage;
	neighbours->row_model = row_model;
	neighbours->model_row = model_row;
	neighbours->rows = space->count;
	set_ages(neighbours, space);
	for (size_t kind = 0; kind < KINDS; kind++)
		set_list(neighbours, kind, space);
	return neighbours;
}

void neighbours_free(struct neighbours *neighbours)
{
	if (!neighbours)
		return;
	free(neighbours->age);
	for (size_t kind = 0; kind < KINDS; kind++) {
		free(neighbours->list[kind]);
		free(neighbours->place[kind]);
		free(neighbours->begin[kind]);
		free(neighbours->end[kind]);
	}
	free(neighbours);
}

const uint32_t *neighbours_alike(const struct neighbours *neighbours)
{
	return neighbours->list[0];
}

/* ---- looking for them ------------------------------------------------------------------ */

/* A list in the making. */
struct search_list {
	const struct neighbours *neighbours;
	uint32_t row, *list;
	size_t count, max;
	bool older; /* only such */
};

static void add(struct search_list *search, uint32_t row)
{
	if (search->count == search->max || row == search->row ||
	    (search->older && search->neighbours->age[row] > search->neighbours->age[search->row]))
		return;
	for (size_t i = 0; i < search->count; i++)
		if (search->list[i] == row)
			return;
	search->list[search->count++] = row;
}

static void add_node(struct search_list *search, size_t node)
{
	int32_t row = search->neighbours->model_row[node];

	if (row >= 0)
		add(search, (uint32_t)row);
}

static void add_parents(struct search_list *search, size_t node)
{
	size_t count;
	const struct lineage_parent *parents = lineage_parents(search->neighbours->lineage, node, &count);

	for (size_t i = 0; i < count && i < RELATIVES_MAX && parents[i].weight > 0; i++)
		add_node(search, parents[i].node);
}

/* Children (by number), those nearest to `near`. */
static void add_children(struct search_list *search, size_t node, size_t near)
{
	size_t count, low = 0, high;
	const uint32_t *children = lineage_children(search->neighbours->lineage, node, &count);

	for (high = count; low < high;) {
		size_t middle = low + (high - low) / 2;
		if (children[middle] < near)
			low = middle + 1;
		else
			high = middle;
	}
	high = low + RELATIVES_MAX / 2 < count ? low + RELATIVES_MAX / 2 : count;
	low = low > RELATIVES_MAX / 2 ? low - RELATIVES_MAX / 2 : 0;
	for (size_t i = low; i < high; i++)
		add_node(search, children[i]);
}

/* Parents, grandparents and siblings, children and who made these with it: given
 * all of them a model has nothing to do with its other relatives. */
static void add_relatives(struct search_list *search, size_t node)
{
	const struct lineage *lineage = search->neighbours->lineage;
	size_t count;
	const struct lineage_parent *parents = lineage_parents(lineage, node, &count);

	add_parents(search, node);
	for (size_t i = 0; i < count && i < RELATIVES_MAX && parents[i].weight > 0; i++) {
		add_parents(search, parents[i].node);
		add_children(search, parents[i].node, node);
	}
	const uint32_t *children = lineage_children(lineage, node, &count);
	for (size_t i = 0; i < count && i < RELATIVES_MAX; i++) {
		add_node(search, children[i]);
		add_parents(search, children[i]);
	}
}

static void add_alike(struct search_list *search, size_t kind, size_t each)
{
	const struct neighbours *neighbours = search->neighbours;
	size_t place = neighbours->place[kind][search->row];
	size_t begin = neighbours->begin[kind][place], end = neighbours->end[kind][place];

	for (size_t i = 1; i <= each && place >= begin + i; i++)
		add(search, neighbours->list[kind][place - i]);
	for (size_t i = 1; i <= each && place + i < end && !search->older; i++)
		add(search, neighbours->list[kind][place + i]);
}

static size_t look(const struct neighbours *neighbours, uint32_t row, uint32_t *list, size_t count, size_t max,
		   bool older)
{
	struct search_list search = {neighbours, row, list, count, max, older};

	add_relatives(&search, neighbours->row_model[row]);
	for (size_t kind = 0; kind < KINDS; kind++)
		add_alike(&search, kind, older ? kinds[kind].older : kinds[kind].around);
	return search.count;
}

size_t neighbours_older(const struct neighbours *neighbours, uint32_t row, uint32_t *list, size_t count, size_t max)
{
	return look(neighbours, row, list, count, max, true);
}

size_t neighbours_around(const struct neighbours *neighbours, uint32_t row, uint32_t *list, size_t count, size_t max)
{
	return look(neighbours, row, list, count, max, false);
}
