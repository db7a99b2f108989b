/* Small: dense symmetric matrices of a few factors, row-major. */
#ifndef STEMMA_ENGINE_SMALL_H
#define STEMMA_ENGINE_SMALL_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* Cholesky factor L (lower) in place; the upper triangle is left as it is.  False when it is
 * not positive definite. */
static inline bool small_cholesky(double *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++) {
			double sum = a[i * n + j];
			for (size_t k = 0; k < j; k++)
				sum -= a[i * n + k] * a[j * n + k];
			if (i == j && !(sum > 0))
				return false;
			a[i * n + j] = i == j ? sqrt(sum) : sum / a[j * n + j];
		}
	return true;
}

/* x = L^-1 x; then with small_solve_back() (L L')^-1 x. */
static inline void small_solve_front(const double *l, size_t n, double *x)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			x[i] -= l[i * n + k] * x[k];
		x[i] /= l[i * n + i];
	}
}

static inline void small_solve_back(const double *l, size_t n, double *x)
{
	for (size_t i = n; i-- > 0;) {
		for (size_t k = i + 1; k < n; k++)
			x[i] -= l[k * n + i] * x[k];
		x[i] /= l[i * n + i];
	}
}

/* inverse (full) of L L'. */
static inline void small_invert(const double *l, size_t n, double *inverse)
{
	for (size_t j = 0; j < n; j++) {
		double *column = inverse + j * n; /* symmetric: rows are columns */
		for (size_t i = 0; i < n; i++)
			column[i] = i == j;
		small_solve_front(l, n, column);
		small_solve_back(l, n, column);
	}
}

#endif
