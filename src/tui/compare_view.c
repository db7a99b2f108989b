/* Compare: a few models side by side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

#define LABEL_WIDTH 14
#define CELL_WIDTH 21

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
	return chosen_place(&browser->comparison, model) < browser->comparison.count;
}

static void choose(struct browser *browser, size_t model)
{
	struct comparison *comparison = &browser->comparison;
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

void compare_free(struct browser *browser)
{
	free(browser->comparison.estimates);
	free(browser->comparison.residuals);
	browser->comparison.estimates = NULL;
	browser->comparison.residuals = NULL;
}

bool compare_act(struct browser *browser, enum action action)
{
	switch (action) {
	case ACTION_CHOOSE: choose(browser, browser_model(browser)); return true;
	case ACTION_COMPARE: browser->full = VIEW_COMPARE; return true;
	default: return false;
	}
}

/* ---- figures -------------------------------------------------------------------- */

/* Predicts the chosen models, once a choice and fit. */
static void measure(struct browser *browser)
{
	struct comparison *comparison = &browser->comparison;
	size_t rows = browser->session->catalog->benchmark_count + 1;
	struct error error = {0};

	if (!browser->query || comparison->fit == browser->session->fit)
		return;
	compare_free(browser);
	comparison->estimates = memory_zero(COMPARED_MAX * rows, sizeof *comparison->estimates);
	comparison->residuals = memory_zero(COMPARED_MAX * rows, sizeof *comparison->residuals);
	for (size_t i = 0; i < comparison->count; i++) {
		struct engine_residual *residuals = comparison->residuals + i * rows;
		struct engine_estimate *estimates = comparison->estimates + i * rows;
		for (size_t b = 0; b < rows; b++)
			estimates[b].mean = NAN;
		if (browser_predicts(browser, comparison->model[i]) &&
		    engine_predict_model(browser->query, comparison->model[i], estimates, &error) != STATUS_OK)
			browser_failure(browser, &error);
		if (!engine_residuals(browser->session->fit, comparison->model[i], residuals))
			for (size_t b = 0; b < rows; b++)
				residuals[b].z = NAN;
	}
	comparison->fit = browser->session->fit;
	browser->estimated = CATALOG_NONE; /* the query is the model pane's too */
}

/* ---- drawing ---------------------------------------------------------------------- */

enum fact { FACT_ARCHITECTURE, FACT_SIZE, FACT_KIND, FACT_LICENSE, FACT_DATE, FACT_TEMPLATE, FACT_KIN, FACT_COUNT };
static const char *const fact_labels[] = {"architecture", "size", "kind", "licence", "uploaded", "template", "kin"};

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

/* "51.9* 43.6 +0.7": published, predicted without it, z. */
static void draw_score(struct browser *browser, const struct area *area, int y, int x, size_t place, size_t row,
		       double best)
{
	const struct comparison *comparison = &browser->comparison;
	const struct catalog *catalog = browser->session->catalog;
	size_t rows = catalog->benchmark_count + 1;
	double score = catalog_score(catalog, comparison->model[place], row);
	char buffer[FIGURE_SIZE];

	draw_right(browser->screen, area, y, x + 5, isnan(score) ? STYLE_DIM : STYLE_PUBLISHED, figure(buffer, score));
	if (score >= best)
		draw_text(browser->screen, area, y, x + 5, STYLE_GOOD, "*");
	if (!comparison->estimates)
		return;
	draw_right(browser->screen, area, y, x + 12, STYLE_POINT,
		   figure(buffer, comparison->estimates[place * rows + row].mean));
	double z = comparison->residuals[place * rows + row].z;
	if (!isnan(z))
		draw_right(browser->screen, area, y, x + 18, fabs(z) >= 2 ? STYLE_BAD : STYLE_DIM,
			   figure_signed(buffer, z, 1));
}

static void draw_scores(struct browser *browser, const struct area *area, int y, size_t first, size_t shown, size_t row)
{
	const struct comparison *comparison = &browser->comparison;
	const struct catalog *catalog = browser->session->catalog;
	double best = NAN;
	char name[FIGURE_SIZE];

	for (size_t i = 0; i < comparison->count; i++)
		best = fmax(best, catalog_score(catalog, comparison->model[i], row));
	draw_fit(browser->screen, area, y, 1, LABEL_WIDTH - 2, STYLE_TEXT, benchmark_name(browser, row, name));
	for (size_t i = 0; i < shown; i++)
		draw_score(browser, area, y, LABEL_WIDTH + (int)i * CELL_WIDTH, first + i, row, best);
}

