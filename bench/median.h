/* The median of timings. */
#ifndef STEMMA_BENCH_MEDIAN_H
#define STEMMA_BENCH_MEDIAN_H

#include <stdlib.h>

static inline int median_compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

/* Sorts the values; the upper of two in the middle. */
static inline double median(double *values, size_t count)
{
	qsort(values, count, sizeof *values, median_compare);
	return values[count / 2];
}

#endif
