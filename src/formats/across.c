/* Scores with a row a benchmark and a column a model. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "origin.h"
#include "reading.h"
#include "stemma/base/memory.h"

/* A table being read. */
struct across {
	struct csv csv;
	bool *model;     /* by column: its header is a model's name */
	bool *thousands; /* by column: whether commas of the row's cells stand between thousands */
	char *suite;     /* of the folder, or NULL */
};

/* What the values of the current row are, and how commas stand in them. */
static struct value_survey survey_row(struct across *across)
{
	const struct csv *csv = &across->csv;
	struct value_survey survey = {.percents = false};
	struct column_marks marks = {.most = -INFINITY};

	for (size_t i = 0; i < csv->header_count; i++)
		across->thousands[i] = false;
	for (size_t i = 1; i < csv->header_count; i++)
		csv_survey_marks(csv, (int)i, &marks);
	for (size_t i = 1; i < csv->header_count; i++) {
		struct cell_value value;
		across->thousands[i] = csv_has_thousands(csv, &marks);
		if (!across->model[i] || csv_value(csv, (int)i, &value) != CELL_NUMBER)
			continue;
		survey.percents |= value.percent;
		survey_add(&survey, value.value);
	}
	return survey;
}

static void deliver_cell(struct source *source, const struct across *across, size_t column,
			 const struct value_survey *survey)
{
	const struct csv *csv = &across->csv;
	struct cell_value value;
	enum cell cell = csv_value(csv, (int)column, &value);

	if (cell == CELL_BAD)
		csv_refuse(csv, (int)column);
	if (cell != CELL_NUMBER)
		return;
	struct score_facts score = score_facts_of(csv_field(csv, 0), value.value);
	score.error = value.error;
	score.scale = value.percent ? SCALE_PERCENT : SCALE_OWN;
	score.survey = survey;
	score.line = csv->fields[column].line;
	score.column = csv->fields[column].column;
	struct record record = {.type = RECORD_EVALUATION, .line = csv->line, .of.evaluation = {
		.model = csv->header[column], .source = "user", .rank = RANK_USER, .chat_template = ANSWER_UNKNOWN,
		.suite = across->suite, .scores = &score, .score_count = 1,
	}};
	deliver(source, &record);
}

static void read_row(struct source *source, struct across *across)
{
	struct csv *csv = &across->csv;

	if (csv_is_missing(csv_field(csv, 0))) {
		csv_reject(csv, 0, "a benchmark is missing");
		return;
	}
	const struct value_survey survey = survey_row(across);
	for (size_t i = 1; i < csv->header_count; i++)
		if (across->model[i])
			deliver_cell(source, across, i, &survey);
}

enum status across_read(struct source *source)
{
	struct across across = {.suite = origin_suite(source->name)};

	if (csv_open(&across.csv, source) == STATUS_OK) {
		across.model = memory_zero(across.csv.header_count, sizeof *across.model);
		across.csv.thousands = across.thousands = memory_zero(across.csv.header_count, sizeof *across.thousands);
		for (size_t i = 1; i < across.csv.header_count; i++) {
			across.model[i] = strchr(across.csv.header[i], '/') && is_model_name(across.csv.header[i]);
			if (!across.model[i] && across.csv.header[i][0])
				warn(source->sink, 1, 0, "the column \"%s\" is passed over: its header is no owner/name",
				     across.csv.header[i]);
		}
		while (csv_next(&across.csv))
			read_row(source, &across);
	}
	csv_close(&across.csv);
	free(across.model);
	free(across.thousands);
	free(across.suite);
	return source->status;
}
