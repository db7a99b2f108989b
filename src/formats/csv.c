#include "csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reading.h"
#include "stemma/base/memory.h"

/* Where in a field the reader is. */
enum place {
	PLACE_START, /* the only place where a quote opens */
	PLACE_PLAIN,
	PLACE_QUOTED,
	PLACE_QUOTE_SEEN /* a quote inside quotes: the end, or half of "" */
};

/* ---- rows ------------------------------------------------------------------ */

static inline void csv_put(struct csv *csv, int byte)
{
	if (csv->length == csv->room) {
		csv->room = csv->room ? 2 * csv->room : 1024;
		csv->row = memory_resize(csv->row, csv->room, 1);
	}
	csv->row[csv->length++] = (char)byte;
}

static void csv_begin_field(struct csv *csv)
{
	csv->fields = memory_grow(csv->fields, csv->count, &csv->capacity, sizeof *csv->fields);
	csv->fields[csv->count++] = (struct csv_field){
		.start = csv->length, .line = csv->source->line, .column = csv->source->column,
	};
}

static bool csv_fail_at_field(struct csv *csv, const char *what)
{
	const struct csv_field *field = &csv->fields[csv->count - 1];

	source_fail_at(csv->source, STATUS_DATA, field->line, field->column, what);
	return false;
}

/* Takes one byte into the row; false when the row has ended. */
static bool csv_take(struct csv *csv, enum place *place, int byte)
{
	if (*place == PLACE_QUOTED && byte != '"') {
		csv_put(csv, byte);
	} else if (*place == PLACE_QUOTED) {
		*place = PLACE_QUOTE_SEEN;
	} else if (byte == '"' && *place != PLACE_PLAIN) {
		if (*place == PLACE_QUOTE_SEEN)
			csv_put(csv, byte);
		*place = PLACE_QUOTED;
	} else if (byte == '\n') {
		return false;
	} else if (byte == ',') {
		csv_put(csv, '\0');
		csv_begin_field(csv);
		*place = PLACE_START;
	} else {
		csv_put(csv, byte);
		*place = PLACE_PLAIN;
	}
	return true;
}

/* Reads one row, blank ones too; false at the end or on failure. */
static bool csv_read(struct csv *csv)
{
	enum place place = PLACE_START;
	bool any = false;
	int byte;

	csv->count = csv->length = 0;
	csv->foul = false;
	csv->line = csv->source->line;
	csv_begin_field(csv);
	while ((byte = source_byte(csv->source)) >= 0) {
		any = true;
		csv->foul = csv->foul || byte == '\0';
		if (!csv_take(csv, &place, byte))
			break;
		if (csv->length > CSV_ROW_MAX)
			return csv_fail_at_field(csv, "a row is larger than 1 MiB; is a quote missing?");
		if (csv->count > CSV_FIELDS_MAX)
			return csv_fail_at_field(csv, "a row has more than 100000 fields");
	}
	if (csv->source->status != STATUS_OK)
		return false;
	if (place == PLACE_QUOTED)
		return csv_fail_at_field(csv, "a quoted field is not closed before the end of the file");
	csv_put(csv, '\0');
	return any;
}

/* Whether the row can be used at all; says why not. */
static bool csv_row_is_sound(const struct csv *csv)
{
	if (csv->foul && csv->header_count == 0) {
		source_fail_at(csv->source, STATUS_DATA, csv->line, 0, "the header holds a NUL byte");
		return false;
	}
	if (csv->foul) {
		csv_reject(csv, -1, "the row holds a NUL byte; expected text");
		return false;
	}
	if (csv->header_count == 0 || csv->count == csv->header_count)
		return true;
	/* A name that was cut off would become a model. */
	if (csv->count < csv->header_count)
		csv_reject(csv, -1, "%zu field%s where the header has %zu; is the file cut off?", csv->count,
			   csv->count == 1 ? "" : "s", csv->header_count);
	else
		csv_reject(csv, (int)csv->header_count, "%zu fields where the header has %zu; expected quotes"
			   " around a field with a comma", csv->count, csv->header_count);
	return false;
}

