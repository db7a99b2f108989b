#include "stemma/base/fuzzy.h"

#include <endian.h>
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
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool ends_word(char c)
{
	return c == '-' || c == '/' || c == '_' || c == '.' || c == ' ';
}

/* Of ASCII, whatever the locale. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What a letter at this place of the name is worth by itself. */
static double place_worth(const char *name, size_t place)
{
	if (place == 0)
		return WORTH_FIRST;
	char before = name[place - 1], here = name[place];
	if (ends_word(before))
		return WORTH_WORD;
	bool capital = here >= 'A' && here <= 'Z' && before >= 'a' && before <= 'z';
	return capital || (is_digit(here) && !is_digit(before)) ? WORTH_CAPITAL : 0;
}

/* A name with its letters in lower case. */
struct folded {
	const char *name, *letters;
	size_t length;
};

/* Dynamic programming over letters (rows) and places (columns): `ending` is
 * the best score with the letter at exactly this place, `best` the best with
 * it at this place or before.  A row begins where the letters up to it can
 * first have been met. */
static double word_score(const char *word, size_t letters, const struct folded *name)
{
	double ending[FUZZY_LENGTH_MAX], best[FUZZY_LENGTH_MAX];
	size_t length = name->length, first = 0;

	for (size_t i = 0; i < letters; i++) {
		char letter = lower(word[i]);
		double cost = i == letters - 1 ? COST_EDGE : COST_GAP;
		double before_ending = FUZZY_NONE, before_best = FUZZY_NONE, running = FUZZY_NONE;
		const char *met = memchr(name->letters + first, letter, length - first);
		if (!met)
			return FUZZY_NONE;
		size_t start = (size_t)(met - name->letters);
		if (i > 0) /* start > first - 1: the row before has begun by then */
			before_ending = ending[start - 1], before_best = best[start - 1];
		for (size_t j = start; j < length; j++) {
			double score = FUZZY_NONE;
			if (letter == name->letters[j]) {
				if (i == 0)
					score = place_worth(name->name, j) - COST_EDGE * (double)j;
				else if (before_best > FUZZY_NONE / 2)
					score = before_best + place_worth(name->name, j);
				if (before_ending + WORTH_FOLLOWS > score)
					score = before_ending + WORTH_FOLLOWS;
			}
			before_ending = i ? ending[j] : FUZZY_NONE;
			before_best = i ? best[j] : FUZZY_NONE;
			running = running - cost > score ? running - cost : score;
			ending[j] = score;
			best[j] = running;
		}
		first = start + 1;
	}
	return best[length - 1] > FUZZY_NONE / 2 ? best[length - 1] : FUZZY_NONE;
}

bool fuzzy_fits_anyhow(size_t letters)
{
	return letters < 3;
}

uint64_t fuzzy_letter_bit(char letter)
{
	if (letter >= 'a' && letter <= 'z')
		return UINT64_C(1) << (letter - 'a');
	if (is_digit(letter))
		return UINT64_C(1) << (26 + letter - '0');
	return UINT64_C(1) << (36 + (unsigned char)letter % 28);
}

static uint64_t pair_bit(char first, char second)
{
	return UINT64_C(1) << (((unsigned char)first * 37u + (unsigned char)second * 11u) >> 1 & 63);
}

struct fuzzy_digest fuzzy_digest(const char *name, const char *folded, size_t length)
{
	struct fuzzy_digest digest = {0, 0};

	for (size_t i = 0; i < length; i++) {
		if (place_worth(name, i) > 0)
			digest.starts |= fuzzy_letter_bit(folded[i]);
		if (i > 0)
			digest.pairs |= pair_bit(folded[i - 1], folded[i]);
	}
	return digest;
}

/* The first place from `from` on with this letter (in lower case) or its capital,
 * SIZE_MAX none.  Eight bytes at a time: one that is equal becomes 0, and the lowest
 * 0 is where a borrow first reaches a top bit that was not set. */
