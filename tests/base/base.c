/* Errors, text, UTF-8 and dates. */
#include "test.h"

#include <locale.h>
#include <math.h>

#include "stemma/base/error.h"
#include "stemma/base/facts.h"
#include "stemma/base/hash.h"
#include "stemma/base/memory.h"
#include "stemma/base/number.h"
#include "stemma/base/parallel.h"
#include "stemma/base/progress.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"

static void first_error_wins(void **state)
{
	(void)state;
	struct error error = {0};
	char line[512];

	error_set(&error, STATUS_DATA, "bad %s", "number");
	error_set(&error, STATUS_IO, "hidden");
	error_locate(&error, "x.csv", 7, 3);
	error_advise(&error, "write 0.5");
	error_format(&error, line, sizeof line);
	assert_string_equal(line, "x.csv:7:3: bad number; write 0.5");
	assert_int_equal(error.status, STATUS_DATA);
	assert_int_equal(status_exit_code(error.status), 65);
	assert_int_equal(error_set(NULL, STATUS_IO, "nobody listens"), STATUS_IO);
	assert_int_equal(error_advise(NULL, "nobody is told"), STATUS_DATA);
	assert_int_equal(error_locate(NULL, "x.csv", 7, 3), STATUS_DATA);
}

static void text_grows(void **state)
{
	(void)state;
	struct text text = {0};

	assert_string_equal(text_string(&text), "");
	for (int i = 0; i < 1000; i++)
		text_append_format(&text, "%03d", i);
	assert_int_equal(text.length, 3000);
	assert_memory_equal(text_string(&text) + 2997, "999", 4);
	text_free(&text);
}

