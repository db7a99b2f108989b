#include "stemma/app/outcomes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

struct loading {
	const struct catalog *catalog;
	struct outcomes *outcomes;
	size_t capacity;
};

static void load_some(struct outcomes *outcomes, size_t model, const struct outcome_facts *facts)
{
	struct outcomes_some some = {
		.model = (uint32_t)model,
		.questions = memory_allocate(facts->questions, sizeof *some.questions),
		.answers = memory_allocate(facts->questions, sizeof *some.answers),
	};

	for (size_t i = 0; i < facts->questions; i++)
		if (facts->asked[i / 64] >> (i % 64) & 1) {
			some.questions[some.count] = (uint32_t)i;
			some.answers[some.count++] = facts->bits[i / 64] >> (i % 64) & 1;
		}
	outcomes->some = memory_grow(outcomes->some, outcomes->some_count, &outcomes->some_capacity,
				     sizeof *outcomes->some);
	outcomes->some[outcomes->some_count++] = some;
}

static bool load_row(void *context, int64_t id, const struct outcome_facts *facts)
{
	struct loading *loading = context;
	struct outcomes *outcomes = loading->outcomes;
	size_t model = catalog_find_id(loading->catalog, id), words = (facts->questions + 63) / 64;

	if (model == CATALOG_NONE || (outcomes->count > 0 && facts->questions != outcomes->questions))
		return true;
	if (facts->asked) {
		load_some(outcomes, model, facts);
		return true;
	}
	uint64_t *copy = memory_allocate(words, sizeof *copy);
	memcpy(copy, facts->bits, words * sizeof *copy);
	outcomes->questions = facts->questions;
	outcomes->models = memory_grow(outcomes->models, outcomes->count, &loading->capacity,
				       sizeof *outcomes->models);
	outcomes->answers = memory_grow(outcomes->answers, outcomes->count, &outcomes->capacity,
					sizeof *outcomes->answers);
	outcomes->models[outcomes->count] = (uint32_t)model;
	outcomes->answers[outcomes->count++] = copy;
	return true;
}

struct finding {
	const char *key;
	bool found;
};

static bool find_set(void *context, const char *key, size_t models)
{
	struct finding *finding = context;
	(void)models;

	finding->found = strcmp(key, finding->key) == 0;
	return !finding->found;
}

bool outcomes_exist(struct store *store, const char *benchmark)
{
	struct finding finding = {.key = benchmark};
	struct error error = {0};

	return store_each_outcome_set(store, find_set, &finding, &error) == STATUS_OK && finding.found;
}

static bool load_name(void *context, size_t question, const char *name)
{
	struct outcomes *outcomes = context;

	if (question >= outcomes->questions)
		return true;
	if (!outcomes->names)
		outcomes->names = memory_zero(outcomes->questions, sizeof *outcomes->names);
	free(outcomes->names[question]);
	outcomes->names[question] = utf8_sanitize(name);
	return true;
}

enum status outcomes_load(struct store *store, const struct catalog *catalog, const char *benchmark,
			  struct outcomes *outcomes, struct error *error)
{
	struct loading loading = {.catalog = catalog, .outcomes = outcomes};

	*outcomes = (struct outcomes){0};
	enum status status = store_each_outcome(store, benchmark, load_row, &loading, error);
	if (status == STATUS_OK)
		status = store_each_question(store, benchmark, load_name, outcomes, error);
	if (status == STATUS_OK && outcomes->count == 0) {
		error_set(error, STATUS_NO_INPUT, "the cache has no single answers to \"%s\"", benchmark);
		error_advise(error, "import a table of them: model, then one column a question, 0 or 1");
		status = STATUS_NO_INPUT;
	}
	if (status != STATUS_OK)
		outcomes_free(outcomes);
	return status;
}

void outcomes_free(struct outcomes *outcomes)
{
	for (size_t i = 0; i < outcomes->count; i++)
		free((void *)(uintptr_t)outcomes->answers[i]);
	for (size_t i = 0; outcomes->names && i < outcomes->questions; i++)
		free(outcomes->names[i]);
	for (size_t i = 0; i < outcomes->some_count; i++) {
		free(outcomes->some[i].questions);
		free(outcomes->some[i].answers);
	}
	free(outcomes->some);
	free(outcomes->names);
	free(outcomes->answers);
	free(outcomes->models);
	*outcomes = (struct outcomes){0};
}

struct lrmf_data outcomes_data(const struct outcomes *outcomes)
{
	return (struct lrmf_data){.models = outcomes->count, .questions = outcomes->questions,
				  .answers = outcomes->answers};
}

struct lrmf_known outcomes_some(const struct outcomes *outcomes, size_t model)
{
	for (size_t i = 0; i < outcomes->some_count; i++)
		if (outcomes->some[i].model == model)
			return (struct lrmf_known){outcomes->some[i].count, outcomes->some[i].questions,
						   outcomes->some[i].answers};
	return (struct lrmf_known){0, NULL, NULL};
}

const char *outcomes_name(const struct outcomes *outcomes, size_t question,
			  char buffer[OUTCOMES_NAME_SIZE])
{
	if (outcomes->names && outcomes->names[question])
		return outcomes->names[question];
	snprintf(buffer, OUTCOMES_NAME_SIZE, "%zu", question);
	return buffer;
}
