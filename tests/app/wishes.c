/* Wishes: lines read and written, which models they leave, what is said about
 * wrong ones; and the plot of a front. */
#include "rows.h"

#include "stemma/app/chart.h"
#include "stemma/app/licences.h"
#include "stemma/app/wishes.h"
#include "stemma/base/memory.h"

struct fixture {
	struct cache cache;
	struct session session;
	struct wishes wishes;
	struct wish_search search;
};

static const char models[] =
	"model,kind,architecture,params_b,license,uploaded,chat_template,ifeval,bbh,math_lvl_5_2024,gpqa,musr,mmlu_pro\n"
	"oak/Root,pretrained,LlamaForCausalLM,7.24,cc-by-nc-4.0,2023-12-31,no,10,60,10,10,10,10\n"
	"oak/Tuned,finetuned,LlamaForCausalLM,7.24,apache-2.0,2024-06-01,no,20,50,20,20,20,20\n"
	"elm/Free,pretrained,LlamaForCausalLM,8,mit,2024-06-30,yes,30,40,30,30,30,30\n"
	"elm/Alike,chat,MistralForCausalLM,8,cc-by-sa-4.0,2024-07-01,yes,40,20,30,30,30,30\n"
	"elm/Silent,chat,MistralForCausalLM,0.5,,,yes,15,30,30,30,30,30\n"
	"elm/Both,chat,MistralForCausalLM,8,gpl-3.0,2024-08-01,yes,5,5,5,5,5,5\n";
static const char edges[] =
	"child,parent,relation,weight,method,source\n"
	"oak/Tuned,oak/Root,finetune,,,card\n"
	"elm/Both,oak/Root,finetune,,,card\n";

static int set_up(void **state)
{
	struct fixture *fixture = memory_zero(1, sizeof *fixture);

	cache_make(&fixture->cache);
	cache_fill(&fixture->cache, models, edges);
	fixture->session = cache_session(&fixture->cache);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	wishes_free(&fixture->wishes);
	wish_search_free(&fixture->search);
	cache_session_end(&fixture->session);
	cache_remove(&fixture->cache);
	free(fixture);
	return 0;
}

static void resolve(struct fixture *fixture, const char *line)
{
	struct error error = {0};

	wish_search_free(&fixture->search);
	expect_ok(wishes_read(&fixture->wishes, line, &error), &error);
	expect_ok(wishes_resolve(&fixture->wishes, &fixture->session, &fixture->search, NULL, &error), &error);
}

/* The models that a line leaves, by the letters that their names begin with. */
static void expect_allowed(struct fixture *fixture, const char *line, const char *expected)
{
	static const char *const names[] = {"oak/Root", "oak/Tuned", "elm/Free", "elm/Alike", "elm/Silent", "elm/Both"};
	char left[8] = "";

	resolve(fixture, line);
	for (size_t i = 0; i < 6; i++)
		if (fixture->search.allowed[catalog_find(fixture->cache.catalog, names[i])])
			strncat(left, strchr(names[i], '/') + 1, 1);
	if (strcmp(left, expected) != 0)
		fail_msg("%s leaves %s, not %s", line, left, expected);
}

static void expect_refused(struct fixture *fixture, const char *line, const char *said)
{
	struct error error = {0};
	char message[900];
	enum status status = wishes_read(&fixture->wishes, line, &error);

	if (status == STATUS_OK)
		status = wishes_resolve(&fixture->wishes, &fixture->session, &fixture->search, NULL, &error);
	assert_int_not_equal(status, STATUS_OK);
	error_format(&error, message, sizeof message);
	if (!strstr(message, said))
		fail_msg("%s: \"%s\" lacks \"%s\"", line, message, said);
}

static void lines_come_back(void **state)
{
	struct fixture *fixture = *state;
	const char *line = "target=ifeval=2,bbh=1 parents=3 max-params=8 owner=elm owner=oak suspects limit=5";
	struct error error = {0};
	struct text out = {0};

	expect_ok(wishes_read(&fixture->wishes, line, &error), &error);
	wishes_write(&fixture->wishes, &out);
	assert_string_equal(text_string(&out), line);
	assert_int_equal(wishes_read(&fixture->wishes, "nonsense", &error), STATUS_USAGE);
	error_clear(&error);
	text_clear(&out);
	wishes_write(&fixture->wishes, &out);
	assert_string_equal(text_string(&out), line);
	expect_ok(wishes_read(&fixture->wishes, "max-params 8 suspects limit 5", &error), &error);
	text_clear(&out);
	wishes_write(&fixture->wishes, &out);
	assert_string_equal(text_string(&out), "max-params=8 suspects limit=5");
	expect_ok(wishes_read(&fixture->wishes, line, &error), &error);
	wishes_add(&fixture->wishes, WISH_LIMIT, "6");
	assert_string_equal(wishes_value(&fixture->wishes, WISH_LIMIT), "6");
	assert_int_equal(wishes_choice(&fixture->wishes, WISH_PARENTS), 1);
	text_free(&out);
}

