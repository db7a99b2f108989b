/* What the files of the catalog share.  Private to the app. */
#ifndef STEMMA_APP_CATALOG_PRIVATE_H
#define STEMMA_APP_CATALOG_PRIVATE_H

#include "stemma/app/catalog.h"

/* Zeros behind the names, for sweeps that look ahead. */
#define CATALOG_NAMES_SPARE 4096

struct catalog_alias {
	const char *alias; /* of the catalog's strings */
	uint32_t model;
};

#endif
