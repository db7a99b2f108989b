/* Picture: a chart as data, drawn as characters or as SVG.
 *
 * Points, lines and bands stand on two axes; or bars, a row each, on one.  What is
 * added later is drawn over what was there.  NAN values are skipped. */
#ifndef STEMMA_BASE_PICTURE_H
#define STEMMA_BASE_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/text.h"

/* X(symbol, colour in SVG on light ground, on dark): the colours are near those of Okabe
 * and Ito (2008), which people with any common colour vision tell apart. */
#define PICTURE_LOOK_TABLE(X) \
	X(TEXT, "#222222", "#e6e6e6") \
	X(DIM, "#8a8a8a", "#8a8a8a") \
	X(FRAME, "#b0b0b0", "#5c5c5c") \
	X(POINT, "#0072b2", "#56b4e9") \
	X(BEST, "#c05000", "#e69f00") \
	X(GOOD, "#00795a", "#2fbf94") \
	X(BAD, "#b5446e", "#e28ab0")
enum picture_look {
#define X(symbol, ...) PICTURE_##symbol,
	PICTURE_LOOK_TABLE(X)
#undef X
	PICTURE_LOOK_COUNT
};

enum picture_kind { PICTURE_DOTS, PICTURE_LINE, PICTURE_BAND };
struct picture_datum {
	double x, low, high; /* low == high but in a band */
	char *name;          /* told by SVG viewers; NULL none */
};
struct picture_series {
	enum picture_kind kind;
	enum picture_look look;
	char *name; /* in the legend; NULL: not there */
	struct picture_datum *data;
	size_t count, capacity;
};

/* One point set off by a sign of one column. */
struct picture_mark {
	double x, y;
	enum picture_look look;
	char sign[8];     /* one in UTF-8 */
	char ascii;       /* the same where there is only ASCII */
	char *text;       /* beside it where there is room; NULL none */
	char *legend;     /* NULL: not in the legend */
};

/* A bar from one value to another; `from` NAN: a point at `to`. */
struct picture_row {
	char *label, *figure;
	double from, to;
	enum picture_look look;
};

enum picture_scale { PICTURE_LINEAR, PICTURE_LOG, PICTURE_DAYS /* since 1970 */ };
struct picture_axis {
	char *title; /* NULL none */
	enum picture_scale scale;
	double low, high; /* NAN until picture_fit() */
};

/* All parts are owned.  Begin with picture_init(). */
struct picture {
	char *title;
	struct picture_axis across, up; /* `up` has no meaning where there are rows */
	struct picture_series *series;
	size_t series_count, series_capacity;
	struct picture_mark *marks;
	size_t mark_count, mark_capacity;
	struct picture_row *rows;
	size_t row_count, row_capacity;
};

void picture_init(struct picture *picture, const char *title);
void picture_free(struct picture *picture);
/* Titles may be NULL. */
void picture_axes(struct picture *picture, enum picture_scale across, const char *across_title, enum picture_scale up,
		  const char *up_title);
/* Begins a series, to which picture_point() and picture_span() add. */
void picture_series(struct picture *picture, enum picture_kind kind, enum picture_look look, const char *name);
void picture_point(struct picture *picture, double x, double y, const char *name);
void picture_span(struct picture *picture, double x, double low, double high);
/* Text and legend may be NULL. */
void picture_mark(struct picture *picture, double x, double y, enum picture_look look, const char *sign, char ascii,
		  const char *text, const char *legend);
/* Takes the marks away from the one with this number on. */
void picture_unmark(struct picture *picture, size_t first);
void picture_row(struct picture *picture, const char *label, const char *figure, double from, double to,
		 enum picture_look look);

/* Keeps one point of the last series for each cell of a grid of so many columns and rows over
 * its extent: what a chart of a million points looks like. */
void picture_thin(struct picture *picture, size_t columns, size_t rows);
/* Gives each axis without ends the extent of the data, and a margin. */
void picture_fit(struct picture *picture);

/* ---- axes ------------------------------------------------------------------------------ */

/* Where a value is on an axis: 0 at its low end, 1 at its high end; NAN where it has no place (what is not
 * positive on a log axis). */
double picture_place(const struct picture_axis *axis, double value);
/* Round values on the axis, at most `most` (2 to PICTURE_TICKS_MAX) of them, rising. */
#define PICTURE_TICKS_MAX 12
#define PICTURE_TICK_SIZE 32
struct picture_tick {
	double value;
	char text[PICTURE_TICK_SIZE]; /* all with the same decimals; of dates year, month or day */
};
size_t picture_ticks(const struct picture_axis *axis, size_t most, struct picture_tick *ticks);

/* ---- drawing --------------------------------------------------------------------------- */

/* What a cell is made of: 2 x 4 dots of braille, 1 x 2 half blocks, or one ASCII character. */
enum picture_signs { PICTURE_BRAILLE, PICTURE_BLOCKS, PICTURE_ASCII };
struct picture_cell {
	char text[8];       /* one sign in UTF-8; "" = the second half of the wide one before */
	unsigned char look; /* enum picture_look */
};
/* Draws into height rows of width cells, without the title: what has no room is left out. */
void picture_draw(const struct picture *picture, int width, int height, enum picture_signs signs,
		  struct picture_cell *cells);
/* Rows that picture_draw() makes use of: as many as a picture of rows needs, else `height`. */
int picture_height(const struct picture *picture, int height);
/* The same as lines, trailing blanks cut, with the title as the first. */
void picture_print(const struct picture *picture, int width, int height, enum picture_signs signs, struct text *out);

/* Appends an SVG document, legible on light and on dark ground. */
void picture_svg(const struct picture *picture, struct text *out);

#endif
