/* The cache: what is put, what is chosen, what is read. */
#include "fixture.h"

/* ---- models -------------------------------------------------------------------- */

struct seen_model {
	size_t count;
	char name[64], architecture[64], license[32], uploaded[16], source[32];
	struct model_facts facts;
	bool suspect;
};

static bool see_model(void *context, const struct store_model *model)
{
	struct seen_model *seen = context;

	seen->count++;
	seen->facts = model->facts;
	seen->suspect = model->suspect;
#define KEEP(field) \
	snprintf(seen->field, sizeof seen->field, "%s", model->facts.field ? model->facts.field : "NULL")
	KEEP(name);
	KEEP(architecture);
	KEEP(license);
	KEEP(uploaded);
	KEEP(source);
#undef KEEP
	return true;
}

static struct seen_model see_last_model(struct store *store)
{
	struct seen_model seen = {0};

	assert_int_equal(store_each_model(store, see_model, &seen, NULL), STATUS_OK);
	return seen;
}

static const struct model_facts full_facts = {
	.name = "owner/Model-7B", .architecture = "MistralForCausalLM", .params_b = 7.24,
	.license = "apache-2.0", .kind = KIND_MERGE, .uploaded = "2024-05-01", .likes = 12,
	.moe = ANSWER_NO, .source = "leaderboard", .rank = RANK_LEADERBOARD,
};

static void model_round_trip(void **state)
{
	struct store *store = store_of(state);

	assert_int_equal(put_model(store, &full_facts), CHANGE_ADDED);
	assert_int_equal(put_model(store, &full_facts), CHANGE_NONE);
	struct seen_model seen = see_last_model(store);
	assert_int_equal(seen.count, 1);
	assert_string_equal(seen.name, "owner/Model-7B");
	assert_string_equal(seen.architecture, "MistralForCausalLM");
	assert_string_equal(seen.license, "apache-2.0");
	assert_string_equal(seen.uploaded, "2024-05-01");
	assert_string_equal(seen.source, "leaderboard");
	assert_int_equal(seen.facts.kind, KIND_MERGE);
	assert_int_equal(seen.facts.moe, ANSWER_NO);
	assert_int_equal(seen.facts.rank, RANK_LEADERBOARD);
	assert_true(fabs(seen.facts.params_b - 7.24) < 1e-12);
	assert_true(fabs(seen.facts.likes - 12) < 1e-12);
	assert_false(seen.suspect);
}

static void missing_facts_stay_missing(void **state)
{
	struct store *store = store_of(state);
	struct model_facts facts = no_facts;

	facts.name = "a/bare";
	facts.license = "";
	facts.params_b = -1; /* as the leaderboard has it */
	assert_int_equal(put_model(store, &facts), CHANGE_ADDED);
	assert_int_equal(put_model(store, &facts), CHANGE_NONE);
	struct seen_model seen = see_last_model(store);
	assert_string_equal(seen.architecture, "NULL");
	assert_string_equal(seen.license, "NULL");
	assert_string_equal(seen.source, "NULL");
	assert_int_equal(seen.facts.kind, KIND_UNKNOWN);
	assert_int_equal(seen.facts.moe, ANSWER_UNKNOWN);
	assert_true(isnan(seen.facts.params_b) && isnan(seen.facts.likes));
}

static void larger_rank_overwrites_smaller_fills(void **state)
{
	struct store *store = store_of(state);
	struct model_facts facts = no_facts;

	facts.name = "owner/model-7b";
	facts.license = "mit";
	facts.source = "starter";
	facts.rank = RANK_STARTER;
	put_model(store, &facts);
	/* The larger rank overwrites what it says, and spells the name. */
	facts = full_facts;
	facts.architecture = NULL;
	assert_int_equal(put_model(store, &facts), CHANGE_UPDATED);
	/* The smaller one fills the gap, and nothing else. */
	facts = no_facts;
	facts.name = "OWNER/MODEL-7B";
	facts.architecture = "LlamaForCausalLM";
	facts.license = "mit";
	facts.source = "hub";
	facts.rank = RANK_HUB;
	assert_int_equal(put_model(store, &facts), CHANGE_UPDATED);
	assert_int_equal(put_model(store, &facts), CHANGE_NONE);
	assert_string_equal(ask(store, "SELECT name, architecture, license, source, rank FROM models"),
			    "owner/Model-7B|LlamaForCausalLM|apache-2.0|leaderboard|40");
	/* A bare mention changes nothing. */
	facts = no_facts;
	facts.name = "Owner/Model-7b";
	assert_int_equal(put_model(store, &facts), CHANGE_NONE);
	/* The same rank overwrites, but keeps the spelling. */
	facts = full_facts;
	facts.name = "owner/MODEL-7B";
	facts.license = "gpl-3.0";
	assert_int_equal(put_model(store, &facts), CHANGE_UPDATED);
	assert_string_equal(ask(store, "SELECT name, license FROM models"), "owner/Model-7B|gpl-3.0");
}

