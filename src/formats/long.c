/* Scores, one a row: model, benchmark, value and what the source tells of the run. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "csv.h"
#include "origin.h"
#include "reading.h"
#include "stemma/base/hash.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"
#include "tables.h"

#define ROWS_MAX 4096 /* of one model that are kept before they are delivered */

/* ---- benchmarks of the table -------------------------------------------------------------------- */

/* What the values of one benchmark in the table say. */
struct seen {
	char *name;        /* as the table spells it first; owned */
	struct value_survey survey;
	bool described;    /* its scale has been delivered */
};

struct seen_table {
	struct seen *seen;
	size_t count, capacity;
	size_t *slots;     /* open addressing; index + 1 */
	size_t slot_count; /* a power of two */
};

static uint64_t name_hash(const char *name)
{
	uint64_t hash = HASH_START;

	for (; *name; name++)
		hash = hash_byte(hash, (unsigned char)(*name >= 'A' && *name <= 'Z' ? *name | 0x20 : *name));
	return hash;
}

/* The slot of a name, or the free one where it belongs. */
static size_t seen_slot(const struct seen_table *table, const char *name)
{
	size_t slot = (size_t)name_hash(name) & (table->slot_count - 1);

	while (table->slots[slot] && utf8_compare_names(table->seen[table->slots[slot] - 1].name, name) != 0)
		slot = (slot + 1) & (table->slot_count - 1);
	return slot;
}

static void seen_widen(struct seen_table *table)
{
	table->slot_count = table->slot_count ? 2 * table->slot_count : 256;
	free(table->slots);
	table->slots = memory_zero(table->slot_count, sizeof *table->slots);
	for (size_t i = 0; i < table->count; i++)
		table->slots[seen_slot(table, table->seen[i].name)] = i + 1;
}

static struct seen *seen_find(struct seen_table *table, const char *name)
{
	if (2 * table->count >= table->slot_count)
		seen_widen(table);
	size_t slot = seen_slot(table, name);
	if (!table->slots[slot]) {
		table->seen = memory_grow(table->seen, table->count, &table->capacity, sizeof *table->seen);
		table->seen[table->count++] = (struct seen){.name = memory_string(name)};
		table->slots[slot] = table->count;
	}
	return &table->seen[table->slots[slot] - 1];
}

static void seen_free(struct seen_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->seen[i].name);
	free(table->seen);
	free(table->slots);
}

/* ---- columns --------------------------------------------------------------------------------------- */

struct long_columns {
	int model, benchmark, value, scale, setup, date, source, address, shots, error, harness, version, precision,
		template, revision, metric, raw, limited, flagged, published;
};

static struct long_columns long_columns(const struct csv *csv)
{
	static const char *const error_words[] = {"stderr", "standard_error", "error", "se", NULL};
	static const char *const address_words[] = {"reference", "address", "url", NULL};
	static const char *const shots_words[] = {"shots", "num_fewshot", "n_shot", NULL};
	static const char *const setup_words[] = {"setup", "set_up", NULL};
	static const char *const precision_words[] = {"precision", "dtype", NULL};

	return (struct long_columns){
		.model = csv_column_of(csv, model_words), .benchmark = csv_column_of(csv, benchmark_words),
		.value = csv_column_of(csv, value_words), .scale = csv_column(csv, "scale"),
		.setup = csv_column_of(csv, setup_words), .date = csv_column(csv, "date"),
		.source = csv_column(csv, "source"), .address = csv_column_of(csv, address_words),
		.shots = csv_column_of(csv, shots_words), .error = csv_column_of(csv, error_words),
		.harness = csv_column(csv, "harness"), .version = csv_column(csv, "version"),
		.precision = csv_column_of(csv, precision_words), .template = csv_column(csv, "chat_template"),
		.revision = csv_column(csv, "revision"), .metric = csv_column(csv, "metric"),
		.raw = csv_column(csv, "raw"), .limited = csv_column(csv, "limited"),
		.flagged = csv_column(csv, "flagged"), .published = csv_column(csv, "published"),
	};
}

/* A table being read. */
struct long_table {
	struct source *source;
	struct csv csv;
	struct long_columns columns;
	struct seen_table seen;
	bool *thousands;           /* by column */
	/* The rows of one model that wait, and the words of these. */
	char *model;
	long line;                 /* of the first of them */
	struct long_row *rows;
	size_t count, capacity;
	struct score_facts *scores; /* of one run */
	size_t score_capacity;
	char *suite;               /* of the folder, or NULL */
};

/* ---- scales --------------------------------------------------------------------------------------- */

