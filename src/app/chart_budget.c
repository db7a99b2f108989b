/* What a plan buys, as a picture. */
#include "stemma/app/budget_plan.h"

#define NORMAL_90 1.6449 /* deviations to the ends of the normal 90 % interval */

static double width_after(const struct budget_plan *plan, size_t step)
{
	return 2 * NORMAL_90 * plan->steps[step].deviation;
}

void budget_plan_chart(const struct session *session, const struct budget_plan *plan, struct picture *picture)
{
	const struct catalog *catalog = session->catalog;
	struct text title = {0};

	text_append_format(&title, "%s of %s", plan->wish.title,
			   catalog->models[plan->wish.model[0]].name);
	if (plan->wish.count > 1)
		text_append_format(&title, " less that of %s", catalog->models[plan->wish.model[1]].name);
	picture_init(picture, text_string(&title));
	text_free(&title);
	picture_axes(picture, PICTURE_LINEAR, price_unit_name(plan->wish.unit), PICTURE_LINEAR, "width of the 90 % interval");
	picture_series(picture, PICTURE_LINE, PICTURE_POINT, NULL);
	picture_point(picture, 0, width_after(plan, 0), NULL);
	for (size_t k = 1; k <= plan->count; k++) {
		picture_point(picture, plan->steps[k].spent, width_after(plan, k - 1), NULL);
		picture_point(picture, plan->steps[k].spent, width_after(plan, k), NULL);
	}
	picture->across.low = picture->up.low = 0;
	picture->up.high = width_after(plan, 0);
	picture_fit(picture);
}
