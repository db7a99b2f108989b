/* The picker: which benchmarks are drawn, how well they are predicted, and what
 * they weigh in the target. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "board/picking.h"
#include "settings/words.h"
#include "stemma/app/description.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"

#define FEW_MODELS 20 /* with a score: what is said of so few may be chance */

/* How well a benchmark is predicted, counted when it is first drawn. */
struct pick_figures {
	bool made;
	double r, error;
};
struct picker {
	struct picking *picking;
	const struct engine_fit *fit; /* of the figures */
	struct pick_figures *figures; /* by benchmark */
	struct list list;
	char *needle;                 /* searched last; NULL none */
	size_t before;                /* row where that search began, */
	bool *folds;                  /* and which suites were open there */
	char *key;                    /* of the benchmark to go to in another catalog */
};

static const struct prompt_ops search_prompt;

static void forget_catalog(struct picker *picker)
{
	picking_free(picker->picking);
	free(picker->figures);
	free(picker->folds);
	picker->picking = NULL;
	picker->figures = NULL;
	picker->folds = NULL;
}

static struct picker *picker_of(const struct browser *browser)
{
	return browser->state[VIEW_PICKER];
}

static void picker_free(struct browser *browser)
{
	struct picker *picker = picker_of(browser);

	forget_catalog(picker);
	free(picker->needle);
	free(picker->key);
	*picker = (struct picker){0};
}

static void take_catalog(struct browser *browser)
{
	const struct session *session = browser->session;
	struct picker *picker = picker_of(browser);

	picker->picking = picking_new(session->catalog, &session->boards, &session->board);
	picker->figures = memory_zero(session->catalog->benchmark_count + 1, sizeof *picker->figures);
	picker->fit = session->fit;
}

void picker_open(struct browser *browser)
{
	const struct board *board = &browser->session->board;

	browser_open_view(browser, VIEW_PICKER);
	if (picker_of(browser)->picking)
		return;
	take_catalog(browser);
	if (board->count > 0)
		picker_of(browser)->list.cursor = picking_row_of(picker_of(browser)->picking, PICK_BENCHMARK, board->benchmark[0]);
}

static const struct pick_row *row_here(const struct browser *browser)
{
	const struct picker *picker = picker_of(browser);

	return picker->picking && picker->list.cursor < picker->picking->count ? &picker->picking->rows[picker->list.cursor] : NULL;
}

static void picker_overtake(struct browser *browser)
{
	const struct pick_row *row = row_here(browser);
	struct picker *picker = picker_of(browser);

	if (!browser_view_is_open(browser, VIEW_PICKER)) {
		picker_free(browser);
		return;
	}
	free(picker->key);
	picker->key = row && row->kind == PICK_BENCHMARK
		? memory_string(browser->session->catalog->benchmarks[row->number].key) : NULL;
	if (browser->prompt.ops == &search_prompt)
		browser->prompt.ops = NULL;
	forget_catalog(picker);
}

static void picker_renew(struct browser *browser, const uint32_t *match)
{
	struct picker *picker = picker_of(browser);

	(void)match;
	if (!browser_view_is_open(browser, VIEW_PICKER))
		return;
	take_catalog(browser);
	size_t benchmark = picker->key ? catalog_benchmark(browser->session->catalog, picker->key) : CATALOG_NONE;
	if (benchmark != CATALOG_NONE)
		picking_set_open(picker->picking, picker->picking->suite[benchmark], true);
	size_t row = picking_row_of(picker->picking, PICK_BENCHMARK, benchmark);
	picker->list.cursor = row == SIZE_MAX ? 0 : row;
}

bool picker_on(struct browser *browser, bool benchmark)
{
	const struct pick_row *row = browser->full == VIEW_PICKER ? row_here(browser) : NULL;

	return row && (!benchmark || row->kind == PICK_BENCHMARK);
}

