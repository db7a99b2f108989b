/* Suggest: the word that a mistyped one was perhaps meant to be. */
#ifndef STEMMA_BASE_SUGGEST_H
#define STEMMA_BASE_SUGGEST_H

/* The nearest of `words` (NULL at the end), or NULL when none is within one
 * edit per three letters.  An edit inserts, removes or replaces a letter or
 * swaps two neighbours. */
const char *suggest_nearest(const char *word, const char *const *words);

#endif
