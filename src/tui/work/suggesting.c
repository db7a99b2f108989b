/* The search for merges beside the screen, and the keys that change it. */
#include "work/suggesting.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/memory.h"

static void suggestions_free(struct suggestions *suggestions)
{
	wish_search_free(&suggestions->search);
	suggest_result_free(&suggestions->best);
	front_result_free(&suggestions->front);
	*suggestions = (struct suggestions){0};
}

static void drop_answers(struct suggesting *suggesting)
{
	suggestions_free(&suggesting->shown);
	picture_free(&suggesting->plot);
	suggesting->answered = false;
	suggesting->warned = SIZE_MAX;
	suggesting->list = (struct list){0};
	error_clear(&suggesting->fault);
}

void suggesting_free(struct browser *browser)
{
	struct suggesting *suggesting = browser->suggesting;

	if (!suggesting)
		return;
	drop_answers(suggesting);
	wishes_free(&suggesting->wishes);
	text_free(&suggesting->warnings);
	free(suggesting);
	browser->suggesting = NULL;
}

/* ---- answers ------------------------------------------------------------------------ */

size_t suggestion_count(const struct suggesting *suggesting)
{
	const struct suggestions *shown = &suggesting->shown;

	return shown->search.front.axis_count > 0 ? shown->front.count : shown->best.count;
}

struct suggestion suggestion_at(const struct suggesting *suggesting, size_t index)
{
	const struct suggestions *shown = &suggesting->shown;

	if (shown->search.front.axis_count > 0) {
		const struct front_answer *answer = &shown->front.answers[index];
		return (struct suggestion){answer->count, answer->parents, answer->weights};
	}
	const struct suggest_answer *answer = &shown->best.answers[index];
	return (struct suggestion){answer->count, answer->parents, answer->weights};
}

bool suggestion_here(const struct browser *browser, struct suggestion *suggestion)
{
	const struct suggesting *suggesting = browser->suggesting;

	if (!suggesting || !suggesting->answered || suggesting->list.cursor >= suggestion_count(suggesting))
		return false;
	*suggestion = suggestion_at(suggesting, suggesting->list.cursor);
	return true;
}

void suggesting_take(struct sketch *sketch, const struct suggesting *suggesting,
		     const struct suggestion *suggestion)
{
	sketch_from_shares(sketch, suggesting->shown.search.method, suggestion->count, suggestion->parents,
			   suggestion->weights);
}

static void open_as_sketch(struct browser *browser)
{
	struct suggestion suggestion;
	char key[FIGURE_SIZE];

	if (!suggestion_here(browser, &suggestion))
		return;
	suggesting_take(&browser->sketch, browser->suggesting, &suggestion);
	browser_show_panes(browser, VIEW_SKETCH);
	browser->sketch_list.cursor = 0;
	edit_refresh(browser);
	browser_message(browser, "the merge is the sketch now; %s goes back to the one before",
			browser_key_of(browser, ACTION_UNDO, key));
}

/* ---- the search ----------------------------------------------------------------------- */

static enum status run(void *context, struct progress *progress, struct error *error)
{
	struct suggestions *work = context;

	return work->search.front.axis_count > 0
		? engine_front(work->fit, &work->search.front, progress, &work->front, error)
		: engine_suggest(work->fit, &work->search.settings, progress, &work->best, error);
}

static void finished(struct browser *browser, enum status status, const struct error *error)
{
	struct suggesting *suggesting = browser->suggesting;

	suggesting->searching = false;
	if (suggesting->stale || browser->fit_outdated) {
		suggesting->wanted = true;
		suggestions_free(&suggesting->work);
	} else if (status == STATUS_OK) {
		drop_answers(suggesting);
		suggesting->shown = suggesting->work;
		suggesting->answered = true;
	} else {
		suggestions_free(&suggesting->work);
		suggesting->fault = *error;
		if (status == STATUS_CANCELLED)
			browser_message(browser, "search stopped");
		else
			browser_failure(browser, error);
	}
	suggesting->work = (struct suggestions){0};
}

