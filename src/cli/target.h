/* Target: what a command is to improve, as weights over the benchmarks. */
#ifndef STEMMA_CLI_TARGET_H
#define STEMMA_CLI_TARGET_H

#include "stemma/app/catalog.h"
#include "stemma/base/error.h"

/* "average" (or NULL), a benchmark, or "ifeval=2,bbh=1"; the weights are
 * scaled to sum 1.  weights has one entry a benchmark. */
enum status target_parse(const struct catalog *catalog, const char *word, double *weights,
			 struct error *error);

#endif
