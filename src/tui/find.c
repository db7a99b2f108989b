/* Search and filter in the tree, and the way back. */
#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "browser.h"
#include "stemma/base/memory.h"

/* ---- search ----------------------------------------------------------------- */

static void say_match(struct browser *browser, size_t number)
{
	const struct tree *tree = browser->tree;

	if (tree->match_count == 0)
		browser_remark(browser, "no name contains %s", tree->needle);
	else
		browser_remark(browser, "match %zu of %zu", number, tree->match_count);
}

static void go_back_to_start(struct browser *browser)
{
	tree_load_folds(browser->tree, text_string(&browser->folds_before));
	if (browser->model_before != CATALOG_NONE)
		tree_reveal(browser->tree, browser->model_before);
}

static void search_changed(struct browser *browser, const char *text)
{
	size_t number;

	go_back_to_start(browser);
	tree_search(browser->tree, text);
	size_t match = tree_match(browser->tree, 1, true, &number);
	if (match != CATALOG_NONE)
		browser_reveal(browser, match);
	if (*text)
		say_match(browser, number);
}

static void search_accepted(struct browser *browser, const char *text)
{
	if (*text && browser->model_before != CATALOG_NONE)
		browser_push_jump(browser, browser->model_before);
	else if (!*text)
		tree_search(browser->tree, "");
}

static void search_cancelled(struct browser *browser)
{
	tree_search(browser->tree, "");
	go_back_to_start(browser);
}

static const struct prompt_ops search_prompt = {
	.label = "/",
	.changed = search_changed,
	.accepted = search_accepted,
	.cancelled = search_cancelled,
};

static void search_start(struct browser *browser)
{
	text_clear(&browser->folds_before);
	tree_save_folds(browser->tree, &browser->folds_before);
	browser->model_before = tree_model(browser->tree);
	prompt_open(browser, &search_prompt, "");
}

static void search_next(struct browser *browser, int step, int count)
{
	size_t number = 0;

	for (int i = 0; i < count; i++) {
		size_t match = tree_match(browser->tree, step, false, &number);
		if (match != CATALOG_NONE)
			browser_reveal(browser, match);
	}
	say_match(browser, number);
}

/* ---- filter ------------------------------------------------------------------- */

/* For filters by what is predicted. */
static double predict(void *context, size_t model, const struct engine_target *target)
{
	struct engine_estimate estimate;

	return board_estimate(context, model, target, &estimate) ? estimate.mean : NAN;
}

void find_measure(struct browser *browser, bool anew)
{
	const struct session *session = browser->session;
	size_t count = session->catalog->count;

	if (anew) {
		free(browser->z);
		browser->z = NULL;
		tree_set_z(browser->tree, NULL);
		tree_set_predict(browser->tree, session->fit ? predict : NULL, browser);
	}
	if (browser->z || !session->fit)
		return;
	browser->z = memory_allocate(count + 1, sizeof *browser->z);
	for (size_t i = 0; i < count; i++) {
		struct engine_residual residual;
		bool known = session->catalog->models[i].scored &&
			     engine_residual(session->fit, i, &session->target.engine, ENGINE_LEAVE_MODEL, &residual);
		browser->z[i] = known ? residual.z : NAN;
	}
	tree_set_z(browser->tree, browser->z);
}

void find_prepare(struct browser *browser, struct filter *filter)
{
	find_measure(browser, false);
	filter_set_z(filter, browser->z);
	filter_set_predict(filter, browser->session->fit ? predict : NULL, browser);
}

void find_filter(struct browser *browser, const char *line)
{
	struct error error = {0};

	find_measure(browser, false);
	if (tree_filter(browser->tree, line, &error) != STATUS_OK)
		browser_failure(browser, &error);
}

void find_again(struct browser *browser)
{
	struct tree *tree = browser->tree;
	size_t model = tree_model(tree);
	struct error error = {0};
	char *line = tree->filter ? memory_string(tree->filter) : browser->filter_due;

	if (line != browser->filter_due)
		free(browser->filter_due);
	browser->filter_due = NULL;
	if (!line)
		return;
	if (tree_filter(tree, line, &error) == STATUS_OK)
		free(line);
	else if (!browser->session->fit)
		browser->filter_due = line;
	else {
		browser_failure(browser, &error);
		free(line);
	}
	if (tree->filter && tree_row_of(tree, model) != SIZE_MAX)
		tree_move(tree, tree_row_of(tree, model));
}

void find_sort(struct browser *browser, const char *word)
{
	enum tree_order order = 0;

	while (order < TREE_ORDER_COUNT && strcasecmp(tree_order_name(order), word) != 0)
		order++;
	if (order == TREE_ORDER_COUNT) {
		if (!board_choose_target(browser, word))
			return;
		order = TREE_BY_SCORE;
	}
	find_set_order(browser, order);
}

