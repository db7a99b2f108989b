/* The front, checked against all pairs. */
#include "test.h"

#include <stdint.h>
#include <stdlib.h>

#include "chart_front.h"

#define POINTS 300

static bool is_better(bool upwards, double a, double b)
{
	return upwards ? a > b : a < b;
}

/* Whether a beats b, or came before an equal one. */
static bool displaces(const struct front *front, const struct chart_place *a, const struct chart_place *b)
{
	if (is_better(front->upwards[0], b->x, a->x) || is_better(front->upwards[1], b->y, a->y))
		return false;
	return is_better(front->upwards[0], a->x, b->x) || is_better(front->upwards[1], a->y, b->y) || a->model < b->model;
}

static bool has(const struct front *front, size_t model)
{
	for (size_t i = 0; i < front->count; i++)
		if (front->points[i].model == model)
			return true;
	return false;
}

static void check_front(struct front *front, const struct chart_place *points)
{
	size_t expected = 0;

	for (size_t i = 0; i < POINTS; i++)
		front_add(front, points[i]);
	for (size_t i = 0; i < POINTS; i++) {
		bool stays = true;
		for (size_t j = 0; j < POINTS; j++)
			stays = stays && (i == j || !displaces(front, &points[j], &points[i]));
		assert_int_equal(has(front, i), stays);
		expected += stays;
	}
	assert_int_equal(front->count, expected);
	for (size_t i = 1; i < front->count; i++) {
		assert_true(is_better(front->upwards[0], front->points[i - 1].x, front->points[i].x));
		assert_true(is_better(front->upwards[1], front->points[i].y, front->points[i - 1].y));
	}
}

/* Of few values, so that many are equal, and of many. */
static void a_front_is_what_no_other_beats(void **state)
{
	struct chart_place points[POINTS];
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 40; round++) {
		struct front front = {.upwards = {round & 1, (round & 2) != 0}};
		uint32_t values = round < 20 ? 7 : 5000;
		for (size_t i = 0; i < POINTS; i++) {
			seed = seed * 1664525u + 1013904223u;
			points[i].x = (seed >> 8) % values;
			seed = seed * 1664525u + 1013904223u;
			points[i].y = (seed >> 8) % values;
			points[i].model = i;
		}
		check_front(&front, points);
		free(front.points);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_front_is_what_no_other_beats),
	};
	return cmocka_run_group_tests_name("front", tests, NULL, NULL);
}