static void dropped(struct browser *browser)
{
	suggestions_free(&browser->suggesting->work);
}

static const struct work_ops search_ops = {.run = run, .finished = finished, .dropped = dropped};

void suggesting_continue(struct browser *browser)
{
	struct suggesting *suggesting = browser->suggesting;
	struct error error = {0};

	if (!suggesting || !suggesting->wanted || browser->job || browser->full != VIEW_SUGGEST ||
	    !browser->session->fit)
		return;
	suggesting->wanted = suggesting->stale = false;
	drop_answers(suggesting);
	if (wishes_resolve(&suggesting->wishes, browser->session, &suggesting->work.search, NULL, &error) !=
	    STATUS_OK) {
		suggesting->fault = error;
		browser_failure(browser, &error);
		return;
	}
	/* The settings point to arrays, not into the struct: it may be copied. */
	suggesting->work.fit = browser->session->fit;
	suggesting->searching = true;
	work_start(browser, &search_ops, &suggesting->work);
}

/* The wishes have changed: what is shown and what is searched for is void. */
static void search_anew(struct browser *browser)
{
	struct suggesting *suggesting = browser->suggesting;

	suggesting->wanted = true;
	if (suggesting->searching) {
		suggesting->stale = true;
		job_cancel(browser->job);
	}
	drop_answers(suggesting);
	suggesting_continue(browser);
}

void suggesting_outdate(struct browser *browser)
{
	if (browser->suggesting)
		search_anew(browser);
}

/* ---- wishes ---------------------------------------------------------------------------- */

static struct suggesting *suggesting_get(struct browser *browser)
{
	struct suggesting *suggesting = browser->suggesting;

	if (suggesting)
		return suggesting;
	browser->suggesting = suggesting = memory_zero(1, sizeof *suggesting);
	suggesting->wanted = true;
	suggesting->warned = SIZE_MAX;
	wishes_add(&suggesting->wishes, WISH_TARGET, browser->session->target.name);
	return suggesting;
}

void suggesting_save(const struct browser *browser, struct text *out)
{
	if (browser->suggesting)
		wishes_write(&browser->suggesting->wishes, out);
	/* A target alone is what s takes from the score column. */
	if (strncmp(text_string(out), "target=", 7) == 0 && !strchr(text_string(out), ' '))
		text_clear(out);
}

void suggesting_load(struct browser *browser, const char *line)
{
	/* What an older or newer program wished otherwise is not wished. */
	wishes_read(&suggesting_get(browser)->wishes, line, NULL);
}

void suggesting_open(struct browser *browser)
{
	struct suggesting *suggesting = suggesting_get(browser);

	browser_open_view(browser, VIEW_SUGGEST);
	/* What was stopped or failed is tried again. */
	if (!suggesting->answered && !suggesting->searching)
		suggesting->wanted = true;
	suggesting_continue(browser);
}

void suggesting_wish(struct browser *browser, const char *line)
{
	struct suggesting *suggesting = suggesting_get(browser);
	struct error error = {0};

	browser_open_view(browser, VIEW_SUGGEST);
	if (wishes_read(&suggesting->wishes, line, &error) != STATUS_OK) {
		browser_failure(browser, &error);
		suggesting_continue(browser);
		return;
	}
	search_anew(browser);
}

char *suggesting_word(const struct browser *browser, size_t axis)
{
	const struct wishes *wishes = &browser->suggesting->wishes;
	const char *front = wishes_value(wishes, WISH_PARETO), *target = wishes_value(wishes, WISH_TARGET);

	if (!front)
		return memory_string(axis > 0 ? "" : target ? target : browser->session->target.name);
	for (; axis > 0 && *front; axis--) {
		front += strcspn(front, ",");
		front += *front == ',';
	}
	return memory_string_slice(front, strcspn(front, ","));
}

