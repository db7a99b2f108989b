/* From keys to actions, and the actions that belong to no one view. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "settings/config_table.h"
#include "settings/keys.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

#define COUNT_MAX 99999

/* ---- messages ---------------------------------------------------------------------- */

static void forget_passing(struct browser *browser)
{
	size_t last = browser->message_count - 1;

	if (browser->message_count == 0 || !browser->messages[last].passing)
		return;
	if (browser->message_shown == last)
		browser_hide_message(browser);
	free(browser->messages[last].text);
	browser->message_count--;
}

void browser_note(struct browser *browser, const char *text, bool failure)
{
	forget_passing(browser);
	browser->messages = memory_grow(browser->messages, browser->message_count,
					&browser->message_capacity, sizeof *browser->messages);
	browser->messages[browser->message_count++] = (struct message){
		.text = utf8_sanitize(text),
		.failure = failure,
		.when = time(NULL),
	};
}

const struct message *browser_shown_message(const struct browser *browser)
{
	return browser->message_shown == MESSAGE_NONE ? NULL : &browser->messages[browser->message_shown];
}

void browser_show_message(struct browser *browser)
{
	const struct message *shown = browser_shown_message(browser);
	size_t latest = browser->message_count - 1;

	if (!shown || !shown->failure || browser->messages[latest].failure)
		browser->message_shown = latest;
}

void browser_hide_message(struct browser *browser)
{
	browser->message_shown = MESSAGE_NONE;
}

void browser_tell(struct browser *browser, const char *text, bool failure)
{
	browser_note(browser, text, failure);
	browser_show_message(browser);
}

static void tell_words(struct browser *browser, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));
static void tell_words(struct browser *browser, const char *format, va_list arguments)
{
	char line[768];

	vsnprintf(line, sizeof line, format, arguments);
	browser_tell(browser, line, false);
}

void browser_message(struct browser *browser, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tell_words(browser, format, arguments);
	va_end(arguments);
}

void browser_remark(struct browser *browser, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tell_words(browser, format, arguments);
	va_end(arguments);
	browser->messages[browser->message_count - 1].passing = true;
}

void browser_failure(struct browser *browser, const struct error *error)
{
	char line[1024];

	error_format(error, line, sizeof line);
	browser_tell(browser, line, true);
}

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
	case NEED_IDLE: return browser->job == NULL;
	default: return true;
	}
}

bool browser_needs_met(struct browser *browser, enum action action)
{
	return browser_has(browser, action_info(action)->need);
}

/* ---- actions of all views ------------------------------------------------------------- */

static void change_pane(struct browser *browser, int step)
{
	int pane = (int)browser->focus + step;

	browser->focus = (enum view_id)((pane + VIEW_SKETCH + 1) % (VIEW_SKETCH + 1));
}

#define TREE_WIDTH_STEP 5

/* Makes a pane larger or smaller by some steps. */
static void resize_pane(struct browser *browser, int *size, int steps, int least, int most)
{
	*size += steps;
	if (*size < least || *size > most) {
		*size = *size < least ? least : most;
		browser_message(browser, "the panes are at their limit");
	}
}

static void resize_tree(struct browser *browser, int steps)
{
	const struct config_option *option = config_option(CONFIG_TREE_WIDTH);

	resize_pane(browser, &browser->tree_width, steps * TREE_WIDTH_STEP, (int)option->minimum,
		    (int)option->maximum);
}

static void resize_sketch(struct browser *browser, int steps)
{
	int rows = screen_rows(browser->screen);

	resize_pane(browser, &browser->sketch_rows, steps, -rows / 2, rows / 2);
}

static void toggle_mouse(struct browser *browser)
{
	browser->mouse = !browser->mouse;
	screen_use_mouse(browser->screen, browser->mouse);
	browser_message(browser, browser->mouse ? "the mouse moves and drags here"
						: "the mouse is the terminal's: it selects text");
}

static void jump_to(struct browser *browser)
{
	size_t model = browser_model(browser);

	if (model != CATALOG_NONE)
		browser_jump(browser, model);
}

static void go_back(struct browser *browser)
{
	const struct jump *jump = &browser->jumps[--browser->jump_count];

	browser_show_panes(browser, VIEW_TREE);
	tree_reveal(browser->tree, jump->model);
	if (jump->from != VIEW_COUNT) {
		browser_drop_view(browser, VIEW_COUNT); /* the panes that the jump put over it */
		browser_open_view(browser, jump->from);
	}
}

static void copy(struct browser *browser)
{
	const char *name = tree_name(browser->tree, browser_model(browser));

	if (screen_copy(browser->screen, name))
		browser_message(browser, "copied: %s", name);
	else
		browser_message(browser, "copying is switched off (clipboard in the configuration)");
}

static void cancel(struct browser *browser)
{
	struct job *jobs[WORK_MAX];
	char key[FIGURE_SIZE];

	if (browser->tree->filter) {
		tree_set_filter(browser->tree, NULL);
		if (work_jobs(browser, jobs) > 0)
			browser_message(browser, "all models are shown; Esc again stops what is being worked on");
	} else if (work_jobs(browser, jobs) > 0) {
		job_cancel(jobs[0]);
		browser_message(browser, "stopping…");
	} else if (browser->tree->needle && *browser->tree->needle) {
		tree_search(browser->tree, "");
	} else if (browser->depth > 0) {
		browser_close_view(browser);
	} else if (browser->focus != VIEW_TREE) {
		browser->focus = VIEW_TREE;
	} else {
		browser_remark(browser, "%s quits", browser_key_of(browser, ACTION_QUIT, key));
	}
}

