#include "table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"

struct cell {
	char *text; /* owned, NULL missing */
	double number;
	int decimals; /* -1: as the column has them */
};

struct table {
	const struct column *columns;
	size_t column_count;
	struct cell *cells; /* row-major */
	size_t count, capacity;
};

struct table *table_new(const struct column *columns, size_t count)
{
	struct table *table = memory_zero(1, sizeof *table);

	table->columns = columns;
	table->column_count = count;
	return table;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i].text);
	free(table->cells);
	free(table);
}

static struct cell *next_cell(struct table *table)
{
	table->cells = memory_grow(table->cells, table->count, &table->capacity,
				   sizeof *table->cells);
	return &table->cells[table->count++];
}

void table_text(struct table *table, const char *value)
{
	*next_cell(table) = (struct cell){.text = memory_string(value), .number = NAN, .decimals = -1};
}

void table_number(struct table *table, double value)
{
	table_value(table, value, -1);
}

void table_value(struct table *table, double value, int decimals)
{
	*next_cell(table) = (struct cell){.number = value, .decimals = decimals};
}

size_t table_rows(const struct table *table)
{
	return table->count / table->column_count;
}

static const struct cell *cell_at(const struct table *table, size_t row, size_t column)
{
	return &table->cells[row * table->column_count + column];
}

/* ---- text ------------------------------------------------------------- */

static bool left_aligned(const struct column *column)
{
	return column->kind == COLUMN_TEXT || column->kind == COLUMN_FLAG || column->joined;
}

/* What a cell shows; the caller frees. */
static char *cell_show(const struct column *column, const struct cell *cell, bool utf8)
{
	struct text shown = {0};
	int decimals = cell->decimals < 0 ? column->decimals : cell->decimals;

	if (column->kind == COLUMN_TEXT && cell->text)
		return utf8_sanitize(cell->text);
	if (column->kind == COLUMN_TEXT || !isfinite(cell->number))
		text_append(&shown, utf8 ? "\u00B7" : "-");
	else if (column->kind == COLUMN_FLAG)
		text_append(&shown, cell->number > 0 ? "yes" : "no");
	else if (column->kind == COLUMN_PERCENT)
		text_append_format(&shown, "%.*f %%", decimals, 100 * cell->number);
	else if (column->kind == COLUMN_SIGNED)
		text_append_format(&shown, "%+.*f", decimals, cell->number);
	else
		text_append_format(&shown, "%.*f", decimals, cell->number);
	return text_steal(&shown);
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static bool begins_range(const struct table *table, size_t column)
{
	return column + 1 < table->column_count && table->columns[column + 1].joined;
}

/* Width of each column; the head of a range stands over both its ends. */
static int *column_widths(const struct table *table, char *const *shown)
{
	int *widths = memory_zero(table->column_count, sizeof *widths);

	for (size_t i = 0; i < table->count; i++) {
		size_t column = i % table->column_count;
		widths[column] = larger(widths[column], utf8_width(shown[i]));
	}
	for (size_t i = 0; i < table->column_count; i++) {
		const char *title = table->columns[i].title;
		if (!title || table->columns[i].joined)
			continue;
		if (begins_range(table, i))
			widths[i + 1] = larger(widths[i + 1], utf8_width(title) - widths[i] - 1);
		else
			widths[i] = larger(widths[i], utf8_width(title));
	}
	return widths;
}

static void pad(struct text *line, int columns)
{
	if (columns > 0)
		text_append_format(line, "%*s", columns, "");
}

static void append_cell(struct text *line, const char *shown, int width, bool left)
{
	int spare = width - utf8_width(shown);

	if (!left)
		pad(line, spare);
	text_append(line, shown);
	if (left)
		pad(line, spare);
}

/* Writes a line without the blanks at its end. */
static void print_line(struct text *line, struct text *out)
{
	const char *bytes = text_string(line);
	size_t length = line->length;

	while (length && bytes[length - 1] == ' ')
		length--;
	text_append_bytes(out, bytes, length);
	text_append(out, "\n");
	text_clear(line);
}

static void print_head(const struct table *table, const int *widths, struct text *line, struct text *out)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = &table->columns[i];
		bool range = begins_range(table, i);
		if (!column->title || column->joined)
			continue;
		int width = range ? widths[i] + 1 + widths[i + 1] : widths[i];
		append_cell(line, column->title, width, range || left_aligned(column));
		text_append(line, "  ");
	}
	print_line(line, out);
}

