/* Help: made from the action table. */
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "commands.h"
#include "stemma/base/fuzzy.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

#define KEYS_WIDTH 16
#define TEXT_START (KEYS_WIDTH + 2)

static const char *const sections[] = {"Sketch", "Finding", "Board", "Table", "Pictures", "Suggestions", "Tree", "Moving", "Panes", "Program"};

static const struct {
	const char *sign, *meaning;
} signs[] = {
	{"▾ ▸", "a family, unfolded, or folded with the number of its scored models"},
	{"▿ ▹ ╌", "the line to the parent is only a guess (inferred, or merely the root)"},
	{"▲ ▼", "ancestor or descendant of the model under the cursor"},
	{"⋈3", "a merge of three parents"},
	{"⊕", "picked in the sketch"},
	{"✗ †", "suspect: flagged, or descends from a flagged model"},
	{"@", "before a name: served by its maker, its weights cannot be had (the filter open leaves such out)"},
	{"--high", "the model above in this setting"},
	{"!", "before a name: a score that chance does not explain; details say which and why"},
	{"a *", "left of the score: the letter of a mark, or a bookmark"},
	{"↪", "drawn under another parent: Enter goes there, Ctrl-O returns"},
	{"▂▅█", "in a wide tree: the benchmarks of the board as published, each on its own scale"},
	{"·", "not known"},
	{"├─●─┤", "predicted score and its 90 % interval on the benchmark's own axis"},
	{"~72.9", "not published: predicted from all that is known of the model"},
	{"×", "published score (⊗ where it meets the prediction)"},
	{"◇", "score of the best parent (◈ where it meets the prediction)"},
	{"±", "half the width of the 90 % interval"},
	{"%", "in the sketch: the chance to beat the best parent"},
	{"z", "published minus predicted in standard deviations; ! from 2 on"},
	{"~0.50", "a share that nobody stated: equal shares are assumed"},
};

struct help {
	struct text *lines;
	size_t count, capacity;
	int width;    /* that the lines are wrapped for */
	enum view_id about; /* whose keys come first */
	struct list list;
	char *needle;
	char *filter; /* only entries with this; NULL = all */
};

static struct help *help_of(const struct browser *browser)
{
	return browser->state[VIEW_HELP];
}

static struct text *new_line(struct browser *browser)
{
	help_of(browser)->lines = memory_grow(help_of(browser)->lines, help_of(browser)->count,
					  &help_of(browser)->capacity, sizeof *help_of(browser)->lines);
	struct text *line = &help_of(browser)->lines[help_of(browser)->count++];
	*line = (struct text){0};
	return line;
}

/* Opens a section; returns where it begins. */
static size_t begin_section(struct browser *browser, const char *title)
{
	text_append(new_line(browser), title);
	return help_of(browser)->count;
}

/* One of which the filter left nothing goes. */
static void end_section(struct browser *browser, size_t begin)
{
	if (help_of(browser)->count > begin)
		new_line(browser);
	else
		text_free(&help_of(browser)->lines[--help_of(browser)->count]);
}

static bool is_wanted(const struct browser *browser, const char *text)
{
	return !help_of(browser)->filter || fuzzy_find(text, help_of(browser)->filter);
}

/* An entry of two columns, both wrapped, unless the filter leaves it out. */
static void add_entry(struct browser *browser, const char *left, const char *text, int width)
{
	int room = width - TEXT_START - 1 > 12 ? width - TEXT_START - 1 : 12;

	if (!is_wanted(browser, left) && !is_wanted(browser, text))
		return;
	do {
		struct text *line = new_line(browser);
		const char *keys = left, *words = text;
		text_append(line, " ");
		text_append_bytes(line, keys, text_take_line(&left, KEYS_WIDTH));
		for (int pad = utf8_width(text_string(line)); pad < TEXT_START; pad++)
			text_append(line, " ");
		text_append_bytes(line, words, text_take_line(&text, room));
	} while (*left || *text);
}

static void add_commands(struct browser *browser, int width)
{
	size_t begin = begin_section(browser, "Commands");
	for (int i = 0; i < COMMAND_COUNT; i++) {
		const struct command_info *info = command_info((enum command)i);
		char left[TEXT_START];
		snprintf(left, sizeof left, ":%s %s", info->name, info->argument_name);
		add_entry(browser, left, info->help, width);
	}
	add_entry(browser, ":12", "go to row 12", width);
	add_entry(browser, ":refit", "every action above by its name; Tab shows the names", width);
	end_section(browser, begin);
}

