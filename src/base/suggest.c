#include "stemma/base/suggest.h"

#include <stddef.h>
#include <string.h>

/* Longer words are no options or commands of ours. */
#define LONGEST 31

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment distance: Damerau (1964), restricted as usual. */
static size_t distance(const char *a, const char *b)
{
	size_t table[LONGEST + 1][LONGEST + 1];
	size_t rows = strlen(a), columns = strlen(b);

	if (rows > LONGEST || columns > LONGEST)
		return LONGEST;
	for (size_t i = 0; i <= rows; i++)
		for (size_t j = 0; j <= columns; j++) {
			if (!i || !j) {
				table[i][j] = i + j;
				continue;
			}
			size_t best = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			best = smaller(best, 1 + smaller(table[i - 1][j], table[i][j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = smaller(best, table[i - 2][j - 2] + 1);
			table[i][j] = best;
		}
	return table[rows][columns];
}

const char *suggest_nearest(const char *word, const char *const *words)
{
	size_t nearest = (strlen(word) + 2) / 3 + 1;
	const char *found = NULL;

	for (; *words; words++) {
		size_t edits = distance(word, *words);
		if (edits < nearest) {
			nearest = edits;
			found = *words;
		}
	}
	return found;
}
