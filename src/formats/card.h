/* Card: how a model card is told from other files.  Private. */
#ifndef STEMMA_FORMATS_CARD_H
#define STEMMA_FORMATS_CARD_H

#include <stdbool.h>

/* The text between the two rules at the beginning; false when one is missing. */
bool card_front_matter(const char *text, const char **begin, const char **end);

/* Whether it is front matter without its rules. */
bool card_is_bare(const char *text);

#endif