/* What a word of the column `scale` says: one of the scales, or bounds of its own. */
static enum score_scale read_scale(const char *word, double *lower, double *upper)
{
	static const struct {
		const char *word;
		enum score_scale scale;
	} known[] = {
		{"fraction", SCALE_FRACTION}, {"percent", SCALE_PERCENT}, {"percentage", SCALE_PERCENT},
		{"%", SCALE_PERCENT}, {"points", SCALE_OWN},
	};
	char *end;

	*lower = *upper = NAN;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcasecmp(word, known[i].word) == 0)
			return known[i].scale;
	if (strcasecmp(word, "elo") == 0 || strcasecmp(word, "rating") == 0 || strcasecmp(word, "open") == 0) {
		*lower = -INFINITY;
		*upper = INFINITY;
		return SCALE_OWN;
	}
	double first = strtod(word, &end);
	/* strtod() takes the first point of "0..1"; "0-100" is a scale, too. */
	const char *gap = *end == '-' ? end + 1 : end + strspn(end, ". ");
	double last = strtod(gap, &end);
	if (gap == word || end == gap || *end || !(first < last))
		return SCALE_OWN;
	if (first == 0 && (last == 1 || last == 100))
		return last == 1 ? SCALE_FRACTION : SCALE_PERCENT;
	*lower = first;
	*upper = last;
	return SCALE_OWN;
}

/* The scale of a row; *told is whether the table has one. */
static enum score_scale row_scale(struct long_table *table, bool *told, double *lower, double *upper)
{
	const char *word = csv_text(&table->csv, table->columns.scale);

	*told = word != NULL;
	if (word)
		return read_scale(word, lower, upper);
	*lower = *upper = NAN;
	return SCALE_OWN;
}

/* Delivers, once, the bounds that a table gives for a benchmark. */
static void deliver_bounds(struct long_table *table, struct seen *seen, double lower, double upper)
{
	if (seen->described || isnan(lower))
		return;
	seen->described = true;
	char *key = benchmark_key(seen->name);
	struct record record = {.type = RECORD_BENCHMARK, .line = table->csv.line, .of.benchmark =
				benchmark_facts_of(key)};
	record.of.benchmark.lower = lower;
	record.of.benchmark.upper = upper;
	record.of.benchmark.source = "cells";
	record.of.benchmark.rank = RANK_SCORES_TABLE;
	if (key)
		deliver(table->source, &record);
	free(key);
}

/* ---- set-ups ------------------------------------------------------------------------------------------ */

/* What is known of how a value came about. */
struct setup {
	int shots;
	const char *precision; /* a constant, or NULL */
	struct text rest;
};

/* The number of shots that a part begins with: "25-shot", "zero-shot", "shots=5"; *behind is
 * what follows.  -1 when it does not. */
static int read_shots(const char *part, const char **behind)
{
	static const char shots[] = "shots=", zero[] = "zero-shot";
	const char *number = strncasecmp(part, shots, sizeof shots - 1) == 0 ? part + sizeof shots - 1 : part;
	size_t digits = strspn(number, "0123456789");
	bool named = strncasecmp(number + digits, "-shot", 5) == 0;

	*behind = part;
	if (strncasecmp(part, zero, sizeof zero - 1) == 0) {
		*behind = part + sizeof zero - 1;
		return 0;
	}
	if (digits == 0 || digits > 3 || (number == part && !named))
		return -1;
	*behind = number + digits + (named ? 5 : 0);
	*behind += named && (**behind == 's' || **behind == 'S'); /* "5-shots" */
	return atoi(number);
}

static void setup_add(struct setup *setup, char *part)
{
	const char *behind, *precision;
	int shots = read_shots(part, &behind);

	if (shots >= 0 && setup->shots < 0)
		setup->shots = shots;
	else
		behind = part;
	behind += strspn(behind, " ,");
	precision = precision_of(strncmp(behind, "quant=", 6) == 0 ? behind + 6 : behind);
	if (precision && !setup->precision)
		setup->precision = precision;
	else if (*behind)
		text_append_format(&setup->rest, "%s%s", setup->rest.length ? ";" : "", behind);
}

/* Takes "25-shot;bfloat16" apart. */
static struct setup setup_read(const char *words)
{
	struct setup setup = {.shots = -1};
	char *copy = memory_string(words ? words : "");

	for (char *part = strtok(copy, ";"); part; part = strtok(NULL, ";")) {
		part += strspn(part, " ");
		size_t length = strlen(part);
		while (length > 0 && part[length - 1] == ' ')
			part[--length] = '\0';
		setup_add(&setup, part);
	}
	free(copy);
	return setup;
}

/* ---- rows --------------------------------------------------------------------------------------------- */

enum word { WORD_BENCHMARK, WORD_SETUP, WORD_DATE, WORD_ADDRESS, /* of the score */
	    WORD_SOURCE, WORD_PRECISION, WORD_HARNESS, WORD_VERSION, WORD_REVISION, /* of the run */
	    WORD_COUNT };
