/* The sketch pane: the parents of a hypothetical merge, and what it would
 * score. */
#include <math.h>
#include <string.h>

#include "board/bars.h"
#include "browser.h"
#include "stemma/base/clock.h"
#include "stemma/base/utf8.h"

#define BAR_START 6       /* of a weight's bar, after "●0.60 " */
#define BAR_CELLS 20
#define BAR_FROM 68       /* columns of a parent from which it has one */
#define WHY_WIDTH 52      /* the column at the right that says why */
#define WHY_FROM 126      /* width from which it is shown */

void sketch_describe(const struct browser *browser, const struct sketch_state *now, size_t base,
		     struct text *out)
{
	const struct merge_method_info *method = merge_method_info(now->method);

	text_append(out, method->name);
	if (method->reduction == REDUCE_SLERP && now->count == 2)
		text_append_format(out, " · t=%.2f", now->parents[1].weight);
	if (base != CATALOG_NONE)
		text_append_format(out, " · base %s", tree_name(browser->tree, base));
	if (now->chat_template != ANSWER_UNKNOWN)
		text_append_format(out, " · %s chat template",
				   now->chat_template == ANSWER_YES ? "with" : "no");
}

static void sketch_title(struct browser *browser, struct text *out)
{
	const struct sketch_state *now = &browser->sketch.now;

	text_append(out, "sketch");
	if (now->count == 0)
		return;
	if (*now->name)
		text_append_format(out, " %s", now->name);
	text_append_format(out, ": %zu %s · ", now->count, now->count == 1 ? "parent" : "parents");
	sketch_describe(browser, now, browser->base, out);
	size_t common = browser->common_ancestor;
	if (common != CATALOG_NONE && common != browser->base)
		text_append_format(out, " · common ancestor %s", tree_name(browser->tree, common));
	if (browser->sketch.beside.count > 0)
		text_append_format(out, " · beside %s", *browser->sketch.beside.name
				   ? browser->sketch.beside.name : "another");
}

/* ---- parents ---------------------------------------------------------------------- */

/* So that equal weights look equal: 0.125 is often a little less. */
double shown_weight(double weight)
{
	return weight + 1e-9;
}

static int chip_columns(const struct browser *browser, int width)
{
	size_t count = browser->sketch.now.count;
	int fit = width / 38;

	return fit < 1 ? 1 : fit > (int)count ? (int)count : fit > 4 ? 4 : fit;
}

/* The rows of parents that are shown, and the first of them: where all leave no
 * room for predictions, those around the cursor. */
#define PREDICTIONS_KEPT 3
struct chip_rows {
	int columns, first, shown;
};

static struct chip_rows chip_rows(const struct browser *browser, int width, int height)
{
	struct chip_rows rows = {.columns = chip_columns(browser, width)};
	int count = (int)browser->sketch.now.count, all = (count + rows.columns - 1) / rows.columns;
	int room = height > PREDICTIONS_KEPT ? height - PREDICTIONS_KEPT : 1;
	int here = (int)browser->sketch_list.cursor / rows.columns;

	rows.shown = all < room ? all : room;
	rows.first = here < rows.shown ? 0 : here - rows.shown + 1;
	return rows;
}

static void draw_chip(struct browser *browser, const struct area *area, size_t position, int row,
		      int column, int width)
{
	const struct sketch_parent *parent = &browser->sketch.now.parents[position];
	bool focus = browser_view(browser) == VIEW_SKETCH;
	bool selected = focus && position == browser->sketch_list.cursor;

	draw_selected(browser->screen, selected, focus);
	if (selected)
		draw_repeat(browser->screen, area, row, column, width - 1, STYLE_TEXT, " ");
	int x = column + draw_text(browser->screen, area, row, column, STYLE_MARK, "●");
	x += draw_format(browser->screen, area, row, x, STYLE_STRONG, "%.2f%s", shown_weight(parent->weight),
			 parent->locked ? "=" : " ");
	if (width >= BAR_FROM) {
		draw_repeat(browser->screen, area, row, x, BAR_CELLS, STYLE_DIM, "░");
		draw_repeat(browser->screen, area, row, x, (int)lround(parent->weight * BAR_CELLS),
			    STYLE_BAR, "█");
		x += BAR_CELLS + 1;
	}
	draw_fit(browser->screen, area, row, x, column + width - 8 - x, STYLE_TEXT,
		 tree_name(browser->tree, parent->model));
	board_draw_value(browser, area, row, column + width - 2, STYLE_SCORE, parent->model);
	draw_selected(browser->screen, false, false);
	if (selected)
		draw_cursor(browser->screen, area, row, column);
}

