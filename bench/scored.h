/* Scored: a made-up leaderboard of any size with the shapes of the real one. */
#ifndef STEMMA_BENCH_SCORED_H
#define STEMMA_BENCH_SCORED_H

#include "stemma/engine/engine.h"

#define SCORED_BENCHMARKS 6

struct scored {
	struct engine_data data; /* every model scored */
	struct lineage *lineage;
	struct engine_model *model;
	struct engine_benchmark *benchmark;
	size_t *cell_start;
	struct engine_cell *cells;
	char (*names)[40];
};

/* The same count gives the same models on every machine: three years of uploads
 * to families that begin, fade and differ in size by powers, half of the models
 * with a known parent and one in seven a merge of two to four, both from their
 * own family; few owners have much, many have little.  Scores follow the
 * parents, the family, the owner and the size. */
void scored_make(size_t count, struct scored *scored);
void scored_free(struct scored *scored);
/* The plain mean of all benchmarks. */
extern const struct engine_target scored_mean;

#endif