/* What the keys walk through: home, then the benchmarks of the board. */
static const char *word_at(const struct browser *browser, size_t place)
{
	const struct session *session = browser->session;

	return place == 0 ? browser->home.name : session->catalog->benchmarks[session->board.benchmark[place - 1]].key;
}

/* Several benchmarks with weights are no axis. */
static bool suits_front(const struct browser *browser, size_t place)
{
	return !strchr(word_at(browser, place), ',');
}

/* Where a word is among them, 0 when nowhere. */
static size_t place_of(const struct browser *browser, const char *word)
{
	size_t place = browser->session->board.count;

	while (place > 0 && strcasecmp(word_at(browser, place), word) != 0)
		place--;
	return place;
}

static void set_axes(struct browser *browser, size_t across, size_t up)
{
	struct text value = {0};

	text_append_format(&value, "%s,%s", word_at(browser, across), word_at(browser, up));
	wishes_add(&browser->suggesting->wishes, WISH_PARETO, text_string(&value));
	text_free(&value);
}

static size_t axis_place(const struct browser *browser, size_t axis)
{
	char *word = suggesting_word(browser, axis);
	size_t place = place_of(browser, word);

	free(word);
	return place;
}

/* Another target; of a front another benchmark on one of its first two axes. */
static void change_benchmark(struct browser *browser, size_t axis, int step)
{
	struct wishes *wishes = &browser->suggesting->wishes;
	size_t places = browser->session->board.count + 1;
	size_t axes[2] = {axis_place(browser, 0), axis_place(browser, 1)};
	bool front = wishes_has(wishes, WISH_PARETO);

	for (size_t tried = 0; tried < places; tried++) {
		axes[axis] = (axes[axis] + (step > 0 ? 1 : places - 1)) % places;
		if (!front || (axes[0] != axes[1] && suits_front(browser, axes[axis])))
			break;
	}
	if (front)
		set_axes(browser, axes[0], axes[1]);
	else
		wishes_add(wishes, WISH_TARGET, word_at(browser, axes[0]));
	search_anew(browser);
}

/* Takes away what a front has no use for, and back again. */
static void toggle_front(struct browser *browser)
{
	static const enum wish others[] = {WISH_TARGET, WISH_ORDER, WISH_FLOOR, WISH_PER_MODEL, WISH_PARENTS};
	struct wishes *wishes = &browser->suggesting->wishes;
	size_t count = browser->session->board.count, first = axis_place(browser, 0);
	char *word = suggesting_word(browser, 0);

	if (wishes_has(wishes, WISH_PARETO)) {
		wishes_remove(wishes, WISH_PARETO);
		wishes_add(wishes, WISH_TARGET, word);
		search_anew(browser);
	} else if (count < 2) {
		browser_message(browser, "a front needs a board of two benchmarks or more");
	} else {
		for (size_t i = 0; i < sizeof others / sizeof *others; i++)
			wishes_remove(wishes, others[i]);
		/* Two benchmarks tell more than one and a mean that it is part of. */
		first = first == 0 ? 1 : first;
		set_axes(browser, first, first % count + 1);
		search_anew(browser);
	}
	free(word);
}

static void next_choice(struct browser *browser, enum wish wish)
{
	struct wishes *wishes = &browser->suggesting->wishes;
	const char *const *choices = wish_choices(wish);
	size_t next = wishes_choice(wishes, wish) + 1;
	char key[FIGURE_SIZE];

	if (wishes_has(wishes, WISH_PARETO) && wish != WISH_RIGHTS) {
		browser_message(browser, "a front is of pairs and has no order; %s leaves it",
				browser_key_of(browser, ACTION_SUGGEST_FRONT, key));
		return;
	}
	if (choices[next])
		wishes_add(wishes, wish, choices[next]);
	else
		wishes_remove(wishes, wish); /* the first is the standard */
	search_anew(browser);
}

