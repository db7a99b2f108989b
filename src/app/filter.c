/* The filter: which models a line of terms leaves. */
#include "filter.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/app/flags.h"
#include "stemma/base/memory.h"

#define X(symbol, member) \
	static const char *text_of_##symbol(const struct catalog_model *model) \
	{ \
		return model->member; \
	}
FILTER_COLUMN_TABLE(X)
#undef X

struct filter *filter_new(const struct catalog *catalog, const struct target_names *names)
{
	struct filter *filter = memory_zero(1, sizeof *filter);

	filter->catalog = catalog;
	if (names)
		filter->target_names = *names;
	filter_names_start(&filter->names, catalog);
	filter->candidates = memory_allocate(catalog->count + 1, sizeof *filter->candidates);
	filter->trails = memory_allocate(catalog->count + 1, sizeof *filter->trails);
	return filter;
}

bool filter_prepare(struct filter *filter, size_t models)
{
	return filter_names_step(&filter->names, models);
}

/* The distinct texts of a column, looked for when a term first asks for them. */
static const struct filter_texts *column_texts(struct filter *filter, enum filter_column column)
{
	static const char *(*const text_of[])(const struct catalog_model *) = {
#define X(symbol, member) text_of_##symbol,
		FILTER_COLUMN_TABLE(X)
#undef X
	};
	struct filter_texts *texts = &filter->columns[column];

	if (!texts->number)
		filter_texts_make(texts, filter->catalog, text_of[column]);
	return texts;
}

static void drop_values(struct filter *filter)
{
	for (int i = 0; i < FILTER_TERMS_MAX; i++) {
		free(filter->values[i]);
		filter->values[i] = NULL;
	}
}

static void drop_answers(struct filter *filter)
{
	for (int i = 0; i < FILTER_TERMS_MAX; i++) {
		free(filter->answers[i].value);
		filter->answers[i] = (struct filter_answers){0};
	}
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	drop_values(filter);
	drop_answers(filter);
	filter_line_free(&filter->line);
	filter_names_free(&filter->names);
	for (int i = 0; i < FILTER_COLUMN_COUNT; i++)
		filter_texts_free(&filter->columns[i]);
	free(filter->family);
	free(filter->candidates);
	free(filter->trails);
	free(filter);
}

void filter_set_z(struct filter *filter, const double *z)
{
	filter->z = z;
}

void filter_set_predict(struct filter *filter,
			double (*predict)(void *context, size_t model, const struct engine_target *target),
			void *context)
{
	drop_answers(filter);
	filter->predict = predict;
	filter->predict_context = context;
}

const char *filter_hint(const struct filter *filter)
{
	return filter->hint;
}

/* ---- texts -------------------------------------------------------------------- */

/* Whether a text in lower case fits; = wants all of it. */
static bool text_fits(const struct filter_term *term, const char *text, size_t length)
{
	if (term->operator == OPERATOR_HAS)
		return memmem(text, length, term->value, term->length) != NULL;
	return length == term->length && memcmp(text, term->value, length) == 0;
}

static bool name_fits(const struct filter *filter, const struct filter_term *term, size_t model)
{
	struct filter_name name;

	filter_name_fold(filter->catalog, model, &name);
	return text_fits(term, name.letters, name.length);
}

static bool owner_fits(const struct filter *filter, const struct filter_term *term, size_t model)
{
	struct filter_name name;

	filter_name_fold(filter->catalog, model, &name);
	const char *slash = memchr(name.letters, '/', name.length);
	return slash && text_fits(term, name.letters, (size_t)(slash - name.letters));
}

/* Marks with `bit` all that descend from the models that have it already. */
static void mark_descendants(struct filter *filter, uint8_t bit)
{
	size_t models = filter->catalog->count, filled = 0, count;
	uint32_t *queue = memory_allocate(models + 1, sizeof *queue);

	for (size_t model = 0; model < models; model++)
		if (filter->family[model] & bit)
			queue[filled++] = (uint32_t)model;
	while (filled > 0) {
		const uint32_t *children =
			lineage_children(filter->catalog->lineage, queue[--filled], &count);
		for (size_t i = 0; i < count; i++) {
			if (filter->family[children[i]] & bit)
				continue;
			filter->family[children[i]] |= bit;
			queue[filled++] = children[i];
		}
	}
	free(queue);
}

/* Marks with `bit` the models so called and all that descend from them. */
static void mark_family(struct filter *filter, const struct filter_term *term, uint8_t bit)
{
	size_t count = filter->catalog->count;
	uint8_t *contains = memory_allocate(count, 1);

	catalog_names_with(filter->catalog, term->value, contains);
	for (size_t model = 0; model < count; model++) {
		bool called = contains[model] && name_fits(filter, term, model);
		filter->family[model] = (uint8_t)((filter->family[model] & ~bit) | (called ? bit : 0));
	}
	free(contains);
	mark_descendants(filter, bit);
}

