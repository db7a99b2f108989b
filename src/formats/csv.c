#include "csv.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reading.h"
#include "tables.h"
#include "stemma/base/memory.h"
#include "stemma/formats/naming.h"

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

static void csv_put_run(struct csv *csv, const char *bytes, size_t length)
{
	if (csv->room - csv->length < length) {
		while (csv->room - csv->length < length)
			csv->room = csv->room ? 2 * csv->room : 1024;
		csv->row = memory_resize(csv->row, csv->room, 1);
	}
	if (length > 0)
		memcpy(csv->row + csv->length, bytes, length);
	csv->length += length;
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
		csv->fields[csv->count - 1].quoted = true;
		*place = PLACE_QUOTED;
	} else if (byte == '\n') {
		return false;
	} else if (byte == csv->delimiter) {
		csv_put(csv, '\0');
		csv_begin_field(csv);
		*place = PLACE_START;
	} else {
		csv_put(csv, byte);
		*place = PLACE_PLAIN;
	}
	return true;
}

/* Takes the plain bytes that stand ready at once. */
static void csv_take_run(struct csv *csv, enum place *place)
{
	size_t length;

	if (*place == PLACE_QUOTE_SEEN)
		return;
	const char *run = source_run(csv->source, *place == PLACE_QUOTED ? '"' : csv->delimiter, &length);
	if (length == 0)
		return;
	csv_put_run(csv, run, length);
	if (*place == PLACE_START)
		*place = PLACE_PLAIN;
}

/* Reads one row, blank ones too; false at the end or on failure. */
static bool csv_read(struct csv *csv)
{
	enum place place = PLACE_START;
	bool any = false;
	int byte;

	csv->count = csv->length = 0;
	csv->foul = csv->high = false;
	csv->line = csv->source->line;
	csv_begin_field(csv);
	while ((byte = source_byte(csv->source)) >= 0) {
		any = true;
		csv->foul = csv->foul || byte == '\0';
		csv->high = csv->high || byte >= 0x80;
		if (!csv_take(csv, &place, byte))
			break;
		csv_take_run(csv, &place);
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

/* Whether the fields behind the header's last column are all empty. */
static bool csv_rest_is_empty(const struct csv *csv)
{
	for (size_t i = csv->header_count; i < csv->count; i++)
		if (csv->row[csv->fields[i].start])
			return false;
	return true;
}

/* Whether the row can be used at all; says why not. */
static bool csv_row_is_sound(struct csv *csv)
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
	if (csv->count < csv->header_count) {
		csv_reject(csv, -1, "%zu field%s where the header has %zu; is the file cut off?", csv->count,
			   csv->count == 1 ? "" : "s", csv->header_count);
		return false;
	}
	if (!csv_rest_is_empty(csv)) {
		csv_reject(csv, (int)csv->header_count, "%zu fields where the header has %zu; expected quotes"
			   " around a field with a %s", csv->count, csv->header_count,
			   csv->delimiter == ',' ? "comma" : csv->delimiter == ';' ? "semicolon" : "tab");
		return false;
	}
	csv->count = csv->header_count;
	return true;
}

/* A row that is not UTF-8 is what older programs write. */
static void csv_convert(struct csv *csv)
{
	struct text row = {0};
	bool clean = true;

	for (size_t i = 0; csv->high && i < csv->count; i++)
		clean = clean && is_utf8(csv->row + csv->fields[i].start);
	if (clean || csv->foul)
		return;
	for (size_t i = 0; i < csv->count; i++) {
		const char *field = csv->row + csv->fields[i].start;
		csv->fields[i].start = row.length;
		append_windows_1252(&row, field);
		text_append_bytes(&row, "", 1);
	}
	csv->length = 0;
	csv_put_run(csv, row.bytes, row.length);
	text_free(&row);
	if (csv->converted == 0)
		csv->converted = csv->line;
}

/* Tells, once and in the reading that complains, that rows were converted. */
static void csv_tell_encoding(struct csv *csv)
{
	if (csv->converted <= 0 || csv->silent || csv->header_count == 0)
		return;
	warn(csv->source->sink, csv->converted, 0, "not UTF-8; taken as Windows-1252 (Latin-1)");
	csv->converted = -1;
}

static bool csv_row_is_blank(const struct csv *csv)
{
	return csv->count == 1 && csv->row[0] == '\0' && !csv->foul;
}

bool csv_next(struct csv *csv)
{
	while (csv->source->status == STATUS_OK && csv_read(csv)) {
		if (csv_row_is_blank(csv) || !csv_row_is_sound(csv))
			continue;
		csv_convert(csv);
		csv_tell_encoding(csv);
		return true;
	}
	return false;
}

/* ---- which delimiter ------------------------------------------------------- */

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words && strcmp(word, *words) != 0)
		words++;
	return *words != NULL;
}

