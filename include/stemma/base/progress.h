/* Progress: how long work tells how far it is, and learns that it should stop.
 *
 * A struct progress is shared by a worker (which reports) and its owner (which
 * reads and cancels), possibly on another thread.
 */
#ifndef STEMMA_BASE_PROGRESS_H
#define STEMMA_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>

struct progress {
	atomic_bool cancelled;
	/* Called by the worker; `fraction` in 0..1, or negative when unknown.
	 * `stage` is a string constant.  May be NULL. */
	void (*report)(void *context, const char *stage, double fraction);
	void *context;
	const struct progress *whole; /* what this is a part of, or NULL */
};

/* Reports, and returns false when the work should stop.  NULL is allowed and
 * never cancels. */
bool progress_step(struct progress *progress, const char *stage, double fraction);
void progress_cancel(struct progress *progress);
/* Whether it or what it is a part of was cancelled; does not report, so any thread may ask.
 * NULL is allowed. */
bool progress_cancelled(const struct progress *progress);

/* A part of longer work: what it reports as 0..1 is reported to the whole as
 * `from`..`to`, never less than before, so that one bar fills once.  Lives as
 * long as the part's work. */
struct progress_part {
	struct progress progress;
	struct progress *whole;
	double from, to, reached;
};
/* What to hand to the part; NULL when `whole` is NULL. */
struct progress *progress_begin_part(struct progress_part *part, struct progress *whole,
				     double from, double to);

#endif
