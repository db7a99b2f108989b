/* Pictures as SVG. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/picture.h"
#include "stemma/base/utf8.h"

#define WIDTH 840
#define HEIGHT 520
#define LEFT 70
#define RIGHT 24
#define TOP 64
#define BOTTOM 84
#define ROW_HEIGHT 28
#define ROW_LEFT 330 /* of bars: behind label and figure */
#define LABEL_MAX 34 /* letters of one */
#define LETTER 7.2   /* width of one, for what stands beside another */
#define LINE_HEIGHT 14

/* Where the plot is. */
struct page {
	const struct picture *picture;
	struct text *out;
	double left, top, width, height;
};

/* The text of an element or attribute: what XML does not allow is dropped. */
static void escape(struct text *out, const char *text)
{
	char *clean = utf8_sanitize(text);

	for (const char *c = clean; *c; c++)
		switch (*c) {
		case '&': text_append(out, "&amp;"); break;
		case '<': text_append(out, "&lt;"); break;
		case '>': text_append(out, "&gt;"); break;
		case '"': text_append(out, "&quot;"); break;
		default: text_append_bytes(out, c, 1);
		}
	free(clean);
}

static const char *look_name(enum picture_look look)
{
	static const char *const names[] = {
#define X(symbol, light, dark) #symbol,
		PICTURE_LOOK_TABLE(X)
#undef X
	};

	return names[look];
}

static void write_style(struct text *out)
{
	text_append(out, "<style>\n"
			 "text{font-family:system-ui,sans-serif;font-size:13px;stroke:none!important}\n"
			 ".title{font-size:16px;font-weight:600}\n.end{text-anchor:end}\n.middle{text-anchor:middle}\n"
			 ".label{stroke:#ffffff!important;stroke-width:3px;stroke-linejoin:round;paint-order:stroke}\n"
			 ".ground{fill:#ffffff}\n.line{fill:none!important;stroke-width:2}\n.band{stroke:none!important;fill-opacity:.25}\n");
#define X(symbol, light, dark) text_append(out, "." #symbol "{fill:" light ";stroke:" light "}\n");
	PICTURE_LOOK_TABLE(X)
#undef X
	text_append(out, "@media (prefers-color-scheme:dark){\n.ground{fill:#16181c}\n.label{stroke:#16181c!important}\n");
#define X(symbol, light, dark) text_append(out, "." #symbol "{fill:" dark ";stroke:" dark "}\n");
	PICTURE_LOOK_TABLE(X)
#undef X
	text_append(out, "}\n</style>\n");
}

/* `more` are further classes, with a blank before. */
static void write_text(struct text *out, double x, double y, enum picture_look look, const char *more, const char *text)
{
	text_append_format(out, "<text class=\"%s%s\" x=\"%.1f\" y=\"%.1f\">", look_name(look), more, x, y);
	escape(out, text);
	text_append(out, "</text>\n");
}

static double across(const struct page *page, double x)
{
	return page->left + picture_place(&page->picture->across, x) * page->width;
}

static double down(const struct page *page, double y)
{
	return page->top + (1 - picture_place(&page->picture->up, y)) * page->height;
}

static void write_line(struct text *out, double x1, double y1, double x2, double y2)
{
	text_append_format(out, "<path class=\"FRAME\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", x1, y1, x2, y2);
}

/* ---- axes ------------------------------------------------------------------------------- */

static void write_axes(const struct page *page)
{
	const struct picture *picture = page->picture;
	struct picture_tick ticks[PICTURE_TICKS_MAX];
	double bottom = page->top + page->height;
	size_t count = picture_ticks(&picture->across, 8, ticks);

	write_line(page->out, page->left, bottom, page->left + page->width, bottom);
	for (size_t i = 0; i < count; i++) {
		double x = across(page, ticks[i].value);
		write_line(page->out, x, bottom, x, bottom + 5);
		write_text(page->out, x, bottom + 20, PICTURE_DIM, " middle", ticks[i].text);
	}
	if (picture->across.title)
		write_text(page->out, page->left + page->width, bottom + 40, PICTURE_TEXT, " end", picture->across.title);
	write_line(page->out, page->left, page->top, page->left, bottom);
	count = picture->row_count ? 0 : picture_ticks(&picture->up, 8, ticks);
	for (size_t i = 0; i < count; i++) {
		double y = down(page, ticks[i].value);
		write_line(page->out, page->left - 5, y, page->left, y);
		write_text(page->out, page->left - 9, y + 4, PICTURE_DIM, " end", ticks[i].text);
	}
	if (picture->up.title && !picture->row_count)
		write_text(page->out, page->left - 40, page->top - 12, PICTURE_TEXT, "", picture->up.title);
}

