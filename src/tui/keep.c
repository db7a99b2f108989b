/* What is kept between runs. */
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "settings/config_table.h"
#include "stemma/base/memory.h"

/* More is no size that a key made. */
#define SKETCH_ROWS_MAX 500

static void keep(struct browser *browser, const char *key, const char *value)
{
	struct error error = {0};

	if (store_put_state(browser->session->store, key, value, &error) != STATUS_OK)
		browser_failure(browser, &error);
}

static char *kept(struct browser *browser, const char *key)
{
	return store_get_state(browser->session->store, key);
}

/* The session knows its target; this is the one from which its parts are walked. */
static void load_home(struct browser *browser)
{
	char *words = kept(browser, "tree.home");

	if (words && *words) {
		free(browser->home.name);
		browser->home.name = memory_string(words);
		board_move_home(browser);
	}
	free(words);
}

static void load_order(struct browser *browser)
{
	char *order = kept(browser, "tree.order");

	for (int i = 0; order && i < TREE_ORDER_COUNT; i++)
		if (strcmp(order, tree_order_name((enum tree_order)i)) == 0 && i != 0)
			tree_set_order(browser->tree, (enum tree_order)i);
	free(order);
	load_home(browser);
}

static int kept_number(struct browser *browser, const char *key, int standard)
{
	char *value = kept(browser, key);
	int number = value ? atoi(value) : standard;

	free(value);
	return number;
}

/* A size that the user never changed stays as configured. */
static void load_panes(struct browser *browser)
{
	const struct config_option *option = config_option(CONFIG_TREE_WIDTH);
	int width = kept_number(browser, "panes.tree", 0);
	int rows = kept_number(browser, "panes.sketch", 0);

	if (width >= option->minimum && width <= option->maximum)
		browser->tree_width = width;
	if (rows > -SKETCH_ROWS_MAX && rows < SKETCH_ROWS_MAX)
		browser->sketch_rows = rows;
}

static void load_filter(struct browser *browser)
{
	char *filter = kept(browser, "tree.filter");

	if (filter && *filter) {
		/* One by z waits for the fit. */
		browser->filter_due = memory_string(filter);
		find_again(browser);
		browser_message(browser, "filter %s, as in the last run; Esc shows all models", filter);
	}
	free(filter);
}

static void load_place(struct browser *browser)
{
	char *folds = kept(browser, "tree.folds"), *cursor = kept(browser, "tree.cursor");
	size_t model = cursor ? catalog_find(browser->session->catalog, cursor) : CATALOG_NONE;

	load_order(browser);
	load_panes(browser);
	if (folds)
		tree_load_folds(browser->tree, folds);
	else
		tree_set_open(browser->tree, 0, true);
	load_filter(browser);
	if (model != CATALOG_NONE)
		tree_reveal(browser->tree, model);
	free(folds);
	free(cursor);
}

void keep_load(struct browser *browser)
{
	if (config_number(browser->options->config, CONFIG_RESTORE))
		load_place(browser);
	else
		tree_set_open(browser->tree, 0, true);
	/* These are work, not a place. */
	sketch_load(&browser->sketch, browser->session, "");
	char *name = kept(browser, "sketch.name");
	if (name && *name)
		sketch_recognize(&browser->sketch, browser->session, name);
	free(name);
	char *beside = kept(browser, "sketch.beside");
	if (beside && *beside)
		sketch_load_beside(&browser->sketch, browser->session, beside);
	free(beside);
	browser->sketch.undo_count = 0; /* nothing of this run */
	edit_refresh(browser);
	char *commands = kept(browser, "commands");
	if (commands)
		command_line_load(browser, commands);
	free(commands);
	char *wishes = kept(browser, "suggest.wishes");
	if (wishes && *wishes)
		suggesting_load(browser, wishes);
	free(wishes);
	char *marks = kept(browser, "marks");
	if (marks)
		marks_load(&browser->marks, browser->session->catalog, marks);
	free(marks);
}

static void keep_number(struct browser *browser, const char *key, int number, bool standard)
{
	char value[16] = "";

	if (!standard)
		snprintf(value, sizeof value, "%d", number);
	keep(browser, key, value);
}

static void save_panes(struct browser *browser)
{
	const struct config *config = browser->options->config;

	keep_number(browser, "panes.tree", browser->tree_width,
		    browser->tree_width == config_number(config, CONFIG_TREE_WIDTH));
	keep_number(browser, "panes.sketch", browser->sketch_rows, browser->sketch_rows == 0);
}

/* No name is kept as such only where one was. */
static void keep_name(struct browser *browser, const char *key, const char *name)
{
	char *before = kept(browser, key);

	if (before || *name)
		keep(browser, key, name);
	free(before);
}

static void save_all(struct browser *browser)
{
	const struct catalog *catalog = browser->session->catalog;
	const struct tree *tree = browser->tree;
	size_t model = tree_model(tree);
	struct text folds = {0};
	struct error error = {0};

	tree_save_folds(tree, &folds);
	keep(browser, "tree.folds", text_string(&folds));
	keep(browser, "tree.cursor", model == CATALOG_NONE ? "" : catalog->models[model].name);
	keep(browser, "tree.order", tree_order_name(tree->order));
	keep(browser, "tree.home", browser->home.name);
	const char *filter = tree->filter ? tree->filter : browser->filter_due;
	keep(browser, "tree.filter", filter ? filter : "");
	keep_name(browser, "sketch.name", browser->sketch.now.name);
	keep_name(browser, "sketch.beside", browser->sketch.beside.name);
	save_panes(browser);
	text_clear(&folds);
	command_line_save(browser, &folds);
	keep(browser, "commands", text_string(&folds));
	text_clear(&folds);
	suggesting_save(browser, &folds);
	keep_name(browser, "suggest.wishes", text_string(&folds));
	text_clear(&folds);
	marks_save(&browser->marks, &folds);
	keep(browser, "marks", text_string(&folds));
	struct target target = target_copy(&browser->session->target);
	enum status status = session_set_target(browser->session, &target, true, &error);
	target_free(&target);
	if (status == STATUS_OK)
		status = sketch_save(&browser->sketch, browser->session, "", &error);
	if (status != STATUS_OK)
		browser_failure(browser, &error);
	text_free(&folds);
}

/* In one transaction: a cache that another program writes to is waited for once. */
void keep_save(struct browser *browser)
{
	struct store *store = browser->session->store;
	struct error error = {0};
	enum status status = store_begin(store, &error);

	if (status == STATUS_OK) {
		save_all(browser);
		status = store_commit(store, &error);
	}
	if (status != STATUS_OK)
		browser_failure(browser, &error);
}
