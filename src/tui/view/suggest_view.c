/* Suggest: which merges promise most, as a list or as a front with its plot. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/fuzzy.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"
#include "work/suggesting.h"

#define ROOMY_ROWS 15     /* from which the merge under the cursor is shown in full */
#define SIDE_BY_SIDE 110  /* columns from which a plot stands beside its list */
#define WIDE 56           /* columns from which there is room for more figures */
#define AXIS_CELL 8
#define NOTE_ROWS 3
#define DETAILS_WIDTH 100

static struct suggesting *own(const struct browser *browser)
{
	return browser->suggesting;
}

static bool is_front(const struct suggesting *suggesting)
{
	return suggesting->shown.search.front.axis_count > 0;
}

static size_t shown_count(const struct suggesting *suggesting)
{
	return suggesting->answered ? suggestion_count(suggesting) : 0;
}

/* The target of the shown answers; of a front that of an axis. */
static const struct target *shown_target(const struct browser *browser, size_t axis)
{
	const struct wish_search *search = &own(browser)->shown.search;

	return search->front.axis_count > 0 ? &search->axes[axis] : &search->target;
}

/* Its name and how its values are written. */
static struct board_row target_row(const struct browser *browser, const struct target *target)
{
	struct board_row row;

	board_describe(browser, target, &row);
	return row;
}

/* A value on it. */
static const char *axis_figure(const struct browser *browser, size_t axis, double value, char *buffer)
{
	const struct board_row row = target_row(browser, shown_target(browser, axis));

	return figure_on(buffer, &row, value, false);
}

/* ---- text ------------------------------------------------------------------------ */

/* Draws text over as many lines as it takes, at most `rows`; their number. */
static int draw_wrapped(struct browser *browser, const struct area *area, int y, int rows, enum style style,
			const char *text)
{
	int used = 0;

	for (; *text && used < rows; used++) {
		const char *start = text;
		char *line = memory_string_slice(start, text_take_line(&text, area->width - 2));
		draw_text(browser->screen, area, y + used, 1, style, line);
		free(line);
	}
	return used;
}

static int wrapped_rows(const struct area *area, const char *text)
{
	int rows = 0;

	for (; *text; rows++)
		text_take_line(&text, area->width - 2);
	return rows;
}

/* The optimizer's curse in words; short where there is no room. */
static void note_text(const struct browser *browser, bool roomy, struct text *out)
{
	const struct suggesting *suggesting = own(browser);
	const struct suggestions *shown = &suggesting->shown;
	char count[FIGURE_SIZE], less[FIGURE_SIZE];

	if (is_front(suggesting)) {
		figure_count(count, (size_t)shown->front.searched);
		if (!roomy) {
			text_append_format(out, "shrunk: best of %s", count);
			return;
		}
		if (shown->front.found == shown->front.published)
			text_append(out, "No merge is on the front: published models beat them all. ");
		text_append_format(out, "Scores are less than predicted, because the best of %s pairs are also the "
				   "luckiest:", count);
		for (size_t a = 0; a < shown->search.front.axis_count; a++)
			text_append_format(out, "%s %s by %s", a ? "," : "",
					   target_row(browser, &shown->search.axes[a]).name,
					   axis_figure(browser, a, shown->front.axis[a].overstated, less));
		text_append(out, ".");
		return;
	}
	const struct suggest_answer *first = &shown->best.answers[0];
	const struct suggest_such *such = &shown->best.answers[suggesting->list.cursor].such;
	figure_count(count, (size_t)shown->best.searched);
	axis_figure(browser, 0, first->gain - first->shown, less);
	if (!roomy)
		text_append_format(out, "gain: %s less, best of %s", less, count);
	else
		text_append_format(out, "The gain over the best parent is %s less than predicted, because the best "
				   "of %s merges is also the luckiest: up to %.0f %% of the spread of predicted "
				   "gains is error. The chance does not know of the search.",
				   less, count, 100 * (1 - shown->best.slope));
	if (roomy && such->count > 0)
		text_append_format(out, " Of %zu scored merges with the nearest chances, each predicted without its "
				   "scores, %zu beat their best parent.", such->count, such->gained);
}

