/* Race: which of several models is the best, for as little as possible.
 *
 * Successive elimination by the posterior.  The target of each candidate is normal, and they count as
 * independent, which what relatives have in common only makes too cautious; the probability that i
 * is the best is
 *
 *     p_i = integral of phi_i(x) prod_{j != i} Phi_j(x) dx.
 *
 * One whose p_i falls below (1 - level) / n is out.  Of the likeliest and its likeliest rival the one is
 * run on whose target a run tells more for its price (top two: Russo 2016), until p_i of one reaches
 * the level.
 */
#ifndef STEMMA_ENGINE_RACE_H
#define STEMMA_ENGINE_RACE_H

#include "stemma/engine/engine.h"
#include "stemma/engine/prospect.h"

#define RACE_MAX 64

struct race {
	size_t count;                        /* 2 .. RACE_MAX */
	struct prospect *prospect[RACE_MAX]; /* borrowed */
	double level;
	bool upwards;                        /* more is better */
	bool whole;                          /* no runs of some questions */
	double chance[RACE_MAX];             /* that it is the best; race_judge() */
	bool out[RACE_MAX];                  /* for good */
};

/* After each run: sets chance and out. */
void race_judge(struct race *race);
/* By place. */
size_t race_leader(const struct race *race);
/* Whether the leader's chance has reached the level. */
bool race_is_over(const struct race *race);
/* The next run for at most `most`; false when nothing is left to be run of those that are not out. */
bool race_next(const struct race *race, double most, size_t *candidate, struct prospect_step *step);

/* Back-test: families (models with the same first parent) of which all members' targets are known race
 * against each other.  Nothing is learned from them and what descends from them; their runs have
 * the results that are known. */
struct race_test_settings {
	uint64_t seed;
	size_t repeats;      /* a quarter of the families each */
	size_t least, most;  /* members of a family; of a larger one so many are drawn */
	double level;
	const double *price; /* by benchmark of the data */
};
/* X(symbol, word, help) */
#define RACE_POLICY_TABLE(X) \
	X(RACE, "race", "top two, until one is the best at the level") \
	X(RANDOM, "random order", "random runs of those that are not out, until the same") \
	X(PRIOR, "nothing run", "the one that is predicted to be the best") \
	X(ALL, "all", "every run of every candidate")
enum race_policy {
#define X(symbol, word, help) RACE_POLICY_##symbol,
	RACE_POLICY_TABLE(X)
#undef X
	RACE_POLICIES
};
const char *race_policy_name(enum race_policy policy);
struct race_figures {
	size_t families, candidates;
	double cost;    /* mean share of the price of all runs */
	double found;   /* share of families in which the best was taken */
	double regret;  /* mean of the target of the best less that of the one taken */
};
/* `figures` by policy.  STATUS_DATA without families. */
enum status race_test(const struct engine_data *data, const struct engine_target *target,
		      const struct race_test_settings *settings, struct progress *progress,
		      struct race_figures figures[RACE_POLICIES], struct error *error);

#endif
