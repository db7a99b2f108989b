/* What the others tell of a row: its state without its own cells. */
#include "model/factors_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/lapack.h"
#include "solve/small.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

#define W SYSTEM_WIDTH

/* What draws may say of a leverage: their noise must not make it 1. */
#define OPEN_MIN 0.02
#define WIDEN_MAX 5 /* what is added grows to this, a share is 1 at most: past it there are NaNs */

/* B = L L' with L rank x *width, from the eigenvalues of D^1/2 B D^1/2, D the variances of f; back:
 * L^+ (width x rank). */
static void information_root(const double *information, const double *own, const double *covariance, size_t rank,
			     double *l, double *back, size_t *width)
{
	double matrix[FACTORS_SQUARE_MAX], value[FACTORS_RANK_MAX], size[FACTORS_RANK_MAX];

	for (size_t k = 0; k < rank; k++)
		size[k] = own[k] + covariance[k * rank + k];

	for (size_t k = 0; k < rank; k++)
		for (size_t m = 0; m < rank; m++)
			matrix[k * rank + m] = sqrt(size[k] * size[m]) * information[k * rank + m];
	*width = 0;
	if (lapack_done(LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'L', (int)rank, matrix, (int)rank, value)) != 0)
		return;
	for (size_t j = 0; j < rank; j++) {
		if (value[j] < 1e-7)
			continue;
		for (size_t k = 0; k < rank; k++) {
			l[k * rank + *width] = matrix[k * rank + j] * sqrt(value[j] / size[k]);
			back[*width * rank + k] = matrix[k * rank + j] * sqrt(size[k] / value[j]);
		}
		(*width)++;
	}
}

/* l = l q, and back = q' back: another basis of the same. */
static void turn_root(const double *q, size_t rank, size_t width, double *l, double *back)
{
	double line[FACTORS_RANK_MAX];

	for (size_t k = 0; k < rank; k++) {
		for (size_t j = 0; j < width; j++) {
			line[j] = 0;
			for (size_t i = 0; i < width; i++)
				line[j] += l[k * rank + i] * q[i * width + j];
		}
		memcpy(l + k * rank, line, width * sizeof *line);
		for (size_t j = 0; j < width; j++) {
			line[j] = 0;
			for (size_t i = 0; i < width; i++)
				line[j] += q[i * width + j] * back[i * rank + k];
		}
		for (size_t j = 0; j < width; j++)
			back[j * rank + k] = line[j];
	}
}

/* I - L'VL. */
static void whitened_share(const double *covariance, const double *l, size_t rank, size_t width, double *share)
{
	for (size_t i = 0; i < width; i++)
		for (size_t j = 0; j < width; j++) {
			double sum = i == j;
			for (size_t k = 0; k < rank; k++)
				for (size_t m = 0; m < rank; m++)
					sum -= l[k * rank + i] * covariance[k * rank + m] * l[m * rank + j];
			share[i * width + j] = sum;
		}
}

/* What is open of a row's whitened information, I - L'VL.  By draws, each of its axes from the
 * posterior covariance V where the row counts little, whose error is that of V, and from the draws'
 * surprises where it counts much, whose error is relative. */
static void open_share(const struct factors *factors, const struct solution *draws, size_t row, const double *covariance,
		       double *l, double *back, size_t width, double *share)
{
	size_t rank = factors->parameters.rank;
	double told[FACTORS_RANK_MAX], open[FACTORS_RANK_MAX], weight[FACTORS_RANK_MAX];

	whitened_share(covariance, l, rank, width, share);
	if (factors->exact || width == 0 ||
	    lapack_done(LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'L', (int)width, share, (int)width, open)) != 0)
		return;
	turn_root(share, rank, width, l, back);
	memset(share, 0, width * width * sizeof *share);
	for (size_t i = 0; i < width; i++) {
		double left = fmin(fmax(open[i], OPEN_MIN), 1);
		weight[i] = (1 - left) * (1 - left) / ((1 - left) * (1 - left) + left * left);
		share[i * width + i] = (1 - weight[i]) * left;
	}
	for (size_t column = 1; column < draws->columns; column++) {
		const float *s = draws->surprise[column / W] + row * rank * W + column % W;
		for (size_t i = 0; i < width; i++) {
			told[i] = 0;
			for (size_t k = 0; k < rank; k++)
				told[i] += sqrt(weight[i]) * back[i * rank + k] * (double)s[k * W];
		}
		for (size_t i = 0; i < width; i++)
			for (size_t j = 0; j < width; j++)
				share[i * width + j] += told[i] * told[j] / (double)factors->draws;
	}
	for (size_t i = 0; i < width; i++)
		share[i * width + i] += OPEN_MIN / 4;
}

