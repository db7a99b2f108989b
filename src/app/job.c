#include "stemma/app/job.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stemma/base/clock.h"
#include "stemma/base/memory.h"

/* The screen need not be woken more often than it can draw. */
#define WAKE_SECONDS 0.04

struct job {
	pthread_t thread;
	bool started;              /* there is a thread to join */
	enum status (*work)(void *context, struct progress *, struct error *);
	void *context;
	int wake_fd;
	struct progress progress;
	atomic_bool done;
	atomic_bool woken;         /* a byte is on its way and not yet answered */
	double last_wake;          /* worker only */
	enum status status;        /* written by the worker before done */
	struct error error;
	pthread_mutex_t lock;      /* of the two below */
	const char *stage;
	double fraction;
};

/* A full pipe has woken the owner already, so a failure does no harm. */
static void job_wake(struct job *job)
{
	ssize_t written;

	if (job->wake_fd < 0)
		return;
	do
		written = write(job->wake_fd, "", 1);
	while (written < 0 && errno == EINTR);
}

static void job_report(void *context, const char *stage, double fraction)
{
	struct job *job = context;
	double now = clock_seconds();

	pthread_mutex_lock(&job->lock);
	bool new_stage = job->stage != stage;
	job->stage = stage;
	job->fraction = fraction;
	pthread_mutex_unlock(&job->lock);
	if (!new_stage && now - job->last_wake < WAKE_SECONDS)
		return;
	job->last_wake = now;
	if (!atomic_exchange(&job->woken, true))
		job_wake(job);
}

static void *job_run(void *argument)
{
	struct job *job = argument;

	job->status = job->work(job->context, &job->progress, &job->error);
	atomic_store(&job->done, true);
	job_wake(job);
	return NULL;
}

/* Signals are for the main thread; faults of the worker itself stay its own. */
static void worker_signals(sigset_t *signals)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};

	sigfillset(signals);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		sigdelset(signals, faults[i]);
}

struct job *job_start(enum status (*work)(void *context, struct progress *, struct error *),
		      void *context, int wake_fd)
{
	struct job *job = memory_zero(1, sizeof *job);
	sigset_t blocked, before;

	job->work = work;
	job->context = context;
	job->wake_fd = wake_fd;
	job->progress.report = job_report;
	job->progress.context = job;
	job->stage = "starting";
	job->fraction = -1;
	pthread_mutex_init(&job->lock, NULL);
	if (wake_fd >= 0)
		fcntl(wake_fd, F_SETFL, fcntl(wake_fd, F_GETFL) | O_NONBLOCK);
	worker_signals(&blocked);
	pthread_sigmask(SIG_BLOCK, &blocked, &before);
	int code = pthread_create(&job->thread, NULL, job_run, job);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	job->started = code == 0;
	if (code != 0) {
		job->status = error_set(&job->error, STATUS_SOFTWARE, "a thread cannot be started: %s",
					strerror(code));
		atomic_store(&job->done, true);
		job_wake(job);
	}
	return job;
}

void job_progress(struct job *job, const char **stage, double *fraction)
{
	/* Before reading, so that what comes later wakes again. */
	atomic_store(&job->woken, false);
	pthread_mutex_lock(&job->lock);
	*stage = job->stage;
	*fraction = job->fraction;
	pthread_mutex_unlock(&job->lock);
}

bool job_done(struct job *job)
{
	return atomic_load(&job->done);
}

void job_cancel(struct job *job)
{
	progress_cancel(&job->progress);
}

enum status job_finish(struct job *job, struct error *error)
{
	if (job->started)
		pthread_join(job->thread, NULL);
	enum status status = job->status;
	if (error && error->status == STATUS_OK && status != STATUS_OK)
		*error = job->error;
	pthread_mutex_destroy(&job->lock);
	free(job);
	return status;
}