/* Words of which a table has one, so that a title with commas splits no header. */
static bool is_telling(const char *field, size_t length)
{
	static const char *const words[] = {"child", "key", "benchmark", "leaderboard_id", NULL};
	char *copy = memory_string_slice(field, length), *word = csv_fold(copy);
	bool telling = is_one_of(word, words) || is_one_of(word, model_words);

	free(copy);
	free(word);
	return telling;
}

/* How well a delimiter splits a line: the fields it makes, many more when one of
 * them is a telling word. */
static size_t split_quality(const char *line, size_t length, char delimiter)
{
	size_t fields = 0, start = 0;
	bool quoted = false, telling = false;

	for (size_t i = 0; i <= length; i++) {
		if (i < length && line[i] == '"')
			quoted = !quoted;
		if (i < length && (quoted || line[i] != delimiter))
			continue;
		fields++;
		telling = telling || (i - start < 64 && is_telling(line + start, i - start));
		start = i + 1;
	}
	return fields > 1 && telling ? fields + CSV_ROW_MAX : fields;
}

static char best_delimiter(const char *text, size_t length)
{
	static const char candidates[] = {'\t', ';', ','};
	size_t end = 0, best = 0;
	char delimiter = ',';
	bool quoted = false;

	for (; end < length && (quoted || (text[end] != '\n' && text[end] != '\r')); end++)
		quoted = quoted != (text[end] == '"');
	for (size_t i = 0; i < sizeof candidates; i++) {
		size_t quality = split_quality(text, end, candidates[i]);
		if (quality > best || (quality == best && candidates[i] == ',' && quality == 1))
			delimiter = candidates[i];
		best = quality > best ? quality : best;
	}
	return delimiter;
}

/* Takes the line "sep=;" that some programs put before the header. */
static bool csv_take_separator(struct csv *csv, const char *text, size_t length)
{
	if (length < 6 || memcmp(text, "sep=", 4) != 0 || !strchr(",;\t", text[4]) ||
	    (text[5] != '\n' && text[5] != '\r'))
		return false;
	csv->delimiter = text[4];
	while (source_byte(csv->source) != '\n')
		;
	return true;
}

static void csv_choose_delimiter(struct csv *csv)
{
	size_t length, start = 0;
	const char *text = source_peek(csv->source, &length);

	csv->delimiter = ',';
	if (csv->source->status != STATUS_OK || length == 0)
		return;
	if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		start = 3;
	if (csv_take_separator(csv, text + start, length - start))
		return;
	while (start < length && (text[start] == '\n' || text[start] == '\r'))
		start++;
	csv->delimiter = best_delimiter(text + start, length - start);
}

/* ---- the table ------------------------------------------------------------- */

char *csv_fold(const char *header)
{
	char *word = memory_string(header);
	size_t used = 0;
	bool gap = false;

	for (const char *next = header; *next; next++) {
		if (!isalnum((unsigned char)*next) || (unsigned char)*next >= 0x80) {
			/* "model:" is no header but a key of YAML. */
			gap = true;
			if (*next != ':' || next[1])
				continue;
			word[used++] = *next;
			continue;
		}
		if (gap && used > 0)
			word[used++] = '_';
		gap = false;
		word[used++] = (char)tolower((unsigned char)*next);
	}
	word[used] = '\0';
	return word;
}

