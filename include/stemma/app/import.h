/* Import: files into the cache, one transaction each. */
#ifndef STEMMA_APP_IMPORT_H
#define STEMMA_APP_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/base/text.h"
#include "stemma/formats/reader.h"
#include "stemma/store/store.h"

#define IMPORT_NOTES_MAX 200 /* listed rejects and warnings; all are counted */

struct import_note {
	long line, column;
	bool rejected; /* else a warning */
	char *text;
};
struct import_report {
	char *file;
	enum format format;
	size_t models, edges, evaluations, aliases, outcomes, benchmarks; /* records seen */
	size_t added, updated, unchanged;
	size_t rejected, warned; /* rows and single values; what was told beside */
	bool known;              /* an identical file was imported before: nothing is kept of this one */
	struct import_note *notes;
	size_t note_count;
};
void import_report_free(struct import_report *report);

/* Imports one file ("-" = standard input).  A row that cannot be stored is
 * rejected and the others are kept; on any error the cache is as before.  The
 * report is filled also then (free it). */
enum status import_file(struct store *store, const char *path, struct progress *progress,
			struct import_report *report, struct error *error);

/* The same for a text that came from elsewhere, which `path` names; a NULL text is
 * that file. */
enum status import_text(struct store *store, const char *path, const struct text *text,
			struct progress *progress, struct import_report *report, struct error *error);

/* What the user says of the model that the files of one import speak of. */
struct import_wishes {
	const char *name;                 /* NULL: what the files call it */
	const char *sketch;               /* that was written out, and whose results these are; NULL none */
	const struct edge_facts *parents; /* of it; names, or paths of this machine; child and source NULL */
	size_t parent_count;
	char *subject;                    /* what the first file called it; owned, see import_wishes_free() */
	int64_t first;                    /* number of the first import, 0: not known yet */
};
void import_wishes_free(struct import_wishes *wishes);

/* The same as import_file() with wishes (NULL none) for several files, which are told where
 * one replaces what another of them brought.  A name is for files that speak of one model:
 * a table is STATUS_DATA, and so is a file that speaks of another model than the first.  It
 * is remembered for the path that the model is known by. */
enum status import_file_as(struct store *store, const char *path, struct import_wishes *wishes,
			   struct progress *progress, struct import_report *report, struct error *error);

/* Loads the starter set of the program's data folder, its tables in the folder starter, in one
 * transaction with RANK_STARTER, so that real imports supersede it row by row.  The report, which the
 * caller frees, is of all its tables. */
enum status import_starter(struct store *store, const char *data_folder, struct progress *progress,
			   struct import_report *report, struct error *error);

#endif
