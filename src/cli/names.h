/* Names: how models, benchmarks and facts are called in the output. */
#ifndef STEMMA_CLI_NAMES_H
#define STEMMA_CLI_NAMES_H

#include "report.h"
#include "stemma/app/catalog.h"

/* The title for people, the key for programs; "average" past the last. */
const char *names_benchmark(const struct catalog *catalog, size_t benchmark,
			    enum output_format format);
/* NULL for CATALOG_NONE. */
const char *names_model(const struct catalog *catalog, size_t model);
/* NULL when nobody said. */
const char *names_answer(enum answer answer);

#endif
