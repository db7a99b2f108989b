/* The filter's texts: names in lower case, and columns of few distinct texts. */
#include "filter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/hash.h"
#include "stemma/base/memory.h"

char filter_lower(char character)
{
	return character >= 'A' && character <= 'Z' ? (char)(character + ('a' - 'A')) : character;
}

uint64_t filter_letters(const char *text, size_t length)
{
	uint64_t letters = 0;

	for (size_t i = 0; i < length; i++)
		letters |= fuzzy_letter_bit(text[i]);
	return letters;
}

size_t filter_name_length(const struct catalog *catalog, size_t model)
{
	size_t length = catalog->name_start[model + 1] - catalog->name_start[model] - 1;

	return length < FUZZY_LENGTH_MAX ? length : FUZZY_LENGTH_MAX;
}

/* Eight bytes at a time: a byte is a capital when it is ASCII, reaches 'A' and
 * does not pass 'Z'; 0x20 makes it small. */
static uint64_t fold_word(uint64_t word)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	uint64_t low = word & (0x7F * each);
	uint64_t passes = low + (0x7F - 'Z') * each, reaches = low + (0x80 - 'A') * each;

	return word | ((~word & (0x80 * each) & (reaches ^ passes)) >> 2);
}

void filter_name_fold(const struct catalog *catalog, size_t model, struct filter_name *name)
{
	const char *bytes = catalog->names + catalog->name_start[model];

	/* There are zeros behind the last name. */
	name->length = filter_name_length(catalog, model);
	for (size_t i = 0; i < name->length; i += sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, bytes + i, sizeof word);
		word = fold_word(word);
		memcpy(name->letters + i, &word, sizeof word);
	}
}

void filter_names_start(struct filter_names *names, const struct catalog *catalog)
{
	*names = (struct filter_names){.catalog = catalog};
	names->letters = memory_allocate(catalog->count + 1, sizeof *names->letters);
	names->digests = memory_allocate(catalog->count + 1, sizeof *names->digests);
}

bool filter_names_step(struct filter_names *names, size_t models)
{
	const struct catalog *catalog = names->catalog;
	struct filter_name name;

	for (; names->done < catalog->count && models > 0; names->done++, models--) {
		filter_name_fold(catalog, names->done, &name);
		names->letters[names->done] = filter_letters(name.letters, name.length);
		names->digests[names->done] =
			fuzzy_digest(catalog->names + catalog->name_start[names->done], name.letters,
				     name.length);
	}
	return names->done < catalog->count;
}

void filter_names_free(struct filter_names *names)
{
	free(names->letters);
	free(names->digests);
}

/* ---- distinct texts ---------------------------------------------------------- */

static size_t text_hash(const char *text)
{
	uint64_t hash = HASH_START;

	for (; *text; text++)
		hash = hash_byte(hash, (unsigned char)filter_lower(*text));
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
