/* Scatter: models by two measures, and those that no other beats. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart_front.h"
#include "stemma/app/chart.h"
#include "stemma/base/memory.h"

#define NAMED_MAX 2000   /* models whose points have names */
#define THIN_ABOVE 20000 /* models of which not each is drawn: */
#define THIN_COLUMNS 800 /* one a cell of such a grid */
#define THIN_ROWS 500

static const struct {
	const char *word, *title;
	enum picture_scale scale;
	bool upwards;
} facts[] = {
#define X(symbol, word, title, scale, upwards) {word, title, scale, upwards},
	CHART_MEASURE_TABLE(X)
#undef X
};

enum status chart_measure_parse(const struct session *session, const char *word, struct chart_measure *measure,
				struct text *said, struct error *error)
{
	struct target_names names = session_names(session);

	*measure = (struct chart_measure){.fact = 0};
	while (measure->fact < CHART_TARGET && strcmp(word, facts[measure->fact].word) != 0)
		measure->fact++;
	return measure->fact == CHART_TARGET ? target_parse(session->catalog, &names, word, &measure->target, said, error)
					     : STATUS_OK;
}

void chart_measure_free(struct chart_measure *measure)
{
	target_free(&measure->target);
	*measure = (struct chart_measure){.fact = 0};
}

struct target chart_common_part(const struct session *session, const struct engine_target *target)
{
	const struct catalog_benchmark *benchmarks = session->catalog->benchmarks;
	uint32_t most = target->benchmark[0];

	for (size_t i = 1; i < target->count; i++)
		if (benchmarks[target->benchmark[i]].models > benchmarks[most].models)
			most = target->benchmark[i];
	return target_make(benchmarks[most].key, 1, &most, (const double[]){1});
}

/* ---- measures -------------------------------------------------------------------------- */

struct axis {
	const struct chart_measure *measure;
	double *by_row; /* of a target; owned */
	bool upwards;   /* more is better */
};

static struct axis axis_begin(const struct catalog *catalog, const struct chart_measure *measure)
{
	bool fact = measure->fact != CHART_TARGET;

	return (struct axis){measure, fact ? NULL : catalog_target_by_row(catalog, &measure->target.engine),
			     fact ? facts[measure->fact].upwards : target_upwards(catalog, &measure->target.engine)};
}

static double axis_value(const struct axis *axis, const struct catalog *catalog, size_t model)
{
	switch (axis->measure->fact) {
	case CHART_SIZE:
		return catalog->models[model].params_b > 0 ? catalog->models[model].params_b : NAN;
	case CHART_DATE:
		return catalog->models[model].uploaded;
	case CHART_LIKES:
		return catalog->models[model].likes > 0 ? catalog->models[model].likes : NAN;
	case CHART_TARGET:
		break;
	}
	return axis->by_row[catalog->score_row[model]];
}

static void append_title(const struct catalog *catalog, const struct chart_measure *measure, bool with_unit,
			 struct text *out)
{
	if (measure->fact != CHART_TARGET) {
		text_append(out, with_unit ? facts[measure->fact].title : facts[measure->fact].word);
		return;
	}
	const char *unit = target_unit(catalog, &measure->target.engine);
	text_append(out, target_full_title(catalog, &measure->target));
	if (with_unit && *unit)
		text_append_format(out, " (%s)", unit);
}

static enum picture_scale scale_of(const struct chart_measure *measure)
{
	return measure->fact == CHART_TARGET ? PICTURE_LINEAR : facts[measure->fact].scale;
}

/* ---- the front --------------------------------------------------------------------------- */

static const char *short_name(const struct catalog *catalog, size_t model)
{
	const char *name = catalog->models[model].name, *slash = strrchr(name, '/');

	return slash && slash[1] ? slash + 1 : name;
}

