/* Why: what the sketch's prediction rests on, beside it where there is room and
 * as a view of its own. */
#include "browser.h"

#define NEAREST_BESIDE 4
#define ROWS_FOR_SCORES 4 /* that the ancestors leave to the scored models */

/* The nearest ancestors, at most `most`; returns the row after them. */
static int draw_nearest(struct browser *browser, const struct area *area, int row, size_t most)
{
	const struct sketch_prediction *prediction = &browser->prediction;

	if (prediction->ancestor_count == 0)
		return row;
	draw_text(browser->screen, area, row, 0, STYLE_TITLE, "nearest");
	draw_right(browser->screen, area, row, area->width - 8, STYLE_DIM, "kinship");
	draw_right(browser->screen, area, row++, area->width - 1, STYLE_DIM, "share");
	for (size_t i = 0; i < prediction->ancestor_count && i < most; i++, row++) {
		const struct engine_ancestor *ancestor = &prediction->ancestors[i];
		draw_fit(browser->screen, area, row, 2, area->width - 18, STYLE_TEXT,
			 tree_name(browser->tree, ancestor->model));
		draw_format(browser->screen, area, row, area->width - 12, STYLE_TEXT, "%.2f",
			    ancestor->kinship);
		draw_format(browser->screen, area, row, area->width - 6, STYLE_TEXT, "%3.0f %%",
			    100 * ancestor->share);
	}
	return row;
}

/* What is explained: the target, as the score column. */
static const struct sketch_row *explained(struct browser *browser)
{
	return sketch_prediction_why(&browser->prediction, browser->rows[0].place);
}

/* The scored models that move the explained column most, from `first` on;
 * returns the row of the first. */
static int draw_contributions(struct browser *browser, const struct area *area, int row, size_t first, size_t chosen)
{
	const struct sketch_row *figures = explained(browser);
	char buffer[FIGURE_SIZE], reason[REASON_SIZE];

	draw_format(browser->screen, area, row, 0, STYLE_TITLE, "why: %s", browser->rows[0].name);
	draw_right(browser->screen, area, row++, area->width - 1, STYLE_DIM, "points");
	for (size_t i = first; i < figures->contribution_count && row < area->height; i++, row++) {
		draw_selected(browser->screen, i == chosen, true);
		if (i == chosen)
			draw_repeat(browser->screen, area, row, 0, area->width, STYLE_TEXT, " ");
		draw_fit(browser->screen, area, row, 2, area->width - 12, STYLE_TEXT,
			 figure_reason(reason, browser, &figures->contributions[i]));
		draw_right(browser->screen, area, row, area->width - 1, STYLE_TEXT,
			   figure_signed(buffer, figures->contributions[i].points, browser->rows[0].decimals + 1));
		draw_selected(browser->screen, false, false);
		if (i == chosen)
			draw_cursor(browser->screen, area, row, 0);
	}
	return row;
}

void why_draw_beside(struct browser *browser, const struct area *area)
{
	int row = draw_nearest(browser, area, 0, NEAREST_BESIDE);

	if (row < area->height && explained(browser)->contribution_count > 0)
		draw_contributions(browser, area, row, 0, SIZE_MAX);
}

/* ---- the view ----------------------------------------------------------------------- */

static size_t contribution_count(struct browser *browser)
{
	return browser->predicted ? explained(browser)->contribution_count : 0;
}

static void draw_prediction_line(struct browser *browser, const struct area *area)
{
	const struct engine_estimate *estimate = &explained(browser)->estimate;
	const struct board_row *row = &browser->rows[0];
	char mean[FIGURE_SIZE], margin[FIGURE_SIZE];

	draw_format(browser->screen, area, 0, 0, STYLE_STRONG, "%s %s %s", row->name,
		    figure_on(mean, row, estimate->mean, false),
		    figure_margin(margin, browser->screen, row, (estimate->high90 - estimate->low90) / 2));
}

static void why_draw(struct browser *browser, const struct area *whole)
{
	const struct area area = {whole->top, whole->left + 1, whole->height, whole->width - 2};
	struct list *list = &browser->why_list;

	if (!browser->predicted) {
		draw_fit(browser->screen, &area, 0, 0, area.width, STYLE_DIM,
			 browser->prediction_error.message[0] ? browser->prediction_error.message
			 : browser->query ? need_message(NEED_PARENT)
			 : need_message(NEED_FIT));
		draw_cursor(browser->screen, &area, 0, 0);
		return;
	}
	draw_prediction_line(browser, &area);
	int most = area.height - 3 - ROWS_FOR_SCORES;
	int row = draw_nearest(browser, &area, 1, most < 1 ? 1 : (size_t)most);
	list_show(list, contribution_count(browser), area.height - row - 1);
	draw_contributions(browser, &area, row, list->top, list->cursor);
	if (list->count == 0)
		draw_cursor(browser->screen, &area, 0, 0);
}

static void why_title(struct browser *browser, struct text *out)
{
	text_append(out, "why · ");
	view_ops(VIEW_SKETCH)->title(browser, out);
}

static bool why_act(struct browser *browser, enum action action, int count)
{
	browser->why_list.count = contribution_count(browser);
	if (action == ACTION_COLUMN_RIGHT || action == ACTION_COLUMN_LEFT) {
		browser_act(browser, action == ACTION_COLUMN_RIGHT ? ACTION_COLUMN_NEXT
								   : ACTION_COLUMN_PREVIOUS, count);
		return true;
	}
	return list_act(&browser->why_list, action, count);
}

static size_t why_model(struct browser *browser)
{
	size_t cursor = browser->why_list.cursor;

	return cursor < contribution_count(browser)
		? explained(browser)->contributions[cursor].model : CATALOG_NONE;
}

static struct list *why_view_list(struct browser *browser)
{
	return &browser->why_list;
}

const struct view_ops why_view = {
	.draw = why_draw,
	.title = why_title,
	.act = why_act,
	.model = why_model,
	.list = why_view_list,
};
