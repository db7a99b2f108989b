#include "model/kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

#define ONE {COMPARE_ONE, 0, 0}
#define SAME(attribute) {COMPARE_SAME, ATTRIBUTE_##attribute, 0}
#define LINEAGE(origin) {COMPARE_LINEAGE, ORIGIN_##origin, 0}
#define SIZE(length) {COMPARE_SIZE, 0, length}
#define YEARS(length) {COMPARE_DATE, 0, length}
#define LINEAR_SIZE {COMPARE_LINEAR_SIZE, 0, 0}
#define LINEAR_DATE {COMPARE_LINEAR_DATE, 0, 0}

/* Lengths: log size in units of ln(billions), dates in years. */
static const struct kernel_term terms[] = {
	{"level", {ONE}, 0.5},
	{"size, linear", {LINEAR_SIZE}, 0.2},
	{"date, linear", {LINEAR_DATE}, 0.05},
	{"kind", {SAME(KIND)}, 0.1},
	{"chat template", {SAME(TEMPLATE)}, 0.05},
	{"kind x chat template x size", {SAME(KIND), SAME(TEMPLATE), SIZE(1.0)}, 0.05},
	{"kind x chat template x size x date",
	 {SAME(KIND), SAME(TEMPLATE), SIZE(1.0), YEARS(0.5)}, 0.05},
	{"size", {SIZE(0.7)}, 0.2},
	{"architecture", {SAME(ARCHITECTURE)}, 0.1},
	{"architecture x size", {SAME(ARCHITECTURE), SIZE(0.7)}, 0.1},
	{"architecture x size x date", {SAME(ARCHITECTURE), SIZE(0.7), YEARS(0.5)}, 0.1},
	{"family", {SAME(FAMILY)}, 0.1},
	{"family x kind", {SAME(FAMILY), SAME(KIND)}, 0.05},
	{"family x chat template", {SAME(FAMILY), SAME(TEMPLATE)}, 0.05},
	{"family x date", {SAME(FAMILY), YEARS(0.25)}, 0.1},
	{"owner", {SAME(OWNER)}, 0.05},
	{"owner x family", {SAME(OWNER), SAME(FAMILY)}, 0.05},
	{"owner x date", {SAME(OWNER), YEARS(0.1)}, 0.05},
	{"series", {SAME(SERIES)}, 0.05},
	{"lineage: roots", {LINEAGE(ROOT)}, 0.1},
	{"lineage: fine-tunes", {LINEAGE(FINETUNE)}, 0.05},
	{"lineage: merges", {LINEAGE(MERGE)}, 0.02},
	{"lineage: quantizations", {LINEAGE(QUANTIZED)}, 0.01},
};

const struct kernel_term *kernel_terms(size_t *count)
{
	*count = sizeof terms / sizeof *terms;
	return terms;
}

/* The lineage comparison of a term, which stands first; NULL when it has none. */
static const struct kernel_comparison *term_lineage(const struct kernel_term *term)
{
	return term->product[0].how == COMPARE_LINEAGE ? &term->product[0] : NULL;
}

bool kernel_term_has_lineage(const struct kernel_term *term)
{
	return term_lineage(term) != NULL;
}

static double compare(const struct kernel_comparison *comparison, const struct kernel_point *a,
		      const struct kernel_point *b)
{
	double difference;

	switch (comparison->how) {
	case COMPARE_SAME:
		return a->attribute[comparison->argument] >= 0 &&
		       a->attribute[comparison->argument] == b->attribute[comparison->argument];
	case COMPARE_SIZE:
		difference = (a->size - b->size) / comparison->length;
		return exp(-0.5 * difference * difference);
	case COMPARE_DATE:
		return exp(-fabs(a->date - b->date) / comparison->length);
	case COMPARE_LINEAR_SIZE:
		return a->size * b->size;
	case COMPARE_LINEAR_DATE:
		return a->date * b->date;
	case COMPARE_NOTHING:
	case COMPARE_ONE:
	case COMPARE_LINEAGE: /* put in by the caller, which knows the paths */
		break;
	}
	return 1;
}

