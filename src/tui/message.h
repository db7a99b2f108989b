/* Messages: what is told on the last row and kept for the view of them. */
#ifndef STEMMA_TUI_MESSAGE_H
#define STEMMA_TUI_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "stemma/base/error.h"

struct browser;

#define MESSAGE_NONE SIZE_MAX
struct message {
	char *text;
	bool failure;
	bool passing; /* of the moment: the next message takes its place */
	time_t when;
};

void browser_message(struct browser *browser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void browser_failure(struct browser *browser, const struct error *error);
void browser_tell(struct browser *browser, const char *text, bool failure);
/* A message of the moment, as each key of a search has one: only the last of a row of
 * them is kept, and that only until there is another. */
void browser_remark(struct browser *browser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same for the messages view alone: details of what will be told. */
void browser_note(struct browser *browser, const char *text, bool failure);
/* Puts the latest message on the last row, where a failure stays until the next key
 * or another failure: what runs beside the screen may have something to say, too. */
void browser_show_message(struct browser *browser);
void browser_hide_message(struct browser *browser);
/* The message on the last row; NULL = none. */
const struct message *browser_shown_message(const struct browser *browser);

#endif
