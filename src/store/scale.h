/* Scale: what a value means on the scale of its benchmark.  Private. */
#ifndef STEMMA_STORE_SCALE_H
#define STEMMA_STORE_SCALE_H

#include "registry.h"

struct scaled {
	double value, error; /* on the benchmark's scale; error NAN unknown */
};
/* STATUS_DATA for what cannot be a value of the benchmark: further from its scale than that is
 * wide, or, while the scale is only guessed, far from all other values.  Gives a new benchmark
 * the scale of a fraction or percentage that comes first.  The ranges of the cache must be
 * known where the scale of an older benchmark is guessed: registry_ranges(). */
enum status score_check(struct registry_entry *entry, const struct score_facts *facts, struct scaled *scaled,
			struct error *error);
/* Notes a value that is put. */
void score_count(struct registry_entry *entry, double value);

#endif
