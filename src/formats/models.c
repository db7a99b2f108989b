/* Models with scores, as in the starter set and in users' own tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "reading.h"
#include "stemma/base/memory.h"

/* What the columns are; one that is none of these is the key of a benchmark.
 * "average" and "source" are what "stemma export" adds for its readers. */
static const char *const fact_columns[] = {"model", "kind", "architecture", "params_b", "license", "uploaded",
					   "likes", "chat_template", "precision", "submitted", "revision",
					   "average", "source", NULL};
/* Columns of other tables of models that are no scores. */
static const char *const foreign_columns[] = {"", "base_model", "relation", "parent", "parents",
					      "note", "notes", NULL};

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words && strcmp(word, *words) != 0)
		words++;
	return *words != NULL;
}

static void warn_foreign_columns(const struct csv *csv)
{
	for (size_t i = 0; i < csv->header_count; i++)
		if (csv->header[i][0] && is_one_of(csv->header[i], foreign_columns))
			warn(csv->source->sink, 1, 0, "the column \"%s\" is ignored; parents belong in"
			     " a table of edges (child,parent,relation)", csv->header[i]);
}

/* A field that should be one of a few words or a date, and is not. */
static void warn_unread(const struct csv *csv, const char *header, bool read, const char *expected)
{
	int column = csv_column(csv, header);
	const char *field = csv_field(csv, column);

	if (field[0] && !read)
		csv_warn(csv, column, "%s \"%s\" is left out; expected %s", header, field, expected);
}

/* The row's scores into `scores` (header_count entries); false when one of
 * them is no number from 0 to 100. */
static bool models_scores(const struct csv *csv, struct score_facts *scores, size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < csv->header_count; i++) {
		bool bad;
		if (is_one_of(csv->header[i], fact_columns) || is_one_of(csv->header[i], foreign_columns))
			continue;
		double value = csv_number(csv, (int)i, &bad);
		if (bad || value < 0 || value > 100) {
			csv_reject(csv, (int)i, "%s \"%s\" is not a number from 0 to 100", csv->header[i],
				   csv_field(csv, (int)i));
			return false;
		}
		if (!isnan(value))
			scores[(*count)++] = score_facts_of(csv->header[i], value);
	}
	return true;
}

static bool models_params(const struct csv *csv, double *params)
{
	int column = csv_column(csv, "params_b");
	bool bad;

	*params = csv_number(csv, column, &bad);
	if (bad)
		csv_reject(csv, column, "params_b \"%s\" is not a number of billions", csv_field(csv, column));
	else if (!(*params > 0)) /* the leaderboard's -1 */
		*params = NAN;
	return !bad;
}

static enum status models_model(struct source *source, const struct csv *csv, double params)
{
	enum kind kind = kind_parse(csv_field(csv, csv_column(csv, "kind")));
	struct record record = {.type = RECORD_MODEL, .line = csv->line, .of.model = {
		.name = csv_field(csv, csv_column(csv, "model")), .params_b = params,
		.architecture = csv_text(csv, csv_column(csv, "architecture")),
		.license = csv_text(csv, csv_column(csv, "license")),
		.kind = kind == KIND_COUNT ? KIND_UNKNOWN : kind,
		.uploaded = csv_date(csv, csv_column(csv, "uploaded")),
		.likes = csv_number(csv, csv_column(csv, "likes"), NULL), .moe = ANSWER_UNKNOWN,
		.source = "user", .rank = RANK_USER,
	}};

	warn_unread(csv, "kind", kind != KIND_COUNT,
		    "pretrained, continued, finetuned, chat, merge, multimodal or other");
	warn_unread(csv, "uploaded", record.of.model.uploaded, "a date YYYY-MM-DD");
	return deliver(source, &record);
}

static enum status models_evaluation(struct source *source, const struct csv *csv,
				     const struct score_facts *scores, size_t count)
{
	struct record record = {.type = RECORD_EVALUATION, .line = csv->line, .of.evaluation = {
		.model = csv_field(csv, csv_column(csv, "model")), .source = "user", .rank = RANK_USER,
		.precision = csv_text(csv, csv_column(csv, "precision")),
		.chat_template = csv_answer(csv, csv_column(csv, "chat_template")),
		.submitted = csv_date(csv, csv_column(csv, "submitted")),
		.revision = csv_text(csv, csv_column(csv, "revision")),
		.scores = scores, .score_count = count,
	}};

	warn_unread(csv, "chat_template", record.of.evaluation.chat_template != ANSWER_UNKNOWN, "yes or no");
	return count > 0 ? deliver(source, &record) : source->status;
}

enum status models_read(struct source *source)
{
	static const char *const required[] = {"model", NULL};
	struct csv csv;
	struct score_facts *scores = NULL;
	size_t count;
	double params;

	if (csv_open_with(&csv, source, required) == STATUS_OK) {
		scores = memory_allocate(csv.header_count, sizeof *scores);
		warn_foreign_columns(&csv);
	}
	while (csv_next(&csv))
		if (csv_require_name(&csv, csv_column(&csv, "model")) && models_params(&csv, &params) &&
		    models_scores(&csv, scores, &count) &&
		    models_model(source, &csv, params) == STATUS_OK)
			models_evaluation(source, &csv, scores, count);
	csv_close(&csv);
	free(scores);
	return source->status;
}