static size_t find_letter(const char *name, size_t from, size_t length, char letter)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	uint64_t fold = letter >= 'a' && letter <= 'z' ? 0x20 * each : 0;
	uint64_t wanted = (unsigned char)letter * each;

	for (size_t at = from; at < length; at += sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, name + at, sizeof word);
		word = (le64toh(word) | fold) ^ wanted;
		uint64_t zeros = (word - each) & ~word & (0x80 * each);
		if (zeros) {
			size_t place = at + (size_t)__builtin_ctzll(zeros) / 8;
			return place < length ? place : SIZE_MAX;
		}
	}
	return SIZE_MAX;
}

bool fuzzy_trail_follow(struct fuzzy_trail *trail, char letter, const char *name, size_t length)
{
	size_t from = trail->place, place = find_letter(name, from, length, letter);

	if (place == SIZE_MAX)
		return false;
	if (from == 0)
		trail->worth += (float)(place_worth(name, place) - COST_EDGE * (double)place);
	else if (place == from)
		trail->worth += (float)WORTH_FOLLOWS;
	else
		trail->worth += (float)(place_worth(name, place) - COST_GAP * (double)(place - from));
	trail->place = (uint8_t)(place + 1);
	return true;
}

bool fuzzy_trail_fits(const struct fuzzy_trail *trail, size_t letters, size_t length)
{
	double worth = (double)trail->worth - COST_EDGE * (double)(length - trail->place);

	/* Sums of floats are not exact; what is near is to be scored. */
	return fuzzy_fits_anyhow(letters) ||
	       (letters <= PATTERN_MAX && worth >= ENOUGH * (double)letters + 1e-3);
}

/* A letter is worth most where it follows the one before, else where it stands;
 * every other letter of the name costs. */
struct fuzzy_chance fuzzy_chance(const char *word, size_t letters, const struct fuzzy_digest *digest,
				 size_t length)
{
	double rest = length > letters ? (double)(length - letters) : 0;
	double most = -COST_EDGE * rest;

	for (size_t i = 0; i < letters; i++) {
		char letter = lower(word[i]);
		if (i > 0 && (digest->pairs & pair_bit(lower(word[i - 1]), letter)))
			most += WORTH_FOLLOWS;
		else if (digest->starts & fuzzy_letter_bit(letter))
			most += i == 0 ? WORTH_FIRST : WORTH_WORD;
	}
	return (struct fuzzy_chance){
		.most = most,
		.fits = fuzzy_fits_anyhow(letters) || most >= ENOUGH * (double)letters - 1e-9,
	};
}

double fuzzy_ceiling(size_t letters, size_t length)
{
	double rest = length > letters ? (double)(length - letters) : 0;

	return WORTH_FIRST + WORTH_FOLLOWS * (double)(letters - 1) - COST_EDGE * rest;
}

double fuzzy_score_folded(const char *pattern, const char *name, const char *folded, size_t length)
{
	const struct folded both = {name, folded, length};
	double total = 0;

	for (const char *word = pattern; *word;) {
		size_t letters = strcspn(word, " ");
		if (letters > PATTERN_MAX || (letters > 0 && length == 0))
			return FUZZY_NONE;
		if (letters > 0) {
			double score = word_score(word, letters, &both);
			if (score < (fuzzy_fits_anyhow(letters) ? FUZZY_NONE / 2
								: ENOUGH * (double)letters))
				return FUZZY_NONE;
			total += score;
		}
		word += letters;
		word += strspn(word, " ");
	}
	return total;
}

double fuzzy_score(const char *pattern, const char *name)
{
	char folded[FUZZY_LENGTH_MAX];
	size_t length = 0;

	for (; length < FUZZY_LENGTH_MAX && name[length]; length++)
		folded[length] = lower(name[length]);
	return fuzzy_score_folded(pattern, name, folded, length);
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
