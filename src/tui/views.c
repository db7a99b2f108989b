/* The views: their table, their states, and the stack of those that are open. */
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "stemma/base/memory.h"

const struct view_ops *view_ops(enum view_id view)
{
	static const struct view_ops *const views[] = {
#define X(symbol, name, ops) &ops,
		VIEW_TABLE(X)
#undef X
	};

	return views[view];
}

/* ---- states ------------------------------------------------------------------------ */

void views_start(struct browser *browser)
{
	for (int view = 0; view < VIEW_COUNT; view++) {
		const struct view_ops *ops = view_ops((enum view_id)view);
		if (ops->size)
			browser->state[view] = memory_zero(1, ops->size);
		if (ops->start)
			ops->start(browser);
	}
}

void views_forget(struct browser *browser)
{
	for (int view = 0; view < VIEW_COUNT; view++)
		if (view_ops((enum view_id)view)->forget)
			view_ops((enum view_id)view)->forget(browser);
}

void views_overtake(struct browser *browser)
{
	for (int view = 0; view < VIEW_COUNT; view++)
		if (view_ops((enum view_id)view)->overtake)
			view_ops((enum view_id)view)->overtake(browser);
}

void views_renumber(struct browser *browser, const uint32_t *match)
{
	for (int view = 0; view < VIEW_COUNT; view++)
		if (view_ops((enum view_id)view)->renumber)
			view_ops((enum view_id)view)->renumber(browser, match);
}

void views_free(struct browser *browser)
{
	for (int view = 0; view < VIEW_COUNT; view++) {
		const struct view_ops *ops = view_ops((enum view_id)view);
		if (browser->state[view] && ops->forget)
			ops->forget(browser);
		if (browser->state[view] && ops->free)
			ops->free(browser);
		free(browser->state[view]);
		browser->state[view] = NULL;
	}
}

/* ---- the stack ----------------------------------------------------------------------- */

static void take_out(struct browser *browser, enum view_id view)
{
	size_t place = 0;

	while (place < browser->depth && browser->stack[place] != view)
		place++;
	if (place == browser->depth)
		return;
	browser->depth--;
	memmove(&browser->stack[place], &browser->stack[place + 1],
		(browser->depth - place) * sizeof *browser->stack);
}

static void show_top(struct browser *browser)
{
	browser->full = browser->depth > 0 ? browser->stack[browser->depth - 1] : VIEW_COUNT;
}

void browser_open_view(struct browser *browser, enum view_id view)
{
	take_out(browser, view);
	/* The panes at the bottom need no place. */
	if (view != VIEW_COUNT || browser->depth > 0)
		browser->stack[browser->depth++] = view;
	show_top(browser);
}

void browser_show_panes(struct browser *browser, enum view_id pane)
{
	browser_open_view(browser, VIEW_COUNT);
	browser->focus = pane;
}

bool browser_close_view(struct browser *browser)
{
	if (browser->depth == 0)
		return false;
	browser->depth--;
	show_top(browser);
	return true;
}

void browser_drop_view(struct browser *browser, enum view_id view)
{
	if (browser->full == view && view != VIEW_COUNT)
		browser->prompt.ops = NULL;
	take_out(browser, view);
	show_top(browser);
}

bool browser_view_is_open(const struct browser *browser, enum view_id view)
{
	for (size_t i = 0; i < browser->depth; i++)
		if (browser->stack[i] == view)
			return true;
	return false;
}