void find_set_order(struct browser *browser, enum tree_order order)
{
	find_measure(browser, false);
	tree_set_order(browser->tree, order);
	if (order != TREE_BY_SCORE && order != TREE_BY_Z)
		browser_message(browser, "order: %s", tree_order_name(order));
	else if (order == TREE_BY_Z && !browser->tree->z)
		browser_message(browser, "order: z, as soon as there is a fit");
	else
		browser_message(browser, "order: %s (%s)", tree_order_name(order),
				browser->rows[0].name);
}

/* "size: a number is expected, as in size < 8". */
static void note_error(struct browser *browser, const struct error *error)
{
	prompt_note(browser, true, "%s%s%s", error->message, error->advice[0] ? "; " : "",
		    error->advice);
}

static const struct prompt_ops filter_prompt;

static void filter_changed(struct browser *browser, const char *text)
{
	struct error error = {0};
	const char *hint;

	if (tree_filter(browser->tree, text, &error) != STATUS_OK) {
		note_error(browser, &error);
		return;
	}
	hint = tree_filter_hint(browser->tree);
	if (*hint)
		prompt_note(browser, false, "%s", hint);
	if (!*text && browser->model_before != CATALOG_NONE)
		tree_reveal(browser->tree, browser->model_before);
}

static void filter_accepted(struct browser *browser, const char *text)
{
	struct error error = {0};

	/* What is wrong stays open to be put right. */
	if (tree_filter(browser->tree, text, &error) != STATUS_OK) {
		prompt_open(browser, &filter_prompt, text);
		note_error(browser, &error);
	} else if (browser->tree->filter)
		browser_message(browser, "%zu models fit; Esc shows all models",
				browser->tree->fit_count);
}

static void filter_cancelled(struct browser *browser)
{
	tree_set_filter(browser->tree, NULL);
	if (browser->model_before != CATALOG_NONE)
		tree_reveal(browser->tree, browser->model_before);
}

static const struct prompt_ops filter_prompt = {
	.label = "filter: ",
	.changed = filter_changed,
	.accepted = filter_accepted,
	.cancelled = filter_cancelled,
};

static void filter_start(struct browser *browser)
{
	browser->model_before = tree_model(browser->tree);
	prompt_open(browser, &filter_prompt, browser->tree->filter ? browser->tree->filter : "");
}

/* ---- jumps ---------------------------------------------------------------------- */

void browser_push_jump(struct browser *browser, size_t model)
{
	if (browser->jump_count == JUMPS_MAX) {
		for (size_t i = 1; i < JUMPS_MAX; i++)
			browser->jumps[i - 1] = browser->jumps[i];
		browser->jump_count--;
	}
	browser->jumps[browser->jump_count++] = (struct jump){model, browser->full};
}

void browser_jump(struct browser *browser, size_t model)
{
	size_t from = tree_model(browser->tree);
	const struct tree_row *row = tree_here(browser->tree);

	/* From a link row the way back leads to the parent it was listed under. */
	if (row && row->kind == ROW_LINK)
		from = row->owner;
	if (from != CATALOG_NONE && (from != model || browser->full != VIEW_COUNT))
		browser_push_jump(browser, from);
	bool in_view = browser->full != VIEW_COUNT;
	browser_show_panes(browser, VIEW_TREE);
	if (in_view)
		browser_reveal(browser, model);
	else
		tree_reveal(browser->tree, model);
}

void browser_reveal(struct browser *browser, size_t model)
{
	tree_reveal(browser->tree, model);
	list_center(&browser->tree_list, browser->tree->cursor, browser->tree->row_count);
}

void find_jump(struct browser *browser)
{
	size_t model = browser_model(browser);

	if (model != CATALOG_NONE)
		browser_jump(browser, model);
}

void find_go_back(struct browser *browser)
{
	const struct jump *jump = &browser->jumps[--browser->jump_count];

	browser_show_panes(browser, VIEW_TREE);
	tree_reveal(browser->tree, jump->model);
	if (jump->from != VIEW_COUNT) {
		browser_drop_view(browser, VIEW_COUNT); /* the panes that the jump put over it */
		browser_open_view(browser, jump->from);
	}
}

/* ---- actions --------------------------------------------------------------------- */

/* The tree's from any pane. */
static bool in_tree(struct browser *browser)
{
	if (browser->full != VIEW_COUNT)
		return false;
	browser->focus = VIEW_TREE;
	return true;
}

void find_search(struct browser *browser)
{
	if (in_tree(browser))
		search_start(browser);
	else
		list_search(browser);
}

static void search_again(struct browser *browser, int step)
{
	int count = browser->repeat > 0 ? browser->repeat : 1;

	if (in_tree(browser))
		search_next(browser, step, count);
	else
		list_search_again(browser, step, count);
}

void find_next(struct browser *browser)
{
	search_again(browser, 1);
}

void find_previous(struct browser *browser)
{
	search_again(browser, -1);
}

void find_ask_filter(struct browser *browser)
{
	if (in_tree(browser))
		filter_start(browser);
}
