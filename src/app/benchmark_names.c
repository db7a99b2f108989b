/* Finding a benchmark by what the user typed. */
#include "catalog.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/text.h"

#define OFFERS 8      /* candidates in an error */
#define LISTED_MAX 12 /* so few benchmarks are all named */

static bool same_word(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

size_t catalog_benchmark(const struct catalog *catalog, const char *key)
{
	for (size_t b = 0; b < catalog->benchmark_count; b++)
		if (same_word(catalog->benchmarks[b].key, key))
			return b;
	return CATALOG_NONE;
}

size_t catalog_benchmark_id(const struct catalog *catalog, int64_t id)
{
	size_t low = 0, high = catalog->benchmark_count; /* they stand by number */

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (catalog->benchmarks[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < catalog->benchmark_count && catalog->benchmarks[low].id == id ? low : CATALOG_NONE;
}

static size_t benchmark_by_alias(const struct catalog *catalog, const char *word)
{
	for (size_t i = 0; i < catalog->benchmark_alias_count; i++)
		if (same_word(catalog->benchmark_aliases[i].alias, word))
			return catalog->benchmark_aliases[i].benchmark;
	return CATALOG_NONE;
}

static size_t benchmark_by_title(const struct catalog *catalog, const char *word)
{
	size_t found = CATALOG_NONE;

	for (size_t b = 0; b < catalog->benchmark_count; b++) {
		if (!same_word(catalog->benchmarks[b].title, word))
			continue;
		/* Several suites may call their own the same: the best covered one. */
		if (found == CATALOG_NONE || catalog->benchmarks[b].models > catalog->benchmarks[found].models)
			found = b;
	}
	return found;
}

/* "helm_lite/gsm8k" and "gsm8k" are called the same, whatever their suites. */
static const char *own_name(const char *key)
{
	const char *slash = strrchr(key, '/');

	return slash ? slash + 1 : key;
}

static bool is_of_family(const struct catalog_benchmark *benchmark, const char *word)
{
	return same_word(benchmark->family, word) || same_word(own_name(benchmark->key), word);
}

/* The best covered member of a family, and how many there are; hidden ones do not count. */
static size_t benchmark_by_family(const struct catalog *catalog, const char *word, size_t *members)
{
	size_t found = CATALOG_NONE;

	*members = 0;
	for (size_t b = 0; b < catalog->benchmark_count; b++) {
		if (catalog->benchmarks[b].hidden || !is_of_family(&catalog->benchmarks[b], word))
			continue;
		++*members;
		if (found == CATALOG_NONE || catalog->benchmarks[b].models > catalog->benchmarks[found].models)
			found = b;
	}
	return found;
}

static bool begins_with(const char *text, const char *word)
{
	return strncasecmp(text, word, strlen(word)) == 0;
}

/* The only benchmark whose key or title begins with the word. */
static size_t benchmark_by_beginning(const struct catalog *catalog, const char *word)
{
	size_t found = CATALOG_NONE;

	for (size_t b = 0; b < catalog->benchmark_count && word[0]; b++) {
		if (!begins_with(catalog->benchmarks[b].key, word) && !begins_with(catalog->benchmarks[b].title, word))
			continue;
		if (found != CATALOG_NONE)
			return CATALOG_NONE;
		found = b;
	}
	return found;
}

/* ---- candidates -------------------------------------------------------------------- */

/* How like a word it is, 0 not at all: one that contains the word before one with a few other letters. */
static size_t likeness(const struct catalog_benchmark *benchmark, const char *word)
{
	size_t limit = strlen(word) / 3 > 2 ? strlen(word) / 3 : 2;

	if (!word[0])
		return 0;
	if (strcasestr(benchmark->key, word) || strcasestr(benchmark->title, word) ||
	    (benchmark->family && strcasestr(benchmark->family, word)))
		return limit + 1;
	size_t distance = names_edit_distance(word, own_name(benchmark->key), limit);
	size_t to_family = benchmark->family ? names_edit_distance(word, benchmark->family, limit) : distance;
	return limit + 1 - (distance < to_family ? distance : to_family);
}

struct offer {
	size_t benchmark, likeness, models;
};

static bool is_better(const struct offer *a, const struct offer *b)
{
	return a->likeness != b->likeness ? a->likeness > b->likeness : a->models > b->models;
}

/* The likest ones, of these those with most models; how many there are, which may be more than OFFERS. */
static size_t find_offers(const struct catalog *catalog, const char *word, struct offer offers[OFFERS])
{
	size_t count = 0, kept = 0;

	for (size_t b = 0; b < catalog->benchmark_count; b++) {
		struct offer offer = {b, likeness(&catalog->benchmarks[b], word), catalog->benchmarks[b].models};
		if (offer.likeness == 0)
			continue;
		count++;
		size_t place = kept;
		while (place > 0 && is_better(&offer, &offers[place - 1]))
			place--;
		if (place == OFFERS)
			continue;
		kept += kept < OFFERS;
		memmove(offers + place + 1, offers + place, (kept - 1 - place) * sizeof *offers);
		offers[place] = offer;
	}
	return count;
}

static enum status fail_unknown(const struct catalog *catalog, const char *word, struct error *error)
{
	struct offer offers[OFFERS];
	struct text list = {0};
	size_t count = find_offers(catalog, word, offers), listed = count < OFFERS ? count : OFFERS;

	error_set(error, STATUS_USAGE, "no benchmark '%.200s' in the cache", word);
	if (catalog->benchmark_count <= LISTED_MAX) {
		for (size_t b = 0; b < catalog->benchmark_count; b++)
			text_append_format(&list, "%s%s", b ? ", " : "", catalog->benchmarks[b].key);
		if (catalog->benchmark_count > 0)
			error_advise(error, "there are %s", text_string(&list));
	} else {
		for (size_t i = 0; i < listed; i++)
			text_append_format(&list, "%s%s", i == 0 ? "" : i + 1 == listed ? " or " : ", ",
					   catalog->benchmarks[offers[i].benchmark].key);
		if (count > listed)
			text_append_format(&list, ", or one of %zu others", count - listed);
		if (count > 0)
			error_advise(error, "did you mean %s?", text_string(&list));
		else
			error_advise(error, "'stemma benchmarks' lists all %zu", catalog->benchmark_count);
	}
	text_free(&list);
	return STATUS_USAGE;
}

enum status catalog_find_benchmark(const struct catalog *catalog, const char *word, size_t *benchmark,
				   struct text *said, struct error *error)
{
	size_t members = 0;

	*benchmark = catalog_benchmark(catalog, word);
	if (*benchmark == CATALOG_NONE)
		*benchmark = benchmark_by_alias(catalog, word);
	if (*benchmark == CATALOG_NONE)
		*benchmark = benchmark_by_title(catalog, word);
	if (*benchmark == CATALOG_NONE)
		*benchmark = benchmark_by_family(catalog, word, &members);
	if (*benchmark != CATALOG_NONE && members > 1 && said)
		text_append_format(said, "%s: %s, of %zu benchmarks that ask it the one with most models (%zu)\n", word,
				   catalog->benchmarks[*benchmark].key, members,
				   catalog->benchmarks[*benchmark].models);
	if (*benchmark == CATALOG_NONE)
		*benchmark = benchmark_by_beginning(catalog, word);
	return *benchmark != CATALOG_NONE ? STATUS_OK : fail_unknown(catalog, word, error);
}
