/* Siblings of a model: scored models that have a parent in common with it. */
#ifndef STEMMA_CLI_SIBLINGS_H
#define STEMMA_CLI_SIBLINGS_H

#include "report.h"
#include "stemma/app/session.h"

struct siblings {
	size_t self;    /* the model itself, which is among them */
	size_t *models; /* owned; best of the target first once they are ranked */
	double *values; /* owned; of the target, published or else predicted; NULL before they are ranked */
	size_t count;
};
void siblings_find(const struct catalog *catalog, size_t model, struct siblings *siblings);
/* By the session's target; its query is used. */
void siblings_rank(struct session *session, struct siblings *siblings);
void siblings_free(struct siblings *siblings);

/* A table of the best 20 and the model itself, ranked, by the target; with `board` also with what is published
 * of each row of the board, as the main table.  Nothing where there are no others. */
void siblings_report(struct report *report, struct session *session, const struct siblings *siblings, bool board);

#endif