static void draw_heads(struct browser *browser, const struct area *area, size_t first, size_t shown)
{
	const struct comparison *comparison = &browser->comparison;

	for (size_t i = 0; i < shown; i++) {
		int x = LABEL_WIDTH + (int)i * CELL_WIDTH;
		const char *name = tree_name(browser->tree, comparison->model[first + i]);
		const char *slash = strchr(name, '/');
		bool here = first + i == browser->compare_list.cursor;
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

static void draw_table(struct browser *browser, const struct area *area, size_t first, size_t shown)
{
	size_t rows = browser->session->catalog->benchmark_count + 1;
	int y = 2;

	draw_heads(browser, area, first, shown);
	for (enum fact fact = 0; fact < FACT_COUNT && y < area->height; fact++, y++) {
		if (area->height < (int)rows + FACT_COUNT + 3 && fact != FACT_SIZE && fact != FACT_KIND) {
			y--; /* scores before facts on a small screen */
			continue;
		}
		draw_text(browser->screen, area, y, 1, STYLE_DIM, fact_labels[fact]);
		for (size_t i = 0; i < shown; i++) {
			struct text text = {0};
			fact_text(browser, fact, browser->comparison.model[first + i], &text);
			draw_fit(browser->screen, area, y, LABEL_WIDTH + (int)i * CELL_WIDTH, CELL_WIDTH - 1,
				 STYLE_TEXT, text_string(&text));
			text_free(&text);
		}
	}
	for (size_t i = 0; i < shown && y < area->height; i++)
		draw_text(browser->screen, area, y, LABEL_WIDTH + (int)i * CELL_WIDTH, STYLE_DIM,
			  browser->comparison.estimates ? "publ.* pred.    z" : "publ.*");
	y++;
	for (size_t row = 0; row < rows && y < area->height; row++, y++)
		draw_scores(browser, area, y, first, shown, row);
}

static void compare_draw(struct browser *browser, const struct area *area)
{
	struct list *list = &browser->compare_list;
	size_t fit = area->width > LABEL_WIDTH + CELL_WIDTH ? (size_t)((area->width - LABEL_WIDTH) / CELL_WIDTH) : 1;

	if (browser->comparison.count == 0) {
		char choose[FIGURE_SIZE], compare[FIGURE_SIZE], line[2 * FIGURE_SIZE + 64];
		snprintf(line, sizeof line, "%s chooses the model under the cursor; %s compares",
			 browser_key_of(browser, ACTION_CHOOSE, choose), browser_key_of(browser, ACTION_COMPARE, compare));
		draw_text(browser->screen, area, 0, 1, STYLE_DIM, line);
		draw_cursor(browser->screen, area, 0, 0);
		return;
	}
	measure(browser);
	list_show(list, browser->comparison.count, (int)fit);
	size_t left = browser->comparison.count - list->top;
	draw_table(browser, area, list->top, left < fit ? left : fit);
}

static void compare_title(struct browser *browser, struct text *out)
{
	text_append_format(out, "compare · %zu model%s", browser->comparison.count,
			   browser->comparison.count == 1 ? "" : "s");
}

static bool compare_view_act(struct browser *browser, enum action action, int count)
{
	browser->compare_list.count = browser->comparison.count;
	if (action == ACTION_COLUMN_RIGHT || action == ACTION_COLUMN_LEFT)
		action = action == ACTION_COLUMN_RIGHT ? ACTION_DOWN : ACTION_UP;
	return list_act(&browser->compare_list, action, count);
}

static size_t compare_model(struct browser *browser)
{
	size_t cursor = browser->compare_list.cursor;

	return cursor < browser->comparison.count ? browser->comparison.model[cursor] : CATALOG_NONE;
}

const struct view_ops compare_view = {
	.draw = compare_draw,
	.title = compare_title,
	.act = compare_view_act,
	.model = compare_model,
};
