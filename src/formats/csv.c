#include "csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

/* Where in a field the reader is. */
enum place {
	PLACE_PLAIN,
	PLACE_QUOTED,
	PLACE_QUOTE_SEEN /* a quote inside quotes: the end, or half of "" */
};

static bool csv_fail(struct csv *csv, const char *what)
{
	struct source *source = csv->source;

	if (source->status == STATUS_OK) {
		source->status = error_set(source->error, STATUS_DATA, "%s", what);
		error_locate(source->error, source->name, csv->line, 0);
	}
	return false;
}

static void csv_put(struct csv *csv, int byte)
{
	char character = (char)byte;

	text_append_bytes(&csv->row, &character, 1);
}

static bool csv_begin_field(struct csv *csv)
{
	if (csv->count == CSV_FIELDS_MAX)
		return csv_fail(csv, "a row has more than 100000 fields");
	csv->start = memory_grow(csv->start, csv->count, &csv->capacity, sizeof *csv->start);
	csv->start[csv->count++] = csv->row.length;
	return true;
}

/* Takes one byte into the row; false when the row has ended or failed. */
static bool csv_take(struct csv *csv, enum place *place, int byte)
{
	if (*place == PLACE_QUOTED) {
		if (byte == '"')
			*place = PLACE_QUOTE_SEEN;
		else
			csv_put(csv, byte);
		return true;
	}
	if (byte == '"') {
		if (*place == PLACE_QUOTE_SEEN)
			csv_put(csv, byte);
		*place = PLACE_QUOTED;
		return true;
	}
	*place = PLACE_PLAIN;
	if (byte == '\n')
		return false;
	if (byte == ',') {
		csv_put(csv, '\0');
		return csv_begin_field(csv);
	}
	csv_put(csv, byte);
	return true;
}

/* Reads one row, blank ones too; false at the end or on failure. */
static bool csv_read(struct csv *csv)
{
	enum place place = PLACE_PLAIN;
	bool any = false;
	int byte;

	text_clear(&csv->row);
	csv->count = 0;
	csv->line = csv->source->line;
	csv_begin_field(csv);
	while ((byte = source_byte(csv->source)) >= 0) {
		any = true;
		if (!csv_take(csv, &place, byte))
			break;
		if (csv->row.length > CSV_ROW_MAX)
			return csv_fail(csv, "a row is larger than 1 MiB; is a quote missing?");
	}
	if (place == PLACE_QUOTED)
		return csv_fail(csv, "a quoted field is not closed before the end of the file");
	csv_put(csv, '\0');
	return any && csv->source->status == STATUS_OK;
}

static bool csv_row_is_blank(const struct csv *csv)
{
	return csv->count == 1 && csv_field(csv, 0)[0] == '\0';
}

bool csv_next(struct csv *csv)
{
	while (csv_read(csv))
		if (!csv_row_is_blank(csv))
			return true;
	return false;
}

enum status csv_open(struct csv *csv, struct source *source)
{
	*csv = (struct csv){.source = source};
	if (!csv_next(csv)) {
		csv_fail(csv, "the table is empty: it has no header");
		return source->status;
	}
	csv->header_count = csv->count;
	csv->header = memory_allocate(csv->count, sizeof *csv->header);
	for (size_t i = 0; i < csv->count; i++)
		csv->header[i] = memory_string(csv_field(csv, (int)i));
	return STATUS_OK;
}

void csv_close(struct csv *csv)
{
	for (size_t i = 0; i < csv->header_count; i++)
		free(csv->header[i]);
	free(csv->header);
	free(csv->start);
	text_free(&csv->row);
}

const char *csv_field(const struct csv *csv, int column)
{
	return column >= 0 && (size_t)column < csv->count ? csv->row.bytes + csv->start[column] : "";
}

int csv_column(const struct csv *csv, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < csv->header_count; i++) {
		const char *header = csv->header[i];
		if (strncmp(header, name, length) != 0)
			continue;
		const char *rest = header + length;
		while (*rest == ' ' || (unsigned char)*rest >= 0x80)
			rest++;
		if (*rest == '\0')
			return (int)i;
	}
	return -1;
}

double csv_number(const struct csv *csv, int column, bool *bad)
{
	const char *field = csv_field(csv, column);
	char *end;

	if (bad)
		*bad = false;
	if (!field[0])
		return NAN;
	double number = strtod(field, &end);
	if (end == field || *end || !isfinite(number)) {
		if (bad)
			*bad = true;
		return NAN;
	}
	return number;
}
