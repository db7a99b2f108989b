/* Drift: whether merges lie above or below the weighted mean of their parents,
 * by merge method. */
#ifndef STEMMA_APP_DRIFT_H
#define STEMMA_APP_DRIFT_H

#include <stddef.h>

#include "stemma/app/catalog.h"
#include "stemma/engine/engine.h"

/* A mean over merges with its standard error, which takes the merges of one
 * owner together: they are variants of each other.  In the unit of the target. */
struct drift_mean {
	size_t merges;
	double mean, error; /* error NAN for fewer than two owners */
};

struct drift {
	const char *method; /* borrowed from the catalog; NULL = not known */
	/* an entry a target each */
	struct drift_mean *raw;  /* value - weighted mean of the parents' values */
	struct drift_mean *left; /* residual (ENGINE_LEAVE_MODEL): what the fit does not foresee */
};

/* One entry a method over all merges with two or more parents that all have
 * one of the targets, most merges first; the caller frees with drift_free(). */
struct drift *drift_measure(const struct catalog *catalog, const struct engine_fit *fit,
			    const struct engine_target *targets, size_t target_count, size_t *count);
void drift_free(struct drift *drifts, size_t count);

#endif
