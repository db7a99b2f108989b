/* Imports: notes of what each brings, so that it can be taken back.  Private.
 *
 * A row knows which import brought it.  Before another one speaks of the row it notes what
 * stood there in before_TABLE, with its own number as the layer.  Taking the topmost layer
 * back restores what it noted; a layer below hands its note to the next one above; and the
 * import that brought a row leaves it to the next layer, or the row goes. */
#ifndef STEMMA_STORE_IMPORTS_H
#define STEMMA_STORE_IMPORTS_H

#include "database.h"

/* Binds the number of the running import, NULL where there is none. */
void bind_import(sqlite3_stmt *statement, int place, const struct store *store);

/* Each notes a row that may be about to change; *owner gets the import that brought it, 0
 * for none.  Nothing happens outside of an import, or when there is no such row. */
enum status note_model(struct store *store, int64_t model, struct error *error);
enum status note_edge(struct store *store, int64_t child, int64_t parent, const char *source, int64_t *owner,
		      struct error *error);
enum status note_attribute(struct store *store, int64_t model, const char *key, struct error *error);
enum status note_score(struct store *store, int64_t evaluation, int64_t benchmark, int shots, const char *setup,
		       int64_t *owner, struct error *error);
enum status note_outcomes(struct store *store, int64_t model, int64_t benchmark, struct error *error);
/* Remembers that a row of this owner has been changed. */
void note_replaced(struct store *store, int64_t owner);

#endif