/* Leave-one-out figures; NULL while they are not counted yet. */
static const struct pick_figures *figures_of(struct browser *browser, uint32_t benchmark)
{
	struct picker *picker = picker_of(browser);
	const struct engine_fit *fit = browser->session->fit;

	if (picker->fit != fit) {
		memset(picker->figures, 0, browser->session->catalog->benchmark_count * sizeof *picker->figures);
		picker->fit = fit;
	}
	struct pick_figures *figures = &picker->figures[benchmark];
	if (figures->made || !fit)
		return figures->made ? figures : NULL;
	if (browser->draw_until > 0 && clock_seconds() > browser->draw_until) {
		browser->estimate_due = true;
		return NULL;
	}
	const struct engine_target target = engine_target_one(benchmark);
	struct engine_figures left_out = {.pearson = NAN, .mae = NAN};
	engine_fit_figures(fit, &target, ENGINE_LEAVE_CELL, &left_out);
	*figures = (struct pick_figures){true, left_out.pearson, left_out.mae};
	return figures;
}

/* ---- weights ------------------------------------------------------------------------------ */

/* The smallest weight of the target: the others are told as so many times that. */
static double smallest_weight(const struct engine_target *target)
{
	double least = INFINITY;

	for (size_t i = 0; i < target->count; i++)
		least = fmin(least, target->weight[i]);
	return least;
}

/* Of a benchmark in the target, 0 when it is not part of it. */
static double weight_of(const struct browser *browser, size_t benchmark)
{
	const struct engine_target *target = &browser->session->target.engine;

	for (size_t i = 0; i < target->count; i++)
		if (target->benchmark[i] == benchmark)
			return round(1000 * target->weight[i] / smallest_weight(target)) / 1000;
	return 0;
}

/* The target with another weight for one benchmark, as words: "ifeval:2,bbh". */
static void reweigh(const struct browser *browser, size_t benchmark, double weight, struct text *words)
{
	const struct catalog *catalog = browser->session->catalog;
	const struct engine_target *target = &browser->session->target.engine;
	bool there = weight_of(browser, benchmark) > 0;

	for (size_t i = 0; i < target->count + !there; i++) {
		size_t part = i < target->count ? target->benchmark[i] : benchmark;
		double own = part == benchmark ? weight : weight_of(browser, part);
		if (own <= 0)
			continue;
		text_append_format(words, "%s%s", words->length ? "," : "", catalog->benchmarks[part].key);
		if (own != 1)
			text_append_format(words, ":%g", own);
	}
}

static void weight_accepted(struct browser *browser, const char *text)
{
	const struct pick_row *row = row_here(browser);
	struct text words = {0};
	char *end;
	double weight = strtod(text, &end);

	if (!row || row->kind != PICK_BENCHMARK || !*text)
		return;
	if (end == text || *end || !(weight >= 0 && weight <= 1000)) {
		browser_message(browser, "a weight is a number from 0 to 1000: %s is none", text);
		return;
	}
	reweigh(browser, row->number, weight, &words);
	if (words.length > 0)
		board_choose_target(browser, text_string(&words));
	else
		browser_message(browser, "the target keeps one benchmark at least");
	text_free(&words);
}

static const struct prompt_ops weight_prompt = {
	.label = "weight in the target (0 takes it out): ",
	.accepted = weight_accepted,
};

/* ---- the board ------------------------------------------------------------------------------ */

/* What is drawn is from now on a board without a name. */
static void change_board(struct browser *browser, struct board *board)
{
	struct error error = {0};

	free(board->name);
	board->name = NULL;
	board->suite = false;
	if (session_set_board(browser->session, board, true, &error) != STATUS_OK)
		browser_failure(browser, &error);
	board_changed(browser);
	board_free(board);
}

static void toggle_benchmark(struct browser *browser, size_t benchmark)
{
	struct board board = board_copy(&browser->session->board);

	if (board_has(&board, benchmark))
		board_remove(&board, benchmark);
	else
		board_add(&board, benchmark);
	change_board(browser, &board);
}

