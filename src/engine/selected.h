/* Selected: entries of the inverse of a sparse matrix at the places of its
 * Cholesky factor (Takahashi, Fagan and Chin 1973), by supernodes.  CHOLMOD has
 * no such function. */
#ifndef STEMMA_ENGINE_SELECTED_H
#define STEMMA_ENGINE_SELECTED_H

#include <stddef.h>
#include <stdint.h>

#include <suitesparse/cholmod.h>

struct selected;

/* Of a supernodal factor, whose values it takes the place of: the factor is good
 * for nothing else any more, but must outlive it. */
struct selected *selected_new(cholmod_factor *factor);
void selected_free(struct selected *selected); /* NULL allowed */

/* v' A^-1 v of a sparse v whose entries (in the order of A) are all pairs of
 * the factor's pattern, as those of a row of B in A = B' B are. */
double selected_quadratic(struct selected *selected, const uint32_t *index, const double *value, size_t count);

#endif
