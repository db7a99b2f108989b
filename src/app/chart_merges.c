/* The front of a search for merges, among what is published. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "chart_front.h"
#include "stemma/app/target.h"
#include "stemma/base/memory.h"

#define MARGIN 0.04 /* of the extent, on each side */
#define THIN_ABOVE 20000

char chart_label(const struct front_result *result, size_t answer)
{
	static const char labels[] = "123456789abcdefghijklmnopqrstuvwyz";
	size_t merge = 0;

	if (result->answers[answer].count == 1)
		return CHART_PUBLISHED;
	for (size_t i = 0; i < answer; i++)
		merge += result->answers[i].count > 1;
	return merge < sizeof labels - 1 ? labels[merge] : '+';
}

/* All models that the search could take; those that no other beats go to the front. */
static void add_published(const struct catalog *catalog, const struct wish_search *search, struct front *front,
			  struct picture *picture)
{
	picture_series(picture, PICTURE_DOTS, PICTURE_DIM, "other published models");
	for (size_t i = 0; i < catalog->count; i++) {
		if (!search->allowed[i] || !catalog_is_scored(catalog, i))
			continue;
		double x = catalog_target(catalog, i, &search->axes[0].engine);
		double y = catalog_target(catalog, i, &search->axes[1].engine);
		if (isnan(x) || isnan(y))
			continue;
		picture_point(picture, x, y, catalog->models[i].name);
		front_add(front, (struct chart_place){x, y, i});
	}
	if (picture->series[0].count > THIN_ABOVE)
		picture_thin(picture, 800, 500);
}

static void include(struct picture_axis *axis, double value)
{
	axis->low = isnan(axis->low) ? value : fmin(axis->low, value);
	axis->high = isnan(axis->high) ? value : fmax(axis->high, value);
}

static void widen(struct picture_axis *axis)
{
	double extent = axis->high > axis->low ? axis->high - axis->low : 1;

	if (isnan(axis->low)) /* nothing */
		axis->low = axis->high = 0;
	axis->low -= MARGIN * extent;
	axis->high += MARGIN * extent;
}

static void mark_front(const struct front *front, struct picture *picture)
{
	for (size_t i = front->count; i-- > 0;) {
		picture_mark(picture, front->points[i].x, front->points[i].y, PICTURE_TEXT, "×", CHART_PUBLISHED, NULL,
			     i == 0 ? "no other published model beats it" : NULL);
		include(&picture->across, front->points[i].x);
		include(&picture->up, front->points[i].y);
	}
}

static void mark_merges(const struct front_result *result, struct picture *picture)
{
	for (size_t i = result->count; i-- > 0;) {
		const struct front_score *score = result->answers[i].score;
		const char label[2] = {chart_label(result, i), '\0'};
		include(&picture->across, score[0].shown);
		include(&picture->up, score[1].shown);
		if (result->answers[i].count > 1)
			picture_mark(picture, score[0].shown, score[1].shown, PICTURE_POINT, label, *label, NULL,
				     *label == '1' ? "merges" : NULL);
	}
}

void chart_merges(const struct catalog *catalog, const struct wish_search *search, const struct front_result *result,
		  struct picture *picture)
{
	const struct target *axes = search->axes;
	struct front front = {.upwards = {target_upwards(catalog, &axes[0].engine), target_upwards(catalog, &axes[1].engine)}};
	struct text title = {0};

	text_append_format(&title, "%s by ", target_full_title(catalog, &axes[1]));
	text_append(&title, target_full_title(catalog, &axes[0]));
	picture_init(picture, text_string(&title));
	picture_axes(picture, PICTURE_LINEAR, target_full_title(catalog, &axes[0]), PICTURE_LINEAR,
		     target_full_title(catalog, &axes[1]));
	add_published(catalog, search, &front, picture);
	mark_front(&front, picture);
	mark_merges(result, picture);
	widen(&picture->across);
	widen(&picture->up);
	free(front.points);
	text_free(&title);
}
