/* The browser's loop: keys, signals and jobs in, frames out. */
#include "stemma/tui/tui.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "browser.h"
#include "settings/config_table.h"
#include "script.h"
#include "term/sequence.h"
#include "term/signals.h"
#include "stemma/base/memory.h"

/* ---- standard error while curses is up ------------------------------------------- */

struct catcher {
	int saved, pipe[2]; /* -1 = not caught */
	struct text line;
};

static void catcher_start(struct catcher *catcher)
{
	*catcher = (struct catcher){.saved = -1, .pipe = {-1, -1}};
	if (!isatty(STDERR_FILENO) || pipe2(catcher->pipe, O_NONBLOCK | O_CLOEXEC) != 0)
		return;
	catcher->saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (catcher->saved >= 0)
		dup2(catcher->pipe[1], STDERR_FILENO);
}

/* Whole lines become messages. */
static bool catcher_read(struct catcher *catcher, struct browser *browser)
{
	char bytes[512];
	ssize_t count = catcher->pipe[0] < 0 ? 0 : read(catcher->pipe[0], bytes, sizeof bytes);

	for (ssize_t i = 0; i < count; i++) {
		if (bytes[i] != '\n') {
			text_append_bytes(&catcher->line, &bytes[i], 1);
		} else if (catcher->line.length > 0) {
			browser_message(browser, "%s", text_string(&catcher->line));
			text_clear(&catcher->line);
		}
	}
	return count > 0;
}

static void catcher_stop(struct catcher *catcher)
{
	if (catcher->saved >= 0) {
		dup2(catcher->saved, STDERR_FILENO);
		close(catcher->saved);
	}
	for (int i = 0; i < 2; i++)
		if (catcher->pipe[i] >= 0)
			close(catcher->pipe[i]);
	text_free(&catcher->line);
}

/* ---- the loop ----------------------------------------------------------------------- */

struct loop {
	struct browser *browser;
	struct catcher catcher;
	int signals;   /* pipe */
	int deadly;    /* the signal that ends the program, 0 = none */
	int empty;     /* times that input was announced and none came */
};

/* Input that is announced again and again and never comes: the terminal is
 * gone. */
#define EMPTY_MAX 50

static void loop_keys(struct loop *loop)
{
	struct mouse mouse;
	int input, count = 0;

	while ((input = screen_input(loop->browser->screen, &mouse)) >= 0) {
		if (input == INPUT_PASTE)
			browser_paste(loop->browser, screen_paste(loop->browser->screen));
		else
			browser_key(loop->browser, input, &mouse);
		count++;
		if (loop->browser->quit)
			return;
	}
	loop->empty = count > 0 ? 0 : loop->empty + 1;
	if (loop->empty > EMPTY_MAX)
		loop->browser->quit = true;
}

static void loop_signals(struct loop *loop)
{
	struct browser *browser = loop->browser;
	int number;

	while ((number = signals_next()) != 0) {
		switch (number) {
		case SIGWINCH: screen_measure(browser->screen); break;
		case SIGTSTP: screen_suspend(browser->screen); break;
		case SIGCONT: screen_resume(browser->screen); break;
		case SIGINT:
			browser_hide_message(browser); /* as by a key */
			browser_act(browser, ACTION_CANCEL, 0);
			break;
		default:
			loop->deadly = number;
			browser->quit = true;
		}
	}
}

static void drain(int descriptor)
{
	char bytes[64];

	while (read(descriptor, bytes, sizeof bytes) > 0)
		;
}

/* Others may change the cache, which nothing announces. */
#define LOOK_MILLISECONDS 2000

/* Waits for something to happen, and meanwhile prepares what keys will need. */
static int loop_wait(struct browser *browser, struct pollfd *files, nfds_t count)
{
	int happened = poll(files, count, 0);
	bool more = true;

	while (happened == 0 && browser->estimate_due) {
		layout_draw(browser);
		happened = poll(files, count, 0);
	}
	while (happened == 0 && more) {
		happened = poll(files, count, 0);
		more = happened == 0 && tree_prepare(browser->tree);
	}
	while (happened == 0 && !intake_look(browser, false))
		happened = poll(files, count, LOOK_MILLISECONDS);
	return happened;
}

static void loop_run(struct loop *loop)
{
	struct browser *browser = loop->browser;

	while (!browser->quit) {
		struct pollfd files[] = {
			{.fd = STDIN_FILENO, .events = POLLIN},
			{.fd = loop->signals, .events = POLLIN},
			{.fd = browser->wake[0], .events = POLLIN},
			{.fd = loop->catcher.pipe[0], .events = POLLIN},
		};
		layout_draw_in_haste(browser);
		if (loop_wait(browser, files, 4) < 0 && errno != EINTR)
			return;
		loop_signals(loop);
		if (files[2].revents) {
			drain(browser->wake[0]);
			work_poll(browser);
		}
		if (files[3].revents)
			catcher_read(&loop->catcher, browser);
		if (files[0].revents & POLLIN)
			loop_keys(loop);
		else if (files[0].revents)
			return;
	}
}

/* ---- life ------------------------------------------------------------------------------ */

/* What the user should know before the first key. */
static void welcome(struct browser *browser)
{
	const struct session *session = browser->session;

	browser_hide_message(browser);
	if (screen_fell_back(browser->screen))
		browser_message(browser, "no description of the terminal type %s: drawn as on an xterm; set TERM to yours",
				getenv("TERM"));
	if (browser->options->fault) {
		browser_failure(browser, browser->options->fault);
		browser_message(browser, "the default configuration is in force");
		browser_open_view(browser, VIEW_MESSAGES);
		return;
	}
	if (session->created && session->catalog->count > 0)
		browser_message(browser, "the starter set: public scores; I imports your own");
}

