/* Command: a subcommand described once, for dispatch, --help and checks. */
#ifndef STEMMA_CLI_COMMAND_H
#define STEMMA_CLI_COMMAND_H

#include "cli.h"
#include "options.h"

/* Each is in the file of its name, report in model_report.c.  The first is the one that runs when no
 * command is named. */
#define COMMAND_TABLE(X) \
	X(browse) \
	X(import) \
	X(imports) \
	X(edit) \
	X(sync) \
	X(fit) \
	X(predict) \
	X(show) \
	X(report) \
	X(score) \
	X(tree) \
	X(residuals) \
	X(suggest) \
	X(plan) \
	X(race) \
	X(plot) \
	X(parents) \
	X(eval) \
	X(export) \
	X(choose) \
	X(benchmarks) \
	X(check) \
	X(config) \
	X(complete)

struct command {
	const char *name;
	const char *arguments;    /* as --help shows them, "" when none */
	const char *summary;
	const char *details;      /* more lines for --help, NULL when none */
	size_t minimum, maximum;  /* of arguments; COMMAND_MANY = no limit */
	const char *(*action)(size_t i); /* words that the first argument may be, NULL at the end; NULL any */
	bool json, csv;           /* it prints them */
	bool board, target;       /* it takes these options: cli_board_spec, cli_target_spec */
	const struct option_spec *specs;
	size_t spec_count;
	const struct option_need *needs; /* of these options; NULL none */
	size_t options_size;      /* of the struct that the specs fill */
	const void *defaults;     /* such a struct, NULL for all zero */
	enum status (*run)(struct cli *cli, const void *options, size_t count, char **arguments,
			   struct error *error);
};
#define COMMAND_MANY SIZE_MAX
/* For the two members specs and spec_count. */
#define COMMAND_SPECS(array) .specs = (array), .spec_count = sizeof(array) / sizeof *(array)

#define X(name) extern const struct command name##_command;
COMMAND_TABLE(X)
#undef X

extern const struct command *const command_list[]; /* NULL at the end */

/* NULL when there is none of that name. */
const struct command *command_find(const char *name);
/* The command whose name is near to a mistyped one, NULL when none is. */
const char *command_suggest(const char *name);

/* The option that a word such as "--db", "--db=x" or "-m" names for this command (NULL: for any
 * command: options of one name are alike in all), NULL when there is none. */
const struct option_spec *command_option(const struct command *command, const char *word);
/* Whether the word after this option is its value. */
bool command_takes_next_word(const struct command *command, const char *word);

/* --help of the program (command NULL) or of a command. */
void command_print_help(FILE *out, const struct command *command);

#endif
