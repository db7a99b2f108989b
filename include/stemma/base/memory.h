/* Memory: allocation that cannot return NULL, and growing arrays.
 *
 * Allocation failure aborts with a message: nothing in stemma can go on
 * usefully without memory, and the cache is safe because SQLite rolls back.
 */
#ifndef STEMMA_BASE_MEMORY_H
#define STEMMA_BASE_MEMORY_H

#include <stddef.h>

void *memory_allocate(size_t count, size_t size); /* uninitialised */
void *memory_zero(size_t count, size_t size);     /* zero-filled */
void *memory_resize(void *block, size_t count, size_t size);
char *memory_string(const char *text);            /* copy; NULL gives NULL */
char *memory_string_slice(const char *text, size_t length);

/* What the others do when there is none, for libraries that only say so. */
void memory_exhausted(void) __attribute__((noreturn));

/* Makes room for one more element in a growing array: returns the array,
 * perhaps moved, with *capacity >= count + 1.  Doubles, so appending n
 * elements costs O(n). */
void *memory_grow(void *array, size_t count, size_t *capacity, size_t size);

#endif
