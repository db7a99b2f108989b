/* Axes of pictures: places of values, and round values to write on them. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "stemma/base/facts.h"
#include "stemma/base/picture.h"

double picture_place(const struct picture_axis *axis, double value)
{
	if (axis->scale == PICTURE_LOG)
		return value > 0 ? log(value / axis->low) / log(axis->high / axis->low) : NAN;
	return (value - axis->low) / (axis->high - axis->low);
}

/* Whether a value is on the axis, but for rounding. */
static bool is_on(const struct picture_axis *axis, double value)
{
	double place = picture_place(axis, value);

	return place >= -1e-9 && place <= 1 + 1e-9;
}

/* ---- numbers ---------------------------------------------------------------------------- */

/* The least step of 1, 2 or 5 times a power of ten that makes at most so many ticks. */
static double round_step(double extent, size_t most)
{
	double step = pow(10, floor(log10(extent / (double)most)));
	static const double factors[] = {1, 2, 5, 10, 20};

	for (size_t i = 0; i < 5; i++)
		if (floor(extent / (factors[i] * step) + 1e-9) + 1 <= (double)most)
			return factors[i] * step;
	return 50 * step;
}

static size_t linear_ticks(const struct picture_axis *axis, size_t most, struct picture_tick *ticks)
{
	double step = round_step(axis->high - axis->low, most);
	int decimals = step >= 1 ? 0 : (int)ceil(-log10(step) - 1e-9);
	size_t count = 0;

	for (double k = ceil(axis->low / step - 1e-9); count < most && is_on(axis, k * step); k++) {
		double value = k * step + 0.0; /* no "-0" */
		ticks[count].value = value;
		snprintf(ticks[count++].text, PICTURE_TICK_SIZE, "%.*f", decimals > 12 ? 12 : decimals, value);
	}
	return count;
}

/* Powers of ten, with 2 and 5 or 3 between them where they fit, or only each second, third ... power. */
static size_t log_try(const struct picture_axis *axis, const double *between, size_t each, size_t most,
		      struct picture_tick *ticks)
{
	size_t count = 0;

	for (int power = (int)floor(log10(axis->low)); power <= (int)ceil(log10(axis->high)); power++)
		for (const double *factor = between; *factor > 0; factor++) {
			double value = *factor * pow(10, power);
			if (power % (int)each != 0 || !is_on(axis, value))
				continue;
			if (count == most)
				return SIZE_MAX;
			ticks[count].value = value;
			snprintf(ticks[count++].text, PICTURE_TICK_SIZE, "%g", value);
		}
	return count;
}

static size_t log_ticks(const struct picture_axis *axis, size_t most, struct picture_tick *ticks)
{
	static const double fine[] = {1, 2, 5, 0}, middle[] = {1, 3, 0}, coarse[] = {1, 0};
	size_t count = log_try(axis, fine, 1, most, ticks);

	if (count == SIZE_MAX)
		count = log_try(axis, middle, 1, most, ticks);
	for (size_t each = 1; count == SIZE_MAX; each++)
		count = log_try(axis, coarse, each, most, ticks);
	/* Less than half a power of ten. */
	return count < 2 ? linear_ticks(axis, most, ticks) : count;
}

/* ---- dates ------------------------------------------------------------------------------ */

/* The first day of a month counted from year 0. */
static double month_start(int month)
{
	char text[32];

	snprintf(text, sizeof text, "%04d-%02d-01", month / 12, month % 12 + 1);
	return date_days(text);
}

static int month_of(double days)
{
	char text[11];
	int year = 0, month = 1;

	date_format(days, text);
	if (sscanf(text, "%d-%d", &year, &month) != 2)
		return 0;
	return 12 * year + month - 1;
}

static size_t month_ticks(const struct picture_axis *axis, int step, size_t most, struct picture_tick *ticks)
{
	size_t count = 0;
	int first = (month_of(axis->low) + step - 1) / step * step;

	for (int month = first; month_start(month) <= axis->high; month += step) {
		if (!is_on(axis, month_start(month)))
			continue;
		if (count == most)
			return SIZE_MAX;
		ticks[count].value = month_start(month);
		snprintf(ticks[count].text, PICTURE_TICK_SIZE, step % 12 == 0 ? "%04d" : "%04d-%02d", month / 12,
			 month % 12 + 1);
		count++;
	}
	return count;
}

static size_t day_ticks(const struct picture_axis *axis, size_t most, struct picture_tick *ticks)
{
	double step = fmax(1, ceil((axis->high - axis->low) / (double)(most - 1)));
	size_t count = 0;

	for (double day = ceil(axis->low); day <= axis->high && count < most; day += step) {
		char text[11];
		date_format(day, text);
		ticks[count].value = day;
		snprintf(ticks[count++].text, PICTURE_TICK_SIZE, "%s", text);
	}
	return count;
}

static size_t date_ticks(const struct picture_axis *axis, size_t most, struct picture_tick *ticks)
{
	static const int steps[] = {1, 3, 6, 12, 24, 60, 120, 600, 1200};
	size_t count = SIZE_MAX;

	for (size_t i = 0; i < sizeof steps / sizeof *steps && count == SIZE_MAX; i++)
		count = month_ticks(axis, steps[i], most, ticks);
	return count == SIZE_MAX || count < 2 ? day_ticks(axis, most, ticks) : count;
}

size_t picture_ticks(const struct picture_axis *axis, size_t most, struct picture_tick *ticks)
{
	most = most < 2 ? 2 : most > PICTURE_TICKS_MAX ? PICTURE_TICKS_MAX : most;
	switch (axis->scale) {
	case PICTURE_LOG:
		return log_ticks(axis, most, ticks);
	case PICTURE_DAYS:
		return date_ticks(axis, most, ticks);
	case PICTURE_LINEAR:
		break;
	}
	return linear_ticks(axis, most, ticks);
}
