#include "settings/words.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

char *words_expand(const char *name)
{
	const char *home = getenv("HOME");
	struct text path = {0};

	if (strncmp(name, "~/", 2) != 0 || !home || !*home)
		return memory_string(name);
	text_append_format(&path, "%s%s", home, name + 1);
	return text_steal(&path);
}

/* Takes one word from the line, which begins with it; returns its bytes there. */
static size_t take_word(const char *line, struct text *word)
{
	bool quoted = false;
	size_t i = 0;

	for (; line[i] && (quoted || line[i] != ' '); i++) {
		if (line[i] == '"') {
			quoted = !quoted;
			continue;
		}
		if (line[i] == '\\' && line[i + 1] && strchr(" \"\\", line[i + 1]))
			i++;
		text_append_bytes(word, line + i, 1);
	}
	return i;
}

void words_split(const char *line, struct words *words)
{
	for (line += strspn(line, " "); *line; line += strspn(line, " ")) {
		struct text word = {0};
		line += take_word(line, &word);
		words->list = memory_grow(words->list, words->count, &words->capacity, sizeof *words->list);
		words->list[words->count++] = words_expand(text_string(&word));
		text_free(&word);
	}
}

void words_free(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->list[i]);
	free(words->list);
	*words = (struct words){0};
}

size_t words_last(const char *line)
{
	size_t start = 0, place = 0;

	for (;;) {
		struct text word = {0};
		place += strspn(line + place, " ");
		start = place;
		place += take_word(line + place, &word);
		text_free(&word);
		if (!line[place])
			return start;
	}
}

void words_quote(const char *name, struct text *out)
{
	for (; *name; name++) {
		if (strchr(" \"\\", *name))
			text_append(out, "\\");
		text_append_bytes(out, name, 1);
	}
}
