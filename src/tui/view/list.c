#include "view/list.h"

static void list_move(struct list *list, long step)
{
	long target = (long)list->cursor + step, last = (long)list->count - 1;

	list->cursor = target < 0 || last < 0 ? 0 : (size_t)(target > last ? last : target);
}

bool list_act(struct list *list, enum action action, int count)
{
	long times = count > 0 ? count : 1, page = list->height > 2 ? list->height - 1 : 1;
	long half = list->height > 3 ? list->height / 2 : 1;

	list->clicked = false;
	switch (action) {
	case ACTION_DOWN: list_move(list, times); return true;
	case ACTION_UP: list_move(list, -times); return true;
	case ACTION_PAGE_DOWN: list_move(list, times * page); return true;
	case ACTION_PAGE_UP: list_move(list, -times * page); return true;
	case ACTION_HALF_DOWN: list_move(list, times * half); return true;
	case ACTION_HALF_UP: list_move(list, -times * half); return true;
	case ACTION_FIRST: list->cursor = 0; return true;
	case ACTION_LAST:
		list->cursor = 0;
		list_move(list, count > 0 ? count - 1 : (long)list->count);
		return true;
	default: return false;
	}
}

void list_center(struct list *list, size_t row, size_t count)
{
	size_t rows = list->height > 0 ? (size_t)list->height : 1;

	list->cursor = row;
	list->count = count;
	if (row < list->top || row >= list->top + rows)
		list->top = row > rows / 2 ? row - rows / 2 : 0;
}

void list_show(struct list *list, size_t count, int height)
{
	size_t rows = height > 0 ? (size_t)height : 1;
	size_t margin = rows >= 6 && !list->clicked ? 1 : 0;

	list->count = count;
	list->height = (int)rows;
	if (list->cursor >= count)
		list->cursor = count ? count - 1 : 0;
	/* A jump far away brings its surroundings along. */
	if (list->cursor + rows < list->top || list->cursor > list->top + 2 * rows)
		list->top = list->cursor > rows / 3 ? list->cursor - rows / 3 : 0;
	if (list->cursor < list->top + margin)
		list->top = list->cursor > margin ? list->cursor - margin : 0;
	if (list->cursor + margin >= list->top + rows)
		list->top = list->cursor + margin + 1 - rows;
	if (list->top + rows > count)
		list->top = count > rows ? count - rows : 0;
}

bool list_scroll_act(struct list *list, enum action action, int count)
{
	/* One row at a time moves the top; the rest as with a cursor there. */
	list->cursor = list->top;
	if (action == ACTION_LAST && count == 0)
		list->cursor = list->count;
	else if (!list_act(list, action, count))
		return false;
	list->top = list->cursor;
	list_scroll(list, list->count, list->height);
	return true;
}

void list_scroll(struct list *list, size_t count, int height)
{
	size_t rows = height > 0 ? (size_t)height : 1;

	list->count = count;
	list->height = (int)rows;
	if (list->top + rows > count)
		list->top = count > rows ? count - rows : 0;
	list->cursor = list->top;
}
