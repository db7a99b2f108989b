/* Bars: figures drawn with characters, without a screen.
 *
 * A bar is a string of one-byte cells, which the screen turns into signs:
 *   ' ' nothing       '-' inside the interval   '[' ']' its ends
 *   'o' the estimate  'x' the published score   '@' both in one place
 *   'd' another mark  '*' estimate and other mark in one place */
#ifndef STEMMA_TUI_BARS_H
#define STEMMA_TUI_BARS_H

#include <stddef.h>

#define BAR_WIDTH_MAX 256

/* The ends of the axis that a bar stands on, in the unit of its values; low < high. */
struct bar_scale {
	double low, high;
};

struct bar_values {
	double low, mean, high; /* NAN = no estimate */
	double published;       /* NAN = none */
	double other;           /* NAN = none */
};

/* Fills `width` cells (1..BAR_WIDTH_MAX) and a terminating 0; what is beyond an end
 * is drawn there. */
void bar_interval(char *cells, int width, const struct bar_scale *scale, const struct bar_values *values);

/* The axis over such bars: its ends, its middle and its quarters where they belong,
 * as many of them as fit. */
void bar_axis(char *cells, int width, const struct bar_scale *scale);

/* Cell 0..width-1 of a value on the axis. */
int bar_place(double value, int width, const struct bar_scale *scale);

/* Decimals with which values on the scale are written: as many as tell a
 * thousandth of it. */
int bar_decimals(const struct bar_scale *scale);

/* Counts `values` (NAN skipped) into `bins` over low..high; what is outside
 * counts in the first or last one.  Returns the largest bin. */
size_t bar_histogram(const double *values, size_t count, double low, double high, size_t *bins,
		     int bin_count);

/* How many of 8 steps of the cell at `level` (0 = lowest) of `levels` a
 * column takes that shows `value` of `most`. */
int bar_eighths(size_t value, size_t most, int level, int levels);

#endif
