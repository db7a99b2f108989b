/* What was predicted of sketches when they were written out, beside what was measured since. */
#ifndef STEMMA_CLI_FORETOLD_REPORT_H
#define STEMMA_CLI_FORETOLD_REPORT_H

#include "report.h"
#include "stemma/app/foretold.h"

/* The measured ones: of one model, or with CATALOG_NONE of all. */
void foretold_report(struct report *report, const struct session *session, const struct foretold_list *list,
		     size_t model, enum table_role role);
/* Those of one model as a side table; nothing where there are none. */
enum status foretold_report_model(struct report *report, const struct session *session, size_t model,
				  struct error *error);

#endif
