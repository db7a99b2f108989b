/* Table: all models as rows, facts and the board's benchmarks as columns. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "board/grid.h"
#include "browser.h"
#include "stemma/app/filter.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"
#include "view/table_view.h"

#define NAME_MIN 16
#define NAME_MAX 48
#define SCORE_MAX 13 /* columns that a title makes of one of scores */
#define CELL_ROWS 512 /* models whose figures are kept */
#define NOTE_FROM 6   /* rows of the view that leave one for the cell under the cursor */

struct table_cell {
	float value, half; /* half = 0: published */
};
struct table_view {
	struct grid grid;      /* empty until it is drawn */
	bool filled, sorted;
	struct filter *filter;   /* NULL until there is a line */
	char *line, *line_before; /* owned; NULL shows all */
	bool opened;             /* once */
	struct list list;
	size_t here;             /* model to go to when it is filled again */
	size_t column, first;    /* under the cursor; the first that is shown beside the names */
	size_t sort;             /* column */
	bool reversed;
	bool *hidden;            /* by column */
	size_t hidden_count;
	struct table_cell *cells; /* CELL_ROWS x rows of the board; NULL none */
	size_t cell_model[CELL_ROWS]; /* + 1; 0 = free */
	struct grid_values values; /* of the column that was counted */
	size_t counted;
	struct list value_list;
};

static struct table_view *view_of(const struct browser *browser)
{
	return browser->state[VIEW_TABLE];
}

/* ---- columns --------------------------------------------------------------------------- */

/* Names, size, date; the rows of the board; kind, licence, architecture. */
#define BEFORE_SCORES GRID_SCORE
#define AFTER_SCORES (GRID_KIND_COUNT - GRID_SCORE - 1)

static size_t column_count(const struct browser *browser)
{
	return BEFORE_SCORES + browser->row_count + AFTER_SCORES;
}

static bool is_score(const struct browser *browser, size_t column)
{
	return column >= BEFORE_SCORES && column < BEFORE_SCORES + browser->row_count;
}

static const struct board_row *row_of(const struct browser *browser, size_t column)
{
	return &browser->rows[column - BEFORE_SCORES];
}

static struct grid_column column_at(const struct browser *browser, size_t column)
{
	if (column < BEFORE_SCORES)
		return (struct grid_column){.kind = (enum grid_kind)column};
	if (is_score(browser, column))
		return (struct grid_column){GRID_SCORE, &row_of(browser, column)->target};
	return (struct grid_column){.kind = (enum grid_kind)(column - browser->row_count + 1)};
}

static const char *column_title(const struct browser *browser, size_t column)
{
	return is_score(browser, column) ? row_of(browser, column)->name
					 : grid_kind_info(column_at(browser, column).kind)->title;
}

static int column_width(const struct browser *browser, size_t column)
{
	int least = grid_kind_info(column_at(browser, column).kind)->width;

	if (!is_score(browser, column))
		return least;
	int title = utf8_width(row_of(browser, column)->name) + 2;
	return title < least ? least : title > SCORE_MAX ? SCORE_MAX : title;
}

static bool is_hidden(const struct browser *browser, size_t column)
{
	const struct table_view *view = view_of(browser);

	return view->hidden && column < view->hidden_count && view->hidden[column];
}

