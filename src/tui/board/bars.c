#include "board/bars.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int bar_place(double value, int width, const struct bar_scale *scale)
{
	double share = (value - scale->low) / (scale->high - scale->low);

	return (int)lround((share < 0 ? 0 : share > 1 ? 1 : share) * (width - 1));
}

int bar_decimals(const struct bar_scale *scale)
{
	double span = scale->high - scale->low;

	return span <= 2 ? 3 : span <= 20 ? 2 : span <= 200 ? 1 : 0;
}

void bar_interval(char *cells, int width, const struct bar_scale *scale, const struct bar_values *values)
{
	memset(cells, ' ', (size_t)width);
	cells[width] = '\0';
	if (!isnan(values->low) && !isnan(values->high)) {
		int low = bar_place(values->low, width, scale), high = bar_place(values->high, width, scale);
		memset(cells + low, '-', (size_t)(high - low) + 1);
		cells[low] = '[';
		cells[high] = ']';
	}
	if (!isnan(values->other))
		cells[bar_place(values->other, width, scale)] = 'd';
	if (!isnan(values->mean)) {
		char *cell = &cells[bar_place(values->mean, width, scale)];
		*cell = *cell == 'd' ? '*' : 'o';
	}
	if (!isnan(values->published)) {
		char *cell = &cells[bar_place(values->published, width, scale)];
		*cell = *cell == 'o' || *cell == '*' ? '@' : 'x';
	}
}

/* "0.25", "50", "1174": with no more decimals than it needs. */
static int label_text(char label[16], double value, const struct bar_scale *scale)
{
	int decimals = bar_decimals(scale) - 1;
	int length = snprintf(label, 16, "%.*f", decimals < 0 ? 0 : decimals, value);

	while (strchr(label, '.') && (label[length - 1] == '0' || label[length - 1] == '.')) {
		bool point = label[length - 1] == '.';
		label[--length] = '\0';
		if (point)
			break;
	}
	return length;
}

/* Writes the number at a share of the axis, centred there; false when it would touch
 * another. */
static bool axis_label(char *cells, int width, double share, const struct bar_scale *scale)
{
	double value = scale->low + share * (scale->high - scale->low);
	char label[16];
	int length = label_text(label, value, scale);
	int start = bar_place(value, width, scale) - length / 2;

	if (start < 0)
		start = 0;
	if (start + length > width)
		start = width - length;
	int first = start > 0 ? start - 1 : 0;
	int last = start + length < width ? start + length : width - 1;
	for (int i = first; i <= last; i++)
		if (i < 0 || cells[i] != ' ')
			return false;
	if (start < 0)
		return false;
	memcpy(cells + start, label, (size_t)length);
	return true;
}

void bar_axis(char *cells, int width, const struct bar_scale *scale)
{
	char before[BAR_WIDTH_MAX + 1];

	memset(cells, ' ', (size_t)width);
	cells[width] = '\0';
	axis_label(cells, width, 0, scale);
	axis_label(cells, width, 1, scale);
	axis_label(cells, width, 0.5, scale);
	/* The quarters both or not at all. */
	memcpy(before, cells, (size_t)width + 1);
	if (!axis_label(cells, width, 0.25, scale) || !axis_label(cells, width, 0.75, scale))
		memcpy(cells, before, (size_t)width + 1);
}

size_t bar_histogram(const double *values, size_t count, double low, double high, size_t *bins,
		     int bin_count)
{
	size_t most = 0;

	memset(bins, 0, (size_t)bin_count * sizeof *bins);
	for (size_t i = 0; i < count; i++) {
		if (isnan(values[i]))
			continue;
		double place = floor((values[i] - low) / (high - low) * bin_count);
		int bin = place < 0 ? 0 : place >= bin_count ? bin_count - 1 : (int)place;
		if (++bins[bin] > most)
			most = bins[bin];
	}
	return most;
}

int bar_eighths(size_t value, size_t most, int level, int levels)
{
	if (most == 0 || value == 0)
		return 0;
	double height = (double)value / (double)most * levels * 8;
	/* Something is never drawn as nothing. */
	int eighths = (int)lround(height < 1 ? 1 : height) - level * 8;
	return eighths < 0 ? 0 : eighths > 8 ? 8 : eighths;
}