static void settings_say_what_is_wished(void **state)
{
	struct fixture *fixture = *state;

	resolve(fixture, "target=ifeval=3,bbh=1 order=chance parents=3 floor=7 limit=4 per-model=2 include=elm/Free");
	const struct suggest_settings *settings = &fixture->search.settings;
	assert_true(fabs(settings->target.weight[0] - 0.75) < 1e-12 && fabs(settings->target.weight[1] - 0.25) < 1e-12);
	assert_int_equal(settings->by, SUGGEST_CHANCE);
	assert_int_equal(settings->parents, 3);
	assert_true(settings->floor >= 7 && settings->floor <= 7);
	assert_int_equal(settings->limit, 4);
	assert_int_equal(settings->per_model, 2);
	assert_int_equal(settings->models.include_count, 1);
	assert_int_equal(settings->models.include[0], catalog_find(fixture->cache.catalog, "elm/Free"));
	assert_int_equal(fixture->search.front.axis_count, 0);
	resolve(fixture, "pareto=bbh,average limit=3");
	assert_int_equal(fixture->search.front.axis_count, 2);
	assert_int_equal(fixture->search.front.axes[0].count, 1);
	assert_int_equal(fixture->search.front.axes[0].benchmark[0], 1);
	assert_int_equal(fixture->search.front.axes[1].count, fixture->cache.catalog->benchmark_count);
	assert_int_equal(fixture->search.front.limit, 3);
	resolve(fixture, "");
	assert_int_equal(fixture->search.settings.target.count, fixture->session.target.engine.count);
}

static void constraints_leave_models(void **state)
{
	struct fixture *fixture = *state;

	expect_allowed(fixture, "", "RTFASB");
	expect_allowed(fixture, "min-params=7.5", "FAB");
	expect_allowed(fixture, "max-params=6.9", "RTS");
	expect_allowed(fixture, "architecture=mistral*", "ASB");
	expect_allowed(fixture, "license=mit license=cc-*", "RFA");
	expect_allowed(fixture, "no-license=cc-*", "TFSB");
	expect_allowed(fixture, "owner=oak", "RT");
	expect_allowed(fixture, "not-owner=oak", "FASB");
	expect_allowed(fixture, "since=2024-06-01 until=2024-07-01", "TFA");
	expect_allowed(fixture, "exclude=elm/Free exclude=Tuned", "RASB");
}

/* Tuned is Apache, but comes from a model for non-commercial use; so does Both,
 * whose own licence forbids just that. */
static void licences_of_ancestors_count(void **state)
{
	struct fixture *fixture = *state;

	expect_allowed(fixture, "rights=any", "RTFASB");
	expect_allowed(fixture, "rights=compatible", "RTFAS");
	expect_allowed(fixture, "rights=commercial", "FAS");
	expect_allowed(fixture, "rights=permissive", "F");
	resolve(fixture, "rights=compatible");
	const struct suggest_models *set = &fixture->search.settings.models;
	size_t tuned = catalog_find(fixture->cache.catalog, "oak/Tuned"), alike = catalog_find(fixture->cache.catalog, "elm/Alike");
	size_t free_model = catalog_find(fixture->cache.catalog, "elm/Free"), silent = catalog_find(fixture->cache.catalog, "elm/Silent");
	assert_true(set->has[tuned] & set->against[alike]);
	assert_true(set->has[alike] & set->against[tuned]);
	assert_false(set->has[free_model] & set->against[alike]);
	assert_false(set->has[silent] & (set->against[alike] | set->against[tuned]));
}

static void faults_are_named(void **state)
{
	struct fixture *fixture = *state;

	expect_refused(fixture, "targt=ifeval", "did you mean 'target'");
	expect_refused(fixture, "limit", "limit takes a value");
	expect_refused(fixture, "limit=", "limit takes a value");
	expect_refused(fixture, "limit=0", "from 1 up");
	expect_refused(fixture, "limit=-3", "from 1 up");
	expect_refused(fixture, "limit=1000001", "up to 1000000");
	expect_refused(fixture, "suspects=yes", "takes no value");
	expect_refused(fixture, "order=chanse", "did you mean 'chance'");
	expect_refused(fixture, "parents=4", "it takes 2, 3");
	expect_refused(fixture, "floor=many", "floor 'many'");
	expect_refused(fixture, "max-params=nan", "number of billions");
	expect_refused(fixture, "since=yesterday", "is no date");
	expect_refused(fixture, "target=nothing", "no benchmark 'nothing'");
	expect_refused(fixture, "include=elm/Fre", "did you mean elm/Free");
	expect_refused(fixture, "include=elm/Free include=oak/Root include=elm/Both", "more models than a merge of 2");
	expect_refused(fixture, "method=passthrough", "take linear");
	expect_refused(fixture, "method=karcher", "take linear");
	expect_refused(fixture, "method=nuslerp parents=3", "take linear");
	expect_refused(fixture, "pareto=ifeval", "two benchmarks");
	expect_refused(fixture, "pareto=ifeval,ifeval", "twice");
	expect_refused(fixture, "pareto=ifeval,bbh target=ifeval", "excludes target");
	expect_refused(fixture, "pareto=ifeval,bbh parents=3", "pairs only");
}

