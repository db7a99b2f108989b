#include "stemma/formats/folds.h"

#include <math.h>

#include "csv.h"
#include "stemma/base/error.h"

/* Rows with too many fields come here. */
static void reject_row(void *context, long line, long column, const char *reason)
{
	struct source *source = context;

	source_fail_at(source, STATUS_DATA, line, column, reason);
}

static bool row_is_sound(struct source *source, const struct csv *csv, int fold, int model, int benchmark)
{
	bool bad;
	double number = csv_number(csv, fold, &bad);

	if (bad || !(number >= 0 && number < FOLDS_MAX) || floor(number) < number) {
		source_fail_at(source, STATUS_DATA, csv->line, 0, "the fold is not a whole number from 0 to 9,999");
		return false;
	}
	if (csv_field(csv, model)[0] && csv_field(csv, benchmark)[0])
		return true;
	source_fail_at(source, STATUS_DATA, csv->line, 0, "the row names no model or no benchmark");
	return false;
}

enum status folds_read(const char *path, void (*row)(void *context, const struct fold_row *), void *context,
		       struct error *error)
{
	static const char *const required[] = {"fold", "model", "benchmark", NULL};
	struct source source;
	struct record_sink sink = {.context = &source, .reject = reject_row};
	struct csv csv;
	enum status status = source_open(&source, path, &sink, error);

	if (status != STATUS_OK)
		return status;
	if (csv_open_with(&csv, &source, required) == STATUS_OK) {
		int fold = csv_column(&csv, "fold"), model = csv_column(&csv, "model");
		int benchmark = csv_column(&csv, "benchmark");
		while (csv_next(&csv) && row_is_sound(&source, &csv, fold, model, benchmark)) {
			struct fold_row read = {csv.line, (size_t)csv_number(&csv, fold, NULL), csv_field(&csv, model),
						csv_field(&csv, benchmark)};
			row(context, &read);
		}
	}
	csv_close(&csv);
	status = source.status;
	source_close(&source);
	return status;
}
