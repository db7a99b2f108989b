/* Counts: how often each value of a column of the table occurs; Enter filters by one. */
#include "stemma/base/fuzzy.h"
#include "view/table_view.h"

#define TEXT_MIN 12
#define COUNT_WIDTH 10

static struct list *count_list(struct browser *browser)
{
	const char *title;
	struct list *list;

	table_counted(browser, &title, &list);
	return list;
}

static void draw_value(struct browser *browser, const struct area *area, int y, const struct grid_value *value,
		       size_t most, bool selected)
{
	int text = area->width / 3 > TEXT_MIN ? area->width / 3 : TEXT_MIN, start = text + 2 + COUNT_WIDTH;
	int room = area->width - start - 1;
	int length = room > 0 ? (int)((double)value->count * room / (double)(most ? most : 1) + 0.5) : 0;
	char count[FIGURE_SIZE];

	draw_selected(browser->screen, selected, true);
	if (selected)
		draw_repeat(browser->screen, area, y, 0, area->width, STYLE_TEXT, " ");
	draw_fit(browser->screen, area, y, 1, text, value->filter ? STYLE_TEXT : STYLE_DIM, value->text);
	draw_right(browser->screen, area, y, start - 1, STYLE_SCORE, figure_count(count, value->count));
	draw_repeat(browser->screen, area, y, start, length > 0 || value->count == 0 ? length : 1, STYLE_BAR, "█");
	draw_selected(browser->screen, false, false);
	if (selected)
		draw_cursor(browser->screen, area, y, 0);
}

static void count_draw(struct browser *browser, const struct area *area)
{
	const char *title;
	struct list *list;
	const struct grid_values *values = table_counted(browser, &title, &list);

	list_show(list, values->count, area->height);
	for (int y = 0; y < area->height && list->top + (size_t)y < list->count; y++)
		draw_value(browser, area, y, &values->list[list->top + (size_t)y], values->most,
			   list->top + (size_t)y == list->cursor);
	if (values->count == 0)
		draw_text(browser->screen, area, 0, 1, STYLE_DIM, "no model is shown");
}

static void count_title(struct browser *browser, struct text *out)
{
	const char *title;
	struct list *list;
	const struct grid_values *values = table_counted(browser, &title, &list);

	text_append_format(out, "%s · %zu value%s", title, values->count, values->count == 1 ? "" : "s");
}

static void count_corner(struct browser *browser, struct text *out)
{
	board_outside(count_list(browser), out);
}

static bool count_act(struct browser *browser, enum action action, int count)
{
	const char *title;
	struct list *list;
	const struct grid_values *values = table_counted(browser, &title, &list);

	list->count = values->count;
	if (action != ACTION_COUNT_ENTER)
		return list_act(list, action, count);
	const char *filter = list->cursor < values->count ? values->list[list->cursor].filter : NULL;
	if (!filter) {
		browser_remark(browser, "no filter finds what is not known");
		return true;
	}
	table_filter_by(browser, filter);
	browser_close_view(browser);
	return true;
}

static size_t count_model(struct browser *browser)
{
	(void)browser;
	return CATALOG_NONE;
}

static bool count_contains(struct browser *browser, const char *needle)
{
	const char *title;
	struct list *list;
	const struct grid_values *values = table_counted(browser, &title, &list);

	return list->cursor < values->count && fuzzy_find(values->list[list->cursor].text, needle);
}

const struct view_ops count_view = {
	.draw = count_draw,
	.title = count_title,
	.corner = count_corner,
	.act = count_act,
	.model = count_model,
	.contains = count_contains,
	.list = count_list,
};
