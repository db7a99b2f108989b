/* Sweep as a picture. */
#include <math.h>
#include <stdio.h>

#include "stemma/app/chart.h"
#include "stemma/app/target.h"

/* The mean at a weight, between two points. */
static double mean_at(const struct sweep *sweep, double weight)
{
	double place = weight / sweep->most * (SWEEP_POINTS - 1);
	size_t point = place <= 0 ? 0 : place >= SWEEP_POINTS - 2 ? SWEEP_POINTS - 2 : (size_t)place;
	double share = place - (double)point;

	return (1 - share) * sweep->at[point].mean + share * sweep->at[point + 1].mean;
}

static void mark(struct picture *picture, const struct session *session, const struct engine_target *target, double weight,
		 double value, bool best)
{
	char legend[96];

	snprintf(legend, sizeof legend, "%s %.2f: %.*f", best ? "best" : "now", weight,
		 target_digits(session->catalog, target), value);
	picture_mark(picture, weight, value, best ? PICTURE_BEST : PICTURE_GOOD, best ? "◆" : "●", best ? '#' : '@', NULL, legend);
}

void chart_sweep(const struct session *session, const struct sweep *sweep, const struct engine_target *target,
		 const char *title, struct picture *picture)
{
	double now = sweep->state.parents[sweep->position].weight;

	picture_init(picture, title);
	picture_axes(picture, PICTURE_LINEAR, NULL, PICTURE_LINEAR, NULL);
	picture_series(picture, PICTURE_BAND, PICTURE_DIM, "50 % interval");
	for (size_t i = 0; i < SWEEP_POINTS; i++)
		picture_span(picture, sweep_weight(sweep, i), sweep->at[i].low50, sweep->at[i].high50);
	picture_series(picture, PICTURE_LINE, PICTURE_POINT, NULL);
	for (size_t i = 0; i < SWEEP_POINTS; i++)
		picture_point(picture, sweep_weight(sweep, i), sweep->at[i].mean, NULL);
	mark(picture, session, target, sweep_weight(sweep, sweep->best), sweep->at[sweep->best].mean, true);
	mark(picture, session, target, now, mean_at(sweep, now), false);
	picture->across.low = 0, picture->across.high = sweep->most;
	picture_fit(picture);
}
