/* CSV: RFC 4180 rows, streamed, separated by commas, semicolons or tabs.  Private.
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
	bool quoted;
};

struct csv {
	struct source *source;
	char delimiter;               /* of its fields */
	char *row;                    /* the fields, each terminated */
	size_t length, room;          /* of `row` */
	struct csv_field *fields;
	size_t count, capacity;       /* fields of the current row */
	long line;                    /* where the current row begins */
	bool foul;                    /* the current row holds a NUL byte */
	bool silent;                  /* complain of nothing: the table is read twice */
	bool high;                    /* the current row is not all ASCII */
	long converted;               /* first row taken as Windows-1252; 0 none, -1 told */
	char **header;                /* owned copies; empty before csv_open is done */
	char **keys;                  /* the header as csv_fold() makes it; owned */
	size_t header_count;
	char *names[2];               /* the last two that csv_name() made; owned */
	char month[11];               /* first day of one, see csv_date() */
	const bool *thousands;        /* by column: a comma stands between thousands; NULL or borrowed */
};

/* Reads the header row; STATUS_DATA when there is none, or two columns have one name.  The delimiter is the one
 * that splits the first line best; a first line "sep=;" names it. */
enum status csv_open(struct csv *csv, struct source *source);
/* The same, but columns may share a name: enough to recognise a table. */
enum status csv_open_any(struct csv *csv, struct source *source);
/* The same for a table that must have these columns (a list that NULL ends):
 * STATUS_DATA names those that are missing. */
enum status csv_open_with(struct csv *csv, struct source *source, const char *const *required);
void csv_close(struct csv *csv);
/* The next row that is not blank; false at the end or on failure (then
 * source->status).  Rows with a NUL byte, fewer fields than the header or more
 * that are not empty are rejected and passed over. */
bool csv_next(struct csv *csv);
/* Field of the current row; "" when column is negative. */
const char *csv_field(const struct csv *csv, int column);

/* The word of a header: lower case, its letters and digits, one underscore for all
 * else between them; "#Params (B)" is "params_b".  The caller frees. */
char *csv_fold(const char *header);
/* Column whose header is `name`, else the first that is it in another case or with
 * other marks (emoji get lost in copies); -1 when there is none. */
int csv_column(const struct csv *csv, const char *name);
/* Column of the first of these words (a list that NULL ends) that there is; -1. */
int csv_column_of(const struct csv *csv, const char *const *words);

/* What a field holds that should be a number. */
enum cell { CELL_MISSING, CELL_NUMBER, CELL_BAD };
struct cell_value {
	double value, error; /* error of "55.1 ± 0.3", else NAN */
	bool percent;        /* "55.1%" */
};
/* A decimal comma is read where the comma does not separate fields or the field is
 * quoted; "N/A", "-", "nan" and the like are missing. */
enum cell csv_value(const struct csv *csv, int column, struct cell_value *value);
/* Whether a field says that there is nothing: empty, "N/A", "-", "nan" … */
bool csv_is_missing(const char *field);
/* How commas stand in the numbers of a column: what a first reading of it finds. */
struct column_marks {
	size_t commas, grouped; /* cells with a comma in quotes, and those like "1,255" */
	bool lone_digit;        /* one of these has one digit before its comma */
	double most;            /* of the other cells; -INFINITY at first */
};
/* Takes the current row's cell in; true when it may be a number with a comma between
 * thousands. */
bool csv_survey_marks(const struct csv *csv, int column, struct column_marks *marks);
/* Whether commas of the column stand between thousands.  They do where commas split the
 * fields and all of the column's commas can, unless its numbers are too small. */
bool csv_has_thousands(const struct csv *csv, const struct column_marks *marks);
/* A number: NAN for a missing or unreadable field (*bad tells the two apart
 * when it is not NULL). */
double csv_number(const struct csv *csv, int column, bool *bad);
/* Text, NULL for a missing field. */
const char *csv_text(const struct csv *csv, int column);
/* A date YYYY-MM-DD, of a field that begins with one; a month is its first day.  NULL
 * when it does not.  Valid until the next call. */
const char *csv_date(struct csv *csv, int column);
/* True, yes or 1, in any case; false, no or 0; else nobody said. */
enum answer csv_answer(const struct csv *csv, int column);
enum answer csv_answer_of(const char *field);

/* Rejects the current row because of one field: its place goes with it. */
void csv_reject(const struct csv *csv, int column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Refuses the value of a field; the row is used without it. */
void csv_refuse(const struct csv *csv, int column);
/* The name of a model in a field, without blanks, the address of the Hub and a slash
 * at its end; NULL, and the row is rejected, when it is none. */
const char *csv_name(struct csv *csv, int column);
/* Warns of a field of the current row. */
void csv_warn(const struct csv *csv, int column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