/* V + V L (I - L'VL)^-1 L' V: the covariance without the row's own cells. */
static void widen(double *covariance, const double *l, double *share, size_t rank, size_t width)
{
	double between[FACTORS_SQUARE_MAX]; /* width x rank: Cholesky^-1 L'V */

	double more = 0;

	for (; !small_cholesky(share, width) && more < WIDEN_MAX; more += 0.05) /* draws are noisy */
		for (size_t i = 0; i < width; i++)
			share[i * width + i] = fabs(share[i * width + i]) + 0.05 + more;
	if (more >= WIDEN_MAX)
		return;
	for (size_t k = 0; k < rank; k++) {
		double column[FACTORS_RANK_MAX];
		for (size_t i = 0; i < width; i++) {
			column[i] = 0;
			for (size_t m = 0; m < rank; m++)
				column[i] += l[m * rank + i] * covariance[m * rank + k];
		}
		small_solve_front(share, width, column);
		for (size_t i = 0; i < width; i++)
			between[i * rank + k] = column[i];
	}
	for (size_t k = 0; k < rank; k++)
		for (size_t m = 0; m < rank; m++)
			for (size_t i = 0; i < width; i++)
				covariance[k * rank + m] += between[i * rank + k] * between[i * rank + m];
}

/* outside = mean - V (b - B mean), V the covariance without the row. */
static void leave_out_exactly(struct factors *factors, size_t row, const double *mean, const double *covariance)
{
	size_t rank = factors->parameters.rank;
	const double *information = factors->evidence.information + row * rank * rank;
	double surprise[FACTORS_RANK_MAX];

	for (size_t m = 0; m < rank; m++) {
		surprise[m] = factors->evidence.told[row * rank + m];
		for (size_t j = 0; j < rank; j++)
			surprise[m] -= information[m * rank + j] * mean[j];
	}
	for (size_t k = 0; k < rank; k++) {
		double outside = mean[k];
		for (size_t m = 0; m < rank; m++)
			outside -= covariance[k * rank + m] * surprise[m];
		factors->outside[row * rank + k] = (float)outside;
	}
}

struct outside_work {
	struct factors *factors;
	const struct solution *draws;
	size_t parts;
};

static void row_outside(struct factors *factors, const struct solution *draws, size_t row, float *deviation)
{
	size_t rank = factors->parameters.rank, width;
	double mean[FACTORS_RANK_MAX] = {0}, covariance[FACTORS_SQUARE_MAX], l[FACTORS_SQUARE_MAX];
	double back[FACTORS_SQUARE_MAX], share[FACTORS_SQUARE_MAX];
	const double *information = factors->evidence.information + row * rank * rank;

	memset(deviation, 0, rank * factors->draws * sizeof *deviation);
	factors_row_state(factors, row, mean, deviation);
	deviation_covariance(deviation, rank, factors->draws, covariance);
	information_root(information, factors->evidence.own + row * rank, covariance, rank, l, back, &width);
	open_share(factors, draws, row, covariance, l, back, width, share);
	widen(covariance, l, share, rank, width);
	if (factors->exact)
		leave_out_exactly(factors, row, mean, covariance);
	for (size_t i = 0; i < rank * rank; i++)
		factors->open[row * rank * rank + i] = (float)covariance[i];
}

static void outside_part(void *context, size_t part)
{
	struct outside_work *work = context;
	size_t rows = work->factors->cells.rows;
	float *deviation = memory_allocate(work->factors->parameters.rank * work->factors->draws + 1, sizeof *deviation);

	for (size_t row = parallel_begin(rows, part, work->parts); row < parallel_begin(rows, part + 1, work->parts); row++)
		row_outside(work->factors, work->draws, row, deviation);
	free(deviation);
}

void factors_leave_out(struct factors *factors, const struct solution *draws)
{
	struct outside_work work = {factors, draws, parallel_parts(factors->cells.rows)};

	parallel_run(work.parts, outside_part, &work);
}
