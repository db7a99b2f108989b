/* Filter lines: what each term leaves, what is said about wrong ones, and that
 * a line typed letter by letter gives what the whole line gives. */
#include "rows.h"

#include "filter.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

struct fixture {
	struct cache cache;
	struct session session;
	struct filter *filter;
	uint8_t fit[32];
	size_t best;
};

static const char models[] =
	"model,kind,architecture,params_b,license,uploaded,chat_template,ifeval,bbh,math_lvl_5_2024,gpqa,musr,mmlu_pro\n"
	"oak/Root-7B,pretrained,LlamaForCausalLM,7.24,mit,2023-12-31,no,10,41,10,10,10,10\n"
	"oak/Tuned-7B,finetuned,LlamaForCausalLM,7.24,apache-2.0,2024-06-01,no,20,39.9,20,20,20,20\n"
	"elm/Mixed-13B,merge,LlamaForCausalLM,13,mit,2024-06-30,yes,30,40,30,30,30,30\n"
	"elm/Small,chat,MistralForCausalLM,0.5,,,yes,30,,30,30,30,30\n";
static const char edges[] =
	"child,parent,relation,weight,method,source\n"
	"oak/Tuned-7B,oak/Root-7B,finetune,,,card\n"
	"elm/Mixed-13B,oak/Tuned-7B,merge,0.5,slerp,config\n"
	"elm/Mixed-13B,elm/Small,merge,0.5,slerp,config\n"
	"elm/Unknown,elm/Mixed-13B,finetune,,,card\n";

static struct filter *make_filter(const struct fixture *fixture)
{
	struct target_names names = session_names(&fixture->session);

	return filter_new(fixture->cache.catalog, &names);
}

static int set_up(void **state)
{
	struct fixture *fixture = memory_zero(1, sizeof *fixture);

	cache_make(&fixture->cache);
	cache_fill(&fixture->cache, models, edges);
	fixture->session = cache_session(&fixture->cache);
	fixture->filter = make_filter(fixture);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	filter_free(fixture->filter);
	cache_session_end(&fixture->session);
	cache_remove(&fixture->cache);
	free(fixture);
	return 0;
}

/* The names that fit, without owner, in the order of the catalog. */
static const char *fitting(struct fixture *fixture)
{
	static char text[256];
	size_t length = 0, count = filter_run(fixture->filter, NULL, fixture->fit, &fixture->best);

	text[0] = '\0';
	for (size_t i = 0; i < fixture->cache.catalog->count; i++) {
		if (!fixture->fit[i])
			continue;
		assert_int_equal(fixture->fit[i], 1);
		length += (size_t)snprintf(text + length, sizeof text - length, "%s%s",
					   length ? " " : "",
					   strchr(fixture->cache.catalog->models[i].name, '/') + 1);
		count--;
	}
	assert_int_equal(count, 0);
	return text;
}

static void expect(void **state, const char *line, const char *names)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	expect_ok(filter_set(fixture->filter, line, &error), &error);
	assert_string_equal(fitting(fixture), names);
}

static void expect_wrong(void **state, const char *line, long column, const char *part)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	assert_int_equal(filter_set(fixture->filter, line, &error), STATUS_USAGE);
	assert_int_equal(error.column, column);
	if (!strstr(error.message, part) && !strstr(error.advice, part))
		fail_msg("%s: %s; %s", line, error.message, error.advice);
}

static void words_fit_names(void **state)
{
	struct fixture *fixture = *state;

	expect(state, "", "Root-7B Tuned-7B Mixed-13B Small Unknown");
	expect(state, "oak", "Root-7B Tuned-7B");
	expect(state, "TUN oak", "Tuned-7B");
	expect(state, "7b", "Root-7B Tuned-7B");
	expect(state, "!oak", "Mixed-13B Small Unknown");
	expect(state, "\"k/r\"", "Root-7B");
	expect(state, "mx13", "Mixed-13B");
	assert_string_equal(fixture->cache.catalog->models[fixture->best].name, "elm/Mixed-13B");
	expect(state, "qqq", "");
	assert_true(fixture->best == CATALOG_NONE);
}

