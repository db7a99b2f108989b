/* Covariance: the prior over models as a sum of terms with learned variances,
 * the same interface for every prior. */
#ifndef STEMMA_ENGINE_COVARIANCE_H
#define STEMMA_ENGINE_COVARIANCE_H

#include "model/kernel.h"
#include "model/laplacian.h"

/* A model of the data, or a hypothetical child of some. */
struct covariance_point {
	struct kernel_point kernel;
	size_t node;            /* SIZE_MAX for a child */
	const size_t *parents;  /* of a child, with a share above 0; borrowed */
	size_t parent_count;
};

struct covariance {
	enum prior prior;
	struct kernel_space space;   /* kin; also the paths of the others */
	struct laplacian *laplacian; /* laplacian */
};

size_t covariance_terms(const struct covariance *covariance);
const char *covariance_label(const struct covariance *covariance, size_t term);
double covariance_start(const struct covariance *covariance, size_t term);
/* Whether the term follows the parents' weights (and is linear in them). */
bool covariance_is_lineage(const struct covariance *covariance, size_t term);

/* Over scored rows, count x count, row-major, full. */
void covariance_matrix(const struct covariance *covariance, size_t term, const uint32_t *rows,
		       size_t count, float *matrix);
/* Between a point and all scored rows. `dense` is scratch by node, all 0. */
void covariance_cross(const struct covariance *covariance, size_t term,
		      const struct covariance_point *point, double *dense, double *cross);
double covariance_value(const struct covariance *covariance, size_t term,
			const struct covariance_point *a, const struct covariance_point *b);

#endif
