#include "stemma/app/prices.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "stemma/base/memory.h"
#include "stemma/base/user_path.h"
#include "stemma/formats/prices.h"

/* A row of the user's table. */
struct own_price {
	char *benchmark;
	double questions, tokens, seconds;
};

struct prices {
	const struct catalog *catalog;
	struct own_price *rows;
	size_t count, capacity;
};

/* ---- words ------------------------------------------------------------------------------------- */

static const char *const unit_words[] = {
#define X(symbol, word, brief) word,
	PRICE_UNIT_TABLE(X)
#undef X
};
static const char *const unit_briefs[] = {
#define X(symbol, word, brief) brief,
	PRICE_UNIT_TABLE(X)
#undef X
};
static const char *const origin_words[] = {
#define X(symbol, word) word,
	PRICE_ORIGIN_TABLE(X)
#undef X
};

const char *price_unit_name(enum price_unit unit)
{
	return unit_words[unit];
}

const char *price_origin_name(enum price_origin origin)
{
	return origin_words[origin];
}

/* "questions", "question" or "q". */
static bool is_unit(const char *word, enum price_unit unit)
{
	size_t length = strlen(unit_words[unit]);

	return strcasecmp(word, unit_words[unit]) == 0 || strcasecmp(word, unit_briefs[unit]) == 0 ||
	       (strlen(word) == length - 1 && strncasecmp(word, unit_words[unit], length - 1) == 0);
}

bool price_parse(const char *words, double *amount, enum price_unit *unit)
{
	char *rest;

	*amount = strtod(words, &rest);
	if (rest == words || !(*amount > 0) || isinf(*amount))
		return false;
	if (*rest == 'k' || *rest == 'M')
		*amount *= *rest++ == 'k' ? 1e3 : 1e6;
	while (*rest == ' ')
		rest++;
	*unit = PRICE_QUESTIONS;
	if (!*rest)
		return true;
	if (strcmp(rest, "h") == 0 || strcmp(rest, "hours") == 0 || strcmp(rest, "hour") == 0) {
		*amount *= 60;
		*unit = PRICE_MINUTES;
		return true;
	}
	for (*unit = 0; *unit < PRICE_UNITS; ++*unit)
		if (is_unit(rest, *unit))
			return true;
	return false;
}

/* ---- the user's table --------------------------------------------------------------------------- */

static void add_row(void *context, const struct price_row *row)
{
	struct prices *prices = context;

	prices->rows = memory_grow(prices->rows, prices->count, &prices->capacity, sizeof *prices->rows);
	prices->rows[prices->count++] =
		(struct own_price){memory_string(row->benchmark), row->questions, row->tokens, row->seconds};
}

enum status prices_open(const struct catalog *catalog, const char *path, struct prices **result, struct error *error)
{
	char *own = path ? NULL : user_path("XDG_CONFIG_HOME", ".config", "prices.csv");
	struct prices *prices = memory_zero(1, sizeof *prices);
	enum status status = STATUS_OK;

	prices->catalog = catalog;
	if (path || (own && access(own, F_OK) == 0))
		status = prices_read(path ? path : own, add_row, prices, error);
	free(own);
	if (status == STATUS_OK)
		*result = prices;
	else
		prices_close(prices);
	return status;
}

void prices_close(struct prices *prices)
{
	if (!prices)
		return;
	for (size_t i = 0; i < prices->count; i++)
		free(prices->rows[i].benchmark);
	free(prices->rows);
	free(prices);
}

/* What a row says of a unit. */
static double row_value(const struct own_price *row, enum price_unit unit)
{
	return unit == PRICE_QUESTIONS ? row->questions : unit == PRICE_TOKENS ? row->tokens : row->seconds;
}

/* The last row for this name that says it; NAN. */
static double find_row(const struct prices *prices, const char *name, enum price_unit unit)
{
	double value = NAN;

	for (size_t i = 0; name && i < prices->count; i++)
		if (strcasecmp(prices->rows[i].benchmark, name) == 0 && !isnan(row_value(&prices->rows[i], unit)))
			value = row_value(&prices->rows[i], unit);
	return value;
}

/* The value of the benchmark's own row, or its family's or suite's, or of the row for all. */
static double look_up(const struct prices *prices, const struct catalog_benchmark *benchmark, enum price_unit unit,
		      enum price_origin *origin)
{
	const char *const names[] = {benchmark->key, benchmark->family, benchmark->suite, "*"};

	for (*origin = PRICE_ORIGIN_OWN; *origin < PRICE_ORIGIN_ASSUMED; ++*origin) {
		double value = find_row(prices, names[*origin], unit);
		if (!isnan(value))
			return value;
	}
	return NAN;
}

/* ---- questions of others -------------------------------------------------------------------------- */

static bool same_word(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

static int compare_numbers(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* The median of the numbers of questions in its family, its suite, or among all; NAN without any. */
static double median_questions(const struct catalog *catalog, const struct catalog_benchmark *like,
			       enum price_origin origin)
{
	double *known = memory_allocate(catalog->benchmark_count + 1, sizeof *known), median = NAN;
	size_t count = 0;

	for (size_t b = 0; b < catalog->benchmark_count; b++) {
		const struct catalog_benchmark *other = &catalog->benchmarks[b];
		bool alike = origin == PRICE_ORIGIN_FAMILY ? same_word(other->family, like->family)
			   : origin == PRICE_ORIGIN_SUITE ? same_word(other->suite, like->suite) : true;
		if (alike && !isnan(other->instances))
			known[count++] = other->instances;
	}
	qsort(known, count, sizeof *known, compare_numbers);
	if (count > 0)
		median = known[count / 2];
	free(known);
	return median;
}

/* How many questions it has: by the user's row for it and its facts, else by others. */
static double count_questions(const struct prices *prices, const struct catalog_benchmark *benchmark,
			      enum price_origin *origin)
{
	double questions = find_row(prices, benchmark->key, PRICE_QUESTIONS);

	*origin = PRICE_ORIGIN_OWN;
	if (isnan(questions))
		questions = benchmark->instances;
	if (isnan(questions))
		questions = look_up(prices, benchmark, PRICE_QUESTIONS, origin);
	for (enum price_origin from = PRICE_ORIGIN_FAMILY; isnan(questions) && from < PRICE_ORIGIN_ASSUMED; from++) {
		questions = median_questions(prices->catalog, benchmark, from);
		*origin = from;
	}
	if (!isnan(questions))
		return questions;
	*origin = PRICE_ORIGIN_ASSUMED;
	return PRICE_QUESTIONS_ASSUMED;
}

struct price prices_of(const struct prices *prices, size_t benchmark, enum price_unit unit)
{
	const struct catalog_benchmark *facts = &prices->catalog->benchmarks[benchmark];
	enum price_origin questions_origin, origin = PRICE_ORIGIN_OWN;
	double questions = count_questions(prices, facts, &questions_origin), each = 1;

	if (unit != PRICE_QUESTIONS)
		each = look_up(prices, facts, unit, &origin);
	if (isnan(each))
		each = unit == PRICE_TOKENS ? PRICE_TOKENS_ASSUMED : PRICE_SECONDS_ASSUMED;
	if (unit == PRICE_MINUTES)
		each /= 60;
	return (struct price){
		.questions = questions_origin <= PRICE_ORIGIN_FAMILY ? questions : NAN,
		.whole = each * questions,
		.origin = origin > questions_origin ? origin : questions_origin,
	};
}