int sketch_parent_at(const struct browser *browser, int row, int column, int *bar)
{
	const struct area *area = &browser->panes[VIEW_SKETCH];
	*bar = -1;
	if (browser->sketch.now.count == 0)
		return -1;
	const struct chip_rows rows = chip_rows(browser, area->width, area->height);
	int columns = rows.columns, width = (area->width - 1) / columns;
	int y = row - area->top, x = column - area->left - 1;
	size_t position = y >= 0 && x >= 0 && x < columns * width
		? (size_t)((rows.first + y) * columns + x / width) : SIZE_MAX;

	if (rows.shown <= y || position >= browser->sketch.now.count)
		return -1;
	int within = x % width - BAR_START;
	if (width >= BAR_FROM && within >= 0 && within < BAR_CELLS)
		*bar = column - within;
	return (int)position;
}

/* Draws the parents; returns the rows used. */
static int draw_chips(struct browser *browser, const struct area *area)
{
	const struct chip_rows rows = chip_rows(browser, area->width, area->height);
	int columns = rows.columns, width = (area->width - 1) / columns;

	for (size_t i = 0; i < browser->sketch.now.count; i++) {
		int row = (int)i / columns - rows.first;
		if (row >= 0 && row < rows.shown)
			draw_chip(browser, area, i, row, 1 + (int)i % columns * width, width);
	}
	return rows.shown;
}

/* ---- predictions --------------------------------------------------------------------- */

#define CHANCE_WIDTH 6 /* " 100 %" */

/* Columns of a prediction row: name, mean, ±, bar, best parent, chance. */
struct columns {
	int label, mean_end, error_end, bar, bar_width, best, chance_end;
};

static struct columns place_columns(const struct browser *browser, int width)
{
	struct columns columns = {.label = board_label_width(browser, width)};

	columns.mean_end = columns.label + 7;
	columns.error_end = columns.mean_end + 7;
	columns.bar = columns.error_end + 2;
	/* best parent: "best 54.5  62 %", alone the chance where it is narrow */
	int tail = width >= 64 ? 26 : 7;
	columns.chance_end = width - 1;
	columns.best = width >= 64 ? width - 1 - 24 : -1;
	columns.bar_width = width - columns.bar - tail - 1;
	if (columns.bar_width > 101)
		columns.bar_width = 101;
	if (columns.best >= 0)
		columns.best = columns.bar + columns.bar_width + 2;
	if (columns.best >= 0)
		columns.chance_end = columns.best + 24;
	return columns;
}

/* What a row shows of the best parent. */
static void draw_best(struct browser *browser, const struct area *area, int row,
		      const struct columns *columns, const struct board_row *on, const struct sketch_row *figures)
{
	char buffer[FIGURE_SIZE];

	if (columns->best >= 0 && !isnan(figures->best_score)) {
		int x = columns->best;
		x += draw_text(browser->screen, area, row, x, STYLE_DIM, "best parent ");
		draw_right(browser->screen, area, row, x + 5, STYLE_MARK,
			   figure_on(buffer, on, figures->best_score, false));
	}
	if (isnan(figures->chance) || columns->chance_end - CHANCE_WIDTH < columns->mean_end)
		return;
	snprintf(buffer, sizeof buffer, "%.0f %%", 100 * figures->chance);
	draw_right(browser->screen, area, row, columns->chance_end,
		   figures->chance >= 0.5 ? STYLE_GOOD : STYLE_TEXT, buffer);
}

static void draw_figures(struct browser *browser, const struct area *area, int y, const struct board_row *row,
			 enum style style, const struct engine_estimate *estimate, double other)
{
	struct columns columns = place_columns(browser, area->width);
	char buffer[FIGURE_SIZE], cells[BAR_WIDTH_MAX + 1];
	struct bar_values values = {estimate->low90, estimate->mean, estimate->high90, NAN, other};

