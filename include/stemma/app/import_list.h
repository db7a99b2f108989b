/* Import list: files and folders into the cache, one file after the other. */
#ifndef STEMMA_APP_IMPORT_LIST_H
#define STEMMA_APP_IMPORT_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/app/import.h"

/* How one file ended. */
enum import_end {
	IMPORT_DONE,
	IMPORT_USELESS, /* read, and not one of its rows could be used */
	IMPORT_UNKNOWN, /* in a folder, of no format that stemma knows: no failure there */
	IMPORT_FAILED
};

struct import_sums {
	size_t imported, failed, unknown;             /* files */
	size_t passed;                                /* contents of a download cache that its snapshots have */
	size_t added, updated, unchanged, rejected;   /* records */
};

struct import_list {
	struct store *store;
	struct progress *progress; /* NULL allowed */
	struct import_wishes wishes; /* for all of them; import_wishes_free() in the end */
	/* A file has been tried; all is borrowed for the call.  `error` is set where
	 * it could not be imported, also for IMPORT_UNKNOWN. */
	void (*tried)(void *context, const struct import_report *report, enum import_end end,
		      const struct error *error);
	/* A folder has been gone through; `error` is not empty where it could not be
	 * read.  May be NULL. */
	void (*listed)(void *context, const char *folder, const struct import_sums *sums,
		       const struct error *error);
	void *context;
	struct import_sums sums; /* of all paths so far */
};

/* Imports a file ("-" = standard input), or all files of a folder.  Each is taken
 * as a whole or not at all, and one that fails does not keep the next from being
 * tried; returns the first failure.  A file of which some scores cannot be used is
 * IMPORT_DONE, and STATUS_DATA.  STATUS_CANCELLED ends it at once: what was
 * imported before stays. */
enum status import_list_add(struct import_list *list, const char *path);

#endif