/* Wishes that the title does not tell. */
static void wishes_text(const struct suggesting *suggesting, struct text *out)
{
	static const enum wish titled[] = {WISH_TARGET, WISH_PARETO, WISH_ORDER, WISH_PARENTS};
	struct wishes rest = {0};

	for (int i = 0; i < WISH_COUNT; i++)
		rest.given[i] = suggesting->wishes.given[i]; /* borrowed */
	for (size_t i = 0; i < sizeof titled / sizeof *titled; i++)
		rest.given[titled[i]] = (struct wish_values){0};
	wishes_write(&rest, out);
}

/* ---- the list ---------------------------------------------------------------------- */

/* "0.80 Qwen/Qwen2-72B + 0.20 nvidia/…", owners only where there is room. */
static void draw_parents(struct browser *browser, const struct area *area, int y, int x, bool weights,
			 const struct suggestion *suggestion)
{
	int room = area->width - 1 - x, each = (room - 3 * ((int)suggestion->count - 1)) / (int)suggestion->count;
	char weight[FIGURE_SIZE];

	for (size_t i = 0; i < suggestion->count; i++) {
		const char *name = tree_name(browser->tree, suggestion->parents[i]);
		const char *slash = strchr(name, '/');
		if (i > 0)
			x += draw_text(browser->screen, area, y, x, STYLE_DIM, " + ");
		snprintf(weight, sizeof weight, "%.2f ", suggestion->weights[i]);
		if (weights)
			x += draw_text(browser->screen, area, y, x, STYLE_DIM, weight);
		x += draw_fit(browser->screen, area, y, x, each - (weights ? 5 : 0), STYLE_TEXT,
			      slash && each < 24 ? slash + 1 : name);
	}
}

static void draw_percent(struct browser *browser, const struct area *area, int y, int right, double chance)
{
	char buffer[FIGURE_SIZE];

	snprintf(buffer, sizeof buffer, "%.0f %%", 100 * chance);
	draw_right(browser->screen, area, y, right, STYLE_TEXT, buffer);
}

/* Gain, chance and, where there is room, predicted and the best parent's score;
 * the column after them. */
static int draw_gain(struct browser *browser, const struct area *area, int y, const struct suggest_answer *answer)
{
	char buffer[FIGURE_SIZE];

	draw_right(browser->screen, area, y, 6, answer->shown > 0 ? STYLE_GOOD : STYLE_TEXT,
		   figure_signed(buffer, answer->shown, 1));
	draw_percent(browser, area, y, 13, answer->chance);
	if (area->width < WIDE)
		return 15;
	draw_right(browser->screen, area, y, 20, STYLE_POINT, axis_figure(browser, 0, answer->mean, buffer));
	draw_right(browser->screen, area, y, 27, STYLE_PUBLISHED, axis_figure(browser, 0, answer->best, buffer));
	return 29;
}

/* How many axes a row of the front shows. */
static size_t axes_shown(const struct suggesting *suggesting, const struct area *area)
{
	size_t room = area->width < WIDE ? 2 : (size_t)(area->width - 40) / AXIS_CELL;
	size_t count = suggesting->shown.search.front.axis_count;

	return room < 2 ? 2 : room < count ? room : count;
}

/* How the label of an answer is drawn. */
static enum style label_style(char label)
{
	return label == CHART_PUBLISHED ? STYLE_PUBLISHED : STYLE_POINT;
}

static const char *label_text(const char label[2])
{
	return *label == CHART_PUBLISHED ? "×" : label;
}

static int draw_scores(struct browser *browser, const struct area *area, int y, size_t index)
{
	const struct suggesting *suggesting = own(browser);
	const struct front_answer *answer = &suggesting->shown.front.answers[index];
	const char label[2] = {chart_label(&suggesting->shown.front, index)};
	size_t axes = axes_shown(suggesting, area);
	char buffer[FIGURE_SIZE];

	draw_text(browser->screen, area, y, 1, label_style(*label), label_text(label));
	for (size_t a = 0; a < axes; a++)
		draw_right(browser->screen, area, y, 2 + AXIS_CELL * (int)(a + 1), STYLE_TEXT,
			   axis_figure(browser, a, answer->score[a].shown, buffer));
	return 4 + AXIS_CELL * (int)axes;
}

