/* Residuals: which published scores do not fit what kin predict. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "board/bars.h"
#include "browser.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

/* X(symbol, word) */
#define RESIDUAL_ORDER_TABLE(X) \
	X(SIZE, "|z|") \
	X(Z, "z") \
	X(SCORE, "score") \
	X(NAME, "name")
enum residual_order {
#define X(symbol, word) RESIDUALS_BY_##symbol,
	RESIDUAL_ORDER_TABLE(X)
#undef X
	RESIDUAL_ORDER_COUNT
};
static const char *const order_names[] = {
#define X(symbol, word) word,
	RESIDUAL_ORDER_TABLE(X)
#undef X
};

struct residual_line {
	size_t model;
	struct engine_residual residual;
};

struct residual_table {
	size_t rows;                      /* of the board, then a set of single answers each */
	size_t row;                       /* the one that is shown */
	struct board_row shown;           /* how it is drawn; borrows */
	struct residual_line *lines;      /* its models, sorted */
	size_t line_count;
	enum residual_order order;
	double spread;                    /* standard deviation of z */
	struct text note;                 /* on the score that follows, when chance does not explain it */
	size_t noted, noted_row;
};
/* What the residuals show, from one fit to the next. */
struct residual_choice {
	bool made;
	int order;
	size_t row, model;
};

struct residuals {
	struct residual_table *table; /* NULL until first shown */
	struct residual_choice choice;
	struct list list;
	struct picture scatter;  /* without the mark of the cursor */
	bool drawn;              /* it is there ... */
	size_t drawn_row;        /* ... of this row */
};
#define NOTE_FROM 8 /* rows of the view that leave one for the note */

static size_t residual_model(struct browser *browser);

static struct residuals *residuals_of(const struct browser *browser)
{
	return browser->state[VIEW_RESIDUALS];
}

static void residual_forget(struct browser *browser)
{
	struct residual_table *table = residuals_of(browser)->table;

	picture_free(&residuals_of(browser)->scatter);
	residuals_of(browser)->drawn = false;
	if (!table)
		return;
	residuals_of(browser)->choice = (struct residual_choice){
		.made = true, .order = (int)table->order, .row = table->row,
		.model = residual_model(browser),
	};
	free(table->lines);
	text_free(&table->note);
	free(table);
	residuals_of(browser)->table = NULL;
}

static int compare_lines(const void *left, const void *right, void *context)
{
	const struct browser *browser = context;
	const struct residual_line *a = left, *b = right;
	double x = 0, y = 0;

	switch (residuals_of(browser)->table->order) {
	case RESIDUALS_BY_SIZE: x = fabs(a->residual.z), y = fabs(b->residual.z); break;
	case RESIDUALS_BY_Z: x = a->residual.z, y = b->residual.z; break;
	case RESIDUALS_BY_SCORE: x = a->residual.observed, y = b->residual.observed; break;
	default:
		return strcmp(tree_name(browser->tree, a->model), tree_name(browser->tree, b->model));
	}
	return x < y ? 1 : x > y ? -1 : a->model < b->model ? -1 : a->model > b->model;
}

static void sort_lines(struct browser *browser, size_t here)
{
	struct residual_table *table = residuals_of(browser)->table;
	struct list *list = &residuals_of(browser)->list;

	qsort_r(table->lines, table->line_count, sizeof *table->lines, compare_lines, browser);
	list->cursor = 0;
	for (size_t i = 0; here != CATALOG_NONE && i < table->line_count; i++)
		if (table->lines[i].model == here)
			list->cursor = i;
}

/* Of a row of the board, or of a set of answers. */
static bool residual_of(const struct browser *browser, size_t model, struct engine_residual *residual)
{
	const struct residual_table *table = residuals_of(browser)->table;

	if (table->row >= browser->row_count)
		return answer_model_residual(browser->session->answers.list[table->row - browser->row_count].model, model,
					     residual);
	return engine_residual(browser->session->fit, model, &table->shown.target, ENGINE_LEAVE_MODEL, residual);
}

static void show_row(struct browser *browser)
{
	struct residual_table *table = residuals_of(browser)->table;

	if (table->row < browser->row_count) {
		table->shown = browser->rows[table->row];
		return;
	}
	table->shown = (struct board_row){.scale = {0, 100}, .decimals = 1};
	snprintf(table->shown.name, sizeof table->shown.name, "%s",
		 browser->session->answers.list[table->row - browser->row_count].key);
}

