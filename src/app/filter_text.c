/* The filter's texts: names in lower case, and columns of few distinct texts. */
#include "filter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/memory.h"

char filter_lower(char character)
{
	return character >= 'A' && character <= 'Z' ? (char)(character + ('a' - 'A')) : character;
}

uint64_t filter_letters(const char *text, size_t length)
{
	uint64_t letters = 0;

	for (size_t i = 0; i < length; i++)
		letters |= UINT64_C(1) << ((unsigned char)text[i] & 63);
	return letters;
}

void filter_names_make(struct filter_names *names, const struct catalog *catalog)
{
	size_t total = 0;

	names->start = memory_allocate(catalog->count + 1, sizeof *names->start);
	names->letters = memory_allocate(catalog->count + 1, sizeof *names->letters);
	names->digests = memory_allocate(catalog->count + 1, sizeof *names->digests);
	for (size_t i = 0; i < catalog->count; i++) {
		names->start[i] = total;
		total += strnlen(catalog->models[i].name, FUZZY_LENGTH_MAX);
	}
	names->start[catalog->count] = total;
	names->bytes = memory_allocate(total + 1, 1);
	for (size_t i = 0; i < catalog->count; i++) {
		char *to = names->bytes + names->start[i];
		size_t length = names->start[i + 1] - names->start[i];
		for (size_t k = 0; k < length; k++)
			to[k] = filter_lower(catalog->models[i].name[k]);
		names->letters[i] = filter_letters(to, length);
		names->digests[i] = fuzzy_digest(catalog->models[i].name);
	}
}

void filter_names_free(struct filter_names *names)
{
	free(names->bytes);
	free(names->start);
	free(names->letters);
	free(names->digests);
}

/* ---- distinct texts ---------------------------------------------------------- */

static size_t text_hash(const char *text)
{
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

	for (; *text; text++)
		hash = (hash ^ (unsigned char)filter_lower(*text)) * UINT64_C(1099511628211);
	return (size_t)hash;
}

/* A table of places in texts->text, 0 = free, its size a power of two. */
struct text_table {
	uint32_t *place;
	size_t size;
};

static size_t table_find(const struct text_table *table, const struct filter_texts *texts,
			 const char *text)
{
	size_t slot = text_hash(text) & (table->size - 1);

	while (table->place[slot] && strcasecmp(texts->text[table->place[slot]], text) != 0)
		slot = (slot + 1) & (table->size - 1);
	return slot;
}

static void table_grow(struct text_table *table, const struct filter_texts *texts)
{
	free(table->place);
	table->size *= 2;
	table->place = memory_zero(table->size, sizeof *table->place);
	for (size_t i = 1; i < texts->count; i++)
		table->place[table_find(table, texts, texts->text[i])] = (uint32_t)i;
}

static void add_text(struct filter_texts *texts, const char *text)
{
	texts->text = memory_grow(texts->text, texts->count, &texts->capacity, sizeof *texts->text);
	texts->text[texts->count++] = text;
}

void filter_texts_make(struct filter_texts *texts, const struct catalog *catalog,
		       const char *(*text_of)(const struct catalog_model *model))
{
	struct text_table table = {.size = 32};

	texts->number = memory_zero(catalog->count + 1, sizeof *texts->number);
	add_text(texts, "");
	table_grow(&table, texts);
	for (size_t i = 0; i < catalog->count; i++) {
		const char *text = text_of(&catalog->models[i]);
		if (!text)
			continue;
		size_t slot = table_find(&table, texts, text);
		if (!table.place[slot]) {
			table.place[slot] = (uint32_t)texts->count;
			add_text(texts, text);
		}
		texts->number[i] = table.place[slot];
		if (texts->count * 2 > table.size)
			table_grow(&table, texts);
	}
	free(table.place);
}

void filter_texts_free(struct filter_texts *texts)
{
	free(texts->number);
	free(texts->text);
}
