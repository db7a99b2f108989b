/* One line of input on the last row. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "browser.h"
#include "settings/keys.h"
#include "stemma/base/utf8.h"

#define PROMPT_MAX 8192 /* bytes of its text */

void prompt_set(struct browser *browser, const char *text)
{
	struct prompt *prompt = &browser->prompt;

	text_clear(&prompt->text);
	text_append(&prompt->text, text);
	prompt->place = prompt->text.length;
}

void prompt_open(struct browser *browser, const struct prompt_ops *ops, const char *text)
{
	browser->prompt.ops = ops;
	text_clear(&browser->prompt.note);
	prompt_set(browser, text);
}

static void prompt_close(struct browser *browser, bool accept)
{
	const struct prompt_ops *ops = browser->prompt.ops;

	browser->prompt.ops = NULL;
	browser_hide_message(browser);
	if (accept) {
		/* The callback may open a prompt of its own. */
		struct text text = browser->prompt.text;
		browser->prompt.text = (struct text){0};
		ops->accepted(browser, text_string(&text));
		text_free(&text);
	} else if (ops->cancelled) {
		ops->cancelled(browser);
	}
}

static size_t step_back(const struct prompt *prompt)
{
	size_t place = prompt->place;

	while (place > 0 && ((unsigned char)prompt->text.bytes[--place] & 0xC0) == 0x80)
		;
	return place;
}

static size_t step_on(const struct prompt *prompt)
{
	unsigned int code;

	if (prompt->place >= prompt->text.length)
		return prompt->place;
	return prompt->place + utf8_decode(prompt->text.bytes + prompt->place, &code);
}

static void erase_bytes(struct prompt *prompt, size_t from, size_t to)
{
	if (from >= to)
		return;
	memmove(prompt->text.bytes + from, prompt->text.bytes + to, prompt->text.length - to + 1);
	prompt->text.length -= to - from;
	prompt->place = from;
}

static size_t word_start(const struct prompt *prompt)
{
	size_t place = prompt->place;

	while (place > 0 && prompt->text.bytes[place - 1] == ' ')
		place--;
	while (place > 0 && prompt->text.bytes[place - 1] != ' ')
		place--;
	return place;
}

/* At the cursor; what has no room is left out. */
static void insert_bytes(struct prompt *prompt, const char *bytes)
{
	struct text rest = {0};

	if (!utf8_is_clean(bytes) || prompt->text.length + strlen(bytes) > PROMPT_MAX)
		return;
	text_append(&rest, prompt->place < prompt->text.length
				   ? prompt->text.bytes + prompt->place : "");
	erase_bytes(prompt, prompt->place, prompt->text.length);
	text_append(&prompt->text, bytes);
	prompt->place = prompt->text.length;
	text_append(&prompt->text, text_string(&rest));
	text_free(&rest);
}

static void insert(struct prompt *prompt, int input)
{
	char bytes[INPUT_NAME_SIZE];

	if (input == ' ')
		strcpy(bytes, " ");
	else
		input_name(input, bytes);
	insert_bytes(prompt, bytes);
}

/* Editing keys; false when the text is as it was. */
static bool edit(struct prompt *prompt, int input)
{
	size_t before = prompt->text.length;

	switch (input) {
	case INPUT_LEFT: case 2: prompt->place = step_back(prompt); break;
	case INPUT_RIGHT: case 6: prompt->place = step_on(prompt); break;
	case INPUT_HOME: case 1: prompt->place = 0; break;
	case INPUT_END: case 5: prompt->place = prompt->text.length; break;
	case INPUT_BACKSPACE: erase_bytes(prompt, step_back(prompt), prompt->place); break;
	case INPUT_DELETE: case 4: erase_bytes(prompt, prompt->place, step_on(prompt)); break;
	case 21: erase_bytes(prompt, 0, prompt->place); break;
	case 23: erase_bytes(prompt, word_start(prompt), prompt->place); break;
	case 11: erase_bytes(prompt, prompt->place, prompt->text.length); break;
	default:
		if (input >= ' ' && input < INPUT_FIRST)
			insert(prompt, input);
	}
	return prompt->text.length != before;
}

