/* Origin: what the name of a file tells about what is in it.  Private. */
#ifndef STEMMA_FORMATS_ORIGIN_H
#define STEMMA_FORMATS_ORIGIN_H

#include <stdbool.h>

#include "source.h"

/* The last part of a path; borrowed. */
const char *origin_base(const char *path);
/* The name of the folder that the file lies in, without its own folders; NULL when
 * the path has none.  The caller frees. */
char *origin_folder(const char *path);
/* The same as the name of a suite: of what a table says of benchmarks, where it names none
 * itself; NULL when the folder has no name of its own. */
char *origin_suite(const char *path);
/* The path of that folder, "." when the path has none; the caller frees. */
char *origin_path(const char *path);
/* Whether the file lies in .eval_results, the Hub's folder for results: then the
 * folder that counts is the one above. */
bool origin_in_results(const char *path);
/* The last part without its suffixes (.yml, .md, .json, .gz ...); the caller
 * frees. */
char *origin_stem(const char *path);
/* The model whose folder the file lies in: "owner/name" of ".../owner__name/FILE"
 * or of a download cache's ".../models--owner--name/snapshots/SHA/FILE"; NULL for
 * another folder.  The caller frees. */
char *origin_model(const char *path);

/* The date in the name of results_TIME or samples_TASK_TIME as YYYY-MM-DD; false
 * when it has none. */
bool origin_date(const char *path, char date[11]);
/* Where that time begins in the last part of a path; NULL when there is none. */
const char *origin_time(const char *path);

/* Whose results a run says it has. */
struct origin_name {
	char *name;     /* owned */
	char *revision; /* owned; NULL when none is told */
};

/* The name that goes with what a run states its model to be (NULL: nothing), in
 * any of these shapes: owner/name, with a last "/" or "@REVISION" or as an address
 * of the Hub; a path into a download cache; a path of the machine that ran it.
 * The folder that the file lies in comes before a name without owner, and for a
 * path of that machine its last part is the name of a local model, which is told.
 * False when there is none; then the source has failed, with what to do; `what` is
 * "results", say. */
bool origin_name_of_run(struct source *source, const char *what, const char *stated, struct origin_name *name);
void origin_name_free(struct origin_name *name);

#endif
