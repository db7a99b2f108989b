/* What each action does, and the actions that belong to no one view. */
#include "acts.h"

#include <stdio.h>

#include "browser.h"
#include "settings/config_table.h"

/* How often the action is to be done. */
static int times(const struct browser *browser)
{
	return browser->repeat > 0 ? browser->repeat : 1;
}

static void change_pane(struct browser *browser, int step)
{
	int pane = (int)browser->focus + step;

	browser->focus = (enum view_id)((pane + VIEW_SKETCH + 1) % (VIEW_SKETCH + 1));
}

static void pane_next(struct browser *browser)
{
	change_pane(browser, 1);
}

static void pane_previous(struct browser *browser)
{
	change_pane(browser, -1);
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

static void pane_widen_tree(struct browser *browser)
{
	resize_tree(browser, times(browser));
}

static void pane_narrow_tree(struct browser *browser)
{
	resize_tree(browser, -times(browser));
}

static void pane_heighten_sketch(struct browser *browser)
{
	resize_sketch(browser, times(browser));
}

static void pane_lower_sketch(struct browser *browser)
{
	resize_sketch(browser, -times(browser));
}

static void toggle_mouse(struct browser *browser)
{
	browser->mouse = !browser->mouse;
	screen_use_mouse(browser->screen, browser->mouse);
	browser_message(browser, browser->mouse ? "the mouse moves and drags here"
						: "the mouse is the terminal's: it selects text");
}

static void copy_name(struct browser *browser)
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

static void quit(struct browser *browser)
{
	long wish = config_number(browser->options->config, CONFIG_QUIT);
	char key[FIGURE_SIZE];

	if (browser_close_view(browser))
		return;
	if (intake_changes(browser)) {
		prompt_open(browser, &quit_prompt, "");
	} else if (wish == QUIT_ASK) {
		prompt_open(browser, &leave_prompt, "");
	} else if (wish == QUIT_TWICE && !browser->quit_asked) {
		browser->quit_asked = true;
		browser_remark(browser, "%s again quits", browser_key_of(browser, ACTION_QUIT, key));
	} else {
		browser->quit = true;
	}
}

static void redraw(struct browser *browser)
{
	screen_redraw(browser->screen);
}

static void suspend(struct browser *browser)
{
	screen_suspend(browser->screen);
}

static void leave_view(struct browser *browser)
{
	browser_close_view(browser);
}

/* ---- views that are opened as they are ---------------------------------------------- */

static void residual_open(struct browser *browser)
{
	browser_open_view(browser, VIEW_RESIDUALS);
}

static void sweep_open(struct browser *browser)
{
	browser_open_view(browser, VIEW_SWEEP);
}

static void why_open(struct browser *browser)
{
	browser_open_view(browser, VIEW_WHY);
}

static void versus_open(struct browser *browser)
{
	browser_open_view(browser, VIEW_VERSUS);
}

static void compare_open(struct browser *browser)
{
	browser_open_view(browser, VIEW_COMPARE);
}

static void mark_open(struct browser *browser)
{
	browser_open_view(browser, VIEW_MARKS);
}

static void help_open(struct browser *browser)
{
	browser_open_view(browser, VIEW_HELP);
}

static void message_open(struct browser *browser)
{
	browser_open_view(browser, VIEW_MESSAGES);
}

/* ---- the table ----------------------------------------------------------------------- */

#define IN_VIEW NULL

void (*act_function(enum action action))(struct browser *browser)
{
	static void (*const functions[])(struct browser *) = {
#define X(symbol, name, keys, views, need, does, ...) does,
		ACTION_TABLE(X)
#undef X
	};

	return action < ACTION_COUNT ? functions[action] : NULL;
}
