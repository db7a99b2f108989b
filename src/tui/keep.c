/* What is kept between runs. */
#include <stdlib.h>
#include <string.h>

#include "browser.h"

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

static void load_order(struct browser *browser)
{
	const struct catalog *catalog = browser->session->catalog;
	char *order = kept(browser, "tree.order"), *column = kept(browser, "tree.column");

	for (int i = 0; order && i < TREE_ORDER_COUNT; i++)
		if (strcmp(order, tree_order_name((enum tree_order)i)) == 0 && i != 0)
			tree_set_order(browser->tree, (enum tree_order)i);
	if (column && catalog_benchmark(catalog, column) < catalog->benchmark_count)
		tree_set_column(browser->tree, catalog_benchmark(catalog, column));
	free(order);
	free(column);
}

void keep_load(struct browser *browser)
{
	char *folds = kept(browser, "tree.folds"), *cursor = kept(browser, "tree.cursor");
	size_t model = cursor ? catalog_find(browser->session->catalog, cursor) : CATALOG_NONE;

	load_order(browser);
	if (folds)
		tree_load_folds(browser->tree, folds);
	else
		tree_set_open(browser->tree, 0, true);
	if (model != CATALOG_NONE)
		tree_reveal(browser->tree, model);
	sketch_load(&browser->sketch, browser->session, "");
	char *commands = kept(browser, "commands");
	if (commands)
		command_line_load(browser, commands);
	free(commands);
	char *marks = kept(browser, "marks");
	if (marks)
		marks_load(&browser->marks, browser->session->catalog, marks);
	free(marks);
	free(folds);
	free(cursor);
}

void keep_save(struct browser *browser)
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
	keep(browser, "tree.column", tree->column < catalog->benchmark_count
					     ? catalog->benchmarks[tree->column].key : "average");
	text_clear(&folds);
	command_line_save(browser, &folds);
	keep(browser, "commands", text_string(&folds));
	text_clear(&folds);
	marks_save(&browser->marks, &folds);
	keep(browser, "marks", text_string(&folds));
	if (sketch_save(&browser->sketch, browser->session, "", &error) != STATUS_OK)
		browser_failure(browser, &error);
	text_free(&folds);
}
