/* What is to be kept while somebody else, as an import, is writing the cache: the
 * screen does not wait, it is written when the cache is free again. */
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "stemma/base/memory.h"

/* What a key may take at most, and what the end may. */
#define PATIENCE_OF_KEYS 50 /* milliseconds */
#define PATIENCE_AT_END 5000

enum waiting_kind { WAITING_SKETCH, WAITING_FORGET, WAITING_FLAG, WAITING_LEAVE_OUT };

struct waiting {
	enum waiting_kind kind;
	char *text;                /* name of a sketch, or reason of a flag; NULL: no flag */
	struct sketch_state state; /* of a sketch */
	size_t model;              /* of a flag */
	bool leave_out;
};

static void add(struct browser *browser, const struct waiting *waiting)
{
	browser->waiting = memory_grow(browser->waiting, browser->waiting_count,
				       &browser->waiting_capacity, sizeof *browser->waiting);
	browser->waiting[browser->waiting_count++] = *waiting;
}

void waiting_sketch(struct browser *browser, const char *name)
{
	add(browser, &(struct waiting){
		.kind = WAITING_SKETCH, .text = memory_string(name), .state = browser->sketch.now});
	browser_message(browser, "kept as %s when the cache is free: it is being written", name);
}

void waiting_forget(struct browser *browser, const char *name)
{
	add(browser, &(struct waiting){.kind = WAITING_FORGET, .text = memory_string(name)});
	browser_message(browser, "goes when the cache is free, which is being written: %s", name);
}

void waiting_flag(struct browser *browser, size_t model, const char *reason)
{
	add(browser, &(struct waiting){
		.kind = WAITING_FLAG, .text = memory_string(reason), .model = model});
	browser_message(browser, "%s when the cache is free: %s", reason ? "flagged" : "trusted again",
			tree_name(browser->tree, model));
}

void waiting_leave_out(struct browser *browser)
{
	add(browser, &(struct waiting){
		.kind = WAITING_LEAVE_OUT, .leave_out = browser->session->left_out});
}

/* ---- writing it -------------------------------------------------------------------- */

static enum status write_sketch(struct browser *browser, const struct waiting *waiting, struct error *error)
{
	struct sketch sketch = {.now = waiting->state};
	enum status status = sketch.now.count == 0 ? STATUS_OK /* all its models have gone */
		: sketch_save(&sketch, browser->session, waiting->text, error);

	if (status == STATUS_OK)
		sketch_recognize(&browser->sketch, browser->session, waiting->text);
	return status;
}

static enum status write_one(struct browser *browser, const struct waiting *waiting, struct error *error)
{
	struct session *session = browser->session;
	bool found;

	switch (waiting->kind) {
	case WAITING_SKETCH: return write_sketch(browser, waiting, error);
	case WAITING_FORGET: return store_drop_sketch(session->store, waiting->text, &found, error);
	case WAITING_FLAG: return session_flag(session, waiting->model, waiting->text, error);
	case WAITING_LEAVE_OUT: return session_leave_out(session, waiting->leave_out, error);
	}
	return STATUS_OK;
}

/* In the order in which it was wanted. */
static void write_all(struct browser *browser, bool last)
{
	size_t done = 0;
	bool flagged = false, left_out = browser->session->left_out;

	for (; done < browser->waiting_count; done++) {
		struct waiting *waiting = &browser->waiting[done];
		struct error error = {0};
		enum status status = write_one(browser, waiting, &error);
		if (status == STATUS_BUSY && !last)
			break;
		if (status != STATUS_OK)
			browser_failure(browser, &error);
		flagged = flagged || waiting->kind == WAITING_FLAG;
		free(waiting->text);
	}
	browser->waiting_count -= done;
	for (size_t i = 0; i < browser->waiting_count; i++)
		browser->waiting[i] = browser->waiting[i + done];
	/* A catalog that came meanwhile knows only what was kept. */
	if (((flagged && browser->session->left_out) || browser->session->left_out != left_out) && !last)
		fitting_restart(browser);
}

void waiting_begin(struct browser *browser)
{
	store_set_patience(browser->session->store, PATIENCE_OF_KEYS);
}

void waiting_write(struct browser *browser)
{
	if (browser->waiting_count > 0)
		write_all(browser, false);
}

void waiting_end(struct browser *browser)
{
	store_set_patience(browser->session->store, PATIENCE_AT_END);
	write_all(browser, true);
	free(browser->waiting);
	browser->waiting = NULL;
}

bool waiting_has(const struct browser *browser, const char *sketch)
{
	for (size_t i = 0; i < browser->waiting_count; i++)
		if (browser->waiting[i].kind == WAITING_SKETCH && strcmp(browser->waiting[i].text, sketch) == 0)
			return true;
	return false;
}

void waiting_move(struct browser *browser, const uint32_t *match)
{
	size_t kept = 0;

	for (size_t i = 0; i < browser->waiting_count; i++) {
		struct waiting waiting = browser->waiting[i];
		if (waiting.kind == WAITING_SKETCH)
			sketch_state_renumber(&waiting.state, match);
		if (waiting.kind == WAITING_FLAG)
			waiting.model = catalog_matched(match, waiting.model);
		if (waiting.model == CATALOG_NONE)
			free(waiting.text);
		else
			browser->waiting[kept++] = waiting;
	}
	browser->waiting_count = kept;
}
