#include "tables.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reading.h"
#include "stemma/base/memory.h"

const char *const model_words[] = {"fullname", "model_id", "repo_id", "model_name_or_path", "model", "model_name",
				   "models", "name", NULL};
const char *const benchmark_words[] = {"benchmark", "task", "dataset", "eval", NULL};
const char *const value_words[] = {"value", "score", "result", NULL};
/* What describes a benchmark. */
static const char *const description_words[] = {"title", "metric", "lower", "upper", "chance", "higher_is_better",
						"suite", "unit", "percentage", "instances", "family", NULL};

/* ---- recognising ------------------------------------------------------------------------- */

/* What stands before the colon in the headers of all columns but the first; 0 when they
 * have nothing in common. */
static size_t common_task(const struct csv *csv)
{
	const char *first = csv->header[1], *colon = strchr(first, ':');
	size_t length = colon ? (size_t)(colon - first) + 1 : 0;

	for (size_t i = 1; i < csv->header_count && length > 1; i++)
		if (strncmp(csv->header[i], first, length) != 0 || !csv->header[i][length])
			return 0;
	return length > 1 ? length - 1 : 0;
}

static bool is_numbered(const struct csv *csv)
{
	for (size_t i = 1; i < csv->header_count; i++) {
		size_t digits = strspn(csv->header[i], "0123456789");
		if (digits == 0 || csv->header[i][digits])
			return false;
	}
	return true;
}

/* Whether the next row has something that is no answer: beyond 0 and 1. */
static bool row_is_beyond(struct csv *csv)
{
	if (!csv_next(csv))
		return false;
	for (size_t i = 1; i < csv->header_count; i++) {
		double value = csv_number(csv, (int)i, NULL);
		if (value < 0 || value > 1)
			return true;
	}
	return false;
}

/* Whether the columns are a model and then questions: "0", "1" or "task:17", "task:x".  One
 * column "suite:benchmark" is a benchmark. */
static bool has_questions(struct csv *csv)
{
	if (csv->header_count < 2 || strcmp(csv->keys[0], "model") != 0)
		return false;
	size_t task = common_task(csv);
	bool lone = csv->header_count == 2 && task > 0 && !isdigit((unsigned char)csv->header[1][task + 1]);
	return (is_numbered(csv) || (task > 0 && !lone)) && !row_is_beyond(csv);
}

int table_model_column(const struct csv *csv)
{
	int column = csv_column_of(csv, model_words);

	return column < 0 && csv->header_count > 1 && !csv->header[0][0] ? 0 : column;
}

/* Whether the first column has no header and the next row begins with a name. */
static bool has_index_of_models(struct csv *csv)
{
	return table_model_column(csv) == 0 && csv_next(csv) && strchr(csv_field(csv, 0), '/') &&
	       is_model_name(csv_field(csv, 0));
}

/* Whether the columns behind the first are models, two at least and more than half of them,
 * and the rows are none. */
static bool has_models_across(struct csv *csv)
{
	size_t models = 0;

	for (size_t i = 1; i < csv->header_count; i++)
		models += strchr(csv->header[i], '/') && is_model_name(csv->header[i]);
	if (models < 2 || 2 * models <= csv->header_count - 1 || csv_column_of(csv, model_words) > 0)
		return false;
	return csv_column_of(csv, benchmark_words) == 0 ||
	       (csv_next(csv) && !(strchr(csv_field(csv, 0), '/') && is_model_name(csv_field(csv, 0))));
}

static bool has(const struct csv *csv, const char *const *words)
{
	return csv_column_of(csv, words) >= 0;
}

static bool has_all(const struct csv *csv, const char *const *words)
{
	for (; *words; words++)
		if (csv_column(csv, *words) < 0)
			return false;
	return true;
}

static enum format recognise_header(struct csv *csv)
{
	static const struct {
		const char *words[8]; /* all of them */
		enum format format;
	} headers[] = {
		{{"eval_name"}, FORMAT_CONTENTS_CSV},
		{{"fullname", "ifeval", "bbh", "math_lvl_5", "gpqa", "musr", "mmlu_pro"}, FORMAT_CONTENTS_CSV},
		{{"fullname", "ifeval_raw"}, FORMAT_SCORES_CSV},
		{{"fullname", "ifeval_norm"}, FORMAT_SCORES_CSV},
		{{"leaderboard_id"}, FORMAT_RENAMES_CSV},
		{{"child"}, FORMAT_EDGES_CSV},
	};
	bool models = has(csv, model_words), values = has(csv, value_words), cells = has(csv, benchmark_words);

	if (has_models_across(csv))
		return FORMAT_ACROSS_CSV;
	if (has_questions(csv))
		return FORMAT_OUTCOMES_CSV;
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		if (has_all(csv, headers[i].words))
			return headers[i].format;
	if (models && cells && values)
		return FORMAT_LONG_CSV;
	if (models && csv_column(csv, "benchmark") >= 0) /* lists cells, and tells nothing of them */
		return FORMAT_UNKNOWN;
	if ((csv_column(csv, "key") >= 0 || csv_column(csv, "benchmark") >= 0) && has(csv, description_words))
		return FORMAT_BENCHMARKS_CSV;
	return models || has_index_of_models(csv) ? FORMAT_MODELS_CSV : FORMAT_UNKNOWN;
}

enum format table_recognise(const char *text, size_t length)
{
	static const struct record_sink deaf;
	struct error problem = {0};
	struct source source;
	struct csv csv;
	enum format format = FORMAT_UNKNOWN;

	source_open_memory(&source, text, length, "", &deaf, &problem);
	if (csv_open_any(&csv, &source) == STATUS_OK) {
		csv.silent = true;
		format = recognise_header(&csv);
	}
	csv_close(&csv);
	source_close(&source);
	error_clear(&problem);
	return format;
}

/* ---- lists of names ----------------------------------------------------------------------- */

#define LISTED_MAX 5

void name_list_add(struct name_list *list, const char *name)
{
	if (++list->count <= LISTED_MAX)
		text_append_format(&list->text, "%s\"%s\"", list->count > 1 ? ", " : "", name);
}

const char *name_list_end(struct name_list *list)
{
	if (list->count > LISTED_MAX)
		text_append_format(&list->text, " and %zu more", list->count - LISTED_MAX);
	return text_string(&list->text);
}

/* ---- words ------------------------------------------------------------------------------- */

int source_word_rank(const char *word)
{
	static const struct {
		const char *word;
		int rank;
	} known[] = {
		{"user", RANK_USER}, {"own", RANK_USER}, {"leaderboard", RANK_LEADERBOARD}, {"hub", RANK_HUB},
		{"card", RANK_CARD}, {"starter", RANK_STARTER},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcasecmp(word, known[i].word) == 0)
			return known[i].rank;
	return RANK_SCORES_TABLE;
}

const char *precision_of(const char *word)
{
	static const struct {
		const char *word, *precision;
	} known[] = {
		{"bfloat16", "bfloat16"}, {"bf16", "bfloat16"}, {"float16", "float16"}, {"fp16", "float16"},
		{"float32", "float32"}, {"fp32", "float32"}, {"fp8", "fp8"}, {"int8", "8bit"}, {"8bit", "8bit"},
		{"int4", "4bit"}, {"4bit", "4bit"}, {"gptq", "GPTQ"}, {"awq", "AWQ"},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcasecmp(word, known[i].word) == 0)
			return known[i].precision;
	return NULL;
}
