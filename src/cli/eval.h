/* Eval: what the files of stemma eval share. */
#ifndef STEMMA_CLI_EVAL_H
#define STEMMA_CLI_EVAL_H

#include "command.h"
#include "stemma/app/judge.h"
#include "stemma/app/session.h"
#include "stemma/engine/evaluate.h"
#include "stemma/engine/holdout.h"

#define EVAL_MODELS_MIN 20 /* models that a benchmark needs to be judged by its scores */

struct eval_options {
	const char *protocols, *methods, *known, *date, *test, *folds, *reveal, *judge, *not, *keep, *hide;
	const char *observed, *benchmark;
	uint64_t seed, tie, models, sample;
	bool benchmarks, suites, lineage, drift, paper;
};

/* What is to be run. */
struct eval_plan {
	bool models[PROTOCOL_COUNT];          /* on the board */
	bool scores[HOLDOUT_PROTOCOL_COUNT];  /* on any benchmark */
	bool merges;                          /* the suggestions */
	bool hide[EVALUATION_HIDE_COUNT];     /* of the held-out models on the board */
	bool chosen;                          /* somebody asked for these, they are not the default */
	const bool *methods;                  /* METHOD_COUNT; NULL all */
};

/* Numbers of a list: "0,5,10". */
#define EVAL_NUMBERS_MAX 64
struct eval_numbers {
	size_t list[EVAL_NUMBERS_MAX], count;
};
/* Ascending, none twice; STATUS_USAGE names the option. */
enum status eval_read_numbers(const char *text, const char *option, size_t least, size_t most,
			      struct eval_numbers *numbers, struct error *error);


enum status eval_models(struct cli *cli, const struct eval_options *options, const struct eval_plan *plan,
			const struct session *session, const bool *given, struct report *report,
			struct error *error);
enum status eval_scores(struct cli *cli, const struct eval_options *options, const struct eval_plan *plan,
			const struct session *session, const struct judge_cells *given, struct report *report,
			struct error *error);
enum status eval_merges(struct cli *cli, const struct session *session, uint64_t seed, struct report *report,
			struct error *error);
enum status eval_answers(struct cli *cli, const struct eval_options *options, struct session *session,
			 struct error *error);
enum status eval_paper(struct cli *cli, const struct eval_options *options, struct session *session,
		       struct error *error);
/* Prints how far merges lie from the weighted mean of their parents. */
enum status eval_drift(struct cli *cli, struct session *session, uint64_t seed, struct error *error);

#endif
