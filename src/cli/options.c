#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/number.h"
#include "stemma/base/text.h"
#include "stemma/engine/engine.h"
#include "stemma/formats/mergekit.h"
#include "stemma/base/suggest.h"

const char *const prior_words[] = {
#define X(symbol, word, help) word,
	PRIOR_TABLE(X)
#undef X
	NULL
};
const char *const method_words[] = {
#define X(symbol, word, ...) word,
	MERGE_METHOD_TABLE(X)
#undef X
	NULL
};

/* getopt_long() returns this plus the position of a spec over all groups. */
#define FIRST_CODE 256

static const struct option_spec *spec_at(const struct option_group *groups, size_t position,
					 const struct option_group **group)
{
	for (*group = groups; position >= (*group)->count; (*group)++)
		position -= (*group)->count;
	return &(*group)->specs[position];
}

static size_t spec_total(const struct option_group *groups, size_t group_count)
{
	size_t total = 0;

	for (size_t i = 0; i < group_count; i++)
		total += groups[i].count;
	return total;
}

/* ---- values ----------------------------------------------------------------- */

static enum status bad_value(const struct option_spec *spec, const char *value,
			     const char *advice, struct error *error)
{
	error_set(error, STATUS_USAGE, "--%s does not take '%s'", spec->name, value);
	return error_advise(error, "%s", advice);
}

static enum status set_number(const struct option_spec *spec, uint64_t *target,
			      const char *value, struct error *error)
{
	return number_read(value, target) ? STATUS_OK
		: bad_value(spec, value, "it takes a whole number from 0 up", error);
}

static enum status bad_choice(const struct option_spec *spec, const char *value,
			      struct error *error)
{
	const char *nearest = suggest_nearest(value, spec->choices);
	struct text advice = {0};

	if (nearest)
		text_append_format(&advice, "did you mean '%s'?", nearest);
	else
		text_append(&advice, "it takes ");
	for (size_t i = 0; !nearest && spec->choices[i]; i++)
		text_append_format(&advice, "%s%s", i ? ", " : "", spec->choices[i]);
	bad_value(spec, value, text_string(&advice), error);
	text_free(&advice);
	return STATUS_USAGE;
}

static enum status set_choice(const struct option_spec *spec, int *target, const char *value,
			      struct error *error)
{
	for (int i = 0; spec->choices[i]; i++)
		if (!strcmp(spec->choices[i], value)) {
			*target = i;
			return STATUS_OK;
		}
	return bad_choice(spec, value, error);
}

static void append(struct option_list *list, const char *value)
{
	list->values = memory_grow(list->values, list->count, &list->capacity,
				   sizeof *list->values);
	list->values[list->count++] = value;
}

static enum status set_option(const struct option_spec *spec, void *options, const char *value,
			      struct error *error)
{
	void *target = (char *)options + spec->offset;

	switch (spec->kind) {
	case OPTION_FLAG:   *(bool *)target = true; break;
	case OPTION_TEXT:   *(const char **)target = value; break;
	case OPTION_LIST:   append(target, value); break;
	case OPTION_NUMBER: return set_number(spec, target, value, error);
	case OPTION_CHOICE: return set_choice(spec, target, value, error);
	}
	return STATUS_OK;
}

/* ---- faults ----------------------------------------------------------------- */

static enum status unknown_option(const struct option_group *groups, size_t group_count,
				  const char *word, struct error *error)
{
	size_t total = spec_total(groups, group_count);
	const char **names = memory_zero(total + 1, sizeof *names);
	const struct option_group *group;
	char *name = memory_string_slice(word, strcspn(word, "="));

	for (size_t i = 0; i < total; i++)
		names[i] = spec_at(groups, i, &group)->name;
	const char *nearest = strncmp(name, "--", 2) ? NULL : suggest_nearest(name + 2, names);
	error_set(error, STATUS_USAGE, "unknown option '%s'", name);
	if (nearest)
		error_advise(error, "did you mean '--%s'?", nearest);
	else
		error_advise(error, "--help lists the options");
	free(name);
	free(names);
	return STATUS_USAGE;
}

/* getopt_long() said '?': the option is unknown, ambiguous, or got a value
 * that it does not take. */
static enum status refused_option(const struct option_group *groups, size_t group_count,
				  char **argv, struct error *error)
{
	const struct option_group *group;
	char letter[3] = {'-', (char)optopt, '\0'};

	if (optopt >= FIRST_CODE) {
		const char *name = spec_at(groups, (size_t)(optopt - FIRST_CODE), &group)->name;
		return error_set(error, STATUS_USAGE, "--%s takes no value", name);
	}
	return unknown_option(groups, group_count, optopt ? letter : argv[optind - 1], error);
}