static void numbers_are_compared(void **state)
{
	expect(state, "bbh > 40", "Root-7B");
	expect(state, "bbh>=40", "Root-7B Mixed-13B");
	expect(state, "bbh < 40", "Tuned-7B");
	expect(state, "bbh = 40", "Tuned-7B Mixed-13B");  /* 39.9 rounds to 40 */
	expect(state, "bbh = 40.0", "Mixed-13B");
	expect(state, "bbh != 40", "Root-7B");            /* a missing score fits nothing */
	expect(state, "!bbh > 40", "Tuned-7B Mixed-13B Small Unknown");
	expect(state, "size < 8", "Root-7B Tuned-7B Small");
	expect(state, "size <= 500m", "Small");
	expect(state, "size = 7b", "Root-7B Tuned-7B");
	expect(state, "average > 15 average <= 25", "Root-7B Tuned-7B");
	expect(state, "parents > 1", "Mixed-13B");
	expect(state, "children > 0 ifeval >= 20", "Tuned-7B Mixed-13B Small");
}

static void dates_stand_for_all_their_days(void **state)
{
	expect(state, "date >= 2024", "Tuned-7B Mixed-13B");
	expect(state, "date > 2023", "Tuned-7B Mixed-13B");
	expect(state, "date <= 2023", "Root-7B");
	expect(state, "date = 2024-06", "Tuned-7B Mixed-13B");
	expect(state, "date > 2024-06", "");
	expect(state, "date > 2024-06-29", "Mixed-13B");
	expect(state, "date < 2024-06-30 date>2023-12", "Tuned-7B");
	expect(state, "date = 2023-12", "Root-7B");
}

static void texts_and_properties(void **state)
{
	expect(state, "owner:elm", "Mixed-13B Small Unknown");
	expect(state, "owner=el", "");
	expect(state, "arch:LLAMA", "Root-7B Tuned-7B Mixed-13B");
	expect(state, "arch=mistralforcausallm", "Small");
	expect(state, "license:mit", "Root-7B Mixed-13B");
	expect(state, "license != mit", "Tuned-7B Small Unknown");
	expect(state, "kind:chat", "Small");
	expect(state, "scored", "Root-7B Tuned-7B Mixed-13B Small");
	expect(state, "unscored", "Unknown");
	/* Of what others were made from the weights can be had; of the others nobody says it. */
	expect(state, "open", "Root-7B Tuned-7B Mixed-13B Small");
	expect(state, "!open", "Unknown");
	expect(state, "merge", "Mixed-13B");
	expect(state, "!merge scored owner:oak", "Root-7B Tuned-7B");
	expect(state, "flagged", "");
}

static void a_family_is_all_that_descends(void **state)
{
	expect(state, "family:tuned", "Tuned-7B Mixed-13B Unknown");
	expect(state, "family:small !family:unknown", "Mixed-13B Small");
	expect(state, "family:root family:small", "Mixed-13B Unknown");
	expect(state, "family=oak/root-7b", "Root-7B Tuned-7B Mixed-13B Unknown");
}

static void z_needs_a_fit(void **state)
{
	struct fixture *fixture = *state;
	const double z[] = {0.5, 2.5, -3, NAN, NAN};

	expect_wrong(state, "z > 2", 1, "fit");
	filter_set_z(fixture->filter, z);
	expect(state, "z > 2", "Tuned-7B");
	expect(state, "z < -2", "Mixed-13B");
}

/* Predicts 10 for each second model and part of the target; counts what it is asked. */
static double predict_ten(void *context, size_t model, const struct engine_target *target)
{
	++*(size_t *)context;
	return model % 2 == 0 ? 10 * (double)target->count : (double)NAN;
}

