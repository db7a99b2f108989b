/* The actions that change the sketch. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "browser.h"
#include "settings/config_table.h"
#include "settings/words.h"
#include "stemma/base/memory.h"

void edit_refresh(struct browser *browser)
{
	struct sketch *sketch = &browser->sketch;

	versus_forget(browser);
	if (browser->predicted)
		sketch_prediction_free(&browser->prediction);
	browser->prediction = (struct sketch_prediction){0};
	browser->predicted = false;
	error_clear(&browser->prediction_error);
	text_clear(&browser->warnings);
	browser->common_ancestor = browser->base = CATALOG_NONE;
	list_show(&browser->sketch_list, sketch->now.count, browser->panes[VIEW_SKETCH].height);
	if (sketch->now.count == 0)
		return;
	browser->base = sketch_base(sketch, browser->session->catalog);
	sketch_warnings(sketch, browser->session->catalog, &browser->warnings);
	if (sketch->now.count > 1)
		browser->common_ancestor = sketch_common_ancestor(sketch, browser->session->catalog);
	if (!browser->query)
		return;
	browser->predicted = sketch_predict_on_demand(sketch, browser->session, &browser->prediction,
						      &browser->prediction_error) == STATUS_OK;
}

/* The parent that an action is about: the model under the cursor. */
static int position_here(struct browser *browser)
{
	size_t model = browser_model(browser);

	return model == CATALOG_NONE ? -1 : sketch_position(&browser->sketch, model);
}

/* To a whole percent, so that steps do not add up rounding faults. */
static void weigh(struct browser *browser, int steps)
{
	int position = position_here(browser);
	char key[FIGURE_SIZE];

	if (position < 0)
		return;
	const struct sketch_parent *parent = &browser->sketch.now.parents[position];
	double step = (double)config_number(browser->options->config, CONFIG_WEIGHT_STEP) / 100;
	double weight = round(100 * (parent->weight + step * steps)) / 100;
	weight = weight < 0 ? 0 : weight > 1 ? 1 : weight;
	if (sketch_set_weight(&browser->sketch, (size_t)position, weight))
		return;
	if (parent->locked)
		browser_message(browser, "this weight is locked: %s lets it go",
				browser_key_of(browser, ACTION_LOCK, key));
	else
		browser_message(browser, "nothing to give or take: other parents are missing, locked or at 0");
}

static void set_weight(struct browser *browser, double percent)
{
	int position = position_here(browser);

	if (percent < 0 || percent > 100)
		browser_message(browser, "a weight is 0 to 100 percent");
	else if (position >= 0)
		sketch_set_weight(&browser->sketch, (size_t)position, percent / 100);
}

void edit_weigh(struct browser *browser, const char *text)
{
	char *end;
	double percent = strtod(text, &end);

	if (end == text || (*end && strcmp(end, "%") != 0))
		browser_message(browser, "not a number: %s", text);
	else
		set_weight(browser, percent);
	edit_refresh(browser);
}

static const struct prompt_ops weight_prompt = {
	.label = "weight in percent: ",
	.accepted = edit_weigh,
};

/* Whether this number of parents suits a method. */
static bool method_suits(const struct browser *browser, enum merge_method method)
{
	struct sketch trial = {.now = browser->sketch.now};

	trial.now.method = method;
	return sketch_check(&trial, browser->session->catalog, NULL) == STATUS_OK;
}

void edit_method(struct browser *browser, const char *name)
{
	enum merge_method method = merge_method_parse(name);
	struct sketch trial = {.now = browser->sketch.now};
	struct error error = {0};

	trial.now.method = method;
	if (method == MERGE_METHOD_COUNT)
		browser_message(browser, "no method %s; Tab lists them", name);
	else if (sketch_check(&trial, browser->session->catalog, &error) != STATUS_OK)
		browser_failure(browser, &error);
	else
		sketch_set_method(&browser->sketch, method);
	edit_refresh(browser);
}

