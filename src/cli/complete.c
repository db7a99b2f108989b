/* stemma complete: candidates for the last word of a command line.
 *
 * The scripts in share/completions run it and filter nothing, so that a shell offers what the
 * option tables and the cache have.  A candidate is one line, with a tab and a description where
 * there is one.  No candidates: the shell offers files. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "command.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* A command line, read up to its last word. */
struct line {
	const struct command *command;   /* the browser until one is named */
	const struct option_spec *value; /* the last word is the value of this option; NULL none */
	size_t arguments;                /* before the last word */
	bool named, only_arguments;      /* a command was named; "--" was passed */
	const char *db;                  /* as --db says; NULL the default cache */
};

static bool begins(const char *text, const char *beginning)
{
	return strncasecmp(text, beginning, strlen(beginning)) == 0;
}

/* `head` is what precedes `word` in the same shell word, such as "--db=" or "gsm8k,". */
static void offer(const char *head, const char *word, const char *description)
{
	printf("%s%s", head, word);
	if (description)
		printf("\t%s", description);
	putchar('\n');
}

/* ---- reading the line ---------------------------------------------------------- */

static void read_option(struct line *line, const char *word)
{
	if (command_takes_next_word(line->named ? line->command : NULL, word))
		line->value = command_option(line->named ? line->command : NULL, word);
	else if (strncmp(word, "--db=", 5) == 0)
		line->db = word + 5;
}

static void read_argument(struct line *line, const char *word)
{
	const struct command *command = line->named || line->only_arguments ? NULL : command_find(word);

	if (command) {
		line->command = command;
		line->named = true;
	} else {
		line->arguments++;
	}
}

static void read_word(struct line *line, const char *word)
{
	if (line->value) {
		if (strcmp(line->value->name, "db") == 0)
			line->db = word;
		line->value = NULL;
	} else if (!line->only_arguments && strcmp(word, "--") == 0) {
		line->only_arguments = true;
	} else if (!line->only_arguments && word[0] == '-' && word[1]) {
		read_option(line, word);
	} else {
		read_argument(line, word);
	}
}

/* ---- models and benchmarks ------------------------------------------------------- */

/* The cache as it is: completion makes none. */
static struct session *open_cache(const struct line *line)
{
	char *standard = line->db ? NULL : store_default_path();
	const char *path = line->db ? line->db : standard;
	struct session *session = NULL;
	struct error error = {0};

	if (path && access(path, R_OK) == 0)
		session_open(path, true, NULL, NULL, &session, &error);
	error_clear(&error);
	free(standard);
	return session;
}

/* Names go by owner first, as files by folder: "Qwen/" until the word has the slash. */
static void offer_models(const struct line *line, const char *head, const char *word)
{
	struct session *session = open_cache(line);
	const uint32_t *order = session ? catalog_by_name(session->catalog) : NULL;
	struct text owner = {0};

	for (size_t i = 0; session && i < session->catalog->count; i++) {
		const char *name = session->catalog->models[order[i]].name;
		const char *slash = strchr(word, '/') ? NULL : strchr(name, '/');
		if (!begins(name, word))
			continue;
		if (!slash) {
			offer(head, name, NULL);
		} else if (!owner.length || !begins(name, text_string(&owner))) {
			text_clear(&owner);
			text_append_bytes(&owner, name, (size_t)(slash - name) + 1);
			offer(head, text_string(&owner), NULL);
		}
	}
	text_free(&owner);
	session_close(session);
}

static void offer_boards(const struct session *session, const char *head, const char *word)
{
	for (size_t i = 0; i < session->boards.count; i++)
		if (session->boards.list[i].name && begins(session->boards.list[i].name, word))
			offer(head, session->boards.list[i].name, "board");
}