/* The picked parents, or else the model under the tree's cursor. */
static void toggle_include(struct browser *browser)
{
	struct wishes *wishes = &browser->suggesting->wishes;
	const struct sketch_state *sketch = &browser->sketch.now;
	size_t model = tree_model(browser->tree), most = 2 + wishes_choice(wishes, WISH_PARENTS);

	if (wishes_has(wishes, WISH_INCLUDE)) {
		wishes_remove(wishes, WISH_INCLUDE);
	} else if (sketch->count > most) {
		browser_message(browser, "%zu models are picked: more than a merge of %zu has", sketch->count, most);
		return;
	} else {
		for (size_t i = 0; i < sketch->count; i++)
			wishes_add(wishes, WISH_INCLUDE, tree_name(browser->tree, sketch->parents[i].model));
		if (sketch->count == 0 && model != CATALOG_NONE)
			wishes_add(wishes, WISH_INCLUDE, tree_name(browser->tree, model));
	}
	search_anew(browser);
}

static void exclude_heaviest(struct browser *browser)
{
	struct suggestion suggestion;

	if (!suggestion_here(browser, &suggestion))
		return;
	const char *name = tree_name(browser->tree, suggestion.parents[0]);
	wishes_add(&browser->suggesting->wishes, WISH_EXCLUDE, name);
	browser_message(browser, "no merges of %s", name);
	search_anew(browser);
}

static void edit_wishes(struct browser *browser)
{
	struct text line = {0};

	text_append(&line, "suggest ");
	wishes_write(&browser->suggesting->wishes, &line);
	command_line_open(browser, text_string(&line));
	text_free(&line);
}

static void drop_wishes(struct browser *browser)
{
	wishes_free(&browser->suggesting->wishes);
	search_anew(browser);
}

/* ---- actions ----------------------------------------------------------------------------- */

/* true when a search ran and is being stopped. */
static bool stop_search(struct browser *browser)
{
	if (!browser->suggesting->searching)
		return false;
	job_cancel(browser->job);
	browser_message(browser, "stopping…");
	return true;
}

static bool change_wishes(struct browser *browser, enum action action)
{
	switch (action) {
	case ACTION_COLUMN_NEXT: change_benchmark(browser, 0, 1); return true;
	case ACTION_COLUMN_PREVIOUS: change_benchmark(browser, 0, -1); return true;
	case ACTION_COLUMN_RIGHT:
	case ACTION_COLUMN_LEFT:
		change_benchmark(browser, wishes_has(&browser->suggesting->wishes, WISH_PARETO),
				 action == ACTION_COLUMN_RIGHT ? 1 : -1);
		return true;
	case ACTION_ORDER: next_choice(browser, WISH_ORDER); return true;
	case ACTION_SUGGEST_PARENTS: next_choice(browser, WISH_PARENTS); return true;
	case ACTION_SUGGEST_RIGHTS: next_choice(browser, WISH_RIGHTS); return true;
	case ACTION_SUGGEST_FRONT: toggle_front(browser); return true;
	case ACTION_SUGGEST_INCLUDE: toggle_include(browser); return true;
	case ACTION_SUGGEST_EXCLUDE: exclude_heaviest(browser); return true;
	case ACTION_SUGGEST_EDIT: edit_wishes(browser); return true;
	case ACTION_SUGGEST_DROP: drop_wishes(browser); return true;
	default: return false;
	}
}

bool suggesting_act(struct browser *browser, enum action action, int count)
{
	struct suggesting *suggesting = browser->suggesting;

	if (!suggesting)
		return false;
	if (change_wishes(browser, action))
		return true;
	switch (action) {
	case ACTION_LEAVE:
	case ACTION_CANCEL: return stop_search(browser);
	case ACTION_SUGGEST_OPEN:
	case ACTION_JUMP: open_as_sketch(browser); return true;
	default:
		suggesting->list.count = suggesting->answered ? suggestion_count(suggesting) : 0;
		return list_act(&suggesting->list, action, count);
	}
}
