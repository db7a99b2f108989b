/* Random numbers of the tests: the same on every machine. */
#ifndef STEMMA_TESTS_DRAW_H
#define STEMMA_TESTS_DRAW_H

#include <stdint.h>

static uint64_t seed;

static double uniform(void)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (double)(seed >> 11) / 9007199254740992.0;
}

static double normal(void)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += uniform();
	return sum;
}

#endif
