/* Reading a filter line. */
#include "filter.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	struct filter_field_info info;
	enum filter_type type;
} fields[] = {
#define X(symbol, word, type, example, help) {{word, example, help}, TYPE_##type},
	FILTER_FIELD_TABLE(X)
#undef X
};

const struct filter_field_info *filter_field_info(enum filter_field field)
{
	return &fields[field].info;
}

enum filter_type filter_type(enum filter_field field)
{
	return field == FILTER_SCORE || field == FILTER_PREDICTED ? TYPE_NUMBER
	     : field == FILTER_CONTAINS ? TYPE_TEXT
					: fields[field].type;
}

static const char *const signs[] = {
#define X(symbol, sign) sign,
	FILTER_OPERATOR_TABLE(X)
#undef X
};

struct reader {
	const char *text, *at;
	const struct filter_asking *asking;
	struct filter_line *line;
	struct error *error;
};

static enum status fail(const struct reader *reader, const char *at, const char *what,
			const char *advice)
{
	error_set(reader->error, STATUS_USAGE, "%s", what);
	error_advise(reader->error, "%s", advice);
	error_locate(reader->error, "", 0, (long)(at - reader->text) + 1);
	return STATUS_USAGE;
}

static void skip_blanks(struct reader *reader)
{
	while (isspace((unsigned char)*reader->at)) /* what ends a word, or it is read for ever */
		reader->at++;
}

/* The operator at `at`, OPERATOR_COUNT when there is none. */
static enum filter_operator operator_at(const char *at)
{
	enum filter_operator operator = 0;

	while (operator < OPERATOR_COUNT && strncmp(at, signs[operator], strlen(signs[operator])) != 0)
		operator++;
	return operator;
}

/* Reads up to a blank (or, with `to_operator`, an operator), or what stands
 * between quotes; false when it is too long. */
static bool read_word(struct reader *reader, bool to_operator, char *word, bool *quoted)
{
	size_t length = 0;
	const char *at = reader->at;

	*quoted = *at == '"';
	at += *quoted;
	for (; *at && length < FILTER_VALUE_MAX - 1; at++) {
		if (*quoted ? *at == '"' : isspace((unsigned char)*at) != 0)
			break;
		if (!*quoted && to_operator && operator_at(at) != OPERATOR_COUNT)
			break;
		word[length++] = *at;
	}
	word[length] = '\0';
	reader->at = at + (*quoted && *at == '"');
	return length < FILTER_VALUE_MAX - 1;
}

/* ---- values -------------------------------------------------------------------- */

/* "40" or "7.2": with = all that round to it. */
static bool read_number(const char *text, bool size, struct filter_term *term)
{
	const char *digits = text + (*text == '-' || *text == '+');
	char *end;

	if (!isdigit((unsigned char)*digits) && *digits != '.')
		return false;
	double value = strtod(text, &end), unit = 1;
	const char *point = strchr(text, '.');
	if (end == text || strchr(digits, 'x') || strchr(digits, 'X'))
		return false;
	if (point && point < end)
		unit = pow(10, -(double)(end - point - 1));
	double scale = 1;
	if (size && strcasecmp(end, "m") == 0)
		scale = 0.001, end++;
	else if (size && strcasecmp(end, "b") == 0)
		end++;
	bool equal = term->operator == OPERATOR_EQUAL || term->operator == OPERATOR_NOT ||
		     term->operator == OPERATOR_HAS;
	term->low = scale * (value - (equal ? unit / 2 : 0));
	term->high = scale * (value + (equal ? unit / 2 : 0));
	return *end == '\0';
}

/* A year, month or day stands for all its days. */
static bool read_date(const char *text, struct filter_term *term)
{
	unsigned int year, month = 0, day = 0;
	int length = 0;
	char first[48], next[48];

	if (sscanf(text, "%4u%n-%2u%n-%2u%n", &year, &length, &month, &length, &day, &length) < 1 ||
	    strlen(text) != (size_t)length || (length != 4 && length != 7 && length != 10) || year < 1000)
		return false;
	snprintf(first, sizeof first, "%04u-%02u-%02u", year, length > 4 ? month : 1,
		 length > 7 ? day : 1);
	snprintf(next, sizeof next, "%04u-%02u-01", length == 4 || month == 12 ? year + 1 : year,
		 length == 4 || month == 12 ? 1 : month + 1);
	term->low = date_days(first);
	term->high = length > 7 ? term->low : date_days(next) - 1;
	return !isnan(term->low) && !isnan(term->high);
}

