/* Settings: a YAML file of names and values as a flat list with places. */
#ifndef STEMMA_FORMATS_SETTINGS_H
#define STEMMA_FORMATS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/error.h"

struct setting {
	char *name;              /* nested names are joined by dots: "keys.down" */
	char **values;           /* one of a scalar, none of null, all of a list */
	size_t count;
	bool list;
	long line, column;       /* of the name, from 1 */
	long value_line, value_column;
};

struct settings {
	struct setting *items;
	size_t count, capacity;
};

/* Reads one YAML document: mappings of scalars, lists of scalars and further
 * mappings.  STATUS_DATA with line and column when it is something else, or
 * when a name occurs twice.  An empty text has no settings.  The caller frees
 * with settings_free(), also after a failure. */
enum status settings_read(const char *text, size_t length, const char *file,
			  struct settings *settings, struct error *error);
void settings_free(struct settings *settings);

#endif
