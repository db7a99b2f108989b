/* From keys to actions. */
#include <stdio.h>
#include <string.h>

#include "acts.h"
#include "browser.h"
#include "settings/config_table.h"
#include "settings/keys.h"

#define COUNT_MAX 99999

/* ---- state ---------------------------------------------------------------------------- */

enum view_id browser_view(const struct browser *browser)
{
	return browser->full != VIEW_COUNT ? browser->full : browser->focus;
}

size_t browser_model(struct browser *browser)
{
	const struct view_ops *ops = view_ops(browser_view(browser));

	return ops->model ? ops->model(browser) : CATALOG_NONE;
}

static bool picked(struct browser *browser)
{
	size_t model = browser_model(browser);

	return model != CATALOG_NONE && sketch_position(&browser->sketch, model) >= 0;
}

static bool searched(const struct browser *browser)
{
	const struct view_ops *ops = view_ops(browser_view(browser));
	const char *needle = ops->needle ? ops->needle(browser)
		: browser->full != VIEW_COUNT ? browser->list_needle : browser->tree->needle;

	return needle && *needle;
}

const char *browser_keys(const struct browser *browser, enum action action)
{
	return config_keys(browser->options->config, action);
}

const char *browser_key_of(const struct browser *browser, enum action action, char *buffer)
{
	const char *keys = browser_keys(browser, action);

	if (*keys)
		snprintf(buffer, FIGURE_SIZE, "%.*s", (int)strcspn(keys, " "), keys);
	else
		snprintf(buffer, FIGURE_SIZE, ":%s", action_info(action)->name);
	return buffer;
}

bool browser_has(struct browser *browser, enum need need)
{
	switch (need) {
	case NEED_MODEL: return browser_model(browser) != CATALOG_NONE;
	case NEED_PARENT: return browser->sketch.now.count > 0;
	case NEED_PICKED: return picked(browser);
	case NEED_BESIDE: return browser->sketch.beside.count > 0;
	case NEED_UNDO:
		return browser->sketch.undo_count > 0 || browser->flag_change_count > 0;
	case NEED_FLAGGED:
		return browser->session->flags.count > 0 || browser->session->left_out;
	case NEED_REDO: return browser->sketch.redo_count > 0;
	case NEED_FIT: return browser->session->fit != NULL;
	case NEED_SUGGESTION: return browser_view(browser) == VIEW_SUGGEST && browser_model(browser) != CATALOG_NONE;
	case NEED_ROW: return picker_on(browser, false);
	case NEED_BENCHMARK: return picker_on(browser, true);
	case NEED_SEARCH: return browser_view(browser) == VIEW_PICKER || searched(browser);
	case NEED_JUMP: return browser->jump_count > 0;
	case NEED_PICTURE: return picture_here(browser) != NULL;
	case NEED_IDLE: return browser->job == NULL;
	default: return true;
	}
}

bool browser_needs_met(struct browser *browser, enum action action)
{
	return browser_has(browser, action_info(action)->need);
}

void browser_act(struct browser *browser, enum action action, int count)
{
	const struct view_ops *ops = view_ops(browser_view(browser));
	void (*does)(struct browser *) = act_function(action);

	if (action == ACTION_NONE)
		return;
	if (!browser_needs_met(browser, action)) {
		browser_message(browser, "%s", need_message(action_info(action)->need));
		return;
	}
	browser->repeat = count;
	if ((!ops->act || !ops->act(browser, action, count)) && does)
		does(browser);
}

/* ---- keys -------------------------------------------------------------------------------- */

static bool is_digit(const struct browser *browser, int input)
{
	return (input >= '1' && input <= '9') || (input == '0' && browser->count > 0);
}

static void say_unbound(struct browser *browser, int input)
{
	char name[INPUT_NAME_SIZE], key[FIGURE_SIZE];

	if (input >= INPUT_LAST)
		return; /* a key without a name, or a resize */
	input_name(input, name);
	browser_message(browser, "%s does nothing here; %s shows the keys", name,
			browser_key_of(browser, ACTION_HELP, key));
}

void browser_paste(struct browser *browser, const char *text)
{
	char search[FIGURE_SIZE], command[FIGURE_SIZE];

	if (browser->prompt.ops)
		prompt_paste(browser, text);
	else
		browser_remark(browser, "a paste goes into a prompt: %s searches, %s takes a command",
			       browser_key_of(browser, ACTION_SEARCH, search),
			       browser_key_of(browser, ACTION_COMMAND, command));
}

void browser_key(struct browser *browser, int input, const struct mouse *mouse)
{
	if (browser->prompt.ops) {
		prompt_key(browser, input);
		return;
	}
	if (input != INPUT_MOUSE || !mouse || !mouse->release)
		browser_hide_message(browser);
	if (input == INPUT_MOUSE && mouse) {
		browser->quit_asked = false;
		mouse_use(browser, mouse);
		return;
	}
	if (is_digit(browser, input)) {
		browser->count = browser->count * 10 + (input - '0');
		if (browser->count > COUNT_MAX)
			browser->count = COUNT_MAX;
		return;
	}
	int count = browser->count;
	browser->count = 0;
	if (input == INPUT_ESCAPE && count > 0)
		return;
	enum action action = config_action(browser->options->config, browser_view(browser), input);
	browser->quit_asked = browser->quit_asked && action == ACTION_QUIT;
	if (action != ACTION_NONE)
		browser_act(browser, action, count);
	else
		say_unbound(browser, input);
}
