#include "stemma/base/picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

#define MARGIN 0.04 /* of an extent, on each side */

void picture_init(struct picture *picture, const char *title)
{
	*picture = (struct picture){.title = memory_string(title), .across = {.low = NAN, .high = NAN},
				    .up = {.low = NAN, .high = NAN}};
}

void picture_unmark(struct picture *picture, size_t first)
{
	while (picture->mark_count > first) {
		free(picture->marks[--picture->mark_count].text);
		free(picture->marks[picture->mark_count].legend);
	}
}

static void free_series(struct picture_series *series)
{
	for (size_t i = 0; i < series->count; i++)
		free(series->data[i].name);
	free(series->data);
	free(series->name);
}

void picture_free(struct picture *picture)
{
	for (size_t i = 0; i < picture->series_count; i++)
		free_series(&picture->series[i]);
	picture_unmark(picture, 0);
	for (size_t i = 0; i < picture->row_count; i++) {
		free(picture->rows[i].label);
		free(picture->rows[i].figure);
	}
	free(picture->series);
	free(picture->marks);
	free(picture->rows);
	free(picture->title);
	free(picture->across.title);
	free(picture->up.title);
	*picture = (struct picture){0};
}

void picture_axes(struct picture *picture, enum picture_scale across, const char *across_title, enum picture_scale up,
		  const char *up_title)
{
	free(picture->across.title);
	free(picture->up.title);
	picture->across = (struct picture_axis){memory_string(across_title), across, NAN, NAN};
	picture->up = (struct picture_axis){memory_string(up_title), up, NAN, NAN};
}

void picture_series(struct picture *picture, enum picture_kind kind, enum picture_look look, const char *name)
{
	picture->series = memory_grow(picture->series, picture->series_count, &picture->series_capacity,
				      sizeof *picture->series);
	picture->series[picture->series_count++] =
		(struct picture_series){.kind = kind, .look = look, .name = memory_string(name)};
}

static void add(struct picture *picture, struct picture_datum datum)
{
	struct picture_series *series = &picture->series[picture->series_count - 1];

	series->data = memory_grow(series->data, series->count, &series->capacity, sizeof *series->data);
	series->data[series->count++] = datum;
}

void picture_point(struct picture *picture, double x, double y, const char *name)
{
	add(picture, (struct picture_datum){x, y, y, memory_string(name)});
}

void picture_span(struct picture *picture, double x, double low, double high)
{
	add(picture, (struct picture_datum){x, low, high, NULL});
}

void picture_mark(struct picture *picture, double x, double y, enum picture_look look, const char *sign, char ascii,
		  const char *text, const char *legend)
{
	struct picture_mark added = {.x = x, .y = y, .look = look, .ascii = ascii, .text = memory_string(text),
				     .legend = memory_string(legend)};

	snprintf(added.sign, sizeof added.sign, "%s", sign);
	picture->marks = memory_grow(picture->marks, picture->mark_count, &picture->mark_capacity,
				     sizeof *picture->marks);
	picture->marks[picture->mark_count++] = added;
}

void picture_row(struct picture *picture, const char *label, const char *figure, double from, double to,
		 enum picture_look look)
{
	picture->rows = memory_grow(picture->rows, picture->row_count, &picture->row_capacity, sizeof *picture->rows);
	picture->rows[picture->row_count++] =
		(struct picture_row){memory_string(label), memory_string(figure), from, to, look};
}

/* ---- extents ----------------------------------------------------------------------------- */

/* Takes a value into an extent, on the scale of the axis. */
static void include(const struct picture_axis *axis, double value, double *low, double *high)
{
	if (axis->scale == PICTURE_LOG)
		value = value > 0 ? log10(value) : NAN;
	if (!isfinite(value))
		return;
	*low = isnan(*low) ? value : fmin(*low, value);
	*high = isnan(*high) ? value : fmax(*high, value);
}

static void fit_axis(struct picture_axis *axis, double low, double high)
{
	double extent = high - low;

	if (!isnan(axis->low) && !isnan(axis->high))
		return;
	if (isnan(low))
		low = 0, extent = 1;
	if (!(extent > 0)) /* all in one place */
		low -= 0.5, extent = 1;
	high = low + (1 + MARGIN) * extent;
	low -= MARGIN * extent;
	axis->low = axis->scale == PICTURE_LOG ? pow(10, low) : low;
	axis->high = axis->scale == PICTURE_LOG ? pow(10, high) : high;
}

static void include_series(const struct picture *picture, const struct picture_series *series, double across[2],
			   double up[2])
{
	for (size_t i = 0; i < series->count; i++) {
		const struct picture_datum *datum = &series->data[i];
		if (isnan(datum->x) || isnan(datum->low) || isnan(datum->high))
			continue;
		include(&picture->across, datum->x, &across[0], &across[1]);
		include(&picture->up, datum->low, &up[0], &up[1]);
		include(&picture->up, datum->high, &up[0], &up[1]);
	}
}

void picture_fit(struct picture *picture)
{
	double across[2] = {NAN, NAN}, up[2] = {NAN, NAN};

	for (size_t i = 0; i < picture->series_count; i++)
		include_series(picture, &picture->series[i], across, up);
	for (size_t i = 0; i < picture->mark_count; i++) {
		include(&picture->across, picture->marks[i].x, &across[0], &across[1]);
		include(&picture->up, picture->marks[i].y, &up[0], &up[1]);
	}
	for (size_t i = 0; i < picture->row_count; i++) {
		include(&picture->across, picture->rows[i].from, &across[0], &across[1]);
		include(&picture->across, picture->rows[i].to, &across[0], &across[1]);
	}
	fit_axis(&picture->across, across[0], across[1]);
	fit_axis(&picture->up, up[0], up[1]);
}

static size_t grid_step(const struct picture_axis *axis, double value, size_t steps)
{
	double place = picture_place(axis, value) * (double)steps;

	return place <= 0 ? 0 : place >= (double)steps ? steps - 1 : (size_t)place;
}

void picture_thin(struct picture *picture, size_t columns, size_t rows)
{
	struct picture_series *series = &picture->series[picture->series_count - 1];
	struct picture_axis across = picture->across, up = picture->up;
	double extent[2][2] = {{NAN, NAN}, {NAN, NAN}};
	bool *taken = memory_zero(columns * rows, sizeof *taken);
	size_t kept = 0;

	across.low = across.high = up.low = up.high = NAN;
	include_series(picture, series, extent[0], extent[1]);
	fit_axis(&across, extent[0][0], extent[0][1]);
	fit_axis(&up, extent[1][0], extent[1][1]);
	for (size_t i = 0; i < series->count; i++) {
		struct picture_datum datum = series->data[i];
		bool drawn = !isnan(picture_place(&across, datum.x)) && !isnan(picture_place(&up, datum.low));
		bool *cell = &taken[drawn ? grid_step(&up, datum.low, rows) * columns + grid_step(&across, datum.x, columns) : 0];
		if (!drawn || *cell) {
			free(datum.name);
			continue;
		}
		*cell = true;
		series->data[kept++] = datum;
	}
	series->count = kept;
	free(taken);
}
