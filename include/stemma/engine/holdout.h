/* Holdout: how well single cells are predicted.  Cells are taken out of the data,
 * predicted by every method from what is left, and compared (benchmarks.md).
 * Any benchmark may be judged; what evaluate.h does for whole models and a few targets
 * this does for the matrix. */
#ifndef STEMMA_ENGINE_HOLDOUT_H
#define STEMMA_ENGINE_HOLDOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/engine/engine.h"
#include "stemma/engine/evaluate.h"

/* Who is held out follows from a hash of the names and the seed, so that it is the same
 * whatever else the data have.  Copies of a hidden cell are hidden with it and not judged: the
 * same model on a benchmark that another one duplicates, the same checkpoint under
 * another name, the same value of another setting of one model.
 * X(symbol, word, help) */
#define HOLDOUT_PROTOCOL_TABLE(X) \
	X(CELLS, "cells", "one score in ten") \
	X(BLOCKS, "blocks", "all scores of a model in one suite, one in sixteen, where it has another suite") \
	X(WARM, "warm", "one model in eight, half of its scores known") \
	X(COLD, "cold", "one model in eight, none of its scores known") \
	X(LATE_WARM, "late-warm", "the newest models, half of their scores known") \
	X(LATE_COLD, "late-cold", "the newest models, none of their scores known") \
	X(NEW, "new-benchmark", "all but a few scores of a benchmark, the rest of its suite and of its family") \
	X(GIVEN, "given", "the scores that a file names") \
	X(STUDY, "study", "a fifth of the models that have lineage, and a share of all other scores")
enum holdout_protocol {
#define X(symbol, word, help) HOLDOUT_##symbol,
	HOLDOUT_PROTOCOL_TABLE(X)
#undef X
	HOLDOUT_PROTOCOL_COUNT
};
const char *holdout_protocol_name(enum holdout_protocol protocol);
enum holdout_protocol holdout_protocol_parse(const char *word); /* HOLDOUT_PROTOCOL_COUNT when unknown */

/* What STUDY never judges of a held-out model: so many scores, known or not, that figures compare. */
#define HOLDOUT_KNOWN_MAX 2
/* The largest family: models with scores of one architecture and size.  Marks them (models, or NULL), sets one
 * of them, and returns how many they are; 0 where no architecture is known. */
size_t holdout_family(const struct engine_data *data, bool *members, uint32_t *one);

struct holdout_given {
	uint32_t fold, model, benchmark;
};

struct holdout_settings {
	enum holdout_protocol protocol;
	uint64_t seed;
	double date;          /* LATE_*: from here on, days since 1970; NAN: the newest tenth */
	const size_t *keep;   /* NEW: scores of the benchmark that are known, a result for each */
	size_t keep_count;
	size_t sample;        /* NEW: at most so many benchmarks of a suite, 0 = all */
	const struct holdout_given *given; /* GIVEN */
	size_t given_count;
	double reveal;        /* GIVEN: share of the given cells that stay known */
	bool family;          /* STUDY: of the largest family alone */
	size_t known;         /* STUDY: scores of each held-out model that are known, at most HOLDOUT_KNOWN_MAX */
	double share;         /* STUDY: of the other models' scores that are known */
	const bool *judged;   /* by benchmark: counts in the figures; NULL all */
	size_t models_min;    /* judges benchmarks that so many models are known on (not NEW), at least 1 */
	const bool *methods;  /* METHOD_COUNT; NULL: all that predict cells but ncf and, without lineage, its controls;
			       * of NEW those that need no long learning */
};

/* How a model was made.  X(symbol, word, title) */
#define HOLDOUT_MADE_TABLE(X) \
	X(OTHER, "other", "made in no stated way") \
	X(FINETUNE, "finetune", "fine-tunes") \
	X(MERGE, "merge", "merges") \
	X(QUANTIZED, "quantized", "quantized models") \
	X(ADAPTER, "adapter", "adapters") \
	X(SETTING, "setting", "setting variants")
enum holdout_made {
#define X(symbol, word, title) HOLDOUT_MADE_##symbol,
	HOLDOUT_MADE_TABLE(X)
#undef X
	HOLDOUT_MADE_COUNT
};
/* Steps to the nearest relative with a known score on the benchmark: 1 a parent or child, 2 a sibling,
 * grandparent, grandchild or fellow parent …; 0 none so near. */
#define HOLDOUT_DISTANCE_MAX 4

/* Errors in points are those of 100 over the range of the benchmark (engine_points()).  Errors
 * in units are on its own scale, fractions in percent.  All NAN where there is nothing. */
struct holdout_figures {
	size_t cells, benchmarks;  /* judged */
	double mae;                /* points */
	double pearson;            /* within a benchmark of 6 judged cells or more, mean weighted by them; what
	                            * predicts one number has 0 */
	double spearman;           /* likewise */
	double median;             /* median absolute error, units */
	double relative;           /* median of |error / value| */
	double within3, within5;   /* share of the errors that are at most 3 and 5 units */
	double coverage50, width50; /* width: points; NAN for methods without intervals */
	double coverage90, width90;
};

/* What a row of figures is about.  X(symbol, word, help) */
#define HOLDOUT_SCOPE_TABLE(X) \
	X(ALL, "all", "all judged cells together") \
	X(ANCESTOR, "ancestor", "those whose model has an ancestor with a known score on the benchmark") \
	X(DISTANCE, "distance", "those whose nearest relative with a known score is so many steps away") \
	X(MADE, "made", "those of models that were made so") \
	X(MEAN, "mean of benchmarks", "plain mean of the benchmarks' figures") \
	X(FOLDS, "median of folds", "median of the folds' figures") \
	X(SUITE, "suite", "one suite") \
	X(BENCHMARK, "benchmark", "one benchmark")
enum holdout_scope {
#define X(symbol, word, help) HOLDOUT_SCOPE_##symbol,
	HOLDOUT_SCOPE_TABLE(X)
#undef X
	HOLDOUT_SCOPE_COUNT
};
const char *holdout_scope_name(enum holdout_scope scope);

/* A word for a part of DISTANCE or MADE, and a title; NULL of other scopes. */
const char *holdout_part_name(enum holdout_scope scope, unsigned part);
const char *holdout_part_title(enum holdout_scope scope, unsigned part);

struct holdout_row {
	enum holdout_scope scope;
	const char *suite;    /* of SUITE and BENCHMARK; NULL unknown */
	uint32_t benchmark;   /* of BENCHMARK */
	unsigned part;        /* of DISTANCE: steps, 0 none; of MADE: enum holdout_made */
	struct holdout_figures figures;
};

struct holdout_result {
	enum evaluation_method method;
	size_t keep;          /* NEW: scores of the benchmark that were known */
	size_t folds;
	size_t seen, hidden;  /* cells, mean over the folds; hidden: copies too */
	double seconds;
	size_t row_count;
	const struct holdout_row *rows; /* in the order of the scopes, suites and benchmarks by number of cells */
};

/* Runs one protocol with every method and hands each result over as it is done.
 * STATUS_DATA when the protocol hides nothing that can be judged. */
enum status engine_holdout(const struct engine_data *data, const struct holdout_settings *settings,
			   void (*result)(void *context, const struct holdout_result *), void *context,
			   struct progress *progress, struct error *error);

#endif
