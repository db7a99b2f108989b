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

#define FUZZY_NONE (-1e9)
#define FUZZY_LENGTH_MAX 192 /* longer names are compared by their beginning */

/* FUZZY_NONE when the letters do not fit; else larger is better.  Blanks
 * separate words that must all fit, in any order.  ASCII case is ignored.  An
 * empty pattern fits everything with 0. */
double fuzzy_score(const char *pattern, const char *name);

/* For many names: no name of this length gets more than this. */
double fuzzy_most(const char *pattern, size_t length);
/* A word of so many letters fits wherever they occur in order. */
bool fuzzy_fits_anyhow(size_t letters);
/* It fits where they occur one after the other in a name of this length. */
bool fuzzy_fits_together(size_t letters, size_t length);

/* First place where `part` occurs in `text`, ASCII case ignored; NULL when it
 * does not. */
const char *fuzzy_find(const char *text, const char *part);

#endif
