/* The leaderboard's contents as JSON: an answer of the datasets server, an array
 * of rows, or one row a line (formats.md §4.5, §5).  All become the table that
 * contents_read() knows. */
#include <stdio.h>
#include <string.h>

#include "json_read.h"
#include "reading.h"
#include "stemma/formats/rows.h"

#define TABLE_MAX ((size_t)1 << 30) /* bytes */
#define LINE_MAX_BYTES ((size_t)64 << 20)

/* ---- writing the table ----------------------------------------------------------- */

static void append_cell(struct text *table, const char *value)
{
	text_append(table, "\"");
	for (; *value; value++) {
		if (*value == '"')
			text_append(table, "\"");
		text_append_bytes(table, strchr("\r\n", *value) ? " " : value, 1);
	}
	text_append(table, "\"");
}

static void append_value(struct text *table, const json_t *value)
{
	if (json_is_string(value))
		append_cell(table, json_string_value(value));
	else if (json_is_boolean(value))
		text_append(table, json_is_true(value) ? "True" : "False");
	else if (json_is_number(value))
		text_append_format(table, "%.17g", json_number_value(value));
}

/* The columns are those of the first row. */
struct table {
	struct text text;
	const json_t *columns; /* an object whose keys they are */
};

static void append_header(struct table *table, const json_t *columns)
{
	const char *key;
	json_t *value;
	bool first = true;

	table->columns = columns;
	json_object_foreach((json_t *)columns, key, value) {
		text_append(&table->text, first ? "" : ",");
		append_cell(&table->text, key);
		first = false;
	}
	text_append(&table->text, "\n");
}

/* A cell that was cut short is a missing one. */
static bool is_cut(const json_t *cut, const char *key)
{
	size_t index;
	json_t *name;

	json_array_foreach(cut, index, name)
		if (json_is_string(name) && strcmp(json_string_value(name), key) == 0)
			return true;
	return false;
}

static void append_row(struct table *table, const json_t *row, const json_t *cut)
{
	const char *key;
	json_t *value;
	bool first = true;

	if (!table->columns)
		append_header(table, row);
	json_object_foreach((json_t *)table->columns, key, value) {
		text_append(&table->text, first ? "" : ",");
		if (!is_cut(cut, key))
			append_value(&table->text, json_object_get(row, key));
		first = false;
	}
	text_append(&table->text, "\n");
}

/* ---- reading the JSON ------------------------------------------------------------ */

static enum status read_table(struct source *source, const struct table *table)
{
	struct source rows;

	if (source->status != STATUS_OK || !table->columns)
		return source->status;
	source_open_memory(&rows, text_string(&table->text), table->text.length, source->name, source->sink,
			   source->error);
	source->status = contents_read(&rows);
	source_close(&rows);
	return source->status;
}

static void append_rows(struct source *source, struct table *table, const json_t *rows)
{
	size_t index;
	json_t *entry;

	json_array_foreach(rows, index, entry) {
		if (json_is_array(json_object_get(entry, "rows"))) { /* one page of several */
			append_rows(source, table, json_object_get(entry, "rows"));
			continue;
		}
		const json_t *row = json_object_get(entry, "row");
		row = row ? row : entry;
		if (json_is_object(row) && table->text.length < TABLE_MAX)
			append_row(table, row, json_object_get(entry, "truncated_cells"));
		else
			reject(source, 0, 0, "row %zu is not an object", index);
	}
}

enum status rows_page(const char *text, size_t length, const char *name, size_t *rows, size_t *total,
		      struct error *error)
{
	json_error_t fault;
	json_t *page = json_loadb(text, length, 0, &fault);
	const json_t *list = json_object_get(page, "rows"), *count = json_object_get(page, "num_rows_total");
	bool whole = json_is_array(list) && json_is_integer(count) && json_integer_value(count) >= 0;

	*rows = json_array_size(list);
	*total = whole ? (size_t)json_integer_value(count) : 0;
	if (!page) {
		error_set(error, STATUS_DATA, "not JSON: %s", fault.text);
		error_locate(error, name, fault.line, fault.column);
	} else if (!whole) {
		error_set(error, STATUS_DATA, "no page of a table: \"rows\" or \"num_rows_total\" is missing");
		error_locate(error, name, 0, 0);
	}
	json_decref(page);
	return whole ? STATUS_OK : STATUS_DATA;
}

enum status rows_read(struct source *source)
{
	json_t *document = json_read_document(source);
	struct table table = {.columns = NULL};
	const json_t *rows = json_object_get(document, "rows");

	append_rows(source, &table, json_is_array(document) ? document : rows);
	if (source->status == STATUS_OK && !table.columns)
		source_fail_at(source, STATUS_DATA, 1, 0, "there are no rows in it");
	read_table(source, &table);
	json_decref(document);
	text_free(&table.text);
	return source->status;
}

enum status row_lines_read(struct source *source)
{
	struct table table = {.columns = NULL};
	struct text line = {0};
	json_t *first = NULL;
	json_error_t fault;
	long number = 1;

	while (source->status == STATUS_OK && source_line(source, &line, LINE_MAX_BYTES)) {
		json_t *row = json_loadb(text_string(&line), line.length, 0, &fault);
		if (json_is_object(row) && table.text.length < TABLE_MAX)
			append_row(&table, row, NULL);
		else if (strspn(text_string(&line), " \t") < line.length)
			reject(source, number, row ? 0 : fault.column, "not a row as a JSON object");
		if (!first && table.columns)
			first = json_incref(row);
		json_decref(row);
		text_clear(&line);
		number = source->line;
	}
	read_table(source, &table);
	json_decref(first);
	text_free(&line);
	text_free(&table.text);
	return source->status;
}
