/* Names: finding a model or benchmark by what the user typed. */
#include "catalog.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/text.h"
#include "stemma/base/utf8.h"

#define OFFERS 3          /* names in "did you mean" */
#define NAME_BYTES 128    /* longer names are not compared by letters */

const uint32_t *catalog_by_name(const struct catalog *catalog)
{
	return catalog->by_name;
}

/* The names, then the aliases, each sorted. */
static size_t name_count(const struct catalog *catalog)
{
	return catalog->count + catalog->alias_count;
}

static const char *name_at(const struct catalog *catalog, size_t i, size_t *model)
{
	bool alias = i >= catalog->count;

	*model = alias ? catalog->aliases[i - catalog->count].model : catalog->by_name[i];
	return alias ? catalog->aliases[i - catalog->count].alias : catalog->models[*model].name;
}

/* Looks from place `low` to before `high`. */
static size_t find_between(const struct catalog *catalog, const char *name, size_t low, size_t high)
{
	size_t end = high, model;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (utf8_compare_names(name_at(catalog, middle, &model), name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < end && utf8_compare_names(name_at(catalog, low, &model), name) == 0)
		return model;
	return CATALOG_NONE;
}

/* A model's own name goes before an alias. */
size_t catalog_find(const struct catalog *catalog, const char *name)
{
	size_t found = find_between(catalog, name, 0, catalog->count);

	return found != CATALOG_NONE ? found
		: find_between(catalog, name, catalog->count, name_count(catalog));
}

size_t catalog_find_id(const struct catalog *catalog, int64_t id)
{
	size_t low = 0, high = catalog->count;

	if (catalog->dense) {
		int64_t first = catalog->models[0].id;
		return id >= first && (uint64_t)(id - first) < high ? (size_t)(id - first) : CATALOG_NONE;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (catalog->models[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < catalog->count && catalog->models[low].id == id ? low : CATALOG_NONE;
}

/* ---- did you mean ---------------------------------------------------------- */

static const char *name_without_owner(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

static int letter(char character)
{
	return character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character;
}

size_t names_edit_distance(const char *a, const char *b, size_t limit)
{
	size_t row[NAME_BYTES + 1], length_a = strlen(a), length_b = strlen(b);
	size_t apart = length_a > length_b ? length_a - length_b : length_b - length_a;

	if (length_b > NAME_BYTES || apart > limit)
		return limit + 1;
	for (size_t j = 0; j <= length_b; j++)
		row[j] = j;
	for (size_t i = 1; i <= length_a; i++) {
		size_t diagonal = row[0], least = i;
		row[0] = i;
		for (size_t j = 1; j <= length_b; j++) {
			size_t cost = diagonal + (letter(a[i - 1]) != letter(b[j - 1]));
			diagonal = row[j];
			if (row[j - 1] + 1 < cost)
				cost = row[j - 1] + 1;
			if (row[j] + 1 < cost)
				cost = row[j] + 1;
			row[j] = cost;
			if (cost < least)
				least = cost;
		}
		if (least > limit)
			return limit + 1;
	}
	return row[length_b];
}

/* How far a name is from what was typed: 0 the same, INFINITY no likeness, or more
 * than `most`.  A name that contains it is near, the nearer the less it has besides. */
static double name_distance(const char *typed, const char *name, double most)
{
	size_t length = strlen(typed), limit = length / 3 > 2 ? length / 3 : 2;

	if (!strchr(typed, '/'))
		name = name_without_owner(name);
	double besides = 0.5 + ((double)strlen(name) - (double)length) / 100;
	bool contains = length >= 3 && besides >= 0.5 && besides <= most && strcasestr(name, typed);
	if ((double)limit > most)
		limit = (size_t)most;
	size_t edits = names_edit_distance(typed, name, limit);
	double distance = edits <= limit ? (double)edits : INFINITY;
	return contains ? fmin(distance, besides) : distance;
}

struct offer {
	double distance;
	size_t model;
};

/* Puts a model among the nearest ones, sorted; a model known by two names
 * counts once. */
static void offer_add(struct offer *offers, size_t *count, struct offer offer)
{
	size_t place = 0;

	for (size_t i = 0; i < *count; i++) {
		if (offers[i].model != offer.model)
			continue;
		if (offers[i].distance <= offer.distance)
			return;
		memmove(&offers[i], &offers[i + 1], (--*count - i) * sizeof *offers);
		break;
	}
	while (place < *count && offers[place].distance <= offer.distance)
		place++;
	if (place == OFFERS)
		return;
	if (*count < OFFERS)
		(*count)++;
	memmove(&offers[place + 1], &offers[place], (*count - 1 - place) * sizeof *offers);
	offers[place] = offer;
}

static size_t catalog_nearest(const struct catalog *catalog, const char *typed,
			      struct offer offers[OFFERS])
{
	size_t count = 0;

	if (strlen(typed) > NAME_BYTES)
		return 0;
	for (size_t i = 0; i < name_count(catalog); i++) {
		struct offer offer;
		/* Farther ones than those that are offered need not be measured. */
		double most = count == OFFERS ? offers[OFFERS - 1].distance : INFINITY;
		offer.distance = name_distance(typed, name_at(catalog, i, &offer.model), most);
		if (offer.distance < INFINITY)
			offer_add(offers, &count, offer);
	}
	return count;
}

/* "A", "A or B", "A, B or C". */
static void append_choices(struct text *text, const struct catalog *catalog,
			   const struct offer *offers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *join = i == 0 ? "" : i + 1 == count ? " or " : ", ";
		text_append_format(text, "%s%s", join, catalog->models[offers[i].model].name);
	}
}

/* ---- resolving ------------------------------------------------------------- */

/* Models whose name without owner is `name`: how many, and the first ones. */
static size_t catalog_find_short(const struct catalog *catalog, const char *name,
				 struct offer offers[OFFERS])
{
	size_t count = 0;

	for (size_t i = 0; i < name_count(catalog); i++) {
		size_t model;
		if (utf8_compare_names(name_without_owner(name_at(catalog, i, &model)), name) != 0)
			continue;
		bool known = false;
		for (size_t k = 0; k < count && k < OFFERS; k++)
			known = known || offers[k].model == model;
		if (!known && count < OFFERS)
			offers[count].model = model;
		count += !known;
	}
	return count;
}

static enum status fail_ambiguous(const struct catalog *catalog, const char *name, size_t count,
				  const struct offer *offers, struct error *error)
{
	struct text choices = {0};

	append_choices(&choices, catalog, offers, count < OFFERS ? count : OFFERS);
	error_set(error, STATUS_NO_INPUT, "%.100s fits %zu models", name, count);
	error_advise(error, "name the owner too: %s", text_string(&choices));
	text_free(&choices);
	return STATUS_NO_INPUT;
}

static enum status fail_unknown(const struct catalog *catalog, const char *name,
				struct error *error)
{
	struct offer offers[OFFERS] = {{0}};
	size_t count = catalog_nearest(catalog, name, offers);
	struct text choices = {0};

	error_set(error, STATUS_NO_INPUT, "no model %.200s in the cache", name);
	append_choices(&choices, catalog, offers, count);
	if (count > 0)
		error_advise(error, "did you mean %s?", text_string(&choices));
	text_free(&choices);
	return STATUS_NO_INPUT;
}

enum status catalog_resolve(const struct catalog *catalog, const char *name, size_t *model,
			    struct error *error)
{
	struct offer offers[OFFERS] = {{0}};

	*model = catalog_find(catalog, name);
	if (*model == CATALOG_NONE && !utf8_is_clean(name)) { /* names are kept without what does not show */
		char *clean = utf8_sanitize(name);
		*model = catalog_find(catalog, clean);
		free(clean);
	}
	if (*model != CATALOG_NONE)
		return STATUS_OK;
	size_t count = strchr(name, '/') ? 0 : catalog_find_short(catalog, name, offers);
	if (count > 1)
		return fail_ambiguous(catalog, name, count, offers, error);
	if (count == 0)
		return fail_unknown(catalog, name, error);
	*model = offers[0].model;
	return STATUS_OK;
}