static void add_filter_terms(struct browser *browser, int width)
{
	size_t begin = begin_section(browser, "Filter");
	add_entry(browser, "olive slerp", "letters that fit the name; all terms must fit", width);
	add_entry(browser, "\"slerp\"", "the name contains just this", width);
	add_entry(browser, "!slerp", "turned round: the name does not contain it", width);
	add_entry(browser, "bbh > 40", "a benchmark or a target; also < <= >= = !=", width);
	add_entry(browser, "bbh pred > 40", "the same, predicted where it is not published", width);
	for (int i = 0; i < FILTER_FIELD_COUNT; i++) {
		const struct filter_field_info *info = filter_field_info((enum filter_field)i);
		add_entry(browser, info->example, info->help, width);
	}
	end_section(browser, begin);
}

/* The filter may name it. */
static void add_action(struct browser *browser, const struct action_info *info, const char *keys, int width)
{
	char *filter = help_of(browser)->filter;

	if (is_wanted(browser, info->name))
		help_of(browser)->filter = NULL;
	add_entry(browser, keys, info->help, width);
	help_of(browser)->filter = filter;
}

#define OWN_VIEWS 4 /* at most so many have a key that counts as a view's own */

static bool is_here(const struct browser *browser, const struct action_info *info)
{
	return info->views & 1u << help_of(browser)->about;
}

static bool is_own(const struct browser *browser, const struct action_info *info)
{
	return is_here(browser, info) && __builtin_popcount(info->views) <= OWN_VIEWS;
}

static void add_own_actions(struct browser *browser, int width)
{
	size_t begin = begin_section(browser, "This view");

	for (int i = 0; i < ACTION_COUNT; i++)
		if (is_own(browser, action_info((enum action)i)))
			add_action(browser, action_info((enum action)i), browser_keys(browser, (enum action)i), width);
	end_section(browser, begin);
}

/* Those of a section that work here and in other views. */
static void add_actions_here(struct browser *browser, const char *section, int width)
{
	size_t begin = begin_section(browser, section);

	for (int i = 0; i < ACTION_COUNT; i++) {
		const struct action_info *info = action_info((enum action)i);
		if (strcmp(info->section, section) == 0 && is_here(browser, info) && !is_own(browser, info))
			add_action(browser, info, browser_keys(browser, (enum action)i), width);
	}
	end_section(browser, begin);
}

static void add_actions_elsewhere(struct browser *browser, int width)
{
	size_t begin = begin_section(browser, "In other views");

	for (size_t s = 0; s < sizeof sections / sizeof *sections; s++)
		for (int i = 0; i < ACTION_COUNT; i++) {
			const struct action_info *info = action_info((enum action)i);
			if (strcmp(info->section, sections[s]) == 0 && !is_here(browser, info))
				add_action(browser, info, browser_keys(browser, (enum action)i), width);
		}
	end_section(browser, begin);
}

static void add_signs(struct browser *browser, int width)
{
	size_t begin = begin_section(browser, "Signs");

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		add_entry(browser, strcmp(signs[i].sign, "±") == 0 ? plus_minus(browser->screen)
									: signs[i].sign,
			  signs[i].meaning, width);
	end_section(browser, begin);
	/* Nothing stands below. */
	if (help_of(browser)->count > begin)
		text_free(&help_of(browser)->lines[--help_of(browser)->count]);
}

static void make_lines(struct browser *browser, int width)
{
	for (size_t i = 0; i < help_of(browser)->count; i++)
		text_free(&help_of(browser)->lines[i]);
	help_of(browser)->count = 0;
	help_of(browser)->width = width;
	add_own_actions(browser, width);
	for (size_t s = 0; s < sizeof sections / sizeof *sections; s++)
		add_actions_here(browser, sections[s], width);
	add_actions_elsewhere(browser, width);
	add_commands(browser, width);
	add_filter_terms(browser, width);
	add_signs(browser, width);
	if (help_of(browser)->count == 0)
		text_append_format(new_line(browser), "  nothing in the help contains %s", help_of(browser)->filter);
}

static void draw_line(struct browser *browser, const struct area *area, int y, size_t index)
{
	const char *line = text_string(&help_of(browser)->lines[index]);
	bool match = help_of(browser)->needle && *help_of(browser)->needle &&
		     fuzzy_find(line, help_of(browser)->needle);
	char left[4 * TEXT_START];

	if (*line != ' ') {
		draw_text(browser->screen, area, y, 1, STYLE_TITLE, line);
		return;
	}
	size_t bytes = utf8_prefix(line, TEXT_START, NULL);
	snprintf(left, sizeof left, "%.*s", (int)bytes, line);
	int x = 1 + draw_text(browser->screen, area, y, 1, STYLE_KEY, left);
	draw_text(browser->screen, area, y, x, match ? STYLE_MATCH : STYLE_TEXT, line + bytes);
}

