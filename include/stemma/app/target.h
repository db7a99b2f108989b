/* Target: what is to be improved, as weights over the benchmarks. */
#ifndef STEMMA_APP_TARGET_H
#define STEMMA_APP_TARGET_H

#include "stemma/app/catalog.h"
#include "stemma/base/error.h"

/* Index of the benchmark that a word names, benchmark_count for "average";
 * STATUS_USAGE with the list of benchmarks when there is none. */
enum status target_find_benchmark(const struct catalog *catalog, const char *word,
				  size_t *benchmark, struct error *error);

/* "average" (or NULL), a benchmark, or "ifeval=2,bbh=1"; the weights are
 * scaled to sum 1.  weights has one entry a benchmark. */
enum status target_parse(const struct catalog *catalog, const char *word, double *weights,
			 struct error *error);

#endif