/* The next one that is shown, in either direction; the same where there is none. */
static size_t column_beside(const struct browser *browser, size_t column, int step)
{
	size_t count = column_count(browser);

	for (size_t next = column + (size_t)step; next < count; next += (size_t)step)
		if (!is_hidden(browser, next))
			return next;
	return column;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static uint8_t *fitting_models(struct browser *browser)
{
	const struct catalog *catalog = browser->session->catalog;
	struct table_view *view = view_of(browser);
	struct target_names names = session_names(browser->session);
	struct error error = {0};
	uint8_t *fit = NULL;
	size_t best;

	if (!view->line)
		return NULL;
	if (!view->filter)
		view->filter = filter_new(catalog, &names);
	find_prepare(browser, view->filter);
	if (filter_set(view->filter, view->line, &error) != STATUS_OK) {
		prompt_note(browser, true, "%s%s%s", error.message, error.advice[0] ? "; " : "", error.advice);
		return NULL;
	}
	fit = memory_allocate(catalog->count + 1, sizeof *fit);
	filter_run(view->filter, NULL, fit, &best);
	return fit;
}

static void fill(struct browser *browser)
{
	struct table_view *view = view_of(browser);

	if (!view->filled) {
		uint8_t *fit = fitting_models(browser);
		grid_fill(&view->grid, browser->session->catalog, fit);
		free(fit);
		view->filled = true;
		view->sorted = false;
	}
	if (view->sorted)
		return;
	if (view->sort >= column_count(browser))
		view->sort = BEFORE_SCORES;
	const struct grid_column column = column_at(browser, view->sort);
	grid_sort(&view->grid, &column, view->reversed);
	view->sorted = true;
	size_t place = view->here == CATALOG_NONE ? SIZE_MAX : grid_place(&view->grid, view->here);
	view->list.cursor = place == SIZE_MAX ? 0 : place;
	view->here = CATALOG_NONE;
}

static size_t table_model(struct browser *browser)
{
	const struct table_view *view = view_of(browser);

	return view->list.cursor < view->grid.count ? view->grid.models[view->list.cursor] : CATALOG_NONE;
}

uint8_t *table_shown(struct browser *browser)
{
	const struct grid *grid = &view_of(browser)->grid;
	uint8_t *shown = memory_zero(browser->session->catalog->count + 1, 1);

	fill(browser);
	for (size_t i = 0; i < grid->count; i++)
		shown[grid->models[i]] = 1;
	return shown;
}

/* Filled anew when it is drawn, with the cursor on the same model. */
static void refill(struct browser *browser)
{
	struct table_view *view = view_of(browser);

	if (view->here == CATALOG_NONE)
		view->here = table_model(browser);
	view->filled = false;
}

static void set_line(struct browser *browser, const char *line)
{
	struct table_view *view = view_of(browser);
	char *copy = line && line[strspn(line, " ")] ? memory_string(line) : NULL;

	free(view->line);
	view->line = copy;
	refill(browser);
}

/* ---- figures -------------------------------------------------------------------------------- */

/* Those of a model on all rows of the board; NULL when the picture has taken its time. */
static const struct table_cell *cells_of(struct browser *browser, size_t model)
{
	struct table_view *view = view_of(browser);
	size_t slot = model % CELL_ROWS;

	if (!view->cells)
		view->cells = memory_allocate(CELL_ROWS * browser->row_count, sizeof *view->cells);
	struct table_cell *cells = &view->cells[slot * browser->row_count];
	if (view->cell_model[slot] == model + 1)
		return cells;
	if (browser->draw_until > 0 && clock_seconds() > browser->draw_until) {
		browser->estimate_due = true;
		return NULL;
	}
	for (size_t row = 0; row < browser->row_count; row++) {
		const struct engine_target *target = &browser->rows[row].target;
		double value = catalog_target(browser->session->catalog, model, target);
		struct engine_estimate estimate;
		cells[row] = (struct table_cell){(float)value, 0};
		if (isnan(value) && board_estimate(browser, model, target, &estimate))
			cells[row] = (struct table_cell){(float)estimate.mean,
							 (float)((estimate.high90 - estimate.low90) / 2)};
	}
	view->cell_model[slot] = model + 1;
	return cells;
}

static struct table_cell cell_of(struct browser *browser, size_t model, size_t row)
{
	const struct table_cell *cells = cells_of(browser, model);

	if (cells)
		return cells[row];
	return (struct table_cell){(float)catalog_target(browser->session->catalog, model, &browser->rows[row].target), 0};
}

/* ---- drawing ---------------------------------------------------------------------------------- */

static void format_fact(const struct browser *browser, const struct grid_column *column, size_t model, char *buffer)
{
	const struct catalog *catalog = browser->session->catalog;
	const struct catalog_model *of = &catalog->models[model];
	size_t length;

	strcpy(buffer, "·");
	if (column->kind == GRID_SIZE && !isnan(of->params_b)) {
		snprintf(buffer, FIGURE_SIZE, "%.*f", of->params_b < 100 ? 1 : 0, of->params_b);
	} else if (column->kind == GRID_DATE && !isnan(of->uploaded)) {
		date_format(of->uploaded, buffer);
		buffer[strlen("2025-04")] = '\0';
	} else if (column->kind > GRID_SCORE) {
		const char *text = grid_text(catalog, column->kind, model, &length);
		if (text)
			snprintf(buffer, FIGURE_SIZE, "%.*s", (int)length, text);
	}
}

static void draw_cell(struct browser *browser, const struct area *area, int y, int x, size_t column, size_t model)
{
	const struct grid_column at = column_at(browser, column);
	int width = column_width(browser, column);
	char buffer[FIGURE_SIZE];

	if (at.kind == GRID_SCORE) {
		struct table_cell cell = cell_of(browser, model, column - BEFORE_SCORES);
		bool predicted = cell.half > 0;
		draw_right(browser->screen, area, y, x + width, predicted || isnan(cell.value) ? STYLE_DIM : STYLE_SCORE,
			   figure_on(buffer, row_of(browser, column), (double)cell.value, predicted));
		return;
	}
	format_fact(browser, &at, model, buffer);
	if (at.kind > GRID_SCORE)
		draw_fit(browser->screen, area, y, x + 2, width - 2, STYLE_TEXT, buffer);
	else
		draw_right(browser->screen, area, y, x + width, STYLE_DIM, buffer);
}

static int name_width(const struct browser *browser, const struct area *area)
{
	int width = area->width * 2 / 5;

	(void)browser;
	return width < NAME_MIN ? NAME_MIN : width > NAME_MAX ? NAME_MAX : width;
}

/* The columns beside the names that have room, from the first one on; returns how many. */
#define SHOWN_MAX 128
static size_t shown_columns(const struct browser *browser, const struct area *area, size_t first,
			    size_t columns[SHOWN_MAX], int starts[SHOWN_MAX])
{
	int x = name_width(browser, area) + 2;
	size_t count = 0;

	for (size_t column = first; column < column_count(browser) && count < SHOWN_MAX; column++) {
		if (is_hidden(browser, column))
			continue;
		int width = column_width(browser, column);
		if (x + width > area->width - 1)
			break;
		columns[count] = column;
		starts[count++] = x;
		x += width;
	}
	return count;
}

/* Goes back to the left as long as the last column stays in sight. */
static void use_room(struct browser *browser, const struct area *area)
{
	struct table_view *view = view_of(browser);
	size_t columns[SHOWN_MAX], last = column_beside(browser, column_count(browser), -1);
	int starts[SHOWN_MAX];

	while (view->first > 1) {
		size_t count = shown_columns(browser, area, view->first - 1, columns, starts);
		if (count == 0 || columns[count - 1] != last)
			return;
		view->first--;
	}
}

/* Scrolls so that the column under the cursor is shown. */
static void scroll_to_column(struct browser *browser, const struct area *area)
{
	struct table_view *view = view_of(browser);
	size_t columns[SHOWN_MAX];
	int starts[SHOWN_MAX];

	if (view->column >= column_count(browser))
		view->column = column_count(browser) - 1;
	if (view->first < 1 || view->first >= column_count(browser))
		view->first = 1;
	if (view->column == 0 || view->column < view->first) {
		view->first = view->column == 0 ? 1 : view->column;
		return;
	}
	for (;;) {
		size_t count = shown_columns(browser, area, view->first, columns, starts);
		if (view->first >= view->column || (count > 0 && columns[count - 1] >= view->column))
			return;
		view->first++;
	}
}

static void draw_head(struct browser *browser, const struct area *area, size_t column, int x, int width)
{
	const struct table_view *view = view_of(browser);
	bool right = column > 0 && column_at(browser, column).kind <= GRID_SCORE;
	char title[ROW_NAME_SIZE + 8];

	snprintf(title, sizeof title, "%s%s", column != view->sort ? "" : view->reversed ? "▲" : "▾",
		 column_title(browser, column));
	enum style style = column == view->column ? STYLE_FOCUS : column == view->sort ? STYLE_STRONG : STYLE_DIM;
	int used = utf8_width(title);
	draw_selected(browser->screen, column == view->column, false);
	draw_fit(browser->screen, area, 0, right && used < width - 1 ? x + width - used : x + (right ? 1 : column > 0 ? 2 : 0),
		 width - (column > 0 ? 1 : 0), style, title);
	draw_selected(browser->screen, false, false);
}

static void draw_name(struct browser *browser, const struct area *area, int y, size_t model, int width)
{
	bool picked = sketch_position(&browser->sketch, model) >= 0;

	draw_text(browser->screen, area, y, 0, STYLE_MARK, picked ? "⊕" : " ");
	draw_fit(browser->screen, area, y, 1, width, browser->session->catalog->models[model].scored ? STYLE_TEXT : STYLE_DIM,
		 tree_name(browser->tree, model));
}

static void draw_row(struct browser *browser, const struct area *area, int y, size_t index, const size_t *columns,
		     const int *starts, size_t count)
{
	const struct table_view *view = view_of(browser);
	size_t model = view->grid.models[index];
	bool selected = index == view->list.cursor;

	draw_selected(browser->screen, selected, true);
	if (selected)
		draw_repeat(browser->screen, area, y, 0, area->width, STYLE_TEXT, " ");
	draw_name(browser, area, y, model, name_width(browser, area));
	for (size_t i = 0; i < count; i++)
		draw_cell(browser, area, y, starts[i], columns[i], model);
	draw_selected(browser->screen, false, false);
	if (selected)
		draw_cursor(browser->screen, area, y, 0);
}

/* "merge, apache-2.0, Qwen2ForCausalLM". */
static void append_facts(const struct browser *browser, size_t model, struct text *out)
{
	const char *before = "";
	size_t length;

	for (int kind = GRID_KIND; kind < GRID_KIND_COUNT; kind++) {
		const char *text = grid_text(browser->session->catalog, (enum grid_kind)kind, model, &length);
		if (!text)
			continue;
		text_append_format(out, "%s%.*s", before, (int)length, text);
		before = ", ";
	}
	if (!*before)
		text_append(out, "nothing more is known");
}

/* The cell under the cursor: "IFEval of a/b: predicted 69.8 ±3.1". */
static void draw_note(struct browser *browser, const struct area *area)
{
	const struct table_view *view = view_of(browser);
	size_t model = table_model(browser);
	const struct grid_column column = column_at(browser, view->column);
	struct text note = {0};
	char value[FIGURE_SIZE], margin[FIGURE_SIZE];

	if (model == CATALOG_NONE)
		return;
	text_append_format(&note, "%s: ", tree_name(browser->tree, model));
	if (column.kind == GRID_SCORE) {
		const struct board_row *row = row_of(browser, view->column);
		struct table_cell cell = cell_of(browser, model, view->column - BEFORE_SCORES);
		text_append_format(&note, "%s %s", row->name, figure_on(value, row, (double)cell.value, false));
		if (cell.half > 0)
			text_append_format(&note, " %s, predicted",
					   figure_margin(margin, browser->screen, row, (double)cell.half));
		else
			text_append(&note, isnan(cell.value) ? ", not known" : ", published");
	} else if (column.kind != GRID_NAME) {
		format_fact(browser, &column, model, value);
		text_append_format(&note, "%s %s", column_title(browser, view->column), value);
	} else {
		append_facts(browser, model, &note);
	}
	draw_fit(browser->screen, area, area->height - 1, 1, area->width - 2, STYLE_DIM, text_string(&note));
	text_free(&note);
}

static void table_draw(struct browser *browser, const struct area *area)
{
	struct table_view *view = view_of(browser);
	size_t columns[SHOWN_MAX];
	int starts[SHOWN_MAX], note = area->height >= NOTE_FROM;

	fill(browser);
	scroll_to_column(browser, area);
	use_room(browser, area);
	size_t count = shown_columns(browser, area, view->first, columns, starts);
	draw_head(browser, area, 0, 1, name_width(browser, area));
	for (size_t i = 0; i < count; i++)
		draw_head(browser, area, columns[i], starts[i], column_width(browser, columns[i]));
	view->list.below = note;
	list_show(&view->list, view->grid.count, area->height - 1 - note);
	for (int y = 1; y < area->height - note && view->list.top + (size_t)(y - 1) < view->grid.count; y++)
		draw_row(browser, area, y, view->list.top + (size_t)(y - 1), columns, starts, count);
	if (view->grid.count == 0)
		draw_text(browser->screen, area, 1, 1, STYLE_DIM, "no model fits the filter");
	else if (note)
		draw_note(browser, area);
}

static void table_title(struct browser *browser, struct text *out)
{
	const struct table_view *view = view_of(browser);

	text_append(out, "table");
	if (view->line)
		text_append_format(out, " · filter %s", view->line);
	text_append_format(out, " · by %s", column_title(browser, view->sort));
}

static void table_corner(struct browser *browser, struct text *out)
{
	const struct table_view *view = view_of(browser);
	size_t last = view->list.top + (size_t)view->list.height;
	char from[FIGURE_SIZE], to[FIGURE_SIZE], of[FIGURE_SIZE];

	if (view->grid.count > 0)
		text_append_format(out, "%s–%s of %s", figure_count(from, view->list.top + 1),
				   figure_count(to, last < view->grid.count ? last : view->grid.count),
				   figure_count(of, view->grid.count));
}

/* ---- actions ------------------------------------------------------------------------------------ */

static void filter_changed(struct browser *browser, const char *text)
{
	set_line(browser, text);
	fill(browser);
	if (view_of(browser)->filter && browser->prompt.note.length == 0 && *filter_hint(view_of(browser)->filter))
		prompt_note(browser, false, "%s", filter_hint(view_of(browser)->filter));
}

static void filter_accepted(struct browser *browser, const char *text)
{
	(void)text;
	browser_remark(browser, "%zu models fit", view_of(browser)->grid.count);
}

static void filter_cancelled(struct browser *browser)
{
	set_line(browser, view_of(browser)->line_before);
}

static const struct prompt_ops filter_prompt = {
	.label = "filter: ",
	.changed = filter_changed,
	.accepted = filter_accepted,
	.cancelled = filter_cancelled,
};

static void ask_filter(struct browser *browser)
{
	struct table_view *view = view_of(browser);

	free(view->line_before);
	view->line_before = view->line ? memory_string(view->line) : NULL;
	prompt_open(browser, &filter_prompt, view->line ? view->line : "");
}

/* By the column under the cursor; again: the other way round. */
static void sort_column(struct browser *browser)
{
	struct table_view *view = view_of(browser);

	view->reversed = view->sort == view->column && !view->reversed;
	view->sort = view->column;
	view->sorted = false;
	/* Names are sorted from the order that the table is filled in. */
	view->filled = false;
	view->here = CATALOG_NONE;
}

static void hide_column(struct browser *browser, bool all)
{
	struct table_view *view = view_of(browser);
	size_t count = column_count(browser);

	if (all || view->hidden_count != count) {
		free(view->hidden);
		view->hidden = memory_zero(count, sizeof *view->hidden);
		view->hidden_count = count;
	}
	if (all)
		return;
	if (view->column == 0) {
		browser_remark(browser, "the names stay");
		return;
	}
	view->hidden[view->column] = true;
	size_t next = column_beside(browser, view->column, 1);
	view->column = next != view->column ? next : column_beside(browser, view->column, -1);
}

static void move_column(struct browser *browser, int step, int count)
{
	struct table_view *view = view_of(browser);

	for (int i = 0; i < (count > 0 ? count : 1); i++)
		view->column = column_beside(browser, view->column, step);
}

static void count_column(struct browser *browser)
{
	struct table_view *view = view_of(browser);
	const struct session *session = browser->session;
	const struct grid_column column = column_at(browser, view->column);
	const char *key = "";
	struct bar_scale scale = {0, 1};

	fill(browser);
	if (column.kind == GRID_SCORE) {
		const struct board_row *row = row_of(browser, view->column);
		scale = row->scale;
		key = view->column == BEFORE_SCORES ? session_row_key(session, session->board.count)
						    : session->catalog->benchmarks[row->benchmark].key;
	}
	grid_values_free(&view->values);
	grid_count(&view->grid, &column, key, scale.low, scale.high, &view->values);
	view->counted = view->column;
	view->value_list = (struct list){0};
	browser_open_view(browser, VIEW_COUNTS);
}

static bool table_act(struct browser *browser, enum action action, int count)
{
	struct table_view *view = view_of(browser);

	view->list.count = view->grid.count;
	switch (action) {
	case ACTION_TABLE_SORT: sort_column(browser); return true;
	case ACTION_TABLE_COUNT: count_column(browser); return true;
	case ACTION_TABLE_RIGHT: move_column(browser, 1, count); return true;
	case ACTION_TABLE_LEFT: move_column(browser, -1, count); return true;
	case ACTION_TABLE_HIDE: hide_column(browser, false); return true;
	case ACTION_TABLE_SHOW: hide_column(browser, true); return true;
	case ACTION_FILTER: ask_filter(browser); return true;
	default: return list_act(&view->list, action, count);
	}
}

void table_open(struct browser *browser)
{
	struct table_view *view = view_of(browser);

	if (!view->opened && browser->tree->filter)
		set_line(browser, browser->tree->filter);
	view->opened = true;
	browser_open_view(browser, VIEW_TABLE);
}

void table_filter_by(struct browser *browser, const char *terms)
{
	struct table_view *view = view_of(browser);
	struct text line = {0};

	text_append_format(&line, "%s%s%s", view->line ? view->line : "", view->line ? " " : "", terms);
	set_line(browser, text_string(&line));
	text_free(&line);
}

struct grid_values *table_counted(const struct browser *browser, const char **title, struct list **list)
{
	struct table_view *view = view_of(browser);
	const struct grid_column column = column_at(browser, view->counted);

	*title = column.kind == GRID_NAME ? "owner" : column_title(browser, view->counted);
	*list = &view->value_list;
	return &view->values;
}

/* ---- life --------------------------------------------------------------------------------------- */

static void table_start(struct browser *browser)
{
	view_of(browser)->here = CATALOG_NONE;
	view_of(browser)->sort = view_of(browser)->column = BEFORE_SCORES;
}

static void table_forget(struct browser *browser)
{
	struct table_view *view = view_of(browser);

	free(view->cells);
	view->cells = NULL;
	memset(view->cell_model, 0, sizeof view->cell_model);
	refill(browser);
}

/* The filter borrows from the catalog, and what was counted is of it. */
static void table_overtake(struct browser *browser)
{
	struct table_view *view = view_of(browser);

	refill(browser);
	grid_free(&view->grid);
	filter_free(view->filter);
	view->filter = NULL;
	grid_values_free(&view->values);
	browser_drop_view(browser, VIEW_COUNTS);
}

static void table_renumber(struct browser *browser, const uint32_t *match)
{
	view_of(browser)->here = catalog_matched(match, view_of(browser)->here);
}

static void table_view_free(struct browser *browser)
{
	struct table_view *view = view_of(browser);

	grid_free(&view->grid);
	filter_free(view->filter);
	grid_values_free(&view->values);
	free(view->line);
	free(view->line_before);
	free(view->hidden);
	free(view->cells);
}

static struct list *table_list(struct browser *browser)
{
	return &view_of(browser)->list;
}

const struct view_ops table_view = {
	.size = sizeof(struct table_view),
	.start = table_start,
	.forget = table_forget,
	.overtake = table_overtake,
	.renumber = table_renumber,
	.free = table_view_free,
	.draw = table_draw,
	.title = table_title,
	.corner = table_corner,
	.act = table_act,
	.model = table_model,
	.list = table_list,
};