static enum status check_families(const struct filter_line *line, struct error *error)
{
	int used = 0;

	for (size_t i = 0; i < line->count; i++)
		used += line->terms[i].field == FILTER_FAMILY;
	if (used <= FILTER_FAMILIES_MAX)
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "too many families");
	error_advise(error, "%d are the most", FILTER_FAMILIES_MAX);
	return STATUS_USAGE;
}

/* Gives each family term its bit; families that have one keep it. */
static void set_families(struct filter *filter, struct filter_line *line)
{
	int used = 0;

	for (size_t i = 0; i < line->count; i++) {
		struct filter_term *term = &line->terms[i];
		char key[FILTER_VALUE_MAX + 2];
		if (term->field != FILTER_FAMILY)
			continue;
		snprintf(key, sizeof key, "%c%s", term->operator == OPERATOR_HAS ? ':' : '=',
			 term->value);
		term->family = (uint8_t)(1u << used);
		if (!filter->family)
			filter->family = memory_zero(filter->catalog->count + 1, 1);
		if (strcmp(filter->families[used], key) != 0)
			mark_family(filter, term, term->family);
		memcpy(filter->families[used++], key, sizeof key);
	}
}

/* Tries each distinct text of a column once. */
static uint8_t *fitting_values(const struct filter_texts *texts, const struct filter_term *term)
{
	uint8_t *values = memory_zero(texts->count, 1);
	char lower[FILTER_VALUE_MAX * 2];

	for (size_t i = 1; i < texts->count; i++) {
		size_t length = 0;
		for (; texts->text[i][length] && length < sizeof lower; length++)
			lower[length] = filter_lower(texts->text[i][length]);
		values[i] = text_fits(term, lower, length);
	}
	return values;
}

