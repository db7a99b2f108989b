/* Job: one piece of long work beside the screen. */
#ifndef STEMMA_APP_JOB_H
#define STEMMA_APP_JOB_H

#include <stdbool.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"

struct job;

/* Starts work(context, progress, error) on a thread of its own, which gets no
 * signals.  `wake_fd` is made non-blocking and is written a byte on progress
 * (a new stage at once, otherwise 25 times a second at most, and none while
 * job_progress() has not been called since the last one) and at the end;
 * -1 = none.  Where no thread can be started the job is done at once, with an
 * error. */
struct job *job_start(enum status (*work)(void *context, struct progress *, struct error *),
		      void *context, int wake_fd);
/* Progress so far: the stage's name (a constant) and 0..1 (negative unknown). */
void job_progress(struct job *job, const char **stage, double *fraction);
bool job_done(struct job *job);
void job_cancel(struct job *job);
/* Waits for the end, frees the job and returns its status; its error is copied
 * unless `error` is set already. */
enum status job_finish(struct job *job, struct error *error);

#endif