/* Of two columns of one name nobody knows which counts. */
static enum status check_twins(const struct csv *csv)
{
	char message[320];

	for (size_t i = 0; i < csv->header_count; i++)
		for (size_t j = i + 1; j < csv->header_count && csv->header[i][0]; j++) {
			if (strcasecmp(csv->header[i], csv->header[j]) != 0)
				continue;
			snprintf(message, sizeof message, "columns %zu and %zu are both \"%.200s\"; rename or remove one",
				 i + 1, j + 1, csv->header[j]);
			return source_fail_at(csv->source, STATUS_DATA, csv->line, 0, message);
		}
	return STATUS_OK;
}

enum status csv_open(struct csv *csv, struct source *source)
{
	return csv_open_any(csv, source) == STATUS_OK ? check_twins(csv) : source->status;
}

enum status csv_open_any(struct csv *csv, struct source *source)
{
	*csv = (struct csv){.source = source};
	csv_choose_delimiter(csv);
	if (!csv_next(csv))
		return source_fail_at(source, STATUS_DATA, csv->line, 0, "the table is empty: it has no header");
	csv->header = memory_allocate(csv->count, sizeof *csv->header);
	csv->keys = memory_allocate(csv->count, sizeof *csv->keys);
	for (size_t i = 0; i < csv->count; i++) {
		csv->header[i] = memory_string(csv_field(csv, (int)i));
		csv->keys[i] = csv_fold(csv->header[i]);
	}
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
	for (size_t i = 0; i < csv->header_count; i++) {
		free(csv->header[i]);
		free(csv->keys[i]);
	}
	free(csv->names[0]);
	free(csv->names[1]);
	free(csv->header);
	free(csv->keys);
	free(csv->fields);
	free(csv->row);
}

const char *csv_field(const struct csv *csv, int column)
{
	return column >= 0 && (size_t)column < csv->count ? csv->row + csv->fields[column].start : "";
}

int csv_column(const struct csv *csv, const char *name)
{
	char *word = csv_fold(name);
	int column = -1;

	for (size_t i = 0; i < csv->header_count && column < 0; i++)
		if (strcmp(csv->header[i], name) == 0)
			column = (int)i;
	for (size_t i = 0; i < csv->header_count && column < 0; i++)
		if (strcmp(csv->keys[i], word) == 0)
			column = (int)i;
	free(word);
	return column;
}

int csv_column_of(const struct csv *csv, const char *const *words)
{
	int column = -1;

	for (; *words && column < 0; words++)
		column = csv_column(csv, *words);
	return column;
}

/* ---- fields ---------------------------------------------------------------- */

bool csv_is_missing(const char *field)
{
	static const char *const words[] = {"-", "--", "?", "na", "n/a", "#n/a", "nan", "null", "none", "nil",
					    "unknown", "\u2013", "\u2014", "\u00B7", "\u2026"};

	field += strspn(field, " \t");
	size_t length = strcspn(field, " \t");
	if (length == 0)
		return true;
	if (length > 7 || field[length + strspn(field + length, " \t")])
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i]) == length && strncasecmp(field, words[i], length) == 0)
			return true;
	return false;
}

/* Digits, at most 15 of them, and a point: exact, and faster than strtod(), which
 * gives the same.  False when it is anything else. */
static bool plain_number(const char *text, double *number)
{
	static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
				      1e14, 1e15};
	const char *at = text + (*text == '-');
	long long whole = 0;
	int digits = 0, behind = -1;

	for (; *at; at++) {
		if (*at == '.' && behind < 0) {
			behind = 0;
		} else if (*at >= '0' && *at <= '9' && digits < 15) {
			whole = 10 * whole + (*at - '0');
			digits++;
			behind += behind >= 0;
		} else {
			return false;
		}
	}
	if (digits == 0)
		return false;
	double size = (double)whole / tens[behind > 0 ? behind : 0];
	*number = *text == '-' ? -size : size;
	return true;
}

