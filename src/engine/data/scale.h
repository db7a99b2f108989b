/* Scale: scores on a benchmark's own scale <-> z, which has mean 0 and deviation 1 over
 * the known scores, is more the better, and near to normal.
 *
 *     z = (± t(y) - mean) / deviation,   t linear, or logit of the share of the range
 *     that y has, the range widened at both ends (so that 0 and 1 are finite), further at the worst
 */
#ifndef STEMMA_ENGINE_SCALE_H
#define STEMMA_ENGINE_SCALE_H

#include "stemma/engine/engine.h"

struct scale {
	double lower, upper;    /* ends of the range with its margins; of a logit */
	double mean, deviation; /* of t; deviation > 0 */
	bool logit;
};

/* Chooses the transform under which a normal distribution makes the known values likeliest. */
void scale_learn(struct scale *scale, const struct engine_benchmark *benchmark, const double *values, size_t count);
double scale_to_z(const struct scale *scale, double value);
double scale_from_z(const struct scale *scale, double z);
/* d value / d z at z: < 0 where lower is better. */
double scale_slope(const struct scale *scale, double z);

#endif
