/* Suggest: which merges of the scored models promise most (engine.md §5).
 *
 * The expected score of a merge is linear in what its parents bring,
 *
 *     mean = sum_p w_p l_p + o
 *
 * with l_p from the lineage through parent p and o from the child's own group
 * effects, so all pairs are looked at by their means alone, and of a short list
 * the variances come from one triangular solve with many right-hand sides.
 * All numbers are those of engine_predict_child().  Kin prior only.
 */
#ifndef STEMMA_ENGINE_SUGGEST_H
#define STEMMA_ENGINE_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/engine/engine.h"

/* X(symbol, word) */
#define SUGGEST_ORDER_TABLE(X) \
	X(GAIN, "gain") \
	X(CHANCE, "chance") \
	X(SCORE, "score")
enum suggest_order {
#define X(symbol, word) SUGGEST_##symbol,
	SUGGEST_ORDER_TABLE(X)
#undef X
	SUGGEST_ORDER_COUNT
};

#define SUGGEST_PARENTS_MAX 3

/* Which models a search may merge.  All arrays are by model; borrowed. */
struct suggest_models {
	const bool *allowed;   /* NULL = all; those without a target score never are */
	const uint64_t *has;   /* traits as bits, and those that a model may not be merged */
	const uint64_t *against; /* with; both NULL = none */
	const size_t *include; /* models that every answer has */
	size_t include_count;
};

struct suggest_settings {
	struct suggest_models models;
	struct engine_target target; /* covered by the fit */
	size_t parents;        /* 2 or 3 */
	enum suggest_order by;
	bool explore;          /* not by this but by the expected improvement over the best of the models that
	                        * it may take, for a billion parameters */
	double floor;          /* answers are expected to reach it; NAN: the best tenth of the candidates */
	size_t limit;          /* answers */
	size_t per_model;      /* answers that may share a model outside `include`, >= 1 */
};

/* Of the fit's own merges, each predicted without its scores, the 40 whose chance of a gain is the nearest (all
 * when there are fewer): how many gained, and between which chances they lie. */
struct suggest_such {
	size_t count, gained; /* 0 when the fit has fewer than 8 */
	double low, high;
};

struct suggest_answer {
	size_t count;
	size_t parents[SUGGEST_PARENTS_MAX]; /* heaviest first */
	double weights[SUGGEST_PARENTS_MAX];
	size_t best_parent;  /* with the best published score */
	double best;         /* that score */
	double mean, sd;     /* of the target, in its unit */
	double gain;         /* mean - best; best - mean where less is better */
	double shown;        /* gain less what the search overstates it by */
	double chance;       /* of a gain */
	struct suggest_such such;
	/* Where explored: */
	double known;        /* the best of the models that the search could take */
	double improvement;  /* expected over that */
	double size;         /* billions of parameters */
};

struct suggest_result {
	struct suggest_answer *answers; /* owned */
	size_t count;
	size_t candidates;   /* models that the search could take */
	double floor;        /* that was used */
	double searched;     /* combinations that the constraints allow */
	double spread;       /* standard deviation of the predicted gains */
	double slope;        /* of published on predicted gains of the fit's own merges, 0..1:
	                      * the lower end of its 90 % interval */
	size_t slope_merges; /* how many of them; below 8 the slope is 1/2 */
};

/* Searches pairs or triples of one architecture and size (to two decimals of
 * billions), over weights in steps of a tenth (pairs) or a fifth and equal
 * thirds (triples), none below a fifth.  Models with the same scores on all
 * benchmarks are one (the oldest).  STATUS_NO_INPUT when fewer models than
 * parents are left. */
enum status engine_suggest(const struct engine_fit *fit, const struct suggest_settings *settings,
			   struct progress *progress, struct suggest_result *result,
			   struct error *error);
void suggest_result_free(struct suggest_result *result);

/* By how much the gain of the best of `searched` is overstated on average, and
 * that of the next ones a little less: predicted gains are true ones plus errors, the errors
 * are 1 - slope of their variance, so of the best of M they are
 * (1 - slope) spread E(M): the optimizer's curse (Smith and Winkler 2006,
 * Management Science 52:311) with normal order statistics E (Blom 1958). */
double suggest_overstatement(double slope, double spread, double searched);

#endif
