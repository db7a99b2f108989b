/* Descriptions of benchmarks, one a row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "csv.h"
#include "origin.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "tables.h"

#define ALIASES_MAX 64

struct description_columns {
	int key, title, suite, source, metric, unit, lower, upper, chance, higher, lower_is_better, instances, family,
		duplicate_of, alias, percentage;
};

static struct description_columns description_columns(const struct csv *csv)
{
	static const char *const alias_words[] = {"alias", "aliases", NULL};
	static const char *const instance_words[] = {"instances", "questions", NULL};
	int key = csv_column(csv, "key");

	return (struct description_columns){
		.key = key >= 0 ? key : csv_column(csv, "benchmark"), .title = csv_column(csv, "title"),
		.suite = csv_column(csv, "suite"), .source = csv_column(csv, "source"),
		.metric = csv_column(csv, "metric"), .unit = csv_column(csv, "unit"),
		.lower = csv_column(csv, "lower"), .upper = csv_column(csv, "upper"),
		.chance = csv_column(csv, "chance"), .higher = csv_column(csv, "higher_is_better"),
		.lower_is_better = csv_column(csv, "lower_is_better"),
		.instances = csv_column_of(csv, instance_words), .family = csv_column(csv, "family"),
		.duplicate_of = csv_column(csv, "duplicate_of"), .alias = csv_column_of(csv, alias_words),
		.percentage = csv_column(csv, "percentage"),
	};
}

/* A number of the row; what is none is told and left out. */
static double described_number(const struct csv *csv, int column)
{
	bool bad;
	double number = csv_number(csv, column, &bad);

	if (bad)
		csv_refuse(csv, column);
	return number;
}

/* An end of the scale: where there is a column for it, an empty field is an open end. */
static double described_bound(const struct csv *csv, int column, double open)
{
	const char *field = csv_field(csv, column);

	if (column < 0)
		return NAN;
	if (csv_is_missing(field) || strcasecmp(field, "open") == 0 ||
	    strcasecmp(field + strspn(field, "+-"), "inf") == 0)
		return open;
	return described_number(csv, column);
}

static enum answer described_direction(const struct csv *csv, const struct description_columns *columns)
{
	enum answer higher = csv_answer(csv, columns->higher), lower = csv_answer(csv, columns->lower_is_better);

	if (higher != ANSWER_UNKNOWN || lower == ANSWER_UNKNOWN)
		return higher;
	return lower == ANSWER_YES ? ANSWER_NO : ANSWER_YES;
}

/* Cuts the field of aliases into names; returns how many. */
static size_t split_aliases(char *field, const char **aliases)
{
	size_t count = 0;

	for (char *next = strtok(field, ";|,"); next && count < ALIASES_MAX; next = strtok(NULL, ";|,")) {
		next += strspn(next, " ");
		size_t length = strlen(next);
		while (length > 0 && next[length - 1] == ' ')
			next[--length] = '\0';
		if (length > 0)
			aliases[count++] = next;
	}
	return count;
}

/* "1" says points of 100, "0" something else. */
static void describe_percentage(const struct csv *csv, int column, struct benchmark_facts *facts)
{
	enum answer percentage = csv_answer(csv, column);

	if (percentage == ANSWER_UNKNOWN)
		return;
	facts->lower = percentage == ANSWER_YES ? 0 : -INFINITY;
	facts->upper = percentage == ANSWER_YES ? 100 : INFINITY;
}

static void benchmarks_row(struct source *source, const struct csv *csv, const struct description_columns *columns,
			   const char *folder)
{
	char *key = benchmark_key(csv_field(csv, columns->key));
	char *duplicate = benchmark_key(csv_field(csv, columns->duplicate_of));
	char *field = memory_string(csv_field(csv, columns->alias));
	const char *aliases[ALIASES_MAX], *suite = csv_text(csv, columns->suite);

	suite = suite ? suite : csv_text(csv, columns->source);
	struct record record = {.type = RECORD_BENCHMARK, .line = csv->line, .of.benchmark = {
		.key = key, .title = csv_text(csv, columns->title),
		.suite = suite ? suite : folder, .apart = true, .metric = csv_text(csv, columns->metric),
		.unit = csv_text(csv, columns->unit), .family = csv_text(csv, columns->family),
		.duplicate_of = duplicate, .lower = described_bound(csv, columns->lower, -INFINITY),
		.upper = described_bound(csv, columns->upper, INFINITY),
		.chance = described_number(csv, columns->chance),
		.higher_is_better = described_direction(csv, columns),
		.instances = described_number(csv, columns->instances), .aliases = aliases,
		.alias_count = split_aliases(field, aliases), .source = "user", .rank = RANK_USER,
	}};
	struct benchmark_facts *facts = &record.of.benchmark;

	describe_percentage(csv, columns->percentage, facts);
	if (!key)
		csv_reject(csv, columns->key, "\"%s\" makes no key of a benchmark; expected letters and digits, at most"
			   " %d", csv_field(csv, columns->key), BENCHMARK_KEY_MAX);
	else if (facts->lower >= facts->upper)
		csv_reject(csv, columns->lower, "%s goes from %g to %g; expected a lower end below the upper one", key,
			   facts->lower, facts->upper);
	else
		deliver(source, &record);
	free(key);
	free(duplicate);
	free(field);
}

enum status benchmarks_read(struct source *source)
{
	struct csv csv;

	if (csv_open(&csv, source) == STATUS_OK) {
		struct description_columns columns = description_columns(&csv);
		char *folder = origin_suite(source->name);
		while (csv_next(&csv))
			benchmarks_row(source, &csv, &columns, folder);
		free(folder);
	}
	csv_close(&csv);
	return source->status;
}