/* "255.255" and "1,255,301" have three digits behind every mark. */
static bool is_grouped_by(const char *text, char mark)
{
	size_t digits = strspn(text, "0123456789");

	if (digits < 1 || digits > 3 || text[0] == '0' || text[digits] != mark)
		return false;
	for (text += digits; *text == mark; text += 4)
		if (strspn(text + 1, "0123456789") != 3)
			return false;
	return *text == '\0' || (*text != mark && strchr(",.", *text));
}

static void drop_mark(char *text, char mark)
{
	char *to = text;

	for (; *text; text++)
		if (*text != mark)
			*to++ = *text;
	*to = '\0';
}

/* Makes the commas and points of a number one point at most; false when they make none. */
static bool settle_marks(char *text, bool thousands)
{
	const char *digits = text + strspn(text, "+-");
	char *comma = strchr(text, ','), *point = strchr(text, '.');
	char last = comma && point ? (strrchr(text, ',') > strrchr(text, '.') ? ',' : '.') : '\0';

	if (!comma)
		return true;
	if (last) { /* the other one stands between thousands */
		char other = last == ',' ? '.' : ',';
		if (!is_grouped_by(digits, other))
			return false;
		drop_mark(text, other);
	} else if (thousands || strchr(comma + 1, ',')) {
		if (!is_grouped_by(digits, ','))
			return false;
		drop_mark(text, ',');
	}
	comma = strchr(text, ',');
	if (comma)
		*comma = '.';
	return true;
}

/* Reads one number of `length` bytes. */
static bool read_number(const char *text, size_t length, bool thousands, double *number)
{
	char copy[64], *end;

	if (length == 0 || length >= sizeof copy)
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (strspn(copy, "0123456789+-.,eE") != length || !settle_marks(copy, thousands))
		return false;
	if (plain_number(copy, number))
		return true;
	*number = strtod(copy, &end);
	return end != copy && *end == '\0' && isfinite(*number);
}

/* Where "±" or "+/-" stands; *behind is what follows it. */
static const char *error_mark(const char *field, const char **behind)
{
	static const char *const marks[] = {"\u00B1", "+/-", "+-"};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		const char *at = strstr(field, marks[i]);
		*behind = at ? at + strlen(marks[i]) : NULL;
		if (at)
			return at;
	}
	return NULL;
}

/* The bytes of a number without the blanks around it and a per cent sign. */
static size_t number_length(const char **text, const char *end, bool *percent)
{
	while (*text < end && strchr(" \t\n", **text))
		(*text)++;
	for (; end > *text && strchr(" \t\n%", end[-1]); end--)
		*percent = *percent || end[-1] == '%';
	return (size_t)(end - *text);
}

enum cell csv_value(const struct csv *csv, int column, struct cell_value *value)
{
	const char *field = csv_field(csv, column), *behind, *end = field + strlen(field);
	bool thousands = csv->thousands && column >= 0 && csv->thousands[column];

	*value = (struct cell_value){.value = NAN, .error = NAN};
	if (plain_number(field, &value->value))
		return CELL_NUMBER;
	if (csv_is_missing(field))
		return CELL_MISSING;
	const char *mark = error_mark(field, &behind);
	size_t length = number_length(&field, mark ? mark : end, &value->percent);
	bool read = read_number(field, length, thousands, &value->value);
	if (read && mark) {
		length = number_length(&behind, end, &value->percent);
		read = read_number(behind, length, thousands, &value->error) && value->error >= 0;
	}
	if (!read)
		*value = (struct cell_value){.value = NAN, .error = NAN};
	return read ? CELL_NUMBER : CELL_BAD;
}