static void names_ignore_case(void **state)
{
	struct store *store = store_of(state);
	int64_t id = put_name(store, "Org/Name");

	assert_true(id > 0);
	assert_int_equal(store_find_model(store, "oRG/nAME"), id);
	assert_int_equal(put_name(store, "ORG/NAME"), id);
	assert_int_equal(store_find_model(store, "org/other"), 0);
	/* ASCII only, as the Hub has it. */
	assert_int_not_equal(put_name(store, "org/\u00C4"), put_name(store, "org/\u00E4"));
}

static void hostile_text_is_cleaned(void **state)
{
	struct store *store = store_of(state);
	struct model_facts facts = full_facts;
	enum change change;

	facts.name = "evil/\033[31mred";
	facts.license = "x\u202Ey'; DROP TABLE models; --";
	assert_int_equal(put_model(store, &facts), CHANGE_ADDED);
	assert_int_equal(put_model(store, &facts), CHANGE_NONE);
	assert_string_equal(ask(store, "SELECT name, license FROM models"),
			    "evil/[31mred|xy'; DROP TABLE models; --");
	assert_true(store_find_model(store, "evil/[31mred") > 0);
	facts.name = "\001\002";
	assert_int_equal(store_put_model(store, &facts, &change, NULL), STATUS_DATA);
	facts.name = NULL;
	assert_int_equal(store_put_model(store, &facts, &change, NULL), STATUS_DATA);
	assert_int_equal(ask_number(store, "SELECT count(*) FROM models"), 1);
}

/* ---- evaluations ------------------------------------------------------------------ */

static bool see_score(void *context, const struct store_score *score)
{
	text_append_format(context, "%d:%g ", (int)score->benchmark, score->value);
	return true;
}

static void assert_scores(struct store *store, const char *expected)
{
	struct text seen = {0};

	assert_int_equal(store_each_score(store, see_score, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), expected);
	text_free(&seen);
}

static void evaluation_puts_are_idempotent(void **state)
{
	struct store *store = store_of(state);

	assert_int_equal(put_run(store, "a/m", "leaderboard", RANK_LEADERBOARD, 6, 20), CHANGE_ADDED);
	assert_int_equal(put_run(store, "A/M", "leaderboard", RANK_LEADERBOARD, 6, 20), CHANGE_NONE);
	assert_int_equal(put_run(store, "a/m", "leaderboard", RANK_LEADERBOARD, 1, 21), CHANGE_UPDATED);
	assert_scores(store, "1:21 2:20 3:20 5:20 6:20 7:20 ");
}

