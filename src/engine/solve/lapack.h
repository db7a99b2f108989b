/* Lapack: what LAPACKE returns.  Some of its functions need memory for their work. */
#ifndef STEMMA_ENGINE_LAPACK_H
#define STEMMA_ENGINE_LAPACK_H

#include <lapacke.h>

#include "stemma/base/memory.h"

/* The same number: 0 done, else not.  Without memory the program ends: what was
 * computed would be wrong. */
static inline lapack_int lapack_done(lapack_int info)
{
	if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR)
		memory_exhausted();
	return info;
}

#endif