/* As steps: what is the best at so much across, or better. */
static void draw_front(const struct catalog *catalog, const struct front *front, struct picture *picture)
{
	char legend[64];

	picture_series(picture, PICTURE_LINE, PICTURE_BEST, NULL);
	for (size_t i = 0; i < front->count; i++) {
		if (i > 0)
			picture_point(picture, front->points[i].x, front->points[i - 1].y, NULL);
		picture_point(picture, front->points[i].x, front->points[i].y, NULL);
	}
	snprintf(legend, sizeof legend, "no model is better in both (%zu)", front->count);
	for (size_t i = front->count; i-- > 0;)
		picture_mark(picture, front->points[i].x, front->points[i].y, PICTURE_BEST, "◆", '#',
			     short_name(catalog, front->points[i].model), i == 0 ? legend : NULL);
}

/* ---- the picture ------------------------------------------------------------------------- */

/* Whether all that are placed have scores: then the others need not be looked at. */
static bool of_scored_only(const struct axis axes[2])
{
	return axes[0].by_row || axes[1].by_row;
}

/* The points of the last series, and those of the front. */
static size_t collect(const struct catalog *catalog, const struct axis axes[2], const uint8_t *fit, struct front *front,
		      struct picture *picture)
{
	bool scored_only = of_scored_only(axes);
	bool named = (scored_only ? catalog->scored_count : catalog->count) <= NAMED_MAX;
	size_t count = 0;

	for (size_t model = 0; model < catalog->count; model++) {
		if ((fit && fit[model] != 1) || (scored_only && !catalog_is_scored(catalog, model)))
			continue;
		struct chart_place point = {axis_value(&axes[0], catalog, model), axis_value(&axes[1], catalog, model), model};
		if (isnan(point.x) || isnan(point.y))
			continue;
		count++;
		picture_point(picture, point.x, point.y, named ? catalog->models[model].name : NULL);
		front_add(front, point);
	}
	return count;
}

/* Takes the points over, from the left to the right. */
static void hand_over(const struct front *front, struct chart_front *out)
{
	bool backwards = front->upwards[0];

	for (size_t i = 0; backwards && i < front->count / 2; i++) {
		struct chart_place place = front->points[i];
		front->points[i] = front->points[front->count - 1 - i];
		front->points[front->count - 1 - i] = place;
	}
	*out = (struct chart_front){front->count, front->points};
}

static void mark_model(const struct catalog *catalog, const struct axis axes[2], size_t model, struct picture *picture)
{
	double x = axis_value(&axes[0], catalog, model), y = axis_value(&axes[1], catalog, model);

	if (!isnan(x) && !isnan(y))
		picture_mark(picture, x, y, PICTURE_GOOD, "●", '@', NULL, short_name(catalog, model));
}

size_t chart_scatter(const struct session *session, const struct chart_measure measures[2], const uint8_t *fit,
		     size_t model, struct picture *picture, struct chart_front *front_out)
{
	const struct catalog *catalog = session->catalog;
	struct axis axes[2] = {axis_begin(catalog, &measures[0]), axis_begin(catalog, &measures[1])};
	struct front front = {.upwards = {axes[0].upwards, axes[1].upwards}};
	struct text title = {0}, across = {0}, up = {0};

	append_title(catalog, &measures[0], true, &across);
	append_title(catalog, &measures[1], true, &up);
	append_title(catalog, &measures[1], false, &title);
	text_append(&title, " by ");
	append_title(catalog, &measures[0], false, &title);
	picture_init(picture, text_string(&title));
	picture_axes(picture, scale_of(&measures[0]), text_string(&across), scale_of(&measures[1]), text_string(&up));
	picture_series(picture, PICTURE_DOTS, PICTURE_POINT, NULL);
	size_t count = collect(catalog, axes, fit, &front, picture);
	if (count > THIN_ABOVE)
		picture_thin(picture, THIN_COLUMNS, THIN_ROWS);
	text_clear(&title);
	text_append_format(&title, "%zu model%s", count, count == 1 ? "" : "s");
	picture->series[0].name = memory_string(text_string(&title));
	if (front.count > 0)
		draw_front(catalog, &front, picture);
	if (model != CATALOG_NONE)
		mark_model(catalog, axes, model, picture);
	picture_fit(picture);
	text_free(&title);
	text_free(&across);
	text_free(&up);
	if (front_out)
		hand_over(&front, front_out);
	else
		free(front.points);
	free(axes[0].by_row);
	free(axes[1].by_row);
	return count;
}
