#include "stemma/app/description.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/suggest.h"

const struct description_info *description_info(enum description_field field)
{
	static const struct description_info infos[] = {
#define X(symbol, word, argument, help) {word, argument, help},
		DESCRIPTION_TABLE(X)
#undef X
	};

	return &infos[field];
}

void description_free(struct description *description)
{
	for (int i = 0; i < DESCRIPTION_COUNT; i++)
		free(description->text[i]);
	*description = (struct description){0};
}

static bool is_number(enum description_field field)
{
	return strcmp(description_info(field)->argument, "NUMBER") == 0;
}

static bool read_number(const char *text, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return end != text && !*end && !isnan(*value);
}

static enum status unknown_word(const char *word, size_t length, struct error *error)
{
	const char *words[DESCRIPTION_COUNT + 1] = {NULL};
	char *copy = memory_string_slice(word, length);

	for (int i = 0; i < DESCRIPTION_COUNT; i++)
		words[i] = description_info((enum description_field)i)->word;
	const char *nearest = suggest_nearest(copy, words);
	error_set(error, STATUS_USAGE, "a benchmark has no '%s'", copy);
	error_advise(error, nearest ? "did you mean '%s'?" : "as in %s=0", nearest ? nearest : "lower");
	free(copy);
	return STATUS_USAGE;
}

enum status description_add(struct description *description, const char *word, struct error *error)
{
	size_t length = strcspn(word, "=");
	const char *value = word + length + (word[length] == '=');
	int field = 0;
	double number;

	while (field < DESCRIPTION_COUNT &&
	       (strncmp(description_info((enum description_field)field)->word, word, length) != 0 ||
		description_info((enum description_field)field)->word[length]))
		field++;
	if (field == DESCRIPTION_COUNT)
		return unknown_word(word, length, error);
	const struct description_info *info = description_info((enum description_field)field);
	bool answer = field == DESCRIPTION_HIGHER;
	if (!*value || (is_number((enum description_field)field) && !read_number(value, &number)) ||
	    (answer && strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)) {
		error_set(error, STATUS_USAGE, "%s does not take '%s'", info->word, value);
		return error_advise(error, "%s=%s: %s", info->word, info->argument, info->help);
	}
	free(description->text[field]);
	description->text[field] = memory_string(value);
	return STATUS_OK;
}

static void take_number(const struct description *description, enum description_field field, double *value)
{
	if (description->text[field])
		read_number(description->text[field], value);
}

enum status description_put(const struct description *description, const char *key, struct store *store,
			    struct error *error)
{
	char *const *text = description->text;
	struct benchmark_facts facts = benchmark_facts_of(key);
	enum change change;

	facts.title = text[DESCRIPTION_TITLE];
	facts.suite = text[DESCRIPTION_SUITE];
	facts.metric = text[DESCRIPTION_METRIC];
	facts.unit = text[DESCRIPTION_UNIT];
	facts.family = text[DESCRIPTION_FAMILY];
	take_number(description, DESCRIPTION_LOWER, &facts.lower);
	take_number(description, DESCRIPTION_UPPER, &facts.upper);
	take_number(description, DESCRIPTION_CHANCE, &facts.chance);
	take_number(description, DESCRIPTION_INSTANCES, &facts.instances);
	if (text[DESCRIPTION_HIGHER])
		facts.higher_is_better = strcmp(text[DESCRIPTION_HIGHER], "yes") == 0 ? ANSWER_YES : ANSWER_NO;
	facts.source = "user";
	facts.rank = RANK_USER;
	return store_put_benchmark(store, &facts, &change, error);
}

static void write_text(struct text *out, enum description_field field, const char *value)
{
	if (!value)
		return;
	text_append_format(out, "%s%s=", out->length ? " " : "", description_info(field)->word);
	for (; *value; value++) {
		if (strchr(" \"\\", *value))
			text_append(out, "\\");
		text_append_bytes(out, value, 1);
	}
}

static void write_number(struct text *out, enum description_field field, double value)
{
	char number[40];

	snprintf(number, sizeof number, "%g", value);
	if (!isnan(value))
		write_text(out, field, number);
}

void description_write(const struct catalog_benchmark *benchmark, struct text *out)
{
	struct text words = {0};

	write_text(&words, DESCRIPTION_TITLE, benchmark->title);
	write_text(&words, DESCRIPTION_SUITE, benchmark->suite);
	write_text(&words, DESCRIPTION_METRIC, benchmark->metric);
	write_text(&words, DESCRIPTION_UNIT, benchmark->unit);
	write_text(&words, DESCRIPTION_FAMILY, benchmark->family);
	write_number(&words, DESCRIPTION_LOWER, benchmark->lower);
	write_number(&words, DESCRIPTION_UPPER, benchmark->upper);
	write_number(&words, DESCRIPTION_CHANCE, benchmark->chance);
	write_number(&words, DESCRIPTION_INSTANCES, benchmark->instances);
	write_text(&words, DESCRIPTION_HIGHER, benchmark->higher_is_better ? "yes" : "no");
	text_append(out, text_string(&words));
	text_free(&words);
}
