#include "data/random.h"

#include <stdlib.h>

#include "stemma/base/memory.h"

uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

double random_fraction(uint64_t *state)
{
	return (double)(random_next(state) >> 11) / 9007199254740992.0;
}

float random_normal(uint64_t *state)
{
	float sum = -6;

	for (int i = 0; i < 12; i++) {
		*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
		sum += (float)(*state >> 40) / 16777216.0f;
	}
	return sum;
}

struct lineage *random_lineage(const struct lineage *lineage, uint64_t *state)
{
	size_t nodes = lineage_nodes(lineage);
	size_t *place = memory_allocate(nodes, sizeof *place);
	struct lineage *shuffled = lineage_new(nodes);

	for (size_t i = 0; i < nodes; i++) {
		size_t j = random_next(state) % (i + 1);
		place[i] = place[j];
		place[j] = i;
	}
	for (size_t node = 0; node < nodes; node++) {
		size_t count;
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t p = 0; p < count; p++)
			lineage_add(shuffled, place[node], place[parents[p].node],
				    (enum relation)parents[p].relation, (double)parents[p].weight,
				    (enum trust)parents[p].trust);
	}
	lineage_finish(shuffled);
	free(place);
	return shuffled;
}