static bool csv_row_is_blank(const struct csv *csv)
{
	return csv->count == 1 && csv->row[0] == '\0' && !csv->foul;
}

bool csv_next(struct csv *csv)
{
	while (csv->source->status == STATUS_OK && csv_read(csv))
		if (!csv_row_is_blank(csv) && csv_row_is_sound(csv))
			return true;
	return false;
}

/* ---- the table ------------------------------------------------------------- */

enum status csv_open(struct csv *csv, struct source *source)
{
	*csv = (struct csv){.source = source};
	if (!csv_next(csv))
		return source_fail_at(source, STATUS_DATA, csv->line, 0, "the table is empty: it has no header");
	csv->header = memory_allocate(csv->count, sizeof *csv->header);
	for (size_t i = 0; i < csv->count; i++)
		csv->header[i] = memory_string(csv_field(csv, (int)i));
	csv->header_count = csv->count;
	return STATUS_OK;
}

enum status csv_open_with(struct csv *csv, struct source *source, const char *const *required)
{
	char missing[320];
	int used = 0;

	if (csv_open(csv, source) != STATUS_OK)
		return source->status;
	for (size_t i = 0; required[i]; i++)
		if (csv_column(csv, required[i]) < 0 && (size_t)used < sizeof missing)
			used += snprintf(missing + used, sizeof missing - (size_t)used, "%s \"%s\"",
					 used ? "," : "a column is missing:", required[i]);
	return used ? source_fail_at(source, STATUS_DATA, csv->line, 0, missing) : STATUS_OK;
}

void csv_close(struct csv *csv)
{
	for (size_t i = 0; i < csv->header_count; i++)
		free(csv->header[i]);
	free(csv->header);
	free(csv->fields);
	free(csv->row);
}

const char *csv_field(const struct csv *csv, int column)
{
	return column >= 0 && (size_t)column < csv->count ? csv->row + csv->fields[column].start : "";
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

const char *csv_text(const struct csv *csv, int column)
{
	const char *field = csv_field(csv, column);

	return field[0] && strcmp(field, "?") != 0 ? field : NULL;
}

const char *csv_date(const struct csv *csv, int column)
{
	const char *field = csv_field(csv, column);

	return strlen(field) != 10 || isnan(date_days(field)) ? NULL : field;
}

enum answer csv_answer(const struct csv *csv, int column)
{
	static const struct {
		const char *word;
		enum answer answer;
	} words[] = {
		{"true", ANSWER_YES}, {"yes", ANSWER_YES}, {"1", ANSWER_YES},
		{"false", ANSWER_NO}, {"no", ANSWER_NO}, {"0", ANSWER_NO},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcasecmp(csv_field(csv, column), words[i].word) == 0)
			return words[i].answer;
	return ANSWER_UNKNOWN;
}

/* ---- complaints ------------------------------------------------------------ */

static struct csv_field csv_place(const struct csv *csv, int column)
{
	struct csv_field row = {.line = csv->line};

	return column >= 0 && (size_t)column < csv->count ? csv->fields[column] : row;
}

void csv_reject(const struct csv *csv, int column, const char *format, ...)
{
	struct csv_field place = csv_place(csv, column);
	char reason[480];
	va_list arguments;

	if (csv->silent)
		return;
	va_start(arguments, format);
	vsnprintf(reason, sizeof reason, format, arguments);
	va_end(arguments);
	reject(csv->source, place.line, place.column, "%s", reason);
}

void csv_warn(const struct csv *csv, int column, const char *format, ...)
{
	struct csv_field place = csv_place(csv, column);
	char message[480];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	warn(csv->source->sink, place.line, place.column, "%s", message);
}

bool csv_require_name(const struct csv *csv, int column)
{
	const char *name = csv_field(csv, column);
	bool sound = is_hub_name(name);

	if (!sound)
		csv_reject(csv, column, "\"%s\" is not a model's name; expected owner/name", name);
	return sound;
}

bool csv_require_whole(const struct csv *csv)
{
	bool whole = csv->count == csv->header_count;

	if (!whole)
		csv_reject(csv, -1, "%zu fields where the header has %zu", csv->count, csv->header_count);
	return whole;
}
