/* Statistics: figures of agreement between what was and what was predicted.
 * Private to the engine.  All are NAN where they are not defined. */
#ifndef STEMMA_ENGINE_STATISTICS_H
#define STEMMA_ENGINE_STATISTICS_H

#include <stddef.h>

double statistics_pearson(const double *x, const double *y, size_t count);
/* Pearson's of the ranks, equal values sharing their mean rank. */
double statistics_spearman(const double *x, const double *y, size_t count);
/* Share of the pairs whose order is right; ties in the prediction count half. */
double statistics_order(const double *observed, const double *predicted, size_t count);
/* Probability that a 1 was given a higher value than a 0 (Mann and Whitney),
 * ties counting half. */
double statistics_auc(const double *observed, const double *predicted, size_t count);

/* How many deviations of a normal distribution leave this probability above, 0 < upper <= 0.5. */
double statistics_normal_quantile(double upper);

/* p-values, sorted ascending -> the smallest false discovery rates at which each
 * is rejected (Benjamini and Hochberg 1995), in place. */
void statistics_false_rates(double *p, size_t count);

#endif