static void print_row(const struct table *table, char *const *shown, const int *widths, bool utf8,
		      struct text *line, struct text *out)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = &table->columns[i];
		if (!column->title)
			continue;
		append_cell(line, shown[i], widths[i], left_aligned(column));
		if (!begins_range(table, i))
			text_append(line, "  ");
		else
			text_append(line, utf8 ? "\u2013" : "-");
	}
	print_line(line, out);
}

void table_print(const struct table *table, struct text *out, bool utf8)
{
	char **shown = memory_zero(table->count + 1, sizeof *shown);
	struct text line = {0};

	for (size_t i = 0; i < table->count; i++)
		shown[i] = cell_show(&table->columns[i % table->column_count], &table->cells[i],
				     utf8);
	int *widths = column_widths(table, shown);
	print_head(table, widths, &line, out);
	for (size_t i = 0; i < table_rows(table); i++)
		print_row(table, shown + i * table->column_count, widths, utf8, &line, out);
	for (size_t i = 0; i < table->count; i++)
		free(shown[i]);
	free(shown);
	free(widths);
	text_free(&line);
}

/* ---- Markdown -------------------------------------------------------------- */

/* A bar would end the cell. */
static void append_markdown(struct text *out, const char *shown)
{
	text_append(out, " ");
	for (; *shown; shown++) {
		if (*shown == '|')
			text_append(out, "\\");
		text_append_bytes(out, shown, 1);
	}
	text_append(out, " |");
}

static void print_markdown_head(const struct table *table, struct text *out)
{
	text_append(out, "|");
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i].title)
			append_markdown(out, table->columns[i].joined ? "to" : table->columns[i].title);
	text_append(out, "\n|");
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i].title)
			text_append(out, left_aligned(&table->columns[i]) && !table->columns[i].joined ? " --- |" : " ---: |");
	text_append(out, "\n");
}

void table_print_markdown(const struct table *table, struct text *out)
{
	print_markdown_head(table, out);
	for (size_t row = 0; row < table_rows(table); row++) {
		text_append(out, "|");
		for (size_t i = 0; i < table->column_count; i++) {
			if (!table->columns[i].title)
				continue;
			char *shown = cell_show(&table->columns[i], cell_at(table, row, i), true);
			append_markdown(out, shown);
			free(shown);
		}
		text_append(out, "\n");
	}
}

/* ---- CSV and JSON ------------------------------------------------------ */

void table_print_csv(const struct table *table, struct text *out, bool head)
{
	for (size_t row = head ? 0 : 1; row <= table_rows(table); row++) {
		const char *comma = "";
		for (size_t i = 0; i < table->column_count; i++) {
			const struct column *column = &table->columns[i];
			if (!column->key)
				continue;
			text_append(out, comma);
			comma = ",";
			if (!row)
				output_csv_string(out, column->key);
			else if (column->kind == COLUMN_TEXT)
				output_csv_string(out, cell_at(table, row - 1, i)->text);
			else
				output_csv_number(out, cell_at(table, row - 1, i)->number);
		}
		text_append(out, "\n");
	}
}

static void write_cell(struct output_json *json, const struct column *column, const struct cell *cell)
{
	if (column->kind == COLUMN_TEXT)
		output_json_string(json, column->key, cell->text);
	else if (column->kind == COLUMN_FLAG && !isnan(cell->number))
		output_json_bool(json, column->key, cell->number > 0);
	else
		output_json_number(json, column->key, cell->number);
}

void table_write_json(const struct table *table, struct output_json *json, const char *key)
{
	output_json_begin(json, key, '[', JSON_LINES);
	for (size_t row = 0; row < table_rows(table); row++) {
		output_json_begin(json, NULL, '{', JSON_INLINE);
		for (size_t i = 0; i < table->column_count; i++)
			if (table->columns[i].key)
				write_cell(json, &table->columns[i], cell_at(table, row, i));
		output_json_end(json, '}');
	}
	output_json_end(json, ']');
}
