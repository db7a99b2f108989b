/* Line words: what is chosen on a line, "target=ifeval max-params 8 suspects": words
 * of a table, some with a value. */
#ifndef STEMMA_APP_LINE_WORDS_H
#define STEMMA_APP_LINE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/error.h"

struct line_words {
	const char *command;          /* whose words they are, for messages */
	const char *example;          /* a line */
	const char *value;            /* what those with a value take: "a number" */
	const char *const *words;     /* NULL at the end */
	const char *const *arguments; /* by word, e.g. "N"; NULL for one without a value */
};

/* Calls take() for each word with its place in the table and its value, NULL for one
 * that has none; the value stands behind = or is the next word, and is not empty.
 * STATUS_USAGE, and an end, for an unknown word, which names the nearest, for a value
 * too few or too many, and where take() is false: the value is of no use. */
enum status line_words_read(const struct line_words *table, const char *line,
	bool (*take)(void *context, size_t word, const char *value), void *context, struct error *error);

#endif
