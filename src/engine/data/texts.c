#include "data/texts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/memory.h"

struct entry {
	const char *text; /* NULL sorts first */
	size_t index;
	bool any_case;
};

static int compare_texts(const struct entry *a, const struct entry *b)
{
	if (!a->text || !b->text)
		return (a->text != NULL) - (b->text != NULL);
	return a->any_case ? strcasecmp(a->text, b->text) : strcmp(a->text, b->text);
}

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = compare_texts(a, b);

	return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* first[i]: where a text like the one at i is seen first. */
static void find_first(const char *const *texts, size_t count, bool any_case, size_t *first)
{
	struct entry *entry = memory_allocate(count + 1, sizeof *entry);

	for (size_t i = 0; i < count; i++)
		entry[i] = (struct entry){texts[i], i, any_case};
	if (count > 0)
		qsort(entry, count, sizeof *entry, compare_entries);
	for (size_t i = 0; i < count; i++) {
		bool same = i > 0 && compare_texts(&entry[i - 1], &entry[i]) == 0;
		first[entry[i].index] = same ? first[entry[i - 1].index] : entry[i].index;
	}
	free(entry);
}

size_t texts_number(const char *const *texts, size_t count, bool any_case, uint32_t *numbers)
{
	size_t *first = memory_allocate(count + 1, sizeof *first), next = 0;

	find_first(texts, count, any_case, first);
	for (size_t i = 0; i < count; i++)
		numbers[i] = first[i] < i ? numbers[first[i]] : (uint32_t)next++;
	free(first);
	return next;
}
