/* Board: what is drawn a line each, and figures of models on it. */
#ifndef STEMMA_TUI_BOARD_H
#define STEMMA_TUI_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/bars.h"
#include "stemma/app/session.h"
#include "stemma/base/text.h"
#include "term/screen.h"

struct browser;
struct list;

#define FIGURE_SIZE 32
#define ROW_NAME_SIZE 80
#define CORNER_NAME 24 /* columns that a name gets in the border of a view */

/* What is drawn a line each: the target, then the benchmarks of the board. */
struct board_row {
	struct engine_target target; /* borrowed from the session, or of what follows */
	uint32_t benchmark;          /* of one */
	double weight;
	size_t place;                /* among the session's rows */
	char name[ROW_NAME_SIZE];
	struct bar_scale scale;      /* that its bars stand on, in its own unit */
	int decimals;                /* of its figures */
};
/* Of a model on such a row. */
struct row_figures {
	bool made;
	double published;                /* NAN where it is not, or not all of it */
	struct engine_estimate estimate; /* without its own scores; where not published, with them */
	double z;                        /* NAN where not published */
};

/* board_rows.c: makes the rows anew after the board, the target or the catalog has
 * changed; what was counted for the old ones is the caller's to forget. */
void board_rows_make(struct browser *browser);
void board_rows_free(struct browser *browser);
/* Stretches the bars over each benchmark's published scores, or over its whole scale again. */
void board_zoom(struct browser *browser);
/* zoom.c: gives each row the axis that its bars stand on now. */
void board_scale_rows(struct browser *browser);
/* How a target is drawn; the row borrows from it. */
void board_describe(const struct browser *browser, const struct target *target, struct board_row *row);
void board_describe_benchmark(const struct browser *browser, uint32_t benchmark, struct board_row *row);
/* Width of the name column in an area of this width. */
int board_label_width(const struct browser *browser, int width);

/* The queries and all that they said go: for another fit or catalog. */
void board_forget(struct browser *browser);
/* The session has another board: what was made of the rows before goes. */
void board_changed(struct browser *browser);
/* Another board or target by words, as in board_parse() and target_parse(); each says itself
 * what came of it. */
void board_choose(struct browser *browser, const char *words);
bool board_choose_target(struct browser *browser, const char *words);
const char *board_name(const struct browser *browser);
/* The next target (step 1) or the one before (-1): home, then the benchmarks of the board. */
void board_next_target(struct browser *browser);
void board_previous_target(struct browser *browser);
/* Another catalog is in place. */
void board_move_home(struct browser *browser);
/* The name of a row, its end cut off where it is wider. */
void board_append_name(const struct board_row *row, int width, struct text *out);
/* "3 above, 12 below": rows of a list that have no room; nothing when all have. */
void board_outside(const struct list *list, struct text *out);

/* board_figures.c: figures of models, counted when they are wanted */
void board_figures(struct browser *browser, size_t model, const struct board_row *row,
		   struct row_figures *figures);
/* From all that is known of a model; false, and NAN, where nothing can be said. */
bool board_estimate(struct browser *browser, size_t model, const struct engine_target *target,
		    struct engine_estimate *estimate);
/* What a model has in the score column: published, predicted, or NAN.  A picture in haste predicts only
 * some; estimate_due says that there are more. */
double board_value(struct browser *browser, size_t model, bool *predicted);
void board_draw_value(struct browser *browser, const struct area *area, int y, int right, enum style style,
		      size_t model);
void board_forget_values(struct browser *browser);

/* A number with one decimal, or a dot when it is not known, in `buffer`. */
const char *figure(char *buffer, double value);
/* A value on a row, in its unit; with "~" before it what is predicted. */
const char *figure_on(char *buffer, const struct board_row *row, double value, bool predicted);
/* "±2.1" */
const char *figure_margin(char *buffer, const struct screen *screen, const struct board_row *row, double half);
/* With sign: "+0.4" or "−0.4". */
const char *figure_signed(char *buffer, double value, int decimals);
/* What a reason is: a model, or "like MODEL (+2.1)", which scored so much above its prediction;
 * the buffer has REASON_SIZE bytes. */
#define REASON_SIZE 300
const char *figure_reason(char *buffer, const struct browser *browser, const struct engine_contribution *part);
/* A count with thousands apart. */
const char *figure_count(char *buffer, size_t value);
/* Bytes of `text` for a line of `width` columns, broken at a blank if it can. */
size_t text_break(const char *text, int width);
/* The same of *text, which goes to what is left for the next line. */
size_t text_take_line(const char **text, int width);

#endif
