/* Hub: what an answer of the Hub's API is about. */
#ifndef STEMMA_FORMATS_HUB_H
#define STEMMA_FORMATS_HUB_H

#include <stddef.h>

/* The name that the Hub gives a model now, of an answer about it; NULL when it has
 * none that can be a name.  The caller frees. */
char *hub_model_name(const char *text, size_t length);

#endif
