/* Finding a benchmark by what the user typed. */
#include "catalog.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/engine/lineage.h"

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

/* Of all models, or of those asked about, how many have a score on each benchmark. */
static size_t *count_asked(const struct catalog *catalog)
{
	size_t *models = memory_zero(catalog->benchmark_count + 1, sizeof *models);

	for (size_t model = 0; model < catalog->count && catalog->asked; model++) {
		size_t row = catalog->score_row[model];
		for (size_t i = catalog->cell_start[row]; row > 0 && catalog->asked[model] && i < catalog->cell_start[row + 1]; i++)
			models[catalog->cells[i].benchmark]++;
	}
	return models;
}

struct family_choice {
	size_t benchmark, members;
	size_t asked; /* models asked about that have a score on it */
};

/* The best covered member of a family; hidden ones do not count. */
static struct family_choice benchmark_by_family(const struct catalog *catalog, const char *word)
{
	struct family_choice choice = {CATALOG_NONE, 0, 0};
	size_t *asked = count_asked(catalog);

	for (size_t b = 0; b < catalog->benchmark_count; b++) {
		const struct catalog_benchmark *benchmark = &catalog->benchmarks[b];
		if (benchmark->hidden || !is_of_family(benchmark, word))
			continue;
		bool better = choice.members++ == 0 || asked[b] > choice.asked ||
			      (asked[b] == choice.asked && benchmark->models > catalog->benchmarks[choice.benchmark].models);
		if (!better)
			continue;
		choice.benchmark = b;
		choice.asked = asked[b];
	}
	free(asked);
	return choice;
}

static void say_family(const struct catalog *catalog, const char *word, const struct family_choice *choice,
		       struct text *said)
{
	const struct catalog_benchmark *benchmark = &catalog->benchmarks[choice->benchmark];

	text_append_format(said, "%s: %s, of %zu benchmarks that ask it the one with most ", word, benchmark->key,
			   choice->members);
	if (choice->asked > 0)
		text_append_format(said, "scores among these models and their relatives (%zu)\n", choice->asked);
	else
		text_append_format(said, "models (%zu)\n", benchmark->models);
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

/* ---- what is asked about --------------------------------------------------------------- */

/* Marks a model and all that the lineage has above it, or below. */
static void mark(const struct catalog *catalog, bool *marked, uint32_t *queue, size_t filled, bool up)
{
	size_t count;

	while (filled > 0) {
		uint32_t node = queue[--filled];
		const struct lineage_parent *parents = up ? lineage_parents(catalog->lineage, node, &count) : NULL;
		const uint32_t *children = up ? NULL : lineage_children(catalog->lineage, node, &count);
		for (size_t i = 0; i < count; i++) {
			uint32_t next = up ? parents[i].node : children[i];
			if (marked[next])
				continue;
			marked[next] = true;
			queue[filled++] = next;
		}
	}
}

void catalog_ask_about(struct catalog *catalog, const size_t *models, size_t count)
{
	uint32_t *queue = memory_allocate(catalog->count + 1, sizeof *queue);
	size_t filled = 0;

	free(catalog->asked);
	catalog->asked = count > 0 ? memory_zero(catalog->count + 1, sizeof *catalog->asked) : NULL;
	for (size_t i = 0; i < count; i++)
		if (models[i] < catalog->count && !catalog->asked[models[i]]) {
			catalog->asked[models[i]] = true;
			queue[filled++] = (uint32_t)models[i];
		}
	mark(catalog, catalog->asked, queue, filled, true);
	filled = 0;
	for (size_t model = 0; count > 0 && model < catalog->count; model++)
		if (catalog->asked[model])
			queue[filled++] = (uint32_t)model;
	mark(catalog, catalog->asked, queue, filled, false);
	free(queue);
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
	struct family_choice choice = {CATALOG_NONE, 0, 0};

	*benchmark = catalog_benchmark(catalog, word);
	if (*benchmark == CATALOG_NONE)
		*benchmark = benchmark_by_alias(catalog, word);
	if (*benchmark == CATALOG_NONE)
		*benchmark = benchmark_by_title(catalog, word);
	if (*benchmark == CATALOG_NONE) {
		choice = benchmark_by_family(catalog, word);
		*benchmark = choice.benchmark;
	}
	if (choice.members > 1 && said)
		say_family(catalog, word, &choice, said);
	if (*benchmark == CATALOG_NONE)
		*benchmark = benchmark_by_beginning(catalog, word);
	return *benchmark != CATALOG_NONE ? STATUS_OK : fail_unknown(catalog, word, error);
}
