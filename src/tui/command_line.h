/* The line that commands are typed on. */
#ifndef STEMMA_TUI_COMMAND_LINE_H
#define STEMMA_TUI_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/text.h"

struct browser;

/* What the command being typed could become. */
struct completion {
	char **items;      /* each the text that would replace what follows `start` */
	size_t count, capacity;
	size_t chosen;     /* SIZE_MAX = none yet */
	bool first_word;   /* of an argument of several */
	size_t start;      /* byte of the prompt's text */
	struct text typed; /* the text before the first Tab */
};

/* command_line.c */
void command_line_open(struct browser *browser, const char *line);
void command_line_ask(struct browser *browser);
void command_line_import(struct browser *browser);
void command_line_sync(struct browser *browser);
void command_line_free(struct browser *browser);
/* The history as text, a command a line, and back. */
void command_line_save(const struct browser *browser, struct text *out);
void command_line_load(struct browser *browser, const char *saved);

#endif
