#include "stemma/formats/prices.h"

#include <math.h>

#include "csv.h"

static void reject_row(void *context, long line, long column, const char *reason)
{
	struct source *source = context;

	source_fail_at(source, STATUS_DATA, line, column, reason);
}

static bool row_number(struct source *source, const struct csv *csv, const char *name, double *number)
{
	int column = csv_column(csv, name);
	bool bad;

	*number = csv_number(csv, column, &bad);
	if (!bad && !(*number <= 0))
		return true;
	source_fail_at(source, STATUS_DATA, csv->line, column >= 0 ? csv->fields[column].column : 0,
		       "expected a number above 0, or nothing");
	return false;
}

static bool read_row(struct source *source, const struct csv *csv, struct price_row *row)
{
	*row = (struct price_row){.line = csv->line, .benchmark = csv_text(csv, csv_column(csv, "benchmark"))};
	if (!row->benchmark) {
		source_fail_at(source, STATUS_DATA, csv->line, 0, "the row names no benchmark");
		return false;
	}
	return row_number(source, csv, "questions", &row->questions) &&
	       row_number(source, csv, "tokens", &row->tokens) && row_number(source, csv, "seconds", &row->seconds);
}

enum status prices_read(const char *path, void (*row)(void *context, const struct price_row *), void *context,
			struct error *error)
{
	static const char *const required[] = {"benchmark", NULL};
	struct source source;
	struct record_sink sink = {.context = &source, .reject = reject_row};
	struct price_row read;
	struct csv csv;
	enum status status = source_open(&source, path, &sink, error);

	if (status != STATUS_OK)
		return status;
	if (csv_open_with(&csv, &source, required) == STATUS_OK)
		while (csv_next(&csv) && read_row(&source, &csv, &read))
			row(context, &read);
	csv_close(&csv);
	status = source.status;
	source_close(&source);
	return status;
}
