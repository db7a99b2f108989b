/* Intake: work beside the screen that changes the cache, or reads what others have
 * changed: import, sync, reload.  It ends with a new catalog. */
#ifndef STEMMA_TUI_INTAKE_H
#define STEMMA_TUI_INTAKE_H

#include "browser.h"
#include "stemma/app/import_list.h"
#include "stemma/app/sync.h"

/* What there is to tell of it, collected by the worker. */
struct intake_note {
	char *text;
	bool failure;
};

struct intake;
struct intake_ops {
	const char *name;    /* "an import" */
	/* On the worker; what it did before a failure is kept.  NULL: only reads. */
	enum status (*change)(struct intake *intake, struct progress *progress, struct error *error);
	/* Afterwards on the main thread: says what came of it. */
	void (*told)(struct browser *browser, const struct intake *intake, enum status status,
		     const struct error *error);
};

struct intake {
	const struct intake_ops *ops;
	struct job *job;     /* NULL: none runs */
	struct progress loading; /* of the catalog, also when the change was stopped; it is
				  * cancelled when the browser ends and nobody will look at one */
	/* given to the worker */
	char *path;                   /* of the cache */
	const struct catalog *before; /* the session's */
	char **paths;                 /* to import */
	size_t path_count, path_capacity;
	struct sync_settings settings;
	/* made by it */
	struct intake_note *notes;
	size_t note_count, note_capacity;
	struct import_list list;      /* its sums */
	struct sync_report report;
	struct catalog *catalog;      /* NULL: nothing new */
	uint32_t *match;              /* from the one before to this */
	struct tree *tree;
};

/* Begins; the inputs are taken over.  Only when intake_free_to_start(). */
void intake_start(struct browser *browser, const struct intake_ops *ops);
/* Whether none is at work; says so otherwise. */
bool intake_free_to_start(struct browser *browser);
/* For the worker: a line for the messages view. */
void intake_note(struct intake *intake, bool failure, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* renew.c: the new catalog takes the place of the session's, and all that holds
 * numbers of models follows.  No job may run that was given the old one. */
void renew_adopt(struct browser *browser, struct intake *intake);

#endif
