/* Anomalies: published scores that their relatives do not explain, with the
 * share of false ones among them held (Benjamini and Hochberg 1995).
 *
 * Leave-one-out residuals are compared with an empirical null (Efron 2004): a
 * normal distribution as wide as their central nine tenths are, those of the
 * family (architecture and size) where it has 30 scores and of the benchmark
 * elsewhere.  Benchmarks with fewer scores are not tested.  Kin of an odd score may
 * look odd themselves, since it misleads what is expected of them.
 */
#ifndef STEMMA_ENGINE_ANOMALIES_H
#define STEMMA_ENGINE_ANOMALIES_H

#include <stddef.h>

#include "stemma/engine/engine.h"

struct engine_anomaly {
	size_t model, benchmark;
	double scaled;       /* residual.z in the scale of its family */
	double p;            /* of that, two-sided */
	double rate;         /* the smallest rate of false ones at which it is one */
	struct engine_residual residual;
};

/* All scores with rate <= `rate`, smallest p first, by the residuals that leave out
 * so much; *tested is the number of scores.  The caller frees.  Of a cancelled progress (NULL allowed)
 * the rest is not looked at. */
struct engine_anomaly *engine_anomalies(const struct engine_fit *fit, enum engine_leave leave, double rate,
					const struct progress *progress, size_t *count, size_t *tested);

#endif