/* The product of all comparisons but the lineage one. */
static double compare_others(const struct kernel_term *term, const struct kernel_point *a,
			     const struct kernel_point *b)
{
	double product = 1;

	for (size_t i = 0; i < KERNEL_PRODUCT_MAX && term->product[i].how && product != 0; i++)
		product *= compare(&term->product[i], a, b);
	return product;
}

/* One (row, share) entry of the list of scored descendants of a node. */
struct descendant {
	uint32_t node, row;
	double share;
};

static int descendant_compare(const void *left, const void *right)
{
	const struct descendant *a = left, *b = right;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

/* All path entries of one origin, sorted by ancestor. */
static struct descendant *descendants_of_origin(const struct kernel_space *space, int origin,
						const uint32_t *rows, size_t count, size_t *found)
{
	struct descendant *list = NULL;
	size_t used = 0, capacity = 0;

	for (size_t row = 0; row < count; row++) {
		const struct kernel_point *point = &space->points[rows[row]];
		for (size_t i = 0; i < point->path_count; i++) {
			if (space->origins[point->path[i].node] != origin)
				continue;
			list = memory_grow(list, used, &capacity, sizeof *list);
			list[used++] = (struct descendant){
				point->path[i].node, (uint32_t)row, point->path[i].share};
		}
	}
	if (used > 0)
		qsort(list, used, sizeof *list, descendant_compare);
	*found = used;
	return list;
}

/* Sums share x share over each ancestor's pairs of descendants: sparse, where
 * walking all pairs of models would not be. */
static void lineage_matrix(const struct kernel_space *space, int origin, const uint32_t *rows,
			   size_t count, float *matrix)
{
	size_t used;
	struct descendant *list = descendants_of_origin(space, origin, rows, count, &used);

	memset(matrix, 0, count * count * sizeof *matrix);
	for (size_t first = 0, last; first < used; first = last) {
		for (last = first + 1; last < used && list[last].node == list[first].node; last++)
			;
		for (size_t i = first; i < last; i++)
			for (size_t j = first; j < last; j++)
				matrix[list[i].row * count + list[j].row] +=
					(float)(list[i].share * list[j].share);
	}
	free(list);
}

/* Multiplies the other comparisons, from number `first` of the product on, into
 * all pairs of the rows order[0..count-1] (places in `rows`) whose value is not
 * 0.  The matrix is symmetric, `size` wide. */
static void multiply_pairs(const struct kernel_space *space, const struct kernel_term *term, size_t first,
			   const uint32_t *rows, const uint32_t *order, size_t count, float *matrix,
			   size_t size)
{
	for (size_t a = 0; a < count; a++) {
		const struct kernel_point *point = &space->points[rows[order[a]]];
		for (size_t b = 0; b <= a; b++) {
			size_t i = order[a], j = order[b];
			double value = (double)matrix[i * size + j];
			if (value == 0)
				continue;
			for (size_t k = first; k < KERNEL_PRODUCT_MAX && term->product[k].how && value != 0; k++)
				value *= compare(&term->product[k], point,
						 &space->points[rows[order[b]]]);
			matrix[i * size + j] = matrix[j * size + i] = (float)value;
		}
	}
}

/* A row's attribute, unsigned, so that those without come last. */
struct holder {
	uint32_t value, place;
};

static int holder_compare(const void *left, const void *right)
{
	const struct holder *a = left, *b = right;

	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

/* Few rows: for them a count of all values would take the longest. */
#define FEW 1024

static void sort_by_attribute(const struct kernel_space *space, int attribute, const uint32_t *rows,
			      size_t count, uint32_t *order, size_t *known)
{
	struct holder holder[FEW];

	*known = 0;
	for (size_t i = 0; i < count; i++) {
		int32_t value = space->points[rows[i]].attribute[attribute];
		holder[i] = (struct holder){(uint32_t)value, (uint32_t)i};
		*known += value >= 0;
	}
	qsort(holder, count, sizeof *holder, holder_compare);
	for (size_t i = 0; i < count; i++)
		order[i] = holder[i].place;
}

/* Puts the places of rows that share an attribute next to each other; *known
 * gets how many have the attribute (they come first). */
static void order_by_attribute(const struct kernel_space *space, int attribute, const uint32_t *rows,
			       size_t count, uint32_t *order, size_t *known)
{
	int32_t values = 0;
	uint32_t *start;

	if (count <= FEW) {
		sort_by_attribute(space, attribute, rows, count, order, known);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		int32_t value = space->points[rows[i]].attribute[attribute];
		values = value >= values ? value + 1 : values;
	}
	start = memory_zero((size_t)values + 2, sizeof *start); /* counting sort */
	for (size_t i = 0; i < count; i++) {
		int32_t value = space->points[rows[i]].attribute[attribute];
		start[(value < 0 ? values : value) + 1]++;
	}
	for (int32_t v = 0; v <= values; v++)
		start[v + 1] += start[v];
	*known = start[values];
	for (size_t i = 0; i < count; i++) {
		int32_t value = space->points[rows[i]].attribute[attribute];
		order[start[value < 0 ? values : value]++] = (uint32_t)i;
	}
	free(start);
}

/* A term that begins with a shared attribute is 0 outside the groups that share
 * it, which are small: only their pairs are looked at. */
static void same_matrix(const struct kernel_space *space, const struct kernel_term *term,
			const uint32_t *rows, size_t count, float *matrix)
{
	int attribute = term->product[0].argument;
	uint32_t *order = memory_allocate(count, sizeof *order);
	size_t known;

	memset(matrix, 0, count * count * sizeof *matrix);
	order_by_attribute(space, attribute, rows, count, order, &known);
	for (size_t first = 0, last; first < known; first = last) {
		int32_t value = space->points[rows[order[first]]].attribute[attribute];
		for (last = first; last < known && space->points[rows[order[last]]].attribute[attribute] == value;
		     last++)
			for (size_t other = first; other <= last; other++)
				matrix[order[last] * count + order[other]] =
					matrix[order[other] * count + order[last]] = 1;
		if (term->product[1].how)
			multiply_pairs(space, term, 1, rows, order + first, last - first, matrix, count);
	}
	free(order);
}

void kernel_matrix(const struct kernel_space *space, const struct kernel_term *term,
		   const uint32_t *rows, size_t count, float *matrix)
{
	const struct kernel_comparison *lineage = term_lineage(term);

	if (!lineage && term->product[0].how == COMPARE_SAME) {
		same_matrix(space, term, rows, count, matrix);
		return;
	}
	if (lineage)
		lineage_matrix(space, lineage->argument, rows, count, matrix);
	else
		for (size_t i = 0; i < count * count; i++)
			matrix[i] = 1;
	if (lineage && !term->product[1].how)
		return;
	uint32_t *order = memory_allocate(count, sizeof *order);
	for (size_t i = 0; i < count; i++)
		order[i] = (uint32_t)i;
	multiply_pairs(space, term, lineage ? 1 : 0, rows, order, count, matrix, count);
	free(order);
}

static double path_product(const struct kernel_space *space, int origin,
			   const struct kernel_point *point, const double *dense)
{
	double sum = 0;

	for (size_t i = 0; i < point->path_count; i++)
		if (space->origins[point->path[i].node] == origin)
			sum += point->path[i].share * dense[point->path[i].node];
	return sum;
}

void kernel_cross(const struct kernel_space *space, const struct kernel_term *term,
		  const struct kernel_point *point, double *dense, double *cross)
{
	const struct kernel_comparison *lineage = term_lineage(term);

	for (size_t i = 0; lineage && i < point->path_count; i++)
		dense[point->path[i].node] = point->path[i].share;
	for (size_t row = 0; row < space->count; row++) {
		double value = compare_others(term, point, &space->points[row]);
		if (lineage && value != 0)
			value *= path_product(space, lineage->argument, &space->points[row], dense);
		cross[row] = value;
	}
	for (size_t i = 0; lineage && i < point->path_count; i++)
		dense[point->path[i].node] = 0;
}

/* The comparison of dates of a term; NULL when it has none. */
static const struct kernel_comparison *term_date(const struct kernel_term *term)
{
	for (size_t i = 0; i < KERNEL_PRODUCT_MAX && term->product[i].how; i++)
		if (term->product[i].how == COMPARE_DATE || term->product[i].how == COMPARE_LINEAR_DATE)
			return &term->product[i];
	return NULL;
}

bool kernel_term_has_date(const struct kernel_term *term)
{
	return term_date(term) != NULL;
}

/* The term without its date, times the weights, by the place of the row in the
 * order; the caller frees. */
static double *dateless_weights(const struct kernel_space *space, const struct kernel_term *term,
				const struct kernel_point *point, const uint32_t *order, const double *weights)
{
	const struct kernel_comparison *date = term_date(term);
	double *values = memory_allocate(space->count, sizeof *values);

	for (size_t i = 0; i < space->count; i++) {
		values[i] = weights[order[i]];
		for (size_t k = 0; k < KERNEL_PRODUCT_MAX && term->product[k].how && values[i] != 0; k++)
			if (&term->product[k] != date)
				values[i] *= compare(&term->product[k], point, &space->points[order[i]]);
	}
	return values;
}

/* What is summed fades with the distance: one sweep from the oldest row on and
 * one from the newest back. */
static void add_fading_sums(const struct kernel_space *space, const struct kernel_comparison *date,
			    const uint32_t *order, const double *values, const double *dates, size_t count,
			    double *sums)
{
	double sum = 0, last = 0;
	size_t row = 0, rows = space->count;

	for (size_t j = 0; j < count; j++) {
		double now = dates[j];
		for (; row < rows && space->points[order[row]].date <= now; row++) {
			double then = space->points[order[row]].date;
			if (values[row] != 0) {
				sum = (sum != 0 ? sum * exp((last - then) / date->length) : 0) + values[row];
				last = then;
			}
		}
		sums[j] += sum != 0 ? sum * exp((last - now) / date->length) : 0;
	}
	sum = 0;
	row = rows;
	for (size_t j = count; j-- > 0;) {
		double now = dates[j];
		for (; row > 0 && space->points[order[row - 1]].date > now; row--) {
			double then = space->points[order[row - 1]].date;
			if (values[row - 1] != 0) {
				sum = (sum != 0 ? sum * exp((then - last) / date->length) : 0) + values[row - 1];
				last = then;
			}
		}
		sums[j] += sum != 0 ? sum * exp((now - last) / date->length) : 0;
	}
}

void kernel_date_sums(const struct kernel_space *space, const struct kernel_term *term,
		      const struct kernel_point *point, const uint32_t *order, const double *weights,
		      const double *dates, size_t count, double *sums)
{
	const struct kernel_comparison *date = term_date(term);
	double *values = dateless_weights(space, term, point, order, weights), slope = 0;

	if (date->how == COMPARE_DATE) {
		add_fading_sums(space, date, order, values, dates, count, sums);
	} else {
		for (size_t i = 0; i < space->count; i++)
			slope += values[i] * space->points[order[i]].date;
		for (size_t j = 0; j < count; j++)
			sums[j] += slope * dates[j];
	}
	free(values);
}

/* Shared ancestry of two points; a child that is no node yet shares its own
 * innovation only with itself. */
static double lineage_value(const struct kernel_space *space, int origin,
			    const struct kernel_point *a, const struct kernel_point *b)
{
	double sum = a == b && a->own_origin == origin;

	for (size_t i = 0; i < a->path_count; i++) {
		if (space->origins[a->path[i].node] != origin)
			continue;
		for (size_t j = 0; j < b->path_count; j++)
			if (a->path[i].node == b->path[j].node)
				sum += a->path[i].share * b->path[j].share;
	}
	return sum;
}

double kernel_value(const struct kernel_space *space, const struct kernel_term *term,
		    const struct kernel_point *a, const struct kernel_point *b)
{
	const struct kernel_comparison *lineage = term_lineage(term);
	double value = compare_others(term, a, b);

	if (lineage && value != 0)
		value *= lineage_value(space, lineage->argument, a, b);
	return value;
}
