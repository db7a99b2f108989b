/* Decision: whether a value is above a threshold, or known as closely as asked.
 *
 * A question counts as decided when the posterior probability of one answer reaches the level.  That
 * holds however often one looks and whenever one stops: the posterior is conditional on all
 * that was seen, and so at any stopping time the expected share of wrong answers is at most 1 - level
 * (Berger and Wolpert 1988, ch. 4.2), on average over models as the prior has them.
 */
#ifndef STEMMA_ENGINE_DECISION_H
#define STEMMA_ENGINE_DECISION_H

#include <stdbool.h>

struct decision {
	enum { DECISION_ABOVE, DECISION_WITHIN } kind;
	double threshold;  /* above it? within how much to each side? */
	double level;      /* 0.5 .. 1 */
};

/* What is known of the value: normal. */
struct decision_state {
	double mean, deviation;
};

/* Probability that the value is above the threshold, or within that distance of its mean. */
double decision_chance(const struct decision *decision, const struct decision_state *state);
bool decision_made(const struct decision *decision, const struct decision_state *state);
/* Probability that it will have been made once runs, whose results are not known yet, have narrowed the
 * deviation to `after`. */
double decision_by(const struct decision *decision, const struct decision_state *now, double after);

#endif
