/* From the words of the command line to the function of a subcommand. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "config.h"
#include "stemma/base/memory.h"

/* Index of the first word that is neither an option nor the value of one;
 * argc when there is none before "--". */
static int find_first_word(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--"))
			return argc;
		if (argv[i][0] != '-' || !argv[i][1])
			return i;
		if (command_takes_next_word(NULL, argv[i]))
			i++;
	}
	return argc;
}

/* Takes the command's name out of the words; the browser needs none. */
static const struct command *take_command(int *argc, char **argv)
{
	int at = find_first_word(*argc, argv);
	const struct command *command = at < *argc ? command_find(argv[at]) : NULL;

	if (!command)
		return command_list[0];
	memmove(argv + at, argv + at + 1, (size_t)(*argc - at) * sizeof *argv);
	(*argc)--;
	return command;
}

/* A lone word near to a command's name is more likely that than a model. */
static enum status check_mistyped(const struct command *command, int argc, char **argv,
				  struct error *error)
{
	int at = find_first_word(argc, argv);

	if (command != command_list[0] || at >= argc || strchr(argv[at], '/'))
		return STATUS_OK;
	const char *nearest = command_suggest(argv[at]);
	if (!nearest)
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "unknown command '%s'", argv[at]);
	return error_advise(error, "did you mean 'stemma %s'? (a model of that name: stemma -- %s)",
			    nearest, argv[at]);
}

static enum status check_arguments(const struct command *command, size_t count,
				   struct error *error)
{
	if (count < command->minimum)
		error_set(error, STATUS_USAGE, "%s needs %s", command->name, command->arguments);
	else if (count > command->maximum && command->maximum)
		error_set(error, STATUS_USAGE, "%s takes only %zu argument%s", command->name,
			  command->maximum, command->maximum > 1 ? "s" : "");
	else if (count > command->maximum)
		error_set(error, STATUS_USAGE, "%s takes no arguments", command->name);
	else
		return STATUS_OK;
	return error_advise(error, "see 'stemma %s --help'", command->name);
}

static enum status check_format(const struct command *command, const struct cli_options *options,
				struct error *error)
{
	if (options->json && options->csv)
		return error_set(error, STATUS_USAGE, "--json and --csv exclude each other");
	if ((options->json && !command->json) || (options->csv && !command->csv))
		return error_set(error, STATUS_USAGE, "%s prints no %s", command->name,
				 options->json ? "JSON" : "CSV");
	return STATUS_OK;
}

/* --help and --version come before everything that could be wrong. */
static bool answered(struct cli *cli, const struct command *command, bool named)
{
	if (cli->options.help)
		command_print_help(stdout, named ? command : NULL);
	else if (cli->options.version)
		printf("%s\n", PACKAGE_STRING);
	return cli->options.help || cli->options.version;
}

static enum status run_command(struct cli *cli, const struct command *command, bool named,
			       int argc, char **argv, void *options, struct error *error)
{
	struct option_group groups[] = {
		{cli_option_specs, cli_option_count, NULL, &cli->options},
		{command->specs, command->spec_count, command->needs, options},
		{&cli_board_spec, command->board, NULL, &cli->options},
		{&cli_target_spec, command->target, NULL, &cli->options},
	};
	int first;
	enum status status = options_parse(groups, sizeof groups / sizeof *groups, argc, argv, &first, error);

	if (status == STATUS_OK && !answered(cli, command, named)) {
		size_t count = (size_t)(argc - first);
		status = check_arguments(command, count, error);
		if (status == STATUS_OK)
			status = check_format(command, &cli->options, error);
		if (status == STATUS_OK)
			status = command->run(cli, options, count, argv + first, error);
	}
	options_free(&groups[1]);
	return status;
}

/* "stemma help" and "stemma help COMMAND". */
static enum status help(int argc, char **argv, struct error *error)
{
	const struct command *command = argc > 2 ? command_find(argv[2]) : NULL;
	const char *nearest = argc > 2 && !command ? command_suggest(argv[2]) : NULL;

	if (argc > 2 && !command) {
		error_set(error, STATUS_USAGE, "unknown command '%s'", argv[2]);
		return nearest ? error_advise(error, "did you mean 'stemma help %s'?", nearest)
			       : error_advise(error, "\"stemma help\" lists them");
	}
	command_print_help(stdout, command);
	return STATUS_OK;
}

enum status cli_run(struct cli *cli, int argc, char **argv, struct error *error)
{
	if (argc > 1 && strcmp(argv[1], "help") == 0)
		return help(argc, argv, error);
	char **words = memory_allocate((size_t)argc + 1, sizeof *words);
	int count = argc;

	memcpy(words, argv, ((size_t)argc + 1) * sizeof *words);
	const struct command *command = take_command(&count, words);
	void *options = memory_zero(1, command->options_size ? command->options_size : 1);
	if (command->defaults)
		memcpy(options, command->defaults, command->options_size);
	enum status status = check_mistyped(command, count, words, error);
	if (status == STATUS_OK)
		status = run_command(cli, command, count < argc, count, words, options, error);
	free(options);
	free(words);
	return status;
}
