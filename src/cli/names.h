/* Names: how models, benchmarks and facts are called in the output. */
#ifndef STEMMA_CLI_NAMES_H
#define STEMMA_CLI_NAMES_H

#include "report.h"
#include "stemma/app/session.h"

/* The title for people, the key for programs. */
const char *names_benchmark(const struct catalog *catalog, size_t benchmark,
			    enum output_format format);
const char *names_target(const struct catalog *catalog, const struct target *target, enum output_format format);
const char *names_row(const struct session *session, size_t row, enum output_format format);
/* A column of the session's target, called by its name. */
struct column names_target_column(const struct session *session);
/* The target of a model as published, for that column. */
void names_add_target(struct table *table, const struct session *session, size_t model);
/* NULL for CATALOG_NONE. */
const char *names_model(const struct catalog *catalog, size_t model);
/* NULL when nobody said. */
const char *names_answer(enum answer answer);

#endif
