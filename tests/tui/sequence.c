/* What a terminal sends that is more than a character. */
#include "test.h"

#include "settings/keys.h"
#include "term/sequence.h"

/* Feeds bytes and collects the inputs that come of them; with a pause at the end. */
static size_t feed(struct sequence *sequence, const char *bytes, int *inputs, size_t most)
{
	size_t count = 0;
	int input;

	for (const char *byte = bytes; *byte; byte++) {
		if (sequence_take(sequence, (unsigned char)*byte, &input) && count < most)
			inputs[count++] = input;
		while (sequence_waiting(sequence, &input) && count < most)
			inputs[count++] = input;
	}
	if (sequence_pause(sequence, &input) && count < most)
		inputs[count++] = input;
	while (sequence_waiting(sequence, &input) && count < most)
		inputs[count++] = input;
	return count;
}

#define MOST 16
static void assert_inputs(const char *bytes, size_t count, const int *expected)
{
	struct sequence sequence = {0};
	int inputs[MOST];

	assert_int_equal(feed(&sequence, bytes, inputs, MOST), count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(inputs[i], expected[i]);
	sequence_free(&sequence);
}
#define ASSERT_KEYS(bytes, ...) \
	assert_inputs(bytes, sizeof((int[]){__VA_ARGS__}) / sizeof(int), (int[]){__VA_ARGS__})
#define ASSERT_NOTHING(bytes) ASSERT_KEYS(bytes "j", 'j')

static void characters_are_themselves(void **state)
{
	(void)state;
	ASSERT_KEYS("aI[", 'a', 'I', '[');
}

static void escape_is_a_key(void **state)
{
	(void)state;
	ASSERT_KEYS("\033", 27);
	ASSERT_KEYS("\033\033", 27, 27);
	ASSERT_KEYS("\033q", 27, 'q');
	/* These begin sequences, of which nothing followed. */
	ASSERT_KEYS("\033[", 27, '[');
	ASSERT_KEYS("\033O", 27, 'O');
	ASSERT_KEYS("\033P", 27, 'P');
}

static void reports_mean_nothing(void **state)
{
	(void)state;
	ASSERT_NOTHING("\033[I");
	ASSERT_NOTHING("\033[O");
	ASSERT_NOTHING("\033[24;80R");
	ASSERT_NOTHING("\033[?62;22c");
	ASSERT_NOTHING("\033[>41;354;0c");
	ASSERT_NOTHING("\033]11;rgb:1e1e/qqqq/RRRR\a");
	ASSERT_NOTHING("\033]52;c;SVM=\033\\");
	ASSERT_NOTHING("\033P>|XTerm(354)\033\\");
	ASSERT_NOTHING("\033_GIq\033\\");
	ASSERT_NOTHING("\033^qq\033\\");
	ASSERT_NOTHING("\033[MIqq");
	ASSERT_NOTHING("\033[[A");
	ASSERT_NOTHING("\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;22;23;24;25;26;27;28;29q");
}

static void keys_come_in_all_forms(void **state)
{
	(void)state;
	ASSERT_KEYS("\033[H\033[1~\033[7~\033OH\033[1;5H", INPUT_HOME, INPUT_HOME, INPUT_HOME, INPUT_HOME, INPUT_HOME);
	ASSERT_KEYS("\033[F\033[4~\033[8~\033OF\033[8;2~", INPUT_END, INPUT_END, INPUT_END, INPUT_END, INPUT_END);
	ASSERT_KEYS("\033[A\033OB\033[1;5C\033O5D", INPUT_UP, INPUT_DOWN, INPUT_RIGHT, INPUT_LEFT);
	ASSERT_KEYS("\033[5~\033[6~\033[3~\033[Z", INPUT_PAGE_UP, INPUT_PAGE_DOWN, INPUT_DELETE, INPUT_SHIFT_TAB);
	ASSERT_KEYS("\033Op\033Oy\033Ok\033Om\033Oo\033Oj\033OM", '0', '9', '+', '-', '/', '*', INPUT_ENTER);
	ASSERT_KEYS("\033OP\033[15~\033[21~", INPUT_F1, INPUT_F5, INPUT_F10);
}

static void the_mouse_is_read(void **state)
{
	struct sequence sequence = {0};
	int inputs[MOST];

	(void)state;
	assert_int_equal(feed(&sequence, "\033[<0;10;7M", inputs, MOST), 1);
	assert_int_equal(inputs[0], INPUT_MOUSE);
	assert_int_equal(sequence.mouse.column, 9);
	assert_int_equal(sequence.mouse.row, 6);
	assert_false(sequence.mouse.release || sequence.mouse.motion || sequence.mouse.wheel);
	assert_int_equal(feed(&sequence, "\033[<0;10;7m", inputs, MOST), 1);
	assert_true(sequence.mouse.release);
	assert_int_equal(feed(&sequence, "\033[<36;300;99M", inputs, MOST), 1); /* dragged, with Shift */
	assert_true(sequence.mouse.motion);
	assert_int_equal(sequence.mouse.column, 299);
	assert_int_equal(feed(&sequence, "\033[<64;1;1M", inputs, MOST), 1);
	assert_int_equal(sequence.mouse.wheel, -1);
	assert_int_equal(feed(&sequence, "\033[<65;1;1M", inputs, MOST), 1);
	assert_int_equal(sequence.mouse.wheel, 1);
	/* The other buttons, motion without any, a place that is none. */
	assert_int_equal(feed(&sequence, "\033[<2;1;1M\033[<35;1;1M\033[<66;1;1M\033[<0;0;1M\033[<128;1;1M", inputs, MOST), 0);
	sequence_free(&sequence);
}

static void a_paste_is_one_line(void **state)
{
	struct sequence sequence = {0};
	int inputs[MOST];

	(void)state;
	assert_int_equal(feed(&sequence, "\033[200~a\r\n\n\tb \x01\033[5~q\x7f" "c\n\033[201~x", inputs, MOST), 2);
	assert_int_equal(inputs[0], INPUT_PASTE);
	assert_string_equal(sequence_paste(&sequence), "a b [5~qc ");
	assert_int_equal(inputs[1], 'x');
	sequence_free(&sequence);
}

static void a_paste_is_bounded(void **state)
{
	struct sequence sequence = {0};
	int input;

	(void)state;
	for (const char *byte = "\033[200~"; *byte; byte++)
		assert_false(sequence_take(&sequence, *byte, &input));
	for (int i = 0; i < 20000; i++)
		assert_false(sequence_take(&sequence, 'q', &input));
	assert_false(sequence_pause(&sequence, &input));
	for (const char *byte = "\033[201"; *byte; byte++)
		assert_false(sequence_take(&sequence, *byte, &input));
	assert_true(sequence_take(&sequence, '~', &input));
	assert_int_equal(input, INPUT_PASTE);
	assert_in_range(strlen(sequence_paste(&sequence)), PASTE_MAX - 32, PASTE_MAX);
	sequence_free(&sequence);
}

static void what_never_ends_is_forgotten(void **state)
{
	struct sequence sequence = {0};
	int input;

	(void)state;
	for (const char *byte = "\033]11;rgb"; *byte; byte++)
		assert_false(sequence_take(&sequence, *byte, &input));
	assert_false(sequence_pause(&sequence, &input));
	sequence_abandon(&sequence);
	assert_true(sequence_take(&sequence, 'j', &input));
	assert_int_equal(input, 'j');
	sequence_free(&sequence);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_are_themselves),
		cmocka_unit_test(escape_is_a_key),
		cmocka_unit_test(reports_mean_nothing),
		cmocka_unit_test(keys_come_in_all_forms),
		cmocka_unit_test(the_mouse_is_read),
		cmocka_unit_test(a_paste_is_one_line),
		cmocka_unit_test(a_paste_is_bounded),
		cmocka_unit_test(what_never_ends_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
