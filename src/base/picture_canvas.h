/* Canvas: cells of characters with a plot among them, and what stands in the plot. */
#ifndef STEMMA_PICTURE_CANVAS_H
#define STEMMA_PICTURE_CANVAS_H

#include "stemma/base/picture.h"

struct canvas {
	const struct picture *picture;
	struct picture_cell *cells;
	int width, height;
	enum picture_signs signs;
	int left, top, plot_width, plot_height; /* the plot, in cells */
	int dots_across, dots_up;               /* a cell */
	/* of canvas_draw_series(), by cell of the plot: */
	unsigned char *mask;    /* its dots */
	char *ascii;            /* a line '*', several points in one place ':'; else 0 */
	unsigned char *look;
};

/* Writes at most `most` columns; returns those used. */
int canvas_put(const struct canvas *canvas, int row, int column, int most, enum picture_look look, const char *text);
/* The same; what is wider loses its end to an ellipsis. */
int canvas_put_fit(const struct canvas *canvas, int row, int column, int most, enum picture_look look, const char *text);
/* A sign, or where there is only ASCII its twin. */
const char *canvas_sign(const struct canvas *canvas, const char *sign, const char *ascii);
/* The dot of a value, from the left and from the top of the plot; INT_MIN where it has no place. */
int canvas_across(const struct canvas *canvas, double x);
int canvas_down(const struct canvas *canvas, double y);

void canvas_draw_series(struct canvas *canvas);
void canvas_draw_marks(const struct canvas *canvas);

#endif
