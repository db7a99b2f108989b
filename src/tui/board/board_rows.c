/* What the board and the target say is drawn: a line each, the target's first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

#define LABEL_MIN 10
#define LABEL_MAX 22

/* ---- the rows --------------------------------------------------------------------- */

/* A benchmark's title without its suite, which stands before a colon, and without what follows in
 * parentheses, which says how it is scored; a whole number of characters. */
static void short_title(const char *title, char buffer[ROW_NAME_SIZE])
{
	const char *colon = strstr(title, ": ");
	size_t end, bytes = 0, next = 0;
	unsigned int code;

	title = colon && colon[2] ? colon + 2 : title;
	end = strcspn(title, "(");
	while (end > 1 && title[end - 1] == ' ')
		end--;
	do {
		bytes = next;
		next += bytes < end ? utf8_decode(title + bytes, &code) : 1;
	} while (next <= end && next < ROW_NAME_SIZE);
	memcpy(buffer, title, bytes);
	buffer[bytes] = '\0';
}

static void make_row(const struct catalog *catalog, struct board_row *row, const char *title)
{
	target_axis(catalog, &row->target, &row->scale.low, &row->scale.high);
	row->decimals = bar_decimals(&row->scale);
	short_title(title, row->name);
}

void board_describe_benchmark(const struct browser *browser, uint32_t benchmark, struct board_row *row)
{
	const struct catalog *catalog = browser->session->catalog;

	*row = (struct board_row){.benchmark = benchmark, .weight = 1};
	row->target = (struct engine_target){1, &row->benchmark, &row->weight};
	make_row(catalog, row, catalog->benchmarks[benchmark].title);
}

void board_describe(const struct browser *browser, const struct target *target, struct board_row *row)
{
	const struct catalog *catalog = browser->session->catalog;

	*row = (struct board_row){.target = target->engine, .scale = {0, 100}, .decimals = 1, .name = "no scores"};
	if (target->engine.count > 0)
		make_row(catalog, row, target_title(catalog, target));
}

/* Of one benchmark just as the rows below it. */
static void make_headline(const struct browser *browser, struct board_row *row)
{
	const struct session *session = browser->session;

	if (session->target.engine.count == 1)
		board_describe_benchmark(browser, session->target.engine.benchmark[0], row);
	else
		board_describe(browser, &session->target, row);
}

static int compare_names(const void *left, const void *right)
{
	return strcmp((*(struct board_row *const *)left)->name, (*(struct board_row *const *)right)->name);
}

/* Benchmarks of one title go by their keys. */
static void tell_apart(struct browser *browser)
{
	const struct catalog *catalog = browser->session->catalog;
	struct board_row **sorted = memory_allocate(browser->row_count + 1, sizeof(struct board_row *));
	bool *same = memory_zero(browser->row_count + 1, sizeof *same);

	for (size_t i = 0; i < browser->row_count; i++)
		sorted[i] = &browser->rows[i];
	qsort(sorted, browser->row_count, sizeof *sorted, compare_names);
	for (size_t i = 1; i < browser->row_count; i++)
		if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
			same[i - 1] = same[i] = true;
	for (size_t i = 0; i < browser->row_count; i++)
		if (same[i] && sorted[i]->target.count == 1)
			short_title(catalog->benchmarks[sorted[i]->benchmark].key, sorted[i]->name);
	free(sorted);
	free(same);
}

static bool same_scale(const struct bar_scale *a, const struct bar_scale *b)
{
	return a->low == b->low && a->high == b->high;
}

/* How wide the names are, and whether all bars stand on one axis. */
static void measure_rows(struct browser *browser)
{
	int width = LABEL_MIN;

	browser->one_scale = true;
	for (size_t i = 0; i < browser->row_count; i++) {
		int own = utf8_width(browser->rows[i].name);
		width = own > width ? own : width;
		browser->one_scale &= same_scale(&browser->rows[i].scale, &browser->rows[0].scale);
	}
	browser->label_width = width > LABEL_MAX ? LABEL_MAX : width;
}

