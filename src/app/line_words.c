#include "stemma/app/line_words.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/suggest.h"

static enum status unknown_word(const struct line_words *table, const char *word, struct error *error)
{
	const char *nearest = suggest_nearest(word, table->words);

	error_set(error, STATUS_USAGE, "%s knows no '%s'", table->command, word);
	if (nearest)
		return error_advise(error, "did you mean '%s'?", nearest);
	return error_advise(error, "as in %s", table->example);
}

static enum status wrong_value(const struct line_words *table, size_t word, struct error *error)
{
	const char *argument = table->arguments[word];

	error_set(error, STATUS_USAGE, "%s takes %s", table->words[word], argument ? table->value : "no value");
	return error_advise(error, "as in %s%s%s", table->words[word], argument ? "=" : "",
			    argument ? argument : "");
}

enum status line_words_read(const struct line_words *table, const char *line,
	bool (*take)(void *context, size_t word, const char *value), void *context, struct error *error)
{
	char *copy = memory_string(line), *rest = NULL;
	enum status status = STATUS_OK;

	for (char *word = strtok_r(copy, " ", &rest); word && status == STATUS_OK;
	     word = strtok_r(NULL, " ", &rest)) {
		char *value = strchr(word, '=');
		size_t place = 0;
		if (value)
			*value++ = '\0';
		while (table->words[place] && strcmp(table->words[place], word) != 0)
			place++;
		if (!table->words[place]) {
			status = unknown_word(table, word, error);
			break;
		}
		if (table->arguments[place] && !value)
			value = strtok_r(NULL, " ", &rest);
		bool fits = table->arguments[place] ? value && *value : !value;
		if (!fits || !take(context, place, value))
			status = wrong_value(table, place, error);
	}
	free(copy);
	return status;
}
