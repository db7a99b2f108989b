/* Report: what a command prints, described once for text, JSON, CSV and Markdown.
 *
 * Text shows facts as "title  value" lines and tables under their titles; JSON
 * is one object with a member for each fact and table; CSV is the main table
 * alone; Markdown has a list of facts, and tables under headings. */
#ifndef STEMMA_CLI_REPORT_H
#define STEMMA_CLI_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "output.h"
#include "table.h"

enum output_format { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_CSV, OUTPUT_MARKDOWN };

struct report {
	struct text *out; /* `own` or the caller's */
	struct text own;
	FILE *file;       /* where `own` goes, NULL when it is the caller's */
	enum output_format format;
	bool utf8;
	struct output_json json;
	bool printed;  /* something stands above */
	bool csv_head; /* the head of the CSV is written */
};

/* On a stream, each fact and table as it comes; whether all was written is for
 * the stream to tell.  Not to be copied until its end. */
void report_begin(struct report *report, FILE *file, enum output_format format, bool utf8);
/* Appended to a text. */
void report_begin_text(struct report *report, struct text *out, enum output_format format, bool utf8);
void report_end(struct report *report);

/* Facts; text leaves out the missing ones.  `title` NULL: not in text. */
void report_text(struct report *report, const char *key, const char *title, const char *value);
void report_number(struct report *report, const char *key, const char *title, double value,
		   int decimals);

/* A table; text leaves out an empty one.  Main tables are the CSV; several of
 * them share one head, so they must have the same columns. */
enum table_role { TABLE_SIDE, TABLE_MAIN };
void report_table(struct report *report, const char *key, const char *title,
		  const struct table *table, enum table_role role);

/* A list of reports in the report: JSON has an array of objects. */
void report_list_begin(struct report *report, const char *key);
void report_item_begin(struct report *report);
void report_item_end(struct report *report);
void report_list_end(struct report *report);

#endif
