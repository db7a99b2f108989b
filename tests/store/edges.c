/* The cache: who was made from whom, by which source. */
#include "fixture.h"

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
		{"a/x", "A/X", "hub", NAN}, {"a/x", "a/\001x", "hub", NAN},
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

static void hear_message(void *context, const char *message)
{
	text_append_format(context, "%s\n", message);
}

/* A list may be older than a rename. */
static void an_edge_between_two_names_of_one_model_is_told(void **state)
{
	struct store *store = store_of(state);
	const struct edge_facts facts = {.child = "a/new", .parent = "a/old", .source = "hub", .weight = NAN};
	struct text heard = {0};
	const struct store_listener listener = {.context = &heard, .tell = hear_message};
	enum change change;

	put_alias(store, "a/old", "a/new");
	store_listen(store, &listener);
	assert_int_equal(store_put_edge(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(change, CHANGE_NONE);
	assert_string_equal(text_string(&heard), "a/new and a/old are names of one model: no edge between them\n");
	assert_int_equal(ask_number(store, "SELECT count(*) FROM edges"), 0);
	text_free(&heard);
	store_listen(store, NULL);
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

/* ---- corrections ------------------------------------------------------------------ */

static void drop(struct store *store, const char *child, const char *parent)
{
	const struct drop_facts facts = {.child = child, .parent = parent};

	assert_int_equal(store_put_drop(store, &facts, NULL), STATUS_OK);
}

static void corrections_beat_all_sources(void **state)
{
	struct store *store = store_of(state);

	put_edge(store, "c", "p", "hub", TRUST_DECLARED, NAN);
	put_edge(store, "c", "q", "card", TRUST_DECLARED, NAN);
	drop(store, "c", "p");
	assert_edges(store, "q/card");
	put_edge(store, "c", "p", "mergekit", TRUST_CONFIGURATION, 1);
	assert_edges(store, "q/card"); /* the dropped one does not count as the better source */
	put_edge(store, "c", "r", "correction", TRUST_CORRECTION, 0.5);
	assert_edges(store, "q/card r/correction=0.5");
	drop(store, "c", NULL);
	assert_edges(store, "r/correction=0.5");
	put_edge(store, "c", "p", "user", TRUST_USER, NAN);
	assert_edges(store, "p/user r/correction=0.5");
	assert_int_equal(store_clear_corrections(store, NULL), STATUS_OK);
	assert_edges(store, "p/user");
}

static void corrections_displace_guesses_and_roots(void **state)
{
	struct store *store = store_of(state);

	put_edge(store, "c", "root", "leaderboard-root", TRUST_ROOT, NAN);
	put_edge(store, "c", "p", "correction", TRUST_CORRECTION, NAN);
	assert_edges(store, "p/correction");
}

static void drops_follow_a_renamed_model(void **state)
{
	struct store *store = store_of(state);

	drop(store, "a/old", "a/p");
	drop(store, "a/c", "a/old");
	put_alias(store, "a/old", "a/new");
	put_edge(store, "a/new", "a/p", "hub", TRUST_DECLARED, NAN);
	put_edge(store, "a/c", "a/new", "hub", TRUST_DECLARED, NAN);
	assert_edges(store, "");
	/* Between two names of one model there is nothing to drop. */
	drop(store, "a/new", "a/c");
	put_alias(store, "a/c", "a/new");
	assert_int_equal(ask_number(store, "SELECT count(*) FROM dropped_edges WHERE child = parent"), 0);
}

static void a_configuration_replaces_its_parents(void **state)
{
	struct store *store = store_of(state);
	const char *const names[] = {"p", "R"};
	const struct parents_facts facts = {.child = "c", .source = "config", .parents = names, .count = 2};
	enum change change;

	put_edge(store, "c", "p", "config", TRUST_CONFIGURATION, 0.5);
	put_edge(store, "c", "q", "config", TRUST_CONFIGURATION, 0.5);
	put_edge(store, "c", "q", "user", TRUST_CONFIGURATION, 1);
	put_edge(store, "c", "r", "config", TRUST_CONFIGURATION, 0.5);
	assert_int_equal(store_put_parents(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(change, CHANGE_UPDATED);
	assert_edges(store, "p/config=0.5 q/user=1 r/config=0.5");
	assert_int_equal(store_put_parents(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(change, CHANGE_NONE);
}

/* ---- how many parents are kept ------------------------------------------------- */

/* Gives the child parents FIRST .. FIRST + COUNT - 1; returns how many were taken. */
static size_t put_crowd(struct store *store, const char *child, size_t first, size_t count)
{
	size_t taken = 0;

	for (size_t i = 0; i < count; i++) {
		char parent[16];
		struct edge_facts facts = {.child = child, .parent = parent, .source = "hub", .weight = NAN};
		struct error error = {0};
		enum change change;
		snprintf(parent, sizeof parent, "p%zu", first + i);
		enum status status = store_put_edge(store, &facts, &change, &error);
		assert_true(status == STATUS_OK || (status == STATUS_DATA && strstr(error.message, "are not kept")));
		taken += status == STATUS_OK;
	}
	return taken;
}

static void parents_are_bounded(void **state)
{
	struct store *store = store_of(state);
	const char *const names[] = {"p0"};
	const struct parents_facts facts = {.child = "c", .source = "hub", .parents = names, .count = 1};
	enum change change;

	assert_int_equal(store_begin(store, NULL), STATUS_OK);
	put_name(store, "c");
	assert_int_equal(put_crowd(store, "c", 0, STORE_PARENTS_MAX + 5), STORE_PARENTS_MAX);
	assert_int_equal(put_crowd(store, "other", 0, 2), 2);
	assert_int_equal(put_crowd(store, "c", STORE_PARENTS_MAX, 2), 0);
	/* Those that are there may still be told of, otherwise too. */
	assert_int_equal(put_crowd(store, "c", 0, STORE_PARENTS_MAX), STORE_PARENTS_MAX);
	assert_int_equal(put_edge(store, "c", "p1", "hub", TRUST_USER, 1), CHANGE_UPDATED);
	assert_int_equal(store_put_parents(store, &facts, &change, NULL), STATUS_OK);
	assert_int_equal(put_crowd(store, "c", 1, 3), 3);
	assert_int_equal(store_commit(store, NULL), STATUS_OK);
	assert_int_equal(put_crowd(store, "c", 4, STORE_PARENTS_MAX), STORE_PARENTS_MAX - 4);
	assert_int_equal(ask_number(store, "SELECT count(*) FROM edges"), STORE_PARENTS_MAX + 2);
}

static void parents_are_counted_anew(void **state)
{
	struct store *store = store_of(state);

	assert_int_equal(store_begin(store, NULL), STATUS_OK);
	put_name(store, "undone");
	assert_int_equal(put_crowd(store, "undone", 0, STORE_PARENTS_MAX), STORE_PARENTS_MAX);
	store_rollback(store);
	assert_int_equal(store_begin(store, NULL), STATUS_OK);
	put_name(store, "old"); /* with the number of the model before */
	assert_int_equal(put_crowd(store, "old", 0, 200), 200);
	put_name(store, "new");
	assert_int_equal(put_crowd(store, "new", 200, 100), 100);
	put_alias(store, "old", "new");
	assert_int_equal(put_crowd(store, "new", 300, 1), 0);
	assert_int_equal(store_commit(store, NULL), STATUS_OK);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		CASE(edge_puts_are_idempotent),
		CASE(dirty_notes_are_idempotent),
		CASE(bad_edges_are_refused),
		CASE(an_edge_between_two_names_of_one_model_is_told),
		CASE(chosen_edges_are_those_of_the_view),
		CASE(better_edges_win),
		CASE(all_sources_of_a_child_are_listed),
		CASE(corrections_beat_all_sources),
		CASE(corrections_displace_guesses_and_roots),
		CASE(drops_follow_a_renamed_model),
		CASE(a_configuration_replaces_its_parents),
		CASE(parents_are_bounded),
		CASE(parents_are_counted_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
