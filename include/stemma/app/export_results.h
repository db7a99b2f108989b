/* Export results: what a model scored, for other programs. */
#ifndef STEMMA_APP_EXPORT_RESULTS_H
#define STEMMA_APP_EXPORT_RESULTS_H

#include "stemma/app/session.h"
#include "stemma/base/text.h"

enum results_format {
	RESULTS_EVAL_RESULTS, /* the Hub's .eval_results: of each benchmark what is shown */
	RESULTS_EVERY_EVAL    /* Every Eval Ever: all that was observed */
};

/* Appends a model's own results; STATUS_DATA when it has none. */
enum status export_results(const struct session *session, size_t model, enum results_format format,
			   struct text *out, struct error *error);

#endif