#define RUN_WORDS WORD_SOURCE

struct long_row {
	char *words[WORD_COUNT]; /* owned, NULL where there is none */
	struct score_facts score;
	enum answer chat_template;
	bool flagged, delivered;
	size_t seen;             /* the benchmark; SIZE_MAX when the table tells its scale */
};

static char *copy_of(const char *text)
{
	return text ? memory_string(text) : NULL;
}

static bool same_word(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_run(const struct long_row *a, const struct long_row *b)
{
	for (int word = RUN_WORDS; word < WORD_COUNT; word++)
		if (!same_word(a->words[word], b->words[word]))
			return false;
	return a->chat_template == b->chat_template && a->flagged == b->flagged;
}

/* Delivers the run of which `first` is the first row, with all rows of it that wait. */
static void deliver_long_run(struct long_table *table, size_t first)
{
	const struct long_row *run = &table->rows[first];
	size_t count = 0;

	for (size_t i = first; i < table->count; i++) {
		struct long_row *row = &table->rows[i];
		if (row->delivered || !same_run(run, row))
			continue;
		row->delivered = true;
		table->scores = memory_grow(table->scores, count, &table->score_capacity, sizeof *table->scores);
		table->scores[count] = row->score;
		if (row->seen != SIZE_MAX)
			table->scores[count].survey = &table->seen.seen[row->seen].survey;
		count++;
	}
	const char *source = run->words[WORD_SOURCE];
	struct record record = {.type = RECORD_EVALUATION, .line = run->score.line, .of.evaluation = {
		.model = table->model, .source = source ? source : "user",
		.rank = source ? source_word_rank(source) : RANK_USER,
		.precision = run->words[WORD_PRECISION], .chat_template = run->chat_template,
		.revision = run->words[WORD_REVISION], .harness = run->words[WORD_HARNESS],
		.version = run->words[WORD_VERSION], .flagged = run->flagged, .suite = table->suite, .scores = table->scores, .score_count = count,
	}};
	deliver(table->source, &record);
}

/* A name in a setting says of which model. */
static void deliver_setting(struct long_table *table)
{
	const char *setting;
	char *base = setting_base(table->model, &setting);
	const struct attribute_facts attributes[] = {{"base", base}, {"setting", setting}};
	struct record record = {.type = RECORD_MODEL, .line = table->line, .of.model = {
		.name = table->model, .params_b = NAN, .likes = NAN, .moe = ANSWER_UNKNOWN, .source = "cells",
		.rank = RANK_NAMED_ONLY, .attributes = attributes, .attribute_count = 2,
	}};

	if (base)
		deliver(table->source, &record);
	free(base);
}

/* Delivers what waits. */
static void deliver_rows(struct long_table *table)
{
	if (table->count > 0)
		deliver_setting(table);
	for (size_t i = 0; i < table->count; i++)
		if (!table->rows[i].delivered)
			deliver_long_run(table, i);
	for (size_t i = 0; i < table->count; i++)
		for (int word = 0; word < WORD_COUNT; word++)
			free(table->rows[i].words[word]);
	table->count = 0;
}

/* Metrics of one test are told apart by the set-up. */
static char *rest_of_setup(struct setup *setup, const char *metric)
{
	if (metric)
		text_append_format(&setup->rest, "%s%s", setup->rest.length ? ";" : "", metric);
	if (setup->rest.length > 0)
		return text_steal(&setup->rest);
	text_free(&setup->rest);
	return NULL;
}

static struct long_row row_words(struct long_table *table)
{
	struct csv *csv = &table->csv;
	const struct long_columns *columns = &table->columns;
	struct setup setup = setup_read(csv_text(csv, columns->setup));
	const char *precision = csv_text(csv, columns->precision);
	double shots = csv_number(csv, columns->shots, NULL);
	struct long_row row = {
		.words = {
			[WORD_BENCHMARK] = memory_string(csv_field(csv, columns->benchmark)),
			[WORD_SETUP] = rest_of_setup(&setup, csv_text(csv, columns->metric)),
			[WORD_DATE] = copy_of(csv_date(csv, columns->date)),
			[WORD_ADDRESS] = copy_of(csv_text(csv, columns->address)),
			[WORD_SOURCE] = copy_of(csv_text(csv, columns->source)),
			[WORD_PRECISION] = copy_of(precision ? precision : setup.precision),
			[WORD_HARNESS] = copy_of(csv_text(csv, columns->harness)),
			[WORD_VERSION] = copy_of(csv_text(csv, columns->version)),
			[WORD_REVISION] = copy_of(csv_text(csv, columns->revision)),
		},
		.chat_template = csv_answer(csv, columns->template),
		.flagged = csv_answer(csv, columns->flagged) == ANSWER_YES,
	};

	row.score = score_facts_of(row.words[WORD_BENCHMARK], NAN);
	row.score.shots = shots >= 0 && shots < 1000 ? (int)shots : setup.shots;
	row.score.setup = row.words[WORD_SETUP];
	row.score.date = row.words[WORD_DATE];
	row.score.address = row.words[WORD_ADDRESS];
	row.score.raw = csv_number(csv, columns->raw, NULL);
	row.score.limited = csv_answer(csv, columns->limited) == ANSWER_YES;
	row.score.line = csv->fields[columns->value].line;
	row.score.column = csv->fields[columns->value].column;
	return row;
}

/* The row's value; false when there is none, and told when there should be. */
static bool read_value(const struct long_table *table, struct cell_value *value)
{
	const struct csv *csv = &table->csv;
	enum cell cell = csv_value(csv, table->columns.value, value);

	if (cell == CELL_BAD)
		reject(csv->source, csv->fields[table->columns.value].line, csv->fields[table->columns.value].column,
		       "%s \"%s\" is not a number", csv_field(csv, table->columns.benchmark),
		       csv_field(csv, table->columns.value));
	return cell == CELL_NUMBER;
}

/* A value that stemma or another has predicted teaches nothing. */
static bool is_predicted(const struct long_table *table)
{
	return csv_answer(&table->csv, table->columns.published) == ANSWER_NO;
}

static void long_row(struct long_table *table)
{
	struct csv *csv = &table->csv;
	const char *name = csv_name(csv, table->columns.model), *benchmark = csv_field(csv, table->columns.benchmark);
	struct cell_value value;
	double lower, upper, error;
	bool told;

	if (!name || is_predicted(table))
		return;
	if (csv_is_missing(benchmark)) {
		csv_reject(csv, table->columns.benchmark, "a benchmark is missing");
		return;
	}
	if (!read_value(table, &value))
		return;
	if (!table->model || strcmp(table->model, name) != 0 || table->count == ROWS_MAX) {
		deliver_rows(table);
		free(table->model);
		table->model = memory_string(name);
		table->line = csv->line;
	}
	struct seen *seen = seen_find(&table->seen, benchmark);
	enum score_scale scale = row_scale(table, &told, &lower, &upper);
	deliver_bounds(table, seen, lower, upper);
	error = csv_number(csv, table->columns.error, NULL);
	table->rows = memory_grow(table->rows, table->count, &table->capacity, sizeof *table->rows);
	struct long_row *row = &table->rows[table->count++];
	*row = row_words(table);
	row->score.value = value.value;
	row->score.scale = value.percent ? SCALE_PERCENT : scale;
	row->score.error = isnan(error) ? value.error : error;
	row->seen = told ? SIZE_MAX : (size_t)(seen - table->seen.seen);
}

/* ---- the table --------------------------------------------------------------------------------------- */

/* Reads the table once for what the values of each benchmark are, and how commas stand in them. */
static void long_survey(struct long_table *table)
{
	struct csv *csv = &table->csv;
	struct column_marks marks = {.most = -INFINITY};

	csv->silent = true; /* the second reading complains */
	while (csv_next(csv)) {
		struct cell_value value;
		if (is_predicted(table))
			continue;
		bool grouped = csv_survey_marks(csv, table->columns.value, &marks);
		if (csv_value(csv, table->columns.value, &value) != CELL_NUMBER)
			continue;
		if (csv_text(csv, table->columns.scale))
			continue;
		struct seen *seen = seen_find(&table->seen, csv_field(csv, table->columns.benchmark));
		seen->survey.percents |= value.percent;
		survey_add(&seen->survey, grouped ? INFINITY : value.value);
	}
	table->thousands = memory_zero(csv->header_count, sizeof *table->thousands);
	if (table->columns.value >= 0)
		table->thousands[table->columns.value] = csv_has_thousands(csv, &marks);
}

enum status long_read(struct source *source)
{
	struct long_table table = {.source = source, .suite = origin_suite(source->name)};

	if (csv_open(&table.csv, source) == STATUS_OK) {
		table.columns = long_columns(&table.csv);
		long_survey(&table);
		csv_close(&table.csv);
		table.csv = (struct csv){0};
	}
	if (source->status == STATUS_OK && source_rewind(source) == STATUS_OK &&
	    csv_open(&table.csv, source) == STATUS_OK) {
		table.csv.thousands = table.thousands;
		while (csv_next(&table.csv))
			long_row(&table);
	}
	deliver_rows(&table); /* on a failure nothing is taken any more, only freed */
	csv_close(&table.csv);
	seen_free(&table.seen);
	free(table.model);
	free(table.rows);
	free(table.scores);
	free(table.thousands);
	free(table.suite);
	return source->status;
}
