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

const char *benchmark_name(const struct browser *browser, size_t benchmark, char *buffer)
{
	const struct catalog *catalog = browser->session->catalog;
	size_t sets = catalog->benchmark_count + 1;
	const char *title = benchmark < catalog->benchmark_count ? catalog->benchmarks[benchmark].title
		: benchmark < sets ? "average" : browser->session->answers.list[benchmark - sets].key;

	/* What follows in parentheses says which scoring of the benchmark. */
	snprintf(buffer, FIGURE_SIZE, "%.*s", (int)strcspn(title, "("), title);
	for (size_t end = strlen(buffer); end > 1 && buffer[end - 1] == ' ';)
		buffer[--end] = '\0';
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
