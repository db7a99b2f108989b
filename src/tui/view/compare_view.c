/* Compare: a few models side by side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

#define FACT_WIDTH 14 /* "architecture" with blanks around it */
#define CELL_WIDTH 21
#define COMPARED_MAX 8 /* models side by side */

struct comparison {
	size_t model[COMPARED_MAX], count;
	const struct engine_fit *fit;      /* of the figures below; NULL = not counted yet */
	struct row_figures *figures;       /* COMPARED_MAX x rows of the board, made when drawn; NULL none */
	struct list list;                  /* over the models */
	struct list rows;                  /* over the rows of the board */
};

static struct comparison *comparison_of(const struct browser *browser)
{
	return browser->state[VIEW_COMPARE];
}

/* ---- choosing ------------------------------------------------------------------ */

static size_t chosen_place(const struct comparison *comparison, size_t model)
{
	size_t place = 0;

	while (place < comparison->count && comparison->model[place] != model)
		place++;
	return place;
}

bool compare_has(const struct browser *browser, size_t model)
{
	return chosen_place(comparison_of(browser), model) < comparison_of(browser)->count;
}

void compare_choose(struct browser *browser)
{
	struct comparison *comparison = comparison_of(browser);
	size_t model = browser_model(browser);
	size_t place = chosen_place(comparison, model);
	char key[FIGURE_SIZE];

	if (place < comparison->count) {
		memmove(&comparison->model[place], &comparison->model[place + 1],
			(--comparison->count - place) * sizeof *comparison->model);
		browser_message(browser, "no longer compared: %s", tree_name(browser->tree, model));
	} else if (comparison->count == COMPARED_MAX) {
		browser_message(browser, "at most %d models are compared; %s takes one out", COMPARED_MAX,
				browser_key_of(browser, ACTION_CHOOSE, key));
	} else {
		comparison->model[comparison->count++] = model;
		browser_message(browser, "%zu chosen; %s compares them", comparison->count,
				browser_key_of(browser, ACTION_COMPARE, key));
	}
	comparison->fit = NULL;
}

static void compare_forget(struct browser *browser)
{
	free(comparison_of(browser)->figures);
	comparison_of(browser)->figures = NULL;
	comparison_of(browser)->fit = NULL;
}

/* ---- figures -------------------------------------------------------------------- */

/* Room for the figures of a choice, board and fit. */
static void prepare(struct browser *browser)
{
	struct comparison *comparison = comparison_of(browser);

	if (comparison->figures && comparison->fit == browser->session->fit)
		return;
	compare_forget(browser);
	comparison->figures = memory_zero(COMPARED_MAX * browser->row_count, sizeof *comparison->figures);
	comparison->fit = browser->session->fit;
}

/* Counted when first drawn. */
static const struct row_figures *figures_at(struct browser *browser, size_t place, size_t row)
{
	struct comparison *comparison = comparison_of(browser);
	struct row_figures *figures = &comparison->figures[place * browser->row_count + row];

	if (!figures->made)
		board_figures(browser, comparison->model[place], &browser->rows[row], figures);
	return figures;
}

/* ---- drawing ---------------------------------------------------------------------- */

enum fact { FACT_ARCHITECTURE, FACT_SIZE, FACT_KIND, FACT_LICENSE, FACT_DATE, FACT_TEMPLATE, FACT_KIN, FACT_COUNT };
static const char *const fact_labels[] = {"architecture", "size", "kind", "licence", "uploaded", "template", "kin"};

static int label_width(const struct browser *browser, const struct area *area)
{
	int width = board_label_width(browser, area->width) + 2;

	return width < FACT_WIDTH ? FACT_WIDTH : width;
}

static void fact_text(const struct browser *browser, enum fact fact, size_t number, struct text *out)
{
	const struct catalog *catalog = browser->session->catalog;
	const struct catalog_model *model = &catalog->models[number];
	size_t parents, children;
	char date[11];

	switch (fact) {
	case FACT_ARCHITECTURE: text_append(out, model->architecture ? model->architecture : "·"); break;
	case FACT_SIZE:
		if (isnan(model->params_b))
			text_append(out, "·");
		else
			text_append_format(out, "%.3gB", model->params_b);
		break;
	case FACT_KIND: text_append(out, model->kind == KIND_UNKNOWN ? "·" : kind_name(model->kind)); break;
	case FACT_LICENSE: text_append(out, model->license ? model->license : "·"); break;
	case FACT_DATE:
		if (!isnan(model->uploaded))
			date_format(model->uploaded, date);
		text_append(out, isnan(model->uploaded) ? "·" : date);
		break;
	case FACT_TEMPLATE:
		text_append(out, model->chat_template == ANSWER_YES ? "yes"
				 : model->chat_template == ANSWER_NO ? "no" : "·");
		break;
	case FACT_KIN:
		lineage_parents(catalog->lineage, number, &parents);
		lineage_children(catalog->lineage, number, &children);
		text_append_format(out, "%zu parent%s, %zu below", parents, parents == 1 ? "" : "s", children);
		break;
	case FACT_COUNT: break;
	}
}

