/* Drawing text into an area: cutting, fitting, ASCII twins. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "term/screen_private.h"
#include "stemma/base/utf8.h"

/* Signs that the browser draws, and what stands for them in ASCII. */
static const struct {
	unsigned int code;
	char twin;
} twins[] = {
	{0x2500, '-'}, {0x2501, '='}, {0x2502, '|'}, {0x250C, '+'}, {0x2510, '+'}, {0x2514, '+'}, {0x2518, '+'},
	{0x251C, '|'}, {0x2524, '|'}, {0x252C, '+'}, {0x2534, '+'}, {0x253C, '+'}, {0x254C, '.'},
	{0x256F, '\''}, {0x256E, '.'}, {0x256D, '.'}, {0x250A, ':'}, {0x2592, ':'}, {0x2593, '+'}, {0x2570, '`'}, {0x25BE, 'v'}, {0x25B8, '>'}, {0x25BF, 'v'}, {0x25B9, '>'}, {0x25B2, '^'},
	{0x25BC, 'v'}, {0x22C8, 'M'}, {0x2295, '*'}, {0x21AA, '>'}, {0x2026, '~'}, {0x00B7, '.'},
	{0x2212, '-'}, {0x2014, '-'}, {0x2013, '-'}, {0x00D7, 'x'}, {0x25CF, 'o'}, {0x25C7, '^'},
	{0x25C8, 'o'}, {0x2297, '@'}, {0x2588, '#'}, {0x2591, '.'}, {0x2581, '.'}, {0x2582, ':'},
	{0x2583, '-'}, {0x2584, '='}, {0x2585, '+'}, {0x2586, '*'}, {0x2587, '%'}, {0x2191, '^'},
	{0x2193, 'v'}, {0x2190, '<'}, {0x2192, '>'}, {0x25CB, 'o'}, {0x2713, '*'}, {0x2717, 'x'}, {0x2020, 't'},
	{0x2265, '>'}, {0x2264, '<'}, {0x25C9, '*'}, {0x258F, '|'}, {0x2595, '|'}, {0x25C6, '#'},
};

static char ascii_twin(unsigned int code)
{
	if (code > 0x2800 && code <= 0x28FF) {
		int dots = 0;
		for (unsigned int bits = code & 0xFF; bits; bits &= bits - 1)
			dots++;
		return dots == 1 ? '.' : dots < 4 ? ':' : '#';
	}
	for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
		if (twins[i].code == code)
			return twins[i].twin;
	return '?';
}

/* Puts `text` (`width` columns wide at most) on the screen, as ASCII if so. */
static void put(struct screen *screen, int row, int column, enum style style, const char *text,
		size_t bytes)
{
	char line[1024];
	size_t filled = 0;

	for (size_t i = 0; i < bytes && filled + 8 < sizeof line;) {
		unsigned int code;
		size_t length = utf8_decode(text + i, &code);
		if (code < ' ' || (code >= 0x7F && (code < 0xA0 || utf8_is_hidden(code)))) {
			/* Names are clean; what a damaged cache holds is not. */
		} else if (code == 0xFFFD && length < 3) {
			filled += (size_t)snprintf(line + filled, sizeof line - filled, "%s",
						   screen->ascii ? "?" : "\xEF\xBF\xBD");
		} else if (!screen->ascii || code < 0x80) {
			memcpy(line + filled, text + i, length);
			filled += length;
		} else {
			char twin = ascii_twin(code);
			char sign[5] = {0};
			memcpy(sign, text + i, length);
			for (int width = utf8_width(sign); width > 0; width--)
				line[filled++] = twin;
		}
		i += length;
	}
	line[filled] = '\0';
	screen_put(screen, row, column, style, line);
}

int draw_text(struct screen *screen, const struct area *area, int row, int column,
	      enum style style, const char *text)
{
	int used;

	if (row < 0 || row >= area->height || column < 0 || column >= area->width)
		return 0;
	size_t bytes = utf8_prefix(text, area->width - column, &used);
	put(screen, area->top + row, area->left + column, style, text, bytes);
	return used;
}

int draw_format(struct screen *screen, const struct area *area, int row, int column,
		enum style style, const char *format, ...)
{
	char line[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	return draw_text(screen, area, row, column, style, line);
}

int draw_fit(struct screen *screen, const struct area *area, int row, int column, int width,
	     enum style style, const char *text)
{
	int total = utf8_width(text), used;

	if (width > area->width - column)
		width = area->width - column;
	if (row < 0 || row >= area->height || column < 0 || width <= 0)
		return 0;
	if (total <= width)
		return draw_text(screen, area, row, column, style, text);
	struct area narrow = {area->top, area->left, area->height, column + width};
	int head = (width - 1) * 3 / 5, tail = width - 1 - head;
	size_t bytes = utf8_prefix(text, head, &used);
	put(screen, area->top + row, area->left + column, style, text, bytes);
	used += draw_text(screen, &narrow, row, column + used, style, "…");
	bytes = utf8_prefix(text, total - tail, &total);
	/* A wide character at the cut may leave one column more than fits. */
	const char *rest = text + bytes;
	while (utf8_width(rest) > tail) {
		unsigned int code;
		rest += utf8_decode(rest, &code);
	}
	return used + draw_text(screen, &narrow, row, column + used, style, rest);
}

int draw_right(struct screen *screen, const struct area *area, int row, int column,
	       enum style style, const char *text)
{
	return draw_text(screen, area, row, column - utf8_width(text), style, text);
}

void draw_repeat(struct screen *screen, const struct area *area, int row, int column, int width,
		 enum style style, const char *sign)
{
	for (int i = 0; i < width; i++)
		draw_text(screen, area, row, column + i, style, sign);
}

static enum style bar_style(char cell)
{
	return cell == 'o' || cell == '*' ? STYLE_POINT
	     : cell == 'x' || cell == '@' ? STYLE_PUBLISHED
	     : cell == 'd' ? STYLE_MARK
			   : STYLE_BAR;
}

static const char *bar_sign(char cell)
{
	switch (cell) {
	case '-': return "─";
	case '[': return "├";
	case ']': return "┤";
	case 'o': return "●";
	case 'x': return "×";
	case '@': return "⊗";
	case 'd': return "◇";
	case '*': return "◈";
	default: return " ";
	}
}

void draw_bar(struct screen *screen, const struct area *area, int row, int column, const char *cells)
{
	for (int i = 0; cells[i]; i++)
		if (cells[i] != ' ')
			draw_text(screen, area, row, column + i, bar_style(cells[i]),
				  bar_sign(cells[i]));
}

const char *plus_minus(const struct screen *screen)
{
	return screen->ascii ? "+-" : "±";
}
