/* Single answers: one row a model, one column a question, 0 or 1. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "reading.h"
#include "stemma/base/memory.h"

#define QUESTION_NAME_MAX 64

/* The set of questions: what stands before the colon in "task:17", else the
 * file's name without its folder, suffixes and a leading "v2_". */
static char *outcomes_benchmark(const struct csv *csv, const char *file)
{
	const char *header = csv->header[1], *colon = strchr(header, ':');

	if (colon && colon > header)
		return memory_string_slice(header, (size_t)(colon - header));
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	if (strncmp(name, "v2_", 3) == 0)
		name += 3;
	return memory_string_slice(name, strcspn(name, "."));
}

/* What the questions are called: what stands behind the colon, else the whole
 * header.  NULL unless all are and no name is long; the caller frees the list. */
static const char **question_names(const struct csv *csv)
{
	const char **names = memory_allocate(csv->header_count, sizeof *names);

	for (size_t i = 1; i < csv->header_count; i++) {
		const char *colon = strchr(csv->header[i], ':');
		names[i - 1] = colon ? colon + 1 : csv->header[i];
		if (*names[i - 1] == '\0' || strlen(names[i - 1]) > QUESTION_NAME_MAX) {
			free(names);
			return NULL;
		}
	}
	return names;
}

/* ---- answers that are 0 or 1 ---------------------------------------------------------------- */

static bool is_whole_answer(const char *field)
{
	return (field[0] == '0' || field[0] == '1') && (!field[1] || strcmp(field + 1, ".0") == 0);
}

/* Packs the row's answers; 0, or the column of one that is neither 0 nor 1. */
static size_t pack_answers(const struct csv *csv, unsigned long long *bits)
{
	memset(bits, 0, (csv->header_count / 64 + 1) * sizeof *bits);
	for (size_t i = 1; i < csv->header_count; i++) {
		const char *field = csv_field(csv, (int)i);
		if (!is_whole_answer(field))
			return i;
		if (field[0] == '1')
			bits[(i - 1) / 64] |= 1ull << ((i - 1) % 64);
	}
	return 0;
}

static void read_answers(struct source *source, struct csv *csv, const char *benchmark)
{
	unsigned long long *bits = memory_allocate(csv->header_count / 64 + 1, sizeof *bits);
	const char **names = question_names(csv);

	while (csv_next(csv)) {
		struct record record = {.type = RECORD_OUTCOMES, .line = csv->line, .of.outcomes = {
			.model = csv_name(csv, 0), .benchmark = benchmark, .questions = csv->header_count - 1,
			.bits = bits, .names = names}};
		if (!record.of.outcomes.model)
			continue;
		size_t bad = pack_answers(csv, bits);
		if (bad)
			csv_reject(csv, (int)bad, "the answer to %s is \"%s\", not 0 or 1", csv->header[bad],
				   csv_field(csv, (int)bad));
		else
			deliver(source, &record);
	}
	free(names);
	free(bits);
}

/* ---- answers that are fractions ------------------------------------------------------------- */

/* Whether some answer lies between 0 and 1. */
static bool has_fractions(struct csv *csv)
{
	csv->silent = true; /* the second reading complains */
	while (csv_next(csv))
		for (size_t i = 1; i < csv->header_count; i++) {
			const char *field = csv_field(csv, (int)i);
			if (is_whole_answer(field))
				continue;
			double value = csv_number(csv, (int)i, NULL);
			if (value > 0 && value < 1)
				return true;
		}
	return false;
}

/* The row's answers as a score, their mean; false, and told, when there is none. */
static bool mean_answer(struct csv *csv, struct score_facts *score)
{
	double sum = 0, squares = 0, count = 0;

	for (size_t i = 1; i < csv->header_count; i++) {
		bool bad;
		double value = csv_number(csv, (int)i, &bad);
		if (bad || value < 0 || value > 1)
			csv_reject(csv, (int)i, "the answer to %s is \"%s\", not from 0 to 1", csv->header[i],
				   csv_field(csv, (int)i));
		else if (!isnan(value))
			sum += value, squares += value * value, count++;
	}
	if (count == 0)
		return false;
	score->value = sum / count;
	score->limited = count < (double)(csv->header_count - 1);
	if (count > 1)
		score->error = sqrt(fmax(0, squares / count - score->value * score->value) / (count - 1));
	return true;
}

static void deliver_description(struct source *source, const struct csv *csv, const char *benchmark)
{
	char *key = benchmark_key(benchmark);
	struct record record = {.type = RECORD_BENCHMARK, .line = 1, .of.benchmark = benchmark_facts_of(key)};
	struct benchmark_facts *facts = &record.of.benchmark;

	facts->lower = 0;
	facts->upper = 1;
	facts->higher_is_better = ANSWER_YES;
	facts->instances = (double)(csv->header_count - 1);
	facts->source = "answers";
	facts->rank = RANK_SCORES_TABLE;
	if (key)
		deliver(source, &record);
	free(key);
}

static void read_means(struct source *source, struct csv *csv, const char *benchmark)
{
	warn(source->sink, 1, 0, "answers to %s lie between 0 and 1: their mean is kept for each model, single answers"
	     " are not", benchmark);
	deliver_description(source, csv, benchmark);
	while (csv_next(csv)) {
		const char *name = csv_name(csv, 0);
		struct score_facts score = score_facts_of(benchmark, NAN);
		score.scale = SCALE_FRACTION;
		score.line = csv->line;
		if (!name || !mean_answer(csv, &score))
			continue;
		struct record record = {.type = RECORD_EVALUATION, .line = csv->line, .of.evaluation = {
			.model = name, .source = "answers", .rank = RANK_SCORES_TABLE,
			.chat_template = ANSWER_UNKNOWN, .scores = &score, .score_count = 1}};
		deliver(source, &record);
	}
}

/* ---- the table ------------------------------------------------------------------------------ */

enum status outcomes_read(struct source *source)
{
	struct csv csv;
	char *benchmark = NULL;
	bool fractions = false;

	if (csv_open(&csv, source) == STATUS_OK && csv.header_count < 2)
		source_fail_at(source, STATUS_DATA, 1, 0, "the table has no column of answers");
	if (source->status == STATUS_OK)
		fractions = has_fractions(&csv);
	if (source->status == STATUS_OK && source_rewind(source) == STATUS_OK) {
		csv_close(&csv);
		csv_open(&csv, source);
	}
	if (source->status == STATUS_OK) {
		benchmark = outcomes_benchmark(&csv, source->name);
		(fractions ? read_means : read_answers)(source, &csv, benchmark);
	}
	csv_close(&csv);
	free(benchmark);
	return source->status;
}