/* The last of a list such as "gsm8k,humaneval". */
static void offer_benchmarks(const struct line *line, const char *head, const char *word, bool boards)
{
	struct session *session = open_cache(line);
	const char *comma = strrchr(word, ',');
	struct text before = {0};

	text_append(&before, head);
	if (comma)
		text_append_bytes(&before, word, (size_t)(comma - word) + 1);
	word = comma ? comma + 1 : word;
	if (session && boards)
		offer_boards(session, text_string(&before), word);
	for (size_t i = 0; session && i < session->catalog->benchmark_count; i++) {
		const struct catalog_benchmark *benchmark = &session->catalog->benchmarks[i];
		if (begins(benchmark->key, word))
			offer(text_string(&before), benchmark->key, benchmark->title);
	}
	text_free(&before);
	session_close(session);
}

/* What a placeholder of --help, such as MODEL[:WEIGHT], stands for. */
static void offer_placeholder(const struct line *line, const char *placeholder, const char *head,
			      const char *word)
{
	if (strstr(placeholder, "MODEL") || strcmp(placeholder, "OWNER/NAME") == 0)
		offer_models(line, head, word);
	else if (strstr(placeholder, "KEY") || strstr(placeholder, "BENCHMARK"))
		offer_benchmarks(line, head, word, false);
	else if (strcmp(placeholder, "BOARD") == 0 || strcmp(placeholder, "TARGET") == 0)
		offer_benchmarks(line, head, word, true);
}

/* ---- options, commands, arguments ------------------------------------------------- */

static void offer_value(const struct line *line, const struct option_spec *spec, const char *head,
			const char *word)
{
	for (size_t i = 0; spec->choices && spec->choices[i]; i++)
		if (begins(spec->choices[i], word))
			offer(head, spec->choices[i], NULL);
	if (!spec->choices)
		offer_placeholder(line, spec->argument, head, word);
}

static void offer_specs(const struct option_spec *specs, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strncmp(word, "--", 2) != 0 || begins(specs[i].name, word + 2))
			offer("--", specs[i].name, specs[i].help);
}

static void offer_options(const struct line *line, const char *word)
{
	const struct command *command = line->command;

	offer_specs(command->specs, command->spec_count, word);
	offer_specs(&cli_board_spec, command->board, word);
	offer_specs(&cli_target_spec, command->target, word);
	offer_specs(cli_option_specs, cli_option_count, word);
}

static void offer_argument(const struct line *line, const char *word)
{
	const struct command *command = line->command;
	const char *action;

	for (size_t i = 0; !line->named && !line->only_arguments && command_list[i]; i++)
		if (begins(command_list[i]->name, word))
			offer("", command_list[i]->name, command_list[i]->summary);
	if (command->action && line->arguments == 0) {
		for (size_t i = 0; (action = command->action(i)); i++)
			if (begins(action, word))
				offer("", action, NULL);
	} else if (line->arguments < command->maximum) {
		offer_placeholder(line, command->arguments, "", word);
	}
}

static void offer_last(const struct line *line, const char *word)
{
	const char *equals = strchr(word, '=');

	if (line->value) {
		offer_value(line, line->value, "", word);
	} else if (line->only_arguments || word[0] != '-') {
		offer_argument(line, word);
	} else if (!equals) {
		offer_options(line, word);
	} else {
		const struct option_spec *spec = command_option(line->command, word);
		char *head = memory_string_slice(word, (size_t)(equals - word) + 1);
		if (spec && spec->kind != OPTION_FLAG)
			offer_value(line, spec, head, equals + 1);
		free(head);
	}
}

static enum status complete_run(struct cli *cli, const void *specific, size_t count, char **arguments,
				struct error *error)
{
	struct line line = {.command = command_list[0], .db = cli->options.db};

	(void)specific, (void)error;
	for (size_t i = 0; i + 1 < count; i++)
		read_word(&line, arguments[i]);
	offer_last(&line, arguments[count - 1]);
	return STATUS_OK;
}

const struct command complete_command = {
	.name = "complete",
	.arguments = "-- WORD...",
	.summary = "List completions of a command line, for shells",
	.details = "\nThe words are those after \"stemma\"; the last one, which may be empty, is completed.",
	.minimum = 1,
	.maximum = COMMAND_MANY,
	.run = complete_run,
};
