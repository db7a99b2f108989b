/* Judge: predictions against the scores of a file that the fit never sees. */
#ifndef STEMMA_APP_JUDGE_H
#define STEMMA_APP_JUDGE_H

#include <stdbool.h>

#include "stemma/app/session.h"
#include "stemma/base/error.h"

/* A copy of a session's cache to which the file has been added. */
struct judge {
	struct session *session; /* of the copy; without a fit */
	bool *given;             /* by model of its catalog: the file has scores of it */
	size_t given_count;
	char *path;              /* of the copy, in the folder for temporary files */
};

/* Copies the cache, imports `file` (any format with scores) into the copy and
 * marks its models.  The user's cache stays as it is.  STATUS_DATA when the
 * file has no scores. */
enum status judge_open(struct session *session, const char *file, struct progress *progress,
		       struct judge *judge, struct error *error);
void judge_close(struct judge *judge); /* also deletes the copy */

#endif
