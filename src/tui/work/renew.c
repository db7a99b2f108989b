/* A new catalog takes the place of the old one: everything that held numbers of
 * models gets new ones, or goes. */
#include <stdlib.h>
#include <string.h>

#include "work/intake.h"
#include "stemma/base/memory.h"

/* From the old numbers to the new ones. */
struct renewal {
	const uint32_t *match;
	const struct catalog *after;
	bool was_empty; /* the old catalog */
};

static void move_model(const struct renewal *renewal, size_t *model)
{
	*model = catalog_matched(renewal->match, *model);
}

/* Those to models that are gone are forgotten. */
static void move_jumps(struct browser *browser, const struct renewal *renewal)
{
	size_t kept = 0;

	for (size_t i = 0; i < browser->jump_count; i++) {
		struct jump jump = browser->jumps[i];
		move_model(renewal, &jump.model);
		if (jump.model != CATALOG_NONE)
			browser->jumps[kept++] = jump;
	}
	browser->jump_count = kept;
}

/* ---- what is shown ------------------------------------------------------------------- */

/* The filter waits for the flags of the new catalog, or for the fit. */
static void move_tree(struct browser *browser, const struct renewal *renewal, struct tree *tree)
{
	struct tree *before = browser->tree;

	tree_renew(tree, before, renewal->match, browser->session->target_values);
	/* What was empty opens as at the first start. */
	if (renewal->was_empty)
		tree_set_open(tree, 0, true);
	if (before->filter) {
		free(browser->filter_due);
		browser->filter_due = memory_string(before->filter);
	}
	browser->tree = tree;
	tree_free(before);
}

static void move_figures(struct browser *browser, const struct renewal *renewal)
{
	move_model(renewal, &browser->model_scrolled);
	text_clear(&browser->anomaly_lines);
	browser->guess.model = CATALOG_NONE;
	browser->guess.count = 0;
}

/* ---- what the user made ----------------------------------------------------------------- */

static void move_work(struct browser *browser, const struct renewal *renewal)
{
	move_jumps(browser, renewal);
	move_model(renewal, &browser->model_before);
	browser->drag.active = false;
	if (!sketch_renumber(&browser->sketch, renewal->match))
		browser_message(browser, "models of the sketch are gone from the cache: the others took their weight");
	marks_find(&browser->marks, renewal->after);
	flag_move(browser, renewal->match);
	waiting_move(browser, renewal->match);
}

void renew_adopt(struct browser *browser, struct intake *intake)
{
	struct session *session = browser->session;
	const struct renewal renewal = {intake->match, intake->catalog, session->catalog->count == 0};
	size_t height = browser->tree->cursor - browser->tree_list.top;

	guess_stop(browser);
	/* Queries go before their fit, and that before its catalog. */
	board_forget(browser);
	views_overtake(browser);
	views_forget(browser);
	move_figures(browser, &renewal);
	session_adopt_catalog(session, intake->catalog);
	intake->catalog = NULL;
	move_tree(browser, &renewal, intake->tree);
	intake->tree = NULL;
	move_work(browser, &renewal);
	board_move_home(browser);
	board_rows_make(browser);
	views_renumber(browser, intake->match);
	fitting_adopted(browser);
	/* The row under the cursor stays where it is on the screen. */
	browser->tree_list.top = browser->tree->cursor > height ? browser->tree->cursor - height : 0;
	browser->fit_outdated = false;
	guess_begin_again(browser, intake->match);
	fitting_start_quietly(browser);
}
