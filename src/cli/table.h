/* Table: rows described once, printed as text, CSV or JSON. */
#ifndef STEMMA_CLI_TABLE_H
#define STEMMA_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "output.h"

enum column_kind {
	COLUMN_TEXT,
	COLUMN_NUMBER,
	COLUMN_SIGNED,  /* a number that always shows its sign */
	COLUMN_PERCENT, /* a fraction; text shows it times 100 */
	COLUMN_FLAG     /* 0 or 1: no, yes; false, true */
};

struct column {
	const char *key;   /* in JSON and CSV; NULL: only in text */
	const char *title; /* in text; NULL: only in JSON and CSV */
	enum column_kind kind;
	int decimals;      /* in text */
	bool joined;       /* upper end of the range that the column before begins */
};

struct table;

/* The columns are borrowed. */
struct table *table_new(const struct column *columns, size_t count);
void table_free(struct table *table); /* NULL allowed */

/* The next cell, left to right and row by row.  NULL and NAN are missing. */
void table_text(struct table *table, const char *value);
void table_number(struct table *table, double value);
/* A number with its own decimals in text, whatever the column's are: a value on a scale of its own. */
void table_value(struct table *table, double value, int decimals);

size_t table_rows(const struct table *table);

/* Text is aligned by display width and free of control characters; a missing
 * value is a middle dot ("-" without utf8). */
void table_print(const struct table *table, struct text *out, bool utf8);
/* As a table of Markdown. */
void table_print_markdown(const struct table *table, struct text *out);
void table_print_csv(const struct table *table, struct text *out, bool head);
void table_write_json(const struct table *table, struct output_json *json, const char *key);

#endif
