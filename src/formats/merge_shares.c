/* Methods and the shares that they imply (formats.md §3.3). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "merge.h"
#include "stemma/base/memory.h"

static const struct merge_method_info methods[] = {
#define X(symbol, name, reduction, needs_base, min, max, normalize, help) \
	{name, reduction, needs_base, min, max, normalize, help},
	MERGE_METHOD_TABLE(X)
#undef X
};

const struct merge_method_info *merge_method_info(enum merge_method method)
{
	return &methods[method];
}

enum merge_method merge_method_parse(const char *word)
{
	enum merge_method method = 0;

	while (method < MERGE_METHOD_COUNT && strcmp(word, methods[method].name) != 0)
		method++;
	return method;
}

/* ---- measured constants of formats.md §3.3 --------------------------------- */

#define STOCK_COSINE 0.3      /* angle between the parents' deltas: not in the file */
#define FUSION_SHARE 0.3      /* of the other model of arcee_fusion */
#define ELECT_LAMBDA 0.7      /* below it a ties-like merge keeps some of the base */
#define ELECT_SLOPE 1.4

#define KNOTS 5
struct tuning {
	enum merge_method method;
	const char *name;
	double fallback; /* where nobody sets it */
	struct { double value, share; } knots[KNOTS]; /* what the parents get, straight between the knots */
};

/* A breadcrumbs density below 1 drops small entries, which carry little: the
 * largest ones, which gamma drops, are what costs.  nearswap is min(1, t/|d|)
 * of differences d with an rms of 2e-3, which also gives the two upper knots. */
#define BREADCRUMBS_KNOTS {{0, 0}, {0.5, 0.84}, {0.9, 0.93}, {1, 0.93}, {HUGE_VAL, 0.93}}
static const struct tuning tunings[] = {
	{MERGE_BREADCRUMBS, "density", 1, BREADCRUMBS_KNOTS},
	{MERGE_BREADCRUMBS_TIES, "density", 1, BREADCRUMBS_KNOTS},
	{MERGE_SCE, "select_topk", 1, {{0, 0}, {0.1, 0.2}, {0.5, 0.75}, {1, 1}, {HUGE_VAL, 1}}},
	{MERGE_NEARSWAP, "t", 3e-4, {{0, 0}, {1e-4, 0.04}, {8e-4, 0.3}, {2e-3, 0.68}, {6e-3, 1}}},
};

static const struct tuning *find_tuning(enum merge_method method)
{
	for (size_t i = 0; i < sizeof tunings / sizeof *tunings; i++)
		if (tunings[i].method == method)
			return &tunings[i];
	return NULL;
}

const char *merge_tuning_name(enum merge_method method)
{
	const struct tuning *tuning = find_tuning(method);

	return tuning ? tuning->name : NULL;
}

double merge_tuning_default(enum merge_method method)
{
	const struct tuning *tuning = find_tuning(method);

	return tuning ? tuning->fallback : NAN;
}

/* What the parents keep of their differences at a value of the parameter. */
static double tuning_share(const struct tuning *tuning, double value)
{
	size_t right = 1;

	if (isnan(value))
		value = tuning->fallback;
	while (right + 1 < KNOTS && value > tuning->knots[right].value)
		right++;
	double from = tuning->knots[right - 1].value, to = tuning->knots[right].value;
	double low = tuning->knots[right - 1].share, high = tuning->knots[right].share;
	double place = isinf(to) ? 0 : fmin(fmax((value - from) / (to - from), 0), 1);
	return low + (high - low) * place;
}

/* model_stock: t = N cos / (1 + (N - 1) cos) is what the parents share. */
static double stock_share(size_t parents)
{
	double n = (double)parents;

	return n * STOCK_COSINE / (1 + (n - 1) * STOCK_COSINE);
}

/* How much of the child comes from all parents but the base together, given
 * the sum of their raw weights. */
static double delta_share(enum merge_method method, size_t parents, double sum, double lambda,
			  double value)
{
	const struct tuning *tuning = find_tuning(method);
	double kept = tuning ? tuning_share(tuning, value) : 1;

	switch (methods[method].reduction) {
	case REDUCE_SLERP:
		return fmin(sum, 1);
	case REDUCE_TASK:
		return fmin(lambda * kept * sum, 1);
	case REDUCE_ELECT:
		return lambda < ELECT_LAMBDA ? fmin(ELECT_SLOPE * lambda, 1) : 1;
	case REDUCE_STOCK:
		return stock_share(parents);
	case REDUCE_NEAR:
		return tuning ? kept : FUSION_SHARE;
	case REDUCE_EQUAL:
		return kept;
	case REDUCE_MEAN:
	case REDUCE_LAYERS:
		break;
	}
	return 1;
}

/* ---- shares ---------------------------------------------------------------- */

static bool ignores_weights(enum merge_method method)
{
	enum merge_reduction reduction = methods[method].reduction;

	return reduction == REDUCE_EQUAL || reduction == REDUCE_STOCK;
}

/* Methods that treat a listed base like any other model. */
static bool base_is_a_parent(enum merge_method method)
{
	return method == MERGE_LINEAR || method == MERGE_KARCHER || method == MERGE_PASSTHROUGH;
}

/* Raw weights (NULL: all alike) into shares of those that count; returns the sum. */
static double raw_shares(size_t count, const double *weights, const bool *counts, double *shares)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		shares[i] = !counts[i] ? 0 : weights ? fmax(weights[i], 0) : 1;
		sum += shares[i];
	}
	return sum;
}

void merge_shares_tuned(enum merge_method method, size_t count, const double *weights, int base,
			double lambda, double tuning, double *shares, double *base_share)
{
	bool plain = base_is_a_parent(method);
	size_t others = 0;
	bool *counts = memory_zero(count + 1, sizeof *counts);

	for (size_t i = 0; i < count; i++) {
		counts[i] = plain || (int)i != base;
		others += counts[i];
	}
	double sum = raw_shares(count, ignores_weights(method) ? NULL : weights, counts, shares);
	/* Weights of 0 only say nothing, but a slerp may lie all at the base. */
	if (!(sum > 0) && methods[method].reduction != REDUCE_SLERP)
		sum = raw_shares(count, NULL, counts, shares);
	double parents = others == 0 ? 0 : plain ? 1 : delta_share(method, others, sum, lambda, tuning);
	/* Without a base to keep it, all goes to the parents. */
	if (base < 0 && !methods[method].needs_base && others > 0)
		parents = 1;
	for (size_t i = 0; i < count && sum > 0; i++)
		shares[i] *= parents / sum;
	*base_share = base < 0 ? 1 - parents : 0;
	if (base >= 0 && !counts[base])
		shares[base] = 1 - parents;
	free(counts);
}

void merge_shares(enum merge_method method, size_t count, const double *weights, int base,
		  double lambda, double *shares, double *base_share)
{
	merge_shares_tuned(method, count, weights, base, lambda, NAN, shares, base_share);
}