/* "51.9* 43.6 +0.7": published, predicted without it, z; "~43.6 ±4.0" where it is not published. */
static void draw_score(struct browser *browser, const struct area *area, int y, int x, size_t place, size_t row,
		       double best)
{
	const struct row_figures *figures = figures_at(browser, place, row);
	const struct engine_estimate *estimate = &figures->estimate;
	const struct board_row *on = &browser->rows[row];
	bool published = !isnan(figures->published);
	char buffer[FIGURE_SIZE];

	draw_right(browser->screen, area, y, x + 5, published ? STYLE_PUBLISHED : STYLE_DIM,
		   published ? figure_on(buffer, on, figures->published, false)
			     : figure_on(buffer, on, estimate->mean, true));
	if (published && figures->published == best)
		draw_text(browser->screen, area, y, x + 5, STYLE_GOOD, "*");
	if (!browser->session->fit || isnan(estimate->mean))
		return;
	if (published)
		draw_right(browser->screen, area, y, x + 12, STYLE_POINT, figure_on(buffer, on, estimate->mean, false));
	else
		draw_right(browser->screen, area, y, x + 12, STYLE_DIM,
			   figure_margin(buffer, browser->screen, on, (estimate->high90 - estimate->low90) / 2));
	if (!isnan(figures->z))
		draw_right(browser->screen, area, y, x + 18, fabs(figures->z) >= 2 ? STYLE_BAD : STYLE_DIM,
			   figure_signed(buffer, figures->z, 1));
}

/* The best that is published. */
static double best_of(const struct browser *browser, const struct engine_target *target)
{
	const struct catalog *catalog = browser->session->catalog;
	const struct comparison *comparison = comparison_of(browser);
	bool upwards = target_upwards(catalog, target);
	double best = NAN;

	for (size_t i = 0; i < comparison->count; i++) {
		double value = catalog_target(catalog, comparison->model[i], target);
		best = upwards ? fmax(best, value) : fmin(best, value);
	}
	return best;
}

static void draw_scores(struct browser *browser, const struct area *area, int y, size_t first, size_t shown, size_t row)
{
	double best = best_of(browser, &browser->rows[row].target);
	int label = label_width(browser, area);

	draw_fit(browser->screen, area, y, 1, label - 2, STYLE_TEXT, browser->rows[row].name);
	for (size_t i = 0; i < shown; i++)
		draw_score(browser, area, y, label + (int)i * CELL_WIDTH, first + i, row, best);
}

static void draw_heads(struct browser *browser, const struct area *area, size_t first, size_t shown)
{
	const struct comparison *comparison = comparison_of(browser);

	for (size_t i = 0; i < shown; i++) {
		int x = label_width(browser, area) + (int)i * CELL_WIDTH;
		const char *name = tree_name(browser->tree, comparison->model[first + i]);
		const char *slash = strchr(name, '/');
		bool here = first + i == comparison_of(browser)->list.cursor;
		char owner[FIGURE_SIZE];
		snprintf(owner, sizeof owner, "%.*s", slash ? (int)(slash - name) : 0, name);
		draw_selected(browser->screen, here, true);
		draw_repeat(browser->screen, area, 1, x, CELL_WIDTH - 1, STYLE_TEXT, " ");
		draw_fit(browser->screen, area, 1, x, CELL_WIDTH - 1, STYLE_STRONG, slash ? slash + 1 : name);
		draw_selected(browser->screen, false, false);
		draw_fit(browser->screen, area, 0, x, CELL_WIDTH - 1, STYLE_DIM, owner);
		if (here)
			draw_cursor(browser->screen, area, 1, x);
	}
}

static void draw_facts(struct browser *browser, const struct area *area, int y, enum fact fact, size_t first,
		       size_t shown)
{
	int label = label_width(browser, area);

	draw_text(browser->screen, area, y, 1, STYLE_DIM, fact_labels[fact]);
	for (size_t i = 0; i < shown; i++) {
		struct text text = {0};
		fact_text(browser, fact, comparison_of(browser)->model[first + i], &text);
		draw_fit(browser->screen, area, y, label + (int)i * CELL_WIDTH, CELL_WIDTH - 1, STYLE_TEXT,
			 text_string(&text));
		text_free(&text);
	}
}