/* The view that the help lies over. */
static enum view_id view_below(const struct browser *browser)
{
	enum view_id below = browser->depth > 1 ? browser->stack[browser->depth - 2] : VIEW_COUNT;

	return below == VIEW_COUNT ? browser->focus : below;
}

static void help_draw(struct browser *browser, const struct area *area)
{
	struct list *list = &help_of(browser)->list;

	enum view_id about = view_below(browser);

	if (help_of(browser)->width != area->width || help_of(browser)->about != about) {
		help_of(browser)->about = about;
		make_lines(browser, area->width);
	}
	list_scroll(list, help_of(browser)->count, area->height);
	for (int y = 0; y < area->height && list->top + (size_t)y < list->count; y++)
		draw_line(browser, area, y, list->top + (size_t)y);
	draw_cursor(browser->screen, area, 0, 0);
}

static void help_title(struct browser *browser, struct text *out)
{
	const struct list *list = &help_of(browser)->list;

	text_append_format(out, "help · %s", view_name(help_of(browser)->about));
	if (help_of(browser)->filter)
		text_append_format(out, " · filter %s", help_of(browser)->filter);
	if (list->count > (size_t)list->height && list->height > 0)
		text_append_format(out, " · lines %zu to %zu of %zu", list->top + 1,
				   list->top + (size_t)list->height, list->count);
}

/* Goes to the next line that contains the needle. */
static void help_find(struct browser *browser, int step, bool here)
{
	/* Keys may come faster than frames. */
	if (help_of(browser)->count == 0)
		make_lines(browser, screen_columns(browser->screen) - 2);
	size_t count = help_of(browser)->count, line = help_of(browser)->list.top;

	if (!help_of(browser)->needle || !*help_of(browser)->needle)
		return;
	for (size_t i = here ? 0 : 1; i <= count; i++) {
		size_t index = (line + (step > 0 ? i : count - i)) % count;
		if (fuzzy_find(text_string(&help_of(browser)->lines[index]), help_of(browser)->needle)) {
			help_of(browser)->list.top = index;
			return;
		}
	}
	browser_remark(browser, "nothing in the help contains %s", help_of(browser)->needle);
}

static void help_changed(struct browser *browser, const char *text)
{
	free(help_of(browser)->needle);
	help_of(browser)->needle = memory_string(text);
	help_of(browser)->list.top = 0;
	help_find(browser, 1, true);
}

static void help_accepted(struct browser *browser, const char *text)
{
	(void)browser;
	(void)text;
}

static const struct prompt_ops help_prompt = {
	.label = "/",
	.changed = help_changed,
	.accepted = help_accepted,
};

/* Only the entries that contain what is typed. */
static void filter_changed(struct browser *browser, const char *text)
{
	free(help_of(browser)->filter);
	help_of(browser)->filter = *text ? memory_string(text) : NULL;
	help_of(browser)->list.top = 0;
	make_lines(browser, help_of(browser)->width ? help_of(browser)->width : screen_columns(browser->screen) - 2);
}

static void filter_cancelled(struct browser *browser)
{
	filter_changed(browser, "");
}

static const struct prompt_ops filter_prompt = {
	.label = "filter: ",
	.changed = filter_changed,
	.accepted = help_accepted,
	.cancelled = filter_cancelled,
};

static bool help_act(struct browser *browser, enum action action, int count)
{
	switch (action) {
	case ACTION_FILTER:
		prompt_open(browser, &filter_prompt, help_of(browser)->filter ? help_of(browser)->filter : "");
		return true;
	case ACTION_LEAVE:
		filter_changed(browser, ""); /* the next look is at all of it */
		browser_close_view(browser);
		return true;
	case ACTION_SEARCH: prompt_open(browser, &help_prompt, ""); return true;
	case ACTION_SEARCH_NEXT: help_find(browser, 1, false); return true;
	case ACTION_SEARCH_PREVIOUS: help_find(browser, -1, false); return true;
	default: return list_scroll_act(&help_of(browser)->list, action, count);
	}
}

static struct list *help_view_list(struct browser *browser)
{
	return &help_of(browser)->list;
}

static const char *help_needle(const struct browser *browser)
{
	return help_of(browser)->needle;
}

static void help_free(struct browser *browser)
{
	struct help *help = help_of(browser);

	for (size_t i = 0; i < help->count; i++)
		text_free(&help->lines[i]);
	free(help->lines);
	free(help->needle);
	free(help->filter);
}

const struct view_ops help_view = {
	.size = sizeof(struct help),
	.free = help_free,
	.needle = help_needle,
	.draw = help_draw,
	.title = help_title,
	.act = help_act,
	.list = help_view_list,
};