/* Lines of the shown row; the cursor stays on its model. */
static void fill_lines(struct browser *browser)
{
	const struct catalog *catalog = browser->session->catalog;
	struct residual_table *table = residuals_of(browser)->table;
	struct list *list = &residuals_of(browser)->list;
	size_t here = list->cursor < table->line_count ? table->lines[list->cursor].model
						       : CATALOG_NONE;
	double sum = 0;

	table->line_count = 0;
	show_row(browser);
	for (size_t model = 0; model < catalog->count; model++) {
		struct engine_residual residual;
		if (!catalog_is_scored(catalog, model) || !residual_of(browser, model, &residual) || isnan(residual.z))
			continue;
		sum += residual.z * residual.z;
		table->lines[table->line_count++] = (struct residual_line){model, residual};
	}
	table->spread = table->line_count ? sqrt(sum / (double)table->line_count) : NAN;
	sort_lines(browser, here);
}

/* After a fit: what was shown of the one before. */
static void take_choice(struct browser *browser)
{
	const struct residual_choice *choice = &residuals_of(browser)->choice;
	struct residual_table *table = residuals_of(browser)->table;
	struct list *list = &residuals_of(browser)->list;

	if (choice->made) {
		table->order = (enum residual_order)choice->order;
		if (choice->row < table->rows)
			table->row = choice->row;
	}
	fill_lines(browser);
	for (size_t i = 0; choice->made && i < table->line_count; i++)
		if (table->lines[i].model == choice->model)
			list->cursor = i;
}

static void make_table(struct browser *browser)
{
	if (residuals_of(browser)->table || !browser->session->fit)
		return;
	const struct catalog *catalog = browser->session->catalog;
	struct residual_table *table = memory_zero(1, sizeof *table);

	residuals_of(browser)->table = table;
	table->noted = CATALOG_NONE;
	table->rows = browser->row_count + browser->session->answers.count;
	table->lines = memory_allocate(catalog->scored_count + 1, sizeof *table->lines);
	if (!residuals_of(browser)->choice.made)
		residuals_of(browser)->list = (struct list){0};
	take_choice(browser);
}

/* ---- drawing ------------------------------------------------------------------------ */

#define HISTOGRAM_LEVELS 4
#define HISTOGRAM_SPAN 4.0 /* z from -4 to 4 */

static void draw_column(struct browser *browser, const struct area *area, int x, size_t value,
			size_t most, enum style style)
{
	static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

	for (int level = 0; level < HISTOGRAM_LEVELS; level++)
		draw_text(browser->screen, area, HISTOGRAM_LEVELS - 1 - level, x, style,
			  blocks[bar_eighths(value, most, level, HISTOGRAM_LEVELS)]);
}

/* The distribution of z with its axis; returns the rows used. */
static int draw_histogram(struct browser *browser, const struct area *area)
{
	const struct residual_table *table = residuals_of(browser)->table;
	int bins = (area->width - 4) / 8 * 8 + 1;
	size_t counts[BAR_WIDTH_MAX];
	double *values = memory_allocate(table->line_count + 1, sizeof *values);

	if (bins > 121)
		bins = 121;
	for (size_t i = 0; i < table->line_count; i++)
		values[i] = table->lines[i].residual.z;
	double half = HISTOGRAM_SPAN * bins / (bins - 1);
	size_t most = bar_histogram(values, table->line_count, -half, half, counts, bins);
	for (int i = 0; i < bins; i++) {
		double z = HISTOGRAM_SPAN * (2.0 * i / (bins - 1) - 1);
		draw_column(browser, area, 2 + i, counts[i], most,
			    fabs(z) >= 2 ? STYLE_BAD : STYLE_BAR);
	}
	for (int z = -4; z <= 4; z += 2) {
		char label[FIGURE_SIZE];
		int place = 2 + (int)lround((z + HISTOGRAM_SPAN) / (2 * HISTOGRAM_SPAN) * (bins - 1));
		figure_signed(label, z, 0);
		draw_text(browser->screen, area, HISTOGRAM_LEVELS, place - (z != 0), STYLE_DIM, label);
	}
	draw_text(browser->screen, area, HISTOGRAM_LEVELS, bins + 4, STYLE_DIM, "z");
	free(values);
	return HISTOGRAM_LEVELS + 1;
}

