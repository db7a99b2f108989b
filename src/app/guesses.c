#include "stemma/app/guesses.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stemma/app/corrections.h"
#include "stemma/app/outcomes.h"
#include "stemma/base/memory.h"

struct guesses {
	struct engine_data data;
	struct parents *parents;
};

/* ---- the answers of the cache -------------------------------------------------------- */

struct sets {
	char **keys;
	size_t count, capacity;
	struct outcomes *outcomes;
	struct parents_answers *answers;
};

static bool add_key(void *context, const char *key, size_t models)
{
	struct sets *sets = context;

	if (models < 2)
		return true;
	sets->keys = memory_grow(sets->keys, sets->count, &sets->capacity, sizeof *sets->keys);
	sets->keys[sets->count++] = memory_string(key);
	return true;
}

static enum status sets_load(struct store *store, const struct catalog *catalog, struct sets *sets,
			     struct error *error)
{
	enum status status = store_each_outcome_set(store, add_key, sets, error);

	sets->outcomes = memory_zero(sets->count + 1, sizeof *sets->outcomes);
	sets->answers = memory_zero(sets->count + 1, sizeof *sets->answers);
	for (size_t i = 0; i < sets->count && status == STATUS_OK; i++) {
		status = outcomes_load(store, catalog, sets->keys[i], &sets->outcomes[i], error);
		sets->answers[i] = (struct parents_answers){outcomes_data(&sets->outcomes[i]),
							    sets->outcomes[i].models};
	}
	return status;
}

static void sets_free(struct sets *sets)
{
	for (size_t i = 0; i < sets->count; i++) {
		free(sets->keys[i]);
		outcomes_free(&sets->outcomes[i]);
	}
	free(sets->keys);
	free(sets->outcomes);
	free(sets->answers);
}

/* ---- guesses ----------------------------------------------------------------------------- */

enum status guesses_learn(struct store *store, const struct catalog *catalog,
			  struct progress *progress, struct guesses **result, struct error *error)
{
	struct guesses *guesses = memory_zero(1, sizeof *guesses);
	struct sets sets = {0};
	enum status status = sets_load(store, catalog, &sets, error);

	catalog_engine_data(catalog, &guesses->data);
	if (status == STATUS_OK)
		status = parents_new(&guesses->data, sets.answers, sets.count, progress, &guesses->parents, error);
	sets_free(&sets);
	if (status != STATUS_OK) {
		guesses_free(guesses);
		guesses = NULL;
	}
	*result = guesses;
	return status;
}

void guesses_free(struct guesses *guesses)
{
	if (!guesses)
		return;
	parents_free(guesses->parents);
	free(guesses);
}

size_t guesses_make(const struct guesses *guesses, size_t child, struct parents_guess *list, size_t room)
{
	return parents_guess(guesses->parents, child, list, room);
}

enum status guesses_test(struct store *store, const struct catalog *catalog, uint64_t seed,
			 struct progress *progress, struct parents_figures *figures, struct error *error)
{
	struct sets sets = {0};
	struct engine_data data;
	enum status status = sets_load(store, catalog, &sets, error);

	catalog_engine_data(catalog, &data);
	if (status == STATUS_OK)
		status = parents_test(&data, sets.answers, sets.count, seed, progress, figures, error);
	sets_free(&sets);
	return status;
}

enum status guesses_accept(const struct catalog *catalog, size_t child, const struct parents_guess *list,
			   size_t count, struct error *error)
{
	struct edge_facts *edges = memory_zero(count + 1, sizeof *edges);
	char (*notes)[48] = memory_zero(count + 1, sizeof *notes);

	for (size_t i = 0; i < count; i++) {
		snprintf(notes[i], sizeof notes[i], "guessed with probability %.2f", list[i].probability);
		edges[i] = (struct edge_facts){
			.child = catalog->models[child].name, .parent = catalog->models[list[i].model].name,
			.relation = RELATION_MERGE, .weight = NAN, .note = notes[i],
		};
	}
	enum status status = corrections_append(edges, count, error);
	free(edges);
	free(notes);
	return status;
}

bool guesses_wanted(const struct catalog *catalog, size_t model)
{
	const struct catalog_model *own = &catalog->models[model];
	size_t count;
	const struct lineage_parent *parents = lineage_parents(catalog->lineage, model, &count);

	for (size_t i = 0; i < count; i++)
		if (parents[i].trust > TRUST_INFERRED)
			return false;
	return own->architecture && (own->kind == KIND_MERGE || own->merge_method);
}
