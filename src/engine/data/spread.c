#include "data/spread.h"

#include <stdlib.h>

static int judged_compare(const void *left, const void *right)
{
	const struct judged *a = left, *b = right;

	return a->size < b->size ? -1 : a->size > b->size;
}

/* Where the share of the sorted residuals' weight ends. */
static double judged_reach(const struct judged *residuals, size_t count, double share)
{
	double total = 0, sum = 0;
	size_t i = 0;

	for (size_t k = 0; k < count; k++)
		total += residuals[k].weight;
	while (i + 1 < count && (sum += residuals[i].weight) < share * total * (1 - 1e-12))
		i++;
	return residuals[i].size;
}

struct spread spread_of(struct judged *residuals, size_t count, size_t groups)
{
	if (count < SPREAD_JUDGED_MIN)
		return (struct spread){0.6745, 1.6449};
	double more = 1 + 1 / (double)groups; /* the one that is to come */
	qsort(residuals, count, sizeof *residuals, judged_compare);
	return (struct spread){judged_reach(residuals, count, 0.5 * more),
			       judged_reach(residuals, count, 0.9 * more)};
}
