/* Laplacian: the prior of LRMF as published (Tamura et al., arXiv 2504.19811).
 *
 * Each column of model factors has the precision rho L + I up to a scale, with
 * L = D - A the Laplacian of the undirected, unweighted lineage, unscored
 * models included.  rho is lambda_M / mu of the paper's objective.
 */
#ifndef STEMMA_ENGINE_LAPLACIAN_H
#define STEMMA_ENGINE_LAPLACIAN_H

#include <stddef.h>
#include <stdint.h>

#include <suitesparse/cholmod.h>

#include "stemma/base/error.h"
#include "stemma/engine/lineage.h"

struct laplacian;

/* rho L + I, or another diagonal (by node; NULL: 1) instead of I: the lower
 * triangle, which the caller frees; NULL without memory. */
cholmod_sparse *laplacian_precision(const struct lineage *lineage, double rho, const double *diagonal,
				    cholmod_common *common);

/* Factors rho L + I (CHOLMOD); `rows` are the model numbers of the scored rows.
 * STATUS_SOFTWARE when CHOLMOD fails. */
enum status laplacian_new(const struct lineage *lineage, double rho, const uint32_t *rows,
			  size_t count, struct laplacian **laplacian, struct error *error);
void laplacian_free(struct laplacian *laplacian); /* NULL allowed */

/* The covariance over scored rows, given by their places: one solve a row. */
void laplacian_matrix(const struct laplacian *laplacian, const uint32_t *rows, size_t count,
		      float *matrix);
/* Between a node (or, with SIZE_MAX, a new child tied to `parents`) and all
 * scored rows.  A new child is joined to its parents by the prior's conditional
 * mean rho sum(m_p) / (rho k + 1); the parents stay as they were fitted. */
void laplacian_cross(const struct laplacian *laplacian, size_t node, const size_t *parents,
		     size_t parent_count, double *cross);
double laplacian_value(const struct laplacian *laplacian, size_t node_a, const size_t *parents_a,
		       size_t count_a, size_t node_b, const size_t *parents_b, size_t count_b);

#endif