#define SCORES_WANTED 7 /* rows of the board that come before most of the facts */

static void draw_table(struct browser *browser, const struct area *area, size_t first, size_t shown)
{
	int scores = browser->row_count < SCORES_WANTED ? (int)browser->row_count : SCORES_WANTED, y = 2;
	bool roomy = area->height >= scores + FACT_COUNT + 3;
	struct list *list = &comparison_of(browser)->rows;

	draw_heads(browser, area, first, shown);
	for (enum fact fact = 0; fact < FACT_COUNT && y < area->height; fact++)
		if (roomy || fact == FACT_SIZE || fact == FACT_KIND)
			draw_facts(browser, area, y++, fact, first, shown);
	for (size_t i = 0; i < shown && y < area->height; i++)
		draw_text(browser->screen, area, y, label_width(browser, area) + (int)i * CELL_WIDTH, STYLE_DIM,
			  browser->session->fit ? "publ.* pred.    z" : "publ.*");
	y++;
	list_scroll(list, browser->row_count, area->height - y);
	for (size_t row = list->top; row < browser->row_count && y < area->height; row++, y++)
		draw_scores(browser, area, y, first, shown, row);
}

static void compare_draw(struct browser *browser, const struct area *area)
{
	struct list *list = &comparison_of(browser)->list;
	int room = (area->width - label_width(browser, area)) / CELL_WIDTH;
	size_t fit = room > 1 ? (size_t)room : 1;

	if (comparison_of(browser)->count == 0) {
		char choose[FIGURE_SIZE], compare[FIGURE_SIZE], line[2 * FIGURE_SIZE + 64];
		snprintf(line, sizeof line, "%s chooses the model under the cursor; %s compares",
			 browser_key_of(browser, ACTION_CHOOSE, choose), browser_key_of(browser, ACTION_COMPARE, compare));
		draw_text(browser->screen, area, 0, 1, STYLE_DIM, line);
		draw_cursor(browser->screen, area, 0, 0);
		return;
	}
	prepare(browser);
	list_show(list, comparison_of(browser)->count, (int)fit);
	size_t left = comparison_of(browser)->count - list->top;
	draw_table(browser, area, list->top, left < fit ? left : fit);
}

static void compare_title(struct browser *browser, struct text *out)
{
	text_append_format(out, "compare · %zu model%s", comparison_of(browser)->count,
			   comparison_of(browser)->count == 1 ? "" : "s");
}

static void compare_corner(struct browser *browser, struct text *out)
{
	if (comparison_of(browser)->count > 0)
		board_outside(&comparison_of(browser)->rows, out);
}

static bool compare_view_act(struct browser *browser, enum action action, int count)
{
	comparison_of(browser)->list.count = comparison_of(browser)->count;
	if (action == ACTION_PAGE_DOWN || action == ACTION_PAGE_UP || action == ACTION_HALF_DOWN ||
	    action == ACTION_HALF_UP)
		return list_scroll_act(&comparison_of(browser)->rows, action, count);
	if (action == ACTION_COLUMN_RIGHT || action == ACTION_COLUMN_LEFT)
		action = action == ACTION_COLUMN_RIGHT ? ACTION_DOWN : ACTION_UP;
	return list_act(&comparison_of(browser)->list, action, count);
}

static size_t compare_model(struct browser *browser)
{
	size_t cursor = comparison_of(browser)->list.cursor;

	return cursor < comparison_of(browser)->count ? comparison_of(browser)->model[cursor] : CATALOG_NONE;
}

/* Those that are gone leave the comparison. */
static void compare_renumber(struct browser *browser, const uint32_t *match)
{
	struct comparison *comparison = comparison_of(browser);
	size_t kept = 0;

	for (size_t i = 0; i < comparison->count; i++) {
		size_t model = catalog_matched(match, comparison->model[i]);
		bool again = false;
		for (size_t k = 0; k < kept && !again; k++)
			again = comparison->model[k] == model;
		if (model != CATALOG_NONE && !again)
			comparison->model[kept++] = model;
	}
	comparison->count = kept;
}

const struct view_ops compare_view = {
	.size = sizeof(struct comparison),
	.forget = compare_forget,
	.renumber = compare_renumber,
	.draw = compare_draw,
	.title = compare_title,
	.corner = compare_corner,
	.act = compare_view_act,
	.model = compare_model,
};
