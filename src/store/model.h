/* Model: finding and filling rows of the table models.  Private. */
#ifndef STEMMA_STORE_MODEL_H
#define STEMMA_STORE_MODEL_H

#include "database.h"

/* A text that is nothing once it is cleaned is none. */
bool text_is_missing(const char *text);
/* The id of the model that has this name now, 0 when none has. */
enum status model_find_current(struct store *store, const char *name, int64_t *id,
			       struct error *error);
/* The id of the model of a name or alias, adding a bare one when there is none. */
enum status model_require(struct store *store, const char *name, int64_t *id, bool *added,
			  struct error *error);
/* To be called when a name may now mean another model. */
void model_forget_names(struct store *store);
/* Completes a model by the ranks; *changed says whether anything was new. */
enum status model_complete(struct store *store, int64_t id, const struct model_facts *facts,
			   bool *changed, struct error *error);
/* Facts from a row that begins with the columns of STATEMENT_GET_MODEL; the
 * strings live as long as the row. */
struct model_facts model_facts_of(sqlite3_stmt *row, int first);

#endif