/* The sign of the last mark at a place, 0 where there is none. */
static char mark_at(const struct picture *picture, double x, double y)
{
	char sign = '\0';

	for (size_t i = 0; i < picture->mark_count; i++)
		if (fabs(picture->marks[i].x - x) < 1e-9 && fabs(picture->marks[i].y - y) < 1e-9)
			sign = picture->marks[i].ascii;
	return sign;
}

static void the_plot_has_what_counts(void **state)
{
	struct fixture *fixture = *state;
	struct front_answer answers[3] = {{.count = 2, .score = {{.shown = 45}, {.shown = 25}}},
					  {.count = 1, .score = {{.shown = 40}, {.shown = 20}}},
					  {.count = 2, .score = {{.shown = 35}, {.shown = 70}}}};
	struct front_answer many[40] = {{0}};
	struct front_result result = {.answers = answers, .count = 3}, long_result = {.answers = many, .count = 40};
	struct picture plot;

	resolve(fixture, "pareto=ifeval,bbh");
	chart_merges(fixture->cache.catalog, &fixture->search, &result, &plot);
	assert_int_equal(mark_at(&plot, 45, 25), '1');
	assert_int_equal(mark_at(&plot, 35, 70), '2');
	/* Root, Tuned, Free and Alike: more of one is less of the other. */
	assert_int_equal(mark_at(&plot, 10, 60), CHART_PUBLISHED);
	assert_int_equal(mark_at(&plot, 20, 50), CHART_PUBLISHED);
	assert_int_equal(mark_at(&plot, 30, 40), CHART_PUBLISHED);
	assert_int_equal(mark_at(&plot, 40, 20), CHART_PUBLISHED);
	assert_int_equal(mark_at(&plot, 15, 30), '\0');
	/* Far from all that counts is outside: 4 % of 10 to 45, and of 20 to 70. */
	assert_true(fabs(plot.across.low - 8.6) < 1e-9 && fabs(plot.across.high - 46.4) < 1e-9);
	assert_true(fabs(plot.up.low - 18) < 1e-9 && fabs(plot.up.high - 72) < 1e-9);
	picture_free(&plot);
	assert_int_equal(chart_label(&result, 0), '1');
	assert_int_equal(chart_label(&result, 1), CHART_PUBLISHED); /* a published model takes no label */
	assert_int_equal(chart_label(&result, 2), '2');
	for (size_t i = 0; i < 40; i++)
		many[i].count = 2;
	assert_int_equal(chart_label(&long_result, 9), 'a');
	assert_int_equal(chart_label(&long_result, 39), '+');
}

/* Among those of Creative Commons are all classes. */
static void licences_go_by_their_names(void **state)
{
	static const struct {
		const char *name;
		enum licence_class class;
	} known[] = {
		{"cc0-1.0", LICENCE_PERMISSIVE}, {"cc-by-4.0", LICENCE_PERMISSIVE},
		{"cc-by-sa-4.0", LICENCE_SHARE_ALIKE}, {"cc-by-nc-4.0", LICENCE_NONCOMMERCIAL},
		{"cc-by-nc-nd-4.0", LICENCE_NONCOMMERCIAL}, {"cc-by-nd-4.0", LICENCE_OWN_TERMS},
		{"cc", LICENCE_UNKNOWN}, {"Apache-2.0", LICENCE_PERMISSIVE}, {"llama3.1", LICENCE_OWN_TERMS},
		{"other", LICENCE_UNKNOWN}, {NULL, LICENCE_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		assert_int_equal(licence_class(known[i].name), known[i].class);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_come_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(settings_say_what_is_wished, set_up, tear_down),
		cmocka_unit_test_setup_teardown(constraints_leave_models, set_up, tear_down),
		cmocka_unit_test_setup_teardown(licences_of_ancestors_count, set_up, tear_down),
		cmocka_unit_test(licences_go_by_their_names),
		cmocka_unit_test_setup_teardown(faults_are_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_plot_has_what_counts, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
