/* Scale: what a value means on the scale of its benchmark.  Private. */
#ifndef STEMMA_STORE_SCALE_H
#define STEMMA_STORE_SCALE_H

#include "registry.h"

struct scaled {
	double value, error; /* on the benchmark's scale; error NAN unknown */
};
/* STATUS_DATA for what cannot be a value of the benchmark, being further from the scale
 * than it is wide.  Gives a new benchmark the scale of a fraction or
 * percentage that comes first. */
enum status score_check(struct registry_entry *entry, const struct score_facts *facts, struct scaled *scaled,
			struct error *error);
/* Notes a value that is put. */
void score_count(struct registry *registry, struct registry_entry *entry, const struct score_facts *facts,
		 double value);
/* Whether the end of the transaction may find that the value is on another scale: a
 * fraction beside percentages, or the other way round. */
bool score_is_doubtful(const struct registry_entry *entry, const struct score_facts *facts, double value);

#endif
