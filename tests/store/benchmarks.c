/* Any benchmark: what is made of its values, its descriptions and names, and which
 * observation is shown. */
#include "fixture.h"

/* ---- short ways ----------------------------------------------------------------------- */

/* What a store tells, a line each. */
struct ear {
	struct text log;
};

static void hear_refusal(void *context, const struct score_facts *score, const char *reason)
{
	struct ear *ear = context;

	text_append_format(&ear->log, "refused %ld:%ld %s\n", score->line, score->column, reason);
}

static void hear_message(void *context, const char *message)
{
	struct ear *ear = context;

	text_append_format(&ear->log, "%s\n", message);
}

static void listen(struct store *store, struct ear *ear)
{
	const struct store_listener listener = {ear, hear_refusal, hear_message};

	text_free(&ear->log);
	store_listen(store, &listener);
}

static void assert_heard(struct store *store, struct ear *ear, const char *expected)
{
	assert_string_equal(text_string(&ear->log), expected);
	text_free(&ear->log);
	store_listen(store, NULL);
}

/* Takes out what every guess ends with, for tests of what is before it. */
static void drop_advice(struct ear *ear)
{
	static const char advice[] = "scale and direction are guessed";
	char *at = ear->log.bytes;

	while (at && (at = strstr(at, advice))) {
		char *end = strchr(at, '\n') + 1;
		memmove(at, end, strlen(end) + 1);
	}
	if (ear->log.bytes)
		ear->log.length = strlen(ear->log.bytes);
}

static enum change put_facts(struct store *store, const char *model, const char *source,
			     const struct score_facts *scores, size_t count)
{
	struct evaluation_facts facts = {.model = model, .source = source, .rank = RANK_USER,
					 .chat_template = ANSWER_UNKNOWN, .scores = scores, .score_count = count};
	struct error error = {0};
	enum change change;

	assert_int_equal(store_put_evaluation(store, &facts, &change, &error), STATUS_OK);
	return change;
}

static enum change put_value(struct store *store, const char *model, const char *benchmark, double value)
{
	struct score_facts score = score_facts_of(benchmark, value);

	return put_facts(store, model, "user", &score, 1);
}

static enum change put_scaled(struct store *store, const char *benchmark, double value, enum score_scale scale)
{
	struct score_facts score = score_facts_of(benchmark, value);

	score.scale = scale;
	score.error = value / 10;
	return put_facts(store, "a/m", "user", &score, 1);
}

/* A column of a table: values of one benchmark, a model each. */
static void put_column(struct store *store, const char *benchmark, const double *values, size_t count)
{
	struct value_survey survey = {.percents = false};
	char model[] = "m/a";

	for (size_t i = 0; i < count; i++)
		survey_add(&survey, values[i]);
	for (size_t i = 0; i < count; i++, model[2]++) {
		struct score_facts score = score_facts_of(benchmark, values[i]);
		score.survey = &survey;
		score.line = (long)i + 2;
		score.column = 3;
		put_facts(store, model, "user", &score, 1);
	}
}

/* A whole import of one column. */
static void import_values(struct store *store, const char *benchmark, const double *values, size_t count)
{
	assert_int_equal(store_begin(store, NULL), STATUS_OK);
	put_column(store, benchmark, values, count);
	assert_int_equal(store_commit(store, NULL), STATUS_OK);
}
#define IMPORT(store, benchmark, ...) \
	import_values(store, benchmark, (const double[]){__VA_ARGS__}, \
		      sizeof (const double[]){__VA_ARGS__} / sizeof(double))

static enum change describe(struct store *store, const char *key, double lower, double upper, int rank)
{
	struct benchmark_facts facts = benchmark_facts_of(key);
	struct error error = {0};
	enum change change;

	facts.lower = lower;
	facts.upper = upper;
	facts.rank = rank;
	facts.source = "table";
	assert_int_equal(store_put_benchmark(store, &facts, &change, &error), STATUS_OK);
	return change;
}

static const char *values_of(struct store *store, const char *key)
{
	char sql[256];

	snprintf(sql, sizeof sql, "SELECT group_concat(value, ' ') FROM (SELECT round(value, 6) AS value"
		 " FROM published WHERE benchmark = '%s' ORDER BY model)", key);
	return ask(store, sql);
}

static const char *scale_of(struct store *store, const char *key)
{
	char sql[128];

	snprintf(sql, sizeof sql, "SELECT lower, upper, guessed FROM benchmarks WHERE key = '%s'", key);
	return ask(store, sql);
}

/* ---- scales ----------------------------------------------------------------------------- */

static void a_new_benchmark_is_guessed_from_its_values(void **state)
{
	struct store *store = store_of(state);
	struct ear ear = {{0}};

	listen(store, &ear);
	IMPORT(store, "GSM8K", 0.2, 0.759);
	IMPORT(store, "swe bench", 3.5, 61);
	IMPORT(store, "mcc", -0.1, 0.4);
	IMPORT(store, "mcc100", -12, 40);
	IMPORT(store, "arena", 812, 1255);
	drop_advice(&ear);
	assert_heard(store, &ear,
		     "gsm8k: new, 0 to 1, taken as a fraction, higher is better\n"
		     "swe_bench: new, 0 to 100, taken as percentages, higher is better\n"
		     "mcc: new, -1 to 1, taken as a fraction, higher is better\n"
		     "mcc100: new, -100 to 100, taken as percentages, higher is better\n"
		     "arena: new, 812 to 1255, taken as a scale without ends, higher is better\n");
	assert_string_equal(scale_of(store, "gsm8k"), "0.0|1.0|1");
	assert_string_equal(scale_of(store, "arena"), "-Inf|Inf|1");
	assert_string_equal(ask(store, "SELECT title FROM benchmarks WHERE key = 'swe_bench'"), "swe bench");
	assert_string_equal(values_of(store, "gsm8k"), "0.2 0.759");
	/* Any way of writing it leads to it. */
	IMPORT(store, "Swe_Bench", 4.5);
	assert_string_equal(values_of(store, "swe_bench"), "4.5 61.0");
}

static void a_guess_follows_the_values(void **state)
{
	struct store *store = store_of(state);
	struct ear ear = {{0}};

	IMPORT(store, "points", 10, 60);
	listen(store, &ear);
	IMPORT(store, "points", 20, 70, 90);
	IMPORT(store, "points", 820, 863, 1004);
	assert_heard(store, &ear, "points: now, 20 to 1004, taken as a scale without ends\n");
	assert_string_equal(scale_of(store, "points"), "-Inf|Inf|1");
}

