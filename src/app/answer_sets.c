#include "stemma/app/answer_sets.h"

#include <stdlib.h>
#include <string.h>

#include "kept_fit.h"
#include "stemma/app/outcomes.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* The least answers to learn from; with fewer a set is passed over. */
#define MODELS_MIN 40

static bool add_key(void *context, const char *key, size_t models)
{
	struct answer_sets *sets = context;

	if (models < MODELS_MIN)
		return true;
	sets->list = memory_grow(sets->list, sets->count, &sets->capacity, sizeof *sets->list);
	sets->list[sets->count++] = (struct answer_set){.key = memory_string(key)};
	return true;
}

static enum status keep_factors(struct store *store, const struct catalog *catalog, const char *name,
				const struct answer_model *model, double seconds,
				const struct kept_fit *kept, struct error *error)
{
	size_t bytes;
	void *state = answer_model_state(model, &bytes);
	struct store_fit row = {
		.prior = name, .data_version = catalog->data_version, .settings = "{}", .state = state,
		.state_bytes = bytes, .models = (int64_t)answer_model_learned(model), .seconds = seconds,
	};
	enum status status = kept_fit_put(store, kept, &row, error);

	free(state);
	return status;
}

static enum status learn_set(struct store *store, const struct catalog *catalog, const struct engine_fit *fit,
			     uint64_t seed, struct progress *progress, struct answer_set *set,
			     struct error *error)
{
	struct outcomes outcomes = {0};
	struct kept_fit kept = {0};
	struct text name = {0};
	double begin = clock_seconds();

	text_append_format(&name, "answers %s", set->key);
	enum status status = outcomes_load(store, catalog, set->key, &outcomes, error);
	if (status == STATUS_OK)
		status = kept_fit_get(store, text_string(&name), &kept, error);
	if (status == STATUS_OK) {
		struct lrmf_data answers = outcomes_data(&outcomes);
		status = answer_model_new(fit, &answers, outcomes.models, kept.state, kept.state_bytes, seed, progress,
					  &set->model, error);
	}
	if (status == STATUS_OK)
		status = keep_factors(store, catalog, text_string(&name), set->model, clock_seconds() - begin,
				      &kept, error);
	outcomes_free(&outcomes);
	kept_fit_free(&kept);
	text_free(&name);
	return status;
}

static void drop_unlearned(struct answer_sets *sets)
{
	size_t kept = 0;

	for (size_t i = 0; i < sets->count; i++) {
		if (sets->list[i].model)
			sets->list[kept++] = sets->list[i];
		else
			free(sets->list[i].key);
	}
	sets->count = kept;
}

enum status answer_sets_learn(struct store *store, const struct catalog *catalog,
			      const struct engine_fit *fit, uint64_t seed, struct progress *progress,
			      struct answer_sets *sets, struct error *error)
{
	*sets = (struct answer_sets){0};
	enum status status = store_each_outcome_set(store, add_key, sets, error);
	for (size_t i = 0; i < sets->count && status == STATUS_OK; i++) {
		status = learn_set(store, catalog, fit, seed, progress, &sets->list[i], error);
		if (status == STATUS_DATA) { /* too few of them have scores */
			error_clear(error);
			status = STATUS_OK;
		}
	}
	if (status == STATUS_OK)
		drop_unlearned(sets);
	else
		answer_sets_free(sets);
	return status;
}

struct answer_row *answer_sets_predict(const struct answer_sets *sets, struct engine_query *query,
				       size_t model)
{
	if (sets->count == 0)
		return NULL;
	struct answer_row *rows = memory_zero(sets->count, sizeof *rows);
	for (size_t i = 0; i < sets->count; i++) {
		const struct answer_set *set = &sets->list[i];
		rows[i] = (struct answer_row){
			.key = set->key, .questions = answer_model_questions(set->model),
			.learned = answer_model_learned(set->model),
			.observed = answer_model_observed(set->model, model),
		};
		answer_model_predict(set->model, query, &rows[i].prediction);
	}
	return rows;
}

const struct answer_set *answer_sets_find(const struct answer_sets *sets, const char *key)
{
	for (size_t i = 0; i < sets->count; i++)
		if (strcmp(sets->list[i].key, key) == 0)
			return &sets->list[i];
	return NULL;
}

void answer_sets_free(struct answer_sets *sets)
{
	for (size_t i = 0; i < sets->count; i++) {
		free(sets->list[i].key);
		answer_model_free(sets->list[i].model);
	}
	free(sets->list);
	*sets = (struct answer_sets){0};
}
