/* What the files of the sketch share.  Private to the app. */
#ifndef STEMMA_APP_SKETCH_PRIVATE_H
#define STEMMA_APP_SKETCH_PRIVATE_H

#include "stemma/app/sketch.h"

/* But for their names. */
bool sketch_state_equals(const struct sketch_state *a, const struct sketch_state *b);

/* Makes `next` the state and the old one undoable; false when they are the
 * same. */
bool sketch_commit(struct sketch *sketch, const struct sketch_state *next);

/* The same for both the open sketch and the one beside. */
bool sketch_commit_both(struct sketch *sketch, const struct sketch_state *next,
			const struct sketch_state *beside);

/* Predicts with a query of the session's fit. */
enum status sketch_predict_with(const struct sketch *sketch, const struct session *session,
				struct engine_query *query, struct sketch_prediction *prediction,
				struct error *error);

/* Scales the weights that are not locked, but for the one at `fixed` (or
 * SIZE_MAX), so that all sum to 1; equal parts when they are all 0. */
void sketch_state_balance(struct sketch_state *state, size_t fixed);

/* Shares of the child by method: one a parent in shares[], what a base outside
 * the sketch keeps as the result. */
double sketch_shares(const struct sketch *sketch, const struct catalog *catalog,
		     double shares[SKETCH_PARENTS_MAX]);

/* The smallest and the largest parent among those with a weight and a known size; false when there is none. */
bool sketch_sizes(const struct sketch *sketch, const struct catalog *catalog, const struct catalog_model **small,
		  const struct catalog_model **large);

/* Position of the parent with the largest weight, the first of equal ones;
 * SIZE_MAX when there are none. */
size_t sketch_heaviest(const struct sketch *sketch);

#endif
