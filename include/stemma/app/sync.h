/* Sync: the leaderboard and what the Hub knows of its models, into the cache.
 *
 * Everything that is fetched is kept at once, so that a run that was cut short
 * goes on where it stopped; the leaderboard is taken over when all its pages are
 * there, in one transaction, models of the Hub in groups.
 */
#ifndef STEMMA_APP_SYNC_H
#define STEMMA_APP_SYNC_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/store/store.h"

struct sync_settings {
	bool models;          /* Hub metadata of the models with scores */
	size_t depth;         /* and so many generations of their ancestors */
	bool descendants;     /* and what others made of the models with scores */
	bool dry_run;         /* ask only how much there is */
	long request_seconds, total_seconds;
	size_t size_limit;    /* bytes of an answer */
	int tries;
	double backoff;       /* seconds */
};

struct sync_report {
	size_t requests;
	bool unchanged;           /* the leaderboard is what it was */
	size_t rows, fetched;     /* of the leaderboard; fetched now */
	size_t models, missing;   /* of the Hub: asked for now, not found or private */
	size_t parents;           /* whose descendants were asked for now */
	size_t left;              /* still to be asked for */
	size_t added, updated, rejected; /* records */
};

/* STATUS_IO when a server cannot be reached or the environment says offline;
 * STATUS_DATA when it answers nonsense.  The report is filled in any case. */
enum status sync_run(struct store *store, const struct sync_settings *settings,
		     struct progress *progress, struct sync_report *report, struct error *error);

#endif
