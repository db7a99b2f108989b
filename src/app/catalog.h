/* What the files of the catalog share.  Private to the app. */
#ifndef STEMMA_APP_CATALOG_PRIVATE_H
#define STEMMA_APP_CATALOG_PRIVATE_H

#include "stemma/app/catalog.h"

/* Zeros behind the names, for sweeps that look ahead. */
#define CATALOG_NAMES_SPARE 4096

/* Strings live in chunks: one allocation for thousands of them. */
struct catalog_chunk {
	struct catalog_chunk *next;
	size_t used, size;
	char bytes[];
};

struct catalog_alias {
	const char *alias; /* of the catalog's strings */
	uint32_t model;
};

struct catalog_benchmark_alias {
	const char *alias; /* of the catalog's strings */
	uint32_t benchmark;
};

/* Insertions, deletions and replacements from one name to the other, without
 * regard to case; `limit` + 1 as soon as there are more than that. */
size_t names_edit_distance(const char *a, const char *b, size_t limit);
/* catalog_names_with() in so many parts; the answer is the same. */
void names_sweep(const struct catalog *catalog, size_t parts, const char *part, uint8_t *contains);
/* Once benchmarks and cells are there: what the engine needs of the benchmarks, and how many models
 * each has. */
void catalog_describe_benchmarks(struct catalog *catalog);
/* Frees what a catalog owns and leaves it empty. */
void catalog_clear(struct catalog *catalog);
/* The catalog as the cache has it now; with `rows` whatever is packed.  To be called
 * within a snapshot. */
enum status catalog_read(struct store *store, bool rows, struct progress *progress,
			 struct catalog **catalog, struct error *error);

#endif
