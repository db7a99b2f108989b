#include "model/covariance.h"

#include <string.h>

size_t covariance_terms(const struct covariance *covariance)
{
	size_t count = 1;

	if (covariance->prior == PRIOR_KIN)
		kernel_terms(&count);
	return count;
}

static const struct kernel_term *kin_term(size_t term)
{
	size_t count;

	return kernel_terms(&count) + term;
}

const char *covariance_label(const struct covariance *covariance, size_t term)
{
	switch (covariance->prior) {
	case PRIOR_LAPLACIAN: return "lineage Laplacian";
	case PRIOR_NONE:      return "model factor";
	default:              return kin_term(term)->label;
	}
}

double covariance_start(const struct covariance *covariance, size_t term)
{
	return covariance->prior == PRIOR_KIN ? kin_term(term)->start : 0.7;
}

bool covariance_is_lineage(const struct covariance *covariance, size_t term)
{
	return covariance->prior == PRIOR_KIN && kernel_term_has_lineage(kin_term(term));
}

void covariance_matrix(const struct covariance *covariance, size_t term, const uint32_t *rows,
		       size_t count, float *matrix)
{
	switch (covariance->prior) {
	case PRIOR_LAPLACIAN:
		laplacian_matrix(covariance->laplacian, rows, count, matrix);
		break;
	case PRIOR_NONE:
		memset(matrix, 0, count * count * sizeof *matrix);
		for (size_t i = 0; i < count; i++)
			matrix[i * count + i] = 1;
		break;
	default:
		kernel_matrix(&covariance->space, kin_term(term), rows, count, matrix);
	}
}

void covariance_cross(const struct covariance *covariance, size_t term,
		      const struct covariance_point *point, double *dense, double *cross)
{
	switch (covariance->prior) {
	case PRIOR_LAPLACIAN:
		laplacian_cross(covariance->laplacian, point->node, point->parents,
				point->parent_count, cross);
		break;
	case PRIOR_NONE:
		/* Without lineage nobody says anything about another model. */
		memset(cross, 0, covariance->space.count * sizeof *cross);
		break;
	default:
		kernel_cross(&covariance->space, kin_term(term), &point->kernel, dense, cross);
	}
}

double covariance_value(const struct covariance *covariance, size_t term,
			const struct covariance_point *a, const struct covariance_point *b)
{
	switch (covariance->prior) {
	case PRIOR_LAPLACIAN:
		return laplacian_value(covariance->laplacian, a->node, a->parents, a->parent_count,
				       b->node, b->parents, b->parent_count);
	case PRIOR_NONE:
		return a == b;
	default:
		return kernel_value(&covariance->space, kin_term(term), &a->kernel, &b->kernel);
	}
}