static enum status missing_value(const char *word, struct error *error)
{
	error_set(error, STATUS_USAGE, "option '%s' needs a value", word);
	return error_advise(error, "--help lists the options");
}

static bool is_given(const struct option_group *group, const bool *given, const char *name)
{
	for (size_t i = 0; i < group->count; i++)
		if (strcmp(group->specs[i].name, name) == 0)
			return given[i];
	return false;
}

/* Options that would do nothing alone. */
static enum status check_needs(const struct option_group *group, const bool *given, struct error *error)
{
	for (const struct option_need *need = group->needs; need && need->option; need++)
		if (is_given(group, given, need->option) && !is_given(group, given, need->needs))
			return error_set(error, STATUS_USAGE, "--%s needs --%s", need->option, need->needs);
	return STATUS_OK;
}

/* ---- parsing ---------------------------------------------------------------- */

/* The option table of getopt_long() and its letters, from the specs. */
static struct option *long_options(const struct option_group *groups, size_t total,
				   struct text *letters)
{
	struct option *longs = memory_zero(total + 1, sizeof *longs);
	const struct option_group *group;

	text_append(letters, ":");
	for (size_t i = 0; i < total; i++) {
		const struct option_spec *spec = spec_at(groups, i, &group);
		longs[i].name = spec->name;
		longs[i].has_arg = spec->kind == OPTION_FLAG ? no_argument : required_argument;
		longs[i].val = FIRST_CODE + (int)i;
		if (spec->letter)
			text_append_format(letters, "%c%s", spec->letter,
					   longs[i].has_arg ? ":" : "");
	}
	return longs;
}

/* The position of the spec that a code of getopt_long() stands for. */
static size_t code_position(const struct option_group *groups, size_t total, int code)
{
	const struct option_group *group;

	if (code >= FIRST_CODE)
		return (size_t)(code - FIRST_CODE);
	for (size_t i = 0; i < total; i++)
		if (spec_at(groups, i, &group)->letter == code)
			return i;
	return total;
}

enum status options_parse(const struct option_group *groups, size_t group_count, int argc,
			  char **argv, int *first, struct error *error)
{
	size_t total = spec_total(groups, group_count);
	struct text letters = {0};
	struct option *longs = long_options(groups, total, &letters);
	bool *given = memory_zero(total + 1, sizeof *given);
	const struct option_group *group;
	enum status status = STATUS_OK;
	int code;

	opterr = 0;
	optind = 0; /* glibc: start afresh */
	while (status == STATUS_OK &&
	       (code = getopt_long(argc, argv, text_string(&letters), longs, NULL)) != -1) {
		if (code == '?') {
			status = refused_option(groups, group_count, argv, error);
		} else if (code == ':') {
			status = missing_value(argv[optind - 1], error);
		} else {
			size_t position = code_position(groups, total, code);
			const struct option_spec *spec = spec_at(groups, position, &group);
			given[position] = true;
			status = set_option(spec, group->target, optarg, error);
		}
	}
	*first = optind;
	for (size_t i = 0, begin = 0; i < group_count && status == STATUS_OK; begin += groups[i++].count)
		status = check_needs(&groups[i], given + begin, error);
	free(given);
	free(longs);
	text_free(&letters);
	return status;
}

void options_free(const struct option_group *group)
{
	for (size_t i = 0; i < group->count; i++)
		if (group->specs[i].kind == OPTION_LIST) {
			struct option_list *list =
				(void *)((char *)group->target + group->specs[i].offset);
			free(list->values);
		}
}

/* ---- looking up and describing ---------------------------------------------- */

const struct option_spec *options_find(const struct option_spec *specs, size_t count,
				       const char *word)
{
	const struct option_spec *found = NULL;
	size_t length = strcspn(word, "=");

	for (size_t i = 0; i < count; i++) {
		const char *name = specs[i].name;
		if (word[1] != '-') {
			if (specs[i].letter == word[1])
				return &specs[i];
		} else if (!strncmp(name, word + 2, length - 2)) {
			if (strlen(name) == length - 2)
				return &specs[i];
			found = &specs[i];
		}
	}
	return found;
}

/* "  -m, --model NAME:WEIGHT" */
static void describe(struct text *out, const struct option_spec *spec)
{
	if (spec->letter)
		text_append_format(out, "  -%c, --%s", spec->letter, spec->name);
	else
		text_append_format(out, "      --%s", spec->name);
	if (spec->argument)
		text_append_format(out, " %s", spec->argument);
}

void options_print(FILE *out, const struct option_spec *specs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct text left = {0};
		describe(&left, &specs[i]);
		fprintf(out, "%-31s %s\n", text_string(&left), specs[i].help);
		text_free(&left);
	}
}
