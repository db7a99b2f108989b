/* The `:` line: typing, completing, recalling. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "settings/keys.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

#define HISTORY_MAX 200

/* ---- history ------------------------------------------------------------------- */

static void remember(struct browser *browser, const char *line)
{
	if (!*line || (browser->history_count > 0 &&
		       strcmp(browser->history[browser->history_count - 1], line) == 0))
		return;
	if (browser->history_count == HISTORY_MAX) {
		free(browser->history[0]);
		memmove(browser->history, browser->history + 1,
			--browser->history_count * sizeof *browser->history);
	}
	browser->history = memory_grow(browser->history, browser->history_count,
				       &browser->history_capacity, sizeof *browser->history);
	browser->history[browser->history_count++] = memory_string(line);
}

void command_line_save(const struct browser *browser, struct text *out)
{
	for (size_t i = 0; i < browser->history_count; i++)
		text_append_format(out, "%s\n", browser->history[i]);
}

void command_line_load(struct browser *browser, const char *saved)
{
	while (*saved) {
		size_t length = strcspn(saved, "\n");
		char *line = memory_string_slice(saved, length);
		remember(browser, line);
		free(line);
		saved += length + (saved[length] == '\n');
	}
}

void command_line_free(struct browser *browser)
{
	for (size_t i = 0; i < browser->history_count; i++)
		free(browser->history[i]);
	free(browser->history);
	complete_clear(&browser->completion);
	free(browser->completion.items);
	text_free(&browser->completion.typed);
}

/* ---- typing --------------------------------------------------------------------- */

static void describe(struct browser *browser, const char *line)
{
	struct text note = {0};

	command_describe(line, &note);
	prompt_note(browser, false, "%s", text_string(&note));
	text_free(&note);
}

/* What follows from the line: what it could become, what it does. */
static void look(struct browser *browser, const char *line)
{
	complete_line(browser, line);
	describe(browser, line);
}

static void changed(struct browser *browser, const char *line)
{
	browser->history_place = browser->history_count;
	look(browser, line);
}

/* The command before (-1) or after, among those that begin as what was typed. */
static void recall(struct browser *browser, int step)
{
	struct completion *completion = &browser->completion;
	size_t place = browser->history_place;

	if (place == browser->history_count) {
		text_clear(&completion->typed);
		text_append(&completion->typed, text_string(&browser->prompt.text));
	}
	const char *typed = text_string(&completion->typed);
	while (step < 0 ? place > 0 : place < browser->history_count) {
		place = step < 0 ? place - 1 : place + 1;
		if (place == browser->history_count ||
		    strncmp(browser->history[place], typed, strlen(typed)) == 0) {
			browser->history_place = place;
			prompt_set(browser, place == browser->history_count ? typed
									    : browser->history[place]);
			look(browser, text_string(&browser->prompt.text));
			return;
		}
	}
}

/* Tab: the next candidate in the place of what was typed. */
static void choose(struct browser *browser, int step)
{
	struct completion *completion = &browser->completion;
	struct text line = {0};

	if (completion->count == 0)
		return;
	if (completion->chosen == SIZE_MAX)
		completion->chosen = step > 0 ? 0 : completion->count - 1;
	else
		completion->chosen = (completion->chosen + (step > 0 ? 1 : completion->count - 1)) %
				     completion->count;
	text_append_bytes(&line, text_string(&browser->prompt.text), completion->start);
	text_append(&line, completion->items[completion->chosen]);
	/* The only one is settled: what follows it comes next. */
	bool only = completion->count == 1;
	if (only && completion->start == 0 && command_takes_argument(text_string(&line)))
		text_append(&line, " ");
	prompt_set(browser, text_string(&line));
	if (only)
		look(browser, text_string(&line));
	else
		describe(browser, text_string(&line));
	text_free(&line);
}

static bool key(struct browser *browser, int input)
{
	switch (input) {
	case INPUT_TAB: choose(browser, 1); return true;
	case INPUT_SHIFT_TAB: choose(browser, -1); return true;
	case INPUT_UP: case 16: recall(browser, -1); return true;
	case INPUT_DOWN: case 14: recall(browser, 1); return true;
	default: return false;
	}
}

static void accepted(struct browser *browser, const char *line)
{
	remember(browser, line);
	command_run(browser, line);
}

/* ---- drawing ----------------------------------------------------------------------- */

static int item_width(const struct completion *completion, size_t item, int width)
{
	int wanted = utf8_width(completion->items[item]) + 2;

	return wanted < width ? wanted : width;
}

/* The first candidate of the row, so that the chosen one is on it. */
static size_t first_shown(const struct completion *completion, int width)
{
	size_t first = 0;
	int used = 0;

	for (size_t i = 0; completion->chosen != SIZE_MAX && i <= completion->chosen; i++) {
		used += item_width(completion, i, width);
		if (used > width) {
			first = i;
			used = item_width(completion, i, width);
		}
	}
	return first;
}

/* One row of candidates above the prompt; the chosen one in brackets. */
static void draw(struct browser *browser, const struct area *last_row)
{
	const struct completion *completion = &browser->completion;
	int rows_above = browser->prompt.note_rows + 1, x = 1, width = last_row->width - 4;
	const struct area row = {last_row->top - rows_above, last_row->left, 1, last_row->width};

	if (completion->count == 0 || row.top < 0)
		return;
	draw_repeat(browser->screen, &row, 0, 0, row.width, STYLE_TEXT, " ");
	size_t i = first_shown(completion, width);
	if (i > 0)
		draw_text(browser->screen, &row, 0, 0, STYLE_DIM, "…");
	for (; i < completion->count && x + item_width(completion, i, width) <= width + 1; i++) {
		bool chosen = i == completion->chosen;
		int item = item_width(completion, i, width);
		if (chosen)
			draw_text(browser->screen, &row, 0, x, STYLE_KEY, "[");
		draw_fit(browser->screen, &row, 0, x + 1, item - 2, chosen ? STYLE_KEY : STYLE_TEXT,
			 completion->items[i]);
		if (chosen)
			draw_text(browser->screen, &row, 0, x + item - 1, STYLE_KEY, "]");
		x += item;
	}
	if (i < completion->count)
		draw_text(browser->screen, &row, 0, x + 1, STYLE_DIM, "…");
}

static const struct prompt_ops command_prompt = {
	.label = ":",
	.changed = changed,
	.accepted = accepted,
	.key = key,
	.draw = draw,
};

void command_line_open(struct browser *browser, const char *line)
{
	prompt_open(browser, &command_prompt, line);
	changed(browser, line);
}

void command_line_ask(struct browser *browser)
{
	command_line_open(browser, "");
}

void command_line_import(struct browser *browser)
{
	command_line_open(browser, "import ");
}

void command_line_sync(struct browser *browser)
{
	command_line_open(browser, "sync ");
}