/* All of a suite, or none of it when all are there. */
static void toggle_suite(struct browser *browser, size_t suite)
{
	const struct picking *picking = picker_of(browser)->picking;
	struct board board = board_copy(&browser->session->board);
	size_t before = board.count;

	for (int pass = 0; pass < 2 && board.count == before; pass++)
		for (size_t i = 0; i < picking->benchmark_count; i++) {
			uint32_t benchmark = picking->benchmarks[i];
			if (picking->suite[benchmark] != suite)
				continue;
			if (pass == 0)
				board_add(&board, benchmark);
			else
				board_remove(&board, benchmark);
		}
	change_board(browser, &board);
}

static void load_board(struct browser *browser, const char *name)
{
	board_choose(browser, name);
}

static void toggle_here(struct browser *browser)
{
	const struct pick_row row = *row_here(browser);

	switch (row.kind) {
	case PICK_BOARD: load_board(browser, browser->session->boards.list[row.number].name); break;
	case PICK_SUITE: toggle_suite(browser, row.number); break;
	case PICK_BENCHMARK: toggle_benchmark(browser, row.number); break;
	}
}

/* A board is drawn, a suite too; a benchmark becomes the score column. */
static void enter_here(struct browser *browser)
{
	const struct pick_row row = *row_here(browser);

	switch (row.kind) {
	case PICK_BOARD: load_board(browser, browser->session->boards.list[row.number].name); break;
	case PICK_SUITE: load_board(browser, picker_of(browser)->picking->suites[row.number].name); break;
	case PICK_BENCHMARK:
		board_choose_target(browser, browser->session->catalog->benchmarks[row.number].key);
		break;
	}
}

/* The list of boards has changed. */
static void reload_boards(struct browser *browser)
{
	struct error error = {0};

	if (session_reload_boards(browser->session, &error) != STATUS_OK)
		browser_failure(browser, &error);
	picking_refresh(picker_of(browser)->picking);
}

static void save_accepted(struct browser *browser, const char *name)
{
	struct board board = board_copy(&browser->session->board);
	struct error error = {0};

	if (*name) {
		free(board.name);
		board.name = memory_string(name);
		board.suite = false;
		if (board_keep(&board, browser->session->store, browser->session->catalog, &error) == STATUS_OK &&
		    session_set_board(browser->session, &board, true, &error) == STATUS_OK)
			browser_message(browser, "kept as board %s; :board %s draws it again", name, name);
		else
			browser_failure(browser, &error);
		board_changed(browser);
		reload_boards(browser);
	}
	board_free(&board);
}

static const struct prompt_ops save_prompt = {
	.label = "keep this board as: ",
	.accepted = save_accepted,
};

static void drop_here(struct browser *browser)
{
	const struct pick_row *row = row_here(browser);
	struct error error = {0};

	if (row->kind != PICK_BOARD) {
		browser_message(browser, "only boards of your own can be dropped");
		return;
	}
	struct board gone = {.name = memory_string(browser->session->boards.list[row->number].name)};
	if (board_keep(&gone, browser->session->store, browser->session->catalog, &error) == STATUS_OK)
		browser_message(browser, "board %s is kept no more", gone.name);
	else
		browser_failure(browser, &error);
	free(gone.name);
	reload_boards(browser);
}

/* ---- describing ---------------------------------------------------------------------------- */

static enum status describe(struct browser *browser, const struct words *words, struct error *error)
{
	struct session *session = browser->session;
	struct description description = {0};
	size_t benchmark;
	enum status status = catalog_find_benchmark(session->catalog, words->list[0], &benchmark, NULL, error);

	for (size_t i = 1; i < words->count && status == STATUS_OK; i++)
		status = description_add(&description, words->list[i], error);
	if (status == STATUS_OK)
		status = description_put(&description, session->catalog->benchmarks[benchmark].key, session->store, error);
	description_free(&description);
	return status;
}

void picker_describe(struct browser *browser, const char *line)
{
	struct words words = {0};
	struct error error = {0};

	words_split(line, &words);
	if (words.count < 2) {
		browser_message(browser, "as in :describe gsm8k title=GSM8K lower=0 upper=1");
	} else if (describe(browser, &words, &error) != STATUS_OK) {
		browser_failure(browser, &error);
	} else {
		browser_message(browser, "%s is described so from now on", words.list[0]);
		intake_reload(browser);
	}
	words_free(&words);
}

