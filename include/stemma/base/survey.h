/* Survey: what the values of one benchmark are that come together, as a column of a
 * table.  Where the table does not say their scale, they do. */
#ifndef STEMMA_BASE_SURVEY_H
#define STEMMA_BASE_SURVEY_H

#include <stdbool.h>
#include <stddef.h>

/* The values from -limit to limit. */
struct survey_range {
	size_t count;
	double least, most; /* of these, where there are any */
};
#define SURVEY_RANGES 5 /* up to 1, 2, 100, 200, and all */
/* Zero is one without values. */
struct value_survey {
	struct survey_range within[SURVEY_RANGES];
	bool percents; /* some values say that they are percentages */
};

void survey_add(struct value_survey *survey, double value);
/* Adds `count` values from `least` to `most`. */
void survey_add_range(struct value_survey *survey, size_t count, double least, double most);
/* What most values are: those of all that are not wild. */
const struct survey_range *survey_bulk(const struct value_survey *survey);
/* Whether a value is far from nearly all others, which are fractions (-1..1) or
 * percentages (-100..100).  Of values up to 1 a single one may be wild, of others one in
 * twenty, at least one. */
bool survey_is_wild(const struct value_survey *survey, double value);
/* Whether the values are fractions rather than points: from 0 to 1, and not all 0. */
bool survey_says_fractions(const struct value_survey *survey);

#endif
