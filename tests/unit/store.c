/* The cache: what is put, what is chosen, what is read. */
#include "store_fixture.h"

static struct store *store_of(void **state)
{
	return ((struct fixture *)*state)->store;
}

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

/* ---- edges ---------------------------------------------------------------------- */

static void edge_puts_are_idempotent(void **state)
{
	struct store *store = store_of(state);

	assert_int_equal(put_edge(store, "a/c", "a/p", "hub", TRUST_DECLARED, 0.5), CHANGE_ADDED);
	assert_int_equal(put_edge(store, "A/C", "A/P", "hub", TRUST_DECLARED, 0.5), CHANGE_NONE);
	assert_int_equal(put_edge(store, "a/c", "a/p", "hub", TRUST_DECLARED, 0.6), CHANGE_UPDATED);
	assert_int_equal(put_edge(store, "a/c", "a/p", "hub", TRUST_DECLARED, NAN), CHANGE_UPDATED);
	assert_int_equal(put_edge(store, "a/c", "a/p", "hub", TRUST_DECLARED, NAN), CHANGE_NONE);
	assert_int_equal(put_edge(store, "a/c", "a/p", "card", TRUST_DECLARED, NAN), CHANGE_ADDED);
	assert_string_equal(ask(store, "SELECT name FROM models ORDER BY id"), "a/c\na/p");
}

