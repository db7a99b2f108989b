#include "stemma/engine/race.h"

#include <math.h>

#define NODES 1001
#define REACH 6.0          /* deviations to each side that are integrated over */
#define NARROWEST 1e-6     /* a known target is as good as this narrow, in its unit */

struct runner {
	double mean, deviation;
};

static struct runner runner_of(const struct race *race, size_t i)
{
	double mean = prospect_estimate(race->prospect[i]).mean;

	return (struct runner){race->upwards ? mean : -mean, fmax(prospect_deviation(race->prospect[i]), NARROWEST)};
}

/* The probability that all others are below x. */
static double others_below(const struct runner *runners, size_t count, size_t i, double x)
{
	double product = 1;

	for (size_t j = 0; j < count && product > 0; j++)
		if (j != i)
			product *= 0.5 * erfc((runners[j].mean - x) / (runners[j].deviation * sqrt(2)));
	return product;
}

static double chance_of(const struct runner *runners, size_t count, size_t i)
{
	double sum = 0, weights = 0;

	for (size_t q = 0; q < NODES; q++) {
		double z = REACH * (2.0 * (double)q / (NODES - 1) - 1), weight = exp(-0.5 * z * z);
		weights += weight;
		sum += weight * others_below(runners, count, i, runners[i].mean + z * runners[i].deviation);
	}
	return sum / weights;
}

void race_judge(struct race *race)
{
	struct runner runners[RACE_MAX];
	double sum = 0;

	for (size_t i = 0; i < race->count; i++)
		runners[i] = runner_of(race, i);
	for (size_t i = 0; i < race->count; i++)
		sum += race->chance[i] = chance_of(runners, race->count, i);
	for (size_t i = 0; i < race->count && sum > 0; i++) {
		race->chance[i] /= sum;
		race->out[i] |= race->chance[i] < (1 - race->level) / (double)race->count;
	}
}

/* The likeliest that is none of `but`; count where there is none. */
static size_t likeliest(const struct race *race, size_t but)
{
	size_t best = race->count;

	for (size_t i = 0; i < race->count; i++)
		if (i != but && !race->out[i] && (best == race->count || race->chance[i] > race->chance[best]))
			best = i;
	return best;
}

size_t race_leader(const struct race *race)
{
	size_t best = 0;

	for (size_t i = 1; i < race->count; i++)
		if (race->chance[i] > race->chance[best])
			best = i;
	return best;
}

bool race_is_over(const struct race *race)
{
	return race->chance[race_leader(race)] >= race->level;
}

/* A candidate's best step, and the variance that it takes for its price. */
static double rate_of(const struct race *race, size_t i, double most, struct prospect_step *step)
{
	double deviation = prospect_deviation(race->prospect[i]);

	if (!prospect_best(race->prospect[i], most, race->whole, step))
		return 0;
	return deviation * deviation * (1 - prospect_left(race->prospect[i], step)) / step->price;
}

bool race_next(const struct race *race, double most, size_t *candidate, struct prospect_step *step)
{
	size_t first = likeliest(race, race->count), second = likeliest(race, first);
	struct prospect_step other;
	double rate = first < race->count ? rate_of(race, first, most, step) : 0;

	*candidate = first;
	if (second < race->count && rate_of(race, second, most, &other) > rate) {
		rate = rate_of(race, second, most, &other);
		*candidate = second;
		*step = other;
	}
	/* Both are known: whoever else is left. */
	for (size_t i = 0; i < race->count && !(rate > 0); i++)
		if (!race->out[i]) {
			rate = rate_of(race, i, most, step);
			*candidate = i;
		}
	return rate > 0;
}
