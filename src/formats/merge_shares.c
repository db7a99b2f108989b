/* Methods and the shares that they imply (formats.md §3.3). */
#include <math.h>
#include <string.h>

#include "stemma/formats/mergekit.h"

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

/* Measured constants of formats.md §3.3. */
#define BREADCRUMBS_KEPT 0.93 /* share of a delta that survives at density 0.9 */
#define STOCK_COSINE 0.3      /* angle between the parents' deltas: not in the file */
#define NEARSWAP_SHARE 0.1    /* of the other model, between t = 1e-4 and 8e-4 */
#define FUSION_SHARE 0.3
#define ELECT_LAMBDA 0.7      /* below it a ties-like merge keeps some of the base */

/* model_stock: t = N cos / (1 + (N - 1) cos) is what the parents share. */
static double stock_share(size_t parents)
{
	double n = (double)parents;

	return n * STOCK_COSINE / (1 + (n - 1) * STOCK_COSINE);
}

/* How much of the child comes from all parents but the base together, given
 * the sum of their raw weights. */
static double delta_share(enum merge_method method, size_t parents, double sum, double lambda)
{
	switch (methods[method].reduction) {
	case REDUCE_SLERP:
		return fmin(sum, 1);
	case REDUCE_TASK:
		if (method == MERGE_BREADCRUMBS || method == MERGE_BREADCRUMBS_TIES)
			lambda *= BREADCRUMBS_KEPT;
		return fmin(lambda * sum, 1);
	case REDUCE_ELECT:
		return lambda < ELECT_LAMBDA ? fmin(1.4 * lambda, 1) : 1;
	case REDUCE_STOCK:
		return stock_share(parents);
	case REDUCE_NEAR:
		return method == MERGE_NEARSWAP ? NEARSWAP_SHARE : FUSION_SHARE;
	case REDUCE_MEAN:
	case REDUCE_EQUAL:
	case REDUCE_LAYERS:
		break;
	}
	return 1;
}

static bool ignores_weights(enum merge_method method)
{
	enum merge_reduction reduction = methods[method].reduction;

	return reduction == REDUCE_EQUAL || reduction == REDUCE_STOCK;
}

/* Methods without a base of their own: every listed model is a parent. */
static bool base_is_a_parent(enum merge_method method)
{
	enum merge_reduction reduction = methods[method].reduction;

	return reduction == REDUCE_MEAN || reduction == REDUCE_LAYERS || method == MERGE_KARCHER;
}

void merge_shares(enum merge_method method, size_t count, const double *weights, int base,
		  double lambda, double *shares, double *base_share)
{
	bool plain = base_is_a_parent(method);
	size_t others = 0;
	double sum = 0;

	*base_share = 0;
	for (size_t i = 0; i < count; i++) {
		bool counts = plain || (int)i != base;
		shares[i] = !counts ? 0 : ignores_weights(method) ? 1 : fmax(weights[i], 0);
		others += counts;
		sum += shares[i];
	}
	if (sum <= 0) { /* nothing to go by: alike */
		for (size_t i = 0; i < count; i++)
			shares[i] = plain || (int)i != base;
		sum = (double)others;
	}
	if (others == 0) {
		*base_share = base < 0;
		if (base >= 0)
			shares[base] = 1;
		return;
	}
	double parents = plain ? 1 : delta_share(method, others, sum, lambda);
	for (size_t i = 0; i < count; i++)
		shares[i] *= parents / sum;
	if (base >= 0 && !plain)
		shares[base] = 1 - parents;
	else if (!plain && methods[method].needs_base)
		*base_share = 1 - parents;
	else if (!plain)
		for (size_t i = 0; i < count; i++)
			shares[i] /= parents;
}