/* One value that no other is like makes no scale, whatever came first. */
static void a_wild_value_is_refused_alone(void **state)
{
	struct store *store = store_of(state);
	struct ear ear = {{0}};

	listen(store, &ear);
	IMPORT(store, "points", 4000, 61, 55);
	IMPORT(store, "share", 0.61, 0.55, 55, 0.4);
	IMPORT(store, "hard", 0.1, 0, 3.5, 0.2);
	IMPORT(store, "points", 70, 8125);
	IMPORT(store, "share", 75);
	IMPORT(store, "share", 4000);
	drop_advice(&ear);
	assert_heard(store, &ear,
		     "refused 2:3 the points value 4000 is far from all others, which are from 55 to 61; if it is"
		     " right, say \"stemma benchmarks describe points --upper open\" before\n"
		     "points: new, 0 to 100, taken as percentages, higher is better\n"
		     "refused 4:3 the share value 55 is far from all others, which are from 0.4 to 0.61; if it is"
		     " right, say \"stemma benchmarks describe share --upper open\" before\n"
		     "share: new, 0 to 1, taken as a fraction, higher is better\n"
		     "hard: new, 0 to 100, taken as percentages, higher is better\n"
		     "refused 3:3 the points value 8125 is far from all others, which are from 55 to 70; if it is"
		     " right, say \"stemma benchmarks describe points --upper open\" before\n"
		     "share: values above 1 on a scale of 0 to 1: taken as percentages\n"
		     "refused 2:3 the share value 4000 is far from all others, which are from 0.4 to 0.75; if it is"
		     " right, say \"stemma benchmarks describe share --upper open\" before\n");
	assert_string_equal(values_of(store, "points"), "70.0 61.0 55.0");
	assert_string_equal(values_of(store, "share"), "0.75 0.55 0.4");
	describe(store, "points", NAN, INFINITY, RANK_USER);
	IMPORT(store, "points", 8125);
	assert_string_equal(values_of(store, "points"), "8125.0 61.0 55.0");
}

static const char *direction_of(struct store *store, const char *key)
{
	char sql[128];

	snprintf(sql, sizeof sql, "SELECT higher_is_better, lower, upper FROM benchmarks WHERE key = '%s'", key);
	return ask(store, sql);
}

static void a_name_says_which_way_is_better(void **state)
{
	struct store *store = store_of(state);
	struct ear ear = {{0}};
	struct benchmark_facts facts = benchmark_facts_of("wer");
	enum change change;

	listen(store, &ear);
	IMPORT(store, "WikiText PPL", 5.5, 12, 61, 4000);
	IMPORT(store, "wer", 0.1, 0.2);
	IMPORT(store, "elo", 40, 60);
	drop_advice(&ear);
	assert_heard(store, &ear,
		     "wikitext_ppl: new, 5.5 to 4000, taken as a scale without ends, lower is better\n"
		     "wer: new, 0 to 1, taken as a fraction, lower is better\n"
		     "elo: new, 40 to 60, taken as a scale without ends, higher is better\n");
	assert_string_equal(direction_of(store, "wikitext_ppl"), "0|-Inf|Inf");
	assert_string_equal(direction_of(store, "wer"), "0|0.0|1.0");
	/* What a source says counts more. */
	facts.higher_is_better = ANSWER_YES;
	assert_int_equal(store_put_benchmark(store, &facts, &change, NULL), STATUS_OK);
	assert_string_equal(direction_of(store, "wer"), "1|0.0|1.0");
}