bool csv_survey_marks(const struct csv *csv, int column, struct column_marks *marks)
{
	struct cell_value value;
	const char *field = csv_field(csv, column);
	const char *digits = field + strspn(field, " -");

	if (csv->delimiter != ',' || column < 0 || !csv->fields[column].quoted || !strchr(field, ',')) {
		if (csv_value(csv, column, &value) == CELL_NUMBER)
			marks->most = fmax(marks->most, value.value);
		return false;
	}
	bool grouped = is_grouped_by(digits, ',');
	marks->commas++;
	marks->grouped += grouped;
	marks->lone_digit = marks->lone_digit || (grouped && digits[1] == ',');
	return grouped;
}

bool csv_has_thousands(const struct csv *csv, const struct column_marks *marks)
{
	return csv->delimiter == ',' && marks->grouped > 0 && marks->grouped == marks->commas &&
	       (marks->lone_digit || marks->most > 100);
}

double csv_number(const struct csv *csv, int column, bool *bad)
{
	struct cell_value value;
	enum cell cell = csv_value(csv, column, &value);

	if (bad)
		*bad = cell == CELL_BAD;
	return value.value;
}

const char *csv_text(const struct csv *csv, int column)
{
	const char *field = csv_field(csv, column);

	return csv_is_missing(field) ? NULL : field;
}

const char *csv_date(struct csv *csv, int column)
{
	const char *field = csv_field(csv, column);
	size_t length = strlen(field);

	if (length > 10 && (field[10] == 'T' || field[10] == ' '))
		csv->row[csv->fields[column].start + 10] = '\0';
	if (length == 7) { /* the month alone */
		snprintf(csv->month, sizeof csv->month, "%s-01", field);
		field = csv->month;
	}
	return strlen(field) != 10 || isnan(date_days(field)) ? NULL : field;
}

enum answer csv_answer_of(const char *field)
{
	static const struct {
		const char *word;
		enum answer answer;
	} words[] = {
		{"true", ANSWER_YES}, {"yes", ANSWER_YES}, {"1", ANSWER_YES},
		{"false", ANSWER_NO}, {"no", ANSWER_NO}, {"0", ANSWER_NO},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcasecmp(field, words[i].word) == 0)
			return words[i].answer;
	return ANSWER_UNKNOWN;
}

enum answer csv_answer(const struct csv *csv, int column)
{
	return csv_answer_of(csv_field(csv, column));
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

void csv_refuse(const struct csv *csv, int column)
{
	struct csv_field place = csv_place(csv, column);

	reject(csv->source, place.line, place.column, "%s \"%s\" is not a number", csv->header[column],
	       csv_field(csv, column));
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

/* A part of an address in which the name of a model stands. */
static const char *behind_address(const char *field)
{
	static const char *const hosts[] = {"huggingface.co/", "hf.co/"};

	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		const char *at = strstr(field, hosts[i]);
		if (at)
			return at + strlen(hosts[i]);
	}
	return NULL;
}

/* What a field calls a model: an address also with what stands around it, as in a link. */
static struct naming name_in(const char *field)
{
	const char *address = behind_address(field);
	struct text text = {0};

	if (!address)
		return naming_of(field);
	text_append(&text, "hf://");
	text_append_bytes(&text, address, strcspn(address, " \"'<>?#)]"));
	struct naming naming = naming_of(text_string(&text));
	text_free(&text);
	return naming;
}

const char *csv_name(struct csv *csv, int column)
{
	const char *field = csv_field(csv, column);

	field += strspn(field, " \t");
	if (is_model_name(field) && !strstr(field, "__"))
		return field;
	struct naming naming = name_in(field);
	char *name = naming.name;
	naming.name = NULL;
	if (!name && naming.path && naming_is_path(field))
		name = path_name(csv->source->sink, naming.path);
	if (!name && is_model_name(field))
		name = memory_string(field);
	naming_free(&naming);
	if (!name) {
		csv_reject(csv, column, "\"%s\" is not a model's name; expected owner/name", field);
		return NULL;
	}
	free(csv->names[0]);
	csv->names[0] = csv->names[1];
	return csv->names[1] = name;
}