#define SCATTER_WIDTH 46
#define SCATTER_HEIGHT 24
#define SCATTER_NAMED 2000  /* models whose points have names */
#define SCATTER_WHOLE 20000 /* of which each is drawn */
#define SCATTER_FROM 150 /* columns of the view from which there is room for it */

/* Of a long axis that begins at 0 the part up to the next quarter above the largest value. */
static struct bar_scale scatter_scale(const struct residual_table *table)
{
	struct bar_scale scale = table->shown.scale;
	double most = scale.low, quarter = (scale.high - scale.low) / 4;

	for (size_t i = 0; i < table->line_count; i++)
		most = fmax(most, fmax(table->lines[i].residual.predicted, table->lines[i].residual.observed));
	double quarters = ceil((most - scale.low) / quarter);
	scale.high = scale.low + quarter * (quarters < 1 ? 1 : quarters > 4 ? 4 : quarters);
	return scale;
}

/* Predicted (across) against published (up), with the line of agreement. */
static void make_scatter(const struct browser *browser, struct picture *picture)
{
	const struct residual_table *table = residuals_of(browser)->table;
	const struct bar_scale scale = scatter_scale(table);
	bool named = table->line_count <= SCATTER_NAMED;

	picture_init(picture, table->shown.name);
	picture_axes(picture, PICTURE_LINEAR, "predicted", PICTURE_LINEAR, "published");
	picture->across.low = picture->up.low = scale.low;
	picture->across.high = picture->up.high = scale.high;
	picture_series(picture, PICTURE_LINE, PICTURE_FRAME, NULL);
	picture_point(picture, scale.low, scale.low, NULL);
	picture_point(picture, scale.high, scale.high, NULL);
	picture_series(picture, PICTURE_DOTS, PICTURE_POINT, NULL);
	for (size_t i = 0; i < table->line_count; i++)
		picture_point(picture, table->lines[i].residual.predicted, table->lines[i].residual.observed,
			      named ? tree_name(browser->tree, table->lines[i].model) : NULL);
	if (table->line_count > SCATTER_WHOLE)
		picture_thin(picture, 400, 400);
}

/* The one of the row that is shown, with the model under the cursor set off. */
static const struct picture *scatter_now(struct browser *browser)
{
	struct residuals *residuals = residuals_of(browser);
	const struct residual_table *table = residuals->table;

	if (!residuals->drawn || residuals->drawn_row != table->row) {
		picture_free(&residuals->scatter);
		make_scatter(browser, &residuals->scatter);
		residuals->drawn = true;
		residuals->drawn_row = table->row;
	}
	picture_unmark(&residuals->scatter, 0);
	if (residuals->list.cursor < table->line_count) {
		const struct residual_line *line = &table->lines[residuals->list.cursor];
		picture_mark(&residuals->scatter, line->residual.predicted, line->residual.observed, PICTURE_TEXT, "◉", 'O',
			     NULL, tree_name(browser->tree, line->model));
	}
	return &residuals->scatter;
}

static void draw_scatter(struct browser *browser, const struct area *area)
{
	struct area part = *area;

	part.height = part.height < SCATTER_HEIGHT ? part.height : SCATTER_HEIGHT;
	draw_picture(browser->screen, &part, scatter_now(browser));
}

static int table_bar_width(const struct area *area)
{
	int width = area->width - 31 - 34;

	return width < 12 ? 0 : width > 101 ? 101 : width;
}

static void draw_header(struct browser *browser, const struct area *area, int row, int name_width)
{
	char cells[BAR_WIDTH_MAX + 1];
	int width = table_bar_width(area), x = 2 + name_width;

	draw_fit(browser->screen, area, row, 2, name_width, STYLE_DIM, "model");
	draw_right(browser->screen, area, row, x + 7, STYLE_DIM, "publ.");
	draw_right(browser->screen, area, row, x + 14, STYLE_DIM, "pred.");
	draw_right(browser->screen, area, row, x + 21, STYLE_DIM, "z");
	if (width > 0) {
		bar_axis(cells, width, &residuals_of(browser)->table->shown.scale);
		draw_text(browser->screen, area, row, x + 24, STYLE_DIM, cells);
	}
}