void board_rows_make(struct browser *browser)
{
	const struct session *session = browser->session;
	const struct engine_target *target = &session->target.engine;

	board_rows_free(browser);
	browser->rows = memory_zero(session->board.count + 1, sizeof *browser->rows);
	make_headline(browser, &browser->rows[browser->row_count++]);
	browser->rows[0].place = session->board.count;
	for (size_t i = 0; i < session->board.count; i++) {
		uint32_t benchmark = session->board.benchmark[i];
		if (target->count == 1 && target->benchmark[0] == benchmark)
			continue;
		board_describe_benchmark(browser, benchmark, &browser->rows[browser->row_count]);
		browser->rows[browser->row_count++].place = i;
	}
	browser->figures = memory_zero(browser->row_count, sizeof *browser->figures);
	browser->estimated = browser->known_model = CATALOG_NONE;
	tell_apart(browser);
	board_scale_rows(browser);
	measure_rows(browser);
}

void board_zoom(struct browser *browser)
{
	browser->zoomed = !browser->zoomed;
	board_scale_rows(browser);
	measure_rows(browser);
	browser_remark(browser, browser->zoomed ? "bars span the published scores of each benchmark"
						: "bars span whole scales");
}

void board_rows_free(struct browser *browser)
{
	free(browser->rows);
	free(browser->figures);
	browser->rows = NULL;
	browser->figures = NULL;
	browser->row_count = 0;
}

int board_label_width(const struct browser *browser, int width)
{
	int most = width / 5;

	return most < LABEL_MIN ? LABEL_MIN : most < browser->label_width ? most : browser->label_width;
}

/* ---- another board or target -------------------------------------------------------- */

void board_forget(struct browser *browser)
{
	engine_query_free(browser->query);
	engine_query_free(browser->known);
	browser->query = browser->known = NULL;
	browser->estimated = browser->known_model = CATALOG_NONE;
	board_forget_values(browser);
}

void board_changed(struct browser *browser)
{
	board_rows_make(browser);
	views_forget(browser);
	browser->board_list = (struct list){0};
	edit_refresh(browser);
}

/* The score column, and what goes by it. */
static void target_changed(struct browser *browser)
{
	size_t model = tree_model(browser->tree);

	board_changed(browser);
	board_forget_values(browser);
	tree_set_values(browser->tree, browser->session->target_values);
	find_measure(browser, true);
	if (!browser->tree->filter)
		return;
	find_filter(browser, browser->tree->filter);
	if (model != CATALOG_NONE && tree_row_of(browser->tree, model) != SIZE_MAX)
		tree_reveal(browser->tree, model);
}

/* "average", or "IFEval" for a benchmark. */
static void say_target(struct browser *browser, const struct text *said)
{
	const struct session *session = browser->session;

	if (said && said->length > 0)
		browser_note(browser, text_string(said), false);
	browser_message(browser, "score column: %s", target_title(session->catalog, &session->target));
}

static void set_target(struct browser *browser, const struct target *target)
{
	struct error error = {0};

	if (session_set_target(browser->session, target, false, &error) != STATUS_OK)
		browser_failure(browser, &error);
	target_changed(browser);
}

/* A family that is named means the member that tells most of the sketch, else of the model
 * under the cursor. */
static void ask_about(struct browser *browser)
{
	const struct sketch_state *sketch = &browser->sketch.now;
	size_t models[SKETCH_PARENTS_MAX + 1], count = 0;

	for (size_t i = 0; i < sketch->count; i++)
		models[count++] = sketch->parents[i].model;
	if (count == 0)
		models[count++] = browser_model(browser);
	catalog_ask_about(browser->session->catalog, models, count);
}