static void ask_description(struct browser *browser, size_t benchmark)
{
	const struct catalog_benchmark *facts = &browser->session->catalog->benchmarks[benchmark];
	struct text line = {0};

	text_append_format(&line, "describe %s ", facts->key);
	description_write(facts, &line);
	command_line_open(browser, text_string(&line));
	text_free(&line);
}

/* ---- folding, order, search -------------------------------------------------------------- */

static void fold_here(struct browser *browser, bool open)
{
	struct picker *picker = picker_of(browser);
	struct picking *picking = picker->picking;
	const struct pick_row row = *row_here(browser);

	if (row.kind == PICK_BOARD || picking->order != PICK_BY_SUITE)
		return;
	size_t suite = row.kind == PICK_SUITE ? row.number : picking->suite[row.number];
	if (open && row.kind == PICK_SUITE && picking->suites[suite].open)
		picker->list.cursor++;
	picking_set_open(picking, suite, open);
	if (!open)
		picker->list.cursor = picking_row_of(picking, PICK_SUITE, suite);
}

static void next_order(struct browser *browser)
{
	struct picker *picker = picker_of(browser);
	const struct pick_row *here = row_here(browser);
	struct pick_row row = here ? *here : (struct pick_row){PICK_BOARD, 0};

	picking_set_order(picker->picking, (picker->picking->order + 1) % PICK_ORDER_COUNT);
	size_t place = picking_row_of(picker->picking, row.kind, row.number);
	picker->list.cursor = place == SIZE_MAX ? 0 : place;
	browser_message(browser, "by %s", pick_order_name(picker->picking->order));
}

static bool go_to(struct browser *browser, size_t from, int step, bool here)
{
	struct picker *picker = picker_of(browser);
	size_t row = picking_find(picker->picking, picker->needle, from, step, here);

	if (row != SIZE_MAX)
		picker->list.cursor = row;
	else
		browser_remark(browser, "no benchmark here contains %s", picker->needle);
	return row != SIZE_MAX;
}

static void search_changed(struct browser *browser, const char *text)
{
	struct picker *picker = picker_of(browser);

	free(picker->needle);
	picker->needle = memory_string(text);
	picking_set_folds(picker->picking, picker->folds);
	if (!*text || !go_to(browser, picker->before, 1, true))
		picker->list.cursor = picker->before;
}

static void search_accepted(struct browser *browser, const char *text)
{
	(void)browser;
	(void)text;
}

static void search_cancelled(struct browser *browser)
{
	struct picker *picker = picker_of(browser);

	picking_set_folds(picker->picking, picker->folds);
	picker->list.cursor = picker->before;
}

static const struct prompt_ops search_prompt = {
	.label = "/",
	.changed = search_changed,
	.accepted = search_accepted,
	.cancelled = search_cancelled,
};

static void search_again(struct browser *browser, int step, int count)
{
	const struct picker *picker = picker_of(browser);

	if (!picker->needle || !*picker->needle) {
		browser_message(browser, "%s", need_message(NEED_SEARCH));
		return;
	}
	for (int i = 0; i < (count > 0 ? count : 1); i++)
		if (!go_to(browser, picker->list.cursor, step, false))
			return;
}

/* ---- drawing -------------------------------------------------------------------------------- */

#define NAME_MIN 18
#define R_CELLS 9
#define WIDTH_MAX 150

/* Where columns end; 0 = there is no room for one. */
struct columns {
	int name_width, metric, scale, models, newest, r_bar, r, error, weight, note;
};

/* The widest first to go: what a benchmark is before how well it is predicted. */
static struct columns place_columns(int width)
{
	struct columns columns = {0};
	int right = (width < WIDTH_MAX ? width : WIDTH_MAX) - 1;

