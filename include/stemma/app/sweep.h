/* Sweep: what a sketch would score at other weights of its parents. */
#ifndef STEMMA_APP_SWEEP_H
#define STEMMA_APP_SWEEP_H

#include "stemma/app/sketch.h"

#define SWEEP_POINTS 41

/* One parent's weight goes from 0 to all that locked ones leave; the others share the rest
 * as they do now. */
struct sweep {
	struct sketch_state state; /* that it began with */
	size_t position;           /* of the parent */
	double most;               /* its largest weight */
	size_t made;               /* points so far, SWEEP_POINTS when it is complete */
	struct engine_estimate at[SWEEP_POINTS];
	size_t best;               /* the point with the best mean so far */
};

/* false where the weight cannot move: a parent alone, or the others are locked. */
bool sweep_begin(struct sweep *sweep, const struct sketch_state *state, size_t position);
/* Makes the next point; the query's subject changes.  false when nothing is left to make. */
bool sweep_step(struct sweep *sweep, const struct catalog *catalog, struct engine_query *query,
		const struct engine_target *target);
double sweep_weight(const struct sweep *sweep, size_t point);

/* The weights of these parents that promise the most for a target, found by sweeping one
 * after the other: locked ones stay.  To a whole percent, into state; false where none can
 * move or nothing can be predicted. */
bool sweep_best_weights(struct sketch_state *state, const struct catalog *catalog, struct engine_query *query,
			const struct engine_target *target);

#endif
