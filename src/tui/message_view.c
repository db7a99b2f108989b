/* Messages: what happened so far, latest last. */
#include "browser.h"

static void message_draw(struct browser *browser, const struct area *area)
{
	struct list *list = &browser->message_list;
	char when[16] = "";

	list_show(list, browser->message_count, area->height);
	for (int y = 0; y < area->height && list->top + (size_t)y < list->count; y++) {
		size_t index = list->top + (size_t)y;
		const struct message *message = &browser->messages[index];
		if (!screen_is_headless(browser->screen))
			strftime(when, sizeof when, "%H:%M:%S ", localtime(&message->when));
		draw_selected(browser->screen, index == list->cursor, true);
		if (index == list->cursor)
			draw_repeat(browser->screen, area, y, 0, area->width, STYLE_TEXT, " ");
		int x = 1 + draw_text(browser->screen, area, y, 1, STYLE_DIM, when);
		x += draw_text(browser->screen, area, y, x, STYLE_BAD, message->failure ? "! " : "  ");
		draw_text(browser->screen, area, y, x, STYLE_TEXT, message->text);
		draw_selected(browser->screen, false, false);
		if (index == list->cursor)
			draw_cursor(browser->screen, area, y, 0);
	}
	if (list->count == 0)
		draw_text(browser->screen, area, 0, 1, STYLE_DIM, "nothing yet");
}

static void message_title(struct browser *browser, struct text *out)
{
	text_append_format(out, "messages · %zu", browser->message_count);
}

static bool message_act(struct browser *browser, enum action action, int count)
{
	return list_act(&browser->message_list, action, count);
}

static struct list *message_view_list(struct browser *browser)
{
	return &browser->message_list;
}

const struct view_ops message_view = {
	.draw = message_draw,
	.title = message_title,
	.act = message_act,
	.list = message_view_list,
};
