/* Messages: what happened so far, latest last. */
#include <string.h>

#include "browser.h"

#define TEXT_START 12

static struct list *message_list_of(const struct browser *browser)
{
	return browser->state[VIEW_MESSAGES];
}

/* Draws a message wrapped, or only counts its lines (area NULL).  The first
 * line goes to row `y`. */
static int message_lines(struct browser *browser, const struct message *message, int width,
			 const struct area *area, int y)
{
	const char *text = message->text;
	char when[16] = "";
	int lines = 0;

	do {
		const char *start = text;
		size_t bytes = text_take_line(&text, width);
		if (area)
			draw_format(browser->screen, area, y + lines, TEXT_START,
				    message->failure ? STYLE_BAD : STYLE_TEXT, "%.*s", (int)bytes,
				    start);
		lines++;
	} while (*text);
	if (!area)
		return lines;
	if (!screen_is_headless(browser->screen))
		strftime(when, sizeof when, "%H:%M:%S", localtime(&message->when));
	draw_text(browser->screen, area, y, 1, STYLE_DIM, when);
	draw_text(browser->screen, area, y, TEXT_START - 2, STYLE_BAD, message->failure ? "!" : " ");
	return lines;
}

static void message_draw(struct browser *browser, const struct area *area)
{
	struct list *list = message_list_of(browser);
	int width = area->width - TEXT_START - 1, y;
	size_t lines = 0;

	for (size_t i = 0; i < browser->message_count; i++)
		lines += (size_t)message_lines(browser, &browser->messages[i], width, NULL, 0);
	/* Opened at the end: the latest is what one looks for. */
	if (list->count != lines)
		list->top = lines;
	list_scroll(list, lines, area->height);
	y = -(int)list->top;
	for (size_t i = 0; i < browser->message_count; i++)
		y += message_lines(browser, &browser->messages[i], width, area, y);
	if (lines == 0)
		draw_text(browser->screen, area, 0, 1, STYLE_DIM, "nothing yet");
	draw_cursor(browser->screen, area, 0, 0);
}

static void message_title(struct browser *browser, struct text *out)
{
	text_append_format(out, "messages · %zu", browser->message_count);
}

static bool message_act(struct browser *browser, enum action action, int count)
{
	return list_scroll_act(message_list_of(browser), action, count);
}

static struct list *message_view_list(struct browser *browser)
{
	return message_list_of(browser);
}

const struct view_ops message_view = {
	.size = sizeof(struct list),
	.draw = message_draw,
	.title = message_title,
	.act = message_act,
	.list = message_view_list,
};
