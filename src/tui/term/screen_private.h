/* What screen.c and draw.c share. */
#ifndef STEMMA_TUI_SCREEN_PRIVATE_H
#define STEMMA_TUI_SCREEN_PRIVATE_H

#include <curses.h>

#include "term/screen.h"
#include "term/sequence.h"

/* In the order of the option's words. */
enum clipboard { CLIPBOARD_AUTO, CLIPBOARD_PLAIN, CLIPBOARD_NEVER };

struct screen {
	SCREEN *terminal;
	FILE *in, *out;     /* headless: /dev/null */
	bool headless, ascii, color;
	bool mouse;         /* in use */
	enum clipboard clipboard;
	attr_t attributes[STYLE_COUNT];
	short pair[STYLE_COUNT];
	attr_t selected;    /* added to everything drawn */
	int cursor_row, cursor_column;
	struct sequence sequence; /* of input, not all of it there yet */
	double sequence_time;     /* when the last of it came */
	bool fallen_back;         /* TERM has no description */
};

void screen_put(struct screen *screen, int row, int column, enum style style, const char *text);

#endif
