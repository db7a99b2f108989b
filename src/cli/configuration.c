#include "configuration.h"

#include <stdlib.h>
#include <unistd.h>

#include "stemma/base/memory.h"

char *configuration_path(const struct configuration *configuration)
{
	if (configuration->none)
		return NULL;
	return configuration->file ? memory_string(configuration->file) : config_default_path();
}

enum status configuration_open(const struct configuration *configuration,
			       struct config **config, struct error *error)
{
	char *path = configuration_path(configuration);
	enum status status = STATUS_OK;

	*config = config_new();
	if (configuration->file && configuration->none)
		status = error_set(error, STATUS_USAGE, "--config and --no-config exclude each other");
	else if (path && (configuration->file || access(path, F_OK) == 0))
		status = config_read(*config, path, error);
	free(path);
	return status;
}