static void draw_header(struct browser *browser, const struct area *area, int y)
{
	const struct suggesting *suggesting = own(browser);
	int x = area->width < WIDE ? 15 : 29;

	if (is_front(suggesting)) {
		size_t axes = axes_shown(suggesting, area);
		for (size_t a = 0; a < axes; a++)
			draw_fit(browser->screen, area, y, 4 + AXIS_CELL * (int)a, AXIS_CELL - 1, STYLE_DIM,
				 target_row(browser, shown_target(browser, a)).name);
		draw_text(browser->screen, area, y, 4 + AXIS_CELL * (int)axes, STYLE_DIM, "parents");
		return;
	}
	draw_right(browser->screen, area, y, 6, STYLE_DIM, "gain");
	draw_right(browser->screen, area, y, 13, STYLE_DIM, "chance");
	if (area->width >= WIDE) {
		draw_right(browser->screen, area, y, 20, STYLE_DIM, "pred.");
		draw_right(browser->screen, area, y, 27, STYLE_DIM, "best");
	}
	draw_text(browser->screen, area, y, x, STYLE_DIM, "parents");
}

static void draw_row(struct browser *browser, const struct area *area, int y, size_t index)
{
	const struct suggesting *suggesting = own(browser);
	const struct suggestion suggestion = suggestion_at(suggesting, index);
	bool selected = index == suggesting->list.cursor;

	draw_selected(browser->screen, selected, true);
	if (selected)
		draw_repeat(browser->screen, area, y, 0, area->width, STYLE_TEXT, " ");
	int x = is_front(suggesting) ? draw_scores(browser, area, y, index)
				     : draw_gain(browser, area, y, &suggesting->shown.best.answers[index]);
	draw_parents(browser, area, y, x, area->width >= WIDE, &suggestion);
	draw_selected(browser->screen, false, false);
	if (selected)
		draw_cursor(browser->screen, area, y, 0);
}

/* ---- the merge under the cursor ------------------------------------------------------ */

/* What the sketch pane would say of it. */
static const char *warning_here(struct browser *browser, const struct suggestion *suggestion)
{
	struct suggesting *suggesting = own(browser);
	struct sketch trial;

	if (suggesting->warned != suggesting->list.cursor) {
		sketch_init(&trial);
		suggesting_take(&trial, suggesting, suggestion);
		text_clear(&suggesting->warnings);
		sketch_warnings(&trial, browser->session->catalog, &suggesting->warnings);
		sketch_free(&trial);
		suggesting->warned = suggesting->list.cursor;
		/* The first is the most important. */
		char *end = suggesting->warnings.length ? strchr(suggesting->warnings.bytes, '\n') : NULL;
		if (end)
			*end = '\0';
	}
	return text_string(&suggesting->warnings);
}

/* Parents one a line with scores, licence and date */
static void draw_details(struct browser *browser, const struct area *area, const struct suggestion *suggestion)
{
	int width = area->width < DETAILS_WIDTH ? area->width : DETAILS_WIDTH;
	const struct catalog *catalog = browser->session->catalog;
	char buffer[FIGURE_SIZE], date[11];
	size_t axes = is_front(own(browser)) ? 2 : 1;
	int facts = width - 27, name_width = facts - 9 - AXIS_CELL * (int)axes;

	for (size_t a = 0; a < axes; a++)
		draw_fit(browser->screen, area, 0, 8 + name_width + AXIS_CELL * (int)a, AXIS_CELL - 1, STYLE_DIM,
			 target_row(browser, shown_target(browser, a)).name);
	for (size_t i = 0; i < suggestion->count; i++) {
		const struct catalog_model *model = &catalog->models[suggestion->parents[i]];
		int row = 1 + (int)i;
		draw_format(browser->screen, area, row, 1, STYLE_DIM, "%.2f", suggestion->weights[i]);
		draw_fit(browser->screen, area, row, 6, name_width, STYLE_TEXT, model->name);
		for (size_t a = 0; a < axes; a++)
			draw_right(browser->screen, area, row, 7 + name_width + AXIS_CELL * (int)(a + 1), STYLE_PUBLISHED,
				   axis_figure(browser, a, catalog_target(catalog, suggestion->parents[i],
									&shown_target(browser, a)->engine), buffer));
		draw_fit(browser->screen, area, row, facts, 14, STYLE_DIM, model->license ? model->license : "·");
		if (!isnan(model->uploaded))
			date_format(model->uploaded, date);
		draw_text(browser->screen, area, row, facts + 15, STYLE_DIM, isnan(model->uploaded) ? "·" : date);
	}
	draw_fit(browser->screen, area, 1 + (int)suggestion->count, 1, area->width - 2, STYLE_BAD,
		 warning_here(browser, suggestion));
}

