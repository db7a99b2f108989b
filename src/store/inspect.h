/* Inspection of a cache's schema before anything of it is used.  Private. */
#ifndef STEMMA_STORE_INSPECT_H
#define STEMMA_STORE_INSPECT_H

#include "database.h"

/* Beside the schema, made when there is use for it (packed.c): a cache of any version may have or lack it. */
#define PACKED_SQL "CREATE TABLE IF NOT EXISTS packed (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT"

/* STATUS_CACHE with the name of the first table, view, index or trigger that is not as the steps up to
 * `version` (> 0) make it, or that they do not make, or that is missing.  Only reads. */
enum status schema_inspect(struct store *store, const struct schema *schema, int64_t version, struct error *error);

#endif
