/* Query: a prediction and what its reasons need of it.  Private to query.c, which
 * predicts, and query_why.c, which explains and compares. */
#ifndef STEMMA_ENGINE_QUERY_H
#define STEMMA_ENGINE_QUERY_H

#include "model/belief.h"
#include "model/child.h"
#include "model/fit.h"

#define NORMAL_90 1.6449 /* deviations to the ends of the normal 90 % interval */

enum subject { SUBJECT_NONE, SUBJECT_CHILD, SUBJECT_MODEL };

struct engine_query {
	const struct engine_fit *fit;
	struct lineage_walk *walk;
	struct child child;             /* the last that was described */
	enum subject subject;
	size_t model;                   /* SUBJECT_MODEL */
	enum factors_spread spread;     /* of the last prediction */
	struct belief belief;           /* of the subject */
	struct engine_cell *known;      /* of the subject itself, by benchmark: published, then with what was added */
	size_t published, known_count;
};

/* The ancestors of the subject with their shares; the caller frees. */
struct lineage_share *query_path(struct engine_query *query, size_t *count);
/* A deviation of the normal distribution as wide as the calibrated 90 % interval of a target. */
double query_calibrated(const struct engine_query *query, const struct engine_target *target, double deviation);

#endif
