/* Evaluate: how well models that the fit has never seen are predicted
 * (engine.md §6).  The same models are held out for every method. */
#ifndef STEMMA_ENGINE_EVALUATE_H
#define STEMMA_ENGINE_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/engine/engine.h"

/* X(symbol, word, help) */
#define PROTOCOL_TABLE(X) \
	X(RANDOM, "random", "a fifth of the models that have lineage") \
	X(ALL, "all", "a fifth of all models") \
	X(TIME, "time", "the models uploaded from a date on, and what was made of them") \
	X(FAMILY, "family", "one family after another, with all descendants") \
	X(HOMOGENEOUS, "homogeneous", "a fifth of the largest family, learned from that family alone") \
	X(GIVEN, "given", "the models of a file")
enum protocol {
#define X(symbol, word, help) PROTOCOL_##symbol,
	PROTOCOL_TABLE(X)
#undef X
	PROTOCOL_COUNT
};
const char *protocol_name(enum protocol protocol);
enum protocol protocol_parse(const char *word); /* PROTOCOL_COUNT when unknown */

/* X(symbol, word, whether it predicts models, single cells (holdout.h), help) */
#define METHOD_TABLE(X) \
	X(MEAN, "mean", true, true, "mean of all models") \
	X(BIAS, "bias", false, true, "an effect of the model and one of the benchmark") \
	X(RANK2, "rank2", false, true, "the same and a matrix of rank 2, mean of 10 starts") \
	X(ALS, "als", false, true, "the same and a matrix of rank 5, its penalty by validation") \
	X(FACTOR, "factor", false, true, "regression of each benchmark on the first shared factor") \
	X(NCF, "ncf", false, true, "neural collaborative filtering: a small network of embeddings and features") \
	X(NEAREST, "nearest", false, true, "mean of the 15 models that score alike") \
	X(SIZE, "size", false, true, "regression on size and date") \
	X(ANCESTOR, "ancestor", false, true, "nearest ancestor with a score, else the mean") \
	X(RELATIVES, "relatives", false, true, "mean of the nearest relatives with a score, else of all models") \
	X(PARENTS, "parents", true, false, "weighted mean of the scored parents, else the family's") \
	X(FAMILY, "family", true, false, "mean of the family (architecture and size)") \
	X(NONE, "none", true, true, "plain matrix factorisation") \
	X(LAPLACIAN, "laplacian", true, true, "LRMF as published") \
	X(KIN, "kin", true, true, "pedigree and kinship effects") \
	X(UNLINKED, "unlinked", true, true, "kin without any lineage: what names, sizes and dates tell") \
	X(SHUFFLED, "shuffled", true, true, "kin with the lineage shuffled: a control that must lose")
enum evaluation_method {
#define X(symbol, word, models, cells, help) METHOD_##symbol,
	METHOD_TABLE(X)
#undef X
	METHOD_COUNT
};
const char *evaluation_method_name(enum evaluation_method method);
enum evaluation_method evaluation_method_parse(const char *word); /* METHOD_COUNT when unknown */
bool evaluation_method_predicts(enum evaluation_method method, bool single_cells);

/* Which of the held-out models a figure is about. */
enum evaluation_subset {
	SUBSET_ALL,
	SUBSET_LINKED, /* with a scored parent in training */
	SUBSET_MERGES, /* with two or more */
	SUBSET_COUNT
};
const char *evaluation_subset_name(enum evaluation_subset subset);

/* Facts that can be hidden of the held-out models, whose scores remain what they are.
 * X(symbol, word, help) */
#define EVALUATION_HIDE_TABLE(X) \
	X(TEMPLATE, "template", "whether it was evaluated with the chat template") \
	X(KIND, "kind", "what kind of model it is") \
	X(SIZE, "size", "how many parameters it has")
enum evaluation_hide {
#define X(symbol, word, help) EVALUATION_HIDE_##symbol,
	EVALUATION_HIDE_TABLE(X)
#undef X
	EVALUATION_HIDE_COUNT
};
enum evaluation_hide evaluation_hide_parse(const char *word); /* EVALUATION_HIDE_COUNT when unknown */

struct evaluation_settings {
	enum protocol protocol;
	uint64_t seed;
	double date;         /* PROTOCOL_TIME: days since 1970 */
	const struct engine_target *targets; /* what is judged */
	size_t target_count;
	size_t known;        /* scores on single judged benchmarks that are known of each held-out
	                      * model, fewer than there are of these */
	const bool *given;   /* PROTOCOL_GIVEN: by model */
	const bool *methods; /* METHOD_COUNT; NULL: all that predict models, without
	                      * lineage but its controls */
	bool hide[EVALUATION_HIDE_COUNT];
};

struct evaluation_figures {
	size_t models;
	double pearson, spearman; /* NAN where a method predicts one number */
	double mae, rmse;         /* unit of the target */
	double coverage50, coverage90, width90; /* NAN for methods without intervals */
	double order;             /* share of pairs in the right order */
};

struct evaluation_result {
	enum evaluation_method method;
	size_t trained, held_out;
	double seconds;
	size_t targets;
	/* subsets x (targets + 1): each target, then the mean of the figures of those that
	 * are one benchmark. */
	const struct evaluation_figures *figures;
};

/* Runs one protocol with every method and hands each result over as it is
 * done.  Where a held-out model's prediction rests on known benchmarks, those
 * are not counted in its figures. */
enum status engine_evaluate(const struct engine_data *data, const struct evaluation_settings *settings,
			    void (*result)(void *context, const struct evaluation_result *),
			    void *context, struct progress *progress, struct error *error);

#endif
