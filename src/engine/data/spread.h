/* Spread: how far residuals reach.  Private to the engine. */
#ifndef STEMMA_ENGINE_SPREAD_H
#define STEMMA_ENGINE_SPREAD_H

#include <stddef.h>

/* How many standard deviations reach to the ends of the 50 % and of the 90 %
 * interval. */
struct spread {
	double half, ninety;
};
/* The size of a standardised residual and what it counts. */
struct judged {
	double size, weight;
};
#define SPREAD_JUDGED_MIN 40 /* fewer give no 90 % quantile */
/* How far half and nine tenths of the residuals reach, for one more that is
 * drawn like these: the conformal quantile (Vovk 2005), with as many groups as
 * stand for themselves.  Sorts them; the normal distribution's from too few. */
struct spread spread_of(struct judged *residuals, size_t count, size_t groups);

#endif
