/* Split: which cells a protocol hides and which of them it judges.  Private to
 * the engine. */
#ifndef STEMMA_ENGINE_SPLIT_H
#define STEMMA_ENGINE_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/copies.h"
#include "stemma/engine/holdout.h"

/* A benchmark as if it were new: in which fold, and whether its suite goes too. */
struct split_benchmark {
	uint32_t benchmark;
	size_t fold;
	bool suite;
};

struct split {
	const struct engine_data *data;          /* borrowed */
	const struct holdout_settings *settings; /* borrowed */
	struct copies copies;
	size_t folds;
	struct split_benchmark *benchmarks;      /* NEW */
	size_t benchmark_count;
	bool *hidden, *judged;                   /* by cell, of what was made last */
};

/* Finds the copies and how many folds the protocol has; data and settings must outlive it. */
void split_begin(struct split *split, const struct engine_data *data, const struct holdout_settings *settings);
/* Hides the cells of a fold.  Of NEW: all of its benchmarks, their suites and families; none is judged. */
void split_make(struct split *split, size_t fold);
/* NEW: of what the fold of the benchmark benchmarks[place] hides, shows `keep` cells of this one and judges
 * the others. */
void split_show(struct split *split, size_t place, size_t keep);
void split_free(struct split *split);

#endif