static enum status fail_value(const struct reader *reader, const char *at, const char *field,
			      enum filter_type type, const char *example)
{
	char what[160];

	snprintf(what, sizeof what, "%.80s: %s is expected", field,
		 type == TYPE_NUMBER ? "a number"
		 : type == TYPE_DATE ? "2024, 2024-06 or 2024-06-30"
				     : "a text");
	return fail(reader, at, what, example);
}

static enum status read_value(struct reader *reader, const char *field, struct filter_term *term)
{
	enum filter_type type = filter_type(term->field);
	const char *at = reader->at;
	char value[FILTER_VALUE_MAX], example[160];
	bool quoted;

	if (term->field >= FILTER_FIELD_COUNT)
		snprintf(example, sizeof example, "as in %s > 40", field);
	else
		snprintf(example, sizeof example, "as in %s", fields[term->field].info.example);
	bool fits = read_word(reader, false, value, &quoted) && value[0];
	if (fits && type == TYPE_NUMBER)
		fits = read_number(value, term->field == FILTER_SIZE, term);
	else if (fits && type == TYPE_DATE)
		fits = read_date(value, term);
	if (!fits)
		return fail_value(reader, at, field, type, example);
	for (term->length = 0; value[term->length]; term->length++)
		term->value[term->length] = filter_lower(value[term->length]);
	return STATUS_OK;
}

/* ---- terms --------------------------------------------------------------------- */

static enum filter_field find_field(const char *word)
{
	enum filter_field field = 0;

	while (field < FILTER_FIELD_COUNT && strcasecmp(fields[field].info.word, word) != 0)
		field++;
	return field;
}

#define NAMED_MAX 6 /* benchmarks in the advice */

static enum status fail_field(const struct reader *reader, const char *at, const char *word)
{
	const struct catalog *catalog = reader->asking->catalog;
	char what[160], advice[400];
	size_t length = 0;

	snprintf(what, sizeof what, "no field %.80s", word);
	length += (size_t)snprintf(advice, sizeof advice, "fields are");
	for (size_t b = 0; b < catalog->benchmark_count && b < NAMED_MAX; b++)
		length += (size_t)snprintf(advice + length, sizeof advice - length, " %.20s",
					   catalog->benchmarks[b].key);
	if (catalog->benchmark_count > NAMED_MAX)
		length += (size_t)snprintf(advice + length, sizeof advice - length, " and %zu other benchmarks,",
					   catalog->benchmark_count - NAMED_MAX);
	length += (size_t)snprintf(advice + length, sizeof advice - length, " %s", TARGET_AVERAGE);
	for (int i = 0; i < FILTER_FIELD_COUNT && length < sizeof advice; i++)
		if (fields[i].type != TYPE_FLAG)
			length += (size_t)snprintf(advice + length, sizeof advice - length, " %s",
						   fields[i].info.word);
	return fail(reader, at, what, advice);
}

/* A benchmark or a target; `predicted` when the word pred stands behind it. */
static enum status read_target(struct reader *reader, const char *at, const char *word, bool predicted,
			       struct filter_term *term)
{
	struct filter_line *line = reader->line;

	if (!*word || line->target_count == FILTER_TERMS_MAX ||
	    target_parse(reader->asking->catalog, &reader->asking->names, word, &line->targets[line->target_count],
			 NULL, NULL) != STATUS_OK)
		return fail_field(reader, at, *word ? word : "before the sign");
	term->target = (uint8_t)line->target_count++; /* the line's from now on, also where what follows fails */
	if (predicted && !reader->asking->predicted)
		return fail(reader, at, "nothing is predicted before the fit", "F fits");
	term->field = predicted ? FILTER_PREDICTED : FILTER_SCORE;
	return STATUS_OK;
}

