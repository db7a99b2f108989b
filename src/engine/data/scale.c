#include "data/scale.h"

#include <math.h>
#include <stdlib.h>

/* Shares of the range that a logit's ends may lie beyond.  At the best end, where errors halve and halve
 * again, as the scores say; at the worst one far out: what differs there is guessing and formats, which a
 * logit would magnify. */
static const double best_margins[] = {0.01, 0.03, 0.1};
#define WORST_MARGIN 0.2
#define CHOICES_MIN 12 /* scores, to choose by */
#define FEW_MARGIN 0.03
/* Values that use less of the range are far from both of its ends. */
#define RANGE_MIN 0.12
#define RANGE_SCORES 5 /* that it takes to tell so */
#define CLIP 0.002
/* A logit must be likelier by so much a score to be worth its curve. */
#define WORTH 0.02

static double logit_share(const struct scale *scale, double value)
{
	double share = (value - scale->lower) / (scale->upper - scale->lower);

	return share < CLIP ? CLIP : share > 1 - CLIP ? 1 - CLIP : share;
}

static double scale_forward(const struct scale *scale, double value)
{
	if (!scale->logit)
		return value;
	double share = logit_share(scale, value);
	return log(share / (1 - share));
}

/* Sets mean and deviation, and returns the log likelihood of the values. */
static double scale_measure(struct scale *scale, bool upwards, const double *values, size_t count)
{
	double sum = 0, squares = 0, slopes = 0, n = (double)count;

	for (size_t i = 0; i < count; i++) {
		sum += scale_forward(scale, values[i]);
		if (scale->logit) {
			double share = logit_share(scale, values[i]);
			slopes -= log(share * (1 - share) * (scale->upper - scale->lower));
		}
	}
	scale->mean = count ? sum / n : 0;
	for (size_t i = 0; i < count; i++) {
		double off = scale_forward(scale, values[i]) - scale->mean;
		squares += off * off;
	}
	/* Few values say little of their spread: they are drawn to the middle of what is usual. */
	double usual = scale->logit ? 0.8 : 0;
	scale->deviation = sqrt((squares + 2 * usual * usual) / (n + (usual > 0 ? 2 : 0) + 1e-9));
	if (!(scale->deviation > 1e-6 * (fabs(scale->mean) + 1e-3)))
		scale->deviation = scale->logit ? usual : fmax(fabs(scale->mean) * 0.1, 1e-3);
	double likelihood = slopes - n * log(scale->deviation);
	if (!upwards)
		scale->deviation = -scale->deviation;
	return likelihood;
}

void scale_learn(struct scale *scale, const struct engine_benchmark *benchmark, const double *values, size_t count)
{
	bool upwards = benchmark->higher_is_better;
	double low = HUGE_VAL, high = -HUGE_VAL, range = benchmark->upper - benchmark->lower;

	*scale = (struct scale){0};
	double best = scale_measure(scale, upwards, values, count);
	for (size_t i = 0; i < count; i++) {
		low = fmin(low, values[i]);
		high = fmax(high, values[i]);
	}
	if (!isfinite(range) || range <= 0 || (count >= RANGE_SCORES && high - low < RANGE_MIN * range))
		return;
	for (size_t i = 0; i < sizeof best_margins / sizeof *best_margins; i++) {
		double best_end = (count < CHOICES_MIN ? FEW_MARGIN : best_margins[i]) * range;
		double worst_end = WORST_MARGIN * range;
		struct scale other = {.logit = true,
				      .lower = fmin(benchmark->lower, low) - (upwards ? worst_end : best_end),
				      .upper = fmax(benchmark->upper, high) + (upwards ? best_end : worst_end)};
		double likelihood = scale_measure(&other, upwards, values, count);
		if (count < CHOICES_MIN || likelihood > best + WORTH * (double)count) {
			best = likelihood;
			*scale = other;
		}
	}
}

double scale_to_z(const struct scale *scale, double value)
{
	return (scale_forward(scale, value) - scale->mean) / scale->deviation;
}

double scale_from_z(const struct scale *scale, double z)
{
	double t = scale->mean + scale->deviation * z;

	if (!scale->logit)
		return t;
	return scale->lower + (scale->upper - scale->lower) / (1 + exp(-t));
}

double scale_slope(const struct scale *scale, double z)
{
	if (!scale->logit)
		return scale->deviation;
	double share = 1 / (1 + exp(-(scale->mean + scale->deviation * z)));
	return scale->deviation * share * (1 - share) * (scale->upper - scale->lower);
}
