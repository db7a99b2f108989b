/* Kept lists: named lists of the user's in the cache, boards and targets.  Private to the
 * app. */
#ifndef STEMMA_APP_KEPT_LISTS_H
#define STEMMA_APP_KEPT_LISTS_H

#include <stdbool.h>

#include "stemma/base/error.h"
#include "stemma/store/store.h"

#define KEPT_BOARDS "boards"
#define KEPT_TARGETS "targets"

/* Calls take() for each by name, with what it lists, which it may cut up. */
void kept_list_each(struct store *store, const char *kind,
		    void (*take)(void *context, const char *name, char *list), void *context);
/* Puts one in the place of that of the same name; an empty list drops it, and *found (NULL
 * allowed) says whether there was one. */
enum status kept_list_put(struct store *store, const char *kind, const char *name, const char *list,
			  bool *found, struct error *error);

#endif
