/* Words of a line that names files: blanks part them; one within a name is written
 * as "\ ", or the name stands in "quotes". */
#ifndef STEMMA_TUI_WORDS_H
#define STEMMA_TUI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/text.h"

struct words {
	char **list; /* owned, without quotes and backslashes, "~/" as the home folder */
	size_t count, capacity;
};
void words_split(const char *line, struct words *words);
void words_free(struct words *words);
/* Byte where the last word of the line begins. */
size_t words_last(const char *line);
/* A name as one word of a line. */
void words_quote(const char *name, struct text *out);
/* "~/x" below the home folder, anything else as it is; the caller frees. */
char *words_expand(const char *name);

#endif
