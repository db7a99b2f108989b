/* The sketch pane: the parents of a hypothetical merge, and what it would
 * score. */
#include <math.h>
#include <string.h>

#include "bars.h"
#include "browser.h"
#include "stemma/base/utf8.h"

#define LABEL_WIDTH 10
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
	const struct catalog *catalog = browser->session->catalog;
	bool focus = browser_view(browser) == VIEW_SKETCH;
	bool selected = focus && position == browser->sketch_list.cursor;
	char score[FIGURE_SIZE];

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
	draw_right(browser->screen, area, row, column + width - 2, STYLE_DIM,
		   figure(score, catalog_average(catalog, parent->model)));
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
	int mean_end, error_end, bar, bar_width, best, chance_end;
};

static struct columns place_columns(int width)
{
	struct columns columns = {.mean_end = 1 + LABEL_WIDTH + 5};

	columns.error_end = columns.mean_end + 7;
	columns.bar = columns.error_end + 2;
	/* best parent: "best 54.5  62 %", alone the chance where it is narrow */
	int tail = width >= 64 ? 25 : 7;
	columns.chance_end = width - 1;
	columns.best = width >= 64 ? width - 1 - 23 : -1;
	columns.bar_width = width - columns.bar - tail - 1;
	if (columns.bar_width > 101)
		columns.bar_width = 101;
	if (columns.best >= 0)
		columns.best = columns.bar + columns.bar_width + 2;
	if (columns.best >= 0)
		columns.chance_end = columns.best + 23;
	return columns;
}

/* What a row shows of the best parent. */
static void draw_best(struct browser *browser, const struct area *area, int row,
		      const struct columns *columns, const struct sketch_row *figures)
{
	char buffer[FIGURE_SIZE];

	if (columns->best >= 0 && !isnan(figures->best_score)) {
		int x = columns->best;
		x += draw_text(browser->screen, area, row, x, STYLE_DIM, "best parent ");
		draw_right(browser->screen, area, row, x + 4, STYLE_MARK,
			   figure(buffer, figures->best_score));
	}
	if (isnan(figures->chance) || columns->chance_end - CHANCE_WIDTH < columns->mean_end)
		return;
	snprintf(buffer, sizeof buffer, "%.0f %%", 100 * figures->chance);
	draw_right(browser->screen, area, row, columns->chance_end,
		   figures->chance >= 0.5 ? STYLE_GOOD : STYLE_TEXT, buffer);
}

static void draw_figures(struct browser *browser, const struct area *area, int row, const char *label,
			 enum style style, const struct engine_estimate *estimate, double other)
{
	struct columns columns = place_columns(area->width);
	char buffer[FIGURE_SIZE], cells[BAR_WIDTH_MAX + 1];
	struct bar_values values = {estimate->low90, estimate->mean, estimate->high90, NAN, other};

	draw_fit(browser->screen, area, row, 1, LABEL_WIDTH, style, label);
	draw_right(browser->screen, area, row, columns.mean_end, STYLE_POINT, figure(buffer, estimate->mean));
	snprintf(buffer, sizeof buffer, "%s%.1f", plus_minus(browser->screen),
		 (estimate->high90 - estimate->low90) / 2);
	if (columns.error_end + CHANCE_WIDTH <= columns.chance_end)
		draw_right(browser->screen, area, row, columns.error_end, STYLE_DIM, buffer);
	if (columns.bar_width >= 8) {
		bar_interval(cells, columns.bar_width, &values);
		draw_bar(browser->screen, area, row, columns.bar, cells);
	}
}

static void draw_prediction(struct browser *browser, const struct area *area, int row, size_t index)
{
	const struct sketch_row *figures = &browser->prediction.row[index];
	struct columns columns = place_columns(area->width);
	bool average = index + 1 == browser->prediction.rows;
	char buffer[FIGURE_SIZE];

	draw_figures(browser, area, row, benchmark_name(browser, index, buffer),
		     average ? STYLE_STRONG : STYLE_TEXT, &figures->estimate, figures->best_score);
	draw_best(browser, area, row, &columns, figures);
}

