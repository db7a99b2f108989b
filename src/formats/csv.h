/* CSV: RFC 4180 rows, streamed.  Private.
 *
 * No library: what Debian has (libcsv) does not say at which line and column a
 * field stands, and every complaint about a row needs that. */
#ifndef STEMMA_FORMATS_CSV_H
#define STEMMA_FORMATS_CSV_H

#include "source.h"

#define CSV_FIELDS_MAX 100000
#define CSV_ROW_MAX (1 << 20) /* bytes of a row */

struct csv_field {
	size_t start;      /* in `row` */
	long line, column; /* where it begins in the input, 1-based */
};

struct csv {
	struct source *source;
	char *row;                    /* the fields, each terminated */
	size_t length, room;          /* of `row` */
	struct csv_field *fields;
	size_t count, capacity;       /* fields of the current row */
	long line;                    /* where the current row begins */
	bool foul;                    /* the current row holds a NUL byte */
	bool silent;                  /* complain of nothing: the table is read twice */
	char **header;                /* owned copies; empty before csv_open is done */
	size_t header_count;
};

/* Reads the header row; STATUS_DATA when there is none. */
enum status csv_open(struct csv *csv, struct source *source);
/* The same for a table that must have these columns (a list that NULL ends):
 * STATUS_DATA names those that are missing. */
enum status csv_open_with(struct csv *csv, struct source *source, const char *const *required);
void csv_close(struct csv *csv);
/* The next row that is not blank; false at the end or on failure (then
 * source->status).  Rows with a NUL byte or more fields than the header are
 * rejected and passed over; in shorter ones the last fields are empty. */
bool csv_next(struct csv *csv);
/* Field of the current row; "" when the row is short or column is negative. */
const char *csv_field(const struct csv *csv, int column);
/* Column whose header begins with `name` and goes on, if at all, with blanks or
 * bytes that are not ASCII (emoji get lost in copies); -1 when there is none. */
int csv_column(const struct csv *csv, const char *name);

/* A number: NAN for an empty or unreadable field (*bad tells the two apart
 * when it is not NULL). */
double csv_number(const struct csv *csv, int column, bool *bad);
/* Text, NULL for an empty field and for "?", the leaderboard's "not known". */
const char *csv_text(const struct csv *csv, int column);
/* A date YYYY-MM-DD, NULL when it is none. */
const char *csv_date(const struct csv *csv, int column);
/* True, yes or 1, in any case; false, no or 0; else nobody said. */
enum answer csv_answer(const struct csv *csv, int column);

/* Rejects the current row because of one field: its place goes with it. */
void csv_reject(const struct csv *csv, int column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Rejects it unless the field is the name of a model; true when it is. */
bool csv_require_name(const struct csv *csv, int column);
/* Rejects it unless it has as many fields as the header; true when it has. */
bool csv_require_whole(const struct csv *csv);
/* Warns of a field of the current row. */
void csv_warn(const struct csv *csv, int column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