static void predictions_are_asked_last(void **state)
{
	struct fixture *fixture = *state;
	size_t asked = 0;

	expect_wrong(state, "bbh pred > 5", 1, "before the fit");
	filter_set_predict(fixture->filter, predict_ten, &asked);
	expect(state, "bbh pred > 5", "Root-7B Mixed-13B Unknown");
	assert_int_equal(asked, 5);
	expect(state, "bbh pred = 10 oak", "Root-7B");
	assert_int_equal(asked, 5); /* remembered */
	expect(state, "average pred > 50 size < 8", "Root-7B");
	assert_int_equal(asked, 8);
	expect(state, "!bbh pred > 5", "Tuned-7B Small"); /* what is not predicted fits no comparison */
	filter_set_predict(fixture->filter, predict_ten, &asked);
	expect(state, "bbh pred < 5", "");
	expect_wrong(state, "nothing pred > 5", 1, "no field nothing");
	expect(state, "pred", ""); /* alone it is a word */
}

static void wrong_terms_are_explained(void **state)
{
	expect_wrong(state, "oak bbh >", 10, "bbh > 40");
	expect_wrong(state, "bbh > x", 7, "a number");
	expect_wrong(state, "size < 0x10", 8, "size < 8");
	expect_wrong(state, "date > 24-06", 8, "2024-06");
	expect_wrong(state, "date > 2024-13", 8, "2024-06");
	expect_wrong(state, "foo > 3", 1, "no field foo");
	expect_wrong(state, "> 3", 1, "no field");
	expect_wrong(state, "family > 3", 1, "contains");
	expect_wrong(state, "owner:", 7, "a text");
	expect_wrong(state, "family:a family:a family:a family:a family:a family:a family:a family:a"
		     " family:a", 0, "families");
	expect_wrong(state, "scored > 3", 1, "no field scored");
	expect_wrong(state, "a b c d e f g h i scored scored scored scored scored scored scored scored"
		     " scored scored scored scored scored scored scored scored scored", 131, "terms");
}

static void a_wrong_line_leaves_the_last(void **state)
{
	struct fixture *fixture = *state;

	expect(state, "owner:oak bbh > 40", "Root-7B");
	expect_wrong(state, "owner:oak bbh > 40 size <", 26, "number");
	assert_string_equal(fitting(fixture), "Root-7B");
}

static void hints_follow_a_field(void **state)
{
	struct fixture *fixture = *state;

	expect(state, "size", "");
	assert_non_null(strstr(filter_hint(fixture->filter), "size < 8"));
	expect(state, "!bbh", "Root-7B Tuned-7B Mixed-13B Small Unknown");
	assert_non_null(strstr(filter_hint(fixture->filter), "bbh > 40"));
	expect(state, "size <8", "Root-7B Tuned-7B Small");
	assert_string_equal(filter_hint(fixture->filter), "");
}

/* Typed letter by letter, and back again, the same as at once. */
static void typing_gives_what_the_line_gives(void **state)
{
	static const char *const lines[] = {"oak tuned", "mx13 merge", "e m", "rt7b !size > 8",
					    "uwn", "7b oak bbh > 40"};
	struct fixture *fixture = *state;
	struct error error = {0};
	char part[64], typed[256];

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		for (size_t step = 0; step < 2 * strlen(lines[i]); step++) {
			size_t length = strlen(lines[i]);
			size_t shown = step < length ? step + 1 : 2 * length - step;
			snprintf(part, sizeof part, "%.*s", (int)shown, lines[i]);
			if (filter_set(fixture->filter, part, NULL) != STATUS_OK)
				continue;
			snprintf(typed, sizeof typed, "%s", fitting(fixture));
			struct filter *anew = make_filter(fixture), *kept = fixture->filter;
			expect_ok(filter_set(anew, part, &error), &error);
			fixture->filter = anew;
			assert_string_equal(fitting(fixture), typed);
			fixture->filter = kept;
			filter_free(anew);
		}
}