bool board_choose_target(struct browser *browser, const char *words)
{
	const struct target_names names = session_names(browser->session);
	struct target target = {0};
	struct text said = {0};
	struct error error = {0};

	ask_about(browser);
	if (target_parse(browser->session->catalog, &names, words, &target, &said, &error) != STATUS_OK) {
		browser_failure(browser, &error);
		return false;
	}
	set_target(browser, &target);
	if (target.engine.count > 1) {
		target_free(&browser->home);
		browser->home = target;
	} else {
		target_free(&target);
	}
	say_target(browser, &said);
	text_free(&said);
	return true;
}

void board_choose(struct browser *browser, const char *words)
{
	struct text said = {0};
	struct error error = {0};

	ask_about(browser);
	if (session_choose_board(browser->session, words, true, &said, &error) != STATUS_OK) {
		browser_failure(browser, &error);
	} else {
		board_changed(browser);
		if (said.length > 0)
			browser_note(browser, text_string(&said), false);
		browser_message(browser, "board %s: %zu benchmark%s", board_name(browser), browser->session->board.count,
				browser->session->board.count == 1 ? "" : "s");
	}
	text_free(&said);
}

void board_move_home(struct browser *browser)
{
	const struct target_names names = session_names(browser->session);
	struct target home = {0};

	if (target_parse(browser->session->catalog, &names, browser->home.name, &home, NULL, NULL) != STATUS_OK)
		home = target_copy(&browser->session->target);
	target_free(&browser->home);
	browser->home = home;
}

const char *board_name(const struct browser *browser)
{
	return browser->session->board.name ? browser->session->board.name : "of your own";
}

static bool same_target(const struct engine_target *a, const struct engine_target *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; i < a->count && same; i++)
		same = a->benchmark[i] == b->benchmark[i] && a->weight[i] == b->weight[i];
	return same;
}

/* Where the target is among home (0) and the benchmarks of the board (from 1 on). */
static size_t target_place(const struct browser *browser)
{
	const struct board *board = &browser->session->board;
	const struct engine_target *target = &browser->session->target.engine;

	if (same_target(target, &browser->home.engine))
		return 0;
	for (size_t i = 0; i < board->count; i++)
		if (target->count == 1 && target->benchmark[0] == board->benchmark[i])
			return i + 1;
	return 0;
}

static void walk_targets(struct browser *browser, int step)
{
	const struct session *session = browser->session;
	const struct board *board = &session->board;
	size_t places = board->count + 1;
	size_t place = (target_place(browser) + (step > 0 ? 1 : places - 1)) % places;

	/* A home of one benchmark may be on the board, too. */
	if (place > 0 && browser->home.engine.count == 1 && browser->home.engine.benchmark[0] == board->benchmark[place - 1])
		place = (place + (step > 0 ? 1 : places - 1)) % places;
	if (place == 0) {
		set_target(browser, &browser->home);
	} else {
		uint32_t benchmark = board->benchmark[place - 1];
		struct target target = target_make(session->catalog->benchmarks[benchmark].key, 1, &benchmark,
						   (const double[]){1});
		set_target(browser, &target);
		target_free(&target);
	}
	say_target(browser, NULL);
}

void board_next_target(struct browser *browser)
{
	walk_targets(browser, 1);
}

void board_previous_target(struct browser *browser)
{
	walk_targets(browser, -1);
}

void board_outside(const struct list *list, struct text *out)
{
	size_t rows = list->height > 0 ? (size_t)list->height : 0;
	size_t below = list->count > list->top + rows ? list->count - list->top - rows : 0;
	char count[FIGURE_SIZE];

	if (list->top > 0)
		text_append_format(out, "%s above%s", figure_count(count, list->top), below > 0 ? ", " : "");
	if (below > 0)
		text_append_format(out, "%s below", figure_count(count, below));
}

void board_append_name(const struct board_row *row, int width, struct text *out)
{
	if (utf8_width(row->name) <= width) {
		text_append(out, row->name);
		return;
	}
	text_append_bytes(out, row->name, utf8_prefix(row->name, width - 1, NULL));
	text_append(out, "…");
}