	if (width >= 112)
		columns.note = right -= 11;
	columns.weight = right, right -= 7;
	if (width >= 56)
		columns.error = right, right -= 8;
	columns.r = right, right -= 5;
	if (width >= 66)
		columns.r_bar = right, right -= R_CELLS + 1;
	if (width >= 88)
		columns.newest = right, right -= 9;
	if (width >= 46)
		columns.models = right, right -= 8;
	if (width >= 100)
		columns.scale = right, right -= 13;
	if (width >= 112)
		columns.metric = right - 12, right -= 13;
	columns.name_width = right - 2;
	return columns;
}

static void draw_header(struct browser *browser, const struct area *area)
{
	const struct columns columns = place_columns(area->width);
	struct screen *screen = browser->screen;

	draw_fit(screen, area, 0, 1, columns.name_width, STYLE_DIM,
		 picker_of(browser)->picking->order == PICK_BY_SUITE ? "suite / benchmark" : "benchmark");
	if (columns.metric)
		draw_text(screen, area, 0, columns.metric, STYLE_DIM, "metric");
	if (columns.scale)
		draw_right(screen, area, 0, columns.scale, STYLE_DIM, "scale");
	if (columns.models)
		draw_right(screen, area, 0, columns.models, STYLE_DIM, "models");
	if (columns.newest)
		draw_right(screen, area, 0, columns.newest, STYLE_DIM, "newest");
	if (columns.r_bar)
		draw_text(screen, area, 0, columns.r_bar - R_CELLS, STYLE_DIM, "predicted");
	draw_right(screen, area, 0, columns.r, STYLE_DIM, "r");
	if (columns.error)
		draw_right(screen, area, 0, columns.error, STYLE_DIM, "error");
	draw_right(screen, area, 0, columns.weight, STYLE_DIM, "weight");
}

/* "2025-03" */
static void draw_month(struct browser *browser, const struct area *area, int y, int right, double days)
{
	char date[11];

	if (right == 0 || isnan(days))
		return;
	date_format(days, date);
	date[7] = '\0';
	draw_right(browser->screen, area, y, right, STYLE_DIM, date);
}

static void draw_count(struct browser *browser, const struct area *area, int y, size_t count)
{
	int right = place_columns(area->width).models;
	char buffer[FIGURE_SIZE];

	if (right > 0)
		draw_right(browser->screen, area, y, right, STYLE_TEXT, figure_count(buffer, count));
}

static void draw_suite(struct browser *browser, const struct area *area, int y, size_t number)
{
	const struct pick_suite *suite = &picker_of(browser)->picking->suites[number];
	const struct columns columns = place_columns(area->width);
	struct text line = {0};
	char count[FIGURE_SIZE];

	text_append_format(&line, "%s %s (%s)", suite->open ? "▾" : "▸", suite->name, figure_count(count, suite->count));
	draw_fit(browser->screen, area, y, 1, columns.name_width, STYLE_STRONG, text_string(&line));
	draw_count(browser, area, y, suite->models);
	draw_month(browser, area, y, columns.newest, suite->newest);
	text_free(&line);
}

static void draw_board(struct browser *browser, const struct area *area, int y, size_t number)
{
	const struct board *board = &browser->session->boards.list[number];
	const char *shown = browser->session->board.name;
	struct text line = {0};

	text_append_format(&line, "%s board %s (%zu)", shown && strcmp(shown, board->name) == 0 ? "◉" : "○", board->name,
			   board->count);
	draw_fit(browser->screen, area, y, 1, place_columns(area->width).name_width, STYLE_STRONG, text_string(&line));
	text_free(&line);
}

/* "0–100", "0–∞" */
static void draw_scale(struct browser *browser, const struct area *area, int y, int right, size_t benchmark)
{
	const struct catalog_benchmark *facts = &browser->session->catalog->benchmarks[benchmark];
	struct text scale = {0};

	if (right == 0 || !(isfinite(facts->lower) || isfinite(facts->upper)))
		return;
	if (isfinite(facts->lower))
		text_append_format(&scale, "%g", facts->lower);
	text_append(&scale, "–");
	if (isfinite(facts->upper))
		text_append_format(&scale, "%g", facts->upper);
	draw_right(browser->screen, area, y, right, STYLE_DIM, text_string(&scale));
	text_free(&scale);
}

