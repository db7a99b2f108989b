/* Work beside the screen. */
#ifndef STEMMA_TUI_WORK_H
#define STEMMA_TUI_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/app/guesses.h"
#include "stemma/app/job.h"
#include "stemma/app/session.h"

struct browser;

/* Work beside the screen: one piece at a time (working.c). */
struct work_ops {
	/* On another thread. */
	enum status (*run)(void *context, struct progress *progress, struct error *error);
	/* It has ended: takes over what it made.  browser->job is NULL by then. */
	void (*finished)(struct browser *browser, enum status status, const struct error *error);
	/* The browser ends: throws away what it made. */
	void (*dropped)(struct browser *browser);
};

/* A fit on its way. */
struct fit_work {
	char *path;
	const struct catalog *catalog;
	enum prior prior;
	bool relearn;
	bool *excluded;         /* owned copy; NULL = nothing is left out */
	struct engine_fit *fit; /* the result */
	struct answer_sets answers; /* of that fit */
};

/* Odd scores of the fit, which are looked for once it is in place. */
struct oddity_work {
	const struct engine_fit *fit; /* borrowed of the session, like the catalog */
	const struct catalog *catalog;
	struct anomalies found;
};

/* Guesses on their way. */
struct guess_work {
	char *path;
	const struct catalog *catalog;
	size_t model;            /* that they are wanted for */
	struct guesses *guesses; /* the result */
};
#define GUESSES_SHOWN 5
struct guessing {
	struct guesses *known;  /* NULL until somebody wants to know */
	struct job *job;
	struct guess_work work; /* of that job */
	size_t model;           /* of the list, CATALOG_NONE */
	struct parents_guess list[GUESSES_SHOWN];
	size_t count, accepted;
	size_t again;           /* model to begin again for with a new catalog, CATALOG_NONE */
};

/* fitting.c */
void fitting_start(struct browser *browser, bool relearn);
/* By a key: the variances anew. */
void fitting_relearn(struct browser *browser);
/* The same without a message at the end, for other data. */
void fitting_start_quietly(struct browser *browser);
/* The same when the data to learn from have changed: a fit that runs is given up,
 * and the new one begins when it has ended. */
void fitting_restart(struct browser *browser);
/* After other work: begins the fit that was put off. */
void fitting_continue(struct browser *browser);
void fitting_adopted(struct browser *browser);

/* waiting.c: the user's own that is to be kept while the cache is being written, as
 * by an import.  Each says so and takes copies. */
void waiting_sketch(struct browser *browser, const char *name); /* the open one */
void waiting_forget(struct browser *browser, const char *name);
void waiting_flag(struct browser *browser, size_t model, const char *reason);
void waiting_leave_out(struct browser *browser);
void waiting_begin(struct browser *browser); /* from now on no key waits for the cache */
void waiting_write(struct browser *browser); /* what can be written by now */
void waiting_end(struct browser *browser);   /* all of it; a failure is told */
bool waiting_has(const struct browser *browser, const char *sketch);
void waiting_move(struct browser *browser, const uint32_t *match); /* in another catalog */

/* working.c; work_start() needs browser->job to be NULL, and the context to live
 * until the work is finished or dropped. */
void work_start(struct browser *browser, const struct work_ops *ops, void *context);
/* Looks at all jobs and begins what waited for their end; true while one runs. */
bool work_poll(struct browser *browser);
void work_stop(struct browser *browser); /* waits for all */
/* The jobs that run, first the one that Esc stops, which was begun last; returns how
 * many. */
#define WORK_MAX 3
size_t work_jobs(const struct browser *browser, struct job *jobs[WORK_MAX]);

/* importing.c, syncing.c, intake.c: work that changes the cache, or reads what
 * others changed.  It goes beside the job, as it does not need the catalog. */
void importing_start(struct browser *browser, const char *paths);
void syncing_start(struct browser *browser, const char *choices);
void intake_reload(struct browser *browser);
void intake_poll(struct browser *browser);
/* Puts a catalog that has come in place, once nobody reads the old one; false while
 * one is still to come. */
bool intake_settle(struct browser *browser);
bool intake_is_busy(const struct browser *browser);    /* or a catalog waits for its place */
struct job *intake_job(const struct browser *browser); /* NULL: none */
bool intake_changes(const struct browser *browser);    /* it does not only read */
void intake_stop(struct browser *browser);             /* waits */
/* Whether another program has changed the cache: then it says so, once.  Looks
 * only now and then, unless `now`. */
bool intake_look(struct browser *browser, bool now);

/* packing.c: keeps a large catalog packed, when nothing else is to be done. */
void packing_continue(struct browser *browser);

/* suggesting.c */
void suggesting_open(struct browser *browser);
/* The same with a line of wishes in place of all before. */
void suggesting_wish(struct browser *browser, const char *line);
/* Begins the search that waits for other work to end. */
void suggesting_continue(struct browser *browser);
/* What is shown rests on a fit that is no more. */
void suggesting_outdate(struct browser *browser);
void suggesting_free(struct browser *browser);
/* The wishes as a line, to be kept between runs, and back. */
void suggesting_save(const struct browser *browser, struct text *out);
void suggesting_load(struct browser *browser, const char *line);

/* guessing.c: the parents of merges that do not say them */
void guess_model(struct browser *browser, size_t model);
void guess_here(struct browser *browser);
void guess_poll(struct browser *browser);
/* Another catalog has come: stops, and begins again when it is in place. */
void guess_overtake(struct browser *browser);
void guess_begin_again(struct browser *browser, const uint32_t *match);
void guess_stop(struct browser *browser); /* waits, and forgets all */
/* Makes the first `number` guesses the user's corrections. */
void guess_accept(struct browser *browser, const char *number);

#endif