/* Names read one by one beforehand, or in part, give what reading them all does. */
static void names_can_be_read_bit_by_bit(void **state)
{
	struct fixture *fixture = *state;
	size_t steps = 1;

	while (filter_prepare(fixture->filter, 1) && steps < fixture->cache.catalog->count / 2)
		steps++;
	typing_gives_what_the_line_gives(state);
	assert_false(filter_prepare(fixture->filter, 1));
}

/* Names of few letters, so that many fit and some as well as others. */
static void put_many(struct store *store, size_t count)
{
	static const char letters[] = "abAB-1.";
	uint32_t random = 5;
	char name[32];

	begin(store);
	for (size_t i = 0; i < count; i++) {
		size_t length = 2 + i % 9;
		for (size_t k = 0; k < length; k++) {
			random = random * 1664525u + 1013904223u;
			name[k] = letters[(random >> 20) % (sizeof letters - 1)];
		}
		snprintf(name + length, sizeof name - length, "/%zu", i);
		put_model(store, name, NULL);
	}
	commit(store);
}

/* Letter by letter and back, each line by one filter a number of parts. */
static void parts_together_find_what_one_finds(void **state)
{
	static const char *const lines[] = {"a", "ab", "ab-", "ab-1", "ab-1 b", "ab-1 ba", "ab-1", "a", "", "size > 1",
					    "b!merge", "1a size < 9", "zzz", "!a"};
	struct fixture *fixture = *state;
	enum { MODELS = 700 };
	struct filter *filters[PARALLEL_MAX + 1];
	uint32_t weights[MODELS + 8];
	uint8_t fit[PARALLEL_MAX + 1][MODELS + 8];
	size_t fitted = 0;

	filter_free(fixture->filter);
	cache_session_end(&fixture->session);
	catalog_free(fixture->cache.catalog);
	put_many(fixture->cache.store, MODELS);
	fixture->cache.catalog = load(fixture->cache.store);
	fixture->session = cache_session(&fixture->cache);
	fixture->filter = make_filter(fixture);
	size_t count_all = fixture->cache.catalog->count;
	assert_true(count_all <= MODELS + 8);
	for (size_t i = 0; i < count_all; i++)
		weights[i] = (uint32_t)(i * 7 % 11);
	for (size_t parts = 1; parts <= PARALLEL_MAX; parts++)
		filters[parts] = make_filter(fixture);
	for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
		size_t best, best_of_one = 0, count, count_of_one = 0;
		for (size_t parts = 1; parts <= PARALLEL_MAX; parts++) {
			assert_int_equal(filter_set(filters[parts], lines[l], NULL), STATUS_OK);
			count = filter_run_in_parts(filters[parts], parts, weights, fit[parts], &best);
			if (parts == 1)
				best_of_one = best, count_of_one = count;
			assert_int_equal(count, count_of_one);
			assert_true(best == best_of_one);
			assert_memory_equal(fit[parts], fit[1], count_all);
		}
		fitted += count_of_one;
	}
	assert_true(fitted > 1000);
	for (size_t parts = 1; parts <= PARALLEL_MAX; parts++)
		filter_free(filters[parts]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(words_fit_names), T(numbers_are_compared), T(dates_stand_for_all_their_days),
		T(texts_and_properties), T(a_family_is_all_that_descends), T(z_needs_a_fit),
		T(predictions_are_asked_last),
		T(wrong_terms_are_explained), T(a_wrong_line_leaves_the_last), T(hints_follow_a_field),
		T(typing_gives_what_the_line_gives), T(names_can_be_read_bit_by_bit),
		T(parts_together_find_what_one_finds),
#undef T
	};

	return cmocka_run_group_tests_name("app: filter", tests, NULL, NULL);
}
