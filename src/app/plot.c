#include "stemma/app/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

#define MARGIN 0.04 /* of the extent, on each side */

char plot_label(const struct front_result *result, size_t answer)
{
	static const char labels[] = "123456789abcdefghijklmnopqrstuvwyz";
	size_t merge = 0;

	if (result->answers[answer].count == 1)
		return PLOT_BEST;
	for (size_t i = 0; i < answer; i++)
		merge += result->answers[i].count > 1;
	return merge < sizeof labels - 1 ? labels[merge] : '+';
}

void plot_free(struct plot *plot)
{
	free(plot->cells);
	*plot = (struct plot){0};
}

bool plot_place(const struct plot *plot, double x, double y, int *column, int *row)
{
	double across = (x - plot->low[0]) / (plot->high[0] - plot->low[0]);
	double up = (y - plot->low[1]) / (plot->high[1] - plot->low[1]);

	if (!(across >= 0 && across <= 1 && up >= 0 && up <= 1))
		return false;
	*column = (int)lround(across * (plot->width - 1));
	*row = plot->height - 1 - (int)lround(up * (plot->height - 1));
	return true;
}

static void draw(struct plot *plot, double x, double y, char sign)
{
	int column, row;

	if (plot_place(plot, x, y, &column, &row))
		plot->cells[row * plot->width + column] = sign;
}

static void include(struct plot *plot, const double *point)
{
	for (int i = 0; i < 2; i++) {
		plot->low[i] = fmin(plot->low[i], point[i]);
		plot->high[i] = fmax(plot->high[i], point[i]);
	}
}

/* Both scores of the models that the search could take, two a model. */
static double *published_points(const struct catalog *catalog, const struct wish_search *search, size_t *count)
{
	double *points = memory_allocate(2 * (catalog->scored_count + 1), sizeof *points);

	*count = 0;
	for (size_t i = 0; i < catalog->count && *count < catalog->scored_count; i++) {
		double x = catalog_target(catalog, i, &search->axes[0].engine);
		double y = catalog_target(catalog, i, &search->axes[1].engine);
		if (!search->allowed[i] || isnan(x) || isnan(y))
			continue;
		points[2 * *count] = x;
		points[2 * (*count)++ + 1] = y;
	}
	return points;
}

/* Largest first on the first axis, then on the second. */
static int compare_points(const void *left, const void *right)
{
	const double *a = left, *b = right;

	for (int i = 0; i < 2; i++)
		if (a[i] > b[i] || a[i] < b[i])
			return a[i] > b[i] ? -1 : 1;
	return 0;
}

/* Moves the points that no other beats to the beginning; their number. */
static size_t best_first(double *points, size_t count)
{
	double highest = -INFINITY;
	size_t best = 0;

	if (count > 0)
		qsort(points, count, 2 * sizeof *points, compare_points);
	for (size_t i = 0; i < count; i++) {
		if (points[2 * i + 1] <= highest)
			continue;
		const double point[2] = {points[2 * i], points[2 * i + 1]};
		highest = point[1];
		points[2 * i] = points[2 * best];
		points[2 * i + 1] = points[2 * best + 1];
		points[2 * best] = point[0];
		points[2 * best++ + 1] = point[1];
	}
	return best;
}

static void widen(struct plot *plot)
{
	for (int i = 0; i < 2; i++) {
		double extent = plot->high[i] - plot->low[i];
		if (!(extent > 0)) /* one point, or none */
			extent = 1;
		if (!isfinite(plot->low[i]))
			plot->low[i] = plot->high[i] = 0;
		plot->low[i] -= MARGIN * extent;
		plot->high[i] += MARGIN * extent;
	}
}

void plot_front(struct plot *plot, int width, int height, const struct catalog *catalog,
		const struct wish_search *search, const struct front_result *result)
{
	size_t count, best;
	double *points = published_points(catalog, search, &count);

	*plot = (struct plot){.width = width, .height = height, .low = {INFINITY, INFINITY},
			      .high = {-INFINITY, -INFINITY}};
	plot->cells = memory_allocate((size_t)(width * height), 1);
	memset(plot->cells, ' ', (size_t)(width * height));
	best = best_first(points, count);
	for (size_t i = 0; i < best; i++)
		include(plot, points + 2 * i);
	for (size_t i = 0; i < result->count; i++)
		include(plot, (const double[2]){result->answers[i].score[0].shown, result->answers[i].score[1].shown});
	widen(plot);
	for (size_t i = count; i-- > 0;)
		draw(plot, points[2 * i], points[2 * i + 1], i < best ? PLOT_BEST : PLOT_OTHER);
	for (size_t i = result->count; i-- > 0;)
		draw(plot, result->answers[i].score[0].shown, result->answers[i].score[1].shown, plot_label(result, i));
	free(points);
}
