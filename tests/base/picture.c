/* Pictures: extents, ticks, characters and SVG. */
#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/facts.h"
#include "stemma/base/memory.h"
#include "stemma/base/picture.h"

static void assert_ticks(struct picture_axis axis, size_t most, const char *expected)
{
	struct picture_tick ticks[PICTURE_TICKS_MAX];
	struct text line = {0};
	size_t count = picture_ticks(&axis, most, ticks);

	for (size_t i = 0; i < count; i++)
		text_append_format(&line, "%s%s", i ? " " : "", ticks[i].text);
	assert_string_equal(text_string(&line), expected);
	text_free(&line);
}

static void ticks_are_round(void **state)
{
	(void)state;
	assert_ticks((struct picture_axis){NULL, PICTURE_LINEAR, 0, 100}, 6, "0 20 40 60 80 100");
	assert_ticks((struct picture_axis){NULL, PICTURE_LINEAR, 0, 100}, 5, "0 50 100");
	assert_ticks((struct picture_axis){NULL, PICTURE_LINEAR, -0.21, 0.33}, 7, "-0.2 -0.1 0.0 0.1 0.2 0.3");
	assert_ticks((struct picture_axis){NULL, PICTURE_LINEAR, 61.9, 74.2}, 4, "65 70");
	assert_ticks((struct picture_axis){NULL, PICTURE_LINEAR, 0.4601, 0.4649}, 6, "0.461 0.462 0.463 0.464");
	assert_ticks((struct picture_axis){NULL, PICTURE_LOG, 0.1, 100}, 12, "0.1 0.2 0.5 1 2 5 10 20 50 100");
	assert_ticks((struct picture_axis){NULL, PICTURE_LOG, 0.1, 100}, 8, "0.1 0.3 1 3 10 30 100");
	assert_ticks((struct picture_axis){NULL, PICTURE_LOG, 1, 1e8}, 5, "1 100 10000 1e+06 1e+08");
	assert_ticks((struct picture_axis){NULL, PICTURE_LOG, 6.6, 8.2}, 4, "7.0 7.5 8.0");
}

static void dates_have_ticks_by_the_calendar(void **state)
{
	(void)state;
	assert_ticks((struct picture_axis){NULL, PICTURE_DAYS, date_days("2023-11-05"), date_days("2024-03-20")}, 6,
		     "2023-12 2024-01 2024-02 2024-03");
	assert_ticks((struct picture_axis){NULL, PICTURE_DAYS, date_days("2023-11-05"), date_days("2025-03-20")}, 6,
		     "2024-01 2024-04 2024-07 2024-10 2025-01");
	assert_ticks((struct picture_axis){NULL, PICTURE_DAYS, date_days("2019-06-01"), date_days("2025-03-20")}, 6,
		     "2020 2021 2022 2023 2024 2025");
	assert_ticks((struct picture_axis){NULL, PICTURE_DAYS, date_days("2024-02-27"), date_days("2024-03-02")}, 6,
		     "2024-02-27 2024-02-28 2024-02-29 2024-03-01 2024-03-02");
}

static void assert_about(double value, double expected)
{
	assert_true(fabs(value - expected) < 1e-9);
}

static void axes_take_in_the_data(void **state)
{
	(void)state;
	struct picture picture;

	picture_init(&picture, NULL);
	picture_axes(&picture, PICTURE_LOG, "size", PICTURE_LINEAR, NULL);
	picture_series(&picture, PICTURE_DOTS, PICTURE_POINT, NULL);
	picture_point(&picture, 1, 20, NULL);
	picture_point(&picture, 100, 70, NULL);
	picture_point(&picture, 0, 500, NULL);  /* is not on a log axis */
	picture_point(&picture, 7, NAN, NULL);
	picture_mark(&picture, 10, 45, PICTURE_BEST, "◆", '#', NULL, NULL);
	picture_thin(&picture, 4, 4);
	assert_int_equal(picture.series[0].count, 2);
	picture_fit(&picture);
	assert_about(picture.across.low, pow(10, -0.08));
	assert_about(picture.across.high, pow(10, 2.08));
	assert_about(picture.up.low, 18);
	assert_about(picture.up.high, 72);
	assert_about(picture_place(&picture.across, 10), 0.5);
	assert_about(picture_place(&picture.up, 45), 0.5);
	assert_true(isnan(picture_place(&picture.across, 0)));
	picture_free(&picture);
}

