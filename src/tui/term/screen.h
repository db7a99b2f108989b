/* Screen: the terminal.  The only part of the browser that knows curses. */
#ifndef STEMMA_TUI_SCREEN_H
#define STEMMA_TUI_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

#include "stemma/base/error.h"
#include "stemma/base/picture.h"
#include "stemma/tui/config.h"
#include "settings/theme.h"
#include "term/sequence.h"

struct area {
	int top, left, height, width;
};

struct screen;

/* Starts curses on the terminal, or headless with a size.  STATUS_USAGE when
 * there is no terminal that can be used. */
enum status screen_open(const struct config *config, bool headless, int rows, int columns,
			struct screen **screen, struct error *error);
/* Restores the terminal. NULL allowed. */
void screen_close(struct screen *screen);

bool screen_is_ascii(const struct screen *screen);
bool screen_is_headless(const struct screen *screen);
int screen_rows(const struct screen *screen);
int screen_columns(const struct screen *screen);
/* Takes the size that the terminal has now. */
void screen_measure(struct screen *screen);
void screen_resize(struct screen *screen, int rows, int columns);
/* Hands the terminal back, stops the process and takes it again. */
void screen_suspend(struct screen *screen);
/* After the process was stopped and continued by others. */
void screen_resume(struct screen *screen);

/* A frame: begin, draw, end. */
void screen_begin(struct screen *screen);
void screen_end(struct screen *screen);
void screen_redraw(struct screen *screen); /* the next frame is sent in full */

/* The next key, INPUT_PASTE, INPUT_MOUSE with its place, or INPUT_NONE. */
int screen_input(struct screen *screen, struct mouse *mouse);
/* What INPUT_PASTE brought, as one line; valid until the next screen_input(). */
const char *screen_paste(const struct screen *screen);
/* Whether it draws as for another type of terminal, TERM having no description. */
bool screen_fell_back(const struct screen *screen);

/* The mouse is ours, or the terminal's. */
void screen_use_mouse(struct screen *screen, bool use);

/* Copies to the clipboard by OSC 52, as configured; false when it is not to. */
bool screen_copy(struct screen *screen, const char *text);

/* The screen as text, trailing blanks of each line trimmed. */
/* Writes a line for each row: the looks that its cells have, sorted, such as
 * "bold 32, dim". */
void screen_dump_looks(struct screen *screen, FILE *file);
void screen_dump(struct screen *screen, FILE *file);

/* ---- drawing ---------------------------------------------------------------
 * Rows and columns are those of the area; what is outside it is cut off.  All
 * return the columns used.  With ASCII only, line and mark characters become
 * their ASCII twins, others `?`. */

int draw_text(struct screen *screen, const struct area *area, int row, int column,
	      enum style style, const char *text);
int draw_format(struct screen *screen, const struct area *area, int row, int column,
		enum style style, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* At most `width` columns; what is longer loses its middle to an ellipsis. */
int draw_fit(struct screen *screen, const struct area *area, int row, int column, int width,
	     enum style style, const char *text);
/* Ends before `column`. */
int draw_right(struct screen *screen, const struct area *area, int row, int column,
	       enum style style, const char *text);
void draw_repeat(struct screen *screen, const struct area *area, int row, int column, int width,
		 enum style style, const char *sign);
/* The selected row: everything drawn until it is switched off is reversed (or,
 * without focus, underlined). */
void draw_selected(struct screen *screen, bool selected, bool focus);
/* Where the terminal's own cursor stands after the frame. */
void draw_cursor(struct screen *screen, const struct area *area, int row, int column);
/* Cells of bars.h. */
void draw_bar(struct screen *screen, const struct area *area, int row, int column,
	      const char *cells);
/* In the whole area, without its title. */
void draw_picture(struct screen *screen, const struct area *area, const struct picture *picture);
/* "±" or "+-". */
const char *plus_minus(const struct screen *screen);

#endif
