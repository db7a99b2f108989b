/* Results written: a model's own results for other programs.  What is written reads
 * back as the same values of the same benchmarks. */
#ifndef STEMMA_FORMATS_RESULTS_WRITE_H
#define STEMMA_FORMATS_RESULTS_WRITE_H

#include "stemma/base/facts.h"
#include "stemma/base/text.h"

/* One value: of which run, on which benchmark.  score->value is on the benchmark's
 * own scale. */
struct result_row {
	const struct evaluation_facts *run; /* rows of one run have the same and stand together */
	const struct benchmark_facts *benchmark;
	const struct score_facts *score;
};

/* Appends a file for the Hub's .eval_results (YAML).  Benchmarks that came from
 * there are named by their data sets, others by their keys. */
void eval_results_write(const struct result_row *rows, size_t count, struct text *out);

/* Appends a record of Every Eval Ever for each run, one a line (JSON), of the model
 * that the facts tell of; `seconds` since 1970 is when that is. */
void every_eval_write(const struct model_facts *model, const struct result_row *rows, size_t count, double seconds,
		      struct text *out);

#endif
