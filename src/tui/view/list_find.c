/* Search in the views that list models: the cursor goes to the next name that
 * contains what is typed. */
#include <stdlib.h>

#include "browser.h"
#include "stemma/base/fuzzy.h"
#include "stemma/base/memory.h"

static bool contains(struct browser *browser, const struct view_ops *ops)
{
	size_t model = ops->model(browser);

	if (ops->contains)
		return ops->contains(browser, browser->list_needle);
	return fuzzy_find(model == CATALOG_NONE ? "" : tree_name(browser->tree, model), browser->list_needle);
}

/* Moves the cursor to the next match after (step 1) or before (-1) the row
 * `from`, or to `from` itself where `here`; false, and there, without any. */
static bool go_to_match(struct browser *browser, size_t from, int step, bool here)
{
	const struct view_ops *ops = view_ops(browser_view(browser));
	struct list *list = ops->list(browser);

	for (size_t i = here ? 0 : 1; i <= list->count && list->count > 0; i++) {
		list->cursor = (from + (step > 0 ? i : list->count - i % list->count)) % list->count;
		if (contains(browser, ops))
			return true;
	}
	list->cursor = from;
	return false;
}

static void say_none(struct browser *browser)
{
	browser_remark(browser, "no name here contains %s", browser->list_needle);
}

static void changed(struct browser *browser, const char *text)
{
	free(browser->list_needle);
	browser->list_needle = memory_string(text);
	if (!go_to_match(browser, browser->list_before, 1, true) && *text)
		say_none(browser);
}

static void accepted(struct browser *browser, const char *text)
{
	(void)browser;
	(void)text;
}

static void cancelled(struct browser *browser)
{
	view_ops(browser_view(browser))->list(browser)->cursor = browser->list_before;
}

static const struct prompt_ops search_prompt = {
	.label = "/",
	.changed = changed,
	.accepted = accepted,
	.cancelled = cancelled,
};

void list_search(struct browser *browser)
{
	browser->list_before = view_ops(browser_view(browser))->list(browser)->cursor;
	prompt_open(browser, &search_prompt, "");
}

void list_search_again(struct browser *browser, int step, int count)
{
	struct list *list = view_ops(browser_view(browser))->list(browser);

	for (int i = 0; i < count; i++)
		if (!go_to_match(browser, list->cursor, step, false)) {
			say_none(browser);
			return;
		}
}
