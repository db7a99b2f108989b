#include "stemma/app/curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

#define LABEL 8 /* characters left of the axis */

static double most_of(const double *values, size_t count)
{
	double most = 0;

	for (size_t i = 0; i < count; i++)
		most = fmax(most, values[i]);
	return most > 0 ? most : 1;
}

/* y between the steps is what it was at the one before. */
static double height_at(const struct curve *curve, double x)
{
	size_t i = 0;

	while (i + 1 < curve->count && curve->x[i + 1] <= x)
		i++;
	return curve->y[i];
}

/* ---- text ---------------------------------------------------------------------------------- */

/* The part of the curve between two heights, and what lies below it. */
static void text_row(const struct curve *curve, int width, double low, double high, double right, bool utf8,
		     struct text *out)
{
	int last = width - 1;

	while (last >= 0 && height_at(curve, right * last / (width - 1)) <= low)
		last--;
	for (int column = 0; column <= last; column++) {
		double y = height_at(curve, right * column / (width - 1));
		if (y > high)
			text_append(out, utf8 ? "·" : ".");
		else
			text_append(out, y <= low ? " " : utf8 ? "●" : "*");
	}
	text_append(out, "\n");
}

void curve_text(const struct curve *curve, int width, int height, bool utf8, struct text *out)
{
	double right = most_of(curve->x, curve->count), top = most_of(curve->y, curve->count);
	int plane = width - LABEL - 2;

	text_append_format(out, "%s\n", curve->up);
	for (int row = height; row > 0; row--) {
		text_append_format(out, "%*.1f %s", LABEL, top * row / height, utf8 ? "┤" : "|");
		text_row(curve, plane, row > 1 ? top * (row - 1) / height : -1, top * row / height, right, utf8, out);
	}
	text_append_format(out, "%*s %s", LABEL, "0", utf8 ? "└" : "+");
	for (int column = 0; column < plane; column++)
		text_append(out, utf8 ? "─" : "-");
	text_append_format(out, "\n%*s%-*s%.6g %s\n", LABEL + 2, "", plane - 8 > 1 ? plane - 8 : 1, "0", right,
			   curve->across);
}

/* ---- SVG ------------------------------------------------------------------------------------ */

#define SVG_WIDTH 640
#define SVG_HEIGHT 400
#define SVG_LEFT 70
#define SVG_RIGHT 610
#define SVG_TOP 50
#define SVG_BOTTOM 340
#define TICKS 4

static void svg_words(struct text *out, const char *words)
{
	for (; *words; words++)
		switch (*words) {
		case '&': text_append(out, "&amp;"); break;
		case '<': text_append(out, "&lt;"); break;
		case '>': text_append(out, "&gt;"); break;
		default: text_append_bytes(out, words, 1);
		}
}

static void svg_label(struct text *out, double x, double y, const char *anchor, const char *words)
{
	text_append_format(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
	svg_words(out, words);
	text_append(out, "</text>\n");
}

static void svg_ticks(struct text *out, double right, double top)
{
	for (int i = 0; i <= TICKS; i++) {
		double x = SVG_LEFT + (double)(SVG_RIGHT - SVG_LEFT) * i / TICKS;
		double y = SVG_BOTTOM - (double)(SVG_BOTTOM - SVG_TOP) * i / TICKS;
		struct text across = {0}, up = {0};
		text_append_format(&across, "%.4g", right * i / TICKS);
		text_append_format(&up, "%.3g", top * i / TICKS);
		text_append_format(out, "<path d=\"M%.1f %d v5 M%d %.1f h-5\" stroke=\"black\"/>\n", x, SVG_BOTTOM, SVG_LEFT, y);
		svg_label(out, x, SVG_BOTTOM + 20, "middle", text_string(&across));
		svg_label(out, SVG_LEFT - 9, y + 4, "end", text_string(&up));
		text_free(&across);
		text_free(&up);
	}
}

static void svg_line(const struct curve *curve, double right, double top, struct text *out)
{
	text_append(out, "<path fill=\"none\" stroke=\"#0060a0\" stroke-width=\"2\" d=\"");
	for (size_t i = 0; i < curve->count; i++) {
		double x = SVG_LEFT + (SVG_RIGHT - SVG_LEFT) * curve->x[i] / right;
		double y = SVG_BOTTOM - (SVG_BOTTOM - SVG_TOP) * curve->y[i] / top;
		text_append_format(out, i ? " H%.1f V%.1f" : "M%.1f %.1f", x, y);
	}
	text_append(out, "\"/>\n");
}

void curve_svg(const struct curve *curve, struct text *out)
{
	double right = most_of(curve->x, curve->count), top = most_of(curve->y, curve->count);

	text_append_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
			   " font-size=\"12\">\n<title>", SVG_WIDTH, SVG_HEIGHT);
	svg_words(out, curve->title);
	text_append_format(out, "</title>\n<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n"
			   "<path d=\"M%d %d V%d H%d\" fill=\"none\" stroke=\"black\"/>\n", SVG_WIDTH, SVG_HEIGHT, SVG_LEFT,
			   SVG_TOP, SVG_BOTTOM, SVG_RIGHT);
	svg_label(out, SVG_LEFT, 22, "start", curve->title);
	svg_label(out, SVG_LEFT, 40, "start", curve->up);
	svg_label(out, SVG_RIGHT, SVG_BOTTOM + 40, "end", curve->across);
	svg_ticks(out, right, top);
	svg_line(curve, right, top, out);
	text_append(out, "</svg>\n");
}
