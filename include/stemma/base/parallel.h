/* Parallel: a sweep over much memory, in parts on several threads. */
#ifndef STEMMA_BASE_PARALLEL_H
#define STEMMA_BASE_PARALLEL_H

#include <stddef.h>

#define PARALLEL_MAX 4

/* In how many parts to do so many small items: 1 where threads would not pay, else
 * no more than there are processors and PARALLEL_MAX. */
size_t parallel_parts(size_t items);
/* Calls work(context, part) for the parts 0..parts - 1, each on a thread of its own, the
 * last on this one, and waits for all.  Where no thread can be started, this one does
 * the part.  The threads get no signals. */
void parallel_run(size_t parts, void (*work)(void *context, size_t part), void *context);

#endif
