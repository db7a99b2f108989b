/* The sparse posterior: means by conjugate gradients (sparse_factor.c), variances
 * from the models that count the most, exactly, and from draws what these leave
 * open (Rao-Blackwellised Monte Carlo; Siden, Lindgren, Bolin and Villani 2018).
 *
 * With B some models (the basis), c = K_BB^-1 k_B there and 0 elsewhere, and
 * r = k - K c, which is 0 on B,
 *
 *     k' K^-1 k = k_B' c + r' K^-1 r,  r' K^-1 r = E (r' s)^2 = E (k' s - c' K s)^2
 *
 * for s of covariance K^-1. */
#include "solve/sparse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>

#include "model/posterior.h"
#include "stemma/base/memory.h"
#include "solve/vecchia.h"

/* Models of the basis for each column, and in all. */
#define BASIS_COLUMN 128
#define BASIS_MAX 1200
/* Models that the weights of one that is left out are spread over. */
#define AROUND 192

/* ---- the basis ---------------------------------------------------------------------- */

struct basis {
	uint32_t *row;
	size_t count;
	double *matrix[FIT_GROUPS_MAX]; /* K over it, later its Cholesky factor; NULL: not asked for */
};

/* A heap with the smallest of the largest values on top. */
struct heap {
	float size[BASIS_COLUMN];
	uint32_t row[BASIS_COLUMN];
	size_t count, max;
};

static void heap_swap(struct heap *heap, size_t a, size_t b)
{
	float size = heap->size[a];
	uint32_t row = heap->row[a];

	heap->size[a] = heap->size[b], heap->row[a] = heap->row[b];
	heap->size[b] = size, heap->row[b] = row;
}

static void heap_sink(struct heap *heap)
{
	for (size_t at = 0, child; (child = 2 * at + 1) < heap->count; at = child) {
		child += child + 1 < heap->count && heap->size[child + 1] < heap->size[child];
		if (heap->size[at] <= heap->size[child])
			return;
		heap_swap(heap, at, child);
	}
}

static void heap_offer(struct heap *heap, float size, uint32_t row)
{
	if (heap->count == heap->max) {
		if (size <= heap->size[0])
			return;
		heap->size[0] = size, heap->row[0] = row;
		heap_sink(heap);
		return;
	}
	size_t at = heap->count++;
	heap->size[at] = size, heap->row[at] = row;
	for (; at > 0 && heap->size[at] < heap->size[(at - 1) / 2]; at = (at - 1) / 2)
		heap_swap(heap, at, (at - 1) / 2);
}

static int compare_rows(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* The rows that correlate the most with each of the columns (rows x count,
 * column-major), which are in units of the deviations (NULL: 1). */
static void basis_choose(const struct engine_fit *fit, const float *columns, const float *deviation, size_t count,
			 struct basis *basis)
{
	size_t rows = fit->rows, each = count * BASIS_COLUMN < BASIS_MAX ? BASIS_COLUMN : BASIS_MAX / count;
	bool *taken = memory_zero(rows, sizeof *taken);

	each = each ? each : 1;
	basis->row = memory_allocate(count * each, sizeof *basis->row);
	basis->count = 0;
	for (size_t c = 0; c < count; c++) {
		struct heap heap = {.max = each};
		for (size_t row = 0; row < rows; row++) {
			float size = fabsf(columns[c * rows + row]) / (deviation ? deviation[row] : 1);
			if (size > 0)
				heap_offer(&heap, size, (uint32_t)row);
		}
		for (size_t i = 0; i < heap.count; i++)
			if (!taken[heap.row[i]])
				basis->row[basis->count++] = heap.row[i];
		for (size_t i = 0; i < heap.count; i++)
			taken[heap.row[i]] = true;
	}
	if (basis->count > 0)
		qsort(basis->row, basis->count, sizeof *basis->row, compare_rows);
	free(taken);
}

/* For the groups from `first` to before `end`.  Where rounding makes K of the
 * basis indefinite the basis becomes empty: the draws alone tell the same, less
 * surely. */
static void basis_factor(const struct engine_fit *fit, size_t first, size_t end, struct basis *basis)
{
	int count = (int)basis->count;

	for (size_t g = first; g < end; g++)
		basis->matrix[g] = memory_allocate(basis->count * basis->count, sizeof(double));
	vecchia_covariance(fit, basis->row, basis->count, basis->matrix);
	for (size_t g = first; g < end; g++)
		if (LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', count, basis->matrix[g], count < 1 ? 1 : count) != 0)
			basis->count = 0;
}

static void basis_free(struct basis *basis)
{
	free(basis->row);
	for (size_t g = 0; g < FIT_GROUPS_MAX; g++)
		free(basis->matrix[g]);
}

/* ---- what columns explain ------------------------------------------------------------ */

/* left (DRAWS x count) = r' s. */
static float *draws_left(const struct engine_fit *fit, size_t group, const struct basis *basis,
			 const float *columns, const double *weights, size_t count)
{
	const struct sparse *sparse = fit->sparse;
	int rows = (int)fit->rows, width = (int)count, size = (int)basis->count;
	float *left = memory_allocate(DRAWS * count, sizeof *left);
	float *products = memory_allocate(basis->count * DRAWS, sizeof *products);
	float *single = memory_allocate(basis->count * count, sizeof *single);

	for (size_t b = 0; b < basis->count; b++)
		memcpy(products + b * DRAWS, sparse->product[group] + basis->row[b] * (size_t)DRAWS,
		       DRAWS * sizeof *products);
	for (size_t i = 0; i < basis->count * count; i++)
		single[i] = (float)weights[i];
	cblas_sgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, DRAWS, width, rows, 1, sparse->draw[group], DRAWS,
		    columns, rows, 0, left, DRAWS);
	if (size > 0)
		cblas_sgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, DRAWS, width, size, -1, products, DRAWS,
			    single, size, 1, left, DRAWS);
	free(products);
	free(single);
	return left;
}