static void draw_line(struct browser *browser, const struct area *area, int row, size_t index,
		      int name_width)
{
	const struct residual_line *line = &residuals_of(browser)->table->lines[index];
	const struct engine_residual *residual = &line->residual;
	const struct board_row *shown = &residuals_of(browser)->table->shown;
	struct bar_values values = {residual->low90, residual->predicted, residual->high90,
				    residual->observed, NAN};
	char cells[BAR_WIDTH_MAX + 1], buffer[FIGURE_SIZE];
	int width = table_bar_width(area), x = 2 + name_width;
	bool selected = index == residuals_of(browser)->list.cursor, far = fabs(residual->z) >= 2;

	draw_selected(browser->screen, selected, true);
	if (selected)
		draw_repeat(browser->screen, area, row, 0, area->width, STYLE_TEXT, " ");
	if (sketch_position(&browser->sketch, line->model) >= 0)
		draw_text(browser->screen, area, row, 0, STYLE_MARK, "⊕");
	draw_fit(browser->screen, area, row, 2, name_width, STYLE_TEXT,
		 tree_name(browser->tree, line->model));
	draw_right(browser->screen, area, row, x + 7, STYLE_PUBLISHED,
		   figure_on(buffer, shown, residual->observed, false));
	draw_right(browser->screen, area, row, x + 14, STYLE_POINT,
		   figure_on(buffer, shown, residual->predicted, false));
	draw_right(browser->screen, area, row, x + 21, far ? STYLE_BAD : STYLE_TEXT,
		   figure_signed(buffer, residual->z, 1));
	draw_text(browser->screen, area, row, x + 21, STYLE_BAD, far ? "!" : " ");
	if (width > 0) {
		bar_interval(cells, width, &shown->scale, &values);
		draw_bar(browser->screen, area, row, x + 24, cells);
	}
	draw_selected(browser->screen, false, false);
	if (selected)
		draw_cursor(browser->screen, area, row, 2);
}

/* What is known of the score under the cursor, looked up once. */
static void draw_note(struct browser *browser, const struct area *area)
{
	struct residual_table *table = residuals_of(browser)->table;
	const struct session *session = browser->session;
	size_t model = residual_model(browser);

	if (model == CATALOG_NONE)
		return;
	if (table->noted != model || table->noted_row != table->row) {
		const struct engine_anomaly *anomaly = table->shown.target.count == 1
			? anomalies_score(&session->anomalies, model, table->shown.target.benchmark[0]) : NULL;
		text_clear(&table->note);
		table->noted = model;
		table->noted_row = table->row;
		if (anomaly) {
			text_append(&table->note, "! chance does not explain it: ");
			size_t before = table->note.length;
			anomalies_reasons(&session->anomalies, session->catalog, anomaly, &table->note);
			if (table->note.length == before)
				text_append(&table->note, "nothing known does, either");
		}
	}
	draw_fit(browser->screen, area, area->height - 1, 1, area->width - 2, STYLE_BAD,
		 text_string(&table->note));
}

/* Why no model is listed. */
static const char *nothing_to_show(const struct browser *browser)
{
	const struct residual_table *table = residuals_of(browser)->table;

	if (table->row < browser->row_count && !engine_fit_covers(browser->session->fit, &table->shown.target))
		return "the fit does not predict it: ] shows another";
	return "no model has published all of it: ] shows another";
}

static void residual_draw(struct browser *browser, const struct area *whole)
{
	struct list *list = &residuals_of(browser)->list;
	struct area table = *whole, right = *whole;
	const struct area *area = &table;
	bool scatter = whole->width >= SCATTER_FROM && whole->height >= SCATTER_HEIGHT;

	if (scatter) {
		table.width -= SCATTER_WIDTH + 8;
		right.left += table.width + 2, right.width = SCATTER_WIDTH + 5;
	}
	int row = 0, bar = table_bar_width(area);

	if (!browser->session->fit) {
		draw_text(browser->screen, area, 0, 1, STYLE_DIM, "not fitted");
		return;
	}
	make_table(browser);
	if (scatter)
		draw_scatter(browser, &right);
	if (area->height >= NOTE_FROM) {
		draw_note(browser, area);
		table.height--;
	}
	if (area->height >= 14)
		row = draw_histogram(browser, area);
	int name_width = area->width - 2 - 24 - (bar > 0 ? bar + 1 : 0);
	if (name_width > 60)
		name_width = 60;
	draw_header(browser, area, row++, name_width);
	list_show(list, residuals_of(browser)->table->line_count, area->height - row);
	if (list->count == 0)
		draw_text(browser->screen, area, row, 2, STYLE_DIM, nothing_to_show(browser));
	for (int y = 0; row + y < area->height && list->top + (size_t)y < list->count; y++)
		draw_line(browser, area, row + y, list->top + (size_t)y, name_width);
}