/* A million points in a square leave one a cell. */
static void many_points_are_thinned(void **state)
{
	(void)state;
	struct picture picture;

	picture_init(&picture, NULL);
	picture_series(&picture, PICTURE_DOTS, PICTURE_POINT, NULL);
	for (int i = 0; i < 1000000; i++)
		picture_point(&picture, i % 1000, i / 1000, NULL);
	picture_thin(&picture, 50, 20);
	/* The margins have none: 4 % of 108 %. */
	assert_int_equal(picture.series[0].count, 48 * 20);
	picture_free(&picture);
}

static void assert_drawn(const struct picture *picture, int width, int height, enum picture_signs signs, const char *expected)
{
	struct text text = {0};

	picture_print(picture, width, height, signs, &text);
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

static void begin_plane(struct picture *picture)
{
	picture_init(picture, "Score ± by size");
	picture_axes(picture, PICTURE_LINEAR, "size", PICTURE_LINEAR, "score");
	picture->across.low = 0, picture->across.high = 100;
	picture->up.low = 0, picture->up.high = 40;
	picture_series(picture, PICTURE_BAND, PICTURE_DIM, "50 %");
	picture_span(picture, 0, 0, 10);
	picture_span(picture, 100, 30, 40);
	picture_series(picture, PICTURE_LINE, PICTURE_POINT, NULL);
	picture_point(picture, 0, 0, NULL);
	picture_point(picture, 100, 40, NULL);
	picture_mark(picture, 50, 40, PICTURE_BEST, "◆", '#', "Ünit", "best");
}

static void a_plane_is_drawn_in_ascii(void **state)
{
	(void)state;
	struct picture picture;

	begin_plane(&picture);
	assert_drawn(&picture, 25, 9, PICTURE_ASCII,
		     "Score ± by size\n"
		     " score\n"
		     " 40+     ?nit #     :***\n"
		     "   |          ::*****:::\n"
		     " 20+    ::::****::::\n"
		     "   |:::*****::\n"
		     "  0+***:\n"
		     "   ++---------+--------+\n"
		     "    0        50       100\n"
		     " # best  : 50 %     size\n");
	picture_free(&picture);
}

static void a_plane_is_drawn_in_braille_and_blocks(void **state)
{
	(void)state;
	struct picture picture;

	begin_plane(&picture);
	assert_drawn(&picture, 30, 7, PICTURE_BRAILLE,
		     "Score ± by size\n"
		     " 40┤       Ünit ◆    ░░⣀⡠⠤⠔⠒⠉\n"
		     " 20┤        ░░░░⢀⣀⠤⠤⠒⠊⠉░░░░░░\n"
		     "   │░░░░░░⣀⡠⠤⠒⠒⠉⠁░░░\n"
		     "  0┤⣀⠤⠔⠒⠊⠉░░\n"
		     "   └┴───────────┴───────────┴\n"
		     "    0          50          100\n"
		     " ◆ best  ░ 50 %          size\n");
	assert_drawn(&picture, 30, 7, PICTURE_BLOCKS,
		     "Score ± by size\n"
		     " 40┤       Ünit ◆     ░▄▄▄▄▀▀\n"
		     " 20┤        ░░░░░▄▄▄▀▀▀░░░░░░\n"
		     "   │░░░░░░▄▄▄▀▀▀▀░░░\n"
		     "  0┤▄▄▀▀▀▀░\n"
		     "   └┴───────────┴───────────┴\n"
		     "    0          50          100\n"
		     " ◆ best  ░ 50 %          size\n");
	picture_free(&picture);
}

static void bars_stand_in_rows(void **state)
{
	(void)state;
	struct picture picture;

	picture_init(&picture, "Why");
	picture_row(&picture, "mean of all models", "40.0", NAN, 40, PICTURE_TEXT);
	picture_row(&picture, "family", "+20.0", 40, 60, PICTURE_GOOD);
	picture_row(&picture, "others", "-5.0", 60, 55, PICTURE_BAD);
	picture_row(&picture, "nothing", "?", NAN, NAN, PICTURE_TEXT);
	picture.across.low = 40, picture.across.high = 60;
	assert_int_equal(picture_height(&picture, 50), 6);
	assert_drawn(&picture, 50, 50, PICTURE_BRAILLE,
		     "Why\n"
		     " mean of all models  40.0 │●\n"
		     " family             +20.0 │██████████████████████\n"
		     " others              -5.0 │                ▐█████\n"
		     " nothing                ? │\n"
		     "                          └┴──────────┴─────────┴\n"
		     "                          40         50        60\n");
	/* What has no room is left out, but for the last row. */
	assert_drawn(&picture, 50, 4, PICTURE_ASCII,
		     "Why\n"
		     " mean of all models  40.0 |o\n"
		     " nothing                ? |\n"
		     "                          ++----------+---------+\n"
		     "                          40         50        60\n");
	picture_free(&picture);
}

static size_t occurrences(const char *text, const char *part)
{
	size_t count = 0;

	while ((text = strstr(text, part)))
		count++, text += strlen(part);
	return count;
}

static void svg_is_escaped_and_placed(void **state)
{
	(void)state;
	struct picture picture;
	struct text text = {0};

	begin_plane(&picture);
	picture_series(&picture, PICTURE_DOTS, PICTURE_GOOD, "<b>&\"models\"");
	picture_point(&picture, 0, 0, "a<script>\033[2J");
	picture_point(&picture, 100, 40, NULL);
	picture_svg(&picture, &text);
	const char *svg = text_string(&text);
	/* The plot is 746 x 372 at 70, 64. */
	assert_non_null(strstr(svg, "<circle cx=\"70.0\" cy=\"436.0\" r=\"3\"><title>a&lt;script&gt;[2J</title></circle>"));
	assert_non_null(strstr(svg, "<circle cx=\"816.0\" cy=\"64.0\" r=\"3\"/>"));
	assert_non_null(strstr(svg, "<circle class=\"BEST\" cx=\"443.0\" cy=\"64.0\" r=\"5\"/>"));
	assert_non_null(strstr(svg, "d=\"M70.0 436.0L816.0 64.0\""));
	assert_non_null(strstr(svg, "d=\"M70.0 343.0L816.0 64.0L816.0 157.0L70.0 436.0Z\""));
	assert_non_null(strstr(svg, "&lt;b&gt;&amp;&quot;models&quot;"));
	assert_null(strchr(svg, '\033'));
	assert_int_equal(occurrences(svg, "<g "), occurrences(svg, "</g>"));
	assert_int_equal(occurrences(svg, "prefers-color-scheme:dark"), 1);
	text_free(&text);
	picture_free(&picture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ticks_are_round),
		cmocka_unit_test(dates_have_ticks_by_the_calendar),
		cmocka_unit_test(axes_take_in_the_data),
		cmocka_unit_test(many_points_are_thinned),
		cmocka_unit_test(a_plane_is_drawn_in_ascii),
		cmocka_unit_test(a_plane_is_drawn_in_braille_and_blocks),
		cmocka_unit_test(bars_stand_in_rows),
		cmocka_unit_test(svg_is_escaped_and_placed),
	};
	return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
