/* stemma config: what the configuration file says. */
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "configuration.h"

struct config_options {
	struct configuration configuration;
	bool print, manual;
};

#define OPTION(member) offsetof(struct config_options, member)
static const struct option_spec specs[] = {
	CONFIGURATION_SPECS(struct config_options, configuration),
	{"print", 0, OPTION_FLAG, NULL, OPTION(print), "print what is in force as YAML with comments", NULL},
	{"manual", 0, OPTION_FLAG, NULL, OPTION(manual), "print the options as text for stemma-config(5)", NULL},
};

static void print_text(const struct config_options *options, const struct config *config)
{
	struct text out = {0};

	if (options->manual)
		config_manual(&out);
	else
		config_print(config, &out);
	fputs(text_string(&out), stdout);
	text_free(&out);
}

/* The file, whether there is one, and how much it says. */
static void print_state(const struct config_options *options, const struct config *config)
{
	char *path = configuration_path(&options->configuration);
	size_t changes = config_changes(config);

	if (!path)
		printf("the defaults are in force\n");
	else if (access(path, F_OK) != 0)
		printf("%s: not there; the defaults are in force\n", path);
	else
		printf("%s: valid, %zu option%s not as by default\n", path, changes,
		       changes == 1 ? "" : "s");
	free(path);
}

static enum status config_run(struct cli *cli, const void *specific, size_t count,
			      char **arguments, struct error *error)
{
	const struct config_options *options = specific;
	struct config *config = NULL;

	(void)cli;
	(void)count;
	(void)arguments;
	enum status status = configuration_open(&options->configuration, &config, error);
	if (status == STATUS_OK && (options->print || options->manual))
		print_text(options, config);
	else if (status == STATUS_OK)
		print_state(options, config);
	config_free(config);
	return status;
}

const struct command config_command = {
	.name = "config",
	.arguments = "",
	.summary = "Check the configuration file, or print what is in force",
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct config_options),
	.run = config_run,
};
