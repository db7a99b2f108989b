#include "plan_until.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

static enum status fail_words(const char *words, struct error *error)
{
	error_set(error, STATUS_USAGE, "--until: \"%s\" is no question", words);
	return error_advise(error, "ask \"> 70\", \"< 70\", \"±2\" or \"MODEL > MODEL\"");
}

static bool read_number(const char *words, double *number)
{
	char *end;

	*number = strtod(words, &end);
	return end != words && !end[strspn(end, " ")] && isfinite(*number);
}

/* What stands behind "±" or "+-"; NULL. */
static const char *behind_within(const char *words)
{
	static const char *const signs[] = {"±", "+-", "+/-"};

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (strncmp(words, signs[i], strlen(signs[i])) == 0)
			return words + strlen(signs[i]);
	return NULL;
}

static enum status parse_models(const struct catalog *catalog, const char *words, struct plan_until *until,
				struct error *error)
{
	const char *sign = strpbrk(words, "<>");
	size_t length = sign ? (size_t)(sign - words) : 0;

	if (!sign)
		return fail_words(words, error);
	while (length > 0 && words[length - 1] == ' ')
		length--;
	char *first = memory_string_slice(words, length);
	bool less = *sign == '<';
	enum status status = catalog_resolve(catalog, first, &until->models[less], error);
	if (status == STATUS_OK)
		status = catalog_resolve(catalog, sign + 1 + strspn(sign + 1, " "), &until->models[!less], error);
	if (status == STATUS_OK && until->models[0] == until->models[1])
		status = error_set(error, STATUS_USAGE, "--until: a model is not better than itself");
	free(first);
	return status;
}

static enum status parse_level(const char *words, double *level, struct error *error)
{
	*level = 95;
	if (words && !(read_number(words, level) && *level > 50 && *level < 100))
		return error_set(error, STATUS_USAGE, "--level: expected percent above 50 and below 100, not \"%s\"", words);
	*level /= 100;
	return STATUS_OK;
}

enum status plan_until_parse(const struct catalog *catalog, const char *words, const char *level,
			     struct plan_until *until, struct error *error)
{
	*until = (struct plan_until){.models = {CATALOG_NONE, CATALOG_NONE}};
	enum status status = parse_level(level, &until->decision.level, error);

	if (status != STATUS_OK || !words)
		return status;
	until->asked = true;
	until->decision.kind = DECISION_ABOVE;
	words += strspn(words, " ");
	const char *within = behind_within(words);
	if (within) {
		until->decision.kind = DECISION_WITHIN;
		return read_number(within, &until->decision.threshold) && until->decision.threshold > 0
			       ? STATUS_OK : fail_words(words, error);
	}
	until->below = *words == '<';
	if (*words == '>' || *words == '<')
		return read_number(words + 1, &until->decision.threshold) ? STATUS_OK : fail_words(words, error);
	return parse_models(catalog, words, until, error);
}
