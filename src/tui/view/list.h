/* List: cursor and first visible row of anything that scrolls. */
#ifndef STEMMA_TUI_LIST_H
#define STEMMA_TUI_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "settings/actions.h"

struct list {
	size_t count, cursor, top;
	int height; /* rows on screen, as last drawn */
	int below;  /* rows of the view under the list, if it has any */
	bool clicked; /* the cursor was put there by the mouse: nothing moves under it */
};

/* Moves the cursor for a moving action; false for any other.  `count` 0 = none
 * given. */
bool list_act(struct list *list, enum action action, int count);
/* Takes the size and scrolls so that the cursor is on screen with a row of
 * context where there is one. */
/* Shows the row in the middle, unless it is in sight. */
void list_center(struct list *list, size_t row, size_t count);
void list_show(struct list *list, size_t count, int height);

/* The same for text without a cursor: moving actions scroll. */
bool list_scroll_act(struct list *list, enum action action, int count);
void list_scroll(struct list *list, size_t count, int height);

#endif