static void names_hint_at_their_direction(void **state)
{
	static const struct {
		const char *name;
		enum answer higher;
		bool open;
	} cases[] = {
		{"perplexity", ANSWER_NO, true}, {"C4 perplexity", ANSWER_NO, true}, {"val_loss", ANSWER_NO, true},
		{"p95 latency (ms)", ANSWER_NO, true}, {"librispeech-WER", ANSWER_NO, false},
		{"error", ANSWER_NO, false}, {"error rate", ANSWER_NO, false},
		{"grammatical error correction", ANSWER_UNKNOWN, false}, {"loss_detection", ANSWER_UNKNOWN, false},
		{"hallucination_rate", ANSWER_NO, false}, {"non_hallucination_rate", ANSWER_UNKNOWN, false},
		{"Non-Hallucination Rate", ANSWER_UNKNOWN, false}, {"OmniDocBench (lower is better)", ANSWER_NO, false},
		{"gsm8k", ANSWER_UNKNOWN, false}, {"answer", ANSWER_UNKNOWN, false}, {"arena_elo", ANSWER_YES, true},
		{"", ANSWER_UNKNOWN, false}, {"\u65e5", ANSWER_UNKNOWN, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct name_hint hint = benchmark_name_hint(cases[i].name);
		assert_int_equal(hint.higher_is_better, cases[i].higher);
		assert_int_equal(hint.open, cases[i].open);
	}
}

static void many_new_ones_are_told_in_short(void **state)
{
	struct store *store = store_of(state);
	struct ear ear = {{0}};
	size_t lines = 0;

	listen(store, &ear);
	assert_int_equal(store_begin(store, NULL), STATUS_OK);
	for (int i = 0; i < 30; i++) {
		char key[16];
		snprintf(key, sizeof key, "test%d", i);
		put_value(store, "a/m", key, 0.5);
	}
	assert_int_equal(store_commit(store, NULL), STATUS_OK);
	for (const char *next = text_string(&ear.log); *next; next++)
		lines += *next == '\n';
	assert_int_equal(lines, 10);
	assert_non_null(strstr(text_string(&ear.log), "22 more benchmarks are new"));
	text_free(&ear.log);
	store_listen(store, NULL);
}

static void values_come_on_their_scale(void **state)
{
	struct store *store = store_of(state);

	describe(store, "percent", 0, 100, 40);
	describe(store, "fraction", 0, 1, 40);
	describe(store, "ten", 0, 10, 40);
	describe(store, "one_to_ten", 1, 10, 40);
	describe(store, "mcc", -100, 100, 40);
	static const struct {
		const char *benchmark;
		double value;
		enum score_scale scale;
		const char *stored;
	} cases[] = {
		{"percent", 75, SCALE_PERCENT, "75.0|7.5"}, {"percent", 0.5, SCALE_FRACTION, "50.0|5.0"},
		{"percent", 7.5, SCALE_OWN, "7.5|0.75"}, {"fraction", 50, SCALE_PERCENT, "0.5|0.05"},
		{"fraction", 0.5, SCALE_FRACTION, "0.5|0.05"}, {"ten", 0.5, SCALE_FRACTION, "5.0|0.5"},
		{"one_to_ten", 50, SCALE_PERCENT, "5.5|0.45"}, {"mcc", 0.25, SCALE_FRACTION, "25.0|2.5"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char sql[160];
		put_scaled(store, cases[i].benchmark, cases[i].value, cases[i].scale);
		snprintf(sql, sizeof sql, "SELECT value, round(error, 6) FROM published WHERE benchmark = '%s'",
			 cases[i].benchmark);
		assert_string_equal(ask(store, sql), cases[i].stored);
	}
	/* What comes first of a new one is its scale. */
	put_scaled(store, "new_percent", 0.4, SCALE_PERCENT);
	assert_string_equal(scale_of(store, "new_percent"), "0.0|100.0|1");
	put_scaled(store, "new_fraction", 0.4, SCALE_FRACTION);
	assert_string_equal(scale_of(store, "new_fraction"), "0.0|1.0|1");
	put_scaled(store, "new_percent", 0.5, SCALE_FRACTION);
	assert_string_equal(values_of(store, "new_percent"), "50.0");
	/* Without an upper end there is no whole. */
	describe(store, "elo", -INFINITY, INFINITY, 40);
	put_scaled(store, "elo", 12, SCALE_PERCENT);
	assert_string_equal(values_of(store, "elo"), "12.0");
}

static void what_cannot_be_a_value_is_lost_alone(void **state)
{
	struct store *store = store_of(state);
	struct ear ear = {{0}};
	struct score_facts scores[] = {
		score_facts_of("ifeval", 40), score_facts_of("bbh", 4000), score_facts_of("gpqa", INFINITY),
		score_facts_of("\u65e5", 1), score_facts_of("elo", 1255), score_facts_of("musr", NAN),
	};

	describe(store, "elo", -INFINITY, INFINITY, 40);
	scores[1].line = 7;
	scores[1].column = 3;
	listen(store, &ear);
	assert_int_equal(put_facts(store, "a/m", "user", scores, sizeof scores / sizeof *scores), CHANGE_ADDED);
	assert_heard(store, &ear,
		     "refused 7:3 the bbh value 4000 cannot be on its scale of 0 to 100\n"
		     "refused 0:0 the gpqa value is not a number\n"
		     "refused 0:0 no benchmark can be called \"\u65e5\"; a name has letters or digits, and at most"
		     " 100 bytes\n");
	assert_string_equal(ask(store, "SELECT benchmark, value FROM published ORDER BY 1"),
			    "elo|1255.0\nifeval|40.0");
	assert_int_equal(ask_number(store, "SELECT count(*) FROM benchmarks"), 8);
}

static void a_crossed_bound_is_moved_and_told_once(void **state)
{
	struct store *store = store_of(state);
	struct ear ear = {{0}};

	describe(store, "acc", 0, 100, 40);
	listen(store, &ear);
	IMPORT(store, "acc", 50, -3.25, 60);
	IMPORT(store, "acc", 50, -3.25, 60);
	assert_heard(store, &ear, "acc: values from -3.25 to 60 cross the ends of its scale, which is -5 to 100 now\n");
	assert_string_equal(scale_of(store, "acc"), "-5.0|100.0|0");
	/* The same description again, and a check, are content with it. */
	assert_int_equal(describe(store, "acc", 0, 100, 40), CHANGE_NONE);
	assert_string_equal(scale_of(store, "acc"), "-5.0|100.0|0");
}

/* ---- any order ---------------------------------------------------------------------------- */

static void a_late_description_puts_values_on_its_scale(void **state)
{
	struct store *store = store_of(state);
	struct ear ear = {{0}};

	IMPORT(store, "gsm8k", 0.25, 0.75, 0.5);
	IMPORT(store, "arc", 25, 75);
	listen(store, &ear);
	assert_int_equal(describe(store, "gsm8k", 0, 100, 40), CHANGE_UPDATED);
	assert_int_equal(describe(store, "arc", 0, 1, 40), CHANGE_UPDATED);
	assert_heard(store, &ear, "gsm8k: what was taken as fractions is put on its scale of 0 to 100\n"
				  "arc: what was taken as percentages is put on its scale of 0 to 1\n");
	assert_string_equal(values_of(store, "gsm8k"), "25.0 75.0 50.0");
	assert_string_equal(values_of(store, "arc"), "0.25 0.75");
	assert_string_equal(scale_of(store, "gsm8k"), "0.0|100.0|0");
	assert_int_equal(describe(store, "gsm8k", 0, 100, 40), CHANGE_NONE);
	assert_string_equal(values_of(store, "gsm8k"), "25.0 75.0 50.0");
	/* The same file again still holds fractions. */
	listen(store, &ear);
	IMPORT(store, "gsm8k", 0.25, 0.75, 0.5);
	assert_heard(store, &ear, "gsm8k: values from 0 to 1 only: taken as fractions of the scale, not as its points\n");
	assert_string_equal(values_of(store, "gsm8k"), "25.0 75.0 50.0");
}

static void percentages_join_fractions(void **state)
{
	struct store *store = store_of(state);
	struct ear ear = {{0}};

	IMPORT(store, "gsm8k", 0.25, 0.75);
	listen(store, &ear);
	IMPORT(store, "gsm8k", 30, 0.5);
	assert_heard(store, &ear, "gsm8k: values above 1 on a scale of 0 to 1: taken as percentages\n");
	assert_string_equal(values_of(store, "gsm8k"), "0.3 0.005");
}

/* Points below 1 are no fractions where others of the column are above, nor where their
 * source says of which scale they are. */
static void low_points_stay_points(void **state)
{
	struct store *store = store_of(state);

	IMPORT(store, "bbh", 30, 0.5);
	assert_string_equal(values_of(store, "bbh"), "30.0 0.5");
	put_value(store, "a/m", "bbh", 0.25);
	assert_string_equal(ask(store, "SELECT value FROM published WHERE model = 'a/m' AND benchmark = 'bbh'"),
			    "0.25");
}

static void a_description_before_values_needs_no_guess(void **state)
{
	struct store *store = store_of(state);
	struct ear ear = {{0}};

	assert_int_equal(describe(store, "hle", 0, 100, 40), CHANGE_ADDED);
	listen(store, &ear);
	IMPORT(store, "hle", 0.5, 1.5);
	assert_heard(store, &ear, "");
	assert_string_equal(values_of(store, "hle"), "0.5 1.5");
	/* Without bounds they are guessed all the same; one that is told stays. */
	describe(store, "rating", NAN, NAN, 40);
	IMPORT(store, "rating", 900, 1500);
	assert_string_equal(scale_of(store, "rating"), "-Inf|Inf|1");
	describe(store, "level", NAN, NAN, 40);
	IMPORT(store, "level", 10, 15);
	assert_string_equal(scale_of(store, "level"), "0.0|100.0|1");
	describe(store, "r2", NAN, 1, 40);
	IMPORT(store, "r2", -4, 0.5);
	assert_string_equal(scale_of(store, "r2"), "-Inf|1.0|1");
}

static void descriptions_go_by_rank(void **state)
{
	struct store *store = store_of(state);
	struct benchmark_facts facts = benchmark_facts_of("legal-qa");
	enum change change;

	facts.title = "Legal QA";
	facts.suite = "own";
	facts.higher_is_better = ANSWER_NO;
	facts.chance = 0.25;
	facts.rank = 40;
	assert_int_equal(store_put_benchmark(store, &facts, &change, NULL), STATUS_OK);
	facts = benchmark_facts_of("LEGAL-QA");
	facts.title = "Other";
	facts.family = "legal";
	facts.instances = 120;
	facts.rank = 20;
	assert_int_equal(store_put_benchmark(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(change, CHANGE_UPDATED);
	assert_string_equal(ask(store, "SELECT title, suite, family, instances, chance, higher_is_better, rank"
				" FROM benchmarks WHERE key = 'legal-qa'"), "Legal QA|own|legal|120|0.25|0|40");
	assert_int_equal(store_put_benchmark(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(change, CHANGE_NONE);
	facts.rank = RANK_USER;
	assert_int_equal(store_put_benchmark(store, &facts, &change, NULL), STATUS_OK);
	assert_string_equal(ask(store, "SELECT title, suite FROM benchmarks WHERE key = 'legal-qa'"), "Other|own");
	facts.key = NULL;
	assert_int_equal(store_put_benchmark(store, &facts, &change, NULL), STATUS_DATA);
}

/* ---- names -------------------------------------------------------------------------------- */

static void a_key_is_not_taken_for_a_title(void **state)
{
	struct store *store = store_of(state);
	struct benchmark_facts facts = benchmark_facts_of("v1_arc");
	enum change change;

	facts.title = "ARC";
	assert_int_equal(store_put_benchmark(store, &facts, &change, NULL), STATUS_OK);
	assert_true(store_find_benchmark(store, "arc") == store_find_benchmark(store, "v1_arc"));
	describe(store, "arc", 0, 1, 40);
	assert_true(store_find_benchmark(store, "arc") != store_find_benchmark(store, "v1_arc"));
	/* A title that two have leads to neither. */
	facts = benchmark_facts_of("v3_arc");
	facts.title = "The Same";
	assert_int_equal(store_put_benchmark(store, &facts, &change, NULL), STATUS_OK);
	assert_true(store_find_benchmark(store, "the same") > 0);
	facts.key = "v4_arc";
	assert_int_equal(store_put_benchmark(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(store_find_benchmark(store, "the same"), 0);
}

static void aliases_gather_what_came_before(void **state)
{
	struct store *store = store_of(state);
	static const char *const aliases[] = {"GSM-8k", "gsm8k (8-shot)"}, *const taken[] = {"bbh"};
	struct benchmark_facts facts = benchmark_facts_of("gsm8k");
	struct error error = {0};
	enum change change;

	put_value(store, "a/a", "gsm-8k", 0.25);
	put_value(store, "a/b", "gsm8k", 0.5);
	facts.aliases = aliases;
	facts.alias_count = 2;
	facts.lower = 0;
	facts.upper = 100;
	assert_int_equal(store_put_benchmark(store, &facts, &change, NULL), STATUS_OK);
	assert_string_equal(values_of(store, "gsm8k"), "25.0 50.0");
	put_value(store, "a/c", "GSM8K (8-shot)", 75);
	put_value(store, "a/d", "gsm-8K", 80);
	assert_string_equal(values_of(store, "gsm8k"), "25.0 50.0 75.0 80.0");
	assert_int_equal(ask_number(store, "SELECT count(*) FROM benchmarks"), 8);
	facts.aliases = taken;
	facts.alias_count = 1;
	assert_int_equal(store_put_benchmark(store, &facts, &change, &error), STATUS_DATA);
	assert_non_null(strstr(error.message, "bbh is a benchmark of its own"));
}

/* Within one transaction a join does not forget what values said before it. */
static void a_join_comes_between_values(void **state)
{
	struct store *store = store_of(state);

	assert_int_equal(store_begin(store, NULL), STATUS_OK);
	put_value(store, "a/a", "one", 0.25);
	put_value(store, "a/a", "two", 0.5);
	put_value(store, "a/b", "three", 30);
	assert_int_equal(store_join_benchmarks(store, store_find_benchmark(store, "one"),
					       store_find_benchmark(store, "two"), NULL), STATUS_OK);
	put_value(store, "a/b", "one", 0.75);
	assert_int_equal(store_commit(store, NULL), STATUS_OK);
	assert_string_equal(scale_of(store, "three"), "0.0|100.0|1");
	assert_string_equal(scale_of(store, "two"), "0.0|1.0|1");
	assert_string_equal(values_of(store, "two"), "0.5 0.75");
}

static void renamed_benchmarks_are_still_found(void **state)
{
	struct store *store = store_of(state);
	struct error error = {0};

	put_value(store, "a/a", "gsm8k", 0.25);
	int64_t id = store_find_benchmark(store, "gsm8k");
	assert_int_equal(store_rename_benchmark(store, id, "GSM8K 8 shots", NULL), STATUS_OK);
	assert_string_equal(values_of(store, "gsm8k_8_shots"), "0.25");
	assert_true(store_find_benchmark(store, "gsm8k") == id);
	assert_int_equal(store_rename_benchmark(store, id, "bbh", &error), STATUS_DATA);
	assert_int_equal(store_rename_benchmark(store, id, "?", NULL), STATUS_DATA);
	/* And back: an alias never hides a key. */
	assert_int_equal(store_rename_benchmark(store, id, "gsm8k", NULL), STATUS_OK);
	assert_true(store_find_benchmark(store, "gsm8k_8_shots") == id);
	assert_string_equal(ask(store, "SELECT alias FROM benchmark_aliases"), "gsm8k_8_shots");
}

static bool see_list(void *context, const char *name, const int64_t *benchmarks, size_t count)
{
	text_append_format(context, "%s:", name);
	for (size_t i = 0; i < count; i++)
		text_append_format(context, " %d", (int)benchmarks[i]);
	text_append(context, "\n");
	return true;
}

static bool see_target(void *context, const char *name, const int64_t *benchmarks, const double *weights,
		       size_t count)
{
	text_append_format(context, "%s:", name);
	for (size_t i = 0; i < count; i++)
		text_append_format(context, " %d*%g", (int)benchmarks[i], weights[i]);
	text_append(context, "\n");
	return true;
}

static void assert_lists(struct store *store, const char *boards, const char *targets)
{
	struct text seen = {0};

	assert_int_equal(store_each_board(store, see_list, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), boards);
	text_clear(&seen);
	assert_int_equal(store_each_target(store, see_target, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), targets);
	text_free(&seen);
}

static void boards_and_targets_are_kept(void **state)
{
	struct store *store = store_of(state);
	static const int64_t first[] = {5, 2}, second[] = {7, 1, 6};
	static const double weights[] = {2, 1, 0.5};
	int64_t version = store_data_version(store);

	assert_int_equal(store_put_board(store, "two", first, 2, NULL), STATUS_OK);
	assert_int_equal(store_put_board(store, "all", second, 3, NULL), STATUS_OK);
	assert_int_equal(store_put_target(store, "mean", second, weights, 3, NULL), STATUS_OK);
	assert_lists(store, "all: 7 1 6\ntwo: 5 2\n", "mean: 1*1 6*0.5 7*2\n");
	assert_int_equal(store_put_board(store, "two", second, 1, NULL), STATUS_OK);
	assert_int_equal(store_put_board(store, "all", NULL, 0, NULL), STATUS_OK);
	assert_lists(store, "two: 7\n", "mean: 1*1 6*0.5 7*2\n");
	assert_int_equal(store_put_target(store, "mean", NULL, NULL, 0, NULL), STATUS_OK);
	assert_lists(store, "two: 7\n", "");
	assert_int_equal(store_put_board(store, "", first, 2, NULL), STATUS_DATA);
	/* No fit gets old by what is drawn. */
	assert_true(store_data_version(store) == version);
}

static void two_benchmarks_become_one(void **state)
{
	struct store *store = store_of(state);
	unsigned long long bits = 5;
	struct outcome_facts answers = {.model = "a/a", .benchmark = "old", .questions = 3, .bits = &bits};
	struct error error = {0};
	enum change change;

	describe(store, "new", 0, 100, 40);
	IMPORT(store, "old", 0.25, 0.5, 0.75);
	put_value(store, "m/a", "new", 60);
	assert_int_equal(store_put_outcomes(store, &answers, &change, NULL), STATUS_OK);
	int64_t from = store_find_benchmark(store, "old"), into = store_find_benchmark(store, "new");
	const int64_t both[] = {from, into, 1}, one[] = {from};
	const double weights[] = {2, 1, 1};
	assert_int_equal(store_put_board(store, "both", both, 3, NULL), STATUS_OK);
	assert_int_equal(store_put_board(store, "one", one, 1, NULL), STATUS_OK);
	assert_int_equal(store_put_target(store, "both", both, weights, 3, NULL), STATUS_OK);
	assert_int_equal(store_put_target(store, "one", one, weights, 1, NULL), STATUS_OK);

	assert_int_equal(store_join_benchmarks(store, into, into, &error), STATUS_DATA);
	assert_int_equal(store_join_benchmarks(store, 999, into, NULL), STATUS_DATA);
	assert_int_equal(store_join_benchmarks(store, from, into, NULL), STATUS_OK);
	/* m/a has both in the same run, and keeps that of the new one. */
	assert_string_equal(values_of(store, "new"), "60.0 50.0 75.0");
	assert_true(store_find_benchmark(store, "OLD") == into);
	assert_string_equal(ask(store, "SELECT key, hex(bits) FROM outcomes JOIN benchmarks AS b ON b.id = benchmark"),
			    "new|05");
	char boards[64], targets[64];
	snprintf(boards, sizeof boards, "both: %d 1\none: %d\n", (int)into, (int)into);
	snprintf(targets, sizeof targets, "both: 1*1 %d*3\none: %d*2\n", (int)into, (int)into);
	assert_lists(store, boards, targets);
	assert_string_equal(ask(store, "PRAGMA foreign_key_check"), "");
	put_value(store, "m/z", "old", 80);
	assert_string_equal(values_of(store, "new"), "60.0 50.0 75.0 80.0");
}

static void a_dropped_benchmark_takes_its_values_along(void **state)
{
	struct store *store = store_of(state);
	static const int64_t board[] = {2};

	put_run(store, "a/m", "leaderboard", 40, 2, 30);
	put_value(store, "a/m", "bbh", 20);
	assert_int_equal(store_put_board(store, "mine", board, 1, NULL), STATUS_OK);
	assert_int_equal(store_drop_benchmark(store, 2, NULL), STATUS_OK);
	assert_string_equal(ask(store, "SELECT source, benchmark FROM published"), "leaderboard|ifeval");
	assert_int_equal(ask_number(store, "SELECT count(*) FROM evaluations"), 1);
	assert_lists(store, "", "");
	assert_string_equal(ask(store, "PRAGMA foreign_key_check"), "");
	assert_int_equal(store_find_benchmark(store, "bbh"), 0);
}

static void what_is_hidden_keeps_its_values(void **state)
{
	struct store *store = store_of(state);

	put_value(store, "a/m", "bbh", 20);
	assert_int_equal(store_hide_benchmark(store, 2, true, NULL), STATUS_OK);
	assert_string_equal(ask(store, "SELECT hidden FROM benchmarks WHERE id = 2"), "1");
	assert_string_equal(values_of(store, "bbh"), "20.0");
	assert_int_equal(store_hide_benchmark(store, 2, false, NULL), STATUS_OK);
	assert_string_equal(ask(store, "SELECT hidden FROM benchmarks WHERE id = 2"), "0");
}

/* ---- which observation is shown -------------------------------------------------------------- */

static bool see_score(void *context, const struct store_score *score)
{
	text_append_format(context, "%d|%d|%d|%d|%.9g\n", (int)score->model, (int)score->benchmark,
			   (int)score->evaluation, score->shots, score->value);
	return true;
}

static const char *shown(struct store *store)
{
	static char line[512];
	struct text seen = {0};

	snprintf(line, sizeof line, "%s", ask(store, "SELECT group_concat(benchmark || ':' || value, ' ') FROM"
						      " (SELECT * FROM published ORDER BY model, benchmark)"));
	/* What the store visits is what the view shows. */
	assert_int_equal(store_each_score(store, see_score, &seen, NULL), STATUS_OK);
	assert_string_equal(ask(store, "SELECT model, benchmark, evaluation, shots, format('%.9g', value)"
				" FROM chosen_scores ORDER BY model, benchmark"),
			    strndupa(text_string(&seen), seen.length > 0 ? seen.length - 1 : 0));
	text_free(&seen);
	return line;
}

static void runs_complete_each_other(void **state)
{
	struct store *store = store_of(state);

	put_run(store, "a/m", "leaderboard", RANK_LEADERBOARD, 6, 40);
	put_value(store, "a/m", "bbh", 50);
	put_value(store, "a/m", "gsm8k", 0.5);
	assert_string_equal(shown(store), "bbh:50.0 gpqa:40.0 gsm8k:0.5 ifeval:40.0 math_lvl_5:40.0 mmlu_pro:40.0"
					  " musr:40.0");
	put_value(store, "a/m", "ifeval", 51);
	put_value(store, "a/m", "musr", 52);
	assert_string_equal(shown(store), "bbh:50.0 gpqa:40.0 gsm8k:0.5 ifeval:51.0 math_lvl_5:40.0 mmlu_pro:40.0"
					  " musr:52.0");
}

static void set_ups_stand_beside_each_other(void **state)
{
	struct store *store = store_of(state);
	struct score_facts scores[4];

	for (size_t i = 0; i < 4; i++)
		scores[i] = score_facts_of("gsm8k", 0.1 * (double)(i + 1));
	scores[1].shots = 8;
	scores[2].shots = 5;
	scores[2].setup = "strict-match";
	scores[3].shots = 8;
	scores[3].limited = true;
	assert_int_equal(put_facts(store, "a/m", "user", scores, 4), CHANGE_ADDED);
	assert_int_equal(ask_number(store, "SELECT count(*) FROM scores"), 4);
	assert_string_equal(shown(store), "gsm8k:0.2"); /* all questions, then more shots */
	assert_string_equal(ask(store, "SELECT setup FROM scores WHERE limited = 1"), "limited");
	assert_int_equal(put_facts(store, "a/m", "user", scores, 4), CHANGE_NONE);
	/* What a table does not say it does not erase. */
	scores[1].error = 0.01;
	scores[1].date = "2025-02-03";
	scores[1].address = "https://example.org/r";
	assert_int_equal(put_facts(store, "a/m", "user", scores, 4), CHANGE_UPDATED);
	scores[1].error = NAN;
	scores[1].date = scores[1].address = NULL;
	assert_int_equal(put_facts(store, "a/m", "user", scores, 4), CHANGE_NONE);
	assert_string_equal(ask(store, "SELECT error, date, address FROM published"),
			    "0.01|2025-02-03|https://example.org/r");
}

static bool see_observation(void *context, const struct store_observation *observation)
{
	text_append_format(context, "%s %g %s %d %s%s%s\n", observation->facts.benchmark, observation->facts.value,
			   observation->run.source, observation->facts.shots,
			   observation->facts.setup ? observation->facts.setup : "-",
			   observation->chosen ? " shown" : "", observation->preferred ? " preferred" : "");
	return true;
}

static void assert_observations(struct store *store, const char *expected)
{
	struct text seen = {0};

	assert_int_equal(store_each_observation(store, store_find_model(store, "a/m"), see_observation, &seen,
						NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), expected);
	text_free(&seen);
}

static void the_user_chooses_an_observation(void **state)
{
	struct store *store = store_of(state);
	struct score_facts score = score_facts_of("gsm8k", 0.5);

	put_value(store, "a/m", "gsm8k", 0.25);
	put_value(store, "b/m", "gsm8k", 0.125);
	score.shots = 4;
	score.setup = "tools";
	put_facts(store, "a/m", "card", &score, 1);
	put_run(store, "a/m", "leaderboard", RANK_LEADERBOARD, 1, 40);
	int64_t model = store_find_model(store, "a/m"), gsm8k = store_find_benchmark(store, "gsm8k");
	int64_t user = ask_number(store, "SELECT id FROM evaluations WHERE model = 1 AND source = 'user'");
	int64_t card = ask_number(store, "SELECT id FROM evaluations WHERE source = 'card'");
	int64_t version = store_data_version(store);

	assert_observations(store, "ifeval 40 leaderboard -1 - shown\n"
				   "gsm8k 0.25 user -1 -\ngsm8k 0.5 card 4 tools shown\n");
	assert_int_equal(store_prefer_score(store, model, gsm8k, user, -1, NULL, NULL), STATUS_OK);
	assert_observations(store, "ifeval 40 leaderboard -1 - shown\n"
				   "gsm8k 0.25 user -1 - shown preferred\ngsm8k 0.5 card 4 tools\n");
	assert_string_equal(shown(store), "gsm8k:0.25 ifeval:40.0 gsm8k:0.125");
	assert_true(store_data_version(store) > version);
	/* One choice a benchmark; what is not there cannot be chosen, and changes nothing. */
	assert_int_equal(store_prefer_score(store, model, gsm8k, card, 4, "tools", NULL), STATUS_OK);
	assert_int_equal(ask_number(store, "SELECT sum(preferred) FROM scores"), 1);
	assert_int_equal(store_prefer_score(store, model, gsm8k, user, 3, NULL, NULL), STATUS_DATA);
	assert_int_equal(ask_number(store, "SELECT sum(preferred) FROM scores"), 1);
	/* The last word counts: a whole run takes back single choices. */
	assert_int_equal(store_prefer_evaluation(store, model, user, NULL), STATUS_OK);
	assert_string_equal(shown(store), "gsm8k:0.25 ifeval:40.0 gsm8k:0.125");
	assert_int_equal(store_prefer_score(store, model, gsm8k, card, 4, "tools", NULL), STATUS_OK);
	assert_string_equal(shown(store), "gsm8k:0.5 ifeval:40.0 gsm8k:0.125");
	assert_int_equal(store_prefer_score(store, model, gsm8k, 0, 0, NULL, NULL), STATUS_OK);
	assert_string_equal(shown(store), "gsm8k:0.25 ifeval:40.0 gsm8k:0.125");
	assert_int_equal(store_prefer_score(store, model, 0, 0, 0, NULL, NULL), STATUS_OK);
	assert_string_equal(shown(store), "gsm8k:0.5 ifeval:40.0 gsm8k:0.125");
}

static unsigned int draw(unsigned int *seed, unsigned int below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 16) % below;
}

/* Runs of all kinds at random: what the store visits is what the view shows. */
static void the_view_and_the_visit_agree(void **state)
{
	struct store *store = store_of(state);
	static const char *const keys[] = {"ifeval", "bbh", "gpqa", "musr", "own_a", "own_b", "own_c"};
	static const char *const precisions[] = {NULL, "bfloat16", "float16"};
	static const char *const dates[] = {NULL, "2024-05-06", "2025-01-02"};
	static const char *const sources[] = {"x", "y"};
	unsigned int begin = 1, *seed = &begin;

	assert_int_equal(store_begin(store, NULL), STATUS_OK);
	for (int i = 0; i < 400; i++) {
		struct score_facts scores[7];
		size_t count = 1 + draw(seed, 5);
		char model[] = "a/a";
		model[2] = (char)('a' + draw(seed, 10));
		for (size_t s = 0; s < count; s++) {
			scores[s] = score_facts_of(keys[draw(seed, 7)], 0);
			scores[s].value = (double)(2 + draw(seed, 97));
			scores[s].shots = (int)draw(seed, 3) - 1;
			scores[s].limited = draw(seed, 4) == 0;
			scores[s].date = dates[draw(seed, 3)];
			scores[s].setup = draw(seed, 5) == 0 ? "tools" : NULL;
		}
		struct evaluation_facts facts = {
			.model = model, .source = sources[draw(seed, 2)], .rank = (int)draw(seed, 2), .flagged = draw(seed, 4) == 0,
			.precision = precisions[draw(seed, 3)], .chat_template = (enum answer)((int)draw(seed, 3) - 1),
			.submitted = dates[draw(seed, 3)], .scores = scores, .score_count = count};
		enum change change;
		assert_int_equal(store_put_evaluation(store, &facts, &change, NULL), STATUS_OK);
	}
	assert_int_equal(store_commit(store, NULL), STATUS_OK);
	ask(store, "UPDATE benchmarks SET suite = 'own' WHERE key LIKE 'own%'");
	ask(store, "UPDATE scores SET preferred = 1 WHERE value = 33");
	ask(store, "UPDATE evaluations SET preferred = 1 WHERE id % 17 = 0");
	assert_true(ask_number(store, "SELECT count(*) FROM scores") > 700);
	assert_int_equal(ask_number(store, "SELECT count(*) FROM chosen_scores"), 70);
	shown(store);
}

/* ---- models ------------------------------------------------------------------------------------ */

static bool see_attribute(void *context, int64_t model, const struct attribute_facts *attribute)
{
	text_append_format(context, "%d %s=%s\n", (int)model, attribute->key, attribute->value);
	return true;
}

static void attributes_go_by_rank(void **state)
{
	struct store *store = store_of(state);
	struct attribute_facts attributes[] = {{"provider", "OpenAI"}, {"reasoning", "1"}, {"empty", ""}};
	struct model_facts facts = no_facts;
	struct text seen = {0};

	facts.name = "openai/o3";
	facts.rank = 40;
	facts.attributes = attributes;
	facts.attribute_count = 3;
	assert_int_equal(put_model(store, &facts), CHANGE_ADDED);
	assert_int_equal(put_model(store, &facts), CHANGE_NONE);
	attributes[0].value = "other";
	attributes[2].value = "now";
	facts.rank = 20;
	assert_int_equal(put_model(store, &facts), CHANGE_UPDATED);
	assert_int_equal(store_each_attribute(store, see_attribute, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), "1 empty=now\n1 provider=OpenAI\n1 reasoning=1\n");
	text_free(&seen);
	facts.rank = 40;
	assert_int_equal(put_model(store, &facts), CHANGE_UPDATED);
	assert_string_equal(ask(store, "SELECT value FROM model_attributes WHERE key = 'provider'"), "other");
}

static void joined_models_lose_no_cell(void **state)
{
	struct store *store = store_of(state);
	struct attribute_facts attribute = {"provider", "one"};
	struct model_facts facts = no_facts;

	put_value(store, "old/name", "gsm8k", 0.25);
	put_value(store, "old/name", "bbh", 20);
	put_value(store, "new/name", "bbh", 30);
	facts.name = "old/name";
	facts.attributes = &attribute;
	facts.attribute_count = 1;
	put_model(store, &facts);
	put_alias(store, "old/name", "new/name");
	assert_string_equal(ask(store, "SELECT model, benchmark, value FROM published ORDER BY 2"),
			    "new/name|bbh|30.0\nnew/name|gsm8k|0.25");
	assert_string_equal(ask(store, "SELECT m.name, a.value FROM model_attributes AS a JOIN models AS m"
				" ON m.id = a.model"), "new/name|one");
	assert_string_equal(ask(store, "PRAGMA foreign_key_check"), "");
}

/* ---- versions, reading, checking --------------------------------------------------------------- */

static void the_data_version_counts_benchmarks(void **state)
{
	struct store *store = store_of(state);
	unsigned long long bits = 1;
	struct outcome_facts answers = {.model = "a/a", .benchmark = "set", .questions = 2, .bits = &bits};
	static const char *const by_hand[] = {
		"UPDATE benchmarks SET lower = -10 WHERE id = 1",
		"INSERT INTO benchmark_aliases VALUES ('x', 1)", "DELETE FROM benchmark_aliases",
		"INSERT INTO model_attributes (model, key, value) VALUES (1, 'k', 'v')",
		"UPDATE model_attributes SET value = 'w'", "DELETE FROM model_attributes",
		"UPDATE scores SET error = 1", "UPDATE evaluations SET address = 'h'",
	};
	enum change change;

	put_value(store, "a/a", "bbh", 30);
	int64_t version = store_data_version(store);
	for (size_t i = 0; i < sizeof by_hand / sizeof *by_hand; i++) {
		ask(store, by_hand[i]);
		int64_t later = store_data_version(store);
		assert_true(later > version);
		version = later;
	}
	describe(store, "bbh", 0, 50, 99);
	assert_true(store_data_version(store) > version);
	version = store_data_version(store);
	assert_int_equal(describe(store, "bbh", 0, 50, 99), CHANGE_NONE);
	put_value(store, "a/a", "bbh", 30);
	assert_int_equal(store_put_outcomes(store, &answers, &change, NULL), STATUS_OK);
	assert_true(store_data_version(store) == version);
}

static bool see_coverage(void *context, const struct store_coverage *coverage)
{
	text_append_format(context, "%d:%zu %s%s ", (int)coverage->benchmark, coverage->models,
			   coverage->newest_is_release ? "~" : "", coverage->newest ? coverage->newest : "-");
	return true;
}

static void coverage_counts_models(void **state)
{
	struct store *store = store_of(state);
	struct text seen = {0};

	put_value(store, "a/a", "bbh", 30);
	put_run(store, "a/a", "leaderboard", 40, 2, 30);
	put_value(store, "a/b", "bbh", 30);
	assert_int_equal(store_each_coverage(store, see_coverage, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), "1:1 - 2:2 - ");
	text_clear(&seen);
	ask(store, "UPDATE models SET uploaded = '2025-03-01' WHERE name = 'a/a'");
	ask(store, "UPDATE models SET uploaded = '2026-01-01' WHERE name = 'a/b'");
	ask(store, "UPDATE evaluations SET submitted = '2025-06-01' WHERE source = 'leaderboard'");
	assert_int_equal(store_each_coverage(store, see_coverage, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), "1:1 2025-06-01 2:2 ~2026-01-01 ");
	/* A date of a score goes before that of its evaluation and the release of its model. */
	text_clear(&seen);
	ask(store, "UPDATE scores SET date = '2025-07-02T10:00:00Z'");
	assert_int_equal(store_each_coverage(store, see_coverage, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), "1:1 2025-07-02 2:2 2025-07-02 ");
	text_free(&seen);
}

static void see_finding(void *context, const char *severity, const char *message)
{
	text_append_format(context, "%s: %s\n", severity, message);
}

static void the_check_knows_scales(void **state)
{
	struct store *store = store_of(state);
	struct text seen = {0};
	size_t faults;

	put_value(store, "a/m", "elo", 1255);
	put_value(store, "a/m", "gsm8k", 0.5);
	ask(store, "UPDATE scores SET value = 2 WHERE benchmark = (SELECT id FROM benchmarks WHERE key = 'gsm8k')");
	ask(store, "UPDATE benchmarks SET lower = 100 WHERE id = 1");
	ask(store, "INSERT INTO benchmark_aliases VALUES ('bbh', 1)");
	ask(store, "UPDATE benchmarks SET duplicate_of = 'nothing' WHERE id = 6");
	assert_int_equal(store_check(store, see_finding, &seen, &faults, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen),
			    "error: the gsm8k score 2.0 of a/m is outside its scale of 0 to 1\n"
			    "error: the scale of ifeval ends at 100, before it begins at 100\n"
			    "error: the alias bbh hides a benchmark of that key\n"
			    "note: musr says that it copies nothing, which is not there\n");
	assert_int_equal(faults, 3);
	text_free(&seen);
}

/* What a transaction that is taken back has made known is not known. */
static void a_rollback_forgets_benchmarks(void **state)
{
	struct store *store = store_of(state);
	struct ear ear = {{0}};

	listen(store, &ear);
	assert_int_equal(store_begin(store, NULL), STATUS_OK);
	put_value(store, "a/m", "gsm8k", 0.5);
	store_rollback(store);
	assert_heard(store, &ear, "");
	assert_int_equal(store_find_benchmark(store, "gsm8k"), 0);
	put_value(store, "a/m", "gsm8k", 50);
	assert_string_equal(scale_of(store, "gsm8k"), "0.0|100.0|1");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_new_benchmark_is_guessed_from_its_values), CASE(a_guess_follows_the_values),
		CASE(a_wild_value_is_refused_alone), CASE(a_name_says_which_way_is_better),
		cmocka_unit_test(names_hint_at_their_direction),
		CASE(many_new_ones_are_told_in_short), CASE(values_come_on_their_scale),
		CASE(what_cannot_be_a_value_is_lost_alone), CASE(a_crossed_bound_is_moved_and_told_once),
		CASE(a_late_description_puts_values_on_its_scale), CASE(percentages_join_fractions),
		CASE(low_points_stay_points), CASE(a_description_before_values_needs_no_guess),
		CASE(descriptions_go_by_rank), CASE(a_key_is_not_taken_for_a_title),
		CASE(aliases_gather_what_came_before), CASE(a_join_comes_between_values),
		CASE(renamed_benchmarks_are_still_found),
		CASE(boards_and_targets_are_kept), CASE(two_benchmarks_become_one),
		CASE(a_dropped_benchmark_takes_its_values_along), CASE(what_is_hidden_keeps_its_values),
		CASE(runs_complete_each_other), CASE(set_ups_stand_beside_each_other),
		CASE(the_user_chooses_an_observation), CASE(the_view_and_the_visit_agree),
		CASE(attributes_go_by_rank), CASE(joined_models_lose_no_cell),
		CASE(the_data_version_counts_benchmarks), CASE(coverage_counts_models),
		CASE(the_check_knows_scales), CASE(a_rollback_forgets_benchmarks),
	};
	return cmocka_run_group_tests_name("benchmarks", tests, NULL, NULL);
}
