/* Figures as text. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "browser.h"
#include "stemma/base/utf8.h"

const char *figure(char *buffer, double value)
{
	if (isnan(value))
		snprintf(buffer, FIGURE_SIZE, "·");
	else
		snprintf(buffer, FIGURE_SIZE, "%.1f", value);
	return buffer;
}

/* A number in `size` bytes, thousands apart. */
static void write_number(char *buffer, size_t size, double value, int decimals)
{
	double whole = floor(fabs(value) + 0.5);
	char count[FIGURE_SIZE];

	if (isnan(value))
		snprintf(buffer, size, "·");
	else if (decimals > 0 || whole < 1000 || whole >= 1e9)
		snprintf(buffer, size, "%.*f", decimals, value);
	else
		snprintf(buffer, size, "%s%s", value < 0 ? "−" : "", figure_count(count, (size_t)whole));
}

const char *figure_on(char *buffer, const struct board_row *row, double value, bool predicted)
{
	bool marked = predicted && !isnan(value);

	buffer[0] = '~';
	write_number(buffer + marked, FIGURE_SIZE - marked, value, row->decimals);
	return buffer;
}

const char *figure_margin(char *buffer, const struct screen *screen, const struct board_row *row, double half)
{
	size_t length = (size_t)snprintf(buffer, FIGURE_SIZE, "%s", plus_minus(screen));

	write_number(buffer + length, FIGURE_SIZE - length, half, row->decimals);
	return buffer;
}

const char *figure_signed(char *buffer, double value, int decimals)
{
	double scale = pow(10, decimals), size = floor(fabs(value) * scale + 0.5) / scale;

	if (isnan(value))
		snprintf(buffer, FIGURE_SIZE, "·");
	else
		snprintf(buffer, FIGURE_SIZE, "%s%.*f", size == 0 ? "" : value < 0 ? "−" : "+",
			 decimals, size);
	return buffer;
}

const char *figure_reason(char *buffer, const struct browser *browser, const struct engine_contribution *part)
{
	char above[FIGURE_SIZE];
	const char *name = tree_name(browser->tree, part->model);

	if (!part->like)
		return name;
	snprintf(buffer, REASON_SIZE, "like %s (%s)", name, figure_signed(above, part->above, browser->rows[0].decimals));
	return buffer;
}

const char *figure_count(char *buffer, size_t value)
{
	if (value < 1000)
		snprintf(buffer, FIGURE_SIZE, "%zu", value);
	else if (value < 1000000)
		snprintf(buffer, FIGURE_SIZE, "%zu,%03zu", value / 1000, value % 1000);
	else
		snprintf(buffer, FIGURE_SIZE, "%zu,%03zu,%03zu", value / 1000000,
			 value / 1000 % 1000, value % 1000);
	return buffer;
}

size_t text_break(const char *text, int width)
{
	size_t bytes = utf8_prefix(text, width, NULL), end = bytes;

	if (!text[bytes])
		return bytes;
	while (end > 0 && text[end] != ' ')
		end--;
	return end > 0 ? end : bytes > 0 ? bytes : strlen(text);
}

size_t text_take_line(const char **text, int width)
{
	const char *start = *text;
	size_t bytes = text_break(start, width);

	*text = start + bytes + strspn(start + bytes, " ");
	return bytes;
}
