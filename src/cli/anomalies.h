/* Anomalies: the table of 'stemma residuals --anomalies'. */
#ifndef STEMMA_CLI_ANOMALIES_H
#define STEMMA_CLI_ANOMALIES_H

#include "report.h"
#include "stemma/app/session.h"

/* The fitted session's anomalies at this rate of false ones, of one model unless it is CATALOG_NONE and on
 * the benchmarks of a target unless it is NULL; `limit` 0 = all. */
void anomalies_report(struct report *report, const struct session *session, double rate, enum engine_leave leave,
		      size_t model, const struct engine_target *target, size_t limit);

#endif
