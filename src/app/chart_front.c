#include "chart_front.h"

#include <string.h>

#include "stemma/base/memory.h"

static bool beats(bool upwards, double value, double than)
{
	return upwards ? value > than : value < than;
}

void front_add(struct front *front, struct chart_place point)
{
	size_t low = 0, high = front->count;

	/* The first that is not better across. */
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (beats(front->upwards[0], front->points[middle].x, point.x))
			low = middle + 1;
		else
			high = middle;
	}
	if (low > 0 && !beats(front->upwards[1], point.y, front->points[low - 1].y))
		return;
	if (low < front->count && !beats(front->upwards[0], point.x, front->points[low].x) &&
	    !beats(front->upwards[1], point.y, front->points[low].y))
		return;
	for (high = low; high < front->count && !beats(front->upwards[1], front->points[high].y, point.y);)
		high++;
	front->points = memory_grow(front->points, front->count, &front->capacity, sizeof *front->points);
	memmove(&front->points[low + 1], &front->points[high], (front->count - high) * sizeof *front->points);
	front->count = front->count - (high - low) + 1;
	front->points[low] = point;
}