static enum status read_comparison(struct reader *reader, const char *at, const char *word, bool predicted,
				   struct filter_term *term)
{
	term->field = predicted ? FILTER_FIELD_COUNT : find_field(word);
	term->operator = operator_at(reader->at);
	reader->at += strlen(signs[term->operator]);
	skip_blanks(reader);
	if (term->field == FILTER_FIELD_COUNT || filter_type(term->field) == TYPE_FLAG) {
		enum status status = read_target(reader, at, word, predicted, term);
		if (status != STATUS_OK)
			return status;
	}
	if (filter_type(term->field) == TYPE_TEXT && term->operator < OPERATOR_EQUAL &&
	    term->operator != OPERATOR_NOT)
		return fail(reader, at, "a text is compared with : (contains) or =",
			    fields[term->field].info.example);
	if (term->field == FILTER_Z && !reader->asking->z)
		return fail(reader, at, "z is not known before the fit", "F fits");
	return read_value(reader, word, term);
}

static enum status add_term(struct reader *reader, const char *at, const struct filter_term *term)
{
	struct filter_line *line = reader->line;

	if (line->count == FILTER_TERMS_MAX)
		return fail(reader, at, "too many terms", "16 are the most");
	line->terms[line->count++] = *term;
	return STATUS_OK;
}

/* A bare word: a property, a part of the name, or letters for the name. */
static enum status add_word(struct reader *reader, const char *at, const char *word, bool quoted,
			    struct filter_term *term)
{
	struct filter_line *line = reader->line;

	if (!*word)
		return STATUS_OK; /* a ! or a quote that has just been typed */
	term->field = quoted ? FILTER_FIELD_COUNT : find_field(word);
	if (term->field < FILTER_FIELD_COUNT && filter_type(term->field) == TYPE_FLAG)
		return add_term(reader, at, term);
	if (!*reader->at)
		snprintf(line->last, sizeof line->last, "%s", quoted ? "" : word);
	if (quoted || term->negated) {
		term->field = FILTER_CONTAINS;
		for (; word[term->length]; term->length++)
			term->value[term->length] = filter_lower(word[term->length]);
		return add_term(reader, at, term);
	}
	if (line->words_length + strlen(word) + 2 > sizeof line->words)
		return fail(reader, at, "too many letters", "fewer will do");
	line->words_length += (size_t)snprintf(line->words + line->words_length,
					       sizeof line->words - line->words_length, "%s%s",
					       line->words_length ? " " : "", word);
	return STATUS_OK;
}

/* Passes over "pred" where a sign follows it. */
static bool skip_predicted(struct reader *reader)
{
	const char *begin = reader->at;

	if (strncasecmp(begin, "pred", 4) != 0)
		return false;
	reader->at += 4;
	skip_blanks(reader);
	if (operator_at(reader->at) != OPERATOR_COUNT)
		return true;
	reader->at = begin;
	return false;
}

static enum status read_term(struct reader *reader)
{
	struct filter_term term = {.operator = OPERATOR_HAS};
	const char *at = reader->at;
	char word[FILTER_VALUE_MAX];
	bool quoted;

	while (*reader->at == '!' && reader->at[1] != '=') {
		term.negated = !term.negated;
		reader->at++;
	}
	if (!read_word(reader, true, word, &quoted))
		return fail(reader, at, "a word is too long", "fewer letters will do");
	const char *end = reader->at;
	skip_blanks(reader);
	bool predicted = !quoted && skip_predicted(reader);
	if (!quoted && operator_at(reader->at) != OPERATOR_COUNT) {
		enum status status = read_comparison(reader, at, word, predicted, &term);
		return status == STATUS_OK ? add_term(reader, at, &term) : status;
	}
	reader->at = end;
	return add_word(reader, at, word, quoted, &term);
}

enum status filter_parse(const char *text, const struct filter_asking *asking, struct filter_line *line,
			 struct error *error)
{
	struct reader reader = {text, text, asking, line, error};
	enum status status = STATUS_OK;

	*line = (struct filter_line){0};
	for (skip_blanks(&reader); *reader.at && status == STATUS_OK; skip_blanks(&reader))
		status = read_term(&reader);
	return status;
}

void filter_line_free(struct filter_line *line)
{
	for (size_t i = 0; i < line->target_count; i++)
		target_free(&line->targets[i]);
	line->target_count = 0;
}
