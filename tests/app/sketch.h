/* What the tests of sketches share: a family of models, and sketches of them. */
#ifndef STEMMA_TESTS_UNIT_APP_SKETCH_H
#define STEMMA_TESTS_UNIT_APP_SKETCH_H

#include "app.h"

#include "stemma/app/sketch.h"
#include "stemma/base/memory.h"

/* One family with two branches, a stranger, and scores for nearly all:
 *
 *   f/root -> f/left -> f/a, f/b        s/stranger (another architecture)
 *          -> f/right -> f/c, f/unscored
 */
enum { EXTRAS = 12 };

struct fixture {
	struct place place;
	struct session *session;
	struct catalog *catalog;
	struct sketch sketch;
};

static const char *const family_edges[][2] = {
	{"f/left", "f/root"}, {"f/right", "f/root"}, {"f/a", "f/left"}, {"f/b", "f/left"},
	{"f/c", "f/right"}, {"f/unscored", "f/right"},
};

static inline void fill_scores(struct store *store, const char *model, double ifeval, double bbh)
{
	struct score_facts scores[] = {score_facts_of("ifeval", ifeval), score_facts_of("bbh", bbh)};
	struct evaluation_facts facts = {.model = model, .source = "user", .rank = RANK_USER,
					 .chat_template = ANSWER_YES, .scores = scores, .score_count = 2};
	struct error error = {0};
	enum change change;

	expect_ok(store_put_evaluation(store, &facts, &change, &error), &error);
}

static inline void fill_family(struct store *store)
{
	static const char *const names[] = {"f/root", "f/left", "f/right", "f/a", "f/b", "f/c"};
	struct model_facts stranger = {
		.name = "s/stranger", .architecture = "Qwen2ForCausalLM", .params_b = 14.1, .likes = NAN,
		.kind = KIND_CHAT, .moe = ANSWER_UNKNOWN, .uploaded = "2024-09-09", .source = "user",
		.rank = RANK_USER,
	};
	enum change change;

	begin(store);
	put_model(store, "f/unscored", "2024-05-05");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		put_model(store, names[i], i < 3 ? "2023-01-01" : "2024-03-03");
		fill_scores(store, names[i], 30 + 3 * (double)i, 50 - 2 * (double)i);
	}
	for (size_t i = 0; i < sizeof family_edges / sizeof *family_edges; i++)
		put_edge(store, family_edges[i][0], family_edges[i][1], NAN, TRUST_DECLARED);
	assert_int_equal(store_put_model(store, &stranger, &change, NULL), STATUS_OK);
	fill_scores(store, "s/stranger", 70, 10);
	for (int i = 0; i < EXTRAS; i++) {
		char name[32];
		snprintf(name, sizeof name, "x/extra-%d", i);
		put_model(store, name, NULL);
		put_edge(store, name, i % 2 ? "f/left" : "f/right", NAN, TRUST_DECLARED);
		fill_scores(store, name, 25 + (i * 5) % 17, 30 + (i * 3) % 11);
	}
	commit(store);
}

static inline int open_family(void **state)
{
	struct fixture *fixture = memory_zero(1, sizeof *fixture);
	struct error error = {0};

	place_make(&fixture->place);
	expect_ok(session_open(fixture->place.cache, true, NULL, NULL, &fixture->session, &error), &error);
	fill_family(fixture->session->store);
	expect_ok(session_reload(fixture->session, &error), &error);
	fixture->catalog = fixture->session->catalog;
	sketch_init(&fixture->sketch);
	*state = fixture;
	return 0;
}

static inline int close_family(void **state)
{
	struct fixture *fixture = *state;

	sketch_free(&fixture->sketch);
	session_close(fixture->session);
	place_remove(&fixture->place);
	free(fixture);
	return 0;
}

static inline size_t model(const struct fixture *fixture, const char *name)
{
	size_t found = catalog_find(fixture->catalog, name);

	assert_true(found != CATALOG_NONE);
	return found;
}

static inline void near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-9))
		fail_msg("%.12g is not %.12g", a, b);
}

/* Begins a sketch anew with up to three parents. */
static inline void draw(struct fixture *fixture, enum merge_method method, const char *first,
		 double first_weight, const char *second, double second_weight, const char *third)
{
	const char *names[] = {first, second, third};
	double weights[] = {first_weight, second_weight, 1 - first_weight - second_weight};
	struct error error = {0};

	sketch_free(&fixture->sketch);
	expect_ok(sketch_from_names(&fixture->sketch, fixture->catalog, third ? 3 : second ? 2 : 1, names,
				    weights, &error), &error);
	sketch_set_method(&fixture->sketch, method);
}

/* To the last bit: undo returns to states, it does not calculate them. */
static inline bool same_state(const struct sketch_state *a, const struct sketch_state *b)
{
	bool same = a->method == b->method && a->count == b->count && a->base == b->base &&
		    a->chat_template == b->chat_template;

	for (size_t i = 0; i < a->count && same; i++)
		same = a->parents[i].model == b->parents[i].model &&
		       a->parents[i].locked == b->parents[i].locked &&
		       memcmp(&a->parents[i].weight, &b->parents[i].weight, sizeof(double)) == 0;
	return same;
}

static inline double share_of(const struct engine_child *child, size_t parent)
{
	for (size_t i = 0; i < child->count; i++)
		if (child->parents[i] == parent)
			return child->weights[i];
	return 0;
}

#endif
