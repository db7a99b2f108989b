/* Anomalies: the scores of a fit that chance does not explain, by model, with what
 * is known that may. */
#ifndef STEMMA_APP_ANOMALIES_H
#define STEMMA_APP_ANOMALIES_H

#include "stemma/app/catalog.h"
#include "stemma/base/text.h"
#include "stemma/engine/anomalies.h"

#define ANOMALIES_RATE 0.05 /* of false ones, where nobody asks for another */

struct anomalies {
	size_t count, tested;
	struct engine_anomaly *list; /* smallest p first */
	uint8_t *of_model;           /* by model: how many, at most 255; NULL before anomalies_find() */
};

/* Looks at all scores of the fit, once, by the residuals that leave out so much;
 * anomalies_free() frees what is inside.  Where progress (NULL allowed) is
 * cancelled they are not all. */
void anomalies_find(const struct engine_fit *fit, const struct catalog *catalog, enum engine_leave leave,
		    double rate, const struct progress *progress, struct anomalies *anomalies);
void anomalies_free(struct anomalies *anomalies);

/* The anomaly of a score; NULL when it is none. */
const struct engine_anomaly *anomalies_score(const struct anomalies *anomalies, size_t model,
					     size_t benchmark);

/* Appends what may explain it, apart by "; "; nothing where nothing is known.  Looks
 * at all models. */
void anomalies_reasons(const struct anomalies *anomalies, const struct catalog *catalog,
		       const struct engine_anomaly *anomaly, struct text *reasons);

#endif
