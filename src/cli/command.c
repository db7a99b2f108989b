#include "command.h"

#include <string.h>

#include "stemma/base/suggest.h"

const struct command *const command_list[] = {
#define X(name) &name##_command,
	COMMAND_TABLE(X)
#undef X
	NULL
};

static const char *const command_names[] = {
#define X(name) #name,
	COMMAND_TABLE(X)
#undef X
	NULL
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; command_list[i]; i++)
		if (!strcmp(command_list[i]->name, name))
			return command_list[i];
	return NULL;
}

const char *command_suggest(const char *name)
{
	return suggest_nearest(name, command_names);
}

static const struct option_spec *own_option(const struct command *command, const char *word)
{
	return options_find(command->specs, command->spec_count, word);
}

const struct option_spec *command_option(const struct command *command, const char *word)
{
	const struct option_spec *spec = options_find(cli_option_specs, cli_option_count, word);

	if (!spec && command)
		spec = own_option(command, word);
	for (size_t i = 0; !spec && !command && command_list[i]; i++)
		spec = own_option(command_list[i], word);
	if (!spec && (!command || command->board))
		spec = options_find(&cli_board_spec, 1, word);
	if (!spec && (!command || command->target))
		spec = options_find(&cli_target_spec, 1, word);
	return spec;
}

bool command_takes_next_word(const struct command *command, const char *word)
{
	if (strchr(word, '=') || (word[1] != '-' && word[1] && word[2]))
		return false;
	const struct option_spec *spec = command_option(command, word);
	return spec && spec->kind != OPTION_FLAG;
}

static void print_program_help(FILE *out)
{
	fprintf(out, "Usage: stemma [OPTION]... [MODEL]\n"
		"       stemma COMMAND [OPTION]... [ARGUMENT]...\n\n"
		"Browse the family tree of language models and predict what a merge would score.\n"
		"Without a command, open the browser, at MODEL if given.\n\nCommands:\n");
	for (size_t i = 0; command_list[i]; i++) {
		const struct command *command = command_list[i];
		fprintf(out, "  %-9s %-17s %s\n", command->name, command->arguments,
			command->summary);
	}
	fprintf(out, "\nOptions of all commands:\n");
	options_print(out, cli_option_specs, cli_option_count);
	fprintf(out, "\n'stemma COMMAND --help' describes a command; the manual is stemma(1).\n"
		"A word after '--' is never a command or an option.\n");
}

void command_print_help(FILE *out, const struct command *command)
{
	if (!command) {
		print_program_help(out);
		return;
	}
	fprintf(out, "Usage: stemma %s [OPTION]...%s%s\n\n%s.\n", command->name,
		command->arguments[0] ? " " : "", command->arguments, command->summary);
	if (command->details)
		fprintf(out, "%s\n", command->details);
	if (command->spec_count || command->board || command->target)
		fprintf(out, "\nOptions:\n");
	options_print(out, command->specs, command->spec_count);
	options_print(out, &cli_board_spec, command->board);
	options_print(out, &cli_target_spec, command->target);
	fprintf(out, "\nOptions of all commands:\n");
	options_print(out, cli_option_specs, cli_option_count);
}
