/* Parents: which models a merge that does not say so was probably made from.
 *
 * A logistic regression over pairs of a merge and a model that could be its parent
 * (older, of the same architecture, no descendant of it): words of the names,
 * owners, dates, sizes, scores, who else merged the model and when, and how far
 * the single answers of the two agree beyond what their shares of right answers
 * and the questions' difficulties imply.  It is learned from the merges whose
 * parents are known.  A guess is a guess: it comes with a probability, which is
 * calibrated on merges that the regression did not see (Platt 1999).
 */
#ifndef STEMMA_ENGINE_PARENTS_H
#define STEMMA_ENGINE_PARENTS_H

#include <stddef.h>
#include <stdint.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/engine/engine.h"
#include "stemma/engine/lrmf.h"

struct parents_guess {
	size_t model;
	double probability;
};

/* Single answers to one set of questions. */
struct parents_answers {
	struct lrmf_data answers;
	const uint32_t *models; /* answers.models entries: number of each in the data */
};

struct parents;
/* Learns from all merges with known parents; borrows the data, but not the
 * answers (`set_count` sets).  STATUS_DATA when they are fewer than 20. */
enum status parents_new(const struct engine_data *data, const struct parents_answers *sets,
			size_t set_count, struct progress *progress, struct parents **parents,
			struct error *error);
void parents_free(struct parents *parents); /* NULL allowed */

/* The likeliest parents of a model, best first, at most `room`; what the lineage
 * says of its parents is not looked at.  Returns how many. */
size_t parents_guess(const struct parents *parents, size_t child, struct parents_guess *guesses,
		     size_t room);

/* Hides the parents of the known merges, a fifth of these at a time, learns and
 * calibrates on the others and guesses. */
struct parents_shares {
	size_t merges;
	double first;       /* share whose first guess is a parent */
	double five;        /* share of parents among the first five guesses */
	double found;       /* share of all parents that are among the first five */
	double popular;     /* the first figure, guessing what is merged most */
	double owner;       /* the same, what the same owner merged most */
	size_t claims;      /* guesses of a half and more */
	double claimed, true_share; /* of these: mean probability, share that is true */
};
struct parents_figures {
	struct parents_shares all;
	struct parents_shares answered; /* merges with single answers, of a candidate, too */
};
enum status parents_test(const struct engine_data *data, const struct parents_answers *sets,
			 size_t set_count, uint64_t seed, struct progress *progress,
			 struct parents_figures *figures, struct error *error);

#endif
