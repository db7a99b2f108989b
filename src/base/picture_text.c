/* Pictures as characters. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "picture_canvas.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

#define TITLE_HEIGHT 8  /* of a picture with the title of its upright axis */
#define LEGEND_HEIGHT 5 /* with its legend, and the title of the other */
#define TICK_ROWS 3     /* each so many rows a tick, */
#define TICKS_LEAST 3   /* if these fit */
#define TICK_GAP 3      /* columns between two of the other axis */
#define PLOT_WIDTH_MIN 8

/* ---- frame ------------------------------------------------------------------------------ */

static bool has_legend(const struct picture *picture)
{
	for (size_t i = 0; i < picture->series_count; i++)
		if (picture->series[i].name)
			return true;
	for (size_t i = 0; i < picture->mark_count; i++)
		if (picture->marks[i].legend)
			return true;
	return picture->across.title != NULL;
}

static int legend_entry(const struct canvas *canvas, int row, int column, enum picture_look look, const char *sign,
			const char *text)
{
	int room = canvas->width - column;

	if (room < utf8_width(text) + 2)
		return column;
	canvas_put(canvas, row, column, 1, look, sign);
	return column + 4 + canvas_put(canvas, row, column + 2, room - 2, PICTURE_TEXT, text);
}

static void draw_legend(const struct canvas *canvas, int row)
{
	const struct picture *picture = canvas->picture;
	static const char *const signs[][2] = {{"⠶", "."}, {"─", "*"}, {"░", ":"}};
	int column = 1;

	for (size_t i = 0; i < picture->mark_count; i++) {
		const struct picture_mark *mark = &picture->marks[i];
		const char ascii[2] = {mark->ascii, '\0'};
		if (mark->legend)
			column = legend_entry(canvas, row, column, mark->look, canvas_sign(canvas, mark->sign, ascii), mark->legend);
	}
	for (size_t i = 0; i < picture->series_count; i++) {
		const struct picture_series *series = &picture->series[i];
		const char *sign = series->kind == PICTURE_DOTS && canvas->signs == PICTURE_BLOCKS
			? "▄" : signs[series->kind][canvas->signs == PICTURE_ASCII];
		if (series->name)
			column = legend_entry(canvas, row, column, series->look, sign, series->name);
	}
	int width = picture->across.title ? utf8_width(picture->across.title) : 0;
	int start = canvas->width - 1 - width;
	if (width > 0 && start >= column)
		canvas_put(canvas, row, start, width, PICTURE_DIM, picture->across.title);
}

/* Below the plot: the line, its ticks and their values. */
static void draw_across(const struct canvas *canvas)
{
	struct picture_tick ticks[PICTURE_TICKS_MAX];
	int row = canvas->top + canvas->plot_height, wide = 1, end = 0;

	picture_ticks(&canvas->picture->across, 4, ticks);
	wide = utf8_width(ticks[0].text) + TICK_GAP + 1;
	size_t count = picture_ticks(&canvas->picture->across, (size_t)(canvas->plot_width / wide), ticks);
	canvas_put(canvas, row, canvas->left - 1, 1, PICTURE_FRAME, canvas_sign(canvas, "└", "+"));
	for (int column = 0; column < canvas->plot_width; column++)
		canvas_put(canvas, row, canvas->left + column, 1, PICTURE_FRAME, canvas_sign(canvas, "─", "-"));
	for (size_t i = 0; i < count; i++) {
		int column = canvas->left + canvas_across(canvas, ticks[i].value) / canvas->dots_across;
		int width = utf8_width(ticks[i].text), start = column - width / 2;
		start = start + width > canvas->width ? canvas->width - width : start;
		canvas_put(canvas, row, column, 1, PICTURE_FRAME, canvas_sign(canvas, "┴", "+"));
		if (start < end)
			continue;
		canvas_put(canvas, row + 1, start, width, PICTURE_DIM, ticks[i].text);
		end = start + width + 1;
	}
}

static size_t upright_ticks(const struct picture *picture, int height, struct picture_tick *ticks)
{
	int most = height / TICK_ROWS + 1;

	return picture_ticks(&picture->up, (size_t)(most < TICKS_LEAST ? TICKS_LEAST : most), ticks);
}

static void draw_upright(const struct canvas *canvas)
{
	struct picture_tick ticks[PICTURE_TICKS_MAX];
	size_t count = upright_ticks(canvas->picture, canvas->plot_height, ticks);

	for (int row = 0; row < canvas->plot_height; row++)
		canvas_put(canvas, canvas->top + row, canvas->left - 1, 1, PICTURE_FRAME, canvas_sign(canvas, "│", "|"));
	for (size_t i = 0; i < count; i++) {
		int row = canvas->top + canvas_down(canvas, ticks[i].value) / canvas->dots_up;
		int width = utf8_width(ticks[i].text);
		canvas_put(canvas, row, canvas->left - 1 - width, width, PICTURE_DIM, ticks[i].text);
		canvas_put(canvas, row, canvas->left - 1, 1, PICTURE_FRAME, canvas_sign(canvas, "┤", "+"));
	}
	if (canvas->top > 0 && canvas->picture->up.title)
		canvas_put_fit(canvas, 0, 1, canvas->width - 1, PICTURE_DIM, canvas->picture->up.title);
}