/* ---- series ----------------------------------------------------------------------------- */

static bool is_known(const struct page *page, const struct picture_datum *datum)
{
	return isfinite(across(page, datum->x)) && isfinite(down(page, datum->low)) && isfinite(down(page, datum->high));
}

static void write_dots(const struct page *page, const struct picture_series *series)
{
	double radius = series->count > 2000 ? 1.5 : 3;

	for (size_t i = 0; i < series->count; i++) {
		const struct picture_datum *datum = &series->data[i];
		if (!is_known(page, datum))
			continue;
		text_append_format(page->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%g\"", across(page, datum->x),
				   down(page, datum->low), radius);
		if (datum->name) {
			text_append(page->out, "><title>");
			escape(page->out, datum->name);
			text_append(page->out, "</title></circle>\n");
		} else {
			text_append(page->out, "/>\n");
		}
	}
}

static void write_path(const struct page *page, const struct picture_series *series)
{
	bool pen = false;

	text_append(page->out, "<path class=\"line\" d=\"");
	for (size_t i = 0; i < series->count; i++) {
		const struct picture_datum *datum = &series->data[i];
		if (is_known(page, datum))
			text_append_format(page->out, "%c%.1f %.1f", pen ? 'L' : 'M', across(page, datum->x),
					   down(page, datum->low));
		pen = is_known(page, datum);
	}
	text_append(page->out, "\"/>\n");
}

/* The upper edge to the right, the lower one back. */
static void write_band(const struct page *page, const struct picture_series *series)
{
	char pen = 'M';

	text_append(page->out, "<path class=\"band\" d=\"");
	for (size_t i = 0; i < 2 * series->count; i++) {
		bool back = i >= series->count;
		const struct picture_datum *datum = &series->data[back ? 2 * series->count - 1 - i : i];
		if (!is_known(page, datum))
			continue;
		text_append_format(page->out, "%c%.1f %.1f", pen, across(page, datum->x),
				   down(page, back ? datum->low : datum->high));
		pen = 'L';
	}
	text_append(page->out, pen == 'L' ? "Z\"/>\n" : "\"/>\n");
}

static void write_series(const struct page *page)
{
	static void (*const writers[])(const struct page *, const struct picture_series *) = {write_dots, write_path, write_band};

	for (size_t i = 0; i < page->picture->series_count; i++) {
		const struct picture_series *series = &page->picture->series[i];
		text_append_format(page->out, "<g class=\"%s\">\n", look_name(series->look));
		writers[series->kind](page, series);
		text_append(page->out, "</g>\n");
	}
}

/* Where a label stands: from its left end, on its line. */
struct label {
	double x, y, width;
};

static bool is_free(const struct label *labels, size_t count, const struct label *label)
{
	for (size_t i = 0; i < count; i++)
		if (fabs(label->y - labels[i].y) < LINE_HEIGHT && label->x < labels[i].x + labels[i].width &&
		    labels[i].x < label->x + label->width)
			return false;
	return true;
}

/* Left of its mark or right of it; not over another label. */
static void write_label(const struct page *page, double x, double y, const char *text, struct label *labels, size_t *count)
{
	double width = LETTER * utf8_width(text);
	const struct label right = {x + 9, y + 4, width}, left = {x - 9 - width, y + 4, width};

	if (left.x > page->left && is_free(labels, *count, &left))
		labels[*count] = left;
	else if (right.x + width < WIDTH && is_free(labels, *count, &right))
		labels[*count] = right;
	else
		return;
	bool ends = labels[(*count)++].x < x;
	write_text(page->out, ends ? x - 9 : x + 9, y + 4, PICTURE_TEXT, ends ? " label end" : " label", text);
}

