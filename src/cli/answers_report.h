/* Answers report: a table of what single answers tell of one model. */
#ifndef STEMMA_CLI_ANSWERS_REPORT_H
#define STEMMA_CLI_ANSWERS_REPORT_H

#include "report.h"
#include "stemma/app/answer_sets.h"

/* Nothing in text when there are no rows. */
void report_answers(struct report *report, const struct catalog *catalog, const struct answer_row *rows,
		    size_t count);

#endif
