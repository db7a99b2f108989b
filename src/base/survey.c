#include "stemma/base/survey.h"

#include <math.h>

enum { UP_TO_1, UP_TO_2, UP_TO_100, UP_TO_200, ALL };
static const double limits[SURVEY_RANGES] = {1, 2, 100, 200, INFINITY};

void survey_add_range(struct value_survey *survey, size_t count, double least, double most)
{
	double size = fmax(fabs(least), fabs(most));

	for (int i = 0; i < SURVEY_RANGES && count > 0; i++) {
		struct survey_range *range = &survey->within[i];
		if (size > limits[i])
			continue;
		range->least = range->count > 0 ? fmin(range->least, least) : least;
		range->most = range->count > 0 ? fmax(range->most, most) : most;
		range->count += count;
	}
}

void survey_add(struct value_survey *survey, double value)
{
	if (!isnan(value))
		survey_add_range(survey, 1, value, value);
}

static double size_of(const struct survey_range *range)
{
	return fmax(fabs(range->least), fabs(range->most));
}

/* Whether few values lie outside of a range, all of them further than it is wide: the range
 * behind it has no more. */
static bool is_bulk(const struct value_survey *survey, int index)
{
	const struct survey_range *inside = &survey->within[index], *all = &survey->within[ALL];
	size_t outside = all->count - inside->count;

	if (outside == 0)
		return inside->count > 0;
	if (survey->within[index + 1].count > inside->count)
		return false;
	/* Percentages below 1 are common on a hard test, and one of 16 among them is none
	 * that cannot be. */
	if (index == UP_TO_1)
		return outside == 1 && inside->count >= 3 && size_of(all) >= 10 * size_of(inside) &&
		       size_of(inside) >= 0.3;
	return inside->count >= 2 && (outside == 1 || outside <= all->count / 20);
}

static int bulk_of(const struct value_survey *survey)
{
	return is_bulk(survey, UP_TO_1) ? UP_TO_1 : is_bulk(survey, UP_TO_100) ? UP_TO_100 : ALL;
}

const struct survey_range *survey_bulk(const struct value_survey *survey)
{
	return &survey->within[bulk_of(survey)];
}

bool survey_is_wild(const struct value_survey *survey, double value)
{
	return fabs(value) > limits[bulk_of(survey)];
}

bool survey_says_fractions(const struct value_survey *survey)
{
	const struct survey_range *bulk = survey_bulk(survey);

	return !survey->percents && bulk->count > 0 && bulk->least >= 0 && bulk->most <= 1 && bulk->most > 0;
}
