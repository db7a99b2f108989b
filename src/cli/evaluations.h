/* Evaluations: the runs of a model, in reports. */
#ifndef STEMMA_CLI_EVALUATIONS_H
#define STEMMA_CLI_EVALUATIONS_H

#include "report.h"
#include "stemma/app/session.h"

/* The table "evaluations": a row for each run, numbered from 1, with its average
 * over the benchmarks that it has. */
enum status evaluations_report(struct report *report, const struct session *session, size_t model,
			       enum table_role role, struct error *error);
/* The table "sources": licence and credit of those that came with the program; nothing where there are none. */
enum status evaluations_report_sources(struct report *report, const struct session *session, size_t model,
				       struct error *error);

#endif
