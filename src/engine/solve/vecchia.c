#include "solve/vecchia.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lapacke.h>

#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

#define OLDER_MAX 64   /* models that one is given */
#define ROWS_A_STEP 512 /* rows between two looks at the progress, a processor */

struct vecchia {
	size_t rows;
	size_t *start;                  /* rows + 1 */
	uint32_t *older;                /* what each row is given */
	float *weight[FIT_GROUPS_MAX];  /* and how much that counts */
	float *precision[FIT_GROUPS_MAX]; /* rows: one over what is left */
};

void vecchia_covariance(const struct engine_fit *fit, const uint32_t *rows, size_t count,
			double *const *matrices)
{
	size_t terms = covariance_terms(&fit->covariance), cells = count * count;
	float *term = memory_allocate(cells, sizeof *term);

	for (size_t g = 0; g < fit->groups; g++)
		if (matrices[g])
			memset(matrices[g], 0, cells * sizeof **matrices);
	for (size_t k = 0; k < terms; k++) {
		covariance_matrix(&fit->covariance, k, rows, count, term);
		for (size_t g = 0; g < fit->groups; g++)
			for (size_t i = 0; i < cells && matrices[g]; i++)
				matrices[g][i] += fit->group[g].theta[k] * (double)term[i];
	}
	for (size_t g = 0; g < fit->groups; g++)
		for (size_t i = 0; i < count && matrices[g]; i++)
			matrices[g][i * count + i] += fit->group[g].theta[terms] + fit->extra[rows[i]];
	free(term);
}

/* ---- making it ---------------------------------------------------------------------- */

struct making {
	struct vecchia *vecchia;
	const struct engine_fit *fit;
	const struct neighbours *neighbours;
	size_t first; /* of the rows of this step */
	uint32_t (*older)[OLDER_MAX];
	size_t *count;
};

/* The conditional distribution of the last of the rows given the others. */
static void set_weights(struct making *making, size_t group, size_t row, size_t count, double *matrix)
{
	struct vecchia *vecchia = making->vecchia;
	size_t rows = count + 1, start = vecchia->start[row];
	double right[OLDER_MAX], left = matrix[count * rows + count];
	const double *cross = matrix + count * rows;

	memcpy(right, cross, count * sizeof *right);
	if (count > 0 && LAPACKE_dposv_work(LAPACK_COL_MAJOR, 'L', (int)count, 1, matrix, (int)rows, right,
					    (int)count) != 0)
		memset(right, 0, count * sizeof *right); /* rounding: as if alone */
	for (size_t i = 0; i < count; i++) {
		left -= right[i] * cross[i];
		vecchia->weight[group][start + i] = (float)right[i];
	}
	vecchia->precision[group][row] = (float)(1 / fmax(left, making->fit->group[group].theta[
						 covariance_terms(&making->fit->covariance)]));
}

static void find_row(void *context, size_t item)
{
	struct making *making = context;

	making->count[item] = neighbours_older(making->neighbours, (uint32_t)item, making->older[item], 0, OLDER_MAX);
}

static void make_row(void *context, size_t item)
{
	struct making *making = context;
	size_t row = making->first + item, start = making->vecchia->start[row];
	size_t count = making->vecchia->start[row + 1] - start;
	uint32_t rows[OLDER_MAX + 1];
	double *matrix[FIT_GROUPS_MAX];

	memcpy(rows, making->vecchia->older + start, count * sizeof *rows);
	rows[count] = (uint32_t)row;
	for (size_t g = 0; g < making->fit->groups; g++)
		matrix[g] = memory_allocate((count + 1) * (count + 1), sizeof **matrix);
	vecchia_covariance(making->fit, rows, count + 1, matrix);
	for (size_t g = 0; g < making->fit->groups; g++) {
		set_weights(making, g, row, count, matrix[g]);
		free(matrix[g]);
	}
}

/* What each row is given. */
static void find_older(struct making *making)
{
	struct vecchia *vecchia = making->vecchia;

	making->older = memory_allocate(vecchia->rows, sizeof *making->older);
	making->count = memory_allocate(vecchia->rows, sizeof *making->count);
	parallel_for(vecchia->rows, find_row, making);
	vecchia->start = memory_zero(vecchia->rows + 1, sizeof *vecchia->start);
	for (size_t row = 0; row < vecchia->rows; row++)
		vecchia->start[row + 1] = vecchia->start[row] + making->count[row];
	vecchia->older = memory_allocate(vecchia->start[vecchia->rows], sizeof *vecchia->older);
	for (size_t row = 0; row < vecchia->rows; row++)
		memcpy(vecchia->older + vecchia->start[row], making->older[row],
		       making->count[row] * sizeof *vecchia->older);
	free(making->older);
	free(making->count);
}

struct vecchia *vecchia_new(const struct engine_fit *fit, const struct neighbours *neighbours,
			    struct progress *progress)
{
	struct vecchia *vecchia = memory_zero(1, sizeof *vecchia);
	struct making making = {.vecchia = vecchia, .fit = fit, .neighbours = neighbours};
	size_t step = ROWS_A_STEP * parallel_width();

	vecchia->rows = fit->rows;
	find_older(&making);
	for (size_t g = 0; g < fit->groups; g++) {
		vecchia->weight[g] = memory_allocate(vecchia->start[fit->rows], sizeof(float));
		vecchia->precision[g] = memory_allocate(fit->rows, sizeof(float));
	}
	for (; making.first < fit->rows; making.first += step) {
		size_t left = fit->rows - making.first;
		if (!progress_step(progress, "comparing models", (double)making.first / (double)fit->rows)) {
			vecchia_free(vecchia);
			return NULL;
		}
		parallel_for(left < step ? left : step, make_row, &making);
	}
	return vecchia;
}

void vecchia_free(struct vecchia *vecchia)
{
	if (!vecchia)
		return;
	free(vecchia->start);
	free(vecchia->older);
	for (size_t g = 0; g < FIT_GROUPS_MAX; g++) {
		free(vecchia->weight[g]);
		free(vecchia->precision[g]);
	}
	free(vecchia);
}

/* ---- using it ------------------------------------------------------------------------- */

void vecchia_apply(const struct vecchia *vecchia, size_t group, const double *in, double *out)
{
	const float *weight = vecchia->weight[group], *precision = vecchia->precision[group];

	memset(out, 0, vecchia->rows * BLOCK_WIDTH * sizeof *out);
	for (size_t row = 0; row < vecchia->rows; row++) {
		double line[BLOCK_WIDTH];
		memcpy(line, in + row * BLOCK_WIDTH, sizeof line);
		for (size_t k = vecchia->start[row]; k < vecchia->start[row + 1]; k++)
			for (size_t w = 0; w < BLOCK_WIDTH; w++)
				line[w] -= (double)weight[k] * in[vecchia->older[k] * (size_t)BLOCK_WIDTH + w];
		for (size_t w = 0; w < BLOCK_WIDTH; w++) {
			line[w] *= (double)precision[row];
			out[row * BLOCK_WIDTH + w] += line[w];
		}
		for (size_t k = vecchia->start[row]; k < vecchia->start[row + 1]; k++)
			for (size_t w = 0; w < BLOCK_WIDTH; w++)
				out[vecchia->older[k] * (size_t)BLOCK_WIDTH + w] -= (double)weight[k] * line[w];
	}
}
