#include "tree/marks.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

void marks_free(struct marks *marks)
{
	for (size_t i = 0; i < marks->count; i++)
		free(marks->mark[i].name);
	free(marks->mark);
	*marks = (struct marks){0};
}

bool marks_allow(char letter)
{
	return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

void marks_remove(struct marks *marks, size_t index)
{
	free(marks->mark[index].name);
	memmove(&marks->mark[index], &marks->mark[index + 1],
		(--marks->count - index) * sizeof *marks->mark);
}

/* Where a mark belongs: letters by themselves, bookmarks at the end. */
static size_t place_of(const struct marks *marks, char sign)
{
	size_t place = 0;

	if (sign == MARK_BOOKMARK)
		return marks->count;
	while (place < marks->count && marks->mark[place].sign != MARK_BOOKMARK &&
	       marks->mark[place].sign < sign)
		place++;
	return place;
}

static void insert(struct marks *marks, char sign, const char *name, size_t model)
{
	size_t place = place_of(marks, sign);

	marks->mark = memory_grow(marks->mark, marks->count, &marks->capacity, sizeof *marks->mark);
	memmove(&marks->mark[place + 1], &marks->mark[place],
		(marks->count++ - place) * sizeof *marks->mark);
	marks->mark[place] = (struct mark){sign, memory_string(name), model};
}

void marks_set(struct marks *marks, const struct catalog *catalog, char letter, size_t model)
{
	for (size_t i = marks->count; i-- > 0;)
		if (marks->mark[i].sign == letter)
			marks_remove(marks, i);
	insert(marks, letter, catalog->models[model].name, model);
}

bool marks_toggle(struct marks *marks, const struct catalog *catalog, size_t model)
{
	for (size_t i = 0; i < marks->count; i++)
		if (marks->mark[i].sign == MARK_BOOKMARK && marks->mark[i].model == model) {
			marks_remove(marks, i);
			return false;
		}
	insert(marks, MARK_BOOKMARK, catalog->models[model].name, model);
	return true;
}

size_t marks_model(const struct marks *marks, char letter)
{
	for (size_t i = 0; i < marks->count; i++)
		if (marks->mark[i].sign == letter)
			return marks->mark[i].model;
	return CATALOG_NONE;
}

char marks_sign(const struct marks *marks, size_t model)
{
	for (size_t i = 0; i < marks->count; i++)
		if (marks->mark[i].model == model)
			return marks->mark[i].sign;
	return 0;
}

void marks_find(struct marks *marks, const struct catalog *catalog)
{
	for (size_t i = 0; i < marks->count; i++)
		marks->mark[i].model = catalog_find(catalog, marks->mark[i].name);
}

void marks_save(const struct marks *marks, struct text *out)
{
	for (size_t i = 0; i < marks->count; i++)
		text_append_format(out, "%c%s\n", marks->mark[i].sign, marks->mark[i].name);
}

void marks_load(struct marks *marks, const struct catalog *catalog, const char *saved)
{
	while (*saved) {
		size_t length = strcspn(saved, "\n");
		if (length > 1 && (marks_allow(*saved) || *saved == MARK_BOOKMARK)) {
			char *name = memory_string_slice(saved + 1, length - 1);
			insert(marks, *saved, name, catalog_find(catalog, name));
			free(name);
		}
		saved += length + (saved[length] == '\n');
	}
}
