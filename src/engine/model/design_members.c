/* What models take of groups: their members, knots of sizes and processes over dates. */
#include "model/design_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

/* Dates within this share of the length of a process are one. */
#define DATE_SHARE 0.125
/* A name of few words is no more alike for it. */
#define WORDS_MIN 3

/* ---- sizes -------------------------------------------------------------------------- */

/* The knot at or below a size, and how far from it to the next. */
static int knot_below(double size, double length, double *way)
{
	double place = size / (2 * length), below = floor(place);

	*way = place - below;
	return (int)below;
}

/* The features of a size, knots->count of them; returns what knots that are not there leave of its variance. */
static double knot_features(const struct knots *knots, double size, double length, double *phi)
{
	double way, left = 0;
	int below = knot_below(size, length, &way);

	for (size_t f = 0; f < knots->count; f++)
		phi[f] = 0;
	for (int next = 0; next < 2; next++) {
		int place = below + next - knots->first;
		double value = next ? sin(way * M_PI_2) : cos(way * M_PI_2);
		if (place >= 0 && place < (int)knots->count)
			phi[place] = value;
		else
			left += value * value;
	}
	return left;
}

struct knots knots_choose(double smallest, double largest, double length)
{
	double way;
	int first = knot_below(smallest, length, &way), last = knot_below(largest, length, &way) + (way > 0);

	return (struct knots){first, (size_t)(last - first + 1) < KNOTS_MAX ? (size_t)(last - first + 1) : KNOTS_MAX};
}

/* ---- group effects ------------------------------------------------------------------- */

static int compare_numbers(double a, double b)
{
	return (a > b) - (a < b);
}

int member_compare_shared(const int32_t *a, const int32_t *b)
{
	for (size_t i = 0; i < PRODUCT_MAX; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

int member_compare(const void *left, const void *right)
{
	const struct member *a = left, *b = right;
	int order = member_compare_shared(a->shared, b->shared);

	order = order ? order : compare_numbers(a->date, b->date);
	order = order ? order : (a->row > b->row) - (a->row < b->row);
	return order ? order : compare_numbers(a->size, b->size);
}

/* A model as a term sees it; false where the term says nothing of it.  Unknown sizes and
 * dates are all alike, and like none of the known ones. */
static bool make_member(const struct term *term, const struct kernel_point *point, struct member *member)
{
	*member = (struct member){.value = 1};
	for (size_t i = 0; i < PRODUCT_MAX && term->product[i].how; i++) {
		const struct comparison_of *comparison = &term->product[i];
		switch (comparison->how) {
		case SAME:
			member->shared[i] = point->attribute[comparison->argument];
			if (member->shared[i] == ATTRIBUTE_UNKNOWN)
				return false;
			break;
		case SIZE:
			member->shared[i] = point->size_known;
			member->size = point->size;
			break;
		case DATE:
			member->shared[i] = point->date_known;
			member->date = round(point->date / (DATE_SHARE * comparison->length));
			break;
		case LINEAR_SIZE:
			member->value *= point->size;
			break;
		case LINEAR_DATE:
			member->value *= point->date;
			break;
		default:
			break;
		}
	}
	return true;
}

/* Adds a member of a mixture to those that differ. */
static void mix_member(const struct member *member, double chance, struct member *members, size_t *count)
{
	size_t i = 0;

	while (i < *count && (member_compare_shared(members[i].shared, member->shared) != 0 ||
			      compare_numbers(members[i].size, member->size) != 0))
		i++;
	if (i == *count) {
		members[i] = *member;
		members[i].value = members[i].square = 0;
		++*count;
	}
	members[i].value += chance * member->value;
	members[i].square += chance * member->value * member->value;
}

void view_new(const struct design_index *index, const struct engine_model *facts, struct view *view)
{
	struct supposition list[SUPPOSED_MAX];

	view->count = supposed_list(index->supposed, facts, list);
	view->possible = memory_allocate(view->count, sizeof *view->possible);
	for (size_t i = 0; i < view->count; i++) {
		view->possible[i].chance = list[i].chance;
		attributes_point(index->attributes, &list[i].facts, &view->possible[i].point);
	}
}

size_t members_make(const struct design_index *index, const struct term *term, const struct engine_model *facts,
		    const struct view *view,
		    struct member members[ATTRIBUTE_WORDS_MAX])
{
	struct attribute_words_list list;
	struct member member;
	size_t count = 0;

	if (term->product[0].how != WORDS) {
		for (size_t i = 0; i < view->count; i++)
			if (make_member(term, &view->possible[i].point, &member))
				mix_member(&member, view->possible[i].chance, members, &count);
		return count;
	}
	attributes_words(index->attributes, facts, (enum attribute_words)term->product[0].argument, &list);
	double share = 1 / sqrt((double)(list.count > WORDS_MIN ? list.count : WORDS_MIN));
	for (size_t i = 0; i < list.count; i++)
		members[count++] = (struct member){.shared = {list.number[i]}, .value = share, .square = share * share};
	return count;
}

/* ---- processes ------------------------------------------------------------------------ */

double group_date_kept(double from, double to)
{
	return exp(-fabs(to - from) * DATE_SHARE);
}

static void take_date(const struct taker *taker, const struct group *group, size_t date, double factor,
		      const double *phi)
{
	size_t features = group->knots.count ? group->knots.count : 1;

	for (size_t f = 0; f < features; f++)
		if (factor * phi[f] != 0)
			taker->take(taker->context, group->first + date * features + f, factor * phi[f]);
}

/* Between two dates of the process: their mean as they are near, and the variance that is left. */
static double take_between(const struct taker *taker, const struct group *group, double date, const double *phi)
{
	size_t after = 0;

	while (after < group->dates && group->date[after] < date - 0.5)
		after++;
	if (after < group->dates && group->date[after] < date + 0.5) {
		take_date(taker, group, after, 1, phi);
		return 0;
	}
	double left = after > 0 ? group_date_kept(group->date[after - 1], date) : 0;
	double right = after < group->dates ? group_date_kept(group->date[after], date) : 0;
	double both = 1 - left * left * right * right;
	double from_left = left * (1 - right * right) / both, from_right = right * (1 - left * left) / both;
	if (after > 0)
		take_date(taker, group, after - 1, from_left, phi);
	if (after < group->dates)
		take_date(taker, group, after, from_right, phi);
	return 1 - from_left * left - from_right * right;
}

double members_take(const struct taker *taker, const struct term *term, const struct group *group,
		    const struct member *members, size_t count)
{
	const struct comparison_of *size = design_comparison(term, SIZE), *date = design_comparison(term, DATE);
	size_t features = size ? group->knots.count : 1;
	double phi[KNOTS_MAX] = {0}, one[KNOTS_MAX] = {1}, square = 0, told = 0, left = 0;

	for (size_t i = 0; i < count; i++) {
		square += members[i].square;
		if (size)
			knot_features(&group->knots, members[i].size, size->length, one);
		for (size_t f = 0; f < features; f++)
			phi[f] += members[i].value * one[f];
	}
	for (size_t f = 0; f < features; f++)
		told += phi[f] * phi[f];
	if (date)
		left = take_between(taker, group, members->date, phi);
	else
		take_date(taker, group, 0, 1, phi);
	return fmax(square - (1 - left) * told, 0);
}
