/* What the files of the catalog share.  Private to the app. */
#ifndef STEMMA_APP_CATALOG_PRIVATE_H
#define STEMMA_APP_CATALOG_PRIVATE_H

#include "stemma/app/catalog.h"

/* A name or an alias; the table of them is sorted without regard to case,
 * names before aliases. */
struct catalog_name {
	const char *name; /* of the catalog's strings */
	uint32_t model;
	bool alias;
};

/* Sorts the table of names for lookup. */
void catalog_sort_names(struct catalog *catalog);

#endif