static void quit_accepted(struct browser *browser, const char *answer)
{
	browser->quit = answer[0] == 'y' || answer[0] == 'Y';
}

static const struct prompt_ops quit_prompt = {
	.label = "an import or a sync is at work: stop it and quit (y/n)? ",
	.accepted = quit_accepted,
	.one_key = true,
};

static const struct prompt_ops leave_prompt = {
	.label = "quit (y/n)? ",
	.accepted = quit_accepted,
	.one_key = true,
};

/* In the order of the option's words. */
enum quit_wish { QUIT_TWICE, QUIT_ASK, QUIT_AT_ONCE };

static void quit(struct browser *browser, bool again)
{
	long wish = config_number(browser->options->config, CONFIG_QUIT);
	char key[FIGURE_SIZE];

	if (browser_close_view(browser))
		return;
	if (intake_changes(browser)) {
		prompt_open(browser, &quit_prompt, "");
	} else if (wish == QUIT_ASK) {
		prompt_open(browser, &leave_prompt, "");
	} else if (wish == QUIT_TWICE && !again) {
		browser->quit_asked = true;
		browser_remark(browser, "%s again quits", browser_key_of(browser, ACTION_QUIT, key));
	} else {
		browser->quit = true;
	}
}

/* Looking for something from another pane leads to the tree. */
static bool find_from_pane(struct browser *browser, enum action action, int count)
{
	enum view_id before = browser->focus;

	if (browser->full != VIEW_COUNT)
		return false;
	browser->focus = VIEW_TREE;
	if (find_act(browser, action, count))
		return true;
	browser->focus = before;
	return false;
}

static void act_everywhere(struct browser *browser, enum action action, int count)
{
	int steps = count > 0 ? count : 1;

	switch (action) {
	case ACTION_NEXT_PANE: change_pane(browser, 1); break;
	case ACTION_PREVIOUS_PANE: change_pane(browser, -1); break;
	case ACTION_COLUMN_NEXT: board_walk_targets(browser, 1); break;
	case ACTION_COLUMN_PREVIOUS: board_walk_targets(browser, -1); break;
	case ACTION_JUMP: jump_to(browser); break;
	case ACTION_BACK: go_back(browser); break;
	case ACTION_COPY: copy(browser); break;
	case ACTION_RESIDUALS: browser_open_view(browser, VIEW_RESIDUALS); break;
	case ACTION_HEAT:
		if (browser_model(browser) != CATALOG_NONE)
			heat_open(browser, browser_model(browser));
		break;
	case ACTION_GUESS: guess_model(browser, browser_model(browser)); break;
	case ACTION_PEDIGREE: pedigree_open(browser, browser_model(browser)); break;
	case ACTION_SWEEP: browser_open_view(browser, VIEW_SWEEP); break;
	case ACTION_BEST_WEIGHTS: sweep_take_best(browser); break;
	case ACTION_TABLE: table_open(browser); break;
	case ACTION_BOARD: picker_open(browser); break;
	case ACTION_OBSERVATIONS: observation_open(browser, browser_model(browser)); break;
	case ACTION_WHY: browser_open_view(browser, VIEW_WHY); break;
	case ACTION_COMMAND: command_line_open(browser, ""); break;
	case ACTION_SUGGEST: suggesting_open(browser); break;
	case ACTION_HELP: browser_open_view(browser, VIEW_HELP); break;
	case ACTION_MESSAGES: browser_open_view(browser, VIEW_MESSAGES); break;
	case ACTION_REFIT: fitting_start(browser, true); break;
	case ACTION_TREE_WIDER: resize_tree(browser, steps); break;
	case ACTION_TREE_NARROWER: resize_tree(browser, -steps); break;
	case ACTION_SKETCH_TALLER: resize_sketch(browser, steps); break;
	case ACTION_SKETCH_SHORTER: resize_sketch(browser, -steps); break;
	case ACTION_MOUSE: toggle_mouse(browser); break;
	case ACTION_REDRAW: screen_redraw(browser->screen); break;
	case ACTION_SUSPEND: screen_suspend(browser->screen); break;
	case ACTION_LEAVE: browser_close_view(browser); break;
	case ACTION_CANCEL: cancel(browser); break;
	case ACTION_IMPORT: command_line_open(browser, "import "); break;
	case ACTION_FETCH: command_line_open(browser, "sync "); break;
	case ACTION_RELOAD: intake_reload(browser); break;
	case ACTION_QUIT: quit(browser, browser->quit_asked); break;
	default: break;
	}
}

void browser_act(struct browser *browser, enum action action, int count)
{
	const struct view_ops *ops = view_ops(browser_view(browser));

	if (action == ACTION_NONE)
		return;
	if (!browser_needs_met(browser, action)) {
		browser_message(browser, "%s", need_message(action_info(action)->need));
		return;
	}
	if (ops->act && ops->act(browser, action, count))
		return;
	if (!list_find_act(browser, action, count) && !edit_act(browser, action, count) && !mark_act(browser, action) &&
	    !flag_act(browser, action) && !compare_act(browser, action) && !versus_act(browser, action) &&
	    !find_from_pane(browser, action, count))
		act_everywhere(browser, action, count);
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