static void write_marks(const struct page *page)
{
	struct label *labels = memory_allocate(page->picture->mark_count + 1, sizeof *labels);
	size_t count = 0;

	for (size_t i = 0; i < page->picture->mark_count; i++) {
		const struct picture_mark *mark = &page->picture->marks[i];
		double x = across(page, mark->x), y = down(page, mark->y);
		if (!isfinite(x) || !isfinite(y))
			continue;
		text_append_format(page->out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>\n",
				   look_name(mark->look), x, y);
		if (mark->text)
			write_label(page, x, y, mark->text, labels, &count);
	}
	free(labels);
}

static double write_key(const struct page *page, double x, enum picture_look look, const char *text)
{
	double y = HEIGHT - 16;

	if (x + 16 + LETTER * utf8_width(text) > WIDTH)
		return x;
	text_append_format(page->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"10\" height=\"10\"/>\n",
			   look_name(look), x, y - 9);
	write_text(page->out, x + 16, y, PICTURE_TEXT, "", text);
	return x + 34 + LETTER * utf8_width(text);
}

static void write_legend(const struct page *page)
{
	double x = page->left;

	for (size_t i = 0; i < page->picture->mark_count; i++)
		if (page->picture->marks[i].legend)
			x = write_key(page, x, page->picture->marks[i].look, page->picture->marks[i].legend);
	for (size_t i = 0; i < page->picture->series_count; i++)
		if (page->picture->series[i].name)
			x = write_key(page, x, page->picture->series[i].look, page->picture->series[i].name);
}

/* ---- rows ------------------------------------------------------------------------------- */

static void write_row(const struct page *page, const struct picture_row *row, double top)
{
	double from = across(page, fmin(row->from, row->to)), to = across(page, fmax(row->from, row->to));
	double middle = top + ROW_HEIGHT / 2.0;

	struct text label = {0};
	size_t fits = utf8_prefix(row->label, LABEL_MAX, NULL);

	text_append_bytes(&label, row->label, fits);
	if (row->label[fits])
		text_append(&label, "…");
	write_text(page->out, 16, middle + 4, PICTURE_TEXT, "", text_string(&label));
	text_free(&label);
	write_text(page->out, page->left - 12, middle + 4, row->look, " end", row->figure);
	if (!isfinite(to))
		return;
	if (isnan(row->from))
		text_append_format(page->out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"6\"/>\n", look_name(row->look),
				   to, middle);
	else
		text_append_format(page->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>\n",
				   look_name(row->look), from, top + 4, fmax(to - from, 1), ROW_HEIGHT - 8);
}

void picture_svg(const struct picture *picture, struct text *out)
{
	struct page page = {picture, out, LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM};
	double height = HEIGHT;

	if (picture->row_count) {
		page.left = ROW_LEFT;
		page.width = WIDTH - ROW_LEFT - RIGHT;
		page.height = ROW_HEIGHT * (double)picture->row_count;
		height = TOP + page.height + BOTTOM;
	}
	text_append_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" height=\"%.0f\" "
				"role=\"img\">\n<title>", WIDTH, height, WIDTH, height);
	escape(out, picture->title ? picture->title : "");
	text_append(out, "</title>\n");
	write_style(out);
	text_append_format(out, "<rect class=\"ground\" width=\"%d\" height=\"%.0f\"/>\n", WIDTH, height);
	if (picture->title)
		write_text(out, 16, 28, PICTURE_TEXT, " title", picture->title);
	write_axes(&page);
	write_series(&page);
	write_marks(&page);
	if (!picture->row_count)
		write_legend(&page);
	for (size_t i = 0; i < picture->row_count; i++)
		write_row(&page, &picture->rows[i], page.top + ROW_HEIGHT * (double)i);
	text_append(out, "</svg>\n");
}
