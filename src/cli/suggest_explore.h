/* The report of suggest --explore. */
#ifndef STEMMA_CLI_SUGGEST_EXPLORE_H
#define STEMMA_CLI_SUGGEST_EXPLORE_H

#include "report.h"
#include "stemma/app/wishes.h"

void suggest_report_explored(struct report *report, const struct catalog *catalog, const struct wish_search *search,
			     const struct suggest_result *result);

#endif