/* How well it is predicted: r as a bar and a number, and the mean error in its own unit. */
static void draw_quality(struct browser *browser, const struct area *area, int y, const struct board_row *row)
{
	const struct columns columns = place_columns(area->width);
	const struct pick_figures *figures = figures_of(browser, row->benchmark);
	char buffer[FIGURE_SIZE];

	if (!figures) {
		draw_right(browser->screen, area, y, columns.r, STYLE_DIM, browser->session->fit ? "…" : "·");
		return;
	}
	if (isnan(figures->r)) {
		draw_right(browser->screen, area, y, columns.r, STYLE_DIM, "·");
	} else {
		snprintf(buffer, sizeof buffer, "%.2f", figures->r);
		const char *zero = strchr(buffer, '0'); /* ".87" */
		draw_right(browser->screen, area, y, columns.r, STYLE_TEXT, zero == buffer ? buffer + 1 : buffer);
		int cells = (int)lround(fmax(figures->r, 0) * R_CELLS);
		if (columns.r_bar)
			draw_repeat(browser->screen, area, y, columns.r_bar - R_CELLS, cells, STYLE_BAR, "█");
	}
	if (columns.error)
		draw_right(browser->screen, area, y, columns.error, STYLE_DIM,
			   figure_on(buffer, row, figures->error, false));
}

static void draw_benchmark(struct browser *browser, const struct area *area, int y, size_t benchmark)
{
	const struct session *session = browser->session;
	const struct picking *picking = picker_of(browser)->picking;
	const struct catalog_benchmark *facts = &session->catalog->benchmarks[benchmark];
	const struct columns columns = place_columns(area->width);
	bool chosen = board_has(&session->board, benchmark);
	double weight = weight_of(browser, benchmark);
	struct board_row row;
	int x = picking->order == PICK_BY_SUITE ? 3 : 1;

	board_describe_benchmark(browser, (uint32_t)benchmark, &row);
	x += draw_text(browser->screen, area, y, x, chosen ? STYLE_MARK : STYLE_DIM, chosen ? "◉ " : "○ ");
	draw_fit(browser->screen, area, y, x, columns.name_width - x, chosen ? STYLE_STRONG : STYLE_TEXT, facts->title);
	if (columns.metric && facts->metric)
		draw_fit(browser->screen, area, y, columns.metric, 12, STYLE_DIM, facts->metric);
	draw_scale(browser, area, y, columns.scale, benchmark);
	draw_count(browser, area, y, facts->models);
	draw_month(browser, area, y, columns.newest, picking->newest[benchmark]);
	draw_quality(browser, area, y, &row);
	if (weight > 0) {
		char buffer[FIGURE_SIZE];
		snprintf(buffer, sizeof buffer, "%.3g", weight);
		draw_right(browser->screen, area, y, columns.weight, STYLE_MARK, buffer);
	}
	if (columns.note && facts->models < FEW_MODELS)
		draw_text(browser->screen, area, y, columns.note + 1, STYLE_DIM, "few scores");
}

static void draw_row(struct browser *browser, const struct area *area, int y, size_t index)
{
	const struct pick_row *row = &picker_of(browser)->picking->rows[index];
	bool selected = index == picker_of(browser)->list.cursor;

	draw_selected(browser->screen, selected, true);
	if (selected)
		draw_repeat(browser->screen, area, y, 0, area->width, STYLE_TEXT, " ");
	switch (row->kind) {
	case PICK_BOARD: draw_board(browser, area, y, row->number); break;
	case PICK_SUITE: draw_suite(browser, area, y, row->number); break;
	case PICK_BENCHMARK: draw_benchmark(browser, area, y, row->number); break;
	}
	draw_selected(browser->screen, false, false);
	if (selected)
		draw_cursor(browser->screen, area, y, 0);
}

