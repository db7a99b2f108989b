/* Curve: how wide a 90 % interval is by what was spent, for text and as SVG. */
#ifndef STEMMA_APP_CURVE_H
#define STEMMA_APP_CURVE_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/text.h"

struct curve {
	const char *title, *across, *up; /* borrowed: what it shows, and its axes */
	size_t count;
	const double *x, *y;             /* x ascending from 0, y >= 0; borrowed */
};

/* Drawn in characters, with its axes: `height` rows and those below; at least 20 wide and 3 high. */
void curve_text(const struct curve *curve, int width, int height, bool utf8, struct text *out);
/* A file of its own, black on white. */
void curve_svg(const struct curve *curve, struct text *out);

#endif