/* "751 models · by |z| · spread of z 1.03" */
static void append_summary(const struct residual_table *table, struct text *out)
{
	char count[FIGURE_SIZE];

	text_append_format(out, "%s models · by %s", figure_count(count, table->line_count), order_names[table->order]);
	if (table->line_count > 0)
		text_append_format(out, " · spread of z %.2f", table->spread);
}

#define NAME_MIN 8
#define TITLE_FRAME 3 /* what the border keeps of its row */

/* A long name gives way to the figures behind it. */
static void residual_title(struct browser *browser, struct text *out)
{
	struct text summary = {0};

	text_append(out, "residuals");
	make_table(browser);
	const struct residual_table *table = residuals_of(browser)->table;
	if (!table)
		return;
	append_summary(table, &summary);
	int room = browser->panes[VIEW_RESIDUALS].width - TITLE_FRAME - utf8_width("residuals ·  · ") -
		   utf8_width(text_string(&summary));
	text_append(out, " · ");
	board_append_name(&table->shown, room < NAME_MIN ? NAME_MIN : room, out);
	text_append_format(out, " · %s", text_string(&summary));
	text_free(&summary);
}

/* ---- actions ------------------------------------------------------------------------- */

static void change_row(struct browser *browser, int step)
{
	struct residual_table *table = residuals_of(browser)->table;

	table->row = (table->row + (step > 0 ? 1 : table->rows - 1)) % table->rows;
	fill_lines(browser);
}

static bool residual_act(struct browser *browser, enum action action, int count)
{
	/* Keys may come faster than frames. */
	make_table(browser);
	if (!residuals_of(browser)->table)
		return false;
	residuals_of(browser)->list.count = residuals_of(browser)->table->line_count;
	switch (action) {
	case ACTION_ORDER:
		residuals_of(browser)->table->order =
			(residuals_of(browser)->table->order + 1) % RESIDUAL_ORDER_COUNT;
		sort_lines(browser, residual_model(browser));
		return true;
	case ACTION_COLUMN_NEXT:
	case ACTION_COLUMN_RIGHT: change_row(browser, 1); return true;
	case ACTION_COLUMN_PREVIOUS:
	case ACTION_COLUMN_LEFT: change_row(browser, -1); return true;
	default: return list_act(&residuals_of(browser)->list, action, count);
	}
}

static size_t residual_model(struct browser *browser)
{
	make_table(browser);
	const struct residual_table *table = residuals_of(browser)->table;

	return table && residuals_of(browser)->list.cursor < table->line_count
		? table->lines[residuals_of(browser)->list.cursor].model : CATALOG_NONE;
}

static struct list *residual_view_list(struct browser *browser)
{
	return &residuals_of(browser)->list;
}

static const struct picture *residual_picture(struct browser *browser)
{
	if (!browser->session->fit)
		return NULL;
	make_table(browser);
	return scatter_now(browser);
}

static void residual_start(struct browser *browser)
{
	residuals_of(browser)->choice.model = CATALOG_NONE;
}

static void residual_renumber(struct browser *browser, const uint32_t *match)
{
	struct residual_choice *choice = &residuals_of(browser)->choice;

	choice->model = catalog_matched(match, choice->model);
}

const struct view_ops residual_view = {
	.size = sizeof(struct residuals),
	.start = residual_start,
	.forget = residual_forget,
	.picture = residual_picture,
	.renumber = residual_renumber,
	.draw = residual_draw,
	.title = residual_title,
	.act = residual_act,
	.model = residual_model,
	.list = residual_view_list,
};
