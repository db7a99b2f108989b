#include "stemma/engine/decision.h"

#include <math.h>

#include "data/statistics.h"

static double normal_below(double x)
{
	return 0.5 * erfc(-x / sqrt(2));
}

double decision_chance(const struct decision *decision, const struct decision_state *state)
{
	bool above = decision->kind == DECISION_ABOVE;

	if (!(state->deviation > 0))
		return above ? state->mean > decision->threshold : 1;
	if (above)
		return normal_below((state->mean - decision->threshold) / state->deviation);
	return 2 * normal_below(decision->threshold / state->deviation) - 1;
}

bool decision_made(const struct decision *decision, const struct decision_state *state)
{
	double chance = decision_chance(decision, state);

	return chance >= decision->level || (decision->kind == DECISION_ABOVE && chance <= 1 - decision->level);
}

/* The mean will be normal around what it is now, with the variance that the runs take; it has
 * to come so far from the threshold that the rest is small beside it. */
double decision_by(const struct decision *decision, const struct decision_state *now, double after)
{
	const struct decision_state then = {now->mean, after};
	double moves = sqrt(fmax(now->deviation * now->deviation - after * after, 0));

	if (decision->kind == DECISION_WITHIN || !(moves > 0))
		return decision_made(decision, &then);
	double reach = statistics_normal_quantile(1 - decision->level) * after, off = now->mean - decision->threshold;
	return normal_below((off - reach) / moves) + normal_below((-off - reach) / moves);
}
