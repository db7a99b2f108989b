/* Metrics: what is known of the measures that evaluation programs and cards report.
 * Private. */
#ifndef STEMMA_FORMATS_METRICS_H
#define STEMMA_FORMATS_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/facts.h"

/* How a metric's values are written. */
enum metric_kind {
	METRIC_SHARE,  /* 0..1; some write per cent */
	METRIC_POINTS, /* 0..100 */
	METRIC_SIGNED, /* -1..1; some write hundredths */
	METRIC_OPEN    /* lower..upper of the table, on one scale only */
};

struct metric {
	const char *name;     /* a last '*' stands for any ending */
	enum metric_kind kind;
	double lower, upper;
	enum answer higher_is_better;
};

/* Of several metrics of one task the one with the lowest rank counts.  Letters of
 * either case; METRIC_UNRANKED for a metric that is not in the table. */
size_t metric_rank(const char *name);
#define METRIC_UNRANKED ((size_t)-1)
/* What the table says of it; of an unknown one nothing is known (METRIC_OPEN). */
const struct metric *metric_find(const char *name);

/* Fills in metric, direction and bounds, where the benchmark has none yet. */
void metric_describe(struct benchmark_facts *benchmark, const char *name);
/* The scale of a value; `percent` says that values of its kind are written so. */
enum score_scale metric_scale(const struct metric *metric, bool percent);
/* Whether a value can only be meant in hundredths. */
bool metric_is_percent(const struct metric *metric, double value);

#endif