/* product (count x count) of the columns in a group; the weights of the rows of
 * the basis, which the caller frees. */
static double *explain_columns(const struct engine_fit *fit, size_t group, const struct basis *basis,
			       const float *columns, size_t count, double *product)
{
	size_t size = basis->count;
	double *cross = memory_allocate(size * count, sizeof *cross);
	double *weights = memory_allocate(size * count, sizeof *weights);

	for (size_t c = 0; c < count; c++)
		for (size_t b = 0; b < size; b++)
			cross[c * size + b] = (double)columns[c * fit->rows + basis->row[b]];
	memcpy(weights, cross, size * count * sizeof *weights);
	if (size > 0)
		LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, 'L', (int)size, (int)count, basis->matrix[group], (int)size,
				    weights, (int)size);
	float *left = draws_left(fit, group, basis, columns, weights, count);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j <= i; j++)
			product[i * count + j] = product[j * count + i] =
				cblas_ddot((int)size, cross + i * size, 1, weights + j * size, 1) +
				(double)cblas_sdot(DRAWS, left + i * DRAWS, 1, left + j * DRAWS, 1) / DRAWS;
	free(cross);
	free(left);
	return weights;
}

static void sparse_explain(const struct engine_fit *fit, size_t group, float *columns, size_t count, float *product)
{
	struct basis basis = {0};
	double *exact = memory_allocate(count * count, sizeof *exact);

	basis_choose(fit, columns, fit->sparse->deviation[group], count, &basis);
	basis_factor(fit, group, group + 1, &basis);
	free(explain_columns(fit, group, &basis, columns, count, exact));
	for (size_t i = 0; i < count * count; i++)
		product[i] = (float)exact[i];
	basis_free(&basis);
	free(exact);
}

/* One basis for all groups. */
static void sparse_relate(const struct engine_fit *fit, struct posterior_column *const *column, size_t count,
			  double *product)
{
	size_t rows = fit->rows;
	struct basis basis = {0};
	float *columns = memory_zero(rows * count, sizeof *columns);

	for (size_t c = 0; c < count; c++)
		for (size_t g = 0; g < fit->groups; g++)
			for (size_t i = 0; i < rows; i++)
				columns[c * rows + i] += fabsf((float)column[c]->cross[g][i]) /
							 fit->sparse->deviation[g][i];
	basis_choose(fit, columns, NULL, count, &basis);
	basis_factor(fit, 0, fit->groups, &basis);
	for (size_t g = 0; g < fit->groups; g++) {
		for (size_t c = 0; c < count; c++)
			for (size_t i = 0; i < rows; i++)
				columns[c * rows + i] = (float)column[c]->cross[g][i];
		double *weights = explain_columns(fit, g, &basis, columns, count, product + g * count * count);
		for (size_t c = 0; c < count; c++) {
			memset(column[c]->weights[g], 0, rows * sizeof(float));
			for (size_t b = 0; b < basis.count; b++)
				column[c]->weights[g][basis.row[b]] = (float)weights[c * basis.count + b];
		}
		free(weights);
	}
	basis_free(&basis);
	free(columns);
}

/* From the models around it and around these. */
static void sparse_leave_out(const struct engine_fit *fit, size_t row, float *weights)
{
	const struct sparse *sparse = fit->sparse;
	uint32_t around[AROUND] = {(uint32_t)row};
	struct basis basis = {.row = around, .count = 1};

	for (size_t i = 0; i < basis.count && basis.count < AROUND; i++)
		basis.count = neighbours_around(sparse->neighbours, around[i], around, basis.count, AROUND);
	basis_factor(fit, 0, fit->groups, &basis);
	memset(weights, 0, fit->groups * fit->rows * sizeof *weights);
	for (size_t g = 0; g < fit->groups && basis.count > 0; g++) {
		double unit[AROUND] = {1};
		LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, 'L', (int)basis.count, 1, basis.matrix[g], (int)basis.count,
				    unit, (int)basis.count);
		for (size_t b = 1; b < basis.count; b++)
			weights[g * fit->rows + around[b]] = (float)(-unit[b] / unit[0]);
	}
	basis.row = NULL;
	basis_free(&basis);
}

static void sparse_free(struct engine_fit *fit)
{
	struct sparse *sparse = fit->sparse;

	if (!sparse)
		return;
	neighbours_free(sparse->neighbours);
	for (size_t g = 0; g < FIT_GROUPS_MAX; g++) {
		free(sparse->deviation[g]);
		free(sparse->draw[g]);
		free(sparse->product[g]);
	}
	free(sparse);
	fit->sparse = NULL;
}

const struct posterior posterior_sparse = {
	.factor = sparse_factor, .relate = sparse_relate, .explain = sparse_explain, .leave_out = sparse_leave_out,
	.release = sparse_free,
};
