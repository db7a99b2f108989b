/* Wishes as words: kept, read, written. */
#include "stemma/app/wishes.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/app/line_words.h"
#include "stemma/base/memory.h"

/* ---- the table ------------------------------------------------------------------ */

static const char *const order_words[] = {
#define X(symbol, word) word,
	SUGGEST_ORDER_TABLE(X)
#undef X
	NULL
};
static const char *const rights_words[] = {
#define X(symbol, word) word,
	RIGHTS_TABLE(X)
#undef X
	NULL
};
static const char *const parent_words[] = {"2", "3", NULL};
static const char *const method_words[] = {
#define X(symbol, word, ...) word,
	MERGE_METHOD_TABLE(X)
#undef X
	NULL
};

const struct wish_info *wish_info(enum wish wish)
{
	static const struct wish_info infos[WISH_COUNT] = {
#define X(symbol, word, letter, kind, argument, help) {word, argument, help, WISH_KIND_##kind},
		WISH_TABLE(X)
#undef X
	};

	return &infos[wish];
}

const char *const *wish_choices(enum wish wish)
{
	switch (wish) {
	case WISH_ORDER: return order_words;
	case WISH_RIGHTS: return rights_words;
	case WISH_PARENTS: return parent_words;
	case WISH_METHOD: return method_words;
	default: return NULL;
	}
}

/* ---- values --------------------------------------------------------------------- */

void wishes_remove(struct wishes *wishes, enum wish wish)
{
	struct wish_values *given = &wishes->given[wish];

	for (size_t i = 0; i < given->count; i++)
		free(given->values[i]);
	free(given->values);
	*given = (struct wish_values){0};
}

void wishes_free(struct wishes *wishes)
{
	for (int i = 0; i < WISH_COUNT; i++)
		wishes_remove(wishes, (enum wish)i);
}

void wishes_add(struct wishes *wishes, enum wish wish, const char *value)
{
	struct wish_values *given = &wishes->given[wish];

	if (wish_info(wish)->kind != WISH_KIND_LIST)
		wishes_remove(wishes, wish);
	given->values = memory_grow(given->values, given->count, &given->capacity, sizeof *given->values);
	given->values[given->count++] = memory_string(value ? value : "");
}

bool wishes_has(const struct wishes *wishes, enum wish wish)
{
	return wishes->given[wish].count > 0;
}

const char *wishes_value(const struct wishes *wishes, enum wish wish)
{
	return wishes_has(wishes, wish) ? wishes->given[wish].values[0] : NULL;
}

size_t wishes_choice(const struct wishes *wishes, enum wish wish)
{
	const char *const *choices = wish_choices(wish);
	const char *value = wishes_value(wishes, wish);

	for (size_t i = 0; value && choices && choices[i]; i++)
		if (strcmp(choices[i], value) == 0)
			return i;
	return 0;
}

/* ---- lines ----------------------------------------------------------------------- */

static bool take(void *context, size_t word, const char *value)
{
	wishes_add(context, (enum wish)word, value);
	return true;
}

enum status wishes_read(struct wishes *wishes, const char *line, struct error *error)
{
	static const char *const words[] = {
#define X(symbol, word, ...) word,
		WISH_TABLE(X)
#undef X
		NULL
	};
	static const char *const arguments[] = {
#define X(symbol, word, letter, kind, argument, help) argument,
		WISH_TABLE(X)
#undef X
	};
	static const struct line_words table = {
		"suggest", "target=ifeval max-params=8", "a value", words, arguments
	};
	struct wishes made = {0};
	enum status status = line_words_read(&table, line, take, &made, error);

	if (status != STATUS_OK) {
		wishes_free(&made);
		return status;
	}
	wishes_free(wishes);
	*wishes = made;
	return STATUS_OK;
}

void wishes_write(const struct wishes *wishes, struct text *out)
{
	bool first = true;

	for (int i = 0; i < WISH_COUNT; i++) {
		const struct wish_info *info = wish_info((enum wish)i);
		for (size_t v = 0; v < wishes->given[i].count; v++) {
			text_append_format(out, "%s%s%s%s", first ? "" : " ", info->word,
					   info->kind == WISH_KIND_FLAG ? "" : "=", wishes->given[i].values[v]);
			first = false;
		}
	}
}
