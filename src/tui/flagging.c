/* Models that the user distrusts: flagging them, leaving them out, and undoing
 * both. */
#include <stdlib.h>

#include "browser.h"
#include "stemma/base/memory.h"

/* ---- undo ------------------------------------------------------------------------ */

/* What a change replaced.  It stands between the sketch's edits: `place` is
 * how many of them could be undone then. */
struct flag_change {
	size_t model;  /* CATALOG_NONE: what is left out */
	char *reason;  /* of the flag before; NULL = there was none */
	size_t place;
};

static void remember(struct browser *browser, size_t model, const char *reason)
{
	browser->flag_changes = memory_grow(browser->flag_changes, browser->flag_change_count,
					    &browser->flag_change_capacity,
					    sizeof *browser->flag_changes);
	browser->flag_changes[browser->flag_change_count++] = (struct flag_change){
		model, memory_string(reason), browser->sketch.undo_count
	};
}

void flag_free(struct browser *browser)
{
	for (size_t i = 0; i < browser->flag_change_count; i++)
		free(browser->flag_changes[i].reason);
	free(browser->flag_changes);
}

void flag_move(struct browser *browser, const uint32_t *match)
{
	size_t kept = 0;

	for (size_t i = 0; i < browser->flag_change_count; i++) {
		struct flag_change change = browser->flag_changes[i];
		bool gone = change.model != CATALOG_NONE && match[change.model] == CATALOG_NOWHERE;
		change.model = catalog_matched(match, change.model);
		if (gone)
			free(change.reason);
		else
			browser->flag_changes[kept++] = change;
	}
	browser->flag_change_count = kept;
}

void flag_reload(struct browser *browser)
{
	struct session *session = browser->session;
	bool changed, left_out = session->left_out;
	struct error error = {0};
	char count[FIGURE_SIZE];

	/* What is still to be written goes before what is kept. */
	if (browser->waiting_count > 0)
		return;
	if (session_reload_flags(session, &changed, &error) != STATUS_OK) {
		browser_failure(browser, &error);
	} else if (changed) {
		browser_message(browser, "read again: %s scored suspects", figure_count(count, session->flags.suspects));
		find_again(browser);
		if (left_out || session->left_out)
			fitting_restart(browser);
	} else {
		browser_message(browser, "the cache is as it was");
	}
}

/* ---- changes --------------------------------------------------------------------- */

static bool set_flag(struct browser *browser, size_t model, const char *reason)
{
	struct session *session = browser->session;
	struct error error = {0};

	enum status status = session_flag(session, model, reason, &error);
	bool done = status == STATUS_OK;
	if (status == STATUS_BUSY)
		waiting_flag(browser, model, reason);
	else if (!done)
		browser_failure(browser, &error);
	if (session->left_out && done)
		fitting_restart(browser);
	return done;
}

static void say_flagged(struct browser *browser, size_t model, bool flagged)
{
	const struct flags *flags = &browser->session->flags;
	char count[FIGURE_SIZE];

	if (flagged)
		browser_message(browser, "flagged: %s; %s scored suspects%s",
				tree_name(browser->tree, model), figure_count(count, flags->suspects),
				browser->session->left_out ? " are left out" : ", & leaves them out");
	else
		browser_message(browser, "trusted again: %s", tree_name(browser->tree, model));
}

static void change_flag(struct browser *browser, size_t model, const char *reason)
{
	const struct flags *flags = &browser->session->flags;
	const struct flag *flag = flags->state[model] == FLAG_SELF
		? flags_find(flags, browser->session->catalog, model) : NULL;

	remember(browser, model, flag ? flag->reason : NULL);
	if (set_flag(browser, model, reason))
		say_flagged(browser, model, reason != NULL);
}

void flag_model(struct browser *browser, const char *reason)
{
	size_t model = browser_model(browser);

	if (model == CATALOG_NONE)
		browser_message(browser, "%s", need_message(NEED_MODEL));
	else
		change_flag(browser, model, *reason ? reason : "suspect");
}

static const struct prompt_ops flag_prompt = {
	.label = "suspect because: ",
	.accepted = flag_model,
};

void flag_ask(struct browser *browser)
{
	size_t model = browser_model(browser);

	if (browser->session->flags.state[model] == FLAG_SELF)
		change_flag(browser, model, NULL);
	else
		prompt_open(browser, &flag_prompt, "");
}

static void leave_out(struct browser *browser)
{
	struct session *session = browser->session;
	struct error error = {0};
	char count[FIGURE_SIZE], key[FIGURE_SIZE];

	enum status status = session_leave_out(session, !session->left_out, &error);
	if (status == STATUS_BUSY)
		waiting_leave_out(browser);
	else if (status != STATUS_OK)
		browser_failure(browser, &error);
	figure_count(count, session->flags.suspects);
	if (session->left_out)
		browser_message(browser, "%s scored suspects are left out; %s takes them in again", count,
				browser_key_of(browser, ACTION_LEAVE_OUT, key));
	else
		browser_message(browser, "%s scored suspects are taken in again", count);
	fitting_restart(browser);
}

bool flag_undo(struct browser *browser)
{
	size_t count = browser->flag_change_count;

	if (count == 0 || browser->flag_changes[count - 1].place < browser->sketch.undo_count)
		return false;
	struct flag_change change = browser->flag_changes[--browser->flag_change_count];
	if (change.model == CATALOG_NONE)
		leave_out(browser);
	else if (set_flag(browser, change.model, change.reason))
		say_flagged(browser, change.model, change.reason != NULL);
	free(change.reason);
	return true;
}

void flag_leave_out(struct browser *browser)
{
	remember(browser, CATALOG_NONE, NULL);
	leave_out(browser);
}
