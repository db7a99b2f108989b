/* Plot: points on a plane of characters, for the screen and for plain text. */
#ifndef STEMMA_APP_PLOT_H
#define STEMMA_APP_PLOT_H

#include <stddef.h>

#include "stemma/app/wishes.h"

/* Cells are one byte each: ' ' nothing, PLOT_OTHER, PLOT_BEST or the label of
 * an answer. */
#define PLOT_OTHER '.' /* a published model */
#define PLOT_BEST 'x'  /* one that no other published model beats on both axes */

struct plot {
	int width, height;
	double low[2], high[2]; /* what the plane shows: across, up */
	char *cells;            /* owned; height rows of width, from the top */
};

/* The merges of a front on its first two axes, as the search shows them, among
 * the published scores of the models that it could take: all merges and all
 * PLOT_BEST are within the plane, of the others those that happen to be. */
void plot_front(struct plot *plot, int width, int height, const struct catalog *catalog,
		const struct wish_search *search, const struct front_result *result);
void plot_free(struct plot *plot);

/* What an answer is called in the plot: a merge 1 to 9, then a to w, y and z, then +; a published model PLOT_BEST. */
char plot_label(const struct front_result *result, size_t answer);
/* The cell of a point, from the top left; false when it is outside. */
bool plot_place(const struct plot *plot, double x, double y, int *column, int *row);

#endif
