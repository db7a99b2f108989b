/* stemma browse: the screen. */
#include <unistd.h>

#include "command.h"
#include "configuration.h"
#include "stemma/tui/tui.h"

struct browse_options {
	const char *script;
	bool ascii, no_mouse;
	int color, prior, theme; /* -1 = as configured */
	struct configuration configuration;
};
static const struct browse_options defaults = {.color = -1, .prior = -1, .theme = -1};

static const char *const color_words[] = {"auto", "never", "always", NULL};
static const char *const theme_words[] = {"dark", "light", "eight", "mono", NULL};

#define OPTION(member) offsetof(struct browse_options, member)
static const struct option_spec specs[] = {
	{"ascii", 0, OPTION_FLAG, NULL, OPTION(ascii), "draw with ASCII characters only", NULL},
	{"no-mouse", 0, OPTION_FLAG, NULL, OPTION(no_mouse), "leave the mouse to the terminal", NULL},
	{"color", 0, OPTION_CHOICE, "WHEN", OPTION(color), "auto (default), never or always", color_words},
	{"theme", 0, OPTION_CHOICE, "THEME", OPTION(theme), "dark (default), light, eight or mono", theme_words},
	{"script", 0, OPTION_TEXT, "FILE", OPTION(script), "run a key script without a terminal", NULL},
	{"prior", 0, OPTION_CHOICE, "PRIOR", OPTION(prior), PRIOR_HELP, prior_words},
	CONFIGURATION_SPECS(struct browse_options, configuration),
};

/* The switches go before what the file says. */
static enum status apply_switches(const struct browse_options *options, struct config *config,
				  struct error *error)
{
	const struct {
		const char *name, *value; /* NULL = not given */
	} switches[] = {
		{"ascii", options->ascii ? "always" : NULL},
		{"mouse", options->no_mouse ? "no" : NULL},
		{"color", options->color < 0 ? NULL : color_words[options->color]},
		{"theme", options->theme < 0 ? NULL : theme_words[options->theme]},
		{"prior", options->prior < 0 ? NULL : prior_words[options->prior]},
	};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < sizeof switches / sizeof *switches && status == STATUS_OK; i++)
		if (switches[i].value)
			status = config_set(config, switches[i].name, switches[i].value, error);
	return status;
}

/* A fault in the file is shown on the screen, with the defaults in force;
 * all else (no such file) ends the program. */
static enum status open_config(const struct browse_options *options, struct config **config,
			       struct error *fault, struct error *error)
{
	enum status status = configuration_open(&options->configuration, config, fault);

	if (status != STATUS_OK && status != STATUS_DATA) {
		*error = *fault;
		return status;
	}
	return apply_switches(options, *config, error);
}

static enum status check_terminal(const struct browse_options *options, struct error *error)
{
	if (options->script || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "the browser needs a terminal for input and output");
	return error_advise(error, "use 'stemma show' or 'stemma tree' in pipes, "
			    "or --script FILE");
}

static enum status browse_run(struct cli *cli, const void *specific, size_t count,
			      char **arguments, struct error *error)
{
	const struct browse_options *options = specific;
	struct tui_options screen = {
		.model = count ? arguments[0] : NULL,
		.script = options->script,
	};
	struct config *config = NULL;
	struct error fault = {0};
	struct session *session = NULL;
	enum status status = check_terminal(options, error);

	if (status == STATUS_OK)
		status = open_config(options, &config, &fault, error);
	if (status == STATUS_OK)
		status = cli_open(cli, &session, error);
	if (status == STATUS_OK) {
		cli_release_interrupt(); /* the screen has keys for that */
		screen.config = config;
		screen.fault = fault.status == STATUS_OK ? NULL : &fault;
		status = tui_run(session, &screen, error);
	}
	session_close(session);
	config_free(config);
	return status;
}

const struct command browse_command = {
	.name = "browse",
	.arguments = "[MODEL]",
	.summary = "Open the browser (the default command), at MODEL if given",
	.maximum = 1,
	.board = true,
	.target = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct browse_options),
	.defaults = &defaults,
	.run = browse_run,
};