/* The share of a set of questions that the merge would solve. */
static void draw_answers(struct browser *browser, const struct area *area, int row,
			 const struct answer_row *answers)
{
	struct columns columns = place_columns(area->width);
	char models[FIGURE_SIZE];

	draw_figures(browser, area, row, answers->key, STYLE_TEXT, &answers->prediction.share, NAN);
	if (columns.best >= 0)
		draw_format(browser->screen, area, row, columns.best, STYLE_DIM, "answers of %s models",
			    figure_count(models, answers->learned));
}

/* Until there is a fit: what the parents score, by their weights. */
static double parents_average(const struct browser *browser, size_t benchmark)
{
	const struct catalog *catalog = browser->session->catalog;
	double sum = 0, total = 0;

	for (size_t i = 0; i < browser->sketch.now.count; i++) {
		const struct sketch_parent *parent = &browser->sketch.now.parents[i];
		double score = catalog_score(catalog, parent->model, benchmark);
		if (isnan(score))
			continue;
		sum += parent->weight * score;
		total += parent->weight;
	}
	return total > 0 ? sum / total : NAN;
}

static void draw_averages(struct browser *browser, const struct area *area, int first)
{
	size_t rows = browser->session->catalog->benchmark_count + 1;
	char buffer[FIGURE_SIZE], name[FIGURE_SIZE];
	int start = 1 + LABEL_WIDTH + 7;

	for (size_t i = 0; i < rows; i++) {
		size_t index = i == 0 ? rows - 1 : i - 1;
		double average = parents_average(browser, index);
		int row = first + (int)i;
		draw_fit(browser->screen, area, row, 1, LABEL_WIDTH, i ? STYLE_TEXT : STYLE_STRONG,
			 benchmark_name(browser, index, name));
		draw_right(browser->screen, area, row, start - 2,
			   isnan(average) ? STYLE_DIM : STYLE_TEXT, figure(buffer, average));
	}
	draw_fit(browser->screen, area, first, start, area->width - start - 1, STYLE_DIM,
		 browser_predicts(browser, CATALOG_NONE) ? browser->prediction_error.message
		 : browser->job ? "of the parents, until the fit is ready"
				: "of the parents: not fitted");
}

/* ---- the pane ------------------------------------------------------------------------------ */

static void draw_empty(struct browser *browser, const struct area *area)
{
	draw_text(browser->screen, area, 0, 1, STYLE_DIM,
		  "Space picks the model under the cursor as a parent of a merge;");
	draw_text(browser->screen, area, 1, 1, STYLE_DIM,
		  "what the merge would score appears here and follows every key.");
}

static void draw_predictions(struct browser *browser, const struct area *area, int row)
{
	size_t rows = browser->prediction.rows;

	/* The average first: it is there however small the pane. */
	draw_prediction(browser, area, row++, rows - 1);
	for (size_t i = 0; i + 1 < rows && row < area->height; i++)
		draw_prediction(browser, area, row++, i);
	for (size_t i = 0; i < browser->prediction.answer_count && row < area->height; i++)
		draw_answers(browser, area, row++, &browser->prediction.answers[i]);
	const char *warning = text_string(&browser->warnings);
	while (*warning && row < area->height) {
		size_t length = strcspn(warning, "\n");
		draw_format(browser->screen, area, row++, 1, STYLE_BAD, "! %.*s", (int)length,
			    warning);
		warning += length + (warning[length] == '\n');
	}
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
	if (browser->predicted)
		draw_predictions(browser, &left, row);
	else
		draw_averages(browser, &left, row);
	if (wide)
		why_draw_beside(browser, &right);
}

bool sketch_act(struct browser *browser, enum action action, int count)
{
	browser->sketch_list.count = browser->sketch.now.count;
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
	.act = sketch_act,
	.model = sketch_model,
	.list = sketch_view_list,
};
