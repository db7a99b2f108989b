/* Fuzzy: how well a few letters fit a name.
 *
 * The letters must occur in the name in order.  Among all ways to place them
 * the best counts: letters that follow each other, begin a word or begin the
 * name are worth more, gaps cost; letters that are merely scattered over the name
 * do not count as a fit.  The idea of such a score is John Hawthorn's
 * fzy; weights and code are our own. */
#ifndef STEMMA_BASE_FUZZY_H
#define STEMMA_BASE_FUZZY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FUZZY_NONE (-1e9)
#define FUZZY_LENGTH_MAX 192 /* longer names are compared by their beginning */

/* FUZZY_NONE when the letters do not fit; else larger is better.  Blanks
 * separate words that must all fit, in any order.  ASCII case is ignored.  An
 * empty pattern fits everything with 0. */
double fuzzy_score(const char *pattern, const char *name);

/* The same where the name is also at hand in lower case (ASCII), `length` bytes of
 * it, FUZZY_LENGTH_MAX at most. */
double fuzzy_score_folded(const char *pattern, const char *name, const char *folded, size_t length);

/* For many names: what of a name is kept to know without looking at it again
 * that it scores little.  One bit stands for several letters or pairs. */
struct fuzzy_digest {
	uint64_t starts; /* letters that are worth something where they stand */
	uint64_t pairs;  /* letters that follow each other */
};
/* A letter, in lower case, or digit has a bit of its own; other characters share the
 * rest. */
uint64_t fuzzy_letter_bit(char letter);
struct fuzzy_digest fuzzy_digest(const char *name, const char *folded, size_t length);

/* Following the letters of a word, each at the first place where it can be, and
 * what they are worth so: the word scores at least that. */
struct fuzzy_trail {
	float worth;   /* without what follows the last letter */
	uint8_t place; /* behind the last letter; 0 before the first */
};
/* Takes one letter (in lower case) more; false when there is no place for it.  Seven
 * bytes behind the name may be read. */
bool fuzzy_trail_follow(struct fuzzy_trail *trail, char letter, const char *name, size_t length);
/* Whether a word of so many letters that went this way surely fits. */
bool fuzzy_trail_fits(const struct fuzzy_trail *trail, size_t letters, size_t length);

/* A word may be found where its letters occur in order in the name: */
struct fuzzy_chance {
	double most;  /* it scores no more than this */
	bool fits;    /* it may fit */
};
struct fuzzy_chance fuzzy_chance(const char *word, size_t letters, const struct fuzzy_digest *digest,
				 size_t length);
/* No name of this length scores more. */
double fuzzy_ceiling(size_t letters, size_t length);
/* A word of so many letters fits wherever they occur in order. */
bool fuzzy_fits_anyhow(size_t letters);

/* First place where `part` occurs in `text`, ASCII case ignored; NULL when it
 * does not. */
const char *fuzzy_find(const char *text, const char *part);

#endif
