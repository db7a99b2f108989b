/* Parents: what the files of the guesses share.  Private.
 *
 * parents_features.c compares a merge with a model that could be its parent,
 * parents_answers.c the single answers of the two; parents_learn.c learns from the
 * comparisons and calibrates; parents.c guesses; parents_test.c tests. */
#ifndef STEMMA_ENGINE_PARENTS_PRIVATE_H
#define STEMMA_ENGINE_PARENTS_PRIVATE_H

#include "stemma/engine/parents.h"

/* What is compared; all but the constant are standardised before learning. */
enum feature {
	NAME_OF_PARENT, NAME_OF_CHILD, NAME_RAREST, OWNER_SAME,
	USES, USES_OWN, USED_OWN_NEAR, USED_NEAR, USES_NEAR,
	DATE_UNKNOWN, DATE_GAP, DATE_NEAR,
	SCORE_DISTANCE, SCORE_NEAR, SCORE_UNKNOWN, SCORE_SQUARE, SCORE_LEAD,
	KIND_IS_MERGE, KIND_IS_PRETRAINED, ARCHITECTURE_UNKNOWN, SIZE_RATIO, SIZE_SAME,
	OWNER_AND_DAYS, AGREEMENT_UNKNOWN, AGREEMENT, AGREEMENT_BEHIND, AGREEMENT_NEAR, CONSTANT,
	FEATURES
};

struct words {
	uint32_t *list; /* sorted; owned */
	size_t count;
	double weight;  /* sum of the rarities */
};

/* Logit of the probability: constant, score, and the log of the sum of the odds of
 * all candidates: a merge has about two parents, however many look like one. */
enum { CALIBRATION_CONSTANT, CALIBRATION_SCORE, CALIBRATION_SUM, CALIBRATION_PARTS };

struct parents {
	const struct engine_data *data;
	struct words *words;    /* by model */
	double *rarity;         /* by word: log of models over models with it */
	uint32_t *owner;        /* by model: number of the owner, 0 none */
	double *scale;          /* by benchmark: standard deviation */
	struct agreement *agreement; /* one a set */
	size_t agreement_count;
	double weights[FEATURES], mean[FEATURES], sd[FEATURES];
	double calibration[CALIBRATION_PARTS];
};

/* A set of answers as unit vectors of what is left of them when the models' shares
 * and the questions' difficulties are taken out. */
struct agreement {
	size_t questions;
	int32_t *place;  /* by model: its row, or -1 */
	float *residuals;
};
/* Adds one agreement a set. */
void parents_read_answers(struct parents *parents, const struct parents_answers *sets, size_t set_count);
void parents_forget_answers(struct parents *parents);
/* Mean correlation of what is left over the sets that both have answered; NAN
 * when there is none. */
double parents_agreement(const struct parents *parents, size_t a, size_t b);

/* Reads names, owners, the spread of the scores and the answers; nothing is
 * learned yet. */
struct parents *parents_prepare(const struct engine_data *data, const struct parents_answers *sets,
				size_t set_count);

/* How `child` was made from `parent`; RELATION_COUNT when the lineage does not have
 * that edge or it is a mere reference. */
enum relation parents_relation(const struct engine_data *data, size_t child, size_t parent);

/* Marks the model and all that descends from it, and nothing else. */
void parents_mark_descendants(const struct engine_data *data, size_t model, bool *marked);

/* Whether it is of the child's architecture, near its size and not younger; the
 * child's architecture must be known. */
bool parents_possible(const struct engine_data *data, size_t child, size_t parent);

/* Fills FEATURES numbers; `closest` is the best agreement of the child's answers
 * with those of a candidate, NAN when there are none. */
void parents_compare(const struct parents *parents, size_t child, size_t parent, double closest, double *x);

/* ---- learning ---- */

struct pair {
	uint32_t child, parent;
	bool is_parent;
	float x[FEATURES]; /* standardised from parents_standardise() on */
};
struct pairs {
	struct pair *list;
	size_t count, capacity;
	uint32_t *merges;  /* children in the order of the list */
	size_t merge_count;
	size_t *hidden;    /* by merge: parents that are no candidates */
};
/* The candidates of all known merges; STATUS_DATA when these are few. */
enum status parents_collect(const struct parents *parents, struct pairs *pairs,
			    struct progress *progress, struct error *error);
void pairs_free(struct pairs *pairs);
void parents_standardise(struct parents *parents, struct pairs *pairs);

/* Learns weights and calibration from the merges with a fold (by child) other
 * than `left_out` (-1: from all). */
void parents_learn(struct parents *parents, const struct pairs *pairs, const int *fold, int left_out);
double parents_score(const struct parents *parents, const float *x);
/* Where the pairs of the merge that begins at `begin` end. */
size_t pairs_end(const struct pairs *pairs, size_t begin);

/* The probability of a score; `sum` is parents_sum() of the scores of all candidates. */
double parents_probability(const struct parents *parents, double score, double sum);
double parents_sum(const double *scores, size_t count);

/* Puts a guess in its place among the first `room`. */
void parents_insert(struct parents_guess *guesses, size_t *count, size_t room, size_t model,
		    double probability);

#endif