static void results_gather_in_one_run(void **state)
{
	struct store *store = store_of(state);
	struct score_facts score = score_facts_of("ifeval", 40);
	struct evaluation_facts facts = {.model = "me/new", .source = "user", .rank = RANK_USER,
					 .scores = &score, .score_count = 1};
	enum change change;

	score.raw = 0.4;
	assert_int_equal(store_put_evaluation(store, &facts, &change, NULL), STATUS_OK);
	score = score_facts_of("bbh", 50);
	assert_int_equal(store_put_evaluation(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(change, CHANGE_UPDATED);
	assert_scores(store, "1:40 2:50 ");
	/* The same score without its raw value does not erase that. */
	score = score_facts_of("ifeval", 40);
	assert_int_equal(store_put_evaluation(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(change, CHANGE_NONE);
	assert_string_equal(ask(store, "SELECT raw FROM scores WHERE benchmark = 1"), "0.4");
}

static void bad_evaluations_leave_nothing(void **state)
{
	struct store *store = store_of(state);
	static const struct {
		const char *benchmark;
		double value;
		enum status status;
	} cases[] = {
		{NULL, 20, STATUS_DATA}, {"", 20, STATUS_DATA}, {"bbh", 200.5, STATUS_DATA},
		{"bbh", -101, STATUS_DATA}, {"bbh", INFINITY, STATUS_DATA}, {"bbh", NAN, STATUS_OK},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct score_facts score = score_facts_of(cases[i].benchmark, cases[i].value);
		struct evaluation_facts facts = {.model = "a/m", .source = "user", .scores = &score,
						 .score_count = 1};
		enum change change;
		assert_int_equal(store_put_evaluation(store, &facts, &change, NULL), cases[i].status);
		assert_int_equal(change, CHANGE_NONE);
	}
	assert_int_equal(ask_number(store, "SELECT count(*) FROM models"), 0);
}

/* Each line adds a run; then the scores of the expected source are shown. */
static void better_runs_are_shown(void **state)
{
	struct store *store = store_of(state);
	static const struct {
		const char *source;
		int rank;
		size_t count;
		double value;
		const char *shown;
	} steps[] = {
		{"starter", RANK_STARTER, 6, 10, "1:10 2:10 3:10 5:10 6:10 7:10 "},
		{"scores", RANK_SCORES_TABLE, 6, 20, "1:20 2:20 3:20 5:20 6:20 7:20 "},
		/* Each benchmark for itself: the table has what the leaderboard lacks. */
		{"leaderboard", RANK_LEADERBOARD, 3, 40, "1:40 2:40 3:40 5:20 6:20 7:20 "},
		/* One benchmark measured again does not part a suite's values ... */
		{"again", RANK_LEADERBOARD, 1, 50, "1:40 2:40 3:40 5:20 6:20 7:20 "},
		/* ... but by the user, whose own come first. */
		{"user", RANK_USER, 1, 90, "1:90 2:40 3:40 5:20 6:20 7:20 "},
		{"user", RANK_USER, 3, 90, "1:90 2:90 3:90 5:20 6:20 7:20 "},
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		put_run(store, "a/m", steps[i].source, steps[i].rank, steps[i].count, steps[i].value);
		assert_scores(store, steps[i].shown);
	}
}

static void set_up_decides_within_a_rank(void **state)
{
	struct store *store = store_of(state);
	/* Best last; so each is shown as soon as it is there. */
	static const struct {
		const char *precision, *submitted;
		enum answer chat;
		bool flagged;
	} steps[] = {
		{"bfloat16", "2024-09-09", ANSWER_YES, true},
		{NULL, NULL, ANSWER_UNKNOWN, false},
		{"float16", NULL, ANSWER_UNKNOWN, false},
		{"float32", "2024-01-01", ANSWER_UNKNOWN, false},
		{"8bit", "2024-02-01", ANSWER_UNKNOWN, false},
		{"bfloat16", NULL, ANSWER_UNKNOWN, false},
		{"float16", NULL, ANSWER_NO, false},
		{"float16", NULL, ANSWER_YES, false},
		{"bfloat16", NULL, ANSWER_YES, false},
	};
	for (size_t i = 0; i + 1 < sizeof steps / sizeof *steps; i++) {
		struct score_facts score = score_facts_of("bbh", (double)i);
		struct evaluation_facts facts = {
			.model = "a/m", .source = "s", .rank = 40, .precision = steps[i].precision,
			.chat_template = steps[i].chat, .submitted = steps[i].submitted,
			.flagged = steps[i].flagged, .scores = &score, .score_count = 1};
		enum change change;
		char shown[16];
		assert_int_equal(store_put_evaluation(store, &facts, &change, NULL), STATUS_OK);
		snprintf(shown, sizeof shown, "2:%d ", (int)i);
		assert_scores(store, shown);
	}
	assert_true(see_last_model(store).suspect); /* one of its runs is flagged */
}

static bool see_evaluation(void *context, const struct store_evaluation *evaluation)
{
	text_append_format(context, "%s:%s:%d%s=", evaluation->facts.source,
			   evaluation->facts.precision ? evaluation->facts.precision : "NULL",
			   (int)evaluation->facts.chat_template, evaluation->preferred ? "!" : "");
	text_append_format(context, "%zu/%zu ", evaluation->chosen_count, evaluation->score_count);
	return true;
}

static void evaluations_are_listed(void **state)
{
	struct store *store = store_of(state);
	struct score_facts score = score_facts_of("bbh", 1);
	struct evaluation_facts facts = {.model = "a/n", .source = "user", .scores = &score,
					 .score_count = 1, .chat_template = ANSWER_UNKNOWN};
	struct text seen = {0};
	enum change change;

	put_run(store, "a/m", "starter", RANK_STARTER, 6, 10);
	put_run(store, "a/m", "leaderboard", RANK_LEADERBOARD, 6, 40);
	assert_int_equal(store_put_evaluation(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(store_each_evaluation(store, 0, see_evaluation, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen),
			    "starter:bfloat16:1=0/6 leaderboard:bfloat16:1=0/6 user:NULL:-1=0/1 ");
	text_clear(&seen);
	assert_int_equal(store_each_evaluation(store, store_find_model(store, "A/N"), see_evaluation,
					       &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), "user:NULL:-1=1/1 ");
	text_clear(&seen);
	assert_int_equal(store_each_evaluation(store, store_find_model(store, "a/m"), see_evaluation,
					       &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), "starter:bfloat16:1=0/6 leaderboard:bfloat16:1=6/6 ");
	text_free(&seen);
}

static bool see_benchmark(void *context, const struct store_benchmark *benchmark)
{
	const struct benchmark_facts *facts = &benchmark->facts;

	text_append_format(context, "%d %s %s %s %g..%g %g %s\n", (int)benchmark->id, facts->key, facts->title,
			   facts->suite, facts->lower, facts->upper, facts->instances,
			   benchmark->variant_of ? benchmark->variant_of : "-");
	return true;
}

static void benchmarks_come_in_display_order(void **state)
{
	struct text seen = {0};

	assert_int_equal(store_each_benchmark(store_of(state), see_benchmark, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen),
			    "1 ifeval IFEval openllm2 0..100 541 -\n2 bbh BBH openllm2 0..100 5761 -\n"
			    "3 math_lvl_5 MATH Lvl 5 openllm2 0..100 1324 -\n"
			    "4 math_lvl_5_2024 MATH Lvl 5 (2024 scoring) openllm2 0..100 1324 math_lvl_5\n"
			    "5 gpqa GPQA openllm2 0..100 1192 -\n6 musr MuSR openllm2 0..100 756 -\n"
			    "7 mmlu_pro MMLU-PRO openllm2 0..100 12032 -\n");
	text_free(&seen);
}

static void views_are_readable(void **state)
{
	struct store *store = store_of(state);

	put_run(store, "a/m", "leaderboard", RANK_LEADERBOARD, 6, 40);
	put_run(store, "a/n", "user", RANK_USER, 1, 30);
	assert_string_equal(ask(store, "SELECT model, benchmark, suite, value, source, precision, chat_template, shots"
				" FROM published WHERE benchmark IN ('ifeval', 'math_lvl_5') ORDER BY model, benchmark"),
			    "a/m|ifeval|openllm2|40.0|leaderboard|bfloat16|1|NULL\n"
			    "a/m|math_lvl_5|openllm2|40.0|leaderboard|bfloat16|1|NULL\n"
			    "a/n|ifeval|openllm2|30.0|user|bfloat16|1|NULL");
}

/* ---- aliases ------------------------------------------------------------------------ */

static bool see_alias(void *context, const char *alias, int64_t model)
{
	text_append_format(context, "%s:%d ", alias, (int)model);
	return true;
}

static void aliases_lead_to_their_model(void **state)
{
	struct store *store = store_of(state);
	struct text seen = {0};

	assert_int_equal(put_alias(store, "old/Name", "new/name"), CHANGE_ADDED);
	assert_int_equal(put_alias(store, "OLD/name", "new/NAME"), CHANGE_NONE);
	assert_int_equal(put_alias(store, "new/NAME", "new/name"), CHANGE_NONE);
	int64_t id = store_find_model(store, "new/name");
	assert_int_equal(store_find_model(store, "old/name"), id);
	/* Puts by the old name reach it, without renaming it. */
	struct model_facts facts = full_facts;
	facts.name = "old/name";
	assert_int_equal(put_model(store, &facts), CHANGE_UPDATED);
	assert_string_equal(ask(store, "SELECT name, license FROM models"), "new/name|apache-2.0");
	/* A chain, the reverse, and a change of mind. */
	assert_int_equal(put_alias(store, "older/name", "old/name"), CHANGE_ADDED);
	assert_int_equal(store_find_model(store, "older/name"), id);
	assert_int_equal(put_alias(store, "new/name", "old/name"), CHANGE_NONE);
	assert_int_equal(put_alias(store, "older/name", "b/other"), CHANGE_UPDATED);
	assert_int_equal(store_find_model(store, "older/name"), store_find_model(store, "b/other"));
	assert_int_equal(store_each_alias(store, see_alias, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), "old/Name:1 older/name:2 ");
	text_free(&seen);
}

static void joins_two_models(struct store *store)
{
	struct model_facts facts = full_facts;

	facts.name = "old/name";
	facts.rank = RANK_STARTER;
	put_model(store, &facts);
	facts = no_facts;
	facts.name = "new/name";
	facts.license = "mit";
	facts.rank = RANK_HUB;
	facts.source = "hub";
	put_model(store, &facts);
	/* Both evaluated: one run in conflict, one not. */
	put_run(store, "old/name", "leaderboard", RANK_LEADERBOARD, 6, 10);
	put_run(store, "old/name", "starter", RANK_STARTER, 6, 11);
	put_run(store, "new/name", "leaderboard", RANK_LEADERBOARD, 6, 12);
	/* Both with edges: in conflict, between the two, and others. */
	put_edge(store, "old/name", "base", "hub", TRUST_DECLARED, 0.1);
	put_edge(store, "new/name", "base", "hub", TRUST_DECLARED, 0.2);
	put_edge(store, "old/name", "base", "card", TRUST_DECLARED, NAN);
	put_edge(store, "new/name", "old/name", "names", TRUST_INFERRED, NAN);
	put_edge(store, "old/name", "new/name", "names", TRUST_INFERRED, NAN);
	put_edge(store, "kid", "old/name", "hub", TRUST_DECLARED, NAN);
	put_alias(store, "ancient/name", "old/name");
	assert_int_equal(store_put_flag(store, store_find_model(store, "old/name"), "", NULL), STATUS_OK);
	assert_int_equal(store_put_flag(store, store_find_model(store, "new/name"), "", NULL), STATUS_OK);
	ask(store, "INSERT INTO outcomes (model, benchmark, questions, bits) SELECT id, 1, 8, x'FF' FROM models WHERE name LIKE '%/name'");
	ask(store, "INSERT INTO dropped_edges (child, parent) SELECT c.id, p.id FROM models AS c, models AS p"
		   " WHERE c.name LIKE '%/name' AND p.name LIKE '%/name' AND c.id <> p.id");

	assert_int_equal(put_alias(store, "old/name", "new/name"), CHANGE_ADDED);
	assert_string_equal(ask(store, "SELECT name FROM models ORDER BY name"), "base\nkid\nnew/name");
	assert_string_equal(ask(store, "SELECT architecture, license, source, rank FROM models"
				" WHERE name = 'new/name'"), "MistralForCausalLM|mit|hub|30");
	assert_string_equal(ask(store, "SELECT source, value FROM evaluations JOIN scores ON evaluation = id"
				" WHERE benchmark = 1 ORDER BY source"), "leaderboard|12.0\nstarter|11.0");
	assert_string_equal(ask(store, "SELECT c.name, p.name, e.source, weight FROM edges AS e"
				" JOIN models AS c ON c.id = child JOIN models AS p ON p.id = parent"
				" ORDER BY 1, 2, 3"),
			    "kid|new/name|hub|NULL\nnew/name|base|card|NULL\nnew/name|base|hub|0.2");
	assert_int_equal(store_find_model(store, "ancient/name"), store_find_model(store, "new/name"));
	assert_string_equal(ask(store, "SELECT name, reason FROM flags JOIN models ON id = model"),
			    "new/name|suspect");
	assert_string_equal(ask(store, "SELECT count(*) FROM outcomes"), "1");
	assert_string_equal(ask(store, "SELECT count(*) FROM dropped_edges"), "0");
	assert_string_equal(ask(store, "PRAGMA foreign_key_check"), "");
}

static void alias_joins_two_models(void **state)
{
	joins_two_models(store_of(state));
}

/* Where SQLite deletes nothing by itself. */
static void import_joins_two_models(void **state)
{
	struct store *store = store_of(state);

	assert_int_equal(store_begin_import(store, NULL), STATUS_OK);
	assert_string_equal(ask(store, "PRAGMA foreign_keys"), "0");
	joins_two_models(store);
	assert_int_equal(store_commit(store, NULL), STATUS_OK);
	assert_string_equal(ask(store, "PRAGMA foreign_keys"), "1");
	assert_int_equal(store_begin_import(store, NULL), STATUS_OK);
	store_rollback(store);
	assert_string_equal(ask(store, "PRAGMA foreign_keys"), "1");
}

/* ---- check ------------------------------------------------------------------------------------ */

static void see_finding(void *context, const char *severity, const char *message)
{
	text_append_format(context, "%s: %s\n", severity, message);
}

static void assert_findings(struct store *store, size_t faults, const char *expected)
{
	struct text seen = {0};
	size_t counted = 99;

	assert_int_equal(store_check(store, see_finding, &seen, &counted, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), expected);
	assert_int_equal(counted, faults);
	text_free(&seen);
}

static void check_finds_faults(void **state)
{
	struct store *store = store_of(state);

	assert_findings(store, 0, "");
	put_run(store, "a/m", "s", 10, 6, 10);
	put_edge(store, "a/m", "p", "mergekit", TRUST_CONFIGURATION, 0.5);
	put_edge(store, "a/m", "q", "mergekit", TRUST_CONFIGURATION, 0.4);
	put_edge(store, "a/n", "p", "mergekit", TRUST_CONFIGURATION, 0.6);
	put_edge(store, "a/n", "q", "mergekit", TRUST_CONFIGURATION, 0.4);
	put_edge(store, "a/o", "q", "hub", TRUST_DECLARED, 0.4); /* declared: not known to be all */
	put_name(store, "alone");
	assert_findings(store, 0, "note: the weights of the parents of a/m sum to 0.9 in mergekit\n"
			"note: 1 model has neither an evaluation nor an edge\n");
	/* As another program could leave it. */
	assert_int_equal(database_run(store,
		"DELETE FROM edges; DELETE FROM models WHERE name IN ('alone', 'q', 'a/n', 'a/o');"
		"PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;"
		"INSERT INTO edges (child, parent, source, trust) VALUES (1, 1, 'x', 60), (2, 77, 'x', 60);"
		"UPDATE scores SET value = 120 WHERE benchmark = 2;"
		"INSERT INTO evaluations (model, source, rank) VALUES (2, 'x', 1);"
		"INSERT INTO aliases (alias, model) VALUES ('A/M', 2);"
		"UPDATE models SET name = 'p' || char(27), uploaded = '1. May' WHERE id = 2;"
		"PRAGMA ignore_check_constraints = OFF;", NULL), STATUS_OK);
	assert_findings(store, 6,
			"error: database: CHECK constraint failed in edges\n"
			"error: a row of edges refers to a missing row of models (1 times)\n"
			"error: a/m is its own parent in x\n"
			"error: the BBH score 120.0 of a/m is outside its scale of 0 to 100\n"
			"error: the model 2 has control characters in its name\n"
			"error: the alias A/M hides a model of that name\n"
			"note: an evaluation of p by x has no scores\n"
			"note: p has dates that are no ISO dates: 1. May\n");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		CASE(model_round_trip),
		CASE(missing_facts_stay_missing),
		CASE(larger_rank_overwrites_smaller_fills),
		CASE(names_ignore_case),
		CASE(hostile_text_is_cleaned),
		CASE(evaluation_puts_are_idempotent),
		CASE(results_gather_in_one_run),
		CASE(bad_evaluations_leave_nothing),
		CASE(better_runs_are_shown),
		CASE(set_up_decides_within_a_rank),
		CASE(evaluations_are_listed),
		CASE(benchmarks_come_in_display_order),
		CASE(views_are_readable),
		CASE(aliases_lead_to_their_model),
		CASE(alias_joins_two_models),
		CASE(import_joins_two_models),
		CASE(check_finds_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