static void dirty_notes_are_idempotent(void **state)
{
	struct store *store = store_of(state);
	struct edge_facts facts = {.child = "a/c", .parent = "a/p", .source = "card", .weight = NAN,
				   .trust = TRUST_DECLARED, .note = "two\nlines", .method = ""};
	enum change change;

	assert_int_equal(store_put_edge(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(change, CHANGE_ADDED);
	assert_int_equal(store_put_edge(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(change, CHANGE_NONE);
	assert_string_equal(ask(store, "SELECT note, method FROM edges"), "two lines|NULL");
}

static void bad_edges_are_refused(void **state)
{
	struct store *store = store_of(state);
	static const struct {
		const char *child, *parent, *source;
		double weight;
	} cases[] = {
		{"a/x", "A/X", "hub", NAN}, {"a/x", "a/\001x", "hub", NAN}, {"a/new", "a/old", "hub", NAN},
		{NULL, "a/x", "hub", NAN}, {"a/x", NULL, "hub", NAN}, {"a/x", "a/y", NULL, NAN},
		{"a/x", "a/y", "hub", -0.1}, {"a/x", "", "hub", NAN},
	};
	put_alias(store, "a/old", "a/new");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct edge_facts facts = {.child = cases[i].child, .parent = cases[i].parent,
					   .source = cases[i].source, .weight = cases[i].weight};
		struct error error = {0};
		enum change change;
		assert_int_equal(store_put_edge(store, &facts, &change, &error), STATUS_DATA);
		assert_true(error.message[0] != '\0');
		assert_int_equal(change, CHANGE_NONE);
	}
	assert_string_equal(ask(store, "SELECT name FROM models"), "a/new");
}

struct seen_edges {
	struct store *store;
	struct text text;
};

static bool see_edge(void *context, const struct store_edge *edge)
{
	struct seen_edges *seen = context;
	char sql[96];

	snprintf(sql, sizeof sql, "SELECT name FROM models WHERE id = %lld", (long long)edge->parent);
	text_append_format(&seen->text, "%s%s/%s", seen->text.length ? " " : "",
			   ask(seen->store, sql), edge->facts.source);
	if (!isnan(edge->facts.weight))
		text_append_format(&seen->text, "=%g", edge->facts.weight);
	return true;
}

static void assert_edges(struct store *store, const char *expected)
{
	struct seen_edges seen = {.store = store};

	assert_int_equal(store_each_edge(store, see_edge, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen.text), expected);
	text_free(&seen.text);
}

static bool see_line(void *context, const struct store_edge *edge)
{
	text_append_format(context, "%lld %lld %s %g %s %s\n", (long long)edge->child,
			   (long long)edge->parent, edge->facts.source,
			   isnan(edge->facts.weight) ? -1 : edge->facts.weight,
			   edge->facts.method ? edge->facts.method : "-",
			   edge->facts.note ? edge->facts.note : "-");
	return true;
}

/* The view's rows as see_line() writes them. */
static void view_lines(struct store *store, struct text *out)
{
	sqlite3_stmt *row = NULL;

	assert_int_equal(sqlite3_prepare_v2(store->database, "SELECT child, parent, source, weight, method, note"
		" FROM effective_edges ORDER BY child, parent, source", -1, &row, NULL), SQLITE_OK);
	while (sqlite3_step(row) == SQLITE_ROW) {
		const char *method = (const char *)sqlite3_column_text(row, 4);
		const char *note = (const char *)sqlite3_column_text(row, 5);
		text_append_format(out, "%lld %lld %s %g %s %s\n", (long long)sqlite3_column_int64(row, 0),
				   (long long)sqlite3_column_int64(row, 1),
				   (const char *)sqlite3_column_text(row, 2),
				   sqlite3_column_type(row, 3) == SQLITE_NULL ? -1 : sqlite3_column_double(row, 3),
				   method ? method : "-", note ? note : "-");
	}
	sqlite3_finalize(row);
}

/* The edges are chosen in C for speed; the view says the same in SQL. */
static void chosen_edges_are_those_of_the_view(void **state)
{
	struct store *store = store_of(state);
	static const enum trust trusts[] = {TRUST_ROOT, TRUST_INFERRED, TRUST_LISTED, TRUST_DECLARED,
					    TRUST_CONFIGURATION, TRUST_USER, TRUST_CORRECTION};
	static const char *const sources[] = {"card", "Hub", "names", "hub", "zoo"};
	struct text read = {0}, viewed = {0};
	char child[16], parent[16];
	enum change change;
	unsigned int draw = 7;

	assert_int_equal(store_begin(store, NULL), STATUS_OK);
	for (int i = 0; i < 3000; i++) {
		draw = draw * 1664525u + 1013904223u;
		snprintf(child, sizeof child, "c%u", draw >> 8 & 255);
		snprintf(parent, sizeof parent, "p%u", draw >> 16 & 3);
		struct edge_facts facts = {
			.child = child, .parent = parent, .source = sources[(draw >> 20) % 5],
			.trust = trusts[(draw >> 24) % 7], .weight = draw >> 28 & 1 ? 0.5 : (double)NAN,
			.method = draw >> 29 & 1 ? "slerp" : NULL, .note = draw >> 30 & 1 ? "guess" : NULL,
		};
		assert_int_equal(store_put_edge(store, &facts, &change, NULL), STATUS_OK);
		struct drop_facts drop = {.child = child, .parent = draw >> 27 & 1 ? parent : NULL};
		if (i % 16 == 0)
			assert_int_equal(store_put_drop(store, &drop, NULL), STATUS_OK);
	}
	assert_int_equal(store_commit(store, NULL), STATUS_OK);
	assert_int_equal(store_each_edge(store, see_line, &read, NULL), STATUS_OK);
	view_lines(store, &viewed);
	assert_true(viewed.length > 1000);
	assert_string_equal(text_string(&read), text_string(&viewed));
	text_free(&read);
	text_free(&viewed);
}

/* Each line adds an edge of the child "c"; then only the edges expected count. */
static void better_edges_win(void **state)
{
	struct store *store = store_of(state);
	static const struct {
		const char *parent, *source;
		enum trust trust;
		double weight;
		const char *effective;
	} steps[] = {
		{"root", "leaderboard-root", TRUST_ROOT, NAN, "root/leaderboard-root"},
		{"guess", "names", TRUST_INFERRED, NAN, "guess/names"},
		{"p1", "registry", TRUST_LISTED, NAN, "p1/registry"},
		{"p2", "hub", TRUST_DECLARED, NAN, "p1/registry p2/hub"},
		{"p1", "card", TRUST_DECLARED, NAN, "p1/card p2/hub"},
		{"p1", "hub", TRUST_DECLARED, 0.3, "p1/hub=0.3 p2/hub"},
		{"p2", "card", TRUST_DECLARED, NAN, "p1/hub=0.3 p2/card"},
		{"p3", "mergekit", TRUST_CONFIGURATION, 0.7, "p3/mergekit=0.7"},
		{"p1", "mergekit", TRUST_CONFIGURATION, 0.3, "p1/mergekit=0.3 p3/mergekit=0.7"},
		{"p4", "user", TRUST_USER, NAN, "p4/user"},
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		put_edge(store, "c", steps[i].parent, steps[i].source, steps[i].trust, steps[i].weight);
		assert_edges(store, steps[i].effective);
	}
	/* Another child has its own. */
	put_edge(store, "d", "root", "leaderboard-root", TRUST_ROOT, NAN);
	assert_edges(store, "p4/user root/leaderboard-root");
	assert_string_equal(ask(store, "SELECT child, parent, trust FROM lineage ORDER BY child"),
			    "c|p4|user\nd|root|root");
}

static bool see_source_edge(void *context, const struct store_edge *edge, const char *parent)
{
	text_append_format(context, "%s:%s ", parent, edge->facts.source);
	return true;
}

static void all_sources_of_a_child_are_listed(void **state)
{
	struct store *store = store_of(state);
	struct text seen = {0};

	put_edge(store, "c", "p", "leaderboard-root", TRUST_ROOT, NAN);
	put_edge(store, "c", "q", "hub", TRUST_DECLARED, NAN);
	put_edge(store, "c", "p", "card", TRUST_DECLARED, 0.4);
	put_edge(store, "d", "p", "card", TRUST_DECLARED, 0.4);
	assert_int_equal(store_each_source_edge(store, store_find_model(store, "c"), see_source_edge,
						&seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), "p:card q:hub p:leaderboard-root ");
	text_free(&seen);
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
	struct score_facts score = {.benchmark = "ifeval", .value = 40, .raw = 0.4};
	struct evaluation_facts facts = {.model = "me/new", .source = "user", .rank = RANK_USER,
					 .scores = &score, .score_count = 1};
	enum change change;

	assert_int_equal(store_put_evaluation(store, &facts, &change, NULL), STATUS_OK);
	score = (struct score_facts){.benchmark = "bbh", .value = 50, .raw = NAN};
	assert_int_equal(store_put_evaluation(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(change, CHANGE_UPDATED);
	assert_scores(store, "1:40 2:50 ");
	/* The same score without its raw value does not erase that. */
	score = (struct score_facts){.benchmark = "ifeval", .value = 40, .raw = NAN};
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
		{"arc", 20, STATUS_DATA}, {NULL, 20, STATUS_DATA}, {"bbh", 100.5, STATUS_DATA},
		{"bbh", -1, STATUS_DATA}, {"bbh", INFINITY, STATUS_DATA}, {"bbh", NAN, STATUS_OK},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct score_facts score = {.benchmark = cases[i].benchmark, .value = cases[i].value,
					    .raw = NAN};
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
		/* Nothing of the starter's row fills what the leaderboard lacks. */
		{"leaderboard", RANK_LEADERBOARD, 3, 40, "1:40 2:40 3:40 "},
		/* One benchmark measured again does not hide a whole row; three do. */
		{"user", RANK_USER, 1, 90, "1:40 2:40 3:40 "},
		{"user", RANK_USER, 2, 90, "1:40 2:40 3:40 "},
		{"user", RANK_USER, 3, 90, "1:90 2:90 3:90 "},
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
		struct score_facts score = {.benchmark = "bbh", .value = (double)i, .raw = NAN};
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
	text_append_format(context, "%s:%s:%d%s ", evaluation->facts.source,
			   evaluation->facts.precision ? evaluation->facts.precision : "NULL",
			   (int)evaluation->facts.chat_template, evaluation->chosen ? "*" : "");
	return true;
}

static void evaluations_are_listed(void **state)
{
	struct store *store = store_of(state);
	struct score_facts score = {.benchmark = "bbh", .value = 1, .raw = NAN};
	struct evaluation_facts facts = {.model = "a/n", .source = "user", .scores = &score,
					 .score_count = 1, .chat_template = ANSWER_UNKNOWN};
	struct text seen = {0};
	enum change change;

	put_run(store, "a/m", "starter", RANK_STARTER, 6, 10);
	put_run(store, "a/m", "leaderboard", RANK_LEADERBOARD, 6, 40);
	assert_int_equal(store_put_evaluation(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(store_each_evaluation(store, 0, see_evaluation, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen),
			    "starter:bfloat16:1 leaderboard:bfloat16:1* user:NULL:-1* ");
	text_clear(&seen);
	assert_int_equal(store_each_evaluation(store, store_find_model(store, "A/N"), see_evaluation,
					       &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), "user:NULL:-1* ");
	text_free(&seen);
}

static bool see_benchmark(void *context, const struct store_benchmark *benchmark)
{
	text_append_format(context, "%d %s %s %d %s\n", (int)benchmark->id, benchmark->key,
			   benchmark->title, benchmark->instances,
			   benchmark->variant_of ? benchmark->variant_of : "-");
	return true;
}

static void benchmarks_come_in_display_order(void **state)
{
	struct text seen = {0};

	assert_int_equal(store_each_benchmark(store_of(state), see_benchmark, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen),
			    "1 ifeval IFEval 541 -\n2 bbh BBH 5761 -\n3 math_lvl_5 MATH Lvl 5 1324 -\n"
			    "4 math_lvl_5_2024 MATH Lvl 5 (2024 scoring) 1324 math_lvl_5\n"
			    "5 gpqa GPQA 1192 -\n6 musr MuSR 756 -\n7 mmlu_pro MMLU-PRO 12032 -\n");
	text_free(&seen);
}

static void views_are_readable(void **state)
{
	struct store *store = store_of(state);

	put_run(store, "a/m", "leaderboard", RANK_LEADERBOARD, 6, 40);
	put_run(store, "a/n", "user", RANK_USER, 1, 30);
	assert_string_equal(ask(store, "SELECT name, average, ifeval, math_lvl_5, math_lvl_5_2024, mmlu_pro,"
				" source, precision, chat_template FROM leaderboard ORDER BY name"),
			    "a/m|40.0|40.0|40.0|NULL|40.0|leaderboard|bfloat16|1\n"
			    "a/n|NULL|30.0|NULL|NULL|NULL|user|bfloat16|1");
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

static void alias_joins_two_models(void **state)
{
	struct store *store = store_of(state);
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
	assert_string_equal(ask(store, "PRAGMA foreign_key_check"), "");
}

/* ---- data version --------------------------------------------------------------------- */

static void data_version_follows_the_data(void **state)
{
	struct fixture *fixture = *state;
	struct store *other = NULL;
	int64_t before = store_data_version(fixture->store);

	put_run(fixture->store, "a/m", "s", 10, 6, 10);
	int64_t after = store_data_version(fixture->store);
	assert_true(after > before);
	/* Nothing new, and what fits are not learned from. */
	put_run(fixture->store, "a/m", "s", 10, 6, 10);
	put_alias(fixture->store, "a/old", "a/m");
	store_put_state(fixture->store, "k", "v", NULL);
	store_note_import(fixture->store, "f", "csv", 1, 0, NULL);
	assert_int_equal(store_data_version(fixture->store), after);
	/* Kept in the file. */
	fixture_reopen(fixture);
	assert_int_equal(store_data_version(fixture->store), after);
	/* Changes by another copy, and by hand. */
	assert_int_equal(store_open(fixture->path, false, &other, NULL, NULL), STATUS_OK);
	put_edge(other, "a/m", "a/p", "hub", TRUST_DECLARED, NAN);
	int64_t later = store_data_version(fixture->store);
	assert_true(later > after);
	assert_int_equal(database_run(other, "UPDATE models SET suspect = 1 WHERE id = 1", NULL), STATUS_OK);
	assert_true(store_data_version(fixture->store) > later);
	store_close(other);
	/* What is rolled back has not happened. */
	later = store_data_version(fixture->store);
	assert_int_equal(store_begin(fixture->store, NULL), STATUS_OK);
	put_name(fixture->store, "a/x");
	store_rollback(fixture->store);
	assert_int_equal(store_data_version(fixture->store), later);
}

/* ---- fits, sketches, values --------------------------------------------------------------- */

struct seen_fit {
	int calls;
	bool right;
	int64_t version;
};

static void see_fit(void *context, const struct store_fit *fit)
{
	struct seen_fit *seen = context;

	seen->calls++;
	seen->version = fit->data_version;
	seen->right = strcmp(fit->prior, "kin") == 0 && fit->state_bytes == 5 &&
		      memcmp(fit->state, "a\0b\377c", 5) == 0 &&
		      strcmp(fit->settings, "{\"rank\": 3,\n\"seed\": 1}") == 0 && fit->models == 12 &&
		      fabs(fit->seconds - 1.5) < 1e-12 && strlen(fit->created) == 20;
}

static void fits_round_trip(void **state)
{
	struct fixture *fixture = *state;
	struct store_fit fit = {.prior = "kin", .data_version = 7, .settings = "{\"rank\": 3,\n\"seed\": 1}",
				.state = "a\0b\377c", .state_bytes = 5, .models = 12, .seconds = 1.5};
	struct seen_fit seen = {0};

	assert_int_equal(store_put_fit(fixture->store, &fit, NULL), STATUS_OK);
	fit.data_version = 8;
	assert_int_equal(store_put_fit(fixture->store, &fit, NULL), STATUS_OK);
	fixture_reopen(fixture);
	assert_int_equal(store_get_fit(fixture->store, "none", see_fit, &seen, NULL), STATUS_OK);
	assert_int_equal(seen.calls, 0);
	assert_int_equal(store_get_fit(fixture->store, "kin", see_fit, &seen, NULL), STATUS_OK);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.version, 8);
	assert_true(seen.right);
}

static void see_sketch(void *context, const struct store_sketch *sketch)
{
	text_append_format(context, "%s %s %d %d:", sketch->name, sketch->method, (int)sketch->base,
			   sketch->chat_template);
	for (size_t i = 0; i < sketch->count; i++)
		text_append_format(context, " %d=%g%s", (int)sketch->parents[i].model,
				   sketch->parents[i].weight, sketch->parents[i].locked ? "!" : "");
}

static void assert_sketch(struct store *store, const char *name, const char *expected)
{
	struct text seen = {0};

	assert_int_equal(store_get_sketch(store, name, see_sketch, &seen, NULL), STATUS_OK);
	assert_string_equal(text_string(&seen), expected);
	text_free(&seen);
}

static void sketches_round_trip(void **state)
{
	struct fixture *fixture = *state;
	struct store_sketch_parent parents[] = {
		{put_name(fixture->store, "a"), 0.5, false}, {put_name(fixture->store, "b"), 0.25, true},
		{put_name(fixture->store, "c"), 0.25, false}};

	assert_sketch(fixture->store, "", "");
	assert_int_equal(store_put_sketch(fixture->store, "", "ties", 2, -1, parents, 3, NULL), STATUS_OK);
	assert_int_equal(store_put_sketch(fixture->store, "x", "slerp", 0, 1, parents, 2, NULL), STATUS_OK);
	assert_int_equal(store_put_sketch(fixture->store, "x", "linear", 0, 0, parents + 1, 1, NULL),
			 STATUS_OK);
	assert_int_equal(store_put_sketch(fixture->store, "empty", "linear", 0, 0, NULL, 0, NULL), STATUS_OK);
	fixture_reopen(fixture);
	assert_sketch(fixture->store, "", " ties 2 -1: 1=0.5 2=0.25! 3=0.25");
	assert_sketch(fixture->store, "x", "x linear 0 0: 2=0.25!");
	assert_sketch(fixture->store, "empty", "empty linear 0 0:");
	/* Within a transaction too; and joining two of its parents makes one. */
	assert_int_equal(store_begin(fixture->store, NULL), STATUS_OK);
	assert_int_equal(store_put_sketch(fixture->store, "y", "ties", 3, -1, parents, 3, NULL), STATUS_OK);
	put_alias(fixture->store, "c", "a");
	assert_int_equal(store_commit(fixture->store, NULL), STATUS_OK);
	assert_sketch(fixture->store, "y", "y ties 1 -1: 1=0.75 2=0.25!");
}

static void a_sketch_of_an_unknown_model_is_refused(void **state)
{
	struct store *store = store_of(state);
	struct store_sketch_parent parents[] = {{put_name(store, "a"), 0.5, false}, {99, 0.5, false}};

	assert_int_equal(store_put_sketch(store, "x", "ties", 0, -1, parents, 1, NULL), STATUS_OK);
	assert_int_not_equal(store_put_sketch(store, "x", "slerp", 0, -1, parents, 2, NULL), STATUS_OK);
	assert_sketch(store, "x", "x ties 0 -1: 1=0.5"); /* the old one, whole */
}

static void values_are_kept_exactly(void **state)
{
	struct fixture *fixture = *state;

	assert_null(store_get_state(fixture->store, "tree.folds"));
	assert_int_equal(store_put_state(fixture->store, "tree.folds", "a\nb\tc", NULL), STATUS_OK);
	assert_int_equal(store_put_state(fixture->store, "empty", "", NULL), STATUS_OK);
	fixture_reopen(fixture);
	char *folds = store_get_state(fixture->store, "tree.folds");
	char *empty = store_get_state(fixture->store, "empty");
	assert_string_equal(folds, "a\nb\tc");
	assert_string_equal(empty, "");
	free(folds);
	free(empty);
	assert_int_equal(store_note_import(fixture->store, "x.csv", "csv", 3, 1, NULL), STATUS_OK);
	assert_string_equal(ask(fixture->store, "SELECT file, format, accepted, rejected FROM imports"),
			    "x.csv|csv|3|1");
}

static bool stop_at_once(void *context, const struct store_model *model)
{
	(void)model;
	++*(int *)context;
	return false;
}

static void a_visit_can_stop(void **state)
{
	struct store *store = store_of(state);
	int calls = 0;

	put_name(store, "a");
	put_name(store, "b");
	assert_int_equal(store_each_model(store, stop_at_once, &calls, NULL), STATUS_OK);
	assert_int_equal(calls, 1);
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
	assert_findings(store, 1, "error: the weights of the parents of a/m sum to 0.9 in mergekit\n"
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
			"error: the BBH score 120.0 of a/m is outside 0..100\n"
			"error: the model 2 has control characters in its name\n"
			"error: the alias A/M hides a model of that name\n"
			"note: an evaluation of p by x has no scores\n"
			"note: p has dates that are no ISO dates: 1. May\n");
}

/* What store_each_outcome() shows, as one line a model. */
static bool see_outcome(void *context, int64_t model, const struct outcome_facts *outcomes)
{
	char *line = context;

	sprintf(line + strlen(line), "%lld:", (long long)model);
	for (size_t i = 0; i < outcomes->questions; i++)
		strcat(line, outcomes->bits[i / 64] >> (i % 64) & 1 ? "1" : "0");
	strcat(line, " ");
	return true;
}

static void answers_round_trip(void **state)
{
	struct store *store = store_of(state);
	struct error error = {0};
	enum change change;
	unsigned long long bits[] = {0x8000000000000001ull, 0x5}, few[] = {0x2};
	struct outcome_facts wide = {"a/one", "logic", 67, bits}, narrow = {"a/two", "logic", 3, few};
	struct outcome_facts other = {"a/two", "sums", 3, few};
	char line[512] = "", expected[128] = "";

	assert_int_equal(store_put_outcomes(store, &wide, &change, &error), STATUS_OK);
	assert_int_equal(change, CHANGE_ADDED);
	assert_int_equal(store_put_outcomes(store, &wide, &change, &error), STATUS_OK);
	assert_int_equal(change, CHANGE_NONE);
	assert_int_equal(store_put_outcomes(store, &narrow, &change, &error), STATUS_DATA);
	assert_non_null(strstr(error.message, "3 answers where logic has 67 questions"));
	error_clear(&error);
	assert_int_equal(store_put_outcomes(store, &other, &change, &error), STATUS_OK);
	bits[1] = 0x4;
	assert_int_equal(store_put_outcomes(store, &wide, &change, &error), STATUS_OK);
	assert_int_equal(change, CHANGE_UPDATED);

	assert_int_equal(store_each_outcome(store, "logic", see_outcome, line, &error), STATUS_OK);
	sprintf(expected, "%lld:1", (long long)store_find_model(store, "a/one"));
	for (int i = 1; i < 63; i++)
		strcat(expected, "0");
	strcat(expected, "1001 ");
	assert_string_equal(line, expected);
	line[0] = '\0';
	assert_int_equal(store_each_outcome(store, "nothing", see_outcome, line, &error), STATUS_OK);
	assert_string_equal(line, "");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		CASE(answers_round_trip),
		CASE(model_round_trip),
		CASE(missing_facts_stay_missing),
		CASE(larger_rank_overwrites_smaller_fills),
		CASE(names_ignore_case),
		CASE(hostile_text_is_cleaned),
		CASE(edge_puts_are_idempotent),
		CASE(dirty_notes_are_idempotent),
		CASE(bad_edges_are_refused),
		CASE(better_edges_win),
		CASE(chosen_edges_are_those_of_the_view),
		CASE(all_sources_of_a_child_are_listed),
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
		CASE(data_version_follows_the_data),
		CASE(fits_round_trip),
		CASE(sketches_round_trip),
		CASE(a_sketch_of_an_unknown_model_is_refused),
		CASE(values_are_kept_exactly),
		CASE(a_visit_can_stop),
		CASE(check_finds_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
