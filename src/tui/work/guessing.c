/* Guessing what a merge was made from, and taking guesses over. */
#include <stdlib.h>

#include "browser.h"
#include "stemma/base/memory.h"

/* The guesses borrow the store of the worker only while they are learned. */
static enum status work_guess(void *context, struct progress *progress, struct error *error)
{
	struct guess_work *work = context;
	struct store *store;
	bool created;
	enum status status = store_open(work->path, false, &store, &created, error);

	if (status != STATUS_OK)
		return status;
	status = guesses_learn(store, work->catalog, progress, &work->guesses, error);
	store_close(store);
	return status;
}

static void show_guesses(struct browser *browser, size_t model)
{
	browser->guess.model = model;
	browser->guess.accepted = 0;
	browser->guess.count = guesses_make(browser->guess.known, model, browser->guess.list, GUESSES_SHOWN);
	if (browser->guess.count == 0)
		browser_message(browser, "no model of its architecture and size is older");
	else
		browser_message(browser, "guesses, not facts; :accept 1 takes the first one over");
}

static void begin(struct browser *browser, size_t model)
{
	browser->guess.work = (struct guess_work){
		.path = memory_string(browser->session->path), .catalog = browser->session->catalog,
		.model = model};
	browser->guess.job = job_start(work_guess, &browser->guess.work, browser->wake[1]);
}

void guess_model(struct browser *browser, size_t model)
{
	const struct catalog *catalog = browser->session->catalog;

	if (!guesses_wanted(catalog, model)) {
		browser_message(browser, "parents are guessed only for merges that don't name theirs");
		return;
	}
	browser_show_panes(browser, browser->focus);
	if (browser->guess.known) {
		show_guesses(browser, model);
		return;
	}
	if (browser->guess.job) {
		browser->guess.work.model = model;
		return;
	}
	begin(browser, model);
	browser_message(browser, "learning from the merges that name their parents…");
}

void guess_here(struct browser *browser)
{
	guess_model(browser, browser_model(browser));
}

void guess_overtake(struct browser *browser)
{
	if (!browser->guess.job)
		return;
	browser->guess.again = browser->guess.work.model;
	job_cancel(browser->guess.job);
}

void guess_begin_again(struct browser *browser, const uint32_t *match)
{
	size_t model = catalog_matched(match, browser->guess.again);

	browser->guess.again = CATALOG_NONE;
	if (model != CATALOG_NONE && guesses_wanted(browser->session->catalog, model))
		begin(browser, model);
}

void guess_poll(struct browser *browser)
{
	struct error error = {0};

	if (!browser->guess.job || !job_done(browser->guess.job))
		return;
	enum status status = job_finish(browser->guess.job, &error);
	browser->guess.job = NULL;
	free(browser->guess.work.path);
	if (browser->guess.again != CATALOG_NONE) {
		if (status == STATUS_OK)
			guesses_free(browser->guess.work.guesses);
	} else if (status == STATUS_OK) {
		browser->guess.known = browser->guess.work.guesses;
		show_guesses(browser, browser->guess.work.model);
	} else if (status == STATUS_CANCELLED) {
		browser_message(browser, "guessing stopped");
	} else {
		browser_failure(browser, &error);
	}
}

void guess_stop(struct browser *browser)
{
	if (browser->guess.job) {
		job_cancel(browser->guess.job);
		if (job_finish(browser->guess.job, NULL) == STATUS_OK)
			browser->guess.known = browser->guess.work.guesses;
		free(browser->guess.work.path);
		browser->guess.job = NULL;
	}
	guesses_free(browser->guess.known);
	browser->guess.known = NULL;
}

void guess_accept(struct browser *browser, const char *number)
{
	struct error error = {0};
	char *end;
	unsigned long count = strtoul(number, &end, 10);
	size_t from = browser->guess.accepted;
	char key[FIGURE_SIZE];

	if (browser->guess.model == CATALOG_NONE || browser->guess.count == 0 ||
	    browser->guess.model != browser_model(browser)) {
		browser_message(browser, "nothing is guessed of this model: %s guesses",
				browser_key_of(browser, ACTION_GUESS, key));
		return;
	}
	if (end == number || *end || count < 1 || count > browser->guess.count) {
		browser_message(browser, "the first 1 to %zu guesses can be accepted", browser->guess.count);
		return;
	}
	if (count <= from) {
		browser_message(browser, "the first %zu are accepted already", from);
		return;
	}
	if (guesses_accept(browser->session->catalog, browser->guess.model, browser->guess.list + from,
			   count - from, &error) != STATUS_OK) {
		browser_failure(browser, &error);
		return;
	}
	browser->guess.accepted = count;
	browser_message(browser, "%zu added to corrections.yaml; %s takes them in now; undo: delete there",
			count - from, browser_key_of(browser, ACTION_RELOAD, key));
}
