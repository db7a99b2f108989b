/* Configuration: the switches that say which file is read, and reading it. */
#ifndef STEMMA_CLI_CONFIGURATION_H
#define STEMMA_CLI_CONFIGURATION_H

#include <stdbool.h>

#include "options.h"
#include "stemma/tui/config.h"

struct configuration {
	const char *file; /* NULL: the user's, if there is one */
	bool none;
};

#define CONFIGURATION_SPECS(type, member) \
	{"config", 0, OPTION_TEXT, "FILE", offsetof(type, member.file), \
	 "read this configuration instead of the user's", NULL}, \
	{"no-config", 0, OPTION_FLAG, NULL, offsetof(type, member.none), \
	 "read no configuration: the defaults are in force", NULL}

/* The file that is read; NULL when none is.  The caller frees. */
char *configuration_path(const struct configuration *configuration);

/* Makes *config, which the caller frees also after a failure: then the
 * defaults are in it.  A file that was named must exist (STATUS_NO_INPUT), the
 * user's need not. */
enum status configuration_open(const struct configuration *configuration,
			       struct config **config, struct error *error);

#endif