static void draw_plane(struct canvas *canvas)
{
	const struct picture *picture = canvas->picture;
	bool legend = has_legend(picture) && canvas->height >= LEGEND_HEIGHT;
	struct picture_tick ticks[PICTURE_TICKS_MAX];

	canvas->top = picture->up.title && canvas->height >= TITLE_HEIGHT;
	canvas->plot_height = canvas->height - canvas->top - 2 - legend;
	size_t count = upright_ticks(picture, canvas->plot_height < 1 ? 1 : canvas->plot_height, ticks);
	for (size_t i = 0; i < count; i++)
		if (utf8_width(ticks[i].text) + 1 > canvas->left)
			canvas->left = utf8_width(ticks[i].text) + 1;
	canvas->left++;
	canvas->plot_width = canvas->width - canvas->left - 1;
	if (canvas->plot_height < 1 || canvas->plot_width < PLOT_WIDTH_MIN)
		return;
	canvas_draw_series(canvas);
	canvas_draw_marks(canvas);
	draw_upright(canvas);
	draw_across(canvas);
	if (legend)
		draw_legend(canvas, canvas->height - 1);
}

/* ---- rows ------------------------------------------------------------------------------- */

/* In half cells. */
static void draw_bar(const struct canvas *canvas, int y, const struct picture_row *row)
{
	const struct picture_axis *axis = &canvas->picture->across;
	int halves = 2 * canvas->plot_width;
	int from = (int)lround(picture_place(axis, fmin(row->from, row->to)) * halves);
	int to = (int)lround(picture_place(axis, fmax(row->from, row->to)) * halves);

	if (to <= from)
		to = from + 1;
	for (int column = from / 2; column <= (to - 1) / 2; column++) {
		bool left = 2 * column >= from, right = 2 * column + 1 < to;
		canvas_put(canvas, y, canvas->left + column, 1, row->look,
		    canvas->signs == PICTURE_ASCII ? "=" : left && right ? "█" : left ? "▌" : "▐");
	}
}

static void draw_row(const struct canvas *canvas, int y, int label, int figure, const struct picture_row *row)
{
	canvas_put_fit(canvas, y, 1, label, PICTURE_TEXT, row->label);
	canvas_put(canvas, y, 2 + label + figure - utf8_width(row->figure), figure, row->look, row->figure);
	canvas_put(canvas, y, canvas->left - 1, 1, PICTURE_FRAME, canvas_sign(canvas, "│", "|"));
	if (!isnan(row->from) && !isnan(row->to))
		draw_bar(canvas, y, row);
	else if (!isnan(row->to))
		canvas_put(canvas, y, canvas->left + canvas_across(canvas, row->to), 1, row->look, canvas_sign(canvas, "●", "o"));
}

static void draw_rows(struct canvas *canvas)
{
	const struct picture *picture = canvas->picture;
	int label = 0, figure = 0, rows = canvas->height - 2;

	for (size_t i = 0; i < picture->row_count; i++) {
		label = utf8_width(picture->rows[i].label) > label ? utf8_width(picture->rows[i].label) : label;
		figure = utf8_width(picture->rows[i].figure) > figure ? utf8_width(picture->rows[i].figure) : figure;
	}
	label = label > canvas->width / 2 - figure ? canvas->width / 2 - figure : label;
	canvas->left = label + figure + 4;
	canvas->plot_width = canvas->width - canvas->left - 1;
	canvas->plot_height = rows < (int)picture->row_count ? rows : (int)picture->row_count;
	if (label < 1 || canvas->plot_width < PLOT_WIDTH_MIN || canvas->plot_height < 1)
		return;
	/* The last one, a total, is never left out. */
	for (int y = 0; y < canvas->plot_height; y++)
		draw_row(canvas, y, label, figure, &picture->rows[y < canvas->plot_height - 1 ? (size_t)y : picture->row_count - 1]);
	draw_across(canvas);
	if (picture->across.title && canvas->height > canvas->plot_height + 2)
		draw_legend(canvas, canvas->plot_height + 2);
}

/* ---- whole pictures ---------------------------------------------------------------------- */

int picture_height(const struct picture *picture, int height)
{
	size_t wanted = picture->row_count + 2 + (picture->across.title != NULL);

	return picture->row_count && wanted < (size_t)height ? (int)wanted : height;
}

void picture_draw(const struct picture *picture, int width, int height, enum picture_signs signs,
		  struct picture_cell *cells)
{
	struct canvas canvas = {.picture = picture, .cells = cells, .width = width, .height = height, .signs = signs,
				.dots_across = signs == PICTURE_BRAILLE && !picture->row_count ? 2 : 1, .dots_up = 1};

	if (!picture->row_count)
		canvas.dots_up = signs == PICTURE_BRAILLE ? 4 : signs == PICTURE_BLOCKS ? 2 : 1;
	for (int i = 0; i < width * height; i++)
		cells[i] = (struct picture_cell){" ", PICTURE_TEXT};
	if (picture->row_count)
		draw_rows(&canvas);
	else
		draw_plane(&canvas);
}

void picture_print(const struct picture *picture, int width, int height, enum picture_signs signs, struct text *out)
{
	height = picture_height(picture, height);
	struct picture_cell *cells = memory_allocate((size_t)width * (size_t)height, sizeof *cells);

	picture_draw(picture, width, height, signs, cells);
	if (picture->title)
		text_append_format(out, "%s\n", picture->title);
	for (int row = 0; row < height; row++) {
		int end = width;
		while (end > 0 && strcmp(cells[row * width + end - 1].text, " ") == 0)
			end--;
		for (int column = 0; column < end; column++)
			text_append(out, cells[row * width + column].text);
		text_append(out, "\n");
	}
	free(cells);
}