static void set_values(struct filter *filter, struct filter_line *line)
{
	drop_values(filter);
	for (size_t i = 0; i < line->count; i++) {
		struct filter_term *term = &line->terms[i];
#define X(symbol, member) \
		if (term->field == FILTER_##symbol) \
			filter->values[i] = fitting_values(column_texts(filter, FILTER_COLUMN_##symbol), term);
		FILTER_COLUMN_TABLE(X)
#undef X
		term->values = filter->values[i];
	}
}

/* Gives the terms that ask for predictions the answers to the same question, if it was asked before. */
static void set_answers(struct filter *filter, const struct filter_line *line)
{
	struct filter_answers before[FILTER_TERMS_MAX];

	memcpy(before, filter->answers, sizeof before);
	memset(filter->answers, 0, sizeof filter->answers);
	for (size_t i = 0; i < line->count; i++) {
		const struct filter_term *term = &line->terms[i];
		struct filter_answers *answers = &filter->answers[i];
		if (term->field != FILTER_PREDICTED)
			continue;
		snprintf(answers->name, sizeof answers->name, "%s", line->targets[term->target].name);
		for (int k = 0; k < FILTER_TERMS_MAX && !answers->value; k++)
			if (before[k].value && strcmp(before[k].name, answers->name) == 0) {
				answers->value = before[k].value;
				before[k].value = NULL;
			}
		if (answers->value)
			continue;
		answers->value = memory_allocate(filter->catalog->count + 1, sizeof *answers->value);
		for (size_t model = 0; model < filter->catalog->count; model++)
			answers->value[model] = INFINITY;
	}
	for (int k = 0; k < FILTER_TERMS_MAX; k++)
		free(before[k].value);
}

/* What a field's name at the end of the line could become. */
static void set_hint(struct filter *filter, const struct filter_line *line)
{
	const struct catalog *catalog = filter->catalog;

	filter->hint[0] = '\0';
	for (int i = 0; i < FILTER_FIELD_COUNT; i++)
		if (filter_type((enum filter_field)i) != TYPE_FLAG &&
		    strcasecmp(filter_field_info((enum filter_field)i)->word, line->last) == 0)
			snprintf(filter->hint, sizeof filter->hint, "%s: %s",
				 filter_field_info((enum filter_field)i)->example,
				 filter_field_info((enum filter_field)i)->help);
	for (size_t b = 0; b < catalog->benchmark_count; b++)
		if (strcasecmp(catalog->benchmarks[b].key, line->last) == 0)
			snprintf(filter->hint, sizeof filter->hint, "%.40s > 40: by %.60s", catalog->benchmarks[b].key,
				 catalog->benchmarks[b].title);
}

enum status filter_set(struct filter *filter, const char *text, struct error *error)
{
	struct filter_line line;
	const struct filter_asking asking = {filter->catalog, filter->target_names, filter->z != NULL,
					     filter->predict != NULL};
	enum status status = filter_parse(text, &asking, &line, error);

	if (status == STATUS_OK)
		status = check_families(&line, error);
	if (status != STATUS_OK) {
		filter_line_free(&line);
		return status;
	}
	set_families(filter, &line);
	set_values(filter, &line);
	set_answers(filter, &line);
	set_hint(filter, &line);
	filter_line_free(&filter->line);
	filter->line = line;
	return STATUS_OK;
}

/* ---- numbers and properties ------------------------------------------------------ */

static double number_of(const struct filter *filter, const struct filter_term *term, size_t model)
{
	const struct catalog *catalog = filter->catalog;
	size_t count = 0;

	switch (term->field) {
	case FILTER_SCORE: return catalog_target(catalog, model, &filter->line.targets[term->target].engine);
	case FILTER_SIZE: return catalog->models[model].params_b;
	case FILTER_DATE: return catalog->models[model].uploaded;
	case FILTER_LIKES: return catalog->models[model].likes;
	case FILTER_Z: return filter->z ? filter->z[model] : NAN;
	case FILTER_PARENTS: lineage_parents(catalog->lineage, model, &count); return (double)count;
	case FILTER_CHILDREN: lineage_children(catalog->lineage, model, &count); return (double)count;
	default: return NAN;
	}
}

static bool number_fits(const struct filter_term *term, double number)
{
	switch (term->operator) {
	case OPERATOR_LESS: return number < term->low;
	case OPERATOR_AT_MOST: return number <= term->high;
	case OPERATOR_MORE: return number > term->high;
	case OPERATOR_AT_LEAST: return number >= term->low;
	case OPERATOR_NOT: return number < term->low || number > term->high;
	default: return number >= term->low && number <= term->high;
	}
}

static bool is_merge(const struct catalog *catalog, size_t model)
{
	size_t count;

	lineage_parents(catalog->lineage, model, &count);
	return count > 1 || catalog->models[model].kind == KIND_MERGE;
}

static bool text_field_fits(const struct filter *filter, const struct filter_term *term, size_t model)
{
	const char *kind = kind_name(filter->catalog->models[model].kind);

	switch (term->field) {
	case FILTER_FAMILY: return filter->family[model] & term->family;
	case FILTER_OWNER: return owner_fits(filter, term, model);
	case FILTER_ARCH: return term->values[filter->columns[FILTER_COLUMN_ARCH].number[model]];
	case FILTER_LICENSE: return term->values[filter->columns[FILTER_COLUMN_LICENSE].number[model]];
	case FILTER_PROVIDER: return term->values[filter->columns[FILTER_COLUMN_PROVIDER].number[model]];
	case FILTER_SETTING: return term->values[filter->columns[FILTER_COLUMN_SETTING].number[model]];
	case FILTER_KIND: return text_fits(term, kind, strlen(kind));
	case FILTER_CONTAINS: return name_fits(filter, term, model);
	default: return false;
	}
}

static bool term_fits(const struct filter *filter, const struct filter_term *term, size_t model)
{
	const struct catalog_model *facts = &filter->catalog->models[model];

	switch (term->field) {
	case FILTER_SCORED: return facts->scored;
	case FILTER_UNSCORED: return !facts->scored;
	case FILTER_MERGE: return is_merge(filter->catalog, model);
	case FILTER_OPEN: return facts->open_weights == ANSWER_YES;
	case FILTER_REASONING: return facts->reasoning == ANSWER_YES;
	case FILTER_FLAGGED:
		return facts->suspect || (filter->catalog->flags &&
					  filter->catalog->flags[model] == FLAG_SELF);
	case FILTER_SUSPECT:
		return facts->suspect || (filter->catalog->flags &&
					  filter->catalog->flags[model] != FLAG_NONE);
	case FILTER_ANOMALOUS: return filter->catalog->anomalous && filter->catalog->anomalous[model];
	default: break;
	}
	if (filter_type(term->field) != TYPE_TEXT)
		return number_fits(term, number_of(filter, term, model));
	return text_field_fits(filter, term, model) != (term->operator == OPERATOR_NOT);
}

bool filter_terms_fit(const struct filter *filter, size_t model)
{
	for (size_t i = 0; i < filter->line.count; i++)
		if (filter->line.terms[i].field != FILTER_PREDICTED &&
		    term_fits(filter, &filter->line.terms[i], model) == filter->line.terms[i].negated)
			return false;
	return true;
}

bool filter_asks_predictions(const struct filter *filter)
{
	for (size_t i = 0; i < filter->line.count; i++)
		if (filter->line.terms[i].field == FILTER_PREDICTED)
			return true;
	return false;
}

bool filter_predictions_fit(struct filter *filter, size_t model)
{
	for (size_t i = 0; i < filter->line.count; i++) {
		const struct filter_term *term = &filter->line.terms[i];
		double *value = filter->answers[i].value;
		if (term->field != FILTER_PREDICTED)
			continue;
		if (isinf(value[model]))
			value[model] = filter->predict(filter->predict_context, model,
						       &filter->line.targets[term->target].engine);
		if (number_fits(term, value[model]) == term->negated)
			return false;
	}
	return true;
}
