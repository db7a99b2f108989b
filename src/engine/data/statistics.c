#include "data/statistics.h"

#include <math.h>
#include <stdlib.h>

#include "stemma/base/memory.h"

double statistics_pearson(const double *x, const double *y, size_t count)
{
	double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;

	for (size_t i = 0; i < count; i++)
		mx += x[i] / (double)count, my += y[i] / (double)count;
	for (size_t i = 0; i < count; i++) {
		xx += (x[i] - mx) * (x[i] - mx);
		yy += (y[i] - my) * (y[i] - my);
		xy += (x[i] - mx) * (y[i] - my);
	}
	return xx > 1e-12 && yy > 1e-9 ? xy / sqrt(xx * yy) : NAN;
}

struct ranked {
	double value;
	size_t index;
};

static int ranked_compare(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->value < b->value || a->value > b->value)
		return a->value < b->value ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* Ranks, equal values sharing their mean rank; the caller frees. */
static double *ranks_of(const double *values, size_t count)
{
	struct ranked *sorted = memory_allocate(count, sizeof *sorted);
	double *ranks = memory_allocate(count, sizeof *ranks);

	for (size_t i = 0; i < count; i++)
		sorted[i] = (struct ranked){values[i], i};
	if (count > 0)
		qsort(sorted, count, sizeof *sorted, ranked_compare);
	for (size_t first = 0, last; first < count; first = last) {
		for (last = first + 1; last < count && sorted[last].value <= sorted[first].value; last++)
			;
		for (size_t i = first; i < last; i++)
			ranks[sorted[i].index] = ((double)first + (double)last - 1) / 2;
	}
	free(sorted);
	return ranks;
}

double statistics_spearman(const double *x, const double *y, size_t count)
{
	double *a = ranks_of(x, count), *b = ranks_of(y, count);
	double value = statistics_pearson(a, b, count);

	free(a);
	free(b);
	return value;
}

double statistics_order(const double *observed, const double *predicted, size_t count)
{
	double right = 0, all = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++) {
			double x = observed[i] - observed[j], y = predicted[i] - predicted[j];
			if (fabs(x) <= 0)
				continue;
			all++;
			right += fabs(y) <= 0 ? 0.5 : (x > 0) == (y > 0);
		}
	return all > 0 ? right / all : NAN;
}

struct scored_answer {
	double predicted;
	double observed;
};

static int scored_compare(const void *left, const void *right)
{
	const struct scored_answer *a = left, *b = right;

	return a->predicted < b->predicted ? -1 : a->predicted > b->predicted;
}

double statistics_auc(const double *observed, const double *predicted, size_t count)
{
	struct scored_answer *sorted = memory_allocate(count, sizeof *sorted);
	double below = 0, area = 0, solved_count = 0;

	for (size_t i = 0; i < count; i++)
		sorted[i] = (struct scored_answer){predicted[i], observed[i]};
	if (count > 0)
		qsort(sorted, count, sizeof *sorted, scored_compare);
	for (size_t first = 0, last; first < count; first = last) {
		double ones = 0, zeros = 0;
		for (last = first; last < count && sorted[last].predicted <= sorted[first].predicted; last++)
			*(sorted[last].observed > 0.5 ? &ones : &zeros) += 1;
		area += ones * (below + zeros / 2);
		below += zeros;
		solved_count += ones;
	}
	free(sorted);
	return solved_count > 0 && below > 0 ? area / (solved_count * below) : NAN;
}

/* ---- tests --------------------------------------------------------------------- */

void statistics_false_rates(double *p, size_t count)
{
	double least = 1;

	for (size_t i = count; i-- > 0;) {
		double rate = p[i] * (double)count / (double)(i + 1);
		least = rate < least ? rate : least;
		p[i] = least;
	}
}

/* Newton's method on erfc, from the tail's asymptote. */
double statistics_normal_quantile(double upper)
{
	double x = upper < 0.5 ? sqrt(-2 * log(upper)) : 0;

	for (int i = 0; i < 50; i++) {
		double tail = 0.5 * erfc(x / sqrt(2)), density = exp(-0.5 * x * x) / sqrt(2 * 3.14159265358979323846);
		/* Newton on log of the tail, which is concave: no overshoot. */
		double step = (log(tail) - log(upper)) * tail / density;
		x += step;
		if (fabs(step) < 1e-12)
			break;
	}
	return x;
}
