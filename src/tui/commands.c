/* The commands of the `:` line. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

static const struct command_info commands[] = {
#define X(symbol, name, argument, need, help) {name, #argument, help, ARGUMENT_##argument, NEED_##need},
	COMMAND_TABLE(X)
#undef X
};

const struct command_info *command_info(enum command command)
{
	return &commands[command];
}

/* ---- each command ------------------------------------------------------------- */

static void go_to(struct browser *browser, const char *name)
{
	struct error error = {0};
	size_t model;

	if (catalog_resolve(browser->session->catalog, name, &model, &error) != STATUS_OK) {
		browser_failure(browser, &error);
		return;
	}
	browser_jump(browser, model);
	browser_reveal(browser, model);
}

static void filter(struct browser *browser, const char *terms)
{
	browser_show_panes(browser, VIEW_TREE);
	find_filter(browser, terms);
}

static void sort(struct browser *browser, const char *word)
{
	find_sort(browser, word);
}

static void run_command(struct browser *browser, enum command command, const char *argument)
{
	switch (command) {
	case COMMAND_GOTO: go_to(browser, argument); break;
	case COMMAND_FILTER: filter(browser, argument); break;
	case COMMAND_SORT: sort(browser, argument); break;
	case COMMAND_TARGET: board_choose_target(browser, argument); break;
	case COMMAND_BOARD: board_choose(browser, argument); break;
	case COMMAND_DESCRIBE: picker_describe(browser, argument); break;
	case COMMAND_MARK: mark_set(browser, argument); break;
	case COMMAND_FLAG: flag_model(browser, argument); break;
	case COMMAND_SUGGEST: suggesting_wish(browser, argument); break;
	case COMMAND_ACCEPT: guess_accept(browser, argument); break;
	case COMMAND_WEIGHT: edit_weigh(browser, argument); break;
	case COMMAND_METHOD: edit_method(browser, argument); break;
	case COMMAND_WRITE: edit_write(browser, argument); break;
	case COMMAND_OPEN: edit_open(browser, argument); break;
	case COMMAND_SAVE: edit_save(browser, argument); break;
	case COMMAND_LOAD: edit_load(browser, argument); break;
	case COMMAND_DUPLICATE: versus_duplicate(browser, argument); break;
	case COMMAND_BESIDE: versus_load(browser, argument); break;
	case COMMAND_FORGET: edit_forget(browser, argument); break;
	case COMMAND_IMPORT: importing_start(browser, argument); break;
	case COMMAND_SYNC: syncing_start(browser, argument); break;
	case COMMAND_COUNT: break;
	}
}

/* ---- actions -------------------------------------------------------------------- */

/* An action by name: in the view where it is, else in a pane that has it. */
static void run_action(struct browser *browser, enum action action)
{
	static const enum view_id panes[] = {VIEW_TREE, VIEW_MODEL, VIEW_SKETCH};
	const struct action_info *info = action_info(action);

	if (action == ACTION_QUIT) { /* a word is meant, unlike a key */
		browser->depth = 0;
		browser->quit_asked = true;
	}
	if (info->views & 1u << browser_view(browser)) {
		browser_act(browser, action, 0);
		return;
	}
	for (size_t i = 0; i < sizeof panes / sizeof *panes; i++)
		if (info->views & 1u << panes[i]) {
			browser_show_panes(browser, panes[i]);
			browser_act(browser, action, 0);
			return;
		}
	browser_message(browser, "%s has no meaning in this view", info->name);
}

/* ---- names ------------------------------------------------------------------------ */

/* Commands and actions share names: an argument makes it the command. */
struct match {
	enum command command;
	enum action action;
	size_t count; /* names that begin so; 1 when one is just so */
	const char *first, *second;
};

static void match_name(struct match *match, const char *name, const char *word, size_t length,
		       bool *whole)
{
	if (*whole || strncmp(name, word, length) != 0)
		return;
	*whole = name[length] == '\0';
	if (*whole)
		match->count = 0;
	/* A command and an action may be called the same. */
	if (match->count > 0 && (strcmp(match->first, name) == 0 ||
				 (match->second && strcmp(match->second, name) == 0)))
		return;
	if (match->count == 0)
		match->first = name, match->second = NULL;
	else if (match->count == 1)
		match->second = name;
	match->count++;
}

static struct match find_name(const char *word, size_t length)
{
	struct match match = {.command = COMMAND_COUNT, .action = ACTION_NONE};
	bool whole = false;

	for (int i = 0; i < COMMAND_COUNT; i++)
		match_name(&match, commands[i].name, word, length, &whole);
	for (int i = 0; i < ACTION_COUNT; i++)
		match_name(&match, action_info((enum action)i)->name, word, length, &whole);
	if (match.count != 1)
		return match;
	for (int i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i].name, match.first) == 0)
			match.command = (enum command)i;
	for (int i = 0; i < ACTION_COUNT; i++)
		if (strcmp(action_info((enum action)i)->name, match.first) == 0)
			match.action = (enum action)i;
	return match;
}

void command_describe(const char *line, struct text *out)
{
	size_t length = strcspn(line, " ");
	struct match match = find_name(line, length);

	if (match.count != 1 || strlen(match.first) != length)
		return;
	if (match.command != COMMAND_COUNT)
		text_append_format(out, "%s: %s", commands[match.command].argument_name,
				   commands[match.command].help);
	else
		text_append(out, action_info(match.action)->help);
}

bool command_takes_argument(const char *name)
{
	struct match match = find_name(name, strlen(name));

	return match.count == 1 && match.command != COMMAND_COUNT && match.action == ACTION_NONE;
}

/* "12" goes to row 12. */
static bool run_number(struct browser *browser, const char *line)
{
	if (!*line || strspn(line, "0123456789") != strlen(line) || strlen(line) > 9)
		return false;
	browser_act(browser, ACTION_LAST, atoi(line));
	return true;
}

static void run_match(struct browser *browser, const struct match *match, const char *argument)
{
	const struct command_info *info =
		match->command != COMMAND_COUNT ? &commands[match->command] : NULL;

	/* What is chosen may be nothing. */
	bool complete = *argument || (info && info->argument == ARGUMENT_CHOICES);

	if (complete && info && !browser_has(browser, info->need))
		browser_message(browser, "%s", need_message(info->need));
	else if (complete && info)
		run_command(browser, match->command, argument);
	else if (*argument)
		browser_message(browser, "%s takes nothing", match->first);
	else if (match->action != ACTION_NONE)
		run_action(browser, match->action);
	else
		browser_message(browser, ":%s %s: %s", info->name, info->argument_name, info->help);
}

void command_run(struct browser *browser, const char *line)
{
	size_t length;

	line += strspn(line, " :");
	length = strcspn(line, " ");
	char *argument = memory_string(line + length + strspn(line + length, " "));
	for (size_t end = strlen(argument); end > 0 && argument[end - 1] == ' ';)
		argument[--end] = '\0';
	struct match match = find_name(line, length);
	if (length == 0 || run_number(browser, line))
		;
	else if (match.count == 0)
		browser_message(browser, "no command %.*s; Tab lists them", (int)length, line);
	else if (match.count > 1)
		browser_message(browser, "%.*s could be %s, %s%s", (int)length, line, match.first,
				match.second, match.count > 2 ? " and others" : "");
	else
		run_match(browser, &match, argument);
	free(argument);
}
