/* Parallel: the same work on several threads, in parts or item by item. */
#ifndef STEMMA_BASE_PARALLEL_H
#define STEMMA_BASE_PARALLEL_H

#include <stddef.h>

#define PARALLEL_MAX 4

/* How many threads run at once: as many as there are processors, at most
 * PARALLEL_MAX. */
size_t parallel_width(void);
/* In how many parts to do so many small items: 1 where threads would not pay, else
 * no more than parallel_width(). */
size_t parallel_parts(size_t items);
/* Where a part of so many items begins, and the one before it ends. */
static inline size_t parallel_begin(size_t items, size_t part, size_t parts)
{
	return items * part / parts;
}
/* Calls work(context, part) for the parts 0..parts - 1, each on a thread of its own, the
 * last on this one, and waits for all.  Where no thread can be started, this one does
 * the part.  The threads get no signals. */
void parallel_run(size_t parts, void (*work)(void *context, size_t part), void *context);
/* Calls work(context, item) for each item below count, in any order, so many at once,
 * and returns when all are done.  What it makes must not depend on the order. */
void parallel_for(size_t count, void (*work)(void *context, size_t item), void *context);

#endif