static void browser_start(struct browser *browser, struct session *session,
			  const struct tui_options *options, size_t model)
{
	const struct target_names names = session_names(session);

	browser->session = session;
	browser->options = options;
	browser->full = VIEW_COUNT;
	browser_hide_message(browser);
	browser->tree_width = (int)config_number(options->config, CONFIG_TREE_WIDTH);
	browser->mouse = config_number(options->config, CONFIG_MOUSE) != 0;
	browser->tree = tree_new(session->catalog, &names);
	tree_set_values(browser->tree, session->target_values);
	browser->home = target_copy(&session->target);
	board_rows_make(browser);
	size_t *const none[] = {
		&browser->estimated, &browser->known_model, &browser->model_before, &browser->guess.model, &browser->guess.again,
		&browser->model_scrolled,
	};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		*none[i] = CATALOG_NONE;
	sketch_init(&browser->sketch);
	views_start(browser);
	keep_load(browser);
	if (model != CATALOG_NONE)
		tree_reveal(browser->tree, model);
	fitting_adopted(browser);
	welcome(browser);
	waiting_begin(browser);
}

static void browser_end(struct browser *browser)
{
	work_stop(browser);
	suggesting_free(browser);
	guess_stop(browser);
	views_free(browser);
	board_forget(browser);
	board_rows_free(browser);
	target_free(&browser->home);
	if (browser->predicted)
		sketch_prediction_free(&browser->prediction);
	versus_forget(browser);
	sketch_free(&browser->sketch);
	tree_free(browser->tree);
	free(browser->answers);
	free(browser->list_needle);
	free(browser->output);
	for (size_t i = 0; i < browser->message_count; i++)
		free(browser->messages[i].text);
	free(browser->messages);
	text_free(&browser->prompt.text);
	text_free(&browser->prompt.note);
	command_line_free(browser);
	marks_free(&browser->marks);
	flag_free(browser);
	text_free(&browser->folds_before);
	free(browser->filter_due);
	free(browser->z);
	text_free(&browser->anomaly_lines);
	text_free(&browser->warnings);
	for (int i = 0; i < 2; i++)
		if (browser->wake[i] >= 0)
			close(browser->wake[i]);
}

/* An empty cache says itself what to do. */
static void first_fit(struct browser *browser)
{
	if (!browser->session->fit && browser->session->catalog->scored_count > 0)
		fitting_start(browser, false);
}

/* Interactive: returns the signal that ended it, or 0. */
static int run_interactive(struct browser *browser)
{
	struct loop loop = {.browser = browser};

	loop.signals = signals_catch();
	catcher_start(&loop.catcher);
	first_fit(browser);
	loop_run(&loop);
	screen_close(browser->screen);
	browser->screen = NULL;
	catcher_stop(&loop.catcher);
	signals_release();
	return loop.deadly;
}

static enum status run_script(struct browser *browser, struct script *script, struct error *error)
{
	first_fit(browser);
	layout_draw(browser);
	enum status status = script_run(script, browser, error);
	screen_close(browser->screen);
	browser->screen = NULL;
	return status;
}

/* How many messages there are; none of them gives way to those that follow. */
static size_t settle_messages(struct browser *browser)
{
	if (browser->message_count > 0)
		browser->messages[browser->message_count - 1].passing = false;
	return browser->message_count;
}

/* Said by name, because without a screen a message would be lost. */
static void report_failures(const struct browser *browser, size_t first, struct error *error)
{
	for (size_t i = first; i < browser->message_count; i++)
		if (browser->messages[i].failure)
			error_set(error, STATUS_IO, "%s", browser->messages[i].text);
}

enum status tui_run(struct session *session, const struct tui_options *options, struct error *error)
{
	struct browser browser = {.wake = {-1, -1}};
	struct script *script = NULL;
	struct error local = {0};
	size_t model = CATALOG_NONE;
	enum status status = STATUS_OK;
	int rows = 0, columns = 0, deadly = 0;

	if (!error)
		error = &local;
	if (options->model)
		status = catalog_resolve(session->catalog, options->model, &model, error);
	if (status == STATUS_OK && options->script)
		status = script_open(options->script, &script, error);
	if (status != STATUS_OK)
		return status;
	if (script)
		script_size(script, &rows, &columns);
	if (pipe2(browser.wake, O_NONBLOCK | O_CLOEXEC) != 0)
		status = error_set(error, STATUS_IO, "cannot make a pipe: %s", strerror(errno));
	if (status == STATUS_OK)
		status = screen_open(options->config, script != NULL, rows, columns, &browser.screen, error);
	if (status == STATUS_OK) {
		browser_start(&browser, session, options, model);
		if (script)
			status = run_script(&browser, script, error);
		else
			deadly = run_interactive(&browser);
		size_t before = settle_messages(&browser);
		work_stop(&browser); /* it may be writing */
		waiting_end(&browser);
		keep_save(&browser);
		report_failures(&browser, before, error);
		if (status == STATUS_OK)
			status = error->status;
	}
	browser_end(&browser);
	script_close(script);
	if (deadly) {
		signal(deadly, SIG_DFL); /* curses left a handler that exits */
		raise(deadly);
	}
	return status;
}
