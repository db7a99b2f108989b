/* Texts: equal ones get equal numbers. */
#ifndef STEMMA_ENGINE_TEXTS_H
#define STEMMA_ENGINE_TEXTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers texts from 0 in the order they are first seen; NULL is like NULL alone.  With `any_case`
 * case does not count.  Returns how many differ. */
size_t texts_number(const char *const *texts, size_t count, bool any_case, uint32_t *numbers);

#endif
