#include "selected.h"

#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>

#include "stemma/base/memory.h"

/* Columns of the inverse that are gathered at once: bounds the memory. */
#define GATHER_COLUMNS 256

typedef SuiteSparse_long place_t;

struct nonzero {
	place_t place; /* in the factor's order */
	double value;
};

struct selected {
	const cholmod_factor *factor;
	double *inverse;    /* where the factor had its values */
	place_t *place;     /* by index of A */
	place_t *supernode; /* by column */
	struct nonzero *vector;
	size_t vector_capacity;
};

/* A supernode: columns first .. first + columns - 1, and the rows they have. */
struct supernode {
	place_t first;
	size_t columns, rows;
	const place_t *row; /* ascending; the columns themselves come first */
	double *value;      /* rows x columns, column-major */
};

static struct supernode supernode_at(const struct selected *selected, size_t number)
{
	const cholmod_factor *factor = selected->factor;
	const place_t *super = factor->super, *pi = factor->pi, *px = factor->px, *s = factor->s;

	return (struct supernode){
		.first = super[number], .columns = (size_t)(super[number + 1] - super[number]),
		.rows = (size_t)(pi[number + 1] - pi[number]), .row = s + pi[number],
		.value = selected->inverse + px[number],
	};
}

/* Where the row is in the supernode; looks from *from on, which goes past it. */
static size_t find_row(const struct supernode *node, place_t row, size_t *from)
{
	size_t low = *from, high = node->rows;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (node->row[middle] < row)
			low = middle + 1;
		else
			high = middle;
	}
	*from = low + 1;
	return low;
}

/* Scratch of the recursion. */
struct gathering {
	double *block;   /* rows x GATHER_COLUMNS */
	double *product; /* rows x columns: L_SJ L_JJ^-1 */
	size_t *place;   /* rows: where the rows of S are in a later supernode */
};

/* Takes the columns begin .. end - 1 of the inverse over the rows S, all of the
 * supernode `later`, and their part of -Z_SS Y to Z_SJ. */
static void add_columns(const struct supernode *later, const place_t *rows, size_t count, size_t begin,
			size_t end, struct gathering *gathering, const struct supernode *node)
{
	size_t width = end - begin, height = count - begin;
	double *out = node->value + node->columns, *block = gathering->block;
	int columns = (int)node->columns, ld = (int)node->rows;

	for (size_t j = 0; j < width; j++) {
		const double *column = later->value + (size_t)(rows[begin + j] - later->first) * later->rows;
		for (size_t i = j; i < height; i++)
			block[j * height + i] = column[gathering->place[begin + i]];
		for (size_t i = j + 1; i < width; i++)
			block[i * height + j] = block[j * height + i];
	}
	cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, (int)height, columns, (int)width, -1, block,
		    (int)height, gathering->product + begin, (int)count, 1, out + begin, ld);
	if (height > width)
		cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, (int)width, columns, (int)(height - width), -1,
			    block + width, (int)height, gathering->product + end, (int)count, 1, out + begin, ld);
}

/* Z_SJ = -Z_SS Y and Z_JJ = (L_JJ L_JJ')^-1 - Y' Z_SJ with Y = L_SJ L_JJ^-1 and
 * S the rows below the supernode J. */
static void invert_supernode(const struct selected *selected, const struct supernode *node,
			     struct gathering *gathering)
{
	size_t columns = node->columns, below = node->rows - columns;
	const place_t *rows = node->row + columns;
	double *out = node->value + columns;
	int ld = (int)node->rows;

	for (size_t j = 0; j < columns; j++) {
		memcpy(gathering->product + j * below, out + j * node->rows, below * sizeof *out);
		memset(out + j * node->rows, 0, below * sizeof *out);
	}
	if (below > 0)
		cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, (int)below,
			    (int)columns, 1, node->value, ld, gathering->product, (int)below);
	for (size_t begin = 0, end; begin < below; begin = end) {
		place_t number = selected->supernode[rows[begin]];
		struct supernode later = supernode_at(selected, (size_t)number);
		size_t from = 0;
		for (size_t i = begin; i < below; i++)
			gathering->place[i] = find_row(&later, rows[i], &from);
		for (end = begin; end < below && selected->supernode[rows[end]] == number;) {
			size_t first = end;
			while (end < below && selected->supernode[rows[end]] == number &&
			       end - first < GATHER_COLUMNS)
				end++;
			add_columns(&later, rows, below, first, end, gathering, node);
		}
	}
	LAPACKE_dpotri_work(LAPACK_COL_MAJOR, 'L', (int)columns, node->value, ld);
	if (below > 0)
		cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, (int)columns, (int)columns, (int)below, -1,
			    gathering->product, (int)below, out, ld, 1, node->value, ld);
}

struct selected *selected_new(cholmod_factor *factor)
{
	struct selected *selected = memory_zero(1, sizeof *selected);
	size_t rows = 0, cells = 0;

	selected->factor = factor;
	selected->inverse = factor->x;
	selected->place = memory_allocate(factor->n, sizeof *selected->place);
	selected->supernode = memory_allocate(factor->n, sizeof *selected->supernode);
	for (size_t i = 0; i < factor->n; i++)
		selected->place[((const place_t *)factor->Perm)[i]] = (place_t)i;
	for (size_t number = 0; number < factor->nsuper; number++) {
		struct supernode node = supernode_at(selected, number);
		for (size_t i = 0; i < node.columns; i++)
			selected->supernode[(size_t)node.first + i] = (place_t)number;
		size_t below = node.rows - node.columns;
		rows = below > rows ? below : rows;
		cells = below * node.columns > cells ? below * node.columns : cells;
	}
	struct gathering gathering = {
		.block = memory_allocate(rows * GATHER_COLUMNS, sizeof(double)),
		.product = memory_allocate(cells, sizeof(double)),
		.place = memory_allocate(rows, sizeof(size_t)),
	};
	for (size_t number = factor->nsuper; number-- > 0;) {
		struct supernode node = supernode_at(selected, number);
		invert_supernode(selected, &node, &gathering);
	}
	free(gathering.block);
	free(gathering.product);
	free(gathering.place);
	return selected;
}

void selected_free(struct selected *selected)
{
	if (!selected)
		return;
	free(selected->place);
	free(selected->supernode);
	free(selected->vector);
	free(selected);
}

static int compare_places(const void *left, const void *right)
{
	const struct nonzero *a = left, *b = right;

	return (a->place > b->place) - (a->place < b->place);
}

double selected_quadratic(struct selected *selected, const uint32_t *index, const double *value, size_t count)
{
	struct nonzero *vector = selected->vector;
	double sum = 0;

	if (count > selected->vector_capacity) {
		selected->vector_capacity = 2 * count;
		selected->vector = vector = memory_resize(vector, 2 * count, sizeof *vector);
	}
	for (size_t i = 0; i < count; i++)
		vector[i] = (struct nonzero){selected->place[index[i]], value[i]};
	if (count > 0)
		qsort(vector, count, sizeof *vector, compare_places);
	for (size_t j = 0; j < count; j++) {
		struct supernode node = supernode_at(selected, (size_t)selected->supernode[vector[j].place]);
		const double *column = node.value + (size_t)(vector[j].place - node.first) * node.rows;
		size_t from = 0;
		for (size_t i = j; i < count; i++)
			sum += (i == j ? 1 : 2) * vector[i].value * vector[j].value *
			       column[find_row(&node, vector[i].place, &from)];
	}
	return sum;
}