/* ---- the plot ------------------------------------------------------------------------ */

/* The first two benchmarks of the front, across and up; what is under the cursor is set off. */
static const struct picture *plot_now(struct browser *browser)
{
	struct suggesting *suggesting = own(browser);
	struct picture *plot = &suggesting->plot;
	const struct front_result *front = &suggesting->shown.front;

	if (plot->series_count == 0) {
		chart_merges(browser->session->catalog, &suggesting->shown.search, front, plot);
		suggesting->plot_marks = plot->mark_count;
	}
	picture_unmark(plot, suggesting->plot_marks);
	if (suggesting->list.cursor < front->count) {
		const struct front_score *score = front->answers[suggesting->list.cursor].score;
		picture_mark(plot, score[0].shown, score[1].shown, PICTURE_GOOD, "◉", 'O', NULL, NULL);
	}
	return plot;
}

static const struct picture *suggest_picture(struct browser *browser)
{
	const struct suggesting *suggesting = own(browser);

	return suggesting && is_front(suggesting) && shown_count(suggesting) > 0 ? plot_now(browser) : NULL;
}

/* ---- the whole --------------------------------------------------------------------------- */

/* Why there is nothing to show. */
static void draw_empty(struct browser *browser, const struct area *area)
{
	const struct suggesting *suggesting = own(browser);
	char line[1024] = "", floor[FIGURE_SIZE], edit[FIGURE_SIZE], drop[FIGURE_SIZE], advice[2 * FIGURE_SIZE + 64];

	snprintf(advice, sizeof advice, "%s changes what is wished, %s drops it",
		 browser_key_of(browser, ACTION_SUGGEST_EDIT, edit), browser_key_of(browser, ACTION_SUGGEST_DROP, drop));
	if (suggesting->fault.message[0])
		error_format(&suggesting->fault, line, sizeof line);
	else if (suggesting->answered && is_front(suggesting))
		snprintf(line, sizeof line, "no merge fits: %s", advice);
	else if (suggesting->answered)
		snprintf(line, sizeof line, "no merge that fits is predicted to reach %s%s: %s",
			 axis_figure(browser, 0, suggesting->shown.best.floor, floor),
			 wishes_has(&suggesting->wishes, WISH_FLOOR) ? "" : ", as the best tenth of the models do "
			 "(floor=0 lets all pass)", advice);
	else if (suggesting->searching)
		snprintf(line, sizeof line, "searching… Esc stops it");
	else
		snprintf(line, sizeof line, "waiting for other work to end");
	draw_wrapped(browser, area, 0, area->height, suggesting->fault.message[0] ? STYLE_BAD : STYLE_DIM, line);
	draw_cursor(browser->screen, area, 0, 0);
}

/* Note and the merge under the cursor at the foot of the area, which shrinks. */
static void draw_foot(struct browser *browser, struct area *area, bool roomy)
{
	struct suggestion suggestion;
	struct text note = {0};

	note_text(browser, roomy, &note);
	int rows = wrapped_rows(area, text_string(&note));
	rows = !roomy ? 1 : rows > NOTE_ROWS ? NOTE_ROWS : rows;
	area->height -= rows;
	struct area foot = {area->top + area->height, area->left, rows, area->width};
	draw_wrapped(browser, &foot, 0, rows, STYLE_DIM, text_string(&note));
	text_free(&note);
	if (!suggestion_here(browser, &suggestion) || (!roomy && area->width >= WIDE))
		return;
	rows = roomy ? (int)suggestion.count + 2 : 1;
	area->height -= rows;
	foot = (struct area){area->top + area->height, area->left, rows, area->width};
	if (roomy)
		draw_details(browser, &foot, &suggestion);
	else /* what the rows above have no room for */
		draw_parents(browser, &foot, 0, 1, true, &suggestion);
}

/* The plot beside the list or above it; the area becomes what is left. */
static void place_plot(struct browser *browser, struct area *area)
{
	struct area plot = *area;

	if (area->width >= SIDE_BY_SIDE) {
		area->width = area->width * 9 / 20;
		plot.left += area->width, plot.width -= area->width;
	} else {
		/* The list takes half at most. */
		int rows = (int)own(browser)->list.count + 1, half = area->height / 2;
		plot.height = area->height - (rows < half ? rows : half);
		area->top += plot.height, area->height -= plot.height;
	}
	draw_picture(browser->screen, &plot, plot_now(browser));
}

