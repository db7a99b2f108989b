/* Guard: keys can read and write files; while it is set they cannot. */
#ifndef STEMMA_TESTS_FUZZ_GUARD_H
#define STEMMA_TESTS_FUZZ_GUARD_H

#include <stdbool.h>

void guard_set(bool on);

#endif