static void hostile_names_are_cleaned(void **state)
{
	(void)state;
	static const struct {
		const char *dirty, *clean;
	} cases[] = {
		{"plain/name-1.0", "plain/name-1.0"},
		{"a\033[31mred", "a[31mred"},
		{"x\u202Egnp.exe", "xgnp.exe"},
		{"bad\xFF\xC0\xAFutf", "bad\uFFFD\uFFFD\uFFFDutf"},
		{"tab\tand\nline", "tab and line"},
		{"c1\xC2\x9B" "31m", "c131m"},
		{"zero\u200Bwidth\uFEFF", "zerowidth"},
		{"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
		{"日本", "日本"},
		/* Fillers, a joiner, a variation selector, blank Braille, a soft hyphen: nothing to see. */
		{"a\u3164b\u115Fc\u034Fd\uFE0Fe\u2800f\u200Dg\u00ADh", "abcdefgh"},
		{"e\u0301", "\u00E9"}, /* composed */
		{"\u0301x", "\u0301x"},
		{"\U000E0041tag", "tag"},
		{"\u0600\u0627", "\u0600\u0627"}, /* a format character that is drawn */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *clean = utf8_sanitize(cases[i].dirty);
		assert_string_equal(clean, cases[i].clean);
		assert_true(utf8_is_clean(clean));
		assert_int_equal(utf8_is_clean(cases[i].dirty), !strcmp(clean, cases[i].dirty));
		free(clean);
	}
}

static void width_counts_columns(void **state)
{
	(void)state;
	int used;

	setlocale(LC_CTYPE, "C"); /* it does not depend on it */
	assert_int_equal(utf8_width("abc"), 3);
	assert_int_equal(utf8_width("日本"), 4);
	assert_int_equal(utf8_width("e\u0301"), 1);
	assert_int_equal(utf8_prefix("日本x", 3, &used), 3);
	assert_int_equal(used, 2);
	assert_int_equal(utf8_width("👩"), 2);
	assert_int_equal(utf8_width("\uE000"), 1); /* for private use */
	/* No cut between a sign and what is drawn on it. */
	assert_int_equal(utf8_prefix("xq\u0323\u0301", 2, &used), 6);
	assert_int_equal(used, 2);
	assert_int_equal(utf8_prefix("xq\u0323\u0301", 1, &used), 1);
	assert_int_equal(utf8_prefix("a🇩🇪", 2, &used), 1); /* a flag is two signs */
	assert_int_equal(used, 1);
}

static void dates_round_trip(void **state)
{
	(void)state;
	char text[11];

	assert_true(date_days("1970-01-01") == 0);
	assert_true(date_days("2024-02-29") + 1 == date_days("2024-03-01"));
	assert_true(date_days("2025-03-01T10:00:00Z") == 20148);
	assert_true(isnan(date_days("soon")));
	assert_true(isnan(date_days("2024-13-01")));
	assert_true(isnan(date_days(NULL)));
	for (int day = -30000; day < 60000; day += 17) {
		date_format(day, text);
		assert_true(date_days(text) == day);
	}
	date_format(NAN, text);
	assert_string_equal(text, "");
}

static void words_parse_back(void **state)
{
	(void)state;

	for (enum relation r = 0; r < RELATION_COUNT; r++)
		assert_int_equal(relation_parse(relation_name(r)), r);
	for (enum kind k = 0; k < KIND_COUNT; k++)
		assert_int_equal(kind_parse(kind_name(k)), k);
	assert_int_equal(relation_parse("nonsense"), RELATION_COUNT);
	assert_int_equal(relation_parse("Variant:Size"), RELATION_SIZE);
	assert_int_equal(relation_parse("variant:training_stage"), RELATION_STAGE);
	assert_int_equal(kind_parse("🤝 base merges and moerges"), KIND_MERGE);
}

static void keys_are_made_of_titles(void **state)
{
	(void)state;
	static const struct {
		const char *title, *key;
	} cases[] = {
		{"gsm8k", "gsm8k"}, {"MMLU Pro", "mmlu_pro"}, {"  IFEval (strict) ", "ifeval_strict"},
		{"helm__x", "helm__x"}, {"openllm1/MMLU", "openllm1/mmlu"}, {"\u65e5\u672c MMLU", "mmlu"},
		{"\u65e5\u672c", NULL}, {"", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *key = benchmark_key(cases[i].title);
		if (cases[i].key)
			assert_string_equal(key, cases[i].key);
		else
			assert_null(key);
		free(key);
	}
	char longest[BENCHMARK_KEY_MAX + 2];
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_null(benchmark_key(longest));
}

static void note_fraction(void *context, const char *stage, double fraction)
{
	(void)stage;
	*(double *)context = fraction;
}

/* Parts report to the whole what they are of it, and never go back. */
static void parts_make_one_progress(void **state)
{
	(void)state;
	double seen = -1;
	struct progress whole = {.report = note_fraction, .context = &seen};
	struct progress_part part, inner;
	struct progress *own = progress_begin_part(&part, &whole, 0.5, 1);

	assert_true(progress_step(own, "a", 0.5));
	assert_float_equal(seen, 0.75, 1e-12);
	assert_true(progress_step(own, "b", 0.1));
	assert_float_equal(seen, 0.75, 1e-12);
	assert_true(progress_step(own, "b", -1));
	assert_float_equal(seen, 0.75, 1e-12);
	assert_true(progress_step(progress_begin_part(&inner, own, 0.8, 1), "c", 1));
	assert_float_equal(seen, 1, 1e-12);
	/* Who stops the whole stops its parts at once. */
	progress_cancel(&whole);
	assert_false(progress_step(&inner.progress, "c", 1));
	assert_null(progress_begin_part(&part, NULL, 0, 1));
}

struct tally {
	_Atomic int calls[PARALLEL_MAX];
};

static void count_part(void *context, size_t part)
{
	struct tally *tally = context;

	tally->calls[part]++;
}

static void parts_are_done_once_each(void **state)
{
	(void)state;
	for (size_t parts = 1; parts <= PARALLEL_MAX; parts++) {
		struct tally tally = {{0}};
		parallel_run(parts, count_part, &tally);
		for (size_t i = 0; i < PARALLEL_MAX; i++)
			assert_int_equal(tally.calls[i], i < parts);
	}
	assert_int_equal(parallel_parts(0), 1);
	assert_int_equal(parallel_parts(1000), 1);
	assert_in_range(parallel_parts(1000000000), 1, PARALLEL_MAX);
}

static void count_item(void *context, size_t item)
{
	((int *)context)[item]++;
}

static void each_item_is_worked_on_once(void **state)
{
	(void)state;
	enum { ITEMS = 5000 };
	int times[ITEMS + 1] = {0};

	assert_in_range(parallel_width(), 1, PARALLEL_MAX);
	for (size_t count = 0; count <= 20; count++)
		parallel_for(count, count_item, times);
	for (size_t item = 0; item < 21; item++)
		assert_int_equal(times[item], 20 - (int)item);
	parallel_for(ITEMS, count_item, times);
	for (size_t item = 21; item < ITEMS; item++)
		assert_int_equal(times[item], 1);
	assert_int_equal(times[ITEMS], 0);
}

/* The vectors that its authors publish. */
static void hashes_are_fnv_1a(void **state)
{
	(void)state;
	assert_true(hash_bytes(HASH_START, "", 0) == UINT64_C(0xcbf29ce484222325));
	assert_true(hash_bytes(HASH_START, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(hash_bytes(HASH_START, "foobar", 6) == UINT64_C(0x85944171f73967e8));
	assert_true(hash_integer(HASH_START, 0x0102) == hash_bytes(HASH_START, "\2\1\0\0\0\0\0\0", 8));
}

static void whole_numbers_are_read_whole(void **state)
{
	static const char *const wrong[] = {"", " ", "x", "-1", "- 1", "1x", "1.5", "1 ", "18446744073709551616"};
	uint64_t number = 7;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_false(number_read(wrong[i], &number));
		assert_true(number == 7);
	}
	assert_true(number_read("0", &number) && number == 0);
	assert_true(number_read("18446744073709551615", &number) && number == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_error_wins),
		cmocka_unit_test(text_grows),
		cmocka_unit_test(hostile_names_are_cleaned),
		cmocka_unit_test(width_counts_columns),
		cmocka_unit_test(dates_round_trip),
		cmocka_unit_test(words_parse_back),
		cmocka_unit_test(keys_are_made_of_titles),
		cmocka_unit_test(parts_make_one_progress),
		cmocka_unit_test(parts_are_done_once_each),
		cmocka_unit_test(each_item_is_worked_on_once),
		cmocka_unit_test(hashes_are_fnv_1a),
		cmocka_unit_test(whole_numbers_are_read_whole),
	};
	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