	draw_fit(browser->screen, area, y, 1, columns.label, style, row->name);
	draw_right(browser->screen, area, y, columns.mean_end, STYLE_POINT, figure_on(buffer, row, estimate->mean, false));
	if (isnan(estimate->mean))
		return;
	if (columns.error_end + CHANCE_WIDTH <= columns.chance_end)
		draw_right(browser->screen, area, y, columns.error_end, STYLE_DIM,
			   figure_margin(buffer, browser->screen, row, (estimate->high90 - estimate->low90) / 2));
	if (columns.bar_width >= 8) {
		bar_interval(cells, columns.bar_width, &row->scale, &values);
		draw_bar(browser->screen, area, y, columns.bar, cells);
	}
}

static void draw_prediction(struct browser *browser, const struct area *area, int y, size_t index)
{
	const struct board_row *row = &browser->rows[index];
	bool late = browser->draw_until > 0 && clock_seconds() > browser->draw_until;
	struct columns columns = place_columns(browser, area->width);

	/* The next picture goes on. */
	if (late && !browser->prediction.row[row->place].made) {
		browser->estimate_due = true;
		draw_fit(browser->screen, area, y, 1, columns.label, STYLE_TEXT, row->name);
		draw_text(browser->screen, area, y, columns.mean_end - 1, STYLE_DIM, "…");
		return;
	}
	const struct sketch_row *figures = sketch_prediction_row(&browser->prediction, row->place);
	draw_figures(browser, area, y, row, index == 0 ? STYLE_STRONG : STYLE_TEXT, &figures->estimate,
		     figures->best_score);
	draw_best(browser, area, y, &columns, row, figures);
}

/* The share of a set of questions that the merge would solve. */
static void draw_answers(struct browser *browser, const struct area *area, int y,
			 const struct answer_row *answers)
{
	struct columns columns = place_columns(browser, area->width);
	struct board_row row = {.scale = {0, 100}, .decimals = 1};
	char models[FIGURE_SIZE];

	snprintf(row.name, sizeof row.name, "%s", answers->key);
	draw_figures(browser, area, y, &row, STYLE_TEXT, &answers->prediction.share, NAN);
	if (columns.best >= 0)
		draw_format(browser->screen, area, y, columns.best, STYLE_DIM, "answers of %s models",
			    figure_count(models, answers->learned));
}

/* Until there is a fit: what the parents score, by their weights. */
static double parents_average(const struct browser *browser, const struct engine_target *target)
{
	const struct catalog *catalog = browser->session->catalog;
	double sum = 0, total = 0;

	for (size_t i = 0; i < browser->sketch.now.count; i++) {
		const struct sketch_parent *parent = &browser->sketch.now.parents[i];
		double score = catalog_target(catalog, parent->model, target);
		if (isnan(score))
			continue;
		sum += parent->weight * score;
		total += parent->weight;
	}
	return total > 0 ? sum / total : NAN;
}

static void draw_average(struct browser *browser, const struct area *area, int y, size_t index)
{
	const struct board_row *row = &browser->rows[index];
	struct columns columns = place_columns(browser, area->width);
	double average = parents_average(browser, &row->target);
	char buffer[FIGURE_SIZE];

	draw_fit(browser->screen, area, y, 1, columns.label, index ? STYLE_TEXT : STYLE_STRONG, row->name);
	draw_right(browser->screen, area, y, columns.mean_end, isnan(average) ? STYLE_DIM : STYLE_TEXT,
		   figure_on(buffer, row, average, false));
	if (index > 0)
		return;
	int start = columns.mean_end + 2;
	draw_fit(browser->screen, area, y, start, area->width - start - 1, STYLE_DIM,
		 browser->query ? browser->prediction_error.message
		 : browser->job ? "of the parents, until the fit is ready"
				: "of the parents: not fitted");
}

/* ---- the pane ------------------------------------------------------------------------------ */

/* The first minute: what one can do, in three lines. */
static void draw_empty(struct browser *browser, const struct area *area)
{
	char table[FIGURE_SIZE], suggest[FIGURE_SIZE], filter[FIGURE_SIZE];

	draw_text(browser->screen, area, 0, 1, STYLE_DIM,
		  "Space picks the model under the cursor as a parent of a merge;");
	draw_text(browser->screen, area, 1, 1, STYLE_DIM,
		  "what the merge would score appears here and follows every key.");
	draw_format(browser->screen, area, 2, 1, STYLE_DIM, "%s shows all models as a table, %s filters them, %s suggests merges.",
		    browser_key_of(browser, ACTION_TABLE, table), browser_key_of(browser, ACTION_FILTER, filter),
		    browser_key_of(browser, ACTION_SUGGEST, suggest));
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n' || !text[1];
	return count;
}

