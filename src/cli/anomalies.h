/* Anomalies: the table of 'stemma residuals --anomalies'. */
#ifndef STEMMA_CLI_ANOMALIES_H
#define STEMMA_CLI_ANOMALIES_H

#include "report.h"
#include "stemma/app/session.h"

/* The fitted session's anomalies at this rate of false ones, of one model or of
 * one benchmark unless they are CATALOG_NONE; `limit` 0 = all. */
void anomalies_report(struct report *report, const struct session *session, double rate,
		      size_t model, size_t benchmark, size_t limit);

#endif
