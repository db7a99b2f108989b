/* What pictures of characters are drawn on. */
#include "picture_canvas.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

/* ---- text ----------------------------------------------------------------------------- */

static struct picture_cell *cell_at(const struct canvas *canvas, int row, int column)
{
	bool inside = row >= 0 && row < canvas->height && column >= 0 && column < canvas->width;

	return inside ? &canvas->cells[row * canvas->width + column] : NULL;
}

static const char *ascii_of(unsigned int code)
{
	switch (code) {
	case 0xB1: return "+-";
	case 0xB7: return "-";
	case 0x2026: return "...";
	case 0x2212: return "-";
	default: return "?";
	}
}

static void put_sign(const struct canvas *canvas, int row, int column, enum picture_look look, const char *sign, size_t length)
{
	struct picture_cell *cell = cell_at(canvas, row, column);

	if (!cell || length >= sizeof cell->text)
		return;
	memcpy(cell->text, sign, length);
	cell->text[length] = '\0';
	cell->look = (unsigned char)look;
}

int canvas_put(const struct canvas *canvas, int row, int column, int most, enum picture_look look, const char *text)
{
	int used = 0;

	while (*text) {
		unsigned int code;
		char sign[8] = "";
		size_t length = utf8_decode(text, &code);
		memcpy(sign, text, length);
		text += length;
		const char *shown = code >= 0x80 && canvas->signs == PICTURE_ASCII ? ascii_of(code) : sign;
		int width = utf8_width(shown);
		if (used + width > most)
			break;
		if (shown != sign) {
			for (int i = 0; shown[i]; i++)
				put_sign(canvas, row, column + used + i, look, shown + i, 1);
		} else if (width > 0) {
			put_sign(canvas, row, column + used, look, sign, length);
			if (width == 2)
				put_sign(canvas, row, column + used + 1, look, "", 0);
		}
		used += width;
	}
	return used;
}

int canvas_put_fit(const struct canvas *canvas, int row, int column, int most, enum picture_look look, const char *text)
{
	if (utf8_width(text) <= most)
		return canvas_put(canvas, row, column, most, look, text);
	int used = canvas_put(canvas, row, column, most - 1, look, text);
	return used + canvas_put(canvas, row, column + used, 1, look, canvas->signs == PICTURE_ASCII ? "." : "…");
}

const char *canvas_sign(const struct canvas *canvas, const char *sign, const char *ascii)
{
	return canvas->signs == PICTURE_ASCII ? ascii : sign;
}

/* ---- dots ------------------------------------------------------------------------------- */

static int dot_of(const struct picture_axis *axis, double value, int dots)
{
	double place = picture_place(axis, value);

	if (isnan(place))
		return INT_MIN;
	place = place < -1 ? -1 : place > 2 ? 2 : place; /* lines go on beyond */
	return (int)lround(place * (dots - 1));
}

int canvas_across(const struct canvas *canvas, double x)
{
	return dot_of(&canvas->picture->across, x, canvas->plot_width * canvas->dots_across);
}

int canvas_down(const struct canvas *canvas, double y)
{
	int dots = canvas->plot_height * canvas->dots_up, up = dot_of(&canvas->picture->up, y, dots);

	return up == INT_MIN ? up : dots - 1 - up;
}

static void dot(const struct canvas *canvas, int across, int down, const struct picture_series *series)
{
	enum picture_look look = series->look;
	static const unsigned char braille[4][2] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};

	if (across < 0 || down < 0 || across >= canvas->plot_width * canvas->dots_across ||
	    down >= canvas->plot_height * canvas->dots_up)
		return;
	int place = down / canvas->dots_up * canvas->plot_width + across / canvas->dots_across;
	unsigned int bit = canvas->signs == PICTURE_BRAILLE ? braille[down % 4][across % 2] : 1u << down % canvas->dots_up;
	/* Another series takes the cell. */
	if (canvas->mask[place] && canvas->look[place] != look)
		canvas->mask[place] = 0, canvas->ascii[place] = 0;
	if (series->kind == PICTURE_LINE)
		canvas->ascii[place] = '*';
	else if (canvas->mask[place] & bit)
		canvas->ascii[place] = ':';
	canvas->mask[place] = (unsigned char)(canvas->mask[place] | bit);
	canvas->look[place] = (unsigned char)look;
}

static void line(const struct canvas *canvas, const int from[2], const int to[2], const struct picture_series *series)
{
	int steps = abs(to[0] - from[0]) > abs(to[1] - from[1]) ? abs(to[0] - from[0]) : abs(to[1] - from[1]);

	for (int i = 0; i <= steps; i++) {
		double share = steps ? (double)i / steps : 0;
		dot(canvas, (int)lround(from[0] + share * (to[0] - from[0])), (int)lround(from[1] + share * (to[1] - from[1])),
		    series);
	}
}

static void draw_points(const struct canvas *canvas, const struct picture_series *series)
{
	int before[2] = {INT_MIN, INT_MIN};

	for (size_t i = 0; i < series->count; i++) {
		int here[2] = {canvas_across(canvas, series->data[i].x), canvas_down(canvas, series->data[i].low)};
		bool known = here[0] != INT_MIN && here[1] != INT_MIN;
		if (known && series->kind == PICTURE_LINE && before[0] != INT_MIN)
			line(canvas, before, here, series);
		else if (known)
			dot(canvas, here[0], here[1], series);
		memcpy(before, here, sizeof before);
		if (!known)
			before[0] = INT_MIN;
	}
}