static void tell_change(struct browser *browser)
{
	struct prompt *prompt = &browser->prompt;

	if (!prompt->ops->changed)
		return;
	browser_hide_message(browser);
	text_clear(&prompt->note);
	prompt->ops->changed(browser, text_string(&prompt->text));
}

void prompt_key(struct browser *browser, int input)
{
	struct prompt *prompt = &browser->prompt;

	if (prompt->ops->key && prompt->ops->key(browser, input))
		return;
	if (input == INPUT_ESCAPE || input == 3 || input == 7 ||
	    (input == INPUT_BACKSPACE && prompt->text.length == 0)) {
		prompt_close(browser, false);
	} else if (prompt->ops->one_key) {
		if (input >= ' ' && input < INPUT_FIRST)
			insert(prompt, input);
		prompt_close(browser, true);
	} else if (input == INPUT_ENTER) {
		prompt_close(browser, true);
	} else if (edit(prompt, input)) {
		tell_change(browser);
	}
}

void prompt_paste(struct browser *browser, const char *text)
{
	struct prompt *prompt = &browser->prompt;

	if (prompt->ops->one_key)
		return; /* an answer is pressed */
	insert_bytes(prompt, text);
	tell_change(browser);
}

void prompt_note(struct browser *browser, bool bad, const char *format, ...)
{
	char line[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	text_clear(&browser->prompt.note);
	text_append(&browser->prompt.note, line);
	browser->prompt.note_bad = bad;
}

#define NOTE_ROWS 3

/* Beside the text where there is room from column x, else on the rows above. */
static void draw_note(struct browser *browser, const struct area *area, int x)
{
	struct prompt *prompt = &browser->prompt;
	const char *note = text_string(&prompt->note);
	enum style style = prompt->note_bad ? STYLE_BAD : STYLE_DIM;
	struct area above = {area->top, area->left, 1, area->width};
	size_t starts[NOTE_ROWS + 1] = {0};
	int rows = 0;

	prompt->note_rows = 0;
	if (prompt->note.length == 0)
		return;
	if (utf8_width(note) + x + 4 < area->width) {
		draw_right(browser->screen, area, 0, area->width - 2, style, note);
		return;
	}
	for (const char *rest = note; *rest && rows < NOTE_ROWS; starts[++rows] = (size_t)(rest - note))
		text_take_line(&rest, area->width - 4);
	prompt->note_rows = rows;
	for (int row = rows; row-- > 0;) {
		char line[512];
		if (--above.top < 0)
			return;
		draw_repeat(browser->screen, &above, 0, 0, area->width, STYLE_TEXT, " ");
		snprintf(line, sizeof line, "%.*s", (int)(starts[row + 1] - starts[row]),
			 note + starts[row]);
		draw_fit(browser->screen, &above, 0, 2, area->width - 4, style, line);
	}
}

void prompt_draw(struct browser *browser, const struct area *area)
{
	const struct prompt *prompt = &browser->prompt;
	const char *text = text_string(&prompt->text);
	char before[PROMPT_MAX + 1];

	snprintf(before, sizeof before, "%.*s", (int)prompt->place, text);
	int x = draw_text(browser->screen, area, 0, 1, STYLE_KEY, prompt->ops->label) + 1;
	/* A long text scrolls so that the cursor stays in sight. */
	int room = area->width - x - 2, width = utf8_width(before);
	while (width > room && room > 0) {
		unsigned int code;
		text += utf8_decode(text, &code);
		size_t skipped = (size_t)(text - text_string(&prompt->text));
		width = utf8_width(before + (skipped < strlen(before) ? skipped : strlen(before)));
	}
	int used = draw_text(browser->screen, area, 0, x, STYLE_TEXT, text);
	draw_note(browser, area, x + used);
	if (prompt->ops->draw)
		prompt->ops->draw(browser, area);
	draw_cursor(browser->screen, area, 0, x + width);
	const struct message *message = browser_shown_message(browser);
	if (message && utf8_width(message->text) + x + used + 4 < area->width)
		draw_right(browser->screen, area, 0, area->width - 2, STYLE_DIM, message->text);
}
