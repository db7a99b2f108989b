/* Judge: what predictions are judged by: the scores of a file that the fit never
 * sees, or the cells that a file of folds names. */
#ifndef STEMMA_APP_JUDGE_H
#define STEMMA_APP_JUDGE_H

#include <stdbool.h>

#include "stemma/app/session.h"
#include "stemma/base/error.h"
#include "stemma/engine/holdout.h"

/* Cells of a catalog that a file names. */
struct judge_cells {
	size_t count, capacity;
	struct holdout_given *list;
	size_t missing; /* that it names and the cache lacks */
};
void judge_cells_free(struct judge_cells *cells);

/* A copy of a session's cache to which the file has been added. */
struct judge {
	struct session *session;  /* of the copy; without a fit */
	bool *given;              /* by model of its catalog: the file has scores of it */
	size_t given_count;
	struct judge_cells cells; /* the scores that the file has */
	bool learnable;           /* the cache itself has scores on one of the file's benchmarks */
	char *path;               /* of the copy, in the folder for temporary files */
};

/* Copies the cache, imports `file` (any format with scores) into the copy and
 * marks its models and scores.  The user's cache stays as it is.  STATUS_DATA when
 * the file has no scores. */
enum status judge_open(struct session *session, const char *file, struct progress *progress,
		       struct judge *judge, struct error *error);
void judge_close(struct judge *judge); /* also deletes the copy */

/* Reads a file of folds (folds.h).  STATUS_DATA when the cache has none of its scores. */
enum status judge_read_folds(const struct catalog *catalog, const char *file, struct judge_cells *cells,
			     struct error *error);

/* The benchmarks that the words of a comma-separated list name, suites or single ones: the flag of each is
 * set to `flag`.  STATUS_USAGE for what is neither. */
enum status judge_mark_benchmarks(const struct catalog *catalog, const char *words, bool flag, bool *marked,
				  struct error *error);

#endif