static void suggest_draw(struct browser *browser, const struct area *whole)
{
	struct suggesting *suggesting = own(browser);
	struct area area = *whole;
	struct text wishes = {0};

	if (!suggesting)
		return;
	wishes_text(suggesting, &wishes);
	if (wishes.length > 0) {
		draw_fit(browser->screen, &area, 0, 1, area.width - 2, STYLE_STRONG, text_string(&wishes));
		area.top++, area.height--;
	}
	text_free(&wishes);
	if (shown_count(suggesting) == 0) {
		draw_empty(browser, &area);
		return;
	}
	list_show(&suggesting->list, shown_count(suggesting), suggesting->list.height);
	draw_foot(browser, &area, whole->height >= ROOMY_ROWS);
	if (is_front(suggesting))
		place_plot(browser, &area);
	draw_header(browser, &area, 0);
	list_show(&suggesting->list, shown_count(suggesting), area.height - 1);
	suggesting->list.below = whole->top + whole->height - area.top - area.height;
	for (int y = 1; y < area.height && suggesting->list.top + (size_t)(y - 1) < suggesting->list.count; y++)
		draw_row(browser, &area, y, suggesting->list.top + (size_t)(y - 1));
}

/* Appends the wished target, or that of an axis, by the name of its benchmark. */
static void append_wished(struct browser *browser, size_t axis, struct text *out)
{
	const struct target_names names = session_names(browser->session);
	char *word = suggesting_word(browser, axis);
	struct target target = {0};

	if (target_parse(browser->session->catalog, &names, word, &target, NULL, NULL) == STATUS_OK)
		text_append(out, target_row(browser, &target).name);
	else
		text_append(out, word);
	target_free(&target);
	free(word);
}

/* Target and kind of merges; of the wishes, not of what is still shown. */
static void suggest_title(struct browser *browser, struct text *out)
{
	const struct suggesting *suggesting = own(browser);

	text_append(out, "suggest");
	if (!suggesting)
		return;
	const struct wishes *wishes = &suggesting->wishes;
	const char *front = wishes_value(wishes, WISH_PARETO);
	text_append(out, front ? " · front of " : " · ");
	append_wished(browser, 0, out);
	if (front) {
		text_append(out, " and ");
		append_wished(browser, 1, out);
		text_append(out, strchr(front, ',') != strrchr(front, ',') ? " …" : "");
		return;
	}
	text_append_format(out, " · %s · by %s", wishes_choice(wishes, WISH_PARENTS) ? "triples" : "pairs",
			   wish_choices(WISH_ORDER)[wishes_choice(wishes, WISH_ORDER)]);
}

static void suggest_corner(struct browser *browser, struct text *out)
{
	const struct suggesting *suggesting = own(browser);
	char count[FIGURE_SIZE], models[FIGURE_SIZE];

	if (!suggesting || !suggesting->answered)
		return;
	const struct suggestions *shown = &suggesting->shown;
	bool front = is_front(suggesting);
	figure_count(count, (size_t)(front ? shown->front.searched : shown->best.searched));
	figure_count(models, front ? shown->front.candidates : shown->best.candidates);
	if (front)
		text_append_format(out, "%zu of ", shown->front.found - shown->front.published);
	text_append_format(out, "%s merges of %s models", count, models);
}

/* The parent that gives most. */
static size_t suggest_model(struct browser *browser)
{
	struct suggestion suggestion;

	return suggestion_here(browser, &suggestion) ? suggestion.parents[0] : CATALOG_NONE;
}

/* Any of the parents. */
static bool suggest_contains(struct browser *browser, const char *needle)
{
	struct suggestion suggestion;
	bool found = false;

	if (!suggestion_here(browser, &suggestion))
		return false;
	for (size_t i = 0; i < suggestion.count && !found; i++)
		found = fuzzy_find(tree_name(browser->tree, suggestion.parents[i]), needle);
	return found;
}

static struct list *suggest_list(struct browser *browser)
{
	return &browser->suggesting->list; /* the view is opened with it */
}

const struct view_ops suggest_view = {
	.draw = suggest_draw,
	.picture = suggest_picture,
	.title = suggest_title,
	.corner = suggest_corner,
	.act = suggesting_act,
	.model = suggest_model,
	.contains = suggest_contains,
	.list = suggest_list,
};