static void warn_recipe(void *context, long line, long column, const char *message)
{
	(void)column;
	browser_message(context, "line %ld: %s", line, message);
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

void edit_open(struct browser *browser, const char *name)
{
	char *path = words_expand(name);
	const struct record_sink sink = {.context = browser, .warn = warn_recipe};
	struct error error = {0};
	struct stat status;
	char key[FIGURE_SIZE];

	/* A pipe would wait for ever. */
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		browser_message(browser, "%s is not a regular file", path);
	else if (sketch_open_file(&browser->sketch, browser->session->catalog, path, &sink, &error) !=
		 STATUS_OK)
		browser_failure(browser, &error);
	else
		browser_message(browser, "%zu parent%s from %s; %s goes back", browser->sketch.now.count,
				plural(browser->sketch.now.count), name, browser_key_of(browser, ACTION_UNDO, key));
	free(path);
	edit_refresh(browser);
}

void edit_save(struct browser *browser, const char *name)
{
	struct error error = {0};

	enum status status = sketch_save(&browser->sketch, browser->session, name, &error);
	if (status == STATUS_BUSY)
		waiting_sketch(browser, name);
	else if (status != STATUS_OK)
		browser_failure(browser, &error);
	else
		browser_message(browser, "kept as %s; :load %s takes it up again", name, name);
}

void edit_forget(struct browser *browser, const char *name)
{
	struct error error = {0};
	bool found;

	enum status status = store_drop_sketch(browser->session->store, name, &found, &error);
	if (status == STATUS_BUSY)
		waiting_forget(browser, name);
	else if (status != STATUS_OK)
		browser_failure(browser, &error);
	else
		browser_message(browser, found ? "%s is kept no more" : "no sketch is kept as %s", name);
}

void edit_load(struct browser *browser, const char *name)
{
	char key[FIGURE_SIZE];

	if (waiting_has(browser, name))
		browser_message(browser, "%s is not kept yet: the cache is being written", name);
	else if (!sketch_load(&browser->sketch, browser->session, name))
		browser_message(browser, "no sketch is kept as %s; Tab lists those that are", name);
	else
		browser_message(browser, "%s: %zu parent%s; %s goes back", name, browser->sketch.now.count,
				plural(browser->sketch.now.count), browser_key_of(browser, ACTION_UNDO, key));
	edit_refresh(browser);
}

static void change_method(struct browser *browser, int step)
{
	int method = (int)browser->sketch.now.method;
	struct sketch before = {.now = browser->sketch.now};

	do {
		method = (method + step + MERGE_METHOD_COUNT) % MERGE_METHOD_COUNT;
	} while (method != (int)browser->sketch.now.method &&
		 !method_suits(browser, (enum merge_method)method));
	sketch_set_method(&browser->sketch, (enum merge_method)method);
	const struct merge_method_info *info = merge_method_info(browser->sketch.now.method);
	bool same = sketch_same_by(&before, browser->session->catalog, browser->sketch.now.method);
	browser_message(browser, "%s: %s%s", info->name, info->help, same ? "; same prediction" : "");
}


/* ---- actions --------------------------------------------------------------------------- */

static int times(const struct browser *browser)
{
	return browser->repeat > 0 ? browser->repeat : 1;
}

/* After each change: predicts, and says why where it cannot. */
static void changed(struct browser *browser)
{
	edit_refresh(browser);
	if (browser->prediction_error.message[0])
		browser_failure(browser, &browser->prediction_error);
}

void edit_pick(struct browser *browser)
{
	if (!sketch_toggle(&browser->sketch, browser_model(browser)))
		browser_message(browser, "a sketch takes at most %d parents", SKETCH_PARENTS_MAX);
	changed(browser);
}

void edit_heavier(struct browser *browser)
{
	weigh(browser, times(browser));
	changed(browser);
}

void edit_lighter(struct browser *browser)
{
	weigh(browser, -times(browser));
	changed(browser);
}

void edit_set_weight(struct browser *browser)
{
	if (browser->repeat == 0) {
		prompt_open(browser, &weight_prompt, "");
		return;
	}
	set_weight(browser, browser->repeat);
	changed(browser);
}

void edit_equalize(struct browser *browser)
{
	sketch_equalize(&browser->sketch);
	changed(browser);
}

void edit_swap(struct browser *browser)
{
	sketch_swap(&browser->sketch, browser->sketch_list.cursor);
	changed(browser);
}

void edit_lock(struct browser *browser)
{
	sketch_lock(&browser->sketch, (size_t)position_here(browser));
	changed(browser);
}

void edit_next_method(struct browser *browser)
{
	change_method(browser, 1);
	changed(browser);
}

void edit_previous_method(struct browser *browser)
{
	change_method(browser, -1);
	changed(browser);
}

void edit_template(struct browser *browser)
{
	enum answer answer = browser->sketch.now.chat_template;

	answer = answer == ANSWER_UNKNOWN ? ANSWER_YES
	       : answer == ANSWER_YES ? ANSWER_NO
				      : ANSWER_UNKNOWN;
	sketch_set_template(&browser->sketch, answer);
	browser_message(browser, "evaluated %s",
			answer == ANSWER_UNKNOWN ? "as the heaviest parent"
			: answer == ANSWER_YES ? "with the chat template"
					       : "without chat template");
	changed(browser);
}

void edit_base(struct browser *browser)
{
	size_t model = browser_model(browser);
	bool same = browser->sketch.now.base == model;

	sketch_set_base(&browser->sketch, same ? CATALOG_NONE : model);
	browser_message(browser, same ? "base chosen by rule" : "base: %s",
			tree_name(browser->tree, model));
	changed(browser);
}

void edit_remove(struct browser *browser)
{
	sketch_remove(&browser->sketch, browser->sketch_list.cursor);
	changed(browser);
}

void edit_clear(struct browser *browser)
{
	sketch_clear(&browser->sketch);
	changed(browser);
}

void edit_undo(struct browser *browser)
{
	if (!flag_undo(browser))
		sketch_undo(&browser->sketch);
	changed(browser);
}

void edit_redo(struct browser *browser)
{
	sketch_redo(&browser->sketch);
	changed(browser);
}