/* What is known of the benchmark under the cursor, in a line. */
static void draw_facts(struct browser *browser, const struct area *area, int y)
{
	const struct pick_row *row = row_here(browser);
	struct text line = {0};

	if (!row || row->kind != PICK_BENCHMARK)
		return;
	const struct catalog_benchmark *facts = &browser->session->catalog->benchmarks[row->number];
	text_append(&line, facts->key);
	if (facts->metric)
		text_append_format(&line, " · %s", facts->metric);
	if (facts->unit)
		text_append_format(&line, " in %s", facts->unit);
	if (!isnan(facts->chance))
		text_append_format(&line, " · chance %g", facts->chance);
	if (!isnan(facts->instances))
		text_append_format(&line, " · %.0f questions", facts->instances);
	if (!facts->higher_is_better)
		text_append(&line, " · lower is better");
	if (facts->family)
		text_append_format(&line, " · family %s", facts->family);
	if (facts->suite)
		text_append_format(&line, " · suite %s", facts->suite);
	draw_fit(browser->screen, area, y, 1, area->width - 2, STYLE_DIM, text_string(&line));
	text_free(&line);
}

#define FACTS_FROM 8 /* rows of the view that leave one for them */

static void picker_draw(struct browser *browser, const struct area *area)
{
	struct picker *picker = picker_of(browser);
	struct list *list = &picker->list;
	int rows = area->height - 1 - (area->height >= FACTS_FROM);

	draw_header(browser, area);
	list_show(list, picker->picking->count, rows);
	for (int y = 0; y < rows && list->top + (size_t)y < list->count; y++)
		draw_row(browser, area, y + 1, list->top + (size_t)y);
	list->below = area->height - 1 - rows;
	if (area->height >= FACTS_FROM)
		draw_facts(browser, area, area->height - 1);
	if (list->count > 0)
		return;
	draw_text(browser->screen, area, 1, 1, STYLE_DIM, "no benchmarks yet: what is imported brings them");
	draw_cursor(browser->screen, area, 0, 0);
}

static void picker_title(struct browser *browser, struct text *out)
{
	char count[FIGURE_SIZE];

	text_append_format(out, "board %s · %s chosen · by %s", board_name(browser),
			   figure_count(count, browser->session->board.count), pick_order_name(picker_of(browser)->picking->order));
}

static void picker_corner(struct browser *browser, struct text *out)
{
	board_outside(&picker_of(browser)->list, out);
}

/* ---- actions -------------------------------------------------------------------------------- */

static bool picker_act(struct browser *browser, enum action action, int count)
{
	struct picker *picker = picker_of(browser);

	picker->list.count = picker->picking->count;
	switch (action) {
	case ACTION_PICK_BENCHMARK: toggle_here(browser); return true;
	case ACTION_PICK_ENTER: enter_here(browser); return true;
	case ACTION_PICK_WEIGHT: prompt_open(browser, &weight_prompt, ""); return true;
	case ACTION_PICK_DESCRIBE: ask_description(browser, row_here(browser)->number); return true;
	case ACTION_PICK_SAVE:
		prompt_open(browser, &save_prompt, browser->session->board.suite || !browser->session->board.name
							   ? "" : browser->session->board.name);
		return true;
	case ACTION_PICK_DROP: drop_here(browser); return true;
	case ACTION_PICK_ORDER: next_order(browser); return true;
	case ACTION_PICK_UNFOLD: fold_here(browser, true); return true;
	case ACTION_PICK_FOLD: fold_here(browser, false); return true;
	case ACTION_SEARCH:
		picker->before = picker->list.cursor;
		free(picker->folds);
		picker->folds = picking_folds(picker->picking);
		prompt_open(browser, &search_prompt, "");
		return true;
	case ACTION_SEARCH_NEXT: search_again(browser, 1, count); return true;
	case ACTION_SEARCH_PREVIOUS: search_again(browser, -1, count); return true;
	default: return list_act(&picker->list, action, count);
	}
}

static struct list *picker_view_list(struct browser *browser)
{
	return &picker_of(browser)->list; /* the view is opened with it */
}

const struct view_ops picker_view = {
	.size = sizeof(struct picker),
	.overtake = picker_overtake,
	.renumber = picker_renew,
	.free = picker_free,
	.draw = picker_draw,
	.title = picker_title,
	.corner = picker_corner,
	.act = picker_act,
	.list = picker_view_list,
};