static void draw_warning(struct browser *browser, const struct area *area, int y, size_t line)
{
	const char *warning = text_string(&browser->warnings);

	while (line-- > 0)
		warning += strcspn(warning, "\n") + 1;
	draw_format(browser->screen, area, y, 1, STYLE_BAD, "! %.*s", (int)strcspn(warning, "\n"), warning);
}

/* One of what stands below the target's row: benchmarks, sets of answers, warnings. */
static void draw_below(struct browser *browser, const struct area *area, int y, size_t index)
{
	size_t benchmarks = browser->row_count - 1;
	size_t answers = browser->predicted ? browser->prediction.answer_count : 0;

	if (index < benchmarks && browser->predicted)
		draw_prediction(browser, area, y, index + 1);
	else if (index < benchmarks)
		draw_average(browser, area, y, index + 1);
	else if (index < benchmarks + answers)
		draw_answers(browser, area, y, &browser->prediction.answers[index - benchmarks]);
	else
		draw_warning(browser, area, y, index - benchmarks - answers);
}

/* The target first: it is there however small the pane.  The rest scrolls. */
static void draw_scores(struct browser *browser, const struct area *area, int y)
{
	struct list *list = &browser->board_list;
	size_t count = browser->row_count - 1;

	if (browser->predicted)
		draw_prediction(browser, area, y, 0);
	else
		draw_average(browser, area, y, 0);
	if (browser->predicted)
		count += browser->prediction.answer_count + count_lines(text_string(&browser->warnings));
	y++;
	list_scroll(list, count, area->height - y);
	for (int i = 0; y + i < area->height && list->top + (size_t)i < count; i++)
		draw_below(browser, area, y + i, list->top + (size_t)i);
}

static void sketch_draw(struct browser *browser, const struct area *area)
{
	struct area left = *area, right = *area;

	if (browser->sketch.now.count == 0) {
		draw_empty(browser, area);
		return;
	}
	browser->sketch_list.count = browser->sketch.now.count;
	browser->sketch_list.height = area->height;
	bool wide = area->width >= WHY_FROM && browser->predicted;
	if (wide) {
		left.width = area->width - WHY_WIDTH - 3;
		right.left += left.width + 2, right.width = WHY_WIDTH;
	}
	int row = draw_chips(browser, &left);
	draw_scores(browser, &left, row);
	if (wide)
		why_draw_beside(browser, &right);
}

static void sketch_corner(struct browser *browser, struct text *out)
{
	if (browser->sketch.now.count > 0)
		board_outside(&browser->board_list, out);
}

/* Pages are of the scores; single steps go on to them from the last parent, and back. */
static bool scrolls_scores(const struct browser *browser, enum action action)
{
	const struct list *parents = &browser->sketch_list;

	switch (action) {
	case ACTION_PAGE_DOWN:
	case ACTION_PAGE_UP:
	case ACTION_HALF_DOWN:
	case ACTION_HALF_UP: return true;
	case ACTION_DOWN: return parents->cursor + 1 >= parents->count;
	case ACTION_UP: return browser->board_list.top > 0;
	default: return false;
	}
}

bool sketch_act(struct browser *browser, enum action action, int count)
{
	browser->sketch_list.count = browser->sketch.now.count;
	if (scrolls_scores(browser, action))
		return list_scroll_act(&browser->board_list, action, count);
	return list_act(&browser->sketch_list, action, count);
}

size_t sketch_model(struct browser *browser)
{
	const struct sketch_state *now = &browser->sketch.now;

	return browser->sketch_list.cursor < now->count
		? now->parents[browser->sketch_list.cursor].model : CATALOG_NONE;
}

static struct list *sketch_view_list(struct browser *browser)
{
	return &browser->sketch_list;
}

const struct view_ops sketch_view = {
	.draw = sketch_draw,
	.title = sketch_title,
	.corner = sketch_corner,
	.act = sketch_act,
	.model = sketch_model,
	.list = sketch_view_list,
};
