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

static bool load_row(void *context, int64_t id, const struct outcome_facts *facts)
{
	struct loading *loading = context;
	struct outcomes *outcomes = loading->outcomes;
	size_t model = catalog_find_id(loading->catalog, id), words = (facts->questions + 63) / 64;

	if (model == CATALOG_NONE || (outcomes->count > 0 && facts->questions != outcomes->questions))
		return true;
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

const char *outcomes_name(const struct outcomes *outcomes, size_t question,
			  char buffer[OUTCOMES_NAME_SIZE])
{
	if (outcomes->names && outcomes->names[question])
		return outcomes->names[question];
	snprintf(buffer, OUTCOMES_NAME_SIZE, "%zu", question);
	return buffer;
}
