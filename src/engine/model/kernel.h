/* Kernel: the terms of the kinship covariance, K = sum of theta_k K_k.
 *
 * A term is a product of simple comparisons of two models; the table of terms
 * in kernel.c is the whole model.  Sources: engine.md §3; the lineage terms are
 * Henderson's pedigree covariance split by how each ancestor was made:
 * K_r(u, v) = sum over ancestors a of origin r of T_ua T_va.
 */
#ifndef STEMMA_ENGINE_KERNEL_H
#define STEMMA_ENGINE_KERNEL_H

#include "data/attributes.h"

enum comparison {
	COMPARE_NOTHING = 0,  /* end of the product */
	COMPARE_ONE,          /* 1 for every pair */
	COMPARE_SAME,         /* argument: attribute; 1 when shared, else 0 */
	COMPARE_LINEAGE,      /* argument: origin; shared ancestry of that origin */
	COMPARE_SIZE,         /* exp(-(difference of log size)^2 / (2 length^2)) */
	COMPARE_DATE,         /* exp(-|difference of years| / length) */
	COMPARE_LINEAR_SIZE,  /* product of the centred log sizes */
	COMPARE_LINEAR_DATE   /* product of the centred years */
};

struct kernel_comparison {
	enum comparison how;
	int argument;
	double length;
};

#define KERNEL_PRODUCT_MAX 4
struct kernel_term {
	const char *label;
	struct kernel_comparison product[KERNEL_PRODUCT_MAX];
	double start; /* variance that learning begins with, in units of the factor's */
};
const struct kernel_term *kernel_terms(size_t *count);
bool kernel_term_has_lineage(const struct kernel_term *term);

/* The scored models as points, with what the terms need to be quick. */
struct kernel_space {
	size_t count;
	struct kernel_point *points;
	struct lineage_share *paths;   /* of all points, one after the other */
	size_t nodes;
	const uint8_t *origins;        /* by node: enum origin */
};

/* K_k over the points in `rows` (count of them; row numbers of the space):
 * count x count, row-major, full. */
void kernel_matrix(const struct kernel_space *space, const struct kernel_term *term,
		   const uint32_t *rows, size_t count, float *matrix);

/* K_k between `point` and every point of the space. */
void kernel_cross(const struct kernel_space *space, const struct kernel_term *term,
		  const struct kernel_point *point, double *dense, double *cross);

/* sums[j] += the sum over rows of weights[row] K_k(point, row), with the point at
 * dates[j] (ascending): all dates at once, in rows + count steps.  `order` has the
 * rows by date; the term has a date and no lineage. */
void kernel_date_sums(const struct kernel_space *space, const struct kernel_term *term,
		      const struct kernel_point *point, const uint32_t *order, const double *weights,
		      const double *dates, size_t count, double *sums);
bool kernel_term_has_date(const struct kernel_term *term);

/* K_k between two points, each of its own innovation included where they are
 * the same node. */
double kernel_value(const struct kernel_space *space, const struct kernel_term *term,
		    const struct kernel_point *a, const struct kernel_point *b);

#endif
