/* Scores in a table as the engine takes them, for tests. */
#ifndef STEMMA_TESTS_SCORE_CELLS_H
#define STEMMA_TESTS_SCORE_CELLS_H

#include <math.h>

#include "stemma/engine/engine.h"

/* Of scores (models x benchmarks, points 0..100, NAN missing) what engine_data needs, in arrays of the
 * caller's: benchmarks, models + 2 and models x benchmarks entries.  The rest of it is to be set. */
static struct engine_data score_cells(const double *scores, size_t models, size_t benchmarks,
				      struct engine_benchmark *benchmark, size_t *start, struct engine_cell *cells)
{
	static const char *const keys[] = {"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"};
	size_t used = 0;

	for (size_t b = 0; b < benchmarks; b++)
		benchmark[b] = (struct engine_benchmark){
			.key = keys[b], .title = keys[b], .lower = 0, .upper = 100, .chance = (double)NAN,
			.higher_is_better = true, .instances = (double)NAN, .low = 0, .high = 100};
	start[0] = start[1] = 0;
	for (size_t i = 0; i < models; i++) {
		for (size_t b = 0; b < benchmarks; b++)
			if (!isnan(scores[i * benchmarks + b]))
				cells[used++] = (struct engine_cell){.value = scores[i * benchmarks + b], .error = NAN,
					.benchmark = (uint32_t)b, .chat_template = ANSWER_UNKNOWN};
		start[i + 2] = used;
	}
	return (struct engine_data){.models = models, .benchmarks = benchmarks, .benchmark = benchmark,
				    .rows = models + 1, .cell_start = start, .cell = cells};
}

#endif
