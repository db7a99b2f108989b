/* Results: what a run scored on which benchmarks, gathered and then delivered.
 * Private.  Readers of results in whatever form fill it. */
#ifndef STEMMA_FORMATS_RESULTS_H
#define STEMMA_FORMATS_RESULTS_H

#include "metrics.h"
#include "source.h"

/* Suite of a benchmark that no table or group of tasks has. */
#define SUITE_HARNESS "lm-eval"

struct results {
	struct source *source;
	struct benchmark_facts *benchmarks;
	size_t benchmark_count, benchmark_capacity;
	struct score_facts *scores;
	size_t score_count, score_capacity;
	char **strings; /* owned */
	size_t string_count, string_capacity;
};

/* Keeps a string until results_free(); NULL stays NULL. */
const char *results_keep(struct results *results, char *string);
const char *results_print(struct results *results, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The key that goes with a name in results.  What the leaderboard calls BBH is
 * measured and normalised by its rules: other results of that name get
 * `prefix`_NAME.  NULL when the name makes no key. */
const char *results_key(struct results *results, const char *prefix, const char *name);

/* The same of a data set of the Hub, or of its name on a card, and its task or
 * configuration: "gpqa_diamond" of Idavidrein/gpqa and gpqa_diamond.  Without prefix
 * it is the name of the family. */
const char *results_dataset_key(struct results *results, const char *prefix, const char *dataset, const char *task);

/* A benchmark of that key and what a metric's name tells of it; the caller may
 * fill in more before it is added. */
struct benchmark_facts results_benchmark(const char *key, const char *title, const char *metric);
/* Adds a score, and its benchmark if it is not there yet; NULL: the cache has it.
 * What they point to must last until the results are delivered. */
void results_add(struct results *results, const struct benchmark_facts *benchmark,
		 const struct score_facts *score);

/* Delivers the model, the benchmarks and the run. */
enum status results_deliver(struct results *results, const struct model_facts *model,
			    const struct evaluation_facts *run, long line);
void results_free(struct results *results);

#endif
