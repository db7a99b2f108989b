/* Figures as text. */
#include <math.h>
#include <stdio.h>

#include "browser.h"

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
