/* Job: one piece of long work beside the screen. */
#ifndef STEMMA_APP_JOB_H
#define STEMMA_APP_JOB_H

#include <stdbool.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"

struct job;

/* Starts work(context, progress, error) on a thread of its own.  `wake_fd` is
 * written a byte on progress (at most one pending) and at the end; -1 = none. */
struct job *job_start(enum status (*work)(void *context, struct progress *, struct error *),
		      void *context, int wake_fd);
/* Progress so far: the stage's name and 0..1 (negative unknown). */
void job_progress(struct job *job, const char **stage, double *fraction);
bool job_done(struct job *job);
void job_cancel(struct job *job);
/* Waits for the end, frees the job and returns its status. */
enum status job_finish(struct job *job, struct error *error);

#endif
