/* Corrections: the user's own word on the lineage and on benchmarks, kept in two files
 * and put into every cache that is opened. */
#ifndef STEMMA_APP_CORRECTIONS_H
#define STEMMA_APP_CORRECTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/error.h"
#include "stemma/base/facts.h"
#include "stemma/store/store.h"

/* $STEMMA_CORRECTIONS, else $XDG_CONFIG_HOME/stemma/corrections.yaml or its
 * fallback; the caller frees.  NULL when there is no such place. */
char *corrections_path(void);

/* Brings the cache in line with the file, and with benchmarks.yaml beside it (or
 * $STEMMA_BENCHMARKS), each in one transaction, where it is another than the last time;
 * *changed says whether one was so.  No file is an empty one. */
enum status corrections_apply(struct store *store, bool *changed, struct error *error);

/* Appends edges to the file, which is made when there is none; what was in it
 * stays as it is, comments too. */
enum status corrections_append(const struct edge_facts *edges, size_t count, struct error *error);

/* Appends an edit, which corrections_undo() takes off again. */
struct corrections_edit;
enum status corrections_edit(const struct corrections_edit *edit, struct error *error);
/* Takes the last edit off the file; STATUS_NO_INPUT when it ends in none. */
enum status corrections_undo(struct error *error);

#endif