/* The cells between the edges, which are straight between two data. */
static void draw_band(const struct canvas *canvas, const struct picture_series *series)
{
	for (size_t i = 1; i < series->count; i++) {
		const struct picture_datum *from = &series->data[i - 1], *to = &series->data[i];
		int first = canvas_across(canvas, from->x) / canvas->dots_across, last = canvas_across(canvas, to->x) / canvas->dots_across;
		if (isnan(from->low) || isnan(to->low))
			continue;
		for (int column = first; column <= last && column < canvas->plot_width; column++) {
			double share = last > first ? (double)(column - first) / (last - first) : 0;
			int high = canvas_down(canvas, from->high + share * (to->high - from->high)) / canvas->dots_up;
			int low = canvas_down(canvas, from->low + share * (to->low - from->low)) / canvas->dots_up;
			for (int row = high < 0 ? 0 : high; row <= low && row < canvas->plot_height; row++)
				if (column >= 0)
					canvas_put(canvas, canvas->top + row, canvas->left + column, 1, series->look,
					    canvas_sign(canvas, "░", ":"));
		}
	}
}

static void show_dots(const struct canvas *canvas)
{
	static const char *const blocks[] = {" ", "▀", "▄", "█"};

	for (int place = 0; place < canvas->plot_width * canvas->plot_height; place++) {
		unsigned char mask = canvas->mask[place];
		const char sign[4] = {(char)0xE2, (char)(0xA0 | mask >> 6), (char)(0x80 | (mask & 63)), '\0'};
		const char ascii[2] = {canvas->ascii[place] ? canvas->ascii[place] : '.', '\0'};
		if (mask)
			canvas_put(canvas, canvas->top + place / canvas->plot_width, canvas->left + place % canvas->plot_width, 1,
			    canvas->look[place],
			    canvas->signs == PICTURE_BRAILLE ? sign
			    : canvas->signs == PICTURE_BLOCKS ? blocks[mask]
			    : ascii);
	}
}

void canvas_draw_series(struct canvas *canvas)
{
	size_t places = (size_t)canvas->plot_width * (size_t)canvas->plot_height;

	canvas->mask = memory_zero(places, 1);
	canvas->ascii = memory_zero(places, 1);
	canvas->look = memory_zero(places, 1);
	for (size_t i = 0; i < canvas->picture->series_count; i++) {
		const struct picture_series *series = &canvas->picture->series[i];
		(series->kind == PICTURE_BAND ? draw_band : draw_points)(canvas, series);
	}
	show_dots(canvas);
	free(canvas->mask);
	free(canvas->ascii);
	free(canvas->look);
}

/* ---- marks ------------------------------------------------------------------------------ */

/* Whether a text has room there, with a blank on either side. */
static bool is_free(const struct canvas *canvas, int row, int column, int width)
{
	int end = canvas->left + canvas->plot_width;

	if (row < canvas->top || row >= canvas->top + canvas->plot_height || column < canvas->left || column + width > end)
		return false;
	for (int i = column > canvas->left ? -1 : 0; i <= width && column + i < end; i++)
		if (cell_at(canvas, row, column + i)->text[0] != ' ')
			return false;
	return true;
}

/* The cell of a mark; false when it is outside. */
static bool mark_cell(const struct canvas *canvas, const struct picture_mark *mark, int *row, int *column)
{
	int across = canvas_across(canvas, mark->x), down = canvas_down(canvas, mark->y);

	if (across < 0 || down < 0 || across >= canvas->plot_width * canvas->dots_across ||
	    down >= canvas->plot_height * canvas->dots_up)
		return false;
	*row = canvas->top + down / canvas->dots_up;
	*column = canvas->left + across / canvas->dots_across;
	return true;
}

/* Right of the sign, else left of it, above or below: where nothing is drawn. */
static void put_beside(const struct canvas *canvas, int row, int column, const char *text)
{
	int width = utf8_width(text);
	const int places[][2] = {{row, column + 2}, {row, column - width - 1}, {row - 1, column - width}, {row - 1, column + 1},
				 {row + 1, column + 1}, {row + 1, column - width}};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (is_free(canvas, places[i][0], places[i][1], width)) {
			canvas_put(canvas, places[i][0], places[i][1], width, PICTURE_TEXT, text);
			return;
		}
}

void canvas_draw_marks(const struct canvas *canvas)
{
	const struct picture *picture = canvas->picture;
	int row, column;

	for (size_t i = 0; i < picture->mark_count; i++) {
		const struct picture_mark *mark = &picture->marks[i];
		const char ascii[2] = {mark->ascii, '\0'};
		if (mark_cell(canvas, mark, &row, &column))
			canvas_put(canvas, row, column, 1, mark->look, canvas_sign(canvas, mark->sign, ascii));
	}
	for (size_t i = 0; i < picture->mark_count; i++)
		if (picture->marks[i].text && mark_cell(canvas, &picture->marks[i], &row, &column))
			put_beside(canvas, row, column, picture->marks[i].text);
}
