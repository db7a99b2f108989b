/* Front: the points that no other beats, updated as points come. */
#ifndef STEMMA_CHART_FRONT_H
#define STEMMA_CHART_FRONT_H

#include "stemma/app/chart.h"

/* By x from the best one on, so that y gets better with each. */
struct front {
	struct chart_place *points; /* owned */
	size_t count, capacity;
	bool upwards[2];            /* more is better: x, y */
};
/* Of equal points the first stays. */
void front_add(struct front *front, struct chart_place point);

#endif
