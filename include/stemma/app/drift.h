/* Drift: whether merges lie above or below the weighted mean of their parents,
 * by merge method. */
#ifndef STEMMA_APP_DRIFT_H
#define STEMMA_APP_DRIFT_H

#include <stddef.h>

#include "stemma/app/catalog.h"
#include "stemma/engine/engine.h"

/* A mean over merges with its standard error, which takes the merges of one
 * owner together: they are variants of each other.  Points. */
struct drift_mean {
	size_t merges;
	double mean, error; /* error NAN for fewer than two owners */
};

struct drift {
	const char *method; /* borrowed from the catalog; NULL = not known */
	/* benchmarks + 1 each, the last is the average */
	struct drift_mean *raw;  /* score - weighted mean of the parents' scores */
	struct drift_mean *left; /* leave-one-out residual: what the fit does not foresee */
};

/* One entry a method over all merges with two or more parents that all have
 * scores, most merges first; the caller frees with drift_free(). */
struct drift *drift_measure(const struct catalog *catalog, const struct engine_fit *fit, size_t *count);
void drift_free(struct drift *drifts, size_t count);

#endif
