/* What --until asks. */
#ifndef STEMMA_CLI_PLAN_UNTIL_H
#define STEMMA_CLI_PLAN_UNTIL_H

#include "stemma/app/catalog.h"
#include "stemma/base/error.h"
#include "stemma/engine/decision.h"

struct plan_until {
	bool asked;                /* anything */
	struct decision decision;  /* of the value, or of the first model's less the second's */
	bool below;                /* "< 70": whether it is not above */
	size_t models[2];          /* "A > B"; CATALOG_NONE else */
};

/* Reads "> 70", "< 70", "±2" ("+-2") and "A > B"; `level` in percent, NULL 95.  NULL asks nothing. */
enum status plan_until_parse(const struct catalog *catalog, const char *words, const char *level,
			     struct plan_until *until, struct error *error);

#endif
