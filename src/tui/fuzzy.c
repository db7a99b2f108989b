#include "fuzzy.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define PATTERN_MAX 64

#define WORTH_FOLLOWS 1.0   /* directly after the letter before */
#define WORTH_WORD 0.8      /* after - / _ . or a blank */
#define WORTH_CAPITAL 0.6   /* an upper-case letter after a lower-case one */
#define WORTH_FIRST 0.9     /* first letter of the name */
#define COST_GAP 0.01       /* a letter between two that fit */
#define ENOUGH 0.45         /* a letter, on average, of words of three and more */
#define COST_EDGE 0.005     /* a letter before the first or after the last */

static char lower(char c)
{
	return (char)tolower((unsigned char)c);
}

/* What a letter at this place of the name is worth by itself. */
static double place_worth(const char *name, size_t place)
{
	if (place == 0)
		return WORTH_FIRST;
	unsigned char before = (unsigned char)name[place - 1], here = (unsigned char)name[place];
	if (strchr("-/_. ", before))
		return WORTH_WORD;
	if ((islower(before) && isupper(here)) || (!isdigit(before) && isdigit(here)))
		return WORTH_CAPITAL;
	return 0;
}

/* Dynamic programming over letters (rows) and places (columns): `ending` is
 * the best score with the letter at exactly this place, `best` the best with
 * it at this place or before. */
static double word_score(const char *word, size_t letters, const char *name, size_t length)
{
	double ending[FUZZY_LENGTH_MAX], best[FUZZY_LENGTH_MAX];

	for (size_t i = 0; i < letters; i++) {
		double cost = i == letters - 1 ? COST_EDGE : COST_GAP;
		double before_ending = FUZZY_NONE, before_best = FUZZY_NONE, running = FUZZY_NONE;
		for (size_t j = 0; j < length; j++) {
			double score = FUZZY_NONE;
			if (lower(word[i]) == lower(name[j])) {
				if (i == 0)
					score = place_worth(name, j) - COST_EDGE * (double)j;
				else if (before_best > FUZZY_NONE / 2)
					score = before_best + place_worth(name, j);
				if (before_ending + WORTH_FOLLOWS > score)
					score = before_ending + WORTH_FOLLOWS;
			}
			before_ending = i ? ending[j] : FUZZY_NONE;
			before_best = i ? best[j] : FUZZY_NONE;
			running = running - cost > score ? running - cost : score;
			ending[j] = score;
			best[j] = running;
		}
	}
	return best[length - 1] > FUZZY_NONE / 2 ? best[length - 1] : FUZZY_NONE;
}

double fuzzy_score(const char *pattern, const char *name)
{
	size_t length = strnlen(name, FUZZY_LENGTH_MAX);
	double total = 0;

	for (const char *word = pattern; *word;) {
		size_t letters = strcspn(word, " ");
		if (letters > PATTERN_MAX || (letters > 0 && length == 0))
			return FUZZY_NONE;
		if (letters > 0) {
			double score = word_score(word, letters, name, length);
			if (score < (letters < 3 ? FUZZY_NONE / 2 : ENOUGH * (double)letters))
				return FUZZY_NONE;
			total += score;
		}
		word += letters;
		word += strspn(word, " ");
	}
	return total;
}

const char *fuzzy_find(const char *text, const char *part)
{
	size_t length = strlen(part);
	char first = lower(*part);

	for (; *text; text++)
		if (length == 0 || (lower(*text) == first && strncasecmp(text, part, length) == 0))
			return text;
	return NULL;
}
