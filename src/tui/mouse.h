/* The mouse: clicks, and weights that it drags. */
#ifndef STEMMA_TUI_MOUSE_H
#define STEMMA_TUI_MOUSE_H

#include <stdbool.h>
#include <stddef.h>

#include "term/screen.h"

struct browser;

/* A parent of the sketch that the mouse holds. */
struct drag {
	bool active, moved;
	size_t parent;
	int column, bar;  /* where it was pressed; where its bar begins, -1 = none */
	double weight;    /* that it had then */
};
void mouse_use(struct browser *browser, const struct mouse *mouse);
/* The parent drawn at a place of the screen, -1 when none is; *bar gets the
 * column where the bar at that place begins, -1 beside it. */
int sketch_parent_at(const struct browser *browser, int row, int column, int *bar);

#endif
