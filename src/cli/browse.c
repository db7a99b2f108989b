/* stemma browse: the screen. */
#include <unistd.h>

#include "command.h"
#include "stemma/tui/tui.h"

struct browse_options {
	const char *script;
	bool ascii, no_mouse;
	int color, prior;
};

static const char *const color_words[] = {"auto", "never", "always", NULL};

#define OPTION(member) offsetof(struct browse_options, member)
static const struct option_spec specs[] = {
	{"ascii", 0, OPTION_FLAG, NULL, OPTION(ascii), "draw with ASCII characters only", NULL},
	{"no-mouse", 0, OPTION_FLAG, NULL, OPTION(no_mouse), "leave the mouse to the terminal", NULL},
	{"color", 0, OPTION_CHOICE, "WHEN", OPTION(color), "auto (default), never or always", color_words},
	{"script", 0, OPTION_TEXT, "FILE", OPTION(script), "run a key script without a terminal", NULL},
	{"prior", 0, OPTION_CHOICE, "PRIOR", OPTION(prior), PRIOR_HELP, prior_words},
};

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
		.ascii = options->ascii,
		.no_mouse = options->no_mouse,
		.color = (enum tui_color)options->color,
		.prior = (enum prior)options->prior,
	};
	struct session *session = NULL;
	enum status status = check_terminal(options, error);

	if (status == STATUS_OK)
		status = cli_open(cli, &session, error);
	if (status == STATUS_OK) {
		cli_release_interrupt(); /* the screen has keys for that */
		status = tui_run(session, &screen, error);
	}
	session_close(session);
	return status;
}

const struct command browse_command = {
	.name = "browse",
	.arguments = "[MODEL]",
	.summary = "Open the browser (the default command), at MODEL if given",
	.maximum = 1,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct browse_options),
	.run = browse_run,
};
