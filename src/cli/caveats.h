/* Caveats: what stands beside a prediction where too little is known of its subject. */
#ifndef STEMMA_CLI_CAVEATS_H
#define STEMMA_CLI_CAVEATS_H

#include "report.h"
#include "stemma/app/session.h"

/* Of the last subject of the query: that it is newer than all scored models, or of a family without scores;
 * and what the first `rows` of the session's rows would be with the chat template and without, where nobody
 * tells which and it matters.  Also the release of the newest model that has a score on these rows. */
void caveats_report(struct report *report, const struct session *session, const struct engine_query *query,
		    size_t rows);

#endif
